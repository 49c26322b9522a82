// Keeps what a version's own programs made, for upgrade.test.mjs: a workplace with an incident, through the product's own doors. Run once a
// release, in the clone of that version:
//
//   MAKKER_BIN=BUILD node make.mjs FOLDER
//
// FOLDER/duty.json and haven.json hold each table's rows; bytes are { "b": hex }. What is only noise to the server, vaults and the ring, is kept
// as its length, { "r": n }: it is drawn anew when it is loaded. FOLDER/told.json: what somebody remembers of it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = (path) => import(pathToFileURL(resolve(path)));
const { linkIn, register, signIn } = await here('tools/demo/doors.mjs');
const { PASSPHRASE, TITLE, build } = await here('tests/browser/town.mjs');

const READER = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
noise = {('ring', 'bytes'), ('vault', 'bytes')}
out = {}
for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
    rows = db.execute('SELECT * FROM "%s"' % table)
    columns = [d[0] for d in rows.description]
    show = lambda c, v: ({'r': len(v)} if (table, c) in noise else {'b': v.hex()}) if isinstance(v, bytes) else v
    out[table] = {'columns': columns, 'rows': [[show(c, v) for c, v in zip(columns, row)] for row in rows]}
text = json.dumps(out, ensure_ascii=False, separators=(',', ':'))
print(text.replace('],[', '],\\n[').replace('},"', '},\\n"'))
`;

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const { world, leader, affected } = await build('nb', { ready: 2 });
try {
	await register(world.duty, await signIn(world.duty, leader.email, PASSPHRASE), { kind: 1, severity: 1, date: '2026-11-18', clock: '21.10',
		unit: 'Akuttmottaket', sentence: TITLE, numbers: [affected.none.number, affected.call.number] });
	await world.clock('+10h');
	const link = new URL(linkIn((await world.mailTo(affected.none.email)).text)).pathname;
	const at = new Date(world.now()).toISOString().replace(/\.\d+Z$/, 'Z');
	if (world.server.exitCode === null) {
		const gone = new Promise((done) => world.server.once('exit', done));
		world.server.kill('SIGTERM');
		await gone;
	}
	for (const program of ['duty', 'haven'])
		writeFileSync(join(folder, `${program}.json`),
			execFileSync('/usr/bin/python3', ['-c', READER, join(world.data, program, `${program}.sqlite`)], { encoding: 'utf8', maxBuffer: 1 << 28 }));
	writeFileSync(join(folder, 'told.json'), `${JSON.stringify({ at, leader: leader.email, passphrase: PASSPHRASE, title: TITLE, link, silent: affected.call.number }, null, '\t')}\n`);
} finally {
	await world.stop();
}
