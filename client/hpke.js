/* hpke.js: the one cipher suite (§ 2.1): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180).

   The KEM is @hpke/core's. The key schedule (RFC 9180 § 5.1) for one message per encapsulation, sequence 0, stands here:
   the library's contexts for many messages would cost a colleague's first page 2.5 kB more. Tests hold both against each
   other and against the RFC's vectors. `lane` is "ring", "request" or "box"; inst is 16 bytes.
   A recipient is a pair { privateKey, publicKey } of CryptoKeys; the private one need not be extractable. */

import { DhkemX25519HkdfSha256 } from '@hpke/core';
import { concat, hkdf, u16, utf8 } from './bytes.js';

const X25519_PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);
const SUITE_ID = concat(utf8('HPKE'), u16(0x20), u16(1), u16(2));
const MODE_BASE = 0, MODE_PSK = 1;
const NOTHING = new Uint8Array(0);

const kem = new DhkemX25519HkdfSha256();

export const laneInfo = (lane, inst) => concat(utf8(`makker/1 ${lane}`), Uint8Array.of(0), inst);

/* KeySchedule: → { raw: key, nonce }. psk = { id, key } or undefined. WebCrypto's HKDF is its extract and expand in one.
   suiteId and keyLength are other than ours only for the RFC's vectors. */
export async function keySchedule(secret, info, psk, suiteId = SUITE_ID, keyLength = 32) {
	if (psk && (psk.key.length < 32 || psk.id.length === 0))
		throw new TypeError('a PSK has 32 bytes and a name');
	const labelled = (label, ...rest) => concat(utf8('HPKE-v1'), suiteId, utf8(label), ...rest);
	const hmac = { name: 'HMAC', hash: 'SHA-256' };
	const zeros = await crypto.subtle.importKey('raw', new Uint8Array(32), hmac, false, ['sign']);
	/* LabeledExtract without salt */
	const digest = async (label, bytes) => new Uint8Array(await crypto.subtle.sign(hmac, zeros, labelled(label, bytes)));
	const { id, key: pskKey } = psk ?? { id: NOTHING, key: NOTHING };
	const context = concat(Uint8Array.of(psk ? MODE_PSK : MODE_BASE),
		await digest('psk_id_hash', id), await digest('info_hash', info));
	const ikm = labelled('secret', pskKey);
	const expand = (label, n) => hkdf(ikm, secret, concat(u16(n), labelled(label, context)), n);
	return { raw: await expand('key', keyLength), nonce: await expand('base_nonce', 12) };
}

async function schedule(secret, info, psk, usage) {
	const { raw, nonce } = await keySchedule(secret, info, psk);
	const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [usage]);
	raw.fill(0);
	return { key, nonce };
}

/* → enc(32) ‖ ciphertext and tag. `ekm`: 32 random bytes the ephemeral key is derived from (RFC 9180 § 7.1.3
   makes GenerateKeyPair of DeriveKeyPair and random bytes). `to`: 32 bytes. */
export async function sealWith({ info, to, psk, aad, ekm, plain }) {
	const recipientPublicKey = await kem.deserializePublicKey(to);
	const { sharedSecret, enc } = await kem.encap({ recipientPublicKey, ekm });
	const { key, nonce } = await schedule(new Uint8Array(sharedSecret), info, psk, 'encrypt');
	const params = { name: 'AES-GCM', iv: nonce, additionalData: aad };
	return concat(new Uint8Array(enc), new Uint8Array(await crypto.subtle.encrypt(params, key, plain)));
}

/* → the plaintext, or null: not for this key, PSK, place or installation, or changed. */
export async function openWith({ info, pair, psk, aad, envelope }) {
	try {
		const secret = await kem.decap({ recipientKey: pair, enc: envelope.slice(0, 32) });
		const { key, nonce } = await schedule(new Uint8Array(secret), info, psk, 'decrypt');
		const params = { name: 'AES-GCM', iv: nonce, additionalData: aad };
		return new Uint8Array(await crypto.subtle.decrypt(params, key, envelope.slice(32)));
	} catch {
		return null;
	}
}

export const seal = ({ lane, inst, ...rest }) => sealWith({ info: laneInfo(lane, inst), ...rest });
export const open = ({ lane, inst, ...rest }) => openWith({ info: laneInfo(lane, inst), ...rest });

/* A raw X25519 private key → { privateKey, publicKey, raw }: the private half cannot be exported; raw is the
   public key's 32 bytes, computed with the base point, since not every browser exports a JWK here. */
export async function importPrivate(sk) {
	const pkcs8 = concat(X25519_PKCS8, sk);
	const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits']);
	pkcs8.fill(0);
	const base = new Uint8Array(32);
	base[0] = 9;
	const nine = await crypto.subtle.importKey('raw', base, 'X25519', true, []);
	const raw = new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: nine }, privateKey, 256));
	return { privateKey, publicKey: await kem.deserializePublicKey(raw), raw };
}

/* DeriveKeyPair of RFC 9180 § 7.1.3 for this KEM, straight to a key that cannot be exported. */
export async function deriveKeyPair(seed) {
	const id = concat(utf8('KEM'), u16(0x20));
	const ikm = concat(utf8('HPKE-v1'), id, utf8('dkp_prk'), seed);
	const sk = await hkdf(ikm, NOTHING, concat(u16(32), utf8('HPKE-v1'), id, utf8('sk')));
	ikm.fill(0);
	const pair = await importPrivate(sk);
	sk.fill(0);
	return pair;
}
