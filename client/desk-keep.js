/* desk-keep.js: the vault while the desk is open (§ 8): sealed after every change, kept on the device, written to the server on a
   beat and at lock whether it changed or not, merged when another device was first. */

import { hashOf, merge, openVault, sealVault } from './vault.js';
import { writeRow } from './store.js';

const TRIES = 5;

export function openKeep({ api, vault, h, key, inst, supporter, row, rowName }) {
	let ready = null; /* the present state, sealed, so that it can be sent when there is no time left to seal */
	let work = Promise.resolve();

	/* One thing at a time: two seals or writes at once could put an older state over a newer. */
	function inTurn(job) {
		const done = work.then(job);
		work = done.catch(() => {});
		return done;
	}

	async function reseal() {
		vault.n++;
		ready = await sealVault({ vault, key, inst, supporter });
		row.vault = { ...row.vault, blob: ready };
		await writeRow(rowName, row).catch(() => {}); /* a full or closed device store loses the copy, not the vault */
	}

	async function write() {
		for (let i = 0; i < TRIES; i++) {
			await reseal();
			const sent = ready;
			const theirs = await api.vault(sent, h);
			if (!theirs) {
				h = await hashOf(sent);
				row.vault.known = vault.n;
				await reseal();
				return;
			}
			const other = await openVault({ blob: theirs, key, inst, supporter });
			if (!other)
				throw new Error('the stored vault does not open');
			Object.assign(vault, merge(vault, other));
			h = await hashOf(theirs);
		}
		throw new Error('the vault changes too often');
	}

	return {
		vault,
		/* after a change; soon, and in order */
		changed: () => inTurn(reseal),
		/* now, to the server */
		write: () => inTurn(write),
		/* the last word when the page goes: no await before the request leaves */
		last: () => (ready ? api.vault(ready, h, true).catch(() => {}) : Promise.resolve()),
	};
}
