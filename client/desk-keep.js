/* desk-keep.js: the vault while the desk is open (§ 8): sealed and kept on the device after every change, written to the server
   on a beat and at lock whether it changed or not, merged when another device was first. */

import { equal } from './bytes.js';
import { changeRow } from './store.js';
import { hashOf, merge, openVault, sealVault } from './vault.js';

const TRIES = 5;

/* → a function that runs jobs one after the other: two at once could put an older state over a newer. */
export function oneByOne() {
	let last = Promise.resolve();
	return (job) => {
		const done = last.then(job);
		last = done.catch(() => {});
		return done;
	};
}

/* h: hash of the vault on the server. row: as this device had it when the vault was opened. merged(): something came in from
   another device or tab. gone(): her keys were changed elsewhere; nothing is written any more with these. */
export function openKeep({ api, vault, h, key, inst, supporter, row, rowName, merged, gone = () => {} }) {
	let ready = null; /* the present state, sealed, so that it can be sent when there is no time left to seal */
	let mine = row.vault?.blob; /* what this tab last knew on the device */
	let known = 0; /* the highest n that we know the server to have */
	const sealing = oneByOne(); /* never waits for the network: a note is safe on the device while a write hangs */
	const sending = oneByOne();

	let stopped = false;
	function stopHere() {
		stopped = true;
		gone();
		return new Error('her keys were changed elsewhere');
	}

	async function takeIn(blob) {
		const other = await openVault({ blob, key, inst, supporter });
		if (other) {
			Object.assign(vault, merge(vault, other));
			merged();
		}
		return other;
	}

	/* Onto the device, unless another tab wrote there since we looked. → what that tab wrote, or null; and whether this device
	   has a wrap now that is not the one it was opened by. */
	async function toDevice(blob) {
		let theirs = null, wrapped = false;
		await changeRow(rowName, (now = {}) => {
			const there = now.vault?.blob;
			theirs = there && !(mine && equal(there, mine)) ? there : null;
			wrapped = now.wrap !== row.wrap;
			return theirs ? undefined : { ...now, vault: { blob, known: Math.max(now.vault?.known ?? 0, known) } };
		}).catch(() => {}); /* a full or closed device store loses the copy, not the vault */
		return { theirs, wrapped };
	}

	async function seal() {
		for (;;) {
			if (stopped)
				throw new Error('her keys were changed elsewhere');
			const n = ++vault.n;
			const blob = await sealVault({ vault, key, inst, supporter });
			ready = { n, blob };
			const { theirs, wrapped } = await toDevice(blob);
			if (!theirs) {
				mine = blob;
				return ready;
			}
			/* What another tab wrote with her new keys is not written over; what is only damaged is. */
			if (!await takeIn(theirs) && wrapped)
				throw stopHere();
			mine = theirs;
		}
	}

	async function write() {
		for (let i = 0; i < TRIES; i++) {
			const sent = await sealing(seal);
			const theirs = await api.vault(sent.blob, h);
			if (!theirs) {
				h = await hashOf(sent.blob);
				known = sent.n;
				await sealing(seal); /* the same bytes twice would tell that nothing changed */
				return;
			}
			if (!await takeIn(theirs))
				throw stopHere();
			h = await hashOf(theirs);
		}
		throw new Error('the vault changes too often');
	}

	const unlessStopped = (job) => () => (stopped ? Promise.resolve() : job());
	return {
		vault,
		/* nothing is written any more: the keys are others now */
		stop() { stopped = true; },
		/* what the server has now, as compare-and-swap wants it */
		known: () => h,
		/* after a change; soon, and in order */
		changed: unlessStopped(() => sealing(seal)),
		/* now, to the server */
		write: unlessStopped(() => sending(write)),
		/* the last word when the page goes: no await before the request leaves */
		last: () => (ready && !stopped ? api.vault(ready.blob, h, true).catch(() => {}) : Promise.resolve()),
	};
}
