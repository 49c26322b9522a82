// The last line of ./dev test is what everybody trusts: it must not call a bad run good.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tool = join(dirname(fileURLToPath(import.meta.url)), 'count-tests.mjs');

/** Counts files of these names and texts; [status, last line]. */
function count(files, env = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'makker-count-'));
	try {
		const names = Object.entries(files).map(([name, text]) => {
			writeFileSync(join(folder, name), text);
			return join(folder, name);
		});
		const run = spawnSync(process.execPath, [tool, ...names], { encoding: 'utf8', env: { ...process.env, ...env } });
		return [run.status, run.stdout.trim().split('\n').at(-1)];
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const good = '<testsuite><testcase name="a > b"/><testcase name="c"><system-out>x</system-out></testcase></testsuite>';

test('what passed is added up over all kinds of files', () => {
	assert.deepEqual(count({ 'a.xml': good, 'b.tap': 'TAP version 13\n# tests 3\n# pass 3\n# fail 0\n', 'c.tap': '1..1\nok 1 - x\n' }),
		[0, '6 passed, 0 failed']);
});

test('a failure, an error and a skip in meson\'s file did not pass', () => {
	for (const kind of ['failure', 'error', 'skipped'])
		assert.deepEqual(count({ 'a.xml': `${good}<testcase name="d"><${kind}/></testcase>` }), [1, '2 passed, 1 failed']);
});

test('nor did what node failed, cancelled or skipped', () => {
	for (const kind of ['fail', 'cancelled', 'skipped', 'todo'])
		assert.deepEqual(count({ 'a.tap': `# pass 3\n# ${kind} 2\n` }), [1, '3 passed, 2 failed']);
});

test('a line "not ok", a skip and a bail-out count as failed', () => {
	assert.deepEqual(count({ 'a.tap': 'ok 1 - x\nnot ok 2 - y\nok 3 - z # SKIP no\nBail out!\n' }), [1, '1 passed, 3 failed']);
});

test('nothing run is a failure', () => {
	assert.deepEqual(count({}), [1, '0 passed, 0 failed']);
	assert.deepEqual(count({ 'a.xml': good, 'b.tap': '' }), [1, '2 passed, 1 failed']);
});

test('a suite that crashed after its last good test is a failure', () => {
	assert.deepEqual(count({ 'a.xml': good }, { SUITE_FAILED: '1' }), [1, '2 passed, 1 failed']);
});
