// check-rooms [--edges] [FOLDER]: the rules between rooms, by reading every C file below FOLDER/src. The rules
// themselves are data: rooms.txt beside this file. Prints each breach as FILE:LINE: what, and exits 1.
// --edges prints who calls whom instead.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const onlyEdges = args[0] === '--edges' && args.shift();
const root = args[0] ?? join(dirname(fileURLToPath(import.meta.url)), '..');

/** rooms.txt: `room NAME: ROOM...`, `door HEADER`, `private HEADER`, `only HEADER: ROOM...`, `ban NAME: reason`, `may ROOM|FILE: NAME...` */
function readRules(text) {
	const rules = { rooms: new Map(), doors: new Set(), hidden: new Set(), only: new Map(), bans: new Map(), may: new Map() };
	for (const [i, raw] of text.split('\n').entries()) {
		const line = raw.replace(/(^|\s)#.*/, '').trim();
		if (!line)
			continue;
		const m = /^(room|door|only|ban|may|private)\s+([^\s:]+)\s*(?::\s*(.*))?$/.exec(line);
		if (!m)
			throw new Error(`rooms.txt:${i + 1}: not a rule`);
		const [, kind, name, rest = ''] = m;
		const words = rest.split(/\s+/).filter(Boolean);
		if (kind === 'room') rules.rooms.set(name, new Set(words));
		if (kind === 'door') rules.doors.add(name);
		if (kind === 'private') rules.hidden.add(name);
		if (kind === 'only') rules.only.set(name, words);
		if (kind === 'ban') rules.bans.set(name, rest);
		if (kind === 'may') rules.may.set(name, new Set(words));
	}
	return rules;
}

function* cFiles(folder) {
	for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		if (entry.isDirectory())
			yield* cFiles(path);
		else if (/\.[ch]$/.test(entry.name))
			yield path;
	}
}

/** Comments and the insides of strings become spaces, so that line and column stay. */
function code(text) {
	const blank = (s) => s.replace(/[^\n]/g, ' ');
	return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g, (m, at, all) =>
		m[0] === '"' && /^[ \t]*#[ \t]*include[ \t]*$/.test(all.slice(all.lastIndexOf('\n', at) + 1, at)) ? m : blank(m));
}

const rules = readRules(readFileSync(join(root, 'tools/rooms.txt'), 'utf8'));
const banned = new RegExp(`(?<![\\w.>])(${[...rules.bans.keys()].join('|') || '(?!)'})\\s*\\(`, 'g');
const breaches = [], edges = new Map();
const breach = (where, what) => breaches.push(`${where}: ${what}`);

/** The room a path below src/ belongs to: its folder. */
const roomOf = (path) => posix.dirname(path);
const programOf = (room) => (/^(duty|haven)(\/|$)/.exec(room) ?? [])[1];
const isTest = (path) => /_(test|fuzz|testing|stub)\.[ch]$|_test_[a-z]+\.[ch]$/.test(path);
/** The door of a room is the header that carries its name, or one declared: `door HEADER`, `door ROOM/*`. */
const isDoor = (header) => !rules.hidden.has(header) && (rules.doors.has(header) ||
	header === `${roomOf(header)}/${basename(roomOf(header))}.h` || rules.doors.has(`${roomOf(header)}/*`));

function checkInclude(where, file, header) {
	const from = roomOf(file), to = roomOf(header);
	if (from === to)
		return;
	if (to === '.') {
		if (/(\.tpl|^[a-z]+_assets)\.h$/.test(header) || isTest(file))
			return; // made by the build for this room
		breach(where, `"${header}" names no room; write "room/header.h"`);
		return;
	}
	const [mine, theirs] = [programOf(from), programOf(to)];
	if (theirs && mine && mine !== theirs)
		breach(where, `the wall: ${mine} may not know "${header}"`);
	else if (theirs && !mine)
		breach(where, `${from} belongs to both programs and may not know "${header}"`);
	else if (!rules.rooms.has(to) && !isTest(file))
		breach(where, `"${header}" is of no room in rooms.txt`);
	else if (!isTest(file) && !(rules.rooms.get(from)?.has(to)))
		breach(where, `${from} may not call ${to} (tools/rooms.txt)`);
	if (isTest(header)) {
		if (!isTest(file))
			breach(where, `"${header}" is for tests only`);
	} else if (!isDoor(header) && !isTest(file))
		breach(where, `back door: "${header}" is private to ${to}`);
	if (!isTest(file))
		edges.set(from, (edges.get(from) ?? new Set()).add(to));
}

function checkFile(file, text) {
	const room = roomOf(file), plain = code(text);
	const allowed = new Set([...(rules.may.get(room) ?? []), ...(rules.may.get(file) ?? [])]);
	if (!rules.rooms.has(room))
		breach(file, `the room ${room} is not in tools/rooms.txt`);
	if (/(^|_)(util|utils|misc|common|helper|helpers|manager)(_|\.)/.test(basename(file)))
		breach(file, 'a name that says nothing');
	plain.split('\n').forEach((line, i) => {
		const where = `src/${file}:${i + 1}`;
		const own = /^\s*#\s*include\s*"([^"]+)"/.exec(line);
		const system = /^\s*#\s*include\s*<([^>]+)>/.exec(line);
		if (own)
			checkInclude(where, file, own[1]);
		for (const [header, rooms] of rules.only)
			if ((system?.[1] ?? own?.[1]) === header && !rooms.includes(room) && !rooms.includes(file))
				breach(where, `<${header}> belongs to ${rooms.join(', ')}`);
		if (/\btypedef\s+(struct|union|enum)\b[^(]*$/.test(line))
			breach(where, 'a typedef that hides what it is');
		for (const [, name] of isTest(file) ? [] : line.matchAll(banned))
			if (!allowed.has(name))
				breach(where, `${name}() is banned: ${rules.bans.get(name)}`);
	});
}

/** The declared edges may not lead round in a circle. */
function checkCircles() {
	const state = new Map();
	const visit = (room, path) => {
		if (state.get(room) === 'done')
			return;
		if (state.get(room) === 'open') {
			breach('tools/rooms.txt', `a circle: ${[...path.slice(path.indexOf(room)), room].join(' → ')}`);
			return;
		}
		state.set(room, 'open');
		for (const next of rules.rooms.get(room) ?? [])
			visit(next, [...path, room]);
		state.set(room, 'done');
	};
	for (const [room, calls] of rules.rooms) {
		visit(room, []);
		for (const next of calls)
			if (!rules.rooms.has(next))
				breach('tools/rooms.txt', `${room} calls ${next}, which is no room`);
			else if (programOf(next) && programOf(next) !== programOf(room))
				breach('tools/rooms.txt', `${room} may not call ${next}: the wall`);
	}
}

checkCircles();
let files = 0;
if (existsSync(join(root, 'src')))
	for (const path of cFiles(join(root, 'src'))) {
		files++;
		checkFile(path.slice(join(root, 'src').length + 1), readFileSync(path, 'utf8'));
	}
if (onlyEdges) {
	for (const [room, calls] of [...edges].sort())
		console.log(`${room}: ${[...calls].sort().join(' ')}`);
} else if (breaches.length > 0 || files === 0) {
	console.error(breaches.join('\n') || 'no C files');
	process.exit(1);
}
