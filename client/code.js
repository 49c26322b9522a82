/* code.js: the code of 36 digits (§ 5): return codes of colleagues, recovery codes of supporters.

   33 random decimal digits in three lines of 11; each line ends in a Damm digit, which finds every single wrong
   digit and every swap of neighbours, and says in which line. Shown as 3 × (4 4 4). `payload` is the 33 digits. */

import { hkdf, sha256, systemRandom, utf8 } from './bytes.js';
import { deriveKeyPair } from './hpke.js';

/* Damm's quasigroup of order 10 (H. M. Damm, 2004). */
const DAMM = [
	'0317598642', '7092154863', '4206871359', '1750983426', '6123045978',
	'3674209581', '5869720134', '8945362017', '9438617205', '2581436790',
];

export const damm = (digits) => [...digits].reduce((state, d) => +DAMM[state][d], 0);

/* Rejection sampling: a byte of 250 or more would make small digits likelier. */
export function makePayload(random = systemRandom) {
	let digits = '';
	while (digits.length < 33) {
		for (const b of random(48)) {
			if (b < 250 && digits.length < 33)
				digits += b % 10;
		}
	}
	return digits;
}

/* → three lines "3141 5926 5352". */
export function formatCode(payload) {
	if (!/^[0-9]{33}$/.test(payload))
		throw new TypeError('a payload is 33 digits');
	return [0, 11, 22].map((at) => {
		const line = payload.slice(at, at + 11);
		return `${line}${damm(line)}`.replace(/(.{4})(.{4})/, '$1 $2 ');
	});
}

/* What somebody typed or pasted → { payload } or { error: "length", digits } or { error: "line", line: 1, 2 or 3 }
   (the first wrong one). Spaces, dashes, dots, slashes and line breaks do not matter; anything else is { error: "character" }. */
export function parseCode(typed) {
	const digits = typed.normalize('NFKC').replace(/[\s\-–—./|_]/gu, '');
	if (!/^[0-9]*$/.test(digits))
		return { error: 'character' };
	if (digits.length !== 36)
		return { error: 'length', digits: digits.length };
	const lines = [0, 12, 24].map((at) => digits.slice(at, at + 12));
	const wrong = lines.findIndex((line) => damm(line) !== 0);
	if (wrong >= 0)
		return { error: 'line', line: wrong + 1 };
	return { payload: lines.map((line) => line.slice(0, 11)).join('') };
}

/* A return code's keys: { auth, boxId, sa, seed, pair }. One HKDF with three labels. */
export async function receiptKeys(payload) {
	const expand = (label) => hkdf(utf8(payload), utf8('makker/1 receipt'), utf8(label));
	const auth = await expand('box auth');
	const seed = await expand('box key');
	return { auth, boxId: await sha256(auth), sa: await expand('box supporter'), seed, pair: await deriveKeyPair(seed) };
}
