/* apart.test.mjs: whom a person asked not to be given, noted by the coordinator on the real makker-haven: who may, each step without
   JavaScript, and the pages looked at in Debian's Chromium. MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startHaven } from './haven-live.mjs';
import { Screen, inspect } from './screen.mjs';
import { until } from './world.mjs';

const PASS = 'blåbær på fjellet i august';
const HERE = '/s/programme/apart';
const id = (n) => Buffer.alloc(16, n).toString('base64url');
const person = (n, number, name, more = {}) => ({
	id: id(n), number, name, unit: 'Sykehuset / Mottaket', profession: 'Sykepleier', level: '2', staff: false, lang: 'nb',
	email: `p${n}@fjordvik.example`, phone: `000003${n}0`, protected: false, ended: false, ...more,
});

let haven, screen;
const who = {}; /* name → { cookie, csrf } */

const form = (values) => ({ headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(values).toString() });

async function signIn(link, page) {
	const reply = await haven.request('POST', new URL(link).pathname, form({ passphrase: PASS, again: PASS }));
	assert.equal(reply.status, 303, reply.text);
	const cookie = reply.headers['set-cookie'][0].split(';')[0];
	const { text } = await haven.request('GET', page, { cookie });
	return { cookie, csrf: text.match(/(?:name="csrf" value|data-csrf)="([^"]+)"/)?.[1] };
}

const ask = (name, path) => haven.request('GET', path, { cookie: who[name]?.cookie });
const tell = (name, path, values = {}) => haven.request('POST', path, { cookie: who[name]?.cookie, ...form({ csrf: who[name]?.csrf ?? '', ...values }) });

/** A page in the coordinator's browser. */
async function open(options) {
	const page = await screen.person({ language: 'nb', ...options });
	const [name, value] = who.coordinator.cookie.split('=');
	await page.context().addCookies([{ name, value, url: haven.url }]);
	return page;
}

const stored = () => readdirSync(haven.dir).filter((f) => f.startsWith('haven.db')).map((f) => readFileSync(join(haven.dir, f)).toString('latin1')).join('');

before(async () => {
	haven = await startHaven({ bin: process.env.MAKKER_BIN, at: '2026-11-18T09:00:00+01:00',
		people: [person(1, '1001', 'Kari Nes'), person(2, '1002', 'Tariq Ali'), person(3, '1003', 'Ingrid Solli'),
			person(5, '1005', 'Anna Lie', { protected: true })] });
	const list = join(haven.dir, 'supporters.csv');
	const attested = 'nb,2019,2026-01-10,2026-02-10,2026-02-11,2028-02-11,"mon-sun 08:00-18:00"\n';
	writeFileSync(list, `number,languages,since,interview,training,check,accredited until,windows\n1001,${attested}1002,${attested}`);
	await until(async () => (await haven.command('supporters', 'import', '--dry-run', list).catch((e) => e.stderr)).includes('Added 2'),
		{ why: 'the directory is there' });
	const out = await haven.command('supporters', 'import', '--print-links', list);
	who.kari = await signIn(out.match(/Kari Nes <[^>]+>: (\S+)/)[1], '/s/desk');
	who.coordinator = await signIn((await haven.command('user', 'add', 'mona@fjordvik.example', '--name', 'Mona Vik', '--role', 'coordinator'))
		.match(/http\S+/)[0], '/s/programme');
	screen = await Screen.open();
});
after(async () => {
	await screen?.close();
	assert.equal(await haven?.stop(), 0, `makker-haven ended in order:\n${haven?.log()}`);
});

test('nobody who is not signed in comes here, and no supporter', async () => {
	for (const path of [HERE, `${HERE}/${id(3)}`]) {
		assert.match((await ask(null, path)).headers.location, /^\/s\/sign-in/, path);
		assert.notEqual((await tell(null, path, { q: 'ingrid' })).status, 200, path);
		assert.equal((await ask('kari', path)).status, 403, path);
		assert.equal((await tell('kari', path, { q: 'ingrid', do: 'add', supporter: id(3), sure: 'on' })).status, 403, path);
		assert.equal((await ask('coordinator', path)).status, 200, path);
	}
});

test('nothing is noted without the token of the session', async () => {
	for (const path of [HERE, `${HERE}/${id(3)}`])
		assert.equal((await haven.request('POST', path, { cookie: who.coordinator.cookie, ...form({ q: 'ingrid', do: 'add' }) })).status, 403, path);
});

test('a person or supporter who is not there is not noted', async () => {
	assert.equal((await ask('coordinator', `${HERE}/${id(9)}`)).status, 404);
	assert.equal((await ask('coordinator', `${HERE}/ingrid`)).status, 404);
	assert.equal((await tell('coordinator', `${HERE}/${id(3)}`, { do: 'add', supporter: id(9), sure: 'on' })).status, 404);
	assert.equal((await tell('coordinator', `${HERE}/${id(9)}`, { do: 'add', supporter: id(9), sure: 'on' })).status, 404);
	assert.equal((await tell('coordinator', `${HERE}/${id(3)}`, { do: 'move', supporter: id(9) })).status, 400);
	assert.equal((await tell('coordinator', `${HERE}/${id(3)}`, { do: 'add', sure: 'on' })).status, 400);
});

test('a protected person is found by her number, and is named nowhere', async () => {
	const byName = await tell('coordinator', HERE, { q: 'anna lie' });
	assert.equal(byName.status, 200);
	assert.doesNotMatch(byName.text, new RegExp(id(5)));
	const byNumber = await tell('coordinator', HERE, { q: '1005' });
	assert.match(byNumber.text, new RegExp(id(5)));
	const page = await ask('coordinator', `${HERE}/${id(5)}`);
	for (const { text } of [byNumber, page])
		assert.doesNotMatch(text, /Anna|Mottaket<\/p>/);
	assert.match(page.text, /1005/);
});

test('found, noted, asked twice, and taken off again, without JavaScript', { timeout: 120000 }, async () => {
	const page = await open({ javaScript: false });
	await page.goto(`${haven.url}/s/programme`);
	await page.click(`a[href="${HERE}"]`);
	await page.fill('#q', 'in');
	await page.click('form[role=search] button');
	await page.locator('#q-e').waitFor();
	assert.equal(await page.inputValue('#q'), 'in');
	await page.fill('#q', 'nobodyatall');
	await page.click('form[role=search] button');
	assert.equal(await page.locator('#hits li').count(), 0);
	await page.fill('#q', 'sol ing');
	await page.click('form[role=search] button');
	assert.doesNotMatch(page.url(), /sol/, 'what was typed stands in no address');
	await page.click('#hits a');
	assert.equal((await page.locator('h1').textContent()).trim(), 'Ingrid Solli');
	const noted = () => page.locator('section[aria-labelledby=listed] li');
	assert.equal(await noted().count(), 0);
	assert.match(await page.locator('section[aria-labelledby=listed]').innerText(), /Ingen er notert/);

	await page.click('section[aria-labelledby=add] button');
	await page.locator('#supporter-e').waitFor();
	await page.selectOption('#supporter', { label: 'Kari Nes, Sykehuset / Mottaket' });
	await page.click('section[aria-labelledby=add] button');
	assert.match(await page.locator('h1').innerText(), /Kari Nes.*Ingrid Solli/);
	await page.click('main a.ds-button'); // no
	assert.equal(await noted().count(), 0);

	await page.selectOption('#supporter', { label: 'Kari Nes, Sykehuset / Mottaket' });
	await page.click('section[aria-labelledby=add] button');
	await page.click('main form button'); // yes
	assert.match(await noted().innerText(), /Kari Nes/);
	assert.equal(await page.locator('#supporter option', { hasText: 'Kari' }).count(), 0);
	await page.goto(`${haven.url}${HERE}/${id(2)}`);
	assert.equal(await noted().count(), 0, 'the list is one person’s');
	assert.equal(await page.locator('#supporter option', { hasText: 'Tariq' }).count(), 0, 'nobody is sent to himself');

	await page.goto(`${haven.url}${HERE}/${id(3)}`);
	await noted().locator('button').click();
	assert.match(await page.locator('h1').innerText(), /Kari Nes.*Ingrid Solli/);
	await page.click('main a.ds-button'); // no
	assert.equal(await noted().count(), 1);
	await noted().locator('button').click();
	await page.click('main form button'); // yes
	assert.equal(await noted().count(), 0);
});

test('each look and each change is in the audit log, and no name that was typed is in the store', () => {
	const bytes = stored();
	for (const what of ['programme/apart-search', 'programme/apart-add', 'programme/apart-remove'])
		assert.ok(bytes.includes(what), what);
	assert.ok(!bytes.includes('sol ing') && !bytes.includes('nobodyatall'));
	assert.doesNotMatch(haven.log(), /Ingrid|Kari|sol ing/);
});

test('the pages stand axe, 320 pixels and large letters', { timeout: 120000 }, async () => {
	const page = await open({});
	const looked = async (name) => {
		await inspect(page, name);
		for (const width of process.env.MAKKER_SHOTS ? [360, 1280] : []) {
			await page.setViewportSize({ width, height: 740 });
			await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `apart-${name}-${width}.png`), fullPage: true });
		}
	};
	await page.goto(`${haven.url}${HERE}`);
	await looked('search');
	await page.fill('#q', 'ingrid');
	await page.click('form[role=search] button');
	await page.locator('#hits').waitFor();
	await looked('found');
	await page.click('#hits a');
	await looked('empty');
	await page.selectOption('#supporter', { label: 'Tariq Ali, Sykehuset / Mottaket' });
	await page.click('section[aria-labelledby=add] button');
	await looked('question');
	await page.click('main form button');
	await looked('noted');
	await page.goto(`${haven.url}${HERE}/${id(5)}?lang=sv`);
	await looked('protected-sv');
});
