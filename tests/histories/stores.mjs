// stores.mjs: where a house keeps its two databases. SQLite: two files among the programs' own. PostgreSQL: two databases
// with a login each, in a server of the house's own, so that two houses that were copied from one start can be compared to
// the last transaction number.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BIN = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin';
const PROGRAMS = ['duty', 'haven'];
/* Without what happens by the machine's clock: the same work then gives the same files. */
const QUIET = ['lc_messages=C', 'autovacuum=off', 'fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'max_wal_size=200MB',
	'checkpoint_timeout=1d', 'bgwriter_lru_maxpages=0', 'shared_buffers=16MB', 'listen_addresses=', 'log_checkpoints=off', 'log_line_prefix=',
	'log_statement=none', 'logging_collector=off'].flatMap((word) => ['-c', word]);
/* Bytes of these are sealed: their length only. */
const SEALED = `'ring', 'ring_open', 'vault'`;

const lines = (text) => text.split('\n').filter(Boolean);

function done(program, words, more = {}) {
	const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, ...more });
	if (status !== 0)
		throw new Error(`${program} ${words[0]}: ${error ?? stderr}`);
	return stdout;
}

/* The server refuses to run as root. */
const root = process.getuid() === 0;
const postgres = root ? (() => { const [uid, gid] = done('getent', ['passwd', 'postgres']).split(':').slice(2, 4).map(Number); return { uid, gid }; })() : {};

/* Everything that a page of a table or index holds besides its bytes: who wrote each row (xmin, xmax, cid), where it lies, what
   marks reading left on it; and the row itself. Nothing of this is changed by looking. */
const PHYSICAL = `
CREATE SCHEMA look;
CREATE EXTENSION pageinspect;
CREATE FUNCTION look.shown(name text, value bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN value IS NULL THEN 'NULL' WHEN length(value) >= 512 AND (name IN (${SEALED}) OR name LIKE 'pg_toast%') THEN '#' || length(value)
		ELSE encode(value, 'hex') END $$;
CREATE FUNCTION look.physical() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE rel record; page int; pages int;
BEGIN
	FOR rel IN SELECT c.oid, c.relname::text AS name, c.relkind, n.nspname::text || '.' || quote_ident(c.relname) AS full_name, c.relfilenode, c.relpages, c.xmin::text AS made
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 't', 'i', 'S') AND c.oid >= 16384 ORDER BY c.oid LOOP
		RETURN NEXT format('%s|file %s, %s pages noted, by %s; %s + %s + %s bytes', rel.name, rel.relfilenode, rel.relpages, rel.made,
			pg_relation_size(rel.oid, 'main'), pg_relation_size(rel.oid, 'fsm'), pg_relation_size(rel.oid, 'vm'));
		pages := pg_relation_size(rel.oid, 'main') / 8192;
		IF rel.relkind IN ('r', 't') THEN
			FOR page IN 0 .. pages - 1 LOOP
				RETURN QUERY SELECT format('%s|page %s row %s at %s flags %s|xmin %s xmax %s cid %s next %s marks %s %s|%s', rel.name, page, lp, lp_off, lp_flags,
					t_xmin, t_xmax, t_field3, t_ctid, t_infomask2, t_infomask,
					(SELECT string_agg(look.shown(rel.name, a), '|') FROM unnest(t_attrs) a))
					FROM heap_page_item_attrs(get_raw_page(rel.full_name, page), rel.oid);
			END LOOP;
		ELSIF rel.relkind = 'i' THEN
			FOR page IN 1 .. pages - 1 LOOP
				RETURN QUERY SELECT format('%s|page %s entry %s to %s dead %s|%s', rel.name, page, itemoffset, ctid, dead, data)
					FROM bt_page_items(rel.full_name, page);
			END LOOP;
		END IF;
	END LOOP;
	RETURN QUERY SELECT 'counters|' || t::text FROM pg_stat_user_tables t ORDER BY relid;
	RETURN QUERY SELECT 'counters|' || t::text FROM pg_statio_user_tables t ORDER BY relid;
	RETURN QUERY SELECT 'counters|' || t::text FROM pg_stat_user_indexes t ORDER BY indexrelid;
	RETURN NEXT 'the next transaction is number ' || pg_snapshot_xmax(pg_current_snapshot());
END $$;`;

export class SqliteStore {
	constructor(folder) {
		this.folder = folder;
	}

	where(program) {
		return `sqlite:${program}.sqlite`;
	}

	/** What dump.c opens. */
	dumped(program) {
		return { where: `sqlite:${join(this.folder, program, `${program}.sqlite`)}`, env: { MAKKER_TEST_DB: 'sqlite' } };
	}

	async make() {}
	async copyOf() {}
	async start() {}
	async stop() {}
}

export class PostgresStore {
	#server = null;
	ticks = true; /* haven's answers wait for ticks */
	log = '';

	constructor(folder) {
		this.folder = join(folder, 'pg');
	}

	where(program, user = `makker_${program}`) {
		return `host=${this.folder} user=${user} dbname=makker_${program}`;
	}

	dumped(program) {
		const where = this.where(program, 'postgres');
		return { where, env: { MAKKER_TEST_DB: 'postgresql', MAKKER_TEST_PG: where, PGOPTIONS: '-c track_counts=off' } };
	}

	#folder() {
		mkdirSync(this.folder, { recursive: true, mode: 0o700 });
		if (root)
			chownSync(this.folder, postgres.uid, postgres.gid);
	}

	/** A fresh server with both databases. haven's login is counted by nothing (docs/configuration.md). */
	async make() {
		this.#folder();
		done(join(BIN, 'initdb'), ['-D', join(this.folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync',
			'--wal-segsize=16'], { ...postgres, cwd: this.folder });
		await this.start();
		for (const program of PROGRAMS) {
			this.#say('postgres', `CREATE ROLE makker_${program} LOGIN`);
			this.#say('postgres', `CREATE DATABASE makker_${program} OWNER makker_${program} TEMPLATE template0`);
			this.#say(`makker_${program}`, PHYSICAL);
		}
		this.#say('postgres', 'ALTER ROLE makker_haven SET track_counts = off');
	}

	/** other: a store whose server stands still. */
	async copyOf(other) {
		this.#folder();
		cpSync(join(other.folder, 'data'), join(this.folder, 'data'), { recursive: true, preserveTimestamps: true });
		if (root)
			done('chown', ['-R', `${postgres.uid}:${postgres.gid}`, this.folder]);
		done('chmod', ['-R', 'go=', join(this.folder, 'data')]);
		await this.start();
	}

	async start() {
		this.#server = spawn(join(BIN, 'postgres'), ['-D', join(this.folder, 'data'), '-k', this.folder, ...QUIET], { ...postgres, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [this.#server.stdout, this.#server.stderr])
			stream.on('data', (d) => { this.log += d; });
		for (let tries = 0; !/ready to accept connections\n/.test(this.log); tries++) {
			if (tries > 600 || this.#server.exitCode !== null)
				throw new Error(`the database server does not start\n${this.log}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		this.log = '';
	}

	async stop() {
		const server = this.#server;
		if (!server || server.exitCode !== null)
			return;
		const gone = new Promise((resolve) => server.once('exit', resolve));
		server.kill('SIGINT'); /* a fast shutdown */
		await gone;
	}

	#say(database, sentence) {
		return done('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-U', 'postgres', '-d', database, '-c', sentence],
			{ env: { ...process.env, PGOPTIONS: '-c track_counts=off' } });
	}

	/* Off the event loop, since four houses look at once. */
	#ask(database, sentence) {
		return new Promise((resolve, reject) => {
			const child = spawn('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-U', 'postgres', '-d', database, '-c', sentence],
				{ env: { ...process.env, PGOPTIONS: '-c track_counts=off' }, stdio: ['ignore', 'pipe', 'pipe'] });
			let out = '', err = '';
			child.stdout.on('data', (d) => { out += d; });
			child.stderr.on('data', (d) => { err += d; });
			child.on('error', reject);
			child.on('close', (status) => (status === 0 ? resolve(out) : reject(new Error(`psql: ${err}`))));
		});
	}

	/* Of duty without what reading alone leaves behind (counters, hint bits): several of its threads read at moments of their
	   own, and none of them knows of an answer. The next transaction's number is the server's: it stands with haven's. */
	async physical(program) {
		const all = lines(await this.#ask(`makker_${program}`, 'SELECT look.physical()'));
		if (program === 'haven')
			return all.join('\n');
		return all.filter((line) => !/^counters\||^the next transaction/.test(line))
			.map((line) => line.replace(/ marks (\d+) \d+\|/, ' marks $1|').replace(/ dead [tf]\|/, '|')).join('\n');
	}

	/** Every file of the server but its log of writes, and its size. What was rewritten lies there, empty, until the server's next
	    checkpoint, and it makes one when its log has grown enough, which is no news here: so it makes one now. */
	async files() {
		await this.#ask('postgres', 'CHECKPOINT');
		const list = [], data = join(this.folder, 'data');
		for (const part of ['base', 'global', 'pg_xact', 'pg_multixact', 'pg_subtrans', 'pg_serial', 'pg_notify', 'pg_commit_ts'])
			for (const name of readdirSync(join(data, part), { recursive: true }))
				if (statSync(join(data, part, name)).isFile() && !/pgsql_tmp|pg_internal.init/.test(name))
					list.push(`server/${part}/${name} ${statSync(join(data, part, name)).size}`);
		return list.sort().join('\n');
	}

	/** A dump in pg_dump's custom format, as text; sealed bytes as their length. */
	backup(file) {
		return done(join(BIN, 'pg_restore'), ['-f', '-', file]).replace(/^\\(un)?restrict .*$/gm, '')
			.replace(/\\\\x([0-9a-f]{1024,})/g, (_, hex) => `#${hex.length / 2}`);
	}
}

export const STORES = { sqlite: SqliteStore, postgresql: PostgresStore };
if (process.env.MAKKER_TEST_DB === 'postgresql' && !existsSync(join(BIN, 'postgres')))
	throw new Error(`no ${BIN}/postgres: set PG_BIN`);
