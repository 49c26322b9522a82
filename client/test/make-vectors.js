/* make-vectors.js: writes tests/vectors/*.json (protocol § 11) with fixed keys. `node client/test/make-vectors.js --write`, from anywhere;
   vectors.test.mjs makes them again and compares, the C tests read the same files. All values hex unless said. */

import '../node/crypto.js';
import { argon2id } from '@noble/hashes/argon2';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fixedRandom } from '../node/fixed-random.js';
import { packAnswer } from '../answer.js';
import { sha256, toHex, utf8 } from '../bytes.js';
import { formatCode, receiptKeys } from '../code.js';
import { NEW, RESET, RETIRE, ROTATE, headCode, keyId, makeEntry, safetyCode } from '../keylog.js';
import { deriveKeys, expandMaster } from '../keys.js';
import { buildPost, pskOf } from '../ring.js';
import { emptyVault, put, sealVault } from '../vault.js';
import { prfInput } from '../passkey.js';
import { COST_SMALL, KIND_DEVICE, KIND_PASSKEY, KIND_RECOVERY, makeWrap } from '../wrap.js';

const bytes = (label, n) => fixedRandom(label)(n);
const INST = bytes('inst', 16);

export const argon = async (password, salt, { t, m, p }) => argon2id(password, salt, { t, m, p, dkLen: 32 });

export const deviceKeyOf = (raw) =>
	crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

async function ring() {
	const keys = {};
	const recipients = [];
	for (const [position, name] of ['assigned', 'stand-in 1', 'chosen'].entries()) {
		const seed = await expandMaster(bytes(`mk ${name}`, 32), 'hpke');
		const { hpke } = await deriveKeys(bytes(`mk ${name}`, 32));
		const at = position === 2 ? 3 : position;
		keys[at] = hpke.raw;
		recipients.push({
			position: at, mk: toHex(bytes(`mk ${name}`, 32)), seed: toHex(seed), pub: toHex(hpke.raw),
			key_id: toHex(await keyId(hpke.raw)),
		});
	}
	const rel = bytes('rel', 32);
	const door = bytes('door', 16);
	const postId = bytes('post', 16);
	const answer = {
		ref: bytes('ref', 16), aid: bytes('aid', 16), t: 29391120, kind: 'other', phone: '+47 00 00 03 18', when: 'Kveld',
		name: 'Åse "Solli"', to: recipients[2].key_id, note: 'Etter vakta, helst \\ ute 🌿',
	};
	const plain = packAnswer(answer);
	/* in the order random() is asked: one ekm per key, scalar and rest of a dummy */
	const body = await buildPost({ inst: INST, door, postId, rel, keys, answer, random: fixedRandom('ring vector') });
	return {
		inst: toHex(INST), door: toHex(door), post_id: toHex(postId), rel: toHex(rel), ref: toHex(answer.ref), recipients,
		info: toHex(utf8('makker/1 ring')) + '00' + toHex(INST),
		psk_open: toHex((await pskOf(3)).key), dummies: [2],
		ekm: { 0: toHex(drawn('ring vector', 0, 32)), 1: toHex(drawn('ring vector', 1, 32)), 3: toHex(drawn('ring vector', 18, 32)) },
		json: new TextDecoder().decode(plain.subarray(2, 2 + plain[0] * 256 + plain[1])), plain: toHex(plain), body: toHex(body),
	};
}

/* Block `counter` of fixedRandom(label): what the nth draw of 32 bytes gave. */
function drawn(label, counter, length) {
	const random = fixedRandom(label);
	for (let i = 0; i < counter; i++)
		random(32);
	return random(length);
}

async function wrap() {
	const mk = bytes('wrap mk', 32);
	const supporter = bytes('supporter', 16);
	const deviceKey = bytes('device key', 32);
	const passphrase = 'Blåbær på fjellet';
	const payload = '314159265358979323846264338327950';
	const common = { mk, inst: INST, supporter };
	const device = await makeWrap({
		...common, kind: KIND_DEVICE, cost: COST_SMALL, random: fixedRandom('wrap 1'),
		secret: { argon, passphrase, deviceKey: await deviceKeyOf(deviceKey) },
	});
	const recovery = await makeWrap({ ...common, kind: KIND_RECOVERY, secret: { payload }, random: fixedRandom('wrap 2') });
	const prf = bytes('passkey prf', 32);
	const passkey = await makeWrap({ ...common, kind: KIND_PASSKEY, secret: { prf }, random: fixedRandom('wrap 3') });
	return {
		inst: toHex(INST), supporter: toHex(supporter), mk: toHex(mk), passphrase, device_key: toHex(deviceKey),
		recovery_payload: payload, device: toHex(device), recovery: toHex(recovery),
		prf_input: toHex(await prfInput(INST)), prf: toHex(prf), passkey: toHex(passkey),
		argon2id: {
			password: 'pw', salt: '00'.repeat(16), t: 3, m: 65536, p: 1,
			key: toHex(await argon(utf8('pw'), new Uint8Array(16), { t: 3, m: 65536, p: 1 })),
		},
		derived: {
			hpke_seed: toHex(await expandMaster(mk, 'hpke')), sign_seed: toHex(await expandMaster(mk, 'sign')),
			vault_key: toHex(await expandMaster(mk, 'vault')),
			hpke_pub: toHex((await deriveKeys(bytes('wrap mk', 32))).hpke.raw),
			sign_pub: toHex((await deriveKeys(bytes('wrap mk', 32))).sign.raw),
		},
	};
}

async function vault() {
	const mk = bytes('vault mk', 32);
	const supporter = bytes('supporter', 16);
	const content = emptyVault();
	put(content, 'scan3', 495431, 1795000000000);
	put(content, 'try:AAAAAAAAAAAAAAAAAAAAAA', { task: 'Q2FyZQ', t: 29391120, what: 'no-answer' }, 1795000000001);
	content.n = 7;
	const key = (await deriveKeys(bytes('vault mk', 32))).vault;
	const blob = await sealVault({ vault: content, key, inst: INST, supporter, random: fixedRandom('vault nonce') });
	return {
		inst: toHex(INST), supporter: toHex(supporter), mk: toHex(mk), vault_key: toHex(await expandMaster(mk, 'vault')),
		json: JSON.stringify(content), length: blob.length, nonce: toHex(blob.subarray(0, 12)),
		first_64: toHex(blob.subarray(0, 64)), last_64: toHex(blob.subarray(-64)), sha256: toHex(await sha256(blob)),
	};
}

async function keylog() {
	const people = [bytes('supporter', 16), bytes('supporter b', 16)];
	const entries = [];
	const safety = [];
	let prev;
	const add = async (kind, who, mkLabel, previousLabel) => {
		const keys = await deriveKeys(bytes(mkLabel, 32));
		const previousSign = previousLabel && (await deriveKeys(bytes(previousLabel, 32))).sign;
		const entry = await makeEntry({
			kind, n: entries.length, prev, supporter: people[who], sign: keys.sign, hpkePub: keys.hpke.raw,
			day: 20410 + entries.length, previousSign,
		});
		prev = await sha256(entry);
		entries.push(toHex(entry));
		safety.push(await safetyCode(keys.sign.raw));
	};
	await add(NEW, 0, 'log a1');
	await add(NEW, 1, 'log b1');
	await add(ROTATE, 0, 'log a2', 'log a1');
	await add(RESET, 1, 'log b2');
	await add(RETIRE, 0, 'log a2');
	return {
		supporters: people.map(toHex), kinds: [NEW, NEW, ROTATE, RESET, RETIRE], entries, head: toHex(prev),
		safety, head_code: headCode(prev),
	};
}

async function recovery() {
	const payload = '314159265358979323846264338327950';
	const { auth, boxId, sa, seed, pair } = await receiptKeys(payload);
	return {
		payload, lines: formatCode(payload), auth: toHex(auth), box_id: toHex(boxId), sa: toHex(sa), seed: toHex(seed),
		pub: toHex(pair.raw),
	};
}

export const makers = { ring, wrap, vault, keylog, recovery };

export const directory = fileURLToPath(new URL('../../tests/vectors/', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === '--write') {
	mkdirSync(directory, { recursive: true });
	for (const [name, make] of Object.entries(makers))
		writeFileSync(`${directory}${name}.json`, `${JSON.stringify(await make(), null, '\t')}\n`);
}
