/* desk-closed.js: the desk's pages before it is open: first keys, the recovery code, locked, a new device, and the red page. */

import { parseCode, formatCode } from './code.js';
import { button, complain, el, field, input, note, uncomplain } from './desk-dom.js';
import { PASSPHRASE_LEAST } from './wrap.js';

/* 2026-11-18 → 18. november 2026, in the catalogue's words: a browser need not know the language. */
export function sayDay(t, day) {
	const [year, month, mday] = day.split('-').map(Number);
	return t('date', { day: mday, month: t(`month.${month}`), year });
}

export const heading = (text) => el('h1', { class: 'mk-voice', tabindex: '-1' }, text);
export const page = (...children) => el('div', { class: 'mk-stack mk-narrow' }, ...children);

/* A form that runs one thing at a time: shows the waiting text meanwhile, and a trouble as text. */
export function form(t, fields, label, waiting, act) {
	const wait = el('p', { role: 'status', class: 'mk-quiet' });
	const trouble = el('p', { class: 'ds-validation-message', id: 'form-e', role: 'alert', hidden: true });
	const send = el('button', { type: 'submit', class: 'ds-button' }, label);
	const element = el('form', { class: 'mk-stack', 'data-gap': '3', novalidate: true }, ...fields, trouble,
		el('div', { class: 'mk-row' }, send), wait);
	element.addEventListener('submit', async (event) => {
		event.preventDefault();
		if (send.getAttribute('aria-disabled'))
			return;
		uncomplain(element);
		send.setAttribute('aria-disabled', 'true');
		wait.textContent = waiting;
		try {
			await act(element);
		} catch (e) {
			trouble.textContent = t(`trouble.${e.text ?? 'server'}`);
			trouble.hidden = false;
		} finally {
			send.removeAttribute('aria-disabled');
			wait.textContent = '';
		}
	});
	return element;
}

/* A press that asks for a passkey, with its own trouble beneath. act() */
export function passkeyButton(t, act) {
	const trouble = el('p', { class: 'ds-validation-message', id: 'passkey-e', role: 'alert', hidden: true });
	const wait = el('p', { role: 'status', class: 'mk-quiet' });
	const press = button(t('passkey.use'), async () => {
		if (press.getAttribute('aria-disabled'))
			return;
		press.setAttribute('aria-disabled', 'true');
		trouble.hidden = true;
		wait.textContent = t('passkey.wait');
		try {
			await act();
		} catch (e) {
			trouble.textContent = t(`trouble.${e.text ?? 'server'}`);
			trouble.hidden = false;
		} finally {
			press.removeAttribute('aria-disabled');
			wait.textContent = '';
		}
	}, 'secondary', { 'data-act': 'passkey', 'aria-describedby': 'passkey-e' });
	return el('div', { class: 'mk-stack', 'data-gap': '1' }, el('div', { class: 'mk-row' }, press), trouble, wait);
}

export const newPassphrase = (t) => [
	field('new', t('passphrase.new'), input('new', { type: 'password', autocomplete: 'new-password' }),
		t('passphrase.new.help', { n: PASSPHRASE_LEAST })),
	field('again', t('passphrase.again'), input('again', { type: 'password', autocomplete: 'new-password' })),
];

/* → the passphrase, or null after saying what is wrong. */
export function chosen(t, element) {
	const value = element.querySelector('#new').value;
	if ([...value].length < PASSPHRASE_LEAST)
		complain(element, 'new', t('passphrase.short', { n: PASSPHRASE_LEAST }));
	else if (value !== element.querySelector('#again').value)
		complain(element, 'again', t('passphrase.differs'));
	else
		return value;
	return null;
}

export const setUpPage = (t, act, { message = null, onWay = null } = {}) => page(heading(t('setup.title')),
	message && note(message, 'warning', { role: 'status' }), el('p', { class: 'mk-lead' }, t('setup.lead')),
	el('p', {}, t('setup.why')),
	form(t, newPassphrase(t), t('setup.button'), t('wait.keys'), async (element) => {
		const passphrase = chosen(t, element);
		if (passphrase !== null)
			await act(passphrase);
	}),
	onWay && el('p', {}, button(t('reset.way'), onWay, 'tertiary', { 'data-act': 'way' })));

/* Shown once. act() only after she says that she has it. */
export function codePage(t, payload, act) {
	const tick = el('input', { class: 'ds-input', type: 'checkbox', id: 'written' });
	return page(heading(t('code.title')), el('p', { class: 'mk-lead' }, t('code.lead')),
		el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'aria-label': t('code.label') },
			formatCode(payload).map((line) => el('p', { class: 'mk-num mk-q', 'data-code': true }, line))),
		el('div', { class: 'mk-row' }, button(t('code.print'), () => print(), 'secondary')),
		note(t('code.keep')),
		form(t, [
			el('div', { class: 'ds-field' }, tick, el('label', { class: 'ds-label', for: 'written' }, t('code.written')),
				el('p', { class: 'ds-validation-message', id: 'written-e', role: 'alert', hidden: true })),
		], t('code.go'), t('wait.send'), async (element) => {
			if (!tick.checked)
				complain(element, 'written', t('code.first'));
			else
				await act();
		}));
}

export const lockedPage = (t, { name, onCode, onPasskey, message }, act) => page(heading(t('locked.title', { name })),
	message && note(message, 'warning', { role: 'status' }),
	form(t, [field('pass', t('locked.passphrase'), input('pass', { type: 'password', autocomplete: 'current-password' }))],
		t('locked.button'), t('wait.unlock'), async (element) => {
			const value = element.querySelector('#pass').value;
			try {
				await act(value);
			} catch (e) {
				if (e.text !== 'passphrase-wrong')
					throw e;
				complain(element, 'pass', t('trouble.passphrase-wrong'));
			}
		}),
	onPasskey && passkeyButton(t, onPasskey),
	el('p', {}, button(t('locked.forgot'), onCode, 'tertiary')));

export function newDevicePage(t, { onBack, onLost, onPasskey, message }, act) {
	const code = el('textarea', {
		class: 'ds-input mk-num', id: 'code', rows: '3', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false',
		'aria-describedby': 'code-d code-e',
	});
	return page(heading(t('device.title')), message && note(message, 'warning', { role: 'status' }),
		onPasskey && passkeyButton(t, onPasskey), el('p', { class: 'mk-lead' }, t('device.lead')),
		el('p', { class: 'mk-quiet' }, t('device.or')),
		form(t, [field('code', t('device.code'), code, t('device.code.help')), ...newPassphrase(t)],
			t('device.button'), t('wait.unlock'), async (element) => {
				const read = parseCode(code.value);
				if (read.error) {
					complain(element, 'code', t(`code.error.${read.error}`, { n: read.digits, line: read.line }));
					return;
				}
				const passphrase = chosen(t, element);
				if (passphrase === null)
					return;
				try {
					await act(read.payload, passphrase);
				} catch (e) {
					if (e.text !== 'code-wrong' && e.text !== 'pairing-wrong')
						throw e;
					complain(element, 'code', t(`trouble.${e.text}`));
				}
			}),
		onLost && el('p', {}, button(t('lost.open'), onLost, 'tertiary', { 'data-act': 'lost' })),
		onBack && el('p', {}, button(t('device.back'), onBack, 'tertiary')));
}

/* No way in is left: she asks, and the coordinator says yes. act() asks. */
export const lostPage = (t, { asked, onBack }, act) => page(heading(t('lost.title')), el('p', { class: 'mk-lead' }, t('lost.text')),
	el('p', {}, t('lost.what')),
	asked ? note(t('lost.asked'), 'brand2', { role: 'status', 'data-asked': '' })
		: form(t, [], t('lost.ask'), t('wait.send'), act),
	onBack && el('p', {}, button(t('lost.back'), onBack, 'tertiary', { 'data-act': 'back' })));

/* told: { lost, n, code, day }. act() only after she says that she has compared. */
export function restoredPage(t, told, act) {
	const tick = el('input', { class: 'ds-input', type: 'checkbox', id: 'compared' });
	return page(heading(t('restored.title')),
		note(t('restored.lines', { day: sayDay(t, told.day), n: told.lost }), 'danger', { role: 'alert' }),
		el('p', {}, t('restored.do', { n: told.n })), el('p', { class: 'mk-num mk-q', 'data-head': String(told.n) }, told.code),
		el('p', {}, t('restored.no')),
		form(t, [
			el('div', { class: 'ds-field' }, tick, el('label', { class: 'ds-label', for: 'compared' }, t('restored.tick')),
				el('p', { class: 'ds-validation-message', id: 'compared-e', role: 'alert', hidden: true })),
		], t('code.go'), t('wait.send'), async (element) => {
			if (!tick.checked)
				complain(element, 'compared', t('restored.first'));
			else
				await act();
		}));
}

/* Something is not as it must be: nothing is opened and nothing sealed. */
export const redPage = (t, key) => page(heading(t(`${key}.title`)), note(t(`${key}.text`), 'danger', { role: 'alert' }));

/* A page has a heading at every moment: what has just been said, or what is waited for. */
export const waitPage = (t, key, title = null) => page(heading(title ?? t(key)), title && el('p', { role: 'status' }, t(key)));

export const troublePage = (t, key, { signin, again }) => page(heading(t('trouble.title')),
	note(t(`trouble.${key}`), 'warning', { role: 'alert' }),
	el('div', { class: 'mk-row' }, key === 'signed-out' ? el('a', { class: 'ds-button', href: signin }, t('trouble.signin'))
		: button(t('trouble.again'), again)));
