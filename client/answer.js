/* answer.js: what stands inside a ring envelope (§ 3.3), written and read.

   Plaintext, 464: len(2) ‖ JSON ‖ zeros. JSON, in this order, absent fields left out: v, ref, aid (16 bytes base64url
   each), t (minutes since 1970), kind, phone, when, name, to (chosen key id, hex), note. What is read is hostile. */

import { concat, fromB64u, text, toB64u, u16, utf8 } from './bytes.js';

export const PLAIN_LENGTH = 464;
export const JSON_MOST = 462;
export const KINDS = ['call', 'other', 'later', 'none'];
/* bytes of UTF-8 */
export const MOST = { phone: 20, when: 40, name: 80, note: 120 };

/* `field` names what is at fault: one of MOST, or "all" when the whole is over 462 bytes after escaping. */
export class TooLong extends RangeError {
	constructor(field, length, most) {
		super(`${field} has ${length} bytes, ${most} fit`);
		this.field = field;
	}
}

/* → 464 bytes. ref, aid: 16 bytes. Empty fields are left out. Throws TooLong. */
export function packAnswer({ ref, aid, t, kind, to, ...said }) {
	if (!KINDS.includes(kind))
		throw new TypeError('no such kind of answer');
	const clean = {};
	for (const [field, most] of Object.entries(MOST)) {
		const value = (said[field] ?? '').normalize('NFC').trim();
		const length = utf8(value).length;
		if (length > most)
			throw new TooLong(field, length, most);
		clean[field] = value || undefined;
	}
	const { phone, when, name, note } = clean;
	const json = utf8(JSON.stringify({
		v: 1, ref: toB64u(ref), aid: toB64u(aid), t, kind, phone, when, name, to: to || undefined, note,
	}));
	if (json.length > JSON_MOST)
		throw new TooLong('all', json.length, JSON_MOST);
	return concat(u16(json.length), json, new Uint8Array(JSON_MOST - json.length));
}

/* Control characters and characters that turn the direction of text could make one thing look like another. */
const harmless = (s) => s.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) => (c === '\n' ? ' ' : '')).trim();

/* 464 opened bytes → { ref, aid, t, kind, phone?, when?, name?, to?, note? }, texts without what could deceive, or null. */
export function unpackAnswer(plain) {
	if (plain.length !== PLAIN_LENGTH)
		return null;
	const length = plain[0] * 256 + plain[1];
	if (length > JSON_MOST || plain.subarray(2 + length).some((b) => b !== 0))
		return null;
	let raw;
	try {
		raw = JSON.parse(text(plain.subarray(2, 2 + length)));
		if (raw === null || typeof raw !== 'object' || raw.v !== 1 || !KINDS.includes(raw.kind))
			return null;
		if (!Number.isInteger(raw.t) || raw.t < 0 || raw.t > 1e9)
			return null;
		fromB64u(raw.ref, 16);
		fromB64u(raw.aid, 16);
	} catch {
		return null;
	}
	const answer = { ref: raw.ref, aid: raw.aid, t: raw.t, kind: raw.kind };
	if (typeof raw.to === 'string' && /^[0-9a-f]{16}$/.test(raw.to))
		answer.to = raw.to;
	for (const [field, most] of Object.entries(MOST)) {
		if (typeof raw[field] === 'string' && utf8(raw[field]).length <= most && harmless(raw[field]))
			answer[field] = harmless(raw[field]);
	}
	return answer;
}

/* A number that is safe behind tel:, or null. */
export function dialable(phone) {
	const digits = (phone ?? '').replace(/[\s().\-/]/g, '');
	return /^\+?[0-9]{3,15}$/.test(digits) ? digits : null;
}
