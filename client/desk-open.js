/* desk-open.js: the open desk: whom to contact and by when, what they answered, tries, closing, passing on. Everything that was
   opened is hostile text: it has passed unpackAnswer() and stands in text nodes; a number becomes a link only when it can be dialled. */

import { dialable } from './answer.js';
import { button, el, initials, note } from './desk-dom.js';
import { isShown, sortTasks, triesOf } from './desk-rules.js';
import { phoneText } from './phone.js';
import { get, list } from './vault.js';

/* onsdag kl. 9.05 */
function when(t, minutes) {
	const at = new Date(minutes * 60000);
	return `${t(`weekday.${(at.getDay() + 6) % 7}`)} ${t('clock', { hour: at.getHours(), minute: String(at.getMinutes()).padStart(2, '0') })}`;
}

function phoneLink(t, phone, label) {
	const number = dialable(phone);
	const shown = phoneText(phone);
	return number ? el('a', { class: 'ds-button', href: `tel:${number}`, 'data-tel': shown, 'data-act': 'call' }, `${label} `,
		el('span', { class: 'mk-num' }, shown)) : el('span', { class: 'mk-num' }, el('bdi', {}, shown));
}

/* What was said, in the sender's own words but for the spaces in a number: each on its line. */
const said = (t, answer) => ['phone', 'when', 'note'].filter((key) => answer[key]).map((key) =>
	el('p', {}, `${t(`said.${key}`)} `, el('bdi', { 'data-said': key }, key === 'phone' ? phoneText(answer[key]) : answer[key])));

function answerPart(t, name, answer) {
	if (!answer)
		return el('p', { class: 'mk-quiet' }, t('answer.silent'));
	return el('div', { class: 'mk-stack', 'data-gap': '1', 'data-answer': answer.kind },
		el('p', {}, el('strong', {}, t(`answer.${answer.kind}`, { name }))), said(t, answer));
}

/* One person to contact. act: { tried, outcome(value or null), passOn }. */
function taskCard(t, { vault }, task, act) {
	const name = task.name.split(/\s+/)[0];
	const answer = get(vault, `answer:${task.id}`);
	const outcome = get(vault, `outcome:${task.id}`);
	const tries = triesOf(vault, task.id);
	const id = `task-${task.id}`;
	const phone = answer?.phone ?? task.phone;
	return el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'data-task': task.id, 'aria-labelledby': id },
		el('p', { class: 'mk-due', 'data-tone': task.late && !outcome ? 'danger' : null }, task.due_text),
		el('div', { class: 'mk-person' },
			el('span', { class: 'ds-avatar mk-face', 'data-color': 'brand2', 'aria-hidden': 'true' }, initials(task.name)),
			el('div', {}, el('h2', { id, tabindex: '-1' }, task.name),
				el('p', { class: 'mk-quiet' }, t('task.incident', { title: task.title.replace(/[.\s]+$/u, ''), day: task.day_text })))),
		!task.email && note(t('task.noemail', { name }), 'warning'),
		task.call_text && note(task.call_text, 'warning'),
		task.group_text && el('p', { class: 'mk-quiet', 'data-group': '' }, task.group_text),
		task.also_text && note(task.also_text, 'brand2', { 'data-also': '' }),
		task.taken_over && el('p', { class: 'mk-quiet' }, t('task.taken')),
		answerPart(t, name, answer),
		el('div', { class: 'mk-row' }, phone ? phoneLink(t, phone, t('task.call', { name })) : t('task.nophone')),
		tries.length > 0 && el('p', { class: 'mk-quiet', 'data-tries': String(tries.length) },
			t('tries', { n: tries.length, when: when(t, tries.at(-1).t) })),
		outcome ? [
			note(t(`outcome.${outcome}`, { name }), 'brand2', { role: 'status', 'data-outcome': outcome }),
			el('div', { class: 'mk-row' }, button(t('outcome.undo'), () => act.outcome(null), 'tertiary', { 'data-act': 'undo' })),
		] : el('div', { class: 'mk-row' },
			button(t('task.reached'), () => act.outcome('reached'), 'secondary', { 'data-act': 'reached' }),
			button(t('task.tried'), act.tried, 'secondary', { 'data-act': 'tried' }),
			button(t('task.notreached'), () => act.outcome('not-reached'), 'tertiary', { 'data-act': 'not-reached' }),
			button(t('task.passon'), act.passOn, 'tertiary', { 'data-act': 'pass-on' })));
}

/* An incident that has closed, and somebody of it who asked for a call shortly before. */
function closedCard(t, { vault }, task, act) {
	const name = task.name.split(/\s+/)[0];
	const answer = get(vault, `answer:${task.id}`);
	const id = `task-${task.id}`;
	const phone = answer.phone ?? task.phone;
	return el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'data-task': task.id, 'data-closed': '', 'aria-labelledby': id },
		el('h2', { class: 'ds-heading', 'data-size': 'xs', id, tabindex: '-1' }, task.name),
		el('p', { class: 'mk-quiet' }, t('task.incident', { title: task.title.replace(/[.\s]+$/u, ''), day: task.day_text })),
		el('p', {}, t('closed.call', { name })), said(t, answer),
		el('div', { class: 'mk-row' }, phone ? phoneLink(t, phone, t('task.call', { name })) : t('task.nophone')),
		el('div', { class: 'mk-row' }, button(t('task.reached'), () => act.outcome('reached'), 'secondary', { 'data-act': 'reached' })));
}

/* Somebody who chose her, and is nobody's task here. */
const otherCard = (t, [aid, answer], act) =>
	el('section', { class: 'mk-card mk-stack', 'data-gap': '3', 'data-other': aid, 'aria-labelledby': `other-${aid}` },
		el('h2', { class: 'ds-heading', 'data-size': 'xs', id: `other-${aid}`, tabindex: '-1' },
			t('other.title', { name: answer.name ?? t('other.noname') })),
		el('p', { class: 'mk-quiet' }, t('other.text', { when: when(t, answer.t) })),
		said(t, { ...answer, phone: undefined }),
		el('div', { class: 'mk-row' }, phoneLink(t, answer.phone ?? '', t('task.call', { name: answer.name ?? '' }))),
		el('div', { class: 'mk-row' }, button(t('other.done'), act, 'secondary', { 'data-act': 'other-done' })));

/* The cards of a list, in its order. A card stays the same element while it would say the same, so that nobody loses the button
   under a finger because somebody else answered. */
function cardKeeper(place) {
	let drawn = new Map(); /* key → { said, card } */
	return (list) => {
		const old = drawn;
		drawn = new Map(list.map(({ key, told, make }) => {
			const said = JSON.stringify(told);
			const before = old.get(key);
			return [key, before?.said === said ? before : { said, card: make() }];
		}));
		const cards = [...drawn.values()].map(({ card }) => card);
		for (const card of [...place.children].filter((one) => !cards.includes(one)))
			card.remove();
		cards.forEach((card, i) => card !== place.children[i] && place.insertBefore(card, place.children[i] ?? null));
	};
}

/* Where the focus is among the cards: what stands for it after they were drawn anew, its card's heading, or `last`. Null where
   it need not be moved. */
function rememberFocus(place, last) {
	const active = place.contains(document.activeElement) ? document.activeElement : null;
	const heading = active?.closest('section')?.getAttribute('aria-labelledby');
	const act = active?.dataset.act;
	return () => {
		if (!active || place.contains(document.activeElement))
			return null;
		const title = document.getElementById(heading);
		return (act && title?.closest('section').querySelector(`[data-act="${act}"]`)) ?? title ?? last;
	};
}

/* acts: { signin (a link), lock, keys, again, tried(task), outcome(task, value), passOn(task), otherDone(aid) }.
   desk: { name, tasks, vault, warning }. → { page, status(text), trouble(keys), draw(focus) }. */
export function openPage(t, desk, acts) {
	const status = el('p', { class: 'mk-quiet mk-small', role: 'status' });
	const title = el('h1', { class: 'mk-voice', tabindex: '-1' });
	const cards = el('div', { class: 'mk-stack' });
	const trouble = el('div', { class: 'mk-stack', 'data-gap': '1' });
	const setCards = cardKeeper(cards);
	let troubles = '';
	/* focus: a selector among the cards, the title if none fits; without it the focus stays where it is. */
	function draw(focus) {
		const tasks = sortTasks(desk.tasks).filter((task) => isShown(task, desk.vault));
		const others = list(desk.vault, 'other:').filter(([, d]) => !d.done);
		const waiting = tasks.filter((task) => task.closed || !get(desk.vault, `outcome:${task.id}`)).length + others.length;
		title.textContent = t(waiting === 0 ? 'open.none' : 'open.some',
			{ name: desk.name, n: waiting });
		const focused = rememberFocus(cards, title);
		setCards([
			...others.map((other) => ({
				key: `other:${other[0]}`, told: other, make: () => otherCard(t, other, () => acts.otherDone(other[0])),
			})),
			...tasks.map((task) => ({
				key: task.id,
				told: [task, get(desk.vault, `answer:${task.id}`), get(desk.vault, `outcome:${task.id}`), triesOf(desk.vault, task.id)],
				make: () => (task.closed ? closedCard : taskCard)(t, desk, task, {
					tried: () => acts.tried(task), outcome: (value) => acts.outcome(task, value), passOn: () => acts.passOn(task),
				}),
			})),
		]);
		(focus ? cards.querySelector(focus) ?? title : focused())?.focus();
	}
	const page = el('div', { class: 'mk-stack', 'data-gap': '8' },
		el('div', { class: 'mk-stack', 'data-gap': '3' }, title, status,
			desk.warning && note(t(`${desk.warning}.text`), 'warning', { role: 'alert' }), trouble,
			el('div', { class: 'mk-row' }, button(t('open.again'), acts.again, 'secondary', { 'data-act': 'again' }),
				button(t('keys.open'), acts.keys, 'tertiary', { 'data-act': 'keys' }),
				button(t('open.lock'), acts.lock, 'tertiary', { 'data-act': 'lock' }))),
		cards, note(t('open.delay')), note(t('open.promise')));
	draw();
	return {
		page, draw,
		status: (text) => { status.textContent = text; },
		/* keys of trouble.*; the same again is not said again */
		trouble(keys) {
			if (keys.join() === troubles)
				return;
			troubles = keys.join();
			trouble.replaceChildren(...keys.map((key) => note(t(`trouble.${key}`), 'warning', { role: 'alert' })),
				...(keys.includes('signed-out') ? [el('p', {}, el('a', { class: 'ds-button', href: acts.signin }, t('trouble.signin')))] : []));
		},
	};
}
