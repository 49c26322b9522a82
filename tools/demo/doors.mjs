// The doors through which the demonstration and the tests fill a workplace: one-time links, the sign-in page, the desk's first
// keys, and the leader's form. Everything here is what a person would do in a browser.
import { fromB64u } from '../../client/bytes.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { Visitor, filled, formsOf, wordsOf } from './visitor.mjs';

export const linkIn = (text) => /https?:\/\/\S+/.exec(text)?.[0] ?? (() => { throw new Error(`no link in: ${text}`); })();

const hasPassphrase = (form) => form.fields.some((field) => field.kind === 'password');
const lookFor = (page, wanted) => formsOf(page.text, page.url).find(wanted);

/** Behind the one-time link: the passphrase, twice where the page asks for it. → signed in. */
export async function welcome(link, passphrase, language) {
	const visitor = new Visitor({ language });
	const page = await visitor.get(link);
	const form = lookFor(page, hasPassphrase);
	if (!form)
		throw new Error(`the one-time link shows no place for a passphrase: ${wordsOf(page.text).slice(0, 300)}`);
	const names = form.fields.filter((f) => f.kind === 'password').map((f) => f.name);
	const after = await visitor.submit(page, Object.fromEntries(names.map((name) => [name, passphrase])));
	if (after.url.includes('/welcome/'))
		throw new Error(`the passphrase was not taken: ${wordsOf(after.text).slice(0, 300)}`);
	return visitor;
}

/** base: "http://duty.localhost:8301", or haven's with "/s". */
export async function signIn(base, email, passphrase, language) {
	const visitor = new Visitor({ language });
	const page = await visitor.get(`${base}/sign-in`);
	const after = await visitor.submit(page, { email, passphrase });
	if (after.url.includes('/sign-in'))
		throw new Error(`${email} could not sign in: ${wordsOf(after.text).slice(0, 300)}`);
	return visitor;
}

/** Says yes, as the second person, to every role that waits and is hers to confirm. base: as in signIn. */
export async function giveRoles(base, visitor) {
	const waits = (form) => form.fields.some((field) => field.name === 'grant') && form.buttons.some((b) => b.value === 'yes');
	let page = await visitor.get(`${base}/grants`);
	while (lookFor(page, waits))
		page = await visitor.submit(page, {}, { which: waits, button: (b) => b.value === 'yes' });
	return page;
}

/** The first administrator of duty, who then says yes to every role that waits. user: what runs `makker user …` of duty → what it said.
    Whoever's role waited before there was anybody to ask is not written to, nor is she. */
export async function firstAdministrator(user, duty, passphrase) {
	const said = await user('add', 'administrator@makker.example', '--name', 'Ada Administrator', '--role', 'admin', '--lang', 'en');
	await giveRoles(duty, await welcome(linkIn(said), passphrase));
}

/** First keys of the supporter whom `visitor` is signed in as, made as her own desk would. `keep` gets the recovery code, three lines,
    before anything is sent: a code that was lost on the way would lock her out. now: the workplace's, in ms. */
export async function firstKeys(haven, visitor, now, keep) {
	const desk = await visitor.get(`${haven}/s/desk`);
	const csrf = /data-csrf="([^"]+)"/.exec(desk.text)?.[1];
	if (!csrf)
		throw new Error(`this is no desk: ${wordsOf(desk.text).slice(0, 300)}`);
	const { inst, supporter, keylog, wraps } = JSON.parse((await visitor.get(`${haven}/s/desk/keys`)).text);
	if (wraps.length > 0)
		return; // a run that was broken off got as far as this
	const keys = await makeSupporterKeys({ inst, supporterId: supporter.id, keylog: keylog.map((e) => fromB64u(e, 256)), now });
	await keep(keys.recoveryCode.join('\n'));
	await visitor.get(`${haven}/s/keys`, { method: 'POST', body: JSON.stringify(keys.body),
		headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
}

/** The leader's form, as it works without JavaScript. numbers: employee numbers, pasted. unit: how its name ends. kind and
    severity: which choice, from 0. date: YYYY-MM-DD. → the page that follows. */
export async function register(duty, visitor, { kind, severity, date, clock, unit, sentence, numbers }) {
	let page = await visitor.get(`${duty}/incidents/new`);
	page = await visitor.submit(page, { paste: numbers.join('\n') }, { button: (b) => b.value === 'paste' });
	const isForm = (f) => f.fields.some((field) => field.name === 'sentence');
	const form = lookFor(page, isForm);
	const choices = (name) => form.fields.filter((f) => f.name === name && f.kind === 'radio').map((f) => f.value);
	const place = form.fields.find((f) => f.name === 'unit').options.find((o) => o.words.endsWith(unit));
	if (!place)
		throw new Error(`she does not lead ${unit}`);
	const after = await visitor.submit(page, { kind: choices('kind')[kind], severity: choices('severity')[severity],
		day: choices('day').at(-1), date, clock, unit: place.value, sentence }, { button: (b) => b.value === 'save' });
	if (lookFor(after, isForm))
		throw new Error(`the incident was not taken: ${wordsOf(after.text).slice(0, 600)}`);
	return after;
}

const hasField = (name) => (form) => form.fields.some((field) => field.name === name);

/** The leader asks for a session for everybody in the incident of this sentence; harmless twice. */
export async function askForSession(duty, visitor, sentence) {
	const list = await visitor.get(`${duty}/incidents`);
	const incident = [...list.text.matchAll(/<a[^>]*href="(\/incidents\/[\w-]{22})"[^>]*>([^<]*)/g)].find(([, , words]) => words.trim() === sentence)?.[1];
	if (!incident)
		throw new Error(`the leader does not see “${sentence}”`);
	const page = await visitor.get(`${duty}${incident}`);
	const asks = (form) => form.fields.some((field) => field.name === 'wish' && field.value === 'yes');
	return lookFor(page, asks) ? visitor.submit(page, {}, { which: asks }) : page;
}

/** Sends the plan's form as it stands, with these values; refused (422) is an answer too. */
async function sendPlan(visitor, page, values, press) {
	const form = lookFor(page, hasField('clock')), pressed = form.buttons.find((b) => b.value === press);
	const answer = await visitor.request(form.action, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: filled(form, values, pressed) });
	return answer.status === 303 ? visitor.get(new URL(answer.headers.location, answer.url).href) : answer;
}

/** The coordinator plans the session that was asked for, tomorrow or on a day after it, at the first of these hours at which two can lead it.
    Later than the limit is ticked as known. Harmless twice. haven: its address. → the list of sessions. Throws where none has been asked for. */
export async function planSession(haven, visitor, { place, hours }) {
	const list = await visitor.get(`${haven}/s/programme/groups`);
	const path = /href="(\/s\/programme\/groups\/[\w-]{22})"/.exec(list.text)?.[1];
	if (!path)
		throw new Error('no group session has been asked for yet');
	const plan = await visitor.get(`${haven}${path}`);
	const field = (page, name) => lookFor(page, hasField('clock'))?.fields.find((f) => f.name === name);
	if (field(plan, 'place').value)
		return list;
	for (const day of field(plan, 'day').options.filter((o) => o.value).slice(1))
		for (const clock of hours) {
			let found = await sendPlan(visitor, plan, { day: day.value, clock, place }, 'find');
			if (field(found, 'late'))
				found = await sendPlan(visitor, found, { late: 'on' }, 'find');
			const [, one, other] = field(found, 'first')?.options ?? [];
			if (!other)
				continue;
			const saved = await sendPlan(visitor, found, { first: one.value, second: other.value }, 'save');
			if (!saved.url.endsWith('/s/programme/groups'))
				throw new Error(`the plan was not taken: ${wordsOf(saved.text).slice(0, 600)}`);
			return saved;
		}
	throw new Error('nobody can lead a group session');
}
