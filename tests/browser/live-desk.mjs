/* live-desk.mjs: supporters and a coordinator at the real makker-haven, with Debian's Chromium, and somebody who can write into its
   database beneath it (SQL, in tests of that attacker only). MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../../client/node/texts.js';
import { HAVEN_HOST, startHaven } from './haven-live.mjs';
import { launch, tellBreaches, violations } from './screen.mjs';
import { until } from './world.mjs';

export const PASS = 'blåbær på fjellet i august';
export const id = (n) => Buffer.alloc(16, n).toString('base64url');
const shots = process.env.MAKKER_SHOTS;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

const person = (n, name) => ({
	id: id(n), number: `100${n}`, name, unit: 'Sykehuset / Mottaket', profession: 'Sykepleier', level: '2', staff: false, lang: 'nb',
	email: `p${n}@fjordvik.example`, phone: `000003${n}0`, protected: false, ended: false,
});

/* supporters: names; the first is person 1. → { haven, who, page, … } */
export async function startLive({ at, supporters, others = [] }) {
	const bin = process.env.MAKKER_BIN;
	assert.ok(bin, 'MAKKER_BIN is the folder of the build');
	const people = [...supporters, ...others].map((name, i) => person(i + 1, name));
	const haven = await startHaven({ bin, at, people });
	const browser = await launch(`--host-resolver-rules=MAP ${HAVEN_HOST} 127.0.0.1`);
	const who = {};
	const live = { haven, browser, who, people, page: null, complaints: [], sent: [] };

	async function session(name, reply, page) {
		assert.equal(reply.status, 303, reply.text);
		const cookie = reply.headers['set-cookie'][0].split(';')[0];
		const { text } = await haven.request('GET', page, { cookie });
		who[name] = { ...who[name], cookie, page, csrf: text.match(/(?:name="csrf" value|data-csrf)="([^"]+)"/)?.[1] };
	}
	const form = (path, fields, cookie) => haven.request('POST', path, { cookie, headers: FORM, body: new URLSearchParams(fields).toString() });
	const welcome = async (name, email, link, page) => {
		who[name] = { email };
		await session(name, await form(new URL(link).pathname, { passphrase: PASS, again: PASS }), page);
	};
	const list = join(haven.dir, 'supporters.csv');
	writeFileSync(list, ['number,languages,since,interview,training,check,accredited until,windows', ...people.slice(0, supporters.length)
		.map((p) => `${p.number},nb,2019,2026-01-10,2026-02-10,2026-02-11,2028-02-11,"mon-sun 08:00-18:00"`)].join('\n'));
	const imported = () => haven.command('supporters', 'import', '--dry-run', list).catch((e) => e.stdout + e.stderr);
	await until(async () => (await imported()).includes(`Added ${supporters.length}`)).catch(async (e) => {
		await browser.close();
		await haven.stop();
		throw e;
	});
	const links = await haven.command('supporters', 'import', '--print-links', list);
	for (const p of people.slice(0, supporters.length))
		await welcome(p.name.split(' ')[0].toLowerCase(), p.email, links.match(new RegExp(`${p.name} <[^>]+>: (\\S+)`))[1], '/s/desk');
	const mona = await haven.command('user', 'add', 'mona@fjordvik.example', '--name', 'Mona Vik', '--role', 'coordinator');
	await welcome('mona', 'mona@fjordvik.example', mona.match(/http\S+/)[0], '/s/programme');

	return Object.assign(live, {
		form,
		ask: (name, path) => haven.request('GET', path, { cookie: who[name]?.cookie }),
		tell: (name, path, body) => haven.request('POST', path, {
			cookie: who[name].cookie, body: JSON.stringify(body), headers: { 'Makker-Csrf': who[name].csrf, 'Content-Type': 'application/json' },
		}),
		/* The clock, and everybody signed in again: a session ends after some idle hours. */
		async later(to) {
			await haven.clock(to);
			for (const [name, { email, page }] of Object.entries(who))
				await session(name, await form('/s/sign-in', { email, passphrase: PASS }), page);
		},
		/* A browser in which this person is signed in, from now on the one in hand. state: what an earlier one of hers kept. */
		async device(name, { path = who[name].page, width = 360 } = {}) {
			const context = await browser.newContext({ locale: 'nb-NO', viewport: { width, height: 780 } });
			context.setDefaultTimeout(30000);
			live.page = await context.newPage();
			live.page.on('console', (m) => m.type() === 'error' && !/favicon|412/.test(m.text() + m.location().url) &&
				live.complaints.push(`${m.text()} ${m.location().url}`));
			live.page.on('pageerror', (e) => live.complaints.push(String(e)));
			live.page.on('request', (r) => r.method() === 'POST' && live.sent.push(new URL(r.url()).pathname));
			await tellBreaches(live.page);
			return live.again(name, path);
		},
		/* The same browser, with the session that is good now. */
		async again(name, path = who[name].page) {
			const [cookie, value] = who[name].cookie.split('=');
			await live.page.context().addCookies([{ name: cookie, value, domain: HAVEN_HOST, path: '/s' }]);
			await live.page.goto(haven.url + path);
			return live.page;
		},
		say: (key, values) => say('nb', key, values),
		heading: (key, values) => live.page.getByRole('heading', { level: 1, name: live.say(key, values), exact: true }).waitFor()
			.catch(async (e) => assert.fail(`${e.message}\nthe page says:\n${await live.page.locator('main').innerText()}\n${live.complaints.join('\n')}`)),
		act: (name, within = live.page) => within.locator(`[data-act="${name}"]`).first().click(),
		submit: () => live.page.click('#desk button[type=submit]'),
		opened: () => live.page.waitForSelector('[data-act=again]'),
		async choose(passphrase = PASS) {
			await live.page.fill('#new', passphrase);
			await live.page.fill('#again', passphrase);
		},
		async noteCode() {
			await live.page.waitForSelector('[data-code]');
			const code = (await live.page.locator('[data-code]').allTextContents()).join('\n');
			await live.page.check('#written');
			return code;
		},
		/* First keys, in a browser of her own. → the recovery code */
		async setUp(name) {
			await live.device(name);
			await live.choose();
			await live.submit();
			const code = await live.noteCode();
			await live.submit();
			await live.opened();
			return code;
		},
		async unlock(passphrase = PASS) {
			await live.page.fill('#pass', passphrase);
			await live.submit();
		},
		async lock() {
			await live.page.click('[data-act=lock], [data-lock]');
			await live.page.waitForSelector('#pass, #code');
		},
		async looked(name) {
			for (const width of [1280, 320, 360]) {
				await live.page.setViewportSize({ width, height: width === 1280 ? 900 : 780 });
				assert.deepEqual(await violations(live.page, live.page.session), [], `${name} at ${width}`);
				assert.ok(await live.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} at ${width}: sideways`);
				if (shots) {
					mkdirSync(shots, { recursive: true });
					await live.page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
				}
			}
		},
		/* The attacker with the database: statements with blobs as x'…'. → the rows, as lists of text (blobs in hex). */
		sql: (text) => JSON.parse(execFileSync('python3', ['-c', `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
rows = [[c.hex() if isinstance(c, bytes) else c for c in row] for row in db.execute(sys.argv[2])]
db.commit()
print(json.dumps(rows))`, join(haven.dir, 'haven.db'), text], { encoding: 'utf8' })),
		async stop() {
			await browser.close();
			const status = await haven.stop();
			assert.equal(status, 0, `makker-haven ended in order:\n${haven.log()}`);
		},
	});
}
