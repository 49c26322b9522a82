import '../node/crypto.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fixedRandom } from '../node/fixed-random.js';
import { toHex } from '../bytes.js';
import { formatCode, makePayload, parseCode, receiptKeys } from '../code.js';

const PAYLOAD = '314159265358979323846264338327950';

test('the protocol\'s own code is written as it says, and read back', () => {
	assert.deepEqual(formatCode(PAYLOAD), ['3141 5926 5352', '8979 3238 4620', '6433 8327 9501']);
	assert.deepEqual(parseCode(' 3141 5926 5352\n8979-3238-4620\t6433 8327 9501 '), { payload: PAYLOAD });
	assert.deepEqual(parseCode('３１４１ 5926 5352 8979 3238 4620 6433 8327 9501'), { payload: PAYLOAD });
});

test('the code\'s derivations are those of § 11', async () => {
	const { auth, boxId, seed, pair } = await receiptKeys(PAYLOAD);
	assert.equal(toHex(auth), 'dbf6992da5fb72473cf3ae17c6c468d686c62d5773261e828a5b5ac9e90bd249');
	assert.equal(toHex(boxId), 'e8e526e4943e2ead7f78021ab73c4f962c537c5c20d82aabf099ffe97fb61a3c');
	assert.equal(toHex(seed), '97be21b3ac8ddb99779266cd89c663d49ec34d6697958b1563417a9f34b45182');
	assert.equal(toHex(pair.raw), '6bb3921c4a49727c546aba1415d861eef428f8a7d50497048e1ce7ae83548d79');
});

test('every single wrong digit is found, and its line named', () => {
	const digits = formatCode(PAYLOAD).join('').replaceAll(' ', '');
	for (let at = 0; at < 36; at++) {
		for (let d = 0; d < 10; d++) {
			if (+digits[at] === d)
				continue;
			const wrong = digits.slice(0, at) + d + digits.slice(at + 1);
			assert.deepEqual(parseCode(wrong), { error: 'line', line: 1 + Math.floor(at / 12) });
		}
	}
});

test('every swap of neighbours within a line is found', () => {
	const random = fixedRandom('swaps');
	for (let i = 0; i < 20; i++) {
		const digits = formatCode(makePayload(random)).join('').replaceAll(' ', '');
		for (let at = 0; at < 35; at++) {
			if (digits[at] === digits[at + 1] || at % 12 === 11)
				continue;
			const wrong = digits.slice(0, at) + digits[at + 1] + digits[at] + digits.slice(at + 2);
			assert.deepEqual(parseCode(wrong), { error: 'line', line: 1 + Math.floor(at / 12) });
		}
	}
});

test('too few digits and letters say what is wrong', () => {
	assert.deepEqual(parseCode('3141 5926'), { error: 'length', digits: 8 });
	assert.deepEqual(parseCode('3141 5926 535O'), { error: 'character' });
});

test('digits are drawn evenly', () => {
	const counts = new Array(10).fill(0);
	for (let i = 0; i < 2000; i++) {
		for (const d of makePayload())
			counts[d]++;
	}
	const expected = 6600;
	const chi = counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
	assert.ok(chi < 33.7, `chi-square ${chi}`); /* 9 degrees, one in 10,000 */
});

test('bytes of 250 and more are thrown away', () => {
	const parts = [new Uint8Array(48).fill(255), new Uint8Array(48).fill(7)];
	assert.equal(makePayload(() => parts.shift()), '7'.repeat(33));
});

test('the vector file is this code\'s', () => {
	const v = JSON.parse(readFileSync(new URL('../../tests/vectors/recovery.json', import.meta.url)));
	assert.equal(v.payload, PAYLOAD);
});
