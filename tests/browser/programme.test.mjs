// The coordinator's page when an invitation did not arrive: it can be read and pressed on a narrow window, without JavaScript, and by
// a screen reader, in each language.
import test from 'node:test';
import { linkIn, welcome } from '../../tools/demo/doors.mjs';
import { inspect, Screen } from './screen.mjs';
import { World, until } from './world.mjs';

const PASSPHRASE = 'en rolig kveld ved vannet', COORDINATOR = 'turid@bjorkli.example', HER = 'synnove.vindkastlien-trehesthaugen@bjorkli.example';
const SAYS = {
	nb: [`Invitasjonen til Synnøve Vindkastlien på ${HER} kunne ikke leveres. Er adressen riktig?`, 'Send den på nytt', 'En ny invitasjon er på vei.'],
	sv: [`Inbjudan till Synnøve Vindkastlien på ${HER} gick inte att leverera. Stämmer adressen?`, 'Skicka den igen', 'En ny inbjudan är på väg.'],
	da: [`Invitationen til Synnøve Vindkastlien på ${HER} kunne ikke leveres. Er adressen rigtig?`, 'Send den igen', 'En ny invitation er på vej.'],
	en: [`The invitation to Synnøve Vindkastlien at ${HER} could not be delivered. Is the address right?`, 'Send it again', 'A new invitation is on its way.'],
};
let world, screen;
test.before(async () => {
	world = await World.start({ at: '2026-11-18T10:00:00+01:00', refuse: [HER] });
	screen = await Screen.open();
	await welcome(linkIn(await world.makker('user', 'haven', 'add', COORDINATOR, '--name', 'Turid', '--role', 'coordinator')), PASSPHRASE, 'nb');
	await world.makker('supporters', 'import', '--invite', world.file('supporters.csv', `name;e-mail;phone\nSynnøve Vindkastlien;${HER};+47 00 00 01 01\n`));
});
test.after(async () => {
	await screen?.close();
	await world?.stop();
});

// Without a script axe cannot look; so the page that is looked at is one with.
for (const [language, javaScript] of [['nb', false], ...Object.keys(SAYS).map((l) => [l, true])])
	test(`the coordinator sends the invitation again: ${language}${javaScript ? '' : ', without JavaScript'}`, { timeout: 120000 }, async () => {
		const [told, again, sent] = SAYS[language], look = javaScript ? inspect : () => {};
		const page = await screen.person({ language, javaScript });
		await page.goto(`${world.haven}/s/sign-in?lang=${language}`);
		await page.fill('input[name=email]', COORDINATOR);
		await page.fill('input[name=passphrase]', PASSPHRASE);
		await page.press('input[name=passphrase]', 'Enter');
		await page.waitForURL(/\/s\/programme|\/s\/home|\/s\/desk/);
		await until(async () => {
			await page.goto(`${world.haven}/s/programme?lang=${language}`);
			return (await page.textContent('main')).includes(told);
		}, { seconds: 60, every: 500, why: 'the refusal is told' });
		await look(page, `the programme (${language})`);
		if (process.env.MAKKER_PICTURES)
			await page.screenshot({ path: `${process.env.MAKKER_PICTURES}/programme-${language}.png`, fullPage: true });
		await page.getByRole('button', { name: `${again} (Synnøve Vindkastlien)` }).click();
		await page.getByText(SAYS.nb[2]).waitFor(); // her account's own language
		/* Paused, and ready again: each after a page that says what it means. */
		for (const paused of ['yes', 'no']) {
			await page.goto(`${world.haven}/s/programme?lang=${language}`);
			await page.locator('a[href^="/s/programme/supporters/"]').first().click();
			await page.waitForURL(/\/s\/programme\/supporters\//);
			await page.goto(`${page.url().replace(/\?.*/, '')}?lang=${language}`);
			await look(page, `a supporter, paused: ${paused} (${language})`);
			if (process.env.MAKKER_PICTURES)
				await page.screenshot({ path: `${process.env.MAKKER_PICTURES}/pause-${paused}-${language}.png`, fullPage: true });
			await page.locator(`button[value=${paused}]`).click();
			await page.waitForURL(/\/s\/programme(#who)?$/);
		}
		await page.goto(`${world.haven}/s/programme?invited=1&lang=${language}`);
		await page.getByText(sent).waitFor();
		await look(page, `the programme, sent (${language})`);
	});
