/* desk-rules.js: what the desk decides, apart from doing it (§ 3.4, § 3.5). Pure: tasks and days as GET /s/desk/data gave them,
   `vault` as of vault.js. */

import { answerOrder, get, keepNewest, list, put } from './vault.js';

/* Those without e-mail first, since nothing reaches them but a call; then the earlier deadline. */
export function sortTasks(tasks) {
	return [...tasks].sort((a, b) => a.email - b.email || a.deadline - b.deadline || (a.id < b.id ? -1 : 1));
}

/* A closed task is given to be read for a day, and stands on the desk only if somebody asked for a call who has had none. */
export const isShown = (task, vault) => !task.closed ||
	(get(vault, `answer:${task.id}`)?.kind === 'call' && get(vault, `outcome:${task.id}`) !== 'reached');

/* The outcomes to send today: every open task of every incident whose deadline day has come for all her tasks of it, "open"
   included. Not before the day, whatever is noted; whatever was answered. Empty: nothing is sent. */
export function outcomesDue(all, today, vault) {
	const tasks = all.filter((task) => !task.closed);
	const early = new Set(tasks.filter((task) => task.deadline_day > today).map((task) => task.incident));
	return tasks.filter((task) => !early.has(task.incident)).sort((a, b) => (a.id < b.id ? -1 : 1))
		.map((task) => ({ task: task.id, outcome: get(vault, `outcome:${task.id}`) ?? 'open' }));
}

/* Positions to try for a task: where her envelope stands, and 0 after the task became hers alone. */
export const positionsOf = (task) => (task.role === 0 ? [0] : [task.role, 0]);

const OTHERS = 'others';

/* The hours to open, newest first: [{ hour, tasks, others }]. A task's hours begin where its page began to exist and after
   what was looked through before; `read` leaves out what a look that ended early has opened (hourRead). */
export function scanPlan(tasks, ring, vault, read = new Map()) {
	const from = (key, since) => Math.max(ring.from, since, (get(vault, key) ?? 0) + 1);
	const starts = tasks.map((task) => [task, from(`scan:${task.id}`, task.since)]);
	const others = from('scan3', 0);
	const plan = [];
	for (let hour = ring.to; hour >= ring.from; hour--) {
		const fresh = (what) => !read.get(hour)?.has(what);
		const wanted = starts.filter(([task, start]) => hour >= start && fresh(task.id)).map(([task]) => task);
		const wantOthers = hour >= others && fresh(OTHERS);
		if (wanted.length > 0 || wantOthers)
			plan.push({ hour, tasks: wanted, others: wantOthers });
	}
	return plan;
}

/* Notes in `read` that this entry of a plan was opened. */
export function hourRead(read, { hour, tasks, others }) {
	const what = read.get(hour) ?? read.set(hour, new Set()).get(hour);
	for (const task of tasks)
		what.add(task.id);
	if (others)
		what.add(OTHERS);
}

/* Everything up to ring.to was looked through, for these tasks. */
export function scanned(vault, tasks, ring, now) {
	for (const task of tasks)
		put(vault, `scan:${task.id}`, ring.to, now);
	put(vault, 'scan3', ring.to, now);
}

/* What nobody could read any more if she stopped now: the key of a text, or null. ring: as of the newest look, null where it did not
   come to an end. */
export function whatStays(vault, ring) {
	if (!ring || (get(vault, 'scan3') ?? -1) < ring.to)
		return 'retire-unread';
	return list(vault, 'other:').some(([, other]) => !other.done) ? 'retire-others' : null;
}

/* Takes in what one hour held. The same aid twice is ignored; which of two answers stands: answerOrder. Who chose her must name
   a key of hers: `own` is their ids (hex 8). → the number of new things. */
export function takeIn(vault, hour, found, now, own) {
	let fresh = 0;
	for (const { position, task, answer } of found) {
		if (position === 3 && !own.includes(answer.to))
			continue;
		const key = position === 3 ? `other:${answer.aid}` : `answer:${task}`;
		const old = get(vault, key);
		if (old && (old.aid === answer.aid || answerOrder({ ...answer, hour }, old) <= 0))
			continue;
		put(vault, key, { hour, position, ...answer }, now);
		fresh++;
	}
	keepNewest(vault);
	return fresh;
}

/* Nothing about a task that is no longer hers stays. */
export function forgetTask(vault, id, now) {
	for (const key of [`scan:${id}`, `answer:${id}`, `outcome:${id}`]) {
		if (vault.items[key])
			put(vault, key, null, now);
	}
	for (const [rest, d] of list(vault, 'try:')) {
		if (d.task === id)
			put(vault, `try:${rest}`, null, now);
	}
}

/* Tries of a task, oldest first: [{ t }], t in minutes since 1970. */
export function triesOf(vault, id) {
	return list(vault, 'try:').map(([, d]) => d).filter((d) => d.task === id).sort((a, b) => a.t - b.t);
}
