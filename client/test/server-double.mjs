/* server-double.mjs: what the desk asks about keys, wraps and vaults (client/README.md), answered in memory as haven does. */

import '../node/crypto.js';
import { equal, fromB64u, sha256, toB64u, toHex } from '../bytes.js';
import { Trouble } from '../desk-api.js';
import { readEntry } from '../keylog.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const WRAPS_MOST = 16;

/* → { inst, supporter, keylog, wraps, vault, asked, api, before(name, job) }. before(): job runs once, when that is next asked,
   and may throw; { lost: true } lets it be done and loses the reply. */
export function newServer() {
	const server = { inst: random(16), supporter: random(16), keylog: [], wraps: [], vault: null, asked: [], today: '2026-11-18', restored: null };
	const turns = new Map();
	server.before = (name, job, { lost = false } = {}) => turns.set(name, { job, lost });
	const hash = async (bytes) => toHex(await sha256(bytes));
	const answers = {
		async keys() {
			return {
				inst: toB64u(server.inst), supporter: { id: toB64u(server.supporter), name: 'Kari Nes' }, today: server.today,
				wraps: server.wraps.map(toB64u), keylog: server.keylog.map(toB64u),
				restored: server.restored,
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
