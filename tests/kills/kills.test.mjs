// Both programs are killed again and again, at random and at named points (every commit, every stage of handing over a mail),
// and now and then the power goes, while a leader registers and people answer. In the end nothing that was acknowledged is missing.
//
// By default 20 kills, 5 of them power cuts; with MAKKER_LONG=1, as ./dev test --long sets, 250 and 50.
// MAKKER_SEED repeats a run's choices (not its timing).
import assert from 'node:assert/strict';
import test from 'node:test';
import { REFUSED, WITHOUT_MAIL, answersAreThere, coverageAgrees, incidentsAreThere, jobsAreThere, offersWereMade, pagesAgree, quiet,
	repeats } from './aftermath.mjs';
import { Mill, rest } from './mill.mjs';
import { Storm } from './storm.mjs';

const LONG = process.env.MAKKER_LONG === '1';
const SIZE = LONG ? { duty: [100, 20], haven: [150, 30], pause: 1200, supporters: 40 } : { duty: [8, 2], haven: [12, 3], pause: 500, supporters: 8 };
const SEED = Number(process.env.MAKKER_SEED ?? Date.now() % 100000);

/** Days go by, and haven is killed while it does what has fallen due. */
async function killedWhileTheClockMoves({ mill, luck }, kills) {
	for (let n = 0; n < kills; n++) {
		const die = luck.one(['sync before', 'sync after', 'write before', 'write after', 'dot before', 'dot reply', 'rcpt after']);
		await mill.kill('haven');
		const life = await mill.start('haven', `${die} ${1 + luck.below(40)}`);
		await mill.hours(Math.ceil(96 / kills)).catch(() => {}); // it died on the way
		if (life.ended !== null)
			await mill.markLife();
		assert.equal(life.trouble, undefined);
	}
	await mill.kill('haven');
	await mill.start('haven');
	await mill.hours(6);
}

/* Everybody gets one, also who was there more than once: that of an older incident gives way. */
function secondTouchesWentOut({ mill }) {
	const due = mill.rows('haven', `SELECT p.id, COUNT(l.hash) FROM task t JOIN person p ON p.id = t.person LEFT JOIN offer_link l
		ON l.task = t.id AND l.kind = 1 WHERE p.email IS NOT NULL GROUP BY p.id`);
	assert.ok(due.length >= 3);
	for (const [, n] of due)
		assert.equal(n, 1, `${n} second touches of a person`);
	assert.deepEqual(mill.rows('haven', "SELECT COUNT(*) FROM job WHERE kind = 'offers/second'"), [[0]]);
	assert.deepEqual(mill.rows('haven', "SELECT COUNT(*) FROM job WHERE kind = 'offers/check'"), mill.rows('haven', 'SELECT COUNT(*) FROM task'));
}

test(`${SIZE.duty[0] + SIZE.haven[0]} kills, ${SIZE.duty[1] + SIZE.haven[1]} of them with the power`, { timeout: 1800000 }, async (t) => {
	t.diagnostic(`seed ${SEED}`);
	const mill = await Mill.build({ supporters: SIZE.supporters, refuse: [REFUSED], noMail: [WITHOUT_MAIL] });
	try {
		for (const program of ['duty', 'haven'])
			await mill.kill(program);
		const storm = new Storm(mill, SEED);
		const load = [storm.registering(SIZE.pause), storm.answering(), storm.hours(15000)];
		await Promise.all([storm.lives('duty', ...SIZE.duty), storm.lives('haven', ...SIZE.haven)]);
		await rest(1000);
		storm.running = false;
		await Promise.all(load);
		assert.deepEqual(storm.troubles, []);
		await quiet(mill);

		await t.test('every acknowledged incident is there exactly once, with all its people', () => incidentsAreThere(storm));
		let address;
		await t.test('every offer was made', () => { address = offersWereMade(storm); });
		await t.test('the two programs agree on who was offered support', () => coverageAgrees(storm, address));
		await t.test('the leader\'s pages say the same', () => pagesAgree(storm));
		await t.test('a mail is repeated only where a kill fell between its acceptance and the commit', () => {
			t.diagnostic(`${repeats(storm)} repeats among ${mill.accepted().length} mails`);
		});
		await t.test('no task and no incident has lost a clock', () => jobsAreThere(storm));
		await t.test('the databases are sound', () => {
			for (const program of ['duty', 'haven'])
				assert.deepEqual(mill.rows(program, 'PRAGMA integrity_check', 'PRAGMA foreign_key_check'), [[['ok']], []]);
		});
		await mill.hours(1);
		await t.test('every acknowledged answer is in the ring and opens with its reader\'s key', () => answersAreThere(storm));
		await t.test('the second touches go out, one each, though haven is killed while the clock moves', async () => {
			await killedWhileTheClockMoves(storm, LONG ? 40 : 6);
			await quiet(mill);
			secondTouchesWentOut(storm);
			coverageAgrees(storm, offersWereMade(storm));
			repeats(storm);
			assert.deepEqual(mill.rows('haven', 'PRAGMA integrity_check'), [['ok']]);
		});
		await t.test('there was something to lose', () => {
			const acknowledged = (list) => list.filter((one) => one.acknowledged).length;
			t.diagnostic(`${storm.kills} kills, ${storm.cuts} power cuts, ${acknowledged(storm.incidents)} incidents and ` +
				`${acknowledged(storm.answers)} answers acknowledged, died at ${JSON.stringify(Object.fromEntries([...storm.hit].sort()))}`);
			assert.equal(storm.kills, SIZE.duty[0] + SIZE.haven[0]);
			assert.equal(storm.cuts, SIZE.duty[1] + SIZE.haven[1]);
			assert.ok(acknowledged(storm.incidents) >= 3 && acknowledged(storm.answers) >= 3);
		});
	} catch (error) {
		error.message += `\n${mill.log.slice(-3000)}`;
		throw error;
	} finally {
		await mill.end();
	}
});
