// Two languages more, added as anybody would: two catalogues and a line in po/LINGUAS, in a copy of this tree. It is built, and somebody
// walks through both programs in them. MAKKER_LANGUAGES, if set, is a folder for the copy that stays (and is built anew only where needed).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readTexts } from '../../client/desk-dom.js';
import { TEXTS } from '../../client/desk-texts.js';
import { firstKeys, giveRoles, linkIn, register, signIn, welcome } from '../../tools/demo/doors.mjs';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';
import { AT, PASSPHRASE, TITLE, UNIT, cast, peopleFile, supportersFile } from '../browser/town.mjs';
import { FINNISH, SAMI, pseudo, textsOf } from './pseudo.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = process.env.MAKKER_LANGUAGES;
const tree = kept ?? mkdtempSync(join(tmpdir(), 'makker-languages-'));
const build = join(tree, 'build/more');
const LACKING = ['I have forgotten my passphrase'];
let World, world, people, texts;

const told = (command, words, options = {}) => {
	const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
	assert.equal(status, 0, `${command} ${words.join(' ')}\n${stdout.slice(-3000)}${stderr.slice(-3000)}`);
	return stdout + stderr;
};

/* Writes only what differs, so that a kept copy is built anew where it must be, and there only. */
function put(path, bytes, mode) {
	mkdirSync(dirname(path), { recursive: true });
	if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(bytes)))
		writeFileSync(path, bytes, { mode });
}

/* The files that git knows or would take, as they are now. */
function copyTree() {
	const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\0');
	for (const file of files.filter((f) => f && !f.startsWith('po/') && existsSync(join(root, f))))
		put(join(tree, file), readFileSync(join(root, file)), statSync(join(root, file)).mode);
	if (!existsSync(join(tree, 'node_modules')))
		symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
}

let number = 0;
const tenth = () => number++ % 10 === 0;

before(async () => {
	mkdirSync(tree, { recursive: true });
	copyTree();
	texts = textsOf(join(root, 'po/nb.po'));
	for (const file of readdirSync(join(root, 'po')).filter((f) => f.endsWith('.po')))
		put(join(tree, 'po', file), readFileSync(join(root, 'po', file)));
	put(join(tree, 'po/LINGUAS'), `${readFileSync(join(root, 'po/LINGUAS'), 'utf8')}se fi\n`);
	put(join(tree, 'po/se.po'), pseudo(texts, { ...SAMI, lacks: (text) => (tenth() && !text.plural && !text.context) || LACKING.includes(text.msgid) }));
	put(join(tree, 'po/fi.po'), pseudo(texts, { ...FINNISH, lacks: () => false }));
}, { timeout: 60000 });

after(async () => {
	await world?.stop();
	if (!kept)
		rmSync(tree, { recursive: true });
});

test('the tree builds, and says how much of each catalogue is there', { timeout: 1800000 }, () => {
	if (!existsSync(build))
		told('meson', ['setup', build, tree, '-Dwerror=true', '-Dbuildtype=debug', '-Doptimization=0']);
	const said = told('ninja', ['-C', build, 'src/makker/makker', 'src/duty/makker-duty', 'src/haven/makker-haven',
		'src/lang/lang_test', 'src/haven/offers/offers_words_test', 'src/signin/signin_words_test', 'src/duty/missing/missing_rules_test', 'src/service/service_test']);
	if (!kept) {
		assert.match(said, new RegExp(`po/se\\.po: \\d+ of ${texts.length} texts; the others in nb`));
		assert.match(said, new RegExp(`po/fi\\.po: ${texts.length} of ${texts.length} texts; the others in sv`));
	}
	told(join(build, 'src/service/service_test'), [], { env: { ...process.env, CONFIGURATION_MD: join(tree, 'docs/configuration.md') } });
	for (const one of ['lang/lang', 'haven/offers/offers_words', 'signin/signin_words', 'duty/missing/missing_rules'])
		told(join(build, `src/${one}_test`), []);
	const tools = ['--tplc', join(build, 'tools/tplc/tplc'), '--poc', join(build, 'tools/poc/poc')];
	assert.match(told(join(tree, 'tools/check-texts'), [...tools, tree]), /po\/se\.po: \d+ of/);
});

test('a workplace starts in one of them, and takes people who are listed with their languages', { timeout: 300000 }, async () => {
	process.env.MAKKER_BIN = build;
	({ World } = await import('../browser/world.mjs'));
	people = cast('se');
	world = await World.start({ at: AT, language: 'se', sms: {}, settings: [] });
	const { call, other, later, none } = people.affected;
	Object.assign(call, { lang: 'Davvisámegiella' });
	Object.assign(other, { lang: 'suomi' });
	Object.assign(later, { lang: 'sme' });
	Object.assign(none, { lang: 'se' }); // Sweden's code in a list: the Sámi catalogue leaves it alone
	const admin = linkIn(await world.makker('user', 'duty', 'add', 'admin@bjorkli.example', '--name', 'Nils', '--role', 'admin', '--lang', 'se'));
	const nils = await welcome(admin, PASSPHRASE, 'nb');
	for (const [n, mark] of [[1, 'č'], [2, 'đ'], [5, 'š']]) {
		await world.makker('people', 'import', world.file(`${n}.csv`, peopleFile(Object.values(people.affected).slice(0, n))));
		const page = await nils.get(`${world.duty}/directory`);
		assert.ok(wordsOf(page.text).includes(`${mark} ${n} people work here`), `${n}: ${wordsOf(page.text)}`);
	}
	await world.makker('people', 'import', world.file('all.csv', peopleFile(people.everybody)));
	await world.clock('+1m');
});

const chooser = (html) => [...html.matchAll(/<a href="[^"]*\?lang=(\w+)" lang="(\w+)" hreflang="(\w+)"( aria-current="true")?>([^<]+)<\/a>/g)]
	.map(([, a, b, c, here, name]) => (assert.equal(a, b), assert.equal(a, c), `${a} ${name}${here ? ' *' : ''}`));

test('every page offers them, a browser is answered in them, and what one lacks is said in its neighbour’s words', async () => {
	const page = async (address, language) => (await new Visitor({ language }).get(address)).text;
	for (const base of [world.duty, `${world.haven}/s`]) {
		const html = await page(`${base}/sign-in`, 'se-NO, nb;q=0.5');
		assert.match(html, /<html lang="se"/);
		assert.deepEqual(chooser(html), ['nb Norsk', 'sv Svenska', 'da Dansk', 'en English', 'se Davvisámegiella *', 'fi Suomi']);
		assert.match(html, />š Passphrase</);
		assert.match(html, />Jeg har glemt passfrasen/, 'lacking, so in Norwegian');
		assert.match(await page(`${base}/sign-in`, 'fi'), />ö Passphrase ä</);
		assert.match(await page(`${base}/sign-in?lang=fi`, 'nb'), /<html lang="fi"/);
		assert.match(await page(`${base}/sign-in`, 'sme'), /<html lang="se"/);
		assert.match(await page(`${base}/sign-in`, 'hu'), /<html lang="se"/, 'the workplace’s own');
		assert.match(await page(`${base}/sign-in`, 'nb'), /<html lang="nb"/);
	}
	const front = await page(`${world.haven}/`, 'se');
	assert.equal(chooser(front).length, 6);
});

test('they can be chosen for an account and for somebody from outside, and a command knows them', async () => {
	const nils = await signIn(world.duty, 'admin@bjorkli.example', PASSPHRASE, 'en');
	const fresh = await nils.get(`${world.duty}/accounts/new`);
	assert.match(fresh.text, /<html lang="se"/, 'the language of her account');
	const choices = (page, name) => formsOf(page.text, page.url).flatMap((f) => f.fields).find((f) => f.name === name).options.map((o) => o.value);
	assert.deepEqual(choices(fresh, 'lang'), ['nb', 'sv', 'da', 'en', 'se', 'fi']);
	const { leader } = people;
	await welcome(linkIn(await world.makker('user', 'duty', 'add', leader.email, '--name', leader.name, '--role', 'leader', '--unit', UNIT, '--lang', 'fi')), PASSPHRASE);
	await giveRoles(world.duty, nils);
	const boss = await signIn(world.duty, leader.email, PASSPHRASE, 'nb');
	const form = await boss.get(`${world.duty}/incidents/new`);
	assert.match(form.text, /<html lang="fi"/);
	assert.deepEqual(choices(form, 'out-lang'), ['nb', 'sv', 'da', 'en', 'se', 'fi']);
	const { status, err } = await world.tried('user', 'duty', 'add', 'x@bjorkli.example', '--name', 'X', '--role', 'admin', '--lang', 'zz');
	assert.notEqual(status, 0);
	assert.match(err, /nb\|sv\|da\|en\|se\|fi/);
});

test('a desk gets its texts in three forms with the rule, and the browser’s own code counts by it', async () => {
	const [kari] = people.supporters;
	const file = supportersFile([kari]).replace('nb sv da en', 'nb se fi');
	await world.makker('supporters', 'import', world.file('supporters.csv', file));
	const visitor = await welcome(linkIn(await world.makker('user', 'haven', 'invite', kari.email)), PASSPHRASE, 'se');
	await firstKeys(world.haven, visitor, world.now(), () => {});
	const desk = await visitor.get(`${world.haven}/s/desk?lang=se`);
	const plain = (s) => s.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
	const elements = [...desk.text.matchAll(/<p data-t="([^"]+)"(?: data-rule="(\d+)")?>([^<]*)<\/p>/g)]
		.map(([, t, rule, said]) => ({ dataset: { t, ...(rule ? { rule } : {}) }, textContent: plain(said) }));
	const t = readTexts({ content: { querySelectorAll: () => elements } }, TEXTS);
	const open = (n) => t('open.some', { n, name: 'Kari' });
	const people_ = (n) => `Hello, Kari. ${n} people are waiting for you.`;
	assert.deepEqual([1, 2, 5, 21, 101, 102, 202].map(open), [`č ${people_(1)}`, `đ ${people_(2)}`, ...[5, 21, 101, 102, 202].map((n) => `š ${people_(n)}`)]);
	assert.equal(t('weekday.2'), 'š Wednesday');
	assert.equal(t('month.11'), 'š November');
	assert.match(t('date', { day: 18, month: t('month.11'), year: 2026 }), /^š 18 š November 2026$/);
});

test('the offer comes by mail in them, and the page behind its link is in her own, whatever the browser asks for', { timeout: 300000 }, async () => {
	const { call, other, later, none } = people.affected;
	const boss = await signIn(world.duty, people.leader.email, PASSPHRASE);
	await register(world.duty, boss, { kind: 1, severity: 2, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
		numbers: [call, other, later, none].map((p) => p.number) });
	await world.clock('+1m');
	const mail = await world.mailTo(call.email);
	assert.match(mail.text, /š Hello,/);
	assert.match((await world.mailTo(other.email)).text, /ö Hello,[^]* ä/);
	assert.match((await world.mailTo(none.email)).text, /Hej/);
	const page = await new Visitor({ language: 'nb' }).get(World.linkIn(mail));
	assert.match(page.text, /<html lang="se"/, 'her own, not the browser’s');
	assert.equal(chooser(page.text).length, 6);
	assert.match(wordsOf(page.text), /š /);
});

test('an SMS comes in them, with letters whole that are not in its own alphabet', { timeout: 300000 }, async () => {
	const { refused, bounced } = people.affected;
	for (const [who, lang] of [[refused, 'samegiella'], [bounced, 'suomi']])
		who.lang = lang;
	await world.makker('people', 'import', world.file('again.csv', peopleFile(people.everybody)));
	await world.clock('+1m');
	const boss = await signIn(world.duty, people.leader.email, PASSPHRASE);
	await register(world.duty, boss, { kind: 1, severity: 0, date: '2026-11-18', clock: '22.20', unit: 'Akuttmottaket', sentence: TITLE,
		numbers: [refused, bounced].map((p) => p.number) });
	await world.clock('+8h');
	await world.clock('+30m');
	await world.clock('+1h');
	assert.match(world.textsTo(refused.phone)[0].text, /^š Hello,/);
	assert.match(world.textsTo(bounced.phone)[0].text, /^ö Hello,/);
});
