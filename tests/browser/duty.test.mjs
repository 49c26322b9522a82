/* duty.test.mjs: the employer's program itself, in Debian's Chromium: an incident registered with and without JavaScript, and
   the page that counts up while its leader looks. MAKKER_BIN: the build folder. Haven's side of the door is played here. */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { firstAdministrator } from '../../tools/demo/doors.mjs';
import { freePorts } from '../ports.mjs';

const bin = process.env.MAKKER_BIN;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'makker-duty-'));
const PASS = 'hest skygge lampe fjell';
const PEOPLE = ['Ansattnummer;Navn;E-post;Telefon;Enhet;Yrke;Beskyttet',
	'101;Emma Eide;emma@fjordvik.example;+47 00 00 00 01;Fjordvik / Akutt;Leder;',
	'102;Kari Hansen;kari@fjordvik.example;;Fjordvik / Akutt;Sykepleier;',
	'103;Mehmet Kaya;;+47 00 00 00 03;Fjordvik / Akutt;Sykepleier;',
	'104;Siri Skjult;siri@fjordvik.example;;Fjordvik / Akutt;Sykepleier;ja',
	'105;Karin Berg;karin@fjordvik.example;;Fjordvik / Medisin;Renholder;'].join('\n');
let program, browser, base, state, complaints;

function run(...words) {
	return execFileSync(join(bin, 'src/duty/makker-duty'), ['--config', join(dir, 'duty.conf'), '--data', dir, ...words],
		{ encoding: 'utf8' });
}

/* What haven would say. */
function tell(facts) {
	const body = JSON.stringify({ facts });
	return new Promise((done, fail) => {
		const ask = http.request({ socketPath: join(dir, 'door.sock'), path: '/door/1/facts', method: 'POST',
			headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } },
		(answer) => done(answer.resume().statusCode));
		ask.on('error', fail);
		ask.end(body);
	});
}

async function open(options = {}) {
	const context = await browser.newContext({ storageState: state, locale: 'nb-NO', viewport: { width: 320, height: 700 }, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(10000);
	complaints = [];
	page.on('pageerror', (e) => complaints.push(String(e)));
	page.on('console', (m) => /Content Security|Trusted/.test(m.text()) && complaints.push(m.text()));
	return page;
}

async function sound(page) {
	const found = await page.evaluate(`${axe};axe.run().then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 200)))`);
	assert.deepEqual(found, []);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing lies beside the page');
	assert.deepEqual(complaints, []);
}

/* A press that asks for a page. */
async function press(page, selector) {
	await Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
}

async function describe(page) {
	await page.click('label[for=kind-0]');
	await page.click('label[for=severity-1]');
	await page.click('label[for=day-1]');
	await page.fill('#clock', '2240');
}

const names = (page) => page.locator('#chosen [data-seat] b').allTextContents();

before(async () => {
	assert.ok(bin && existsSync(join(bin, 'src/duty/makker-duty')), 'MAKKER_BIN is the build folder');
	const [port] = await freePorts(1);
	base = `http://duty.localhost:${port}`;
	writeFileSync(join(dir, 'duty.conf'), ['workplace = Fjordvik sykehus', `listen = 127.0.0.1:${port}`, `public_url = ${base}`,
		'database = sqlite:duty.db', 'door = door.sock', 'mail_server = 127.0.0.1:9', 'mail_tls = none',
		'mail_from = makker@fjordvik.example', ''].join('\n'));
	writeFileSync(join(dir, 'people.csv'), PEOPLE);
	run('init');
	run('people', 'import', join(dir, 'people.csv'));
	const link = /http\S+/.exec(run('user', 'add', 'emma@fjordvik.example', '--name', 'Emma Eide', '--role', 'leader',
		'--unit', 'Fjordvik / Akutt', '--lang', 'nb'))[0];
	program = spawn(join(bin, 'src/duty/makker-duty'), ['--config', join(dir, 'duty.conf'), '--data', dir, 'serve'],
		{ stdio: ['ignore', 'ignore', 'pipe'] });
	await new Promise((done, fail) => {
		let said = '';
		program.stderr.on('data', (part) => {
			process.env.MAKKER_TALK && process.stderr.write(part);
			(said += part).includes('serves') && done();
		});
		program.on('exit', () => fail(new Error(said)));
	});
	await firstAdministrator((...words) => run('user', ...words), base, PASS);
	browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true,
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
			'--host-resolver-rules=MAP *.localhost 127.0.0.1'] });
	const page = await open();
	await page.goto(link);
	for (const field of await page.locator('input[type=password]').all())
		await field.fill(PASS);
	await press(page, 'main button[type=submit]');
	assert.equal(new URL(page.url()).pathname, '/incidents');
	await sound(page);
	state = await page.context().storageState();
});

after(async () => {
	await browser?.close();
	if (program?.exitCode === null) {
		const ended = new Promise((done) => program.once('exit', done));
		program.kill('SIGTERM');
		assert.equal(await ended, 0);
	}
	rmSync(dir, { recursive: true });
});

test('what is missing is told in a summary that takes the focus, and what was written stays', async () => {
	const page = await open();
	await page.goto(`${base}/incidents/new`);
	await page.fill('#clock', 'sent');
	await press(page, '#save');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'faults');
	assert.equal(await page.inputValue('#clock'), 'sent');
	await sound(page);
	await page.click('#faults a[href="#clock"]');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'clock');
});

test('with the keyboard alone people are found while one types, and the page counts up while one looks', async () => {
	const page = await open();
	await page.goto(`${base}/incidents/new`);
	await describe(page);
	await page.fill('#sentence', 'En besøkende truet personalet. Mehmet falt');
	await page.focus('#q');
	for (const typed of ['mehm', 'kari h']) {
		await page.keyboard.type(typed, { delay: 20 });
		await page.waitForSelector('#q-list:not([hidden]) li');
		await page.keyboard.press('ArrowDown');
		assert.match(await page.getAttribute('#q', 'aria-activedescendant'), /^q-option-0$/);
		if (typed === 'mehm')
			await sound(page);
		await page.keyboard.press('Enter');
	}
	assert.deepEqual(await names(page), ['Mehmet Kaya', 'Kari Hansen']);
	assert.equal(await page.textContent('#save'), 'Lagre og tilby støtte til 2');
	assert.match(await page.textContent('#sentence-hint'), /Mehmet/);
	await press(page, '#save');
	assert.equal(await page.textContent('#off'), 'Tilbudt til 0 av 2');
	await sound(page);
	const [mehmet, kari] = await page.locator('li[data-seat]').evaluateAll((list) => list.map((li) => li.dataset.seat));
	const day = Math.floor(Date.now() / 86400000);
	assert.equal(await tell([{ exposure: kari, fact: 'sent', day }]), 204);
	await page.waitForFunction(() => document.querySelector('#off').textContent === 'Tilbudt til 1 av 2');
	assert.equal(await page.locator(`li[data-seat="${kari}"] [data-mark=offered]`).isVisible(), true);
	assert.equal(await tell([{ exposure: mehmet, fact: 'unsendable', day }]), 204);
	await page.waitForSelector(`[data-need="${mehmet}"]`);
	await sound(page);
	await press(page, `[data-need="${mehmet}"] a.ds-button`);
	await sound(page);
	await press(page, 'main button[type=submit]');
	assert.equal(await page.textContent('#off'), 'Tilbudt til 2 av 2');
	await page.goto(`${base}/incidents`);
	await sound(page);
});

test('a list that arrives after she has gone on does not open', async () => {
	const page = await open();
	let answer;
	const held = new Promise((asked) => page.route('**/search?**', (route) => {
		asked();
		answer = () => route.continue();
	}));
	await page.goto(`${base}/incidents/new`);
	await page.focus('#q');
	await page.keyboard.type('mehm');
	await held;
	await page.focus('#clock');
	await Promise.all([page.waitForResponse('**/search?**'), answer()]);
	await page.evaluate(() => new Promise((done) => { setTimeout(done, 300); }));
	assert.equal(await page.isVisible('#q-list'), false);
	await page.unroute('**/search?**');
	await page.focus('#q');
	await page.keyboard.type('e');
	await page.waitForSelector('#q-list:not([hidden]) li');
});

test('signed out while the page stands open: it says so, links to signing in and leaves nothing in the console', async () => {
	const page = await open({ storageState: undefined });
	const errors = [];
	page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
	page.on('requestfailed', (r) => errors.push(`${r.url()} ${r.failure().errorText}`));
	const signIn = async () => {
		await page.fill('#email', 'emma@fjordvik.example');
		await page.fill('#passphrase', PASS);
		await press(page, 'form:has(#passphrase) button[type=submit]');
	};
	await page.goto(`${base}/sign-in?to=/incidents/new`);
	await signIn();
	await describe(page);
	await page.fill('#sentence', 'Et skap falt');
	await page.fill('#q', 'kari');
	await page.waitForSelector('#q-list:not([hidden]) li');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await press(page, '#save');
	const address = page.url();
	const notice = page.locator('[data-signed-out]');
	assert.equal(await notice.isVisible(), false);
	const beside = await page.context().newPage();
	await beside.goto(`${base}/incidents`);
	await press(beside, '.mk-signout button');
	await beside.close();
	await notice.waitFor();
	assert.match(await notice.textContent(), /Du er logget ut/);
	await page.evaluate(() => { window.asked = performance.getEntriesByType('resource').length; });
	await page.waitForTimeout(3000);
	assert.equal(await page.evaluate(() => performance.getEntriesByType('resource').length - window.asked), 0, 'it has stopped asking');
	await sound(page);
	await press(page, '[data-signed-out] a');
	await signIn();
	assert.equal(page.url(), address);
	assert.equal(await notice.isVisible(), false);
	assert.deepEqual(errors, []);
});

test('without JavaScript: find, whole unit, pasted list, outside, taking off, saving, looking again', async () => {
	const page = await open({ javaScriptEnabled: false });
	await page.goto(`${base}/incidents/new`);
	await describe(page);
	await page.fill('#sentence', 'Brann på vaktrommet');
	await page.fill('#q', 'kari');
	await press(page, 'button[value=find]:visible');
	assert.equal(await page.locator('#hits li').count(), 2);
	await press(page, '#hits button');
	assert.equal((await names(page)).length, 1);
	await press(page, 'button[value=unit]');
	assert.equal((await names(page)).filter((name) => name === 'Beskyttet identitet (nr. 104)').length, 1);
	assert.ok(!(await page.content()).includes('Skjult'));
	const before = (await names(page)).length;
	await page.click('summary >> nth=0');
	await page.waitForTimeout(300);
	await page.fill('#paste', '105\nIngen Ukjent');
	await press(page, 'button[value=paste]');
	assert.match(await page.textContent('#unclear'), /Ingen Ukjent/);
	await page.fill('#paste', '');
	await page.click('summary >> nth=1');
	await page.waitForTimeout(300);
	await page.fill('#out-name', 'Viktor Vikar');
	await page.fill('#out-phone', '+47 00 00 00 09');
	await press(page, 'button[value=outside]');
	await press(page, '#chosen [data-seat] button');
	assert.equal(await page.inputValue('#sentence'), 'Brann på vaktrommet');
	const n = (await names(page)).length;
	assert.ok(n >= before);
	await press(page, '#save');
	assert.equal(await page.textContent('#off'), `Tilbudt til 0 av ${n}`);
	assert.ok((await page.locator('li[data-seat]').allTextContents()).some((text) => text.includes('Beskyttet identitet (nr. 104)')));
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing lies beside the page');
	await press(page, 'noscript a, a:has-text("Se på nytt")');
	assert.equal(await page.textContent('#off'), `Tilbudt til 0 av ${n}`);
});

const shot = async (page, name) => process.env.MAKKER_SHOTS && page.screenshot({ path: join(process.env.MAKKER_SHOTS, `${name}.png`), fullPage: true });

for (const javaScriptEnabled of [false, true])
	test(`without an account, JavaScript ${javaScriptEnabled ? 'on' : 'off'}: somebody tells who was left out, and the leader adds her`, async () => {
		const stranger = await open({ storageState: undefined, javaScriptEnabled });
		const check = (page) => (javaScriptEnabled ? sound(page) : assert.deepEqual(complaints, []));
		const number = javaScriptEnabled ? '105' : '103', name = javaScriptEnabled ? 'Karin Berg' : 'Mehmet Kaya';
		await stranger.goto(`${base}/there`);
		await check(stranger);
		await shot(stranger, 'there');
		await stranger.fill('#place', 'akutt');
		await press(stranger, 'main button[type=submit]');
		assert.equal(await stranger.inputValue('#place'), 'akutt');
		assert.ok(await stranger.locator('#faults').isVisible());
		await check(stranger);
		await shot(stranger, 'there-faults');
		await stranger.click('label[for=who-1]');
		await stranger.click('label[for=day-1]');
		await stranger.fill('#clock', '22');
		await stranger.fill('#name', name);
		await stranger.fill('#number', number);
		await press(stranger, 'main button[type=submit]');
		assert.equal(new URL(stranger.url()).pathname, '/there/sent');
		assert.match(await stranger.textContent('h1'), /Takk/);
		await check(stranger);
		await shot(stranger, 'there-sent');
		assert.deepEqual(await stranger.context().cookies(), []);

		const page = await open({ javaScriptEnabled, viewport: { width: javaScriptEnabled ? 1280 : 360, height: 800 } });
		const complain = () => (javaScriptEnabled ? sound(page) : assert.deepEqual(complaints, []));
		await page.goto(`${base}/incidents/new`);
		await describe(page);
		await page.fill('#sentence', `En glassdør knuste ${number}`);
		await page.fill('#q', '102');
		await press(page, 'button[value=find]:visible');
		await press(page, '#hits button');
		await press(page, '#save');
		const incident = page.url();
		assert.equal(await page.textContent('#off'), 'Tilbudt til 0 av 1');
		await page.goto(`${base}/reported`);
		await complain();
		await shot(page, 'reported');
		await press(page, '.mk-incidents a');
		await complain();
		await shot(page, 'reported-one');
		assert.match(await page.textContent('main'), new RegExp(name));
		assert.ok(await page.isChecked('#person-0'), 'the number is hers alone');
		await page.locator(`label:has-text("knuste ${number}")`).click();
		await press(page, 'main form button[type=submit]');
		assert.equal(new URL(page.url()).pathname, '/reported');
		assert.match(await page.textContent('main'), /Ingenting venter på deg/);
		await complain();
		await shot(page, 'reported-none');
		await page.goto(incident);
		assert.equal(await page.textContent('#off'), 'Tilbudt til 0 av 2');
	});

test('the leader declines, and a new incident begins with what was told', async () => {
	const stranger = await open({ storageState: undefined });
	for (const name of ['Viktor Vikar', 'Kari Hansen']) {
		await stranger.goto(`${base}/there`);
		await stranger.click('label[for=who-0]');
		await stranger.click('label[for=day-2]');
		await stranger.fill('#date', new Date(Date.now() - 20 * 86400000).toISOString().slice(0, 10));
		await stranger.fill('#place', 'Akutt');
		await stranger.fill('#name', name);
		await stranger.fill('#contact', name === 'Kari Hansen' ? 'kari@fjordvik.example' : '+47 00 00 00 09');
		await press(stranger, 'main button[type=submit]');
	}
	const page = await open();
	for (const decline of [false, true]) {
		await page.goto(`${base}/reported`);
		await press(page, '.mk-incidents a');
		await press(page, decline ? 'a[href$="/not-so"]' : 'a[href*="from="]');
		await sound(page);
		await shot(page, decline ? 'not-so' : 'new-from');
		if (decline) {
			await press(page, 'main form button[type=submit]');
			await sound(page);
			continue;
		}
		assert.equal(await page.isChecked('#day-2'), true);
		assert.equal((await names(page)).length, 1);
		await page.click('label[for=kind-0]');
		await page.click('label[for=severity-0]');
		await page.fill('#clock', '9');
		await page.fill('#sentence', 'Noe skjedde for lenge siden');
		await press(page, '#save');
		assert.equal(await page.textContent('#off'), 'Tilbudt til 0 av 1');
	}
	await page.goto(`${base}/reported`);
	assert.match(await page.textContent('main'), /Ingenting venter på deg/);
});

test('a leader who is a party says so beside her name, is not counted among those offered support, and sees nothing of it then', async () => {
	const page = await open({ viewport: { width: 360, height: 800 } });
	await page.goto(`${base}/incidents/new`);
	await describe(page);
	await page.fill('#sentence', 'Uenighet på et møte');
	for (const typed of ['kari h', 'emma e']) {
		await page.fill('#q', typed);
		await page.waitForSelector('#q-list:not([hidden]) li');
		await page.press('#q', 'ArrowDown');
		await page.press('#q', 'Enter');
	}
	assert.equal(await page.textContent('#save'), 'Lagre og tilby støtte til 2');
	await page.locator('#chosen [data-seat] select').nth(1).selectOption({ label: 'Part: får ingen melding' });
	assert.equal(await page.textContent('#save'), 'Lagre og tilby støtte til 1');
	await page.fill('#q', 'mehm');
	await page.waitForSelector('#q-list:not([hidden]) li');
	await page.press('#q', 'ArrowDown');
	await page.press('#q', 'Enter');
	assert.equal(await page.textContent('#save'), 'Lagre og tilby støtte til 2');
	await page.locator('#chosen [data-seat] select').nth(2).selectOption({ label: 'Gransker: får ingen melding' });
	assert.equal(await page.textContent('#save'), 'Lagre og tilby støtte til 1');
	await sound(page);
	await shot(page, 'party');
	await press(page, '#save');
	assert.equal(new URL(page.url()).pathname, '/incidents');
	assert.match(await page.textContent('main'), /Men ingen følger den/); /* she leads alone here, and there is no safety representative */
	assert.doesNotMatch(await page.textContent('main'), /Uenighet/);
	await sound(page);
});

test('a leader who was affected adds herself, and is not asked to speak with herself', async () => {
	const page = await open({ viewport: { width: 360, height: 800 } });
	await page.goto(`${base}/incidents/new`);
	await describe(page);
	await page.fill('#sentence', 'En reol falt ned');
	await press(page, 'button[value=me]');
	assert.deepEqual(await names(page), ['Emma Eide']);
	await sound(page);
	await shot(page, 'herself-form');
	await press(page, '#save');
	const [emma] = await page.locator('li[data-seat]').evaluateAll((list) => list.map((li) => li.dataset.seat));
	assert.equal(await tell([{ exposure: emma, fact: 'unsendable', day: Math.floor(Date.now() / 86400000) }]), 204);
	await page.waitForSelector(`[data-need="${emma}"]`);
	assert.match(await page.textContent('#needs'), /Ingen har fått tak i deg\..*Din egen leder/s);
	assert.equal(await page.locator('#needs a').count(), 0);
	await sound(page);
	await shot(page, 'herself-360');
	await page.setViewportSize({ width: 1280, height: 800 });
	await shot(page, 'herself-1280');
	assert.equal((await page.goto(`${base}/exposures/${emma}/in-person`)).status(), 404);
	await page.goto(`${base}/incidents`);
	assert.match(await page.textContent('main'), /Ingen har fått tak i deg\./);
	await sound(page);
});

test('somebody from outside with the phone of somebody in the directory is suggested, and joined when the leader says so', async () => {
	const page = await open({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false });
	await page.goto(`${base}/incidents/new`);
	await describe(page);
	await page.fill('#sentence', 'En maskin gikk i gulvet');
	await page.click('summary >> nth=1');
	await page.waitForTimeout(300);
	await page.fill('#out-name', 'Mehmet');
	await page.fill('#out-phone', '0047 00 00 00 03');
	await press(page, 'button[value=outside]');
	await press(page, '#save');
	assert.match(await page.textContent('main'), /Mehmet utenfra har samme telefon som noen i personregisteret/);
	await shot(page, 'same-incident');
	await press(page, 'a[href$="/same"]');
	assert.match(await page.textContent('main'), /Mehmet Kaya/);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing lies beside the page');
	await shot(page, 'same-360');
	await page.setViewportSize({ width: 1280, height: 800 });
	await shot(page, 'same-1280');
	const seeing = await open();
	await seeing.goto(page.url());
	await sound(seeing);
	await press(page, 'button[value=yes]');
	assert.doesNotMatch(await page.textContent('main'), /utenfra har samme/);
	assert.match(await page.textContent('table'), /Mehmet Kaya/);
	assert.equal(await page.textContent('#off'), 'Tilbudt til 0 av 1');
});
