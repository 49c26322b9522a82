// Both programs are killed again and again, at random and at named points (every commit, every stage of handing over a mail),
// and now and then the power goes, while a leader registers and people answer. In the end nothing that was acknowledged is missing.
//
// By default 20 kills, 5 of them power cuts; with MAKKER_LONG=1, as ./dev test --long sets, 250 and 50.
// MAKKER_SEED repeats a run's choices (not its timing).
import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../browser/world.mjs';
import { Mill, fillForm, messageIdOf, rest } from './mill.mjs';
import { Storm } from './storm.mjs';

const LONG = process.env.MAKKER_LONG === '1';
const SIZE = LONG ? { duty: [100, 20], haven: [150, 30], pause: 1200, supporters: 40 } : { duty: [8, 2], haven: [12, 3], pause: 500, supporters: 8 };
const SEED = Number(process.env.MAKKER_SEED ?? Date.now() % 100000);

const REFUSED = 'p2003@molleby.example', WITHOUT_MAIL = 2005;
const day = (hex) => hex !== null;

async function quiet(mill) {
	await until(() => {
		const [outbox, results, facts, tasks] = mill.rows('haven', 'SELECT COUNT(*) FROM outbox', 'SELECT COUNT(*) FROM mail_result',
			'SELECT COUNT(*) FROM door_fact', 'SELECT COUNT(*) FROM task').map((r) => r[0][0]);
		const [exposures, waiting] = mill.rows('duty', 'SELECT COUNT(*) FROM exposure', 'SELECT COUNT(*) FROM outbox').map((r) => r[0][0]);
		if (outbox + results + facts + waiting === 0 && tasks === exposures)
			return true;
		throw new Error(`outbox ${outbox}, results ${results}, facts ${facts}, tasks ${tasks} of ${exposures}`);
	}, { seconds: 90, every: 500, why: 'everything has gone its way' });
}

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

function secondTouchesWentOut({ mill }) {
	const due = mill.rows('haven', `SELECT t.id, COUNT(l.hash) FROM task t JOIN person p ON p.id = t.person LEFT JOIN offer_link l
		ON l.task = t.id AND l.kind = 1 WHERE p.email IS NOT NULL GROUP BY t.id`);
	assert.ok(due.length >= 3);
	for (const [, n] of due)
		assert.equal(n, 1, `${n} second touches of a task`);
	assert.deepEqual(mill.rows('haven', "SELECT COUNT(*) FROM job WHERE kind = 'offers/second'"), [[0]]);
	assert.deepEqual(mill.rows('haven', "SELECT COUNT(*) FROM job WHERE kind = 'offers/check'"), mill.rows('haven', 'SELECT COUNT(*) FROM task'));
}

/** A mail may come twice only if it was among the last that a life of haven had handed over: one by each of its four connections. */
function repeats({ mill }) {
	const at = new Map(), last = new Set(mill.lives.flatMap((n) => [1, 2, 3, 4].map((k) => n - k)));
	let n = 0;
	mill.accepted().forEach((mail, i) => {
		const id = messageIdOf(mail);
		if (at.has(id)) {
			n++;
			const before = at.get(id);
			assert.ok(last.has(before) && mill.lives.some((v) => v > before && v <= i),
				`mail ${i} repeats mail ${before}, and no kill fell between its acceptance and the commit`);
		}
		at.set(id, i);
	});
	return n;
}

function incidentsAreThere(storm) {
	const { mill } = storm;
	const rows = mill.rows('duty', `SELECT i.sentence, p.employee_number FROM incident i JOIN exposure e ON e.incident = i.id
		JOIN person p ON p.id = e.person`);
	const ids = mill.rows('duty', 'SELECT sentence, COUNT(*) FROM incident GROUP BY sentence');
	const times = new Map(ids), people = new Map();
	for (const [sentence, number] of rows)
		people.set(sentence, [...(people.get(sentence) ?? []), number]);
	for (const { sentence, numbers, acknowledged } of storm.incidents) {
		const n = times.get(sentence) ?? 0;
		assert.ok(n === 1 || (n === 0 && !acknowledged), `"${sentence}" is there ${n} times${acknowledged ? ', and was acknowledged' : ''}`);
		if (n)
			assert.deepEqual(people.get(sentence).sort(), [...numbers].sort(), `the people of "${sentence}"`);
	}
	assert.equal(times.size, [...new Set(storm.incidents.map((i) => i.sentence))].filter((s) => times.has(s)).length);
}

function offersWereMade({ mill }) {
	const links = mill.rows('haven', 'SELECT l.hash, l.task, l.kind FROM offer_link l');
	const byHash = new Map(mill.offers().map((o) => [o.hash, o]));
	const ids = new Map();
	for (const { hash, messageId } of mill.offers())
		ids.set(hash, (ids.get(hash) ?? new Set()).add(messageId));
	for (const [hash, set] of ids)
		assert.equal(set.size, 1, `link ${hash} went out under ${set.size} Message-IDs`);
	const address = new Map(mill.rows('haven', 'SELECT t.id, p.email FROM task t JOIN person p ON p.id = t.person'));
	const offered = new Set();
	for (const [hash, task] of links) {
		assert.ok(byHash.has(hash) || address.get(task) === REFUSED, `a mail to ${address.get(task)} was never accepted`);
		if (byHash.has(hash))
			assert.equal(byHash.get(hash).to, address.get(task));
		offered.add(task);
	}
	for (const [task, email] of address)
		assert.ok(offered.has(task) || !email, `no offer was ever put for a task of ${email}`);
	assert.equal(byHash.size, new Set(mill.offers().map((o) => o.hash)).size);
	return address;
}

function coverageAgrees({ mill }, address) {
	const rows = mill.rows('duty', `SELECT e.id, c.sent_day, c.unsendable_day FROM exposure e LEFT JOIN coverage c ON c.exposure = e.id`);
	assert.equal(rows.length, address.size, 'duty and haven know the same people');
	for (const [exposure, sent, unsendable] of rows) {
		assert.ok(address.has(exposure), 'haven has a task for each exposure');
		const email = address.get(exposure) ?? '';
		assert.equal(day(sent), email !== '' && email !== REFUSED, `sent to "${email}"`);
		assert.equal(day(unsendable), email === '' || email === REFUSED, `unsendable to "${email}"`);
	}
}

function jobsAreThere({ mill }) {
	const tasks = mill.rows('haven', 'SELECT id FROM task').map((r) => r[0]);
	for (const kind of ['offers/second', 'offers/check', 'offers/silence']) {
		const about = new Set(mill.rows('haven', `SELECT about FROM job WHERE kind = '${kind}'`).map((r) => r[0]));
		for (const task of tasks)
			assert.ok(about.has(task), `a task has lost its job ${kind}`);
	}
	const closing = new Set(mill.rows('haven', "SELECT about FROM job WHERE kind = 'offers/close'").map((r) => r[0]));
	for (const [incident] of mill.rows('haven', 'SELECT id FROM incident'))
		assert.ok(closing.has(incident), 'an incident has lost the job that closes it');
}

async function pagesAgree(storm) {
	const { mill } = storm;
	await fillForm(mill, { sentence: 'Signed in', numbers: [] });
	for (const { page, numbers, acknowledged } of storm.incidents) {
		if (!acknowledged)
			continue;
		const { text } = await mill.leader.get(mill.duty + page);
		const [offered, of] = /data-offered>[^<\d]*(\d+)\D+(\d+)/.exec(text).slice(1).map(Number);
		assert.equal(of, numbers.length);
		assert.equal(offered, numbers.filter((n) => n !== '2003' && n !== String(WITHOUT_MAIL)).length, `${page} counts wrongly`);
	}
}

async function answersAreThere(storm) {
	const slots = await storm.slots();
	for (const answer of storm.answers)
		if (answer.acknowledged)
			assert.ok(await storm.opens(slots, answer), `an acknowledged answer (${answer.kind}) is not in the ring, or does not open`);
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
