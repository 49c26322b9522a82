/* ring-worker.js: opens ring hours away from the page. In: { id, … as of openHour() }. Out: { id, found } or { id, error }.
   The private key arrives as a CryptoKey that cannot be exported. */

import { openHour } from './ring.js';

self.onmessage = async ({ data: { id, ...question } }) => {
	try {
		self.postMessage({ id, found: await openHour(question) });
	} catch (e) {
		self.postMessage({ id, error: String(e.message) });
	}
};
