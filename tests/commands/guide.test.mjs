// The blocks of docs/operate.md that somebody pastes again and again: run with stand-ins for every command, which say what was called.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const guide = readFileSync(fileURLToPath(new URL('../../docs/operate.md', import.meta.url)), 'utf8');

/** The first block of commands below a heading. */
const block = (heading) => guide.split(`\n## ${heading}\n`)[1].split('```sh\n')[1].split('```')[0];

/** Pastes the block into a shell in which each command only writes down its words; `fails`: one whose words begin so ends with 1. */
function paste(text, fails) {
	const home = mkdtempSync(join(tmpdir(), 'makker-guide-'));
	const bin = join(home, 'bin');
	mkdirSync(bin);
	for (const name of ['makker', 'git', 'meson', 'systemctl', 'dev']) {
		writeFileSync(join(bin, name), `#!/bin/sh
echo "${name} $*" >>${home}/called
case "${name} $*" in "${fails ?? 'nothing'}"*) exit 1;; esac
`);
		chmodSync(join(bin, name), 0o755);
	}
	writeFileSync(join(home, 'called'), '');
	const { status, stderr } = spawnSync('bash', ['-s'], {
		input: `${text.replace('cd /root/makker', `cd ${bin}`)}\nhere=$?\necho "the shell is still open" >>${home}/called\nexit $here\n`,
		env: { PATH: `${bin}:/usr/bin:/bin` }, encoding: 'utf8' });
	const called = readFileSync(join(home, 'called'), 'utf8').trim().split('\n');
	rmSync(home, { recursive: true });
	return { status, called, stderr };
}

const to = (called) => called.find((line) => line.startsWith('makker backup')).split(' ')[2];

test('an upgrade goes all the way, and each time makes a backup of its own', async () => {
	const first = paste(block('10. Upgrade'));
	assert.equal(first.status, 0, first.stderr);
	assert.deepEqual(first.called.map((line) => line.split(' ').slice(0, 2).join(' ')),
		['makker backup', 'git pull', 'dev install', 'meson compile', 'systemctl stop', 'meson install', 'makker migrate', 'makker check',
			'systemctl start', 'makker health', 'the shell']);
	await new Promise((done) => setTimeout(done, 1100));
	assert.notEqual(to(paste(block('10. Upgrade')).called), to(first.called));
});

test('an upgrade whose backup fails touches nothing', () => {
	const { status, called } = paste(block('10. Upgrade'), 'makker backup');
	assert.equal(status, 1);
	assert.deepEqual([called.length, called[1]], [2, 'the shell is still open']);
});

test('an upgrade that cannot be built does not stop the programs', () => {
	const { called } = paste(block('10. Upgrade'), 'meson compile');
	assert.ok(!called.some((line) => line.startsWith('systemctl')));
});
