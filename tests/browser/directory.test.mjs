/* directory.test.mjs: an administrator brings the list of people up to date, in Debian's Chromium: a real file, with and without
   JavaScript, in Norwegian and Swedish. MAKKER_BIN: the build folder. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { giveRoles, signIn } from '../../tools/demo/doors.mjs';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { freePorts } from '../ports.mjs';

const bin = process.env.MAKKER_BIN;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'makker-directory-'));
const PASS = 'hest skygge lampe fjell';
const HEAD = 'Ansattnr;Navn;Fødselsnummer;E-post;Mobil;Privat mobil;Enhet;Yrke';
const row = (n, name, more = {}) => [n, name, '01819010001', more.email ?? `p${n}@fjordvik.example`, more.phone ?? '', more.own ?? '+4799000001',
	more.unit ?? 'Fjordvik / Akutt', 'Sykepleier'].join(';');
const crowd = Array.from({ length: 30 }, (_, i) => row(200 + i, `Person ${String.fromCharCode(97 + i % 26)}${i}`));
const FIRST = [HEAD, row(1, "Pat O'Brien"), row(2, 'Åse Mo'), row(3, 'null'), row(4, 'Kari Berg'), ...crowd].join('\n');
const NEXT = [HEAD, row(1, "Pat O'Brien"), row(2, 'Åse Lie', { unit: 'Fjordvik / Medisin' }), row(3, 'null'), row(5, 'Ny <b>Person</b>'), row(6, 'x'.repeat(300)),
	row(4, 'Per Dahl', { email: 'annen@fjordvik.example' }), ...crowd.slice(1)].join('\n');
let program, browser, base, links, mailbox;
const states = {};
let complaints;

const run = (...words) => execFileSync(join(bin, 'src/duty/makker-duty'), ['--config', join(dir, 'duty.conf'), '--data', dir, ...words],
	{ encoding: 'utf8' });

function serve(...more) {
	program = spawn(join(bin, 'src/duty/makker-duty'), ['--config', join(dir, 'duty.conf'), '--data', dir, ...more, 'serve'],
		{ stdio: ['ignore', 'ignore', 'pipe'] });
	return new Promise((done, fail) => {
		let said = '';
		program.stderr.on('data', (part) => {
			process.env.MAKKER_TALK && process.stderr.write(part);
			(said += part).includes('serves') && done();
		});
		program.on('exit', () => fail(new Error(said)));
	});
}

async function open(who, options = {}) {
	const context = await browser.newContext({ storageState: states[who], viewport: { width: 360, height: 800 }, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	complaints = [];
	page.on('pageerror', (e) => complaints.push(String(e)));
	page.on('console', (m) => /Content Security|Trusted/.test(m.text()) && complaints.push(m.text()));
	return page;
}

async function sound(page, name) {
	if (process.env.MAKKER_SHOTS && name)
		for (const width of [360, 1280]) {
			await page.setViewportSize({ width, height: 800 });
			await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `directory-${name}-${width}.png`), fullPage: true });
		}
	const found = await page.evaluate(`${axe};axe.run().then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 200)))`);
	assert.deepEqual(found, []);
	await page.setViewportSize({ width: 360, height: 800 });
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing lies beside the page');
	assert.deepEqual(complaints, []);
}

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
const submit = (page, action) => press(page, `form[action="${action}"] button[type=submit]`);

async function send(page, text) {
	await page.goto(`${base}/directory/import`);
	await page.setInputFiles('#file', { name: 'ansatte åæø.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
	await submit(page, '/directory/import');
}

/* Without JavaScript by its own link; with it the page looks again by itself. */
async function until(page, selector, script = true) {
	for (let i = 0; i < 60 && !(await page.locator(selector).count()); i++) {
		if (script)
			await page.waitForTimeout(500);
		else
			await page.goto(`${base}/directory/import`);
	}
	await page.waitForSelector(selector);
}

/* What a link leads to, as text: the machine's own resolver does not know the name. */
async function get(page, path) {
	const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
	return new Promise((done, fail) => http.get({ host: '127.0.0.1', port: new URL(base).port, path, headers: { host: 'duty.localhost', cookie } }, (answer) => {
		let text = '';
		answer.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => done({ status: answer.statusCode, text }));
	}).on('error', fail));
}

const counts = async (page) => (await page.locator('#counts li').allTextContents()).map((t) => t.replace(/\s+/g, ' ').trim());

let keeper;
async function account(email, name, role, lang, ...more) {
	links[email] = /http\S+/.exec(run('user', 'add', email, '--name', name, '--role', role, '--lang', lang, ...more))[0];
	states[email] = undefined;
	if (keeper) // the second person for each after the first
		await giveRoles(base, keeper);
	const page = await open(email);
	await page.goto(links[email]);
	for (const field of await page.locator('input[type=password]').all())
		await field.fill(PASS);
	await press(page, 'main button[type=submit]');
	states[email] = await page.context().storageState();
	return page;
}

before(async () => {
	assert.ok(bin && existsSync(join(bin, 'src/duty/makker-duty')), 'MAKKER_BIN is the build folder');
	mailbox = await startMailbox();
	const [port] = await freePorts(1);
	base = `http://duty.localhost:${port}`;
	links = {};
	writeFileSync(join(dir, 'duty.conf'), ['workplace = Fjordvik sykehus', `listen = 127.0.0.1:${port}`, `public_url = ${base}`,
		'database = sqlite:duty.db', 'door = door.sock', `mail_server = 127.0.0.1:${mailbox.smtpPort}`, 'mail_tls = none',
		'mail_from = makker@fjordvik.example', 'people_file_mb = 16', ''].join('\n'));
	run('init');
	await serve();
	browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true,
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
			'--host-resolver-rules=MAP *.localhost 127.0.0.1'] });
	const page = await account('nils@fjordvik.example', 'Nils Næss', 'admin', 'nb');
	assert.equal(new URL(page.url()).pathname, '/directory');
	keeper = await signIn(base, 'nils@fjordvik.example', PASS);
	await account('siv@fjordvik.example', 'Siv Sjö', 'admin', 'sv');
});

after(async () => {
	await browser?.close();
	if (program?.exitCode === null) {
		const ended = new Promise((done) => program.once('exit', done));
		program.kill('SIGTERM');
		assert.equal(await ended, 0);
	}
	await mailbox?.close();
	rmSync(dir, { recursive: true });
});

test('a first file goes in: headings, difference, progress, result; nothing is left on the disk', async () => {
	const page = await open('nils@fjordvik.example');
	await page.goto(`${base}/directory`);
	await sound(page, 'front');
	await press(page, 'main a.ds-button');
	await sound(page, 'file');
	await send(page, FIRST);
	assert.equal(await page.locator('h1').textContent(), 'Stemmer dette?');
	const shown = await page.locator('main').textContent();
	assert.ok(!shown.includes('01819010001'), 'a national number is not shown');
	assert.match(shown, /Fødselsnummer: leses ikke inn/);
	assert.match(shown, /O'Brien/);
	assert.equal(await page.inputValue('#column-1'), 'name');
	await sound(page, 'columns');
	await submit(page, '/directory/import/columns');
	await until(page, '#counts');
	assert.deepEqual(await counts(page), ['34 nye', '2 nye enheter']);
	await sound(page, 'difference');
	await submit(page, '/directory/import/do');
	await until(page, 'h1:text-is("Lista er oppdatert")');
	assert.equal(await page.locator('h1').textContent(), 'Lista er oppdatert');
	await sound(page, 'done');
	await submit(page, '/directory/import/give-up');
	assert.match(await page.locator('main').textContent(), /34 personer arbeider her/);
	assert.deepEqual(readdirSync(dir).filter((f) => f.startsWith('upload')), []);
});

test('without JavaScript and in Swedish: what changes is read from what to what, and a reused number waits for a word', async () => {
	const page = await open('siv@fjordvik.example', { javaScriptEnabled: false });
	await send(page, NEXT);
	assert.equal(await page.locator('h1').textContent(), 'Stämmer det här?');
	await page.check('#missing-1');
	await submit(page, '/directory/import/columns');
	await until(page, '#counts', false);
	/* One row is bad, but says whose it is; so who is missing may leave. */
	assert.deepEqual(await counts(page), ['1 nya', '1 ändrade', '1 har slutat', '31 som förut',
		'1 kanske någon annan: numret är detsamma, namn och e-post är det inte', '1 rader som inte går att läsa och inte tas in',
		'1 nya enheter']);
	await press(page, 'a[href$="what=changed"]');
	const text = (await page.locator('main').textContent()).replace(/\s+/g, ' ');
	assert.match(text, /Namn: Åse Mo →blir Åse Lie/);
	assert.match(text, /Enhet: Fjordvik \/ Akutt →blir Fjordvik \/ Medisin/);
	await page.goto(`${base}/directory/import/people?what=new`);
	assert.match(await page.locator('main').textContent(), /Ny <b>Person<\/b>/);
	await page.goto(`${base}/directory/import/people?what=doubts`);
	await page.check('[value=another]');
	await press(page, 'form[action="/directory/import/say"] button');
	await page.goto(`${base}/directory/import`);
	/* Which row it is, and why, one press away and back again. */
	await press(page, 'a[href="/directory/import/problems"]');
	assert.equal(await page.locator('h1').textContent(), 'Rader som inte tas in');
	assert.deepEqual((await page.locator('#problems > li').allTextContents()).map((t) => t.replace(/\s+/g, ' ').trim()),
		['Rad 6 6 Navn: Det är längre än 200 tecken']);
	assert.equal(await page.locator('main a[href="/directory/import/rows"]').count(), 1);
	await press(page, 'main a[href="/directory/import"]');
	const rows = await get(page, '/directory/import/rows');
	assert.equal(rows.status, 200);
	assert.match(rows.text, /xxxx/);
	assert.ok(!rows.text.includes('01819010001'));
	/* Somebody else is told, and sees nothing of it. */
	const other = await open('nils@fjordvik.example');
	await other.goto(`${base}/directory/import`);
	assert.match(await other.locator('main').textContent(), /Siv Sjö oppdaterer lista akkurat nå/);
	await other.goto(`${base}/directory/import/people?what=changed`);
	assert.ok(!(await other.locator('main').textContent()).includes('Åse'));
	assert.equal((await get(other, '/directory/import/rows')).status, 303);
	assert.equal((await get(other, '/directory/import/problems')).status, 303);
	await sound(other, 'somebody-else');
	await submit(page, '/directory/import/do');
	await until(page, 'h1:text-is("Listan är uppdaterad")', false);
	await submit(page, '/directory/import/give-up');
	assert.match(await page.locator('main').textContent(), /34 personer arbetar här/);
});

test('rows that do not go in are read a page at a time, each with its reasons', async () => {
	const page = await open('nils@fjordvik.example');
	const bad = (n) => row(300 + n, n ? `Person ${n}` : 'Anne-Margrethe Wergeland-Christophersen', { email: 'uten krøllalfa', phone: n % 2 ? '' : 'ring meg', own: '' });
	const items = async () => (await page.locator('#problems > li').allTextContents()).map((t) => t.replace(/\s+/g, ' ').trim());
	for (const n of [0, 50, 51]) {
		await send(page, [HEAD, row(1, "Pat O'Brien"), ...Array.from({ length: n }, (_, i) => bad(i))].join('\n'));
		await submit(page, '/directory/import/columns');
		await until(page, '#counts');
		if (!n) {
			assert.equal(await page.locator('a[href="/directory/import/problems"]').count(), 0);
			await page.goto(`${base}/directory/import/problems?page=3`);
			assert.match(await page.locator('main').textContent(), /Alle radene kan leses/);
			await sound(page, 'problems-none');
		} else {
			await press(page, 'a[href="/directory/import/problems"]');
			assert.match(await page.locator('main').textContent(), new RegExp(`${n} rader tas ikke inn før de er rettet`));
			assert.equal((await items()).length, 50);
			assert.equal((await items())[0], 'Linje 3 Anne-Margrethe Wergeland-Christophersen · 300 E-post: Dette er ikke en e-postadresse Mobil: Dette er ikke et telefonnummer');
			assert.equal(await page.locator('a[href$="page=1"]').count(), n - 50);
			await sound(page, `problems-${n}`);
		}
		if (n === 51) {
			await press(page, 'a[href$="page=1"]');
			assert.deepEqual(await items(), ['Linje 53 Person 50 · 350 E-post: Dette er ikke en e-postadresse Mobil: Dette er ikke et telefonnummer']);
			await sound(page, 'problems-last');
			await press(page, 'a[href$="page=0"]');
			assert.equal((await items()).length, 50);
			await press(page, 'main a[href="/directory/import"]');
			assert.equal(await page.locator('#counts').count(), 1);
		}
		await page.goto(`${base}/directory/import`);
		await submit(page, '/directory/import/give-up');
	}
});

test('when many would leave their number must be written; giving up changes nothing', async () => {
	const page = await open('nils@fjordvik.example');
	await send(page, [HEAD, row(1, "Pat O'Brien")].join('\n'));
	await page.check('#missing-1');
	await submit(page, '/directory/import/columns');
	await until(page, '#counts');
	assert.match(await page.locator('main').textContent(), /Mer enn én av ti ville bli regnet som sluttet/);
	await sound(page, 'many');
	await page.fill('#leaving', '3');
	await submit(page, '/directory/import/do');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'faults');
	await sound(page, 'many-wrong');
	await submit(page, '/directory/import/give-up');
	assert.match(await page.locator('main').textContent(), /34 personer arbeider her/);
});

test('a unit that is called otherwise: what hangs on it follows when she says so', async () => {
	const page = await open('nils@fjordvik.example');
	/* A role that waits for a second person hangs on the unit, as one that is had does. */
	run('user', 'add', 'lise@fjordvik.example', '--name', 'Lise Leder', '--role', 'leader', '--unit', 'Fjordvik / Akutt');
	const grants = async () => {
		await page.goto(`${base}/grants`);
		return page.locator('main').textContent();
	};
	assert.match(await grants(), /Fjordvik \/ Akutt/);
	const unit = 'Fjordvik / Mottak';
	await send(page, [HEAD, row(1, "Pat O'Brien", { unit }), row(3, 'null', { unit }), row(5, 'Ny <b>Person</b>', { unit }),
		row(4, 'Per Dahl', { email: 'annen@fjordvik.example', unit }),
		...crowd.slice(1).map((r) => r.replace('Fjordvik / Akutt', unit))].join('\n'));
	await submit(page, '/directory/import/columns');
	await until(page, '#counts');
	assert.ok((await counts(page)).includes('1 enheter som kan ha blitt til andre'));
	/* Nothing is done before she has said. */
	await submit(page, '/directory/import/do');
	assert.equal(await page.locator('h1').textContent(), 'Har disse enhetene blitt til andre?');
	assert.match(await page.locator('#faults').textContent(), /Si først/);
	const text = (await page.locator('main').textContent()).replace(/\s+/g, ' ');
	assert.match(text, /Fjordvik \/ Akutt →blir Fjordvik \/ Mottak\s*33 av 33 personer er der nå. Roller går over/);
	await sound(page, 'units');
	await page.check('[name=unit]');
	await submit(page, '/directory/import/units');
	await press(page, 'a[href="/directory/import/units"]');
	assert.ok(await page.isChecked('[name=unit]'));
	await page.goto(`${base}/directory/import`);
	await submit(page, '/directory/import/do');
	await until(page, 'h1:text-is("Lista er oppdatert")');
	await submit(page, '/directory/import/give-up');
	for (let i = 0; i < 40 && !(await grants()).includes(unit); i++)
		await page.waitForTimeout(250);
	assert.match(await grants(), /Fjordvik \/ Mottak/);
	assert.doesNotMatch(await grants(), /Fjordvik \/ Akutt/);
});

test('a file that is too large is said to be, with how large one may be and a way back', async () => {
	const page = await open('nils@fjordvik.example', { locale: 'nb-NO' });
	const file = join(dir, 'large.csv');
	writeFileSync(file, 'Navn;E-post\n');
	truncateSync(file, 16 * 1024 * 1024 + 1);
	await page.goto(`${base}/directory/import`);
	await page.setInputFiles('#file', file);
	await submit(page, '/directory/import');
	assert.match(await page.locator('h1').textContent(), /^Filen er for stor$/);
	assert.match(await page.locator('main').textContent(), /høyst 16 MB/);
	await sound(page, 'too-large');
	await press(page, 'main a');
	assert.equal(page.url(), `${base}/directory/import`);
	assert.equal(await page.locator('#file').count(), 1, 'and nothing of it was kept');
	rmSync(file);
});

test('what is no such file is said, in every way it can be none', async () => {
	const page = await open('nils@fjordvik.example');
	const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Navn;E-post\nA;b\n', 'utf16le')]);
	for (const [bytes, said] of [['', /Filen er tom/], [utf16, /UTF-16/]]) {
		await send(page, bytes);
		assert.match(await page.locator('#faults').textContent(), said);
		await sound(page);
	}
	/* No column could be the name: it can be said. A BOM and Windows-1252 are no hindrance. */
	for (const bytes of [Buffer.from('\ufeffHvem;Adr\nÅse Ny;ny@fjordvik.example\n'), Buffer.from('Hvem;Adr\n\xc5se Ny;ny@fjordvik.example\n', 'latin1')]) {
		await send(page, bytes);
		assert.match(await page.locator('main').textContent(), /Åse Ny/);
		await submit(page, '/directory/import/columns');
		await until(page, '#faults');
		assert.match(await page.locator('#faults').textContent(), /Velg hvilken kolonne/);
		await page.selectOption('#column-0', 'name');
		await page.selectOption('#column-1', 'email');
		await submit(page, '/directory/import/columns');
		await until(page, '#counts');
		await press(page, 'a[href$="what=new"]');
		assert.match(await page.locator('main').textContent(), /Åse Ny/);
		await page.goto(`${base}/directory/import`);
		await submit(page, '/directory/import/give-up');
	}
	/* National numbers as employee numbers are not read in. */
	await send(page, 'Ansattnr;Navn\n01819010001;A\n15827510057;B\n');
	assert.ok(!(await page.locator('main').textContent()).includes('01819010001'));
	await submit(page, '/directory/import/columns');
	await until(page, '#faults');
	assert.match(await page.locator('#faults').textContent(), /fødselsnumre/);
	await submit(page, '/directory/import/give-up');
});

test('a program killed in the middle says so, and it can be begun again', async () => {
	const page = await open('nils@fjordvik.example');
	await send(page, FIRST);
	await new Promise((done) => program.once('exit', done) && program.kill('SIGKILL'));
	await serve();
	await page.goto(`${base}/directory/import`);
	assert.equal(await page.locator('h1').textContent(), 'Det ble avbrutt');
	await sound(page, 'interrupted');
	await submit(page, '/directory/import/give-up');
	/* And while it writes: the next start goes on by itself. */
	await send(page, [HEAD, ...Array.from({ length: 6000 }, (_, i) => row(10000 + i, `Mange ${i}`))].join('\n'));
	await submit(page, '/directory/import/columns');
	await until(page, '#counts');
	await submit(page, '/directory/import/do');
	await new Promise((done) => program.once('exit', done) && program.kill('SIGKILL'));
	await serve();
	for (let i = 0; i < 100 && (await page.locator('h1').textContent()) !== 'Lista er oppdatert'; i++) {
		await page.waitForTimeout(300);
		await page.goto(`${base}/directory/import`);
	}
	await submit(page, '/directory/import/give-up');
	assert.match(await page.locator('main').textContent(), /6\u00a0034 personer arbeider her/);
});

test('a nightly file within bounds is taken and removed; another waits for a yes, or a no', async () => {
	const folder = join(dir, 'night'), day = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Oslo' });
	let now = Date.parse(`${day}T01:00:00Z`) / 1000; /* before the hour in Oslo, summer and winter */
	const iso = () => new Date(now * 1000).toISOString().replace('.000', '');
	const put = (name, rows) => {
		writeFileSync(join(folder, name), [HEAD, ...rows].join('\n'), { mode: 0o640 });
		utimesSync(join(folder, name), now, now);
	};
	/* Not execFileSync: the mail server of this test answers meanwhile. */
	const step = async (minutes) => {
		now += minutes * 60;
		await promisify(execFile)(join(bin, 'src/duty/makker-duty'), ['--config', join(dir, 'duty.conf'), '--data', dir, 'clock', iso()]);
	};
	const told = () => mailbox.mails.filter((m) => /^Subject:.*Personlist/im.test(m.raw)).map((m) => m.to.join()).sort();
	const gone = async (name) => {
		for (let i = 0; i < 60 && existsSync(join(folder, name)); i++) {
			await step(5);
			await page.waitForTimeout(200);
		}
		assert.ok(!existsSync(join(folder, name)));
	};
	mkdirSync(folder);
	chmodSync(folder, 0o750);
	const ended = new Promise((done) => program.once('exit', done));
	program.kill('SIGTERM');
	await ended;
	appendFileSync(join(dir, 'duty.conf'), 'people_folder = night\npeople_folder_hour = 4\n');
	await serve('--at', iso());
	const page = await open('nils@fjordvik.example');
	const front = async () => {
		await page.goto(`${base}/directory`);
		return (await page.locator('main').textContent()).replace(/\s+/g, ' ');
	};
	const awaited = async (what) => {
		for (let i = 0; i < 60 && !what.test(await front()); i++)
			await step(5);
		assert.match(await front(), what);
	};
	const count = async () => Number(/(\d+) personer arbeider her/.exec(await front())[1]), were = await count();
	assert.match(await front(), /Nattens fil Ingen er lest inn ennå/);
	await sound(page, 'night-none');
	put('ansatte.csv.part', [row(9001, 'Halv Fil')]);
	put('ansatte.csv', [row(9000, 'Natt Nilsen')]);
	await awaited(/Sist lest inn .* Den filen ble skrevet/);
	assert.equal(await count(), were + 1);
	assert.deepEqual(readdirSync(folder), ['ansatte.csv.part']);
	await sound(page, 'night-taken');
	assert.deepEqual(told(), [], 'nobody is written to when all goes well');
	/* Too many new ones. */
	put('ansatte.csv', Array.from({ length: 800 }, (_, i) => row(20000 + i, `Ny ${i}`)));
	await awaited(/Nattens fil venter på ditt ja. Uvanlig mange er nye/);
	await sound(page, 'night-waits');
	await step(5);
	assert.deepEqual(told(), ['nils@fjordvik.example', 'siv@fjordvik.example'], 'each administrator, once');
	await press(page, 'main a.ds-button');
	assert.deepEqual(await counts(page), ['800 nye']);
	await sound(page, 'night-difference');
	/* Any administrator, without JavaScript too. */
	const siv = await open('siv@fjordvik.example', { javaScriptEnabled: false });
	await siv.goto(`${base}/directory/import`);
	assert.match(await siv.locator('main').textContent(), /Nattens fil väntar på ditt ja/);
	await submit(siv, '/directory/import/do');
	await until(siv, 'h1:text-is("Listan är uppdaterad")', false);
	await submit(siv, '/directory/import/give-up');
	assert.equal(await count(), were + 801);
	await gone('ansatte.csv');
	/* Another heading, the night after: it waits on the page of columns, and goes with a no. */
	await step(20 * 60);
	await page.goto(`${base}/sign-in`);
	await page.fill('input[name=email]', 'nils@fjordvik.example');
	await page.fill('input[type=password]', PASS);
	await press(page, 'main button[type=submit]');
	writeFileSync(join(folder, 'ansatte.csv'), [HEAD.replace('Enhet', 'Seksjon'), row(9000, 'Natt Nilsen')].join('\n'), { mode: 0o640 });
	utimesSync(join(folder, 'ansatte.csv'), now, now);
	await awaited(/Overskriftene er ikke de samme som sist/);
	await press(page, 'main a.ds-button');
	assert.equal(await page.locator('h1').textContent(), 'Stemmer dette?');
	await sound(page, 'night-columns');
	await submit(page, '/directory/import/give-up');
	await gone('ansatte.csv');
	assert.deepEqual(readdirSync(folder), ['ansatte.csv.part']);
});
