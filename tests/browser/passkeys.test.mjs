/* passkeys.test.mjs: passkeys as a way in, at the real makker-haven in Debian's Chromium with its virtual authenticator. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startLive } from './live-desk.mjs';
import { until } from './world.mjs';

const PASS = 'blåbær på fjellet i august';
let live, phone, code;
before(async () => {
	live = await startLive({ at: '2026-11-18T09:00:00+01:00', supporters: ['Kari Nes', 'Tariq Ali'] });
	code = await live.setUp('kari');
	phone = live.page;
}, { timeout: 90000 });
after(() => live?.stop());

const use = (page) => { live.page = page; };
const kinds = async (name = 'kari') => (await live.ask(name, '/s/desk/keys')).json().wraps.map((w) => Buffer.from(w, 'base64url')[1]).sort();

/* An authenticator of this page's own. → { credentials(), remove() } */
async function authenticator(page, options = {}) {
	const cdp = page.session ??= await page.context().newCDPSession(page); /* kept for axe too */
	await cdp.send('WebAuthn.enable');
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
		protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
		isUserVerified: true, automaticPresenceSimulation: true, hasPrf: true, ...options,
	} });
	return {
		credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
		remove: () => cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
	};
}

async function prove() {
	await live.page.fill('#old', PASS);
	await live.submit();
}

async function addPasskey(name) {
	await live.act('passkey');
	await live.heading('passkey.title');
	await prove();
	await live.page.fill('#name', name);
	await live.submit();
}

const said = async (key) => assert.equal((await live.page.locator('[data-said]').textContent()).trim(), live.say(key));
const trouble = async (key, at = '#passkey-e') => {
	await live.page.waitForSelector(`${at}:visible`);
	assert.equal(await live.page.locator(at).textContent(), live.say(key));
};
const way = (text) => live.page.locator('[data-way]').filter({ hasText: text });

let mine;

test('only the desk may ask a browser for passkeys', async () => {
	const policy = async (path, name) => (await live.ask(name, path)).headers['permissions-policy'];
	assert.match(await policy('/s/desk', 'kari'), /publickey-credentials-create=\(self\), publickey-credentials-get=\(self\)/);
	for (const [path, name] of [['/s/account', 'kari'], ['/', undefined], ['/s/sign-in', undefined], ['/s/programme', 'mona'], ['/s/desk/keys', 'kari'], ['/nowhere', undefined]])
		assert.match(await policy(path, name), /publickey-credentials-create=\(\), publickey-credentials-get=\(\)/, path);
	const page = await live.device('kari', { path: '/s/account' });
	await authenticator(page);
	assert.equal(await page.evaluate(() => navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32) } }).catch((e) => e.name)), 'NotAllowedError');
	live.complaints.length = 0;
	await page.context().close();
});

test('a passkey is added beside the code and the passphrase, with a name that only she knows', { timeout: 90000 }, async () => {
	use(phone);
	mine = await authenticator(phone);
	await live.act('keys');
	await live.heading('keys.title');
	await live.looked('passkeys-none');
	await live.act('passkey');
	await live.heading('passkey.title');
	await live.page.fill('#old', 'ikke den rette');
	await live.submit();
	await live.page.waitForSelector('#old-e:visible');
	await prove();
	await live.page.waitForSelector('#name');
	await live.looked('passkey-new');
	await live.page.fill('#name', 'Åses telefon <b>O\'Brien');
	await live.submit();
	await live.page.waitForSelector('[data-said]');
	await said('passkey.done');
	await live.looked('passkey-there');
	assert.deepEqual(await kinds(), [1, 2, 3]);
	assert.equal(await way('O\'Brien').getAttribute('data-kind'), '3');
	const [credential] = await mine.credentials();
	assert.equal(credential.isResidentCredential, true);
	const stored = (await live.ask('kari', '/s/desk/keys')).text;
	for (const secret of [credential.credentialId.replace(/=+$/, ''), Buffer.from(credential.credentialId, 'base64').toString('base64url'), 'telefon', credential.userHandle])
		assert.ok(!stored.includes(secret), 'the server knows neither name nor id of the passkey');
	assert.ok(!live.sql('SELECT hex(bytes) FROM wrap').flat().some((row) => row.includes(Buffer.from(credential.credentialId, 'base64').toString('hex').toUpperCase())));
});

test('the same authenticator gets no second one, and says so', async () => {
	use(phone);
	await addPasskey('en til');
	await trouble('trouble.passkey-there', '#form-e');
	await live.act('back');
	await live.heading('keys.title');
	assert.deepEqual(await kinds(), [1, 2, 3]);
});

test('it unlocks on a fresh page, and the device needs no passphrase', { timeout: 90000 }, async () => {
	use(phone);
	await live.act('back');
	await live.lock();
	await live.looked('passkey-locked');
	await live.act('passkey');
	await live.opened();
	await live.lock();
	/* Everything that this browser kept is gone; the passkey is not. */
	await phone.evaluate(() => new Promise((resolve, reject) => {
		const asked = indexedDB.deleteDatabase('makker');
		asked.onsuccess = resolve;
		asked.onerror = asked.onblocked = () => reject(asked.error);
	}));
	await phone.reload();
	await phone.waitForSelector('#code');
	await live.looked('passkey-fresh');
	await live.act('passkey');
	await live.opened();
	await live.act('keys');
	await live.heading('keys.title');
	assert.deepEqual(await kinds(), [1, 2, 3], 'no new row');
	assert.equal(await way(live.say('keys.here')).count(), 0);
	await live.act('back');
	await live.lock();
});

test('she says no at the authenticator: a sentence, and the code still opens', { timeout: 90000 }, async () => {
	use(phone);
	/* As the browser says it when she closes its window; a virtual authenticator that is told to refuse stays blocked. */
	await phone.evaluate(() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')); });
	await live.act('passkey');
	await trouble('trouble.passkey-cancelled');
	await phone.evaluate(() => { delete navigator.credentials.get; });
	await phone.fill('#code', code);
	await live.choose(PASS);
	await live.submit();
	await live.opened();
	assert.deepEqual(await kinds(), [1, 1, 2, 3]);
	await live.act('keys');
	await live.heading('keys.title');
	await live.page.locator('[data-way][data-kind="1"]').filter({ hasNotText: live.say('keys.here') }).locator('[data-act=remove]').click();
	await live.submit();
	await live.page.waitForSelector('[data-said]');
	assert.deepEqual(await kinds(), [1, 2, 3]);
});

test('new keys: a passkey that she uses once more opens them too, one that she leaves out does not', { timeout: 180000 }, async () => {
	use(phone);
	await live.act('rotate');
	await live.heading('rotate.title');
	await prove();
	await live.heading('passkey.carry.title');
	await live.looked('passkey-carry');
	assert.match(await phone.locator('main').innerText(), /Åses telefon <b>O'Brien/);
	await live.act('passkey');
	code = await live.noteCode();
	await live.submit();
	await phone.waitForSelector('#pass');
	assert.deepEqual(await kinds(), [1, 2, 3]);
	await live.act('passkey');
	await live.opened();
	await live.act('keys');
	await live.heading('keys.title');
	assert.equal(await way('O\'Brien').count(), 1, 'its name was carried over too');
	await live.act('rotate');
	await prove();
	await live.heading('passkey.carry.title');
	await live.act('on');
	code = await live.noteCode();
	await live.submit();
	await phone.waitForSelector('#pass');
	assert.deepEqual(await kinds(), [1, 2]);
	assert.equal(await phone.locator('[data-act=passkey]').count(), 0, 'there is none to use');
	await live.unlock(PASS);
	await live.opened();
});

test('new keys by a passkey alone, where the device has no passphrase', { timeout: 180000 }, async () => {
	use(phone);
	await mine.remove();
	mine = await authenticator(phone);
	await live.act('keys');
	await live.heading('keys.title');
	await addPasskey('nøkkelbrikke');
	await live.page.waitForSelector('[data-said]');
	await live.page.locator('[data-way]').filter({ hasText: live.say('keys.here') }).locator('[data-act=remove]').click();
	await live.submit();
	await phone.waitForSelector('#code');
	await live.act('passkey');
	await live.opened();
	await live.act('keys');
	await live.heading('keys.title');
	await live.act('rotate');
	await live.heading('rotate.title');
	assert.equal(await phone.locator('#old').count(), 0);
	await live.act('passkey');
	code = await live.noteCode();
	await live.submit();
	await phone.waitForSelector('#code');
	assert.deepEqual(await kinds(), [2, 3]);
	await live.act('passkey');
	await live.opened();
});

test('it is removed after a question, never as the last, and then opens nothing', { timeout: 90000 }, async () => {
	use(phone);
	await live.act('keys');
	await live.heading('keys.title');
	await live.act('remove', way('nøkkelbrikke'));
	await live.submit();
	await live.page.waitForSelector('[data-said]');
	assert.deepEqual(await kinds(), [2]);
	assert.equal(await phone.locator('[data-act=remove]').count(), 0);
	await live.act('back');
	await live.lock();
	assert.equal(await phone.locator('[data-act=passkey]').count(), 0);
	await phone.fill('#code', code);
	await live.choose(PASS);
	await live.submit();
	await live.opened();
});

test('the authenticator is lost: the others open, and hers of another account opens nothing', { timeout: 90000 }, async () => {
	use(phone);
	await mine.remove();
	mine = await authenticator(phone);
	await live.act('keys');
	await addPasskey('mistet');
	await live.page.waitForSelector('[data-said]');
	await mine.remove();
	await authenticator(phone);
	await live.act('back');
	await live.lock();
	await live.act('passkey');
	await trouble('trouble.passkey-cancelled'); /* this authenticator knows none */
	await live.unlock(PASS);
	await live.opened();
});

test('an authenticator or a browser that derives nothing: a plain sentence, nothing is stored', { timeout: 90000 }, async () => {
	await live.setUp('tariq');
	await authenticator(live.page, { hasPrf: false });
	await live.act('keys');
	await live.heading('keys.title');
	await addPasskey('uten');
	await trouble('trouble.passkey-none', '#form-e');
	assert.deepEqual(await kinds('tariq'), [1, 2]);
	await live.device('tariq');
	await live.page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
	await live.page.reload();
	await live.page.fill('#code', 'x');
	assert.equal(await live.page.locator('[data-act=passkey]').count(), 0);
});

test('no complaint of the policy in all of this', async () => {
	await until(() => true);
	assert.deepEqual(live.complaints.filter((c) => !/404|409/.test(c)), []);
});
