// What must work with JavaScript off: registering, answering, and seeing that all are reached. In Norwegian and in Swedish.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen } from './screen.mjs';
import { assertUnwritten } from './spelt.mjs';
import { choose, deskOf, goAs, openDesk, signInAs, stepsOf } from './steps.mjs';
import { TITLE, appoint, build } from './town.mjs';
import { World, until } from './world.mjs';

const OFFERED = { nb: (n) => `Tilbudt til ${n} av 7`, sv: (n) => `Erbjudet till ${n} av 7` };
const NOTE = { call: 'Ring heller enn å skrive', other: 'Helst någon annan' }, PHONE = '00 00 44 33';

/** Opens what is folded around a field. The driver's own waiting runs in the page, where no script does: so we wait here. */
async function unfold(page, field) {
	await page.locator(`details:has(${field}) summary`).press('Enter');
	await until(() => page.locator(field).isVisible(), { why: `${field} is unfolded` });
}

for (const language of ['nb', 'sv'])
	test(`with JavaScript off: the form, the answers and the coverage (${language})`, { timeout: 600000 }, async (t) => {
		const town = await build(language), { world, affected, supporters, leader, coordinator, codes } = town;
		const screen = await Screen.open();
		const step = stepsOf(t, world, screen);
		const off = (options) => screen.person({ language, javaScript: false, ...options });
		let boss, address;
		const seats = () => boss.locator('#chosen [data-seat]').count();
		try {
			await step('a leader finds people by a button, and what she wrote stays', async () => {
				boss = await off({ width: 1280 });
				await signInAs(boss, world.duty, leader);
				await boss.goto(`${world.duty}/incidents/new`);
				await choose(boss, '#kind-0');
				await choose(boss, '#severity-1');
				await choose(boss, '#day-0');
				await boss.fill('#clock', '22.10');
				await boss.fill('#sentence', TITLE);
				await boss.fill('#q', 'ing');
				await boss.click('button[value=find]:visible');
				await boss.locator('#hits li', { hasText: affected.call.name }).locator('button').click();
				assert.equal(await seats(), 1);
				assert.ok(await boss.isChecked('#severity-1'));
				assert.equal(await boss.inputValue('#sentence'), TITLE);
			});
			await step('an empty form is told what is missing, and nothing is lost', async () => {
				await boss.fill('#clock', '');
				await boss.press('#save', 'Enter');
				await boss.locator('#faults a[href="#clock"]').waitFor();
				assert.equal(await seats(), 1);
				await boss.fill('#clock', '22.10');
			});
			await step('the whole unit by one press, a person taken off, one from outside, a pasted list', async () => {
				if (await boss.locator('#unit option').count() > 1)
					await boss.selectOption('#unit', { label: leader.unit });
				await boss.press('button[value=unit]', 'Enter');
				assert.equal(await seats(), 8); // the seven and herself
				await boss.locator('#chosen [data-seat]', { hasText: leader.name }).locator('button').press('Enter');
				await boss.locator('#chosen [data-seat]', { hasText: affected.bounced.name }).locator('button').press('Enter');
				assert.equal(await seats(), 6);
				await unfold(boss, '#paste');
				await boss.fill('#paste', affected.refused.email);
				await boss.press('button[value=paste]', 'Enter');
				assert.equal(await seats(), 6, 'she is in the list already');
				await unfold(boss, '#out-name');
				await boss.fill('#out-name', 'Vikar Utenfra');
				await boss.fill('#out-phone', '+47 00 00 55 55');
				await boss.press('button[value=outside]', 'Enter');
				assert.equal(await seats(), 7);
				await boss.press('#save', 'Enter');
				await boss.waitForURL(/\/incidents\/[0-9A-Za-z_-]+$/);
				address = boss.url();
			});
			await step('the page tells the count anew each time she looks', async () => {
				for (const who of ['call', 'other', 'none'])
					await world.mailTo(affected[who].email);
				await world.clock('+30m');
				await boss.reload();
				assert.match(await boss.locator('[data-offered]').textContent(), new RegExp(OFFERED[language](4)));
				const needs = boss.locator('[data-need]');
				assert.equal(await needs.count(), 3); // no e-mail, refused, and the one from outside
				await needs.filter({ hasText: 'Vikar' }).locator('a').first().click();
				await boss.click('main form button[type=submit]');
				assert.match(await boss.locator('[data-offered]').textContent(), new RegExp(OFFERED[language](5)));
			});
			let holder, chosen;
			await step('the offer page answers without a script, and says what that means', async () => {
				const one = await off({ language: affected.call.lang });
				const link = World.linkIn(await world.mailTo(affected.call.email));
				await one.goto(link);
				await one.locator('[data-js=off]').waitFor({ state: 'visible' });
				holder = (await one.locator('[data-lamp] h2').textContent()).trim();
				await choose(one, '#k-call');
				await one.fill('#note', NOTE.call);
				await one.click('#offer button[type=submit]');
				await one.locator('h1').waitFor();
				assert.equal(await one.locator('#offer').count(), 0);
				assert.equal(await one.locator('#faults').count(), 0);
				assert.deepEqual((await one.context().cookies()).filter((c) => c.name !== 'door'), []);
			});
			await step('choosing somebody else without a number is told, and what was written stays', async () => {
				const one = await off({ language: affected.other.lang });
				await one.goto(World.linkIn(await world.mailTo(affected.other.email)));
				await choose(one, '#k-other');
				await one.fill('#note', NOTE.other);
				await one.click('#offer button[type=submit]');
				await one.locator('#faults').waitFor();
				assert.equal(await one.inputValue('#note'), NOTE.other);
				const choice = one.locator('#to option').nth(1);
				chosen = (await choice.textContent()).split(',')[0];
				await one.selectOption('#to', await choice.getAttribute('value'));
				await one.fill('#phone', PHONE);
				await one.click('#offer button[type=submit]');
				assert.equal(await one.locator('#faults').count(), 0);
				assert.equal(await one.locator('#offer').count(), 0);
			});
			await step('one tap stops the messages', async () => {
				const one = await off({ language: affected.none.lang });
				const link = World.linkIn(await world.mailTo(affected.none.email));
				await one.goto(link);
				await one.locator('form[action*="stop"] button').click();
				await one.goto(link);
				assert.equal(await one.locator('form[action*="stop"]').count(), 0);
			});
			await step('the supporter opens what the server sealed', async () => {
				await world.clock('+1h');
				const byName = (given) => supporters.find((s) => s.given === given);
				const desk = await openDesk(screen, world, byName(holder), codes[byName(holder).email], language);
				await deskOf(desk, affected.call).locator('[data-answer=call]').waitFor();
				assert.equal(await deskOf(desk, affected.call).locator('[data-said=note]').textContent(), NOTE.call);
				const other = await openDesk(screen, world, byName(chosen), codes[byName(chosen).email], language);
				await other.locator('[data-other], [data-answer=other]').filter({ hasText: NOTE.other }).first().waitFor();
			});
			await step('coverage and the coordinator’s page without a script', async () => {
				await goAs(boss, world.duty, leader, new URL(address).pathname);
				assert.equal(await boss.locator('[data-row]').count(), 7);
				const one = await off({ width: 1280 });
				await appoint(world, coordinator, language);
				await signInAs(one, `${world.haven}/s`, coordinator);
				assert.match(await one.locator('main').innerText(), /7/);
				await world.clock('+3d');
				assert.equal(world.mailsTo(affected.none.email).length, 1, 'she has stopped the messages');
				assert.equal(world.mailsTo(affected.call.email).length, 2);
			});
			await step('nothing that was written lies in a file', async () => {
				assertUnwritten(world, [...Object.values(NOTE), PHONE, `+47${PHONE.replaceAll(' ', '')}`], affected.other.name);
			});
		} finally {
			await screen.close();
			await world.stop();
		}
	});
