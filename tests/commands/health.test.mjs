// What a monitor on this machine is told, and a human by `makker health`: whether each program can do its work, and nothing of people.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../ports.mjs';
import { World, until } from '../browser/world.mjs';

let world, ports;
test.before(async () => {
	ports = await freePorts(2);
	world = await World.start({ at: '2026-11-18T10:00:00+01:00', language: 'en',
		dutySettings: [`metrics = 127.0.0.1:${ports[0]}`], settings: [`metrics = 127.0.0.1:${ports[1]}`] });
});
test.after(() => world?.stop());

const ask = async (program, path) => {
	const reply = await fetch(`http://127.0.0.1:${ports[program === 'duty' ? 0 : 1]}${path}`);
	return { status: reply.status, type: reply.headers.get('content-type'), text: await reply.text() };
};

/** By Prometheus' own parser. → { name: family } */
function parsed(text) {
	const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('exposition.py', import.meta.url))], { input: text, encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	return Object.fromEntries(JSON.parse(stdout).map((f) => [f.name, f]));
}

const FIGURES = ['makker_database_megabytes', 'makker_healthy', 'makker_info', 'makker_jobs_late', 'makker_mails_today', 'makker_mails_waiting', 'makker_up_days'];
const BANDED = ['makker_jobs_late', 'makker_mails_today', 'makker_mails_waiting'];

test('a monitor reads the figures, each with its help and type, and no others', async () => {
	for (const program of ['duty', 'haven']) {
		const { status, type, text } = await ask(program, '/metrics');
		assert.equal(status, 200);
		assert.match(type, /^text\/plain; version=0\.0\.4/);
		const figures = parsed(text);
		assert.deepEqual(Object.keys(figures).sort(), FIGURES);
		for (const figure of Object.values(figures)) {
			assert.equal(figure.type, 'gauge', figure.name);
			assert.ok(figure.help.length > 10, figure.name);
			assert.equal(figure.samples.length, 1, figure.name);
		}
		assert.deepEqual(figures.makker_info.samples[0].labels, { program: `makker-${program}`, version: '0.1.0' });
		assert.equal(figures.makker_healthy.samples[0].value, 1);
		for (const name of BANDED)
			assert.match(String(figures[name].samples[0].value), /^(0|10*)$/, name);
		const megabytes = figures.makker_database_megabytes.samples[0].value;
		assert.equal(Math.log2(megabytes) % 1, 0, 'a power of two');
	}
});

test('when all is well health is one line, for a monitor and for a human', async () => {
	for (const program of ['duty', 'haven'])
		assert.deepEqual(await ask(program, '/healthz'), { status: 200, type: 'text/plain; charset=utf-8', text: 'in order\n' });
	assert.equal(await world.makker('health'), 'makker-duty: in order\nmakker-haven: in order\n');
});

test('a mail server that is away, and a mail that waits for days, are told, without whose it is', async () => {
	const AWAY = 'the mail server has taken nobody\'s mail for 15 minutes, and mail waits\n';
	const OLD = 'a mail has waited for two days; after three it counts as refused\n';
	await world.mailbox.close();
	world.mailbox = null;
	await world.makker('user', 'duty', 'add', 'never@bjorkli.example', '--name', 'Nina Never', '--role', 'admin', '--mail');
	await world.clock('+1m');
	assert.equal((await ask('duty', '/healthz')).status, 200, 'a moment is no trouble');
	await world.clock('+20m');
	assert.deepEqual(await ask('duty', '/healthz'), { status: 503, type: 'text/plain; charset=utf-8', text: AWAY });
	assert.equal(parsed((await ask('duty', '/metrics')).text).makker_healthy.samples[0].value, 0);
	await world.clock('+2d');
	const human = await world.tried('health');
	assert.equal(human.status, 1);
	assert.equal(human.err, `makker-duty is not well:\n${AWAY}${OLD}`);
	assert.equal(human.out, 'makker-haven: in order\n');
	await world.clock('+2d');
	assert.equal((await ask('duty', '/healthz')).status, 200, 'it was given up, and waits no more');
});

test('nobody is told anything else there, nor under another name', async () => {
	for (const path of ['/', '/health', '/healthz/', '/metrics/x', '/s/sign-in', '/h/ring'])
		assert.equal((await ask('haven', path)).status, 404, path);
	const socket = connect(ports[1], '127.0.0.1');
	let said = '';
	socket.on('data', (d) => { said += d; });
	socket.write('GET /metrics HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n');
	await until(() => said.startsWith('HTTP/1.1 421'), { seconds: 10, why: 'another name is refused' });
	socket.destroy();
});

test('a program that does not run, and one that nobody may ask, are told apart', async () => {
	const gone = [join(world.data, 'duty.conf'), join(world.data, 'haven.conf')];
	const [closed] = await freePorts(1);
	const change = (file, from, to) => spawnSync('sed', ['-i', `s/${from}/${to}/`, file]);
	change(gone[0], `^metrics = .*`, `metrics = 127.0.0.1:${closed}`);
	change(gone[1], `^metrics = .*`, '');
	const { status, out, err } = await world.tried('health');
	assert.notEqual(status, 0);
	assert.equal(out, '');
	assert.equal(err, `makker-duty does not run, or does not answer at 127.0.0.1:${closed}\nmakker-haven: nobody can ask how it is: \`metrics\` is not set\n`);
});
