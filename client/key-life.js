/* key-life.js: what a supporter does with her keys after the first day (§ 2.4): another passphrase, another recovery code, the
   list of her ways in, another device, other keys, none. No page here; Refused carries the key of a text. Whatever needs MK asks for the passphrase again:
   nothing keeps it while the desk is open. */

import { equal, fromB64u, fromHex, sha256, toB64u, toHex } from './bytes.js';
import { makePayload } from './code.js';
import { byPrf, changeWrap, dayOf, deviceWrap, look, masterOf, named, storeWrap } from './desk-unlock.js';
import { RETIRE, ROTATE, checkLog, checkOwn, makeEntry } from './keylog.js';
import { deriveKeys, makeMaster } from './keys.js';
import { memoryOf } from './log-watch.js';
import { makePasskey, usePasskey } from './passkey.js';
import { Refused } from './refused.js';
import { dropRow } from './store.js';
import { get, list, put, sealVault } from './vault.js';
import { KIND_PASSKEY, KIND_PAIRING, KIND_RECOVERY, makeWrap, readWrap } from './wrap.js';

const TRIES = 5;

const hashOf = async (wrap) => toHex(await sha256(wrap));

/* Her ways in: [{ hash, kind, name, day, here, last }], this device first, then by day. `last`: there is no other. `names`:
   the vault's items as they were before the server was asked. */
export function waysIn({ wraps, hashes, row }, names) {
	const ways = wraps.map((wrap, i) => ({
		hash: hashes[i], kind: readWrap(wrap)?.kind, name: '', day: '', ...names.get(hashes[i]), here: hashes[i] === row.wrap,
		last: wraps.length === 1,
	})).filter((way) => way.kind !== undefined);
	const order = (way) => `${way.here ? 0 : 1}${way.kind}${way.day}${way.hash}`;
	return ways.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/* → { ways, seen }. What the vault says of ways that are gone is forgotten. */
export async function lookAtWays(api, vault) {
	const names = new Map(list(vault, 'device:'));
	const seen = await look(api);
	for (const hash of names.keys()) {
		if (!seen.hashes.includes(hash))
			put(vault, `device:${hash}`, null, Date.now());
	}
	return { ways: waysIn(seen, names), seen };
}

export const rename = (vault, hash, name) => named(vault, hash, { name });

/* The vault of the open desk is told what became of which wrap. */
function replaced(vault, old, now, today) {
	const { name = '' } = get(vault, `device:${old}`) ?? {};
	if (old)
		put(vault, `device:${old}`, null, Date.now());
	named(vault, now, { name, day: today });
}

/* A new wrap of this device in the place of its old one, which is deleted. MK stays. */
export async function changePassphrase({ api, argon, vault }, old, fresh) {
	const seen = await look(api);
	const mk = await masterOf(seen, old, argon);
	const { deviceKey, wrap } = await deviceWrap(seen, mk, fresh, argon);
	mk.fill(0);
	const next = { deviceKey, wrap: await hashOf(wrap) };
	await changeWrap(seen, next, () => storeWrap(api, wrap, seen.row.wrap));
	replaced(vault, seen.row.wrap, next.wrap, seen.today);
}

/* A new recovery code. The old one works until confirm(), which she presses when she has written the new one down; it may be
   pressed again after a failure. → { payload, confirm } */
export async function prepareRecovery({ api, argon, vault }, passphrase) {
	const seen = await look(api);
	const mk = await masterOf(seen, passphrase, argon);
	const payload = makePayload();
	const { inst, supporter } = seen;
	const wrap = await makeWrap({ kind: KIND_RECOVERY, mk, inst, supporter, secret: { payload } });
	mk.fill(0);
	const hash = await hashOf(wrap);
	async function confirm() {
		const { wraps, hashes, today } = await look(api);
		const old = hashes.filter((h, i) => readWrap(wraps[i])?.kind === KIND_RECOVERY && h !== hash);
		if (!hashes.includes(hash))
			await api.addWrap(toB64u(wrap), old[0] ?? null);
		for (const one of old.slice(hashes.includes(hash) ? 0 : 1))
			await api.removeWrap(one);
		replaced(vault, old[0], hash, today);
	}
	return { payload, confirm };
}

/* One way in less. The server keeps the last. */
export async function removeWay({ api, vault }, hash) {
	try {
		await api.removeWrap(hash);
	} catch (e) {
		if (e.status === 409)
			throw new Refused('last-way');
		if (e.status !== 404)
			throw e;
	}
	put(vault, `device:${hash}`, null, Date.now());
}

/* ---- another device ---- */

/* A one-time code for another device of hers. → { payload, stop } */
export async function preparePairing({ api, argon }, passphrase) {
	const seen = await look(api);
	const mk = await masterOf(seen, passphrase, argon);
	const payload = makePayload();
	const { inst, supporter } = seen;
	const wrap = await makeWrap({ kind: KIND_PAIRING, mk, inst, supporter, secret: { payload } });
	mk.fill(0);
	await api.pair(toB64u(wrap));
	return { payload, stop: () => api.stopPairing() };
}

/* ---- passkeys ---- */

/* The ids of her passkeys, as the vault knows them: by these an authenticator sees that it has one already, and is asked for one. */
const idsOf = (vault) => list(vault, 'device:').map(([, { cred }]) => cred).filter(Boolean).map((cred) => fromB64u(cred));

/* A passkey as one more way in. Asks for MK first, so that the press that makes it is one by itself. → { make(name), forget } */
export async function preparePasskey({ api, argon, vault }, proof, who) {
	const seen = await look(api);
	const mk = await masterOf(seen, proof, argon);
	const { inst, supporter } = seen;
	let made = null; /* there is one by now: pressed again after a failure, only the sending is done once more */
	async function fresh() {
		const { id, secret } = await makePasskey({ inst, name: who, known: idsOf(vault) });
		const wrap = await makeWrap({ kind: KIND_PASSKEY, mk, inst, supporter, secret: { prf: secret } });
		secret.fill(0);
		mk.fill(0);
		return { id, wrap, hash: await hashOf(wrap) };
	}
	async function make(name) {
		const again = made !== null;
		made ??= await fresh();
		named(vault, made.hash, { name, day: seen.today, cred: toB64u(made.id) });
		if (!again || !(await look(api)).hashes.includes(made.hash))
			await storeWrap(api, made.wrap, null);
	}
	return { make, forget: () => mk.fill(0) };
}

/* ---- other keys ---- */

const OLD_DAYS = 15; /* an hour of the ring is kept for 14 */
const later = (today, days) => new Date((dayOf(today) + days) * 86400000).toISOString().slice(0, 10);

const WRAPS_MOST = 4; /* that the server takes with new keys */

/* New keys, signed for by the old ones. Nothing is sent before confirm(), which she presses when she has the new code; it may be
   pressed again after a failure. sync() writes the open vault to the server; known() is the hash it has then. PROOF: as for masterOf;
   a passkey that proves it is carried over, and this device then gets no passphrase. The others end, unless carry(), one press
   each, asks them for what opens the new keys too: only they can say it.
   → { payload, confirm, passkeys() (her others: [{ hash, name, cred }]; none where there is no more room), carry(passkey) } */
export async function prepareRotation({ api, argon, vault, keys: old, keyId: oldId, sync, known }, proof) {
	const seen = await look(api);
	const oldMk = await masterOf(seen, proof, argon);
	const by = typeof proof === 'string' ? null : await byPrf(seen, proof.prf);
	by?.mk.fill(0);
	const payload = makePayload();
	const mk = makeMaster();
	const { inst, supporter } = seen;
	const recovery = await makeWrap({ kind: KIND_RECOVERY, mk, inst, supporter, secret: { payload } });
	const device = by ? {} : await deviceWrap(seen, mk, proof, argon);
	const wraps = by ? [recovery] : [device.wrap, recovery];
	const hashes = await Promise.all(wraps.map(hashOf));
	const kept = new Map(); /* hash of the new row → what the vault said of the old one */
	const done = new Set();
	const carried = mk.slice(); /* for as long as passkeys are carried over */
	async function take(prf, hash) {
		const wrap = await makeWrap({ kind: KIND_PASSKEY, mk: carried, inst, supporter, secret: { prf } });
		wraps.push(wrap);
		hashes.push(await hashOf(wrap));
		kept.set(hashes.at(-1), get(vault, `device:${hash}`));
		done.add(hash);
	}
	if (by)
		await take(proof.prf, by.hash);
	const keys = await deriveKeys(mk);
	const passkeys = () => (wraps.length === WRAPS_MOST ? [] : seen.hashes.map((hash) => ({ hash, ...get(vault, `device:${hash}`) }))
		.filter(({ hash, cred }) => cred && !done.has(hash)));
	async function carry({ hash, cred }) {
		const { secret } = await usePasskey({ inst, allow: [fromB64u(cred)] });
		const found = await byPrf(seen, secret);
		found?.mk.fill(0);
		if (found?.hash !== hash)
			throw new Refused('passkey-wrong');
		await take(secret, hash);
		secret.fill(0);
	}
	const oldText = toB64u(oldMk);
	oldMk.fill(0);

	async function make({ head, list: entries }, { today, restored }) {
		const entry = await makeEntry({
			kind: ROTATE, n: head.n + 1, prev: head.h, supporter, sign: keys.sign, hpkePub: keys.hpke.raw, day: dayOf(today),
			previousSign: old.sign,
		});
		const next = structuredClone(vault);
		const now = Date.now();
		put(next, `old:${oldId}`, { mk: oldText, until: later(today, OLD_DAYS) }, now);
		put(next, 'own', [...get(vault, 'own'), toHex(await sha256(entry))], now);
		put(next, 'log', memoryOf(await checkLog([...entries, entry]), Math.max(get(vault, 'log').r ?? 0, restored?.r ?? 0)), now);
		for (const [hash] of list(vault, 'device:'))
			put(next, `device:${hash}`, null, now);
		for (const hash of hashes)
			named(next, hash, { ...kept.get(hash), day: today });
		next.n++;
		return { entry, blob: await sealVault({ vault: next, key: keys.vault, inst, supporter }), n: next.n };
	}

	async function confirm() {
		carried.fill(0);
		for (let i = 0; i < TRIES; i++) {
			const now = await look(api);
			const log = await checkLog(now.keylog);
			if (log.error)
				throw new Refused('log-bad');
			if (checkOwn(log, supporter, keys, null) === 'ok')
				return;
			if (checkOwn(log, supporter, old, get(vault, 'own').map((h) => fromHex(h, 32))) !== 'ok')
				throw new Refused('log-bad');
			await sync();
			const { entry, blob, n } = await make({ ...log, list: now.keylog }, now);
			try {
				const mine = by ? { deviceKey: undefined, wrap: undefined, taken: hashes[0] } : { deviceKey: device.deviceKey, wrap: hashes[0] };
				await changeWrap(now, { ...mine, vault: { blob, known: n } }, () => api.rotateKeys({
					entry: toB64u(entry), wraps: wraps.map(toB64u), vault: toB64u(blob), replaces: known(),
				}));
				return;
			} catch (e) {
				if (e.status !== 409)
					throw e;
			}
		}
		throw new Refused('server');
	}
	return { payload, confirm, passkeys, carry };
}

/* Her own newest entry ends these keys: only she can have signed it. */
function hasEnded(log, supporter, keys) {
	const newest = log.entries?.findLast((e) => equal(e.supporter, supporter));
	return newest?.kind === RETIRE && equal(newest.signPub, keys.sign.raw);
}

/* She ends her key herself. What this device kept is erased. It may be pressed again after a failure. stays(): the text of what
   would be lost with it, or null; asked first. */
export async function retire({ api, keys, stays }) {
	async function lookAtLog() {
		const seen = await look(api);
		const log = await checkLog(seen.keylog);
		const ended = hasEnded(log, seen.supporter, keys);
		if (log.error || (!ended && checkOwn(log, seen.supporter, keys, null) !== 'ok'))
			throw new Refused('log-bad');
		return { ...seen, log, ended };
	}
	const { ended } = await lookAtLog();
	const why = ended ? null : await stays();
	if (why)
		throw new Refused(why);
	const now = await lookAtLog();
	if (!now.ended) {
		const entry = await makeEntry({
			kind: RETIRE, n: now.log.head.n + 1, prev: now.log.head.h, supporter: now.supporter, sign: keys.sign,
			hpkePub: keys.hpke.raw, day: dayOf(now.today),
		});
		await api.retireKey(toB64u(entry));
	}
	await dropRow(now.rowName);
}
