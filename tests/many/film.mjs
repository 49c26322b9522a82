// The film of what happened: a line a moment, with its time and counts. Printed, and kept beside the build.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export class Film {
	#began = Date.now();
	#lines = [];

	/** counts: { what: how many }. */
	line(what, counts = {}) {
		const at = ((Date.now() - this.#began) / 1000).toFixed(1).padStart(6);
		const line = `${at} s  ${what.padEnd(58)}${Object.entries(counts).map(([k, n]) => `  ${k} ${n}`).join('')}`.trimEnd();
		this.#lines.push(line);
		console.log(line);
	}

	/** → the file it is kept in. */
	keep(name) {
		const at = resolve(join(process.env.MAKKER_BIN, '..', name));
		writeFileSync(at, `${this.#lines.join('\n')}\n`);
		return at;
	}
}
