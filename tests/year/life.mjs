// life.mjs: the year as it is lived: who does what when, and a ledger of it. The ledger knows what people did and what they were
// told was done; never what the programs have written down, but for what a page shows.
import { fromId, toHex } from '../../client/bytes.js';
import { register } from '../../tools/demo/doors.mjs';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';
import { answer } from '../histories/colleague.mjs';
import { Desk } from '../histories/desk.mjs';
import { DAY, HOUR, MINUTE, addDays, clockOf, dayOf, dice, wall } from './plan.mjs';
import { afterwards } from './found.mjs';
import { smsOf } from './hospital.mjs';

/* Incidents close at 15:00, and are looked at later. */
const closingBefore = (ms) => (clockOf(ms) >= '15:00' ? wall(dayOf(ms), '15:00') : wall(addDays(dayOf(ms), -1), '15:00'));

const SENTENCES = ['En pårørende truet personalet i venterommet', 'Et uventet dødsfall på avdelingen', 'En feil som ble oppdaget i tide',
	'En ulykke under utrykning', 'En uenighet på et møte', 'En krevende gjenoppliving', 'En brann i et teknisk rom'];

export class Life {
	agenda = [];
	incidents = [];
	answers = []; /* acknowledged: { n, one, kind, marker, at, hour, ref (of the page on which it was said), lost } */
	assigned = []; /* { from, at, incident, name, supporter, unready }: as the coordinator's page shows it at `at`, and not yet at `from` */
	readings = []; /* { marker, as: 'task' or 'chosen', desk, at } */
	looked = 0; /* when the coordinator's page was last read */
	told = []; /* { supporter, at, outcomes, left }: what a desk said, and since when which of the tasks are hers no more */
	deadlines = []; /* { one, supporter, at, deadline, moved }: as desks show them */
	openedFor = []; /* { one, desk, at, ref }: a desk was opened that had her task, as it was then */
	held = new Map(); /* one affected → supporters whose desks have shown her task */
	down = { haven: [], duty: [] }; /* { from, to } */
	tasks = new Map(); /* task → one affected */
	keys = 0; /* entries of the key log */
	pages = []; /* duty's, as they were read: { at, text } */
	events = [];
	#opened = new Set();
	hours = new Set(); /* in which somebody answered */
	worthTrying = new Set(); /* hour, incident and name; the hour alone: somebody chose whom to talk to */
	isWorthTrying = (hour, task) => this.worthTrying.has(task ? `${hour} ${task.title} ${task.name}` : `${hour}`);
	#read = 0; /* of the messages */
	#came = new Map(); /* how many, by address */

	constructor(hospital, note = () => {}) {
		Object.assign(this, { hospital, plan: hospital.plan, note });
		this.desks = new Map();
		hospital.supporters.forEach((s) => this.begins(s));
		this.plan.incidents.forEach((one) => this.at(one.at, `incident ${one.n} is registered`, () => this.register(one)));
	}

	get now() {
		return this.hospital.now;
	}

	dice(...name) {
		return dice(this.plan.seed, ...name);
	}

	/** Something to come. What is past comes at once. */
	at(when, name, run) {
		this.agenda.push({ at: Math.max(when, this.now), name, run });
	}

	/** A supporter has new keys. olds: what else opens what was sealed to her, and how long. */
	begins(s, { olds = [] } = {}) {
		this.desks.set(s.number, new Desk({ haven: this.hospital.haven, email: s.email, payload: s.payload, all: false, olds: olds.map(({ pair }) => pair) }));
		this.keys++;
	}

	/** To the plan's end. daily(day): once each midnight. */
	async live(daily) {
		for (let day = dayOf(this.now); this.now < this.plan.end;) {
			this.agenda.sort((a, b) => a.at - b.at);
			const next = this.agenda[0];
			const until = Math.min(next?.at ?? Infinity, wall(addDays(day, 1), '00:00'));
			await this.hospital.advance(until, () => this.receive());
			if (next?.at <= until) {
				this.agenda.shift();
				this.events.push({ at: this.now, name: next.name });
				await next.run();
				continue;
			}
			day = dayOf(this.now);
			await daily(day);
		}
	}

	/* ---- something happens ---- */

	#whoWasThere(one, unit) {
		const d = this.dice('there', one.n), { hospital } = this;
		const there = hospital.present.filter((p) => !p.staff && (p.unit === unit || p.unit.startsWith(`${unit} / `)));
		const order = there.map((p) => [d.draw(), p]).sort(([a], [b]) => a - b).map(([, p]) => p);
		/* Somebody without address and somebody protected, where there is one: they are who is forgotten. */
		const rare = order.filter((p) => p.isProtected || (!p.email && !smsOf(p.phone))).slice(0, one.size > 2 ? 1 + Math.floor(one.size / 12) : 0);
		return [...rare, ...order.filter((p) => !rare.includes(p))].slice(0, one.size);
	}

	#place(one) {
		const d = this.dice('place', one.n), levels = one.size > 24 ? 2 : one.size > 9 ? 3 : 4;
		const units = [...new Set(this.hospital.present.map((p) => p.unit.split(' / ').slice(0, levels).join(' / ')))]
			.filter((u) => u.split(' / ').length === levels);
		const roomy = units.filter((u) => this.hospital.present.filter((p) => !p.staff && p.unit.startsWith(u)).length >= one.size + 2);
		return d.one(roomy);
	}

	async register(one) {
		const { hospital } = this, d = this.dice('incident', one.n), unit = this.#place(one), leader = hospital.who('leader', unit);
		const sentence = `${d.one(SENTENCES)}, nummer ${one.n} i året.`, happened = this.now - d.between(20, 110) * MINUTE;
		const who = this.#whoWasThere(one, unit);
		const visitor = await hospital.enter(leader);
		const page = await register(hospital.duty, visitor, { kind: d.below(5), severity: one.severity - 1, date: dayOf(happened),
			clock: clockOf(happened).replace(':', '.'), unit: unit.split(' / ').at(-1), sentence, numbers: who.map((p) => p.number) });
		const incident = { n: one.n, plan: one, sentence, severity: one.severity, unit, leader, at: this.now, path: new URL(page.url).pathname, affected: [], parties: [] };
		this.incidents.push(incident);
		who.forEach((p) => this.isAffected(incident, p));
		await hospital.settle();
		await this.receive();
		await this.lookAtPairs();
		if (!incident.plan.lost)
			afterwards(this, incident);
	}

	/** She was named just now. */
	isAffected(incident, person) {
		const { number, email, phone } = person, sms = smsOf(phone);
		incident.closed = null;
		incident.affected.push({ incident, number, person, name: `${person.given} ${person.family}`, at: this.now, mail: email || null, sms,
			addresses: new Set([email, sms].filter(Boolean)), stopped: null, left: null, closed: null, messages: [],
			inPerson: null });
	}

	/* ---- messages are opened ---- */

	/** What came since last time; in an order of our own, since several connections bring mails at once. */
	async receive() {
		const { messages } = this.hospital;
		while (this.#read < messages.length) {
			const fresh = messages.slice(this.#read).map((m) => [`${m.at} ${m.way} ${m.to} ${m.kind} ${m.text}`, m]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
			this.#read = messages.length;
			for (const [, message] of fresh) {
				const nth = this.#came.get(message.to) ?? 0;
				this.#came.set(message.to, nth + 1);
				message.key = `${message.to} ${nth}`;
				if (message.link)
					await this.#isWrittenTo(message);
				else if (['waits', 'closes', 'look'].includes(message.kind))
					this.#isAsked(message);
			}
		}
		for (const bounce of this.hospital.bounces.splice(0))
			this.at(bounce.at, 'a mail comes back', () => this.hospital.comeBack(bounce));
	}

	/* Mail scanners open what comes; so we know which incident it is about. */
	async #isWrittenTo(message) {
		const page = await new Visitor({ machine: this.hospital.address }).request(message.link);
		const words = wordsOf(page.text);
		const incident = this.incidents.findLast((i) => words.includes(i.sentence));
		const one = incident?.affected.find((a) => a.addresses.has(message.to));
		message.about = one ?? null;
		message.page = page.status;
		one?.messages.push(message);
		if (message.way === 'sms' && message.kind !== 'check')
			this.#phoneTells(message);
		if (one)
			this.#personas(one, message);
	}

	#phoneTells(message) {
		const d = this.dice('phone', message.key), status = d.percent(86) ? 'delivered' : d.percent(50) ? 'failed' : null;
		if (status)
			this.at(this.now + d.between(1, 20) * MINUTE, 'the gateway tells', async () => {
				await this.hospital.tell(message, status);
				await this.hospital.settle();
				await this.receive();
			});
	}

	/* Who opens it, when, and what she says. */
	#personas(one, message) {
		const key = [one.incident.n, one.number, message.kind, one.messages.length], d = this.dice('opens', ...key);
		if (!d.percent(message.kind === 'offer' ? 80 : 45) || this.#opened.has(message.link))
			return;
		this.#opened.add(message.link);
		const wait = d.percent(60) ? d.between(2, 90) * MINUTE : d.between(90, 40 * 60) * MINUTE;
		const kinds = message.kind === 'check' ? ['stop', null, null] : ['call', 'call', 'call', 'other', 'later', 'none', 'none', 'stop', null, null];
		const say = d.one(kinds);
		if (!say)
			return;
		this.at(message.at + wait, `somebody affected says ${say}`, () => (say === 'stop' ? this.stop(one, message) : this.say(one, message, say, d)));
		if (say !== 'stop' && d.percent(12))
			this.at(message.at + wait + d.between(1, 20) * HOUR, 'and says it again', () => this.say(one, message, d.one(['call', 'none', 'later']), d));
	}

	async say(one, message, kind, d) {
		const marker = `merke ${one.incident.n}-${one.number}-${this.answers.length + 1}`;
		const phone = one.sms ?? '+47 900 00 000', since = this.answers.length;
		const { hospital } = this;
		const page = await new Visitor({ machine: hospital.address }).request(message.link);
		const form = formsOf(page.text, page.url).find((f) => f.attributes.id === 'offer');
		if (page.status !== 200 || !form) /* all is over, or nobody is left to choose */
			return;
		const chosen = form.fields.some((f) => f.name === 'kind' && f.kind === 'hidden');
		if (chosen && (kind === 'none' || kind === 'later'))
			return;
		const said = { kind: chosen ? 'other' : kind, ...(kind === 'none' ? {} : { phone, note: marker }) };
		const ref = await answer(hospital, message.link, said, { script: d.percent(60), phone });
		const hour = Math.floor(this.now / HOUR);
		this.hours.add(hour);
		this.worthTrying.add(`${hour} ${one.incident.sentence} ${one.name}`);
		if (said.kind === 'other')
			this.worthTrying.add(`${hour}`);
		this.answers.push({ n: since, one, kind: said.kind, marker: said.note ?? null, at: this.now, hour, ref });
	}

	async stop(one, message) {
		const visitor = new Visitor({ machine: this.hospital.address });
		const page = await visitor.request(message.link);
		if (page.status !== 200 || !formsOf(page.text, page.url).some((f) => f.action.endsWith('/stop')))
			return;
		await visitor.submit(page, {}, { which: (f) => f.action.endsWith('/stop') });
		one.stopped ??= this.now;
	}

	/* ---- desks ---- */

	/* Asked by mail to open her desk; most do so on the same day, by day. */
	#isAsked(message) {
		const supporter = this.hospital.supporters.find((s) => s.email.toLowerCase() === message.to);
		const d = this.dice('desk', message.key);
		const comes = { waits: 88, closes: 92, look: 6 }[message.kind];
		if (!d.percent(comes))
			return;
		const from = message.kind === 'waits' ? d.between(10, 150) : message.kind === 'closes' ? d.between(10, 300) : d.between(5, 200);
		let when = message.at + from * MINUTE;
		if (clockOf(when) < '07:30' || clockOf(when) > '21:30')
			when = wall(addDays(dayOf(when), clockOf(when) > '21:30' ? 1 : 0), '07:40');
		this.at(when, 'a desk is opened', () => this.atDesk(supporter, d));
	}

	async atDesk(supporter, d) {
		const desk = this.desks.get(supporter.number), { now } = this;
		if (supporter.ended || supporter.locked || !supporter.payload)
			return;
		desk.visitor = await this.hospital.enter({ program: 'haven', person: supporter });
		await desk.unlock(now, this.hours, this.isWorthTrying);
		const open = desk.tasks.filter((task) => !task.closed), passed = new Map();
		for (const [as, list] of [['task', desk.tasks.map((task) => desk.answer(task))], ['chosen', desk.others()]])
			for (const said of list.filter((one) => one?.note))
				this.readings.push({ marker: said.note, as, desk: supporter.number, at: now });
		for (const task of desk.tasks)
			this.#seen(task, supporter);
		for (const task of open) {
			const said = desk.answer(task);
			if (d.percent(4)) {
				await desk.passOn(task);
				this.told.filter((t) => t.supporter === supporter.number).forEach((t) => t.left.set(task.id, now));
				passed.set(task.id, now);
				this.events.push({ at: now, name: 'a task is passed on' });
				continue;
			}
			desk.tried(task, now);
			if (said || d.percent(70))
				await desk.outcome(task, d.percent(85) ? 'reached' : 'not-reached', now);
		}
		await desk.lock();
		if (desk.told)
			this.told.push({ supporter: supporter.number, at: now, outcomes: desk.told, left: passed });
		desk.told = null;
		desk.visitor = null;
		await this.hospital.settle();
		await this.receive();
	}

	/* The desk says by when she calls. */
	#seen(task, supporter) {
		const incident = this.incidents.findLast((i) => i.sentence === task.title);
		const one = incident?.affected.find((a) => a.name === task.name);
		if (!one || task.closed)
			return;
		this.tasks.set(task.id, one);
		this.openedFor.push({ one, desk: supporter.number, at: this.now, ref: toHex(fromId(task.ref)) });
		const before = this.held.get(one) ?? new Set();
		this.deadlines.push({ one, supporter: supporter.number, at: this.now, deadline: task.deadline * 1000, moved: task.taken_over || [...before].some((s) => s !== supporter.number) });
		this.held.set(one, before.add(supporter.number));
	}

	/** Haven's memory is gone: what desks said is, until they say it again. */
	forgets() {
		this.told.forEach((t) => { t.lostAt ??= this.now; });
	}

	/** Whether the tasks of which desks have said something are still theirs: one that went on to somebody else counts for what that one says, who may
	    not have looked yet (she who said it has lost her keys, is a supporter no more, or is kept out). Looked at a minute before incidents close, by
	    the list that each desk asks for. */
	async whoseTheyAre() {
		const last = new Map(this.told.filter((t) => !t.lostAt && t.at > this.now - 6 * DAY).map((t) => [t.supporter, t]));
		for (const [number, t] of last) {
			const supporter = this.hospital.supporters.find((s) => s.number === number);
			const tasks = supporter.ended ? [] : await this.desks.get(number).tasksNow(await this.hospital.enter({ program: 'haven', person: supporter }));
			const hers = new Set(tasks.map((task) => task.id));
			t.outcomes.filter((o) => !hers.has(o.task) && !t.left.has(o.task)).forEach((o) => t.left.set(o.task, this.now));
		}
	}

	/** What desks said of her before her incident closed: the last word of whoever had her task then, if that was "reached"; else null. Haven keeps it
	    in memory alone. */
	wasReached(one) {
		const closed = closingBefore(one.closed ?? this.now);
		const last = new Map(this.told.filter((t) => t.at < closed && !(t.lostAt <= closed)).map((t) => [t.supporter, t]));
		return [...last.values()].find((t) => t.outcomes.some((o) => o.outcome === 'reached' && this.tasks.get(o.task) === one && !(t.left.get(o.task) < closed))) ?? null;
	}

	/* ---- the coordinator looks ---- */

	/** Who is asked to call whom now. */
	async lookAtPairs() {
		const { hospital } = this, visitor = await hospital.enter(hospital.who('coordinator'));
		const page = await visitor.get(`${hospital.haven}/s/programme`);
		for (const [, card] of page.text.matchAll(/<section class="mk-card mk-stack"([\s\S]*?)<\/section>/g)) {
			const incident = this.incidents.findLast((i) => wordsOf(card).includes(i.sentence));
			if (!incident)
				continue;
			for (const [, who, cell] of card.matchAll(/<tr><td>([\s\S]*?)<\/td><td>([\s\S]*?)<\/td><\/tr>/g)) {
				const name = wordsOf(who), words = wordsOf(cell);
				const supporter = hospital.supporters.find((s) => words.startsWith(`${s.person.given} ${s.person.family}`));
				const before = this.assigned.findLast((a) => a.incident === incident && a.name === name);
				if (before?.supporter !== supporter?.number && !(name === 'Protected identity' && before))
					this.assigned.push({ at: this.now, from: incident.at === this.now ? this.now : this.looked, incident, name, supporter: supporter?.number ?? null, unready: supporter ? this.#unready(supporter, incident) : [] });
			}
		}
		this.looked = this.now;
	}

	/* Why she may not be sent, by what was so before the page was last read: she may have said "full" since she was given the task. */
	#unready(s, incident) {
		const { looked } = this, since = (t) => t !== undefined && t !== null && t <= looked, why = [];
		const reasons = [[since(s.fullSince), 'had said that she is full'], [since(s.endedSince), 'is no supporter any more'], [since(s.leftSince), 'had left the workplace'],
			[since(s.keylessSince), 'had no key'], [s.until < dayOf(looked || this.now), 'had no valid accreditation'],
			[incident.affected.some((a) => a.number === s.number), 'was part of it'], [s.person.staff, 'has staff responsibility']];
		for (const [is, text] of reasons)
			if (is)
				why.push(text);
		return why;
	}
}
