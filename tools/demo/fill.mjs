// Fills the demonstration through the product's own doors: the commands of the operator, the one-time links, the forms, and
// the desk's own modules for supporters' keys. Called by ./dev run once both programs answer:
//
//   MAKKER=/path/to/makker node fill.mjs --data DIR --port N
//
// What has been done is kept in DIR/demonstration/ (0700), so that a run that was broken off goes on, and a second one
// changes nothing. The sign-ins are printed and kept in DIR/demonstration.txt (0600).
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askForSession, firstKeys, giveRoles, linkIn, planSession, register, signIn, welcome } from './doors.mjs';
import { makeAccounts, makePeople, makeSupporters, peopleCsv, supportersCsv } from './people.mjs';

const SUPPORTER_PASSPHRASE = 'en kollega i ryggen alltid';
const ZONE = 'Europe/Oslo';

function readOptions(words) {
	const options = {};
	for (let i = 0; i < words.length; i += 2)
		options[words[i].replace(/^--/, '')] = words[i + 1];
	if (!options.data || !/^\d+$/.test(options.port ?? '') || !process.env.MAKKER) {
		console.error('usage: MAKKER=PROGRAM node fill.mjs --data DIR --port N');
		process.exit(64);
	}
	return { data: options.data, port: Number(options.port) };
}

const { data, port } = readOptions(process.argv.slice(2));
const DUTY = `http://duty.localhost:${port + 1}`, HAVEN = `http://haven.localhost:${port}`;
const folder = join(data, 'demonstration');
mkdirSync(folder, { recursive: true, mode: 0o700 });

// ---- what has been done ----

const stateFile = join(folder, 'state.json');
const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : { done: {}, codes: {} };

function save() {
	writeFileSync(`${stateFile}.new`, JSON.stringify(state, null, 1), { mode: 0o600 });
	renameSync(`${stateFile}.new`, stateFile);
}

async function once(name, work) {
	if (state.done[name])
		return;
	await work();
	state.done[name] = true;
	save();
}

/** The workplace's own time, in ms. */
function now() {
	const clock = join(data, 'clock');
	return existsSync(clock) ? Date.parse(readFileSync(clock, 'utf8').trim()) : Date.now();
}

/** A day of the workplace, YYYY-MM-DD. */
const dayOf = (ms) => new Intl.DateTimeFormat('sv', { timeZone: ZONE }).format(new Date(ms));

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function eventually(what, why, seconds = 60) {
	for (const end = Date.now() + seconds * 1000; ; await rest(500)) {
		try {
			return await what();
		} catch (error) {
			if (Date.now() > end)
				throw new Error(`${why}: ${error.message}`);
		}
	}
}

// ---- the doors ----

function makker(...words) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.env.MAKKER, [...words, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
		let out = '', err = '';
		child.stdout.on('data', (d) => { out += d; });
		child.stderr.on('data', (d) => { err += d; });
		child.on('error', reject);
		child.on('close', (status) => (status === 0 ? resolve(out) :
			reject(new Error(`makker ${words.slice(0, 3).join(' ')} left with ${status}\n${out}${err}`))));
	});
}

// ---- the steps ----

const people = makePeople();
const accounts = makeAccounts(people);
const say = (text) => console.log(text);

async function importPeople() {
	const file = join(folder, 'people.csv');
	writeFileSync(file, peopleCsv(people), { mode: 0o600 });
	say('Reading in the directory: 1,200 people');
	await makker('people', 'import', file);
}

async function importSupporters() {
	const file = join(folder, 'supporters.csv');
	writeFileSync(file, supportersCsv(makeSupporters(people, state.today)), { mode: 0o600 });
	say('Reading in 24 supporters, once the directory has gone through the door');
	await eventually(() => makker('supporters', 'import', file), 'the supporters do not go in');
}

async function makeAccount(account) {
	const { program, role, person, unit, passphrase } = account;
	const out = await makker('user', program, 'add', person.email, '--name', `${person.given} ${person.family}`, '--role', role,
		...(unit ? ['--unit', unit] : []), '--lang', 'nb');
	await welcome(linkIn(out), passphrase);
}

/** The administrator is the second person for the other roles of duty. */
async function confirmRoles() {
	const admin = accounts.find((a) => a.role === 'admin');
	await giveRoles(DUTY, await signIn(DUTY, admin.person.email, admin.passphrase));
}

/** Signs a supporter in for the first time and makes her keys. */
async function makeKeys({ person: { email } }) {
	const visitor = await welcome(linkIn(await makker('user', 'haven', 'invite', email)), SUPPORTER_PASSPHRASE);
	await firstKeys(HAVEN, visitor, now(), (code) => {
		state.codes[email] = code;
		save();
	});
}

const INCIDENTS = [
	{ leader: 0, daysAgo: 2, clock: '22.40', kind: 0, severity: 1, unit: 'Legevakten', n: 7,
		sentence: 'En besøkende truet personalet i venterommet.' },
	{ leader: 1, daysAgo: 5, clock: '04.15', kind: 2, severity: 2, unit: 'Fødestuene', n: 5,
		sentence: 'Et uventet dødsfall på fødestuen tidlig på morgenen.' },
	{ leader: 2, daysAgo: 9, clock: '17.30', kind: 3, severity: 0, unit: 'Stasjon ytre fjord', n: 4,
		sentence: 'En ambulanse kjørte av veien under utrykning.' },
];

async function registerOne({ leader, daysAgo, n, ...incident }) {
	const account = accounts[leader];
	const supporters = makeSupporters(people, state.today).map((s) => s.person);
	const there = people.filter((p) => p.unit.endsWith(`/ ${incident.unit}`) && !p.staff && !supporters.includes(p));
	const some = there.filter((p) => p.email && !p.isProtected).slice(0, n - 1);
	const affected = [...some, there.find((p) => !p.email) ?? there.find((p) => !some.includes(p))];
	const visitor = await signIn(DUTY, account.person.email, account.passphrase);
	await register(DUTY, visitor, { ...incident, date: dayOf(now() - daysAgo * 86400000), numbers: affected.map((p) => p.number) });
}

/** The leader of the newest incident asks for a session for all seven, and the coordinator plans it in a room that no house has. */
async function gatherOne() {
	const leader = accounts[INCIDENTS[0].leader], coordinator = accounts.find((a) => a.role === 'coordinator');
	const boss = await signIn(DUTY, leader.person.email, leader.passphrase);
	await askForSession(DUTY, boss, INCIDENTS[0].sentence);
	const planner = await signIn(`${HAVEN}/s`, coordinator.person.email, coordinator.passphrase);
	await eventually(() => planSession(HAVEN, planner, { place: 'Møterom Pepperkake, ved vannposten', hours: ['14', '10', '18'] }),
		'the group session is not planned');
}

/** What a visitor of the demonstration needs; `most` supporters' codes. */
function table(most) {
	const shown = makeSupporters(people, state.today).map((s) => s.person.email).filter((email) => state.codes[email]);
	return ['', 'The demonstration is Fjordvik helseforetak, which does not exist. Sign-ins, each with its passphrase:', '',
		...accounts.map((a) => `  ${a.role.padEnd(12)} ${a.person.email.padEnd(44)} ${a.passphrase}`),
		...shown.slice(0, most).map((email) => `  supporter    ${email.padEnd(44)} ${SUPPORTER_PASSPHRASE}`), '',
		'On a new device the desk asks a supporter for her recovery code, and for a passphrase of that device:', '',
		...shown.slice(0, most).map((email) => `  ${email.padEnd(44)} ${state.codes[email].replace(/\n/g, ' / ')}`), '',
		...(most < shown.length ? [`All ${shown.length} supporters: ${join(data, 'demonstration.txt')}`] : []),
		`Coordinator and supporters sign in at ${HAVEN}/s/sign-in, the others at ${DUTY}/sign-in`,
		`The mail being sent: http://localhost:${port + 2}/`, ''].join('\n');
}

async function fill() {
	state.today ??= dayOf(now());
	save();
	await once('people', importPeople);
	for (const account of accounts)
		await once(`account ${account.program} ${account.role} ${account.person.number}`, () => makeAccount(account));
	await once('roles', confirmRoles);
	await once('supporters', importSupporters);
	const supporters = makeSupporters(people, state.today);
	say('Making the supporters’ keys, with the modules of their own desks');
	for (const supporter of supporters)
		await once(`keys ${supporter.person.number}`, () => makeKeys(supporter));
	for (const supporter of supporters.filter((s) => s.isFull))
		await once(`full ${supporter.person.number}`, () => sayFull(supporter));
	say('Registering three past incidents');
	for (const [i, incident] of INCIDENTS.entries())
		await once(`incident ${i}`, () => registerOne(incident));
	say('Planning a group session');
	await once('session', gatherOne);
}

/** "Full for now", on her own desk. */
async function sayFull({ person }) {
	const visitor = await signIn(`${HAVEN}/s`, person.email, SUPPORTER_PASSPHRASE);
	await visitor.submit(await visitor.get(`${HAVEN}/s/desk`), { full: 'yes' });
}

try {
	await fill();
} catch (error) {
	console.error(`fill: ${error.message}`);
	process.exit(1);
}
writeFileSync(join(data, 'demonstration.txt'), table(24), { mode: 0o600 });
say(table(3));
