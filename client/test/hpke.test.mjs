import '../node/crypto.js';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { concat, fromHex, toHex, u16, utf8 } from '../bytes.js';
import { deriveKeyPair, importPrivate, keySchedule, open, openWith, seal, sealWith } from '../hpke.js';

const { vectors } = JSON.parse(readFileSync(new URL('../../tests/vectors/rfc9180.json', import.meta.url)));
const AES128 = concat(utf8('HPKE'), u16(0x20), u16(1), u16(1));
const random = (n) => crypto.getRandomValues(new Uint8Array(n));

for (const v of vectors) {
	const psk = v.mode === 1 ? { id: fromHex(v.psk_id), key: fromHex(v.psk) } : undefined;

	test(`RFC 9180 mode ${v.mode}: seeds become the keys of the vector`, async () => {
		assert.equal(toHex((await deriveKeyPair(fromHex(v.ikmR))).raw), v.pkRm);
		assert.equal(toHex((await deriveKeyPair(fromHex(v.ikmE))).raw), v.pkEm);
		assert.equal(toHex((await importPrivate(fromHex(v.skRm))).raw), v.pkRm);
	});

	test(`RFC 9180 mode ${v.mode}: the key schedule gives the vector's key, nonce and ciphertext`, async () => {
		const { raw, nonce } = await keySchedule(fromHex(v.shared_secret), fromHex(v.info), psk, AES128, 16);
		assert.equal(toHex(raw), v.key);
		assert.equal(toHex(nonce), v.base_nonce);
		const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
		const ct = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: fromHex(v.aad) }, key,
			fromHex(v.pt));
		assert.equal(toHex(new Uint8Array(ct)), v.ct);
	});

	test(`RFC 9180 mode ${v.mode}: our enc is the vector's`, async () => {
		const sealed = await sealWith({
			info: fromHex(v.info), to: fromHex(v.pkRm), psk, aad: fromHex(v.aad), ekm: fromHex(v.ikmE), plain: fromHex(v.pt),
		});
		assert.equal(toHex(sealed.subarray(0, 32)), v.enc);
	});
}

test('what we seal, @hpke/core opens, and the other way round, in both modes', async () => {
	const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
	const seed = random(32);
	const ours = await deriveKeyPair(seed);
	const theirs = await suite.kem.deriveKeyPair(seed.slice().buffer);
	const info = utf8('info');
	const aad = utf8('aad');
	const plain = random(464);
	for (const psk of [undefined, { id: utf8('rel'), key: random(32) }]) {
		const ekm = random(32);
		const sealed = await sealWith({ info, to: ours.raw, psk, aad, ekm, plain });
		const sender = await suite.createSenderContext({ recipientPublicKey: theirs.publicKey, info, psk, ekm });
		const same = concat(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(plain, aad)));
		assert.deepEqual(sealed, same);
		const recipient = await suite.createRecipientContext({ recipientKey: theirs, enc: sealed.slice(0, 32), info, psk });
		assert.deepEqual(new Uint8Array(await recipient.open(sealed.slice(32), aad)), plain);
		assert.deepEqual(await openWith({ info, pair: ours, psk, aad, envelope: same }), plain);
	}
});

test('another lane, installation, place, PSK or key opens nothing', async () => {
	const pair = await deriveKeyPair(random(32));
	const right = {
		lane: 'ring', inst: random(16), pair, psk: { id: utf8('rel'), key: random(32) }, aad: Uint8Array.of(1, 0),
	};
	const envelope = await seal({ ...right, to: pair.raw, ekm: random(32), plain: utf8('hello') });
	assert.equal(new TextDecoder().decode(await open({ ...right, envelope })), 'hello');
	const wrong = [
		{ lane: 'box' }, { inst: random(16) }, { aad: Uint8Array.of(1, 1) }, { psk: undefined },
		{ psk: { id: utf8('open'), key: right.psk.key } }, { psk: { id: utf8('rel'), key: random(32) } },
		{ pair: await deriveKeyPair(random(32)) },
	];
	for (const change of wrong)
		assert.equal(await open({ ...right, envelope, ...change }), null, Object.keys(change)[0]);
	for (const at of [0, 31, 32, envelope.length - 1]) {
		const bent = envelope.slice();
		bent[at] ^= 1;
		assert.equal(await open({ ...right, envelope: bent }), null, `byte ${at}`);
	}
});

test('a public key that leads to the all-zero secret is refused', async () => {
	await assert.rejects(seal({
		lane: 'ring', inst: random(16), to: new Uint8Array(32), aad: Uint8Array.of(1, 0), ekm: random(32), plain: utf8('x'),
	}));
	const pair = await deriveKeyPair(random(32));
	assert.equal(await open({ lane: 'ring', inst: random(16), pair, aad: Uint8Array.of(1, 0), envelope: new Uint8Array(512) }), null);
});

test('a private key cannot be exported', async () => {
	const { privateKey } = await deriveKeyPair(random(32));
	assert.equal(privateKey.extractable, false);
	await assert.rejects(crypto.subtle.exportKey('pkcs8', privateKey));
});

test('a PSK shorter than 32 bytes is refused', async () => {
	await assert.rejects(keySchedule(random(32), utf8(''), { id: utf8('rel'), key: random(31) }), TypeError);
});
