// One incident, from a leader's form to a colleague's call, in a real browser, with real mail, twice: in Norwegian and in
// Swedish. Run by ./dev test; MAKKER_BIN names the build folder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen, inspect } from './screen.mjs';
import { assertUnwritten, standsAs } from './spelt.mjs';
import { deliveryReport } from '../../tools/demo/mailbox.mjs';
import { allPages, choose, deskOf, goAs, lookUntil, openDesk, reopenDesk, signInAs, speakTo, stepsOf, watch, whoHas } from './steps.mjs';
import { TITLE, appoint, build } from './town.mjs';
import { isLight } from './weight.mjs';
import { World } from './world.mjs';

const WORDS = {
	nb: { offered: (n) => `Tilbudt til ${n} av 7`, save: 'Lagre og tilby støtte til 7' },
	sv: { offered: (n) => `Erbjudet till ${n} av 7`, save: 'Spara och erbjud stöd till 7' },
};
// What nobody but the supporter may ever read.
const SAID = { call: 'Grankongle ved bålet', other: 'Kottefjäll i dimma', later: 'Pinecone after Sunday', phone: '00 00 98 76' };

/** The given name of the supporter whom an offer names. */
const holderOn = async (page) => (await page.locator('[data-lamp] h2').textContent()).trim();

for (const language of process.env.MAKKER_JOURNEY_LANGUAGES?.split(' ') ?? ['nb', 'sv'])
	test(`one incident, from the form to reached (${language})`, { timeout: 900000 }, async (t) => {
		const town = await build(language), { world, affected, supporters, leader, coordinator, codes } = town;
		const screen = await Screen.open();
		const words = WORDS[language];
		const step = stepsOf(t, world, screen);
		const links = {}, pages = {}, desks = {};
		let boss, address;
		try {
			await step('a leader signs in and registers an incident for seven people', async () => {
				boss = await screen.person({ language, width: 1280, height: 900 });
				await signInAs(boss, world.duty, leader, 'the sign-in page');
				await inspect(boss, 'the list of incidents');
				await boss.goto(`${world.duty}/incidents/new`);
				await choose(boss, '#kind-0');
				await choose(boss, '#severity-1');
				await choose(boss, '#day-0');
				await boss.fill('#clock', '22.10');
				if (await boss.locator('#unit option').count() > 1)
					await boss.selectOption('#unit', { label: leader.unit });
				await boss.fill('#sentence', TITLE);
				await boss.locator('#q').pressSequentially('Ingr', { delay: 30 });
				await boss.locator('#q-list [role=option]').first().waitFor();
				assert.ok(await boss.locator('#q-list [role=option]').count() <= 8);
				await boss.keyboard.press('ArrowDown');
				await boss.keyboard.press('Enter');
				await boss.locator('#chosen', { hasText: affected.call.name }).waitFor();
				await boss.locator('details', { has: boss.locator('#paste') }).locator('summary').click();
				const rest = Object.values(affected).filter((p) => p !== affected.call);
				await boss.fill('#paste', rest.map((p) => p.number).join('\n'));
				await boss.click('button[value=paste]');
				await boss.locator('#chosen', { hasText: affected.bounced.name }).waitFor();
				assert.equal(await boss.locator('#chosen [data-seat]').count(), 7);
				assert.equal((await boss.locator('#save').textContent()).trim(), words.save);
				await inspect(boss, 'the incident form');
				await boss.click('#save');
				await boss.waitForURL(/\/incidents\/[0-9A-Za-z_-]+$/);
				address = boss.url();
			});
			await step('the page counts up while she looks, and says whom to speak to in person', async () => {
				// Five mails are taken at once but for the deferred one.
				await watch(boss, words.offered(4));
				await world.clock('+30m');
				await watch(boss, words.offered(5));
				for (const who of [affected.silent, affected.refused])
					await boss.locator('[data-need]', { hasText: who.given }).waitFor();
				assert.equal(await boss.locator('[data-need]').count(), 2);
				await inspect(boss, 'the incident');
				await speakTo(boss, affected.silent);
				await watch(boss, words.offered(6));
				await speakTo(boss, affected.refused);
				await watch(boss, words.offered(7));
				assert.equal(await boss.locator('[data-need]').count(), 0);
			});
			await step('a deferred mail goes again with the same Message-ID', async () => {
				const tries = world.mailbox.attempts.filter((a) => a.to === affected.later.email);
				assert.deepEqual(tries.map((a) => a.result), ['deferred', 'taken']);
				assert.equal(tries[0].messageId, tries[1].messageId);
			});
			await step('a mail that comes back later makes the count go down, until she has spoken to them', async () => {
				const [mail] = world.mailsTo(affected.bounced.email);
				await world.makker('bounce', mail.from, { input: deliveryReport(mail, affected.bounced.email) });
				await world.clock('+1m');
				await boss.reload();
				await watch(boss, words.offered(6));
				await boss.locator('[data-need]', { hasText: affected.bounced.given }).waitFor();
				await speakTo(boss, affected.bounced);
				await watch(boss, words.offered(7));
			});
			await step('each gets a mail in the own language, naming neither incident nor support', async () => {
				const texts = new Set();
				for (const [kind, who] of Object.entries(affected).filter(([, p]) => p.email && p !== affected.refused)) {
					const mail = await world.mailTo(who.email);
					assert.equal(world.mailsTo(who.email).length, 1, who.given);
					links[kind] = World.linkIn(mail);
					texts.add(mail.text.replace(links[kind], ''));
					assert.doesNotMatch(`${mail.subject} ${mail.text} ${mail.headerFrom}`, /støtte|stöd|support|hendelse|händelse|incident|venterom/i);
				}
				assert.equal(texts.size, 4); // nb, sv (twice), en, da
			});
			await step('opening the link changes nothing', async () => {
				const one = await screen.person({ language: affected.call.lang });
				const before = world.files('haven');
				const first = await (await one.goto(links.call)).text();
				const second = await (await one.goto(links.call)).text();
				const same = (html) => html.replace(/name="post" value="[^"]*"/, '');
				assert.equal(same(first), same(second));
				const after = world.files('haven');
				assert.deepEqual(Object.keys(after), Object.keys(before));
				assert.deepEqual(Object.keys(before).filter((name) => !after[name].equals(before[name])), []);
				assert.deepEqual(await one.context().cookies(), []);
				assert.match(await one.locator('[data-lamp] .mk-num').textContent(), /^\+47 00 00( \d\d){2}$/, 'the number as people write it');
				await inspect(one, 'the offer');
				pages.call = one;
			});
			await step('a first visit fetches at most 30 kB, in each language', async () => {
				for (const kind of ['call', 'other', 'later', 'none']) {
					const { lang } = affected[kind];
					for (const [name, address, kinds] of [['the front page', `${world.haven}/`, ['document', 'stylesheet']],
						['the offer', links[kind], ['document', 'stylesheet', 'script']]]) {
						const one = await screen.person({ language: lang });
						t.diagnostic(`${name} (${lang}): ${await isLight(one, address, kinds)}`);
						assert.equal(await one.evaluate(() => document.documentElement.lang), lang);
						await one.context().close();
					}
				}
			});
			await step('four answers, sealed in the browser', async () => {
				const posts = [], last = await screen.person({ language: 'sv' });
				await last.goto(links.bounced);
				town['holder-bounced'] = await holderOn(last); // who will stay silent
				for (const kind of ['call', 'other', 'later', 'none']) {
					const one = pages[kind] ??= await screen.person({ language: affected[kind].lang });
					one.on('request', (r) => r.method() === 'POST' && posts.push(r.postDataBuffer()));
					await one.goto(links[kind]);
					await choose(one, `#k-${kind}`);
					if (kind === 'call' || kind === 'other')
						await one.fill('#phone', SAID.phone);
					if (kind === 'other') {
						const choices = await one.locator('#to option').evaluateAll((all) => all.map((o) => [o.value, o.textContent.split(',')[0]]));
						const [value, given] = choices.find(([to, name]) => to && name !== town['holder-bounced']);
						town.chosen = given;
						await one.selectOption('#to', value);
					}
					if (SAID[kind])
						await one.fill('#note', SAID[kind]);
					town[`holder-${kind}`] = await holderOn(one);
					await one.click('#offer button[type=submit]');
					await one.locator(`[data-thanks=${kind}]`).waitFor({ state: 'visible' });
					await inspect(one, `thanks for ${kind}`);
				}
				assert.deepEqual(posts.map((p) => p.length), [2090, 2090, 2090, 2090]);
				for (const post of posts)
					assert.ok(!post.toString('latin1').includes('kongle'));
			});
			await step('the page of each names the supporter; all of them are different', async () => {
				const named = ['call', 'other', 'later', 'none', 'bounced'].map((kind) => town[`holder-${kind}`]);
				assert.equal(new Set(named).size, 5, named.join(' '));
			});
			const holder = (kind) => supporters.find((s) => s.given === town[`holder-${kind}`]);
			const deskOfHolder = (kind) => desks[holder(kind).given];
			await step('each supporter is told that something waits, and nothing more', async () => {
				const mail = await world.mailTo(holder('call').email);
				assert.doesNotMatch(`${mail.subject} ${mail.text}`, /Ingrid|venterom|hendelse|händelse/i);
				assert.match(World.linkIn(mail), /\/s\/desk$/);
			});
			await step('supporters open their desks on a new device, by the recovery code; one stays silent', async () => {
				for (const one of supporters.filter((s) => s !== holder('bounced')))
					desks[one.given] = await openDesk(screen, world, one, codes[one.email], language);
				await deskOf(deskOfHolder('call'), affected.call).waitFor();
				await inspect(deskOfHolder('call'), 'the desk');
				for (const who of [affected.silent, affected.refused])
					town[`desk-${who.given}`] = await whoHas(desks, who);
			});
			await step('after the hour has closed, she reads what was sealed to her', async () => {
				assert.equal(await deskOf(deskOfHolder('call'), affected.call).locator('[data-answer]').count(), 0, 'not before');
				await world.clock('+1h');
				for (const kind of ['call', 'other', 'later', 'none']) {
					await lookUntil(deskOfHolder(kind), deskOf(deskOfHolder(kind), affected[kind]).locator(`[data-answer=${kind}]`));
				}
				assert.equal(await deskOf(deskOfHolder('call'), affected.call).locator('[data-said=note]').textContent(), SAID.call);
				const chosen = desks[town.chosen];
				await lookUntil(chosen, chosen.locator('[data-other]', { hasText: SAID.other }));
				await inspect(deskOfHolder('call'), 'the desk with an answer');
			});
			await step('she notes a try, and what came of it; the leader sees nothing yet', async () => {
				const later = deskOf(deskOfHolder('later'), affected.later);
				await later.locator('[data-act=tried]').click();
				await later.locator('[data-tries="1"]').waitFor();
				await deskOf(deskOfHolder('call'), affected.call).locator('[data-act=reached]').click();
				await deskOf(deskOfHolder('call'), affected.call).locator('[data-outcome=reached]').waitFor();
				await boss.goto(address);
				const cells = await boss.locator('[data-row] [data-reached]').allTextContents();
				assert.equal(new Set(cells).size, 1, cells.join(' | '));
			});
			await step('silence past the deadline gives the task to a stand-in', async () => {
				await world.clock('+20h'); // Thursday 20:10
				for (const one of supporters.filter((s) => desks[s.given]))
					await reopenDesk(desks[one.given], world, one);
				const given = await whoHas(desks, affected.bounced);
				assert.notEqual(given, holder('bounced').given);
				const silent = holder('bounced');
				desks[silent.given] = await openDesk(screen, world, silent, codes[silent.email], language);
				assert.equal(await deskOf(desks[silent.given], affected.bounced).count(), 0);
			});
			await step('passing on without a reason; the stand-in gets it, those without a message first', async () => {
				const from = town[`desk-${affected.silent.given}`];
				await deskOf(desks[from], affected.silent).locator('[data-act=pass-on]').click();
				await deskOf(desks[from], affected.silent).waitFor({ state: 'detached' });
				// Some desks still read their first hours: a press is not lost.
				for (const desk of Object.values(desks))
					await desk.click('[data-act=again]');
				const to = await whoHas(desks, affected.silent);
				assert.notEqual(to, from);
				assert.equal((await desks[to].locator('[data-task] h2').allTextContents())[0], affected.silent.name);
			});
			await step('on the day of the last deadline she says reached or not reached', async () => {
				await world.clock('+15h'); // Friday 11:10
				for (const one of supporters) {
					await reopenDesk(desks[one.given], world, one);
					const open = desks[one.given].locator('[data-task]:not(:has([data-outcome]))');
					for (let left = await open.count(); left > 0; left--) {
						const name = await open.first().locator('h2').textContent();
						const value = name === affected.later.name ? 'not-reached' : 'reached';
						await open.first().locator(`[data-act=${value}]`).click();
						await desks[one.given].locator('[data-task]', { hasText: name }).locator(`[data-outcome=${value}]`).waitFor();
					}
					await desks[one.given].click('[data-act=lock]');
					await desks[one.given].locator('#pass').waitFor();
				}
				// Standing in for somebody brings a notice of its own; the reminder comes once, whoever holds what.
				const reminders = world.mailsTo(holder('call').email).filter((mail) => /kl\. 15 |15:00/.test(mail.text));
				assert.equal(reminders.length, 1, 'one reminder on the day of closing');
				await world.clock('+4h'); // 15:10
			});
			await step('the leader sees reached or not, per person and day, and whom to speak to', async () => {
				await goAs(boss, world.duty, leader, new URL(address).pathname);
				await boss.locator('details:has(table) summary').click();
				const reached = async (who) => (await boss.locator('[data-row]', { hasText: who.name }).locator('[data-reached]').textContent()).trim();
				const day = await reached(affected.call);
				assert.match(day, /\p{L}/u, 'a day, not a dash');
				for (const who of Object.values(affected).filter((p) => p !== affected.later))
					assert.equal(await reached(who), day, `${who.given}: the same whatever was answered`);
				assert.notEqual(await reached(affected.later), day);
				await boss.locator('[data-need]', { hasText: affected.later.given }).waitFor();
				await inspect(boss, 'the incident when it is closed');
			});
			await step('the coordinator sees that all are being reached', async () => {
				const one = await screen.person({ language, width: 1280 });
				await appoint(world, coordinator, language);
				await signInAs(one, `${world.haven}/s`, coordinator);
				await inspect(one, 'the coordinator’s page');
				assert.match(await one.locator('main').innerText(), /7/);
				town.coordinatorPages = await allPages(one);
			});
			await step('the second touch comes after some days, the check after four weeks', async () => {
				await world.clock('+19h'); // Saturday 10:10
				for (const kind of ['call', 'other', 'later', 'none'])
					assert.equal(world.mailsTo(affected[kind].email).length, 2, `${kind}: the second touch, whatever was answered`);
				await world.clock('+25d');
				for (const kind of ['call', 'other', 'later', 'none'])
					assert.equal(world.mailsTo(affected[kind].email).length, 3, `${kind}: the check`);
				const one = await screen.person({ language: 'nb' });
				await one.goto(World.linkIn(world.mailsTo(affected.call.email)[2]));
				await inspect(one, 'the check');
			});
			await step('no answer stands on any page of leader or coordinator, nor in any file', async () => {
				await goAs(boss, world.duty, leader, '/incidents');
				const pages = [...await allPages(boss), ...town.coordinatorPages];
				assert.ok(pages.length >= 4, pages.map(([path]) => path).join(' '));
				for (const [path, html] of pages)
					for (const said of Object.values(SAID))
						assert.deepEqual(standsAs(Buffer.from(html), said), [], `"${said}" stands on ${path}`);
				assertUnwritten(world, [...Object.values(SAID), `+47${SAID.phone.replaceAll(' ', '')}`], affected.other.name);
			});
		} finally {
			await screen.close();
			await world.stop();
		}
	});
