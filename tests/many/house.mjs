// A workplace served by two processes of duty and two of haven, on one PostgreSQL. What tests/kills/storm.mjs asks of a mill it has too.
import '../../client/node/crypto.js';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromB64u, fromId } from '../../client/bytes.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { firstAdministrator, linkIn, signIn, welcome } from '../../tools/demo/doors.mjs';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { built, until } from '../browser/world.mjs';
import { peopleFile, supportersFile } from '../browser/town.mjs';
import { Mill, PASSPHRASE, messageIdOf, rest } from '../kills/mill.mjs';
import { freePorts } from '../ports.mjs';
import { Cluster } from './cluster.mjs';
import { Front } from './front.mjs';

const UNIT = 'Mølleby / Akutten', LANGUAGE = 'en', AT = '2026-11-18T10:00:00+01:00'; // a Wednesday
export const PROGRAMS = ['duty', 'haven'], PROCESSES = 2;

function person(number, unit, more = {}) {
	return { number: String(number), given: `Fornavn${number}`, family: `Etternavn${number}`, name: `Fornavn${number} Etternavn${number}`,
		email: `p${number}@molleby.example`, phone: `+47 00 00 ${String(number).padStart(4, '0')}`, unit, profession: 'Sykepleier', level: 2,
		staff: false, lang: LANGUAGE, isProtected: false, ...more };
}

/** One process: its folder, its settings, its life. */
class Process {
	constructor(house, program, n, port) {
		this.house = house;
		this.program = program;
		this.n = n;
		this.port = port;
		this.name = `${program}-${'abc'[n]}`;
		this.data = join(house.home, this.name);
		this.ended = 'not started';
		mkdirSync(this.data, { recursive: true });
	}

	#words(words) {
		return ['--config', `${this.data}.conf`, '--data', this.data, '--at', this.house.at, ...words];
	}

	command(...words) {
		const { status, stdout, stderr } = spawnSync(built(`makker-${this.program}`), this.#words(words), { encoding: 'utf8' });
		if (status !== 0)
			throw new Error(`${this.name} ${words.join(' ')}: ${status}\n${stdout}${stderr}`);
		return stdout;
	}

	/** The same without waiting on this thread; rejects unless it ends with 0. */
	commandSoon(...words) {
		return new Promise((resolve, reject) => {
			const child = spawn(built(`makker-${this.program}`), this.#words(words), { stdio: ['ignore', 'ignore', 'pipe'] });
			let said = '';
			child.stderr.on('data', (d) => { said += d; });
			child.on('error', reject);
			child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`${this.name} ${words.join(' ')}: ${status}\n${said}`))));
		});
	}

	/** Serves until it ends by itself, which it must → { status, said }. */
	servesInVain() {
		const { status, stderr } = spawnSync(built(`makker-${this.program}`), this.#words(['serve']), { encoding: 'utf8', timeout: 60000 });
		return { status, said: stderr };
	}

	async start() {
		this.ended = null;
		this.child = spawn(built(`makker-${this.program}`), this.#words(['serve']),
			{ env: { ...process.env, MAKKER_READY_FD: '3' }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
		for (const stream of [this.child.stdout, this.child.stderr])
			stream.on('data', (d) => this.house.note(`${this.name}: ${d}`));
		this.end = new Promise((resolve) => this.child.on('exit', (status, signal) => {
			this.ended = signal ?? status;
			resolve();
		}));
		const ready = new Promise((resolve) => this.child.stdio[3].once('data', () => resolve(true)));
		if (!await Promise.race([this.end, ready]))
			throw new Error(`${this.name} ended with ${this.ended}\n${this.house.log.slice(-3000)}`);
	}

	async stop(signal = 'SIGTERM') {
		if (this.ended === null)
			this.child.kill(signal);
		await this.end;
	}
}

export class House {
	log = '';
	supporters = [];
	at = AT;

	static async build({ people = 40, supporters = 6 } = {}) {
		const house = new House();
		house.home = realpathSync(mkdtempSync(join(tmpdir(), 'makker-many-')));
		chmodSync(house.home, 0o755);
		try {
			await house.#place(people, supporters);
		} catch (error) {
			error.message += `\n${house.log.slice(-3000)}`;
			await house.close();
			throw error;
		}
		return house;
	}

	async #place(people, supporters) {
		this.cluster = await Cluster.make(this.home, 'primary');
		await this.cluster.start();
		this.password = randomBytes(16).toString('hex');
		for (const program of PROGRAMS)
			this.cluster.say(`CREATE ROLE ${program} LOGIN PASSWORD '${this.password}'`, `CREATE DATABASE ${program} OWNER ${program} TEMPLATE template0`);
		this.mailbox = await startMailbox({});
		const ports = await freePorts(2 + PROGRAMS.length * PROCESSES);
		mkdirSync(join(this.home, 'door'));
		writeFileSync(join(this.home, 'together'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
		this.processes = {};
		this.fronts = {};
		for (const program of PROGRAMS) {
			const front = ports.shift();
			this[program] = `http://${program}.localhost:${front}`;
			this.processes[program] = Array.from({ length: PROCESSES }, (_, n) => new Process(this, program, n, ports.shift()));
			this.fronts[program] = await Front.listen(front, this.processes[program].map((p) => p.port));
		}
		for (const one of this.all())
			writeFileSync(`${one.data}.conf`, Object.entries(this.#settings(one)).map(([k, v]) => `${k} = ${v}\n`).join(''));
		const [duty, haven] = PROGRAMS.map((program) => this.processes[program][0]);
		duty.command('init');
		haven.command('init');
		this.people = Array.from({ length: people }, (_, i) => person(2000 + i, UNIT));
		const leader = person(1000, UNIT, { staff: true, level: 4 });
		const helpers = Array.from({ length: supporters }, (_, i) => person(3000 + i, `Mølleby / Avdeling ${i % 4}`));
		this.directory = [leader, ...this.people, ...helpers];
		writeFileSync(join(this.home, 'people.csv'), peopleFile(this.directory));
		writeFileSync(join(this.home, 'supporters.csv'), supportersFile(helpers.map((h) => ({ ...h, phone: `+47 99 99 ${h.number}` }))));
		duty.command('people', 'import', join(this.home, 'people.csv'));
		await Promise.all(this.all().map((p) => p.start()));
		await welcome(linkIn(duty.command('user', 'add', leader.email, '--name', leader.name, '--role', 'leader', '--unit', UNIT, '--lang', LANGUAGE)),
			PASSPHRASE, LANGUAGE);
		await firstAdministrator((...words) => duty.command('user', ...words), this.duty, PASSPHRASE);
		this.leader = await signIn(this.duty, leader.email, PASSPHRASE, LANGUAGE);
		await until(() => haven.command('supporters', 'import', join(this.home, 'supporters.csv')), { why: 'the supporters go in once the directory is there' });
		for (const one of helpers)
			this.supporters.push(await this.#keys(one));
	}

	/* One socket for each process of duty's; haven knows them all, each of its processes in another order. */
	#settings({ program, n, port }) {
		const doors = Array.from({ length: PROCESSES }, (_, i) => join(this.home, 'door', `duty-${'ab'[i]}`));
		const mine = doors[n], others = doors.filter((d) => d !== mine).join(' ');
		return { workplace: 'Mølleby', language: LANGUAGE, zone: 'Europe/Oslo', listen: `127.0.0.1:${port}`, public_url: this[program],
			database: this.database(program), door: mine, ...(program === 'haven' ? { door_also: others, together_key_file: join(this.home, 'together') } : {}),
			mail_server: `127.0.0.1:${this.mailbox.smtpPort}`, mail_tls: 'none', mail_from: `${program}@molleby.example` };
	}

	/** A third process of a program, not started, that is to listen where the first does. */
	onTakenAddress(program) {
		const { port } = this.processes[program][0], one = new Process(this, program, PROCESSES, port);
		writeFileSync(`${one.data}.conf`, Object.entries(this.#settings({ program, n: 0, port })).map(([k, v]) => `${k} = ${v}\n`).join(''));
		return one;
	}

	/** The primary, and the standby that may take its place. */
	database(program) {
		return `host=${join(this.home, 'primary')},${join(this.home, 'standby')} user=${program} password=${this.password} dbname=${program} ` +
			'target_session_attrs=read-write';
	}

	all() {
		return PROGRAMS.flatMap((program) => this.processes[program]);
	}

	atDesk({ email }) {
		return signIn(`${this.haven}/s`, email, PASSPHRASE, LANGUAGE);
	}

	async #keys({ email }) {
		const visitor = await welcome(linkIn(this.processes.haven[0].command('user', 'invite', email)), PASSPHRASE, LANGUAGE);
		const csrf = /data-csrf="([^"]+)"/.exec((await visitor.get(`${this.haven}/s/desk`)).text)[1];
		const { inst, supporter, keylog } = JSON.parse((await visitor.get(`${this.haven}/s/desk/keys`)).text);
		this.inst = fromId(inst);
		const made = await makeSupporterKeys({ inst, supporterId: supporter.id, keylog: keylog.map((e) => fromB64u(e, 256)), now: Date.parse(this.at) });
		await visitor.get(`${this.haven}/s/keys`, { method: 'POST', body: JSON.stringify(made.body),
			headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
		return { email, visitor, csrf, pair: made.keys.hpke, keyId: made.keyId };
	}

	note(text) {
		this.log = (this.log + text).slice(-400000);
		if (process.env.MAKKER_MANY_LOG)
			appendFileSync(process.env.MAKKER_MANY_LOG, text);
	}

	/** Rows of a program's database, as texts. */
	rows(program, sentence) {
		return this.cluster.sayIn(program, sentence);
	}

	/** Moves every process's clock, all at once: they share what falls due. */
	async hours(n) {
		this.at = new Date(Date.parse(this.at) + n * 3600000).toISOString().replace('.000', '');
		await Promise.all(this.all().filter((p) => p.ended === null).map((p) => p.commandSoon('clock', this.at)));
	}

	accepted() {
		return this.mailbox.mails.filter((m) => m.headerFrom.includes('haven@')).reverse();
	}

	/** Mails with personal links: [{ to, messageId, token, hash }]. */
	offers() {
		return this.accepted().flatMap((mail) => {
			const link = Mill.linkOf(mail);
			return link ? [{ to: mail.to[0], token: link[1], messageId: messageIdOf(mail),
				hash: createHash('sha256').update(fromB64u(link[1], 16)).digest('hex') }] : [];
		});
	}

	async close() {
		for (const one of this.all?.() ?? [])
			if (one.ended === null)
				await one.stop('SIGKILL');
		for (const front of Object.values(this.fronts ?? {}))
			await front.close();
		await this.mailbox?.close();
		for (const cluster of [this.cluster, this.before].filter(Boolean))
			await cluster.stop();
		if (!process.env.MAKKER_MANY_KEEP)
			rmSync(this.home, { recursive: true, force: true });
	}
}

export const stranger = new Visitor({ language: LANGUAGE });
export { rest };
