// A full disk and a mail server that is away: said clearly, nothing half done, and all goes out when there is room again.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { wordsOf } from '../../tools/demo/visitor.mjs';
import { until } from '../browser/world.mjs';
import { Mill, fillForm, rest, sendForm, stranger } from './mill.mjs';
import { Storm } from './storm.mjs';

let mill;
test.before(async () => { mill = await Mill.build({ people: 12, supporters: 6 }); });
test.after(() => mill?.end());

const count = (program, table) => mill.rows(program, `SELECT COUNT(*) FROM ${table}`)[0][0];
const mailsTo = (number) => mill.offers().filter((o) => o.to === `p${number}@molleby.example`).length;
const sound = () => ['duty', 'haven'].forEach((p) => assert.deepEqual(mill.rows(p, 'PRAGMA integrity_check', 'PRAGMA foreign_key_check'), [[['ok']], []]));

async function coverage(page) {
	const { text } = await mill.leader.get(mill.duty + page);
	return { offered: /data-offered>[^<\d]*(\d+)/.exec(text)[1], waiting: /data-waiting="(\w+)"/.exec(text)[1] };
}

test('duty\'s disk is full: the leader is told, nothing is half registered, and the same press works later', async () => {
	const form = await fillForm(mill, { sentence: 'Full disk', numbers: ['2000', '2001', '2002'] });
	const before = count('duty', 'incident');
	writeFileSync(mill.full('duty'), '');
	for (let press = 0; press < 3; press++) {
		const answer = await sendForm(mill, form);
		assert.equal(answer.status, 503);
		assert.match(answer.headers['content-type'], /^text\/html/);
		assert.match(wordsOf(answer.text), /Wait a minute and try again\. Nothing you wrote has been saved yet\./, 'says what to do');
	}
	assert.equal(count('duty', 'incident'), before);
	assert.equal(count('duty', 'exposure'), 0);
	assert.equal((await mill.leader.get(`${mill.duty}/incidents`)).status, 200, 'what is there can be read');
	assert.equal(mill.programs.duty.ended, null);
	rmSync(mill.full('duty'));
	const answer = await sendForm(mill, form);
	assert.equal(answer.status, 303);
	assert.equal(count('duty', 'incident'), before + 1);
	await until(async () => (await coverage(answer.headers.location)).offered === '3', { seconds: 60, why: 'each is offered support' });
	sound();
});

test('haven\'s disk is full: an answer is not taken and can be sent again, and what duty registers waits', async () => {
	const storm = new Storm(mill, 1), offer = mill.offers()[0];
	writeFileSync(mill.full('haven'), '');
	const sending = storm.answerOne(offer.token, offer.to);
	const page = await sendForm(mill, await fillForm(mill, { sentence: 'Haven is full', numbers: ['2003', '2004'] }));
	assert.equal(page.status, 303);
	await rest(3000);
	assert.equal(storm.answers.length, 1);
	assert.equal((await stranger.request(`${mill.haven}/h/o/${offer.token}`)).status, 200, 'the page can be read');
	/* An answer may still fit where a page of the database is already there; then it is durable. What duty registered grows the file. */
	assert.deepEqual([mailsTo(2003), mailsTo(2004)], [0, 0]);
	assert.equal(mill.programs.haven.ended, null);
	assert.deepEqual(await coverage(page.headers.location), { offered: '0', waiting: 'yes' });
	rmSync(mill.full('haven'));
	await sending;
	assert.deepEqual(storm.troubles, []);
	assert.ok(storm.answers[0].acknowledged);
	await until(async () => (await coverage(page.headers.location)).offered === '2', { seconds: 90, why: 'each is offered support' });
	assert.deepEqual([mailsTo(2003), mailsTo(2004)], [1, 1]);
	await mill.hours(1);
	assert.ok(await storm.opens(await storm.slots(), storm.answers[0]));
	sound();
});

test('a program that starts on a full disk serves, or ends and says why; with room it serves', async () => {
	for (const program of ['duty', 'haven']) {
		await mill.kill(program, 'SIGTERM');
		writeFileSync(mill.full(program), '');
		const life = await mill.start(program);
		if (life.ready) {
			assert.ok((await stranger.request(`${mill[program]}/`)).status < 400);
		} else {
			assert.ok(life.ended > 0, `${program} was ended by ${life.ended}`);
			const why = new RegExp(`^<3>db: ${program}\\.sqlite: (disk I/O error|database or disk is full)`, 'm');
			await until(() => why.test(life.said), { seconds: 5, why: `${program} says why: ${life.said}` });
		}
		await mill.kill(program, 'SIGTERM');
		rmSync(mill.full(program));
		assert.ok((await mill.start(program)).ready);
	}
	sound();
});

test('the mail server is away for a day: the page says waiting meanwhile, and all goes out when it is back', async () => {
	const { smtpPort, mails } = mill.mailbox;
	await mill.mailbox.close();
	const answer = await sendForm(mill, await fillForm(mill, { sentence: 'No mail server', numbers: ['2005', '2006', '2007'] }));
	assert.equal(answer.status, 303);
	await until(() => count('haven', 'task') === 8, { seconds: 60, why: 'haven has taken it' });
	for (const hours of [1, 11, 12]) {
		await mill.hours(hours);
		await fillForm(mill, { sentence: 'Signed in', numbers: [] });
		assert.deepEqual(await coverage(answer.headers.location), { offered: '0', waiting: 'yes' });
	}
	mill.mailbox = await startMailbox({ smtpPort });
	mill.mailbox.mails.push(...mails);
	await mill.hours(1);
	await until(async () => (await coverage(answer.headers.location)).offered === '3', { seconds: 60, why: 'each is offered support' });
	assert.equal((await coverage(answer.headers.location)).waiting, 'no');
	for (const number of [2005, 2006, 2007])
		assert.equal(mailsTo(number), 1, `${mailsTo(number)} mails to ${number}`);
	assert.equal(count('haven', 'outbox'), 0);
});
