/* key-change.test.mjs: another device, new keys, lost keys and leaving, against the server's double. */

import { newDevice } from './device-double.mjs';
import { newServer, quickArgon } from './server-double.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { toB64u } from '../bytes.js';
import { openKeep } from '../desk-keep.js';
import { Trouble } from '../desk-api.js';
import { Refused, byCode, byPassphrase, look, prepareFirst } from '../desk-unlock.js';
import { preparePairing, prepareRotation, retire } from '../key-life.js';
import { scanPlan, scanned } from '../desk-rules.js';
import { buildPost, openHour } from '../ring.js';
import { get, list, put } from '../vault.js';

const PASS = 'blåbær på fjellet';
const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const refused = (text) => (e) => e instanceof Refused && e.text === text;
let device, server, payload, session, hands;

const again = async (passphrase = PASS) => byPassphrase(await look(server.api), passphrase, quickArgon);
const kinds = () => server.keylog.map((e) => e[1]);

/* What an open desk gives to whoever changes keys. */
function handsOf(s) {
	let gone = 0;
	const keep = openKeep({
		api: server.api, vault: s.vault, h: s.h, key: s.keys.vault, inst: s.inst, supporter: s.supporter, row: s.row, rowName: s.rowName, merged() {},
		gone: () => gone++,
	});
	return {
		api: server.api, argon: quickArgon, vault: s.vault, keys: s.keys, keyId: s.keyId, sync: keep.write, known: keep.known,
		stays: async () => null, note: keep.changed, gone: () => gone,
	};
}

beforeEach(async () => {
	device = newDevice();
	server = newServer();
	const first = await prepareFirst(await look(server.api), PASS, quickArgon);
	({ payload } = first);
	session = await first.confirm();
	session = await again();
	hands = handsOf(session);
});

test('another device comes in by the digits, once; the device that showed them stays', async () => {
	const { payload: digits } = await preparePairing(hands, PASS);
	assert.equal(server.pairing[1], 4);
	newDevice();
	await byCode(await look(server.api), digits, 'en annen passfrase', quickArgon);
	assert.equal(server.pairing, null);
	assert.equal((await again('en annen passfrase')).warning, null);
	newDevice();
	await assert.rejects(byCode(await look(server.api), digits, PASS, quickArgon), refused('code-wrong'));
	device.use();
	await again();
	await assert.rejects(preparePairing(hands, 'feil'), refused('passphrase-wrong'));
});

test('digits that do not fit use up what another device has shown, and let nobody in', async () => {
	const { payload: digits } = await preparePairing(hands, PASS);
	const wraps = server.wraps.length;
	newDevice();
	await assert.rejects(byCode(await look(server.api), '7'.repeat(33), PASS, quickArgon), refused('pairing-wrong'));
	await assert.rejects(byCode(await look(server.api), digits, PASS, quickArgon), refused('code-wrong'));
	assert.equal(server.wraps.length, wraps);
});

/* An hour in which somebody chose the supporter of this key. */
async function hourTo(hpkePub) {
	const post = await buildPost({
		inst: server.inst, door: random(16), postId: random(16), rel: random(32), keys: { 3: hpkePub },
		answer: { ref: random(16), aid: random(16), t: 29391120, kind: 'other', phone: '00000318', to: '0'.repeat(16) },
	});
	return post.subarray(42);
}

test('new keys open what was sealed to the old ones for fifteen days, and then forget those', async () => {
	const page = await hourTo(session.keys.hpke.raw);
	put(session.vault, 'outcome:a', 'reached', Date.now());
	const { payload: fresh, confirm } = await prepareRotation(hands, PASS);
	assert.deepEqual(kinds(), [1], 'nothing is sent before she has the code');
	await confirm();
	assert.deepEqual(kinds(), [1, 2]);
	assert.deepEqual(server.wraps.map((w) => w[1]), [1, 2]);
	const now = await again();
	assert.equal(get(now.vault, 'outcome:a'), 'reached');
	assert.equal(get(now.vault, 'own').length, 2);
	const opens = (s) => openHour({
		inst: server.inst, pair: s.keys.hpke, olds: s.olds.map((o) => o.pair), page, tasks: [], others: true,
	}).then((found) => found.length);
	assert.equal(await opens(now), 1);
	assert.equal(await opens({ ...now, olds: [] }), 0);
	await assert.rejects(byCode(await look(server.api), payload, PASS, quickArgon), refused('code-wrong'));
	server.today = '2026-12-03';
	assert.equal(await opens(await again()), 1);
	server.today = '2026-12-04';
	const later = await again();
	assert.equal(await opens(later), 0);
	assert.deepEqual(list(later.vault, 'old:'), [], 'erased');
	assert.ok(!JSON.stringify(later.vault).includes(now.vault.items[`old:${now.olds[0].id}`].d.mk));
	newDevice();
	await byCode(await look(server.api), fresh, PASS, quickArgon);
});

test('the reply to new keys is lost, or the request: whichever the server holds opens, and pressing again ends well', async () => {
	const one = await prepareRotation(hands, PASS);
	server.before('rotateKeys', () => { throw new Trouble('offline'); });
	await assert.rejects(one.confirm(), (e) => e.text === 'offline');
	await again();
	server.before('rotateKeys', null, { lost: true });
	await assert.rejects(one.confirm(), (e) => e.text === 'offline');
	await again();
	await one.confirm();
	assert.deepEqual(kinds(), [1, 2]);
	await again();
});

test('another device that held notes under the old key brings them along when it comes in again', async () => {
	const mine = device;
	const phone = newDevice();
	const there = await byCode(await look(server.api), payload, 'en annen passfrase', quickArgon);
	const other = handsOf(there);
	await other.sync();
	mine.use();
	session = await again();
	const { payload: fresh, confirm } = await prepareRotation(handsOf(session), PASS);
	await confirm();
	phone.use();
	put(there.vault, 'try:x', { task: 'a', t: 1 }, Date.now());
	await assert.rejects(other.sync(), 'the server has a vault that the old key does not open');
	const seen = await look(server.api);
	assert.ok(!seen.here && seen.row.wrap, 'it is told that it was left behind');
	assert.deepEqual(get((await byCode(seen, fresh, PASS, quickArgon)).vault, 'try:x'), { task: 'a', t: 1 });
});

test('what another device looked through with the old key alone is looked through again', async () => {
	const mine = device;
	const phone = newDevice();
	const there = await byCode(await look(server.api), payload, 'en annen passfrase', quickArgon);
	const other = handsOf(there);
	await other.sync();
	mine.use();
	session = await again();
	scanned(session.vault, [{ id: 'a' }], { to: 100 }, Date.now());
	const { payload: fresh, confirm } = await prepareRotation(handsOf(session), PASS);
	await confirm();
	phone.use();
	scanned(there.vault, [{ id: 'a' }, { id: 'b' }], { to: 107 }, Date.now() + 5);
	await other.note();
	assert.equal(other.gone(), 0, 'nothing here tells it yet');
	await assert.rejects(other.sync());
	assert.equal(other.gone(), 1, 'it is told to stop');
	const asked = server.asked.length;
	await other.sync();
	assert.equal(server.asked.length, asked, 'and writes nothing more');
	const { vault } = await byCode(await look(server.api), fresh, PASS, quickArgon);
	assert.deepEqual(['scan:a', 'scan:b', 'scan3'].map((key) => get(vault, key)), [100, null, 100]);
	assert.deepEqual(scanPlan([{ id: 'a', since: 0 }], { from: 90, to: 107 }, vault).map((p) => p.hour), [107, 106, 105, 104, 103, 102, 101]);
});

test('two tabs of one device, one with the old keys: it stops, and what the other noted stays', async () => {
	const other = handsOf(await again());
	const { confirm } = await prepareRotation(hands, PASS);
	await confirm();
	const now = await again();
	const mine = handsOf(now);
	put(now.vault, 'try:new', { task: 'a', t: 2 }, Date.now());
	await mine.note();
	await assert.rejects(other.note());
	assert.deepEqual([other.gone(), mine.gone()], [1, 0]);
	await other.note();
	assert.deepEqual(get((await again()).vault, 'try:new'), { task: 'a', t: 2 });
});

test('after new keys were made elsewhere without the old ones, nothing warns of an older copy', async () => {
	const [[name, row]] = device.rows;
	device.rows.set(name, { ...row, vault: { ...row.vault, known: 900 } });
	const mine = device;
	newDevice();
	server.reset = 'approved';
	const first = await prepareFirst(await look(server.api), 'en ny passfrase', quickArgon);
	await first.confirm();
	mine.use();
	const session = await byCode(await look(server.api), first.payload, PASS, quickArgon);
	assert.equal(session.warning, null);
	assert.equal((await again()).warning, null);
	assert.equal(device.rows.get(name).vault, undefined, 'what nothing opens is not kept');
});

test('lost keys: made anew after the coordinator\'s yes only, and every later unlock knows them', async () => {
	const lost = { ...(await look(server.api)), state: 'reset' };
	await assert.rejects((await prepareFirst(lost, 'en ny passfrase', quickArgon)).confirm(), refused('reset-late'));
	await server.api.askReset();
	assert.equal((await look(server.api)).state, 'locked');
	server.reset = 'approved';
	const seen = await look(server.api);
	assert.equal(seen.state, 'reset');
	const { confirm } = await prepareFirst(seen, 'en ny passfrase', quickArgon);
	server.before('resetKeys', null, { lost: true });
	await assert.rejects(confirm(), (e) => e.text === 'offline');
	await confirm();
	assert.deepEqual(kinds(), [1, 3]);
	assert.equal(get((await again('en ny passfrase')).vault, 'own').length, 2);
});

test('the reply to leaving is lost: pressing again ends well', async () => {
	server.before('retireKey', null, { lost: true });
	await assert.rejects(retire(hands), (e) => e.text === 'offline');
	assert.equal(device.rows.size, 1);
	await retire({ ...hands, stays: async () => 'retire-unread' });
	assert.deepEqual(kinds(), [1, 4]);
	assert.equal(device.rows.size, 0);
});

test('she does not leave while somebody who chose her waits', async () => {
	await assert.rejects(retire({ ...hands, stays: async () => 'retire-others' }), refused('retire-others'));
	assert.deepEqual(kinds(), [1]);
	assert.equal(device.rows.size, 1);
});

test('leaving: nothing stays on this device, and she may begin again', async () => {
	await retire(hands);
	assert.deepEqual(kinds(), [1, 4]);
	assert.equal(device.rows.size, 0);
	const seen = await look(server.api);
	assert.deepEqual([seen.state, seen.retired], ['set-up', true]);
	assert.equal(toB64u(server.keylog[1].subarray(60, 124)), toB64u(server.keylog[0].subarray(60, 124)));
});
