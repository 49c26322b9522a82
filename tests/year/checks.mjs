// checks.mjs: the invariants of the year, each by itself: (evidence) → what is wrong, in words. Evidence is what stands outside: what the
// mail server and the gateway took, pages, what commands said, and a ledger of what people did. SQL only of what must be gone.
import { DAY, HOUR, MINUTE, addDays, clockOf, dayOf, daysBetween, wall, wallOf } from './plan.mjs';

const who = (one) => `${one.name} in incident ${one.incident.n}`;
const when = (ms) => wallOf(ms).slice(0, 16);
const everyone = (e) => e.incidents.filter((i) => !i.lost).flatMap((i) => i.affected);
const ofKind = (one, kind) => one.messages.filter((m) => m.kind === kind);

/** How long between these two moments no message by this way could go out: the mail server away, haven down, the quiet hours. */
export function held(e, from, to, way) {
	const spans = [...e.down.haven, ...(way === 'mail' ? e.outages : [])].map(({ from: a, to: b }) => [a, b]);
	for (let day = dayOf(from - DAY); way === 'sms' && day <= dayOf(to); day = addDays(day, 1))
		spans.push([wall(day, '21:00'), wall(addDays(day, 1), '07:00')]);
	return spans.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);
}

const has = (one, way) => (way === 'mail' ? one.mail : one.sms);
const refusedBy = (e, one, kind) => e.refusals.some((r) => one.addresses.has(r.to) && r.at >= one.at && (kind !== 'offer' || r.at < one.at + 3 * DAY));
const came = (m) => !m.bounced && m.told !== 'failed';

/** Every way by which a first message can go to her has failed, or there is none. */
export const isUnsendable = (e, one) => ['mail', 'sms'].every((way) => !has(one, way) ||
	(way === 'mail' && refusedBy(e, one, 'offer')) || (ofKind(one, 'offer').some((m) => m.way === way) && !ofKind(one, 'offer').some((m) => m.way === way && came(m))));

function offeredOnce(e) {
	return everyone(e).flatMap((one) => {
		const first = ofKind(one, 'offer'), wrong = [];
		for (const way of ['mail', 'sms'])
			if (first.filter((m) => m.way === way).length > 1)
				wrong.push(`${who(one)} got the first message ${first.filter((m) => m.way === way).length} times by ${way}`);
		if (first.length === 0 && !isUnsendable(e, one) && e.now - one.at > HOUR + held(e, one.at, e.now, one.sms ? 'sms' : 'mail'))
			wrong.push(`${who(one)} got no first message`);
		return wrong;
	});
}

function offeredAtOnce(e) {
	return everyone(e).flatMap((one) => {
		const [first] = ofKind(one, 'offer').sort((a, b) => a.at - b.at);
		if (!first)
			return [];
		const deferred = e.deferrals.filter((r) => one.addresses.has(r.to) && r.at >= one.at && r.at <= first.at).length;
		const late = first.at - one.at - held(e, one.at, first.at, first.way) - deferred * HOUR;
		return late > 75 * MINUTE && !refusedBy(e, one, 'offer') ? [`${who(one)} waited ${Math.round(late / MINUTE)} minutes for the first message (${first.way}, ${when(first.at)})`] : [];
	});
}

/* SMS before mail; in the quiet hours what is serious goes by mail. */
function rightWay(e) {
	return everyone(e).flatMap((one) => {
		const first = ofKind(one, 'offer').sort((a, b) => a.at - b.at);
		if (first.length === 0)
			return [];
		const clock = clockOf(one.at), quiet = clock >= '21:00' || clock < '07:00';
		const way = one.sms && !(quiet && one.incident.severity >= 2 && one.mail) ? 'sms' : 'mail';
		const wrong = [];
		if (!first.some((m) => m.way === way) && !(way === 'mail' && refusedBy(e, one, 'offer')))
			wrong.push(`${who(one)} was first written to by ${first[0].way}, not by ${way}`);
		const second = first.find((m) => m.way !== way), main = first.find((m) => m.way === way);
		if (second && main && way === 'sms' && main.told === 'delivered' && main.toldAt < main.at + 4 * HOUR)
			wrong.push(`${who(one)} got a mail although a phone had the SMS`);
		return wrong;
	});
}

function nothingTwice(e) {
	const seen = new Map(), wrong = [];
	for (const m of e.messages) {
		const before = seen.get(m.id);
		seen.set(m.id, m);
		/* Whoever is killed between a mail and its "250" sends it again under the same number, once. */
		if (before && !e.kills.some((k) => Math.abs(k.at - before.at) <= HOUR + (k.hours ?? 0) * HOUR))
			wrong.push(`a ${m.kind} of ${when(m.at)} came twice (${m.way})`);
	}
	return wrong;
}

/* [kind, from, to] after she was named */
const TOUCHES = [['second', 48 * HOUR, 96 * HOUR], ['check', 21 * DAY, 35 * DAY]];

/* Two of a kind within so many days would look alike: of second touches the newer incident's comes for both, of checks the older one's. */
const ALIKE = { second: 3, check: 7 };
const othersOf = (e, one) => everyone(e).filter((other) => other !== one && other.number && other.number === one.number);
const newerOf = (e, one, kind) => othersOf(e, one).filter((other) => {
	const days = daysBetween(dayOf(one.at), dayOf(other.at));
	return days >= 0 && days <= ALIKE[kind];
});
/* Whether nothing of this kind had to come for this incident: another one's stands for it. */
const standsFor = (e, one, kind) => (kind === 'second' ? newerOf(e, one, kind).length > 0
	: newerOf(e, one, kind).some((other) => other.stopped) ||
		othersOf(e, one).some((other) => refusedBy(e, other, kind) ||
			ofKind(other, kind).some((m) => daysBetween(dayOf(one.at), dayOf(m.at)) >= 21 && m.at <= one.at + 35 * DAY + held(e, one.at, m.at, byDay(m.way)))));

/* Touches are put by day: quiet hours hold none of them up. */
const byDay = (way) => (way === 'sms' ? 'door' : way);

function touches(kind) {
	const [, from, to] = TOUCHES.find(([k]) => k === kind);
	return (e) => everyone(e).flatMap((one) => {
		const got = ofKind(one, kind), wrong = [];
		for (const way of ['mail', 'sms'])
			if (new Set(got.filter((m) => m.way === way).map((m) => m.id)).size > 1)
				wrong.push(`${who(one)} got the ${kind} ${got.filter((m) => m.way === way).length} times by ${way}`);
		for (const m of got) {
			if (m.at < one.at + from)
				wrong.push(`${who(one)} got the ${kind} ${Math.round((m.at - one.at) / HOUR)} hours after she was named (${when(m.at)})`);
			if (m.at > one.at + to + held(e, one.at + from, m.at, byDay(m.way)) && !(m.way === 'mail' && got.some((x) => x.way === 'sms' && !came(x))))
				wrong.push(`${who(one)} got the ${kind} ${Math.round((m.at - one.at) / HOUR)} hours after she was named (${when(m.at)})`);
			if (one.stopped && m.at > one.stopped + HOUR)
				wrong.push(`${who(one)} got the ${kind} at ${when(m.at)} though she had stopped the messages at ${when(one.stopped)}`);
		}
		const due = one.at + to + held(e, one.at + from, e.now, byDay(one.sms ? 'sms' : 'mail'));
		const isOpen = (one.mail && !refusedBy(e, one, kind)) || one.sms;
		const newer = newerOf(e, one, kind);
		if (kind === 'second' && got.some((m) => newer.some((other) => dayOf(other.at) > dayOf(one.at) && m.at > other.at + HOUR)))
			wrong.push(`${who(one)} got the ${kind} although a newer incident's was to come`);
		if (kind === 'check' && got.some((m) => othersOf(e, one).some((other) => ofKind(other, kind).some((x) => x.way === m.way && came(x) && x.at <= m.at &&
			daysBetween(dayOf(x.at), dayOf(m.at)) <= ALIKE.check - 1))))
			wrong.push(`${who(one)} got two checks within a week`);
		if (got.length === 0 && !standsFor(e, one, kind) && e.now > due && isOpen && !one.stopped && !(one.left && one.left < one.at + to))
			wrong.push(`${who(one)} got no ${kind}`);
		return wrong;
	});
}

/* A text was taken between two moments of the clock; the last of the hour before seven is one minute early. */
const quietHours = (e) => e.messages.filter((m) => m.way === 'sms').filter((m) => {
	const [after, by] = [clockOf(m.after), clockOf(m.by)];
	const quiet = (clock) => clock >= '21:00' || clock < '07:00';
	return quiet(after) && quiet(by) && m.by - m.after <= HOUR;
}).map((m) => `an SMS (${m.kind}) was handed over between ${when(m.after)} and ${when(m.by)}`);

const calledByDay = (e) => e.deadlines.filter(({ deadline }) => clockOf(deadline) < '09:00' || clockOf(deadline) > '21:00')
	.map(({ one, deadline }) => `${who(one)} is to be called at night, by ${when(deadline)}`);

/* Within 24 hours after something serious, else by 14:00 the next day; the first supporter, as her desk said it. */
const calledInTime = (e) => e.deadlines.filter(({ one, at, deadline, moved }) => !moved && at < one.at + 6 * HOUR).filter(({ one, deadline }) => {
	const most = one.incident.severity >= 2 ? Math.max(one.at + 24 * HOUR, wall(addDays(dayOf(one.at), 1), '10:00')) : wall(addDays(dayOf(one.at), 1), '14:00');
	return deadline > most + held(e, one.at, deadline, 'door');
}).map(({ one, deadline }) => `${who(one)} is to be called by ${when(deadline)}, having been named at ${when(one.at)}`);

const readyOnly = (e) => e.assigned.filter((a) => a.supporter).flatMap((a) => a.unready.map((why) =>
	`${a.name} in incident ${a.incident.n} was given to supporter ${a.supporter} at ${when(a.at)}, who ${why}`));

function withinRoom(e) {
	const wrong = [], by = new Map();
	for (const a of e.assigned.filter((x) => x.supporter && !x.incident.lost)) /* a restore takes the load away with the task */
		by.set(a.supporter, [...by.get(a.supporter) ?? [], a]);
	/* Whom she has from another incident already she may be given again without room for it. */
	const isAgain = (a, all) => all.some((b) => b.name === a.name && b.incident !== a.incident && b.at <= a.at && daysBetween(dayOf(b.at), dayOf(a.at)) < 28);
	for (const [supporter, all] of by) {
		const list = all.filter((a) => !isAgain(a, all));
		for (const a of list) {
			const today = list.filter((b) => dayOf(b.from) === dayOf(a.at) && dayOf(b.at) === dayOf(a.at)), day = today.length;
			const flat = list.filter((b) => b.at <= a.at && daysBetween(dayOf(b.at), dayOf(a.at)) < 27).length; /* the page is read each day */
			if (day > 5)
				wrong.push(`supporter ${supporter} was given ${day} tasks on ${dayOf(a.at)}: ${today.map((b) => `${b.name} in incident ${b.incident.n} at ${clockOf(b.at)}`).join(', ')}`);
			if (flat > 6)
				wrong.push(`supporter ${supporter} was given ${flat} tasks in the 28 days to ${dayOf(a.at)}`);
		}
	}
	return [...new Set(wrong)];
}

const nOfN = (e) => [
	...e.counts.filter((c) => c.offered !== c.expected || c.of !== c.affected).map((c) =>
		`duty's page says at ${when(c.at)} that incident ${c.n} was offered to ${c.offered} of ${c.of}; the mail server and the desks say ${c.expected} of ${c.affected}`),
	...e.counts.filter((c) => c.reached !== null && c.reached !== c.desks).map((c) =>
		`duty's page says at ${when(c.at)} that ${c.reached} of incident ${c.n} were reached; the desks say ${c.desks} (${c.by.map(([s, a, ...t]) => `${s} of ${a}: ${t.map(when).join(', ')}`).join('; ')})`)];

/* Whom no message reaches stands on her leader's page and, until the incident closes, on the coordinator's list. */
const unreachedOwned = (e) => e.owned.filter((o) => !o.leader || !o.coordinator)
	.map((o) => `${who(o.one)} got no message, and ${o.leader ? 'the coordinator' : 'her leader'} is not told so (${when(o.at)})`);

const closes = (e) => e.incidents.filter((i) => !i.lost && e.now > Math.max(...i.affected.map((a) => a.at)) + 7 * DAY + held(e, i.at, e.now, 'door') && !i.closed)
	.map((i) => `incident ${i.n} has not closed`);

/* Whoever has the task reads what was sealed for it, an "other" too, so that she does not call; whoever was chosen, what names her key. */
function answersArrive(e) {
	const wrong = [], byMarker = new Map(e.answers.filter((a) => a.marker).map((a) => [a.marker, a]));
	for (const r of e.readings) {
		const a = byMarker.get(r.marker);
		if (!a)
			wrong.push(`supporter ${r.desk} read something that nobody acknowledged (${r.marker})`);
		else if (r.as === 'task' && !e.held.get(a.one)?.has(r.desk))
			wrong.push(`an answer of ${who(a.one)} was read by supporter ${r.desk}, who never had the task`);
		else if (r.as === 'chosen' && (a.kind !== 'other' || e.readings.some((x) => x.marker === r.marker && x.as === 'chosen' && x.desk !== r.desk)))
			wrong.push(`an answer of ${who(a.one)} was read by supporter ${r.desk}, who was not the one chosen`);
	}
	return [...new Set(wrong)];
}

/* Whoever has the task has read the last thing that was said on her page of it, once her desk was open after that hour. What was said to
   three who have all given way stays with them: the page of the next three has another number, and asks to say it again. */
export const mustHaveRead = (e, a) => (a.kind !== 'call' || !a.marker || a.lost || e.answers.some((b) => b.one === a.one && b !== a && b.at >= a.at) ? [] :
	e.opened.filter((o) => o.one === a.one && o.ref === a.ref && Math.floor(o.at / HOUR) > a.hour && o.at <= a.at + 14 * DAY));

const answersEnd = (e) => e.answers.filter((a) => mustHaveRead(e, a).length && !e.readings.some((r) => r.marker === a.marker)).map((a) => {
	const [first] = mustHaveRead(e, a);
	return `an answer of ${who(a.one)} of ${when(a.at)} was not there when the desk of ${first.desk} was opened at ${when(first.at)}`;
});

const chains = (e) => e.commands.filter((c) => c.status !== 0 || !c.expected.test(c.out)).map((c) => `${c.name} says: ${c.out.trim().slice(0, 200)}`);

const nothingOverdue = (e) => e.overdue.map(({ at, what }) => `at ${when(at)}: ${what}`);

const leftovers = (e) => e.rows.filter((r) => r.n !== 0).map((r) => `${r.program}, ${when(r.at)}: ${r.n} ${r.what}`);

/* What somebody wrote, or the number she gave, stands in no log, mail or page of the employer's. */
const noAnswerTold = (e) => Object.entries(e.texts).flatMap(([place, text]) => e.secrets.filter((s) => text.includes(s)).map((s) => `${place} holds “${s}”`));

export const MEMORY_RATIO = 1.5;
const memoryStays = (e) => ['duty', 'haven'].flatMap((program) => {
	const [early, late] = e.memory.map((m) => m[program]);
	return late > early * MEMORY_RATIO ? [`${program} had ${Math.round(early / 1e6)} MB early and ${Math.round(late / 1e6)} MB late`] : [];
});

/* Whoever is a party, or was not there. A link that a restore took away leads nowhere. */
const nobodyElse = (e) => e.messages.filter((m) => m.link && m.page === 200 && !m.about).map((m) => `${m.to} got a message (${m.kind}, ${when(m.at)}) about something that she was no part of`);

/** name → check; in the order in which the report tells them. */
export const CHECKS = {
	'everybody affected got one first message by each way that was due, or stands on the list of the unreached': offeredOnce,
	'whom no message reaches has an owner: her leader and the coordinator': unreachedOwned,
	'nobody else is written to, and no party': nobodyElse,
	'the first message goes at once, but for outages and quiet hours': offeredAtOnce,
	'the first message goes by the right way': rightWay,
	'nothing is sent twice': nothingTwice,
	'the second message comes once, within 48 to 96 hours, unless stopped': touches('second'),
	'the check comes once, within 28 ± 7 days, unless stopped': touches('check'),
	'no SMS goes out in the quiet hours': quietHours,
	'nobody is to be called at night': calledByDay,
	'the first call is due within 24 hours, or by 14:00 the next day': calledInTime,
	'nobody unready is given a task': readyOnly,
	'nobody is given more tasks than there is room for': withinRoom,
	'offered to n of n on duty’s page is what mail log and desks prove': nOfN,
	'an answer is read by whoever has the task, or by whom was chosen, and by nobody else': answersArrive,
	'every answer comes to its end: whoever has the task and opens her desk reads it': answersEnd,
	'every incident closes within a week': closes,
	'what has had its time is gone from both databases': leftovers,
	'the audit chains and the key log hold': chains,
	'nothing is left overdue and no message left behind': nothingOverdue,
	'no mail, log or page of the employer’s holds anything of an answer': noAnswerTold,
	[`memory does not grow beyond ${MEMORY_RATIO} times`]: memoryStays,
};

/** { name: [what is wrong] } */
export const judge = (evidence) => Object.fromEntries(Object.entries(CHECKS).map(([name, check]) => [name, check(evidence)]));
