// What the first release wrote is there after an upgrade, and its workplace goes on. tests/upgrade/0.1.0 was made by that version's own
// programs (make.mjs); its tables are those of the migrations it had, which are never changed. On PostgreSQL: MAKKER_TEST_DB=postgresql under
// tools/with-postgres.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { register, signIn } from '../../tools/demo/doors.mjs';
import { Visitor, wordsOf } from '../../tools/demo/visitor.mjs';
import { World } from '../browser/world.mjs';

const SQLITE = process.env.MAKKER_TEST_DB !== 'postgresql';
const root = fileURLToPath(new URL('../..', import.meta.url)), kept = join(root, 'tests/upgrade/0.1.0');
const told = JSON.parse(readFileSync(join(kept, 'told.json'), 'utf8'));
/* Version 0.1.0 is the schema of these numbers. */
const STOOD = { duty: 7, haven: 9 };
const PROGRAMS = Object.keys(STOOD);

/* As the programs turn a migration into PostgreSQL's words (db_pg_conn.c). */
const ddl = (text) => (SQLITE ? text : text.replace(/\bBLOB\b/g, 'BYTEA').replace(/\bWITHOUT ROWID\b/g, ''));

function migrations(program) {
	const files = ['both', program].flatMap((f) => readdirSync(join(root, 'migrations', f)).map((name) => join(root, 'migrations', f, name)));
	return files.sort((a, b) => a.split('/').at(-1).localeCompare(b.split('/').at(-1)));
}

function literal(value) {
	if (value === null || typeof value === 'number')
		return String(value);
	if (typeof value === 'string')
		return `'${value.replace(/'/g, "''")}'`;
	const hex = value.b ?? randomBytes(value.r).toString('hex');
	return SQLITE ? `x'${hex}'` : `'\\x${hex}'`;
}

/** The database as the first release left it, in SQL. */
function left(program) {
	const old = migrations(program).slice(0, STOOD[program]);
	assert.deepEqual(old.map((f) => Number(f.split('/').at(-1).slice(0, 3))), Array.from({ length: STOOD[program] }, (_, i) => i + 1));
	const tables = JSON.parse(readFileSync(join(kept, `${program}.json`), 'utf8'));
	assert.equal(Math.max(...tables.schema_version.rows.map((r) => r[0])), STOOD[program]);
	return ['CREATE TABLE schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL);', ...old.map((f) => ddl(readFileSync(f, 'utf8'))),
		/* Migrations may have put rows of their own. */
		...Object.keys(tables).map((t) => `DELETE FROM "${t}";`),
		...Object.entries(tables).flatMap(([t, { columns, rows }]) => rows.map((r) => `INSERT INTO "${t}" (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${r.map(literal).join(', ')});`))].join('\n');
}

function lay(program) {
	const sql = left(program);
	let done;
	if (SQLITE) {
		const at = join(world.data, program, `${program}.sqlite`), { uid, gid } = statSync(at);
		for (const end of ['', '-wal', '-shm'])
			rmSync(at + end, { force: true });
		done = spawnSync('/usr/bin/python3', ['-c', 'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.executescript(sys.stdin.read())\ndb.close()', at], { input: sql, encoding: 'utf8' });
		if (done.status === 0)
			chownSync(at, uid, gid);
	} else {
		/* As the program's own login; references are looked at when all is there, by whoever may put that off. */
		const where = world.store.where(program), owner = /user=(\S+_(?:duty|haven))/.exec(where)[1], name = /dbname=(\S+_(?:duty|haven))/.exec(where)[1];
		const input = `SET ROLE "${owner}";\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public AUTHORIZATION pg_database_owner;\nRESET ROLE;\nSET session_replication_role = replica;\nSET ROLE "${owner}";\n${sql}`;
		done = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', `${process.env.MAKKER_TEST_PG} dbname=${name}`], { input, encoding: 'utf8' });
	}
	assert.equal(done.status, 0, done.stderr);
}

let world, leader;
test.before(async () => {
	world = await World.start({ at: told.at });
	await world.down();
	PROGRAMS.forEach(lay);
});
test.after(() => world?.stop());

const enter = async () => { leader = await signIn(world.duty, told.leader, told.passphrase); };
const front = async () => wordsOf((await leader.get(`${world.duty}/`)).text);

test('before the upgrade check says plainly where each database stands, and changes nothing', async () => {
	for (let i = 0; i < 2; i++) {
		const { status, out, err } = await world.tried('check');
		assert.equal(status, 1);
		for (const program of PROGRAMS) {
			const here = migrations(program).length, older = here > STOOD[program];
			const says = new RegExp(older ? `makker-${program}: the database stands at ${STOOD[program]}, this version at ${here}; \`makker migrate\` brings it here` :
				`makker-${program}: settings and database are in order`);
			assert.match(older ? err : out, says);
		}
	}
});

test('migrate brings both here, once', async () => {
	await world.makker('migrate');
	assert.match(await world.makker('check'), /makker-duty: .*in order.*\nduty:\d+:[0-9a-f]{64}\nmakker-haven: .*in order.*\nhaven:\d+:[0-9a-f]{64}$/m);
	const again = await world.tried('migrate');
	assert.equal(again.status, 0);
	assert.doesNotMatch(again.err, /migration/);
});

test('all is there: the leader, her incident, and the link that was mailed', async () => {
	await world.up();
	await enter();
	assert.ok((await front()).includes(told.title));
	const page = await new Visitor().get(`${world.haven}${told.link}`);
	assert.ok(wordsOf(page.text).includes(told.title));
});

test('and the workplace goes on: an answer is taken, an incident registered and mailed, a day passes', async () => {
	const { status } = await new Visitor().request(`${world.haven}${told.link}`, { method: 'POST', body: 'kind=none',
		headers: { 'content-type': 'application/x-www-form-urlencoded' } });
	assert.equal(status, 200);
	await register(world.duty, leader, { kind: 1, severity: 1, date: '2026-11-19', clock: '08.10', unit: 'Akuttmottaket', sentence: 'Etter oppgraderingen', numbers: [told.silent] });
	await world.clock('+1d');
	assert.ok(world.mailbox.mails.length > 0, 'mail goes out');
	await enter();
	assert.ok((await front()).includes('Etter oppgraderingen'));
	assert.match(await world.makker('check'), /makker-haven: .*in order/);
});

test('a database of a later version is refused by both, and left as it is', async () => {
	await world.down();
	const later = (program, sentence) => (SQLITE ?
		spawnSync('/usr/bin/python3', ['-c', 'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.execute(sys.argv[2])\ndb.commit()', join(world.data, program, `${program}.sqlite`), sentence], { encoding: 'utf8' }) :
		spawnSync('psql', ['-X', '-q', '-d', world.store.where(program), '-c', sentence], { encoding: 'utf8' }));
	for (const program of PROGRAMS)
		assert.equal(later(program, "INSERT INTO schema_version (number, name) VALUES (999, 'of tomorrow')").status, 0);
	for (const command of ['check', 'migrate']) {
		const { status, err } = await world.tried(command);
		assert.notEqual(status, 0);
		assert.equal(err.match(/stands at 999, newer than this/g)?.length, 2, err);
	}
	for (const program of PROGRAMS)
		assert.equal(later(program, 'DELETE FROM schema_version WHERE number = 999').status, 0);
	assert.match(await world.makker('check'), /makker-duty: .*in order/);
});
