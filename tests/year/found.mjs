// found.mjs: n is made right afterwards: "I was there too" by duty's own form, which a leader decides; somebody from outside the directory;
// and what leader and coordinator do about whom no message reached.
import { Visitor, formsOf, unescape } from '../../tools/demo/visitor.mjs';
import { HOUR, MINUTE, clockOf, dayOf, wall, addDays } from './plan.mjs';

/* What stands beside each choice of a form. */
const choices = (page, name) => [...page.text.matchAll(new RegExp(`<input[^>]*type="radio" name="${name}"[^>]*value="([^"]*)"[\\s\\S]*?<label[^>]*>([^<]*)`, 'g'))]
	.map(([, value, words]) => ({ value: unescape(value), words: unescape(words) }));

/** Somebody who was there tells so, without an account; and her leader adds her. */
async function tellsAndIsAdded(life, incident, person) {
	const { hospital } = life, visitor = new Visitor({ machine: hospital.address });
	const page = await visitor.get(`${hospital.duty}/there`);
	const sent = await visitor.submit(page, { who: 'me', day: '2', date: dayOf(incident.at), clock: clockOf(incident.at).replace(':', '.'), place: incident.unit.split(' / ').at(-1),
		name: `${person.given} ${person.family}`, contact: person.email || person.phone, number: person.number });
	if (new URL(sent.url).pathname !== '/there/sent')
		throw new Error(`somebody who was there could not tell it: ${sent.url}`);
	life.at(life.now + 5 * HOUR, 'a leader adds somebody who was left out', async () => {
		if (incident.lost)
			return;
		const leader = await hospital.enter(incident.leader);
		const list = await leader.get(`${hospital.duty}/reported`);
		for (const path of new Set([...list.text.matchAll(/href="(\/reported\/[\w-]{22})"/g)].map(([, p]) => p))) {
			const one = await leader.get(`${hospital.duty}${path}`);
			if (!one.text.includes(person.number))
				continue;
			const who = choices(one, 'person').find((c) => c.words.includes(person.family) || c.words.includes(person.number));
			const which = choices(one, 'incident').find((c) => c.words === incident.sentence);
			if (!who || !which)
				throw new Error(`the leader cannot add ${person.given} ${person.family}: ${JSON.stringify([choices(one, 'person'), choices(one, 'incident')])}`);
			await leader.submit(one, { person: who.value, incident: which.value });
			life.isAffected(incident, person);
			await hospital.settle();
			await life.receive();
			return;
		}
		throw new Error('what was told is on no list');
	});
}

/** Somebody from outside the directory is added by name and phone. */
async function addsOutsider(life, incident, d) {
	const { hospital } = life, name = `Vikar ${d.one(['Alfa', 'Beta', 'Gamma', 'Delta'])} ${incident.n}`, phone = `+47 ${d.percent(50) ? 98 : 22}${String(765000 + incident.n).padStart(6, '0')}`;
	const leader = await hospital.enter(incident.leader);
	const added = await leader.submit(await leader.get(`${hospital.duty}${incident.path}/people`), { 'out-name': name, 'out-phone': phone }, { button: (b) => b.value === 'outside' });
	await leader.submit(added, {}, { which: (f) => f.fields.some((x) => x.name === 'seat'), button: (b) => b.value === 'save' });
	life.isAffected(incident, { number: null, given: name.split(' ').slice(0, -1).join(' '), family: name.split(' ').at(-1), email: '', phone });
	await hospital.settle();
	await life.receive();
}

/** Somebody turns out to be a party: she sees nothing of it, and gets no message. */
async function addsParty(life, incident, person) {
	const { hospital } = life, leader = await hospital.enter(incident.leader);
	const chosen = await leader.submit(await leader.get(`${hospital.duty}${incident.path}/people`), { paste: person.number }, { button: (b) => b.value === 'paste' });
	const seat = formsOf(chosen.text, chosen.url).flatMap((f) => f.fields).find((f) => f.name === 'seat' && f.options);
	await leader.submit(chosen, { seat: seat.options.at(-2).value }, { button: (b) => b.value === 'save' });
	incident.parties.push(person);
	await hospital.settle();
	await life.receive();
}

/** What follows an incident of the plan. */
export function afterwards(life, incident) {
	const d = life.dice('afterwards', incident.n), { hospital } = life;
	const others = hospital.present.filter((p) => !p.staff && !p.isProtected && p.unit.startsWith(incident.unit) && !incident.affected.some((a) => a.person === p));
	/* What a restore takes away is registered again, and has its own. */
	const still = (run) => () => (incident.lost ? undefined : run());
	if (incident.affected.length > 2 && others.length > 6 && d.percent(45)) {
		const when = wall(addDays(dayOf(incident.at), d.between(1, 3)), '09:20');
		life.at(when, 'somebody tells that she was there too', still(() => tellsAndIsAdded(life, incident, d.one(others.slice(0, -1).filter((p) => !hospital.gone.has(p.number))))));
	}
	if (others.length > 2 && d.percent(20))
		life.at(incident.at + 35 * MINUTE, 'somebody is a party to it', still(() => addsParty(life, incident, others.at(-1))));
	if (d.percent(25))
		life.at(incident.at + 50 * MINUTE, 'somebody from outside is added', still(() => addsOutsider(life, incident, d)));
}

/** Leaders speak to whom they are asked to, coordinators note that they saw to it: most of them, on the next day. */
export async function seenTo(life, incident) {
	const { hospital } = life, leader = await hospital.enter(incident.leader);
	const page = await leader.get(`${hospital.duty}${incident.path}`);
	for (const [, id, what] of page.text.matchAll(/data-need="([^"]*)"[\s\S]*?<b data-what>([\s\S]*?)<\/b>/g)) {
		const one = incident.affected.find((a) => !a.inPerson && unescape(what).includes(a.person.isProtected ? a.number : a.name.split(' ')[0]));
		if (!one || incident.affected.filter((a) => a.name.split(' ')[0] === one.name.split(' ')[0]).length > 1 || !life.dice('speaks', incident.n, id).percent(60))
			continue;
		const question = await leader.get(`${hospital.duty}/exposures/${id}/in-person`);
		await leader.submit(question, {}, { which: (f) => f.action.endsWith('/in-person') });
		one.inPerson = life.now;
	}
	const coordinator = await hospital.enter(hospital.who('coordinator'));
	const list = await coordinator.get(`${hospital.haven}/s/programme/unreached`);
	const form = formsOf(list.text, list.url).find((f) => f.fields.some((x) => x.name === 'task'));
	if (form)
		await coordinator.submit(list, {}, { which: (f) => f.fields.some((x) => x.name === 'task') });
}
