// Behind a proxy of this machine, whoever guesses at one address holds up nobody at another.
// MAKKER_BIN is the folder of the build.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkIn, welcome } from '../../tools/demo/doors.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { AT, PASSPHRASE } from './town.mjs';
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
