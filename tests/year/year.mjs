// A year of a hospital of 1,200 people, or six weeks of it, lived in minutes by the real programs; and whether nobody was missed, nothing
// doubled and every invariant held. Then faults are planted in what was seen: each check must name the one that is its own.
//
//   YEAR_DUTY=PROGRAM YEAR_HAVEN=PROGRAM ROWS=BUILD/tests/kills/rows node --test-reporter=tap year.mjs --cut six-weeks|year [--report FILE] [--seed N]
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { freePorts } from '../ports.mjs';
import { CHECKS, judge } from './checks.mjs';
import { FAULTS, plantInCopies } from './faults.mjs';
import { Hospital } from './hospital.mjs';
import { Life } from './life.mjs';
import { toldTroubles, troubles } from './machine.mjs';
import { HOUR, dayOf, planOf, wall, wallOf } from './plan.mjs';
import { picture, months, report } from './report.mjs';
import { staffChanges } from './staff.mjs';
import { Watch } from './watch.mjs';

const { values } = parseArgs({ options: { cut: { type: 'string', default: 'six-weeks' }, report: { type: 'string' }, seed: { type: 'string', default: '2028' } } });
const { YEAR_DUTY: dutyProgram, YEAR_HAVEN: havenProgram, ROWS: rows } = process.env;
const note = (text) => process.env.HISTORIES_NOTES && console.error(text);
/* Memory where there is some to write to: every hour writes a database anew. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function live() {
	const home = mkdtempSync(join(PLACE, 'my-')), plan = planOf(values.cut, Number(values.seed));
	const [duty, haven, dutyMetrics, havenMetrics] = await freePorts(4);
	const binaries = { duty: dutyProgram, haven: havenProgram };
	const hospital = new Hospital({ plan, folder: join(home, 'y'), address: '127.0.0.1', ports: { duty, haven, dutyMetrics, havenMetrics }, binaries });
	const began = Date.now();
	process.env.SQLITE_TMPDIR = home;
	/* What a sanitizer keeps of freed memory would be measured with the rest; and what it gives back now and then, by the machine's own clock, as shrinking. */
	process.env.ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_release_to_os_interval_ms=-1`;
	try {
		await hospital.place();
		await hospital.furnish();
		note(`furnished in ${Date.now() - began} ms`);
		const life = new Life(hospital, note), watch = new Watch(life, { rows });
		troubles(life);
		const changes = staffChanges(life);
		for (const [i, moments] of plan.memory.entries())
			for (const ms of moments)
				life.at(ms, 'memory is measured', () => watch.measure(i));
		await life.live(async (day) => {
			note(`${day} ${hospital.messages.length} messages, ${Date.now() - began} ms`);
			life.at(wall(day, '14:59'), 'desks look whether they still have their tasks', () => life.whoseTheyAre());
			life.at(wall(day, '15:40'), 'the pages are looked at', () => watch.afternoon());
			watch.night();
		});
		for (const incident of life.incidents.filter((i) => !i.lost))
			await watch.lookAt(incident);
		await watch.chainsHold();
		const planted = plantInCopies(watch);
		watch.gatherTexts();
		const facts = { title: values.cut === 'year' ? 'A year of life' : 'Six weeks of a year of life', from: plan.first, to: dayOf(plan.end), people: hospital.people.length,
			supporters: hospital.supporters.length, seed: plan.seed, seconds: Math.round((Date.now() - began) / 1000), restores: plan.restores.length, more: Object.entries(changes),
			troubles: [...plan.outages.map((o) => `${wallOf(o.from)}: the mail server ${o.mood === 'away' ? 'lets nobody in' : 'takes nobody’s mail'} for ${(o.to - o.from) / HOUR} hours`), ...toldTroubles(plan, wallOf)] };
		return { evidence: watch.evidence(), facts, planted };
	} catch (error) {
		error.message += `\n${error.stack}\n\n${hospital.log.haven.slice(-2000)}\n${hospital.log.duty.slice(-2000)}`;
		throw error;
	} finally {
		await hospital.stop();
		rmSync(home, { recursive: true, force: true });
	}
}

let lived, verdicts;
test(`the programs live through ${values.cut === 'year' ? 'a year' : 'six weeks'}`, async () => {
	lived = await live();
	verdicts = judge(lived.evidence);
	const text = report(lived.evidence, verdicts, lived.facts);
	note(text);
	if (values.report) {
		mkdirSync(dirname(values.report), { recursive: true });
		const image = values.report.replace(/(\.md)?$/, '.svg');
		writeFileSync(image, picture(months(lived.evidence)));
		writeFileSync(values.report, `${text}\n![Affected, offered and reached by month](${image.split('/').at(-1)})\n`);
	}
});

for (const name of Object.keys(CHECKS))
	test(name, () => assert.deepEqual((verdicts ?? assert.fail('it was not lived to its end'))[name], []));

const nameOf = (beginning) => Object.keys(CHECKS).find((name) => name.startsWith(beginning)) ?? assert.fail(`no check “${beginning}”`);

test('every check has a fault that it must name', () => assert.deepEqual(
	[...new Set([...Object.keys(FAULTS), ...(lived ?? assert.fail('it was not lived to its end')).planted.map((p) => p.check)].map(nameOf))].sort(), Object.keys(CHECKS).sort()));

for (const [beginning, faults] of Object.entries(FAULTS))
	for (const [i, plant] of faults.entries())
		test(`fault ${i + 1} of “${nameOf(beginning)}” is named`, () => {
			const changed = structuredClone((lived ?? assert.fail('it was not lived to its end')).evidence), says = plant(changed);
			const wrong = CHECKS[nameOf(beginning)](changed);
			assert.ok(wrong.some((text) => text.includes(says)), `${says}: ${JSON.stringify(wrong)}`);
		});

test('faults planted by SQL in a copy of the data are named', () => {
	for (const { check, says, ...seen } of (lived ?? assert.fail('it was not lived to its end')).planted) {
		const wrong = CHECKS[nameOf(check)]({ ...lived.evidence, rows: [], commands: [], ...seen });
		assert.ok(wrong.some((text) => text.includes(says)), `${says}: ${JSON.stringify(wrong)}`);
	}
});
