/* duty-form.js: the form in which an incident is registered. The list of people grows without a page being asked for.

   The field for names is a combobox (ARIA Authoring Practices, "list autocomplete with manual selection"): three letters, at most
   eight people, arrow keys and Enter, Escape. New rows are copies of a hidden one. Every button works without this. */

const LETTERS = 3;
const PAUSE = 200; /* ms after the last key: our choice */

const fill = (text, name, value) => text.replace(`{${name}}`, value);

/* ---- the list ---- */

const rows = (list) => [...list.querySelectorAll('[data-seat]')];
const idOf = (row) => row.querySelector('select').value.split('|')[1];
const isPerson = (row) => row.querySelector('select').value.startsWith('p|');

/* Who is a party only, or reviews it (the last two choices for somebody of the directory), is offered nothing. */
const isAffected = (row) => !/^p\|[\w-]+\|[45]$/.test(row.querySelector('select').value);

function count(form) {
	const n = rows(form.querySelector('#chosen')).filter(isAffected).length;
	form.querySelector('#save').textContent = n ? fill(form.dataset.save, 'n', n) : form.dataset.saveNone;
}

function makeRow(proto, person) {
	const row = proto.cloneNode(true);
	const select = row.querySelector('select');
	const remove = row.querySelector('button');
	row.removeAttribute('data-proto');
	row.hidden = false;
	row.setAttribute('data-seat', '');
	row.querySelector('.mk-face').textContent = person.initials;
	row.querySelector('.mk-face').dataset.color = person.tint;
	row.querySelector('b').textContent = person.name;
	row.querySelector('.mk-small').textContent = person.about;
	for (const option of select.options)
		option.value = `p|${person.id}|${option.value}`;
	select.name = 'seat';
	select.disabled = false;
	remove.disabled = false;
	for (const element of [select, remove])
		element.setAttribute('aria-label', fill(element.getAttribute('aria-label'), 'name', person.name));
	return row;
}

/* The one who is taken off hands the focus to the next in the list. */
function removable(form, list, query) {
	list.addEventListener('click', (event) => {
		const button = event.target.closest('button');
		const row = button?.closest('[data-seat]');
		if (!row)
			return;
		event.preventDefault();
		const all = rows(list);
		const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
		row.remove();
		(next?.querySelector('button') ?? query).focus();
		count(form);
	});
}

/* ---- the search ---- */

function combobox(form, query, list) {
	const box = form.querySelector('#q-list');
	const status = form.querySelector('#q-said');
	let people = [];
	let at = -1;
	let timer;
	let asked = 0;

	query.setAttribute('role', 'combobox');
	query.setAttribute('aria-autocomplete', 'list');
	query.setAttribute('aria-controls', box.id);
	query.setAttribute('aria-expanded', 'false');

	function mark(to) {
		at = to;
		[...box.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
		if (at < 0)
			return query.removeAttribute('aria-activedescendant');
		query.setAttribute('aria-activedescendant', box.children[at].id);
		box.children[at].scrollIntoView({ block: 'nearest' });
	}
	function close() {
		box.hidden = true;
		query.setAttribute('aria-expanded', 'false');
		mark(-1);
	}
	/* Also what is still on its way: it was for what stood there before. */
	function forget() {
		clearTimeout(timer);
		asked++;
		close();
	}
	function option(person, i) {
		const item = document.createElement('li');
		const name = document.createElement('b');
		const about = document.createElement('span');
		item.id = `q-option-${i}`;
		item.setAttribute('role', 'option');
		item.setAttribute('aria-selected', 'false');
		name.textContent = person.name;
		about.className = 'mk-quiet mk-small';
		about.textContent = person.about;
		item.append(name, about);
		if (person.there) {
			item.setAttribute('aria-disabled', 'true');
			about.textContent += ` · ${query.dataset.there}`;
		}
		return item;
	}
	function open(found) {
		const there = new Set(rows(list).filter(isPerson).map(idOf));
		people = found.map((person) => ({ ...person, there: there.has(person.id) }));
		box.replaceChildren(...people.map(option));
		box.hidden = people.length === 0;
		query.setAttribute('aria-expanded', String(people.length > 0));
		status.textContent = people.length ? query.dataset.many : query.dataset.none;
		mark(-1);
	}
	function choose(i) {
		const person = people[i];
		if (!person || person.there)
			return;
		list.insertBefore(makeRow(list.querySelector('[data-proto]'), person), list.querySelector('[data-proto]'));
		query.value = '';
		forget();
		status.textContent = person.name;
		count(form);
		query.focus();
		hint(form);
	}
	async function ask() {
		const text = query.value.trim();
		const mine = ++asked;
		if (text.length < LETTERS)
			return close();
		try {
			const url = new URL(query.dataset.search, location.href);
			url.searchParams.set('q', text);
			url.searchParams.set('lang', document.documentElement.lang);
			const answer = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'error' });
			if (mine === asked && answer.ok)
				open((await answer.json()).people);
		} catch {
			/* The button beside the field still works. */
		}
	}
	query.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(ask, PAUSE);
	});
	query.addEventListener('keydown', (event) => {
		const n = people.length;
		if (event.key === 'Escape' && !box.hidden) {
			forget();
		} else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !box.hidden) {
			const step = event.key === 'ArrowDown' ? 1 : -1;
			mark(at < 0 ? (step > 0 ? 0 : n - 1) : (at + step + n) % n);
		} else if (event.key === 'Enter' && !box.hidden && at >= 0) {
			choose(at);
		} else {
			return;
		}
		event.preventDefault();
	});
	/* mousedown: before the field loses the focus. */
	box.addEventListener('mousedown', (event) => {
		event.preventDefault();
		choose([...box.children].indexOf(event.target.closest('li')));
	});
	query.addEventListener('blur', forget);
}

/* ---- the sentence ---- */

/* The server's rule (incident_looks_like_name) while one writes: the given name of somebody chosen. */
function hint(form) {
	const sentence = form.querySelector('#sentence');
	const text = form.querySelector('#sentence-hint');
	if (!sentence || !text)
		return;
	const given = new Set(rows(form.querySelector('#chosen')).map((row) =>
		row.querySelector('.mk-face').textContent && row.querySelector('b').textContent.split(' ')[0].toLowerCase()));
	const whole = sentence.value.match(/\p{L}+(?:[-']\p{L}+)*/gu) ?? [];
	const word = [...whole, ...sentence.value.split(/[^\p{L}]+/u)].find((w) => w.length > 1 && given.has(w.toLowerCase()));
	text.hidden = !word;
	text.textContent = word ? fill(sentence.dataset.name, 'word', word) : '';
}

export function startForm(form) {
	const query = form.querySelector('#q');
	const list = form.querySelector('#chosen');
	const faults = form.querySelector('#faults');
	combobox(form, query, list);
	removable(form, list, query);
	list.addEventListener('change', () => count(form));
	form.querySelector('#sentence')?.addEventListener('input', () => hint(form));
	/* Enter in a field asks for nothing but the list of people: no page is sent by mistake. */
	form.addEventListener('keydown', (event) => {
		if (event.key === 'Enter' && event.target.matches('input:not([type=radio])') && event.target !== query)
			event.preventDefault();
	});
	faults?.focus();
}
