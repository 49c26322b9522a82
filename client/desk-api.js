/* desk-api.js: the desk's requests (README.md, "Requests"). Every failure is a Trouble with the key of a text:
   "offline", "signed-out", "conflict", "gone", "server". */

import { text } from './bytes.js';

export class Trouble extends Error {
	constructor(key, status = 0) {
		super(key);
		this.text = key;
		this.status = status;
	}
}

const TROUBLE = { 401: 'signed-out', 403: 'signed-out', 404: 'gone', 409: 'conflict' };

const PATIENCE_MS = 45 * 1000; /* less than a beat of the vault */

export function openApi({ base, csrf, patience = PATIENCE_MS }) {
	/* → { status, body }. The body is read here too: a reply that stops in the middle is no connection either. */
	async function ask(path, { method = 'GET', body, headers = {}, keepalive = false, also = [] } = {}) {
		let reply, read;
		try {
			reply = await fetch(base + path, {
				method, body, keepalive, credentials: 'same-origin', redirect: 'manual', cache: 'no-store',
				headers: method === 'GET' ? headers : { 'Makker-Csrf': csrf, ...headers },
				signal: AbortSignal.timeout(patience),
			});
			read = new Uint8Array(await reply.arrayBuffer());
		} catch {
			throw new Trouble('offline');
		}
		if (reply.type === 'opaqueredirect')
			throw new Trouble('signed-out');
		if (!reply.ok && !also.includes(reply.status))
			throw new Trouble(TROUBLE[reply.status] ?? 'server', reply.status);
		return { status: reply.status, body: read };
	}
	const get = async (path) => JSON.parse(text((await ask(path)).body));
	const post = (path, json) => ask(path, {
		method: 'POST', body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' },
	});
	return {
		/* a form of the page: its answer is a redirect back to the page, which is not followed */
		async full(action, form) {
			const reply = await fetch(action, { method: 'POST', body: form, credentials: 'same-origin', redirect: 'manual' });
			if (reply.type !== 'opaqueredirect')
				throw new Trouble('server', reply.status);
		},
		keys: () => get('/desk/keys'),
		data: () => get('/desk/data'),
		/* → bytes; none of a closed hour without slots. An hour that the server does not know as closed is not read: it is asked
		   for again with the next look. */
		async hour(n) {
			try {
				return (await ask(`/ring/${n}`)).body;
			} catch (e) {
				throw e.status === 404 ? new Trouble('server', 404) : e;
			}
		},
		firstKeys: (body) => post('/keys', body),
		addWrap: (add, replaces) => post('/wraps', { add, replaces }),
		pair: (add) => post('/pairing', { add }),
		takePairing: async () => JSON.parse(text((await post('/pairing/take', {})).body)).wrap,
		stopPairing: () => post('/pairing/stop', {}),
		rotateKeys: (body) => post('/keys/rotate', body),
		resetKeys: (body) => post('/keys/reset', body),
		retireKey: (entry) => post('/keys/retire', { entry }),
		askReset: () => post('/keys/ask', {}),
		removeWrap: (remove) => post('/wraps/remove', { remove }),
		/* → null when it was taken, else the blob that another device wrote meanwhile */
		async vault(blob, h, keepalive = false) {
			const { status, body } = await ask('/vault', {
				method: 'POST', body: blob, keepalive, also: [412],
				headers: { 'Content-Type': 'application/octet-stream', 'If-Match': `"${h}"` },
			});
			return status === 412 ? body : null;
		},
		seen: (tasks) => post('/tasks/seen', { tasks }),
		outcomes: (outcomes) => post('/tasks/outcomes', { outcomes }),
		passOn: (id) => post(`/tasks/${encodeURIComponent(id)}/pass-on`, {}),
	};
}
