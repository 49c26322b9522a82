// Behind a proxy of this machine, whoever guesses or floods from one address holds up nobody at another, nor learns of them.
// MAKKER_BIN is the folder of the build.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { linkIn, register, signIn, welcome } from '../../tools/demo/doors.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { AT, PASSPHRASE, TITLE, build } from './town.mjs';
import { World } from './world.mjs';

const EMAIL = 'berit@bjorkli.example';

/** One try to sign in, as the proxy hands it on. → status */
async function tries(world, address, passphrase) {
	const page = await new Visitor().request(`${world.haven}/s/sign-in`, { method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-real-ip': address },
		body: new URLSearchParams({ email: EMAIL, passphrase }).toString() });
	return page.status;
}

async function inWorld(settings, what) {
	const world = await World.start({ at: AT, settings });
	try {
		await welcome(linkIn(await world.makker('user', 'haven', 'add', EMAIL, '--name', 'Berit Li', '--role', 'coordinator')), PASSPHRASE);
		await what(world);
	} finally {
		await world.stop();
	}
}

async function guess(world, address) {
	for (let i = 0; i < 5; i++)
		assert.equal(await tries(world, address, `something quite wrong ${i}`), 403);
	assert.equal(await tries(world, address, 'something quite wrong'), 429);
}

test('with peer_header a stranger who guesses holds up nobody elsewhere', async () => {
	await inWorld(['peer_header = X-Real-IP'], async (world) => {
		await guess(world, '192.0.2.7');
		assert.equal(await tries(world, '192.0.2.7', PASSPHRASE), 429);
		assert.equal(await tries(world, '198.51.100.8', PASSPHRASE), 303);
	});
});

test('without it the header says nothing: nobody gets more tries by making up addresses', async () => {
	await inWorld([], async (world) => {
		await guess(world, '192.0.2.7');
		assert.equal(await tries(world, '198.51.100.8', PASSPHRASE), 429);
	});
});

const envelope = () => Buffer.concat([generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32), randomBytes(480)]);

/** Posts what nobody can read until work is asked for. → how many were taken */
async function drain(world, address, door) {
	for (let taken = 0; ; taken++) {
		const body = Buffer.concat([Buffer.from([1, 0]), door, randomBytes(16), Buffer.alloc(8), envelope(), envelope(), envelope(), envelope()]);
		const got = await new Visitor().request(`${world.haven}/h/ring`, { method: 'POST', body,
			headers: { 'content-type': 'application/octet-stream', 'x-real-ip': address } });
		if (got.status === 429)
			return taken;
		assert.equal(got.status, 204);
	}
}

test('whoever holds the door code and posts again and again cannot count who answers elsewhere, nor hold them up', async () => {
	const { world, leader, affected: { none, call } } = await build('nb', { ready: 3, settings: ['peer_header = X-Real-IP'] });
	try {
		await register(world.duty, await signIn(world.duty, leader.email, PASSPHRASE), { kind: 1, severity: 1, date: '2026-11-18', clock: '22.10',
			unit: 'Akuttmottaket', sentence: TITLE, numbers: [none.number, call.number] });
		await world.clock('+10h');
		const link = linkIn((await world.mailTo(none.email)).text);
		const page = await new Visitor().get(linkIn((await world.mailTo(call.email)).text));
		const door = Buffer.from(/data-door="([^"]+)"/.exec(page.text)[1], 'hex');
		await drain(world, '192.0.2.7', door);
		await world.clock('+1m');
		const quiet = await drain(world, '192.0.2.7', door);
		await world.clock('+1m');
		const answer = async () => (await new Visitor().request(link, { method: 'POST', body: 'kind=none',
			headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-real-ip': '198.51.100.8' } })).status;
		assert.equal(await answer(), 200);
		assert.equal(await drain(world, '192.0.2.7', door), quiet, 'an answer was counted');
		assert.equal(await answer(), 200, 'without JavaScript, while somebody floods');
	} finally {
		await world.stop();
	}
});
