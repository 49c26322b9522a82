/* make-keys.js: a supporter's keys without a browser, by the same modules as the desk. For tests and the demonstration.

   A browser's device key cannot exist here, so only the recovery wrap (kind 2) is made; the supporter's browser makes its own
   device wrap the first time, by the recovery code (§ 2.3). */

import './crypto.js';
import { equal, fromId, sha256, systemRandom, toB64u, toHex } from '../bytes.js';
import { formatCode, makePayload } from '../code.js';
import { NEW, checkLog, keyId, makeEntry } from '../keylog.js';
import { deriveKeys, makeMaster } from '../keys.js';
import { memoryOf } from '../log-watch.js';
import { emptyVault, hashOf, put, sealVault } from '../vault.js';
import { KIND_RECOVERY, makeWrap } from '../wrap.js';

/* kind: NEW, or RESET when she has lost hers. inst, supporterId: 16 bytes, or text (hex or base64url). keylog: the log so far, entries as bytes. now: ms since 1970.
   → { recoveryCode (three lines), keyId (hex 8), x25519 (hex), entry, recoveryWrap, vault: bytes,
       body: what POST /s/keys takes }. */
export async function makeSupporterKeys({ kind = NEW, inst, supporterId, keylog = [], now = Date.now(), random = systemRandom }) {
	inst = typeof inst === 'string' ? fromId(inst) : inst;
	const supporter = typeof supporterId === 'string' ? fromId(supporterId) : supporterId;
	const log = await checkLog(keylog);
	if (log.error)
		throw new Error(`the key log does not hold at entry ${log.n}: ${log.error}`);
	const payload = makePayload(random);
	const mk = makeMaster(random);
	const recoveryWrap = await makeWrap({
		kind: KIND_RECOVERY, mk, inst, supporter, secret: { payload }, random,
	});
	const keys = await deriveKeys(mk);
	const n = log.head.n + 1;
	const entry = await makeEntry({
		kind, n, prev: log.head.h, supporter, sign: keys.sign, hpkePub: keys.hpke.raw, day: Math.floor(now / 86400000),
	});
	const h = toHex(await sha256(entry));
	const vault = emptyVault();
	put(vault, 'log', memoryOf(await checkLog([...keylog, entry])), now);
	put(vault, 'own', [...log.entries.filter((e) => equal(e.supporter, supporter)).map((e) => toHex(e.h)), h], now);
	vault.n = 1;
	const blob = await sealVault({ vault, key: keys.vault, inst, supporter, random });
	return {
		recoveryCode: formatCode(payload), keyId: toHex(await keyId(keys.hpke.raw)), x25519: toHex(keys.hpke.raw),
		entry, recoveryWrap, vault: blob, vaultHash: await hashOf(blob), keys,
		body: { entry: toB64u(entry), wraps: [toB64u(recoveryWrap)], vault: toB64u(blob) },
	};
}
