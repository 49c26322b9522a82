// A small workplace whose programs may be killed: both are started without the launcher, each on the layer (powercut.c) that
// lets them die at a named point and that can lose what they had not synced.
import '../../client/node/crypto.js';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromB64u, fromId } from '../../client/bytes.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { firstAdministrator, linkIn, signIn, welcome } from '../../tools/demo/doors.mjs';
import { startMailbox } from '../../tools/demo/mailbox.mjs';
import { Visitor, filled, formsOf } from '../../tools/demo/visitor.mjs';
import { built, until } from '../browser/world.mjs';
import { peopleFile, supportersFile } from '../browser/town.mjs';
import { freePorts } from '../ports.mjs';

export const PASSPHRASE = 'en rolig kveld ved vannet';
const UNIT = 'Mølleby / Akutten';
const LANGUAGE = 'en'; // what is tested here is said in none
const AT = '2026-11-18T10:00:00+01:00'; // a Wednesday

/** Whoever has been offered something needs no account. */
export const stranger = new Visitor({ language: LANGUAGE });

export const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Chance that can be repeated: splitmix32. below(n): 0 … n − 1. */
export function chance(seed) {
	const next = () => {
		seed = (seed + 0x9e3779b9) | 0;
		let z = seed ^ (seed >>> 16);
		z = Math.imul(z, 0x21f0aaad);
		z ^= z >>> 15;
		z = Math.imul(z, 0x735a2d97);
		return (z ^ (z >>> 15)) >>> 0;
	};
	const below = (n) => next() % n;
	return { below, one: (list) => list[below(list.length)], percent: (p) => below(100) < p };
}

function person(number, unit, more = {}) {
	return { number: String(number), given: `Fornavn${number}`, family: `Etternavn${number}`, name: `Fornavn${number} Etternavn${number}`,
		email: `p${number}@molleby.example`, phone: `+47 00 00 ${String(number).padStart(4, '0')}`, unit, profession: 'Sykepleier', level: 2,
		staff: false, lang: LANGUAGE, isProtected: false, ...more };
}

export class Mill {
	programs = { duty: {}, haven: {} };
	log = '';
	supporters = [];
	/** Where each life of haven ended: how many mails had been accepted when the next one began. */
	lives = [];

	/** people, supporters: how many. refuse: addresses. noMail: employee numbers. conf: { program: { key: value } },
	    with HOME for the folder of all. before(mill): once the folder is there and before a program starts. */
	static async build({ people = 40, supporters = 12, refuse = [], noMail = [], at = AT, conf = {}, before }) {
		const mill = new Mill();
		mill.bin = Object.fromEntries(['makker-duty', 'makker-haven', 'libpowercut.so', 'powercut_drop', 'rows'].map((name) => [name, built(name)]));
		mill.home = realpathSync(mkdtempSync(join(tmpdir(), 'makker-mill-')));
		mill.at = at;
		try {
			await mill.#place(people, supporters, refuse, noMail, conf, before);
		} catch (error) {
			error.message += `\n${mill.log.slice(-3000)}`;
			await mill.end();
			throw error;
		}
		return mill;
	}

	async #place(people, supporters, refuse, noMail, conf, before) {
		const [dutyPort, havenPort] = await freePorts(2);
		this.mailbox = await startMailbox({ refuse });
		this.duty = `http://duty.localhost:${dutyPort}`;
		this.haven = `http://haven.localhost:${havenPort}`;
		for (const part of ['door', 'duty', 'haven', 'keep', 'keep/duty', 'keep/haven'])
			mkdirSync(join(this.home, part));
		for (const [program, port] of [['duty', dutyPort], ['haven', havenPort]]) {
			const keys = { workplace: 'Mølleby', language: LANGUAGE, zone: 'Europe/Oslo', listen: `127.0.0.1:${port}`, public_url: this[program],
				database: `sqlite:${program}.sqlite`, door: 'HOME/door/socket', mail_server: `127.0.0.1:${this.mailbox.smtpPort}`, mail_tls: 'none',
				mail_from: `${program}@molleby.example`, ...conf[program] };
			this.file(`${program}.conf`, Object.entries(keys).map(([k, v]) => `${k} = ${v.replace('HOME', this.home)}\n`).join(''));
			this.command(program, 'init');
		}
		await before?.(this);
		this.people = Array.from({ length: people }, (_, i) => person(2000 + i, UNIT, noMail.includes(2000 + i) ? { email: '' } : {}));
		const leader = person(1000, UNIT, { staff: true, level: 4 });
		const helpers = Array.from({ length: supporters }, (_, i) => person(3000 + i, `Mølleby / Avdeling ${i % 4}`));
		this.directory = [leader, ...this.people, ...helpers];
		this.file('people.csv', peopleFile(this.directory));
		this.command('duty', 'people', 'import', join(this.home, 'people.csv'));
		await this.start('duty');
		await this.start('haven');
		await welcome(linkIn(this.command('duty', 'user', 'add', leader.email, '--name', leader.name, '--role', 'leader', '--unit', UNIT,
			'--lang', LANGUAGE)), PASSPHRASE, LANGUAGE);
		await firstAdministrator((...words) => this.command('duty', 'user', ...words), this.duty, PASSPHRASE);
		this.leader = await signIn(this.duty, leader.email, PASSPHRASE, LANGUAGE);
		this.file('supporters.csv', supportersFile(helpers.map((h) => ({ ...h, phone: `+47 99 99 ${h.number}` }))));
		await until(() => this.command('haven', 'supporters', 'import', join(this.home, 'supporters.csv')),
			{ why: 'the supporters go in once the directory is there' });
		for (const one of helpers)
			this.supporters.push(await this.#keys(one));
	}

	/** Signed in as a supporter. */
	atDesk({ email }) {
		return signIn(`${this.haven}/s`, email, PASSPHRASE, LANGUAGE);
	}

	/** A supporter signs in for the first time and makes her keys. → { email, pair, keyId }. */
	async #keys({ email }) {
		const visitor = await welcome(linkIn(this.command('haven', 'user', 'invite', email)), PASSPHRASE, LANGUAGE);
		const csrf = /data-csrf="([^"]+)"/.exec((await visitor.get(`${this.haven}/s/desk`)).text)[1];
		const { inst, supporter, keylog } = JSON.parse((await visitor.get(`${this.haven}/s/desk/keys`)).text);
		this.inst = fromId(inst);
		const made = await makeSupporterKeys({ inst, supporterId: supporter.id, keylog: keylog.map((e) => fromB64u(e, 256)), now: Date.parse(this.at) });
		await visitor.get(`${this.haven}/s/keys`, { method: 'POST', body: JSON.stringify(made.body),
			headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
		return { email, pair: made.keys.hpke, keyId: made.keyId };
	}

	// ---- the programs ----

	/** While a file lies here, none of the program's can grow. */
	full(program) {
		return join(this.home, `full-${program}`);
	}

	file(name, text) {
		writeFileSync(join(this.home, name), text);
	}

	#words(program) {
		return ['--config', join(this.home, `${program}.conf`), '--data', join(this.home, program), '--at', this.at];
	}

	#environment(program, die) {
		return { ...process.env, LD_PRELOAD: this.bin['libpowercut.so'], POWERCUT_FOLDER: join(this.home, program),
			POWERCUT_KEEP: join(this.home, 'keep', program), POWERCUT_FULL: this.full(program), POWERCUT_SMTP: String(this.mailbox?.smtpPort ?? ''),
			ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0:detect_leaks=0`, MAKKER_READY_FD: '3',
			...(die?.startsWith('fail ') ? { POWERCUT_FAIL: die.slice('fail '.length) } : die ? { POWERCUT_DIE: die } : {}) };
	}

	/** A command of one program, on the layer too; a last word { input } is what it reads. This thread waits, so nothing that
	    sends mail. Throws unless it ends with 0. */
	command(program, ...words) {
		const input = typeof words.at(-1) === 'object' ? words.pop().input : '';
		const { status, stdout, stderr } = spawnSync(this.bin[`makker-${program}`], [...this.#words(program), ...words],
			{ encoding: 'utf8', env: this.#environment(program), input });
		if (status !== 0)
			throw new Error(`makker-${program} ${words.join(' ')}: ${status}\n${stdout}${stderr}`);
		return stdout;
	}

	/** The same without waiting on this thread; rejects unless it ends with 0. */
	commandSoon(program, ...words) {
		return new Promise((resolve, reject) => {
			const child = spawn(this.bin[`makker-${program}`], [...this.#words(program), ...words],
				{ env: this.#environment(program), stdio: ['ignore', 'ignore', 'pipe'] });
			let said = '';
			child.stderr.on('data', (d) => { said += d; });
			child.on('error', reject);
			child.on('close', (status, signal) => (status === 0 ? resolve() : reject(new Error(`${program} ${words.join(' ')}: ${signal ?? status}\n${said}`))));
		});
	}

	/** Starts a program; resolves when it says it is ready, or when it has died; life.said is what it says. die: as POWERCUT_DIE, or "fail "
	    and as POWERCUT_FAIL: then a program may end itself at a start, and where it has no memory always, once it has said why. */
	async start(program, die) {
		const child = spawn(this.bin[`makker-${program}`], [...this.#words(program), 'serve'],
			{ env: this.#environment(program, die), stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
		const life = { child, ended: null, ready: false, said: '' };
		this.programs[program] = life;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (d) => {
				life.said += d;
				this.#note(`${program}: ${d}`);
			});
		life.end = new Promise((resolve) => child.on('exit', (status, signal) => {
			life.ended = signal ?? status;
			const gaveUp = die?.startsWith('fail ') && (life.ready ? /out of memory/ : /<3>|out of memory/).test(life.said) &&
				!/AddressSanitizer|runtime error/.test(life.said);
			if (signal !== 'SIGKILL' && status !== 0 && !gaveUp)
				life.trouble = `makker-${program} ended with ${signal ?? status}\n${this.log.slice(-2000)}`;
			resolve();
		}));
		await Promise.race([life.end, new Promise((resolve) => child.stdio[3].once('data', () => { life.ready = true; resolve(); }))]);
		return life;
	}

	#note(text) {
		this.log = (this.log + text).slice(-200000);
		if (process.env.MAKKER_MILL_LOG)
			appendFileSync(process.env.MAKKER_MILL_LOG, text);
	}

	async kill(program, signal = 'SIGKILL') {
		const life = this.programs[program];
		if (life.ended === null)
			life.child.kill(signal);
		await life.end;
		if (program === 'haven')
			await this.markLife();
	}

	/** The mail server may still be taking what haven sent last: until it has seen that nobody is there any more. */
	async markLife() {
		const talking = () => [...this.mailbox.senders.values()].some((sender) => sender.includes('haven@'));
		await until(() => !talking(), { every: 10, why: 'the mail server has hung up' });
		this.lives.push(this.accepted().length);
	}

	/** The power is gone: what was not synced may be there or not. `seed`: which cut. → what was lost. */
	cut(program, seed) {
		return this.#drop(program, String(seed));
	}

	/** The machine has lived on until all was on the disk. */
	settle(program) {
		return this.#drop(program, 'settle');
	}

	#drop(program, how) {
		const { status, stdout, stderr } = spawnSync(this.bin.powercut_drop, [join(this.home, program), join(this.home, 'keep', program), how],
			{ encoding: 'utf8' });
		if (status !== 0)
			throw new Error(`powercut_drop: ${stderr}`);
		return JSON.parse(stdout);
	}

	rows(program, ...sentences) {
		const { status, stdout, stderr } = spawnSync(this.bin.rows, [join(this.home, program, `${program}.sqlite`), ...sentences],
			{ encoding: 'utf8', maxBuffer: 1 << 28 });
		if (status !== 0)
			throw new Error(stderr);
		const lists = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
		return sentences.length === 1 ? lists[0] : lists;
	}

	/** Moves the clock by so many hours, of each program that runs. What falls due is done before this resolves. */
	async hours(n) {
		this.at = new Date(Date.parse(this.at) + n * 3600000).toISOString().replace('.000', '');
		for (const program of ['duty', 'haven'])
			if (this.programs[program].ended === null)
				await this.commandSoon(program, 'clock', this.at);
	}

	// ---- mail ----

	/** Mails of haven that the server took, oldest first. */
	accepted() {
		return this.mailbox.mails.filter((m) => m.headerFrom.includes('haven@')).reverse();
	}

	static linkOf(mail) {
		return /http:\/\/haven\S+\/h\/o\/([\w-]+)/.exec(mail.text);
	}

	/** Mails with personal links: [{ to, messageId, token, hash, at }]; `at`: place among the accepted. */
	offers() {
		return this.accepted().flatMap((mail, at) => {
			const link = Mill.linkOf(mail);
			return link ? [{ to: mail.to[0], token: link[1], at, messageId: messageIdOf(mail),
				hash: createHash('sha256').update(fromB64u(link[1], 16)).digest('hex') }] : [];
		});
	}

	async end() {
		for (const life of Object.values(this.programs))
			if (life.child && life.ended === null) {
				life.child.kill('SIGKILL');
				await life.end;
			}
		await this.mailbox?.close();
		if (!process.env.MAKKER_MILL_KEEP)
			rmSync(this.home, { recursive: true, force: true });
	}
}

export const messageIdOf = (mail) => /^message-id:\s*(\S+)/im.exec(mail.raw)[1];

/** Presses "save" on the leader's form. → what is to be sent; sending it again registers once. */
export async function fillForm(mill, { sentence, numbers, severity = 0 }) {
	let page = await mill.leader.get(`${mill.duty}/incidents/new`);
	if (page.url.includes('/sign-in')) { // the session was one of yesterday's
		mill.leader = await signIn(mill.duty, mill.directory[0].email, PASSPHRASE, LANGUAGE);
		page = await mill.leader.get(`${mill.duty}/incidents/new`);
	}
	page = await mill.leader.submit(page, { paste: numbers.join('\n') }, { button: (b) => b.value === 'paste' });
	const form = formsOf(page.text, page.url).find((f) => f.fields.some((field) => field.name === 'sentence'));
	const choices = (name) => form.fields.filter((f) => f.name === name && f.kind === 'radio').map((f) => f.value);
	const unit = form.fields.find((f) => f.name === 'unit');
	const body = filled(form, { kind: choices('kind')[0], severity: choices('severity')[severity], day: choices('day')[0], clock: '00:00', sentence,
		...(unit?.options ? { unit: unit.options.find((o) => o.value).value } : {}) }, form.buttons.find((b) => b.value === 'save'));
	return { url: form.action, body };
}

/** → the answer of the server, as it is. */
export function sendForm(mill, { url, body }) {
	return mill.leader.request(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
}
