// watch.mjs: looks at the hospital from outside, while it lives: duty's and the coordinator's pages, commands, the monitor's address; and
// by SQL whether what must be gone is gone. What it sees becomes evidence for checks.mjs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { unescape, wordsOf } from '../../tools/demo/visitor.mjs';
import { PROGRAMS } from '../histories/house.mjs';
import { isUnsendable } from './checks.mjs';
import { seenTo } from './found.mjs';
import { iso } from './hospital.mjs';
import { DAY, HOUR, dayOf, wall } from './plan.mjs';

const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);

/* [program, what, how many there are, the rest of the sentence]: none may be there. $today, $hour, $now stand for numbers. Each row is one of docs/retention.md. */
export const GONE = [
	['haven', 'personal links that no longer open', 'offer_link', 'expires_day < $today'],
	['haven', 'links of no task', 'offer_link', 'task NOT IN (SELECT id FROM task)'],
	['haven', 'hours of the ring older than 14 days', 'ring', 'hour < $hour - 14 * 24 - 1'],
	['haven', 'slots of an hour that has ended', 'ring_open', 'hour < $hour - 1'],
	['haven', 'tasks more than 84 days after their closing', 'task', 'closed_day < $today - 84'],
	['haven', 'notes of tasks that are gone', 'passed', 'task NOT IN (SELECT id FROM task)'],
	['haven', 'incidents without a task', 'incident', 'id NOT IN (SELECT incident FROM task)'],
	['haven', 'exclusions without an incident', 'excluded', 'incident NOT IN (SELECT id FROM incident)'],
	['haven', 'loads that no longer count', 'load', 'day <= $today - 28'],
	['haven', 'counts of mail older than three days', 'offer_mailed', 'hour < $hour - 73'],
	['haven', 'people who have left and whom nothing names', 'person', 'ended = 1 AND id NOT IN (SELECT person FROM task WHERE person IS NOT NULL) ' +
		'AND id NOT IN (SELECT person FROM excluded) AND id NOT IN (SELECT person FROM supporter WHERE person IS NOT NULL)'],
	['haven', 'one-time devices', 'pairing', '1 = 1'],
	['haven', 'files more than 400 days after their end', 'supporter', 'ended_day < $today - 400'],
	['haven', 'requests for new keys older than 14 days', 'key_reset', 'day < $today - 14'],
	['duty', 'plans of an import that is over', 'import_row', '1 = 1'],
	['duty', 'units of an import that is over', 'import_unit', '1 = 1'],
	['duty', 'problems of an import that is over', 'import_problem', '1 = 1'],
	['duty', 'imports that are over', 'import', '1 = 1'],
	['duty', 'what was told of somebody missing, decided more than 28 days ago', 'missing', 'done_day < $today - 28'],
	['duty', 'words to find somebody who has left by', 'person_word', 'person IN (SELECT id FROM person WHERE ended_day IS NOT NULL AND ended_day < $today)'],
	['duty', 'coverage of nobody', 'coverage', 'exposure NOT IN (SELECT id FROM exposure)'],
	...PROGRAMS.flatMap((p) => [
		[p, 'sessions of yesterday', 'session', 'expires_day < $today'],
		[p, 'one-time links that are past', 'invite', 'expires_day < $today'],
		[p, 'return addresses that are past', 'mail_return', 'expires_day < $today'],
		[p, 'results that nobody has read', 'mail_result', '1 = 1'],
		[p, 'roles that waited more than 14 days', 'role_wanted', 'made_day < $today - 14'],
	]),
];

const HOLDS = /the audit chain holds \(entries: [1-9]/;

export class Watch {
	counts = [];
	owned = [];
	commands = [];
	overdue = [];
	rows = [];
	memory = [{ duty: 0, haven: 0 }, { duty: 0, haven: 0 }]; /* early and late */
	texts = {};
	#before = 0; /* when the coordinator's page was last read */

	constructor(life, { rows }) {
		Object.assign(this, { life, hospital: life.hospital, program: rows });
	}

	get now() {
		return this.hospital.now;
	}

	/* ---- each day ---- */

	/** In the afternoon, when incidents have closed. */
	async afternoon() {
		await this.life.lookAtPairs();
		for (const incident of this.life.incidents.filter((i) => !i.closed && !i.lost))
			await this.lookAt(incident);
		this.rows.push(...this.leftoversOf());
	}

	/** At midnight. */
	night() {
		const { jobs, waiting } = { jobs: this.ask('haven', 'SELECT COUNT(*) FROM job WHERE due < $now - 1'), waiting: this.waiting() };
		const dutyJobs = this.ask('duty', 'SELECT COUNT(*) FROM job WHERE due < $now - 1');
		if (jobs + dutyJobs > 0)
			this.overdue.push({ at: this.now, what: `${jobs + dutyJobs} jobs are overdue` });
		const away = this.hospital.plan.outages.some((o) => o.from <= this.now && this.now < o.to + DAY);
		if (waiting > 0 && !away)
			this.overdue.push({ at: this.now, what: `${waiting} messages wait` });
	}

	/* Put before yesterday: SMS wait for the morning, and a mail that is put off for its address some hours. */
	waiting() {
		return ['haven', 'duty'].reduce((n, program) => n + this.ask(program, 'SELECT COUNT(*) FROM outbox WHERE made_day < $today - 1'), 0);
	}

	/* ---- duty's page ---- */

	/** What her leader sees of an incident, beside what mail log and desks prove by now. */
	async lookAt(incident) {
		const { hospital, life } = this, visitor = await hospital.enter(incident.leader);
		const page = await visitor.get(`${hospital.duty}${incident.path}`), words = wordsOf(page.text);
		const [, offered, of] = /Offered to (\d+) of (\d+)/.exec(words).map(Number);
		const told = /Reached (\d+)/.exec(words);
		this.#closed(incident, page);
		const reached = told ? incident.affected.filter((one) => one.closed && life.wasReached(one)) : [];
		const evidence = this.evidence();
		const counted = incident.affected.filter((one) => one.inPerson || reached.includes(one) ||
			(!isUnsendable(evidence, one) && one.messages.some((m) => m.kind === 'offer')));
		this.counts.push({ n: incident.n, at: this.now, offered, of, affected: incident.affected.length, expected: counted.length,
			reached: told ? Number(told[1]) : null, desks: reached.length,
			by: reached.map((one) => [life.wasReached(one).supporter, one.number, one.at, life.wasReached(one).at, one.closed]) });
		life.pages.push({ at: this.now, path: incident.path, text: page.text });
		await this.#owners(incident, page, evidence);
		if (!incident.closed && this.now - incident.at > 20 * HOUR)
			await seenTo(life, incident);
	}

	/* Of whom duty has heard whether she was reached; whoever is added later closes later. */
	#closed(incident, page) {
		for (const [, name, reached] of page.text.matchAll(/<tr data-row="[^"]*"><th scope="row">([^<]*)<\/th>[\s\S]*?<td data-reached>([^<]*)<\/td>/g)) {
			const words = unescape(name), one = incident.affected.find((a) => (a.person.isProtected ? words.includes(a.number) : words === a.name));
			if (one && reached !== '–')
				one.closed ??= this.now;
		}
		if (incident.affected.every((one) => one.closed))
			incident.closed ??= this.now;
		else
			incident.closed = null;
	}

	/* Each of the unreached on both lists. */
	async #owners(incident, page, evidence) {
		const { hospital } = this;
		const unreached = incident.affected.filter((one) => isUnsendable(evidence, one) && this.now - one.at > 2 * HOUR);
		if (unreached.length === 0)
			return;
		const coordinator = await hospital.enter(hospital.who('coordinator'));
		const list = wordsOf((await coordinator.get(`${hospital.haven}/s/programme/unreached`)).text);
		const needs = [...page.text.matchAll(/data-need="[^"]*"[\s\S]*?<b data-what>([\s\S]*?)<\/b>/g)].map(([, what]) => wordsOf(what));
		for (const one of unreached) {
			const shown = one.person?.isProtected ? 'Protected identity' : one.name, given = one.person?.isProtected ? one.number : one.name.split(' ')[0];
			this.owned.push({ one, at: this.now, leader: one.inPerson !== null || needs.some((what) => what.includes(given)) || Boolean(one.closed && this.life.wasReached(one)),
				coordinator: Boolean(one.closed) || list.includes(shown) });
		}
	}

	/* ---- SQL ---- */

	/** The numbers that these sentences come to. file: another database than that of the program. */
	askAll(program, sentences, file = join(this.hospital.folder, program, `${program}.sqlite`)) {
		const filled = sentences.map((sentence) => sentence.replace(/\$now/g, Math.floor(this.now / 1000)).replace(/\$hour/g, Math.floor(this.now / HOUR))
			.replace(/\$today/g, dayNumber(dayOf(this.now))));
		const { status, stdout, stderr } = spawnSync(this.program, [file, ...filled], { encoding: 'utf8' });
		if (status !== 0)
			throw new Error(`rows: ${stderr}`);
		return stdout.trimEnd().split('\n').map((line) => JSON.parse(line)[0]?.[0] ?? 0);
	}

	ask(program, sentence) {
		return this.askAll(program, [sentence])[0];
	}

	/** What must be gone is counted, in the programs' own databases or in copies of them. Not before the night's work. */
	leftoversOf(files = {}) {
		return PROGRAMS.flatMap((program) => {
			const mine = GONE.filter(([p]) => p === program);
			const found = this.askAll(program, mine.map(([, , table, rest]) => `SELECT COUNT(*) FROM ${table} WHERE ${rest}`), files[program]);
			return mine.map(([, what], i) => ({ program, at: this.now, what, n: found[i] }));
		});
	}

	/* ---- commands ---- */

	async command(program, words, expected) {
		const name = `makker-${program} ${words.join(' ')}, ${iso(this.now)}`;
		try {
			this.commands.push({ name, status: 0, out: await this.hospital.command(program, iso(this.now), words), expected });
		} catch (error) {
			this.commands.push({ name, status: 1, out: error.message, expected });
		}
	}

	/** The same of a copy of both folders. */
	commandOn(folder, program, words) {
		const { hospital } = this;
		const { status, stdout, stderr } = spawnSync(hospital.binaries[program], ['--config', join(hospital.folder, `${program}.conf`), '--data', join(folder, program),
			'--at', iso(this.now), ...words], { encoding: 'utf8', env: { ...process.env, MAKKER_HISTORY_SEED: 'copy' } });
		return { name: words.join(' '), status, out: stdout + stderr, expected: HOLDS };
	}

	async chainsHold() {
		for (const program of PROGRAMS)
			await this.command(program, ['check'], HOLDS);
		await this.command('haven', ['keys'], new RegExp(`^Entry ${this.life.keys} of the key log`));
		for (const program of PROGRAMS)
			await this.command(program, ['health'], /in order/);
	}

	measure(i) {
		for (const p of PROGRAMS)
			this.memory[i][p] = Math.max(this.memory[i][p], this.hospital.memory(p));
	}

	/** Everything that checks.mjs looks at. */
	evidence() {
		const { life, hospital } = this;
		return {
			now: this.now, incidents: life.incidents, messages: hospital.messages, answers: life.answers, readings: life.readings, assigned: life.assigned,
			deadlines: life.deadlines, held: life.held, opened: life.openedFor, kills: life.plan.kills, outages: life.plan.outages, down: life.down, refusals: hospital.refusals, deferrals: hospital.deferrals,
			counts: this.counts, owned: this.owned, commands: this.commands, overdue: this.overdue, rows: this.rows, memory: this.memory,
			texts: this.texts, secrets: life.answers.map((a) => a.marker).filter(Boolean),
		};
	}

	/** The employer's side, as text, for what must not stand in it. */
	gatherTexts() {
		const { hospital, life } = this;
		this.texts = { 'the log of duty': hospital.log.duty, 'the log of haven': hospital.log.haven,
			'a mail': hospital.messages.map((m) => `${m.subject ?? ''} ${m.text}`).join('\n'), 'a page of duty': life.pages.map((p) => p.text).join('\n') };
	}
}
