import '../node/crypto.js';
import assert from 'node:assert/strict';
import test from 'node:test';
import { fromB64u, fromHex, fromId, toB64u, toHex, u64, utf8 } from '../bytes.js';

test('hex and base64url come back as they went', () => {
	for (let n = 0; n < 40; n++) {
		const bytes = crypto.getRandomValues(new Uint8Array(n));
		assert.deepEqual(fromHex(toHex(bytes), n), bytes);
		assert.deepEqual(fromB64u(toB64u(bytes), n), bytes);
	}
});

test('only the one right spelling is taken', () => {
	for (const bad of ['A', 'AB==', 'AB', 'A+', 'A/AA', 'AAA A', 5, null])
		assert.throws(() => fromB64u(bad, 2), TypeError, String(bad));
	for (const bad of ['0', 'AB', 'zz', '0102ff', ' 0102', undefined])
		assert.throws(() => fromHex(bad, 2), TypeError, String(bad));
});

test('an id is read in both its spellings', () => {
	const id = crypto.getRandomValues(new Uint8Array(16));
	assert.deepEqual(fromId(toHex(id)), id);
	assert.deepEqual(fromId(toB64u(id)), id);
	assert.throws(() => fromId(toB64u(id).slice(1)), TypeError);
});

test('text is NFC before it is bytes', () => {
	assert.deepEqual(utf8('A\u030a'), utf8('Å'));
});

test('a number of 64 bits is written whole', () => {
	assert.equal(toHex(u64(0x1_0000_0002)), '0000000100000002');
});
