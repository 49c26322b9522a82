/* device-double.mjs: as much of IndexedDB as store.js asks for, in memory: transactions of which a writing one has the table to
   itself until it has nothing more to ask. And the rest of what a browser has and node has not. */

import '../node/crypto.js';

/* → { rows, use, fail }: rows is what the device holds, by key; use() makes it the one in hand again; fail(true) makes every
   request fail. */
export function newDevice() {
	const rows = new Map();
	let broken = false;
	let last = Promise.resolve();
	const later = () => new Promise((resolve) => { setTimeout(resolve, 0); });

	function transaction() {
		const asked = [];
		const tx = { oncomplete: null, onabort: null, error: null, objectStore: () => store };
		const request = (job) => {
			const one = {};
			asked.push(() => {
				if (broken) {
					tx.error = one.error = new Error('the device is full');
					return one.onerror?.();
				}
				one.result = job();
				return one.onsuccess?.();
			});
			return one;
		};
		const store = {
			get: (key) => request(() => rows.get(key)),
			getAll: () => request(() => [...rows.values()]),
			getAllKeys: () => request(() => [...rows.keys()]),
			delete: (key) => request(() => { rows.delete(key); }),
			put: (row, key) => request(() => { rows.set(key, { ...row }); }),
		};
		last = last.then(async () => {
			for (await later(); asked.length > 0 && !tx.error; await later())
				asked.shift()();
			if (tx.error)
				tx.onabort?.();
			else
				tx.oncomplete?.();
		});
		return tx;
	}
	const indexedDB = {
		open() {
			const opening = { result: { transaction, close() {}, createObjectStore() {} } };
			setTimeout(() => opening.onsuccess(), 0);
			return opening;
		},
	};
	const use = () => { globalThis.indexedDB = indexedDB; };
	use();
	return { rows, use, fail: (on) => { broken = on; } };
}
