/* alike.test.mjs: an answer that was posted without JavaScript, which the server seals, is opened with the supporter's key and
   reads the same as one that the browser sealed. The real makker-haven and Debian's Chromium. MAKKER_BIN: the build folder. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { fromHex, fromId } from '../../client/bytes.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { SLOT_LENGTH, openHour } from '../../client/ring.js';
import { startHaven, HAVEN_HOST } from './haven-live.mjs';

const AT = '2026-11-18T09:00:00+01:00'; /* a Wednesday */
const MINUTE = Date.parse(AT) / 60000;
const PASS = 'blåbær på fjellet i august';
const AFFECTED = 9;
const HELPERS = ['Kari', 'Tariq', 'Per', 'Anna', 'Liv'];
/* The å of two characters, quotes, what JSON and HTML escape, spaces around, a character of four bytes. */
const NOTE = '  Ring a\u030a meg, "helst" <i dag> & ikke \\ etter \u{1f307} kl. 21  ';
const SAID = {
	call: { phone: ' +47 00 00 44 33 ', when: '2', note: NOTE },
	other: { phone: '0000.44-33', when: '3', note: NOTE },
	later: { note: NOTE },
	none: { note: NOTE },
};

const id = (n) => Buffer.alloc(16, n).toString('base64url');
const helpers = []; /* { given, keyId, cookie, keys, inst } */
let haven, browser, link;

async function until(what, good) {
	for (let i = 0; i < 200; i++) {
		const found = await good();
		if (found)
			return found;
		await new Promise((resolve) => { setTimeout(resolve, 50); });
	}
	return assert.fail(`${what} did not happen:\n${haven.log()}`);
}

const person = (n, name, profession) => ({
	id: id(n), number: `100${n}`, name, unit: 'Sykehuset / Mottaket', profession, level: '2', staff: false, lang: 'nb',
	email: `p${n}@fjordvik.example`, phone: `000003${n}0`, protected: false, ended: false,
});

/* By the one-time link, and with first keys made as her browser would. */
async function joins(given, welcome) {
	const reply = await haven.request('POST', new URL(welcome).pathname, {
		headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ passphrase: PASS, again: PASS }).toString(),
	});
	const cookie = reply.headers['set-cookie'][0].split(';')[0];
	const csrf = (await haven.request('GET', '/s/desk', { cookie })).text.match(/data-csrf="([^"]+)"/)[1];
	const seen = (await haven.request('GET', '/s/desk/keys', { cookie })).json();
	const made = await makeSupporterKeys({
		inst: seen.inst, supporterId: seen.supporter.id, keylog: seen.keylog.map((e) => Buffer.from(e, 'base64url')),
		now: Date.parse(`${seen.today}T12:00:00Z`),
	});
	const taken = await haven.request('POST', '/s/keys', {
		cookie, body: JSON.stringify(made.body), headers: { 'Content-Type': 'application/json', 'Makker-Csrf': csrf },
	});
	assert.equal(taken.status, 201);
	helpers.push({ given, cookie, keyId: made.keyId, pair: made.keys.hpke, inst: fromId(seen.inst) });
}

before(async () => {
	assert.ok(process.env.MAKKER_BIN, 'MAKKER_BIN is the folder of the build');
	haven = await startHaven({ bin: process.env.MAKKER_BIN, at: AT,
		people: [...HELPERS.map((given, i) => person(i + 1, `${given} Nes`, 'Lege')), person(AFFECTED, 'Ingrid Solli', 'Sykepleier')] });
	const list = join(haven.dir, 'supporters.csv');
	writeFileSync(list, ['number,languages,since,interview,training,check,accredited until,windows', ...HELPERS.map((_, i) =>
		`100${i + 1},nb,2019,2026-01-10,2026-02-10,2026-02-11,2028-02-11,"mon-sun 08:00-18:00"`), ''].join('\n'));
	await until('the directory', async () => (await haven.command('supporters', 'import', '--dry-run', list)
		.catch((e) => e.stderr)).includes(`Added ${HELPERS.length}`));
	const out = await haven.command('supporters', 'import', '--print-links', list);
	for (const given of HELPERS)
		await joins(given, out.match(new RegExp(`${given} Nes <[^>]+>: (\\S+)`))[1]);
	haven.door.incidents = [{
		id: id(21), title: 'Hendelse i mottaket', severity: 2, day: Math.floor(Date.UTC(2026, 10, 18) / 86400000),
		unit: 'Sykehuset / Mottaket', excluded: [id(AFFECTED)], exposures: [{ id: id(31), person: id(AFFECTED) }],
	}];
	haven.door.rev.incidents = 1;
	const mail = await until('the mail', () => haven.mails.find((m) => JSON.stringify(m).includes(`p${AFFECTED}@`)));
	[link] = /http\S+\/h\/o\/[\w-]+/.exec(mail.text);
	browser = await chromium.launch({
		executablePath: '/usr/bin/chromium', headless: true,
		args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync', `--host-resolver-rules=MAP ${HAVEN_HOST} 127.0.0.1`],
	});
});
after(async () => {
	await browser?.close();
	assert.equal(await haven?.stop(), 0, haven?.log());
});

/* Fills in the page as it stands and sends it. → the key id of whom she chose, if any. */
async function answer(kind, javaScriptEnabled) {
	const context = await browser.newContext({ javaScriptEnabled, locale: 'nb-NO' });
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	const posts = [];
	page.on('request', (r) => r.method() === 'POST' && posts.push(new URL(r.url()).pathname));
	await page.goto(link);
	if (javaScriptEnabled)
		await page.locator('#offer[data-ready]').waitFor();
	await page.click(`label[for=k-${kind}]`);
	const { phone, when, note } = SAID[kind];
	let to;
	if (kind === 'other') {
		to = await page.locator('#to option').last().getAttribute('value');
		await page.selectOption('#to', to);
	}
	if (phone) {
		await page.fill('#phone', phone);
		await page.selectOption('[name=when]', when);
	}
	await page.fill('#note', note);
	await page.click('#offer button[type=submit]');
	if (javaScriptEnabled)
		await page.locator(`[data-thanks=${kind}]`).waitFor();
	else
		await until('the thanks', async () => await page.locator('#offer').count() === 0 && await page.locator('h1').count() === 1);
	assert.equal(await page.locator('#faults').count(), 0);
	assert.deepEqual(posts, [javaScriptEnabled ? '/h/ring' : new URL(link).pathname], 'who sealed it');
	await context.close();
	return to;
}

/* What this supporter's key opens of the hour; by kind. */
async function opened(helper, hour) {
	const { tasks } = (await haven.request('GET', '/s/desk/data', { cookie: helper.cookie })).json();
	const { status, bytes } = await haven.request('GET', `/s/ring/${hour}`, { cookie: helper.cookie });
	assert.equal(status, 200);
	assert.equal(bytes.length % SLOT_LENGTH, 0);
	const found = await openHour({
		inst: helper.inst, pair: helper.pair, page: new Uint8Array(bytes), others: true,
		tasks: tasks.map((t) => ({ id: t.id, ref: fromId(t.ref), rel: fromHex(t.rel, 32), positions: [t.role] })),
	});
	return { tasks, found };
}

/* In which order the texts came is not told; each answer and its sealer has an id and a minute of its own. */
const words = ({ answer: { aid, t, ...rest } }) => rest;

test('each answer reads the same, whoever sealed it', { timeout: 180000 }, async () => {
	const hour = Math.floor(MINUTE / 60);
	let chosen;
	for (const kind of Object.keys(SAID)) {
		const to = [await answer(kind, true), await answer(kind, false)];
		assert.equal(to[0], to[1]);
		chosen = to[0] ?? chosen;
	}
	await haven.clock('2026-11-18T10:00:00+01:00');
	const all = [];
	for (const helper of helpers)
		all.push({ helper, ...await opened(helper, hour) });
	const [holder, ...more] = all.filter(({ tasks }) => tasks.length > 0);
	assert.equal(more.length, 0, 'one supporter has the task');
	for (const kind of Object.keys(SAID)) {
		const both = holder.found.filter(({ position, answer: a }) => position === 0 && a.kind === kind);
		assert.equal(both.length, 2, kind);
		assert.deepEqual(words(both[0]), words(both[1]), kind);
		assert.notEqual(both[0].answer.aid, both[1].answer.aid);
		assert.ok(both.some(({ answer: a }) => a.t === MINUTE), 'the server takes the workplace’s clock');
		assert.equal(both[0].answer.note, NOTE.normalize('NFC').trim());
		assert.equal(both[0].answer.phone, SAID[kind].phone?.trim());
		assert.equal(both[0].answer.name, 'Ingrid Solli');
		assert.equal(both[0].answer.to, kind === 'other' ? chosen : undefined);
		assert.equal(Boolean(both[0].answer.when), Boolean(SAID[kind].when));
	}
	const theirs = all.find(({ helper }) => helper.keyId === chosen);
	const both = theirs.found.filter(({ position }) => position === 3);
	assert.equal(both.length, 2, 'the chosen one opens both as well');
	assert.deepEqual(words(both[0]), words(both[1]));
	for (const { helper, found } of all)
		if (helper !== holder.helper && helper !== theirs.helper)
			assert.deepEqual(found, [], `${helper.given} opens nothing`);
});
