// Two versions at the door, as during an upgrade: what one side says and the other does not know waits. It is neither lost nor
// acknowledged, both say so in their log and at /healthz, and all goes on when the other side has been upgraded. The programs are those of
// this version; the other version is played in the door between them, by what it would say there.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { until } from '../browser/world.mjs';
import { Mill, fillForm, rest, sendForm } from '../kills/mill.mjs';
import { freePorts } from '../ports.mjs';
import { Tap } from './tap.mjs';

let mill, tap, ports;
test.before(async () => {
	ports = await freePorts(2);
	mill = await Mill.build({ people: 12, supporters: 4,
		conf: { duty: { metrics: `127.0.0.1:${ports[0]}` }, haven: { door: 'HOME/door/tapped', metrics: `127.0.0.1:${ports[1]}` } },
		before: async (m) => { tap = await Tap.listen(join(m.home, 'door/tapped'), join(m.home, 'door/socket')); } });
	await until(async () => await health('haven') === 'in order\n', { why: 'the door is open' });
});
test.after(async () => {
	await mill?.end();
	await tap?.close();
});

async function health(program) {
	const reply = await fetch(`http://127.0.0.1:${ports[program === 'duty' ? 0 : 1]}/healthz`);
	const text = await reply.text();
	assert.equal(reply.status, text === 'in order\n' ? 200 : 503);
	return text;
}

async function register(sentence, numbers) {
	const answer = await sendForm(mill, await fillForm(mill, { sentence, numbers: numbers.map(String) }));
	assert.equal(answer.status, 303);
}

const mails = (number) => mill.offers().filter((o) => o.to === `p${number}@molleby.example`).length;
const cursors = () => mill.rows('haven', 'SELECT what, rev, life FROM door_cursor ORDER BY what');
const sentDays = () => mill.rows('duty', 'SELECT COUNT(*) FROM coverage WHERE sent_day IS NOT NULL OR unsendable_day IS NOT NULL')[0][0];
const UNREADABLE = 'what duty says at the door is no message of it: nobody new is offered support\n';

/** Duty is the other version for a while: nothing of it goes in, it is told once, and afterwards it is there once. */
async function waits(number, begin, end) {
	const before = cursors(), log = mill.log.length;
	begin();
	await register(`Det som venter ${number}`, [number]);
	await until(async () => await health('haven') === UNREADABLE, { seconds: 60, why: 'haven says that it cannot read' });
	await rest(4000); // it has tried again by then
	assert.deepEqual(cursors(), before, 'nothing is passed over');
	assert.equal(mails(number), 0);
	assert.equal(mill.log.slice(log).match(/<3>caller: what duty says at the door is no message of it: .*do both programs have the same version\?/g)?.length, 1,
		'once, however often it is tried');
	end();
	await until(() => mails(number) === 1, { seconds: 60, why: 'it is offered once the other side is upgraded' });
	await until(async () => await health('haven') === 'in order\n', { seconds: 60, why: 'all is well again' });
	assert.match(mill.log.slice(log), /<6>caller: duty answers at the door/);
	assert.notDeepEqual(cursors(), before);
	await rest(1000);
	assert.equal(mails(number), 1);
}

test('a newer duty tells of an incident with a member that haven does not know: it waits, whole', () =>
	waits(2000, () => {
		tap.after = (path, answer) => (!path.startsWith('/door/1/incidents') ? answer :
			JSON.stringify({ ...JSON.parse(answer), incidents: JSON.parse(answer).incidents.map((i) => ({ ...i, place: 'A' })) }));
	}, () => { tap.after = null; }));

test('a newer duty tells more of each person: neither people nor incidents pass it', () =>
	waits(2001, () => {
		mill.command('duty', 'people', 'import', join(mill.home, 'people.csv'));
		tap.after = (path, answer) => {
			const batch = JSON.parse(answer);
			return JSON.stringify(batch.people || batch.incidents.length ? { ...batch, more_to_come: 0 } : batch);
		};
	}, () => { tap.after = null; }));

test('a duty of another door than the first answers haven that there is none: it waits', () =>
	waits(2002, () => {
		tap.before = (method, path) => (path.startsWith('/door/1/') ? { status: 404, answer: '' } : undefined);
	}, () => { tap.before = null; }));

test('an older duty refuses what haven tells: it waits, though it can be read in part, and passes with its own day', async () => {
	await until(() => sentDays() === 3, { seconds: 60, why: 'all that was is told' });
	const log = mill.log.length, waiting = () => mill.rows('haven', 'SELECT about, fact, day FROM door_fact ORDER BY 1, 2');
	const today = Math.floor(Date.parse(mill.at) / 86400000);
	tap.before = (method) => (method === 'POST' ? { status: 400, answer: '' } : undefined);
	await register('Det fjerde', [2003, 2004]);
	await until(async () => await health('haven') === 'duty refuses what we tell it at the door: it hears neither whom an offer was sent nor who was reached\n',
		{ seconds: 60, why: 'the refusal is told' });
	await until(() => waiting().length === 2, { why: 'both wait' });
	await rest(6000); // it has tried again by then
	await mill.hours(24);
	assert.equal(sentDays(), 3);
	assert.equal(waiting().length, 2);
	assert.equal(mill.log.slice(log).match(/<3>caller: duty refuses what we tell it at the door/g).length, 1);
	tap.before = null;
	await until(() => sentDays() === 5 && waiting().length === 0, { seconds: 60, why: 'duty hears it once it is upgraded' });
	assert.equal(mill.rows('duty', `SELECT COUNT(*) FROM coverage WHERE sent_day = ${today}`)[0][0], 5, 'of the day on which it was, not on which it was heard');
	await until(async () => await health('haven') === 'in order\n', { seconds: 60, why: 'all is well again' });
	assert.match(mill.log.slice(log), /<6>caller: duty takes again what we tell it at the door/);
});

test('a newer haven tells duty a fact of a kind that it does not know: nothing of the message is taken, and duty says so', async () => {
	const log = mill.log.length, days = () => mill.rows('duty', 'SELECT exposure, sent_day, unsendable_day FROM coverage ORDER BY 1'), before = days();
	const exposure = Buffer.from(mill.rows('duty', 'SELECT exposure FROM coverage')[0][0], 'hex').toString('base64url');
	const fact = { exposure, fact: 'unsendable', day: 20000 };
	for (let i = 0; i < 2; i++)
		assert.equal((await tap.call('POST', '/door/1/facts', JSON.stringify({ facts: [fact, { exposure, fact: 'thanked', day: 20000 }] }))).status, 400);
	assert.equal((await tap.call('POST', '/door/1/facts', JSON.stringify({ facts: [fact], version: 2 }))).status, 400);
	assert.deepEqual(days(), before, 'nor what could be read');
	assert.equal(await health('duty'), 'what haven tells at the door is no message of it: nothing of it is taken\n');
	assert.equal(mill.log.slice(log).match(/<3>doorkeeper: what haven tells at the door is no message of it/g).length, 1);
	await register('Det femte', [2005]);
	await until(() => sentDays() === 6, { seconds: 60, why: 'what duty can read is taken' });
	assert.equal(await health('duty'), 'in order\n');
	assert.match(mill.log.slice(log), /<6>doorkeeper: what haven tells at the door can be read again/);
});
