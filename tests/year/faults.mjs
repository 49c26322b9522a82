// faults.mjs: a fault for each check: planted in a copy of what was seen, or by SQL in a copy of the run's data. The check must name it,
// and said of the copy as it was before it must say nothing.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { PROGRAMS } from '../histories/house.mjs';
import { mustHaveRead } from './checks.mjs';
import { DAY, HOUR, addDays, dayOf, wall } from './plan.mjs';

const people = (e) => e.incidents.flatMap((i) => i.affected);
const withOne = (e, kind, way = null) => people(e).find((one) => !one.stopped && one.messages.filter((m) => m.kind === kind && (!way || m.way === way)).length === 1 &&
	one.messages.some((m) => m.kind === kind));
const only = (one, kind) => one.messages.find((m) => m.kind === kind);
const drop = (e, m) => {
	for (const one of people(e))
		one.messages = one.messages.filter((x) => x !== m);
	e.messages = e.messages.filter((x) => x !== m);
};
const again = (e, one, m, more = {}) => {
	const copy = { ...m, ...more };
	e.messages.push(copy);
	one?.messages.push(copy);
};
/* So long after she was named that nothing is still to come. */
const settled = (e, kind) => people(e).find((one) => !one.stopped && e.now - one.at > 36 * DAY && one.messages.filter((m) => m.kind === kind).length === 1);

/** { check's name begins so: (evidence) → changes it, and returns a word that the check must say } */
export const FAULTS = {
	'everybody affected got one': [
		(e) => { const one = withOne(e, 'offer'); drop(e, only(one, 'offer')); return one.name; },
		(e) => { const one = withOne(e, 'offer'); again(e, one, only(one, 'offer'), { id: 'another' }); return one.name; }],
	'whom no message reaches': [(e) => { const [one] = people(e); e.owned.push({ one, at: e.now, leader: true, coordinator: false }); return one.name; }],
	'nobody else is written to': [(e) => { const m = e.messages.find((x) => x.about); m.about = null; return m.to; }],
	'the first message goes at once': [(e) => { const one = withOne(e, 'offer', 'mail'); only(one, 'offer').at += 3 * DAY + HOUR; return one.name; }],
	'the first message goes by the right way': [(e) => {
		const one = withOne(e, 'offer', 'sms');
		only(one, 'offer').way = 'mail';
		one.incident.severity = 1;
		return one.name;
	}],
	'nothing is sent twice': [(e) => { const m = e.messages.find((x) => x.kind === 'look'); again(e, null, m); return 'came twice'; }],
	'the second message': [
		(e) => { const one = settled(e, 'second'); drop(e, only(one, 'second')); return one.name; },
		(e) => { const one = settled(e, 'second'); again(e, one, only(one, 'second'), { id: 'another' }); return one.name; },
		(e) => { const one = settled(e, 'second'); only(one, 'second').at = one.at + 47 * HOUR; return one.name; },
		(e) => { const one = settled(e, 'second'); only(one, 'second').at = one.at + 10 * DAY; return one.name; },
		(e) => { const one = settled(e, 'second'); one.stopped = one.at + HOUR; return one.name; }],
	'the check comes once': [
		(e) => { const one = settled(e, 'check'); drop(e, only(one, 'check')); return one.name; },
		(e) => { const one = settled(e, 'check'); again(e, one, only(one, 'check'), { id: 'another' }); return one.name; },
		(e) => { const one = settled(e, 'check'); only(one, 'check').at = one.at + 20 * DAY; return one.name; }],
	'no SMS goes out': [(e) => {
		const m = e.messages.find((x) => x.way === 'sms'), night = wall(dayOf(m.at), '02:00');
		Object.assign(m, { after: night, by: night + HOUR });
		return '02:00';
	}],
	'nobody is to be called at night': [(e) => { e.deadlines[0].deadline = wall(dayOf(e.deadlines[0].at), '23:10'); return e.deadlines[0].one.name; }],
	'the first call is due': [(e) => {
		const d = e.deadlines.find((x) => !x.moved && x.at < x.one.at + 5 * HOUR);
		d.deadline += 5 * DAY;
		return d.one.name;
	}],
	'nobody unready': [(e) => { const a = e.assigned.find((x) => x.supporter); a.unready = ['had no key']; return `${a.supporter}`; }],
	'nobody is given more': [
		(e) => {
			const a = e.assigned.find((x) => x.supporter && x.from === x.at && !x.incident.lost);
			e.assigned.push(...Array(6).fill(a));
			return `tasks on ${dayOf(a.at)}: `;
		},
		(e) => { const a = e.assigned.find((x) => x.supporter); for (let i = 1; i < 8; i++) e.assigned.push({ ...a, at: a.at + i * DAY }); return 'in the 28 days to'; }],
	'offered to n of n': [
		(e) => { e.counts.at(-1).offered--; return `incident ${e.counts.at(-1).n} was offered`; },
		(e) => { e.counts.find((c) => c.reached !== null).reached++; return 'were reached'; }],
	'an answer is read': [
		(e) => { e.readings.push({ marker: 'merke 0', as: 'task', desk: 'x', at: e.now }); return 'merke 0'; },
		(e) => { e.readings.push({ ...e.readings.find((r) => r.as === 'task'), desk: 'x' }); return 'never had the task'; },
		(e) => { const r = e.readings.find((x) => e.answers.some((a) => a.marker === x.marker && a.kind === 'call')); e.readings.push({ ...r, as: 'chosen' }); return 'not the one chosen'; }],
	'every answer comes to its end': [(e) => {
		const lost = e.answers.find((a) => mustHaveRead(e, a).length);
		e.readings = e.readings.filter((r) => r.marker !== lost.marker);
		return lost.one.name;
	}],
	'every incident closes': [(e) => { e.incidents[0].closed = null; return `incident ${e.incidents[0].n} `; }],
	'nothing is left overdue': [(e) => { e.overdue.push({ at: e.now, what: '3 jobs are overdue' }); return '3 jobs'; }],
	'no mail, log or page': [
		(e) => { e.texts['the log of haven'] += `a line with ${e.answers.find((a) => a.marker).marker}`; return 'the log of haven'; },
		(e) => { e.texts['a page of duty'] += e.answers.find((a) => a.marker).marker; return 'a page of duty'; }],
	'memory does not grow': [(e) => { e.memory[1].haven = 2 * e.memory[0].haven; return 'haven had'; }],
};

/* [program, what is said there, what must be told]: done by SQL in a copy. */
const SQL = [
	['haven', "UPDATE ring SET hour = hour - 400 WHERE hour = (SELECT MIN(hour) FROM ring)", 'hours of the ring older'],
	['haven', "UPDATE offer_link SET expires_day = 1 WHERE hash = (SELECT MIN(hash) FROM offer_link)", 'personal links that no longer open'],
	['haven', "UPDATE load SET day = 1 WHERE id = (SELECT MIN(id) FROM load)", 'loads that no longer count'],
	['duty', "INSERT INTO session SELECT hash || x'00', account, csrf, 1 FROM session LIMIT 1", 'sessions of yesterday'],
	['duty', "DELETE FROM exposure WHERE id = (SELECT MIN(exposure) FROM coverage)", 'coverage of nobody'],
];

/** What the watch sees after faults were planted in copies of both databases. → [{ check, wrong, says }] for the checks by SQL and commands. */
export function plantInCopies(watch) {
	const { hospital } = watch, found = [];
	const copy = join(hospital.folder, 'copy'), file = (p) => join(copy, p, `${p}.sqlite`);
	const fresh = () => {
		rmSync(copy, { recursive: true, force: true });
		for (const p of PROGRAMS)
			cpSync(join(hospital.folder, p), join(copy, p), { recursive: true, filter: (name) => !name.endsWith('.sock') && !name.endsWith('in-use') });
	};
	const say = (program, sentence) => {
		const { status, stderr } = spawnSync(watch.program, [file(program), sentence], { encoding: 'utf8' });
		if (status !== 0)
			throw new Error(`${sentence}: ${stderr}`);
	};
	for (const [program, sentence, says] of SQL) {
		fresh();
		say(program, sentence);
		found.push({ check: 'what has had its time', rows: watch.leftoversOf({ duty: file('duty'), haven: file('haven') }), says });
	}
	for (const program of PROGRAMS) {
		fresh();
		say(program, 'DELETE FROM audit WHERE n = 3');
		found.push({ check: 'the audit chains', commands: [watch.commandOn(copy, program, ['check'])], says: 'breaks at entry' });
	}
	rmSync(copy, { recursive: true, force: true });
	return found;
}
