// run.mjs: lives several histories side by side, hour by hour, and compares all that an employer could look at.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';
import { compare } from './compare.mjs';
import { PROGRAMS } from './house.mjs';
import { HISTORIES, Life, dayStart, moments } from './lives.mjs';
import { missed, walk } from './pages.mjs';
import { accounts, build, copy, supporterAccounts } from './town.mjs';

const HOUR = 3600000;
const MORNING = '2026-11-16T06:00:00+01:00';

const zoneTime = (ms) => new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Oslo', dateStyle: 'short', timeStyle: 'short' }).format(new Date(ms));
/* Memory where there is some to write to: every hour writes both databases anew. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const each = (lives, what) => Promise.all(lives.map(what));

/** Every page of every role, of one life: { "leader's /incidents/…": text }. */
async function pagesOf(life) {
	const all = {};
	for (const account of [...accounts, supporterAccounts[0]]) {
		const { program, role } = account;
		const who = accounts.filter((a) => a.role === role).length > 1 ? `${role} ${accounts.indexOf(account) + 1}` : role;
		const visitor = await life.signIn(account);
		const pages = await walk(visitor, life.house[program], program, role === 'coordinator' ? [life.apart] : []);
		const left = missed(life.house, program, role, Object.keys(pages));
		/* What no walk has met so far: some pages are there for a day only. */
		life.missed = { ...life.missed, [who]: life.missed?.[who]?.filter((path) => left.includes(path)) ?? left };
		for (const [path, text] of Object.entries(pages))
			all[`the page ${path} of the ${who}`] = text;
	}
	return all;
}

async function compareStores(lives, when) {
	compare(await each(lives, async (l) => [l.name, await l.house.look()]), when);
}

async function comparePages(lives, when) {
	compare(await each(lives, async (l) => [l.name, await pagesOf(l)]), when);
}

async function live(lives, days, note) {
	const todo = moments(days), end = dayStart(days);
	for (let hour = Date.parse(MORNING) + HOUR; hour <= end; hour += HOUR) {
		while (todo.length > 0 && todo[0].at < hour) {
			const moment = todo.shift();
			await each(lives, async (l) => {
				await l.house.clock(moment.at);
				await moment.run(l);
			});
			note(`${zoneTime(moment.at)} ${moment.name}`);
			if (moment.pages)
				await comparePages(lives, `after: ${moment.name} (${zoneTime(moment.at)})`);
		}
		await each(lives, (l) => l.house.clock(hour));
		await compareStores(lives, `when the hour to ${zoneTime(hour)} is closed`);
		if ((hour - dayStart(0)) % (24 * HOUR) === 0)
			await comparePages(lives, `at the end of the day, ${zoneTime(hour)}`);
	}
}

/** What `makker backup` writes, as it is stored. */
async function compareBackups(lives, binaries) {
	compare(await each(lives, async (l) => {
		const all = {};
		for (const program of PROGRAMS)
			all[`the backup of ${program}`] = await l.house.backup(program);
		return [l.name, all];
	}), 'at the end');
}

const addressOf = (i) => `127.0.0.${i + 2}`;

/* The same four for every history, since links hold them. */
async function portsOf(histories) {
	const [duty, haven, dutyMetrics, havenMetrics] = await freePorts(4, ['127.0.0.1', ...histories.map((_, i) => addressOf(i))]);
	return { duty, haven, dutyMetrics, havenMetrics };
}

/** binaries: { duty, haven, dump, leak? }; store: 'sqlite' or 'postgresql'. The fixed start is made by the programs as they are; `leak`
    then takes haven's place. → what can be said of the lives. Throws a Leak at the first difference. */
export async function run({ binaries, days, store = 'sqlite', names = Object.keys(HISTORIES), note = () => {} }) {
	const home = mkdtempSync(join(PLACE, 'mh-'));
	chmodSync(home, 0o711); /* the database server runs as another user */
	const ports = await portsOf(names);
	const houses = [];
	try {
		const { payloads, house: start } = await build({ folder: join(home, 's'), ports, binaries, store });
		note('the fixed start stands');
		const lived = { ...binaries, haven: binaries.leak ?? binaries.haven };
		for (const [i, name] of names.entries())
			houses.push(await copy({ from: start, name, folder: join(home, name), address: addressOf(i), ports, binaries: lived, store }));
		await each(houses, (h) => h.start(MORNING));
		const lives = houses.map((h) => new Life(h, h.name, payloads));
		await live(lives, days, note);
		compare(await each(lives, async (l) => [l.name, await l.house.rows()]), 'at the end');
		await compareBackups(lives, binaries);
		return lives.map((l) => ({ name: l.name, heard: l.heard, missed: l.missed, mails: l.house.mails.length, texts: l.house.texts.length, logs: l.house.log }));
	} catch (error) {
		note(`ended: ${error.message}`);
		throw error;
	} finally {
		/* A program that ended by itself is the news, whatever was noticed of it first. */
		const ends = await Promise.allSettled(houses.map((h) => h.stop()));
		rmSync(home, { recursive: true, force: true });
		const broken = ends.find((e) => e.status === 'rejected');
		if (broken)
			throw broken.reason;
	}
}
