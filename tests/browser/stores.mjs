// Where a workplace of the tests keeps its two databases: two files, or two databases of one PostgreSQL with a login each, as
// tools/with-postgres serves it when MAKKER_TEST_DB says postgresql.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

const PROGRAMS = ['duty', 'haven'];

export class SqlitePlace {
	where(program) {
		return `sqlite:${program}.sqlite`;
	}

	/** It lies among the program's files. */
	dump() {
		return '';
	}

	close() {}
}

function done(program, words, more = {}) {
	const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, ...more });
	if (status !== 0)
		throw new Error(`${program}: ${error ?? stderr}`);
	return stdout;
}

export class PostgresPlace {
	#server = process.env.MAKKER_TEST_PG;
	#name = `world_${process.pid}_${randomBytes(4).toString('hex')}`;
	#password = randomBytes(16).toString('hex');

	constructor() {
		if (!this.#server)
			throw new Error('MAKKER_TEST_PG is not set: run this by tools/with-postgres');
		for (const program of PROGRAMS)
			this.#say(`CREATE ROLE ${this.#name}_${program} LOGIN PASSWORD '${this.#password}'`,
				`CREATE DATABASE ${this.#name}_${program} OWNER ${this.#name}_${program} TEMPLATE template0`);
		this.#say(`ALTER ROLE ${this.#name}_haven SET track_counts = off`); /* docs/configuration.md */
	}

	/* Each sentence a transaction of its own: databases cannot be made inside one. */
	#say(...sentences) {
		done('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', this.#server, ...sentences.flatMap((s) => ['-c', s])]);
	}

	/* The later words win. */
	where(program) {
		return `${this.#server} user=${this.#name}_${program} password=${this.#password} dbname=${this.#name}_${program}`;
	}

	/* Without the open hour's slots, which a tick writes each second whatever is answered, and the key that each dump draws anew:
	   nothing else differs between two dumps of the same. */
	dump(program) {
		return done('pg_dump', ['--inserts', '--no-owner', '--exclude-table-data=ring_open', '-d', this.where(program)]).replace(/^\\(un)?restrict .*$/gm, '');
	}

	close() {
		for (const program of PROGRAMS)
			this.#say(`DROP DATABASE IF EXISTS ${this.#name}_${program} WITH (FORCE)`, `DROP ROLE IF EXISTS ${this.#name}_${program}`);
	}
}
