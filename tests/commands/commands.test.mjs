// The operator's commands as she gives them: through the launcher, which as root makes each program its own user.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { giveRoles, linkIn, welcome } from '../../tools/demo/doors.mjs';
import { deliveryReport } from '../../tools/demo/mailbox.mjs';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';
import { World, built, until } from '../browser/world.mjs';

const PASSPHRASE = 'en rolig kveld ved vannet';
let world;
let berit; // haven's first coordinator: nobody was there to confirm her, and she confirms the others
test.before(async () => { world = await World.start({ at: '2026-11-18T10:00:00+01:00', language: 'en', refuse: ['hakon@bjorkli.example', 'ola@bjorkli.example'] }); });
test.after(() => world?.stop());

function rows(program, sentence) {
	const { status, stdout, stderr } = spawnSync(built('rows'), [join(world.data, program, `${program}.sqlite`), sentence], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout);
}

test('check follows the audit chain of both programs, and tells the first entry that is not as it was written', async () => {
	const coordinator = await welcome(linkIn(await world.makker('user', 'haven', 'add', 'berit@bjorkli.example', '--name', 'Berit', '--role', 'coordinator')),
		PASSPHRASE, 'en');
	berit = coordinator;
	for (let i = 0; i < 3; i++)
		await coordinator.get(`${world.haven}/s/programme`);
	const sound = await world.tried('check');
	assert.equal(sound.status, 0, sound.err);
	const n = rows('haven', 'SELECT COUNT(*) FROM audit')[0][0];
	assert.ok(n >= 3);
	assert.match(sound.out, /makker-duty: .*the audit chain holds \(entries: 0\)/);
	assert.match(sound.out, new RegExp(`makker-haven: .*the audit chain holds \\(entries: ${n}\\)`));

	const headsOf = (out) => out.match(/^(duty|haven):\d+:[0-9a-f]{64}$/gm);
	const noted = headsOf(sound.out);
	assert.deepEqual(noted.map((h) => h.split(':').slice(0, 2)), [['duty', '0'], ['haven', String(n)]]);
	await coordinator.get(`${world.haven}/s/programme`);
	const later = await world.tried('check', ...noted);
	assert.equal(later.status, 0, `a longer chain is the same chain: ${later.err}`);
	assert.notDeepEqual(headsOf(later.out), noted);
	assert.equal((await world.tried('check', ...noted, ...headsOf(later.out))).status, 0, 'several may be given');
	const other = noted[1].replace(/.$/, (c) => (c === '0' ? '1' : '0'));
	const replaced = await world.tried('check', noted[0], other);
	assert.equal(replaced.status, 1);
	assert.match(replaced.err, new RegExp(`makker-haven: the audit chain is another than the one noted: up to entry ${n} something was replaced`));
	assert.deepEqual(headsOf(replaced.out).map((h) => h.split(':')[0]), ['duty'], 'no head of a chain that is not the one noted');
	const shorter = await world.tried('check', noted[1].replace(/:\d+:/, ':999:'));
	assert.equal(shorter.status, 1);
	assert.match(shorter.err, /makker-haven: the audit chain is shorter than it was: 999 entries were noted, and it has \d+/);
	for (const wrong of ['haven', 'dutty:0:00', noted[0].slice(0, -1), noted[0].toUpperCase(), `x${noted[0]}`])
		assert.equal((await world.tried('check', wrong)).status, 64, wrong);

	rows('haven', 'UPDATE audit SET day = day - 1 WHERE n = 2');
	const changed = await world.tried('check');
	assert.equal(changed.status, 1);
	assert.match(changed.out, /makker-duty: .*holds/, 'the other is looked at all the same');
	assert.match(changed.err, /makker-haven: the audit chain breaks at entry 2: it was changed or is missing/);
	assert.doesNotMatch(changed.out, /makker-haven/);
	rows('haven', 'UPDATE audit SET day = day + 1 WHERE n = 2');
	assert.equal((await world.tried('check')).status, 0);

	const zero = (bytes) => `zeroblob(${bytes})`;
	rows('duty', `INSERT INTO audit (n, prev, day, who, what, about, hash) VALUES (1, ${zero(32)}, 1, ${zero(16)}, 'incident/people', ${zero(16)}, ${zero(32)})`);
	const planted = await world.tried('check');
	assert.equal(planted.status, 1);
	assert.match(planted.err, /makker-duty: the audit chain breaks at entry 1/);
	assert.match(planted.out, /makker-haven: .*holds/);
	rows('duty', 'DELETE FROM audit');
});

test('check says that a database is of another version, and leaves it as it is', async () => {
	const stands = () => rows('duty', 'SELECT MAX(number) FROM schema_version')[0][0];
	const here = stands();
	const last = rows('duty', `SELECT name FROM schema_version WHERE number = ${here}`)[0][0];
	rows('duty', `DELETE FROM schema_version WHERE number = ${here}`);
	const older = await world.tried('check');
	assert.equal(older.status, 1);
	assert.match(older.err, new RegExp(`makker-duty: the database stands at ${here - 1}, this version at ${here}`));
	assert.match(older.out, /makker-haven: .*holds/);
	assert.equal(stands(), here - 1, 'nothing was done about it');
	rows('duty', `INSERT INTO schema_version (number, name) VALUES (${here}, '${last}'), (${here + 1}, 'of tomorrow')`);
	assert.match((await world.tried('check')).err, new RegExp(`stands at ${here + 1}, newer than this version's ${here}`));
	rows('duty', `DELETE FROM schema_version WHERE number = ${here + 1}`);
	assert.equal((await world.tried('check')).status, 0);
});

test('an import lists its options', async () => {
	for (const what of ['people', 'supporters']) {
		const { status, out } = await world.tried(what, 'import', '--help');
		assert.equal(status, 0);
		assert.match(out, new RegExp(`^makker ${what} import \\[OPTION\\.\\.\\.\\] FILE\n[^]*--dry-run`));
	}
});

test('the rows that did not go in are saved where only whoever gave the command may write', async () => {
	const own = join(world.home, 'own');
	mkdirSync(own, { mode: 0o700 });
	const file = join(own, 'people.csv'), saved = join(own, 'bad.csv');
	writeFileSync(file, 'Ansattnummer;Navn;E-post\n10;Kari Nes;kari@bjorkli.example\n11;Tor Bø;tor.bjorkli.example\n', { mode: 0o600 });
	const done = await world.tried('people', 'import', '--save-bad', 'bad.csv', 'people.csv', { cwd: own });
	assert.equal(done.status, 1, done.err);
	assert.match(done.err, /^Line 3/m);
	assert.equal(readFileSync(saved, 'utf8'), 'Ansattnummer;Navn;E-post\r\n11;Tor Bø;tor.bjorkli.example\r\n');
	const { uid, mode } = statSync(saved);
	assert.deepEqual([uid, mode & 0o777], [process.getuid(), 0o600]);
	assert.equal(rows('duty', 'SELECT COUNT(*) FROM person')[0][0], 1);

	const again = await world.tried('people', 'import', '--save-bad', saved, file);
	assert.notEqual(again.status, 0);
	assert.match(again.err, /bad\.csv cannot be made: File exists/);
	assert.match(readFileSync(saved, 'utf8'), /Tor Bø/);

	rmSync(saved);
	writeFileSync(file, 'Ansattnummer;Navn;E-post\n10;Kari Nes;kari@bjorkli.example\n');
	assert.equal((await world.tried('people', 'import', '--save-bad', saved, file)).status, 0);
	assert.equal(existsSync(saved), false, 'nothing to save, no file');
});

const listed = async (program, email) => (await world.tried('user', program, 'list')).out.split('\n').find((l) => l.startsWith(`${email}\t`))?.split('\t')[3];

test('whoever gets a sign-in has the link by mail, and the operator does not see it', async () => {
	const admin = await welcome(linkIn(await world.makker('user', 'duty', 'add', 'ada@bjorkli.example', '--name', 'Ada', '--role', 'admin')), PASSPHRASE, 'en');
	for (const [program, role, base] of [['duty', 'leader', world.duty], ['haven', 'coordinator', `${world.haven}/s`]]) {
		const email = `${role}@bjorkli.example`;
		const out = await world.makker('user', program, 'add', email, '--name', 'Liv', '--role', role, '--mail');
		assert.doesNotMatch(out, /welcome|http/);
		const link = linkIn((await world.mailTo(email, { seconds: 60 })).text);
		assert.ok(link.startsWith(`${base}/welcome/`), link);
		await welcome(link, PASSPHRASE, 'en');
		assert.match(out, /The role takes two people, so it waits for the second/);
		await giveRoles(base, program === 'haven' ? berit : admin);
		assert.match(await world.makker('user', program, 'list'), new RegExp(`${email}\\tLiv\\t${role}\\tactive`));
	}
});

test('an invitation that did not arrive: the operator sees it in either program, and a new link ends it', async () => {
	await world.makker('user', 'duty', 'add', 'ola@bjorkli.example', '--name', 'Ola', '--role', 'admin');
	assert.equal(await listed('duty', 'ola@bjorkli.example'), 'invited');
	const visitor = new Visitor({ language: 'en' });
	const forgot = async (email) => visitor.submit(await visitor.get(`${world.duty}/forgot`), { email });
	await forgot('ola@bjorkli.example');
	await until(async () => await listed('duty', 'ola@bjorkli.example') === 'invitation not delivered', { why: 'the refusal is told' });
	assert.match((await world.tried('user', 'duty', 'list')).err, /1 invitation could not be delivered/);
	await world.makker('user', 'duty', 'invite', 'ola@bjorkli.example');
	assert.equal(await listed('duty', 'ola@bjorkli.example'), 'invited');

	await world.makker('user', 'duty', 'add', 'eva@bjorkli.example', '--name', 'Eva', '--role', 'admin');
	await forgot('eva@bjorkli.example');
	const mail = await world.mailTo('eva@bjorkli.example');
	await world.makker('bounce', mail.from, { input: deliveryReport(mail, 'eva@bjorkli.example') }); // not haven's: forgotten
	assert.equal(await listed('duty', 'eva@bjorkli.example'), 'invited');
	await world.makker('bounce', 'duty', mail.from, { input: deliveryReport(mail, 'eva@bjorkli.example') });
	assert.equal(await listed('duty', 'eva@bjorkli.example'), 'invitation not delivered');
});

test('the coordinator sees whose invitation did not arrive, and has it sent again', async () => {
	const coordinator = await welcome(linkIn(await world.makker('user', 'haven', 'add', 'turid@bjorkli.example', '--name', 'Turid', '--role', 'coordinator')),
		PASSPHRASE, 'en');
	assert.equal((await coordinator.request(`${world.haven}/s/programme`)).status, 403, 'until a second person has confirmed it');
	await giveRoles(`${world.haven}/s`, berit);
	const page = () => coordinator.get(`${world.haven}/s/programme`), told = async () => wordsOf((await page()).text);
	await world.makker('supporters', 'import', '--invite', world.file('supporters.csv', ['name;e-mail;phone', 'Håkon Li;hakon@bjorkli.example;+47 00 00 01 01',
		'Siv Mo;siv@bjorkli.example;+47 00 00 01 02', 'Una By;una@bjorkli.example;+47 00 00 01 03', ''].join('\n')));
	const siv = await world.mailTo('siv@bjorkli.example');
	await world.makker('bounce', siv.from, { input: deliveryReport(siv, 'siv@bjorkli.example') });
	await world.clock('+1m'); // whoever moves the clock hears what waits
	await until(async () => /hakon@bjorkli\.example could not be delivered/.test(await told()), { seconds: 60, why: 'the refusal is told' });
	const before = await page();
	assert.match(wordsOf(before.text), /The invitation to Siv Mo at siv@bjorkli\.example could not be delivered/);
	assert.doesNotMatch(before.text, /una@bjorkli/);
	assert.equal(await listed('haven', 'siv@bjorkli.example'), 'invitation not delivered');
	assert.equal(await listed('haven', 'una@bjorkli.example'), 'invited');

	const form = formsOf(before.text, before.url).filter((f) => f.action.endsWith('/s/programme/invite'));
	assert.equal(form.length, 2);
	const fieldOf = (f, name) => f.fields.find((field) => field.name === name).value;
	const account = Buffer.from(rows('haven', "SELECT id FROM account WHERE email = 'siv@bjorkli.example'")[0][0], 'hex').toString('base64url');
	const after = await coordinator.submit(before, {}, { which: (f) => f.fields.some((field) => field.value === account) });
	assert.match(wordsOf(after.text), /A new invitation is on its way/);
	assert.doesNotMatch(after.text, /siv@bjorkli/);
	const again = await world.mailTo('siv@bjorkli.example', { after: 1 });
	assert.notEqual(linkIn(again.text), linkIn(siv.text));
	await welcome(linkIn(again.text), PASSPHRASE, 'en');
	assert.equal(await listed('haven', 'siv@bjorkli.example'), 'active');

	const csrf = fieldOf(form[0], 'csrf');
	const post = (visitor, body) => visitor.request(`${world.haven}/s/programme/invite`, { method: 'POST', body: new URLSearchParams(body).toString(),
		headers: { 'content-type': 'application/x-www-form-urlencoded' } });
	const mails = world.mailbox.mails.length;
	for (const email of ['siv@bjorkli.example', 'una@bjorkli.example', 'turid@bjorkli.example']) {
		const id = Buffer.from(rows('haven', `SELECT id FROM account WHERE email = '${email}'`)[0][0], 'hex').toString('base64url');
		const refused = await post(coordinator, { csrf, account: id });
		assert.equal(refused.status, 303, email);
		assert.equal(new URL(refused.headers.location, world.haven).pathname + new URL(refused.headers.location, world.haven).search, '/s/programme');
	}
	assert.equal((await post(coordinator, { csrf, account: 'x' })).status, 400);
	assert.equal((await post(coordinator, { account })).status, 403, 'without the token of the session');
	const una = await welcome(linkIn((await world.mailTo('una@bjorkli.example')).text), PASSPHRASE, 'en');
	assert.equal((await post(una, { account })).status, 403, 'a supporter may not');
	await new Promise((resolve) => setTimeout(resolve, 500));
	assert.equal(world.mailbox.mails.length, mails, 'nobody else is mailed');
});

test('a bounce that cannot be taken now is left with the mail server', async () => {
	const address = 'b-00112233445566778899aabbccddeeff@bjorkli.example', input = deliveryReport({ from: address }, 'siv@bjorkli.example');
	const bounce = async (...words) => (await world.tried('bounce', ...words, address, { input })).status;
	assert.deepEqual([await bounce(), await bounce('duty')], [0, 0], 'unknown ones are taken and forgotten');
	assert.equal((await world.tried('bounce', 'siv@bjorkli.example', { input })).status, 64, 'none of our addresses');
	for (const program of ['haven', 'duty']) {
		const settings = join(world.data, `${program}.conf`), sound = readFileSync(settings, 'utf8');
		writeFileSync(settings, sound.replace(/^database = .*$/m, 'database = sqlite:away/away.sqlite'));
		const statuses = [await bounce(), await bounce('duty')];
		writeFileSync(settings, sound);
		assert.deepEqual(statuses, program === 'haven' ? [75, 0] : [0, 75], program);
	}
});

test('every night links nobody used go, and, a while after an account ended, whose its looks were', async () => {
	const day = rows('haven', 'SELECT MAX(day) FROM audit')[0][0];
	for (const [program, role] of [['duty', 'admin'], ['haven', 'coordinator']])
		for (const [name, since] of [['early', 401], ['late', 398]]) {
			const email = `${name}@bjorkli.example`, whose = `(SELECT id FROM account WHERE email = '${email}')`;
			await world.makker('user', program, 'add', email, '--name', name, '--role', role);
			rows(program, `INSERT INTO audit_name (who, account) VALUES (randomblob(16), ${whose})`);
			await world.makker('user', program, 'end', email);
			rows(program, `UPDATE account SET ended_day = ${day - since} WHERE email = '${email}'`);
			rows(program, `INSERT INTO invite (hash, account, expires_day) VALUES (randomblob(32), ${whose}, ${day + (name === 'early' ? -1 : 5)})`);
		}
	await world.clock('+1d');
	for (const program of ['duty', 'haven']) {
		const left = (table) => rows(program, `SELECT email FROM ${table} JOIN account ON account = id WHERE email IN ('early@bjorkli.example', 'late@bjorkli.example')`).flat();
		assert.deepEqual(left('audit_name'), ['late@bjorkli.example'], program);
		assert.deepEqual(left('invite'), ['late@bjorkli.example'], program);
	}
	assert.equal((await world.tried('check')).status, 0, 'the chain holds without names');
});
