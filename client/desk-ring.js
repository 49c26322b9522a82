/* desk-ring.js: one hour after the other to the ring worker (ring-worker.js), which may fail: then everything asked of it fails,
   and the next hour gets a new one. */

/* newWorker(): a Worker. about: what every question carries besides the hour. → { hour(page, tasks, others), end } */
export function openRing(newWorker, about) {
	let worker = null;
	let next = 0;
	const waiting = new Map();

	function fail(why) {
		worker?.terminate();
		worker = null;
		for (const { reject } of waiting.values())
			reject(new Error(why));
		waiting.clear();
	}
	function begin() {
		const one = newWorker();
		one.onmessage = ({ data }) => {
			const asked = waiting.get(data.id);
			waiting.delete(data.id);
			if (data.error)
				asked?.reject(new Error(data.error));
			else
				asked?.resolve(data.found);
		};
		one.onerror = one.onmessageerror = () => one === worker && fail('the ring worker failed');
		return one;
	}
	return {
		hour: (page, tasks, others) => new Promise((resolve, reject) => {
			worker ??= begin();
			const id = next++;
			waiting.set(id, { resolve, reject });
			worker.postMessage({ id, ...about, page, tasks, others });
		}),
		end: () => fail('the desk is locked'),
	};
}
