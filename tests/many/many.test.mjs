// Two processes of each program on one PostgreSQL: they share the work and do each piece once, and nothing acknowledged is lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../browser/world.mjs';
import { Storm } from '../kills/storm.mjs';
import { House, rest } from './house.mjs';

let house;
test.before(async () => { house = await House.build(); });
test.after(() => house?.close());

const count = (program, table, where = 'TRUE') => Number(house.rows(program, `SELECT COUNT(*) FROM ${table} WHERE ${where}`)[0][0]);

/** Registering through both processes for so long, while `meanwhile` goes on. → the storm, with what was acknowledged. */
async function registering(seed, ms, meanwhile) {
	const storm = new Storm(house, seed), began = Date.now();
	const all = [storm.registering(200), storm.registering(200)];
	await meanwhile?.(storm);
	await rest(Math.max(0, ms - (Date.now() - began)));
	storm.running = false;
	await Promise.all(all);
	assert.deepEqual(storm.troubles, []);
	return storm;
}

/** All has gone out that duty knows of. */
async function settled() {
	await until(() => count('haven', 'task') === count('duty', 'exposure'), { seconds: 30, why: 'haven has taken all' });
	await until(() => count('haven', 'outbox') === 0, { seconds: 60, why: 'all mail has gone' });
	await until(() => count('duty', 'coverage', 'sent_day IS NOT NULL') === count('duty', 'exposure'), { seconds: 30, why: 'duty has heard of all' });
}

function eachOfferedOnce() {
	const offers = house.offers();
	assert.equal(new Set(offers.map((o) => o.hash)).size, offers.length, 'each link went out once');
	assert.equal(new Set(offers.map((o) => o.messageId)).size, offers.length, 'each mail went out once');
	return offers.length;
}

test('what is registered through two processes is offered once, whichever of the others sends it', async () => {
	const storm = await registering(1, 5000);
	const acknowledged = storm.incidents.filter((i) => i.acknowledged);
	assert.ok(acknowledged.length > 10);
	await settled();
	const there = new Map(house.rows('duty', 'SELECT sentence, COUNT(*) FROM incident GROUP BY sentence'));
	for (const { sentence } of acknowledged)
		assert.ok(Number(there.get(sentence)) >= 1, `"${sentence}" was acknowledged`);
	assert.equal(eachOfferedOnce(), count('haven', 'task'));
	for (const program of ['duty', 'haven'])
		assert.ok(house.fronts[program].sent.every((n) => n > 0), 'both were asked');
});

test('jobs that fall due for both processes are done once, and their mails go out once', async () => {
	const tasks = count('haven', 'task'), before = house.accepted().length;
	assert.ok(count('haven', 'job', "kind = 'offers/second'") === tasks);
	house.cluster.sayIn('haven', `UPDATE job SET due = ${Math.floor(Date.parse(house.at) / 1000)} WHERE kind = 'offers/second'`);
	await house.hours(0);
	await until(() => count('haven', 'outbox') === 0, { seconds: 60, why: 'all mail has gone' });
	assert.equal(count('haven', 'job', "kind = 'offers/second'"), 0);
	assert.equal(house.accepted().length - before, tasks);
	assert.equal(eachOfferedOnce(), 2 * tasks);
});
