// PostgreSQL that a test may restart, kill and let fail over: clusters of its own, each on a socket in a folder of its own, from the
// same programs as tools/with-postgres. They flush to disk, as a workplace's would.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BIN = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin';
const SETTINGS = { listen_addresses: '', unix_socket_permissions: '0777', shared_buffers: '32MB', max_connections: '200', wal_level: 'replica',
	log_min_messages: 'warning', max_wal_senders: '4', hot_standby: 'on' };

const isRoot = process.getuid() === 0;
const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);

/* The server refuses to run as root. */
const asPostgres = (program, words) => (isRoot ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(BIN, program), ...words]] :
	[join(BIN, program), words]);

/** What moves a server takes seconds: the load goes on meanwhile. */
function move(program, ...words) {
	return new Promise((resolve, reject) => {
		const child = spawn(...asPostgres(program, words), { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		child.stderr.on('data', (d) => { said += d; });
		child.on('error', reject);
		child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${program} ${words.join(' ')}: ${status}\n${said}`))));
	});
}

export class Cluster {
	/** A fresh one in home/name, not started yet. */
	static async make(home, name) {
		const one = new Cluster(home, name);
		one.password = randomBytes(16).toString('hex');
		const file = join(one.folder, 'password');
		writeFileSync(file, one.password, { mode: 0o600 });
		one.#own(file);
		await move('initdb', '-D', one.data, '-U', 'postgres', '-A', 'password', `--pwfile=${file}`, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
		return one;
	}

	/** A standby of `primary`, as it is now; not started yet. */
	static async standbyOf(primary, home, name) {
		const one = new Cluster(home, name);
		one.password = primary.password;
		await move('pg_basebackup', '-d', `${primary.conninfo()} application_name=${name}`, '-D', one.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync');
		return one;
	}

	constructor(home, name) {
		this.name = name;
		this.folder = join(home, name);
		this.data = join(this.folder, 'data');
		mkdirSync(this.folder, { mode: 0o711 });
		chmodSync(this.folder, 0o711);
		this.#own(this.folder);
	}

	#own(path) {
		if (isRoot)
			chownSync(path, idOf('-u'), idOf('-g'));
	}

	conninfo() {
		return `host=${this.folder} user=postgres password=${this.password} dbname=postgres`;
	}

	/** more: settings of this start. */
	async start(more = {}) {
		this.more = more;
		const options = Object.entries({ ...SETTINGS, ...more, unix_socket_directories: this.folder }).map(([k, v]) => `-c ${k}='${v}'`).join(' ');
		await move('pg_ctl', '-D', this.data, '-w', '-t', '60', '-l', join(this.folder, 'log'), '-o', options, 'start');
	}

	/** As after a crash: the server's processes are ended at once, and it recovers from its log. */
	async restartAtOnce() {
		await move('pg_ctl', '-D', this.data, '-m', 'immediate', '-w', 'stop');
		await this.start(this.more);
	}

	/** SIGKILL to the postmaster and all its processes. */
	kill() {
		const postmaster = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
		const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' });
		for (const pid of [postmaster, ...stdout.trim().split(/\s+/).map(Number)])
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				/* it went with its postmaster */
			}
		this.killed = true;
	}

	promote() {
		return move('pg_ctl', '-D', this.data, '-w', 'promote');
	}

	/** Each sentence a transaction of its own. → rows of texts, of the last one. */
	say(...sentences) {
		return this.sayIn('postgres', ...sentences);
	}

	sayIn(database, ...sentences) {
		const { status, stdout, stderr } = spawnSync(join(BIN, 'psql'), ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-d',
			`${this.conninfo()} dbname=${database}`, ...sentences.flatMap((s) => ['-c', s])], { encoding: 'utf8', maxBuffer: 1 << 28 });
		if (status !== 0)
			throw new Error(`psql: ${stderr}`);
		return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
	}

	async stop() {
		if (!this.killed && existsSync(join(this.data, 'postmaster.pid')))
			await move('pg_ctl', '-D', this.data, '-m', 'immediate', '-w', 'stop');
	}
}
