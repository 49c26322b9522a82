// house.mjs: one workplace of the histories test: both programs as linked for it, their mail, their clock, and everything
// that an employer with the disk, the log, the mail and the monitoring could look at.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { report, startGateway } from '../../tools/demo/gateway.mjs';
import { STORES } from './stores.mjs';
import { startMailbox } from '../../tools/demo/mailbox.mjs';

export const PROGRAMS = ['duty', 'haven'];

/** What a workplace's mails and pages say of its address is the same in every history: they differ in the loopback
    address alone (127.0.0.2, 127.0.0.3, …). */
export class House {
	#children = {};
	#dumpers = {};
	log = { duty: '', haven: '' };

	/** binaries: { duty, haven, dump }; ports: { duty, haven, dutyMetrics, havenMetrics }; seed: words; store: of stores.mjs; post: of
	    startMailbox. */
	constructor({ name, folder, address, ports, binaries, seed, store, workplace = 'Bjørkli sykehus', domain = 'bjorkli.example', post }) {
		Object.assign(this, { name, folder, address, ports, binaries, seed, workplace, domain, post, store: new STORES[store](folder) });
		this.duty = `http://duty.localhost:${ports.duty}`;
		this.haven = `http://haven.localhost:${ports.haven}`;
	}

	/** from: a house that stands still, to be copied; else everything is made. */
	async place(from) {
		this.mailbox = await startMailbox(this.post);
		this.gateway = await startGateway();
		mkdirSync(this.folder, { recursive: true });
		writeFileSync(join(this.folder, 'gateway.conf'), this.gateway.file);
		writeFileSync(join(this.folder, 'gateway.secret'), 'not so secret\n');
		await (from ? this.store.copyOf(from.store) : this.store.make());
		for (const program of PROGRAMS) {
			mkdirSync(join(this.folder, program), { recursive: true });
			writeFileSync(join(this.folder, `${program}.conf`), [
				`workplace = ${this.workplace}`, 'country = no', 'language = nb', 'zone = Europe/Oslo',
				`listen = ${this.address}:${this.ports[program]}`, `public_url = ${this[program]}`,
				`metrics = ${this.address}:${this.ports[`${program}Metrics`]}`, `hosts = ${program}.localhost`,
				`database = ${this.store.where(program)}`, `door = ${this.folder}/door.sock`,
				`mail_server = 127.0.0.1:${this.mailbox.smtpPort}`, 'mail_tls = none', `mail_from = ${program}@${this.domain}`,
				...(this.post ? [] : ['mail_connections = 1']), // so that results are written in one order, whichever mail the server answers first
				...(program === 'haven' ? [`duty_url = ${this.duty}`, `sms_gateway = ${this.folder}/gateway.conf`, 'sms_from = Bjorkli',
					`sms_secret_file = ${this.folder}/gateway.secret`] : []), '',
			].join('\n'));
		}
	}

	#words(program, at, words) {
		return ['--config', join(this.folder, `${program}.conf`), '--data', join(this.folder, program), '--at', at, ...words];
	}

	/* Every process draws from a seed of its own: a counter that began anew would draw the same ids twice. */
	#environment(seed) {
		return { ...process.env, MAKKER_HISTORY_SEED: `${this.seed} ${seed}` };
	}

	/** A command to its end → what it printed. input: what it reads. Throws with what it said unless it ended with 0. */
	async command(program, at, words, input) {
		return (await this.run(program, at, words, input)).toString('utf8');
	}

	/** What `makker backup` writes, as text. */
	async backup(program) {
		const bytes = await this.run(program, new Date(this.now).toISOString().replace(/\.\d+Z$/, 'Z'), ['backup']);
		const file = join(this.folder, `${program}.backup`);
		writeFileSync(file, bytes);
		if (this.store.backup)
			return this.store.backup(file);
		const d = this.#dumper({ where: `sqlite:${file}`, env: { MAKKER_TEST_DB: 'sqlite' } });
		const text = await this.#ask(d);
		d.child.stdin.end();
		return `${bytes.length} bytes\n${text}`;
	}

	/** The same, as bytes. */
	run(program, at, words, input) {
		this.commands = (this.commands ?? 0) + 1;
		return new Promise((resolve, reject) => {
			const child = spawn(this.binaries[program], this.#words(program, at, words),
				{ stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'], env: this.#environment(`command ${this.commands}`) });
			child.stdin?.on('error', () => {}).end(input);
			const out = [];
			let err = '';
			child.stdout.on('data', (d) => out.push(d));
			child.stderr.on('data', (d) => { err += d; });
			child.on('error', reject);
			child.on('close', (status) => (status === 0 ? resolve(Buffer.concat(out)) :
				reject(new Error(`makker-${program} ${words.slice(0, 2).join(' ')} left with ${status}\n${Buffer.concat(out)}${err}`))));
		});
	}

	/** Both programs serve. `at`: the clock's first time. */
	async start(at) {
		this.now = Date.parse(at);
		for (const program of PROGRAMS)
			await this.#serve(program, at);
	}

	/** A program that was killed serves again, from this moment on. */
	async serveAgain(program) {
		this.lives = (this.lives ?? 0) + 1;
		await this.#serve(program, new Date(this.now).toISOString().replace(/\.\d+Z$/, 'Z'));
	}

	/** Ends a program at once, whatever it is about; or in order, by SIGTERM. */
	async kill(program, signal = 'SIGKILL') {
		const child = this.#children[program];
		child.removeAllListeners('exit');
		const gone = new Promise((resolve) => child.once('close', resolve));
		child.put = true; /* down by us: the clock goes on without it */
		child.kill(signal);
		await gone;
		child.gone = true;
	}

	/** Bytes of memory that a program has, resident or swapped out. */
	memory(program) {
		const status = readFileSync(`/proc/${this.#children[program].pid}/status`, 'utf8');
		return [...status.matchAll(/^Vm(?:RSS|Swap):\s+(\d+) kB/gm)].reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0);
	}

	#serve(program, at) {
		const routes = join(this.folder, `${program}.routes`);
		writeFileSync(routes, '');
		const child = spawn(this.binaries[program], this.#words(program, at, ['serve']), {
			stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
			env: { ...this.#environment(`serve ${program} ${at}${this.lives ? ` ${this.lives}` : ''}`), MAKKER_HISTORY_ROUTES: routes, MAKKER_READY_FD: '3' },
		});
		this.#children[program] = child;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (d) => { this.log[program] += d; });
		return new Promise((resolve, reject) => {
			child.stdio[3].once('data', resolve);
			child.on('error', reject);
			child.on('exit', (status, signal) => {
				child.gone = true;
				this.broken ??= new Error(`${this.name}: makker-${program} ended with ${status ?? signal}\n${this.log[program].slice(-3000)}`);
				reject(this.broken);
			});
		});
	}

	/** Moves both clocks to this moment, duty first, through everything that falls due. ms since 1970. */
	async clock(to) {
		for (const program of PROGRAMS)
			if (!this.#children[program].put)
				await this.#step(program, new Date(to).toISOString().replace(/\.\d+Z$/, 'Z'));
		this.now = to;
		await this.tick();
	}

	#step(program, text) {
		return new Promise((resolve, reject) => {
			let said = '';
			const socket = connect(join(this.folder, program, 'control.sock'), () => socket.write(`${text}\n`));
			socket.on('data', (d) => { said += d; });
			socket.on('error', reject);
			socket.on('close', () => (said.startsWith('done') ? resolve() :
				reject(new Error(`${this.name}: the clock of ${program} could not go to ${text}: ${said}\n${this.log[program].slice(-3000)}`))));
		});
	}

	/** Everything that stands in a database, as dump.c shows it. */
	dump(program) {
		return this.#ask(this.#dumpers[program] ??= this.#dumper(this.store.dumped(program)));
	}

	/** One tick of haven's answers, if they wait for ticks here. answering: a promise of somebody's answer, which is to come
	    before the tick; what she waits for is the tick. */
	async tick(answering) {
		if (!this.store.ticks)
			return answering;
		let over = false;
		const socket = connect(join(this.folder, 'haven', 'tick.sock'));
		const said = new Promise((resolve, reject) => {
			socket.once('data', (d) => resolve(String(d)));
			socket.on('error', reject);
			socket.once('close', () => reject(new Error(`${this.name}: no tick\n${this.log.haven.slice(-3000)}`)));
		}).finally(() => { over = true; });
		/* She had nothing to send, or could not; else the tick is done before this. */
		const goOn = () => setTimeout(() => over || socket.write('t'), 1000);
		answering?.then(goOn, goOn);
		socket.write(answering ? 'h' : 't');
		const how = await said;
		socket.destroy();
		if (how[0] !== 'd')
			throw new Error(`${this.name}: a tick failed\n${this.log.haven.slice(-3000)}`);
		return answering;
	}

	#ask(d) {
		return new Promise((resolve, reject) => {
			d.wants = { resolve, reject, lines: [] };
			d.child.stdin.write('\n');
		});
	}

	#dumper({ where, env }) {
		const child = spawn(this.binaries.dump, [where], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
		const d = { child };
		createInterface({ input: child.stdout }).on('line', (line) => {
			if (line === 'end')
				d.wants.resolve(d.wants.lines.join('\n'));
			else
				d.wants.lines.push(line);
		});
		child.on('exit', () => d.wants?.reject(new Error(`${this.name}: the dump of ${where} ended`)));
		child.stdin.on('error', () => {});
		return d;
	}

	#files() {
		const list = [];
		const walk = (folder, shown) => {
			for (const entry of readdirSync(folder, { withFileTypes: true })) {
				if (entry.isDirectory())
					walk(join(folder, entry.name), `${shown}${entry.name}/`);
				else
					list.push(`${shown}${entry.name} ${statSync(join(folder, entry.name)).size}`);
			}
		};
		for (const program of PROGRAMS)
			walk(join(this.folder, program), `${program}/`);
		return list.sort().join('\n');
	}

	async #metrics(program) {
		const url = `http://${this.address}:${this.ports[`${program}Metrics`]}`;
		const look = async (path) => {
			const reply = await fetch(`${url}${path}`);
			return `${reply.status}\n${[...reply.headers].filter(([k]) => k !== 'date').map((h) => h.join(': ')).join('\n')}\n${await reply.text()}`;
		};
		return `${await look('/metrics')}${await look('/healthz')}`;
	}

	/** Mails as the mail server took them, oldest first. The raw text holds recipient, minute and every byte. */
	get mails() {
		return [...this.mailbox.mails].reverse();
	}

	/** SMS as the gateway took them, oldest first. */
	get texts() {
		return [...this.gateway.texts].reverse();
	}

	/** The gateway tells what became of the texts that it has told nothing of: most arrive, every fifth fails, and of every seventh
	    it says nothing. The same in every history. */
	async gatewayTells() {
		for (const [i, text] of this.texts.entries()) {
			if (text.told || i % 7 === 6)
				continue;
			text.told = true;
			const status = await report(text, i % 5 === 4 ? 'failed' : 'delivered', this.address);
			if (status !== 200)
				throw new Error(`a report was answered ${status}`);
		}
		await this.clock(this.now);
	}

	/* The open hour's slots lie in an order that is drawn anew each hour, whatever is answered. */
	static #withOpenHourSorted(dump) {
		const lines = dump.split('\n'), first = lines.findIndex((line) => line.startsWith('ring_open|'));
		const open = lines.filter((line) => line.startsWith('ring_open|'));
		if (lines.slice(first, first + open.length).every((line) => line.startsWith('ring_open|')))
			lines.splice(first, open.length, ...open.sort());
		return lines.join('\n');
	}

	/* On PostgreSQL the rows as they lie in their pages: to select them would leave marks on them. */
	async #stores() {
		if (!this.store.physical) {
			const [duty, haven] = await Promise.all(PROGRAMS.map((p) => this.dump(p)));
			return { 'database of duty': duty, 'database of haven': House.#withOpenHourSorted(haven) };
		}
		return { 'database of duty': await this.store.physical('duty'), 'database of haven': await this.store.physical('haven'),
			'files and their sizes of the server': await this.store.files(), 'log of the server': this.store.log };
	}

	/** { name of a thing: its text }, all that can be compared at the end of an hour. */
	async look() {
		return {
			...await this.#stores(), 'files and their sizes': this.#files(),
			'log of duty': this.log.duty, 'log of haven': this.log.haven,
			'metrics of duty': await this.#metrics('duty'), 'metrics of haven': await this.#metrics('haven'),
			texts: this.texts.map((t) => `${t.key} to ${t.to}, reports to ${t.report}\n${t.text}`).join('\n----\n'),
			mails: this.mails.map((m) => `from ${m.from} to ${m.to.join(' ')}, ${m.raw.length} bytes\n${m.raw}`).join('\n----\n'),
		};
	}

	/** Every row of both databases, once more than look() where that shows pages. */
	async rows() {
		return Object.fromEntries(await Promise.all(PROGRAMS.map(async (p) => [`rows of ${p}`, House.#withOpenHourSorted(await this.dump(p))])));
	}

	/** Throws when a program ended by itself, or complained at its end. */
	async stop() {
		for (const d of Object.values(this.#dumpers))
			d.child.stdin.end();
		this.#dumpers = {};
		await Promise.all(Object.values(this.#children).map((child) => child.gone || new Promise((resolve) => {
			child.removeAllListeners('exit');
			child.once('close', (status) => {
				if (status !== 0)
					this.broken ??= new Error(`${this.name}: a program ended with ${status}\n${this.log.duty.slice(-3000)}\n${this.log.haven.slice(-3000)}`);
				resolve();
			});
			child.kill('SIGTERM');
		})));
		this.#children = {};
		await this.store.stop();
		await this.mailbox?.close();
		await this.gateway?.close();
		if (this.broken)
			throw this.broken;
	}
}
