// A small workplace for the browser tests: the launcher with both programs, a mail server that shows, refuses and defers,
// and a clock moved by hand. Filled through the product's own doors only.
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../tools/demo/gateway.mjs';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { filesBelow } from '../files.mjs';
import { freePorts } from '../ports.mjs';
import { PostgresPlace, SqlitePlace } from './stores.mjs';

const PROGRAMS = ['makker', 'makker-duty', 'makker-haven'];
export const WORKPLACE = 'Bjørkli sykehus';

/** Tries until `what` gives something true; its last trouble is the message. An error with `final` ends it at once. */
export async function until(what, { seconds = 20, every = 100, why = String(what) } = {}) {
	const end = Date.now() + seconds * 1000;
	let last;
	do {
		try {
			const got = await what();
			if (got)
				return got;
			last = got;
		} catch (error) {
			if (error.final)
				throw error;
			last = error;
		}
		await new Promise((resolve) => setTimeout(resolve, every));
	} while (Date.now() < end);
	throw new Error(`not in ${seconds} s: ${why}: ${last?.message ?? last}`);
}

function programIn(folder, name) {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const at = join(folder, entry.name);
		if (entry.isFile() && entry.name === name && statSync(at).mode & 0o111)
			return at;
		const deeper = entry.isDirectory() && !entry.name.endsWith('.p') && programIn(at, name);
		if (deeper)
			return deeper;
	}
	return null;
}

/** Where a program of the build folder lies. */
export function built(name) {
	const folder = process.env.MAKKER_BIN;
	if (!folder || !existsSync(folder))
		throw new Error('MAKKER_BIN must name the build folder; ./dev test sets it');
	return programIn(folder, name) ?? (() => { throw new Error(`${folder} holds no program ${name}`); })();
}

/** Runs to its end: { status, out, err }. */
export function run(file, words, { input = '', cwd } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(file, words, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
		let out = '', err = '';
		child.stdout.on('data', (d) => { out += d; });
		child.stderr.on('data', (d) => { err += d; });
		child.on('error', reject);
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		child.on('close', (status) => resolve({ status, out, err }));
	});
}

export class World {
	/** at: the clock by hand; without it the machine's. language: the workplace's. refuse, defer: addresses. settings: more lines of haven.conf; dutySettings: of duty.conf.
	    front: { duty, haven }, what people type where that is not the program's own address.
	    sms: what startGateway takes; without it there is no gateway. */
	static async start({ at, language = 'nb', refuse = [], defer = [], settings = [], dutySettings = [], front = {}, sms = null }) {
		const world = new World();
		world.front = front;
		world.home = mkdtempSync(join(tmpdir(), 'makker-world-'));
		chmodSync(world.home, 0o755);
		try {
			await world.#place(at, language, refuse, defer, sms ? await world.#withGateway(settings, sms) : settings, dutySettings);
		} catch (error) {
			await world.stop();
			throw error;
		}
		return world;
	}

	async #withGateway(settings, sms) {
		this.gateway = await startGateway(sms);
		const file = this.file('gateway.conf', this.gateway.file), secret = this.file('gateway.secret', 'not so secret\n');
		return [...settings, `sms_gateway = ${file}`, 'sms_from = Bjorkli', `sms_secret_file = ${secret}`];
	}

	async #place(at, language, refuse, defer, settings, dutySettings) {
		mkdirSync(join(this.home, 'bin'));
		for (const name of PROGRAMS) {
			copyFileSync(built(name), join(this.home, 'bin', name));
			chmodSync(join(this.home, 'bin', name), 0o755);
		}
		this.mailbox = await startMailbox({ refuse, defer });
		const [haven, duty] = await freePorts(2);
		this.haven = `http://haven.localhost:${haven}`;
		this.duty = `http://duty.localhost:${duty}`;
		this.data = join(this.home, 'data');
		mkdirSync(this.data);
		this.store = process.env.MAKKER_TEST_DB === 'postgresql' ? new PostgresPlace() : new SqlitePlace(this.data);
		const root = process.getuid() === 0, me = userInfo().username;
		for (const [program, port, other, more] of [['duty', duty, 'haven', dutySettings], ['haven', haven, 'duty', ['bounce_domain = bounce.bjorkli.example', ...settings]]])
			writeFileSync(join(this.data, `${program}.conf`), [
				`workplace = ${WORKPLACE}`, 'country = no', `language = ${language}`, 'zone = Europe/Oslo',
				`listen = 127.0.0.1:${port}`, `public_url = ${this.front[program] ?? this[program]}`, `database = ${this.store.where(program)}`,
				`door = ${this.data}/door/socket`, `door_peer_user = ${root ? `makker-${other}` : me}`,
				`mail_server = 127.0.0.1:${this.mailbox.smtpPort}`, 'mail_tls = none', `mail_from = ${program}@bjorkli.example`, ...more, '',
			].join('\n'));
		await this.makker('init', ...(at ? ['--at', at] : []));
		this.log = '';
		await this.up();
	}

	/** Starts both programs, and returns when both have said that they are ready: pages they answer before. */
	async up() {
		const said = this.log.length;
		this.ended = undefined;
		this.server = spawn(this.#launcher, ['serve', '--data', this.data], { stdio: ['ignore', 'pipe', 'pipe'] });
		this.server.stdout.on('data', (d) => { this.log += d; });
		this.server.stderr.on('data', (d) => { this.log += d; });
		this.server.on('exit', (status) => { this.ended = status ?? 'signal'; });
		await until(() => {
			if (this.ended !== undefined)
				throw Object.assign(new Error(`the launcher ended with ${this.ended}`), { final: true });
			return this.log.includes('both programs are ready', said);
		}, { seconds: 15, why: 'both programs are ready' }).catch((error) => { throw new Error(`${error.message}\n${this.log}`); });
	}

	/** Ends both in order, or, with SIGKILL to the launcher, not. Resolves to how the launcher ended. */
	async down(signal = 'SIGTERM') {
		if (!this.server || this.ended !== undefined)
			return this.ended;
		const gone = new Promise((resolve) => this.server.once('exit', resolve));
		this.server.kill(signal);
		await gone;
		return this.ended;
	}

	get #launcher() {
		return join(this.home, 'bin', 'makker');
	}

	/** A command of the launcher, whatever comes of it. → { status, out, err } */
	tried(...words) {
		const options = typeof words.at(-1) === 'object' ? words.pop() : {};
		return run(this.#launcher, [...words, '--data', this.data], options);
	}

	/** A command of the launcher; throws unless it ends with 0. → what it printed. */
	async makker(...words) {
		const { status, out, err } = await this.tried(...words);
		if (status !== 0)
			throw new Error(`makker ${words.filter((w) => typeof w === 'string').join(' ')}: ${status}\n${out}${err}`);
		return out;
	}

	clock(step) {
		return this.makker('clock', step);
	}

	/** The workplace's own time, in ms. */
	now() {
		return Date.parse(readFileSync(join(this.data, 'clock'), 'utf8').trim());
	}

	file(name, text) {
		const at = join(this.home, name);
		writeFileSync(at, text);
		return at;
	}

	/** Mails to an address, oldest first. */
	mailsTo(address) {
		return this.mailbox.mails.filter((m) => m.to.some((to) => to.toLowerCase() === address.toLowerCase())).reverse();
	}

	/** SMS to a number, oldest first. */
	textsTo(number) {
		return this.gateway.texts.filter((t) => t.to === number).reverse();
	}

	async mailTo(address, { after = 0, seconds = 20 } = {}) {
		return until(() => this.mailsTo(address)[after], { seconds, why: `mail ${after + 1} to ${address}` });
	}

	static linkIn(mail) {
		return /https?:\/\/\S+/.exec(mail.text)?.[0];
	}

	/** Every file of a program that an employer could read, and its database: { name: bytes }. */
	files(program) {
		const folder = join(this.data, program);
		const files = Object.fromEntries(filesBelow(folder).map((f) => [f, readFileSync(join(folder, f))]));
		return { ...files, 'the database': Buffer.from(this.store.dump(program)) };
	}

	/** The same as one, to look for something in. */
	everything(program) {
		return Buffer.concat(Object.values(this.files(program)));
	}

	/** Lays something among the files of a program. → takes it away again. */
	plant(program, bytes) {
		const at = join(this.data, program, 'planted');
		writeFileSync(at, bytes);
		return () => rmSync(at);
	}

	async stop() {
		await this.down();
		await this.mailbox?.close();
		await this.gateway?.close();
		this.store?.close();
		rmSync(this.home, { recursive: true, force: true });
	}
}
