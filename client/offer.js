/* offer.js: seals the answer to an offer in the colleague's browser (§ 3.2, § 3.3).

   Takes over the plain form #offer when this browser can seal; else the form works as it is. Contract: README.md.
   Nothing is stored here; no text comes from here. */

import { TooLong } from './answer.js';
import { equal, fromB64u, fromHex, fromId, systemRandom } from './bytes.js';
import { checkEntry, keyId, safetyCode } from './keylog.js';
import { armExit } from './leave.js';
import { buildPost, work } from './ring.js';

const WORK_MOST = 24;

async function canSeal() {
	try {
		const make = (name, usages) => crypto.subtle.generateKey(name, false, usages);
		await Promise.all([make('X25519', ['deriveBits']), make('Ed25519', ['sign', 'verify'])]);
		return true;
	} catch {
		return false;
	}
}

const show = (selector, on, root = document) => {
	for (const element of root.querySelectorAll(selector))
		element.hidden = !on;
};

/* The keys of this page whose log entry holds: [{ id, pos, pub }], or null when one does not. */
async function checkKeys(form) {
	const keys = [];
	for (const { id, pos, entry } of JSON.parse(form.dataset.keys).slice(0, 8)) {
		const read = await checkEntry(fromB64u(entry, 256));
		if (!read || !equal(await keyId(read.hpkePub), fromHex(id, 8)))
			return null;
		/* The digits that people compare must be those of the key that is sealed to. */
		const told = document.querySelector(`[data-safety="${id}"]`);
		if (told && told.textContent.trim() !== await safetyCode(read.signPub))
			return null;
		keys.push({ id, pos, pub: read.hpkePub });
	}
	return keys;
}

/* What the form says, without what does not belong to the kind. `when` is the option's text. */
function said(form) {
	const fields = new FormData(form);
	const value = (name) => (fields.get(name) ?? '').toString().trim();
	const kind = value('kind');
	const reach = kind === 'call' || kind === 'other';
	const when = form.elements.namedItem('when');
	const chosen = when?.selectedOptions?.[0];
	return {
		kind,
		phone: reach ? value('phone') : '',
		when: reach && value('when') ? (chosen?.text ?? value('when')) : '',
		name: value('name'),
		to: kind === 'other' ? value('to') : '',
		note: value('note'),
	};
}

/* The server's rule (is_phone) where it seals itself. */
const isPhone = (text) => /^[0-9+()\s.\-/]+$/.test(text) && text.replace(/[^0-9]/g, '').length >= 5;

/* Text to be shown instead of sending, or null. */
function wrong(answer, keys, needed) {
	if (answer.kind === 'other' && !keys.some((key) => key.id === answer.to))
		return 'to';
	if (answer.phone ? !isPhone(answer.phone) : answer.kind === 'other' || (needed && answer.kind === 'call'))
		return 'phone';
	return null;
}

async function sealed(form, answer, keys, ids) {
	const d = form.dataset;
	const places = Object.fromEntries(keys.filter((key) => key.pos < 3).map((key) => [key.pos, key.pub]));
	if (answer.kind === 'other')
		places[3] = keys.find((key) => key.id === answer.to).pub;
	return buildPost({
		inst: fromId(d.inst), door: fromId(d.door), postId: ids.post, rel: fromHex(d.rel, 32), keys: places,
		answer: { ...answer, ref: fromId(d.ref), aid: ids.aid, t: ids.t },
	});
}

/* → null when it was taken in, else the name of the text that says why not. */
async function send(form, body) {
	for (let again = 0; ; again++) {
		let reply;
		try {
			reply = await fetch(form.dataset.ring, {
				method: 'POST', body, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
				headers: { 'Content-Type': 'application/octet-stream' },
			});
		} catch {
			return 'offline';
		}
		if (reply.status === 204)
			return null;
		const bits = +(reply.headers.get('Makker-Work') ?? 0);
		if (reply.status === 429 && bits > 0 && bits <= WORK_MOST && again < 3)
			await work(body, bits);
		else
			return reply.status === 429 ? 'busy' : reply.status >= 500 ? 'server' : 'refused';
	}
}

function thank(form, kind) {
	const thanks = document.querySelector(`[data-thanks="${kind}"]`);
	form.reset();
	form.hidden = true;
	thanks.hidden = false;
	thanks.focus();
}

function fail(form, text) {
	show(`[data-fail="${text}"]`, true, form);
	const field = form.elements.namedItem({ phone: 'phone', to: 'to', long: 'note' }[text] ?? '');
	if (field instanceof HTMLElement && field.offsetParent)
		field.focus();
}

async function takeOver(form) {
	let made = null; /* the last body, and what it says: the same answer again is the same post */
	let busy = false;
	const since = Date.now(), lasts = 1000 * (form.dataset.lasts ?? Infinity);
	form.noValidate = true;
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		if (busy)
			return;
		busy = true;
		show('[data-fail]', false, form);
		show('[data-wait]', true, form);
		try {
			const answer = said(form);
			const keys = await checkKeys(form);
			let problem = keys ? wrong(answer, keys, form.dataset.phone === 'needed') : 'key';
			if (Date.now() - since > lasts)
				problem = 'refused'; /* whoever this page names reads it no more: the link shows who does */
			if (!problem) {
				const words = JSON.stringify(answer);
				if (made?.words !== words) {
					const ids = { post: systemRandom(16), aid: systemRandom(16), t: Math.floor(Date.now() / 60000) };
					made = { words, body: await sealed(form, answer, keys, ids) };
				}
				problem = await send(form, made.body);
			}
			if (problem)
				fail(form, problem);
			else
				thank(form, answer.kind);
		} catch (e) {
			fail(form, e instanceof TooLong ? (e.field === 'phone' ? 'phone' : 'long') : 'refused');
		} finally {
			busy = false;
			show('[data-wait]', false, form);
		}
	});
	show('[data-js="off"]', false);
	show('[data-js="on"]', true);
	form.dataset.ready = '';
}

armExit();
const form = document.getElementById('offer');
if (form && await canSeal())
	takeOver(form);
