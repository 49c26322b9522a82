// duty-live.js: a page that nobody looks at holds no connection. A browser has six for a host over HTTP/1.1, and pages that wait would take them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLive } from '../duty-live.js';

/* As much of a browser as the module asks for. */
function page({ hidden }) {
	const listeners = [], asked = [];
	globalThis.document = { hidden, addEventListener: (name, f) => name === 'visibilitychange' && listeners.push(f) };
	globalThis.location = { href: 'https://duty.example/incidents/x' };
	globalThis.fetch = (url, { signal }) => new Promise((resolve, reject) => {
		asked.push({ url: String(url), signal });
		signal.addEventListener('abort', () => reject(new Error('aborted')));
	});
	let due = null;
	const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
	globalThis.setTimeout = (f) => { due = f; };
	globalThis.clearTimeout = () => { due = null; };
	startLive({ dataset: { state: '/incidents/x/state', version: '1' }, querySelector: () => null });
	return {
		asked,
		turn: (to) => { document.hidden = to; listeners.forEach((f) => f()); },
		/* Whatever was to happen later happens. */
		async later() {
			const f = due;
			due = null;
			f?.();
			await new Promise((done) => setImmediate(done));
		},
		end: () => Object.assign(globalThis, real),
	};
}

test('a page that is looked at asks once, and waits', async () => {
	const { asked, later, end } = page({ hidden: false });
	await later();
	assert.equal(asked.length, 1);
	await later();
	assert.equal(asked.length, 1, 'not a second time before the first is answered');
	end();
});

test('a page in the background asks nothing, and lets its question go when it is put there', async () => {
	const { asked, turn, later, end } = page({ hidden: true });
	await later();
	assert.equal(asked.length, 0);
	turn(false);
	await later();
	assert.equal(asked.length, 1);
	turn(true);
	await later();
	assert.equal(asked[0].signal.aborted, true);
	await later();
	assert.equal(asked.length, 1, 'and asks no more until somebody looks');
	end();
});
