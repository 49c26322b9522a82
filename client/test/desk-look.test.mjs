import assert from 'node:assert/strict';
import test from 'node:test';
import { oneLookAtATime, pagesOf } from '../desk-look.js';

const tick = () => new Promise((resolve) => { setImmediate(resolve); });

/* A job that stands still until it is let go. */
function slowJob() {
	const runs = [];
	const job = (stale) => new Promise((resolve) => { runs.push({ stale, end: resolve }); });
	return { runs, job };
}

test('a press while a look is under way is remembered: that look may end early, and one more follows', async () => {
	const { runs, job } = slowJob();
	const look = oneLookAtATime(job);
	const done = look();
	assert.equal(runs.length, 1);
	assert.equal(runs[0].stale(), false);
	look();
	look();
	assert.equal(runs[0].stale(), true);
	assert.equal(runs.length, 1, 'never two at once');
	runs[0].end();
	await tick();
	assert.equal(runs.length, 2, 'once more, however often it was pressed');
	assert.equal(runs[1].stale(), false);
	runs[1].end();
	await done;
	assert.equal(runs.length, 2);
});

test('after a look has ended the next press starts another', async () => {
	const { runs, job } = slowJob();
	const look = oneLookAtATime(job);
	for (let n = 1; n <= 2; n++) {
		const done = look();
		assert.equal(runs.length, n);
		runs[n - 1].end();
		await done;
	}
});

test('pages come in the order of the plan, whichever arrives first, and at most four are on their way', async () => {
	const plan = Array.from({ length: 11 }, (_, i) => ({ hour: 20 - i }));
	let under = 0, most = 0;
	const fetchHour = async (hour) => {
		most = Math.max(most, ++under);
		for (let i = hour % 3; i >= 0; i--)
			await tick();
		under--;
		return `page ${hour}`;
	};
	const got = [];
	for await (const [entry, page] of pagesOf(plan, fetchHour))
		got.push([entry.hour, page]);
	assert.deepEqual(got, plan.map(({ hour }) => [hour, `page ${hour}`]));
	assert.equal(most, 4);
});

test('an empty plan asks for nothing', async () => {
	for await (const entry of pagesOf([], () => assert.fail('asked')))
		assert.fail(String(entry));
});

test('a page that cannot be had fails at its turn; after a look that ended early nobody hears of it', async () => {
	const unheard = [];
	const hear = (e) => unheard.push(e);
	process.on('unhandledRejection', hear);
	const fetchHour = async (hour) => {
		if (hour === 2)
			throw new Error('offline');
		return hour;
	};
	const plan = [1, 2, 3].map((hour) => ({ hour }));
	const got = [];
	await assert.rejects(async () => {
		for await (const [{ hour }] of pagesOf(plan, fetchHour))
			got.push(hour);
	}, /offline/);
	assert.deepEqual(got, [1]);
	for await (const [{ hour }] of pagesOf(plan, fetchHour)) {
		assert.equal(hour, 1);
		break;
	}
	await tick();
	process.off('unhandledRejection', hear);
	assert.deepEqual(unheard, []);
});
