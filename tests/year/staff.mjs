// staff.mjs: who works here, and who helps: people join, leave, come back, change name, address and unit, week by week in the personnel
// system's file; supporters come and go, are full, lose their accreditation, and the keys are lost or changed.
import { DAY, addDays, wall, weekdayOf } from './plan.mjs';
import { loseKeys, rotateKeys } from './keys.mjs';

const CHANGES = { joined: 0, left: 0, returned: 0, renamed: 0, moved: 0, lapsed: 0, renewed: 0, 'new supporters': 0, 'supporters ended': 0, 'supporters left': 0, full: 0,
	'keys lost': 0, 'keys changed': 0 };

class Staff {
	told = { ...CHANGES };

	constructor(life) {
		Object.assign(this, { life, hospital: life.hospital, leftAt: new Map() });
		const apart = new Set([...this.hospital.accounts.map((a) => a.person.number), ...this.hospital.supporters.map((s) => s.number)]);
		this.isOrdinary = (p) => !p.staff && !apart.has(p.number) && !this.hospital.supporters.some((s) => s.number === p.number);
	}

	get now() {
		return this.life.now;
	}

	/* ---- the directory ---- */

	#some(d, n) {
		const free = this.hospital.present.filter(this.isOrdinary);
		return Array.from({ length: n }, () => d.one(free));
	}

	#affectedAs(person) {
		return this.life.incidents.flatMap((i) => i.affected).filter((one) => one.person === person);
	}

	#leave(person) {
		this.hospital.gone.add(person.number);
		this.leftAt.set(person.number, this.now);
		this.#affectedAs(person).forEach((one) => { one.left ??= this.now; });
	}

	#join(d) {
		const { people } = this.hospital, like = d.one(people.filter((p) => !p.staff && !p.isProtected));
		const taken = new Set(people.map((p) => `${p.given} ${p.family}`));
		let given, family;
		do
			[given, family] = [d.one(people).given, d.one(people).family];
		while (taken.has(`${given} ${family}`));
		const n = people.length;
		const mobile = d.percent(60);
		people.push({ ...like, number: String(300001 + n), given, family, level: 1, email: d.percent(88) ? `ny${n}@fjordvik.example` : '',
			phone: `+47 ${mobile ? 9 : 2}${String(1000000 + n * 7).slice(0, 7)}` });
		this.told.joined++;
	}

	#rename(d, person) {
		if (person.email && d.percent(50))
			person.email = `${person.number}.ny@fjordvik.example`;
		const before = `${person.given} ${person.family}`;
		person.family = d.one(this.hospital.people).family;
		for (const one of this.#affectedAs(person)) {
			one.mail = person.email || null;
			one.name = `${person.given} ${person.family}`;
			for (const key of [...this.life.worthTrying].filter((k) => k.endsWith(` ${before}`)))
				this.life.worthTrying.add(key.replace(before, one.name));
			if (one.mail)
				one.addresses.add(one.mail);
		}
		this.told.renamed++;
	}

	async week(day) {
		const d = this.life.dice('week', day), { hospital } = this;
		for (const [n, person] of this.#some(d, d.between(1, 4)).entries())
			if (!hospital.gone.has(person.number) && n >= 0) {
				this.#leave(person);
				this.told.left++;
			}
		const back = hospital.people.filter((p) => hospital.gone.has(p.number) && this.now - this.leftAt.get(p.number) > 5 * 7 * DAY && !p.supporter);
		if (back.length > 0 && d.percent(60)) {
			hospital.gone.delete(d.one(back).number);
			this.told.returned++;
		}
		for (let n = d.between(1, 4); n > 0; n--)
			this.#join(d);
		if (d.percent(70))
			this.#rename(d, this.#some(d, 1)[0]);
		for (const person of this.#some(d, d.between(0, 3))) {
			const like = d.one(hospital.present.filter((p) => !p.staff));
			Object.assign(person, { unit: like.unit, leader: like.leader });
			this.told.moved++;
		}
		const changed = this.#supportersWeek(d, day);
		await hospital.importPeople();
		await hospital.settle();
		if (changed) {
			await hospital.importSupporters();
			for (const s of changed.fresh)
				await this.#begins(s);
			await hospital.settle();
		}
		await this.life.receive();
	}

	/* ---- supporters ---- */

	get #active() {
		return this.hospital.supporters.filter((s) => !s.ended);
	}

	#supportersWeek(d, day) {
		const fresh = [], week = Math.round((Date.parse(day) - Date.parse(this.life.plan.first)) / (7 * DAY));
		let changed = false;
		for (const s of this.#active.filter((x) => !x.lapsed)) {
			if (s.until >= addDays(day, 14))
				continue;
			if (this.life.dice('renews', s.number, s.until).percent(60) || s.until < addDays(day, -56)) {
				s.until = addDays(day, 730);
				this.told.renewed++;
				changed = true;
			} else if (s.until < day && !s.toldLapsed) {
				s.toldLapsed = true;
				this.told.lapsed++;
			}
		}
		if (week % 6 === 3) {
			fresh.push(this.#newSupporter(d, day));
			changed = true;
		}
		if (week % 9 === 4) {
			const s = d.one(this.#active);
			Object.assign(s, { ended: true, endedSince: this.now });
			this.told['supporters ended']++;
			changed = true;
		}
		if (week % 17 === 7) {
			const s = d.one(this.#active);
			Object.assign(s, { ended: true, endedSince: this.now, leftSince: this.now });
			s.person.supporter = true;
			this.#leave(s.person);
			this.told['supporters left']++;
			changed = true;
		}
		return changed ? { fresh } : null;
	}

	#newSupporter(d, day) {
		const able = this.hospital.present.filter((p) => this.isOrdinary(p) && p.email && p.level >= 2 && !p.isProtected && p.phone &&
			!this.life.incidents.some((i) => !i.closed && i.affected.some((one) => one.person === p)));
		const person = d.one(able), like = d.one(this.#active);
		const s = { ...like, person, number: person.number, email: person.email, payload: null, isFull: false, fullSince: null, keylessSince: null, lapsed: false, since: day.slice(0, 4),
			interview: addDays(day, -70), training: addDays(day, -30), check: addDays(day, -29), until: addDays(day, 701) };
		this.hospital.supporters.push(s);
		this.told['new supporters']++;
		return s;
	}

	async #begins(s) {
		await this.hospital.firstKeys(s);
		this.life.begins(s);
	}

	async full(d) {
		const free = this.#active.filter((s) => !s.isFull && s.payload);
		const s = d.one(free);
		await this.hospital.sayFull(s, true);
		this.told.full++;
		this.life.at(this.now + d.between(7, 21) * DAY, 'she has room again', async () => {
			if (!s.ended)
				await this.hospital.sayFull(s, false);
		});
	}

	async loses(d) {
		const s = d.one(this.#active.filter((x) => x.payload && !x.keylessSince));
		this.told['keys lost']++;
		await loseKeys(this.life, s, d);
	}

	async rotates(d) {
		const s = d.one(this.#active.filter((x) => x.payload && !x.keylessSince));
		this.told['keys changed']++;
		await rotateKeys(this.life, s);
	}
}

/** Puts all of it on the agenda. → what it came to, to be told at the end. */
export function staffChanges(life) {
	const staff = new Staff(life), { plan } = life;
	for (let n = 0; n < plan.days; n++) {
		const day = addDays(plan.first, n), d = life.dice('staff', day);
		if (weekdayOf(day) === 0)
			life.at(wall(day, '05:30'), 'the directory is brought up to date', () => staff.week(day));
		if (weekdayOf(day) === 2)
			life.at(wall(day, '12:20'), 'a supporter is full', () => staff.full(d));
		if (n % 60 === 16)
			life.at(wall(day, '11:20'), 'a supporter has lost her keys', () => staff.loses(d));
		if (n % 45 === 11)
			life.at(wall(day, '13:20'), 'a supporter changes her keys', () => staff.rotates(d));
	}
	return staff.told;
}
