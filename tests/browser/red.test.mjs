/* red.test.mjs: somebody changes the key log in the database beneath a running makker-haven: the desk turns red, opens nothing and
   sends nothing. And a log that is shorter after a restore: the operator's word, the coordinator's digits, and hers. */

import '../../client/node/crypto.js';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keyId, makeEntry, RESET, NEW } from '../../client/keylog.js';
import { deriveKeys, makeMaster } from '../../client/keys.js';
import { sha256, toHex } from '../../client/bytes.js';
import { startLive } from './live-desk.mjs';

let live, kari, whole;
before(async () => {
	live = await startLive({ at: '2026-11-18T09:00:00+01:00', supporters: ['Kari Nes', 'Tariq Ali'] });
	await live.setUp('kari');
	kari = live.page;
	await live.setUp('tariq');
	live.page = kari;
	await live.lock();
	await live.unlock();
	await live.opened(); /* her vault knows both entries now */
	await live.lock();
	whole = live.sql('SELECT n, supporter, kind, x25519, key_id, entry FROM key_log ORDER BY n');
	assert.equal(whole.length, 2);
});
after(() => live?.stop());

const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
async function made(kind, n, supporter, log = whole) {
	const keys = await deriveKeys(makeMaster());
	const prev = n > 0 ? await sha256(bytes(log[n - 1][5])) : undefined;
	const entry = await makeEntry({ kind, n, prev, supporter: bytes(supporter), sign: keys.sign, hpkePub: keys.hpke.raw, day: 20775 });
	return [n, supporter, kind, toHex(keys.hpke.raw), toHex(await keyId(keys.hpke.raw)), toHex(entry)];
}
const put = ([n, supporter, kind, pub, key, entry]) => live.sql(
	`INSERT INTO key_log (n, supporter, kind, x25519, key_id, entry) VALUES (${n}, x'${supporter}', ${kind}, x'${pub}', x'${key}', x'${entry}')`);
const cut = (n) => live.sql(`DELETE FROM key_log WHERE n >= ${n}`);
function mend() {
	cut(0);
	whole.forEach(put);
}

async function isRed() {
	live.sent.length = 0;
	await kari.reload();
	await live.unlock();
	await live.heading('log-bad.title');
	assert.deepEqual(live.sent, [], 'nothing is sent, nothing sealed');
	assert.equal(await kari.locator('[data-act=again]').count(), 0);
}

test('a colleague\'s entry is swapped in the database for one of the attacker\'s key', async () => {
	cut(1);
	put(await made(NEW, 1, whole[1][1]));
	await isRed();
	await live.looked('red');
	mend();
});

test('what stood on the page when it was drawn is not what is checked: the log of the moment of unlocking is', async () => {
	await kari.reload();
	await live.heading('locked.title', { name: 'Kari Nes' });
	cut(1);
	put(await made(NEW, 1, whole[1][1]));
	live.sent.length = 0;
	await live.unlock();
	await live.heading('log-bad.title');
	assert.deepEqual(live.sent, []);
	mend();
});

test('red while the desk is open: "My keys" says so, and ends nothing', async () => {
	await kari.reload();
	await live.unlock();
	await live.opened();
	await live.act('keys');
	await live.act('retire');
	put(await made(RESET, 2, whole[0][1]));
	await kari.check('#sure');
	await live.submit();
	await live.heading('log-bad.title');
	assert.equal(live.sql('SELECT * FROM key_log').length, 3);
	assert.equal(await kari.locator('[data-lock]:visible').count(), 0);
	mend();
	assert.deepEqual(live.complaints, []);
});

test('an entry under her own id is appended that she did not make', async () => {
	put(await made(RESET, 2, whole[0][1]));
	await isRed();
	mend();
});

test('a shorter log is red until the operator says that it was a restore, and then she is asked', async () => {
	cut(1);
	await isRed();
	assert.ok(!(await live.ask('mona', '/s/programme?lang=nb')).text.includes('sikkerhetskopi'));
	const said = await live.haven.command('keys', 'restored');
	assert.match(said, /^Entry 1 of the key log ends in \d{4}( \d{4}){4}\.\nA restore was told on 2026-11-18\n$/);
	const digits = said.match(/\d{4}( \d{4}){4}/)[0];
	const { text } = await live.ask('mona', '/s/programme?lang=nb');
	assert.match(text, /data-restored/);
	assert.ok(text.includes(digits), 'the coordinator sees the digits that she reads aloud');
	live.sent.length = 0;
	await kari.reload();
	await live.unlock();
	await live.heading('restored.title');
	assert.deepEqual(live.sent, []);
	assert.equal(await kari.locator('[data-head]').textContent(), digits);
	await live.looked('restored');
	await live.submit();
	await kari.waitForSelector('#compared-e:visible');
	assert.deepEqual(live.sent, []);
	await kari.check('#compared');
	await live.submit();
	await live.opened();
	await live.lock();
	await live.unlock();
	await live.opened();
	assert.deepEqual(live.complaints, []);
});

test('a declared restore does not make a fork good', async () => {
	await live.lock();
	put(await made(NEW, 1, whole[1][1]));
	await kari.reload();
	await live.unlock();
	await live.opened(); /* a new entry after the restore is an entry like any other */
	await live.lock();
	cut(0);
	const other = await made(NEW, 0, whole[0][1]);
	put(other);
	await live.haven.command('keys', 'restored');
	await isRed();
});
