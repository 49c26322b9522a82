// ./dev bench: one row a figure, "name value target". Programs on one core, load on the other; each figure that is a ratio is
// taken in the same run as its yardstick, in turn with it. What each means: README.md.
//
//   MAKKER_BIN=build/bench node bench/bench.mjs [FIGURE...]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailbox } from '../tools/demo/mailbox.mjs';
import { freePorts } from '../tests/ports.mjs';
import { run } from '../tests/browser/world.mjs';
import { LOAD_CORE, PROGRAMS_CORE, Workplace, childrenOf, keepOn, until } from './workplace.mjs';

const BIN = process.env.MAKKER_BIN;
const CLIENTS = 64, ROUNDS = 5, POSTS = 2400;
const scratch = mkdtempSync(join(tmpdir(), 'makker-bench-'));
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
let missed = 0, row = 0;

function print(name, value, digits, target, is, note = '') {
	const fine = is === '>=' ? value >= target : value <= target;
	missed += fine ? 0 : 1;
	console.log(`${name.padEnd(64)} ${value.toFixed(digits).padStart(8)}  ${is} ${target}${fine ? '' : '  MISSED'}${note && `  (${note})`}`);
}

async function out(core, file, ...words) {
	const { status, out: text, err } = await run('taskset', ['-c', String(core), file, ...words.map(String)]);
	if (status !== 0)
		throw new Error(`${file} ${words.join(' ')}: ${status} ${err}`);
	return text.trim();
}

const bench = (name) => join(BIN, 'bench', name);
const fresh = () => join(scratch, `row-${row++}.sqlite`);

// ---- matching ----

async function matching() {
	const ours = [], theirs = [];
	for (let i = 0; i < ROUNDS; i++) {
		ours.push((await out(PROGRAMS_CORE, bench('bench_matching'), 'ours', 5000, 1000, 5)).split(' ').map(Number));
		theirs.push((await out(PROGRAMS_CORE, bench('bench_matching'), 'lemon', 5000, 1000, 5)).split(' ').map(Number));
		if (ours[i][2] !== theirs[i][2])
			throw new Error('the two do not agree on the optimum');
	}
	const of = (list, what) => median(list.map((r) => r[what]));
	print('matching 5,000 x 1,000: time, of LEMON\'s network simplex', of(ours, 0) / of(theirs, 0), 2, 1.2, '<=', `${(of(ours, 0) * 1000).toFixed(1)} ms`);
	print('matching 5,000 x 1,000: memory, of LEMON\'s', of(ours, 1) / of(theirs, 1), 2, 0.5, '<=', `${of(ours, 1)} KiB`);
}

// ---- pages ----

/** One page as wrk gets it, in requests a second. */
async function wrk(port, host, path, { script, seconds = 3 } = {}) {
	const text = await out(LOAD_CORE, 'wrk', '-t1', `-c${CLIENTS}`, `-d${seconds}s`, '--timeout', '30s', '-H', `Host: ${host}`, '-H', 'Accept-Encoding: gzip',
		...(script ? ['-s', script] : []), `http://127.0.0.1:${port}${path}`);
	if (/Non-2xx|Socket errors/.test(text))
		throw new Error(`wrk ${path}: ${text}`);
	return Number(/Requests\/sec:\s*([\d.]+)/.exec(text)[1]);
}

/** The bytes that a browser gets. */
const body = (port, host, path) => new Promise((resolve, reject) => {
	request({ port, host: '127.0.0.1', path, headers: { host, 'accept-encoding': 'gzip' } }, (reply) => {
		const parts = [];
		reply.on('data', (d) => parts.push(d));
		reply.on('end', () => (reply.statusCode === 200 ? resolve(Buffer.concat(parts)) : reject(new Error(`${path}: ${reply.statusCode}`))));
	}).on('error', reject).end();
});

/** nginx with one worker on the programs' core and files of these bytes. */
class Nginx {
	static async start(files) {
		const nginx = new Nginx(), home = join(scratch, 'nginx');
		[nginx.port] = await freePorts(1);
		mkdirSync(join(home, 'www'), { recursive: true });
		for (const [name, bytes] of Object.entries(files))
			writeFileSync(join(home, 'www', name), bytes);
		const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${home}/${n};`).join(' ');
		writeFileSync(join(home, 'nginx.conf'), `daemon off; ${process.getuid() === 0 ? 'user root; ' : ''}worker_processes 1; pid ${home}/pid; error_log ${home}/log;
			events { worker_connections 512; }
			http { access_log off; ${temp} sendfile on; keepalive_requests 1000000000; default_type text/html;
				open_file_cache max=100; server { listen 127.0.0.1:${nginx.port}; root ${home}/www; } }`);
		nginx.child = spawn('taskset', ['-c', String(PROGRAMS_CORE), 'nginx', '-e', `${home}/log`, '-c', join(home, 'nginx.conf')], { stdio: 'inherit' });
		await until(() => body(nginx.port, 'localhost', `/${Object.keys(files)[0]}`), { why: 'nginx answers' });
		return nginx;
	}

	stop() {
		return new Promise((resolve) => {
			this.child.once('exit', resolve);
			this.child.kill('SIGTERM');
		});
	}
}

async function against(nginx, name, file, bytes, ask, target) {
	const ours = [], yard = [];
	for (let i = 0; i < ROUNDS; i++) {
		ours.push(await ask());
		yard.push(await wrk(nginx.port, 'localhost', `/${file}`));
	}
	print(name, median(ours.map((r, i) => r / yard[i])), 2, target, '>=', `${bytes} bytes, ${Math.round(median(ours))}/s`);
}

const portOf = (url) => Number(new URL(url).port);

async function pages(place, links) {
	const { world } = place, haven = portOf(world.haven), host = new URL(world.haven).host;
	const front = await body(haven, host, '/'), offer = await body(haven, host, links[0]);
	const script = join(scratch, 'links.lua');
	writeFileSync(script, `local links = { ${links.map((l) => `"${l}"`).join(', ')} }\nlocal n = 0\n` +
		'request = function()\n  n = n % #links + 1\n  return wrk.format(nil, links[n])\nend\n');
	const nginx = await Nginx.start({ front, offer });
	try {
		await against(nginx, 'supporter list page (23 people), of nginx and a file', 'front', front.length, () => wrk(haven, host, '/'), 0.8);
		await against(nginx, 'offer page, from the database, of nginx and a file', 'offer', offer.length, () => wrk(haven, host, links[0], { script }), 0.4);
	} finally {
		await nginx.stop();
	}
}

// ---- offers, mails ----

const timed = async (work) => {
	const from = process.hrtime.bigint();
	await work();
	return Number(process.hrtime.bigint() - from) / 1e9;
};

/** One number out of haven's database, read beside the running program. */
function count(world, sql) {
	const { stdout } = spawnSync('sqlite3', ['-readonly', '-cmd', '.timeout 5000', join(world.data, 'haven', 'haven.sqlite'), sql], { encoding: 'utf8' });
	return Number(stdout);
}

const rowsOf = (world) => count(world, `SELECT ${spawnSync('sqlite3', ['-readonly', join(world.data, 'haven', 'haven.sqlite'),
	"SELECT '(SELECT count(*) FROM ' || name || ')' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"], { encoding: 'utf8' })
	.stdout.trim().split('\n').join(' + ')}`);

/** Milliseconds of processor time that the threads of a program which live have had. */
const busy = (pid) => readdirSync(`/proc/${pid}/task`).reduce((sum, tid) =>
	sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);

/** Haven sleeps while the incidents are registered, and there is no mail server; then it makes them all. */
async function offers(place) {
	const { world } = place, affected = place.more.slice(0, 10000), { smtpPort } = world.mailbox;
	const [first] = place.more.slice(10000); // a program's first message loads the library that sends them
	await place.happen([first], 1);
	await until(() => world.mailbox.mails.some((m) => m.to[0] === first.email), { why: 'the first offer is out' });
	const haven = childrenOf(world.server.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('makker-haven'));
	await world.mailbox.close();
	const before = rowsOf(world), busyBefore = busy(haven);
	process.kill(haven, 'SIGSTOP');
	try {
		await place.happen(affected, 1000);
	} finally {
		process.kill(haven, 'SIGCONT');
	}
	const took = await timed(() => until(() => count(world, 'SELECT count(*) FROM outbox') >= affected.length, { every: 5, seconds: 120, why: 'every offer is queued' }));
	const worked = busy(haven) - busyBefore, made = rowsOf(world) - before;
	const bare = [];
	for (let i = 0; i < 3; i++)
		bare.push(Number(await out(PROGRAMS_CORE, bench('bench_commits'), 'rows', fresh(), made, 200)));
	const yard = median(bare);
	print('10,000 offers made durable and queued, of bare inserts', yard / took, 2, 0.5, '>=', `${took.toFixed(2)} s, of them ${Math.round(worked)} ms haven's processor time; ${made} rows in ${yard.toFixed(2)} s`);
	world.mailbox = await startMailbox({ smtpPort });
	const sent = await timed(() => world.clock('+10m'));
	const { mails } = world.mailbox;
	const rate = affected.length / sent;
	const sample = mails.find((m) => m.to[0].startsWith('p0'));
	const links = mails.filter((m) => m.to[0].startsWith('p0')).slice(0, 200).map((m) => new URL(/https?:\/\/\S+/.exec(m.text)[0]).pathname);
	mails.length = 0;
	const bareRate = Number(await out(PROGRAMS_CORE, bench('bench_load'), 'mail', smtpPort, 10000, sample.raw.length));
	print('10,000 offers accepted by the mail server, of a bare sender', rate / bareRate, 2, 0.8, '>=', `${Math.round(rate)}/s`);
	mails.length = 0;
	return links;
}

// ---- answers ----

async function answers(place, link) {
	const { world } = place, port = portOf(world.haven), host = new URL(world.haven).host;
	const page = gunzipSync(await body(port, host, link)).toString();
	const hex = /data-door="([0-9a-f]{32})"/.exec(page)[1];
	const ours = [], yard = [];
	// All in the hour in which ten thousand mails went out. Each round fills as many slots as it has had put: the first post puts as many more.
	const slots = count(world, 'SELECT count(*) FROM ring_open');
	for (let i = 0; i < ROUNDS; i++) {
		ours.push(Number(await out(LOAD_CORE, bench('bench_load'), 'ring', port, host, hex, CLIENTS, slots - POSTS, POSTS)));
		yard.push(Number(await out(PROGRAMS_CORE, bench('bench_commits'), 'group', fresh(), CLIENTS, 1, 2048)));
	}
	print('durable answers, 64 clients, of a bare group-commit loop', median(ours.map((r, i) => r / yard[i])), 2, 0.4, '>=', `${Math.round(median(ours))}/s`);
}

// ---- memory and start ----

/** RSS of both programs, in MB: what is resident, shared libraries counted in each. */
function memory(place) {
	return childrenOf(place.world.server.pid).reduce((sum, pid) =>
		sum + Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024, 0);
}

async function restart(place) {
	const { world } = place;
	const gone = new Promise((resolve) => world.server.once('exit', resolve));
	world.server.kill('SIGTERM');
	await gone;
	world.server = spawn(bench('bench_load'), ['start', PROGRAMS_CORE, portOf(world.haven), new URL(world.haven).host,
		join(world.home, 'bin', 'makker'), 'serve', '--data', world.data].map(String), { stdio: ['ignore', 'pipe', 'ignore'] });
	world.ended = undefined;
	const [took] = await once(world.server.stdout, 'data');
	return Number(took);
}

async function startAndRest(place, name, most) {
	const starts = [], onlyOnce = name !== '1,200'; // each start of duty's tells haven everybody again
	for (let i = 0; i < (onlyOnce ? 1 : ROUNDS); i++)
		starts.push(await restart(place));
	if (!onlyOnce)
		print('start on an existing database to the first answer, ms', median(starts), 1, 20, '<=');
	await until(() => body(portOf(place.world.duty), new URL(place.world.duty).host, '/sign-in'), { why: 'duty answers' });
	await new Promise((resolve) => setTimeout(resolve, 3000));
	print(`idle memory, both programs, ${name} people, MB`, memory(place), 1, most, '<=');
}

// ---- all ----

const wanted = process.argv.slice(2);
const want = (name) => wanted.length === 0 || wanted.includes(name);
keepOn(LOAD_CORE, process.pid);
try {
	if (!BIN || !existsSync(bench('bench_load')))
		throw new Error('MAKKER_BIN must name the build folder; ./dev bench sets it');
	if (want('matching'))
		await matching();
	if (want('rest')) {
		const place = await Workplace.start({});
		try {
			await startAndRest(place, '1,200', 20);
		} finally {
			await place.stop();
		}
	}
	if (['offers', 'pages', 'answers'].some(want)) {
		const place = await Workplace.start({ more: 10001 });
		try {
			const links = await offers(place);
			if (want('pages'))
				await pages(place, links);
			if (want('answers'))
				await answers(place, links[0]);
		} finally {
			await place.stop();
		}
	}
	if (want('large')) {
		const place = await Workplace.start({ more: 98800, supporters: false });
		try {
			await startAndRest(place, '100,000', 100);
		} finally {
			await place.stop();
		}
	}
	console.log(missed ? `${missed} of the targets missed` : 'every target met');
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
