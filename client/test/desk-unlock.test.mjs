import { newDevice } from './device-double.mjs';
import { newServer, quickArgon } from './server-double.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { sha256, toHex } from '../bytes.js';
import { Refused, byCode, byPassphrase, look, prepareFirst } from '../desk-unlock.js';
import { Trouble } from '../desk-api.js';
import { makeSupporterKeys } from '../node/make-keys.js';
import { get, put, sealVault } from '../vault.js';
import { KIND_DEVICE, KIND_RECOVERY } from '../wrap.js';

const PASS = 'blåbær på fjellet';
const random = (n) => crypto.getRandomValues(new Uint8Array(n));
const refused = (text) => (e) => e instanceof Refused && e.text === text;
const offline = (e) => e instanceof Trouble && e.text === 'offline';
let device, server;

beforeEach(() => {
	device = newDevice();
	server = newServer();
});
const here = () => [...device.rows.values()][0];
const first = async () => prepareFirst(await look(server.api), PASS, quickArgon);
const again = async (passphrase = PASS) => byPassphrase(await look(server.api), passphrase, quickArgon);
const colleague = async () => {
	const { entry } = await makeSupporterKeys({ inst: server.inst, supporterId: random(16), keylog: server.keylog, now: Date.parse(server.today) });
	server.keylog.push(entry);
};
const own = async (entry) => [toHex(await sha256(entry))];

test('first keys: nothing is sent before she confirms, and the passphrase opens afterwards', async () => {
	const { confirm } = await first();
	assert.deepEqual([server.keylog.length, device.rows.size], [0, 0]);
	const session = await confirm();
	assert.deepEqual(get(session.vault, 'own'), await own(server.keylog[0]));
	assert.deepEqual(server.wraps.map((w) => w[1]), [KIND_DEVICE, KIND_RECOVERY]);
	assert.equal((await look(server.api)).state, 'locked');
	assert.equal((await again()).warning, null);
	await assert.rejects(again('en helt annen'), refused('passphrase-wrong'));
});

test('the reply to the first keys is lost and she presses again: they were taken, and this device stays hers', async () => {
	const { confirm } = await first();
	server.before('firstKeys', null, { lost: true });
	await assert.rejects(confirm(), offline);
	assert.equal(server.keylog.length, 1);
	const row = here();
	const session = await confirm();
	assert.equal(here(), row, 'the row was not written again');
	assert.deepEqual(get(session.vault, 'own'), await own(server.keylog[0]));
	assert.equal(server.asked.filter((what) => what === 'firstKeys').length, 1);
	assert.deepEqual(get((await again()).vault, 'log').n, 0);
});

test('the reply is lost and she reloads the page: the passphrase opens', async () => {
	const { confirm } = await first();
	server.before('firstKeys', null, { lost: true });
	await assert.rejects(confirm(), offline);
	const seen = await look(server.api);
	assert.ok(seen.here);
	await byPassphrase(seen, PASS, quickArgon);
});

test('a post that comes late, after she pressed again, is the same entry', async () => {
	const { confirm } = await first();
	let late;
	server.before('firstKeys', () => { throw new Trouble('offline'); });
	await assert.rejects(confirm(), offline);
	const row = here();
	/* the second press's own post arrives first; the first one's is then refused */
	const { firstKeys } = server.api;
	server.api.firstKeys = (body) => firstKeys(late = body);
	await confirm();
	assert.equal(here(), row);
	await assert.rejects(firstKeys(late), (e) => e.status === 409);
	await again();
});

test('colleagues get keys meanwhile: the entry is made anew, and only the one that was taken is remembered', async () => {
	const { confirm } = await first();
	server.before('firstKeys', colleague);
	await confirm();
	assert.equal(server.keylog.length, 2);
	const session = await again();
	assert.deepEqual(get(session.vault, 'own'), await own(server.keylog[1]));
	assert.equal(get(session.vault, 'log').n, 1);
});

test('a log that grows at every try ends in a text, not in a loop', async () => {
	const { confirm } = await first();
	const { firstKeys } = server.api;
	server.api.firstKeys = async (body) => (await colleague(), firstKeys(body));
	await assert.rejects(confirm(), refused('server'));
});

test('keys that were made elsewhere meanwhile stay: this page says so and the device keeps its row', async () => {
	const one = await first();
	const two = await first();
	await one.confirm();
	const row = here();
	await assert.rejects(two.confirm(), refused('keys-other'));
	await assert.rejects(two.confirm(), refused('keys-other'));
	assert.equal(here(), row);
	assert.equal(server.keylog.length, 1);
	await again();
});

test('a new device comes in by the code; a code that is not hers does not', async () => {
	const { payload, confirm } = await first();
	await confirm();
	const phone = device;
	device = newDevice();
	const seen = await look(server.api);
	assert.ok(!seen.here);
	await assert.rejects(byCode(seen, '1'.repeat(33), PASS, quickArgon), refused('code-wrong'));
	assert.equal(server.wraps.length, 2);
	await byCode(seen, payload, 'en annen passfrase', quickArgon);
	await again('en annen passfrase');
	assert.equal(server.wraps.length, 3);
	assert.equal(phone.rows.size, 1);
});

test('a forgotten passphrase: the device gets a new wrap in the place of its old one, and keeps its notes', async () => {
	const { payload, confirm } = await first();
	const { vault, keys } = await confirm();
	put(vault, 'outcome:a', 'reached', 5);
	const { inst, supporter } = server;
	const [[name, row]] = device.rows;
	device.rows.set(name, { ...row, vault: { ...row.vault, blob: await sealVault({ vault, key: keys.vault, inst, supporter }) } });
	const session = await byCode(await look(server.api), payload, 'den nye passfrasen', quickArgon);
	assert.equal(get(session.vault, 'outcome:a'), 'reached');
	assert.equal(server.wraps.length, 2);
	await assert.rejects(again(), refused('passphrase-wrong'));
	await again('den nye passfrasen');
});

test('however many devices came before, the right code lets her in and goes on doing so', async () => {
	const { payload, confirm } = await first();
	await confirm();
	for (let i = 0; i < 20; i++) {
		device = newDevice();
		await byCode(await look(server.api), payload, PASS, quickArgon);
		await again();
	}
	assert.equal(server.wraps.length, 16);
	assert.equal(server.wraps.filter((w) => w[1] === KIND_RECOVERY).length, 1);
});

test('a vault that is older than what the server had is told; one that another tab writes meanwhile is not', async () => {
	const { confirm } = await first();
	const { vault, keys } = await confirm();
	const { inst, supporter } = server;
	const [[name, row]] = device.rows;
	const older = server.vault;
	const write = async () => {
		vault.n = 7;
		server.vault = await sealVault({ vault, key: keys.vault, inst, supporter });
		device.rows.set(name, { ...row, vault: { blob: server.vault, known: 7 } });
	};
	server.before('keys', write);
	assert.equal((await again()).warning, null);
	const stale = server.api.keys;
	server.api.keys = async () => {
		const said = await stale();
		await write();
		return said;
	};
	device.rows.set(name, row);
	server.vault = older;
	assert.equal((await again()).warning, null, 'written after the server had answered');
	server.api.keys = stale;
	server.vault = older;
	assert.equal((await again()).warning, 'vault-old');
});

test('a log that was cut, or holds an entry of hers that she does not know, opens nothing', async () => {
	await colleague();
	const { confirm } = await first();
	await confirm();
	const whole = server.keylog;
	for (const log of [whole.slice(0, 1), whole.slice(1), []]) {
		server.keylog = log;
		await assert.rejects(again(), refused('log-bad'));
	}
	server.keylog = whole;
	await colleague();
	await again();
	server.vault = random(65536);
	await assert.rejects(again(), refused('vault-bad'));
});
