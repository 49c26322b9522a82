// machine.mjs: what happens to the machine: a program is killed, both are down for hours, a backup is restored.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from '../histories/house.mjs';
import { HOUR, MINUTE } from './plan.mjs';
import { iso } from './hospital.mjs';

/** A program is killed, between two steps of the clock so that it is the same each time (tests/kills breaks its work off in the middle); what
    it had in memory alone is gone. After `hours` it is there again. */
async function kill(life, { who, hours = 0 }) {
	const { hospital } = life, programs = who === 'both' ? PROGRAMS : [who], from = life.now;
	for (const program of programs)
		await hospital.kill(program);
	if (programs.includes('haven'))
		life.forgets();
	await hospital.advance(from + hours * HOUR);
	for (const program of programs) {
		await hospital.serveAgain(program);
		life.down[program].push({ from, to: life.now });
	}
	await hospital.settle();
	await life.receive();
}

async function backup(life) {
	const { hospital } = life, folder = join(hospital.folder, 'kept');
	mkdirSync(folder, { recursive: true });
	for (const program of PROGRAMS)
		writeFileSync(join(folder, `${program}.backup`), await hospital.run(program, iso(life.now), ['backup']));
	life.backup = { at: life.now, folder };
}

/** Both databases become what they were at the backup. What was registered since is registered again by whoever remembers it. */
async function restore(life) {
	const { hospital, backup: kept } = life, from = life.now;
	for (const program of PROGRAMS)
		await hospital.kill(program, 'SIGTERM');
	life.forgets();
	for (const step of ['check', 'take', 'done'])
		for (const program of PROGRAMS)
			await hospital.command(program, iso(from), ['restore', step], step === 'check' ? readFileSync(join(kept.folder, `${program}.backup`)) : undefined);
	for (const program of PROGRAMS) {
		await hospital.serveAgain(program);
		life.down[program].push({ from: kept.at, to: life.now });
	}
	await hospital.settle();
	await life.receive();
	for (const incident of life.incidents.filter((i) => !i.lost && i.at > kept.at)) {
		incident.lost = true;
		await life.register(incident.plan);
	}
	for (const said of life.answers.filter((a) => a.at > kept.at))
		said.lost = true;
	for (const s of hospital.supporters.filter((x) => !x.ended && !x.locked && x.fullSince > kept.at))
		await hospital.sayFull(s, true);
}

/** Puts the troubles of the plan on the agenda. */
export function troubles(life) {
	const { plan, hospital } = life;
	for (const { from, to, mood } of plan.outages) {
		life.at(from, 'the mail server goes away', () => { hospital.mailbox.mood = mood; });
		life.at(to, 'the mail server is back', () => { hospital.mailbox.mood = null; });
	}
	for (const one of plan.kills)
		life.at(one.at, `${one.who} is killed`, () => kill(life, one));
	for (const one of plan.restores) {
		life.at(one.backup, 'a backup is made', () => backup(life));
		/* Something happens that the backup does not hold. */
		life.at(one.at - 90 * MINUTE, 'an incident that will be lost', () => life.register({ n: 900 + plan.restores.indexOf(one), at: life.now, size: 3, severity: 2 }));
		life.at(one.at, 'the backup is restored', () => restore(life));
	}
}

/** For the report. */
export const toldTroubles = ({ kills, restores }, wallOf) => [
	...kills.map((k) => `${wallOf(k.at)}: ${k.who === 'both' ? 'both programs are' : `${k.who} is`} killed${k.hours ? `, and down for ${k.hours} hours` : ''}`),
	...restores.map((r) => `${wallOf(r.at)}: both databases become what they were at ${wallOf(r.backup)}`)];
