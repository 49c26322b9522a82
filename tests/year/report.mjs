// report.mjs: what the year came to, for a person to read: counts, a table by month, each check, and a picture.
import { MEMORY_RATIO, isUnsendable } from './checks.mjs';
import { dayOf } from './plan.mjs';

const monthOf = (ms) => dayOf(ms).slice(0, 7);
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const sum = (list, f) => list.reduce((n, x) => n + f(x), 0);

/** { month: { incidents, affected, offered, reached, … } } */
export function months(e) {
	const all = {};
	const of = (ms) => (all[monthOf(ms)] ??= { incidents: 0, affected: 0, offered: 0, reached: 0, unreached: 0, answers: 0, read: 0, mail: 0, sms: 0, second: 0, check: 0, stopped: 0 });
	const read = new Set(e.readings.map((r) => r.marker));
	for (const i of e.incidents.filter((x) => !x.lost)) {
		const m = of(i.at), last = e.counts.findLast((c) => c.n === i.n);
		m.incidents++;
		m.affected += i.affected.length;
		m.offered += last?.offered ?? 0;
		m.reached += last?.reached ?? 0;
		m.unreached += i.affected.filter((one) => isUnsendable(e, one)).length;
		m.stopped += i.affected.filter((one) => one.stopped).length;
	}
	for (const m of e.messages) {
		const month = of(m.at);
		month[m.way]++;
		if (m.kind in month)
			month[m.kind]++;
	}
	for (const a of e.answers) {
		of(a.at).answers++;
		of(a.at).read += read.has(a.marker) ? 1 : 0;
	}
	return Object.fromEntries(Object.entries(all).sort());
}

/** Affected, offered and reached by month, as lines. */
export function picture(all) {
	const names = Object.keys(all), most = Math.max(1, ...names.map((n) => all[n].affected)), [w, h, left, top] = [760, 260, 48, 24];
	const x = (i) => left + (names.length > 1 ? i * (w - left - 110) / (names.length - 1) : 0), y = (n) => top + (h - top - 40) * (1 - n / most);
	const line = (key, colour, dash, dy) => {
		const points = names.map((n, i) => `${x(i).toFixed(1)},${y(all[n][key]).toFixed(1)}`);
		return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"${dash ? ` stroke-dasharray="${dash}"` : ''}/>` +
			`<text x="${w - 100}" y="${y(all[names.at(-1)][key]) + dy}" fill="${colour}">${key}</text>`;
	};
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" font-family="sans-serif" font-size="13">
<title>Affected, offered and reached, by month of the incident</title><rect width="${w}" height="${h}" fill="#fff"/>
${[0, most / 2, most].map((n) => `<text x="8" y="${y(n) + 4}">${Math.round(n)}</text><line x1="${left}" x2="${w - 110}" y1="${y(n)}" y2="${y(n)}" stroke="#ddd"/>`).join('')}
${names.map((n, i) => `<text x="${x(i)}" y="${h - 12}" text-anchor="middle">${n.slice(2)}</text>`).join('')}
${line('affected', '#777', '2 3', -8)}${line('offered', '#1d6b45', '', 4)}${line('reached', '#2b5d9b', '7 4', 16)}
</svg>
`;
}

/** evidence, verdicts of judge(), facts: { seconds, … } → Markdown */
export function report(e, verdicts, facts) {
	const all = months(e), wrong = sum(Object.values(verdicts), (v) => v.length), people = e.incidents.filter((i) => !i.lost).flatMap((i) => i.affected);
	const total = (key) => sum(Object.values(all), (m) => m[key]);
	const text = [`# ${facts.title}`, '',
		`${facts.from} to ${facts.to}, ${facts.people} people, ${facts.supporters} supporters; seed ${facts.seed}; lived in ${facts.seconds} seconds.`,
		wrong ? `**${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.**` : '**Nobody missed, nothing doubled, every invariant held.**', '',
		table(['what', 'how many'], [['incidents', total('incidents')], ['people affected', people.length], ['offered, by duty’s page', total('offered')],
			['no message could reach', total('unreached')], ['reached before closing', total('reached')], ['messages taken by the mail server', total('mail')],
			['messages taken by the SMS gateway', total('sms')], ['answers acknowledged', e.answers.length], ['looks at duty’s pages', e.counts.length],
			['outages of the mail server', e.outages.length], ['programs killed', sum(e.kills, (k) => (k.who === 'both' ? 2 : 1))], ['backups restored', facts.restores],
			['checks held', `${Object.values(verdicts).filter((v) => !v.length).length} of ${Object.keys(verdicts).length}`], ...facts.more]), '',
		'## By month', '',
		table(['month', ...Object.keys(Object.values(all)[0])], Object.entries(all).map(([name, m]) => [name, ...Object.values(m)])), '',
		'`incidents` to `unreached` by the month of the incident, the rest by when it happened. `read`: answers with words in them that a desk has opened.', '',
		'## Memory', '',
		table(['program', 'early, MB', 'late, MB', `must stay below ${MEMORY_RATIO}`], ['duty', 'haven'].map((p) => {
			const [early, late] = e.memory.map((m) => m[p]);
			return [p, (early / 1e6).toFixed(1), (late / 1e6).toFixed(1), (late / early).toFixed(2)];
		})), '',
		'## What was checked', '',
		...Object.entries(verdicts).map(([name, list]) => `- ${list.length ? `**wrong, ${list.length}:**` : 'held:'} ${name}${list.slice(0, 20).map((v) => `\n  - ${v}`).join('')}`), '',
		'## What happened to the machine', '', ...facts.troubles.map((t) => `- ${t}`), ''];
	return text.join('\n');
}
