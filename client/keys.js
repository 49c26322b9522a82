/* keys.js: from the master key to the three keys of a supporter (§ 2.2).

   MK is 32 random bytes. deriveKeys() takes MK over and overwrites it: the caller may not use it again.
   None of the private keys it gives can be exported. */

import { concat, hkdf, systemRandom, utf8 } from './bytes.js';
import { deriveKeyPair } from './hpke.js';

const ED25519_PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

export const makeMaster = (random = systemRandom) => random(32);

export const expandMaster = (mk, label) => hkdf(mk, utf8('makker/1 master'), utf8(label));

/* → { privateKey (sign only), raw: the public key's 32 bytes }. The seed is overwritten. */
async function importSigning(seed) {
	const pkcs8 = concat(ED25519_PKCS8, seed);
	seed.fill(0);
	const once = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
	const { x } = await crypto.subtle.exportKey('jwk', once);
	const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
	pkcs8.fill(0);
	const raw = Uint8Array.from(atob(x.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
	return { privateKey, raw };
}

/* → { hpke: { privateKey, publicKey, raw }, sign: { privateKey, raw }, vault: AES-GCM key }. */
export async function deriveKeys(mk) {
	const seed = await expandMaster(mk, 'hpke');
	const vaultKey = await expandMaster(mk, 'vault');
	const signSeed = await expandMaster(mk, 'sign');
	mk.fill(0);
	const hpke = await deriveKeyPair(seed);
	const sign = await importSigning(signSeed);
	const vault = await crypto.subtle.importKey('raw', vaultKey, 'AES-GCM', false, ['encrypt', 'decrypt']);
	seed.fill(0);
	vaultKey.fill(0);
	return { hpke, sign, vault };
}
