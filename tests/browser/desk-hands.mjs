/* desk-hands.mjs: the desk of haven-double.mjs in Debian's Chromium, and what a supporter does there. One for each file of tests:
   begin() in before, fresh() in beforeEach, end() in after. MAKKER_SHOTS, if set, gets pictures. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../../client/node/texts.js';
import { startDouble } from './haven-double.mjs';
import { launch, tellBreaches, violations } from './screen.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shots = process.env.MAKKER_SHOTS;
export const PASS = 'blåbær på fjellet';

export function deskHands() {
	const assets = mkdtempSync(join(tmpdir(), 'makker-desk-'));
	const contexts = [];
	const h = {
		browser: null, double: null, page: null, complaints: [],
		async begin() {
			execFileSync(process.execPath, [join(root, 'tools/build-client'), assets]);
			h.browser = await launch();
		},
		async end() {
			await h.forget();
			await h.browser?.close();
			rmSync(assets, { recursive: true });
		},
		async forget() {
			for (const context of contexts.splice(0))
				await context.close();
			await h.double?.close();
		},
		async fresh() {
			await h.forget();
			h.double = await startDouble(assets);
			h.complaints = [];
			return h.device();
		},
		/* A browser that has never been here, from now on the one in hand. The others stay open. */
		async device() {
			const context = await h.browser.newContext({ locale: 'nb-NO', viewport: { width: 360, height: 740 } });
			context.setDefaultTimeout(60000);
			contexts.push(context);
			const page = await context.newPage();
			/* 412: another device wrote the vault first, which is no mishap */
			page.on('console', (m) => m.type() === 'error' && !m.text().includes('412') && h.complaints.push(m.text()));
			page.on('pageerror', (e) => h.complaints.push(String(e)));
			await tellBreaches(page);
			h.page = page;
			return page;
		},
		use(page) {
			h.page = page;
			return page;
		},
		open: () => h.page.goto(`${h.double.url}/desk`),
		opened: () => h.page.waitForSelector('[data-act=again]'),
		settled: () => h.page.waitForFunction(() => /åpnet/.test(document.querySelector('#desk [role=status]')?.textContent)),
		heading: (key, values = {}) => h.page.getByRole('heading', { level: 1, name: h.say(key, values), exact: true }).waitFor()
			.catch(async (e) => assert.fail(`${e.message}\nthe page says:\n${await h.page.locator('main').innerText()}\n${h.complaints.join('\n')}`)),
		say: (key, values) => say('nb', key, values),
		press: (key) => h.page.getByRole('button', { name: h.say(key), exact: true }).first().click(),
		act: (name, within = h.page) => within.locator(`[data-act="${name}"]`).first().click(),
		submit: () => h.page.click('#desk button[type=submit]'),
		/* The digits on the page, which she says that she has written down. */
		async noteCode() {
			await h.page.waitForSelector('[data-code]');
			const code = (await h.page.locator('[data-code]').allTextContents()).join('\n');
			await h.page.check('#written');
			return code;
		},
		async choose(passphrase) {
			await h.page.fill('#new', passphrase);
			await h.page.fill('#again', passphrase);
		},
		/* → the recovery code */
		async setUp(passphrase = PASS) {
			await h.open();
			await h.choose(passphrase);
			await h.submit();
			const code = await h.noteCode();
			await h.submit();
			await h.opened();
			return code;
		},
		async byCode(code, passphrase) {
			await h.open();
			await h.page.fill('#code', code);
			await h.choose(passphrase);
			await h.submit();
			await h.opened();
		},
		async lock() {
			await h.page.click('[data-lock]');
			await h.page.waitForSelector('#pass, #code');
		},
		async unlock(passphrase = PASS) {
			await h.page.fill('#pass', passphrase);
			await h.submit();
		},
		async myKeys() {
			await h.act('keys');
			await h.heading('keys.title');
		},
		said: async (key, values) => assert.equal((await h.page.locator('[data-said]').textContent()).trim(), h.say(key, values)),
		/* Looked at on a phone and on a wide screen, by axe and for sideways scroll. */
		async looked(name) {
			for (const width of [1280, 320, 360]) {
				await h.page.setViewportSize({ width, height: width === 1280 ? 900 : 740 });
				assert.deepEqual(await violations(h.page), [], `${name} at ${width}`);
				assert.ok(await h.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} at ${width}: sideways`);
				if (shots) {
					mkdirSync(shots, { recursive: true });
					await h.page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
				}
			}
		},
	};
	return h;
}
