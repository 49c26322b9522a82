// Sits in the door between haven and duty: hears every message, can say each twice, and can keep back facts.
import http from 'node:http';

export class Tap {
	/** Every call: { method, path, body, status, answer }, as text. */
	heard = [];
	twice = false;    // every call reaches duty twice
	noFacts = false;  // facts do not get through
	before = null;    // (method, path, body) => { status, answer } that haven gets without duty being asked, or nothing
	after = null;     // (path, answer) => what haven gets in the place of duty's answer
	old = [];         // answers that haven gets once more instead of a new one: [{ path, answer }]

	static async listen(at, behind) {
		const tap = new Tap();
		tap.behind = behind;
		tap.server = http.createServer((request, response) => {
			const parts = [];
			request.on('data', (part) => parts.push(part));
			request.on('end', () => tap.#pass(request, Buffer.concat(parts), response).catch(() => response.destroy()));
		});
		tap.server.keepAliveTimeout = 0;
		await new Promise((resolve, reject) => {
			tap.server.once('error', reject);
			tap.server.listen(at, resolve);
		});
		return tap;
	}

	/** One call to duty itself. → { status, type, answer }. */
	call(method, path, body = '', { signal } = {}) {
		return new Promise((resolve, reject) => {
			const request = http.request({ socketPath: this.behind, method, path, signal, timeout: 70000,
				headers: { host: 'door', ...(body.length ? { 'content-type': 'application/json' } : {}), 'content-length': body.length } }, (response) => {
				const parts = [];
				response.on('data', (part) => parts.push(part));
				response.on('error', reject);
				response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'] ?? '', answer: Buffer.concat(parts).toString('utf8') }));
			});
			request.on('error', reject);
			request.end(body);
		});
	}

	async #pass(request, body, response) {
		const { method, url: path } = request, gone = new AbortController();
		response.on('close', () => gone.abort());
		if (this.noFacts && method === 'POST')
			return response.destroy();
		const again = this.old.findIndex((o) => path.startsWith(o.path));
		const own = this.before?.(method, path, body.toString('utf8'));
		let { status, answer } = again >= 0 ? { status: 200, answer: this.old.splice(again, 1)[0].answer } :
			own ?? await this.call(method, path, body, { signal: gone.signal });
		if (this.after && !own && status === 200)
			answer = this.after(path, answer);
		this.heard.push({ method, path, body: body.toString('utf8'), status, answer });
		if (this.twice && again < 0 && !/wait=[1-9]/.test(path)) {
			const second = await this.call(method, path, body);
			if (second.status !== status)
				this.trouble = `${method} ${path} said twice: ${status}, then ${second.status}`;
		}
		response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
		response.end(answer);
	}

	close() {
		this.server.closeAllConnections();
		return new Promise((resolve) => this.server.close(resolve));
	}
}
