// Too few supporters: what whoever has nobody is given, what the coordinator is told, and what each page weighs.
// MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { register } from '../../tools/demo/doors.mjs';
import { signIn } from '../histories/gate.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { Screen, inspect } from './screen.mjs';
import { signInAs } from './steps.mjs';
import { PASSPHRASE, TITLE, appoint, build } from './town.mjs';
import { World } from './world.mjs';

const MOST = 30000; /* bytes of a colleague's first page, with all that it loads */
const LINE = ['professional_line = Krisetelefonen på Bjørkli', 'professional_line_phone = +47 00 00 09 00'];

async function shoot(page, name) {
	for (const width of process.env.MAKKER_SHOTS ? [360, 1280] : []) {
		await page.setViewportSize({ width, height: 740 });
		await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `nobody-${name}-${width}.png`), fullPage: true });
	}
}

/** Everybody in the list was part of it. */
async function happens({ world, leader, affected }) {
	const boss = await signIn(world.duty, leader.email, PASSPHRASE);
	await register(world.duty, boss, { kind: 1, severity: 1, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
		numbers: Object.values(affected).map((p) => p.number) });
	await world.clock('+1m');
}

/** Bytes of a page and of what it loads, as they travel to a browser. */
async function weight(address) {
	const visitor = new Visitor({}), packed = { headers: { 'accept-encoding': 'gzip' } };
	const { text } = await visitor.get(address);
	let bytes = (await visitor.get(address, packed)).body.length;
	for (const [, asset] of text.matchAll(/(?:href|src)="(\/a\/[^"]+)"/g))
		bytes += (await visitor.get(new URL(asset, address).href, packed)).body.length;
	return bytes;
}

const call = (page) => page.locator('section[aria-labelledby=line] a');
const outside = (page) => page.locator('section[aria-labelledby=outside] a b').allTextContents();

for (const [language, settings, ready] of [['nb', LINE, 0], ['sv', [...LINE, 'professional_line_hours = Vardagar 8–16'], 0], ['da', [], 1], ['nb', LINE, 8]])
	test(`${ready} supporters, ${settings.length} settings of a line (${language})`, { timeout: 400000 }, async () => {
		const town = await build(language, { ready, settings }), { world, affected, coordinator } = town;
		const screen = await Screen.open(), name = `${ready}-${settings.length}-${language}`;
		try {
			await happens(town);
			const links = [];
			for (const person of [affected.call, affected.other, affected.none])
				links.push(World.linkIn(await world.mailTo(person.email)));
			const one = await screen.person({ language });
			let without = 0;
			for (const [i, link] of links.entries()) {
				await one.goto(`${link}?lang=${language}`);
				const has = await one.locator('[data-lamp] h2').count() > 0 && await call(one).count() === 0;
				without += !has;
				assert.deepEqual(await outside(one), [...(settings.length ? ['+47 00 00 09 00'] : []), '116 123', '22 40 00 40']);
				const bytes = await weight(`${link}?lang=${language}`);
				assert.ok(bytes <= MOST, `${bytes} bytes`);
				if (has)
					continue;
				/* On top stands a number that is answered at night too. */
				const numbers = await call(one).evaluateAll((list) => list.map((a) => a.dataset.tel));
				assert.deepEqual(numbers, settings.length === 3 ? ['116 123', '+47 00 00 09 00'] : settings.length ? ['+47 00 00 09 00'] : ['116 123']);
				const box = await call(one).first().boundingBox();
				assert.ok(box.y + box.height < 740, `the number is ${Math.round(box.y)} pixels down the page`);
				assert.equal(await one.locator('#offer').count(), ready ? 1 : 0);
				if (i === 0 || ready)
					await inspect(one, name);
				await shoot(one, name);
			}
			await appoint(world, coordinator, language);
			const page = await screen.person({ language, width: 1280 });
			await signInAs(page, `${world.haven}/s`, coordinator);
			await page.goto(`${world.haven}/s/programme?lang=${language}`);
			const text = await page.locator('main').innerText();
			/* One supporter has room for five on a day (PRODUCT.md § 6); which of them, chance decides. */
			const [, assigned, most] = /(\d+) a[vf] (\d+) ha/.exec(text).map(Number);
			assert.equal(assigned, Math.min(most, ready * 5), text);
			assert.ok(without <= most - assigned && without >= links.length - assigned, `${without} pages without a supporter`);
			assert.equal(text.includes(settings.length ? '+47 00 00 09 00' : '116 123'), ready < 2, text);
			await inspect(page, `the programme, ${name}`);
			await shoot(page, `programme-${name}`);

			const front = await screen.person({ language });
			await front.goto(`${world.haven}/?lang=${language}`);
			assert.equal(await front.locator('.mk-call').getAttribute('data-tel'), settings.length === 2 ? '+47 00 00 09 00' : '116 123');
			await inspect(front, `the front page, ${name}`);
			assert.ok(await weight(`${world.haven}/`) <= MOST);
		} finally {
			await screen.close();
			await world.stop();
		}
	});
