/* key-life.js: what a supporter does with her keys after the first day (§ 2.4): another passphrase, another recovery code, the
   list of her ways in. No page here; Refused carries the key of a text. Whatever needs MK asks for the passphrase again:
   nothing keeps it while the desk is open. */

import { sha256, toB64u, toHex } from './bytes.js';
import { makePayload } from './code.js';
import { Refused, changeWrap, deviceWrap, look, masterOf, named, storeWrap } from './desk-unlock.js';
import { get, list, put } from './vault.js';
import { KIND_RECOVERY, makeWrap, readWrap } from './wrap.js';

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
