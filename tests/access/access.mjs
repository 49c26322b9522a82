// The access matrix: every route × everybody × own, other, none, tried over HTTP. What must come of it is derived from the
// route's own declaration; what is own is said in objects.mjs. docs/access.md is made of the same.
//
//   HISTORIES_BIN=BUILD/tests/histories node --test-reporter=tap access.mjs          (ACCESS_WRITE=1 writes docs/access.md anew)
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePorts } from '../ports.mjs';
import { OBJECTS, objectsOf } from './objects.mjs';
import { Place } from './place.mjs';
import { expected, mayEnter, page, readRoutes } from './routes.mjs';

const bin = process.env.HISTORIES_BIN;
const binaries = { duty: join(bin, 'histories-duty'), haven: join(bin, 'histories-haven') };
const PAGE = new URL('../../docs/access.md', import.meta.url);
const BASE = { duty: '', haven: '/s' };
const VARIANTS = ['own', 'other', 'none'];

let place, routes, folder;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'makker-access-'));
	const [duty, haven, dutyMetrics, havenMetrics] = await freePorts(4);
	place = new Place(binaries, { duty, haven, dutyMetrics, havenMetrics }, folder);
	await place.build();
	routes = readRoutes(place.routes);
	if (process.env.ACCESS_WRITE)
		writeFileSync(PAGE, page(routes));
}, { timeout: 120000 });

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

async function ask(route, visitor, object, variant) {
	const { program, method } = route, inPath = object && !object.field;
	const path = route.path.replace(/\{[^}]*\}/, () => (inPath ? object[variant] : 'x'));
	const options = { method };
	const query = object?.param && !/\{/.test(route.path) ? `?${object.param}=${object[variant]}` : '';
	if (method !== 'GET') {
		const csrf = await csrfOf(program, visitor), script = route.like.includes('script');
		options.body = script ? '{}' : new URLSearchParams({ csrf, ...(object?.field ? { [object.field]: object[variant] } : {}) }).toString();
		options.headers = script ? { 'content-type': 'application/json', 'makker-csrf': csrf } : { 'content-type': 'application/x-www-form-urlencoded' };
	}
	return visitor.request(`${place.house[program]}${path}${query}`, options);
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
const bare = (text, object) => [object?.own, object?.other, object?.none].filter(Boolean).reduce((t, id) => t.replaceAll(id, 'ID'), text)
	.replace(/\b[\w-]{22}\b/g, 'ID').replace(/nonce-[\w-]+/g, 'nonce');

const endsSession = (route) => /\/sign-out(-everywhere)?$/.test(route.path);

// ---- the tests ----

test('docs/access.md is what the programs say of themselves', () => {
	assert.equal(readFileSync(PAGE, 'utf8'), page(routes), 'write it anew: ACCESS_WRITE=1, as tests/access/access.mjs says');
});

test('the door has three routes and no fourth', () => {
	assert.deepEqual(routes.filter((r) => r.program === 'door').map((r) => r.method), ['GET', 'GET', 'POST']);
});

test('everything that can be own is known here, and nothing is known that no route names', () => {
	assert.deepEqual(new Set(routes.map((r) => r.whose).filter(Boolean)), new Set(Object.keys(OBJECTS)));
});

for (const program of ['duty', 'haven'])
	test(`every route of ${program}, as everybody, for own, other and none`, async () => {
		const wrong = [];
		let tried = 0;
		for (const [name, { role, visitor }] of Object.entries(place.askers(program)))
			for (const route of routes.filter((r) => r.program === program).sort((a, b) => endsSession(a) - endsSession(b))) {
				const object = objectsOf(route, place, role), texts = {};
				for (const variant of object ? VARIANTS : ['own']) {
					const answer = await ask(route, visitor, object, variant);
					/* A script is told by a number of its own what a form is told by the page. */
					const want = expected(route, role, variant, object?.open || object?.field), got = kindOf(route, answer);
					const fits = got === want || (want === 'away' && route.method !== 'GET' && got === 'refused') ||
						(want === 'may' && object?.open && got === 'hidden' && variant === 'none');
					if (!fits)
						wrong.push(`${route.method} ${route.path}, ${name}, ${variant}: ${got} (${answer.status}), should be ${want}`);
					texts[variant] = `${answer.status} ${bare(answer.text, object)}`;
					tried++;
					if (role !== null && endsSession(route))
						await place.again(program, role, visitor);
				}
				if (object && !object.open && texts.other !== texts.none)
					wrong.push(`${route.method} ${route.path}, ${name}: what is somebody else's and what does not exist are told apart`);
			}
		assert.deepEqual(wrong, []);
		assert.ok(tried > 100, `only ${tried} requests`);
	});

/* ---- the check itself must bite ---- */

test('a route without a role, without a sign-in, or for what is not hers, is expected to be shut', () => {
	const route = { method: 'GET', path: '/x/{id}', may: ['leader'], like: [], whose: 'hers' };
	assert.equal(mayEnter(route, 'admin'), false);
	assert.equal(expected(route, null, 'own', false), 'away');
	assert.equal(expected(route, 'admin', 'own', false), 'refused');
	assert.equal(expected(route, 'leader', 'other', false), 'hidden');
	assert.equal(expected(route, 'leader', 'own', false), 'may');
});

test('a route that says in new words whose something is makes this red', () => {
	assert.throws(() => objectsOf({ method: 'GET', path: '/x/{id}', whose: 'the tooth fairy\'s' }, place), /does not know what is own/);
});
