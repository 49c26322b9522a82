/* fixed-random.js: chance that repeats, for vectors: SHA-256(label ‖ counter), block after block. Never for keys that are used. */
import { createHash } from 'node:crypto';

export function fixedRandom(label) {
	let counter = 0;
	return (length) => {
		const bytes = new Uint8Array(length);
		for (let at = 0; at < length; at += 32)
			bytes.set(createHash('sha256').update(`${label} ${counter++}`).digest().subarray(0, length - at), at);
		return bytes;
	};
}
