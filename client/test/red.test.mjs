/* red.test.mjs: whatever is wrong with the key log, the desk does not open and nothing is sent; and the one way past a log that is
   shorter: the operator's word, and hers. */

import { newDevice } from './device-double.mjs';
import { newServer, quickArgon } from './server-double.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { sha256, toHex } from '../bytes.js';
import { Trouble } from '../desk-api.js';
import { Refused, Restored, byCode, byPassphrase, look, prepareFirst } from '../desk-unlock.js';
import { NEW, RESET, RETIRE, ROTATE, makeEntry, readEntry } from '../keylog.js';
import { deriveKeys, makeMaster } from '../keys.js';
import { makeSupporterKeys } from '../node/make-keys.js';
import { get, merge, sealVault } from '../vault.js';

const PASS = 'blåbær på fjellet';
const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const red = (e) => e instanceof Refused && e.text === 'log-bad';
let device, server, payload;

const again = async () => byPassphrase(await look(server.api), PASS, quickArgon);
async function colleague(supporterId = random(16)) {
	const made = await makeSupporterKeys({ inst: server.inst, supporterId, keylog: server.keylog, now: Date.parse(server.today) });
	server.keylog = [...server.keylog, made.entry];
	return { ...made, supporter: supporterId };
}
/* The entry that another one would make at the end of the log. */
async function entryBy(keys, supporter, kind, more = {}) {
	const prev = await sha256(server.keylog.at(-1));
	return makeEntry({ kind, n: server.keylog.length, prev, supporter, sign: keys.sign, hpkePub: keys.hpke.raw, day: 20775, ...more });
}
/* Everything of hers as it is kept by the server, after she was in: what she saw is in the vault. */
async function seenAll() {
	const session = await again();
	const { inst, supporter } = server;
	server.vault = await sealVault({ vault: session.vault, key: session.keys.vault, inst, supporter });
	return session;
}
async function isRed(why) {
	server.asked.length = 0;
	const wraps = server.wraps.length;
	await assert.rejects(again(), red, why);
	await assert.rejects(byCode(await look(server.api), payload, PASS, quickArgon), red, `${why}, by the code`);
	assert.deepEqual(new Set(server.asked), new Set(['keys']), `${why}: nothing is sent`);
	assert.equal(server.wraps.length, wraps);
}

beforeEach(async () => {
	device = newDevice();
	server = newServer();
	await colleague();
	const first = await prepareFirst(await look(server.api), PASS, quickArgon);
	({ payload } = first);
	await first.confirm();
	await colleague();
	await seenAll();
	device.use();
});

test('a colleague\'s entry is swapped: for one of another key, or for one whose signature does not hold', async () => {
	const whole = server.keylog;
	server.keylog = whole.slice(0, 2);
	await colleague(readEntry(whole[2]).supporter);
	await isRed('the last entry is another one');
	const bent = whole[2].slice();
	bent[100] ^= 1;
	server.keylog = [...whole.slice(0, 2), bent];
	await isRed('a bent key');
	server.keylog = [];
	await colleague(readEntry(whole[0]).supporter);
	server.keylog = [...server.keylog, ...whole.slice(1)];
	await isRed('an earlier entry is another one: the next does not hang on it');
	server.keylog = whole;
	await again();
});

test('another history than the one she remembers, and a shorter one', async () => {
	const whole = server.keylog;
	server.keylog = whole.slice(0, 2);
	await colleague();
	await colleague();
	await isRed('a fork, longer than what she knew');
	server.keylog = whole.slice(0, 2);
	await isRed('shorter');
	server.keylog = [];
	await isRed('nothing');
});

test('an entry of a colleague with a wrong predecessor, or one that nobody signed', async () => {
	const { keys, supporter } = await colleague();
	await again();
	const whole = server.keylog;
	const next = await deriveKeys(makeMaster());
	for (const [why, entry] of [
		['wrong predecessor', await entryBy(next, supporter, RESET, { prev: random(32) })],
		['wrong number', await entryBy(next, supporter, RESET, { n: 9 })],
		['a rotation that the old key did not sign', await entryBy(next, supporter, ROTATE, { previousSign: next.sign })],
		['a retirement by nobody', await entryBy(next, random(16), RETIRE)],
		['a retirement by a key that is not hers', await entryBy(next, supporter, RETIRE)],
		['a reset of nobody', await entryBy(next, random(16), RESET)],
		['a reset that keeps her sealing key', await entryBy({ sign: next.sign, hpke: keys.hpke }, supporter, RESET)],
		['a rotation that keeps her signing key', await entryBy({ sign: keys.sign, hpke: next.hpke }, supporter, ROTATE, { previousSign: keys.sign })],
		['an entry of an earlier day', await entryBy(next, supporter, RESET, { day: 20774 })],
	]) {
		server.keylog = [...whole, entry];
		await isRed(why);
	}
	server.keylog = whole;
	server.keylog = [...whole, await entryBy(next, supporter, ROTATE, { previousSign: keys.sign })];
	await again();
});

test('a colleague is retired by the attacker\'s key and begins anew with it: red, not a new colleague', async () => {
	const { supporter } = await colleague();
	await again();
	const thief = await deriveKeys(makeMaster());
	server.keylog = [...server.keylog, await entryBy(thief, supporter, RETIRE)];
	await assert.rejects(colleague(supporter), /key log does not hold/);
	server.keylog = [...server.keylog, await entryBy(thief, supporter, NEW)];
	await isRed('retired, and new');
});

test('an entry under her own id that she did not make: reset, retirement, or a copy of her keys', async () => {
	const whole = server.keylog;
	const thief = await deriveKeys(makeMaster());
	const { keys } = await again();
	for (const [why, entry] of [
		['reset', await entryBy(thief, server.supporter, RESET)], ['retired', await entryBy(keys, server.supporter, RETIRE)],
		['her own keys once more', await entryBy(keys, server.supporter, RESET)],
	]) {
		server.keylog = [...whole, entry];
		await isRed(why);
	}
});

test('a server that knows no keys of hers, where this device has kept a vault, has forgotten them', async () => {
	const [[name, row]] = device.rows;
	device.rows.set(name, { ...row, vault: { ...row.vault, known: 2 } });
	Object.assign(server, { keylog: [], wraps: [], vault: null });
	assert.equal((await look(server.api)).state, 'forgotten');
	server.restored = { r: 1, n: 0, h: '00'.repeat(32), day: '2026-11-18' };
	const seen = await look(server.api);
	assert.deepEqual([seen.state, seen.knewMe], ['set-up', true]);
});

/* ---- a restore that the operator has declared ---- */

const declare = async (n, r = 1) => {
	server.restored = { r, n, h: toHex(await sha256(server.keylog[n - 1])), day: '2026-11-18' };
};

test('a log whose end is missing opens when the operator has said so and she has heard it too, and once is enough', async () => {
	server.keylog = server.keylog.slice(0, 2);
	await isRed('not declared');
	await declare(2);
	await colleague(); /* meanwhile somebody makes new keys */
	const told = await again().catch((e) => e);
	assert.ok(told instanceof Restored);
	assert.deepEqual([told.lost, told.n, told.day], [1, 3, '2026-11-18']);
	assert.match(told.code, /^\d{4}( \d{4}){4}$/);
	assert.ok(await again().then(() => false, (e) => e instanceof Restored), 'until she says so');
	const session = await told.accept();
	assert.deepEqual([get(session.vault, 'log').n, get(session.vault, 'log').r], [2, 1]);
	/* Another device still remembers the longer log: merging does not bring it back. */
	const { inst, supporter } = server;
	server.vault = await sealVault({ vault: session.vault, key: session.keys.vault, inst, supporter });
	await again();
	await colleague();
	await again();
});

test('by the code too: the device gets its wrap only after she has said so', async () => {
	server.keylog = server.keylog.slice(0, 2);
	await declare(2);
	const wraps = server.wraps.length;
	newDevice();
	const told = await byCode(await look(server.api), payload, PASS, quickArgon).catch((e) => e);
	assert.ok(told instanceof Restored);
	assert.equal(server.wraps.length, wraps);
	server.before('addWrap', () => { throw new Trouble('offline'); });
	await assert.rejects(told.accept(), (e) => e.text === 'offline');
	server.before('addWrap', null, { lost: true });
	await assert.rejects(told.accept(), (e) => e.text === 'offline');
	const session = await told.accept();
	assert.equal(server.wraps.length, wraps + 1, 'the same wrap, however often she presses');
	const { inst, supporter } = server;
	server.vault = await sealVault({ vault: session.vault, key: session.keys.vault, inst, supporter });
	assert.deepEqual((await again()).keys.hpke.raw, session.keys.hpke.raw, 'and it holds her master key');
});

test('no word of the operator makes another history good, nor one in which her own key is not hers', async () => {
	const whole = server.keylog;
	server.keylog = whole.slice(0, 2);
	await colleague();
	await declare(3);
	await isRed('a fork that is declared to be the backup');
	await declare(2);
	const cut = server.restored;
	server.keylog = whole;
	await again();
	server.keylog = [whole[0]];
	await declare(1);
	await isRed('older than her own key');
	server.keylog = whole.slice(0, 2);
	server.restored = { ...cut, h: '11'.repeat(32) };
	await isRed('another head than the one declared');
	server.restored = { ...cut, n: 3 };
	await isRed('more entries than there are');
});

test('the same word does not count twice', async () => {
	const whole = server.keylog;
	server.keylog = whole.slice(0, 2);
	await declare(2);
	const told = await again().catch((e) => e);
	const session = await told.accept();
	await colleague();
	const { inst, supporter } = server;
	server.vault = await sealVault({ vault: session.vault, key: session.keys.vault, inst, supporter });
	await seenAll();
	server.keylog = whole.slice(0, 2);
	await isRed('cut again, under the old declaration');
	await declare(2, 2);
	assert.ok(await again().then(() => false, (e) => e instanceof Restored));
});

test('of two memories of the log the one after the newer restore stands, else the longer', () => {
	const of = (n, r, m) => ({ v: 1, n: 1, items: { log: { m, d: { n, h: '', r } } } });
	for (const [a, b, n] of [[of(9, 0, 5), of(2, 1, 1), 2], [of(9, 1, 1), of(2, 1, 9), 9]])
		assert.deepEqual([get(merge(a, b), 'log').n, get(merge(b, a), 'log').n], [n, n]);
});
