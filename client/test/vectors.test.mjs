import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { directory, makers } from './make-vectors.js';
import { fromHex, toB64u } from '../bytes.js';
import { deriveKeyPair } from '../hpke.js';
import { openHour } from '../ring.js';

const stored = (name) => JSON.parse(readFileSync(`${directory}${name}.json`, 'utf8'));

for (const [name, make] of Object.entries(makers)) {
	test(`tests/vectors/${name}.json is what the client makes today`, async () => {
		assert.deepEqual(JSON.parse(JSON.stringify(await make())), stored(name));
	});
}

test('the ring vector opens for each of its recipients', async () => {
	const v = stored('ring');
	for (const r of v.recipients) {
		const pair = await deriveKeyPair(fromHex(r.seed));
		assert.equal(toB64u(pair.raw), toB64u(fromHex(r.pub)));
		const tasks = r.position === 3 ? [] : [{ id: 't', ref: fromHex(v.ref), rel: fromHex(v.rel), positions: [r.position] }];
		const found = await openHour({ inst: fromHex(v.inst), pair, page: fromHex(v.body).subarray(42), tasks, others: true });
		assert.equal(found.length, 1);
		assert.equal(found[0].answer.name, 'Åse "Solli"');
	}
});
