// Whom no message reached: the coordinator's list, in a real browser. MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if
// set, gets pictures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { register } from '../../tools/demo/doors.mjs';
import { signIn } from '../histories/gate.mjs';
import { Screen, inspect } from './screen.mjs';
import { signInAs } from './steps.mjs';
import { PASSPHRASE, TITLE, appoint, build } from './town.mjs';

async function shoot(page, name) {
	for (const width of process.env.MAKKER_SHOTS ? [360, 1280] : []) {
		await page.setViewportSize({ width, height: 740 });
		await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `unreached-${name}-${width}.png`), fullPage: true });
	}
}

test('whom no message reached is a list that the coordinator sees to', { timeout: 300000 }, async () => {
	const town = await build('nb'), { world, leader, affected, coordinator } = town;
	const screen = await Screen.open();
	try {
		await appoint(world, coordinator, 'nb');
		const page = await screen.person({ language: 'nb', width: 360, height: 740 });
		await signInAs(page, `${world.haven}/s`, coordinator);
		await page.goto(`${world.haven}/s/programme/unreached`);
		await inspect(page, 'nobody is unreached');
		await shoot(page, 'nobody');
		const boss = await signIn(world.duty, leader.email, PASSPHRASE);
		await register(world.duty, boss, { kind: 1, severity: 1, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
			numbers: [...Object.values(affected), leader].map((p) => p.number) });
		await world.clock('+1m');
		await page.goto(`${world.haven}/s/programme`);
		await inspect(page, 'the programme, two of whom are unreached');
		await page.click('a[href="/s/programme/unreached"]');
		await inspect(page, 'the list of whom no message reached');
		await shoot(page, 'two');
		assert.deepEqual((await page.locator('main section h2').allTextContents()).sort(), [affected.silent.name, affected.refused.name].sort());
		await page.locator('section', { hasText: affected.silent.name }).locator('button').click();
		await page.locator('section', { hasText: affected.silent.name }).locator('svg + span').first().waitFor();
		assert.equal(await page.locator('main form button').count(), 1);
		await shoot(page, 'one');
		await world.clock('+7d');
		await page.goto(`${world.haven}/s/programme/unreached`);
		if (new URL(page.url()).pathname.endsWith('/sign-in')) {
			await signInAs(page, `${world.haven}/s`, coordinator);
			await page.goto(`${world.haven}/s/programme/unreached`);
		}
		// The incident has closed, and its leader, whom no supporter has reached, has neither a leader nor a safety representative.
		await inspect(page, 'the list with somebody who has nobody else');
		await shoot(page, 'left');
		assert.deepEqual(await page.locator('main section h2').allTextContents(), [leader.name]);
		assert.equal(world.mailsTo(coordinator.email).filter((m) => /\/s\/programme\n/.test(m.text)).length, 1);
		await page.goto(`${world.haven}/s/programme`);
		await inspect(page, 'the programme, one of whom is left');
		await shoot(page, 'programme');
		await page.locator('a[href="/s/programme/unreached"]').first().click();
		await page.click('main form button');
		await page.waitForLoadState();
		assert.equal(await page.locator('main form button').count(), 0, 'she is seen to');
	} finally {
		await screen.close();
		await world.stop();
	}
});
