// What must be so after a storm, whatever had become of the programs: nothing that was acknowledged is missing, nothing came twice.
import assert from 'node:assert/strict';
import { until } from '../browser/world.mjs';
import { fillForm, messageIdOf } from './mill.mjs';

/** Whom the mail server refuses, and who has no address. */
export const REFUSED = 'p2003@molleby.example', WITHOUT_MAIL = 2005;
const day = (hex) => hex !== null;

export async function quiet(mill) {
	await until(() => {
		const [outbox, results, facts, tasks] = mill.rows('haven', 'SELECT COUNT(*) FROM outbox', 'SELECT COUNT(*) FROM mail_result',
			'SELECT COUNT(*) FROM door_fact', 'SELECT COUNT(*) FROM task').map((r) => r[0][0]);
		const [exposures, waiting] = mill.rows('duty', 'SELECT COUNT(*) FROM exposure', 'SELECT COUNT(*) FROM outbox').map((r) => r[0][0]);
		if (outbox + results + facts + waiting === 0 && tasks === exposures)
			return true;
		throw new Error(`outbox ${outbox}, results ${results}, facts ${facts}, tasks ${tasks} of ${exposures}`);
	}, { seconds: 90, every: 500, why: 'everything has gone its way' });
}

/** Mails that came again under their Message-ID, by their places: [{ again, before, last }]. last: the earlier one was the last that its
    connection handed over. Each connection waits for the commit before its next. */
export function repeated(mails) {
	const last = new Map(mails.map((mail, i) => [mail.session, i])), at = new Map(), list = [];
	mails.forEach((mail, again) => {
		const id = messageIdOf(mail), before = at.get(id);
		if (before !== undefined)
			list.push({ again, before, last: last.get(mails[before].session) === before });
		at.set(id, again);
	});
	return list;
}

/** A mail may come twice only if it was the last of its connection when a life of haven ended. → how many did. */
export function repeats({ mill }) {
	const list = repeated(mill.accepted());
	for (const { again, before, last } of list)
		assert.ok(last && mill.lives.some((v) => v > before && v <= again),
			`mail ${again} repeats mail ${before}, and no kill fell between its acceptance and the commit`);
	return list.length;
}

export function incidentsAreThere(storm) {
	const { mill } = storm;
	const rows = mill.rows('duty', `SELECT i.sentence, p.employee_number FROM incident i JOIN exposure e ON e.incident = i.id
		JOIN person p ON p.id = e.person`);
	const ids = mill.rows('duty', 'SELECT sentence, COUNT(*) FROM incident GROUP BY sentence');
	const times = new Map(ids), people = new Map();
	for (const [sentence, number] of rows)
		people.set(sentence, [...(people.get(sentence) ?? []), number]);
	for (const { sentence, numbers, acknowledged } of storm.incidents) {
		const n = times.get(sentence) ?? 0;
		assert.ok(n === 1 || (n === 0 && !acknowledged), `"${sentence}" is there ${n} times${acknowledged ? ', and was acknowledged' : ''}`);
		if (n)
			assert.deepEqual(people.get(sentence).sort(), [...numbers].sort(), `the people of "${sentence}"`);
	}
	assert.equal(times.size, [...new Set(storm.incidents.map((i) => i.sentence))].filter((s) => times.has(s)).length);
}

export function offersWereMade({ mill }) {
	const links = mill.rows('haven', 'SELECT l.hash, l.task, l.kind FROM offer_link l');
	const byHash = new Map(mill.offers().map((o) => [o.hash, o]));
	const ids = new Map();
	for (const { hash, messageId } of mill.offers())
		ids.set(hash, (ids.get(hash) ?? new Set()).add(messageId));
	for (const [hash, set] of ids)
		assert.equal(set.size, 1, `link ${hash} went out under ${set.size} Message-IDs`);
	const address = new Map(mill.rows('haven', 'SELECT t.id, p.email FROM task t JOIN person p ON p.id = t.person'));
	const offered = new Set();
	for (const [hash, task] of links) {
		assert.ok(byHash.has(hash) || address.get(task) === REFUSED, `a mail to ${address.get(task)} was never accepted`);
		if (byHash.has(hash))
			assert.equal(byHash.get(hash).to, address.get(task));
		offered.add(task);
	}
	for (const [task, email] of address)
		assert.ok(offered.has(task) || !email, `no offer was ever put for a task of ${email}`);
	assert.equal(byHash.size, new Set(mill.offers().map((o) => o.hash)).size);
	return address;
}

export function coverageAgrees({ mill }, address) {
	const rows = mill.rows('duty', `SELECT e.id, c.sent_day, c.unsendable_day FROM exposure e LEFT JOIN coverage c ON c.exposure = e.id`);
	assert.equal(rows.length, address.size, 'duty and haven know the same people');
	for (const [exposure, sent, unsendable] of rows) {
		assert.ok(address.has(exposure), 'haven has a task for each exposure');
		const email = address.get(exposure) ?? '';
		assert.equal(day(sent), email !== '' && email !== REFUSED, `sent to "${email}"`);
		assert.equal(day(unsendable), email === '' || email === REFUSED, `unsendable to "${email}"`);
	}
}

export function jobsAreThere({ mill }) {
	const tasks = mill.rows('haven', 'SELECT id FROM task').map((r) => r[0]);
	for (const kind of ['offers/second', 'offers/check', 'offers/silence']) {
		const about = new Set(mill.rows('haven', `SELECT about FROM job WHERE kind = '${kind}'`).map((r) => r[0]));
		for (const task of tasks)
			assert.ok(about.has(task), `a task has lost its job ${kind}`);
	}
	const closing = new Set(mill.rows('haven', "SELECT about FROM job WHERE kind = 'offers/close'").map((r) => r[0]));
	for (const [incident] of mill.rows('haven', 'SELECT id FROM incident'))
		assert.ok(closing.has(incident), 'an incident has lost the job that closes it');
}

export async function pagesAgree(storm) {
	const { mill } = storm;
	await fillForm(mill, { sentence: 'Signed in', numbers: [] });
	for (const { page, numbers, acknowledged } of storm.incidents) {
		if (!acknowledged)
			continue;
		const { text } = await mill.leader.get(mill.duty + page);
		const [offered, of] = /data-offered>[^<\d]*(\d+)\D+(\d+)/.exec(text).slice(1).map(Number);
		assert.equal(of, numbers.length);
		assert.equal(offered, numbers.filter((n) => n !== '2003' && n !== String(WITHOUT_MAIL)).length, `${page} counts wrongly`);
	}
}

export async function answersAreThere(storm) {
	const slots = await storm.slots();
	for (const answer of storm.answers)
		if (answer.acknowledged)
			assert.ok(await storm.opens(slots, answer), `an acknowledged answer (${answer.kind}) is not in the ring, or does not open`);
}
