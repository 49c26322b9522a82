import '../node/crypto.js';
import assert from 'node:assert/strict';
import test from 'node:test';
import { deriveKeys, makeMaster } from '../keys.js';
import { VAULT_LENGTH, emptyVault, get, hashOf, list, merge, openVault, prune, put, sealVault } from '../vault.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const whose = { inst: random(16), supporter: random(16) };
const key = (await deriveKeys(makeMaster())).vault;

test('the blob has one size, and two seals of the same vault differ', async () => {
	const vault = emptyVault();
	put(vault, 'try:a', { task: 't', t: 1 }, 1);
	const one = await sealVault({ ...whose, key, vault });
	const two = await sealVault({ ...whose, key, vault });
	assert.equal(one.length, VAULT_LENGTH);
	assert.notEqual(await hashOf(one), await hashOf(two));
	assert.deepEqual(await openVault({ ...whose, key, blob: one }), vault);
});

test('a full vault doubles, an impossible one is refused', async () => {
	const vault = emptyVault();
	put(vault, 'try:a', 'x'.repeat(65536), 1);
	const blob = await sealVault({ ...whose, key, vault });
	assert.equal(blob.length, 2 * VAULT_LENGTH);
	assert.deepEqual(await openVault({ ...whose, key, blob }), vault);
	put(vault, 'try:a', 'x'.repeat(17 * 65536), 2);
	await assert.rejects(sealVault({ ...whose, key, vault }), RangeError);
});

test('another key, supporter or installation, or one changed bit, opens nothing', async () => {
	const blob = await sealVault({ ...whose, key, vault: emptyVault() });
	const other = (await deriveKeys(makeMaster())).vault;
	assert.equal(await openVault({ ...whose, key: other, blob }), null);
	assert.equal(await openVault({ ...whose, supporter: random(16), key, blob }), null);
	assert.equal(await openVault({ ...whose, inst: random(16), key, blob }), null);
	for (const at of [0, 11, 12, 40000, VAULT_LENGTH - 1]) {
		const bent = blob.slice();
		bent[at] ^= 0x80;
		assert.equal(await openVault({ ...whose, key, blob: bent }), null, `byte ${at}`);
	}
	assert.equal(await openVault({ ...whose, key, blob: new Uint8Array(5) }), null);
});

test('two devices merge item by item, whoever is first', () => {
	const a = emptyVault();
	const b = emptyVault();
	put(a, 'try:1', { task: 't' }, 10);
	put(b, 'try:2', { task: 't' }, 11);
	put(a, 'outcome:t', 'reached', 20);
	put(b, 'outcome:t', 'not-reached', 21);
	put(a, 'answer:t', { hour: 8, t: 5 }, 1);
	put(b, 'answer:t', { hour: 7, t: 9 }, 99);
	put(a, 'log', { n: 4, h: 'x' }, 1);
	put(b, 'log', { n: 3, h: 'y' }, 99);
	a.n = 3;
	const ab = merge(a, b);
	assert.deepEqual(ab, merge(b, a));
	assert.deepEqual(list(ab, 'try:').map(([k]) => k), ['1', '2']);
	assert.equal(get(ab, 'outcome:t'), 'not-reached');
	assert.equal(get(ab, 'answer:t').hour, 8);
	assert.equal(get(ab, 'log').n, 4);
	assert.equal(ab.n, 3);
	assert.deepEqual(merge(ab, ab), ab);
});

test('two devices that read one minute of one hour in another order agree on the answer that asks for more contact', () => {
	const a = emptyVault();
	const b = emptyVault();
	put(a, 'answer:t', { hour: 8, t: 5, kind: 'none' }, 99);
	put(b, 'answer:t', { hour: 8, t: 5, kind: 'call' }, 1);
	assert.equal(get(merge(a, b), 'answer:t').kind, 'call');
	assert.equal(get(merge(b, a), 'answer:t').kind, 'call');
	put(a, 'answer:t', { hour: 8, t: 6, kind: 'none' }, 100);
	assert.equal(get(merge(a, b), 'answer:t').kind, 'none', 'a later minute is what was said last');
});

test('what was taken away on one device stays away', () => {
	const a = emptyVault();
	put(a, 'outcome:t', 'reached', 10);
	const b = structuredClone(a);
	put(b, 'outcome:t', null, 12);
	assert.equal(get(merge(a, b), 'outcome:t'), null);
	assert.equal(get(merge(b, a), 'outcome:t'), null);
});

test('a clock that goes back does not undo a later change', () => {
	const a = emptyVault();
	put(a, 'outcome:t', 'reached', 1000);
	const b = structuredClone(a);
	put(b, 'outcome:t', 'not-reached', 5);
	assert.equal(get(merge(a, b), 'outcome:t'), 'not-reached');
});

test('what belonged to ended tasks is forgotten after a while, the rest is kept', () => {
	const day = 86400000;
	const vault = emptyVault();
	for (const k of ['answer:old', 'scan:old', 'outcome:old'])
		put(vault, k, { hour: 1 }, 1);
	put(vault, 'try:1', { task: 'old' }, 1);
	put(vault, 'try:2', { task: 'now' }, 1);
	put(vault, 'answer:now', { hour: 1 }, 1);
	put(vault, 'own', ['h'], 1);
	prune(vault, new Set(['now']), 14 * day);
	assert.equal(Object.keys(vault.items).length, 7);
	prune(vault, new Set(['now']), 16 * day);
	assert.deepEqual(Object.keys(vault.items).sort(), ['answer:now', 'own', 'try:2']);
});
