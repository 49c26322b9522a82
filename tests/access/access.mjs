// The access matrix: every route × everybody × own, other, none, tried over HTTP. What must come of it is derived from the
// route's own declaration; what is own is said in objects.mjs. docs/access.md is made of the same.
//
//   HISTORIES_BIN=BUILD/tests/histories node --test-reporter=tap access.mjs          (ACCESS_WRITE=1 writes docs/access.md anew)
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { freePorts } from '../ports.mjs';
import { NONE, OBJECTS, objectOf } from './objects.mjs';
import { Place } from './place.mjs';
import { expected, mayEnter, page, readRoutes } from './routes.mjs';

const bin = process.env.HISTORIES_BIN;
const binaries = { duty: join(bin, 'histories-duty'), haven: join(bin, 'histories-haven'), dump: join(bin, 'histories-dump') };
const PAGE = new URL('../../docs/access.md', import.meta.url);
const BASE = { duty: '', haven: '/s' };
const VARIANTS = ['none', 'other', 'own']; /* the last may change something */

let place, routes, folder;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'makker-access-'));
	chmodSync(folder, 0o755); /* PostgreSQL's own user comes through here */
	const [duty, haven, dutyMetrics, havenMetrics] = await freePorts(4);
	place = new Place(binaries, { duty, haven, dutyMetrics, havenMetrics }, folder, process.env.MAKKER_TEST_DB ?? 'sqlite');
	await place.build();
	routes = readRoutes(place.routes);
	if (process.env.ACCESS_WRITE)
		writeFileSync(PAGE, page(routes));
}, { timeout: 240000 });

after(async () => {
	try {
		await place?.stop();
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

// ---- one request ----

const csrfOf = async (program, visitor) =>
	/name="csrf" value="([^"]+)"/.exec((await visitor.request(`${place.house[program]}${BASE[program]}/account`)).text)?.[1] ?? '';

/* "tasks" → { tasks: [id] }; "outcomes[].task" → { outcomes: [{ task: id, … }] } */
function jsonWith(name, id, more) {
	const [list, member] = name.split('[].');
	return { [list]: [member ? { [member]: id, ...more } : id] };
}

/** What is asked: this thing is `id`, and what else stands in the path is `path`. thing: null where nothing is named. */
async function ask(route, visitor, { thing, id, path = 'x', more = {}, param }) {
	const { program, method } = route;
	const where = route.path.replace(/\{[^}]*\}/g, () => (thing?.by === 'path' ? id : path));
	const fields = thing?.by === 'field' ? { ...more, [thing.name]: id } : {};
	if (method === 'GET')
		return visitor.request(`${place.house[program]}${where}${param ? `?${new URLSearchParams(fields)}` : ''}`);
	const csrf = await csrfOf(program, visitor), script = route.like.includes('script');
	const body = script ? JSON.stringify(thing?.by === 'json' ? jsonWith(thing.name, id, more) : {}) : new URLSearchParams({ csrf, ...fields }).toString();
	const headers = script ? { 'content-type': 'application/json', 'makker-csrf': csrf } : { 'content-type': 'application/x-www-form-urlencoded' };
	return visitor.request(`${place.house[program]}${where}`, { method, body, headers });
}

/** What an answer was: 'may', 'away', 'refused', 'hidden'. An answer with a form in it belongs to the page, whatever its number. */
function kindOf(route, answer) {
	const { status, text, headers } = answer;
	const toSignIn = status === 303 && new URL(headers.location, answer.url).pathname === `${BASE[route.program]}/sign-in` &&
		!/[?&]out=1/.test(headers.location);
	if (toSignIn || status === 401 || (status === 200 && text === '{"signedOut":true}'))
		return 'away';
	if (/<form\b/.test(text))
		return 'may';
	return status === 403 ? 'refused' : status === 404 ? 'hidden' : status < 500 ? 'may' : `broken: ${status}`;
}

/* Without what is drawn anew for each page, and what was asked for. */
const bare = (answer, ids) => ids.filter(Boolean).reduce((t, id) => t.replaceAll(id, 'ID'), `${answer.status} ${answer.headers.location ?? ''} ${answer.text}`)
	.replace(/\b[\w-]{22}\b/g, 'ID').replace(/nonce-[\w-]+/g, 'nonce');

/* Looks are noted, and sessions come and go; the rest is what a request could change. */
const rowsOf = async (program) => (await place.house.dump(program)).split('\n').filter((line) => !/^(audit|audit_name|session|setting)\|/.test(line)).join('\n');

const endsSession = (route) => /\/sign-out(-everywhere)?$/.test(route.path);

// ---- the tests ----

test('docs/access.md is what the programs say of themselves', () => {
	assert.equal(readFileSync(PAGE, 'utf8'), page(routes), 'write it anew: ACCESS_WRITE=1, as tests/access/access.mjs says');
});

test('the door has three routes and no fourth', () => {
	assert.deepEqual(routes.filter((r) => r.program === 'door').map((r) => r.method), ['GET', 'GET', 'POST']);
});

test('everything that can be own is known here, and nothing is known that no route names', () => {
	assert.deepEqual(new Set(routes.flatMap((r) => r.things.map((t) => t.whose))), new Set(Object.keys(OBJECTS)));
});

/* One thing of a route as one asker, in all variants. → what was wrong; `told` gets the sentences of which own was told from none. */
async function tryThing(route, name, { role, visitor }, thing, told) {
	const wrong = [], say = (variant, text) => wrong.push(`${route.method} ${route.path}, ${name}, ${thing ? `${thing.name} ${variant}: ` : ''}${text}`);
	const object = thing && objectOf(route, thing, place, role), enters = mayEnter(route, role);
	const changes = route.method !== 'GET', param = route.method === 'GET' && thing?.by === 'field';
	/* What else stands in the path is hers, where a field is varied. */
	const inPath = route.things.find((t) => t.by === 'path');
	const path = object?.path ?? (thing?.by === 'path' || !inPath ? 'x' : objectOf(route, inPath, place, role).own);
	const answers = {}, changed = {}, ids = {};
	for (const variant of thing ? VARIANTS : ['own']) {
		const of = object?.[variant];
		ids[variant] = typeof of === 'function' ? (enters ? await of() : NONE) : of;
		const before = changes ? await rowsOf(route.program) : '';
		const answer = await ask(route, visitor, { thing, id: ids[variant], path, more: object?.with, param });
		changed[variant] = changes && before !== await rowsOf(route.program);
		/* A script is told by a number of its own what a form is told by the page. */
		const want = expected(route, role, variant, thing?.by === 'path' && !object.open), got = kindOf(route, answer);
		const fits = got === want || (want === 'away' && changes && got === 'refused') || (want === 'may' && thing && got === 'hidden' &&
			(object.held ? variant !== 'own' : variant === 'none' ? object.open || thing.by !== 'path' : variant === 'other' && thing.by !== 'path'));
		if (!fits)
			say(variant, `${got} (${answer.status}), should be ${want}`);
		if (changed[variant] && (!enters || (thing && (variant === 'none' || (variant === 'other' && !object.open)))))
			say(variant, 'something in the database is other than before');
		answers[variant] = answer;
	}
	if (!thing)
		return wrong;
	const text = (variant) => bare(answers[variant], Object.values(ids));
	if (!object.open && text('other') !== text('none'))
		say('other', 'what is somebody else\'s and what does not exist are told apart');
	if (enters && (object.loose || changed.own || text('own') !== text('none')))
		told.add(thing.whose);
	return wrong;
}

for (const program of ['duty', 'haven'])
	test(`every route of ${program}, as everybody, for own, other and none`, async () => {
		const wrong = [], told = new Set(), ours = routes.filter((r) => r.program === program);
		let tried = 0;
		for (const [name, asker] of Object.entries(place.askers(program)))
			for (const route of [...ours].sort((a, b) => endsSession(a) - endsSession(b)))
				for (const thing of route.things.length > 0 ? route.things : [null]) {
					wrong.push(...await tryThing(route, name, asker, thing, told));
					tried++;
					if (asker.role !== null && endsSession(route))
						await place.again(program, asker.role, asker.visitor);
				}
		assert.deepEqual(wrong, []);
		const never = new Set(ours.flatMap((r) => r.things.map((t) => t.whose)).filter((whose) => !told.has(whose)));
		assert.deepEqual([...never], [], 'of these, nothing that was tried as own was answered otherwise than what does not exist');
		assert.ok(tried > 100, `only ${tried} things`);
	});

test('what the monitoring asks is answered there and nowhere else, and nothing else is', async () => {
	const visitor = new Visitor(), watched = routes.filter((r) => r.program.endsWith('-watch'));
	assert.equal(watched.length, 4);
	for (const { program, path } of watched) {
		const of = program.replace('-watch', ''), machine = `http://127.0.0.1:${place.house.ports[`${of}Metrics`]}`;
		assert.equal((await visitor.request(`${machine}${path}`)).status, 200, path);
		assert.equal((await visitor.request(`${machine}/`)).status, 404);
		assert.equal((await visitor.request(`${machine}${BASE[of]}/account`)).status, 404);
		assert.equal((await visitor.request(`${machine}${path}`, { method: 'POST' })).status, 405, path);
		assert.equal((await visitor.request(`${place.house[of]}${path}`)).status, 404, `${path} among the pages`);
	}
});

/* ---- the check itself must bite ---- */

test('a route without a role, without a sign-in, or for what is not hers, is expected to be shut', () => {
	const route = { method: 'GET', path: '/x/{id}', may: ['leader'], like: [], things: [{ by: 'path', name: '{}', whose: 'hers' }] };
	assert.equal(mayEnter(route, 'admin'), false);
	assert.equal(expected(route, null, 'own', true), 'away');
	assert.equal(expected(route, 'admin', 'own', true), 'refused');
	assert.equal(expected(route, 'leader', 'other', true), 'hidden');
	assert.equal(expected(route, 'leader', 'none', true), 'hidden');
	assert.equal(expected(route, 'leader', 'own', true), 'may');
	assert.equal(expected(route, 'leader', 'none', false), 'may');
});

test('a route that says in new words whose something is makes this red', () => {
	assert.throws(() => objectOf({ method: 'GET', path: '/x/{id}' }, { by: 'path', name: '{}', whose: 'the tooth fairy\'s' }, place), /does not know what is own/);
});
