// place.mjs: a workplace with somebody of every role, two of whom have something of their own, made through the programs' own doors.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstKeys, giveRoles, linkIn, register } from '../../tools/demo/doors.mjs';
import { Visitor, formsOf } from '../../tools/demo/visitor.mjs';
import { House, PROGRAMS } from '../histories/house.mjs';
import { welcome } from '../histories/gate.mjs';
import { ROLES } from './routes.mjs';

const START = '2026-11-16T09:00:00+01:00'; /* a Monday */
const MINUTE = 60000;
const PASSPHRASE = 'lys i vinduet hele natten';
const TRUST = 'Bjørkli sykehus';
export const UNITS = [`${TRUST} / Mottaket`, `${TRUST} / Fødestuene`];
const HELPERS = `${TRUST} / Staben`;

const person = (number, unit, more = {}) => ({ number: String(number), given: `Fornavn${number}`, family: `Etternavn${number}`, unit,
	email: `p${number}@bjorkli.example`, staff: false, ...more });
const mail = (p) => p.email;
const leaders = [person(100, UNITS[0], { staff: true }), person(200, UNITS[1], { staff: true })];
/* One of them has neither mail nor telephone: no message can reach her. */
const affected = [[101, 102, 103], [201, 202, 203]].map((numbers, i) => numbers.map((n) => person(n, UNITS[i], n === 203 ? { email: '', phone: '' } : {})));
const supporters = [301, 302, 303, 304, 305, 306, 307, 308].map((n) => person(n, HELPERS));
const uninvited = person(309, HELPERS); /* a supporter whose invitation the mail server refuses */

const csv = (rows, mark) => `${rows.map((row) => row.join(mark)).join('\n')}\n`;
const peopleFile = () => csv([['Ansattnummer', 'Etternavn', 'Fornavn', 'E-post', 'Privat mobil', 'Enhetssti', 'Yrkesgruppe', 'Nivå', 'Personalansvar', 'Språk'],
	...[...leaders, ...affected.flat(), ...supporters, uninvited].map((p) => [p.number, p.family, p.given, p.email, p.phone ?? `+47 00 00 0${p.number}`, p.unit,
		'Sykepleier', '2', p.staff ? 'ja' : 'nei', 'nb'])], ';');
const WINDOWS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => `${d} 08:00-20:00`).join('; ');
const supportersFile = () => csv([['number', 'phone', 'languages', 'since', 'interview', 'training', 'check', 'accredited until', 'windows'],
	...[...supporters, uninvited].map((p) => [p.number, `+47 99 99 0${p.number}`, 'nb', '2025', '2025-02-01', '2025-03-01', '2025-03-02', '2027-03-01', WINDOWS])], ',');

/** A visitor who says that she has a session of this program, whatever it is. */
export class Stranger extends Visitor {
	constructor(cookie) {
		super();
		this.cookie = cookie;
	}

	request(address, options = {}) {
		return super.request(address, { ...options, headers: { ...(this.cookie ? { cookie: this.cookie } : {}), ...options.headers } });
	}
}

const BASE = { duty: '', haven: '/s' };
const KEEPS = { duty: 'admin', haven: 'coordinator' }; /* the accounts */

export class Place {
	/** By "program role", and a second one of some: signed-in visitors. */
	who = {};
	emails = {};

	constructor(binaries, ports, folder, store) {
		this.house = new House({ name: 'the access matrix', folder, address: '127.0.0.1', ports, binaries, seed: 'access', store,
			post: { refuse: [mail(uninvited)] } });
	}

	async #account(program, email, role, unit) {
		const out = await this.house.command(program, START, ['user', 'add', email, '--name', 'Somebody', '--role', role, ...(unit ? ['--unit', unit] : [])]);
		this.emails[`${program} ${role}`] ??= email;
		const visitor = await welcome(linkIn(out), PASSPHRASE), by = this.who[`${program} ${KEEPS[program]}`];
		if (by)
			await giveRoles(`${this.house[program]}${BASE[program]}`, by);
		return visitor;
	}

	/* The id behind a name in a list, where the list has a card for each. */
	async #inCard(program, path, visitor, words, what) {
		const page = await visitor.get(`${this.house[program]}${path}`);
		const card = page.text.split(/<(?:li|section)\b/).find((c) => c.includes(words) && what.test(c));
		if (!card)
			throw new Error(`${path} has nothing for ${words}`);
		return what.exec(card)[1];
	}

	async build() {
		const { house } = this, at = Date.parse(START);
		await house.place();
		for (const program of PROGRAMS)
			await house.command(program, START, ['init']);
		for (const [name, text] of [['people.csv', peopleFile()], ['supporters.csv', supportersFile()]])
			writeFileSync(join(house.folder, name), text);
		await house.command('duty', START, ['people', 'import', join(house.folder, 'people.csv')]);
		this.routes = (await Promise.all(PROGRAMS.map((p) => house.command(p, START, ['routes'])))).join('');
		await house.start(START);
		await house.clock(at + MINUTE); /* the directory goes through the door */
		await house.command('haven', START, ['supporters', 'import', join(house.folder, 'supporters.csv')]);
		await this.#people(at);
		await this.#incidents(at);
		await this.#told();
		await this.#supporters(at);
		this.reports = /\/sms\/([\w-]{22})/.exec(await house.command('haven', START, ['sms']))[1];
	}

	/* Somebody from outside in this incident, by the phone that the directory has of somebody of the other unit. → her exposure */
	async #outsider(leader, id) {
		const { duty } = this.house;
		await leader.submit(await leader.get(`${duty}/incidents/${id}/people`), { 'out-name': 'Noen utenfra', 'out-phone': '+47 00 00 0202' },
			{ button: (b) => b.value === 'save' });
		const exposure = JSON.parse((await leader.get(`${duty}/incidents/${id}/state`)).text).seats.at(-1).id;
		this.phoneOwner = /name="person" value="([\w-]{22})"/.exec((await leader.get(`${duty}/exposures/${exposure}/same`)).text)[1];
		return exposure;
	}

	/* One of the first unit to which its leader is a party: the safety representative leads it. */
	async #fallen() {
		const { duty } = this.house, leader = this.who['duty leader'];
		const page = await register(duty, leader, { kind: 5, severity: 0, date: '2026-11-14', clock: '11.00', unit: UNITS[0].split(' / ')[1],
			sentence: 'En hendelse om lederen.', numbers: [affected[0][0].number] });
		const id = /\/incidents\/([\w-]{22})/.exec(page.url)[1];
		const seats = JSON.parse((await leader.get(`${duty}/incidents/${id}/state`)).text).seats;
		const outsider = await this.#outsider(leader, id);
		const more = await leader.get(`${duty}/incidents/${id}/people`);
		const chosen = await leader.submit(more, { paste: leaders[0].number }, { button: (b) => b.value === 'paste' });
		const seat = formsOf(chosen.text, chosen.url).flatMap((f) => f.fields).filter((f) => f.name === 'seat').at(-1);
		await leader.submit(chosen, { seat: seat.options.at(-2).value }, { button: (b) => b.value === 'save' });
		this.fallen = { id, seat: seats[0].id, outsider };
	}

	/* A group session after each of the two incidents: the first is led by her who holds a task, the second by two others. */
	async #groups(at, [holder, other]) {
		const { duty, haven } = this.house, coordinator = this.who['haven coordinator'];
		const rest = supporters.map((_, i) => i).filter((i) => i !== holder && i !== other);
		for (const [i, name] of ['duty leader', 'duty other leader'].entries()) {
			const { id } = this.incidents[i], leader = this.who[name], isWish = (f) => f.fields.some((x) => x.name === 'wish');
			await leader.submit(await leader.get(`${duty}/incidents/${id}`), {}, { which: isWish });
		}
		await this.house.clock(at + 91 * MINUTE);
		for (const [i, pair] of [[holder, rest[0]], [rest[1], rest[2]]].entries()) {
			const isPlan = (f) => f.fields.some((x) => x.name === 'clock'), of = (page) => formsOf(page.text, page.url).find(isPlan).fields;
			const plan = await coordinator.get(`${haven}/s/programme/groups/${this.incidents[i].id}`);
			const day = of(plan).find((x) => x.name === 'day').options[1].value;
			const found = await coordinator.submit(plan, { day, clock: '10', place: 'Møterommet' }, { which: isPlan, button: (b) => b.value === 'find' });
			const lead = (name, n) => of(found).find((x) => x.name === name).options.find((o) => o.words.startsWith(`Fornavn${supporters[n].number}`)).value;
			const saved = await coordinator.submit(found, { first: lead('first', pair[0]), second: lead('second', pair[1]) },
				{ which: isPlan, button: (b) => b.value === 'save' });
			if (!saved.url.endsWith('/s/programme/groups'))
				throw new Error(`the group session was not planned: ${saved.text.slice(-3000)}`);
		}
	}

	/* Somebody without an account tells: of the first unit long before the incident to which its leader is a party, and near it; of the
	   second unit; and of a place that nobody leads. */
	async #told() {
		const { duty } = this.house, places = [[UNITS[0], '2026-10-01'], [UNITS[0], '2026-11-15'], [UNITS[1], '2026-11-15'],
			['Parkeringsplassen', '2026-11-15'], ['Kantina', '2026-11-14']];
		for (const [at, date] of places) {
			const visitor = new Visitor();
			await visitor.submit(await visitor.get(`${duty}/there`), { who: 'me', day: '2', date, place: at, name: `Noen ved ${at}`, contact: '+47 00 00 09 99' });
		}
		const first = async (name, what = /\/reported\/([\w-]{22})"/) => what.exec((await this.who[name].get(`${duty}/reported`)).text)[1];
		this.told = { own: await first('duty leader'), other: await first('duty other leader'), fallen: await first('duty safety'),
			nobodys: {} };
		const page = await this.who['duty safety'].get(`${duty}/reported`);
		[this.told.nobodys.safety, this.told.nobodys.admin] = [...page.text.matchAll(/\/reported\/([\w-]{22})\/unit"/g)].map((m) => m[1]);
	}

	async #people(at) {
		const { who } = this;
		who['duty admin'] = await this.#account('duty', 'admin@bjorkli.example', 'admin');
		who['duty other admin'] = await this.#account('duty', 'admin2@bjorkli.example', 'admin');
		who['duty leader'] = await this.#account('duty', mail(leaders[0]), 'leader', UNITS[0]);
		who['duty other leader'] = await this.#account('duty', mail(leaders[1]), 'leader', UNITS[1]);
		who['duty safety'] = await this.#account('duty', 'verneombud@bjorkli.example', 'safety', UNITS[0]);
		who['duty ended'] = await this.#account('duty', 'ended@bjorkli.example', 'leader', UNITS[0]);
		who['haven coordinator'] = await this.#account('haven', 'koordinator@bjorkli.example', 'coordinator');
		who['haven ended'] = await this.#account('haven', 'ended@bjorkli.example', 'coordinator');
		for (const program of PROGRAMS)
			await this.house.command(program, START, ['user', 'end', 'ended@bjorkli.example']);
		await this.#waiting();
		this.desks = [];
		this.supporters = [];
		for (const one of supporters) {
			const visitor = await welcome(linkIn(await this.house.command('haven', START, ['user', 'invite', one.email])), PASSPHRASE);
			this.supporters.push(JSON.parse((await visitor.get(`${this.house.haven}/s/desk/keys`)).text).supporter.id);
			await firstKeys(this.house.haven, visitor, at, () => {});
			this.desks.push(visitor);
		}
	}

	/* Roles that wait, for each who could confirm: one of somebody else's, and one that she may not confirm, since it is her own or she
	   asked for it. An account that nobody touches, and one from which a role is to be taken. */
	async #waiting() {
		const { who } = this, add = (program, email, role, ...unit) =>
			this.house.command(program, START, ['user', 'add', email, '--name', 'Waits', '--role', role, ...unit]);
		this.grants = {};
		this.accounts = {};
		this.taken = {};
		this.invitations = {};
		for (const [program, role, unit] of [['duty', 'leader', ['--unit', HELPERS]], ['haven', 'coordinator', []]]) {
			const by = who[`${program} ${KEEPS[program]}`], of = (path, words, what) => this.#inCard(program, `${BASE[program]}${path}`, by, words, what);
			who[`${program} other`] = await this.#account(program, 'taken@bjorkli.example', role, unit[1]);
			const account = await of('/accounts', 'taken@bjorkli.example', /accounts\/([\w-]{22})"/);
			const taken = /\/take\?[^"]*unit=([\w-]{22})/.exec((await by.get(`${this.house[program]}${BASE[program]}/accounts/${account}`)).text);
			this.taken[program] = { account, role, unit: taken[1] };
			this.invitations[program] = /\/welcome\/([\w-]+)/.exec(await add(program, 'waits@bjorkli.example', role, ...unit))[1];
			this.accounts[program] = await of('/accounts', 'waits@bjorkli.example', /accounts\/([\w-]{22})"/);
		}
		const grant = (asker, words) => this.#inCard(...(asker.startsWith('duty') ? ['duty', '/grants'] : ['haven', '/s/grants']), who[asker], words, /name="grant" value="([\w-]{22})"/);
		for (const [asker, email] of [['duty admin', 'admin@bjorkli.example'], ['duty safety', 'verneombud@bjorkli.example']]) {
			await add('duty', `for-${email}`, 'leader', '--unit', HELPERS);
			await add('duty', email, 'leader', '--unit', HELPERS);
			this.grants[asker] = { own: await grant(asker, `for-${email}`), other: await grant(asker === 'duty admin' ? 'duty safety' : 'duty admin', `>${email}`) };
		}
		const coordinator = who['haven coordinator'], form = await coordinator.get(`${this.house.haven}/s/accounts/new`);
		await coordinator.submit(form, { name: 'Asked', email: 'asked@bjorkli.example', role: formsOf(form.text, form.url).flatMap((f) => f.fields)
			.find((f) => f.name === 'role').options?.at(-1).value ?? 'coordinator' });
		this.grants['haven coordinator'] = { own: await grant('haven coordinator', 'waits@bjorkli.example'), other: await grant('haven other', 'asked@bjorkli.example') };
	}

	/* One who asks for new keys, and one whose invitation the mail server refused; somebody whom no message could reach. */
	async #supporters(at) {
		const { haven } = this.house, coordinator = this.who['haven coordinator'], last = this.desks.at(-1);
		const desk = await last.get(`${haven}/s/desk`), csrf = /data-csrf="([^"]+)"/.exec(desk.text)[1];
		const asked = await last.request(`${haven}/s/keys/ask`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
		if (asked.status !== 204)
			throw new Error(`nobody could ask for new keys: ${asked.status}`);
		this.lost = { own: this.supporters.at(-1), other: this.supporters[1] };
		await this.house.command('haven', START, ['user', 'invite', mail(uninvited), '--mail']);
		await this.house.clock(at + 95 * MINUTE);
		const page = await coordinator.get(`${haven}/s/programme`);
		const account = formsOf(page.text, page.url).flatMap((f) => f.fields).find((f) => f.name === 'account');
		const other = await this.#inCard('haven', '/s/accounts', coordinator, mail(supporters[1]), /accounts\/([\w-]{22})"/);
		this.undelivered = { own: account.value, other };
		const unreached = await coordinator.get(`${haven}/s/programme/unreached`);
		this.unreached = formsOf(unreached.text, unreached.url).flatMap((f) => f.fields).find((f) => f.name === 'task').value;
	}

	async #post(visitor, path, body, type) {
		const { duty } = this.house, csrf = /name="csrf" value="([^"]+)"/.exec((await visitor.get(`${duty}/account`)).text)[1];
		return visitor.request(`${duty}${path}`, { method: 'POST', body: body(csrf), headers: { 'content-type': type } });
	}

	/** Whatever import there was is given up. → what was handed in */
	async noImport(id) {
		if (this.importing)
			await this.#post(this.importing.visitor, '/directory/import/give-up',
				(csrf) => new URLSearchParams({ csrf, import: this.importing.id }).toString(), 'application/x-www-form-urlencoded');
		delete this.importing;
		return id;
	}

	/** A new import of this administrator's. → its id. */
	async import(name) {
		await this.noImport();
		const visitor = this.who[name], part = (head, text) => `--edge\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
		await this.#post(visitor, '/directory/import', (csrf) => `${part('name="csrf"', csrf)}${part('name="file"; filename="people.csv"', peopleFile())}--edge--\r\n`,
			'multipart/form-data; boundary=edge');
		const page = await visitor.get(`${this.house.duty}/directory/import`);
		const id = /name="import" value="([\w-]{22})"/.exec(page.text)?.[1];
		if (!id)
			throw new Error(`no import was begun: ${page.text.slice(-2000)}`);
		this.importing = { visitor, id };
		return id;
	}

	async #incidents(at) {
		const names = ['duty leader', 'duty other leader'];
		this.incidents = [];
		for (const [i, name] of names.entries()) {
			const page = await register(this.house.duty, this.who[name], { kind: 0, severity: 1, date: '2026-11-15', clock: '22.40',
				unit: UNITS[i].split(' / ')[1], sentence: `En hendelse nummer ${i}.`, numbers: affected[i].map((p) => p.number) });
			const id = /\/incidents\/([\w-]{22})/.exec(page.url)[1];
			const state = await this.who[name].get(`${this.house.duty}/incidents/${id}/state`);
			const units = formsOf((await this.who[name].get(`${this.house.duty}/incidents/new`)).text, this.house.duty).flatMap((f) => f.fields)
				.find((f) => f.name === 'unit').options.map((o) => o.value).filter(Boolean);
			this.incidents.push({ id, seats: JSON.parse(state.text).seats.map((s) => s.id), unit: units[0] });
		}
		this.incidents[0].outsider = await this.#outsider(this.who['duty leader'], this.incidents[0].id);
		await this.#fallen();
		this.units = { own: this.incidents[0].unit, other: this.incidents[1].unit };
		for (const minutes of [2, 3, 90])
			await this.house.clock(at + minutes * MINUTE);
		this.tasks = [];
		for (const visitor of this.desks) {
			const { tasks } = JSON.parse((await visitor.get(`${this.house.haven}/s/desk/data`)).text);
			this.tasks.push(tasks.filter((t) => t.role === 0).map((t) => t.id));
		}
		const holder = this.tasks.findIndex((t) => t.length > 0);
		const other = this.tasks.findIndex((t, i) => i !== holder && t.length > 0);
		if (holder < 0 || other < 0)
			throw new Error('no two supporters hold a task');
		this.who['haven supporter'] = this.desks[holder];
		this.emails['haven supporter'] = mail(supporters[holder]);
		await this.#groups(at, [holder, other]);
		this.own = { task: this.tasks[holder][0], otherTask: this.tasks[other][0] };
		const found = await this.who['haven coordinator'].submit(await this.who['haven coordinator'].get(`${this.house.haven}/s/programme/apart`),
			{ q: affected[0][0].number });
		this.person = /\/s\/programme\/apart\/([\w-]{22})/.exec(found.text + found.url)[1];
		this.hour = String(Math.floor((at + 2 * MINUTE) / 3600000));
		this.links = [...this.house.mails, ...this.house.texts].map((m) => /\/h\/o\/([\w-]{22})/.exec(m.text)?.[1]).filter(Boolean);
	}

	/** Everybody who could ask something of a program: { name: { role, visitor } }; role null: must count as nobody. */
	askers(program) {
		const other = program === 'duty' ? 'haven' : 'duty', role = { duty: 'coordinator', haven: 'leader' }[program];
		const elsewhere = this.who[`${other} ${role}`].cookie(`makker-${other}`);
		return {
			nobody: { role: null, visitor: new Visitor() },
			'whose sign-in was ended': { role: null, visitor: this.who[`${program} ended`] },
			[`a session of makker-${other}`]: { role: null, visitor: new Stranger(`makker-${program}=${elsewhere}`) },
			...Object.fromEntries(ROLES[program].map((r) => [r, { role: r, visitor: this.who[`${program} ${r}`] }])),
		};
	}

	/** Signs somebody in again, whose session a request has ended. */
	async again(program, role, visitor) {
		const page = await visitor.get(`${this.house[program]}${BASE[program]}/sign-in`);
		const email = this.emails[`${program} ${role}`];
		await visitor.submit(page, { email, passphrase: PASSPHRASE });
	}

	stop() {
		return this.house.stop();
	}
}
