// The people of the demonstration: Fjordvik helseforetak, a hospital trust that does not exist. Always the same ones.
//
//   node people.mjs people|supporters [--today 2026-11-18]
//
// prints the file that `makker people import` or `makker supporters import` takes. Family names are made of words that
// name no place and nobody; numbers begin with 00 00 after the country's code and reach nobody; .example is no domain.
import { pathToFileURL } from 'node:url';

const TRUST = 'Fjordvik helseforetak';
const DOMAIN = 'fjordvik.example';
const STAFF = 1200;

// Clinic → department → sections, and the professions one meets there.
const NURSES = [['Sykepleier', 12], ['Helsefagarbeider', 4], ['Lege', 4], ['Helsesekretær', 1]];
const SURGERY = [['Sykepleier', 9], ['Lege', 6], ['Helsefagarbeider', 2], ['Helsesekretær', 1]];
const MIND = [['Sykepleier', 6], ['Psykolog', 4], ['Lege', 2], ['Vernepleier', 5], ['Sosionom', 2]];
const BIRTH = [['Jordmor', 10], ['Lege', 4], ['Sykepleier', 3], ['Helsefagarbeider', 2]];
const ROAD = [['Ambulansearbeider', 14], ['Paramedisiner', 4], ['Lege', 1]];
const LABS = [['Bioingeniør', 11], ['Lege', 3], ['Ingeniør', 2]];
const RAYS = [['Radiograf', 12], ['Lege', 4], ['Helsesekretær', 2]];
const HOUSE = [['Renholder', 10], ['Portør', 6], ['Ingeniør', 2], ['Kokk', 2]];
const BODY = [['Fysioterapeut', 8], ['Ergoterapeut', 5], ['Sosionom', 2], ['Logoped', 1]];
const TREE = [
	['Medisinsk klinikk', [
		['Hjerteavdelingen', NURSES, ['Sengepost hjerte', 'Hjerteovervåkingen', 'Poliklinikk hjerte']],
		['Lungeavdelingen', NURSES, ['Sengepost lunge', 'Poliklinikk lunge']],
		['Nevrologisk avdeling', NURSES, ['Slagenheten', 'Sengepost nevrologi']],
		['Kreftavdelingen', NURSES, ['Sengepost kreft', 'Dagpost kreft']]]],
	['Kirurgisk klinikk', [
		['Ortopedisk avdeling', SURGERY, ['Sengepost ortopedi', 'Skadepoliklinikken']],
		['Gastrokirurgisk avdeling', SURGERY, ['Sengepost gastro', 'Poliklinikk gastro']],
		['Operasjonsavdelingen', SURGERY, ['Operasjon nord', 'Operasjon sør', 'Oppvåkningen']],
		['Intensivavdelingen', SURGERY, ['Intensiv 1', 'Intensiv 2']]]],
	['Akuttklinikken', [
		['Akuttmottaket', NURSES, ['Mottaket', 'Observasjonsposten', 'Legevakten']],
		['Ambulanseavdelingen', ROAD, ['Stasjon sentrum', 'Stasjon ytre fjord', 'Stasjon fjellet']],
		['Akuttmedisinsk kommunikasjon', ROAD, ['AMK-sentralen', 'Pasientreiser']]]],
	['Kvinne- og barneklinikken', [
		['Fødeavdelingen', BIRTH, ['Fødestuene', 'Barselposten']],
		['Barneavdelingen', NURSES, ['Barneposten', 'Nyfødtposten']],
		['Gynekologisk avdeling', SURGERY, ['Sengepost gynekologi', 'Poliklinikk gynekologi']]]],
	['Klinikk for psykisk helse', [
		['Akuttpsykiatrisk avdeling', MIND, ['Akuttpost A', 'Akuttpost B', 'Ambulant team']],
		['Rusavdelingen', MIND, ['Avrusningen', 'Rus poliklinikk']],
		['Barn og unges psykiske helse', MIND, ['Ungdomsposten', 'Barnepoliklinikken']]]],
	['Klinikk for medisinsk service', [
		['Laboratoriet', LABS, ['Blodbanken', 'Mikrobiologien', 'Prøvetakingen']],
		['Røntgenavdelingen', RAYS, ['Røntgen akutt', 'Røntgen dag']],
		['Rehabiliteringsavdelingen', BODY, ['Fysioterapien', 'Ergoterapien']],
		['Driftsavdelingen', HOUSE, ['Renholdet', 'Portørtjenesten', 'Kjøkkenet']]]],
];

const GIVEN_FIRST = ['Al', 'Ber', 'Dag', 'Eld', 'Fro', 'Gun', 'Hal', 'Ing', 'Jor', 'Kol', 'Liv', 'Mag', 'Nor', 'Odd', 'Rag', 'Sig',
	'Sol', 'Tor', 'Ulv', 'Vil', 'Åse', 'Øy'];
const GIVEN_LAST = ['bjør', 'dis', 'fast', 'finn', 'gard', 'hild', 'laug', 'leik', 'mod', 'mund', 'rid', 'stein', 'vard', 'veig', 'vin', 'unn'];
const FAMILY_FIRST = ['Avkrok', 'Blåtime', 'Drivis', 'Ettermiddag', 'Flokete', 'Frostnatt', 'Grøtfat', 'Gråvotte', 'Halvmåne', 'Issvull',
	'Knappenål', 'Kveldsmat', 'Lanterne', 'Lykte', 'Morgengry', 'Måneskinn', 'Nøste', 'Papirbåt', 'Pepperkake', 'Regnbue', 'Rimfrost', 'Sildre',
	'Slalåm', 'Snødrev', 'Solgløtt', 'Stjerneklar', 'Strikkepinne', 'Svale', 'Teskje', 'Tordensky', 'Trehest', 'Tåkelur', 'Vindkast', 'Vintereple'];
const FAMILY_LAST = ['berget', 'bukta', 'dalen', 'eng', 'fossen', 'haugen', 'holmen', 'kroken', 'lien', 'neset', 'rud', 'seter', 'skaret',
	'tangen', 'tjernet', 'vollen'];

/** Mulberry32: small, and the same everywhere. */
export function chance(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const pick = (random, list) => list[Math.floor(random() * list.length)];
function pickWeighted(random, list) {
	let at = random() * list.reduce((sum, [, weight]) => sum + weight, 0);
	return list.find(([, weight]) => (at -= weight) < 0)[0];
}

const ascii = (text) => text.toLowerCase().replace(/å/g, 'aa').replace(/ø/g, 'o').replace(/æ/g, 'ae').replace(/[^a-z]/g, '');

/** Everybody, leaders first in each unit. `leader` is a number; `unit` the path. */
export function makePeople() {
	const random = chance(20261118), people = [], names = new Set();
	const sections = TREE.flatMap(([, departments]) => departments).flatMap(([, , list]) => list).length;
	const hire = (unit, profession, level, leader, staff) => {
		let given, family;
		do {
			given = pick(random, GIVEN_FIRST) + pick(random, GIVEN_LAST);
			family = pick(random, FAMILY_FIRST) + pick(random, FAMILY_LAST);
		} while (names.has(given + family));
		names.add(given + family);
		const n = people.length;
		const person = {
			number: String(100001 + n * 7), given, family, unit, profession, level, leader, staff,
			phone: `+47 00 00 ${String(n % 10000).padStart(4, '0').replace(/(..)(..)/, '$1 $2')}`,
			email: `${ascii(given)}.${ascii(family)}@${DOMAIN}`,
			lang: pickWeighted(random, [['nb', 88], ['sv', 6], ['en', 5], ['da', 1]]), isProtected: false,
		};
		if (!staff && random() < 0.1076) {
			person.email = '';
			// Some can be reached by nothing but somebody who walks over.
			if (random() < 0.1)
				person.phone = '';
		}
		people.push(person);
		return person;
	};
	const director = hire(TRUST, 'Administrasjon', 4, '', true);
	const leaders = 1 + TREE.length + TREE.flatMap(([, list]) => list).length + sections;
	let section = 0, left = STAFF - leaders;
	for (const [clinic, departments] of TREE) {
		const head = hire(`${TRUST} / ${clinic}`, 'Lege', 4, director.number, true);
		for (const [department, mix, list] of departments) {
			const path = `${TRUST} / ${clinic} / ${department}`;
			const middle = hire(path, mix[0][0], 4, head.number, true);
			for (const name of list) {
				const nearest = hire(`${path} / ${name}`, mix[0][0], 4, middle.number, true);
				const share = Math.round(left / (sections - section));
				const size = sections - section === 1 ? left : share + Math.floor(random() * 9) - 4;
				for (let i = 0; i < size; i++)
					hire(`${path} / ${name}`, pickWeighted(random, mix), 1 + Math.floor(random() * 3), nearest.number, false);
				left -= size;
				section++;
			}
		}
	}
	for (const one of people.filter((p) => !p.staff && p.email).filter((_, i) => i % 251 === 17))
		one.isProtected = true;
	return people;
}

// A supporter's week. Between two windows lie at least eleven hours; nights are at home, on call.
const WEEKS = {
	day: 'mon 08:00-15:30; tue 08:00-15:30; wed 08:00-15:30; thu 08:00-15:30; fri 08:00-15:30',
	dayShort: 'mon 09:00-15:00; wed 09:00-15:00; fri 09:00-15:00',
	eveningEarly: 'mon 14:30-22:00; tue 14:30-22:00; wed 14:30-22:00; sun 14:30-22:00',
	eveningLate: 'wed 14:30-22:00; thu 14:30-22:00; fri 14:30-22:00; sat 14:30-22:00',
	nightEarly: 'mon 21:30-08:00 standby; tue 21:30-08:00 standby; wed 21:30-08:00 standby',
	nightLate: 'thu 21:30-08:00 standby; fri 21:30-08:00 standby; sat 21:30-08:00 standby; sun 21:30-08:00 standby',
	weekend: 'sat 08:00-15:30; sun 08:00-15:30; tue 10:00-18:00',
};
const ROTA = ['day', 'day', 'eveningEarly', 'nightEarly', 'weekend', 'dayShort', 'eveningLate', 'nightLate'];

const dayAfter = (today, days) => new Date(Date.parse(`${today}T12:00:00Z`) + days * 86400000).toISOString().slice(0, 10);

/** 24 of the people, or as many as are wanted, over clinics and professions. One has let her accreditation lapse and one is full, so that the gate shows. */
export function makeSupporters(people, today, most = 24) {
	const random = chance(24);
	const taken = makeAccounts(people).map((a) => a.person);
	const able = people.filter((p) => !p.staff && p.email && !p.isProtected && p.phone && p.level >= 2 && !taken.includes(p));
	const supporters = [];
	for (let i = 0; i < most; i++) {
		const clinic = `${TRUST} / ${TREE[i % TREE.length][0]} / `;
		const here = able.filter((p) => p.unit.startsWith(clinic) && !supporters.some((s) => s.person === p));
		const fresh = here.filter((p) => !supporters.some((s) => s.person.unit === p.unit));
		const person = pick(random, fresh.length > 0 ? fresh : here);
		const started = 30 + Math.floor(random() * 600), lapsed = i === 22;
		supporters.push({
			person, lapsed, isFull: i === 23, windows: WEEKS[ROTA[i % ROTA.length]],
			languages: [...new Set([person.lang, 'nb', ...(i % 2 === 0 ? ['en'] : []), ...(i % 3 === 0 ? ['sv'] : []), ...(i % 7 === 0 ? ['da'] : [])])],
			since: dayAfter(today, -started - 60).slice(0, 4), interview: dayAfter(today, -started - 60),
			training: dayAfter(today, -started - 20), check: dayAfter(today, -started - 19),
			until: dayAfter(today, lapsed ? -12 : 749 - started), // 24 months after the check
		});
	}
	return supporters;
}

const cell = (value) => (/[;,"\r\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : String(value));
const csv = (rows, separator) => rows.map((row) => row.map(cell).join(separator) + '\r\n').join('');

/** As a Norwegian personnel system exports it. */
export function peopleCsv(people) {
	return '\ufeff' + csv([
		['Ansattnummer', 'Etternavn', 'Fornavn', 'E-post', 'Privat mobil', 'Enhetssti', 'Yrkesgruppe', 'Nivå', 'Leder', 'Personalansvar',
			'Språk', 'Skjermet'],
		...people.map((p) => [p.number, p.family, p.given, p.email, p.phone, p.unit, p.profession, String(p.level), p.leader,
			p.staff ? 'ja' : 'nei', p.lang, p.isProtected ? 'ja' : 'nei']),
	], ';');
}

export function supportersCsv(supporters) {
	return csv([
		['number', 'phone', 'languages', 'since', 'interview', 'training', 'check', 'accredited until', 'windows'],
		...supporters.map((s) => [s.person.number, s.person.phone, s.languages.join(' '), s.since, s.interview, s.training, s.check, s.until, s.windows]),
	], ',');
}

/** The people who sign in. Units are paths; a passphrase of a demonstration is no secret. */
export function makeAccounts(people) {
	const headOf = (end) => people.find((p) => p.staff && p.unit.endsWith(end));
	const staffOf = (end, but) => people.find((p) => !p.staff && p.email && !p.isProtected && p.unit.includes(end) && p !== but);
	const leader = (end, passphrase) => {
		const p = headOf(end);
		return { program: 'duty', role: 'leader', person: p, unit: p.unit, passphrase };
	};
	return [
		leader('/ Akuttmottaket', 'rolig kveld ved fjorden'),
		leader('/ Fødeavdelingen', 'lys i vinduet hele natten'),
		leader('/ Ambulanseavdelingen', 'veien er lang men vi er to'),
		{ program: 'duty', role: 'safety', person: staffOf('/ Akuttklinikken /'), unit: `${TRUST} / Akuttklinikken`, passphrase: 'trygge hender hver dag' },
		{ program: 'duty', role: 'admin', person: staffOf('/ Driftsavdelingen /'), unit: '', passphrase: 'orden i skuffer og skap' },
		{ program: 'haven', role: 'coordinator', person: staffOf('/ Rehabiliteringsavdelingen /'), unit: '', passphrase: 'alle skal bli sett her' },
	];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const [what, option, given] = process.argv.slice(2);
	const today = option === '--today' ? given : new Date().toISOString().slice(0, 10);
	if (!['people', 'supporters'].includes(what) || !/^\d{4}-\d\d-\d\d$/.test(today ?? '')) {
		console.error('usage: node people.mjs people|supporters [--today 2026-11-18]');
		process.exit(64);
	}
	const people = makePeople();
	process.stdout.write(what === 'people' ? peopleCsv(people) : supportersCsv(makeSupporters(people, today)));
}
