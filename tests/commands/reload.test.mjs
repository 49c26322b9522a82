// New settings without a gap: a program is told by SIGHUP, takes what is sound, and nobody who comes meanwhile is turned away.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { World, until } from '../browser/world.mjs';

let world;
test.before(async () => {
	world = await World.start({ language: 'en' });
});
test.after(() => world?.stop());

const settings = (program) => join(world.data, `${program}.conf`);
const change = (program, from, to) => {
	const text = readFileSync(settings(program), 'utf8');
	assert.match(text, from);
	writeFileSync(settings(program), text.replace(from, to));
};
const times = (words) => world.log.split(words).length - 1;
const front = () => new Visitor({ language: 'en' }).get(`${world.haven}/`);

/** The numbers of the two programs' processes. */
const pids = () => readFileSync(`/proc/${world.server.pid}/task/${world.server.pid}/children`, 'utf8').trim().split(' ').sort();

/** Comes again and again until stop() → { came, away }: how often, and what went wrong. */
function visits() {
	const all = { came: 0, away: [] };
	let going = true;
	const each = async (address) => {
		while (going) // each over a connection of its own: one that is left open is closed at the end of a life
			await new Visitor({ language: 'en' }).request(`${address}/`).then((answer) => {
				all.came++;
				if (answer.status >= 500)
					all.away.push(answer.status);
			}, (error) => all.away.push(error.message));
	};
	const done = Promise.all([world.haven, world.duty, world.haven].map(each));
	return { stop: async () => { going = false; await done; return all; } };
}

test('both take a new name in the same processes, and nobody who comes meanwhile is turned away', async () => {
	const before = pids(), serves = times(' serves'), busy = visits();
	for (const program of ['duty', 'haven'])
		change(program, /^workplace = .*$/m, "workplace = Åse & O'Briens sykehus");
	assert.doesNotMatch((await front()).text, /Åse &amp; O(&#39;|')Briens/);
	world.server.kill('SIGHUP');
	await until(() => times(' serves') === serves + 2, { seconds: 60, why: 'both serve once more' });
	await until(async () => /Åse &amp; O(&#39;|&#x27;|')Briens/.test((await front()).text), { why: 'the new name is on the page' });
	const { came, away } = await busy.stop();
	assert.ok(came > 10);
	assert.deepEqual(away, []);
	assert.deepEqual(pids(), before);
	assert.equal(world.ended, undefined);
});

test('settings that are wrong are not taken: it is said, and the program goes on', async () => {
	const before = pids(), serves = times(' serves');
	change('haven', /^language = .*$/m, 'language = klingon');
	world.server.kill('SIGHUP');
	await until(() => times('the settings stay as they are') === 1, { seconds: 60, why: 'haven says that it does not take them' });
	await until(() => times(' serves') === serves + 1, { seconds: 60, why: 'duty, whose settings are sound, serves once more' });
	assert.match(world.log, /klingon|language/);
	assert.equal((await front()).status, 200);
	assert.deepEqual(pids(), before);
	change('haven', /^language = .*$/m, 'language = en');
});

test('a clock that is moved by hand would start anew, so then settings wait for a restart', async () => {
	const by_hand = await World.start({ at: '2026-11-18T10:00:00+01:00', language: 'en' });
	try {
		by_hand.server.kill('SIGHUP');
		await until(() => by_hand.log.split('would start anew').length - 1 === 2, { why: 'both say so' });
		assert.equal((await new Visitor().get(`${by_hand.haven}/`)).status, 200);
	} finally {
		await by_hand.stop();
	}
});
