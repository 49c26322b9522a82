// Accounts on a page, in a real browser and without JavaScript: duty's administrator and haven's coordinator add, invite, ask for a role that
// a second person confirms, take one away and end an account. MAKKER_BIN is the folder of the build; MAKKER_SHOTS, if set, gets pictures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { giveRoles, linkIn, welcome } from '../../tools/demo/doors.mjs';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';
import { Screen, inspect, tabTo } from './screen.mjs';
import { signInAs } from './steps.mjs';
import { AT, PASSPHRASE, UNIT, cast, peopleFile } from './town.mjs';
import { World, until } from './world.mjs';

let world, screen;
const who = {};
const admin = { email: 'kari.obrien@bjorkli.example', name: "Kari O'Brien" }, other = { email: 'bo@bjorkli.example' };
const safety = { email: 'vera@bjorkli.example' }, coordinator = { email: 'berit@bjorkli.example' };

const add = async (program, { email, name = 'Noen Andre' }, role, ...more) =>
	welcome(linkIn(await world.makker('user', program, 'add', email, '--name', name, '--role', role, '--lang', 'en', ...more)), PASSPHRASE, 'en');

before(async () => {
	world = await World.start({ at: AT, language: 'nb', refuse: ['refused@bjorkli.example'] });
	screen = await Screen.open();
	await world.makker('people', 'import', world.file('people.csv', peopleFile(cast('nb').everybody)));
	who.leader = await add('duty', { email: 'first@bjorkli.example' }, 'leader', '--unit', UNIT);
	who.safety = await add('duty', safety, 'safety'); // before there is anybody to ask: nobody is written to
	who.admin = await add('duty', admin, 'admin');
	await giveRoles(world.duty, who.admin);
	who.coordinator = await add('haven', coordinator, 'coordinator');
}, { timeout: 120000 });
after(async () => {
	await screen?.close();
	await world?.stop();
});

async function shoot(page, name) {
	for (const width of process.env.MAKKER_SHOTS ? [360, 1280] : []) {
		await page.setViewportSize({ width, height: 740 });
		await page.screenshot({ path: join(process.env.MAKKER_SHOTS, `accounts-${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 360, height: 740 });
}

const at = (program, path) => `${world[program]}${program === 'haven' ? '/s' : ''}${path}`;
const ask = (form) => form.fields.some((f) => f.name === 'role');

/** Of whoever has the address, by the search. */
async function found(visitor, program, email) {
	const list = await visitor.submit(await visitor.get(at(program, '/accounts')), { q: email });
	const link = new RegExp(`href="((?:/s)?/accounts/[\\w-]{22})"`).exec(list.text)?.[1];
	return link ? visitor.get(`${world[program]}${link}`) : null;
}

async function confirm(visitor, program) {
	const page = await visitor.get(at(program, '/grants'));
	return visitor.submit(page, {}, { which: (f) => f.fields.some((x) => x.name === 'grant'), button: (b) => b.value === 'yes' });
}

test('in a browser: the list, somebody new with what was wrong kept, a role, a question, an end', { timeout: 300000 }, async () => {
	const page = await screen.person({ language: 'en', width: 360, height: 740 });
	await signInAs(page, world.duty, admin);
	await page.goto(`${world.duty}/reported`);
	await page.click('nav a[href="/accounts"]');
	assert.match(await page.locator('h1').innerText(), /Who can sign in/);
	await inspect(page, 'the list');
	await shoot(page, 'list');
	await page.fill('#q', 'ingen som heter dette');
	await page.click('form[role=search] button');
	assert.match(await page.locator('main').innerText(), /Nobody has “ingen som heter dette” in the name or the address/);
	await inspect(page, 'nobody found');
	assert.doesNotMatch(page.url(), /ingen/, 'no name stands in an address');
	await page.goto(`${world.duty}/accounts/new`);
	await tabTo(page, '#name');
	await page.keyboard.type('Åse Ødegård');
	await page.fill('#email', 'ikke en adresse');
	await page.fill('#unit', 'klinikk');
	await page.click('main form button[type=submit]');
	/* Chromium says so of every form that is shown again. */
	await until(() => page.complaints.some((c) => /status of 422/.test(c)), { why: 'the form was refused' });
	page.complaints = page.complaints.filter((c) => !/status of 422/.test(c));
	await inspect(page, 'somebody new, with errors');
	await shoot(page, 'new');
	assert.deepEqual(await page.locator('.ds-error-summary a').evaluateAll((list) => list.map((a) => a.getAttribute('href'))), ['#email', '#role', '#unit']);
	assert.equal(await page.inputValue('#name'), 'Åse Ødegård');
	assert.equal(await page.inputValue('#email'), 'ikke en adresse');
	assert.ok(await page.locator('[name=which]').count() > 1, 'units to choose among');
	await page.fill('#email', 'Aase.Papirbaatlien-Strikkepinnefossen@Bjorkli.example');
	await page.check('#role-0');
	await page.selectOption('#lang', 'da');
	await page.locator('label', { hasText: UNIT }).first().click();
	await page.click('main form button[type=submit]');
	assert.match(await page.locator('h1').innerText(), /Åse Ødegård/);
	assert.match(await page.locator('[role=status]').innerText(), /The invitation is on its way/);
	assert.match(await page.locator('main').innerText(), /Akuttmottaket, and of all below it: waiting for a second person/);
	await inspect(page, 'one account');
	await shoot(page, 'one');
	const mail = await world.mailTo('aase.papirbaatlien-strikkepinnefossen@bjorkli.example');
	assert.equal(mail.subject ?? 'Dit login', 'Dit login');
	assert.match(mail.text, /Du har fået et login hos Bjørkli sykehus/);
	who.aase = await welcome(World.linkIn(mail), PASSPHRASE, 'en');
	assert.equal((await who.aase.request(`${world.duty}/incidents`)).status, 403, 'the role waits');
	await world.mailTo(safety.email); // the safety representative is told
	assert.equal(world.mailsTo(admin.email).length, 0, 'whoever asked is not asked');
	await page.goto(`${world.duty}/grants`);
	assert.match(await page.locator('main').innerText(), /Asked for today by Kari O'Brien/);
	assert.match(await page.locator('main').innerText(), /You asked for this one/);
	assert.equal(await page.locator('button[value=yes]').count(), 0);
	await inspect(page, 'a role that she asked for');
	await shoot(page, 'grants');
	await confirm(who.safety, 'duty');
	assert.equal((await who.aase.request(`${world.duty}/incidents`)).status, 200);

	await page.goto(`${world.duty}/accounts`);
	await page.fill('#q', 'åse');
	await page.click('form[role=search] button');
	await page.click('main section a:has-text("Åse")');
	assert.match(await page.locator('main').innerText(), /since Wednesday 18 November/);
	await page.click('a:has-text("Take away")');
	await inspect(page, 'taking a role away');
	await shoot(page, 'take');
	await page.click('main form button');
	assert.match(await page.locator('[role=status]').innerText(), /The role is taken away/);
	assert.equal((await who.aase.request(`${world.duty}/incidents`)).status, 403, 'her session has lost it at once');
	await page.click('a:has-text("End the sign-in")');
	await inspect(page, 'ending');
	await shoot(page, 'end');
	await page.click('main form a');
	assert.match(await page.locator('h1').innerText(), /Åse/, 'the way back');
	await page.click('a:has-text("End the sign-in")');
	await page.click('main form button');
	assert.match(await page.locator('[role=status]').innerText(), /The sign-in is ended/);
	assert.equal((await who.aase.request(`${world.duty}/account`)).status, 303, 'her session is dead');
	assert.equal((await page.locator('main').innerText()).includes('Åse'), false);
	assert.deepEqual(page.complaints, []);
});

test('without JavaScript: everything by forms, in four languages', { timeout: 120000 }, async () => {
	const page = await who.admin.get(`${world.duty}/accounts/new`);
	const long = 'Å'.repeat(300);
	const again = await who.admin.request(page.url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ csrf: /name="csrf" value="([^"]+)"/.exec(page.text)[1], name: long, email: 'lang@bjorkli.example', role: 'safety' }).toString() });
	assert.equal(again.status, 422);
	assert.ok(again.text.includes('Å'.repeat(90)), 'what was typed is kept as far as it may be long');
	assert.match(wordsOf(again.text), /Write the name, on one line/);
	const name = `${'Ø'.repeat(99)}'`;
	const one = await who.admin.submit(page, { name, email: 'lang@bjorkli.example', role: 'safety', unit: 'akuttklinikken' });
	assert.match(wordsOf(one.text), /Safety representative of Bjørkli sykehus \/ Akuttklinikken, and of all below it: waiting for a second person/);
	const twice = await who.admin.request(page.url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ csrf: /name="csrf" value="([^"]+)"/.exec(page.text)[1], name: 'X', email: 'LANG@bjorkli.example', role: 'safety' }).toString() });
	assert.equal(twice.status, 409);
	assert.match(wordsOf(twice.text), /Somebody has a sign-in with this address already Look at that sign-in/);
	for (const lang of ['nb', 'sv', 'da', 'en']) {
		const seen = await who.admin.get(`${world.duty}/accounts?lang=${lang}`);
		assert.match(wordsOf(seen.text), { nb: /Hvem som kan logge inn/, sv: /Vilka som kan logga in/, da: /Hvem der kan logge ind/, en: /Who can sign in/ }[lang]);
	}
	/* A narrow page holds the longest name. */
	const shown = await screen.person({ language: 'en', javaScript: false, width: 360 });
	await signInAs(shown, world.duty, admin);
	await shown.goto(one.url);
	await shown.setViewportSize({ width: 320, height: 740 });
	assert.ok(await shown.locator('h1').isVisible());
	await shown.close();
});

test('one more role, a role that is there, and a link for a new passphrase', { timeout: 120000 }, async () => {
	const one = await found(who.admin, 'duty', 'first@bjorkli.example');
	const had = await who.admin.submit(one, { role: 'leader', unit: UNIT }, { which: ask });
	assert.match(wordsOf(had.text), /Nothing to ask for/);
	const wrong = await who.admin.request(`${had.url.split('?')[0]}/role`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ csrf: /name="csrf" value="([^"]+)"/.exec(had.text)[1], role: 'coordinator' }).toString() });
	assert.equal(wrong.status, 422, 'a role of the other program');
	for (let i = 0; i < 4; i++) {
		const sent = await who.admin.submit(await found(who.admin, 'duty', 'first@bjorkli.example'), {}, { which: (f) => f.action?.endsWith('/invite') ?? false });
		assert.match(wordsOf(sent.text), i < 3 ? /The link is on its way/ : /Several links have just been sent/);
	}
	const mail = await world.mailTo('first@bjorkli.example');
	assert.match(mail.text, /If it was not you who asked/);
	assert.equal((await who.leader.request(`${world.duty}/incidents`)).status, 200, 'she stays signed in');
});

test('the last who keeps the accounts stays, and two who press at once do one thing', { timeout: 120000 }, async () => {
	const mine = await found(who.admin, 'duty', admin.email);
	const question = await who.admin.get(`${mine.url.split('?')[0]}/end`);
	assert.match(wordsOf(question.text), /After this there are no longer two people/);
	const told = await who.admin.submit(question, {}, { which: (f) => f.fields.some((x) => x.name === 'sure') });
	assert.match(wordsOf(told.text), /Nothing was changed: there would be nobody else to look after the sign-ins/);
	who.other = await add('duty', other, 'admin');
	await giveRoles(world.duty, who.admin);
	const victim = await found(who.admin, 'duty', 'lang@bjorkli.example'), end = `${victim.url.split('?')[0]}/end`;
	const pages = await Promise.all([who.admin.get(end), who.other.get(end)]);
	const both = await Promise.all([who.admin, who.other].map((v, i) => v.submit(pages[i], {}, { which: (f) => f.fields.some((x) => x.name === 'sure') })));
	assert.deepEqual(both.map((p) => /is ended, and signed out/.test(wordsOf(p.text)) ? 'ended' : /has ended already/.test(wordsOf(p.text)) ? 'late' : wordsOf(p.text)).sort(), ['ended', 'late']);
});

test('nobody else enters, and the administrator sees no incident here', { timeout: 60000 }, async () => {
	for (const visitor of [who.leader, who.safety])
		assert.equal((await visitor.request(`${world.duty}/accounts`)).status, 403);
	assert.equal((await new Visitor().request(`${world.duty}/accounts`)).status, 303);
	assert.equal((await who.admin.request(`${world.duty}/incidents`)).status, 403);
	assert.equal((await who.admin.request(`${world.duty}/accounts/AAAAAAAAAAAAAAAAAAAAAA`)).status, 404);
});

test('haven: the coordinator, a second one who waits for a third, and an invitation that does not arrive', { timeout: 200000 }, async () => {
	const page = await screen.person({ language: 'en', width: 360, height: 740 });
	await signInAs(page, `${world.haven}/s`, coordinator);
	await page.goto(`${world.haven}/s/programme`);
	await page.click('nav a[href="/s/accounts"]');
	await inspect(page, 'the list in haven');
	await shoot(page, 'haven-list');
	await page.click('a[href="/s/accounts/new"]');
	await page.fill('#name', 'Mona Ny');
	await page.fill('#email', 'refused@bjorkli.example');
	assert.equal(await page.locator('#unit').count(), 0, 'haven has no units');
	await page.click('main form button[type=submit]');
	assert.match(await page.locator('[role=status]').innerText(), /so far there is only you/);
	await inspect(page, 'one account in haven');
	const url = page.url();
	for (let i = 0; i < 50 && !/could not be delivered/.test(await page.locator('main').innerText()); i++) {
		await new Promise((resolve) => setTimeout(resolve, 200));
		await page.goto(url.split('?')[0]);
	}
	assert.match(await page.locator('main').innerText(), /The invitation could not be delivered/);
	await shoot(page, 'haven-one');
	assert.equal((await who.coordinator.request(`${world.haven}/s/accounts`)).status, 200);
	assert.deepEqual(page.complaints, []);
	assert.ok(formsOf((await who.coordinator.get(`${world.haven}/s/grants`)).text, world.haven).some((f) => f.buttons.some((b) => b.value === 'no')));
});
