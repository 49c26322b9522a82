// A group session, from the leader's wish to the day that she hears: leader, coordinator, supporters and colleagues in a real browser, the
// leader and the colleagues with JavaScript off. MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { askForSession, planSession, register } from '../../tools/demo/doors.mjs';
import { Visitor } from '../../tools/demo/visitor.mjs';
import { signIn } from '../histories/gate.mjs';
import { Screen, inspect } from './screen.mjs';
import { choose, goAs, signInAs, stepsOf } from './steps.mjs';
import { PASSPHRASE, TITLE, appoint, build } from './town.mjs';
import { isLight } from './weight.mjs';
import { World, until } from './world.mjs';

const PLACE = 'Møterom 2, tredje etasje', ELSEWHERE = 'Biblioteket';

async function shoot(page, name) {
	for (const width of process.env.MAKKER_SHOTS ? [360, 1280] : []) {
		await page.setViewportSize({ width, height: 740 });
		await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `group-${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 360, height: 740 });
}

/** A visitor registers the incident of this many; → its page's address. */
async function happened(world, leader, people) {
	const boss = await signIn(world.duty, leader.email, PASSPHRASE);
	const page = await register(world.duty, boss, { kind: 0, severity: 1, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
		numbers: people.map((p) => p.number) });
	await world.clock('+1m');
	return new URL(page.url).pathname;
}

/** A form that is not taken is answered with 422, which the browser's console tells. */
const refused = (page) => page.complaints.splice(0).forEach((c) => assert.match(c, /status of 422/));
const press = (page, words) => page.locator('main button', { hasText: words }).click();
/** The newest link that somebody got. */
const linkOf = (world, person) => World.linkIn(world.mailsTo(person.email).at(-1));

test('asked for, planned, changed, led and told, by everybody in turn', { timeout: 600000 }, async (t) => {
	const town = await build('nb'), { world, leader, affected, supporters, coordinator } = town;
	const screen = await Screen.open(), step = stepsOf(t, world, screen);
	const led = supporters.slice(2, 4), told = [affected.call, affected.other, affected.none];
	let boss, planner, incident, session;
	const atBoss = () => goAs(boss, world.duty, leader, incident);
	try {
		await appoint(world, coordinator, 'nb');
		incident = await happened(world, leader, Object.values(affected));
		await step('the leader sees that it is suggested, and why, and asks for it', async () => {
			boss = await screen.person({ language: 'nb', javaScript: false });
			await signInAs(boss, world.duty, leader);
			await boss.goto(`${world.duty}${incident}`);
			assert.match(await boss.locator('main').innerText(), /flere enn fem ble berørt.*Kilde: Nationwide Children’s Hospital/s);
			await shoot(boss, 'leader-suggested');
			await press(boss, 'Be om en felles avlastningssamtale');
			assert.match(await boss.locator('main').innerText(), /Det ble bedt om en felles avlastningssamtale i dag/);
			await shoot(boss, 'leader-asked');
			await world.clock('+1m');
		});
		await step('she takes the wish back, and asks again', async () => {
			await press(boss, 'Trekk ønsket tilbake');
			await press(boss, 'Be om en felles avlastningssamtale');
			await world.clock('+1m');
		});
		await step('the coordinator is mailed, and finds two who can lead it', async () => {
			const mail = await world.mailTo(coordinator.email);
			assert.doesNotMatch(`${mail.text}`, /samtale|støtte|avlast|hendelse/i);
			planner = await screen.person({ language: 'nb' });
			await signInAs(planner, `${world.haven}/s`, coordinator);
			await planner.goto(`${world.haven}/s/programme`);
			await planner.click('a[href="/s/programme/groups"]');
			await inspect(planner, 'a session that is asked for');
			await shoot(planner, 'asked');
			await planner.click('main .mk-card a.ds-button');
			await inspect(planner, 'an empty plan');
			await shoot(planner, 'plan-empty');
			await press(planner, 'Se hvem som kan lede den da');
			await planner.locator('#faults a[href="#clock"]').waitFor();
			refused(planner);
			await planner.selectOption('#day', { index: 1 });
			await planner.fill('#clock', '14.30');
			await planner.fill('#place', PLACE);
			await press(planner, 'Se hvem som kan lede den da');
			await inspect(planner, 'who can lead it then');
			for (const one of [leader, ...Object.values(affected)])
				assert.equal(await planner.locator('#first option', { hasText: one.name }).count(), 0, `${one.name} cannot lead it`);
			await planner.selectOption('#first', { label: await planner.locator('#first option', { hasText: led[0].name }).textContent() });
			await planner.selectOption('#second', { label: await planner.locator('#second option', { hasText: led[0].name }).textContent() });
			await press(planner, 'Lagre, og si fra til alle berørte');
			await planner.locator('#faults a[href="#first"]').waitFor();
			refused(planner);
			await inspect(planner, 'the same twice');
			await shoot(planner, 'plan-twice');
			await planner.selectOption('#second', { label: await planner.locator('#second option', { hasText: led[1].name }).textContent() });
			await shoot(planner, 'plan');
			await press(planner, 'Lagre, og si fra til alle berørte');
			await planner.waitForURL((url) => url.pathname === '/s/programme/groups');
			assert.match(await planner.locator('main').innerText(), new RegExp(`${PLACE}.*${led[0].name}`, 's'));
			await inspect(planner, 'a planned session');
			await shoot(planner, 'planned');
			await world.clock('+1m');
		});
		await step('everybody affected gets the same message, and reads when, where and by whom', async () => {
			const bodies = new Set();
			for (const one of told) {
				const mail = await world.mailTo(one.email, { after: 1 });
				assert.doesNotMatch(mail.text, /samtale|samtal|defusing|støtte|stöd|avlast|hendelse|händelse|hændelse/i);
				bodies.add(mail.text.length > 0);
			}
			assert.equal(bodies.size, 1);
			const reader = await screen.person({ language: 'nb', javaScript: false });
			await reader.goto(linkOf(world, affected.call));
			const text = await reader.locator('main').innerText();
			assert.match(text, new RegExp(`I morgen kl\\. 14\\.30.*${PLACE}.*${led[0].name} og ${led[1].name} leder den`, 's'));
			assert.match(text, /Ingen skriver ned hvem som kommer/);
			assert.match(text, /ringer deg/, 'her own offer stands beside it');
			await shoot(reader, 'offer');
			const scripted = await screen.person({ language: 'nb' });
			await scripted.goto(linkOf(world, affected.call));
			await inspect(scripted, 'the offer with a session');
			await isLight(await screen.person({ language: 'nb' }), linkOf(world, affected.other), ['document', 'stylesheet', 'script']);
		});
		await step('a change is asked about, and told', async () => {
			await planner.click('main .mk-card a.ds-button');
			await planner.fill('#place', ELSEWHERE);
			await press(planner, 'Endre den');
			await inspect(planner, 'sure to change it?');
			await shoot(planner, 'sure');
			await press(planner, 'Ja, endre den');
			await planner.waitForURL((url) => url.pathname === '/s/programme/groups');
			await world.clock('+1m');
			const mail = await world.mailTo(affected.call.email, { after: 2 });
			const reader = await screen.person({ language: 'nb', javaScript: false });
			await reader.goto(World.linkIn(mail));
			assert.match(await reader.locator('main').innerText(), new RegExp(ELSEWHERE));
		});
		await step('the two see it on their desks, with a guide', async () => {
			session = await screen.person({ language: 'nb' });
			await signInAs(session, `${world.haven}/s`, led[0]);
			await session.goto(`${world.haven}/s/desk`);
			await session.locator('[data-group] a').click();
			const text = await session.locator('main').innerText();
			assert.match(text, new RegExp(`${ELSEWHERE}.*${led[1].name}.*Slik gjøres det.*Ingen vonde detaljer`, 's'));
			assert.equal(await session.locator('main form').count(), 0, 'nothing to say before it has begun');
			await inspect(session, 'what she leads');
			await shoot(session, 'lead');
			const other = await screen.person({ language: 'nb' });
			await signInAs(other, `${world.haven}/s`, supporters[0]);
			const page = await other.goto(session.url());
			assert.equal(page.status(), 404, 'whoever does not lead it sees nothing');
		});
		await step('afterwards one of them says that it was held, and the leader hears the day', async () => {
			await world.clock('+17h');
			await goAs(session, `${world.haven}/s`, led[0], '/desk');
			await session.locator('[data-group] a').click();
			await inspect(session, 'was it held?');
			await shoot(session, 'held');
			await choose(session, '#held-yes');
			await press(session, 'Gå videre');
			await inspect(session, 'sure that it was held?');
			await press(session, 'Ja, den ble holdt');
			await session.waitForURL((url) => url.pathname === '/s/desk');
			assert.equal(await session.locator('[data-group]').count(), 0);
			await until(async () => {
				await world.clock('+1m');
				await atBoss();
				return /Den felles avlastningssamtalen ble holdt i dag/.test(await boss.locator('main').innerText());
			}, { why: 'the leader hears it' });
			await shoot(boss, 'leader-held');
			const duty = world.everything('duty');
			for (const secret of [ELSEWHERE, PLACE, led[0].phone, 'group_talk'])
				assert.ok(!duty.includes(Buffer.from(secret)) || secret === led[0].phone, `duty holds "${secret}"`);
			const reader = await screen.person({ language: 'nb', javaScript: false });
			await reader.goto(linkOf(world, affected.call));
			assert.doesNotMatch(await reader.locator('main').innerText(), new RegExp(ELSEWHERE));
		});
	} finally {
		await screen.close();
		await world.stop();
	}
});

test('where fewer than two can lead it the way on is named, and that it will not be held is told', { timeout: 300000 }, async () => {
	const town = await build('nb', { ready: 1 }), { world, leader, affected, coordinator } = town;
	const screen = await Screen.open();
	try {
		await appoint(world, coordinator, 'nb');
		const incident = await happened(world, leader, [affected.call, affected.none]);
		const boss = await screen.person({ language: 'nb' });
		await signInAs(boss, world.duty, leader);
		await boss.goto(`${world.duty}${incident}`);
		assert.doesNotMatch(await boss.locator('main').innerText(), /anbefales/, 'not suggested for two of one unit');
		await inspect(boss, 'an incident for which a session can be asked');
		await press(boss, 'Be om en felles avlastningssamtale');
		await boss.locator('#group ~ p b').waitFor();
		await inspect(boss, 'a session is asked for');
		await world.clock('+1m');
		const planner = await screen.person({ language: 'nb' });
		await signInAs(planner, `${world.haven}/s`, coordinator);
		await planner.goto(`${world.haven}/s/programme/groups`);
		await planner.click('main .mk-card a.ds-button');
		await planner.selectOption('#day', { index: 1 });
		await planner.fill('#clock', '14');
		await press(planner, 'Se hvem som kan lede den da');
		assert.match(await planner.locator('main').innerText(), /Færre enn to kollegastøtter kan lede den da.*116 123/s);
		await inspect(planner, 'fewer than two');
		await shoot(planner, 'fewer');
		await planner.locator('main a', { hasText: 'Den blir ikke holdt' }).click();
		await inspect(planner, 'sure that it will not be held?');
		await press(planner, 'Ja, avlys den');
		await planner.waitForURL((url) => url.pathname === '/s/programme/groups');
		await inspect(planner, 'one that will not be held');
		await boss.locator('#group ~ p b', { hasText: 'Det ble ingen felles avlastningssamtale' }).waitFor();
		await shoot(boss, 'leader-none');
	} finally {
		await screen.close();
		await world.stop();
	}
});

test('the demonstration asks for one and plans it through the same pages, and a second run changes nothing', { timeout: 300000 }, async () => {
	const town = await build('nb'), { world, leader, affected, coordinator } = town, plan = { place: 'Møterom Pepperkake', hours: ['14', '10'] };
	try {
		await appoint(world, coordinator, 'nb');
		await happened(world, leader, Object.values(affected));
		const boss = await signIn(world.duty, leader.email, PASSPHRASE), planner = await signIn(`${world.haven}/s`, coordinator.email, PASSPHRASE);
		await assert.rejects(planSession(world.haven, planner, plan), /no group session has been asked for/);
		await assert.rejects(askForSession(world.duty, boss, 'Noe annet'), /does not see/);
		await askForSession(world.duty, boss, TITLE);
		await world.clock('+1m');
		const planned = await until(() => planSession(world.haven, planner, plan), { why: 'it is planned' });
		assert.match(planned.text, /Møterom Pepperkake/);
		await askForSession(world.duty, boss, TITLE);
		assert.match((await planSession(world.haven, planner, { ...plan, place: 'Et annet sted' })).text, /Møterom Pepperkake/);
		await world.clock('+1m');
		await world.mailTo(coordinator.email);
		assert.equal(world.mailsTo(coordinator.email).length, 1, 'one mail of one wish');
		const link = await until(() => world.mailsTo(affected.call.email).length > 1 && linkOf(world, affected.call), { why: 'she is told' });
		assert.match((await new Visitor().get(link)).text, /Møterom Pepperkake/);
	} finally {
		await world.stop();
	}
});
