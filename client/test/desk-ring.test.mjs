import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRing } from '../desk-ring.js';

/* A worker of which a test says what it answers. */
function workers() {
	const made = [];
	const newWorker = () => {
		const one = { asked: [], ended: false, postMessage: (question) => one.asked.push(question), terminate: () => { one.ended = true; } };
		made.push(one);
		return one;
	};
	return { made, newWorker };
}

test('answers find whoever asked, in any order, and an hour that cannot be opened fails alone', async () => {
	const { made, newWorker } = workers();
	const ring = openRing(newWorker, { inst: 'i' });
	const [one, two, three] = ['p1', 'p2', 'p3'].map((page) => ring.hour(page, [], true));
	const [{ asked, onmessage }] = made;
	assert.deepEqual(asked[0], { id: 0, inst: 'i', page: 'p1', tasks: [], others: true });
	onmessage({ data: { id: 2, found: ['c'] } });
	onmessage({ data: { id: 0, found: ['a'] } });
	onmessage({ data: { id: 1, error: 'no' } });
	assert.deepEqual([await one, await three], [['a'], ['c']]);
	await assert.rejects(two, /no/);
	assert.equal(made.length, 1);
});

for (const kind of ['onerror', 'onmessageerror']) {
	test(`a worker that fails (${kind}) ends every question, and the next hour gets a new one`, async () => {
		const { made, newWorker } = workers();
		const ring = openRing(newWorker, {});
		const lost = [ring.hour('p1', [], true), ring.hour('p2', [], true)];
		made[0][kind]({});
		for (const question of lost)
			await assert.rejects(question, /worker failed/);
		assert.ok(made[0].ended);
		const next = ring.hour('p3', [], true);
		made[0][kind]({}); /* the old one has no more to say */
		made[1].onmessage({ data: { id: made[1].asked[0].id, found: [] } });
		assert.deepEqual(await next, []);
		assert.equal(made.length, 2);
	});
}

test('locking ends the worker and what was asked of it', async () => {
	const { made, newWorker } = workers();
	const ring = openRing(newWorker, {});
	ring.end();
	assert.equal(made.length, 0);
	const lost = ring.hour('p', [], true);
	ring.end();
	await assert.rejects(lost);
	assert.ok(made[0].ended);
});
