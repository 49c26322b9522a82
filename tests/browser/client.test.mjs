/* client.test.mjs: the built client in Debian's Chromium, under the strict Content-Security-Policy with Trusted Types.
   Run by `node --test tests/browser/client.test.mjs`; builds into a directory of its own. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromB64u, sha256, toB64u, toHex } from '../../client/bytes.js';
import { RESET, keyId, makeEntry } from '../../client/keylog.js';
import { deriveKeys } from '../../client/keys.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { SLOT_LENGTH, buildPost, makeDummy, openHour } from '../../client/ring.js';
import { startDouble } from './haven-double.mjs';
import { launch, tellBreaches, violations } from './screen.mjs';
import { until } from './world.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PASS = 'blåbær på fjellet';
const assets = mkdtempSync(join(tmpdir(), 'makker-client-'));
let browser, double, context, page, complaints;

before(async () => {
	execFileSync(process.execPath, [join(root, 'tools/build-client'), assets]);
	browser = await launch();
});
after(async () => {
	await context?.close();
	await browser?.close();
	await double?.close();
	rmSync(assets, { recursive: true });
});
beforeEach(async () => {
	await context?.close();
	await double?.close();
	double = await startDouble(assets);
	complaints = [];
	await newPage();
});

async function newPage(options = {}) {
	context = await browser.newContext({ locale: 'nb-NO', viewport: { width: 320, height: 640 }, ...options });
	page = await context.newPage();
	page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
	page.on('pageerror', (e) => complaints.push(String(e)));
	if (options.javaScriptEnabled !== false)
		await tellBreaches(page);
}

async function accessible() {
	assert.deepEqual(await violations(page), []);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scroll');
}

/* ---- the offer page ---- */

async function offer() {
	const inst = randomBytes(16);
	const supporters = [];
	const keylog = [];
	for (let i = 0; i < 4; i++) {
		const made = await makeSupporterKeys({ inst: new Uint8Array(inst), supporterId: new Uint8Array(randomBytes(16)), keylog });
		keylog.push(made.entry);
		supporters.push(made);
	}
	const scene = {
		inst: inst.toString('hex'), door: randomBytes(16).toString('hex'), ref: randomBytes(16).toString('hex'),
		rel: randomBytes(32).toString('hex'),
		keys: supporters.map((s, pos) => ({ id: s.keyId, pos, entry: toB64u(s.entry) })),
	};
	double.state.offer = scene;
	await page.goto(`${double.url}/offer`);
	await page.waitForSelector('#offer[data-ready]');
	const look = (who, positions, others = false) => openHour({
		inst: new Uint8Array(inst), pair: supporters[who].keys.hpke, page: new Uint8Array(double.state.posts.at(-1)).subarray(42),
		tasks: [{ id: 't', ref: new Uint8Array(Buffer.from(scene.ref, 'hex')), rel: new Uint8Array(Buffer.from(scene.rel, 'hex')), positions }],
		others,
	});
	return { scene, supporters, look };
}
const shownFails = () => page.locator('[data-fail]:visible').allTextContents();

test('an answer is sealed in the browser under the strict policy, and only its recipients open it', async () => {
	const { scene, look } = await offer();
	assert.ok(await page.locator('[data-js=on]').isVisible());
	assert.ok(await page.locator('[data-js=off]').isHidden());
	await page.fill('#phone', '00 00 03 18');
	await page.selectOption('#when', 'evening');
	await page.fill('#note', 'Åse «sa» "hei" 🌿');
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-thanks=call]:visible');
	assert.ok(await page.locator('#offer').isHidden());
	assert.equal(await page.evaluate(() => document.activeElement.dataset.thanks), 'call');
	const [post] = double.state.posts;
	assert.equal(post.length, 2090);
	assert.equal(post.subarray(2, 18).toString('hex'), scene.door);
	const [hit] = await look(0, [0]);
	assert.deepEqual({ ...hit.answer, aid: 0, t: 0 }, {
		ref: toB64u(Buffer.from(scene.ref, 'hex')), aid: 0, t: 0, kind: 'call', phone: '00 00 03 18', when: 'Kveld', name: 'Ingrid',
		note: 'Åse «sa» "hei" 🌿',
	});
	assert.equal((await look(1, [1])).length, 1);
	assert.equal((await look(3, [0, 1, 2], true)).length, 0);
	assert.deepEqual(double.state.cookies, ['']);
	assert.deepEqual(complaints, []);
});

test('who is chosen instead can open it too, and a number is needed for that', async () => {
	const { scene, look } = await offer();
	await page.check('#k-other');
	await page.click('button[type=submit]');
	assert.deepEqual(await shownFails(), ['fail to']);
	await page.selectOption('#to', scene.keys[3].id);
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=phone]:visible');
	await page.fill('#phone', '00 31');
	await page.click('button[type=submit]');
	assert.deepEqual(await shownFails(), ['fail phone'], 'four digits are no number');
	await page.fill('#phone', '+47 000 00 318');
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-thanks=other]:visible');
	assert.equal((await look(3, [], true))[0].answer.phone, '+47 000 00 318');
	assert.equal((await look(0, [0]))[0].answer.to, scene.keys[3].id);
	assert.equal(double.state.posts.length, 1);
});

test('without a network what was written stays, and the same answer goes as the same post', async () => {
	await offer();
	await page.check('#k-later');
	await page.fill('#note', 'Etter helgen');
	const bodies = [];
	await page.route('**/h/ring', (route) => {
		bodies.push(route.request().postDataBuffer());
		route.abort();
	});
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=offline]:visible');
	assert.equal(await page.inputValue('#note'), 'Etter helgen');
	await page.unroute('**/h/ring');
	for (const [status, text] of [[500, 'server'], [429, 'busy'], [403, 'refused'], [204, null]]) {
		double.state.ringReply = () => ({ status });
		await page.click('button[type=submit]');
		await page.waitForSelector(text ? `[data-fail=${text}]:visible` : '[data-thanks=later]:visible');
		if (text)
			assert.deepEqual(await shownFails(), [`fail ${text}`]);
	}
	const ids = new Set([...bodies, ...double.state.posts].filter(Boolean).map((b) => b.subarray(18, 34).toString('hex')));
	assert.equal(ids.size, 1);
	assert.equal(new Set(double.state.posts.map((b) => b.toString('hex'))).size, 1);
});

test('a changed answer is another post', async () => {
	await offer();
	double.state.ringReply = (body, n) => ({ status: n === 1 ? 503 : 204 });
	await page.check('#k-later');
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=server]:visible');
	await page.check('#k-none');
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-thanks=none]:visible');
	const [one, two] = double.state.posts;
	assert.notEqual(one.subarray(18, 34).toString('hex'), two.subarray(18, 34).toString('hex'));
});

test('a page that lies open past the closing sends nothing, and says to open the link again', async () => {
	await page.clock.install();
	double.state.lasts = 600;
	await offer();
	await page.check('#k-none');
	await page.clock.runFor(599 * 1000);
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-thanks=none]:visible');
	await offer();
	await page.clock.runFor(602 * 1000);
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=refused]:visible');
	assert.equal(double.state.posts.length, 1);
});

test('asked for work, the browser does it and comes back by itself', async () => {
	await offer();
	double.state.ringReply = (body) => {
		const zeros = createHash('sha256').update(body).digest().readUInt32BE(0) < 2 ** 20;
		return zeros ? { status: 204 } : { status: 429, headers: { 'Makker-Work': '12' } };
	};
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-thanks=call]:visible');
	assert.equal(double.state.posts.length, 2);
});

test('too long a note, and a key whose log entry does not hold, are not sent', async () => {
	const { scene } = await offer();
	await page.fill('#note', '🌿'.repeat(31));
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=long]:visible');
	const entry = Buffer.from(scene.keys[1].entry, 'base64url');
	entry[95] ^= 1;
	scene.keys[1] = { pos: 1, entry: entry.toString('base64url'), id: toHex(await keyId(new Uint8Array(entry.subarray(92, 124)))) };
	await page.reload();
	await page.waitForSelector('#offer[data-ready]');
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-fail=key]:visible');
	assert.equal(double.state.posts.length, 0);
});

test('Escape twice leaves the page, and Back does not return to it', async () => {
	await page.goto('about:blank');
	await offer();
	await page.keyboard.press('Escape');
	await page.waitForTimeout(1100);
	await page.keyboard.press('Escape');
	assert.match(page.url(), /offer$/);
	await page.keyboard.press('Escape');
	await page.waitForURL('**/elsewhere');
	await page.goBack();
	assert.equal(page.url(), 'about:blank');
});

test('without JavaScript the form is as the server made it', async () => {
	const { scene } = await offer();
	await context.close();
	await newPage({ javaScriptEnabled: false });
	double.state.offer = scene;
	await page.goto(`${double.url}/offer`);
	assert.ok(await page.locator('[data-js=off]').isVisible());
	assert.ok(await page.locator('[data-js=on]').isHidden());
	assert.ok(await page.locator('button[type=submit]').isVisible());
});

/* ---- the desk ---- */

const id16 = () => randomBytes(16).toString('base64url');
function taskOf(over = {}) {
	return {
		id: id16(), incident: 'aW5jaWRlbnQtb25lLS0tLQ', ref: id16(), rel: randomBytes(32).toString('hex'), role: 0, name: 'Ingrid Solli',
		phone: '00000318', email: true, lang: 'nb', title: 'Hendelse i mottaket', day_text: 'onsdag 18. november', deadline: 1795000000,
		deadline_day: '2026-11-19', due_text: 'I morgen før kl. 14', since: 100, taken_over: false, late: false, ...over,
	};
}

/* A closed hour of eight slots, the answers among dummies. */
async function hourOf(...posts) {
	const slots = posts.map((p) => Buffer.from(p.subarray(42)));
	while (slots.length < 8)
		slots.splice(randomBytes(1)[0] % (slots.length + 1), 0, Buffer.concat([await makeDummy(), await makeDummy(), await makeDummy(), await makeDummy()]));
	assert.equal(slots[0].length, SLOT_LENGTH);
	return Buffer.concat(slots);
}
const bytesOf = (s) => new Uint8Array(Buffer.from(s, s.length === 64 ? 'hex' : 'base64url'));
const hpkePub = () => new Uint8Array(double.state.keylog.at(-1).subarray(92, 124));
const sealTo = (task, said, at = 0) => buildPost({
	inst: new Uint8Array(double.state.inst), door: new Uint8Array(16), postId: new Uint8Array(16), rel: bytesOf(task.rel), keys: { [at]: hpkePub() },
	answer: { ref: bytesOf(task.ref), aid: new Uint8Array(randomBytes(16)), t: 29391120, ...said },
});

/* → the recovery code, which she says that she has. */
async function toCode() {
	await page.goto(`${double.url}/desk`);
	await page.fill('#new', PASS);
	await page.fill('#again', PASS);
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-code]', { timeout: 60000 });
	const code = (await page.locator('[data-code]').allTextContents()).join('\n');
	await page.check('#written');
	return code;
}

async function setUp() {
	const code = await toCode();
	await page.click('button[type=submit]');
	await opened();
	return code;
}
async function byCode(code, passphrase = 'en annen passfrase') {
	await page.goto(`${double.url}/desk`);
	await page.fill('#code', code);
	await page.fill('#new', passphrase);
	await page.fill('#again', passphrase);
	await page.click('button[type=submit]');
	await opened();
}
const opened = () => page.waitForSelector('[data-act=again]', { timeout: 60000 });
const settled = () => page.waitForFunction(() => /åpnet/.test(document.querySelector('#desk [role=status]')?.textContent));
async function unlock(passphrase = PASS) {
	await page.fill('#pass', passphrase);
	await page.click('button[type=submit]');
}

test('first keys: made in the browser, the code shown before anything is sent, every page accessible', async () => {
	await page.goto(`${double.url}/desk`);
	await page.fill('#new', 'kort');
	await page.click('button[type=submit]');
	assert.match(await page.locator('#new-e').textContent(), /10/);
	await accessible();
	await page.fill('#new', PASS);
	await page.fill('#again', `${PASS}!`);
	await page.click('button[type=submit]');
	assert.ok(await page.locator('#again-e').isVisible());
	await page.fill('#again', PASS);
	await page.click('button[type=submit]');
	await page.waitForSelector('[data-code]', { timeout: 60000 });
	assert.equal(double.state.keylog.length, 0);
	await accessible();
	await page.click('button[type=submit]');
	assert.ok(await page.locator('#written-e').isVisible());
	assert.equal(double.state.keylog.length, 0);
	await page.check('#written');
	await page.click('button[type=submit]');
	await opened();
	await settled();
	assert.deepEqual(double.state.wraps.map((w) => [w.length, w[1]]), [[92, 1], [92, 2]]);
	assert.equal(double.state.vault.length, 65536);
	await accessible();
	const kept = await page.evaluate(() => new Promise((resolve) => {
		const opening = indexedDB.open('makker');
		opening.onsuccess = () => {
			const all = opening.result.transaction('device').objectStore('device').getAll();
			all.onsuccess = async () => {
				const [row] = all.result;
				const out = await crypto.subtle.exportKey('raw', row.deviceKey).then(() => 'exported', (e) => e.name);
				resolve({ n: all.result.length, extractable: row.deviceKey.extractable, out, fields: Object.keys(row).sort() });
			};
		};
	}));
	assert.deepEqual(kept, { n: 1, extractable: false, out: 'InvalidAccessError', fields: ['deviceKey', 'vault', 'wrap'] });
	assert.deepEqual(double.state.problems, []);
	assert.deepEqual(complaints, []);
});

test('sealed answers are opened and stand as text, however hostile; tries and closing rest in the vault', async () => {
	await setUp();
	const silent = taskOf({ name: 'Mehmet Kaya', email: false, phone: null });
	const asked = taskOf();
	const also = 'Åse er oppgaven din to ganger: også etter «<b>Noe annet</b>», i går. Én samtale er nok. Noter den på begge.';
	const stood = taskOf({ name: 'Åse Berg', role: 1, taken_over: true, also_text: also, group_text: 'Det er en felles avlastningssamtale, i morgen kl. 10.' });
	double.state.tasks = [asked, silent, stood];
	const evil = '<img src=x onerror=alert(1)>\u202e';
	double.state.hours.set(102, await hourOf(
		await sealTo(asked, { kind: 'call', phone: '00 00 09 99', note: evil }), await sealTo(stood, { kind: 'none' }, 1),
		await sealTo(taskOf(), { kind: 'other', name: 'Per', phone: 'javascript:alert(1)', note: evil, to: toHex(await keyId(hpkePub())) }, 3),
		await sealTo(taskOf(), { kind: 'other', name: 'Pål', phone: '00000777', to: '00'.repeat(8) }, 3)));
	double.state.ring.to = 102;
	await page.click('[data-act=again]');
	await page.waitForSelector('[data-other]');
	await settled();
	const order = await page.locator('[data-task] h2').allTextContents();
	assert.equal(order[0], 'Mehmet Kaya');
	const card = (task) => page.locator(`[data-task="${task.id}"]`);
	assert.equal(await card(asked).locator('[data-said=note]').textContent(), '<img src=x onerror=alert(1)>');
	assert.equal(await card(asked).locator('a[href^=tel]').getAttribute('href'), 'tel:00000999');
	assert.equal(await card(stood).locator('a[href="tel:00000318"] .mk-num').textContent(), '00 00 03 18');
	assert.equal(await card(stood).locator('[data-answer]').getAttribute('data-answer'), 'none');
	assert.equal(await card(stood).locator('[data-also]').textContent(), also);
	assert.equal(await page.locator('[data-also]').count(), 1);
	assert.match(await card(stood).locator('[data-group]').textContent(), /avlastningssamtale/);
	assert.equal(await page.locator('[data-group]').count(), 1);
	assert.equal(await page.locator('#desk img').count(), 0);
	assert.equal(await page.locator('[data-other]').count(), 1);
	assert.equal(await page.locator('[data-other] a').count(), 0);
	await accessible();
	await card(silent).locator('[data-act=tried]').click();
	assert.equal(await card(silent).locator('[data-tries]').getAttribute('data-tries'), '1');
	await card(asked).locator('[data-act=reached]').click();
	await page.locator('[data-act=other-done]').click();
	assert.equal(await page.locator('[data-other]').count(), 0);
	assert.deepEqual(double.state.outcomes, []); /* not before the day */
	const writes = double.state.vaultWrites;
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	assert.equal(double.state.vaultWrites, writes + 1);
	assert.equal((await page.content()).includes('Ingrid Solli'), false);

	double.state.today = '2026-11-19';
	await unlock('feil passfrase her');
	await page.waitForSelector('#pass-e:visible', { timeout: 60000 });
	await accessible();
	await unlock();
	await opened();
	await settled();
	assert.equal(await card(asked).locator('[data-outcome=reached]').count(), 1);
	assert.equal(await card(silent).locator('[data-tries="1"]').count(), 1);
	assert.equal(await card(asked).locator('[data-said=note]').count(), 1);
	const sent = Object.fromEntries(double.state.outcomes.at(-1).map((o) => [o.task, o.outcome]));
	assert.deepEqual(sent, { [asked.id]: 'reached', [silent.id]: 'open', [stood.id]: 'open' });
	assert.deepEqual([...double.state.seen.at(-1)].sort(), [asked.id, silent.id, stood.id].sort());
	await card(silent).locator('[data-act=not-reached]').click();
	await page.waitForFunction((id) => document.querySelector(`[data-task="${id}"] [data-outcome]`), silent.id);
	await until(() => double.state.outcomes.length === 2);
	assert.equal(double.state.outcomes.at(-1).find((o) => o.task === silent.id).outcome, 'not-reached');
	await card(stood).locator('[data-act=pass-on]').click();
	await page.waitForFunction((id) => !document.querySelector(`[data-task="${id}"]`), stood.id);
	assert.deepEqual(double.state.passed, [stood.id]);
	assert.equal(double.state.vault.length, 65536);
	assert.deepEqual(double.state.problems, []);
	assert.deepEqual(complaints, []);
});

test('who asked for a call shortly before the closing still stands on the desk, and who did not does not', async () => {
	await setUp();
	const [asked, silent] = [taskOf({ closed: true }), taskOf({ closed: true, name: 'Åse Berg' })];
	double.state.tasks = [asked, silent];
	double.state.hours.set(102, await hourOf(await sealTo(asked, { kind: 'call', phone: '00 00 09 99' }), await sealTo(silent, { kind: 'none' })));
	double.state.ring.to = 102;
	await page.click('[data-act=again]');
	const card = page.locator(`[data-task="${asked.id}"][data-closed]`);
	await card.waitFor();
	await settled();
	assert.equal(await page.locator('[data-task]').count(), 1);
	assert.equal(await card.locator('a[href^=tel]').getAttribute('href'), 'tel:00000999');
	assert.equal(await card.locator('[data-act=pass-on]').count(), 0);
	await accessible();
	await card.locator('[data-act=reached]').click();
	await card.waitFor({ state: 'detached' });
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	assert.deepEqual(double.state.outcomes, [], 'nothing is said of what has closed');
});

test('on the day a lock says every outcome, after the vault was written, and shows at once that it locks', async () => {
	const task = taskOf({ deadline_day: double.state.today });
	double.state.tasks = [task];
	await setUp();
	await settled();
	assert.equal(double.state.outcomes.length, 1);
	double.state.asked = [];
	const goOn = double.holdVault();
	await page.click('[data-act=lock]');
	await page.waitForSelector('h1:focus');
	assert.match(await page.locator('#desk').textContent(), /Pulten er låst.*Lagrer/);
	assert.equal((await page.content()).includes('Ingrid Solli'), false);
	goOn();
	await page.waitForSelector('#pass');
	assert.deepEqual(double.state.asked, ['POST /s/vault', 'POST /s/tasks/outcomes', 'GET /s/desk/keys']);
	assert.deepEqual(double.state.outcomes.slice(1), [[{ task: task.id, outcome: 'open' }]]);
});

test('what another device noted is not unsaid by a device that did not know of it', async () => {
	const [one, two] = [taskOf({ deadline_day: double.state.today }), taskOf({ deadline_day: double.state.today, name: 'Åse Berg' })];
	double.state.tasks = [one, two];
	const code = await setUp();
	await settled();
	const first = { context, page };
	await newPage();
	await byCode(code);
	await settled();
	await page.click(`[data-task="${one.id}"] [data-act=reached]`);
	await until(() => double.state.outcomes.at(-1).some((o) => o.outcome === 'reached'));
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	await context.close();
	({ context, page } = first);
	const told = () => Object.fromEntries(double.state.outcomes.at(-1).map((o) => [o.task, o.outcome]));
	await page.click(`[data-task="${two.id}"] [data-act=reached]`);
	await until(() => told()[two.id] === 'reached');
	assert.equal(told()[one.id], 'reached');
	await page.waitForSelector(`[data-task="${one.id}"] [data-outcome=reached]`);
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	assert.deepEqual(told(), { [one.id]: 'reached', [two.id]: 'reached' });
});

test('a new device opens by the recovery code, gets a wrap of its own, and the first device still works', async () => {
	const code = await setUp();
	const first = { context, page };
	await newPage();
	await page.goto(`${double.url}/desk`);
	const [line] = code.split('\n');
	await page.fill('#code', code.replace(line, line.replace(/\d$/, (d) => (+d + 1) % 10)));
	await page.fill('#new', 'en annen passfrase');
	await page.fill('#again', 'en annen passfrase');
	await page.click('button[type=submit]');
	assert.match(await page.locator('#code-e').textContent(), /linje 1/);
	await accessible();
	await page.fill('#code', code.replaceAll(' ', '-'));
	await page.click('button[type=submit]');
	await opened();
	assert.deepEqual(double.state.wraps.map((w) => w[1]), [1, 2, 1]);
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	await unlock('en annen passfrase');
	await opened();
	await context.close();
	({ context, page } = first);
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	await unlock();
	await opened();
	await settled();
	assert.deepEqual(complaints.filter((c) => !/412/.test(c)), []);
});

test('keys made by the module for the demonstration open by their recovery code', async () => {
	const made = await makeSupporterKeys({ inst: new Uint8Array(double.state.inst), supporterId: new Uint8Array(double.state.supporter) });
	double.state.keylog.push(Buffer.from(made.entry));
	double.state.wraps.push(Buffer.from(fromB64u(made.body.wraps[0])));
	double.state.vault = Buffer.from(made.vault);
	await page.goto(`${double.url}/desk`);
	await page.fill('#code', made.recoveryCode.join(' / '));
	await page.fill('#new', PASS);
	await page.fill('#again', PASS);
	await page.click('button[type=submit]');
	await opened();
	await settled();
	assert.deepEqual(double.state.wraps.map((w) => w[1]), [2, 1]);
	assert.deepEqual(complaints, []);
});

test('a forked log, or an entry under her id that is not hers, leads to the red page; a new key of a colleague does not', async () => {
	await setUp();
	await settled();
	const fetches = double.state.dataFetches;
	const { inst, supporter, keylog: [mine] } = double.state;
	const keysOf = (supporterId, keylog) => makeSupporterKeys({
		inst: new Uint8Array(inst), supporterId: new Uint8Array(supporterId), keylog: keylog.map((e) => new Uint8Array(e)),
	});
	const colleague = Buffer.from((await keysOf(randomBytes(16), [mine])).entry);
	const forked = Buffer.from((await keysOf(randomBytes(16), [])).entry);
	const thief = await deriveKeys(new Uint8Array(randomBytes(32)));
	const reset = Buffer.from(await makeEntry({
		kind: RESET, n: 1, prev: await sha256(new Uint8Array(mine)), supporter: new Uint8Array(supporter), sign: thief.sign,
		hpkePub: thief.hpke.raw, day: 20410,
	}));
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	const writes = double.state.vaultWrites;
	for (const log of [[forked], [mine, reset], []]) {
		double.state.keylog = log;
		await page.reload();
		await page.waitForSelector('#pass');
		await unlock();
		await page.waitForSelector('.mk-note[role=alert]', { timeout: 60000 });
		assert.match(await page.locator('h1').textContent(), /galt med nøklene/);
		await accessible();
	}
	assert.deepEqual([double.state.vaultWrites, double.state.dataFetches], [writes, fetches]);
	double.state.keylog = [mine, colleague];
	await page.reload();
	await page.waitForSelector('#pass');
	await unlock();
	await opened();
});

test('ten idle minutes lock the desk; a touch puts it off; the vault is written on a beat', async () => {
	await page.clock.install();
	await setUp();
	await settled();
	const writes = double.state.vaultWrites;
	await page.clock.runFor(61 * 1000);
	await until(() => double.state.vaultWrites > writes);
	await page.clock.fastForward(8 * 60 * 1000);
	await page.mouse.wheel(0, 10);
	await page.waitForTimeout(100);
	await page.clock.fastForward(9 * 60 * 1000);
	assert.ok(await page.locator('[data-act=again]').isVisible());
	await page.clock.fastForward(61 * 1000);
	await page.waitForSelector('#pass');
	assert.match(await page.locator('#desk').textContent(), /ti minutter/);
});

test('leaving the page writes the vault with its last breath, and what was noted is there on any device', async () => {
	const code = await setUp();
	double.state.tasks = [taskOf()];
	await page.click('[data-act=again]');
	await page.waitForSelector('[data-task]');
	await settled();
	await page.click('[data-act=tried]');
	await page.waitForSelector('[data-tries="1"]');
	await page.waitForTimeout(200);
	const writes = double.state.vaultWrites;
	await page.goto(`${double.url}/elsewhere`);
	await until(() => double.state.vaultWrites > writes);
	assert.equal(double.state.vaultWrites, writes + 1);
	await context.close();
	await newPage(); /* nothing is left of the first device */
	await byCode(code);
	await page.waitForSelector('[data-tries="1"]');
});

test('two tabs of one device: what was noted in either is there when both are gone, without a word to the server', async () => {
	double.state.tasks = [taskOf(), taskOf({ name: 'Åse Berg' })];
	await setUp();
	await settled();
	const [one, two] = [page, await context.newPage()];
	page = two;
	await page.goto(`${double.url}/desk`);
	await unlock();
	await opened();
	await settled();
	await context.route('**/s/vault', (route) => route.abort());
	for (const [tab, task] of [[one, 0], [two, 1], [one, 0]]) {
		await tab.locator(`[data-task="${double.state.tasks[task].id}"] [data-act=tried]`).click();
		await tab.waitForTimeout(300);
	}
	await one.close();
	await two.goto('about:blank');
	await context.unroute('**/s/vault');
	await page.goto(`${double.url}/desk`);
	await unlock();
	await opened();
	const tries = (task) => page.locator(`[data-task="${double.state.tasks[task].id}"] [data-tries]`).getAttribute('data-tries');
	assert.deepEqual([await tries(0), await tries(1)], ['2', '1']);
});

test('the reply to the first keys is lost: she presses again and is in, and the passphrase opens from then on', async () => {
	await page.route('**/s/keys', async (route) => {
		await route.fetch();
		await route.abort();
	}, { times: 1 });
	await toCode();
	await page.click('button[type=submit]');
	await page.waitForSelector('#form-e:visible');
	assert.match(await page.locator('#form-e').textContent(), /Ingen forbindelse/);
	assert.equal(double.state.keylog.length, 1);
	await page.click('button[type=submit]');
	await opened();
	await page.reload();
	await unlock();
	await opened();
	assert.equal(double.state.keylog.length, 1);
});

test('keys made in another window meanwhile: the page says so, and the device still opens with those', async () => {
	await toCode();
	const late = page;
	page = await context.newPage();
	await setUp();
	await page.close();
	page = late;
	await page.click('button[type=submit]');
	await page.waitForSelector('#form-e:visible');
	assert.match(await page.locator('#form-e').textContent(), /allerede laget nøkler/);
	await accessible();
	await page.reload();
	await unlock();
	await opened();
});

test('opening answers fails: the page says so and does not hang, and the next look goes on', async () => {
	double.state.broken = 'ring-worker.js';
	await setUp();
	await page.waitForSelector('#desk .mk-note[role=alert]');
	assert.equal(await page.locator('#desk [role=status]').first().textContent(), '');
	double.state.broken = null;
	await page.click('[data-act=again]');
	await settled();
	assert.equal(await page.locator('#desk .mk-note[role=alert]').count(), 0);
});

test('a beat that fails is told once, until a good one takes it back', async () => {
	await page.clock.install();
	await setUp();
	await settled();
	const alert = page.locator('#desk .mk-note[role=alert]');
	let tried = 0;
	await page.route('**/s/vault', (route) => (tried++, route.abort()));
	await page.clock.runFor(61 * 1000);
	await alert.waitFor();
	await alert.evaluate((one) => { one.dataset.first = 'yes'; });
	await page.clock.runFor(61 * 1000);
	await until(() => tried === 2);
	await page.waitForTimeout(100);
	assert.equal(await alert.getAttribute('data-first'), 'yes', 'the same is not said again');
	await page.unroute('**/s/vault');
	await page.clock.runFor(61 * 1000);
	await alert.waitFor({ state: 'detached' });
});

test('an answer that comes in takes neither the focus nor the button under a finger', async () => {
	const [mine, theirs] = [taskOf(), taskOf({ name: 'Åse Berg', deadline: 1795000001 })];
	double.state.tasks = [mine, theirs];
	await setUp();
	await settled();
	const arrives = async (hour, task) => {
		let goOn;
		const held = new Promise((resolve) => { goOn = resolve; });
		double.state.hours.set(hour, await hourOf(await sealTo(task, { kind: 'call', note: `time ${hour}` })));
		double.state.ring.to = hour;
		await page.route(`**/s/ring/${hour}`, async (route) => (await held, route.continue()));
		await page.click('[data-act=again]');
		const button = page.locator(`[data-task="${mine.id}"] [data-act=tried]`);
		await button.focus();
		const before = await button.elementHandle();
		goOn();
		await page.waitForFunction((note) => document.querySelector('#desk').textContent.includes(note), `time ${hour}`);
		return page.evaluate((one) => ({
			same: one === document.activeElement, act: document.activeElement.dataset.act,
			task: document.activeElement.closest('[data-task]')?.dataset.task,
		}), before);
	};
	assert.deepEqual(await arrives(102, theirs), { same: true, act: 'tried', task: mine.id });
	assert.deepEqual(await arrives(103, mine), { same: false, act: 'tried', task: mine.id });
	await settled();
	await page.locator(`[data-task="${mine.id}"] [data-act=reached]`).click();
	assert.equal(await page.evaluate(() => document.activeElement.id), `task-${mine.id}`);
});

test('signed out while the desk is open, or at the passphrase, there is a way back in', async () => {
	await setUp();
	await settled();
	double.state.signedOut = true;
	await page.click('[data-act=again]');
	await page.waitForSelector('#desk a[href="/s/sign-in"]');
	assert.equal(await page.locator('#desk [role=status]').first().textContent(), '');
	await accessible();
	double.state.signedOut = false;
	await page.click('[data-act=again]');
	await settled();
	assert.equal(await page.locator('#desk a[href="/s/sign-in"]').count(), 0);
	await page.click('[data-act=lock]');
	await page.waitForSelector('#pass');
	await unlock('feil passfrase her');
	await page.waitForSelector('#pass-e:visible');
	double.state.signedOut = true;
	await unlock();
	await page.waitForSelector('#desk a[href="/s/sign-in"]');
});

test('signed out, the desk says so and gives the way back in', async () => {
	double.state.signedOut = true;
	await page.goto(`${double.url}/desk`);
	await page.waitForSelector('a[href="/s/sign-in"]');
	await accessible();
});
