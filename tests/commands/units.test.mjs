// The sample units of share/systemd: systemd itself reads them and judges how much they leave open, and each program is started by the
// very line that stands in its unit and tells a service manager that it is ready. No systemd runs.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../ports.mjs';
import { built, until } from '../browser/world.mjs';
import { manager } from './manager.mjs';

const share = fileURLToPath(new URL('../../share/systemd/', import.meta.url));
const unitOf = (program) => readFileSync(`${share}makker-${program}.service`, 'utf8');
const PROGRAMS = ['duty', 'haven'];
let home;
test.before(() => { home = mkdtempSync(join(tmpdir(), 'makker-units-')); });
test.after(() => rmSync(home, { recursive: true, force: true }));

/* Only the program's place differs on this machine. */
function copy(program) {
	const file = join(home, `makker-${program}.service`);
	writeFileSync(file, unitOf(program).replace('/usr/bin/makker-', `${built(`makker-${program}`).replace(/[^/]*$/, '')}makker-`));
	return file;
}

test('systemd reads the units without a complaint', () => {
	for (const program of PROGRAMS) {
		const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', copy(program)], { encoding: 'utf8' });
		const ours = stderr.split('\n').filter((line) => line.includes('makker'));
		assert.deepEqual(ours, [], program);
		assert.equal(status, 0, stderr);
	}
});

test('systemd finds little left open in them', () => {
	for (const program of PROGRAMS) {
		const { stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', copy(program)], { encoding: 'utf8' });
		const level = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? assert.fail(stderr));
		assert.ok(level <= 1.5, `${program}: ${level}`);
	}
});

test('no memory of a program reaches a disk, and nothing but its folder can be written', () => {
	for (const program of PROGRAMS) {
		const lines = unitOf(program).split('\n');
		for (const line of ['LimitCORE=0', 'MemorySwapMax=0', 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'PrivateTmp=yes', 'CapabilityBoundingSet=', `User=makker-${program}`,
			`StateDirectory=makker/${program}`])
			assert.ok(lines.includes(line), `${program}: ${line}`);
	}
	assert.ok(unitOf('haven').includes('LimitMEMLOCK=infinity'));
	assert.ok(!unitOf('haven').includes('ReadWritePaths'), 'the socket is duty\'s to make');
});

test('each program is started by its unit\'s own line, tells that it is ready, and ends in order', async () => {
	const data = join(home, 'w'), [duty, haven] = await freePorts(2);
	for (const folder of ['', '/door', '/duty', '/haven'])
		mkdirSync(data + folder, { mode: 0o700 });
	for (const [program, port] of [['duty', duty], ['haven', haven]])
		writeFileSync(join(home, `${program}.conf`), ['workplace = W', `listen = 127.0.0.1:${port}`, `public_url = http://${program}.localhost:${port}`,
			`database = sqlite:${program}.sqlite`, `door = ${data}/door/socket`, 'mail_server = 127.0.0.1:1', 'mail_tls = none', 'mail_from = a@b.example', ''].join('\n'));
	for (const program of PROGRAMS) {
		const at = join(home, `${program}.notify`), { heard, close } = await manager(at);
		const line = /^ExecStart=(.*)$/m.exec(unitOf(program))[1].replace(`/usr/bin/makker-${program}`, built(`makker-${program}`))
			.replace('/etc/makker', home).replace('/var/lib/makker', data);
		const [command, ...words] = line.split(' ');
		let log = '';
		const child = spawn(command, words, { env: { ...process.env, NOTIFY_SOCKET: at }, stdio: ['ignore', 'ignore', 'pipe'] });
		child.stderr.on('data', (d) => { log += d; });
		const ended = new Promise((resolve) => child.once('exit', resolve));
		try {
			await until(() => heard.text.includes('READY=1\nSTATUS=serves'), { seconds: 30, why: `${program} is ready` }).catch((e) => { throw new Error(e.message + log); });
			child.kill('SIGTERM');
			assert.equal(await ended, 0, log);
			await until(() => heard.text.includes('STOPPING=1'), { why: 'its end is told' });
			assert.match(log, new RegExp(`^<6>service: makker-${program} serves$`, 'm'), 'a level for the journal, and one fact a line');
		} finally {
			child.kill('SIGKILL');
			close();
		}
	}
});

test('the units ask for a heartbeat, twice as far apart as the programs give it', () => {
	for (const program of PROGRAMS)
		assert.match(unitOf(program), /^WatchdogSec=120$/m, program);
});
