import { newDevice } from './device-double.mjs';
import { newServer, quickArgon } from './server-double.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Refused, byCode, byPassphrase, look, prepareFirst } from '../desk-unlock.js';
import { Trouble } from '../desk-api.js';
import { changePassphrase, lookAtWays, prepareRecovery, removeWay, rename } from '../key-life.js';
import { get } from '../vault.js';
import { KIND_DEVICE, KIND_RECOVERY } from '../wrap.js';

const PASS = 'blåbær på fjellet';
const NEXT = 'tyttebær under snøen';
const refused = (text) => (e) => e instanceof Refused && e.text === text;
const offline = (e) => e instanceof Trouble && e.text === 'offline';
let device, server, payload, session, hands;

const again = async (passphrase) => byPassphrase(await look(server.api), passphrase, quickArgon);
const kinds = () => server.wraps.map((w) => w[1]).sort();

beforeEach(async () => {
	device = newDevice();
	server = newServer();
	const first = await prepareFirst(await look(server.api), PASS, quickArgon);
	({ payload } = first);
	session = await first.confirm();
	hands = { api: server.api, argon: quickArgon, vault: session.vault };
});

test('a new passphrase opens, the old one does not, and nothing but this device\'s row has changed', async () => {
	const [, recovery] = server.wraps;
	await assert.rejects(changePassphrase(hands, 'feil', NEXT), refused('passphrase-wrong'));
	await changePassphrase(hands, PASS, NEXT);
	assert.deepEqual(kinds(), [KIND_DEVICE, KIND_RECOVERY]);
	assert.ok(server.wraps.includes(recovery));
	await assert.rejects(again(PASS), refused('passphrase-wrong'));
	assert.deepEqual((await again(NEXT)).keys.hpke.raw, session.keys.hpke.raw);
});

test('the reply is lost, or the request: whichever passphrase the server holds opens', async () => {
	server.before('addWrap', null, { lost: true });
	await assert.rejects(changePassphrase(hands, PASS, NEXT), offline);
	await again(NEXT);
	server.before('addWrap', () => { throw new Trouble('offline'); });
	await assert.rejects(changePassphrase(hands, NEXT, 'en tredje passfrase'), offline);
	await again(NEXT);
	await changePassphrase(hands, NEXT, 'en tredje passfrase');
	await again('en tredje passfrase');
});

test('another recovery code: the old one opens until the new one is confirmed, and a lost reply changes nothing', async () => {
	const byOld = async (code) => {
		const mine = device;
		newDevice();
		try {
			return await byCode(await look(server.api), code, PASS, quickArgon);
		} finally {
			mine.use();
		}
	};
	const { payload: fresh, confirm } = await prepareRecovery(hands, PASS);
	await byOld(payload);
	server.before('addWrap', null, { lost: true });
	await assert.rejects(confirm(), offline);
	await confirm();
	assert.equal(kinds().filter((k) => k === KIND_RECOVERY).length, 1);
	await assert.rejects(byOld(payload), refused('code-wrong'));
	await byOld(fresh);
});

test('her ways in: this device first, names out of the vault, and names of what is gone are forgotten', async () => {
	const mine = device;
	newDevice();
	await byCode(await look(server.api), payload, NEXT, quickArgon);
	mine.use();
	let { ways } = await lookAtWays(server.api, session.vault);
	assert.deepEqual(ways.map((w) => [w.kind, w.here, w.last]), [[1, true, false], [1, false, false], [2, false, false]]);
	assert.equal(ways[0].day, server.today);
	rename(session.vault, ways[1].hash, 'Mobilen');
	({ ways } = await lookAtWays(server.api, session.vault));
	assert.equal(ways[1].name, 'Mobilen');
	await removeWay(hands, ways[1].hash);
	await removeWay(hands, ways[1].hash); /* gone already: the same to her */
	assert.deepEqual(kinds(), [KIND_DEVICE, KIND_RECOVERY]);
	assert.equal(get(session.vault, `device:${ways[1].hash}`), null);
	server.wraps = server.wraps.filter((w) => w[1] === KIND_DEVICE);
	({ ways } = await lookAtWays(server.api, session.vault));
	assert.deepEqual(ways.map((w) => w.last), [true]);
	await assert.rejects(removeWay(hands, ways[0].hash), refused('last-way'));
});
