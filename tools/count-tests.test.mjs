// The last line of ./dev test is what everybody trusts: it must not call a bad run good.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tool = join(dirname(fileURLToPath(import.meta.url)), 'count-tests.mjs');

/** Counts files of these names and texts; [status, the lines printed]. */
function run(files, env = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'makker-count-'));
	try {
		const names = Object.entries(files).map(([name, text]) => {
			writeFileSync(join(folder, name), text);
			return join(folder, name);
		});
		const ended = spawnSync(process.execPath, [tool, ...names], { encoding: 'utf8', env: { ...process.env, ...env } });
		return [ended.status, ended.stdout.trim().split('\n')];
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The same; [status, last line]. */
function count(files, env) {
	const [status, lines] = run(files, env);
	return [status, lines.at(-1)];
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

test('which tests failed stands right before the last line, with what they said, and nothing of the others', () => {
	const meson = '<testsuites><testsuite name="post &gt; SQLite"><testcase name="1 - sent" classname="x" />' +
		'<testcase name="2 - kept" classname="x"><failure /></testcase>' +
		'<system-out>ok 1 - sent\n0x1 != 0x2\nnot ok 2 - kept\n</system-out></testsuite>' +
		'<testsuite name="base"><testcase name="1 - fine" /><system-out>quiet</system-out></testsuite></testsuites>';
	const node = 'TAP version 13\n    not ok 1 - she is told\n      ---\n      error: no mail came\n      ...\nok 2 - other\n# pass 1\n# fail 1\n';
	const [status, lines] = run({ 'a.xml': meson, 'b.tap': node });
	assert.equal(status, 1);
	assert.deepEqual(lines.slice(2), ['failed: post > SQLite: 2 - kept', '    0x1 != 0x2', '    not ok 2 - kept',
		'failed: not ok 1 - she is told', '    ---', '    error: no mail came', '3 passed, 2 failed']);
	assert.equal(run({ 'a.xml': good })[1].length, 2);
});
