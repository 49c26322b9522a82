// What people do on the pages, in the words of the journeys.
import { inspect } from './screen.mjs';
import { PASSPHRASE } from './town.mjs';
import { until } from './world.mjs';

/** step(name, work): one after the other; the journey ends at the first that fails. */
export const stepsOf = (t, world, screen) => async (name, work) => {
	let fine = false;
	await t.test(name, async () => {
		await work();
		fine = true;
	});
	if (!fine)
		throw new Error(`the journey ends at: ${name}\n${world.log.slice(-3000)}\n${await screen.words()}`);
};

/** Signs in; `look` names the sign-in page when it is to be looked at. */
export async function signInAs(page, base, { email }, look) {
	await page.goto(`${base}/sign-in`);
	if (look)
		await inspect(page, look);
	await page.fill('#email', email);
	await page.fill('#passphrase', PASSPHRASE);
	await page.click('form:has(#passphrase) button[type=submit]');
	await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

/** A tile is pressed anywhere: its words lie over the button. */
export async function choose(page, selector) {
	await page.click(`label[for="${selector.slice(1)}"]`);
	if (!await page.isChecked(selector))
		throw new Error(`${selector} is not chosen`);
}

/** Waits until the leader's page says this by itself. */
export const watch = (page, offered) => page.locator('[data-offered]', { hasText: offered }).waitFor();

/** Notes that she has spoken to somebody: a link, and one question. */
export async function speakTo(page, person) {
	await page.locator('[data-need]', { hasText: person.given }).locator('a').first().click();
	await page.locator('main form button[type=submit]').click();
	await page.locator('[data-offered]').waitFor();
}

/** Presses the button, and waits until everybody whom the server gave stands on the desk. */
async function unlock(page) {
	const [response] = await Promise.all([
		page.waitForResponse((r) => r.url().endsWith('/s/desk/data') && r.ok(), { timeout: 120000 }),
		page.click('#desk button[type=submit]'),
	]);
	const { tasks } = await response.json();
	await page.locator('[data-act=again]').waitFor();
	await until(async () => await page.locator('[data-task]').count() === tasks.length, { why: `${tasks.length} stand on the desk` });
}

/** The desk of a supporter in a browser that has never seen it. */
export async function openDesk(screen, world, supporter, code, language) {
	const page = await screen.person({ language });
	await signInAs(page, `${world.haven}/s`, supporter);
	await page.goto(`${world.haven}/s/desk`);
	await page.fill('#code', code);
	await page.fill('#new', PASSPHRASE);
	await page.fill('#again', PASSPHRASE);
	await unlock(page);
	return page;
}

/** The card of one affected person. */
export const deskOf = (desk, person) => desk.locator('[data-task]', { hasText: person.name });

/** The same browser later: signs in again if that has run out, and unlocks with the passphrase of this device. */
export async function reopenDesk(desk, world, supporter) {
	await desk.goto(`${world.haven}/s/desk`);
	if (new URL(desk.url()).pathname.endsWith('/sign-in')) {
		await signInAs(desk, `${world.haven}/s`, supporter);
		await desk.goto(`${world.haven}/s/desk`);
	}
	await desk.fill('#pass', PASSPHRASE);
	await unlock(desk);
}

/** A page of a signed-in person, who signs in again if that has run out. */
export async function goAs(page, base, person, path) {
	await page.goto(`${base}${path}`);
	if (new URL(page.url()).pathname.endsWith('/sign-in')) {
		await signInAs(page, base, person);
		await page.goto(`${base}${path}`);
	}
}

/** Every page that can be reached by links from here on the same host: Map of path → HTML. */
export async function allPages(page, most = 80) {
	const seen = new Map(), waiting = [page.url()], { host } = new URL(page.url());
	while (waiting.length > 0 && seen.size < most) {
		const at = new URL(waiting.shift());
		if (seen.has(at.pathname + at.search))
			continue;
		const response = await page.goto(at.href);
		seen.set(at.pathname + at.search, await page.content());
		if (!/html/.test(response.headers()['content-type'] ?? ''))
			continue;
		for (const href of await page.locator('a[href]').evaluateAll((list) => list.map((a) => a.href))) {
			const to = new URL(href);
			if (to.host === host && to.protocol === 'http:' && !to.search && !seen.has(to.pathname))
				waiting.push(to.origin + to.pathname);
		}
	}
	return seen;
}

/** On whose desk this person stands: a given name of `desks`. */
export const whoHas = (desks, person) => until(async () => {
	for (const [given, desk] of Object.entries(desks))
		if (await deskOf(desk, person).count() > 0)
			return given;
	return null;
}, { why: `${person.name} stands on a desk` });

/** Presses "look again" once, and waits until it is there. */
export async function lookUntil(desk, locator) {
	if (await locator.count() > 0)
		return;
	await desk.click('[data-act=again]');
	await locator.first().waitFor({ timeout: 60000 });
}
