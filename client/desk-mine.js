/* desk-mine.js: which page of "My keys" comes when. The desk stays open beneath it, and locks as it always does. */

import { codePage } from './desk-closed.js';
import { cardPage, confirmPage, keysPage, pairPage, passphrasePage, removePage, renamePage, retirePage, wayName } from './desk-keys.js';
import { changePassphrase, lookAtWays, preparePairing, prepareRecovery, prepareRotation, removeWay, rename, retire } from './key-life.js';
import { isRed } from './desk-unlock.js';
import { safetyCode } from './keylog.js';

/* room: { t, api, argon, session, keep, lang, show(page), troubled(e), lock(message), leave(message), back(),
   stays() }. troubled() shows what stands in no form. → show it. */
export function openMine(room) {
	const { t, api, argon, session, keep } = room;
	const { vault } = keep;
	const { keys, keyId } = session;
	const hands = { api, argon, vault, keys, keyId, sync: () => keep.write(), known: () => keep.known(), stays: room.stays };
	const noted = () => keep.changed().catch(() => {});

	/* Every page's work ends here, told in one sentence. */
	async function overview(said = null) {
		try {
			const { ways } = await lookAtWays(api, vault);
			room.show(keysPage(t, {
				lang: room.lang, ways, said, safety: await safetyCode(session.keys.sign.raw), heads: session.heads,
			}, { back: room.back, passphrase, code, rename: renaming, remove: removing, card, pair: pairing, rotate: rotating, retire: retiring }));
		} catch (e) {
			room.troubled(e);
		}
	}
	const home = () => overview();
	/* What cannot be mended by trying again does not stand in a form. */
	const orRed = (act) => async (...words) => {
		try {
			await act(...words);
		} catch (e) {
			if (!isRed(e))
				throw e;
			room.troubled(e);
		}
	};
	async function done(key, values) {
		await noted();
		await overview(t(key, values));
	}

	const passphrase = () => room.show(passphrasePage(t, async (old, fresh) => {
		await changePassphrase(hands, old, fresh);
		await done('keys.pass.done');
	}, home));

	const code = () => room.show(confirmPage(t, { title: 'keys.code.title', lead: 'keys.code.lead', go: 'keys.code.button' }, async (old) => {
		const { payload, confirm } = await prepareRecovery(hands, old);
		room.show(codePage(t, payload, async () => {
			await confirm();
			await done('keys.code.done');
		}));
	}, home));

	const renaming = (way) => room.show(renamePage(t, way, async (name) => {
		rename(vault, way.hash, name);
		await done('keys.rename.done');
	}, home));

	const removing = (way) => room.show(removePage(t, way, async () => {
		await removeWay(hands, way.hash);
		if (way.here)
			room.lock(t('keys.remove.done', { name: wayName(t, way) }));
		else
			await done('keys.remove.done', { name: wayName(t, way) });
	}, home));

	const pairing = () => room.show(confirmPage(t, { title: 'pair.title', lead: 'pair.lead', go: 'pair.button' }, async (old) => {
		const { payload, stop } = await preparePairing(hands, old);
		room.show(pairPage(t, payload, async () => {
			await stop().catch(() => {});
			await overview();
		}));
	}, home));

	const rotating = () => room.show(confirmPage(t, { title: 'rotate.title', lead: 'rotate.lead', go: 'rotate.button' }, async (old) => {
		const { payload, confirm } = await prepareRotation(hands, old);
		room.show(codePage(t, payload, orRed(async () => {
			await confirm();
			room.leave(t('rotate.done'));
		})));
	}, home));

	const retiring = () => room.show(retirePage(t, orRed(async () => {
		await retire(hands);
		room.leave();
	}), home));

	const card = async () => room.show(cardPage(t, { name: session.name, safety: await safetyCode(session.keys.sign.raw) }, home));

	return home;
}
