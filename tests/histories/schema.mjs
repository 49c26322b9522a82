// schema.mjs: what migrations/ make, and what docs/protocol.md § 9 says of it.
import { readFileSync, readdirSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Splits at commas that stand outside brackets. */
function parts(text) {
	const list = [''];
	let depth = 0;
	for (const c of text) {
		depth += (c === '(') - (c === ')');
		if (c === ',' && depth === 0)
			list.push('');
		else
			list[list.length - 1] += c;
	}
	return list.map((p) => p.trim()).filter(Boolean);
}

const bare = (sql) => sql.replace(/--[^\n]*/g, '').trim();

/** Reads one migration into `tables`: Map name → Map column → comment. What it does not know it refuses. */
export function readMigration(sql, tables) {
	const comments = new Map([...sql.matchAll(/^\t(\w+) [^\n]*?-- (.*)$/gm)].map((m) => [m[1], m[2]]));
	for (const statement of bare(sql).split(/;\s*(?:\n|$)/).map((s) => s.trim()).filter(Boolean)) {
		let m;
		if ((m = /^CREATE TABLE (\w+) \(([\s\S]*)\)(?: WITHOUT ROWID)?$/.exec(statement))) {
			const columns = parts(m[2]).filter((p) => !/^(PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK)\b/.test(p));
			if (tables.has(m[1]))
				throw new Error(`table ${m[1]} is made twice`);
			tables.set(m[1], new Map(columns.map((c) => [c.split(/\s/)[0], comments.get(c.split(/\s/)[0]) ?? ''])));
		} else if ((m = /^ALTER TABLE (\w+) ADD COLUMN (\w+)/.exec(statement))) {
			tables.get(m[1]).set(m[2], /-- (.*)/.exec(sql.slice(sql.indexOf(`ADD COLUMN ${m[2]}`)))?.[1] ?? '');
		} else if ((m = /^ALTER TABLE (\w+) DROP COLUMN (\w+)$/.exec(statement))) {
			tables.get(m[1]).delete(m[2]);
		} else if ((m = /^ALTER TABLE (\w+) RENAME COLUMN (\w+) TO (\w+)$/.exec(statement))) {
			const [, table, from, to] = m, said = /-- (.*)/.exec(sql.slice(sql.indexOf(`RENAME COLUMN ${from}`)))?.[1] ?? '';
			tables.set(table, new Map([...tables.get(table)].map(([name, text]) => (name === from ? [to, said] : [name, text]))));
		} else if ((m = /^DROP TABLE (\w+)$/.exec(statement))) {
			tables.delete(m[1]);
		} else if ((m = /^ALTER TABLE (\w+) RENAME TO (\w+)$/.exec(statement))) {
			const [, from, to] = m;
			if (tables.has(to))
				throw new Error(`table ${to} is made twice`);
			tables.set(to, tables.get(from));
			tables.delete(from);
		} else if (!/^(CREATE (UNIQUE )?INDEX|INSERT INTO|UPDATE|DELETE FROM|DROP INDEX|ALTER TABLE \w+ ALTER COLUMN \w+ SET STORAGE)\b/.test(statement)) {
			throw new Error(`a statement that this check cannot read: ${statement.slice(0, 80)}`);
		}
	}
	return tables;
}

/** 'duty' or 'haven' → Map table → Map column → comment. */
export function schemaOf(program) {
	const tables = new Map();
	const files = ['both', program].flatMap((folder) => readdirSync(new URL(`migrations/${folder}/`, root))
		.filter((f) => f.endsWith('.sql')).map((f) => [f, new URL(`migrations/${folder}/${f}`, root)]));
	for (const [, url] of files.sort((a, b) => (a[0] < b[0] ? -1 : 1)))
		readMigration(readFileSync(url, 'utf8'), tables);
	return tables;
}

/** The tables of § 9: { stored: Map "haven" → Map table → Set of columns, fine: Map "haven task.deadline" → reason }. */
export function documented(text = readFileSync(new URL('docs/protocol.md', root), 'utf8')) {
	const section = /^## 9\. What is stored[^\n]*\n([\s\S]*?)(?=^## 10\.)/m.exec(text)?.[1];
	if (!section)
		throw new Error('docs/protocol.md has no section "9. What is stored"');
	const stored = new Map([['both', new Map()], ['duty', new Map()], ['haven', new Map()]]);
	const fine = new Map();
	let where = null;
	for (const line of section.split('\n')) {
		const heading = /^### (?:Stored by (both|duty|haven)|(Finer than a day))/.exec(line);
		if (/^###/.test(line))
			where = heading?.[1] ?? heading?.[2] ?? null;
		const cells = /^\|/.test(line) ? line.split('|').slice(1, -1).map((c) => c.trim()) : [];
		const names = [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1]);
		if (where === 'Finer than a day') {
			for (const name of names)
				fine.set(name, cells[1]);
		} else if (where && names.length === 1) {
			stored.get(where).set(names[0], {
				columns: new Set([...cells[1].matchAll(/`([^`]+)`/g)].map((m) => m[1])), tells: cells[2] ?? '',
			});
		}
	}
	return { stored, fine };
}

/** Whether a column can hold a time finer than a day, by its name or by what its comment says of it. */
export function looksFine(name, comment) {
	return /(_at|_time|_hour|_minute|_until_s|_seconds)$|^(hour|due|deadline|not_before|minute|time)$/.test(name) ||
		/\binstant\b|\bseconds\b|\bhours? since\b|\bring hour\b|minutes after midnight/.test(comment);
}
