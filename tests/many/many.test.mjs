// Two processes of each program on one PostgreSQL: they share the work and do each piece once; processes die, the database restarts and
// then fails over to its standby, all of it in the middle of the load, and nothing that was acknowledged is lost or doubled.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../browser/world.mjs';
import { repeated } from '../kills/aftermath.mjs';
import { fillForm, sendForm } from '../kills/mill.mjs';
import { Storm } from '../kills/storm.mjs';
import { Cluster } from './cluster.mjs';
import { Film } from './film.mjs';
import { House, rest } from './house.mjs';

const film = new Film();
const storms = [], answered = new Set();
const CONNECTIONS = 4; // of a process to the mail server, as long as nobody sets another number
const LEAST = 8; // incidents and answers that each load gets acknowledged
let house;
test.before(async () => {
	house = await House.build();
	film.line('a workplace is served by two processes of duty and two of haven');
});
test.after(async () => {
	film.line('end');
	film.keep('failover.log');
	await house?.close();
});

const count = (program, table, where = 'TRUE') => Number(house.rows(program, `SELECT COUNT(*) FROM ${table} WHERE ${where}`)[0][0]);
const acknowledged = (what) => storms.flatMap((s) => s[what]).filter((one) => one.acknowledged);
const counts = () => ({ 'incidents acknowledged': acknowledged('incidents').length, 'answers acknowledged': acknowledged('answers').length,
	'mails taken': house.offers().length });

/** Everybody who has been written to and has not answered yet does so, a dozen at a time: an answer may wait for a second (the ring's ticks). */
async function answering(storm) {
	const one = async () => {
		while (storm.running) {
			const offer = house.offers().find(({ token }) => !answered.has(token));
			if (!offer) {
				await rest(50);
				continue;
			}
			answered.add(offer.token);
			await storm.answerOne(offer.token, offer.to);
		}
	};
	await Promise.all(Array.from({ length: 12 }, one));
}

/** Load through both processes of each program for so long, while `meanwhile` goes on. What was acknowledged is remembered. */
async function load(ms, meanwhile) {
	const storm = new Storm(house, storms.length + 1), began = Date.now();
	storms.push(storm);
	house.cluster.sayIn('haven', 'DELETE FROM load'); // so that the few supporters have room for all
	film.line('load begins', counts());
	const all = [storm.registering(300), storm.registering(300), answering(storm)];
	const enough = (what) => storm[what].filter((one) => one.acknowledged).length >= LEAST;
	try {
		await rest(ms / 3);
		await meanwhile?.(storm);
		await rest(Math.max(meanwhile ? ms / 2 : 0, ms - (Date.now() - began)));
		await until(() => enough('incidents') && enough('answers'), { seconds: 60, why: 'enough is acknowledged, however busy this machine is' });
	} finally {
		storm.running = false;
		await Promise.all(all);
	}
	film.line('load ends', counts());
	assert.deepEqual(storm.troubles, []);
	return storm;
}

/** Until the first registration that begins now is acknowledged. → seconds. */
async function untilServed(storm) {
	const began = Date.now();
	await until(() => storm.registerOne(`Etter ${began}`, [house.people[0].number], false).then(() => true), { seconds: 60 });
	return ((Date.now() - began) / 1000).toFixed(1);
}

/** All has gone out that duty knows of, and duty has heard so. */
async function settled() {
	await until(() => count('haven', 'task') === count('duty', 'exposure'), { seconds: 45, why: 'haven has taken all' });
	await until(() => count('haven', 'outbox') === 0, { seconds: 60, why: 'all mail has gone' });
	await until(() => count('duty', 'coverage', 'sent_day IS NOT NULL') === count('duty', 'exposure'), { seconds: 45, why: 'duty has heard of all' });
}

/** kills: how many processes have died so far. One may have died between the mail server's word and its own commit, with each connection. */
function nothingLostNothingDoubled(kills = 0) {
	const there = new Map(house.rows('duty', 'SELECT sentence, COUNT(*) FROM incident GROUP BY sentence').map(([s, n]) => [s, Number(n)]));
	const sentences = new Map();
	for (const storm of storms)
		for (const { sentence, acknowledged: was } of storm.incidents) {
			const { least, most } = sentences.get(sentence) ?? { least: 0, most: 0 };
			sentences.set(sentence, { least: least + was, most: most + 1 });
		}
	let lost = 0, doubled = 0;
	for (const [sentence, { least, most }] of sentences) {
		const n = there.get(sentence) ?? 0;
		lost += Math.max(0, least - n);
		doubled += Math.max(0, n - most);
	}
	const offers = house.offers(), ids = new Set(offers.map((o) => o.messageId)), links = new Set(offers.map((o) => o.hash));
	const unsent = count('haven', 'task') - new Set(house.rows('haven', "SELECT task FROM offer_link WHERE kind = 0").map(([t]) => t)).size;
	film.line('looked', { 'incidents lost': lost, doubled, 'offers made': count('haven', 'task'), 'without a mail': unsent, 'mails twice': offers.length - ids.size });
	assert.deepEqual({ lost, doubled, unsent }, { lost: 0, doubled: 0, unsent: 0 });
	assert.equal(ids.size, links.size, 'each link went out under one Message-ID');
	assert.equal(links.size, count('haven', 'offer_link'), 'each link that was made went out');
	const again = repeated(house.accepted());
	assert.ok(again.every((one) => one.last) && again.length <= kills * CONNECTIONS, `${JSON.stringify(again)} went out twice, after ${kills} kills`);
}

/** An hour later every answer that was acknowledged, by whichever process, lies in the ring and opens. */
async function answersAreThere() {
	await house.hours(1);
	const last = storms.at(-1);
	let lost;
	/* The process that did not close the hour hears of it with its next tick, on a busy machine later. */
	for (const end = Date.now() + 30000; ;) {
		const slots = await last.slots();
		lost = 0;
		for (const answer of acknowledged('answers'))
			lost += !await last.opens(slots, answer);
		if (lost === 0 || Date.now() > end)
			break;
		await rest(500);
	}
	film.line('the hour is closed, and desks read it', { 'answers acknowledged': acknowledged('answers').length, lost });
	assert.equal(lost, 0);
}

test('a process whose address is taken says so and ends in order, though the others have greeted it', () => {
	for (const program of ['duty', 'haven'])
		for (let tries = 0; tries < 3; tries++) {
			const { status, said } = house.onTakenAddress(program).servesInVain();
			assert.equal(status, 1);
			assert.match(said, /in use/);
			assert.doesNotMatch(said, /Sanitizer/);
		}
});

test('what is registered through two processes is offered once, whichever of the others sends it', async () => {
	await load(4000);
	await settled();
	nothingLostNothingDoubled();
	for (const program of ['duty', 'haven'])
		assert.ok(house.fronts[program].sent.every((n) => n > 0), 'both were asked');
	await answersAreThere();
});

test('jobs that fall due for both processes are done once, and their mails go out once', async () => {
	/* Whoever was there more than once gets one message, not one for each. */
	const tasks = count('haven', 'task'), before = house.accepted().length;
	const people = Number(house.rows('haven', 'SELECT COUNT(DISTINCT person) FROM task')[0][0]);
	assert.ok(people > 10 && people <= tasks);
	assert.ok(count('haven', 'job', "kind = 'offers/second'") === tasks);
	house.cluster.sayIn('haven', `UPDATE job SET due = ${Math.floor(Date.parse(house.at) / 1000)} WHERE kind = 'offers/second'`);
	await house.hours(0);
	await until(() => count('haven', 'outbox') === 0, { seconds: 60, why: 'all mail has gone' });
	film.line('as many second messages fell due for both', { due: tasks, people, 'mails taken': house.accepted().length - before });
	assert.equal(count('haven', 'job', "kind = 'offers/second'"), 0);
	assert.equal(house.accepted().length - before, people);
	nothingLostNothingDoubled();
});

test('a page that is open at one process shows within seconds what went through the other', async () => {
	const form = await fillForm(house, { sentence: 'Sett fra den andre', numbers: [house.people[1].number] });
	const page = (await sendForm(house, form)).headers.location, at = (n) => ({ headers: { 'test-process': String(n) } });
	const state = async (have, n) => house.leader.request(`${house.duty}${page}/state?have=${have}&wait=${have ? 25 : 0}`, at(n));
	let seen = JSON.parse((await state('', 1)).text);
	const shown = [];
	for (const began = Date.now(); seen.waiting && Date.now() - began < 30000;) { // the message goes out, and haven tells either process
		const answer = await state(seen.version, 1);
		if (answer.status === 200)
			seen = JSON.parse(answer.text);
	}
	assert.equal(seen.seats[0].offered, true);
	const open = state(seen.version, 1).then((answer) => { shown.push(Date.now()); return JSON.parse(answer.text); });
	await rest(500);
	assert.deepEqual(shown, [], 'it waits');
	const told = Date.now(), exposure = seen.seats[0].id;
	const talk = await house.leader.get(`${house.duty}/exposures/${exposure}/in-person`, at(0));
	await house.leader.submit(talk, {}, { which: (f) => f.action.includes('/in-person') });
	const now = await open;
	film.line('a page open at one process shows what went through the other', { ms: shown[0] - told });
	assert.notEqual(now.seats[0].inPerson, seen.seats[0].inPerson);
	assert.ok(shown[0] - told < 20000, 'and not when it would have ended by itself');
});

test('a process that is killed leaves its work to the other', async () => {
	await load(4500, async (storm) => {
		for (const program of ['duty', 'haven'])
			await house.processes[program][0].stop('SIGKILL');
		film.line('the first process of each program is killed', counts());
		film.line(`a registration is acknowledged after ${await untilServed(storm)} s`, counts());
	});
	await settled();
	nothingLostNothingDoubled(1);
	await answersAreThere();
	await Promise.all(['duty', 'haven'].map((program) => house.processes[program][0].start()));
	film.line('both processes are started again');
});

test('duty\'s life goes on as long as one of its processes is up, and a new one begins when all were stopped, as for a restore', async () => {
	const life = () => house.rows('duty', "SELECT value FROM setting WHERE name = 'door/life'")[0][0], before = life();
	const [one, two] = house.processes.duty;
	await one.stop();
	await one.start();
	assert.equal(life(), before);
	await Promise.all([one.stop(), two.stop()]);
	await Promise.all([one.start(), two.start()]);
	const after = life();
	assert.notEqual(after, before);
	await until(() => house.rows('haven', "SELECT DISTINCT life FROM door_cursor")[0][0] === after, { seconds: 60, why: 'haven has asked for everything anew' });
	nothingLostNothingDoubled(1);
});

test('the database restarts without a word in the middle of the load', async () => {
	await load(5000, async (storm) => {
		await house.cluster.restartAtOnce();
		film.line('the database was ended at once and has recovered', counts());
		film.line(`a registration is acknowledged after ${await untilServed(storm)} s`, counts());
	});
	assert.ok(house.all().every((p) => p.ended === null), 'no process ended');
	await settled();
	nothingLostNothingDoubled(1);
	await answersAreThere();
});

test('the primary is killed, and the standby takes its place', async () => {
	const standby = await Cluster.standbyOf(house.cluster, house.home, 'standby');
	await standby.start();
	house.cluster.say("ALTER SYSTEM SET synchronous_standby_names = 'standby'", 'SELECT pg_reload_conf()');
	await until(() => house.cluster.say('SELECT sync_state FROM pg_stat_replication')[0]?.[0] === 'sync', { why: 'the standby keeps up' });
	film.line('a standby keeps up, and commits wait for it');
	house.before = house.cluster;
	await load(7000, async (storm) => {
		house.before.kill();
		film.line('the primary is killed', counts());
		await rest(1000);
		house.cluster = standby;
		await standby.promote();
		film.line('the standby is promoted', counts());
		film.line(`a registration is acknowledged after ${await untilServed(storm)} s`, counts());
	});
	assert.ok(house.all().every((p) => p.ended === null), 'no process ended');
	await settled();
	nothingLostNothingDoubled(1);
	await answersAreThere();
});
