// Each write, each sync and each allocation fails once, in one life of a program or the other, while a leader registers and people
// answer. Whoever was told "done" finds it; whoever was not may press again; a program goes on or says why it ends.
//
// By default the first writes and syncs of a life, and some allocations among the first 200,000; with MAKKER_LONG=1 many more.
import assert from 'node:assert/strict';
import test from 'node:test';
import { REFUSED, WITHOUT_MAIL, answersAreThere, coverageAgrees, incidentsAreThere, jobsAreThere, offersWereMade, quiet, repeats } from './aftermath.mjs';
import { Mill, rest } from './mill.mjs';
import { Storm } from './storm.mjs';

const LONG = process.env.MAKKER_LONG === '1';
const LIVES = LONG ? 120 : 9;
const SEED = Number(process.env.MAKKER_SEED ?? Date.now() % 100000);

/** In turn a write, a sync and an allocation, each at another place: writes and syncs one after the other, allocations early ones
    as often as late ones. */
function* failures(luck) {
	for (let n = 1; ; n++) {
		yield { die: `fail write ${LONG ? n : 1 + luck.below(40)}` };
		yield { die: `fail sync ${LONG ? n : 1 + luck.below(20)}` };
		yield { die: `fail alloc ${Math.floor(2 ** (luck.below(17600) / 1000))}` };
	}
}

test(`${2 * LIVES} lives in which something fails once`, { timeout: 1800000 }, async (t) => {
	t.diagnostic(`seed ${SEED}`);
	const mill = await Mill.build({ supporters: 8, refuse: [REFUSED], noMail: [WITHOUT_MAIL] });
	try {
		for (const program of ['duty', 'haven'])
			await mill.kill(program);
		const storm = new Storm(mill, SEED);
		const load = [storm.registering(300), storm.answering(), storm.hours(15000)];
		await Promise.all(['duty', 'haven'].map((program) => storm.lives(program, LIVES, 0, failures(storm.luck))));
		await rest(1000);
		storm.running = false;
		await Promise.all(load);
		assert.deepEqual(storm.troubles, []);
		await quiet(mill);

		await t.test('what was acknowledged is there, once, and what was offered agrees', () => {
			incidentsAreThere(storm);
			coverageAgrees(storm, offersWereMade(storm));
			jobsAreThere(storm);
		});
		await t.test('a mail is repeated only where a life ended between its acceptance and the commit', () => {
			t.diagnostic(`${repeats(storm)} repeats among ${mill.accepted().length} mails`);
		});
		await t.test('the databases are sound', () => {
			for (const program of ['duty', 'haven'])
				assert.deepEqual(mill.rows(program, 'PRAGMA integrity_check', 'PRAGMA foreign_key_check'), [[['ok']], []]);
		});
		await mill.hours(1);
		await t.test('every acknowledged answer is in the ring and opens', () => answersAreThere(storm));
		await t.test('something failed, and there was something to lose', () => {
			t.diagnostic(`failed: ${JSON.stringify(Object.fromEntries([...storm.hit].sort()))}`);
			for (const what of ['write', 'sync', 'alloc'])
				assert.ok(storm.hit.get(`fail ${what}`) > 0, `no ${what} ever failed`);
			assert.ok(storm.incidents.some((one) => one.acknowledged) && storm.answers.some((one) => one.acknowledged));
		});
	} catch (error) {
		error.message += `\n${mill.log.slice(-3000)}`;
		throw error;
	} finally {
		await mill.end();
	}
});
