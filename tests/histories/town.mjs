// town.mjs: the fixed start of the histories test (docs/protocol.md § 10): 40 people, 6 supporters with keys, and who signs
// in. Made once, through the programs' own doors; each history begins with a copy of it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { payloadOf } from './desk.mjs';
import { firstKeys, giveRoles, linkIn } from '../../tools/demo/doors.mjs';
import { welcome } from './gate.mjs';
import { House, PROGRAMS } from './house.mjs';

export const START = '2026-11-15T12:00:00+01:00'; /* a Sunday */
const READY = Date.parse('2026-11-15T13:00:00+01:00');
const PASSPHRASE = 'lys i vinduet hele natten';
const TRUST = 'Bjørkli sykehus';
const UNITS = ['Mottaket', 'Fødestuene', 'Sengeposten', 'Driften'];
const GIVEN = ['Anne', 'Bjørn', 'Cecilie', 'David', 'Eva', 'Frode', 'Grete', 'Hans', 'Inger', 'Jon'];
const FAMILY = ['Aas', 'Berg', 'Dahl', 'Eide'];
const PROFESSIONS = ['Sykepleier', 'Lege', 'Helsefagarbeider'];
const LANGS = ['nb', 'nb', 'sv', 'en'];

/** Ten of each unit; the first leads it. One in ten has no e-mail, and one of those no phone: no message reaches her. */
export const people = Array.from({ length: 40 }, (_, i) => ({
	number: String(1001 + i), given: GIVEN[i % 10], family: FAMILY[Math.floor(i / 10)], unit: `${TRUST} / ${UNITS[Math.floor(i / 10)]}`,
	email: i % 10 === 9 ? '' : `${GIVEN[i % 10]}.${FAMILY[Math.floor(i / 10)]}@bjorkli.example`.toLowerCase().replace(/ø/g, 'o'),
	phone: i === 9 ? '' : `+479${String(1000000 + 7919 * i).slice(0, 7)}`, profession: PROFESSIONS[i % 3], staff: i % 10 === 0, lang: LANGS[i % 4],
}));

/* Two each of the last three units, none of them a leader. */
const supporters = [11, 12, 21, 22, 31, 32].map((i) => people[i]);

export const accounts = [
	{ program: 'duty', role: 'leader', person: people[0], unit: people[0].unit },
	{ program: 'duty', role: 'leader', person: people[10], unit: people[10].unit },
	{ program: 'duty', role: 'safety', person: people[24], unit: TRUST },
	{ program: 'duty', role: 'admin', person: people[34], unit: '' },
	{ program: 'haven', role: 'coordinator', person: people[35], unit: '' },
].map((a) => ({ ...a, passphrase: PASSPHRASE }));

export const supporterAccounts = supporters.map((person) => ({ program: 'haven', role: 'supporter', person, passphrase: PASSPHRASE }));

const csv = (rows) => rows.map((row) => row.join(';')).join('\r\n') + '\r\n';

const peopleCsv = () => csv([
	['Ansattnummer', 'Etternavn', 'Fornavn', 'E-post', 'Privat mobil', 'Enhetssti', 'Yrkesgruppe', 'Nivå', 'Personalansvar', 'Språk'],
	...people.map((p) => [p.number, p.family, p.given, p.email, p.phone, p.unit, p.profession, '2', p.staff ? 'ja' : 'nei', p.lang])]);

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `${day} 08:00-16:00`).join(' ; ').replace(/ ; /g, '; ');
const supportersCsv = () => [['number', 'e-mail', 'name', 'phone', 'languages', 'since', 'interview', 'training', 'check', 'accredited until', 'windows'],
	...supporters.map((p) => [p.number, p.email, `${p.given} ${p.family}`, p.phone, 'nb sv en', '2025', '2025-02-01', '2025-03-10', '2025-03-11', '2027-03-11', EVERY_DAY]),
].map((row) => row.join(',')).join('\r\n') + '\r\n';

/** Fills `folder` and returns what the histories need besides: { payloads: e-mail → 33 digits, house: which stands still now }. */
export async function build({ folder, ports, binaries, store }) {
	const house = new House({ name: 'the fixed start', folder, address: '127.0.0.1', ports, binaries, seed: 'start', store });
	const payloads = {};
	await house.place();
	try {
		for (const program of PROGRAMS)
			await house.command(program, START, ['init']);
		const peopleFile = join(folder, 'people.csv'), supportersFile = join(folder, 'supporters.csv');
		writeFileSync(peopleFile, peopleCsv());
		writeFileSync(supportersFile, supportersCsv());
		await house.command('duty', START, ['people', 'import', peopleFile]);
		await house.start(START);
		await house.clock(READY); /* the directory goes through the door */
		await house.command('haven', START, ['supporters', 'import', supportersFile]);
		for (const { program, role, person, unit, passphrase } of accounts) {
			const out = await house.command(program, START, ['user', 'add', person.email, '--name', `${person.given} ${person.family}`,
				'--role', role, ...(unit ? ['--unit', unit] : []), '--lang', 'nb']);
			const visitor = await welcome(linkIn(out), passphrase);
			if (role === 'admin') // the second person for those before her
				await giveRoles(house.duty, visitor);
		}
		for (const { person, passphrase } of supporterAccounts) {
			const visitor = await welcome(linkIn(await house.command('haven', START, ['user', 'invite', person.email])), passphrase);
			await firstKeys(house.haven, visitor, READY, (code) => { payloads[person.email] = payloadOf(code); });
		}
		await house.clock(READY + 3600000);
	} finally {
		await house.stop();
	}
	return { payloads, house };
}

/** A house of its own for one history, from a copy of the start. */
export async function copy({ from, name, folder, address, ports, binaries, store }) {
	mkdirSync(folder, { recursive: true });
	for (const program of PROGRAMS)
		cpSync(join(from.folder, program), join(folder, program), { recursive: true, filter: (file) => !file.endsWith('.sock') });
	const house = new House({ name, folder, address, ports, binaries, seed: 'histories', store });
	await house.place(from);
	return house;
}
