/* store.js: what stays on this device, in IndexedDB: one row per installation and supporter.

   Row: { deviceKey: HMAC key that cannot be exported, wrap: hex of H(the wrap made with it), vault: { blob, n } the newest one
   this device wrote, sealed, and the highest n the server is known to have had }. The browser may throw all of it away
   (§ 2.3): then the recovery code makes a new row. */

const NAME = 'makker';
const TABLE = 'device';

function asked(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

async function table(mode) {
	const opening = indexedDB.open(NAME, 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
	const db = await asked(opening);
	return { rows: db.transaction(TABLE, mode).objectStore(TABLE), close: () => db.close() };
}

export const rowKey = (inst, supporter) => `${inst}/${supporter}`;

/* → the row, or undefined. */
export async function readRow(key) {
	const { rows, close } = await table('readonly');
	try {
		return await asked(rows.get(key));
	} finally {
		close();
	}
}

export async function writeRow(key, row) {
	const { rows, close } = await table('readwrite');
	try {
		await asked(rows.put(row, key));
	} finally {
		close();
	}
}

/* A device key can be used here, and cannot leave. */
export const makeDeviceKey = () =>
	crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);

/* Asks the browser not to evict us. Its answer changes nothing for the page. */
export async function persist() {
	try {
		return await navigator.storage.persist();
	} catch {
		return false;
	}
}
