// plan.mjs: what happens when, drawn from a seed and always the same: the cuts of the year, the incidents, the troubles of the
// mail server and of the machine. Pure; times are of the workplace's own zone.
import { chance } from '../../tools/demo/people.mjs';

export const ZONE = 'Europe/Oslo';
export const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/* "2028-03-26 01:30:00", as the wall shows it */
const wallText = new Intl.DateTimeFormat('sv', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const wallOf = (ms) => wallText.format(new Date(ms)).replace(',', '');
export const dayOf = (ms) => wallOf(ms).slice(0, 10);
export const clockOf = (ms) => wallOf(ms).slice(11, 16);
const offsetOf = (ms) => Date.parse(`${wallOf(ms).replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000;

/** The moment at which the wall shows this; of an hour that comes twice the first, of one that is skipped an hour earlier. */
export function wall(day, clock) {
	const naive = Date.parse(`${day}T${clock}:00Z`), before = naive - offsetOf(naive - DAY);
	return wallOf(before).slice(0, 16) === `${day} ${clock}` ? before : naive - offsetOf(naive + DAY);
}
export const addDays = (day, n) => new Date(Date.parse(`${day}T12:00:00Z`) + n * DAY).toISOString().slice(0, 10);
export const daysBetween = (from, to) => Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / DAY);
/** 0: Monday. */
export const weekdayOf = (day) => (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;

/** Chance of its own for each thing that is decided, by its name: one decision more moves no other. */
export function dice(seed, ...name) {
	let hash = 2166136261 ^ seed;
	for (const c of name.join('\0'))
		hash = Math.imul(hash ^ c.codePointAt(0), 16777619);
	const draw = chance(hash);
	draw();
	const below = (n) => Math.floor(draw() * n);
	return { draw, below, one: (list) => list[below(list.length)], percent: (p) => draw() * 100 < p, between: (a, b) => a + below(b - a + 1) };
}

/* memory: the days on which it is measured, early and late, of which the largest counts: what lies free goes back to the machine by the machine's own clock,
   and for some time after a start little is in memory yet. */
/* Six weeks with the leap day and the night in which an hour is skipped; and the whole year, with the other night too. */
export const CUTS = {
	'six-weeks': {
		first: '2028-02-21', days: 42, supporters: 24,
		/* day of the cut, clock, how many, severity 1–3 */
		incidents: [[1, '13:20', 4, 2], [8, '10:40', 3, 1], [10, '22:50', 2, 3], [12, '13:05', 24, 2], [19, '03:15', 1, 3], [27, '16:30', 6, 2],
			[33, '23:40', 5, 3], [37, '08:20', 2, 1]],
		outages: [[9, '18:00', 5, 'away'], [13, '04:00', 26, 'full'], [36, '09:30', 3, 'away']],
		kills: [{ day: 12, clock: '13:06', who: 'haven' }, { day: 20, clock: '12:30', who: 'duty' }, { day: 28, clock: '15:00', who: 'both', hours: 3 }],
		restores: [{ day: 23, backup: '04:10', clock: '12:40' }], memory: [[32, 33, 34], [39, 40, 41]],
	},
	year: { first: '2027-11-01', days: 369, supporters: 36, incidents: 60, large: [120, 38, 33, 28, 24, 21], memory: [[90, 92, 94, 96, 98], [350, 352, 354, 356, 358]] },
};

/** The small ones of the year lie where chance puts them; these lie where calendars are difficult. */
const DIFFICULT = [['2027-12-24', '17:40', 3, 2], ['2027-12-31', '23:40', 5, 3], ['2028-02-29', '11:10', 4, 1], ['2028-03-23', '21:20', 2, 3],
	['2028-03-25', '23:50', 6, 3], ['2028-03-26', '03:10', 1, 2], ['2028-10-26', '14:30', 4, 2], ['2028-10-29', '02:30', 3, 3]];

function incidentsOfYear(cut, seed) {
	const list = DIFFICULT.map(([day, clock, size, severity]) => ({ day, clock, size, severity }));
	const small = cut.incidents - list.length - cut.large.length;
	for (const [i, size] of [...cut.large, ...Array(small).fill(0)].entries()) {
		const d = dice(seed, 'incident', i), large = i < cut.large.length;
		/* The large ones lie apart, so that each finds supporters with room. */
		const at = large ? [48, 105, 160, 215, 262, 310][i] + d.below(5) : 2 + Math.floor((i - cut.large.length + d.draw()) * (cut.days - 12) / small);
		const hour = d.one([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 10, 11, 12, 13, 13, 14, 15, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
		list.push({ day: addDays(cut.first, at), clock: `${String(hour).padStart(2, '0')}:${String(d.below(60)).padStart(2, '0')}`,
			size: size || d.one([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6]), severity: size > 50 ? 3 : d.one([1, 1, 2, 2, 3]) });
	}
	return list;
}

/* Some hours every month or so; a whole day twice. */
function outagesOfYear(cut, seed) {
	const list = [];
	for (let n = 0, day = 9; day < cut.days - 6; n++, day += 14 + dice(seed, 'outage', n).below(12)) {
		const d = dice(seed, 'outage of', n);
		list.push([day, `${String(d.between(0, 23)).padStart(2, '0')}:10`, n === 4 || n === 11 ? 26 : d.between(2, 9), d.one(['away', 'full'])]);
	}
	return list;
}

/** { first, end (ms), start (ms), incidents, outages, kills, restores, memory }, each in order. */
export function planOf(name, seed) {
	const cut = CUTS[name], year = typeof cut.incidents === 'number';
	const dayAt = (n, clock) => wall(addDays(cut.first, n), clock);
	const incidents = (year ? incidentsOfYear(cut, seed) : cut.incidents.map(([n, clock, size, severity]) => ({ day: addDays(cut.first, n), clock, size, severity })))
		.map((one) => ({ ...one, at: wall(one.day, one.clock) })).sort((a, b) => a.at - b.at).map((one, i) => ({ n: i + 1, ...one }));
	const big = incidents.find((i) => i.size > 50);
	const kills = year ? [{ day: 12, clock: '10:00', who: 'haven' }, { day: 30, clock: '15:00', who: 'duty' },
		{ at: big.at + MINUTE, who: 'haven' }, { day: 58, clock: '02:20', who: 'both', hours: 5 },
		{ day: 360, clock: '09:00', who: 'both', hours: 2 }] : cut.kills;
	const restores = year ? [{ day: 362, backup: '04:10', clock: '12:40' }] : cut.restores;
	return {
		name, seed, first: cut.first, days: cut.days, supporters: cut.supporters, start: dayAt(0, '00:00'), end: dayAt(cut.days, '00:00'), incidents,
		outages: (year ? outagesOfYear(cut, seed) : cut.outages).map(([n, clock, hours, mood]) => ({ from: dayAt(n, clock), to: dayAt(n, clock) + hours * HOUR, mood })),
		kills: kills.map((k) => ({ ...k, at: k.at ?? dayAt(k.day, k.clock) })),
		restores: restores.map((r) => ({ backup: dayAt(r.day, r.backup), at: dayAt(r.day, r.clock) })),
		memory: cut.memory.map((days) => days.map((n) => dayAt(n, '23:30'))),
	};
}
