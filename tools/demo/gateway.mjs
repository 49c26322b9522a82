// An SMS gateway for the demonstration and the tests: takes messages by HTTP, sends none on, and reports what became of them
// when it is told to. It stands in for a provider; no provider's own service can be had here.
import { createServer, request } from 'node:http';

const MOST = 5000;

/** The file that describes it: `sms_gateway` in haven.conf. */
export const gatewayFile = (port) => [
	'name = the demonstration', 'source = tools/demo/gateway.mjs', 'tried = yes', `url = http://127.0.0.1:${port}/send`,
	'header_1 = Idempotency-Key: {id}', 'content = json', 'auth = bearer',
	'body = {"from": "{from}", "to": "{to}", "text": "{text}", "report": "{report_url}"}', 'accepted = 200',
	'refused = 400', 'refused_at = /code', 'refused_values = 21', 'reports = form', 'report_status = status',
	'delivered = delivered', 'failed = failed', ''].join('\n');

function bodyOf(incoming) {
	return new Promise((resolve, reject) => {
		let text = '';
		incoming.setEncoding('utf8');
		incoming.on('data', (d) => { text += d; });
		incoming.on('end', () => resolve(text));
		incoming.on('error', reject);
	});
}

/** POSTs a report → its status. `machine`: where haven listens, whatever its name in the address. */
export function report(text, status, machine = '127.0.0.1') {
	const url = new URL(text.report), body = `status=${status}`;
	return new Promise((resolve, reject) => {
		const asked = request({ host: machine, port: url.port, path: url.pathname, method: 'POST', headers: { host: url.host,
			'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length } }, (reply) => {
			reply.resume();
			reply.on('end', () => resolve(reply.statusCode));
		});
		asked.on('error', reject);
		asked.end(body);
	});
}

/** refuse, defer: numbers; deferred ones are taken the second time. took(text): each one that was taken. `mood` may be set to 'hang' or 'away' and back to null.
    Resolves to { texts (newest first), tries, port, file, mood, close() }. */
export async function startGateway({ port = 0, refuse = [], defer = [], took } = {}) {
	const deferred = new Set(defer);
	const gateway = { texts: [], tries: [], mood: null };
	const taken = new Map();
	const server = createServer(async (incoming, response) => {
		const say = (status, value) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(value));
		};
		const text = JSON.parse(await bodyOf(incoming));
		const key = incoming.headers['idempotency-key'];
		gateway.tries.push({ to: text.to, key });
		if (gateway.mood === 'hang')
			return;
		if (gateway.mood === 'away' || deferred.delete(text.to))
			return say(gateway.mood === 'away' ? 503 : 500, {});
		if (refuse.includes(text.to))
			return say(400, { code: 21 });
		if (!taken.has(key)) {
			taken.set(key, `gw-${taken.size + 1}`);
			gateway.texts.unshift({ at: new Date().toISOString(), key, ...text });
			gateway.texts.length = Math.min(gateway.texts.length, MOST);
			took?.(gateway.texts[0]);
		}
		return say(200, { id: taken.get(key) });
	});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	gateway.port = server.address().port;
	gateway.file = gatewayFile(gateway.port);
	gateway.close = () => new Promise((resolve) => {
		server.closeAllConnections();
		server.close(resolve);
	});
	return gateway;
}
