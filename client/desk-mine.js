/* desk-mine.js: which page of "My keys" comes when. The desk stays open beneath it, and locks as it always does. */

import { codePage } from './desk-closed.js';
import { addPasskeyPage, cardPage, carryPage, confirmPage, keysPage, pairPage, passphrasePage, removePage, renamePage, retirePage, wayName } from './desk-keys.js';
import { changePassphrase, lookAtWays, preparePairing, preparePasskey, prepareRecovery, prepareRotation, removeWay, rename, retire } from './key-life.js';
import { isRed } from './desk-unlock.js';
import { safetyCode } from './keylog.js';
import { passkeysHere, usePasskey } from './passkey.js';
import { KIND_PASSKEY } from './wrap.js';

/* room: { t, api, argon, session, keep, show(page), troubled(e), lock(message), leave(message), back(),
   stays() }. troubled() shows what stands in no form. → show it. */
export function openMine(room) {
	const { t, api, argon, session, keep } = room;
	const { vault } = keep;
	const { keys, keyId } = session;
	const hands = { api, argon, vault, keys, keyId, sync: () => keep.write(), known: () => keep.known(), stays: room.stays };
	const noted = () => keep.changed().catch(() => {});

	let mine = { ways: [] }; /* as last seen */
	let can = false;
	const readWays = async () => {
		mine = await lookAtWays(api, vault);
		can = await passkeysHere() !== 'no';
	};
	/* How she can prove that it is she. proven(proof): as masterOf takes it */
	const provenBy = (proven) => ({
		passphrase: mine.ways.some((way) => way.here),
		passkey: can && mine.ways.some((way) => way.kind === KIND_PASSKEY) ? async () => {
			const { secret } = await usePasskey({ inst: session.inst });
			await proven({ prf: secret }).finally(() => secret.fill(0));
		} : null,
	});

	/* Every page's work ends here, told in one sentence. */
	async function overview(said = null) {
		try {
			await readWays();
			room.show(keysPage(t, {
				ways: mine.ways, passkeys: can, said, safety: await safetyCode(session.keys.sign.raw), heads: session.heads,
			}, { back: room.back, passphrase, code, rename: renaming, remove: removing, card, pair: pairing, passkey, rotate: rotating, retire: retiring }));
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

	/* A page that asks who she is, and goes on with what she answered. */
	const asked = (texts, proven) => room.show(confirmPage(t, texts, proven, home, provenBy(proven)));

	const code = () => asked({ title: 'keys.code.title', lead: 'keys.code.lead', go: 'keys.code.button' }, async (proof) => {
		const { payload, confirm } = await prepareRecovery(hands, proof);
		room.show(codePage(t, payload, async () => {
			await confirm();
			await done('keys.code.done');
		}));
	});

	const passkey = () => asked({ title: 'passkey.title', lead: 'passkey.lead', go: 'passkey.go' }, async (proof) => {
		const { make, forget } = await preparePasskey(hands, proof, session.name);
		room.show(addPasskeyPage(t, async (name) => {
			await make(name);
			await done('passkey.done');
		}, () => {
			forget();
			home();
		}));
	});

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

	const pairing = () => asked({ title: 'pair.title', lead: 'pair.lead', go: 'pair.button' }, async (proof) => {
		const { payload, stop } = await preparePairing(hands, proof);
		room.show(pairPage(t, payload, async () => {
			await stop().catch(() => {});
			await overview();
		}));
	});

	const rotating = () => asked({ title: 'rotate.title', lead: 'rotate.lead', go: 'rotate.button' }, async (proof) => {
		const { payload, confirm, passkeys, carry } = await prepareRotation(hands, proof);
		const last = () => room.show(codePage(t, payload, orRed(async () => {
			await confirm();
			room.leave(t('rotate.done'));
		})));
		/* One press each, until there is none left that could be carried over, or she goes on. */
		const carrying = () => (can && passkeys().length > 0 ? room.show(carryPage(t, passkeys(), async (one) => {
			await carry(one);
			carrying();
		}, last)) : last());
		carrying();
	});

	const retiring = () => room.show(retirePage(t, orRed(async () => {
		await retire(hands);
		room.leave();
	}), home));

	const card = async () => room.show(cardPage(t, { name: session.name, safety: await safetyCode(session.keys.sign.raw) }, home));

	return home;
}
