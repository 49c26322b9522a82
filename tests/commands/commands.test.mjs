// The operator's commands as she gives them: through the launcher, which as root makes each program its own user.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { linkIn, welcome } from '../../tools/demo/doors.mjs';
import { World } from '../browser/world.mjs';
import { built } from '../kills/mill.mjs';

const PASSPHRASE = 'en rolig kveld ved vannet';
let world;
test.before(async () => { world = await World.start({ at: '2026-11-18T10:00:00+01:00', language: 'en' }); });
test.after(() => world?.stop());

function rows(program, sentence) {
	const { status, stdout, stderr } = spawnSync(built('rows'), [join(world.data, program, `${program}.sqlite`), sentence], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout);
}

test('check follows the audit chain of both programs, and tells the first entry that is not as it was written', async () => {
	const coordinator = await welcome(linkIn(await world.makker('user', 'haven', 'add', 'berit@bjorkli.example', '--name', 'Berit', '--role', 'coordinator')),
		PASSPHRASE, 'en');
	for (let i = 0; i < 3; i++)
		await coordinator.get(`${world.haven}/s/programme`);
	const sound = await world.tried('check');
	assert.equal(sound.status, 0, sound.err);
	const n = rows('haven', 'SELECT COUNT(*) FROM audit')[0][0];
	assert.ok(n >= 3);
	assert.match(sound.out, /makker-duty: .*the audit chain holds \(entries: 0\)/);
	assert.match(sound.out, new RegExp(`makker-haven: .*the audit chain holds \\(entries: ${n}\\)`));

	rows('haven', 'UPDATE audit SET day = day - 1 WHERE n = 2');
	const changed = await world.tried('check');
	assert.equal(changed.status, 1);
	assert.match(changed.out, /makker-duty: .*holds/, 'the other is looked at all the same');
	assert.match(changed.err, /makker-haven: the audit chain breaks at entry 2: it was changed or is missing/);
	assert.doesNotMatch(changed.out, /makker-haven/);
	rows('haven', 'UPDATE audit SET day = day + 1 WHERE n = 2');
	assert.equal((await world.tried('check')).status, 0);

	const zero = (bytes) => `zeroblob(${bytes})`;
	rows('duty', `INSERT INTO audit (n, prev, day, who, what, about, hash) VALUES (1, ${zero(32)}, 1, ${zero(16)}, 'incident/people', ${zero(16)}, ${zero(32)})`);
	const planted = await world.tried('check');
	assert.equal(planted.status, 1);
	assert.match(planted.err, /makker-duty: the audit chain breaks at entry 1/);
	assert.match(planted.out, /makker-haven: .*holds/);
	rows('duty', 'DELETE FROM audit');
});

test('the rows that did not go in are saved where only whoever gave the command may write', async () => {
	const own = join(world.home, 'own');
	mkdirSync(own, { mode: 0o700 });
	const file = join(own, 'people.csv'), saved = join(own, 'bad.csv');
	writeFileSync(file, 'Ansattnummer;Navn;E-post\n10;Kari Nes;kari@bjorkli.example\n11;Tor Bø;tor.bjorkli.example\n', { mode: 0o600 });
	const done = await world.tried('people', 'import', '--save-bad', 'bad.csv', 'people.csv', { cwd: own });
	assert.equal(done.status, 1, done.err);
	assert.match(done.err, /^Line 3/m);
	assert.equal(readFileSync(saved, 'utf8'), 'Ansattnummer;Navn;E-post\r\n11;Tor Bø;tor.bjorkli.example\r\n');
	const { uid, mode } = statSync(saved);
	assert.deepEqual([uid, mode & 0o777], [process.getuid(), 0o600]);
	assert.equal(rows('duty', 'SELECT COUNT(*) FROM person')[0][0], 1);

	const again = await world.tried('people', 'import', '--save-bad', saved, file);
	assert.notEqual(again.status, 0);
	assert.match(again.err, /bad\.csv cannot be made: File exists/);
	assert.match(readFileSync(saved, 'utf8'), /Tor Bø/);

	rmSync(saved);
	writeFileSync(file, 'Ansattnummer;Navn;E-post\n10;Kari Nes;kari@bjorkli.example\n');
	assert.equal((await world.tried('people', 'import', '--save-bad', saved, file)).status, 0);
	assert.equal(existsSync(saved), false, 'nothing to save, no file');
});
