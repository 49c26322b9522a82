import { newDevice } from './device-double.mjs';
import { newServer } from './server-double.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Trouble, openApi } from '../desk-api.js';
import { openKeep } from '../desk-keep.js';
import { deriveKeys, makeMaster } from '../keys.js';
import { emptyVault, get, hashOf, merge, openVault, put, sealVault } from '../vault.js';

const { vault: key } = await deriveKeys(makeMaster());
const NAME = 'row';
let device, server, whose;

beforeEach(async () => {
	device = newDevice();
	server = newServer();
	whose = { key, inst: server.inst, supporter: server.supporter };
	server.vault = await sealVault({ vault: emptyVault(), ...whose });
	device.rows.set(NAME, { deviceKey: 'key', wrap: 'w' });
});

/* A desk that opened now, as desk-unlock.js opens it. */
async function opened() {
	const row = device.rows.get(NAME) ?? {};
	const stored = await openVault({ blob: server.vault, ...whose });
	const local = row.vault && await openVault({ blob: row.vault.blob, ...whose });
	let merges = 0;
	const keep = openKeep({
		api: server.api, vault: local ? merge(stored, local) : stored, h: await hashOf(server.vault), ...whose, row, rowName: NAME,
		merged: () => merges++,
	});
	return { keep, merges: () => merges, note: (what, d = true) => (put(keep.vault, what, d, Date.now()), keep.changed()) };
}
const onDevice = () => openVault({ blob: device.rows.get(NAME).vault.blob, ...whose });
const onServer = () => openVault({ blob: server.vault, ...whose });

function held(name) {
	let goOn;
	const arrived = new Promise((resolve) => {
		server.before(name, () => new Promise((done) => { goOn = done; resolve(); }));
	});
	return { arrived, goOn: () => goOn() };
}

test('a note is on the device at once, and on the server with the next write', async () => {
	const { keep, note } = await opened();
	await note('try:1');
	assert.equal(get(await onDevice(), 'try:1'), true);
	assert.equal(get(await onServer(), 'try:1'), null);
	await keep.write();
	assert.equal(get(await onServer(), 'try:1'), true);
	assert.deepEqual(Object.keys(device.rows.get(NAME)).sort(), ['deviceKey', 'vault', 'wrap']);
});

test('a note that is made while a write hangs is on the device, and what the server is said to know is what it was sent', async () => {
	const { keep, note } = await opened();
	const { arrived, goOn } = held('vault');
	const writing = keep.write();
	await arrived;
	for (let i = 0; i < 9; i++)
		await note(`try:${i}`);
	assert.equal(get(await onDevice(), 'try:8'), true);
	const last = (await onDevice()).n;
	goOn();
	await writing;
	const { known } = device.rows.get(NAME).vault;
	assert.equal(known, (await onServer()).n);
	assert.ok(known < last, 'not what was noted since');
	await keep.write();
	assert.equal(get(await onServer(), 'try:8'), true);
});

test('a note that is made while a write hangs is there for the next desk, if the tab goes now', async () => {
	const { keep, note } = await opened();
	const { arrived } = held('vault');
	keep.write();
	await arrived;
	await note('try:1');
	const next = await opened();
	assert.equal(get(next.keep.vault, 'try:1'), true);
});

test('another device was first: both notes are kept, and the page is told', async () => {
	const one = await opened();
	const phone = device;
	device = newDevice();
	const two = await opened();
	await two.note('outcome:b', 'reached');
	await two.keep.write();
	phone.use();
	device = phone;
	await one.note('outcome:a', 'not-reached');
	assert.equal(one.merges(), 0);
	server.asked.length = 0;
	await one.keep.write();
	assert.deepEqual(server.asked, ['vault', 'vault'], 'refused once, then taken');
	assert.equal(one.merges(), 1);
	for (const vault of [one.keep.vault, await onServer(), await onDevice()])
		assert.deepEqual([get(vault, 'outcome:a'), get(vault, 'outcome:b')], ['not-reached', 'reached']);
});

test('a write whose reply was lost is no conflict that loses anything', async () => {
	const { keep, note } = await opened();
	await note('try:1');
	server.before('vault', null, { lost: true });
	await assert.rejects(keep.write(), Trouble);
	await note('try:2');
	await keep.write();
	const stored = await onServer();
	assert.deepEqual([get(stored, 'try:1'), get(stored, 'try:2')], [true, true]);
});

test('two tabs of one device: neither writes over what the other noted, nor over a key that was made meanwhile', async () => {
	const [one, two] = [await opened(), await opened()];
	await one.note('try:1');
	device.rows.set(NAME, { ...device.rows.get(NAME), deviceKey: 'new', wrap: 'new' });
	await Promise.all([one.note('try:2'), two.note('try:3'), one.note('try:4'), two.note('try:5')]);
	const kept = await onDevice();
	for (const i of [1, 2, 3, 4, 5])
		assert.equal(get(kept, `try:${i}`), true, `note ${i}`);
	assert.equal(device.rows.get(NAME).deviceKey, 'new');
	assert.ok(one.merges() + two.merges() > 0);
});

test('what stands on the device and does not open is replaced', async () => {
	const bad = { vault: { blob: new Uint8Array(65536), known: 3 } };
	device.rows.set(NAME, bad);
	const { note } = await opened();
	await note('try:1');
	device.rows.set(NAME, bad);
	await note('try:2');
	assert.equal(get(await onDevice(), 'try:1'), true);
	assert.equal(get(await onDevice(), 'try:2'), true);
});

test('a device that stores nothing loses its copy, not the vault', async () => {
	const { keep, note } = await opened();
	device.fail(true);
	await note('try:1');
	await keep.write();
	assert.equal(get(await onServer(), 'try:1'), true);
});

test('a vault without room says so, and what was noted before is still written', async () => {
	const { keep, note } = await opened();
	await note('try:1');
	await assert.rejects(note('try:2', 'x'.repeat(2 ** 20)), RangeError);
	await note('try:2', null);
	await keep.write();
	assert.equal(get(await onServer(), 'try:1'), true);
});

test('the last word is the newest state, and leaves without waiting', async () => {
	const { keep, note } = await opened();
	await note('try:1');
	keep.last();
	assert.equal(server.asked.at(-1), 'vault');
	await new Promise((resolve) => { setTimeout(resolve, 20); });
	assert.equal(get(await onServer(), 'try:1'), true);
});

test('two writes never send the same bytes', async () => {
	const { keep } = await opened();
	await keep.write();
	const one = server.vault;
	keep.last();
	await new Promise((resolve) => { setTimeout(resolve, 20); });
	assert.notDeepEqual(server.vault, one);
});

test('an hour that the server does not know is not taken for an empty one', async () => {
	const api = openApi({ base: '', csrf: '' });
	const real = globalThis.fetch;
	try {
		globalThis.fetch = async () => new Response('', { status: 404 });
		await assert.rejects(api.hour(7), (e) => e instanceof Trouble && e.text === 'server');
		globalThis.fetch = async () => new Response('');
		assert.equal((await api.hour(7)).length, 0);
	} finally {
		globalThis.fetch = real;
	}
});

test('a request that gets no answer, or half of one, is no connection', async () => {
	const api = openApi({ base: '', csrf: '', patience: 30 });
	const real = globalThis.fetch;
	const awake = setInterval(() => {}, 1000); /* the signal's own clock keeps nobody waiting */
	const until = (signal) => new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason)); });
	try {
		globalThis.fetch = (_, { signal }) => until(signal);
		await assert.rejects(api.data(), (e) => e instanceof Trouble && e.text === 'offline');
		globalThis.fetch = async (_, { signal }) => ({ ok: true, status: 200, arrayBuffer: () => until(signal) });
		await assert.rejects(api.data(), (e) => e instanceof Trouble && e.text === 'offline');
		globalThis.fetch = async () => new Response('{"tasks":[]}');
		assert.deepEqual(await api.data(), { tasks: [] });
	} finally {
		globalThis.fetch = real;
		clearInterval(awake);
	}
});
