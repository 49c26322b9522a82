// The rules between rooms hold for this tree, and each of them is seen when it is broken.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tool = join(root, 'tools/check-rooms.mjs');

const check = (folder) => {
	const run = spawnSync(process.execPath, [tool, folder], { encoding: 'utf8' });
	return { status: run.status, said: run.stderr };
};

/** A copy of src/ and of the rules, changed by `plant`; what the tool says of it. */
function planted(plant) {
	const copy = mkdtempSync(join(tmpdir(), 'makker-rooms-'));
	try {
		mkdirSync(join(copy, 'tools'));
		assert.equal(spawnSync('cp', ['-r', join(root, 'src'), copy]).status, 0);
		cpSync(join(root, 'tools/rooms.txt'), join(copy, 'tools/rooms.txt'));
		plant(copy);
		return check(copy);
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

const file = (copy, name, text) => {
	mkdirSync(dirname(join(copy, name)), { recursive: true });
	writeFileSync(join(copy, name), text);
};

test('this tree keeps its rules', () => {
	assert.deepEqual(check(root), { status: 0, said: '' });
});

const breaches = {
	'duty that includes a haven header': ['src/duty/people/planted.c', '#include "haven/offers/offers.h"\n', /the wall/],
	'haven that includes a duty header': ['src/haven/offers/planted.c', '#include "duty/people/people.h"\n', /the wall/],
	'a test is no way through the wall': ['src/haven/offers/planted_test.c', '#include "duty/people/people.h"\n', /the wall/],
	'a shared room that knows a program': ['src/web/planted.c', '#include "duty/people/people.h"\n', /belongs to both programs/],
	'a back door': ['src/web/planted.c', '#include "base/config_check.h"\n', /back door/],
	'a store entered from outside': ['src/haven/answers/planted.c', '#include "haven/offers/offers_store.h"\n', /back door/],
	'an edge nobody declared': ['src/base/planted.c', '#include "db/db.h"\n', /base may not call db/],
	'a room nobody declared': ['src/attic/planted.c', '\n', /attic is not in/],
	'a header made for tests': ['src/web/planted.c', '#include "base/planted_testing.h"\n', /for tests only/],
	'libsodium outside crypt': ['src/web/planted.c', '#include <sodium.h>\n', /belongs to crypt/],
	'SQLite outside db': ['src/haven/offers/planted.c', '# include <sqlite3.h>\n', /belongs to db/],
	'libpq outside db': ['src/duty/people/planted.c', '#include <libpq-fe.h>\n', /belongs to db/],
	'libmicrohttpd outside web': ['src/duty/people/planted.c', '#include <microhttpd.h>\n', /belongs to web/],
	'a banned function': ['src/web/planted.c', 'void f(char *a) { strcpy (a, "x"); }\n', /strcpy\(\) is banned/],
	'the machine\'s time': ['src/web/planted.c', 'long f(void) { return time(NULL); }\n', /time\(\) is banned/],
	'a typedef\'d struct': ['src/web/planted.h', 'typedef struct web_x web_x;\n', /typedef/],
	'a file of odds and ends': ['src/web/web_utils.c', '\n', /name that says nothing/],
};

for (const [name, [path, text, want]] of Object.entries(breaches))
	test(`seen: ${name}`, () => {
		const { status, said } = planted((copy) => file(copy, path, text));
		assert.equal(status, 1);
		assert.match(said, want);
		assert.match(said, new RegExp(path.split('/').at(-1).replace('.', '\\.')));
	});

test('seen: a circle among the declared edges', () => {
	const { status, said } = planted((copy) => {
		const rules = join(copy, 'tools/rooms.txt');
		writeFileSync(rules, readFileSync(rules, 'utf8').replace(/^room base:$/m, 'room base: web'));
	});
	assert.equal(status, 1);
	assert.match(said, /a circle: base → web → base/);
});

test('seen: an edge through the wall in the rules themselves', () => {
	const { status, said } = planted((copy) =>
		appendFileSync(join(copy, 'tools/rooms.txt'), 'room duty/planted: haven/offers\n'));
	assert.equal(status, 1);
	assert.match(said, /the wall/);
});

test('not seen: a word in a comment, in a string, or the end of another word', () => {
	const { status, said } = planted((copy) => file(copy, 'src/web/planted.c',
		'/* time(NULL), strcpy(a, b) */\n// rand()\nconst char *s = "system(x)";\nint uptime(void);\nint x = y->time(1);\n'));
	assert.deepEqual({ status, said }, { status: 0, said: '' });
});
