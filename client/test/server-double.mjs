/* server-double.mjs: what the desk asks about keys, wraps and vaults (client/README.md), answered in memory as haven does. */

import '../node/crypto.js';
import { equal, fromB64u, sha256, toB64u, toHex } from '../bytes.js';
import { Trouble } from '../desk-api.js';
import { RESET, RETIRE, ROTATE, readEntry } from '../keylog.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const WRAPS_MOST = 16;

/* → { inst, supporter, keylog, wraps, vault, asked, api, before(name, job) }. before(): job runs once, when that is next asked,
   and may throw; { lost: true } lets it be done and loses the reply. */
export function newServer() {
	const server = { inst: random(16), supporter: random(16), keylog: [], wraps: [], vault: null, asked: [], today: '2026-11-18', restored: null, reset: null, pairing: null };
	const turns = new Map();
	server.before = (name, job, { lost = false } = {}) => turns.set(name, { job, lost });
	const hash = async (bytes) => toHex(await sha256(bytes));
	async function append(text, kind) {
		const bytes = fromB64u(text, 256);
		const entry = readEntry(bytes);
		if (entry.kind !== kind)
			throw new Trouble('server', 400);
		if (entry.n !== server.keylog.length || !equal(entry.prev, await sha256(server.keylog.at(-1))))
			throw new Trouble('conflict', 409);
		server.keylog = [...server.keylog, bytes];
	}
	const renew = ({ wraps, vault }) => Object.assign(server, {
		wraps: wraps.map((w) => fromB64u(w, 92)), vault: fromB64u(vault), reset: null, pairing: null,
	});
	const answers = {
		async keys() {
			return {
				inst: toB64u(server.inst), supporter: { id: toB64u(server.supporter), name: 'Kari Nes' }, today: server.today,
				wraps: server.wraps.map(toB64u), keylog: server.keylog.map(toB64u),
				restored: server.restored, reset: server.reset,
				vault: server.vault && { blob: toB64u(server.vault), h: await hash(server.vault) },
			};
		},
		async firstKeys(body) {
			const bytes = fromB64u(body.entry, 256);
			const entry = readEntry(bytes);
			const hers = server.keylog.some((e) => equal(readEntry(e).supporter, entry.supporter));
			const prev = server.keylog.length ? await sha256(server.keylog.at(-1)) : new Uint8Array(32);
			if (hers || entry.n !== server.keylog.length || !equal(entry.prev, prev))
				throw new Trouble('conflict', 409);
			server.keylog.push(bytes);
			server.wraps.push(...body.wraps.map((w) => fromB64u(w, 92)));
			server.vault = fromB64u(body.vault);
		},
		async addWrap(add, replaces) {
			const kept = [];
			for (const w of server.wraps) {
				if (await hash(w) !== replaces)
					kept.push(w);
			}
			if (kept.length >= WRAPS_MOST)
				throw new Trouble('conflict', 409);
			server.wraps = [...kept, fromB64u(add, 92)];
		},
		async pair(add) { server.pairing = fromB64u(add, 92); },
		async stopPairing() { server.pairing = null; },
		async takePairing() {
			const row = server.pairing;
			server.pairing = null;
			return row && toB64u(row);
		},
		async rotateKeys(body) {
			if (body.replaces !== await hash(server.vault))
				throw new Trouble('conflict', 409);
			await append(body.entry, ROTATE);
			renew(body);
		},
		async resetKeys(body) {
			if (server.reset !== 'approved')
				throw new Trouble('conflict', 409);
			await append(body.entry, RESET);
			renew(body);
		},
		async retireKey(entry) {
			await append(entry, RETIRE);
			Object.assign(server, { wraps: [], vault: null });
		},
		async askReset() { server.reset ??= 'asked'; },
		async removeWrap(remove) {
			const kept = [];
			for (const w of server.wraps) {
				if (await hash(w) !== remove)
					kept.push(w);
			}
			if (kept.length === server.wraps.length)
				throw new Trouble('gone', 404);
			if (kept.length === 0)
				throw new Trouble('conflict', 409);
			server.wraps = kept;
		},
		async vault(blob, h) {
			if (h !== await hash(server.vault))
				return server.vault;
			server.vault = blob;
			return null;
		},
	};
	server.api = Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, async (...words) => {
		server.asked.push(name);
		const turn = turns.get(name);
		turns.delete(name);
		await turn?.job?.();
		const reply = await answer(...words);
		if (turn?.lost)
			throw new Trouble('offline');
		return reply;
	}]));
	return server;
}

/* Instead of Argon2id: tests of what surrounds it need not wait. */
export const quickArgon = async (password, salt) => ({ key: await sha256(Uint8Array.of(...password, ...salt)), ms: 1 });
