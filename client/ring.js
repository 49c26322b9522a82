/* ring.js: the post that carries an answer, and trial opening (§ 3.3, § 3.4).

   Body, 2,090: ver(1)=1, 0(1), door code(16), post id(16), work nonce(8), 4 × 512. Envelope: enc(32) ‖ 480, HPKE in PSK
   mode, AAD = 0x01 ‖ position. Positions 0 assigned, 1 and 2 stand-ins: PSK = rel; 3 the chosen other: PSK = H("makker/1 open").
   Positions without a key carry a dummy: the public key of a random scalar ‖ 480 random bytes. */

import { packAnswer, unpackAnswer } from './answer.js';
import { concat, sha256, systemRandom, toB64u, utf8 } from './bytes.js';
import { importPrivate, open, seal } from './hpke.js';

export const POST_LENGTH = 2090;
export const HEAD_LENGTH = 42;
export const ENVELOPE_LENGTH = 512;
export const SLOT_LENGTH = 4 * ENVELOPE_LENGTH;

const aadOf = (position) => Uint8Array.of(1, position);

export async function pskOf(position, rel) {
	return position === 3 ? { id: utf8('open'), key: await sha256(utf8('makker/1 open')) }
	                      : { id: utf8('rel'), key: rel };
}

export async function makeDummy(random = systemRandom) {
	const scalar = random(32);
	const { raw } = await importPrivate(scalar);
	scalar.fill(0);
	return concat(raw, random(ENVELOPE_LENGTH - 32));
}

/* keys: { 0: X25519 pub, 1?: …, 2?: …, 3?: … }, 32 bytes each; 3 only for `other`. answer as of packAnswer().
   → the 2,090 bytes with a nonce of zeros. Throws TooLong before anything is sealed. */
export async function buildPost({ inst, door, postId, rel, keys, answer, random = systemRandom }) {
	const plain = packAnswer(answer);
	const envelopes = [];
	for (let position = 0; position < 4; position++) {
		envelopes.push(keys[position] === undefined ? await makeDummy(random) : await seal({
			lane: 'ring', inst, to: keys[position], psk: await pskOf(position, rel), aad: aadOf(position),
			ekm: random(32), plain,
		}));
	}
	plain.fill(0);
	return concat(Uint8Array.of(1, 0), door, postId, new Uint8Array(8), ...envelopes);
}

/* The puzzle of § 7: finds a nonce so that H(body) begins with `bits` zero bits. Changes the body. */
export async function work(body, bits, random = systemRandom) {
	const BATCH = 256;
	const counter = new DataView(body.buffer, body.byteOffset + 34, 8);
	counter.setUint32(0, new DataView(random(4).buffer).getUint32(0));
	for (let n = 0; ; n += BATCH) {
		const tries = Array.from({ length: BATCH }, (_, i) => {
			counter.setUint32(4, n + i);
			return crypto.subtle.digest('SHA-256', body.slice());
		});
		const hit = (await Promise.all(tries)).findIndex((h) => Math.clz32(new DataView(h).getUint32(0)) >= bits);
		if (hit >= 0) {
			counter.setUint32(4, n + hit);
			return;
		}
	}
}

/* One envelope by trial → the answer, or null. */
export async function openEnvelope({ inst, pair, position, rel, envelope }) {
	const psk = await pskOf(position, rel);
	const plain = await open({ lane: 'ring', inst, pair, psk, aad: aadOf(position), envelope });
	return plain && unpackAnswer(plain);
}

/* All slots of a closed hour, with each of her key pairs (`olds`: those she has replaced lately) → [{ position, task?, answer }]. tasks: [{ id, ref, rel, positions }], bytes where bytes are
   meant; an answer counts only under the ref of its own task. `others`: look for position 3 too. */
export async function openHour({ pair, olds = [], ...question }) {
	const found = [];
	for (const one of [pair, ...olds])
		found.push(...await openWith({ pair: one, ...question }));
	return found;
}

async function openWith({ inst, pair, page, tasks, others }) {
	const found = [];
	const refOf = new Map(tasks.map((task) => [task, toB64u(task.ref)]));
	for (let at = 0; at + SLOT_LENGTH <= page.length; at += SLOT_LENGTH) {
		const envelope = (position) => page.subarray(at + position * ENVELOPE_LENGTH, at + (position + 1) * ENVELOPE_LENGTH);
		for (const task of tasks) {
			for (const position of task.positions) {
				const answer = await openEnvelope({ inst, pair, position, rel: task.rel, envelope: envelope(position) });
				if (answer && answer.ref === refOf.get(task))
					found.push({ position, task: task.id, answer });
			}
		}
		const answer = others ? await openEnvelope({ inst, pair, position: 3, envelope: envelope(3) }) : null;
		if (answer?.kind === 'other')
			found.push({ position: 3, answer });
	}
	return found;
}
