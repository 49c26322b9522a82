/* key-life.test.mjs: a second device, other keys, lost keys and leaving, at the real makker-haven in Debian's Chromium. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fromHex, systemRandom, toHex } from '../../client/bytes.js';
import { keyId, readEntry } from '../../client/keylog.js';
import { buildPost } from '../../client/ring.js';
import { id, startLive } from './live-desk.mjs';
import { until } from './world.mjs';

const NEW_PASS = 'tyttebær under snøen';
let live, phone, laptop, hers, code, offered;
before(async () => {
	live = await startLive({ at: '2026-11-18T09:00:00+01:00', supporters: ['Kari Nes', 'Tariq Ali'], others: ['Ingrid Solli'] });
	code = await live.setUp('kari');
	phone = live.page;
	await live.setUp('tariq');
});
after(() => live?.stop());

const use = (page) => { live.page = page; };
const wraps = (name = 'kari') => live.ask(name, '/s/desk/keys').then((r) => r.json().wraps.map((w) => Buffer.from(w, 'base64url')[1]).sort());
const pairings = () => live.sql('SELECT bytes FROM pairing').length;
const wrong = async (key) => {
	await live.page.waitForSelector('#code-e:visible');
	assert.equal(await live.page.locator('#code-e').textContent(), live.say(key));
};

async function showPairing() {
	await live.act('keys');
	await live.act('pair');
	await live.heading('pair.title');
	await live.page.fill('#old', 'blåbær på fjellet i august');
	await live.submit();
	await live.page.waitForSelector('[data-code]');
	return (await live.page.locator('[data-code]').allTextContents()).join('\n');
}

test('an open device lets another one in, once', { timeout: 120000 }, async () => {
	use(phone);
	await phone.reload();
	await live.unlock();
	await live.opened();
	const digits = await showPairing();
	await live.looked('pairing');
	assert.equal(pairings(), 1);
	assert.ok(!live.sql('SELECT bytes FROM pairing')[0][0].includes(Buffer.from(digits.replace(/\D/g, '')).toString('hex')));
	laptop = await live.device('kari');
	await live.page.fill('#code', digits);
	await live.choose(NEW_PASS);
	await live.submit();
	await live.opened();
	assert.equal(pairings(), 0);
	assert.deepEqual(await wraps(), [1, 1, 2]);
	await live.device('kari'); /* a third one, a little later, gets nothing */
	await live.page.fill('#code', digits);
	await live.choose(NEW_PASS);
	await live.submit();
	await wrong('trouble.code-wrong');
	assert.deepEqual(await wraps(), [1, 1, 2]);
	await live.page.context().close();
});

test('of two that ask at once one is let in; nobody else\'s account gets it', async () => {
	use(phone);
	await live.act('done');
	await live.act('back');
	await showPairing();
	assert.equal((await live.tell('tariq', '/s/pairing/take', {})).json().wrap, null);
	const answers = await Promise.all([1, 2, 3, 4].map(() => live.tell('kari', '/s/pairing/take', {})));
	assert.deepEqual(answers.map((a) => a.json().wrap === null).sort(), [false, true, true, true]);
	for (const body of [{}, { add: 'x' }, { add: Buffer.alloc(92).toString('base64url') }, { add: 'A'.repeat(123), more: 1 }])
		assert.equal((await live.tell('kari', '/s/pairing', body)).status, 400);
});

test('digits that are not typed in ten minutes are gone from the database, and thrown away at a press', async () => {
	use(phone);
	await live.act('done');
	await live.act('back');
	await showPairing();
	await live.act('done');
	await live.heading('keys.title');
	assert.equal(pairings(), 0);
	await live.act('back');
	await showPairing();
	assert.equal(pairings(), 1);
	await live.haven.clock('2026-11-18T09:09:30+01:00');
	assert.equal(pairings(), 1);
	await live.haven.clock('2026-11-18T09:11:00+01:00');
	await until(() => pairings() === 0);
});

test('new keys: the old ones sign for them, every other way in ends, and other devices are told', { timeout: 120000 }, async () => {
	use(phone);
	await phone.reload();
	await live.unlock();
	await live.opened();
	await live.act('keys');
	await live.act('rotate');
	await live.heading('rotate.title');
	await live.looked('rotate');
	await phone.fill('#old', 'blåbær på fjellet i august');
	await live.submit();
	code = await live.noteCode();
	assert.equal(live.sql('SELECT kind FROM key_log').length, 2, 'nothing is sent before she has the code');
	await live.submit();
	await phone.waitForSelector('#pass');
	assert.deepEqual(live.sql('SELECT kind FROM key_log ORDER BY n'), [[1], [1], [2]]);
	assert.deepEqual(await wraps(), [1, 2]);
	await live.unlock();
	await live.opened();
	await live.lock();
	await live.unlock();
	await live.opened();
	use(laptop);
	await live.again('kari');
	await laptop.waitForSelector('#code');
	assert.match(await laptop.locator('#desk').textContent(), new RegExp(live.say('device.moved').slice(0, 40)));
	await laptop.fill('#code', code);
	await live.choose(NEW_PASS);
	await live.submit();
	await live.opened();
	assert.deepEqual(await wraps(), [1, 1, 2]);
	assert.deepEqual(live.complaints.filter((c) => !/404|409/.test(c)), []);
});

test('lost keys: she asks, the coordinator says yes, the new keys are told to senders, and who waited goes on', { timeout: 180000 }, async () => {
	/* An open desk writes its vault, which shows that she has a way in. */
	for (const page of [laptop, phone]) {
		use(page);
		await live.lock();
	}
	live.haven.door.incidents = [{
		id: id(21), title: 'Hendelse i mottaket', severity: 2, day: Math.floor(Date.UTC(2026, 10, 18) / 86400000), unit: 'Sykehuset / Mottaket',
		excluded: [id(2), id(3)], exposures: [{ id: id(31), person: id(3) }],
	}];
	live.haven.door.rev.incidents = 2;
	const holds = async (name) => (await live.ask(name, '/s/desk/data')).json().tasks.filter((t) => !t.closed).length;
	await until(async () => await holds('kari') === 1);
	const link = (await until(() => live.haven.mails.find((m) => m.to.includes('p3@fjordvik.example')))).text.match(/http:\S+\/h\/o\/\S+/)[0];
	const page = async () => (await live.haven.request('GET', `${new URL(link).pathname}?lang=nb`)).text;
	offered = await page();
	assert.ok(!offered.includes('data-renewed'));
	assert.match(await page(), /Kari Nes[^<]*<\/dt><dd class="mk-num" data-safety="[0-9a-f]{16}">\d{4}( \d{4}){5}</);

	await live.device('kari');
	await live.act('lost');
	await live.heading('lost.title');
	await live.looked('lost');
	const refused = await live.tell('kari', '/s/keys/reset', {});
	assert.equal(refused.status, 400);
	await live.submit();
	await live.page.waitForSelector('[data-asked]');
	const approve = (name, fields) => live.form('/s/programme/keys', { csrf: live.who[name].csrf, ...fields }, live.who[name].cookie);
	const [[kari]] = live.sql('SELECT supporter FROM key_reset');
	const supporter = Buffer.from(kari, 'hex').toString('base64url');
	for (const [name, fields, status] of [['kari', { supporter }, 403], ['mona', {}, 400], ['mona', { supporter, csrf: 'x' }, 403]])
		assert.equal((await approve(name, fields)).status, status, JSON.stringify([name, fields]));
	await live.page.reload();
	await live.page.waitForSelector('#code');
	hers = live.page;

	await live.device('mona', { path: '/s/programme?lang=nb' });
	await live.page.click('[data-reset] summary');
	await live.looked('programme-reset');
	await live.page.click('[data-reset] button[type=submit]');
	await live.page.waitForURL('**/s/programme*');
	assert.equal(await live.page.locator('[data-reset] form').count(), 0);

	/* A yes, of which a thief with her sign-in may have asked the coordinator, shuts nobody out who has a way in, and is over with it. */
	use(phone);
	await live.again('kari');
	await live.heading('setup.title');
	await live.looked('reset-way');
	await live.act('way');
	await live.unlock();
	await live.opened();
	await until(() => live.sql('SELECT * FROM key_reset').length === 0);
	await live.lock();
	await live.heading('locked.title', { name: 'Kari Nes' });
	use(hers);
	await live.again('kari');
	await live.act('lost');
	await live.submit();
	await live.page.waitForSelector('[data-asked]');
	assert.equal((await approve('mona', { supporter })).status, 303);

	live.sql('DELETE FROM excluded'); /* Tariq may be sent from now on, so that there is somebody to choose */
	await hers.reload();
	await hers.waitForSelector('#new');
	assert.match(await hers.locator('#desk').textContent(), new RegExp(live.say('reset.approved').slice(0, 40)));
	await live.choose(NEW_PASS);
	await live.submit();
	await live.noteCode();
	await live.submit();
	await live.opened();
	assert.deepEqual(live.sql('SELECT kind FROM key_log ORDER BY n'), [[1], [1], [2], [3]]);
	assert.deepEqual(await wraps(), [1, 2]);
	assert.equal(live.sql('SELECT * FROM key_reset').length, 0);
	assert.equal(await holds('kari'), 0, 'what she cannot open is no longer hers');
	/* Nobody knows who chose her: every page that was made before says it. */
	assert.ok(!offered.includes('data-lost'));
	assert.match(await page(), /data-lost>[^]*<span>Valgte du Kari Nes selv\? Kari Nes kan ikke lenger lese det du sendte/);
	use(await (await live.browser.newContext({ locale: 'nb-NO' })).newPage());
	await live.page.goto(link);
	await live.looked('lost-told');
	use(hers);
	await live.lock();
	await live.unlock(NEW_PASS);
	await live.opened();
	/* Her phone, with the old keys, opens nothing. */
	use(phone);
	await live.again('kari');
	await phone.waitForSelector('#code');
});

test('leaving: her key ends, nothing of hers stays, and she may begin again', { timeout: 120000 }, async () => {
	use(hers);
	const hour = () => live.ask('kari', '/s/desk/data').then((r) => r.json().ring.to);
	const attribute = (name) => offered.match(new RegExp(`data-${name}="([^"]+)"`))[1];
	const entry = readEntry(Buffer.from((await live.ask('kari', '/s/desk/keys')).json().keylog.at(-1), 'base64url'));
	const to = await keyId(entry.hpkePub);
	const body = await buildPost({
		inst: fromHex(attribute('inst'), 16), door: fromHex(attribute('door'), 16), postId: systemRandom(16), rel: fromHex(attribute('rel'), 32),
		keys: { 3: entry.hpkePub },
		answer: {
			ref: fromHex(attribute('ref'), 16), aid: systemRandom(16), t: Math.floor(Date.parse('2026-11-18T09:11:00+01:00') / 60000),
			kind: 'other', phone: '00000318', name: 'Ingrid', to: toHex(to),
		},
	});
	assert.equal((await live.haven.request('POST', '/h/ring', { body: Buffer.from(body), headers: { 'Content-Type': 'application/octet-stream' } })).status, 204);
	const before = await hour();
	await live.haven.clock('2026-11-18T10:01:00+01:00');
	await until(async () => await hour() > before);
	await live.act('keys');
	await live.act('retire');
	await hers.check('#sure');
	await live.submit();
	await hers.waitForSelector('#form-e:visible');
	assert.equal(await hers.locator('#form-e').textContent(), live.say('trouble.retire-others'), 'whoever chose her waits: nobody else can read it');
	await live.looked('retire-others');
	assert.equal(live.sql('SELECT kind FROM key_log').length, 4);
	await live.act('back');
	await live.heading('keys.title');
	await live.act('back');
	await live.opened();
	await hers.getByRole('button', { name: live.say('other.done'), exact: true }).click();
	await live.act('keys');
	await live.act('retire');
	await live.heading('retire.title');
	await live.looked('retire');
	await live.submit();
	await hers.waitForSelector('#sure-e:visible');
	assert.equal((await live.tell('kari', '/s/keys/retire', { entry: 'A'.repeat(342) })).status, 400);
	assert.equal((await wraps()).length, 2);
	await hers.check('#sure');
	await live.submit();
	await hers.waitForSelector('#new');
	assert.match(await hers.locator('#desk').textContent(), new RegExp(live.say('retire.done').slice(0, 40)));
	assert.deepEqual(live.sql('SELECT kind FROM key_log ORDER BY n'), [[1], [1], [2], [3], [4]]);
	const seen = (await live.ask('kari', '/s/desk/keys')).json();
	assert.deepEqual([seen.wraps, seen.vault], [[], null]);
	assert.equal(await hers.evaluate(() => new Promise((resolve) => {
		const opening = indexedDB.open('makker');
		opening.onsuccess = () => {
			const all = opening.result.transaction('device').objectStore('device').getAll();
			all.onsuccess = () => resolve(all.result.length);
		};
	})), 0, 'nor on this device');
	await live.choose();
	await live.submit();
	await live.noteCode();
	await live.submit();
	await live.opened();
	assert.deepEqual(live.sql('SELECT kind FROM key_log ORDER BY n').at(-1), [1]);
	assert.deepEqual(live.complaints.filter((c) => !/40[49]/.test(c)), []);
});
