import '../node/crypto.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fromHex, sha256, toHex } from '../bytes.js';
import { NEW, RESET, RETIRE, ROTATE, checkEntry, checkLog, checkOwn, currentOf, extendsHead, keyId, makeEntry, readEntry } from '../keylog.js';
import { deriveKeys, makeMaster } from '../keys.js';

const vector = JSON.parse(readFileSync(new URL('../../tests/vectors/keylog.json', import.meta.url)));
const log = vector.entries.map((e) => fromHex(e, 256));
const [a, b] = vector.supporters.map((s) => fromHex(s, 16));

test('the log of five holds, and ends in its head', async () => {
	const checked = await checkLog(log);
	assert.equal(checked.error, undefined);
	assert.equal(toHex(checked.head.h), vector.head);
	assert.equal(currentOf(checked, a), undefined);
	assert.equal(currentOf(checked, b).kind, 3);
	assert.equal((await keyId(currentOf(checked, b).hpkePub)).length, 8);
	assert.equal((await checkLog([])).head.n, -1);
});

test('a changed byte anywhere in an entry is found', async () => {
	for (let n = 0; n < log.length; n++) {
		for (let at = 0; at < 256; at++) {
			const bent = log.map((e) => e.slice());
			bent[n][at] ^= 1;
			const checked = await checkLog(bent.slice(0, n + 1));
			assert.ok(checked.error, `entry ${n} byte ${at}`);
			assert.equal(checked.n, n);
		}
	}
});

test('a missing, doubled or swapped entry is found', async () => {
	assert.equal((await checkLog([log[0], log[2]])).error, 'chain');
	assert.equal((await checkLog([log[0], log[0]])).error, 'chain');
	assert.equal((await checkLog([log[1], log[0]])).error, 'chain');
	assert.equal((await checkLog([log[0].slice(1)])).error, 'shape');
});

test('a log that does not contain the remembered head is a fork', async () => {
	const checked = await checkLog(log);
	const h = await sha256(log[1]);
	assert.ok(extendsHead(checked, { n: 1, h }));
	assert.ok(!extendsHead(checked, { n: 2, h }));
	assert.ok(!extendsHead(await checkLog(log.slice(0, 1)), { n: 1, h }));
	assert.ok(extendsHead(checked, { n: -1, h: new Uint8Array(32) }));
});

async function keysOf() {
	return deriveKeys(makeMaster());
}

test('a second "new" for a supporter, or a rotation nobody signed, does not hold', async () => {
	const keys = await keysOf();
	const fields = { supporter: a, sign: keys.sign, hpkePub: keys.hpke.raw, day: 1 };
	const first = await makeEntry({ ...fields, n: 0 });
	const again = await makeEntry({ ...fields, n: 1, prev: await sha256(first) });
	assert.equal((await checkLog([first, again])).error, 'kind');
	const thief = await keysOf();
	const stolen = await makeEntry({
		kind: 2, supporter: a, sign: thief.sign, hpkePub: thief.hpke.raw, day: 1, n: 1, prev: await sha256(first), previousSign: thief.sign,
	});
	assert.equal((await checkLog([first, stolen])).error, 'signature');
});

test('what the server would not take holds for no reader: another key that ends hers, keys kept at a change, a reset of nobody, a day that went back', async () => {
	const [mine, thief, next] = [await keysOf(), await keysOf(), await keysOf()];
	const first = await makeEntry({ n: 0, supporter: a, sign: mine.sign, hpkePub: mine.hpke.raw, day: 20410 });
	const after = async (kind, { sign = next.sign, hpke = next.hpke, by = b, day = 20410 } = {}) => checkLog([first, await makeEntry({
		kind, n: 1, prev: await sha256(first), supporter: by, sign, hpkePub: hpke.raw, day, previousSign: mine.sign,
	})]);
	const hers = (more) => ({ by: a, ...more });
	for (const [why, checked, error] of [
		['a retirement by another key', await after(RETIRE, hers({ sign: thief.sign, hpke: thief.hpke })), 'kind'],
		['a retirement that names another X25519 key', await after(RETIRE, hers({ sign: mine.sign })), 'kind'],
		['a rotation that keeps the X25519 key', await after(ROTATE, hers({ hpke: mine.hpke })), 'kind'],
		['a rotation that keeps the Ed25519 key', await after(ROTATE, hers({ sign: mine.sign })), 'kind'],
		['a reset that keeps the X25519 key', await after(RESET, hers({ hpke: mine.hpke })), 'kind'],
		['a reset that keeps both', await after(RESET, hers({ sign: mine.sign, hpke: mine.hpke })), 'kind'],
		['a reset of somebody without a key', await after(RESET), 'kind'],
		['a day before the entry before it', await after(RESET, hers({ day: 20409 })), 'day'],
		['the same day', await after(RESET, hers()), undefined],
		['a rotation', await after(ROTATE, hers()), undefined],
		['a retirement', await after(RETIRE, hers({ sign: mine.sign, hpke: mine.hpke })), undefined],
	])
		assert.equal(checked.error, error, why);
});

test('an entry under my id that is not mine is noticed', async () => {
	const mine = await keysOf();
	const theirs = await keysOf();
	const first = await makeEntry({ n: 0, supporter: a, sign: mine.sign, hpkePub: mine.hpke.raw, day: 1 });
	const own = [await sha256(first)];
	const good = await checkLog([first]);
	assert.equal(checkOwn(good, a, mine, own), 'ok');
	assert.equal(checkOwn(good, a, theirs, own), 'foreign');
	const reset = await makeEntry({
		kind: 3, n: 1, prev: own[0], supporter: a, sign: theirs.sign, hpkePub: theirs.hpke.raw, day: 2,
	});
	assert.equal(checkOwn(await checkLog([first, reset]), a, mine, own), 'foreign');
	/* even one that ends in my keys: I did not make it */
	const back = await makeEntry({
		kind: 3, n: 2, prev: await sha256(reset), supporter: a, sign: mine.sign, hpkePub: mine.hpke.raw, day: 2,
	});
	assert.equal(checkOwn(await checkLog([first, reset, back]), a, mine, own), 'foreign');
});

test('a sender takes only an entry that its own key signed, and none that retires', async () => {
	assert.ok(await checkEntry(log[0]));
	assert.equal(await checkEntry(log[4]), null);
	const bent = log[0].slice();
	bent[100] ^= 1;
	assert.equal(await checkEntry(bent), null);
	assert.equal(readEntry(log[0]).kind, NEW);
});
