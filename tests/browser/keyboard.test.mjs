// The form (in English) and the offer page (in Danish) with the keyboard alone, the focus always in sight.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen, inspect, tabTo } from './screen.mjs';
import { signInAs, watch } from './steps.mjs';
import { TITLE, build } from './town.mjs';
import { World } from './world.mjs';

test('registering and answering with the keyboard alone', { timeout: 300000 }, async (t) => {
	const { world, affected, leader } = await build('en');
	const screen = await Screen.open();
	try {
		await t.test('the form', async () => {
			const page = await screen.person({ language: 'en', width: 1280, height: 900 });
			await signInAs(page, world.duty, leader);
			await page.goto(`${world.duty}/incidents/new`);
			await page.keyboard.press('Tab');
			assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main', 'past the menu first');
			await page.keyboard.press('Enter');
			await tabTo(page, '[name=kind]');
			await page.keyboard.press('Space');
			await tabTo(page, '[name=severity]');
			await page.keyboard.press('Space');
			await page.keyboard.press('ArrowDown');
			await tabTo(page, '[name=day]');
			await page.keyboard.press('Space');
			await tabTo(page, '#clock');
			await page.keyboard.type('22.10');
			await tabTo(page, '#sentence');
			await page.keyboard.type(TITLE);
			await tabTo(page, '#q');
			await page.keyboard.type('nil', { delay: 30 });
			await page.locator('#q-list [role=option]').first().waitFor();
			await page.keyboard.press('ArrowDown');
			await page.keyboard.press('Enter');
			await page.locator('#chosen [data-seat]', { hasText: affected.none.name }).waitFor();
			await tabTo(page, '#save');
			await page.keyboard.press('Enter');
			await page.waitForURL(/\/incidents\/[0-9A-Za-z_-]+$/);
			await watch(page, 'Offered to 1 of 1');
			await inspect(page, 'the incident');
			assert.equal(await page.locator('html').getAttribute('lang'), 'en');
		});
		await t.test('the offer', async () => {
			const page = await screen.person({ language: 'da' });
			await page.goto(World.linkIn(await world.mailTo(affected.none.email)));
			await tabTo(page, '[name=kind]');
			await page.keyboard.press('Space');
			for (let i = 0; i < 3; i++)
				await page.keyboard.press('ArrowDown');
			assert.equal(await page.evaluate(() => document.activeElement.id), 'k-none');
			await tabTo(page, '#offer button[type=submit]');
			await page.keyboard.press('Enter');
			await page.locator('[data-thanks=none]').waitFor({ state: 'visible' });
			assert.equal(await page.evaluate(() => document.activeElement.dataset.thanks), 'none', 'the thanks have the focus');
			assert.deepEqual(page.complaints, []);
		});
	} finally {
		await screen.close();
		await world.stop();
	}
});
