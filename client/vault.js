/* vault.js: everything a supporter remembers, one sealed blob of fixed size (§ 8).

   Blob: nonce(12) ‖ AES-256-GCM(vault key, len(4) ‖ JSON ‖ zeros), 65,536 bytes or a doubling of it when full;
   AAD = "makker/1 vault" ‖ inst ‖ supporter id. JSON: { v: 1, n, items: { key: { m, d } } }; n counts writes, m is when the item was
   changed (ms), d its data, null when it was taken away. Two devices merge item by item.

   Keys: log (log-watch.js) · own ([hash of an own log entry]) · scan:TASK and scan3 (newest hour looked through) ·
   answer:TASK ({ hour, position, …answer }) · other:AID · try:RANDOM ({ task, t, what }) · outcome:TASK ("reached", "not-reached"). */

import { concat, readU, sha256, systemRandom, text, toHex, u32, utf8 } from './bytes.js';

export const VAULT_LENGTH = 65536;
export const VAULT_MOST = VAULT_LENGTH * 16;

const params = (nonce, inst, supporter) => ({
	name: 'AES-GCM', iv: nonce, additionalData: concat(utf8('makker/1 vault'), inst, supporter),
});

export const emptyVault = () => ({ v: 1, n: 0, items: {} });

export const hashOf = async (blob) => toHex(await sha256(blob));

/* A change: data null takes the item away. `now` in ms. An older m never stands over a newer one. */
export function put(vault, key, d, now) {
	const m = Math.max(now, (vault.items[key]?.m ?? 0) + 1);
	vault.items[key] = { m, d };
}

export const get = (vault, key) => vault.items[key]?.d ?? null;

/* [[rest of the key, data]] of the items whose key begins so. */
export function list(vault, prefix) {
	return Object.keys(vault.items).filter((k) => k.startsWith(prefix) && vault.items[k].d !== null).sort()
		.map((k) => [k.slice(prefix.length), vault.items[k].d]);
}

const ASKS = ['none', 'later', 'other', 'call'];

/* Above zero: answer a stands over answer b. A later ring hour replaces the earlier, then the newer t (§ 3.3): phones' clocks
   lie. In one minute of one hour the one that asks for more contact stands, since chance laid them in their slots. */
export const answerOrder = (a, b) => a.hour - b.hour || a.t - b.t || ASKS.indexOf(a.kind) - ASKS.indexOf(b.kind);

/* Which of two things said about one item stands. Answers: answerOrder. Everything else: the later change, and where equal the
   same on both devices. */
function newer(key, a, b) {
	if (!a || !b)
		return a ?? b;
	if (key.startsWith('answer:') && a.d && b.d) {
		const order = answerOrder(a.d, b.d);
		if (order !== 0)
			return order > 0 ? a : b;
	}
	/* The longer log, but for one that was cut by a restore which she has accepted since. */
	if (key === 'log' && a.d && b.d && (a.d.r ?? 0) !== (b.d.r ?? 0))
		return (a.d.r ?? 0) > (b.d.r ?? 0) ? a : b;
	if (key === 'log' && a.d && b.d && a.d.n !== b.d.n)
		return a.d.n > b.d.n ? a : b;
	if (a.m !== b.m)
		return a.m > b.m ? a : b;
	return JSON.stringify(a) >= JSON.stringify(b) ? a : b;
}

/* Both in, one out; merge(a, b) = merge(b, a). */
export function merge(a, b) {
	const items = {};
	for (const key of [...new Set([...Object.keys(a.items), ...Object.keys(b.items)])].sort())
		items[key] = newer(key, a.items[key], b.items[key]);
	return { v: 1, n: Math.max(a.n, b.n), items };
}

const OTHERS_MOST = 300;

/* Anybody with a door code can seal to position 3 (its key is no secret): only the newest of them are kept, so that they cannot
   fill the vault. By the ring's hours, since what they say themselves proves nothing. */
export function keepNewest(vault) {
	const newestFirst = list(vault, 'other:').sort(([, a], [, b]) => b.hour - a.hour);
	for (const [aid] of newestFirst.slice(OTHERS_MOST))
		delete vault.items[`other:${aid}`];
}

/* Forgets what was said about tasks that ended: nothing is kept longer than the ring keeps its hours. Items that were
   taken away go too, once every device had time to hear of it. `now`, `age` in ms; `open` a Set of task ids. */
export function prune(vault, open, now, age = 15 * 86400000) {
	const tries = new Map(list(vault, 'try:').map(([id, d]) => [`try:${id}`, d.task]));
	for (const [key, item] of Object.entries(vault.items)) {
		const task = tries.get(key) ?? key.match(/^(?:scan|answer|outcome):(.*)$/)?.[1];
		const ended = item.d === null || key.startsWith('other:') || (task !== undefined && !open.has(task));
		if (ended && item.m < now - age)
			delete vault.items[key];
	}
	keepNewest(vault);
}

/* → the blob. The size grows only when the text no longer fits. */
export async function sealVault({ vault, key, inst, supporter, random = systemRandom }) {
	const json = utf8(JSON.stringify(vault));
	let length = VAULT_LENGTH;
	while (json.length + 4 > length - 28)
		length *= 2;
	if (length > VAULT_MOST)
		throw new RangeError('the vault is full');
	const plain = concat(u32(json.length), json, new Uint8Array(length - 28 - 4 - json.length));
	const nonce = random(12);
	const sealed = new Uint8Array(await crypto.subtle.encrypt(params(nonce, inst, supporter), key, plain));
	plain.fill(0);
	return concat(nonce, sealed);
}

/* → the vault, or null: another key, installation or supporter, or changed. */
export async function openVault({ blob, key, inst, supporter }) {
	try {
		const box = params(blob.slice(0, 12), inst, supporter);
		const plain = new Uint8Array(await crypto.subtle.decrypt(box, key, blob.slice(12)));
		const vault = JSON.parse(text(plain.subarray(4, 4 + readU(plain, 0, 4))));
		return vault.v === 1 && Number.isInteger(vault.n) && typeof vault.items === 'object' ? vault : null;
	} catch {
		return null;
	}
}
