// Who is in the small workplace of the journeys, and how it is filled: by the commands and pages that everybody has.
import { firstAdministrator, firstKeys, linkIn, welcome } from '../../tools/demo/doors.mjs';
import { World } from './world.mjs';

export const AT = '2026-11-18T22:39:00+01:00'; // a Wednesday, late
export const PASSPHRASE = 'en rolig kveld ved vannet';
const TRUST = 'Bjørkli sykehus';
export const UNIT = `${TRUST} / Akuttklinikken / Akuttmottaket`;
export const TITLE = 'En besøkende truet personalet i venterommet.';

const person = (number, given, family, unit, profession, more = {}) => ({
	number: String(number), given, family, unit, profession, lang: 'nb', email: `${given.toLowerCase().replace(/å/g, 'aa')}@bjorkli.example`,
	phone: `+47${String(number).padStart(8, '0')}`, name: `${given} ${family}`, level: 2, staff: false,
	isProtected: false, ...more,
});

/** Seven who are affected, each with a fate of their own. */
export const cast = (language) => {
	const leader = person(100, 'Solveig', 'Grøtfatberget', UNIT, 'Sykepleier', { staff: true, lang: language, level: 4 });
	const affected = {
		call: person(201, 'Ingrid', 'Lyktevollen', UNIT, 'Sykepleier'),
		other: person(202, 'Åsa', 'Måneskinnrud', UNIT, 'Sykepleier', { lang: 'sv' }),
		later: person(203, 'Emma', 'Vindkastlien', UNIT, 'Lege', { lang: 'en' }), // deferred by the mail server
		none: person(204, 'Nils', 'Tåkelurdalen', UNIT, 'Helsefagarbeider', { lang: 'da' }),
		silent: person(205, 'Mehmet', 'Regnbuetangen', UNIT, 'Portør', { email: '' }),
		refused: person(206, 'Runa', 'Svalefossen', UNIT, 'Lege'), // by the mail server
		bounced: person(207, 'Birk', 'Frostnatteng', UNIT, 'Sykepleier', { lang: 'sv' }), // comes back later
	};
	const elsewhere = (name) => `${TRUST} / Kirurgisk klinikk / ${name}`;
	// One more than there are people to contact, and alike: so each gets one, and whoever takes over has two.
	const supporters = [['Kari', 'Stjerneklarseter', 'Sengepost 1'], ['Tove', 'Teskjekroken', 'Sengepost 2'],
		['Jonas', 'Trehesthaugen', 'Operasjonen'], ['Amund', 'Papirbåtneset', 'Operasjonen'], ['Yngvild', 'Sildreholmen', 'Intensiven'],
		['Eskil', 'Drivisbukta', 'Intensiven'], ['Hedda', 'Rimfrostvollen', 'Sengepost 1'], ['Trym', 'Nøsteskaret', 'Sengepost 2'],
	].map(([given, family, unit], i) => person(301 + i, given, family, elsewhere(unit), 'Vernepleier'));
	const coordinator = person(401, 'Berit', 'Pepperkaketjernet', elsewhere('Staben'), 'Rådgiver');
	return { leader, affected, supporters, coordinator, everybody: [leader, ...Object.values(affected), ...supporters, coordinator] };
};

const row = (cells) => cells.map((c) => (/[";,]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c)).join(';');

export const peopleFile = (people) => [
	'Ansattnummer;Etternavn;Fornavn;E-post;Privat mobil;Enhetssti;Yrkesgruppe;Nivå;Personalansvar;Språk;Skjermet',
	...people.map((p) => row([p.number, p.family, p.given, p.email, p.phone, p.unit, p.profession, String(p.level), p.staff ? 'ja' : 'nei', p.lang,
		p.isProtected ? 'ja' : 'nei'])), ''].join('\n');

const WINDOWS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => `${d} 08:00-20:00`).join('; ');

export const supportersFile = (supporters) => [
	'number,phone,languages,since,interview,training,check,accredited until,windows',
	...supporters.map((s) => [s.number, s.phone, 'nb sv da en', '2025', '2025-02-01', '2025-03-01', '2025-03-02', '2027-03-01',
		`"${WINDOWS}"`].join(',')), ''].join('\n');

/** A workplace ready for its first incident. → { world, cast, codes: e-mail → recovery code }. `ready`: how many of the supporters
    are there; `settings`: more of haven's;
    `sms(cast)`: { refuse, defer }, numbers that the gateway treats so. */
export async function build(language, { ready = Infinity, settings = [], sms = null } = {}) {
	const people = cast(language), { affected } = people;
	people.supporters = people.supporters.slice(0, ready);
	const world = await World.start({ at: AT, language, refuse: [affected.refused.email], defer: [affected.later.email], settings,
		sms: sms && { refuse: sms(people).refuse, defer: sms(people).defer } });
	const codes = {};
	try {
		await world.makker('people', 'import', world.file('people.csv', peopleFile(people.everybody)));
		await welcome(linkIn(await world.makker('user', 'duty', 'add', people.leader.email, '--name', people.leader.name, '--role', 'leader',
			'--unit', UNIT, '--lang', language)), PASSPHRASE);
		await firstAdministrator((...words) => world.makker('user', 'duty', ...words), world.duty, PASSPHRASE);
		await world.clock('+1m'); // the directory goes through the door
		if (ready > 0)
			await world.makker('supporters', 'import', world.file('supporters.csv', supportersFile(people.supporters)));
		for (const one of people.supporters) {
			const visitor = await welcome(linkIn(await world.makker('user', 'haven', 'invite', one.email)), PASSPHRASE, language);
			await firstKeys(world.haven, visitor, world.now(), (code) => { codes[one.email] = code; });
		}
	} catch (error) {
		error.message += `\n${world.log}`;
		await world.stop();
		throw error;
	}
	return { world, ...people, codes };
}

/** The coordinator gets her sign-in. */
export async function appoint(world, coordinator, language) {
	await welcome(linkIn(await world.makker('user', 'haven', 'add', coordinator.email, '--name', coordinator.name, '--role', 'coordinator',
		'--lang', language)), PASSPHRASE, language);
}
