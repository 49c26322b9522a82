/* passkey.js: a passkey as a way in (§ 2.3). The browser asks an authenticator (the device itself, a phone, a security key) for the 32 bytes
   that it derives for our input and for nobody else (WebAuthn's PRF extension). They open a wrap; they never leave the page, and neither
   does anything else of the passkey: no server checks it, since what it opens proves it. Only the desk's page may ask
   (Permissions-Policy). */

import { concat, sha256, systemRandom, utf8 } from './bytes.js';
import { Refused } from './refused.js';

const PATIENCE_MS = 120000; /* she may have to fetch her phone */
export const SECRET_LENGTH = 32;

/* The same for everybody of this installation: what comes of it differs by passkey. */
export const prfInput = (inst) => sha256(concat(utf8('makker/1 prf'), inst));

/* Whether this browser can: 'yes', 'no', or 'maybe' where it does not say. */
export async function passkeysHere(world = globalThis) {
	const { PublicKeyCredential } = world;
	if (!PublicKeyCredential || !world.navigator?.credentials?.create)
		return 'no';
	try {
		const can = await PublicKeyCredential.getClientCapabilities?.();
		return can?.['extension:prf'] === undefined ? 'maybe' : can['extension:prf'] ? 'yes' : 'no';
	} catch {
		return 'maybe';
	}
}

/* An authenticator's or a browser's no, as the key of a text. */
export const refusalOf = (e) => (e instanceof Refused ? e.text
	: e?.name === 'NotAllowedError' || e?.name === 'AbortError' ? 'passkey-cancelled' : e?.name === 'InvalidStateError' ? 'passkey-there' : 'passkey-none');

async function ask(job) {
	try {
		return await job();
	} catch (e) {
		throw new Refused(refusalOf(e));
	}
}

/* → { id, secret (32 bytes, the caller's to overwrite) } or null: this passkey gave none. */
function resultOf(credential) {
	const { results } = credential.getClientExtensionResults().prf ?? {};
	const secret = results?.first && new Uint8Array(results.first).slice();
	return secret?.length === SECRET_LENGTH ? { id: new Uint8Array(credential.rawId), secret } : null;
}

const public_ = (id) => ({ type: 'public-key', id });

/* One press: asks for a passkey that is there; allow: their ids, where they are known (none: any that this authenticator has for us). */
export const usePasskey = ({ inst, allow = [], credentials = navigator.credentials }) => ask(async () => {
	const credential = await credentials.get({ publicKey: {
		challenge: systemRandom(32), allowCredentials: allow.map(public_), userVerification: 'required', timeout: PATIENCE_MS,
		extensions: { prf: { eval: { first: await prfInput(inst) } } },
	} });
	const got = resultOf(credential);
	if (!got)
		throw new Refused('passkey-none');
	return got;
});

/* One press, sometimes two: makes one, and asks what it derives. name: what the device's own list calls it. known: ids of those she has,
   so that no authenticator gets two. */
export const makePasskey = ({ inst, name, known = [], credentials = navigator.credentials }) => ask(async () => {
	const credential = await credentials.create({ publicKey: {
		rp: { name: 'Makker' }, user: { id: systemRandom(16), name, displayName: name }, challenge: systemRandom(32),
		pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
		authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
		excludeCredentials: known.map(public_), attestation: 'none', timeout: PATIENCE_MS,
		extensions: { prf: { eval: { first: await prfInput(inst) } } },
	} });
	const { prf } = credential.getClientExtensionResults();
	if (!prf?.enabled && !prf?.results)
		throw new Refused('passkey-none');
	return resultOf(credential) ?? usePasskey({ inst, allow: [new Uint8Array(credential.rawId)], credentials });
});
