// Each table of § 9 equals the schema, and nothing is stored with a finer time than a day unless § 9 says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documented, looksFine, readMigration, schemaOf } from './schema.mjs';

const PROGRAMS = ['duty', 'haven'];
const says = documented();

function columnsSaid(program, table) {
	return says.stored.get(program).get(table) ?? says.stored.get('both').get(table);
}

for (const program of PROGRAMS) {
	const schema = schemaOf(program);

	test(`every table and column of ${program} stands in docs/protocol.md § 9`, () => {
		const missing = [];
		for (const [table, columns] of schema)
			for (const column of columns.keys())
				if (!columnsSaid(program, table)?.columns.has(column))
					missing.push(`${table}.${column}`);
		assert.deepEqual(missing, []);
	});

	test(`docs/protocol.md § 9 names no table or column that ${program} does not have`, () => {
		const extra = [];
		for (const where of ['both', program])
			for (const [table, { columns }] of says.stored.get(where))
				for (const column of columns)
					if (!schema.get(table)?.has(column))
						extra.push(`${table}.${column}`);
		assert.deepEqual(extra, []);
	});

	test(`every time in ${program} finer than a day has its reason in § 9`, () => {
		const unexplained = [];
		for (const [table, columns] of schema)
			for (const [column, comment] of columns)
				if (looksFine(column, comment) && !says.fine.get(`${program} ${table}.${column}`))
					unexplained.push(`${program} ${table}.${column}`);
		assert.deepEqual(unexplained, []);
	});
}

test('no reason stands for a column that is gone, or that tells days only', () => {
	const idle = [...says.fine.keys()].filter((name) => {
		const [program, table, column] = name.split(/[ .]/);
		const comment = PROGRAMS.includes(program) ? schemaOf(program).get(table)?.get(column) : undefined;
		return comment === undefined || !looksFine(column, comment);
	});
	assert.deepEqual(idle, []);
});

test('each table of § 9 says what it at most tells', () => {
	const silent = [...says.stored.values()].flatMap((tables) => [...tables].filter(([, t]) => !t.tells).map(([name]) => name));
	assert.deepEqual(silent, []);
});

test('haven keeps no key between an answer and a person', () => {
	for (const table of ['ring', 'ring_open'])
		assert.deepEqual([...schemaOf('haven').get(table).keys()], ['hour', 'slot', 'bytes']);
});

/* ---- the check itself must bite ---- */

test('a column that a later migration adds is seen, and one with a time in it is noticed', () => {
	const tables = readMigration('CREATE TABLE task (\n\tid BLOB PRIMARY KEY -- random\n);\n', new Map());
	readMigration('ALTER TABLE task ADD COLUMN answered_at BIGINT; -- instant\n', tables);
	assert.equal(tables.get('task').get('answered_at'), 'instant');
	assert.equal(looksFine('answered_at', ''), true);
	assert.equal(looksFine('opened', 'instant of the first look'), true);
	assert.equal(looksFine('made_day', 'day'), false);
});

test('a statement that cannot be read is refused, not passed over', () => {
	assert.throws(() => readMigration('CREATE VIEW x AS SELECT 1;\n', new Map()), /cannot read/);
});
