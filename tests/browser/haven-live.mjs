/* haven-live.mjs: the real makker-haven, with a door and a mail server of the test's own. Loopback only; its clock stands until it
   is moved. `door.people` and `door.incidents` are what duty would say; `facts` is what it was told. */

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { freePorts } from '../ports.mjs';

const run = promisify(execFile);
const HOST = 'haven.localhost';

/* Everybody affected was named on the day on which it happened. */
const told = (what, one) => (what === 'incidents' ? { ...one, exposures: one.exposures.map((e) => ({ named: one.day, ...e })) } : one);

function startDoor(path) {
	const door = { people: [], incidents: [], rev: { people: 0, incidents: 0 }, facts: [] };
	const server = createServer(async (req, res) => {
		const url = new URL(req.url, 'http://door');
		const what = url.pathname.split('/').at(-1);
		let body = '';
		for await (const part of req)
			body += part;
		if (what === 'facts') {
			door.facts.push(...JSON.parse(body).facts);
			res.writeHead(204).end();
			return;
		}
		const after = Number(url.searchParams.get('after'));
		const until = Date.now() + 1000 * Number(url.searchParams.get('wait') ?? 0);
		while (after >= door.rev[what] && Date.now() < until && !res.destroyed)
			await new Promise((resolve) => { setTimeout(resolve, 50); });
		const list = after < door.rev[what] ? door[what].map((one) => told(what, one)) : [];
		const said = JSON.stringify({ life: 'A'.repeat(22), to: Math.max(after, door.rev[what]), more: false, [what]: list });
		res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(said) }); // as duty says it: in one piece
		res.end(said);
	});
	return new Promise((resolve) => server.listen(path, () => resolve({ door, server })));
}

/* bin: the folder of the build. people: whom duty knows when haven first asks; for later ones haven may take its long poll's time. → { url, port, door, mails, command, clock, request, stop }. */
export async function startHaven({ bin, at, people = [] }) {
	const [port] = await freePorts(1);
	const dir = mkdtempSync(join(tmpdir(), 'makker-haven-'));
	const program = join(bin, 'src/haven/makker-haven');
	const mailbox = await startMailbox();
	const { door, server } = await startDoor(join(dir, 'door.sock'));
	door.people = people;
	door.rev.people = people.length > 0 ? 1 : 0;
	const url = `http://${HOST}:${port}`;
	writeFileSync(join(dir, 'haven.conf'), Object.entries({
		workplace: 'Fjordvik sykehus', listen: `127.0.0.1:${port}`, public_url: url, hosts: HOST, database: 'sqlite:haven.db',
		door: join(dir, 'door.sock'), mail_server: `127.0.0.1:${mailbox.smtpPort}`, mail_tls: 'none',
		mail_from: 'post@fjordvik.example',
	}).map(([k, v]) => `${k} = ${v}\n`).join(''));
	const words = ['--config', join(dir, 'haven.conf'), '--data', dir, '--at', at];
	let log = '';
	const command = async (...more) => (await run(program, [...words, ...more], { env: { ...process.env } })).stdout;
	await command('migrate');
	const child = spawn(program, [...words, 'serve'], { stdio: ['ignore', 'inherit', 'pipe'] });
	const ended = new Promise((resolve) => child.on('exit', resolve));
	child.stderr.on('data', (bytes) => { log += bytes; });
	for (let i = 0; !log.includes('serves'); i++) {
		if (i > 300 || child.exitCode !== null)
			throw new Error(`makker-haven does not serve:\n${log}`);
		await new Promise((resolve) => { setTimeout(resolve, 50); });
	}
	const request = (method, path, { cookie, headers = {}, body } = {}) => new Promise((resolve, reject) => {
		const req = httpRequest({
			host: '127.0.0.1', port, method, path, agent: false,
			headers: { Host: HOST, ...(cookie && { Cookie: cookie }), ...headers, ...(body && { 'Content-Length': Buffer.byteLength(body) }) },
		}, async (res) => {
			const parts = [];
			for await (const part of res)
				parts.push(part);
			const bytes = Buffer.concat(parts);
			resolve({ status: res.statusCode, headers: res.headers, bytes, text: bytes.toString(), json: () => JSON.parse(bytes) });
		});
		req.on('error', reject);
		req.end(body);
	});
	return {
		url, port, dir, door, mails: mailbox.mails, command, request, log: () => log,
		clock: (to) => command('clock', to),
		async stop() {
			child.kill('SIGTERM');
			const status = await ended;
			server.closeAllConnections();
			await new Promise((resolve) => { server.close(resolve); });
			await mailbox.close();
			rmSync(dir, { recursive: true });
			return status;
		},
	};
}

export const HAVEN_HOST = HOST;
