/* desk-keys.js: the pages of "My keys". Each does one thing, and has a way back that changes nothing. */

import { formatCode } from './code.js';
import { chosen, form, heading, newPassphrase, page, passkeyButton, sayDay } from './desk-closed.js';
import { button, complain, el, field, input, note } from './desk-dom.js';

const NAME_MOST = 40;
const back = (t, label, onBack) => el('p', {}, button(t(label), onBack, 'tertiary', { 'data-act': 'back' }));
const row = (...children) => el('div', { class: 'mk-row' }, ...children);

export const wayName = (t, way) => way.name || t(`keys.kind.${way.kind}`);

function wayCard(t, way, acts) {
	const id = `way-${way.hash}`;
	const again = way.kind === 2;
	return el('li', { class: 'mk-card mk-stack', 'data-gap': '1', 'data-way': way.hash, 'data-kind': String(way.kind), 'aria-labelledby': id },
		el('h3', { class: 'ds-heading', 'data-size': '2xs', id, tabindex: '-1' }, el('bdi', {}, wayName(t, way))),
		el('p', { class: 'mk-quiet mk-small' }, [way.here && t('keys.here'), way.name && t(`keys.kind.${way.kind}`),
			way.day && t('keys.since', { day: sayDay(t, way.day) })].filter(Boolean).join(' · ')),
		row(way.kind === 1 && way.here && button(t('keys.pass'), acts.passphrase, 'secondary', { 'data-act': 'passphrase' }),
			again && button(t('keys.code'), acts.code, 'secondary', { 'data-act': 'code' }),
			!again && button(t('keys.name'), () => acts.rename(way), 'tertiary', { 'data-act': 'rename' }),
			!again && !way.last && button(t('keys.remove'), () => acts.remove(way), 'tertiary', { 'data-act': 'remove' })),
		way.last && el('p', { class: 'mk-quiet mk-small' }, t('keys.last')));
}

/* In two lines of three groups, as they are read. */
const digits = (text, attributes = {}) => el('p', { class: 'mk-num mk-q', ...attributes }, text.slice(0, 14), ' ', el('br'), text.slice(15));

/* mine: { ways, safety, heads, said (the text of what was just done, or null) }. */
export function keysPage(t, mine, acts) {
	return page(heading(t('keys.title')), el('p', { class: 'mk-lead' }, t('keys.lead')),
		mine.said && note(mine.said, 'brand2', { role: 'status', 'data-said': '' }),
		el('section', { class: 'mk-stack', 'data-gap': '3', 'aria-labelledby': 'ways' },
			el('h2', { class: 'ds-heading', 'data-size': 'xs', id: 'ways' }, t('keys.ways')),
			el('ul', { class: 'mk-stack mk-plain', 'data-gap': '3' }, mine.ways.map((way) => wayCard(t, way, acts))),
			row(button(t('pair.open'), acts.pair, 'secondary', { 'data-act': 'pair' }),
				mine.passkeys && button(t('passkey.open'), acts.passkey, 'secondary', { 'data-act': 'passkey' })),
			!mine.passkeys && el('p', { class: 'mk-quiet mk-small', 'data-no-passkeys': '' }, t('passkey.no'))),
		el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'aria-labelledby': 'safety' },
			el('h2', { class: 'ds-heading', 'data-size': 'xs', id: 'safety' }, t('keys.safety')),
			digits(mine.safety, { 'data-safety': '' }), el('p', {}, t('keys.safety.text')),
			row(button(t('keys.card'), acts.card, 'secondary', { 'data-act': 'card' }))),
		el('section', { class: 'mk-stack', 'data-gap': '1', 'aria-labelledby': 'heads' },
			el('h2', { class: 'ds-heading', 'data-size': '2xs', id: 'heads' }, t('keys.log')),
			el('p', { class: 'mk-quiet mk-small' }, t('keys.log.text')),
			el('ul', { class: 'mk-plain mk-small' }, mine.heads.map((head) => el('li', { class: 'mk-num', 'data-head': String(head.n) },
				t('keys.log.entry', { n: head.n, digits: head.code }))))),
		el('section', { class: 'mk-stack', 'data-gap': '1', 'aria-labelledby': 'others' },
			el('h2', { class: 'ds-heading', 'data-size': '2xs', id: 'others' }, t('keys.change')),
			row(button(t('rotate.title'), acts.rotate, 'tertiary', { 'data-act': 'rotate' }),
				button(t('retire.open'), acts.retire, 'tertiary', { 'data-act': 'retire' }))),
		back(t, 'keys.back', acts.back));
}

/* The digits for another device. done() throws them away, used or not. */
export const pairPage = (t, payload, done) => page(heading(t('pair.code.title')), el('p', { class: 'mk-lead' }, t('pair.code.lead')),
	el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'aria-label': t('pair.code.title') },
		formatCode(payload).map((line) => el('p', { class: 'mk-num mk-q', 'data-code': true }, line))),
	note(t('pair.code.keep')), row(button(t('pair.code.done'), done, null, { 'data-act': 'done' })));

/* A question before what cannot be undone. act() */
export function retirePage(t, act, onBack) {
	const tick = el('input', { class: 'ds-input', type: 'checkbox', id: 'sure' });
	return page(heading(t('retire.title')), el('p', { class: 'mk-lead' }, t('retire.lead')), el('p', {}, t('retire.text')),
		form(t, [
			el('div', { class: 'ds-field' }, tick, el('label', { class: 'ds-label', for: 'sure' }, t('retire.tick')),
				el('p', { class: 'ds-validation-message', id: 'sure-e', role: 'alert', hidden: true })),
		], t('retire.button'), t('wait.send'), async (element) => {
			if (!tick.checked)
				complain(element, 'sure', t('retire.first'));
			else
				await act();
		}), back(t, 'keys.cancel', onBack));
}

/* act(old, new) */
export const passphrasePage = (t, act, onBack) => page(heading(t('keys.pass.title')), el('p', { class: 'mk-lead' }, t('keys.pass.lead')),
	form(t, [oldField(t), ...newPassphrase(t)], t('keys.pass.button'), t('wait.unlock'), async (element) => {
		const fresh = chosen(t, element);
		if (fresh !== null)
			await withOld(t, element, (old) => act(old, fresh));
	}), back(t, 'keys.cancel', onBack));

const oldField = (t) => field('old', t('keys.pass.old'), input('old', { type: 'password', autocomplete: 'current-password' }));

async function withOld(t, element, act) {
	try {
		await act(element.querySelector('#old').value);
	} catch (e) {
		if (e.text !== 'passphrase-wrong')
			throw e;
		complain(element, 'old', t('trouble.passphrase-wrong'));
	}
}

/* Whatever needs the passphrase of this device once more, or a passkey. texts: keys of { title, lead, go }; act(passphrase);
   by: { passphrase: whether this device has one, passkey: to ask for one, or null } */
export const confirmPage = (t, texts, act, onBack, by = { passphrase: true }) => page(heading(t(texts.title)), el('p', { class: 'mk-lead' }, t(texts.lead)),
	by.passphrase && form(t, [oldField(t)], t(texts.go), t('wait.unlock'), (element) => withOld(t, element, act)),
	by.passkey && passkeyButton(t, by.passkey), !by.passphrase && !by.passkey && note(t('passkey.neither'), 'warning'),
	back(t, 'keys.cancel', onBack));

/* The name comes first: the press that makes it must be the last before the authenticator asks. act(name) */
export function addPasskeyPage(t, act, onBack) {
	const name = input('name', { type: 'text', maxlength: String(NAME_MOST), autocomplete: 'off' });
	return page(heading(t('passkey.title')), el('p', { class: 'mk-lead' }, t('passkey.make')), el('p', {}, t('passkey.beside')),
		form(t, [field('name', t('passkey.name'), name, t('passkey.name.help'))], t('passkey.button'), t('passkey.wait'),
			() => act([...name.value.normalize('NFC').trim()].slice(0, NAME_MOST).join(''))),
		back(t, 'keys.cancel', onBack));
}

/* Which of her passkeys shall open the new keys too. list: [{ name, … }]; carry(passkey), on() */
export const carryPage = (t, list, carry, on) => page(heading(t('passkey.carry.title')), el('p', { class: 'mk-lead' }, t('passkey.carry.lead')),
	el('ul', { class: 'mk-list' }, list.map((passkey) => el('li', { class: 'mk-hitrow' }, el('span', { class: 'mk-grow' }, el('bdi', {}, wayName(t, { ...passkey, kind: 3 }))),
		passkeyButton(t, () => carry(passkey))))),
	row(button(t('passkey.carry.on'), on, null, { 'data-act': 'on' })));

/* act(name) */
export function renamePage(t, way, act, onBack) {
	const name = input('name', { type: 'text', maxlength: String(NAME_MOST), autocomplete: 'off', value: way.name });
	return page(heading(t('keys.rename.title')),
		form(t, [field('name', t('keys.rename.label'), name, t('keys.rename.help'))], t('keys.rename.button'), t('wait.send'),
			() => act([...name.value.normalize('NFC').trim()].slice(0, NAME_MOST).join(''))),
		back(t, 'keys.cancel', onBack));
}

/* A question before what cannot be undone. act() */
export const removePage = (t, way, act, onBack) => page(heading(t('keys.remove.title', { name: wayName(t, way) })),
	el('p', {}, t(way.here ? 'keys.remove.here' : 'keys.remove.text')),
	form(t, [], t('keys.remove.button'), t('wait.send'), act), back(t, 'keys.cancel', onBack));

/* For the wallet: nothing on it is a secret. */
export const cardPage = (t, { name, safety }, onBack) => page(heading(t('keys.card.title')),
	el('p', { class: 'mk-lead mk-noprint' }, t('keys.card.text')),
	el('section', { class: 'mk-card mk-stack mk-wallet', 'data-gap': '1', 'aria-label': t('keys.card') },
		el('p', {}, el('strong', {}, name)), el('p', { class: 'mk-small' }, t('keys.card.what')), digits(safety, { 'data-safety': '' }),
		el('p', { class: 'mk-small' }, t('keys.card.why'))),
	row(button(t('code.print'), () => print(), 'secondary')), back(t, 'keys.cancel', onBack));
