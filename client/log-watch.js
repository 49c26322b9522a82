/* log-watch.js: is the key log still the one this supporter knows (§ 2.5)? Pure: what the vault remembers against what the server
   hands out. Whatever is not "ok" opens nothing and seals nothing.

   The vault's item `log`: { n, h (hex): the newest entry seen; r: the last restore she accepted, 0 for none; past: the first 12 bytes
   of the newest hashes in a row, base64url, n's last }. */

import { equal, fromHex, toB64u, toHex } from './bytes.js';
import { checkOwn, extendsHead } from './keylog.js';

const PAST = 512; /* entries remembered one by one; backups older than these are no way back */
const SHORT = 12;
const TEXT = 16; /* of base64url */

const short = (h) => toB64u(h.slice(0, SHORT));

/* What the vault is to remember of a log that holds. */
export function memoryOf({ entries, head }, r = 0) {
	return { n: head.n, h: toHex(head.h), r, past: entries.slice(-PAST).map((e) => short(e.h)).join('') };
}

/* Was the entry n of hash h among those that this supporter has seen? */
function knew({ n, past = '' }, at, h) {
	const i = past.length / TEXT - 1 - (n - at);
	return at >= 0 && at <= n && i >= 0 && past.slice(i * TEXT, (i + 1) * TEXT) === short(h);
}

/* restored: what the operator declared, { r, n (entries), h (hash of the last), day }, or null. own: her entries' hashes.
   → "ok" · "fork": another history, or a shorter one that nobody declared · "foreign": an entry under her id that is not hers, or one
   of hers that is missing · "restored": nothing but the end is missing, and the operator has said that it is: she may say that she
   has heard it too. */
export function watch({ log, memory, own, supporter, keys, restored }) {
	if (checkOwn(log, supporter, keys, own) !== 'ok')
		return 'foreign';
	if (extendsHead(log, { n: memory.n, h: fromHex(memory.h, 32) }))
		return 'ok';
	const cut = restored && log.entries[restored.n - 1];
	const declared = cut && equal(cut.h, restored.h) && restored.r > (memory.r ?? 0);
	return declared && knew(memory, restored.n - 1, cut.h) ? 'restored' : 'fork';
}
