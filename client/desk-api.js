/* desk-api.js: the desk's requests (README.md, "Requests"). Every failure is a Trouble with the key of a text:
   "offline", "signed-out", "conflict", "gone", "server". */

export class Trouble extends Error {
	constructor(text, status = 0) {
		super(text);
		this.text = text;
		this.status = status;
	}
}

const TROUBLE = { 401: 'signed-out', 403: 'signed-out', 404: 'gone', 409: 'conflict' };

export function openApi({ base, csrf }) {
	async function ask(path, { method = 'GET', body, headers = {}, keepalive = false, also = [] } = {}) {
		let reply;
		try {
			reply = await fetch(base + path, {
				method, body, keepalive, credentials: 'same-origin', redirect: 'manual', cache: 'no-store',
				headers: method === 'GET' ? headers : { 'Makker-Csrf': csrf, ...headers },
			});
		} catch {
			throw new Trouble('offline');
		}
		if (reply.type === 'opaqueredirect')
			throw new Trouble('signed-out');
		if (!reply.ok && !also.includes(reply.status))
			throw new Trouble(TROUBLE[reply.status] ?? 'server', reply.status);
		return reply;
	}
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
		keys: async () => (await ask('/desk/keys')).json(),
		data: async () => (await ask('/desk/data')).json(),
		/* → bytes; none when the server has no such hour */
		async hour(n) {
			const reply = await ask(`/ring/${n}`, { also: [404] });
			return reply.status === 404 ? new Uint8Array(0) : new Uint8Array(await reply.arrayBuffer());
		},
		firstKeys: (body) => post('/keys', body),
		addWrap: (add, replaces) => post('/wraps', { add, replaces }),
		/* → null when it was taken, else the blob that another device wrote meanwhile */
		async vault(blob, h, keepalive = false) {
			const reply = await ask('/vault', {
				method: 'POST', body: blob, keepalive, also: [412],
				headers: { 'Content-Type': 'application/octet-stream', 'If-Match': `"${h}"` },
			});
			return reply.status === 412 ? new Uint8Array(await reply.arrayBuffer()) : null;
		},
		seen: (tasks) => post('/tasks/seen', { tasks }),
		outcomes: (outcomes) => post('/tasks/outcomes', { outcomes }),
		passOn: (id) => post(`/tasks/${encodeURIComponent(id)}/pass-on`, {}),
	};
}
