import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { phoneText } from '../phone.js';

const cases = readFileSync(new URL('../../tests/vectors/phones.txt', import.meta.url), 'utf8').split('\n')
	.filter((line) => line.includes('|') && !line.startsWith('#')).map((line) => line.split('|'));

test('a number stands as people write it in Norway, Sweden and Denmark, and any other as it was written', () => {
	assert.ok(cases.length > 30);
	for (const [kept, shown] of cases)
		assert.equal(phoneText(kept), shown, kept);
});
