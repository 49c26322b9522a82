import '../node/crypto.js';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { TooLong, dialable, packAnswer, unpackAnswer } from '../answer.js';
import { concat, toB64u, utf8 } from '../bytes.js';
import { deriveKeyPair, importPrivate, open } from '../hpke.js';
import { POST_LENGTH, buildPost, makeDummy, openHour, pskOf, work } from '../ring.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const inst = random(16);

async function scene() {
	const [assigned, first, second, chosen, stranger] = await Promise.all([1, 2, 3, 4, 5].map(() => deriveKeyPair(random(32))));
	const ref = random(16);
	const rel = random(32);
	const answer = { ref, aid: random(16), t: 29391120, kind: 'call', phone: '00 00 03 18', note: 'Åse «ringer» "helst" 🌿\\' };
	const post = (over = {}, keys = { 0: assigned.raw, 1: first.raw, 2: second.raw }) => buildPost({
		inst, door: random(16), postId: random(16), rel, keys, answer: { ...answer, ...over },
	});
	return { assigned, first, second, chosen, stranger, ref, rel, answer, post };
}
const slots = (...posts) => concat(...posts.map((p) => p.subarray(42)));
const task = (s, positions, over = {}) => ({ id: 't', ref: s.ref, rel: s.rel, positions, ...over });

test('a post is 2,090 bytes, whatever was answered', async () => {
	const s = await scene();
	const key = { 0: s.assigned.raw, 3: s.chosen.raw };
	const posts = [
		await s.post({ kind: 'none', phone: '', note: '' }), await s.post(), await s.post({}, { 0: s.assigned.raw }),
		await s.post({ kind: 'other', note: 'x'.repeat(120) }, key),
	];
	for (const p of posts) {
		assert.equal(p.length, POST_LENGTH);
		assert.deepEqual([...p.subarray(0, 2)], [1, 0]);
		assert.deepEqual(p.subarray(34, 42), new Uint8Array(8));
	}
});

test('each recipient opens her own place and nobody else opens anything', async () => {
	const s = await scene();
	const page = slots(await s.post({ kind: 'other' }, { 0: s.assigned.raw, 1: s.first.raw, 3: s.chosen.raw }));
	const look = (pair, tasks, others = false) => openHour({ inst, pair, page, tasks, others });
	const [hit] = await look(s.assigned, [task(s, [0])]);
	assert.equal(hit.answer.note, s.answer.note);
	assert.equal(hit.answer.ref, toB64u(s.ref));
	assert.equal((await look(s.first, [task(s, [1, 0])]))[0].position, 1);
	assert.equal((await look(s.chosen, [], true))[0].position, 3);
	assert.deepEqual(await look(s.assigned, [task(s, [1, 2])], true), []);
	assert.deepEqual(await look(s.second, [task(s, [0, 1, 2])], true), []);
	assert.deepEqual(await look(s.stranger, [task(s, [0, 1, 2])], true), []);
});

test('a stand-in without rel opens nothing, though the envelope is to her key', async () => {
	const s = await scene();
	const page = slots(await s.post());
	assert.deepEqual(await openHour({ inst, pair: s.first, page, tasks: [task(s, [1], { rel: random(32) })], others: true }), []);
});

test('an answer under the ref of another task does not count', async () => {
	const s = await scene();
	const page = slots(await s.post());
	assert.deepEqual(await openHour({ inst, pair: s.assigned, page, tasks: [task(s, [0], { ref: random(16) })] }), []);
});

test('real answers are found among dummies', async () => {
	const s = await scene();
	const noise = async () => concat(await makeDummy(), await makeDummy(), await makeDummy(), await makeDummy());
	const page = concat(await noise(), slots(await s.post()), await noise());
	assert.equal((await openHour({ inst, pair: s.assigned, page, tasks: [task(s, [0])], others: true })).length, 1);
});

test('a dummy is a real public key: on the curve, as the real ones', async () => {
	const p = 2n ** 255n - 19n;
	const power = (b, e) => {
		let r = 1n;
		for (; e > 0n; e >>= 1n, b = b * b % p)
			r = e & 1n ? r * b % p : r;
		return r;
	};
	for (let i = 0; i < 20; i++) {
		const dummy = await makeDummy();
		assert.equal(dummy.length, 512);
		const u = BigInt(`0x${Buffer.from(dummy.slice(0, 32)).reverse().toString('hex')}`);
		assert.ok(u < p);
		assert.equal(power((u ** 3n + 486662n * u ** 2n + u) % p, (p - 1n) / 2n), 1n);
	}
});

test('the same draw never serves two envelopes', async () => {
	const s = await scene();
	const page = await s.post();
	const encs = [0, 1, 2, 3].map((i) => toB64u(page.slice(42 + 512 * i, 74 + 512 * i)));
	assert.equal(new Set(encs).size, 4);
});

test('limits are in bytes, and the error names the field', () => {
	const base = { ref: random(16), aid: random(16), t: 29391120, kind: 'call' };
	const refuse = (over, field) => assert.throws(() => packAnswer({ ...base, ...over }),
		(e) => e instanceof TooLong && e.field === field && e.message.includes(field));
	assert.equal(packAnswer({ ...base, note: 'å'.repeat(60) }).length, 464);
	refuse({ note: 'å'.repeat(60) + 'a' }, 'note');
	refuse({ note: '🌿'.repeat(31) }, 'note');
	refuse({ phone: '1'.repeat(21) }, 'phone');
	refuse({ name: 'x'.repeat(81) }, 'name');
	refuse({ when: 'x'.repeat(41) }, 'when');
	refuse({ name: '"'.repeat(80), note: '\\'.repeat(120), when: 'x'.repeat(40), to: 'ab'.repeat(8) }, 'all');
	assert.throws(() => packAnswer({ ...base, kind: 'maybe' }), TypeError);
});

test('the longest fields together fit', () => {
	const plain = packAnswer({
		ref: random(16), aid: random(16), t: 29391120, kind: 'other', to: 'ab'.repeat(8), phone: '+'.repeat(20),
		when: 'w'.repeat(40), name: 'n'.repeat(80), note: 'm'.repeat(120),
	});
	assert.ok(plain[0] * 256 + plain[1] <= 462);
	assert.equal(unpackAnswer(plain).note.length, 120);
});

const framed = (json) => {
	const bytes = utf8(json);
	return concat(Uint8Array.of(bytes.length >> 8, bytes.length), bytes, new Uint8Array(462 - bytes.length));
};
const good = { v: 1, ref: toB64u(random(16)), aid: toB64u(random(16)), t: 29391120, kind: 'call' };

test('opened text that is not an answer is nothing', () => {
	assert.ok(unpackAnswer(framed(JSON.stringify(good))));
	const bad = [
		'null', '[]', '{}', '"x"', '{', JSON.stringify({ ...good, v: 2 }), JSON.stringify({ ...good, kind: 'toString' }),
		JSON.stringify({ ...good, ref: 'x' }), JSON.stringify({ ...good, aid: 7 }), JSON.stringify({ ...good, t: '1' }),
		JSON.stringify({ ...good, t: -1 }), JSON.stringify({ ...good, t: 1e300 }),
	];
	for (const json of bad)
		assert.equal(unpackAnswer(framed(json)), null, json);
	const trailing = framed(JSON.stringify(good));
	trailing[463] = 1;
	assert.equal(unpackAnswer(trailing), null);
	const long = framed(JSON.stringify(good));
	long.set([2, 0], 0);
	assert.equal(unpackAnswer(long), null);
	const broken = framed(JSON.stringify({ ...good, note: 'x' }));
	broken[broken.indexOf(0x78, 60)] = 0xff;
	assert.equal(unpackAnswer(broken), null);
});

test('what could deceive the eye is taken out of opened text', () => {
	const answer = unpackAnswer(framed(JSON.stringify({
		...good, note: '<img src=x onerror=1>\u202e\u0000\u200bhei\u2066', name: { toString: 1 }, __proto__: { x: 1 }, extra: 'x',
		phone: 'x'.repeat(21), to: '"><b>',
	})));
	assert.equal(answer.note, '<img src=x onerror=1>hei');
	assert.deepEqual(Object.keys(answer).sort(), ['aid', 'kind', 'note', 'ref', 't']);
});

test('only what can be dialled becomes a link', () => {
	assert.equal(dialable('+47 00 00-03.18'), '+4700000318');
	for (const bad of ['javascript:1', '113;ext=1', '', undefined, '12', '+'.repeat(5), '1'.repeat(16)])
		assert.equal(dialable(bad), null);
});

test('the work puzzle ends in a body whose hash begins with zeros, and changes only the nonce', async () => {
	const s = await scene();
	const body = await s.post();
	const before = body.slice();
	await work(body, 12);
	const hash = createHash('sha256').update(body).digest();
	assert.equal(hash.readUInt32BE(0) >>> 20, 0);
	assert.deepEqual(body.subarray(0, 34), before.subarray(0, 34));
	assert.deepEqual(body.subarray(42), before.subarray(42));
});

test('an envelope under the right PSK and the wrong place does not open', async () => {
	const s = await scene();
	const page = (await s.post()).subarray(42);
	const psk = await pskOf(0, s.rel);
	const at = (position) => open({ lane: 'ring', inst, pair: s.assigned, psk, aad: Uint8Array.of(1, position), envelope: page.slice(0, 512) });
	assert.ok(await at(0));
	assert.equal(await at(1), null);
	assert.equal((await importPrivate(random(32))).privateKey.extractable, false);
});
