// What stands before several processes: one address, each request to the next of them that takes it.
import http from 'node:http';

export class Front {
	/** ports: of the processes. A request that carries "test-process: N" goes to that one alone. */
	static async listen(port, ports) {
		const front = new Front();
		front.ports = ports;
		front.turn = 0;
		front.sent = ports.map(() => 0);
		front.server = http.createServer((request, response) => {
			const parts = [];
			request.on('data', (part) => parts.push(part));
			request.on('end', () => front.#pass(request, Buffer.concat(parts), response));
		});
		await new Promise((resolve, reject) => {
			front.server.once('error', reject);
			front.server.listen({ port, host: '127.0.0.1' }, resolve);
		});
		return front;
	}

	async #pass(request, body, response) {
		const only = request.headers['test-process'], first = only === undefined ? this.turn++ : Number(only);
		delete request.headers['test-process'];
		for (let tries = 0; tries < (only === undefined ? this.ports.length : 1); tries++) {
			const at = (first + tries) % this.ports.length;
			if (await this.#to(this.ports[at], request, body, response)) {
				this.sent[at]++;
				return;
			}
		}
		response.writeHead(502).end();
	}

	/** False: nobody took it, and another may be asked. What was begun and broke off is the visitor's to repeat. */
	#to(port, request, body, response) {
		return new Promise((done) => {
			const on = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
				response.writeHead(answer.statusCode, answer.headers);
				answer.pipe(response);
				answer.on('error', () => response.destroy());
				done(true);
			});
			on.on('error', (error) => {
				if (error.code !== 'ECONNREFUSED') {
					response.destroy();
					done(true);
				} else
					done(false);
			});
			response.on('close', () => on.destroy());
			on.end(body);
		});
	}

	close() {
		this.server.closeAllConnections();
		return new Promise((resolve) => this.server.close(resolve));
	}
}
