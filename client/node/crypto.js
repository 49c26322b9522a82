/* crypto.js: Debian 12's Node 18 has WebCrypto, but not as a global. Import this before anything of client/. */
import { webcrypto } from 'node:crypto';

if (globalThis.crypto?.subtle === undefined)
	Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
