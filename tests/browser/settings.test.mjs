// How each program is set up, judged: for duty's administrator and haven's coordinator, and for nobody else. MAKKER_SHOTS, if set, gets pictures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { giveRoles, linkIn, welcome } from '../../tools/demo/doors.mjs';
import { wordsOf } from '../../tools/demo/visitor.mjs';
import { AT, PASSPHRASE } from './town.mjs';
import { Screen, inspect } from './screen.mjs';
import { World } from './world.mjs';

let world, screen;
const who = {};
before(async () => {
	world = await World.start({ at: AT, language: 'nb' });
	screen = await Screen.open();
	for (const [program, role] of [['duty', 'leader'], ['duty', 'admin'], ['haven', 'coordinator']])
		who[role] = await welcome(linkIn(await world.makker('user', program, 'add', `${role}@bjorkli.example`, '--name', 'Kari Nes', '--role', role, '--lang', 'en')), PASSPHRASE, 'en');
	await giveRoles(world.duty, who.admin);
});
after(async () => {
	await screen?.close();
	await world?.stop();
});

const page = (role, program, path) => who[role].request(`${world[program]}${path}`);

test('the administrator and the coordinator see their own program, and nobody else does', async () => {
	const duty = await page('admin', 'duty', '/settings'), haven = await page('coordinator', 'haven', '/s/settings');
	assert.deepEqual([duty.status, haven.status], [200, 200]);
	assert.equal((await page('leader', 'duty', '/settings')).status, 403);
	for (const text of [wordsOf(duty.text), wordsOf(haven.text)]) {
		assert.match(text, /The clock stands still until somebody moves it/);
		assert.match(text, /Needs fixing Encrypted pages Without https anybody on the same network can read/);
		assert.match(text, /How to fix it: Get a certificate/);
	}
	assert.match(wordsOf(haven.text), /Worth a look A professional line/);
	for (const text of [wordsOf(duty.text), wordsOf(haven.text)])
		assert.match(text, /Worth a look Two people who look after the sign-ins At most one person does so here/);
	assert.doesNotMatch(wordsOf(duty.text), /professional line|Two host names|Copies of every moment/);
	assert.doesNotMatch(duty.text + haven.text, /\/tmp\/|127\.0\.0\.|sqlite/, 'what is wrong, not where');
});

test('once a second administrator can sign in, she is no weakness any more', async () => {
	const said = await world.makker('user', 'duty', 'add', 'second@bjorkli.example', '--name', 'Bo Nes', '--role', 'admin');
	assert.match(said, /takes two people, so it waits for the second/);
	await giveRoles(world.duty, who.admin);
	const told = async () => wordsOf((await page('admin', 'duty', '/settings')).text);
	assert.match(await told(), /Worth a look Two people who look after the sign-ins/, 'she has chosen no passphrase yet');
	await welcome(linkIn(said), PASSPHRASE, 'en');
	assert.match(await told(), /In order.* Two people who look after the sign-ins/);
	assert.doesNotMatch(await told(), /Worth a look Two people/);
	assert.match((await world.tried('risks')).out, /not known: Two people who look after the sign-ins/);
});

test('each way there is a link', async () => {
	assert.match((await page('admin', 'duty', '/reported')).text, /href="\/settings"/);
	assert.doesNotMatch((await page('leader', 'duty', '/reported')).text, /href="\/settings"/);
	assert.match((await page('coordinator', 'haven', '/s/programme')).text, /href="\/s\/settings"/);
});

test('the operator reads the same, and is told by the status whether something needs fixing', async () => {
	const { status, out } = await world.tried('risks');
	assert.equal(status, 1);
	for (const program of ['duty', 'haven'])
		assert.match(out, new RegExp(`^makker-${program}\nneeds fixing: Encrypted pages\n  why:  Without https`, 'm'));
	const settings = join(world.data, 'haven.conf');
	spawnSync('chmod', ['666', settings]);
	assert.match((await world.tried('risks')).out.split('makker-haven')[1], /needs fixing: Files on this machine/);
	spawnSync('chmod', ['640', settings]);
	if (process.getuid() === 0)
		spawnSync('chgrp', ['makker-haven', settings]);
	assert.doesNotMatch((await world.tried('risks')).out.split('makker-haven')[1], /Files on this machine/);
});

test('the page in a browser: axe, narrow and wide, large letters', async () => {
	for (const [role, program, path, signIn] of [['admin', 'duty', '/settings', '/sign-in'], ['coordinator', 'haven', '/s/settings', '/s/sign-in']]) {
		const shown = await screen.person({ language: 'nb', width: 360 });
		await shown.goto(`${world[program]}${signIn}`);
		await shown.fill('[name=email]', `${role}@bjorkli.example`);
		await shown.fill('[name=passphrase]', PASSPHRASE);
		await shown.locator('main form button[type=submit]').first().click();
		await shown.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
		await shown.goto(`${world[program]}${path}?lang=nb`);
		assert.match(await shown.locator('h1').innerText(), /Slik er det satt opp/);
		assert.ok(await shown.getByRole('heading', { name: 'Krypterte sider' }).isVisible());
		assert.ok(await shown.getByText('Hvem som når selve programmet').isVisible());
		if (process.env.MAKKER_SHOTS)
			for (const width of [360, 1280]) {
				await shown.setViewportSize({ width, height: 900 });
				writeFileSync(join(process.env.MAKKER_SHOTS, `settings-${program}-${width}.png`), await shown.screenshot({ fullPage: true }));
			}
		await inspect(shown, path);
		assert.deepEqual(shown.complaints, []);
	}
});
