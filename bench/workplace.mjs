// The workplaces that are measured: the demonstration's 1,200 people and 24 supporters, and as many more people as a figure wants,
// filled through the product's own doors. The programs run on the first core; whoever asks runs on the second.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { World, until } from '../tests/browser/world.mjs';
import { firstAdministrator, firstKeys, linkIn, register, signIn, welcome } from '../tools/demo/doors.mjs';
import { makePeople, makeSupporters, peopleCsv, supportersCsv } from '../tools/demo/people.mjs';

const AT = '2026-11-18T09:30:00+01:00';
const PASSPHRASE = 'en kollega i ryggen alltid';
const TRUST = 'Fjordvik helseforetak';
export const PROGRAMS_CORE = 0, LOAD_CORE = 1;

/** Keeps a process, with its threads and children, on one core. */
export function keepOn(core, pid) {
	const { status, stderr } = spawnSync('taskset', ['-acp', String(core), String(pid)], { encoding: 'utf8' });
	if (status !== 0)
		throw new Error(`taskset: ${stderr}`);
}

export const childrenOf = (pid) => readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map(Number).filter((p) => {
	try {
		return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${p}/status`, 'utf8'))[1]) === pid;
	} catch {
		return false; // it has ended
	}
});

const pad = (n) => String(n).padStart(7, '0');

/** People besides the demonstration's, in units of forty. */
const extras = (n) => Array.from({ length: n }, (_, i) => ({
	number: `7${pad(i)}`, given: `Prøve${i % 97}`, family: `Mål${pad(i)}`, unit: `${TRUST} / Utvidelsen / Post ${Math.floor(i / 40)}`,
	profession: 'Sykepleier', level: '1', leader: '', phone: `+47${10000000 + (i % 80000000)}`, email: `p${pad(i)}@fjordvik.example`, lang: 'nb',
	staff: false, isProtected: false,
}));

export class Workplace {
	static async start({ more = 0, supporters = true }) {
		const place = new Workplace();
		const world = place.world = await World.start({ at: AT, settings: ['peer_header = X-Real-IP'] });
		place.pin();
		const people = [...makePeople(), ...extras(more)];
		place.more = people.slice(-more || people.length);
		await world.makker('people', 'import', world.file('people.csv', peopleCsv(people)));
		await world.clock('+1m'); // the directory goes through the door
		const list = makeSupporters(people, AT.slice(0, 10));
		if (supporters) {
			await world.makker('supporters', 'import', world.file('supporters.csv', supportersCsv(list)));
			for (const { person } of list)
				await firstKeys(world.haven, await welcome(linkIn(await world.makker('user', 'haven', 'invite', person.email)), PASSPHRASE), world.now(), () => {});
		}
		const leader = people.find((p) => p.staff);
		await welcome(linkIn(await world.makker('user', 'duty', 'add', leader.email, '--name', `${leader.given} ${leader.family}`, '--role', 'leader')), PASSPHRASE);
		await firstAdministrator((...words) => world.makker('user', 'duty', ...words), world.duty, PASSPHRASE);
		place.leader = leader;
		return place;
	}

	pin() {
		for (const pid of this.pids())
			keepOn(PROGRAMS_CORE, pid);
	}

	/** The launcher and both programs. */
	pids() {
		return [this.world.server.pid, ...childrenOf(this.world.server.pid)];
	}

	/** Registers incidents in which these were, `at` people each. */
	async happen(people, at) {
		const visitor = await signIn(this.world.duty, this.leader.email, PASSPHRASE);
		for (let i = 0; i < people.length; i += at)
			await register(this.world.duty, visitor, { kind: 0, severity: 1, date: AT.slice(0, 10), clock: '08.15', unit: 'Legevakten',
				sentence: 'En besøkende truet personalet i venterommet.', numbers: people.slice(i, i + at).map((p) => p.number) });
	}

	stop() {
		return this.world.stop();
	}
}

export { until };
