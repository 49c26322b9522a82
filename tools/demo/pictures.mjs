// The README's pictures, taken from a running demonstration with Debian's Chromium:
//
//   node tools/demo/pictures.mjs --data DIR --port N [--into docs/pictures]
//
// DIR is read for the supporters' recovery codes, so whoever calls must be able to.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { makeAccounts, makePeople } from './people.mjs';

const options = { into: 'docs/pictures' };
for (let i = 2; i < process.argv.length; i += 2)
	options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const port = Number(options.port);
if (!options.data || !port) {
	console.error('usage: node pictures.mjs --data DIR --port N [--into FOLDER]');
	process.exit(64);
}
const DUTY = `http://duty.localhost:${port + 1}`, HAVEN = `http://haven.localhost:${port}`;
const people = makePeople();
const [leader] = makeAccounts(people);
const { codes } = JSON.parse(readFileSync(join(options.data, 'demonstration/state.json'), 'utf8'));
const SUPPORTERS = 'en kollega i ryggen alltid';

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true,
	args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'] });

async function browse(width, height) {
	const context = await browser.newContext({ locale: 'nb-NO', viewport: { width, height }, colorScheme: 'light' });
	return context.newPage();
}

async function signIn(page, base, email, passphrase) {
	await page.goto(`${base}/sign-in`);
	await page.fill('#email', email);
	await page.fill('#passphrase', passphrase);
	await page.click('form:has(#passphrase) button[type=submit]');
	await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

const shoot = (page, name, whole = false) => page.screenshot({ path: join(options.into, `${name}.png`), fullPage: whole });

mkdirSync(options.into, { recursive: true });
try {
	const mails = await (await fetch(`http://localhost:${port + 2}/mails`)).json();
	const links = mails.map((m) => /https?:\/\/\S+\/h\/o\/\S+/.exec(m.text)?.[0]).filter(Boolean);

	const offer = await browse(360, 800);
	for (const link of links) {
		await offer.goto(link);
		if (await offer.locator('html[lang=nb]').count() > 0 && await offer.locator('[data-lamp] h2').count() > 0)
			break;
	}
	const given = (await offer.locator('[data-lamp] h2').textContent()).trim();
	await shoot(offer, 'offer');

	const incident = await browse(1280, 800);
	await signIn(incident, DUTY, leader.person.email, leader.passphrase);
	await incident.goto(`${DUTY}/incidents`);
	await incident.locator('main h2 a').first().click();
	await incident.locator('[data-offered]').waitFor();
	await shoot(incident, 'incident');

	const desk = await browse(1280, 800);
	const email = Object.keys(codes).find((e) => people.find((p) => p.email === e)?.given === given) ?? Object.keys(codes)[0];
	await signIn(desk, `${HAVEN}/s`, email, SUPPORTERS);
	await desk.goto(`${HAVEN}/s/desk`);
	await desk.fill('#code', codes[email]);
	await desk.fill('#new', SUPPORTERS);
	await desk.fill('#again', SUPPORTERS);
	await desk.click('#desk button[type=submit]');
	await desk.locator('[data-act=again]').waitFor({ timeout: 120000 });
	await desk.waitForFunction(() => /åpnet/.test(document.querySelector('#desk [role=status]')?.textContent), null, { timeout: 120000 });
	await shoot(desk, 'desk');
	console.log(`pictures of ${given}’s offer, the incident and the desk: ${options.into}`);
} finally {
	await browser.close();
}
