import '../node/crypto.js';
import assert from 'node:assert/strict';
import test from 'node:test';
import { argon, deviceKeyOf } from './make-vectors.js';
import { toHex, utf8 } from '../bytes.js';
import { deriveKeys, makeMaster } from '../keys.js';
import { COST_FULL, COST_SMALL, KIND_DEVICE, KIND_PASSKEY, KIND_RECOVERY, chooseCost, makeWrap, openWrap, readWrap } from '../wrap.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const CHEAP = { t: 1, m: 64, p: 1 };
const payload = '314159265358979323846264338327950';
const prf = random(32);

async function both() {
	const mk = makeMaster();
	const whose = { inst: random(16), supporter: random(16) };
	const device = { argon, passphrase: 'Blåbær på fjellet', deviceKey: await deviceKeyOf(random(32)) };
	return {
		mk, whose, device,
		rows: [
			[await makeWrap({ ...whose, mk, kind: KIND_DEVICE, secret: device, cost: CHEAP }), device],
			[await makeWrap({ ...whose, mk, kind: KIND_RECOVERY, secret: { payload } }), { payload }],
			[await makeWrap({ ...whose, mk, kind: KIND_PASSKEY, secret: { prf } }), { prf }],
		],
	};
}

test('Argon2id gives what libsodium gives', async () => {
	const key = await argon(utf8('pw'), new Uint8Array(16), COST_FULL);
	assert.equal(toHex(key), 'eb70621ddcc18e8006d5605c72d8712b03493b3ed8f7259b53402ecabbadd9e3');
});

test('a wrap of 92 bytes gives the master key back, by passphrase and device, by code or by passkey', async () => {
	const { mk, whose, rows } = await both();
	for (const [row, secret] of rows) {
		assert.equal(row.length, 92);
		assert.deepEqual(await openWrap({ ...whose, row, secret }), mk);
	}
});

test('every single changed byte of a row is refused', async () => {
	const { whose, rows } = await both();
	for (const [row, secret] of rows) {
		for (let at = 0; at < 92; at++) {
			if (secret.argon && at >= 4 && at < 12 && at !== 7 && at !== 11)
				continue; /* a cost no machine should pay; read() refuses it, below */
			const bent = row.slice();
			bent[at] ^= 1;
			assert.equal(await openWrap({ ...whose, row: bent, secret }), null, `kind ${row[1]} byte ${at}`);
		}
	}
});

test('another supporter, installation, passphrase, device or code is refused', async () => {
	const { whose, device, rows: [[one], [two], [three]] } = await both();
	const secret = device;
	assert.equal(await openWrap({ ...whose, supporter: random(16), row: one, secret }), null);
	assert.equal(await openWrap({ ...whose, inst: random(16), row: one, secret }), null);
	assert.equal(await openWrap({ ...whose, row: one, secret: { ...secret, passphrase: 'blåbær på fjellet' } }), null);
	assert.equal(await openWrap({ ...whose, row: one, secret: { ...secret, deviceKey: await deviceKeyOf(random(32)) } }), null);
	const other = payload.replace('3141', '3142');
	assert.equal(await openWrap({ ...whose, row: two, secret: { payload: other } }), null);
	assert.equal(await openWrap({ ...whose, supporter: random(16), row: two, secret: { payload } }), null);
	assert.equal(await openWrap({ ...whose, row: three, secret: { prf: random(32) } }), null);
	assert.equal(await openWrap({ ...whose, inst: random(16), row: three, secret: { prf } }), null);
	assert.equal(await openWrap({ ...whose, supporter: random(16), row: three, secret: { prf } }), null);
});

test('a passphrase typed in another Unicode form is the same passphrase', async () => {
	const { mk, whose, device, rows: [[row]] } = await both();
	const secret = { ...device, passphrase: device.passphrase.normalize('NFD') };
	assert.deepEqual(await openWrap({ ...whose, row, secret }), mk);
});

test('a row that asks for a monstrous cost is not tried', async () => {
	const { rows: [[row]] } = await both();
	for (const at of [4, 5, 6, 8, 9, 12]) {
		const bent = row.slice();
		bent[at] = 0xff;
		assert.equal(readWrap(bent), null);
	}
	const weak = row.slice();
	weak.set([0, 0, 0, 0], 8);
	assert.equal(readWrap(weak), null);
});

test('what a passkey gave is not overwritten by making or opening a wrap: it is the caller\'s', async () => {
	const { whose, rows: [, , [row]] } = await both();
	const mine = prf.slice();
	await openWrap({ ...whose, row, secret: { prf: mine } });
	assert.deepEqual(mine, prf);
});

test('a slow device gets the small cost', () => {
	assert.equal(chooseCost(400), COST_FULL);
	assert.equal(chooseCost(401), COST_SMALL);
});

test('the master key is overwritten once the keys are derived, and none of them can be exported', async () => {
	const mk = makeMaster();
	const keys = await deriveKeys(mk);
	assert.deepEqual(mk, new Uint8Array(32));
	for (const key of [keys.hpke.privateKey, keys.sign.privateKey, keys.vault])
		assert.equal(key.extractable, false);
});
