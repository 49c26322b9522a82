// hospital.mjs: the house of the year: 1,200 people, their directory, their supporters and who signs in; everything that the mail server
// and the gateway took, by the workplace's own clock; and a clock that goes on hour by hour.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report } from '../../tools/demo/gateway.mjs';
import { firstKeys, giveRoles, linkIn } from '../../tools/demo/doors.mjs';
import { makeAccounts, makePeople, makeSupporters, peopleCsv, supportersCsv } from '../../tools/demo/people.mjs';
import { payloadOf } from '../histories/desk.mjs';
import { signIn, welcome } from '../histories/gate.mjs';
import { House, PROGRAMS } from '../histories/house.mjs';
import { HOUR, MINUTE, addDays, clockOf, dayOf, dice, wall } from './plan.mjs';
import { kindOf } from './texts.mjs';

const PASSPHRASE = 'lys i vinduet hele natten';
export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/* Six in ten have a mobile phone that the personnel system knows, the rest a telephone in a wall; some nothing at all (people.mjs). */
function withPhones(people, seed) {
	for (const [i, p] of people.entries())
		if (p.phone)
			p.phone = `+47 ${dice(seed, 'phone', p.number).percent(60) ? 9 : 2}${String(1000000 + i * 7).slice(0, 7)}`;
	return people;
}

/** As an SMS names it: +47… of a mobile phone, else null. */
export const smsOf = (phone) => (/^\+47 ?[49]/.test(phone ?? '') ? phone.replace(/ /g, '') : null);

export class Hospital extends House {
	messages = []; /* all that were taken, in order */
	byAddress = new Map();
	outside = { refuse: new Map(), defer: new Map(), bounce: new Map() }; /* address → until when, how often, after how long */
	bounces = []; /* { at, message } */
	refusals = []; /* { to, at } */
	deferrals = []; /* { to, at } */
	#textsSeen = 0;
	#signedIn = new Map();

	constructor({ plan, ...house }) {
		super({ ...house, name: 'the year', seed: `year ${plan.seed}`, store: 'sqlite', workplace: 'Fjordvik helseforetak', domain: 'fjordvik.example',
			post: { most: 1, judge: (to) => this.#judge(to), took: (mail) => this.#tookMail(mail) } });
		this.plan = plan;
		this.people = withPhones(makePeople(), plan.seed);
		this.gone = new Set(); /* numbers of people who do not work here (now) */
	}

	/* ---- the post ---- */

	#judge(to) {
		const { refuse, defer } = this.outside;
		if ((refuse.get(to) ?? 0) > this.now)
			return this.refusals.push({ to, at: this.now }) && 'refuse';
		const left = defer.get(to) ?? 0;
		if (left <= 0)
			return undefined;
		defer.set(to, left - 1);
		return this.deferrals.push({ to, at: this.now }) && 'defer';
	}

	#note(message) {
		const link = /https?:\/\/\S+\/h\/o\/[\w-]+/.exec(message.text)?.[0] ?? null;
		const noted = { n: this.messages.length, kind: kindOf(message.text), link, ...message };
		this.messages.push(noted);
		this.byAddress.set(noted.to, [...this.byAddress.get(noted.to) ?? [], noted]);
		const after = noted.way === 'mail' && this.outside.bounce.get(noted.to);
		if (after)
			this.bounces.push({ at: noted.at + after, message: noted });
	}

	#tookMail(mail) {
		this.#note({ way: 'mail', to: mail.to[0].toLowerCase(), from: mail.from, id: mail.messageId, at: Date.parse(/^date: (.*)$/im.exec(mail.raw)[1]),
			text: mail.text, subject: mail.subject, program: mail.headerFrom.includes('haven@') ? 'haven' : 'duty' });
	}

	/* A gateway is told no time: it was between the last moment of the clock and this one. */
	#tookTexts(after, by) {
		const { texts } = this.gateway, fresh = texts.slice(0, texts.length - this.#textsSeen).reverse();
		this.#textsSeen = texts.length;
		for (const text of fresh)
			this.#note({ way: 'sms', to: text.to, id: text.key, after, by, at: by, text: text.text, sms: text, program: 'haven' });
	}

	/** What the gateway tells of a text: 'delivered' or 'failed'. */
	async tell(message, status) {
		Object.assign(message, { told: status, toldAt: this.now });
		const said = await report(message.sms, status, this.address);
		if (said !== 200)
			throw new Error(`a report was answered ${said}`);
	}

	/** A mail comes back to the address that it was sent from, by the mail server's pipe. */
	async comeBack({ message }) {
		message.bounced = this.now;
		await this.command('haven', iso(this.now), ['bounce', message.from], ['From: MAILER-DAEMON@mail.example', `To: ${message.from}`,
			'Subject: Undelivered Mail Returned to Sender', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary="r"', '',
			'--r', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mail.example', '', `Final-Recipient: rfc822; ${message.to}`,
			'Action: failed', 'Status: 5.1.1', '', '--r--', ''].join('\r\n'));
	}

	/* ---- the clock ---- */

	/** On to this moment, hour by hour, so that what the gateway took is known by the hour; and once more a minute before the quiet
	    hours end. `each` hears of every moment reached. */
	async advance(to, each = () => {}) {
		while (this.now < to) {
			let next = Math.min(to, (Math.floor(this.now / HOUR) + 1) * HOUR);
			if (next < to + 1 && clockOf(next) === '07:00' && next - MINUTE > this.now)
				next -= MINUTE;
			const after = this.now;
			await this.clock(next);
			this.#tookTexts(after, next);
			await each();
		}
	}

	/** The same moment again: what was just done goes through the door and out. */
	async settle() {
		await this.clock(this.now);
		await this.clock(this.now); /* haven's facts of the first time reach duty's next page */
		this.#tookTexts(this.now, this.now);
	}

	/* ---- people ---- */

	get present() {
		return this.people.filter((p) => !this.gone.has(p.number));
	}

	/** The personnel system's file of this week, as the operator brings it in. */
	importPeople() {
		const file = join(this.folder, 'people.csv');
		writeFileSync(file, peopleCsv(this.present));
		return this.command('duty', iso(this.now), ['people', 'import', '--end-missing', file]);
	}

	importSupporters() {
		const file = join(this.folder, 'supporters.csv');
		writeFileSync(file, supportersCsv(this.supporters.filter((s) => !s.ended)));
		return this.command('haven', iso(this.now), ['supporters', 'import', '--end-missing', file]);
	}

	/* Addresses at which nobody is, that are slow, and from which mail comes back some days later. */
	#difficultAddresses() {
		const apart = new Set(this.accounts.map((a) => a.person.email)), { refuse, defer, bounce } = this.outside;
		for (const s of this.supporters)
			apart.add(s.email);
		for (const p of this.people.filter((x) => x.email && !x.staff && !apart.has(x.email))) {
			const d = dice(this.plan.seed, 'address', p.number), n = d.below(100);
			if (n < 3)
				refuse.set(p.email, Infinity);
			else if (n < 9)
				defer.set(p.email, d.between(1, 3));
			else if (n < 14)
				bounce.set(p.email, d.between(2, 70) * HOUR);
		}
	}

	/** Everything that must be there before the first day: people, supporters with keys, who signs in. */
	async furnish() {
		const eve = wall(addDays(this.plan.first, -1), '12:00'), { people } = this;
		for (const program of PROGRAMS)
			await this.command(program, iso(eve), ['init']);
		this.now = eve;
		await this.importPeople();
		await this.start(iso(eve));
		await this.clock(eve + MINUTE);
		this.supporters = makeSupporters(people, this.plan.first, this.plan.supporters).map((s) => ({ ...s, number: s.person.number, email: s.person.email }));
		await this.importSupporters();
		const heads = people.filter((p) => p.staff && p.unit.split(' / ').length === 2);
		const others = makeAccounts(people).filter((a) => a.role !== 'leader');
		this.accounts = [...heads.map((person) => ({ program: 'duty', role: 'leader', person, unit: person.unit })), ...others];
		for (const { program, role, person, unit } of this.accounts) {
			const out = await this.command(program, iso(this.now), ['user', 'add', person.email, '--name', `${person.given} ${person.family}`, '--role', role,
				...(unit ? ['--unit', unit] : []), '--lang', 'en']);
			const visitor = await welcome(linkIn(out), PASSPHRASE, this.address);
			if (role === 'admin') // the second person for those before her
				await giveRoles(this.duty, visitor);
		}
		for (const supporter of this.supporters)
			await this.firstKeys(supporter);
		this.#difficultAddresses();
		const full = this.supporters.find((s) => s.isFull);
		await this.sayFull(full, true);
		await this.advance(this.plan.start);
	}

	async firstKeys(supporter) {
		const visitor = await welcome(linkIn(await this.command('haven', iso(this.now), ['user', 'invite', supporter.email])), PASSPHRASE, this.address);
		/* The day of a key is the workplace's. */
		const noon = Date.parse(`${dayOf(this.now)}T12:00:00Z`);
		await firstKeys(this.haven, visitor, noon, (code) => { supporter.payload = payloadOf(code); });
	}

	/** "I am full", at her desk. */
	async sayFull(supporter, full) {
		const visitor = await this.enter({ program: 'haven', person: supporter });
		await visitor.submit(await visitor.get(`${this.haven}/s/desk`), { full: full ? 'yes' : 'no' });
		supporter.isFull = full;
		supporter.fullSince = full ? this.now : null;
	}

	/** Signed in, in this program: still, or again. */
	async enter({ program, person }) {
		const key = `${program} ${person.email}`, base = program === 'duty' ? this.duty : `${this.haven}/s`, kept = this.#signedIn.get(key);
		if (kept?.day === dayOf(this.now) && (await kept.visitor.request(`${base}/account`)).status === 200)
			return kept.visitor;
		const visitor = await signIn(base, person.email, PASSPHRASE, this.address);
		this.#signedIn.set(key, { day: dayOf(this.now), visitor });
		return visitor;
	}

	who(role, unit = '') {
		return this.accounts.find((a) => a.role === role && (!unit || unit === a.unit || unit.startsWith(`${a.unit} / `)));
	}
}
