// The door, end to end, with both programs: either side may be away for a day, every message may come twice, nobody else is let
// in, and nothing can be said but the three messages of PRODUCT.md § 2.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { deliveryReport, startMailbox } from '../../tools/demo/mailbox.mjs';
import { built, until } from '../browser/world.mjs';
import { peopleFile } from '../browser/town.mjs';
import { Mill, fillForm, rest, sendForm } from '../kills/mill.mjs';
import { Storm } from '../kills/storm.mjs';
import { Tap } from './tap.mjs';

const REFUSED = 'p2001@molleby.example', BOUNCES = 'p2000@molleby.example', WITHOUT_MAIL = 2002;
let mill, tap, storm;

const facts = () => mill.rows('duty', `SELECT p.employee_number, c.sent_day, c.unsendable_day, c.reached, c.reached_day FROM exposure e
	JOIN person p ON p.id = e.person JOIN incident i ON i.id = e.incident LEFT JOIN coverage c ON c.exposure = e.id ORDER BY i.rev, e.seat`);
const today = () => Math.floor(Date.parse(mill.at) / 86400000);
const mailsTo = (number) => mill.offers().filter((o) => o.to === `p${number}@molleby.example`);

async function register(sentence, numbers) {
	const answer = await sendForm(mill, await fillForm(mill, { sentence, numbers: numbers.map(String) }));
	assert.equal(answer.status, 303);
	return answer.headers.location;
}

/** Everything that a message could double. */
function whole() {
	return { exposures: facts(), tasks: mill.rows('haven', 'SELECT id, incident, person FROM task ORDER BY id'),
		links: mill.rows('haven', 'SELECT hash, task, kind FROM offer_link ORDER BY hash'), excluded: mill.rows('haven', 'SELECT * FROM excluded ORDER BY 1, 2'),
		people: mill.rows('haven', 'SELECT * FROM person ORDER BY id'), loads: mill.rows('haven', 'SELECT * FROM load ORDER BY 1, 2, 3'),
		groups: [mill.rows('haven', 'SELECT * FROM group_talk'), mill.rows('haven', 'SELECT * FROM group_year'), mill.rows('duty', 'SELECT id, group_asked_day, group_told, group_day FROM incident ORDER BY id')],
		jobs: mill.rows('haven', "SELECT kind, about FROM job WHERE kind LIKE 'offers/%' OR kind LIKE 'groups/%' ORDER BY 1, 2"), mails: mill.accepted().length };
}

test.before(async () => {
	mill = await Mill.build({ people: 12, supporters: 5, refuse: [REFUSED], noMail: [WITHOUT_MAIL],
		conf: { haven: { door: 'HOME/door/tapped' } },
		before: async (m) => { tap = await Tap.listen(join(m.home, 'door/tapped'), join(m.home, 'door/socket')); } });
	storm = new Storm(mill, 1);
});
test.after(async () => {
	await mill?.end();
	await tap?.close();
});

test('an incident goes through, and the days come back, though every message is said twice', async () => {
	tap.twice = true;
	await register('Det første', [2000, 2001, 2002, 2003]);
	await until(() => facts().every(([, sent, unsendable]) => sent || unsendable), { why: 'each is sent or unsendable' });
	assert.deepEqual(facts().map(([number, sent, unsendable]) => [number, sent, unsendable]),
		[['2000', today(), null], ['2001', null, today()], ['2002', null, today()], ['2003', today(), null]]);
	assert.equal(tap.trouble, undefined);
	assert.equal(mailsTo(2000).length, 1);
	assert.equal(mill.rows('haven', 'SELECT COUNT(*) FROM task')[0][0], 4);
});

test('that a session for all of them is asked for goes through, and taken back and asked for again it is one', async () => {
	const id = Buffer.from(mill.rows('duty', 'SELECT id FROM incident ORDER BY rev')[0][0], 'hex').toString('base64url');
	const asked = () => mill.rows('haven', 'SELECT state, taken_back FROM group_talk');
	for (const n of [1, 0, 1]) {
		const page = await mill.leader.get(`${mill.duty}/incidents/${id}`);
		await mill.leader.submit(page, {}, { which: (f) => f.fields.some((x) => x.name === 'wish') });
		await until(() => asked().length === n, { why: `haven knows of ${n}` });
	}
	assert.deepEqual(asked(), [[0, 0]]);
	assert.equal(tap.trouble, undefined);
});

test('haven is away for a day: what was registered and who has changed arrives once when it is back', async () => {
	await mill.kill('haven', 'SIGTERM');
	await register('Det andre', [2004, 2005]);
	const people = mill.directory.filter((p) => p.number !== '2011').map((p) => (p.number === '2005' ? { ...p, family: 'Nygift' } : p));
	const newcomer = { ...people[1], number: '2100', given: 'Ny', family: 'Ansatt', name: 'Ny Ansatt', email: 'p2100@molleby.example' };
	mill.file('people.csv', peopleFile([...people, newcomer]));
	mill.command('duty', 'people', 'import', '--end-missing', join(mill.home, 'people.csv'));
	await register('Det tredje', [2100, 2004]);
	await mill.hours(24);
	assert.equal(mailsTo(2004).length, 0);
	await mill.start('haven');
	await until(() => facts().every(([, sent, unsendable]) => sent || unsendable), { seconds: 60, why: 'all arrives' });
	await until(() => mailsTo(2004).length >= 2 && mailsTo(2100).length >= 1);
	await rest(500);
	assert.deepEqual([2004, 2005, 2100].map((n) => mailsTo(n).length), [2, 1, 1]);
	assert.deepEqual(mill.rows('haven', "SELECT employee_number, name, ended FROM person WHERE employee_number IN ('2005', '2011', '2100') ORDER BY 1"),
		[['2005', 'Fornavn2005 Nygift', 0], ['2100', 'Ny Ansatt', 0]]);
	assert.deepEqual(facts().slice(4).map((f) => f[1]), [today(), today(), today(), today()]);
});

test('duty is away for a day while haven sends: the facts arrive later, with their own day', async () => {
	const port = mill.mailbox.smtpPort, mails = mill.mailbox.mails;
	await mill.mailbox.close();
	await register('Det fjerde', [2006, 2007]);
	await until(() => mill.rows('haven', 'SELECT COUNT(*) FROM task')[0][0] === 10, { why: 'haven has taken it' });
	const before = mill.log.length;
	await mill.kill('duty');
	await until(() => mill.log.slice(before).includes('<6>caller: duty does not answer at the door yet'), { seconds: 60, why: 'silence is told' });
	await rest(2500); // it has tried again by then
	assert.doesNotMatch(mill.log.slice(before), /<3>caller/, 'a silence that has just begun is no error');
	mill.mailbox = await startMailbox({ smtpPort: port, refuse: [REFUSED] });
	mill.mailbox.mails.push(...mails);
	await mill.hours(1);
	await until(() => mailsTo(2006).length === 1 && mailsTo(2007).length === 1, { why: 'haven sends, whoever is at the door' });
	const sent = today();
	await mill.hours(24);
	await until(() => mill.log.slice(before).includes('<3>caller: duty has not answered'), { seconds: 60, why: 'a silence that lasts is an error' });
	await mill.start('duty');
	await until(() => facts().every((f) => f[1] || f[2]), { seconds: 60, why: 'the facts arrive' });
	assert.equal(sent, today() - 1);
	assert.deepEqual(facts().slice(-2).map((f) => f[1]), [sent, sent]);
});

test('the rest of a journey: an answer, a bounce, the second touch, and the day on which all is closed', async () => {
	for (const number of [2003, 2006]) {
		const { token, to } = mailsTo(number).at(-1);
		await storm.answerOne(token, to);
	}
	assert.deepEqual(storm.troubles, []);
	const bounced = mill.accepted().find((m) => m.to[0] === BOUNCES);
	mill.file('report.eml', deliveryReport(bounced, BOUNCES));
	mill.command('haven', 'bounce', bounced.from, { input: readFileSync(join(mill.home, 'report.eml')) });
	await mill.hours(144); // passed on in silence, an incident closes five days later at the latest
	await until(() => facts().every((f) => f[3] !== null), { seconds: 60, why: 'each incident is closed' });
	await until(() => facts()[0][2], { why: 'the bounce is heard' });
	assert.ok(mailsTo(2003).length >= 2, 'the second touch has gone out');
	await until(() => mill.rows('duty', 'SELECT group_told FROM incident ORDER BY rev DESC').some(([told]) => told === 0), { seconds: 60, why: 'nobody planned the session: after a week duty hears that there was none' });
	const days = new Map(facts().map((f) => [f[0], f[4]]));
	assert.equal(new Set(['2000', '2001', '2002', '2003'].map((n) => days.get(n))).size, 1, 'an incident is told on one day');
});

test('every message that was ever said, said again, changes nothing', async () => {
	tap.twice = false;
	await mill.hours(1);
	await rest(1000);
	const before = whole(), heard = [...tap.heard];
	for (const { method, path, body, status } of heard) {
		const again = await tap.call(method, path.replace(/wait=\d+/, 'wait=0'), body);
		assert.equal(again.status, status, `${method} ${path}`);
	}
	assert.deepEqual(whole(), before);
	tap.old = heard.filter((h) => h.status === 200 && h.answer).map((h) => ({ path: h.path.split('?')[0], answer: h.answer }));
	const n = tap.old.length;
	assert.ok(n > 10);
	await until(async () => {
		await mill.commandSoon('haven', 'clock', mill.at);
		return tap.old.length === 0;
	}, { seconds: 60, why: 'haven has got every old answer once more' });
	await mill.commandSoon('haven', 'clock', mill.at);
	assert.deepEqual(whole(), before);
	assert.equal(tap.trouble, undefined);
});

test('all that was said are the three messages, and none of them holds what duty must not know', () => {
	const kinds = { 'GET /door/1/people': 'people', 'GET /door/1/incidents': 'incidents', 'POST /door/1/facts': 'facts' };
	const lines = tap.heard.map(({ method, path, body, status, answer }) => {
		const kind = kinds[`${method} ${path.split('?')[0]}`];
		assert.ok(kind, `${method} ${path} was said at the door`);
		assert.match(path, kind === 'facts' ? /^\/door\/1\/facts$/ : kind === 'people' ? /^\/door\/1\/people\?after=\d+(&life=[\w-]{22})?$/ : /^\/door\/1\/incidents\?after=\d+(&life=[\w-]{22})?&wait=\d+$/);
		assert.equal(status, kind === 'facts' ? 204 : 200);
		assert.equal(kind === 'facts' ? answer : body, '');
		return `${kind} ${kind === 'facts' ? body : answer}`;
	});
	for (const kind of Object.values(kinds))
		assert.ok(lines.some((l) => l.startsWith(`${kind} `)), `no ${kind} in the transcript`);
	const read = spawnSync(built('transcript'), { input: lines.join('\n'), encoding: 'utf8' });
	assert.equal(read.status, 0, read.stderr);

	/* Haven says nothing but exposures and incidents that duty named itself, six words, and days. */
	const named = (table) => new Set(mill.rows('duty', `SELECT id FROM ${table}`).map(([id]) => Buffer.from(id, 'hex').toString('base64url')));
	const exposures = named('exposure'), incidents = named('incident'), groups = [];
	for (const line of lines.filter((l) => l.startsWith('facts ')))
		for (const { exposure, incident, fact, day, ...more } of JSON.parse(line.slice(6)).facts) {
			assert.deepEqual(more, {});
			assert.ok(Number.isInteger(day));
			if (incident)
				groups.push(fact);
			assert.ok(incident ? incidents.has(incident) && !exposure && ['group_held', 'group_not_held'].includes(fact)
				: exposures.has(exposure) && ['sent', 'unsendable', 'reached', 'not_reached'].includes(fact));
		}
	assert.ok(groups.length > 0 && lines.some((l) => l.startsWith('incidents ') && l.includes('"group":')), 'a session is in the transcript');
	const all = lines.join('\n'), id = (hex) => [hex, Buffer.from(hex, 'hex').toString('base64url')];
	const secrets = [
		...mill.rows('haven', 'SELECT id FROM supporter').flatMap(([s]) => id(s)), ...mill.offers().map((o) => o.token), ...mill.offers().map((o) => o.hash),
		...mill.rows('haven', 'SELECT ref, rel FROM task').flat().flatMap(id), ...mill.supporters.map((s) => s.keyId),
		...storm.answers.flatMap((a) => id(Buffer.from(a.aid).toString('hex'))), '+47 99 99', '+479999', 'answer', 'holder', 'supporter',
	];
	for (const secret of secrets)
		assert.ok(!all.includes(secret), `"${secret}" was said at the door`);
});

test('the door has three routes and no fourth', async () => {
	const places = ['/', '/incidents', '/incidents/new', '/people/search', '/sign-in', '/account', '/door', '/door/1', '/door/1/', '/door/2/people', '/door/1/answers',
		'/door/1/supporters', '/door/1/people/x', '/door/1/incidents/x', '/door/1/facts/x', '/h/ring', '/s/desk', '/metrics', '/door/1/people/../facts', '/assets/duty.css'];
	for (const path of places)
		for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
			assert.ok([404, 405, 400].includes((await tap.call(method, path)).status), `${method} ${path}`);
	for (const [path, right] of [['/door/1/people?after=0', 'GET'], ['/door/1/incidents?after=0&wait=0', 'GET'], ['/door/1/facts', 'POST']])
		for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter((m) => m !== right))
			assert.equal((await tap.call(method, path)).status, 405, `${method} ${path}`);
	for (const body of ['', '{}', '{"facts":[{}]}', '{"facts":[],"more":1}', '[]', '{"facts":[{"exposure":"AAAAAAAAAAAAAAAAAAAAAA","fact":"answered","day":1}]}'])
		assert.equal((await tap.call('POST', '/door/1/facts', body)).status, 400, body);
});

test('no call at the door is ever answered with a page', async () => {
	const calls = [['GET', '/'], ['GET', '/incidents'], ['GET', '/sign-in'], ['GET', '/door/1/people?after=x'], ['GET', '/door/1/people?after=0'],
		['GET', '/door/1/incidents?after=0&wait=0'], ['POST', '/door/1/facts', '{}'], ['DELETE', '/door/1/facts'], ['GET', `/${'x'.repeat(9000)}`],
		...tap.heard.map(({ method, path, body }) => [method, path.replace(/wait=\d+/, 'wait=0'), body])];
	for (const words of calls) {
		const { status, type, answer } = await tap.call(...words);
		assert.doesNotMatch(type, /html/, `${words[0]} ${words[1].slice(0, 80)}: ${status} ${type}`);
		assert.doesNotMatch(answer, /<[a-z!]/i, `${words[0]} ${words[1].slice(0, 80)}: ${status}`);
	}
});

/** What `makker-duty backup` writes. */
function backup() {
	const { status, stdout, stderr } = spawnSync(mill.bin['makker-duty'], ['--config', join(mill.home, 'duty.conf'), '--data', join(mill.home, 'duty'), '--at', mill.at, 'backup'],
		{ maxBuffer: 1 << 28 });
	assert.equal(status, 0, String(stderr));
	return stdout;
}

test('duty\'s database is restored: what is registered from then on is offered, nobody is offered twice, and the directory is the restored one', async () => {
	const copy = backup(), at = join(mill.home, 'duty/duty.sqlite');
	const mails = (...numbers) => numbers.map((n) => mailsTo(n).length), before = mails(2007, 2008, 2010);
	tap.noFacts = true; // they wait, and are about somebody whom duty will not know
	await register('Det som går tapt', [2008]);
	await until(() => mailsTo(2008).length === before[1] + 1, { seconds: 60, why: 'it is offered' });
	mill.file('wrong.csv', readFileSync(join(mill.home, 'people.csv'), 'utf8').split('\n').filter((line) => !line.includes('2009')).join('\n'));
	mill.command('duty', 'people', 'import', '--end-missing', join(mill.home, 'wrong.csv'));
	const nine = () => mill.rows('haven', "SELECT ended, email FROM person WHERE name LIKE 'Fornavn2009%'")[0];
	await until(async () => {
		await mill.commandSoon('haven', 'clock', mill.at).catch(() => {}); // facts do not get through
		return nine() === undefined; // nothing here names her, so she is gone
	}, { seconds: 60, why: 'haven hears that she has left' });
	const asked = tap.heard.filter(({ path }) => path.startsWith('/door/1/incidents')).at(-1).path, rev = Number(/after=(\d+)/.exec(asked)[1]);

	await mill.kill('haven', 'SIGTERM');
	await mill.kill('duty', 'SIGTERM');
	for (const beside of ['-wal', '-shm'])
		rmSync(at + beside, { force: true });
	writeFileSync(at, copy);
	await mill.start('duty');
	await register('Det nye', [2010]);
	assert.equal(mill.rows('duty', 'SELECT rev FROM incident_rev')[0][0], rev, 'the new incident has the rev of the lost one');
	tap.noFacts = false;
	await mill.start('haven');
	await until(() => mailsTo(2010).length === before[2] + 1, { seconds: 60, why: 'it is offered though its rev was told before' });
	await until(() => facts().at(-1)[1] === today(), { seconds: 60, why: 'the fact about her is heard, though one about somebody unknown stood before it' });
	await mill.commandSoon('haven', 'clock', mill.at);
	await until(() => mails(2008)[0] === before[1] + 1 && mill.rows('haven', 'SELECT COUNT(*) FROM door_fact')[0][0] === 0, { seconds: 60, why: 'all is said' });
	await rest(1000);
	assert.deepEqual(mails(2007, 2008, 2010), [before[0], before[1] + 1, before[2] + 1]);
	assert.deepEqual(nine(), [0, 'p2009@molleby.example']);
	assert.match(mill.log, /<3>doorkeeper: haven tells of offers to people in incidents that are not here/);
});

test('only haven\'s user is let in', async () => {
	await mill.kill('duty', 'SIGTERM');
	mill.file('duty.conf', `${readFileSync(join(mill.home, 'duty.conf'), 'utf8')}door_peer_user = daemon\n`);
	await mill.start('duty');
	for (const path of ['', 'door'])
		chmodSync(join(mill.home, path), 0o755);
	chmodSync(join(mill.home, 'door/socket'), 0o666); // so that it is the program that refuses, not the file system
	const script = `require('http').get({ socketPath: ${JSON.stringify(join(mill.home, 'door/socket'))}, path: '/door/1/people?after=0', headers: { host: 'door' } },
		(r) => { console.log(r.statusCode); process.exit(0); }).on('error', (e) => { console.log(e.code); process.exit(0); })`;
	const as = (user, group = user) => {
		const words = ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', process.execPath, '-e', script];
		if (process.getuid() !== 0)
			words.unshift('sudo', '-n');
		const { stdout, stderr } = spawnSync(words[0], words.slice(1), { encoding: 'utf8', cwd: '/', env: { PATH: process.env.PATH } });
		return stdout.trim() || stderr;
	};
	assert.equal(as('daemon'), '200');
	assert.equal(as('games'), '403');
	assert.equal(as('nobody', 'nogroup'), '403');
});
