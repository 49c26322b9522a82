import assert from 'node:assert/strict';
import test from 'node:test';
import { makeSupporterKeys } from '../node/make-keys.js';
import { fromB64u, toHex } from '../bytes.js';
import { parseCode } from '../code.js';
import { checkLog, checkOwn } from '../keylog.js';
import { deriveKeys } from '../keys.js';
import { get, openVault } from '../vault.js';
import { openWrap } from '../wrap.js';

const random = (n) => crypto.getRandomValues(new Uint8Array(n));

test('keys made without a browser open by the printed recovery code, and their log holds', async () => {
	const inst = random(16);
	const ids = [random(16), random(16)];
	const keylog = [];
	for (const supporter of ids) {
		const made = await makeSupporterKeys({ inst: toHex(inst), supporterId: supporter, keylog });
		keylog.push(fromB64u(made.body.entry, 256));
		const { payload } = parseCode(made.recoveryCode.join('\n'));
		const row = fromB64u(made.body.wraps[0], 92);
		const mk = await openWrap({ row, inst, supporter, secret: { payload } });
		const keys = await deriveKeys(mk);
		const vault = await openVault({ blob: fromB64u(made.body.vault), key: keys.vault, inst, supporter });
		const checked = await checkLog(keylog);
		assert.equal(get(vault, 'log').h, toHex(checked.head.h));
		assert.equal(checkOwn(checked, supporter, keys, [checked.head.h]), 'ok');
	}
});

test('a log that does not hold is refused', async () => {
	await assert.rejects(makeSupporterKeys({ inst: random(16), supporterId: random(16), keylog: [random(256)] }), /key log/);
});
