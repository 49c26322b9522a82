/* desk.test.mjs: the supporter's desk and the coordinator's page on the real makker-haven: who may ask what, and a walk in Debian's
   Chromium with the script that is built into the program. MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { RULE, texts } from '../../client/node/texts.js';
import { HAVEN_HOST, startHaven } from './haven-live.mjs';
import { launch, tellBreaches, violations } from './screen.mjs';

const bin = process.env.MAKKER_BIN;
const shots = process.env.MAKKER_SHOTS;
const AT = '2026-11-18T09:00:00+01:00'; /* a Wednesday */
const PASS = 'blåbær på fjellet i august';
const id = (n) => Buffer.alloc(16, n).toString('base64url');
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
const json = (body) => ({ body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

let haven, browser;
const who = {}; /* name → { cookie, csrf } */

const person = (n, number, name, more = {}) => ({
	id: id(n), number, name, unit: 'Sykehuset / Mottaket', profession: 'Sykepleier', level: '2', staff: false, lang: 'nb',
	email: `p${n}@fjordvik.example`, phone: `000003${n}0`, protected: false, ended: false, ...more,
});
const incident = (n, title, excluded, exposures) => ({
	id: id(n), title, severity: 2, day: Math.floor(Date.UTC(2026, 10, 18) / 86400000), unit: 'Sykehuset / Mottaket', excluded, exposures,
});

async function until(what, good, tries = 200) {
	for (let i = 0; i < tries; i++) {
		if (await good())
			return;
		await new Promise((resolve) => { setTimeout(resolve, 50); });
	}
	assert.fail(`${what} did not happen:\n${haven.log()}`);
}

/* By the one-time link; → the cookie, and the token of this session's page. */
async function signIn(link, page) {
	const reply = await haven.request('POST', new URL(link).pathname, {
		headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ passphrase: PASS, again: PASS }).toString(),
	});
	assert.equal(reply.status, 303, reply.text);
	const cookie = reply.headers['set-cookie'][0].split(';')[0];
	const { text } = await haven.request('GET', page, { cookie });
	return { cookie, csrf: text.match(/(?:name="csrf" value|data-csrf)="([^"]+)"/)?.[1] };
}

/* After the clock was moved: a session ends after some idle hours. */
const EMAILS = { kari: 'p1@fjordvik.example', tariq: 'p2@fjordvik.example', coordinator: 'mona@fjordvik.example' };
async function later(to) {
	await haven.clock(to);
	for (const [name, email] of Object.entries(EMAILS)) {
		const reply = await haven.request('POST', '/s/sign-in', {
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ email, passphrase: PASS }).toString(),
		});
		assert.equal(reply.status, 303, reply.text);
		const cookie = reply.headers['set-cookie'][0].split(';')[0];
		const { text } = await haven.request('GET', name === 'coordinator' ? '/s/programme' : '/s/desk', { cookie });
		who[name] = { cookie, csrf: text.match(/(?:name="csrf" value|data-csrf)="([^"]+)"/)[1] };
	}
}

const ask = (name, path) => haven.request('GET', path, { cookie: who[name]?.cookie });
const tell = (name, path, { body, headers = {} } = {}) => haven.request('POST', path, {
	cookie: who[name]?.cookie, body, headers: { ...(who[name] && { 'Makker-Csrf': who[name].csrf }), ...headers },
});

before(async () => {
	assert.ok(bin, 'MAKKER_BIN is the folder of the build');
	haven = await startHaven({ bin, at: AT, people: [
		person(1, '1001', 'Kari Nes'), person(2, '1002', 'Tariq Ali'), person(3, '1003', 'Ingrid Solli'),
		person(4, '1004', 'Per Holm'), person(5, '1005', 'Anna Lie', { protected: true }),
	] });
	const list = join(haven.dir, 'supporters.csv');
	const attested = 'nb,2019,2026-01-10,2026-02-10,2026-02-11,2028-02-11,"mon-sun 08:00-18:00"\n';
	writeFileSync(list, `number,languages,since,interview,training,check,accredited until,windows\n1001,${attested}1002,${attested}`);
	let out = '';
	await until('the directory', async () => {
		out = await haven.command('supporters', 'import', '--dry-run', list).catch((e) => e.stderr);
		return out.includes('Added 2');
	});
	out = await haven.command('supporters', 'import', '--print-links', list);
	const link = (name) => out.match(new RegExp(`${name} <[^>]+>: (\\S+)`))[1];
	who.kari = await signIn(link('Kari Nes'), '/s/desk');
	who.tariq = await signIn(link('Tariq Ali'), '/s/desk');
	out = await haven.command('user', 'add', 'mona@fjordvik.example', '--name', 'Mona Vik', '--role', 'coordinator');
	who.coordinator = await signIn(out.match(/http\S+/)[0], '/s/programme');
	browser = await launch(`--host-resolver-rules=MAP ${HAVEN_HOST} 127.0.0.1`);
});
after(async () => {
	await browser?.close();
	const status = await haven?.stop();
	assert.equal(status, 0, `makker-haven ended in order:\n${haven?.log()}`);
});

const ASKS = ['/s/desk/keys', '/s/desk/data', '/s/ring/495000'];
const TELLS = ['/s/keys', '/s/wraps', '/s/wraps/remove', '/s/pairing', '/s/pairing/take', '/s/pairing/stop', '/s/keys/rotate',
	'/s/keys/reset', '/s/keys/retire', '/s/keys/ask', '/s/vault', '/s/tasks/seen', '/s/tasks/outcomes', `/s/tasks/${id(9)}/pass-on`];

/* ---- who may ---- */

test('nobody who is not signed in reaches the desk', async () => {
	for (const path of ASKS)
		assert.equal((await ask(null, path)).status, 401, path);
	for (const path of TELLS)
		assert.equal((await tell(null, path, json({}))).status, 401, path);
	const page = await ask(null, '/s/desk');
	assert.equal(page.status, 303);
	assert.match(page.headers.location, /^\/s\/sign-in/);
	assert.equal((await ask(null, '/s/programme')).status, 303);
});

test('the coordinator reaches neither the desk nor its requests, and a supporter not the programme', async () => {
	for (const path of ['/s/desk', ...ASKS])
		assert.equal((await ask('coordinator', path)).status, 403, path);
	for (const path of TELLS)
		assert.equal((await tell('coordinator', path, json({}))).status, 403, path);
	assert.equal((await ask('kari', '/s/programme')).status, 403);
	assert.equal((await ask('kari', '/s/desk')).status, 200);
	assert.equal((await ask('coordinator', '/s/programme')).status, 200);
});

test('nothing is told without the token of the session, nor from another site', async () => {
	for (const path of TELLS) {
		const without = await haven.request('POST', path, { cookie: who.kari.cookie, ...json({}) });
		assert.equal(without.status, 403, path);
		const others = await haven.request('POST', path, {
			cookie: who.kari.cookie, ...json({}),
			headers: { 'Content-Type': 'application/json', 'Makker-Csrf': who.tariq.csrf },
		});
		assert.equal(others.status, 403, path);
		const elsewhere = await tell('kari', path, { ...json({}), headers: { 'Sec-Fetch-Site': 'cross-site' } });
		assert.equal(elsewhere.status, 403, path);
	}
});

test('"full for now" is hers alone, and with the token of her session', async () => {
	const form = (cookie, csrf, more) => haven.request('POST', '/s/desk/full', {
		cookie, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...more },
		body: new URLSearchParams({ full: 'yes', ...(csrf && { csrf }) }).toString(),
	});
	assert.equal((await form(undefined, who.kari.csrf)).status, 403);
	assert.equal((await form(who.coordinator.cookie, who.coordinator.csrf)).status, 403);
	assert.equal((await form(who.kari.cookie)).status, 403);
	assert.equal((await form(who.kari.cookie, who.tariq.csrf)).status, 403);
	assert.equal((await form(who.kari.cookie, who.kari.csrf, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
	for (const name of ['kari', 'tariq'])
		assert.match((await ask(name, '/s/desk')).text, /value="no" id="full-no" checked/, name);
});

test('the page has every text of the script, in four languages', async () => {
	for (const lang of ['nb', 'sv', 'da', 'en']) {
		const { text, headers } = await ask('kari', `/s/desk?lang=${lang}`);
		const found = new Map();
		for (const [, key, rule, said] of text.matchAll(/<p data-t="([^"]+)"(?: data-rule="(\d+)")?>([^<]*)<\/p>/g)) {
			assert.equal(rule, found.has(key) || !Array.isArray(texts[key].en) ? undefined : RULE, key);
			found.set(key, [...found.get(key) ?? [], said]);
		}
		const plain = (s) => s.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
		for (const [key, said] of Object.entries(texts))
			assert.deepEqual(found.get(key)?.map(plain), [said[lang]].flat(), `${lang} ${key}`);
		assert.equal(found.size, Object.keys(texts).length);
		assert.match(text, /<noscript><h1/);
		assert.match(headers['content-security-policy'], /require-trusted-types-for 'script'/);
	}
});

/* ---- keys, wraps, vault ---- */

const made = {};

async function makeKeys(name) {
	const seen = (await ask(name, '/s/desk/keys')).json();
	return makeSupporterKeys({
		inst: seen.inst, supporterId: seen.supporter.id, keylog: seen.keylog.map((e) => Buffer.from(e, 'base64url')),
		now: Date.parse(`${seen.today}T12:00:00Z`),
	});
}

test('first keys are taken once, and only whole', async () => {
	const fresh = (await ask('tariq', '/s/desk/keys')).json();
	assert.equal(fresh.supporter.name, 'Tariq Ali');
	assert.equal(fresh.today, '2026-11-18');
	assert.deepEqual([fresh.wraps, fresh.vault, fresh.keylog], [[], null, []]);
	const keys = await makeKeys('tariq');
	const bad = [
		{}, { ...keys.body, more: 1 }, { ...keys.body, wraps: [] }, { ...keys.body, wraps: keys.body.wraps[0] },
		{ ...keys.body, entry: keys.body.entry.slice(1) }, { ...keys.body, entry: `${keys.body.entry.slice(0, -1)}=` },
		{ ...keys.body, vault: keys.body.vault.slice(4) }, { ...keys.body, vault: null },
		{ ...keys.body, wraps: Array(5).fill(keys.body.wraps[0]) }, { ...keys.body, entry: 7 }, [], 'x', null,
	];
	for (const body of bad)
		assert.equal((await tell('tariq', '/s/keys', json(body))).status, 400, JSON.stringify(body)?.slice(0, 60));
	const double = JSON.stringify(keys.body).replace('{', `{"entry":"${keys.body.entry}",`);
	assert.equal((await tell('tariq', '/s/keys', { ...json({}), body: double })).status, 400);
	assert.equal((await tell('tariq', '/s/keys', { body: JSON.stringify(keys.body), headers: { 'Content-Type': 'text/plain' } })).status, 400);
	/* Tariq's entry from Kari's account. */
	assert.equal((await tell('kari', '/s/keys', json(keys.body))).status, 400);
	assert.equal((await tell('tariq', '/s/keys', json(keys.body))).status, 201);
	assert.equal((await tell('tariq', '/s/keys', json(keys.body))).status, 409);
	const seen = (await ask('tariq', '/s/desk/keys')).json();
	assert.deepEqual(seen.wraps, keys.body.wraps);
	assert.deepEqual(seen.keylog, [keys.body.entry]);
	assert.equal(seen.vault.blob, keys.body.vault);
	assert.equal(seen.vault.h, sha(keys.vault));
	made.tariq = keys;
	/* The log is everybody's; the rest is hers alone. */
	const other = (await ask('kari', '/s/desk/keys')).json();
	assert.deepEqual([other.wraps, other.vault, other.keylog.length], [[], null, 1]);
});

test('the vault is swapped only for the one that is there, and only one\'s own', async () => {
	const write = (name, blob, h) => tell(name, '/s/vault', {
		body: blob, headers: { 'Content-Type': 'application/octet-stream', 'If-Match': h },
	});
	const next = Buffer.from(randomBytes(65536));
	const h = `"${sha(made.tariq.vault)}"`;
	for (const wrong of [h.slice(1, -1), '*', '"00"', `W/${h}`, h.toUpperCase(), ''])
		assert.equal((await write('tariq', next, wrong)).status, 400, wrong);
	assert.equal((await write('tariq', next.subarray(1), h)).status, 400);
	assert.equal((await write('kari', next, h)).status, 404);
	assert.equal((await write('tariq', next, h)).status, 204);
	const late = await write('tariq', Buffer.from(randomBytes(65536)), h);
	assert.equal(late.status, 412);
	assert.equal(late.headers['content-type'], 'application/octet-stream');
	assert.ok(late.bytes.equals(next));
	assert.equal((await write('tariq', Buffer.from(randomBytes(1048576)), `"${sha(next)}"`)).status, 204);
	/* Told by the length alone, before the body comes: whoever went on sending might find the line cut instead. */
	const long = { 'Content-Type': 'application/octet-stream', 'If-Match': `"${sha(next)}"`, 'Content-Length': '2097152' };
	assert.equal((await tell('tariq', '/s/vault', { headers: long })).status, 413);
});

test('wraps are added, replaced, and never more than sixteen', async () => {
	const wrap = () => {
		const row = Buffer.from(made.tariq.recoveryWrap);
		randomBytes(60).copy(row, 32);
		return row;
	};
	const first = wrap();
	const add = (row, replaces = null) => tell('tariq', '/s/wraps', json({ add: row.toString('base64url'), replaces }));
	assert.equal((await add(first)).status, 204);
	assert.equal((await add(wrap(), sha(first))).status, 204);
	assert.equal((await ask('tariq', '/s/desk/keys')).json().wraps.length, 2);
	assert.equal((await add(wrap(), 'x')).status, 400);
	assert.equal((await add(wrap().subarray(1))).status, 400);
	assert.equal((await tell('tariq', '/s/wraps', json({ add: wrap().toString('base64url') }))).status, 400);
	for (let i = 2; i < 16; i++)
		assert.equal((await add(wrap())).status, 204);
	assert.equal((await add(wrap())).status, 409);
	const kept = (await ask('tariq', '/s/desk/keys')).json().wraps;
	assert.equal((await add(wrap(), sha(Buffer.from(kept[0], 'base64url')))).status, 204);
	assert.equal((await ask('tariq', '/s/desk/keys')).json().wraps.length, 16);
});

test('a way in is taken away only by whom it belongs to, and never the last', async () => {
	const remove = (name, hash) => tell(name, '/s/wraps/remove', json({ remove: hash }));
	const wraps = async () => (await ask('tariq', '/s/desk/keys')).json().wraps.map((w) => sha(Buffer.from(w, 'base64url')));
	const [first, ...more] = await wraps();
	for (const wrong of [{}, { remove: null }, { remove: first.slice(1) }, { remove: first.toUpperCase() }, { remove: first, more: 1 }])
		assert.equal((await tell('tariq', '/s/wraps/remove', json(wrong))).status, 400, JSON.stringify(wrong));
	assert.equal((await remove('kari', first)).status, 404);
	assert.equal((await wraps()).length, 16);
	for (const hash of more)
		assert.equal((await remove('tariq', hash)).status, 204);
	assert.equal((await remove('tariq', more[0])).status, 404);
	assert.equal((await remove('tariq', first)).status, 409);
	assert.deepEqual(await wraps(), [first]);
});

/* ---- the walk ---- */

let context, page, complaints = [];

async function openPage(name, path, viewport = { width: 360, height: 780 }) {
	await context?.close();
	context = await browser.newContext({ locale: 'nb-NO', viewport });
	const [cookie, value] = who[name].cookie.split('=');
	await context.addCookies([{ name: cookie, value, domain: HAVEN_HOST, path: '/s' }]);
	page = await context.newPage();
	complaints = [];
	page.on('console', (m) => m.type() === 'error' && !m.location().url.endsWith('/favicon.ico') &&
		complaints.push(`${m.text()} ${m.location().url}`));
	page.on('pageerror', (e) => complaints.push(String(e)));
	await tellBreaches(page);
	await page.goto(haven.url + path);
}

async function accessible(what) {
	assert.deepEqual(await violations(page), [], what);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}: no sideways scroll`);
}

/* Looked at on a phone and on a wide screen. */
async function looked(what) {
	for (const width of [1280, 320, 360]) {
		await page.setViewportSize({ width, height: width === 1280 ? 900 : 780 });
		await accessible(`${what} at ${width}`);
		if (shots) {
			mkdirSync(shots, { recursive: true });
			await page.screenshot({ path: join(shots, `${what}-${width}.png`), fullPage: true });
		}
	}
}

test('the front page shows numbers as people write them, and dials them as they are', async () => {
	const { text } = await haven.request('GET', '/');
	assert.match(text, /class="mk-num">00 00 03 [12]0</);
	for (const n of [1, 2])
		assert.ok(text.includes(`href="tel:000003${n}0" data-tel="00 00 03 ${n}0"`), text);
	assert.ok(!/[>"]000003/.test(text));
});

const press = (key, scope = page) => scope.getByRole('button', { name: texts[key].nb, exact: true }).first().click();
const heading = (text) => page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: 15000 })
	.catch(async (e) => assert.fail(`${e.message}\nthe page says:\n${await page.locator('main').innerText()}\n${complaints.join('\n')}`));

test('Kari makes her keys, in her browser', { timeout: 120000 }, async () => {
	await openPage('kari', '/s/desk');
	await heading(texts['setup.title'].nb);
	await looked('desk-set-up');
	await page.locator('#new').fill(PASS);
	await page.locator('#again').fill(PASS);
	await press('setup.button');
	await heading(texts['code.title'].nb);
	await page.locator('#written').check();
	await press('code.go');
	await heading('Hei, Kari. Ingen venter på deg nå.');
	await until('the keys', async () => (await ask('kari', '/s/desk/keys')).json().wraps.length === 2);
	assert.equal((await ask('kari', '/s/desk/keys')).json().keylog.length, 2);
	await looked('desk-empty');
	assert.deepEqual(complaints, []);
});

const cardOf = (n) => page.locator('.mk-card').filter({ has: page.locator(`[id="task-${id(n)}"]`) });
const tasksOf = async (name) => (await ask(name, '/s/desk/data')).json().tasks;

test('somebody affected becomes a task on one desk and on no other', { timeout: 120000 }, async () => {
	haven.door.incidents = [
		incident(21, 'Hendelse i mottaket', [id(2), id(3), id(4)], [{ id: id(31), person: id(3) }, { id: id(32), person: id(4) }]),
		incident(22, 'Hendelse på sengepost 3', [id(1), id(5)], [{ id: id(33), person: id(5) }]),
	];
	haven.door.rev.incidents = 1;
	await until('the tasks', async () => (await tasksOf('kari')).length === 2 && (await tasksOf('tariq')).length === 1);
	const data = (await ask('kari', '/s/desk/data')).json();
	assert.deepEqual(Object.keys(data), ['today', 'ring', 'tasks']);
	const task = data.tasks.find((t) => t.name === 'Ingrid Solli');
	assert.equal(task.id, id(31));
	assert.equal(task.title, 'Hendelse i mottaket');
	assert.equal(task.role, 0);
	assert.match(task.rel, /^[0-9a-f]{64}$/);
	assert.equal(task.late, false);
	assert.equal(task.deadline_day, '2026-11-19');
	assert.match(task.due_text, /^I /);
	assert.equal(task.email, true);
	assert.equal(data.ring.to, Math.floor(Date.parse(AT) / 3600000) - 1);
	assert.ok(!JSON.stringify(data).includes('Anna'));
});

test('the ring is read by closed hours only', async () => {
	const { ring } = (await ask('kari', '/s/desk/data')).json();
	assert.equal((await ask('kari', `/s/ring/${ring.to + 1}`)).status, 404);
	for (const wrong of ['-1', 'x', '1e5', '99999999999'])
		assert.equal((await ask('kari', `/s/ring/${wrong}`)).status, 404, wrong);
});

test('a supporter cannot see, close or pass on another one\'s task', async () => {
	const before_ = (await ask('coordinator', '/s/programme')).text;
	assert.equal((await tell('kari', `/s/tasks/${id(33)}/pass-on`, json({}))).status, 404);
	assert.equal((await tell('kari', `/s/tasks/${id(99)}/pass-on`, json({}))).status, 404);
	assert.equal((await tell('kari', '/s/tasks/no-id/pass-on', json({}))).status, 404);
	assert.equal((await tell('kari', `/s/tasks/${id(31)}/pass-on`, json({ why: 'x' }))).status, 400);
	assert.equal((await tell('kari', '/s/tasks/outcomes', json({ outcomes: [{ task: id(33), outcome: 'reached' }] }))).status, 409);
	assert.equal((await tell('kari', '/s/tasks/seen', json({ tasks: [id(33)] }))).status, 204);
	for (const body of [{}, { outcomes: [{ task: id(31) }] }, { outcomes: [{ task: id(31), outcome: 'maybe' }] },
		{ outcomes: [{ task: id(31), outcome: 'open', note: 'x' }] }, { outcomes: [31] },
		{ outcomes: [{ task: id(31), outcome: 'open' }, { task: id(31), outcome: 'reached' }] }])
		assert.equal((await tell('kari', '/s/tasks/outcomes', json(body))).status, 400, JSON.stringify(body));
	for (const body of [{}, { tasks: 'x' }, { tasks: [7] }, { tasks: ['x'] }, { tasks: [], more: 1 }])
		assert.equal((await tell('kari', '/s/tasks/seen', json(body))).status, 400, JSON.stringify(body));
	assert.equal((await tasksOf('tariq')).length, 1);
	assert.equal((await ask('coordinator', '/s/programme')).text, before_);
});

test('Kari sees whom to call, notes a try, passes one on, locks and unlocks', { timeout: 120000 }, async () => {
	/* The first look goes through all the hours that are kept. */
	await page.getByText(texts['scan.done'].nb).waitFor();
	await press('open.again');
	await heading('Hei, Kari. 2 venter på deg.');
	const card = cardOf(31);
	assert.match(await card.innerText(), /Ingrid Solli/);
	await page.getByText(texts['scan.done'].nb).waitFor();
	await looked('desk-open');
	await press('task.tried', card);
	await card.getByText(/Ett forsøk/).waitFor();
	await press('task.passon', cardOf(32));
	await heading('Hei, Kari. Én venter på deg.');
	assert.deepEqual((await tasksOf('kari')).map((t) => t.id), [id(31)]);
	/* There is a heading at every moment, also between two pages. */
	await page.evaluate(() => {
		const desk = document.getElementById('desk');
		globalThis.bare = 0;
		new MutationObserver(() => { globalThis.bare += desk.querySelector('h1') ? 0 : 1; }).observe(desk, { childList: true });
	});
	await press('open.lock');
	await heading(/Pulten er låst\.$/);
	assert.ok(!(await page.content()).includes('Ingrid'));
	await page.locator('input[type=password]').waitFor();
	assert.equal(await page.evaluate(() => globalThis.bare), 0);
	await looked('desk-locked');
	await page.locator('input[type=password]').fill('not the passphrase');
	await press('locked.button');
	await page.getByText(texts['trouble.passphrase-wrong'].nb).waitFor();
	await page.locator('input[type=password]').fill(PASS);
	await press('locked.button');
	await heading('Hei, Kari. Én venter på deg.');
	await cardOf(31).getByText(/Ett forsøk/).waitFor();
	assert.deepEqual(complaints, []);
});

test('"full for now" is saved without closing the desk', async () => {
	await page.getByText('Har fullt nå', { exact: true }).click();
	await page.locator('form[data-full] button').click();
	await page.locator('[data-saved]').waitFor({ state: 'visible' });
	await heading('Hei, Kari. Én venter på deg.');
	assert.match((await ask('kari', '/s/desk')).text, /value="yes" id="full-yes" checked/);
	assert.match((await ask('coordinator', '/s/programme?lang=nb')).text, /Har fullt nå/);
	/* As a form, too; another value is refused. */
	const form = (full) => haven.request('POST', '/s/desk/full', {
		cookie: who.kari.cookie, headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ csrf: who.kari.csrf, full }).toString(),
	});
	assert.equal((await form('perhaps')).status, 400);
	assert.equal((await form('no')).status, 303);
	assert.match((await ask('kari', '/s/desk')).text, /value="no" id="full-no" checked/);
});

test('no link on the desk leads nowhere, and the quick exit shows nothing behind', async () => {
	const hrefs = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	for (const href of new Set(hrefs))
		assert.ok((await haven.request('GET', href, { cookie: who.kari.cookie })).status < 400, href);
	await page.route('https://www.yr.no/**', (route) => route.fulfill({ body: '<!doctype html><title>weather</title>' }));
	await page.locator('[data-exit]').first().click();
	await page.waitForURL('https://www.yr.no/');
});

/* ---- the coordinator ---- */

test('the coordinator sees who has whom, and nothing that differs by what was said', { timeout: 120000 }, async () => {
	await tell('kari', '/s/tasks/seen', json({ tasks: [id(31)] }));
	await tell('tariq', '/s/tasks/seen', json({ tasks: [id(33)] }));
	await later('2026-11-19T09:05:00+01:00');
	const shown = async () => (await ask('coordinator', '/s/programme?lang=nb')).text;
	const start = await shown();
	assert.match(start, /Ingrid Solli<\/td><td>Kari Nes/);
	assert.match(start, /Beskyttet identitet<\/td><td>Tariq Ali/);
	assert.ok(!start.includes('Anna Lie'));
	for (const outcome of ['reached', 'not-reached', 'open', 'reached']) {
		const reply = await tell('kari', '/s/tasks/outcomes', json({ outcomes: [{ task: id(31), outcome }] }));
		assert.equal(reply.status, 204);
		assert.equal(await shown(), start, outcome);
	}
	await openPage('coordinator', '/s/programme?lang=nb');
	await looked('programme');
	assert.deepEqual(complaints, []);
});

test('an incident closes whole: then a number, and no names', { timeout: 120000 }, async () => {
	await later('2026-11-20T16:00:00+01:00');
	const { text } = await ask('coordinator', '/s/programme?lang=nb');
	assert.match(text, /Nådd: 1 av 2/);
	assert.match(text, /Nådd: 0 av 1/);
	assert.ok(!text.includes('Ingrid'));
	assert.deepEqual((await tasksOf('kari')).map((task) => task.closed), [true], 'until the end of the next day, to be read');
	await later('2026-11-22T08:00:00+01:00');
	assert.equal((await tasksOf('kari')).length, 0);
	const told = haven.door.facts.filter((f) => f.fact.includes('reached')).map((f) => [f.exposure, f.fact]).sort();
	assert.deepEqual(told, [[id(31), 'reached'], [id(32), 'not_reached'], [id(33), 'not_reached']].sort());
});
