// A backup is taken while people answer and leaders register; what was acknowledged before it began is there after a restore, and the
// workplace goes on. On PostgreSQL: MAKKER_TEST_DB=postgresql under tools/with-postgres.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, copyFileSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { linkIn, register, signIn } from '../../tools/demo/doors.mjs';
import { Visitor, wordsOf } from '../../tools/demo/visitor.mjs';
import { PASSPHRASE, TITLE, build } from '../browser/town.mjs';
import { until } from '../browser/world.mjs';

const SQLITE = process.env.MAKKER_TEST_DB !== 'postgresql';
let town, world, leader, backup;
test.before(async () => {
	town = await build('nb', { ready: 3 });
	world = town.world;
	backup = join(world.home, 'kept');
});
test.after(() => world?.stop());

/* Sessions end after some hours. */
const enter = async () => { leader = await signIn(world.duty, town.leader.email, PASSPHRASE); };
const registered = (sentence, numbers, clock) => register(world.duty, leader, { kind: 1, severity: 1, date: '2026-11-18', clock,
	unit: 'Akuttmottaket', sentence, numbers });
const answer = async (link) => (await new Visitor().request(link, { method: 'POST', body: 'kind=none',
	headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status;
/* What the leader's front page says. */
const told = async () => wordsOf((await leader.get(`${world.duty}/`)).text);
const checked = () => world.makker('check');
const traces = () => (SQLITE ? ['duty', 'haven'].flatMap((p) => readdirSync(join(world.data, p)).filter((f) => /before|half|part/.test(f))) : []);

const SENTENCES = Array.from({ length: 6 }, (_, i) => `Hendelse nummer ${i + 1} i rekken`);

test('a backup while answers are posted and incidents registered holds all that was acknowledged before', async () => {
	await enter();
	await registered(TITLE, [town.affected.none.number, town.affected.call.number], '21.10');
	await world.clock('+10h');
	await enter();
	const link = linkIn((await world.mailTo(town.affected.none.email)).text);
	assert.equal(await answer(link), 200);
	const done = [];
	const posting = (async () => {
		for (const sentence of SENTENCES) {
			await registered(sentence, [town.affected.call.number], `20.1${SENTENCES.indexOf(sentence)}`);
			done.push(sentence);
			assert.equal(await answer(link), 200);
		}
	})();
	let trouble;
	posting.catch((error) => { trouble = error; });
	await until(() => trouble ? Promise.reject(Object.assign(trouble, { final: true })) : done.length >= 2, { every: 10, why: 'two incidents stand' });
	const before = [...done];
	const out = await world.makker('backup', backup);
	await posting;
	for (const program of ['duty', 'haven']) {
		const file = join(backup, `${program}.backup`), { mode, size } = statSync(file);
		assert.equal(mode & 0o777, 0o600);
		assert.match(out, new RegExp(`^${file}: ${size} bytes$`, 'm'));
	}
	assert.deepEqual(readdirSync(backup).sort(), ['duty.backup', 'haven.backup']);
	writeFileSync(join(world.home, 'before.json'), JSON.stringify(before));
});

test('while a program runs nothing is restored', async () => {
	const refused = await world.tried('restore', backup);
	assert.equal(refused.status, 1);
	assert.match(refused.err, /makker-duty: the program runs, or a command of it; stop `makker serve` first/);
	assert.deepEqual(traces(), []);
	await checked();
	assert.ok((await told()).includes(SENTENCES.at(-1)), 'and it goes on');
});

test('a backup that is not whole, not ours, or of the other program is refused, and both databases stay', async () => {
	await world.down();
	const wrong = join(world.home, 'wrong');
	const half = (change) => {
		rmSync(wrong, { recursive: true, force: true });
		mkdirSync(wrong);
		for (const program of ['duty', 'haven'])
			copyFileSync(join(backup, `${program}.backup`), join(wrong, `${program}.backup`));
		change(join(wrong, 'duty.backup'), join(wrong, 'haven.backup'));
	};
	for (const [change, says] of [
		[(duty, haven) => truncateSync(haven, Math.trunc(statSync(haven).size / 2)), /makker-haven|db:/],
		[(duty, haven) => writeFileSync(haven, 'words'), /this is no backup of ours/],
		[(duty, haven) => copyFileSync(duty, haven), /makker-haven: this is the database of another program/],
		[(duty, haven) => rmSync(haven), /haven\.backup cannot be read/],
	]) {
		half(change);
		const refused = await world.tried('restore', wrong);
		assert.notEqual(refused.status, 0);
		assert.match(refused.err, says);
		assert.deepEqual(traces(), []);
		await checked();
	}
});

test('after a restore all that was acknowledged before the backup is there, and the workplace goes on', async () => {
	const before = JSON.parse(readFileSync(join(world.home, 'before.json')));
	const out = await world.makker('restore', backup);
	assert.match(out, /both databases were restored/);
	assert.deepEqual(traces(), []);
	assert.match(await checked(), /makker-duty: .*in order.*\nduty:\d+:[0-9a-f]{64}\nmakker-haven: .*in order.*\nhaven:\d+:[0-9a-f]{64}$/m);
	await world.up();
	await enter();
	const page = await told();
	for (const sentence of [TITLE, ...before])
		assert.ok(page.includes(sentence), `${sentence} is lost`);
	await registered('Etter gjenopprettingen', [town.affected.call.number], '20.59');
	await world.clock('+1d');
	await enter();
	assert.ok((await told()).includes('Etter gjenopprettingen'));
	assert.equal(await answer(linkIn((await world.mailTo(town.affected.none.email)).text)), 200, 'a link of before the backup leads where it led');
	assert.ok(existsSync(join(backup, 'duty.backup')), 'the backup is still there');
});

/** haven's database as it is when a restore was killed in the middle. */
function breakOff() {
	if (!SQLITE) {
		const { status, stderr } = spawnSync('psql', ['-X', '-q', '-d', world.store.where('haven'), '-c', 'ALTER SCHEMA public RENAME TO makker_before'], { encoding: 'utf8' });
		assert.equal(status, 0, stderr);
		return;
	}
	const at = join(world.data, 'haven/haven.sqlite'), folder = `${at}.before`, { uid, gid } = statSync(at);
	mkdirSync(folder);
	copyFileSync(at, join(folder, 'haven.sqlite'));
	for (const path of [folder, join(folder, 'haven.sqlite')])
		chownSync(path, uid, gid);
}

test('a restore that was broken off is told, and given again', async () => {
	await world.down();
	breakOff();
	const refused = await world.tried('check');
	assert.equal(refused.status, 1);
	assert.match(refused.err, /makker-haven: a restore was broken off; give `makker restore` again/);
	assert.match(await world.makker('restore', backup), /makker-haven: the database is as it was before the restore/);
	await checked();
	assert.deepEqual(traces(), []);
});
