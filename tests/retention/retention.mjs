// Each table of both programs has a row in docs/retention.md, and each row names a test that there is.
//
//   node --test-reporter=tap retention.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schemaOf } from '../histories/schema.mjs';

const root = new URL('../../', import.meta.url);

/** The rows of the page: { where: 'both' | 'duty' | 'haven', table, long, why, by, tests: [[file, name]] }. */
function rowsOf(text) {
	const rows = [];
	let where = null;
	for (const line of text.split('\n')) {
		if (/^## /.test(line))
			where = { '## Both': 'both', '## Duty': 'duty', '## Haven': 'haven' }[line] ?? null;
		const cells = line.startsWith('|') ? line.split('|').slice(1, -1).map((c) => c.trim()) : [];
		const table = /^`(\w+)`$/.exec(cells[0] ?? '')?.[1];
		if (where && table)
			rows.push({ where, table, long: cells[1], why: cells[2], by: cells[3],
				tests: [...(cells[4] ?? '').matchAll(/([\w/.-]+\.\w+) `(\w+)`/g)].map((m) => [m[1], m[2]]) });
	}
	return rows;
}

const rows = rowsOf(readFileSync(new URL('docs/retention.md', root), 'utf8'));
const both = new Set(rows.filter((r) => r.where === 'both').map((r) => r.table));

for (const program of ['duty', 'haven'])
	test(`every table of ${program} has a row, and every row a table`, () => {
		const tables = [...schemaOf(program).keys()].filter((t) => !both.has(t)).sort();
		assert.deepEqual(rows.filter((r) => r.where === program).map((r) => r.table).sort(), tables);
	});

test('every table of both is in both', () => {
	for (const table of both)
		for (const program of ['duty', 'haven'])
			assert.ok(schemaOf(program).has(table), `${program} has no table ${table}`);
});

test('every row says how long and why, and names a test that there is, unless it is kept as long as the installation', () => {
	for (const row of rows) {
		const name = `${row.where} ${row.table}`;
		assert.ok(row.long && row.why && row.by, name);
		assert.ok(row.tests.length > 0 || row.long.startsWith('as long as the installation'), `${name} names no test`);
		for (const [file, test] of row.tests)
			assert.ok(readFileSync(new URL(file, root), 'utf8').includes(`static void ${test}(`), `${name}: ${file} has no test ${test}`);
	}
});

test('the check bites: a table without a row is seen', () => {
	assert.deepEqual(rowsOf('## Duty\n| `a` | x | y | z | src/a.c `b` |\n| b | x |\n').map((r) => r.table), ['a']);
	assert.notDeepEqual(rows.filter((r) => r.where === 'duty' && r.table !== 'incident').map((r) => r.table).sort(),
		[...schemaOf('duty').keys()].filter((t) => !both.has(t)).sort());
});
