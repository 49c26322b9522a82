/* bytes.js: octets and text. Nothing here knows what the octets mean.

   Bytes are Uint8Array, text is UTF-8 NFC (protocol: introduction). Every parser throws TypeError on
   anything but the one right spelling; none repairs. */

const HEX = /^(?:[0-9a-f]{2})*$/;
const B64U = /^[A-Za-z0-9_-]*$/;

export function concat(...parts) {
	const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		all.set(p, at);
		at += p.length;
	}
	return all;
}

export const utf8 = (text) => new TextEncoder().encode(text.normalize('NFC'));

/* Throws on bytes that are not UTF-8. */
export const text = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

export function fromHex(s, length) {
	if (typeof s !== 'string' || !HEX.test(s) || (length !== undefined && s.length !== 2 * length))
		throw new TypeError('not hex of the right length');
	return Uint8Array.from(s.match(/../g) ?? [], (h) => parseInt(h, 16));
}

export function toB64u(bytes) {
	let s = '';
	for (let i = 0; i < bytes.length; i += 4096)
		s += String.fromCharCode(...bytes.subarray(i, i + 4096));
	return btoa(s).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromB64u(s, length) {
	if (typeof s !== 'string' || !B64U.test(s) || s.length % 4 === 1)
		throw new TypeError('not base64url');
	const raw = atob(s.replaceAll('-', '+').replaceAll('_', '/'));
	const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
	if ((length !== undefined && bytes.length !== length) || toB64u(bytes) !== s)
		throw new TypeError('not base64url of the right length');
	return bytes;
}

/* A 16-byte id in either of its two spellings. */
export const fromId = (s) => (typeof s === 'string' && s.length === 32 ? fromHex(s, 16) : fromB64u(s, 16));

export function u16(n) {
	return Uint8Array.of(n >>> 8, n);
}

export function u32(n) {
	return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}

export function u64(n) {
	return concat(u32(Math.floor(n / 0x100000000)), u32(n % 0x100000000));
}

export function readU(bytes, at, length) {
	let n = 0;
	for (let i = 0; i < length; i++)
		n = n * 256 + bytes[at + i];
	return n;
}

/* For public values; secrets are compared by what opens, not by us. */
export function equal(a, b) {
	return a.length === b.length && a.every((x, i) => x === b[i]);
}

export async function sha256(bytes) {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/* HKDF-SHA256, extract and expand. */
export async function hkdf(ikm, salt, info, length = 32) {
	const key = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
	const params = { name: 'HKDF', hash: 'SHA-256', salt, info };
	return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * length));
}

/* The system's generator. Whoever takes a `random` argument takes a function like this one, so that tests can repeat. */
export function systemRandom(length) {
	return crypto.getRandomValues(new Uint8Array(length));
}
