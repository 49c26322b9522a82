/* argon-worker.js: Argon2id away from the page (§ 2.3). One question, one answer; whoever asked ends the worker,
   and its memory with it. In: { password, salt, cost: { t, m, p } }. Out: { key, ms }, or { error }. */

import { argon2id } from '@noble/hashes/argon2';

self.onmessage = ({ data: { password, salt, cost } }) => {
	const start = performance.now();
	try {
		const key = argon2id(password, salt, { t: cost.t, m: cost.m, p: cost.p, dkLen: 32 });
		password.fill(0);
		self.postMessage({ key, ms: performance.now() - start }, [key.buffer]);
	} catch (e) {
		self.postMessage({ error: String(e.message) });
	}
};
