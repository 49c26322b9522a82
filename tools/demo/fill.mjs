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
import { fromB64u } from '../../client/bytes.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { makeAccounts, makePeople, makeSupporters, peopleCsv, supportersCsv } from './people.mjs';
import { Visitor, formsOf, wordsOf } from './visitor.mjs';

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

const linkIn = (text) => /https?:\/\/\S+/.exec(text)?.[0] ?? (() => { throw new Error(`no link in: ${text}`); })();

/** Behind the one-time link: the passphrase, twice where the page asks for it. */
async function welcome(link, passphrase) {
	const visitor = new Visitor();
	const page = await visitor.get(link);
	const form = formsOf(page.text, page.url).find((f) => f.fields.some((field) => field.kind === 'password'));
	if (!form)
		throw new Error(`the one-time link shows no place for a passphrase: ${wordsOf(page.text).slice(0, 300)}`);
	const names = form.fields.filter((f) => f.kind === 'password').map((f) => f.name);
	const after = await visitor.submit(page, Object.fromEntries(names.map((name) => [name, passphrase])));
	if (formsOf(after.text, after.url).some((f) => f.fields.some((field) => field.kind === 'password')))
		throw new Error(`the passphrase was not taken: ${wordsOf(after.text).slice(0, 300)}`);
	return visitor;
}

async function signIn(base, email, passphrase) {
	const visitor = new Visitor();
	const page = await visitor.get(`${base}/sign-in`);
	const form = formsOf(page.text, page.url).find((f) => f.fields.some((field) => field.kind === 'password'));
	const secret = form.fields.find((f) => f.kind === 'password').name;
	const name = form.fields.find((f) => /^(email|text)$/.test(f.kind)).name;
	const after = await visitor.submit(page, { [name]: email, [secret]: passphrase });
	if (formsOf(after.text, after.url).some((f) => f.fields.some((field) => field.name === secret)))
		throw new Error(`${email} could not sign in: ${wordsOf(after.text).slice(0, 300)}`);
	return visitor;
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

/** Signs a supporter in for the first time and makes her keys, as her own desk would. */
async function makeKeys(supporter) {
	const { email } = supporter.person;
	const visitor = await welcome(linkIn(await makker('user', 'haven', 'invite', email)), SUPPORTER_PASSPHRASE);
	const desk = await visitor.get(`${HAVEN}/s/desk`);
	const csrf = /data-csrf="([^"]+)"/.exec(desk.text)?.[1];
	if (!csrf)
		throw new Error(`${email} sees no desk: ${wordsOf(desk.text).slice(0, 300)}`);
	const { inst, supporter: self, keylog } = JSON.parse((await visitor.get(`${HAVEN}/s/desk/keys`)).text);
	const keys = await makeSupporterKeys({ inst, supporterId: self.id, keylog: keylog.map((e) => fromB64u(e, 256)), now: now() });
	// Kept first: a code that was lost on the way would lock her out.
	state.codes[email] = keys.recoveryCode;
	save();
	await visitor.get(`${HAVEN}/s/keys`, { method: 'POST', body: JSON.stringify(keys.body),
		headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
	return visitor;
}

const INCIDENTS = [
	{ leader: 0, daysAgo: 2, clock: '22.40', kind: 0, severity: 1, unit: 'Mottaket', n: 7,
		sentence: 'En besøkende truet personalet i venterommet.' },
	{ leader: 1, daysAgo: 5, clock: '04.15', kind: 2, severity: 2, unit: 'Fødestuene', n: 5,
		sentence: 'Et uventet dødsfall på fødestuen tidlig på morgenen.' },
	{ leader: 2, daysAgo: 9, clock: '17.30', kind: 3, severity: 0, unit: 'Stasjon ytre fjord', n: 4,
		sentence: 'En ambulanse kjørte av veien under utrykning.' },
];

async function register({ leader, daysAgo, clock, kind, severity, unit, n, sentence }) {
	const account = accounts[leader];
	const visitor = await signIn(DUTY, account.person.email, account.passphrase);
	const supporters = makeSupporters(people, state.today).map((s) => s.person);
	const there = people.filter((p) => p.unit.endsWith(`/ ${unit}`) && !p.staff && !supporters.includes(p));
	const some = there.filter((p) => p.email && !p.isProtected).slice(0, n - 1);
	const affected = [...some, there.find((p) => !p.email) ?? there.find((p) => !some.includes(p))];
	let page = await visitor.get(`${DUTY}/incidents/new`);
	page = await visitor.submit(page, { paste: affected.map((p) => p.number).join('\n') }, { button: (b) => b.value === 'paste' });
	const form = formsOf(page.text, page.url).find((f) => f.fields.some((field) => field.name === 'sentence'));
	const choices = (name) => form.fields.filter((f) => f.name === name && f.kind === 'radio').map((f) => f.value);
	const place = form.fields.find((f) => f.name === 'unit').options.find((o) => o.words.trim().endsWith(unit));
	const after = await visitor.submit(page, {
		kind: choices('kind')[kind], severity: choices('severity')[severity], day: choices('day').at(-1),
		date: dayOf(now() - daysAgo * 86400000), clock, unit: place.value, sentence,
	}, { button: (b) => b.value === 'save' });
	if (formsOf(after.text, after.url).some((f) => f.fields.some((field) => field.name === 'sentence')))
		throw new Error(`the incident was not taken: ${wordsOf(after.text).slice(0, 600)}`);
	return after;
}

function table() {
	const rows = accounts.map((a) => [a.program === 'duty' ? DUTY : `${HAVEN}/s`, a.role, a.person.email, a.passphrase]);
	const supporters = makeSupporters(people, state.today);
	const shown = supporters.filter((s) => state.codes[s.person.email]);
	const lines = ['', 'The demonstration is Fjordvik helseforetak, which does not exist. Sign-ins:', ''];
	for (const [where, role, email, passphrase] of rows)
		lines.push(`  ${role.padEnd(12)} ${email.padEnd(46)} ${passphrase}`, `  ${' '.repeat(12)} ${where}/sign-in`);
	lines.push('', `Supporters sign in at ${HAVEN}/s/sign-in with "${SUPPORTER_PASSPHRASE}".`,
		'On a new device the desk asks for the recovery code and a passphrase of your choice.', '');
	for (const s of shown)
		lines.push(`  ${s.person.email.padEnd(46)} ${state.codes[s.person.email].replace(/\n/g, ' / ')}`);
	lines.push('', `The mail being sent: http://localhost:${port + 2}/`, '');
	return { whole: lines.join('\n'), short: [...lines.slice(0, lines.indexOf('', 3) + 3), '',
		...shown.slice(0, 3).map((s) => `  ${s.person.email.padEnd(46)} ${state.codes[s.person.email].replace(/\n/g, ' / ')}`), '',
		`All ${shown.length} of them: ${join(data, 'demonstration.txt')}`, ''].join('\n') };
}

async function fill() {
	state.today ??= dayOf(now());
	save();
	await once('people', importPeople);
	for (const account of accounts)
		await once(`account ${account.program} ${account.role} ${account.person.number}`, () => makeAccount(account));
	await once('supporters', importSupporters);
	const supporters = makeSupporters(people, state.today);
	say('Making the supporters’ keys, with the modules of their own desks');
	for (const supporter of supporters)
		await once(`keys ${supporter.person.number}`, () => makeKeys(supporter));
	for (const supporter of supporters.filter((s) => s.isFull))
		await once(`full ${supporter.person.number}`, () => sayFull(supporter));
	say('Registering three past incidents');
	for (const [i, incident] of INCIDENTS.entries())
		await once(`incident ${i}`, () => register(incident));
}

/** "I am full", on her own page. */
async function sayFull(supporter) {
	const visitor = await signIn(`${HAVEN}/s`, supporter.person.email, SUPPORTER_PASSPHRASE);
	const page = await visitor.get(`${HAVEN}/s/me`);
	const form = formsOf(page.text, page.url).find((f) => /full/.test(f.action) || f.fields.some((x) => x.name === 'full'));
	await visitor.submit(page, form.fields.some((f) => f.name === 'full' && f.kind !== 'hidden') ? { full: '1' } : {}, { which: (f) => f.action === form.action });
}

try {
	await fill();
} catch (error) {
	console.error(`fill: ${error.message}`);
	process.exit(1);
}
const { whole, short } = table();
writeFileSync(join(data, 'demonstration.txt'), whole, { mode: 0o600 });
say(short);
