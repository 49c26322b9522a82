/* wrap.js: MK under lock (§ 2.3), kinds 1 (this device), 2 (recovery code), 3 (a passkey) and 4 (a one-time code for another device).

   Row, 92 bytes: ver(1)=1, kind(1), 0(2), t(4), m KiB(4), p(4), salt(16), nonce(12), AES-256-GCM(KEK, MK)(48).
   AAD = bytes 0–43 ‖ inst ‖ supporter id. KEK = HKDF-SHA256(salt, ikm, "makker/1 wrap" ‖ kind).
   kind 1: ikm = Argon2id(passphrase, salt) ‖ HMAC-SHA256(device key, salt); kinds 2 and 4: ikm = the 33 digits;
   kind 3: ikm = the 32 bytes that the passkey derives (passkey.js).
   There is no wrap under a passphrase alone, so that a copy of the database cannot be guessed at. */

import { concat, hkdf, readU, systemRandom, u32, utf8 } from './bytes.js';

export const KIND_DEVICE = 1;
export const KIND_RECOVERY = 2;
export const KIND_PASSKEY = 3;
export const KIND_PAIRING = 4; /* never among her ways in: handed out once */
export const WRAP_LENGTH = 92;
export const PASSPHRASE_LEAST = 10; /* characters; our choice */

/* Argon2id's cost: 64 MiB three times, or 19 MiB twice where a trial of 4 MiB three times took over 400 ms. */
export const COST_FULL = { t: 3, m: 65536, p: 1 };
export const COST_SMALL = { t: 2, m: 19456, p: 1 };
export const COST_TRIAL = { t: 3, m: 4096, p: 1 };
export const TRIAL_MOST_MS = 400;

/* A row may not ask this device for more than it can give (a row comes from the server). */
const MOST = { t: 10, m: 262144, p: 4 };

export const chooseCost = (trialMs) => (trialMs > TRIAL_MOST_MS ? COST_SMALL : COST_FULL);

async function kekOf(kind, ikm, salt, usage) {
	const raw = await hkdf(ikm, salt, concat(utf8('makker/1 wrap'), Uint8Array.of(kind)));
	ikm.fill(0);
	const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [usage]);
	raw.fill(0);
	return key;
}

async function deviceIkm({ argon, passphrase, deviceKey }, salt, cost) {
	const slow = await argon(utf8(passphrase), salt, cost);
	const mac = new Uint8Array(await crypto.subtle.sign('HMAC', deviceKey, salt));
	const ikm = concat(slow, mac);
	slow.fill(0);
	return ikm;
}

/* A copy, which is overwritten once it has served; null: this secret is of another kind. */
function ikmOf(kind, secret, salt, cost) {
	if (kind === KIND_DEVICE)
		return secret.argon ? deviceIkm(secret, salt, cost) : null;
	if (kind === KIND_PASSKEY)
		return secret.prf?.slice() ?? null;
	return secret.payload ? utf8(secret.payload) : null;
}

const params = (head, inst, supporter) => ({
	name: 'AES-GCM', iv: head.slice(32, 44), additionalData: concat(head.slice(0, 44), inst, supporter),
});

/* → the row. `secret` is { argon, passphrase, deviceKey } for kind 1, { payload } for kinds 2 and 4, { prf } for kind 3; argon(password,
   salt, cost) gives 32 bytes; cost is needed for kind 1. MK is left as it is. */
export async function makeWrap({ kind, mk, inst, supporter, secret, cost, random = systemRandom }) {
	const { t, m, p } = kind === KIND_DEVICE ? cost : { t: 0, m: 0, p: 0 };
	const salt = random(16);
	const head = concat(Uint8Array.of(1, kind, 0, 0), u32(t), u32(m), u32(p), salt, random(12));
	const ikm = await ikmOf(kind, secret, salt, cost);
	const kek = await kekOf(kind, ikm, salt, 'encrypt');
	return concat(head, new Uint8Array(await crypto.subtle.encrypt(params(head, inst, supporter), kek, mk)));
}

/* → { kind, cost } or null: not a row we know. */
export function readWrap(row) {
	if (row.length !== WRAP_LENGTH || row[0] !== 1 || row[2] !== 0 || row[3] !== 0)
		return null;
	const kind = row[1];
	const cost = { t: readU(row, 4, 4), m: readU(row, 8, 4), p: readU(row, 12, 4) };
	if (kind > KIND_DEVICE && kind <= KIND_PAIRING)
		return cost.t + cost.m + cost.p === 0 ? { kind, cost } : null;
	if (kind !== KIND_DEVICE || cost.t < 1 || cost.t > MOST.t || cost.p < 1 || cost.p > MOST.p ||
	    cost.m < 8 * cost.p || cost.m > MOST.m)
		return null;
	return { kind, cost };
}

/* → MK (32 bytes, the caller's to overwrite) or null: another secret, device, installation or supporter, or changed. */
export async function openWrap({ row, inst, supporter, secret }) {
	const read = readWrap(row);
	if (!read)
		return null;
	const salt = row.slice(16, 32);
	const ikm = await ikmOf(read.kind, secret, salt, read.cost);
	if (!ikm)
		return null;
	const kek = await kekOf(read.kind, ikm, salt, 'decrypt');
	try {
		return new Uint8Array(await crypto.subtle.decrypt(params(row, inst, supporter), kek, row.slice(44)));
	} catch {
		return null;
	}
}
