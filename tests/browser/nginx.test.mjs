// The sample of share/nginx as it stands, but for names, ports and certificates, in a real nginx before both programs: nothing of a
// visit to haven is kept, no body touches a disk, and what the HTTP library would overlook is refused.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { freePorts } from '../ports.mjs';
import { AT } from './town.mjs';
import { World, until } from './world.mjs';

const SAMPLE = readFileSync(new URL('../../share/nginx/makker.conf', import.meta.url), 'utf8');
const HAVEN = 'haven.localhost', DUTY = 'duty.localhost';
let world, home, nginx, https, http, said = '';

/* As docs/operate.md has it done with sed, and the ports besides. */
function placed(ports) {
	return SAMPLE.replaceAll('haven.example.org', HAVEN).replaceAll('duty.example.org', DUTY)
		.replace(/^\tlisten \[::\].*\n/gm, '').replaceAll('listen 443 ', `listen 127.0.0.1:${https} `).replaceAll('listen 80 ', `listen 127.0.0.1:${http} `)
		.replaceAll('127.0.0.1:8300', `127.0.0.1:${ports.haven}`).replaceAll('127.0.0.1:8301', `127.0.0.1:${ports.duty}`)
		.replaceAll('/etc/ssl/makker', join(home, 'tls'));
}

test.before(async () => {
	[https, http] = await freePorts(2);
	world = await World.start({ at: AT, settings: ['peer_header = X-Real-IP'], dutySettings: ['peer_header = X-Real-IP'],
		front: { haven: `https://${HAVEN}:${https}`, duty: `https://${DUTY}:${https}` } });
	home = mkdtempSync(join(tmpdir(), 'makker-nginx-'));
	chmodSync(home, 0o755);
	for (const folder of ['tls', 'log', 'temp'])
		mkdirSync(join(home, folder));
	chmodSync(join(home, 'temp'), 0o777);
	for (const name of ['haven', 'duty'])
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}.localhost`,
			'-keyout', join(home, 'tls', `${name}.key`), '-out', join(home, 'tls', `${name}.pem`)], { stdio: 'ignore' });
	const port = (address) => Number(new URL(address).port);
	writeFileSync(join(home, 'makker.conf'), placed({ haven: port(world.haven), duty: port(world.duty) }));
	const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `\t${t}_temp_path ${join(home, 'temp', t)};`).join('\n');
	/* As Debian's nginx.conf: it logs whatever a server does not forbid. */
	writeFileSync(join(home, 'nginx.conf'), `daemon off;\nworker_processes 1;\npid ${home}/pid;\nerror_log ${home}/log/error.log info;\nevents {}\nhttp {\n${temp}\n`
		+ `\taccess_log ${home}/log/access.log;\n\terror_log ${home}/log/error.log info;\n\tgzip on;\n\tinclude ${home}/makker.conf;\n}\n`);
	nginx = spawn('/usr/sbin/nginx', ['-e', join(home, 'log/error.log'), '-c', join(home, 'nginx.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
	for (const stream of [nginx.stdout, nginx.stderr])
		stream.on('data', (d) => { said += d; });
	await until(async () => (await ask(HAVEN, '/')).status === 200, { seconds: 20, why: 'nginx serves' })
		.catch((error) => { throw new Error(`${error.message}\n${said}${kept()}`); });
});

test.after(async () => {
	if (nginx?.exitCode === null) {
		const gone = new Promise((resolve) => nginx.once('exit', resolve));
		nginx.kill('SIGTERM');
		await gone;
	}
	await world?.stop();
	if (home)
		rmSync(home, { recursive: true, force: true });
});

const kept = () => readdirSync(join(home, 'log')).map((f) => readFileSync(join(home, 'log', f), 'utf8')).join('');

function ask(host, path, { method = 'GET', headers = {}, body, from } = {}) {
	return new Promise((resolve, reject) => {
		const req = request({ host: '127.0.0.1', port: https, servername: host, path, method, rejectUnauthorized: false, agent: false, localAddress: from,
			headers: { host: `${host}:${https}`, ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) } }, (res) => {
			let text = '';
			res.on('data', (d) => { text += d; });
			res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, text }));
		});
		req.on('error', reject);
		req.end(body);
	});
}

/** Bytes as they are, over TLS. → what came back */
function raw(host, bytes) {
	return new Promise((resolve, reject) => {
		let text = '';
		const socket = connect({ host: '127.0.0.1', port: https, servername: host, rejectUnauthorized: false }, () => socket.write(bytes));
		socket.setTimeout(10000, () => socket.destroy());
		socket.on('data', (d) => { text += d; });
		socket.on('error', reject);
		socket.on('close', () => resolve(text));
	});
}

const form = (fields) => ({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() });

test('both programs answer behind it, each by its own name, with what their pages say of themselves', async () => {
	for (const host of [HAVEN, DUTY]) {
		const page = await ask(host, host === HAVEN ? '/' : '/sign-in');
		assert.equal(page.status, 200, host);
		assert.match(page.headers['content-security-policy'], /default-src 'none'/);
		assert.equal(page.headers['strict-transport-security'], 'max-age=31536000');
		assert.equal(page.headers['content-encoding'], undefined, 'nginx compresses nothing');
		assert.doesNotMatch(page.headers.server ?? '', /\d/);
	}
	await assert.rejects(ask('stranger.localhost', '/'), 'another name gets no certificate');
});

test('with it in front a stranger who guesses holds up nobody elsewhere, and a made-up X-Real-IP says nothing', async () => {
	const tries = async (from, passphrase, headers = {}) => {
		const post = form({ email: 'nobody@bjorkli.example', passphrase });
		return (await ask(HAVEN, '/s/sign-in', { ...post, from, headers: { ...post.headers, ...headers } })).status;
	};
	for (let i = 0; i < 5; i++)
		assert.equal(await tries('127.0.0.7', `something quite wrong ${i}`), 403);
	assert.equal(await tries('127.0.0.7', 'once more'), 429);
	assert.equal(await tries('127.0.0.7', 'once more', { 'x-real-ip': '198.51.100.8' }), 429);
	assert.equal(await tries('127.0.0.8', 'once more'), 403);
});

test('a body of eight KiB never becomes a file, and one that would is refused', async () => {
	const seen = [], folder = join(home, 'temp');
	for (const one of ['client_body', 'proxy'])
		assert.ok(existsSync(join(folder, one)), one);
	const watchers = ['client_body', 'proxy'].map((f) => watch(join(folder, f), (event, name) => seen.push(`${event} ${name}`)));
	const post = async (host, path, bytes) => (await ask(host, path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: `note=${'a'.repeat(bytes - 5)}` })).status;
	assert.equal(await post(HAVEN, '/h/o/AAAAAAAAAAAAAAAAAAAAAA', 8192), 404, 'it reached the program, which knows no such link');
	assert.equal(await post(HAVEN, '/h/o/AAAAAAAAAAAAAAAAAAAAAA', 17 * 1024), 413);
	assert.notEqual(await post(HAVEN, '/s/desk/vault', 300 * 1024), 413);
	assert.notEqual(await post(DUTY, '/incidents/new', 300 * 1024), 502);
	await new Promise((resolve) => setTimeout(resolve, 300));
	/* The watching itself works. */
	assert.deepEqual(seen, []);
	writeFileSync(join(folder, 'client_body', 'planted'), 'x');
	await until(() => seen.length > 0, { seconds: 5, why: 'a file there is noticed' });
	watchers.forEach((w) => w.close());
});

test('headers that the HTTP library overlooks are refused before they reach it', async () => {
	const head = (line) => `GET /h/o/AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: ${HAVEN}:${https}\r\n${line}Connection: close\r\n\r\n`;
	assert.match(await raw(HAVEN, head('')), /^HTTP\/1\.1 404 /, 'without them it is a request like any other');
	for (const [name, line] of [['a folded line', 'X-A: b\r\n folded\r\n'], ['NUL', 'X-A: b\0c\r\n'], ['a space before the colon', 'X-A : b\r\n'],
		['two lengths', 'Content-Length: 0\r\nContent-Length: 1\r\n'], ['a length and chunks', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n']])
		assert.match(await raw(HAVEN, head(line)), /^HTTP\/1\.1 400 /, name);
});

test('nothing of any of it was kept: no line about a request, a name, an address or an error of theirs', async () => {
	await raw(HAVEN, 'NONSENSE\r\n\r\n');
	await ask(HAVEN, '/h/o/AAAAAAAAAAAAAAAAAAAAAA');
	await new Promise((resolve) => setTimeout(resolve, 300));
	const log = kept();
	assert.equal(existsSync(join(home, 'log/access.log')) && statSync(join(home, 'log/access.log')).size, 0, log);
	assert.doesNotMatch(log, /client|127\.0\.0\.|\/h\/|localhost/);
	assert.match(log, /start worker process/, 'the log as such is written');
});
