/* desk-unlock.js: the ways in (§ 2.3): first keys, the passphrase of this device, a passkey, a new device by recovery code; and
   what is checked on every unlock (§ 2.5). No page here; Refused carries the key of a text. */

import { equal, fromB64u, fromHex, fromId, sha256, toB64u, toHex } from './bytes.js';
import { makePayload } from './code.js';
import { NEW, RESET, RETIRE, checkLog, checkOwn, currentOf, headCode, keyId, makeEntry } from './keylog.js';
import { deriveKeys, makeMaster } from './keys.js';
import { memoryOf, watch } from './log-watch.js';
import { Refused } from './refused.js';
import { changeRow, makeDeviceKey, persist, readRows, rowKey } from './store.js';
import { emptyVault, get, list, merge, openVault, put, sealVault } from './vault.js';
import { COST_TRIAL, KIND_DEVICE, KIND_PAIRING, KIND_PASSKEY, KIND_RECOVERY, chooseCost, makeWrap, openWrap, readWrap } from './wrap.js';

export { Refused };

const TRIES = 5;

/* The log is shorter than she knows it, and the operator says why. accept() opens the desk all the same: what she has heard is
   hers to judge. { lost: how many entries, n, code: what the log ends in now, day } */
export class Restored extends Error {
	constructor(told, accept) {
		super('restored');
		this.text = 'restored';
		Object.assign(this, told, { accept });
	}
}

/* What no trying again mends. */
export const isRed = (e) => e instanceof Refused && (e.text === 'log-bad' || e.text === 'vault-bad');

/* Argon2id in a worker that lives for one question. → { key, ms }. */
export function argonBy(url) {
	return (password, salt, cost) => new Promise((resolve, reject) => {
		const worker = new Worker(url, { type: 'module' });
		const end = (settle, value) => {
			worker.terminate();
			settle(value);
		};
		worker.onmessage = ({ data }) => (data.error ? end(reject, new Error(data.error)) : end(resolve, data));
		worker.onerror = worker.onmessageerror = () => end(reject, new Error('the Argon2id worker failed'));
		worker.postMessage({ password, salt, cost });
	});
}

/* A change that was on its way when this device last heard of the server: `next` holds what the row becomes if it was taken. */
const asTaken = ({ next, ...row }, hashes) => {
	const { taken = next?.wrap, ...more } = next ?? {};
	return next && hashes.includes(taken) ? { ...row, ...more } : row;
};

/* next.taken: the hash of another wrap that tells that the change was taken, where this device has none of its own.
   What is written on this device before a change of its wrap is asked for, and after it was taken: whatever becomes of the
   reply, the row opens. */
export async function changeWrap({ rowName, hashes }, next, ask) {
	const { taken, ...more } = next;
	await changeRow(rowName, (row = {}) => ({ ...asTaken(row, hashes), next }));
	await ask();
	await changeRow(rowName, (row) => ({ ...row, ...more, next: undefined }));
}

/* GET /s/desk/keys as bytes, with what this device knows: { inst, supporter, name, wraps, hashes, vault, keylog, row, rowName,
   state: "set-up" | "locked" | "lost" | "forgotten" | "reset", restored, knewMe, reset (null, "asked", "approved"), retired, here: the row of this device or undefined }. */
export async function look(api) {
	/* The device first: what another tab writes between the two must not look like a server that forgot. */
	const rows = await readRows().catch(() => new Map());
	const said = await api.keys();
	const inst = fromId(said.inst);
	const supporter = fromId(said.supporter.id);
	const wraps = said.wraps.map((w) => fromB64u(w, 92));
	const rowName = rowKey(toHex(inst), toHex(supporter));
	const hashes = await Promise.all(wraps.map(async (w) => toHex(await sha256(w))));
	const row = asTaken(rows.get(rowName) ?? {}, hashes);
	const keylog = said.keylog.map((e) => fromB64u(e, 256));
	const mine = keylog.filter((e) => equal(e.subarray(44, 60), supporter));
	const restored = said.restored && { ...said.restored, h: fromHex(said.restored.h, 32) };
	/* Where this device has kept a vault, a server that knows no keys of hers has forgotten them. */
	const forgot = row.vault?.known > 1 && !restored;
	const retired = mine.at(-1)?.[1] === RETIRE;
	const state = said.reset === 'approved' ? 'reset' : wraps.length > 0 ? 'locked' : mine.length > 0 && !retired ? 'lost'
		: forgot && !retired ? 'forgotten' : 'set-up';
	return {
		api, inst, supporter, name: said.supporter.name, today: said.today, wraps, hashes, keylog, row, rowName, state, restored, knewMe: row.vault?.known > 1 && !retired,
		reset: said.reset, retired,
		vault: said.vault && { blob: fromB64u(said.vault.blob), h: said.vault.h },
		here: row.deviceKey && wraps[hashes.indexOf(row.wrap)],
	};
}

export async function deviceWrap({ inst, supporter }, mk, passphrase, argon) {
	const { ms } = await argon(new Uint8Array(1), new Uint8Array(16), COST_TRIAL);
	const deviceKey = await makeDeviceKey();
	const wrap = await makeWrap({
		kind: KIND_DEVICE, mk, inst, supporter, cost: chooseCost(ms),
		secret: { passphrase, deviceKey, argon: async (...a) => (await argon(...a)).key },
	});
	await persist();
	return { deviceKey, wrap };
}

/* First keys: made here, shown, and sent only by confirm() after she has the code. confirm() may be called again after any
   failure: each time it looks first whether the server has taken them, since a reply may be lost. → { payload, confirm }. */
export async function prepareFirst(seen, passphrase, argon) {
	const { api, inst, supporter, rowName } = seen;
	const kind = seen.state === 'reset' ? RESET : NEW;
	const payload = makePayload();
	const mk = makeMaster();
	const recovery = await makeWrap({ kind: KIND_RECOVERY, mk, inst, supporter, secret: { payload } });
	const device = await deviceWrap(seen, mk, passphrase, argon);
	const keys = await deriveKeys(mk);
	let made = null; /* the only entry that can be taken, or could have been; the row on this device belongs to it */

	async function make({ head, entries }, now) {
		const { today, keylog } = now;
		const n = head.n + 1;
		const entry = await makeEntry({
			kind, n, prev: head.h, supporter, sign: keys.sign, hpkePub: keys.hpke.raw, day: dayOf(today),
		});
		const h = toHex(await sha256(entry));
		const vault = emptyVault();
		for (const wrap of [device.wrap, recovery])
			named(vault, toHex(await sha256(wrap)), { day: today });
		const was = await checkLog([...keylog, entry]);
		put(vault, 'log', memoryOf(was, now.restored?.r), Date.now());
		/* Those before a lost key were hers to answer for; from here on every entry is. */
		const before = entries.filter((e) => equal(e.supporter, supporter)).map((e) => toHex(e.h));
		put(vault, 'own', [...before, h], Date.now());
		vault.n = 1;
		return { n, entry, blob: await sealVault({ vault, key: keys.vault, inst, supporter }) };
	}

	async function confirm() {
		for (let i = 0; i < TRIES; i++) {
			const now = await look(api);
			const log = await checkLog(now.keylog);
			if (log.error)
				throw new Refused('log-bad');
			if (checkOwn(log, supporter, keys, null) === 'ok')
				return stand(now, keys);
			if (kind === NEW && currentOf(log, supporter))
				throw new Refused('keys-other');
			if (kind === RESET && now.state !== 'reset')
				throw new Refused('reset-late');
			/* Where the log has grown, an earlier entry of ours can never be taken any more. */
			if (made?.n !== log.head.n + 1) {
				made = await make(log, now);
				const row = { deviceKey: device.deviceKey, wrap: toHex(await sha256(device.wrap)), vault: { blob: made.blob, known: 1 } };
				await changeRow(rowName, () => row);
			}
			try {
				const wraps = [toB64u(device.wrap), toB64u(recovery)];
				await (kind === RESET ? api.resetKeys : api.firstKeys)({ entry: toB64u(made.entry), wraps, vault: toB64u(made.blob) });
			} catch (e) {
				if (e.status !== 409)
					throw e;
			}
		}
		throw new Refused('server');
	}
	return { payload, confirm };
}

/* The workplace's day, not this clock's. */
export const dayOf = (today) => Date.parse(`${today}T00:00:00Z`) / 86400000;

/* Keys that she has replaced, kept in the vault until nothing sealed to them is left in the ring: [{ pair, id, vault (key) }].
   Whose time is over is erased. */
async function oldKeys(vault, today) {
	const found = [];
	for (const [id, { mk, until }] of list(vault, 'old:')) {
		if (until < today) {
			put(vault, `old:${id}`, null, Date.now());
			continue;
		}
		const { hpke, vault: key } = await deriveKeys(fromB64u(mk, 32));
		found.push({ id, pair: { privateKey: hpke.privateKey, publicKey: hpke.publicKey }, vault: key });
	}
	return found;
}

/* What this device noted before the keys were changed on another one is not lost. But how far it had looked with the old key
   alone does not count: what was sealed to the new one meanwhile is still to be read. → a vault, or null. */
async function notedBefore({ row, inst, supporter }, olds) {
	for (const old of olds) {
		const vault = await openVault({ blob: row.vault.blob, key: old.vault, inst, supporter });
		for (const what of vault ? Object.keys(vault.items) : []) {
			if (what === 'scan3' || what.startsWith('scan:'))
				delete vault.items[what];
		}
		if (vault)
			return vault;
	}
	return null;
}

const HEADS = 12;

/* The newest entries of the log as people compare them: [{ n (from 1), code }], the newest first. */
const lastHeads = ({ entries }) => entries.slice(-HEADS).reverse().map((e) => ({ n: e.n + 1, code: headCode(e.h) }));

/* Opens the vault, merges what this device still holds, checks the key log. → what the open desk stands on. */
async function stand(seen, keys) {
	const { inst, supporter, row } = seen;
	const openBlob = (blob) => openVault({ blob, key: keys.vault, inst, supporter });
	const stored = seen.vault && await openBlob(seen.vault.blob);
	if (!stored)
		throw new Refused('vault-bad');
	const olds = await oldKeys(stored, seen.today);
	const local = row.vault?.blob && (await openBlob(row.vault.blob) ?? await notedBefore(seen, olds));
	/* What does not open was not this vault: numbers of another one say nothing. */
	const warning = local && row.vault.known > stored.n ? 'vault-old' : null;
	const vault = local ? merge(stored, local) : stored;

	const log = await checkLog(seen.keylog);
	const memory = get(vault, 'log');
	const own = get(vault, 'own');
	const verdict = log.error || !memory || !own ? 'fork'
		: watch({ log, memory, own: own.map((h) => fromHex(h, 32)), supporter, keys, restored: seen.restored });
	if (verdict !== 'ok' && verdict !== 'restored')
		throw new Refused('log-bad');
	const id = toHex(await keyId(keys.hpke.raw));
	const accept = () => {
		const next = memoryOf(log, verdict === 'restored' ? seen.restored.r : memory.r);
		if (JSON.stringify(next) !== JSON.stringify(memory))
			put(vault, 'log', next, Date.now());
		return { ...seen, keys, keyId: id, vault, h: seen.vault.h, local: Boolean(local), warning, heads: lastHeads(log), olds };
	};
	if (verdict === 'restored') {
		const { n, code } = lastHeads(log)[0];
		throw new Restored({ lost: memory.n - (seen.restored.n - 1), n, code, day: seen.restored.day }, accept);
	}
	return accept();
}

/* The same, and what is to be done once the log is as it must be, at once or when she has said so. */
async function standing(seen, keys, next) {
	try {
		return await next(await stand(seen, keys));
	} catch (e) {
		if (e instanceof Restored) {
			const { accept } = e;
			e.accept = () => next(accept());
		}
		throw e;
	}
}

/* Whether a passkey may open it. */
export const hasPasskey = ({ wraps }) => wraps.some((wrap) => readWrap(wrap)?.kind === KIND_PASSKEY);

/* Which of her rows the secret of a passkey opens: { mk (the caller's to overwrite), hash }, or null. */
export async function byPrf({ inst, supporter, wraps, hashes }, prf) {
	for (const [i, row] of wraps.entries()) {
		const mk = readWrap(row)?.kind === KIND_PASSKEY && await openWrap({ row, inst, supporter, secret: { prf } });
		if (mk)
			return { mk, hash: hashes[i] };
	}
	return null;
}

/* MK by the passphrase of this device, or by what a passkey gave (PROOF is then { prf }): the caller's to overwrite. */
export async function masterOf(seen, proof, argon) {
	if (typeof proof === 'string')
		return byOwnWrap(seen, proof, argon);
	const found = await byPrf(seen, proof.prf);
	if (!found)
		throw new Refused('passkey-wrong');
	return found.mk;
}

async function byOwnWrap({ inst, supporter, row, here }, passphrase, argon) {
	const secret = { passphrase, deviceKey: row.deviceKey, argon: async (...a) => (await argon(...a)).key };
	const mk = here && await openWrap({ row: here, inst, supporter, secret });
	if (!mk)
		throw new Refused('passphrase-wrong');
	return mk;
}

export const byPassphrase = async (seen, passphrase, argon) =>
	stand(seen, await deriveKeys(await masterOf(seen, passphrase, argon)));

/* By what a passkey gave, on any device where it is at hand. Nothing is written on this device but the vault, sealed. */
export const byPasskey = async (seen, prf) => stand(seen, await deriveKeys(await masterOf(seen, { prf })));

/* A new device, or a forgotten passphrase: makes and sends this device's own wrap. */
export async function byCode(seen, payload, passphrase, argon) {
	const { inst, supporter } = seen;
	let mk = null;
	for (const wrap of seen.wraps) {
		if (!mk && readWrap(wrap)?.kind === KIND_RECOVERY)
			mk = await openWrap({ row: wrap, inst, supporter, secret: { payload } });
	}
	if (!mk)
		mk = await byPairing(seen, payload);
	return letIn(seen, mk, passphrase, argon);
}

/* The same digits may come from another device of hers. Its row is handed out once, whether they fit or not. */
async function byPairing({ api, inst, supporter }, payload) {
	const taken = await api.takePairing();
	if (!taken)
		throw new Refused('code-wrong');
	const row = fromB64u(taken, 92);
	const mk = readWrap(row)?.kind === KIND_PAIRING ? await openWrap({ row, inst, supporter, secret: { payload } }) : null;
	if (!mk)
		throw new Refused('pairing-wrong');
	return mk;
}

/* MK came by another way than this device's own: looked at first, then the device gets a wrap of its own, made once however
   often she presses. MK is overwritten. */
async function letIn(seen, mk, passphrase, argon) {
	const keys = await deriveKeys(mk.slice());
	let made = null;
	return standing(seen, keys, async (session) => {
		const { hashes } = made ? await look(seen.api) : seen;
		if (!made) {
			const { deviceKey, wrap } = await deviceWrap(seen, mk, passphrase, argon);
			made = { wrap, mine: { deviceKey, wrap: toHex(await sha256(wrap)) } };
			mk.fill(0);
		}
		const { wrap, mine } = made;
		/* A vault that this one does not follow says nothing about it. */
		const next = session.local ? mine : { ...mine, vault: undefined };
		const taken = hashes.includes(mine.wrap);
		await changeWrap({ ...seen, hashes }, next, () => (taken ? null : storeWrap(seen.api, wrap, seen.row.wrap ?? null)));
		named(session.vault, mine.wrap, { day: seen.today });
		return { ...session, row: { ...session.row, ...next } };
	});
}

/* What the list of her devices says of a wrap: { name, day }, sealed in her vault. */
export const named = (vault, hash, more) => put(vault, `device:${hash}`, { ...get(vault, `device:${hash}`), ...more }, Date.now());

/* Where the server holds as many wraps as it may, one device gives way: it will ask for the code again. Never the code's own. */
export async function storeWrap(api, wrap, replaces) {
	try {
		await api.addWrap(toB64u(wrap), replaces);
	} catch (e) {
		if (e.status !== 409)
			throw e;
		const { wraps } = await look(api);
		const old = wraps.find((w) => readWrap(w)?.kind === KIND_DEVICE);
		if (!old)
			throw e;
		await api.addWrap(toB64u(wrap), toHex(await sha256(old)));
	}
}
