/* keylog.js: the append-only log of supporters' keys (§ 2.5).

   Entry, 256 bytes: ver(1)=1, kind(1), 0(2), n(8), prev(32), supporter id(16), Ed25519 pub(32), X25519 pub(32), day(4),
   signature by this Ed25519 key over bytes 0–127 (64), signature by the previous Ed25519 key over the same bytes (64; zero
   unless kind 2). prev = H(entry n−1), zeros first; n counts from 0; day = whole days since 1970. */

import { concat, equal, readU, sha256, u32, u64, utf8 } from './bytes.js';

export const ENTRY_LENGTH = 256;
export const NEW = 1, ROTATE = 2, RESET = 3, RETIRE = 4;

const ZERO32 = new Uint8Array(32);
const ZERO64 = new Uint8Array(64);

/* sign, previousSign: { privateKey, raw } as of keys.js. A retiring entry repeats the keys it ends. */
export async function makeEntry({ kind = NEW, n, prev, supporter, sign, hpkePub, day, previousSign }) {
	const body = concat(Uint8Array.of(1, kind, 0, 0), u64(n), prev ?? ZERO32, supporter, sign.raw, hpkePub, u32(day));
	const by = async (key) => new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, body));
	return concat(body, await by(sign), kind === ROTATE ? await by(previousSign) : ZERO64);
}

/* → the fields, or null when the shape is wrong. Signatures are not looked at. */
export function readEntry(bytes) {
	if (bytes.length !== ENTRY_LENGTH || bytes[0] !== 1 || bytes[1] < 1 || bytes[1] > 4 || bytes[2] || bytes[3])
		return null;
	return {
		kind: bytes[1], n: readU(bytes, 4, 8), prev: bytes.slice(12, 44), supporter: bytes.slice(44, 60),
		signPub: bytes.slice(60, 92), hpkePub: bytes.slice(92, 124), day: readU(bytes, 124, 4),
		body: bytes.slice(0, 128), sig: bytes.slice(128, 192), previousSig: bytes.slice(192, 256),
	};
}

async function signed(pub, sig, body) {
	try {
		const key = await crypto.subtle.importKey('raw', pub, 'Ed25519', true, ['verify']);
		return await crypto.subtle.verify('Ed25519', key, sig, body);
	} catch {
		return false;
	}
}

/* One entry by itself, as a sender's browser does: → its fields, or null. */
export async function checkEntry(bytes) {
	const e = readEntry(bytes);
	return e && e.kind !== RETIRE && await signed(e.signPub, e.sig, e.body) ? e : null;
}

export const keyId = async (hpkePub) => (await sha256(hpkePub)).slice(0, 8);

/* Groups of four digits: of each four bytes the remainder by 10,000. */
const digits = (hash, groups) => Array.from({ length: groups },
	(_, i) => String(readU(hash, 4 * i, 4) % 10000).padStart(4, '0')).join(' ');

/* What two people read to each other: a key's safety code, six groups, and the head of the log, five (§ 2.5). */
export const safetyCode = async (signPub) => digits(await sha256(concat(utf8('makker/1 safety'), signPub)), 6);
export const headCode = (h) => digits(h, 5);

/* What may come after `before`, the current entry of the same supporter, or undefined: the rules of keylog.h, by which the server
   takes an entry. Else somebody with the database could end a key that is not theirs, and begin another one. */
function follows(e, before) {
	const sameSign = before && equal(e.signPub, before.signPub);
	const sameHpke = before && equal(e.hpkePub, before.hpkePub);
	if (e.kind === NEW)
		return !before;
	return e.kind === RETIRE ? sameSign && sameHpke : before && !sameSign && !sameHpke;
}

/* The whole log, by a desk. → { head: { n, h }, current: Map supporter(base64 of id) → entry, entries } or
   { error: "shape" | "chain" | "day" | "signature" | "kind", n }. n of an empty log's head is −1, its h zeros. */
export async function checkLog(list) {
	let prev = ZERO32;
	const current = new Map();
	const entries = [];
	let day = 0;
	for (const [n, bytes] of list.entries()) {
		const e = readEntry(bytes);
		if (!e)
			return { error: 'shape', n };
		if (e.n !== n || !equal(e.prev, prev))
			return { error: 'chain', n };
		if (e.day < day)
			return { error: 'day', n };
		const who = e.supporter.join('.');
		const before = current.get(who);
		if (!await signed(e.signPub, e.sig, e.body))
			return { error: 'signature', n };
		if (e.kind === ROTATE ? !before || !await signed(before.signPub, e.previousSig, e.body)
		                      : !equal(e.previousSig, ZERO64))
			return { error: 'signature', n };
		if (!follows(e, before))
			return { error: 'kind', n };
		if (e.kind === RETIRE)
			current.delete(who);
		else
			current.set(who, e);
		entries.push(e);
		({ day } = e);
		prev = await sha256(bytes);
		e.h = prev;
	}
	return { head: { n: list.length - 1, h: prev }, current, entries };
}

export const currentOf = (checked, supporter) => checked.current.get(supporter.join('.'));

/* Does a checked log contain the head we remember ({ n, h })? */
export function extendsHead(checked, head) {
	return head.n < 0 || (head.n < checked.entries.length && equal(checked.entries[head.n].h, head.h));
}

/* Are the entries under this supporter's id exactly hers: the current one has these keys, and no entry came that `own`
   (hashes she remembers; null on the first look of a device) does not know? → "ok" or "foreign". */
export function checkOwn(checked, supporter, keys, own) {
	const mine = checked.entries.filter((e) => equal(e.supporter, supporter));
	const now = currentOf(checked, supporter);
	if (!now || !equal(now.signPub, keys.sign.raw) || !equal(now.hpkePub, keys.hpke.raw))
		return 'foreign';
	if (own && (mine.length !== own.length || mine.some((e, i) => !equal(e.h, own[i]))))
		return 'foreign';
	return 'ok';
}
