// The sample units of share/systemd: systemd itself reads them and judges how much they leave open, and each program is started by the
// very line that stands in its unit and tells a service manager that it is ready. No systemd runs.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../ports.mjs';
import { built, until } from '../browser/world.mjs';

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

/** What a service manager would hear. → { lines, close } */
async function manager(at) {
	const child = spawn('/usr/bin/python3', ['-uc', 'import socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\n'
		+ 'print("listens")\nwhile True:\n    print(s.recv(4096).decode())', at], { stdio: ['ignore', 'pipe', 'inherit'] });
	const heard = { text: '' };
	child.stdout.on('data', (d) => { heard.text += d; });
	await until(() => heard.text.includes('listens'), { why: 'the manager listens' });
	return { heard, close: () => child.kill('SIGTERM') };
}

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

/* Stops one thread of a process, by the kernel's own means (ptrace), until its standard input closes. */
const STOP_ONE = `import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
tid = int(sys.argv[1])
for request in (0x4206, 0x4207): # PTRACE_SEIZE, PTRACE_INTERRUPT
    if libc.ptrace(request, tid, None, None) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.waitpid(tid, 0x40000000) # __WALL
print("stopped", flush=True)
sys.stdin.read()
libc.ptrace(17, tid, None, None) # PTRACE_DETACH
`;

async function stopThread(pid, name) {
	const tid = readdirSync(`/proc/${pid}/task`).find((t) => readFileSync(`/proc/${pid}/task/${t}/comm`, 'utf8').trim() === name);
	assert.ok(tid, `no thread ${name}`);
	const child = spawn('/usr/bin/python3', ['-c', STOP_ONE, tid], { stdio: ['pipe', 'pipe', 'inherit'] });
	await new Promise((resolve, reject) => { child.stdout.once('data', resolve); child.once('exit', () => reject(new Error('the thread could not be stopped'))); });
	return () => new Promise((resolve) => { child.once('exit', resolve); child.stdin.end(); });
}

test('the units ask for a heartbeat, twice as far apart as the programs give it', () => {
	for (const program of PROGRAMS)
		assert.match(unitOf(program), /^WatchdogSec=120$/m, program);
});

test('a heart beats while the program waits for mail, door and all else outside, stops when its loop stands still, and goes on with it', async () => {
	const data = join(home, 'beats'), at = join(home, 'beats.notify'), [port, duty] = await freePorts(2);
	for (const folder of ['', '/door', '/duty', '/haven'])
		mkdirSync(data + folder, { mode: 0o700 });
	const { heard, close } = await manager(at);
	const beats = () => heard.text.split('WATCHDOG=1').length - 1;
	/* Neither a mail server nor duty is there. */
	writeFileSync(join(home, 'beats.conf'), ['workplace = W', `listen = 127.0.0.1:${port}`, `public_url = http://haven.localhost:${port}`, 'database = sqlite:haven.sqlite',
		`door = ${data}/door/socket`, `mail_server = 127.0.0.1:${duty}`, 'mail_tls = none', 'mail_from = a@b.example', ''].join('\n'));
	const begin = async (more) => {
		const child = spawn(built('makker-haven'), ['--config', join(home, 'beats.conf'), '--data', `${data}/haven`, 'serve'],
			{ env: { ...process.env, NOTIFY_SOCKET: at, WATCHDOG_USEC: '', ...more }, stdio: ['ignore', 'ignore', 'pipe'] });
		const life = { child, log: '' };
		child.stderr.on('data', (d) => { life.log += d; });
		life.ended = new Promise((resolve) => child.once('exit', resolve));
		await until(() => heard.text.includes('READY=1'), { seconds: 30, why: 'it is ready' }).catch((e) => { throw new Error(e.message + life.log); });
		return life;
	};
	let life;
	try {
		for (const more of [{}, { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }]) {
			life = await begin(more);
			await new Promise((resolve) => setTimeout(resolve, 2500));
			assert.equal(beats(), 0, 'nobody watches it');
			life.child.kill('SIGTERM');
			assert.equal(await life.ended, 0, life.log);
			heard.text = '';
		}
		life = await begin({ WATCHDOG_USEC: '2000000' });
		const from = beats(), began = Date.now();
		await new Promise((resolve) => setTimeout(resolve, 8000));
		const n = beats() - from, most = (Date.now() - began) / 1000 + 1;
		assert.ok(n >= 4 && n <= most, `${n} beats in 8 s, each second one`);
		const goOn = await stopThread(life.child.pid, 'MHD-single');
		await new Promise((resolve) => setTimeout(resolve, 3000)); // one may be under way
		const still = beats();
		await new Promise((resolve) => setTimeout(resolve, 5000));
		assert.equal(beats(), still, 'the loop stands still');
		assert.match(life.log, /<3>service: the program stands still/);
		await goOn();
		await until(() => beats() > still + 1, { seconds: 15, why: 'it beats again' });
		assert.match(life.log, /<6>service: what stood still goes on/);
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
	} finally {
		life?.child.kill('SIGKILL');
		close();
	}
});
