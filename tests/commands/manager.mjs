// A service manager that hears what a program tells it, and a hand that stops one of its threads.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { until } from '../browser/world.mjs';

const SAY = 'import socket, sys\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])';

/** What a service manager would hear. → { heard, settled, close }; settled() waits until all that was told so far has been read. */
export async function manager(at) {
	const child = spawn('/usr/bin/python3', ['-uc', 'import socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\n'
		+ 'print("listens")\nwhile True:\n    print(s.recv(4096).decode())', at], { stdio: ['ignore', 'pipe', 'inherit'] });
	const heard = { text: '' };
	child.stdout.on('data', (d) => { heard.text += d; });
	await until(() => heard.text.includes('listens'), { why: 'the manager listens' });
	let marks = 0;
	const settled = () => {
		const mark = `mark ${++marks}.`; // what is told stands in one queue, in its order
		assert.equal(spawnSync('/usr/bin/python3', ['-c', SAY, at, mark]).status, 0);
		return until(() => heard.text.includes(mark), { seconds: 120, why: 'the manager has read all' });
	};
	return { heard, settled, close: () => child.kill('SIGTERM') };
}

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

const threadOf = (pid, name) => {
	const tid = readdirSync(`/proc/${pid}/task`).find((t) => readFileSync(`/proc/${pid}/task/${t}/comm`, 'utf8').trim() === name);
	assert.ok(tid, `no thread ${name}`);
	return tid;
};

/** Until it sleeps, and has not been woken for half a second: it holds nothing that others wait for. */
export async function untilIdle(pid, name) {
	const state = () => readFileSync(`/proc/${pid}/task/${threadOf(pid, name)}/status`, 'utf8').match(/^(State|.*ctxt_switches):.*$/gm).join(' ');
	await until(async () => {
		const before = state();
		await new Promise((resolve) => setTimeout(resolve, 500));
		return /^State:\s+S/.test(before) && state() === before;
	}, { seconds: 120, why: `${name} is idle` });
}

/** The first thread of this name. → what lets it go on. */
export async function stopThread(pid, name) {
	const child = spawn('/usr/bin/python3', ['-c', STOP_ONE, threadOf(pid, name)], { stdio: ['pipe', 'pipe', 'inherit'] });
	await new Promise((resolve, reject) => { child.stdout.once('data', resolve); child.once('exit', () => reject(new Error('the thread could not be stopped'))); });
	return () => new Promise((resolve) => { child.once('exit', resolve); child.stdin.end(); });
}
