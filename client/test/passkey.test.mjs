import '../node/crypto.js';
import assert from 'node:assert/strict';
import test from 'node:test';
import { sha256, toHex, utf8, concat } from '../bytes.js';
import { makePasskey, passkeysHere, prfInput, refusalOf, usePasskey } from '../passkey.js';

const inst = new Uint8Array(16).fill(7);
const named = (name) => Object.assign(new Error(name), { name });

/* A browser's credentials as far as we use them. `prf`: what the extension answers to create and to get. */
function browser({ made = { enabled: true, results: { first: new Uint8Array(32).fill(1).buffer } }, got = { results: { first: new Uint8Array(32).fill(1).buffer } } } = {}) {
	const asked = [];
	const answer = (prf) => (options) => {
		asked.push(options.publicKey);
		return Promise.resolve({ rawId: Uint8Array.of(1, 2, 3).buffer, getClientExtensionResults: () => (prf ? { prf } : {}) });
	};
	return { asked, create: answer(made), get: answer(got) };
}

test('what a passkey is asked for is the same for the whole installation, and another for another', async () => {
	const input = await prfInput(inst);
	assert.deepEqual(input, await sha256(concat(utf8('makker/1 prf'), inst)));
	assert.notEqual(toHex(await prfInput(new Uint8Array(16))), toHex(input));
});

test('one is made with her at the device, known by it alone, and no two on one authenticator', async () => {
	const credentials = browser();
	const { id, secret } = await makePasskey({ inst, name: 'Åse O\'Brien', known: [Uint8Array.of(9)], credentials });
	assert.deepEqual([toHex(id), secret.length], ['010203', 32]);
	const [{ authenticatorSelection, excludeCredentials, attestation, user, extensions, challenge }] = credentials.asked;
	assert.deepEqual(authenticatorSelection, { residentKey: 'required', requireResidentKey: true, userVerification: 'required' });
	assert.deepEqual(excludeCredentials, [{ type: 'public-key', id: Uint8Array.of(9) }]);
	assert.equal(attestation, 'none');
	assert.deepEqual(extensions.prf.eval.first, await prfInput(inst));
	assert.ok(user.id.length === 16 && challenge.length === 32);
	assert.equal(credentials.asked.length, 1, 'asked once where it answers at once');
});

test('one that says what it derives only when it is used is asked once more, by its id', async () => {
	const credentials = browser({ made: { enabled: true } });
	assert.equal((await makePasskey({ inst, name: 'Kari', credentials })).secret.length, 32);
	assert.equal(credentials.asked.length, 2);
	assert.deepEqual(credentials.asked[1].allowCredentials, [{ type: 'public-key', id: Uint8Array.of(1, 2, 3) }]);
	assert.equal(credentials.asked[1].userVerification, 'required');
});

test('one that derives nothing, or too little, is no way in', async () => {
	for (const made of [{ enabled: false }, null])
		await assert.rejects(makePasskey({ inst, name: 'Kari', credentials: browser({ made }) }), { text: 'passkey-none' });
	for (const got of [null, {}, { results: {} }, { results: { first: new ArrayBuffer(31) } }])
		await assert.rejects(usePasskey({ inst, credentials: browser({ got }) }), { text: 'passkey-none' });
});

test('what she or her device said no to is told in words', async () => {
	for (const [name, text] of [['NotAllowedError', 'passkey-cancelled'], ['AbortError', 'passkey-cancelled'], ['InvalidStateError', 'passkey-there'],
		['SecurityError', 'passkey-none'], ['NotSupportedError', 'passkey-none']]) {
		assert.equal(refusalOf(named(name)), text);
		await assert.rejects(usePasskey({ inst, credentials: { get: () => Promise.reject(named(name)) } }), { text });
	}
});

test('where the browser cannot, it is known beforehand', async () => {
	const world = (capabilities, more = {}) => ({ PublicKeyCredential: { getClientCapabilities: capabilities }, navigator: { credentials: { create() {} } }, ...more });
	assert.equal(await passkeysHere({}), 'no');
	assert.equal(await passkeysHere(world(undefined, { navigator: {} })), 'no');
	assert.equal(await passkeysHere(world(undefined)), 'maybe');
	assert.equal(await passkeysHere(world(async () => ({}))), 'maybe');
	assert.equal(await passkeysHere(world(async () => { throw new Error(); })), 'maybe');
	assert.equal(await passkeysHere(world(async () => ({ 'extension:prf': true }))), 'yes');
	assert.equal(await passkeysHere(world(async () => ({ 'extension:prf': false }))), 'no');
});
