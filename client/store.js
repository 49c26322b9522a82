/* store.js: what stays on this device, in IndexedDB: one row per installation and supporter.

   Row: { deviceKey: HMAC key that cannot be exported, wrap: hex of H(the wrap made with it), vault: { blob, known } the newest
   one this device wrote, sealed, and the highest n the server is known to have had }. Every tab of this browser has the same
   rows. The browser may throw all of it away (§ 2.3): then the recovery code makes a new row. */

const NAME = 'makker';
const TABLE = 'device';

function asked(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/* job(rows) in one transaction: it may wait for nothing but requests to `rows`. */
async function inTable(mode, job) {
	const opening = indexedDB.open(NAME, 1);
	opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
	const db = await asked(opening);
	try {
		const transaction = db.transaction(TABLE, mode);
		const ended = new Promise((resolve, reject) => {
			transaction.oncomplete = resolve;
			transaction.onabort = () => reject(transaction.error);
		});
		const [result] = await Promise.all([job(transaction.objectStore(TABLE)), ended]);
		return result;
	} finally {
		db.close();
	}
}

export const rowKey = (inst, supporter) => `${inst}/${supporter}`;

/* → all rows, by key. */
export const readRows = () => inTable('readonly', async (rows) => {
	const [keys, values] = await Promise.all([asked(rows.getAllKeys()), asked(rows.getAll())]);
	return new Map(keys.map((key, i) => [key, values[i]]));
});

/* What change(row or undefined) gives becomes the row; undefined leaves it. Nobody else writes between reading and writing. */
export const changeRow = (key, change) => inTable('readwrite', async (rows) => {
	const row = change(await asked(rows.get(key)));
	if (row)
		await asked(rows.put(row, key));
});

export const dropRow = (key) => inTable('readwrite', (rows) => asked(rows.delete(key)));

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
