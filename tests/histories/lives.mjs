// lives.mjs: what happens, in which hour, and who does what in which history. The clock's steps, the leader, the desks'
// requests and the link scanner are the same in all; only the affected differ, and what a supporter does about it.
import assert from 'node:assert/strict';
import { register } from '../../tools/demo/doors.mjs';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';
import { answer, openOnly } from './colleague.mjs';
import { Desk } from './desk.mjs';
import { signIn } from './gate.mjs';
import { accounts, people, supporterAccounts } from './town.mjs';

const DAY = 86400000;
const FIRST = Date.parse('2026-11-16T00:00:00+01:00'); /* a Monday; no clock change in the 30 days after it */
export const dayStart = (day) => FIRST + day * DAY;
const at = (day, clock) => FIRST + day * DAY + Number(clock.slice(0, 2)) * 3600000 + Number(clock.slice(3)) * 60000;

/** What the affected do. `none` opens nothing. H2's supporters call, talk and close; encounter records do not exist yet. */
export const HISTORIES = {
	H0: { opens: false },
	H1: { opens: true, say: () => ({ kind: 'none' }), twice: true },
	H2: { opens: true, say: (i) => ({ kind: 'call', phone: people[i].phone, note: i % 2 ? 'Helst etter vakten' : '' }) },
	H3: { opens: true, say: (i) => (i % 2 ? { kind: 'later' } : { kind: 'other', phone: people[i].phone }) },
};

const INCIDENTS = {
	A: { leader: 0, kind: 0, severity: 1, clock: '05.40', unit: 'Mottaket', sentence: 'En pårørende truet personalet i venterommet.', who: [1, 2, 3] },
	B: { leader: 1, kind: 2, severity: 1, clock: '06.10', unit: 'Fødestuene', sentence: 'Et uventet dødsfall tidlig på morgenen.',
		who: [13, 14, 15, 16, 17, 18, 19, 23, 25, 26, 27, 28] },
	/* To D its leader is a party: the safety representative leads it. No message reaches one of the affected, and one was affected by B the day before. */
	D: { leader: 0, party: 0, kind: 4, severity: 0, clock: '07.40', unit: 'Mottaket', sentence: 'En uenighet på et møte.', who: [4, 9, 14] },
	C: { leader: 0, kind: 1, severity: 0, clock: '07.20', unit: 'Mottaket', sentence: 'En feil som ble oppdaget i tide.', who: [36] },
};

/** One history as it is lived in its house. */
export class Life {
	heard = []; /* kinds of answers that desks have read */
	hours = new Set(); /* ring hours in which somebody answered */

	constructor(house, name, payloads) {
		Object.assign(this, { house, name, history: HISTORIES[name] });
		this.desks = supporterAccounts.map(({ person }) => new Desk({ haven: house.haven, email: person.email, payload: payloads[person.email] }));
	}

	get now() {
		return this.house.now;
	}

	async signIn({ program, person, passphrase }) {
		const base = program === 'duty' ? this.house.duty : `${this.house.haven}/s`;
		return signIn(base, person.email, passphrase, this.house.address);
	}

	async register(name) {
		const { leader, who, party, ...incident } = INCIDENTS[name];
		const visitor = await this.signIn(accounts[leader]);
		const page = await register(this.house.duty, visitor, { ...incident, date: new Date(this.now).toISOString().slice(0, 10), numbers: who.map((i) => people[i].number) });
		if (party !== undefined)
			await this.partyTo(page, visitor, people[party].number);
		await this.house.clock(this.now); /* through the door, matched, mailed */
	}

	/** Somebody is added as a party and gets no message. */
	async partyTo(incident, visitor, number) {
		const chosen = await visitor.submit(await visitor.get(`${incident.url}/people`), { paste: number }, { button: (b) => b.value === 'paste' });
		const seat = formsOf(chosen.text, chosen.url).flatMap((f) => f.fields).find((f) => f.name === 'seat' && f.options);
		await visitor.submit(chosen, { seat: seat.options.at(-2).value }, { button: (b) => b.value === 'save' });
	}

	/** Somebody is added to A as from outside, by the phone that the directory has of her; and later somebody says that it is she. */
	async addsOutside(i) {
		const visitor = await this.signIn(accounts[0]);
		const list = await visitor.get(`${this.house.duty}/incidents`);
		const page = await visitor.get(`${this.house.duty}${/href="(\/incidents\/[\w-]{22})"/.exec(list.text)[1]}/people`);
		await visitor.submit(page, { 'out-name': people[i].given, 'out-phone': people[i].phone }, { button: (b) => b.value === 'save' });
		await this.house.clock(this.now); /* through the door */
	}

	async saysSame() {
		const visitor = await this.signIn(accounts[0]);
		const list = await visitor.get(`${this.house.duty}/incidents`);
		const incident = await visitor.get(`${this.house.duty}${/href="(\/incidents\/[\w-]{22})"/.exec(list.text)[1]}`);
		const page = await visitor.get(`${this.house.duty}${/href="(\/exposures\/[\w-]{22}\/same)"/.exec(incident.text)[1]}`);
		const said = await visitor.submit(page, {}, { button: (b) => b.value === 'yes' });
		assert.doesNotMatch(said.text, /\/same"/);
		await this.house.clock(this.now);
	}

	/** The newest personal link of each of them who got one. */
	links(who) {
		const to = (m, i) => m.to === people[i].phone || (people[i].email && m.to.includes(people[i].email));
		return who.map((i) => [i, [...this.house.mails, ...this.house.texts].filter((m) => to(m, i) && /\/h\/o\//.test(m.text))
			.sort((a, b) => (a.at < b.at ? -1 : 1)).at(-1)])
			.filter(([, mail]) => mail).map(([i, mail]) => [i, /https?:\/\/\S+\/h\/o\/\S+/.exec(mail.text)[0]]);
	}

	async scanner(name) {
		for (const [, link] of this.links(INCIDENTS[name].who))
			await openOnly(this.house, link);
	}

	/** One after the other, with a tick for each of them in every history. */
	async answers(name, { again = false, most = Infinity } = {}) {
		const { opens, say, twice } = this.history;
		for (const [n, [i, link]] of this.links(INCIDENTS[name].who).entries()) {
			const speaks = opens && (!again || (twice && n % 2 === 0)) && n < most;
			await this.house.tick(speaks ? this.#answer(i, link, say(i)) : undefined);
		}
	}

	async #answer(i, link, said) {
		await openOnly(this.house, link);
		await answer(this.house, link, said, { script: i % 2 === 0, phone: people[i].phone });
		this.hours.add(Math.floor(this.now / 3600000));
	}

	/** Every supporter but those of `absent` opens her desk. */
	async unlock(absent = []) {
		for (const [i, desk] of this.desks.entries()) {
			if (absent.includes(i))
				continue;
			desk.visitor = await this.signIn(supporterAccounts[i]);
			await desk.unlock(this.now, this.hours);
			for (const task of desk.tasks) {
				const said = desk.answer(task);
				if (said)
					this.heard.push(said.kind);
				/* Who was answered knows what to do at once; who was not, tries to call. */
				if (said?.kind === 'call' || !said)
					desk.tried(task, this.now);
				/* Where each write of a vault takes a transaction number (SECURITY.md), she notes it in the afternoon like all. */
				if (said && !this.house.store.ticks)
					await desk.outcome(task, 'reached', this.now);
			}
		}
	}

	async lock() {
		for (const desk of this.desks.filter((d) => d.visitor)) {
			await desk.lock();
			desk.visitor = null;
		}
	}

	/** By the afternoon everybody was spoken to, in every history, but the last of each list. */
	async finish() {
		for (const desk of this.desks.filter((d) => d.visitor))
			for (const [i, task] of [...desk.tasks].sort((a, b) => (a.id < b.id ? -1 : 1)).entries())
				await desk.outcome(task, i > 1 ? 'not-reached' : 'reached', this.now);
	}

	async passOn() {
		const desk = this.desks.find((d) => d.visitor && d.tasks.length > 0);
		await desk.passOn([...desk.tasks].sort((a, b) => (a.id < b.id ? -1 : 1))[0]);
		await this.house.clock(this.now);
	}

	/** The coordinator notes that somebody asked not to be given a certain supporter: the same in all histories. Whoever asks
	    speaks to the coordinator, and no page of hers differs by it. */
	async keepApart(i, supporter) {
		const visitor = await this.signIn(accounts.find((a) => a.role === 'coordinator'));
		const search = await visitor.get(`${this.house.haven}/s/programme/apart`);
		const found = await visitor.submit(search, { q: people[i].number });
		this.apart = /href="(\/s\/programme\/apart\/[\w-]{22})"/.exec(found.text)[1];
		const page = await visitor.get(`${this.house.haven}${this.apart}`);
		const form = formsOf(page.text, page.url).find((f) => f.fields.some((x) => x.kind === 'select'));
		const { value } = form.fields.find((f) => f.name === 'supporter').options.find((o) => o.words.startsWith(supporter.given));
		const question = await visitor.submit(page, { supporter: value }, { which: (f) => f.fields.some((x) => x.kind === 'select') });
		const noted = await visitor.submit(question, {}, { which: (f) => f.fields.some((x) => x.name === 'sure') });
		assert.equal(new URL(noted.url).pathname, this.apart);
	}

	/** The leader of B asks for a session for everybody in it, sees it through, and hears the day. */
	async asksForGroup() {
		const leader = await this.signIn(accounts[1]);
		const list = await leader.get(`${this.house.duty}/incidents`);
		const page = await leader.get(`${this.house.duty}${/href="(\/incidents\/[\w-]{22})"/.exec(list.text)[1]}`);
		await leader.submit(page, {}, { which: (f) => f.fields.some((x) => x.name === 'wish') });
		await this.house.clock(this.now); /* through the door */
	}

	/** The coordinator plans it for tomorrow at ten, with the first two supporters; or, where it is planned, moves it to this place. */
	async plansGroup(place) {
		const visitor = await this.signIn(accounts.find((a) => a.role === 'coordinator'));
		const list = await visitor.get(`${this.house.haven}/s/programme/groups`);
		const plan = await visitor.get(`${this.house.haven}${/href="(\/s\/programme\/groups\/[\w-]{22})"/.exec(list.text)[1]}`);
		const isPlan = (f) => f.fields.some((x) => x.name === 'clock'), of = (page) => formsOf(page.text, page.url).find(isPlan).fields;
		const tomorrow = of(plan).find((x) => x.name === 'day').options[1].value;
		const found = await visitor.submit(plan, { day: tomorrow, clock: '10', place }, { which: isPlan, button: (b) => b.value === 'find' });
		const lead = (name, i) => of(found).find((x) => x.name === name).options
			.find((o) => o.words.startsWith(`${supporterAccounts[i].person.given} ${supporterAccounts[i].person.family}`)).value;
		let saved = await visitor.submit(found, { first: lead('first', 0), second: lead('second', 1) }, { which: isPlan, button: (b) => b.value === 'save' });
		if (formsOf(saved.text, saved.url).some((f) => f.fields.some((x) => x.name === 'sure')))
			saved = await visitor.submit(saved, {}, { which: (f) => f.fields.some((x) => x.name === 'sure') });
		assert.equal(new URL(saved.url).pathname, '/s/programme/groups');
		await this.house.clock(this.now);
	}

	/** One of the two says that it was held. Whoever came, or stayed away, nobody is told. */
	async heldGroup() {
		const visitor = await this.signIn(supporterAccounts[1]);
		const desk = await visitor.get(`${this.house.haven}/s/desk`);
		const page = await visitor.get(`${this.house.haven}${/href="(\/s\/groups\/[\w-]{22})"/.exec(desk.text)[1]}`);
		const question = await visitor.submit(page, { held: 'yes' }, { which: (f) => f.fields.some((x) => x.name === 'held') });
		const said = await visitor.submit(question, {}, { which: (f) => f.fields.some((x) => x.name === 'sure') });
		assert.equal(new URL(said.url).pathname, '/s/desk');
		await this.house.clock(this.now);
	}

	/** What the gateway has to tell of the messages so far. */
	gatewayTells() {
		return this.house.gatewayTells();
	}

	/** The leader looks at her incidents; somebody in the programme at hers. */
	async look() {
		const leader = await this.signIn(accounts[0]);
		const page = await leader.get(`${this.house.duty}/incidents`);
		for (const [, path] of page.text.matchAll(/href="(\/incidents\/[\w-]{22})"/g))
			await leader.get(`${this.house.duty}${path}`);
	}

	/** Somebody tells on duty's page that a person was left out, the same in all histories; a leader has not decided yet. */
	async tell() {
		/* Also of long before incident D: whoever is a party to that reads nothing of those days. */
		for (const [place, when] of [['Mottaket', { day: '1' }], ['Mottaket', { day: '2', date: '2026-10-01' }], ['Fødestuene', { day: '1' }], ['Parkeringshuset', { day: '1' }]]) {
			const visitor = new Visitor({ machine: this.house.address });
			const page = await visitor.get(`${this.house.duty}/there`);
			const sent = await visitor.submit(page, { who: 'other', ...when, place, name: 'Ola Vikar', contact: '+47 00 00 09 99' });
			assert.equal(new URL(sent.url).pathname, '/there/sent');
		}
	}

	/** Colleagues without a link: the front page, in all histories. */
	async passersBy() {
		const visitor = new Visitor({ machine: this.house.address });
		const page = await visitor.get(`${this.house.haven}/`);
		assert.ok(wordsOf(page.text).length > 0 && formsOf(page.text, page.url));
	}
}

/** [{ at, name, run(life), pages }]: in order. `pages`: every page of every role is compared afterwards. */
export function moments(days) {
	const list = [];
	const add = (day, clock, name, run, pages = false) => day < days && list.push({ at: at(day, clock), name, run, pages });
	add(0, '08:40', 'one of those who will be affected has asked not to be given a certain supporter', (l) => l.keepApart(1, supporterAccounts[0].person));
	add(0, '09:10', 'incident A is registered', (l) => l.register('A'));
	add(0, '09:15', 'the gateway tells what became of the messages', (l) => l.gatewayTells());
	add(0, '09:20', 'a link scanner opens the links', (l) => l.scanner('A'));
	add(0, '10:20', 'the affected of A answer', (l) => l.answers('A'), true);
	add(0, '10:40', 'somebody is added who is thought to be from outside', (l) => l.addsOutside(5), true);
	add(0, '11:10', 'somebody tells that a person was left out', (l) => l.tell());
	add(0, '12:15', 'the desks are opened', (l) => l.unlock([5]));
	add(0, '12:30', 'one passes a task on', (l) => l.passOn(), true);
	add(0, '12:40', 'the desks are locked', (l) => l.lock());
	add(0, '14:20', 'half answer again', (l) => l.answers('A', { again: true }));
	add(0, '16:10', 'the leader looks', (l) => l.look());
	add(1, '08:10', 'the leader says that she is somebody of the directory', (l) => l.saysSame(), true);
	add(1, '08:15', 'the desks are opened', (l) => l.unlock([5]));
	add(1, '08:40', 'the desks are locked', (l) => l.lock());
	add(1, '09:10', 'incident B is registered', (l) => l.register('B'));
	add(1, '09:15', 'the gateway tells what became of the messages', (l) => l.gatewayTells());
	add(1, '09:20', 'a link scanner opens the links', (l) => l.scanner('B'));
	add(1, '09:40', 'all answer within the hour of the mail', (l) => l.answers('B'));
	add(1, '09:50', 'half answer again', (l) => l.answers('B', { again: true }));
	add(1, '10:10', 'the leader of B asks for a group session', (l) => l.asksForGroup());
	add(1, '10:40', 'the coordinator plans it', (l) => l.plansGroup('Møterom 2'));
	add(1, '10:50', 'a link scanner opens the links', (l) => l.scanner('B'));
	add(1, '11:20', 'the affected of B answer', (l) => l.answers('B'), true);
	add(1, '13:15', 'the desks are opened', (l) => l.unlock([5]));
	add(1, '13:30', 'calls are noted', (l) => l.finish());
	add(1, '13:40', 'the desks are locked', (l) => l.lock(), true);
	add(1, '16:20', 'half answer again', (l) => l.answers('B', { again: true }));
	add(1, '15:20', 'the session is moved to another room', (l) => l.plansGroup('Biblioteket'), true);
	add(2, '11:20', 'one of the two says that the session was held', (l) => l.heldGroup(), true);
	add(2, '09:10', 'incident D is registered, and its leader is a party to it', (l) => l.register('D'));
	add(2, '10:20', 'the affected of D answer', (l) => l.answers('D'), true);
	add(3, '09:10', 'incident C is registered', (l) => l.register('C'));
	add(3, '09:15', 'the gateway tells what became of the messages', (l) => l.gatewayTells());
	add(3, '10:20', 'the affected of C answers', (l) => l.answers('C'), true);
	for (let day = 2; day < days; day++) {
		if (day > 9 && day % 4 !== 0)
			continue;
		add(day, '08:15', 'the desks are opened', (l) => l.unlock());
		add(day, '08:40', 'the desks are locked', (l) => l.lock());
		add(day, '13:15', 'the desks are opened', (l) => l.unlock());
		add(day, '13:30', 'calls are noted', (l) => l.finish());
		add(day, '13:40', 'the desks are locked', (l) => l.lock());
		add(day, '16:10', 'the leader looks', (l) => l.look());
		add(day, '16:40', 'somebody looks at the front page', (l) => l.passersBy());
	}
	add(3, '17:20', 'the second message is answered', (l) => l.answers('A'), true);
	add(4, '17:20', 'the second message is answered', (l) => l.answers('B'));
	add(8, '11:20', 'two answer days later, in an hour in which nobody is written to', (l) => l.answers('B', { most: 2 }));
	add(28, '10:20', 'the check is opened', (l) => l.answers('A'), true);
	return list.sort((a, b) => a.at - b.at);
}
