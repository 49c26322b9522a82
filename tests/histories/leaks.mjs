// Each planted leak (leaks.c) is linked into a haven of its own; the histories test must fail for each, and say where.
//
//   HISTORIES_BIN=BUILD/tests/histories node --test-reporter=tap leaks.mjs
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { Leak } from './compare.mjs';
import { run } from './run.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' }, store: { type: 'string', default: 'sqlite' } } });
const bin = process.env.HISTORIES_BIN;
const binaries = { duty: join(bin, 'histories-duty'), haven: join(bin, 'histories-haven'), dump: join(bin, 'histories-dump') };
const note = (text) => process.env.HISTORIES_NOTES && console.error(text);

/* name of the leak → where it must be noticed, in words of the difference. */
const LEAKS = {
	'answered-at': { what: /database of haven/, text: /task\|/ },
	opened: { what: /database of haven/, text: /task\|/ },
	'log-line': { what: /log of haven/, text: /POST \/h\/ring/ },
	'closed-at-once': { what: /database of/, text: /coverage\||door_fact\||task\|/ },
	metric: { what: /metrics of haven/, text: /makker_requests/ },
	'not-scrubbed': { what: /files and their sizes|database of haven/, text: /./ },
	'extra-draw': { what: /database of haven|mails/, text: /./ },
	...(values.store === 'postgresql' ? { 'idle-ticks': { what: /database of/, text: /transaction|xmin/ } } : {}),
};

/* On PostgreSQL a transaction more shows in all that is written after it, in duty's database too. Desks note contact at the
   same minute in all histories there (lives.mjs), so an outcome that is told at once is noticed on SQLite only. */
if (values.store === 'postgresql') {
	delete LEAKS['closed-at-once'];
	for (const name of ['answered-at', 'opened', 'extra-draw'])
		LEAKS[name] = { what: /database of|mails/, text: /./ };
}

for (const [name, { what, text }] of Object.entries(LEAKS).filter(([n]) => !values.only || n === values.only))
	test(`the leak "${name}" makes the histories test fail`, async () => {
		const told = await run({ binaries: { ...binaries, leak: join(bin, `histories-leak-${name}`) }, days: 3, store: values.store, names: ['H0', 'H1'], note })
			.then(() => null, (error) => error);
		assert.ok(told, 'it was not noticed');
		if (!(told instanceof Leak))
			throw told;
		note(told.message);
		assert.match(told.what, what);
		assert.match(told.message, text);
	});
