/* desk-dom.js: building the page. Text becomes text nodes only; there is no way here to make markup of a string. */

/* el('p', { class: 'mk-quiet', hidden: true, onclick: f, lang: 'nb' }, child, …): children are nodes or strings; null and
   false are left out. */
export function el(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value === null || value === undefined || value === false)
			continue;
		if (key.startsWith('on'))
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, value === true ? '' : value);
	}
	element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
	return element;
}

/* The texts of <template id="texts">: a counted one has a form in each of several elements, and the first has the rule, a digit
   for each n below 200; n from there on is as 100 + its last two digits (src/lang/lang.h, tr_forms).
   text(key, { n: 3 }) chooses the form by n and fills {n}; a key that is not there is our bug. */
export function readTexts(template, needed) {
	const texts = new Map();
	for (const { dataset, textContent } of template.content.querySelectorAll('[data-t]')) {
		if (!texts.has(dataset.t))
			texts.set(dataset.t, { rule: dataset.rule, forms: [] });
		texts.get(dataset.t).forms.push(textContent.trim());
	}
	const missing = needed.filter((key) => !texts.has(key));
	if (missing.length > 0)
		throw new Error(`texts are missing: ${missing.join(' ')}`);
	return (key, values = {}) => {
		const { rule, forms } = texts.get(key);
		const form = rule ? forms[rule[values.n < rule.length ? values.n : 100 + values.n % 100]] : forms[0];
		return form.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
	};
}

export const button = (label, onclick, variant = null, attributes = {}) =>
	el('button', { type: 'button', class: 'ds-button', 'data-variant': variant, onclick, ...attributes }, label);

export const field = (id, label, input, description = null) => el('div', { class: 'ds-field' },
	el('label', { class: 'ds-label', for: id }, label),
	description && el('div', { 'data-field': 'description', id: `${id}-d` }, description),
	input, el('p', { class: 'ds-validation-message', id: `${id}-e`, role: 'alert', hidden: true }));

export function input(id, attributes) {
	return el('input', { class: 'ds-input', id, 'aria-describedby': `${id}-d ${id}-e`, ...attributes });
}

/* Shows what is wrong beneath a field, and takes the reader there. */
export function complain(root, id, message) {
	const place = root.querySelector(`#${id}-e`);
	place.textContent = message;
	place.hidden = false;
	const control = root.querySelector(`#${id}`);
	control.setAttribute('aria-invalid', 'true');
	control.focus();
}

export function uncomplain(root) {
	for (const place of root.querySelectorAll('.ds-validation-message'))
		place.hidden = true;
	for (const control of root.querySelectorAll('[aria-invalid]'))
		control.removeAttribute('aria-invalid');
}

const SVG = 'http://www.w3.org/2000/svg';
const ICON = {
	lock: 'M5 10.5h14v9.5H5z M8 10.5V8a4 4 0 0 1 8 0v2.5', /* what is sealed, and the promises */
	heed: 'M12 5v9 M12 18v.5',
};

function icon(path) {
	const svg = document.createElementNS(SVG, 'svg');
	for (const [key, value] of [['class', 'mk-icon'], ['viewBox', '0 0 24 24'], ['aria-hidden', 'true']])
		svg.setAttribute(key, value);
	const drawn = document.createElementNS(SVG, 'path');
	drawn.setAttribute('d', path);
	svg.append(drawn);
	return svg;
}

export const note = (message, color = 'brand2', attributes = {}) =>
	el('p', { class: 'mk-note mk-small', 'data-color': color, ...attributes },
		icon(color === 'brand2' ? ICON.lock : ICON.heed), el('span', {}, message));

/* Two letters of a name, for the face. */
export const initials = (name) => name.trim().split(/\s+/).map((w) => [...w][0])
	.filter((_, i, all) => i === 0 || i === all.length - 1).join('').toUpperCase();
