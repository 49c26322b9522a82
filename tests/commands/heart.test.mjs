// The heartbeat of a running program, as a service manager hears it: it goes on while the program waits for the world or ends what it has
// begun, and stops with its loop; and that pages are answered before it says that it is ready. What must come is waited for; that
// something does not come is said by the order in which it was told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { freePorts } from '../ports.mjs';
import { built, until } from '../browser/world.mjs';
import { Cluster } from '../many/cluster.mjs';
import { manager, stopThread, untilIdle } from './manager.mjs';

const SLOW = 120; // seconds that a machine may take for anything
const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let home;
test.before(() => {
	home = mkdtempSync(join(tmpdir(), 'makker-heart-'));
	chmodSync(home, 0o711); // the server runs as another user
});
test.after(() => rmSync(home, { recursive: true, force: true }));

/** A haven in home/name to which neither a mail server nor duty is there. → { launch, begin, heard, settled, beats, close } */
async function haven(name, database = 'sqlite:haven.sqlite') {
	const data = join(home, name), at = join(home, `${name}.notify`), conf = join(home, `${name}.conf`), [port, nobody] = await freePorts(2);
	for (const folder of ['', '/door', '/haven'])
		mkdirSync(data + folder, { mode: 0o700 });
	writeFileSync(conf, ['workplace = W', `listen = 127.0.0.1:${port}`, `public_url = http://haven.localhost:${port}`, 'hosts = 127.0.0.1', `database = ${database}`,
		`door = ${data}/door/socket`, `mail_server = 127.0.0.1:${nobody}`, 'mail_tls = none', 'mail_from = a@b.example', ''].join('\n'), { mode: 0o600 });
	const { heard, settled, close } = await manager(at);
	const launch = (more) => {
		const child = spawn(built('makker-haven'), ['--config', conf, '--data', `${data}/haven`, 'serve'],
			{ env: { ...process.env, NOTIFY_SOCKET: at, WATCHDOG_USEC: '', ...more }, stdio: ['ignore', 'ignore', 'pipe'] });
		const life = { child, log: '' };
		child.stderr.on('data', (d) => { life.log += d; });
		life.ended = new Promise((resolve) => child.once('exit', resolve));
		return life;
	};
	const begin = async (more) => {
		const life = launch(more);
		await until(() => heard.text.includes('READY=1'), { seconds: SLOW, why: 'it is ready' }).catch((e) => { throw new Error(e.message + life.log); });
		return life;
	};
	const beats = () => heard.text.split('WATCHDOG=1').length - 1;
	const more = (n, why) => {
		const from = beats();
		return until(() => beats() >= from + n, { seconds: SLOW, why });
	};
	return { launch, begin, heard, settled, beats, more, close, address: `http://127.0.0.1:${port}/` };
}

test('nobody who does not ask for it hears a beat', async () => {
	const it = await haven('quiet');
	let life;
	try {
		for (const more of [{}, { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }]) {
			life = await it.begin(more);
			await rest(2500);
			life.child.kill('SIGTERM');
			assert.equal(await life.ended, 0, life.log);
			await it.settled();
			assert.equal(it.beats(), 0, 'nobody watches it');
			it.heard.text = '';
		}
	} finally {
		life?.child.kill('SIGKILL');
		it.close();
	}
});

test('a heart beats while the program waits for mail, door and all else outside, stops when its loop stands still, and goes on with it', async () => {
	const it = await haven('beats');
	let life;
	try {
		const began = Date.now();
		life = await it.begin({ WATCHDOG_USEC: '2000000' });
		await it.more(4, 'it beats');
		const n = it.beats(), most = (Date.now() - began) / 1000 + 2;
		assert.ok(n <= most, `${n} beats in ${most} s, each second one at most`);
		const goOn = await stopThread(life.child.pid, 'MHD-single');
		await it.settled();
		const still = it.beats();
		await rest(6000);
		await until(() => life.log.includes('the program stands still'), { seconds: SLOW, why: 'it is said' });
		await it.settled();
		assert.ok(it.beats() - still <= 1, 'but for one that was under way');
		await goOn();
		await it.more(2, 'it beats again');
		await until(() => life.log.includes('<6>service: what stood still goes on'), { seconds: SLOW, why: 'it is said' });
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
	} finally {
		life?.child.kill('SIGKILL');
		it.close();
	}
});

test('whoever takes new settings is not ended for what it ends first, however long that takes', async () => {
	const it = await haven('drains');
	let life;
	try {
		life = await it.begin({ WATCHDOG_USEC: '2000000' });
		await untilIdle(life.child.pid, 'clockwork');
		const goOn = await stopThread(life.child.pid, 'clockwork'); // it does not end before we say so
		life.child.kill('SIGHUP');
		await until(() => life.log.includes('ends what it has begun'), { seconds: SLOW, why: 'it takes them' });
		await it.settled();
		await it.more(4, 'it beats for longer than the manager waits');
		assert.equal(life.log.split('makker-haven serves').length, 2, 'it has not begun again');
		await goOn();
		await until(() => life.log.split('makker-haven serves').length === 3, { seconds: SLOW, why: 'it begins again' });
		await it.settled();
		await it.more(2, 'the new life beats');
		assert.equal((await fetch(it.address)).status, 200);
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
	} finally {
		life?.child.kill('SIGKILL');
		it.close();
	}
});

test('a heart beats while PostgreSQL is away, and the program goes on with it when it is back', async () => {
	const cluster = await Cluster.make(home, 'server');
	let it, life;
	try {
		await cluster.start();
		cluster.say("CREATE ROLE heart LOGIN PASSWORD 'heart'", 'CREATE DATABASE heart OWNER heart TEMPLATE template0', 'ALTER ROLE heart SET track_counts = off');
		it = await haven('away', `host=${cluster.folder} user=heart password=heart dbname=heart`);
		life = await it.begin({ WATCHDOG_USEC: '2000000' });
		assert.equal((await fetch(it.address)).status, 200);
		await cluster.stop();
		await until(async () => (await fetch(it.address)).status >= 500, { seconds: SLOW, why: 'nobody can be served' });
		await it.settled();
		await it.more(5, 'it beats for longer than the manager waits');
		await cluster.start();
		await until(async () => (await fetch(it.address)).status === 200, { seconds: SLOW, why: 'everybody is served again' });
		await it.more(2, 'it beats');
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
	} finally {
		life?.child.kill('SIGKILL');
		it?.close();
		await cluster.stop();
	}
});

test('a page is answered before what a start writes is written', async () => {
	const cluster = await Cluster.make(home, 'held');
	let it, life;
	try {
		await cluster.start({ max_prepared_transactions: '1' });
		cluster.say("CREATE ROLE heart LOGIN PASSWORD 'heart'", 'CREATE DATABASE heart OWNER heart TEMPLATE template0', 'ALTER ROLE heart SET track_counts = off');
		it = await haven('early', `host=${cluster.folder} user=heart password=heart dbname=heart`);
		life = await it.begin({});
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
		await it.settled();
		it.heard.text = '';
		cluster.sayIn('heart', "BEGIN; LOCK TABLE job IN EXCLUSIVE MODE; PREPARE TRANSACTION 'held'");
		life = it.launch({});
		await until(async () => (await fetch(it.address)).status === 200, { seconds: SLOW, why: 'the page comes' });
		await it.settled();
		assert.ok(!it.heard.text.includes('READY=1'), 'it is not ready yet');
		cluster.sayIn('heart', "ROLLBACK PREPARED 'held'");
		await until(() => it.heard.text.includes('READY=1'), { seconds: SLOW, why: 'it is ready' });
		life.child.kill('SIGTERM');
		assert.equal(await life.ended, 0, life.log);
	} finally {
		life?.child.kill('SIGKILL');
		it?.close();
		await cluster.stop();
	}
});
