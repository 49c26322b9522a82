/* desk-unlock.js: the ways in (§ 2.3): first keys, the passphrase of this device, a new device by recovery code; and
   what is checked on every unlock (§ 2.5). No page here; Refused carries the key of a text. */

import { equal, fromB64u, fromHex, fromId, sha256, toB64u, toHex } from './bytes.js';
import { makePayload } from './code.js';
import { checkLog, checkOwn, currentOf, extendsHead, makeEntry } from './keylog.js';
import { deriveKeys, makeMaster } from './keys.js';
import { makeDeviceKey, persist, readRow, rowKey, writeRow } from './store.js';
import { emptyVault, get, hashOf, merge, openVault, put, sealVault } from './vault.js';
import { COST_TRIAL, KIND_DEVICE, KIND_RECOVERY, chooseCost, makeWrap, openWrap, readWrap } from './wrap.js';

export class Refused extends Error {
	constructor(text) {
		super(text);
		this.text = text;
	}
}

/* Argon2id in a worker that lives for one question. → { key, ms }. */
export function argonBy(url) {
	return (password, salt, cost) => new Promise((resolve, reject) => {
		const worker = new Worker(url, { type: 'module' });
		const end = (settle, value) => {
			worker.terminate();
			settle(value);
		};
		worker.onmessage = ({ data }) => (data.error ? end(reject, new Error(data.error)) : end(resolve, data));
		worker.onerror = () => end(reject, new Error('the Argon2id worker failed'));
		worker.postMessage({ password, salt, cost });
	});
}

/* GET /s/desk/keys as bytes, with what this device knows: { inst, supporter, name, wraps, vault, keylog, row, rowName,
   state: "set-up" | "locked" | "lost", here: the row of this device or undefined }. */
export async function look(api) {
	const said = await api.keys();
	const inst = fromId(said.inst);
	const supporter = fromId(said.supporter.id);
	const wraps = said.wraps.map((w) => fromB64u(w, 92));
	const rowName = rowKey(toHex(inst), toHex(supporter));
	const row = (await readRow(rowName).catch(() => undefined)) ?? {};
	const hashes = await Promise.all(wraps.map(async (w) => toHex(await sha256(w))));
	const keylog = said.keylog.map((e) => fromB64u(e, 256));
	const mine = keylog.filter((e) => equal(e.subarray(44, 60), supporter));
	const state = wraps.length > 0 ? 'locked' : mine.length === 0 ? 'set-up' : 'lost';
	return {
		api, inst, supporter, name: said.supporter.name, today: said.today, wraps, keylog, row, rowName, state,
		vault: said.vault && { blob: fromB64u(said.vault.blob), h: said.vault.h },
		here: row.deviceKey && wraps[hashes.indexOf(row.wrap)],
	};
}

async function deviceWrap({ inst, supporter }, mk, passphrase, argon) {
	const { ms } = await argon(new Uint8Array(1), new Uint8Array(16), COST_TRIAL);
	const deviceKey = await makeDeviceKey();
	const wrap = await makeWrap({
		kind: KIND_DEVICE, mk, inst, supporter, cost: chooseCost(ms),
		secret: { passphrase, deviceKey, argon: async (...a) => (await argon(...a)).key },
	});
	await persist();
	return { deviceKey, wrap };
}

/* First keys: made here, shown, and sent only by confirm() after she has the code. → { payload, confirm }. */
export async function prepareFirst(seen, passphrase, argon) {
	const { api, inst, supporter, rowName } = seen;
	const payload = makePayload();
	const mk = makeMaster();
	const recovery = await makeWrap({ kind: KIND_RECOVERY, mk, inst, supporter, secret: { payload } });
	const device = await deviceWrap(seen, mk, passphrase, argon);
	const keys = await deriveKeys(mk);
	async function confirm() {
		for (let keylog = seen.keylog, i = 0; ; i++) {
			const log = await checkLog(keylog);
			if (log.error)
				throw new Refused('log-bad');
			const n = log.head.n + 1;
			const entry = await makeEntry({
				n, prev: log.head.h, supporter, sign: keys.sign, hpkePub: keys.hpke.raw,
				day: Date.parse(`${seen.today}T00:00:00Z`) / 86400000, /* the workplace's, not this clock's */
			});
			const h = toHex(await sha256(entry));
			const vault = emptyVault();
			put(vault, 'log', { n, h }, Date.now());
			put(vault, 'own', [h], Date.now());
			vault.n = 1;
			const blob = await sealVault({ vault, key: keys.vault, inst, supporter });
			const row = {
				deviceKey: device.deviceKey, wrap: toHex(await sha256(device.wrap)), vault: { blob, known: 1 },
			};
			await writeRow(rowName, row);
			try {
				const wraps = [toB64u(device.wrap), toB64u(recovery)];
				await api.firstKeys({ entry: toB64u(entry), wraps, vault: toB64u(blob) });
			} catch (e) {
				if (e.status !== 409 || i >= 5)
					throw e;
				({ keylog } = await look(api));
				continue;
			}
			return { ...seen, keys, vault, h: await hashOf(blob), row, warning: null };
		}
	}
	return { payload, confirm };
}

/* Opens the vault, merges what this device still holds, checks the key log. → what the open desk stands on. */
async function enter(seen, mk) {
	const { inst, supporter, row } = seen;
	const keys = await deriveKeys(mk);
	const openBlob = (blob) => openVault({ blob, key: keys.vault, inst, supporter });
	const stored = seen.vault && await openBlob(seen.vault.blob);
	const local = row.vault?.blob && await openBlob(row.vault.blob);
	if (!stored)
		throw new Refused('vault-bad');
	const warning = row.vault?.known > stored.n ? 'vault-old' : null;
	const vault = local ? merge(stored, local) : stored;

	const log = await checkLog(seen.keylog);
	const head = get(vault, 'log');
	const own = get(vault, 'own');
	if (log.error || !head || !own || !extendsHead(log, { n: head.n, h: fromHex(head.h, 32) }) ||
	    checkOwn(log, supporter, keys, own.map((h) => fromHex(h, 32))) !== 'ok' || !currentOf(log, supporter))
		throw new Refused('log-bad');
	if (log.head.n !== head.n)
		put(vault, 'log', { n: log.head.n, h: toHex(log.head.h) }, Date.now());
	return { ...seen, keys, vault, h: seen.vault.h, warning };
}

export async function byPassphrase(seen, passphrase, argon) {
	const { inst, supporter, row, here } = seen;
	const secret = { passphrase, deviceKey: row.deviceKey, argon: async (...a) => (await argon(...a)).key };
	const mk = await openWrap({ row: here, inst, supporter, secret });
	if (!mk)
		throw new Refused('passphrase-wrong');
	return enter(seen, mk);
}

/* A new device, or a forgotten passphrase: makes and sends this device's own wrap. */
export async function byCode(seen, payload, passphrase, argon) {
	const { api, inst, supporter, rowName } = seen;
	let mk = null;
	for (const wrap of seen.wraps) {
		if (!mk && readWrap(wrap)?.kind === KIND_RECOVERY)
			mk = await openWrap({ row: wrap, inst, supporter, secret: { payload } });
	}
	if (!mk)
		throw new Refused('code-wrong');
	const { deviceKey, wrap } = await deviceWrap(seen, mk, passphrase, argon);
	await api.addWrap(toB64u(wrap), seen.row.wrap ?? null);
	const row = { ...seen.row, deviceKey, wrap: toHex(await sha256(wrap)) };
	await writeRow(rowName, row);
	return enter({ ...seen, row }, mk);
}
