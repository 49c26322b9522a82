/* keys.test.mjs: what a supporter does with her keys after the first day, in the built desk in Debian's Chromium, against a server
   that speaks client/README.md. Run by `node --test tests/browser/keys.test.mjs`. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { safetyCode } from '../../client/keylog.js';
import { PASS, deskHands } from './desk-hands.mjs';
import { sha } from './haven-double.mjs';
import { until } from './world.mjs';

const h = deskHands();
before(() => h.begin());
after(() => h.end());
beforeEach(() => h.fresh());

const NEW_PASS = 'tyttebær under snøen';
const kinds = () => h.double.state.wraps.map((w) => w[1]).sort();
const refusedPass = async (field) => {
	await h.page.waitForSelector(`${field}-e:visible`);
	assert.equal(await h.page.locator(`${field}-e`).textContent(), h.say('trouble.passphrase-wrong'));
};

test('a new passphrase: the old one must be right, and stops working; the keys stay', async () => {
	await h.setUp();
	const [before_] = h.double.state.wraps;
	await h.myKeys();
	await h.looked('keys');
	await h.act('passphrase');
	await h.heading('keys.pass.title');
	await h.looked('keys-passphrase');
	await h.page.fill('#old', 'ikke den rette');
	await h.choose(NEW_PASS);
	await h.submit();
	await refusedPass('#old');
	assert.ok(h.double.state.wraps[0].equals(before_));
	await h.page.fill('#old', PASS);
	await h.submit();
	await h.page.waitForSelector('[data-said]');
	await h.said('keys.pass.done');
	assert.deepEqual(kinds(), [1, 2]);
	assert.ok(!h.double.state.wraps.some((w) => w.equals(before_)), 'the old wrap is gone');
	assert.equal(h.double.state.keylog.length, 1);
	await h.lock();
	await h.unlock();
	await refusedPass('#pass');
	await h.unlock(NEW_PASS);
	await h.opened();
	await h.settled();
	assert.deepEqual([h.complaints, h.double.state.problems], [[], []]);
});

test('the reply to a new passphrase is lost: the new one opens', async () => {
	await h.setUp();
	await h.myKeys();
	await h.act('passphrase');
	await h.page.fill('#old', PASS);
	await h.choose(NEW_PASS);
	await h.page.route('**/s/wraps', async (route) => {
		await route.fetch();
		await route.abort();
	}, { times: 1 });
	await h.submit();
	await h.page.waitForSelector('#form-e:visible');
	await h.lock();
	await h.unlock(NEW_PASS);
	await h.opened();
	assert.deepEqual(kinds(), [1, 2]);
});

test('a new recovery code: the old one works until the new one is written down', async () => {
	const old = await h.setUp();
	await h.myKeys();
	await h.act('code');
	await h.heading('keys.code.title');
	await h.page.fill('#old', PASS);
	await h.submit();
	const code = await h.noteCode();
	assert.notEqual(code, old);
	const recovery = h.double.state.wraps.find((w) => w[1] === 2);
	await h.submit();
	await h.page.waitForSelector('[data-said]');
	await h.said('keys.code.done');
	assert.deepEqual(kinds(), [1, 2]);
	assert.ok(!h.double.state.wraps.some((w) => w.equals(recovery)));
	await h.device();
	await h.open();
	await h.page.fill('#code', old);
	await h.choose(NEW_PASS);
	await h.submit();
	await h.page.waitForSelector('#code-e:visible');
	await h.page.fill('#code', code);
	await h.submit();
	await h.opened();
	assert.deepEqual(h.complaints, []);
});

test('her devices: each has a name that only she knows, and is removed after a question', async () => {
	const code = await h.setUp();
	const phone = h.page;
	const laptop = await h.device();
	await h.byCode(code, NEW_PASS);
	await h.myKeys();
	const here = laptop.locator('[data-way]').filter({ hasText: h.say('keys.here') });
	assert.match(await here.textContent(), /18\. november 2026/);
	await h.act('rename', here);
	await h.heading('keys.rename.title');
	await h.looked('keys-name');
	await laptop.fill('#name', 'PC på vaktrommet <b>');
	await h.submit();
	await laptop.waitForSelector('[data-said]');
	assert.equal(await here.locator('h3').textContent(), 'PC på vaktrommet <b>');
	assert.ok(!h.double.state.vault.includes('vaktrommet'));
	await h.lock();
	h.use(phone);
	await h.lock();
	await h.unlock();
	await h.opened();
	await h.myKeys();
	const other = phone.locator('[data-way]').filter({ hasText: 'vaktrommet' });
	await h.act('remove', other);
	await h.heading('keys.remove.title', { name: 'PC på vaktrommet <b>' });
	await h.looked('keys-remove');
	await h.act('back');
	await h.heading('keys.title');
	assert.equal(h.double.state.wraps.length, 3);
	await h.act('remove', other);
	await h.submit();
	await phone.waitForSelector('[data-said]');
	assert.equal(h.double.state.wraps.length, 2);
	assert.equal(await other.count(), 0);
	await h.act('back');
	await h.opened();
	/* That device asks for the code from now on. */
	h.use(laptop);
	await laptop.reload();
	await laptop.waitForSelector('#code');
	assert.deepEqual([h.complaints, h.double.state.problems], [[], []]);
});

test('the last way in stays; this device can be removed when there is another, and locks', async () => {
	await h.setUp();
	const recovery = h.double.state.wraps.find((w) => w[1] === 2);
	h.double.state.wraps = h.double.state.wraps.filter((w) => w !== recovery);
	await h.myKeys();
	assert.equal(await h.page.locator('[data-act=remove]').count(), 0);
	assert.match(await h.page.locator('[data-way]').textContent(), new RegExp(h.say('keys.last')));
	/* And a page that is older than that is told so. */
	h.double.state.wraps.push(recovery);
	await h.act('back');
	await h.myKeys();
	await h.act('remove');
	h.double.state.wraps.pop();
	await h.submit();
	await h.page.waitForSelector('#form-e:visible');
	assert.equal(await h.page.locator('#form-e').textContent(), h.say('trouble.last-way'));
	h.double.state.wraps.push(recovery);
	await h.submit();
	await h.page.waitForSelector('#code');
	assert.deepEqual(h.double.state.wraps.map(sha), [sha(recovery)]);
});

test('the safety code stands on the desk and on a card that prints alone', async () => {
	await h.setUp();
	const said = await safetyCode(new Uint8Array(h.double.state.keylog[0].subarray(60, 92)));
	assert.match(said, /^\d{4}( \d{4}){5}$/);
	await h.myKeys();
	assert.equal(await h.page.locator('[data-safety]').textContent(), said);
	assert.match(await h.page.locator('[data-head="1"]').textContent(), /\d{4}( \d{4}){4}$/);
	await h.act('card');
	await h.heading('keys.card.title');
	await h.looked('keys-card');
	assert.equal(await h.page.locator('[data-safety]').textContent(), said);
	await h.page.emulateMedia({ media: 'print' });
	assert.ok(await h.page.locator('[data-safety]').isVisible());
	assert.equal(await h.page.locator('#desk button:visible').count(), 0);
	await h.page.emulateMedia({ media: 'screen' });
	await h.act('back');
	await h.heading('keys.title');
});

test('ten idle minutes lock "My keys" too', async () => {
	await h.page.clock.install();
	await h.setUp();
	await h.myKeys();
	await h.page.clock.fastForward(10 * 60 * 1000 + 6000);
	await h.page.waitForSelector('#pass');
	assert.equal(await h.page.locator('[data-way]').count(), 0);
});

test('a press on "see what is new" during the first look is not lost', async () => {
	let goOn;
	const held = new Promise((resolve) => { goOn = resolve; });
	await h.page.route('**/s/ring/101', async (route) => (await held, route.continue()));
	await h.setUp();
	await until(() => h.double.state.asked.includes('GET /s/ring/100'));
	assert.equal(h.double.state.dataFetches, 1);
	await h.act('again');
	goOn();
	await h.settled();
	assert.equal(h.double.state.dataFetches, 2);
});
