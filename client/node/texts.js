/* texts.js: what the desk says, for tests. The keys and the English are those of src/haven/desk/desk_texts.c, the words of po/. A
   counted text is an array of its forms. */

import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/* The strings of C and of a catalogue that stand after each other are one. */
const joined = (s) => [...s.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => JSON.parse(`"${m[1]}"`)).join('');

/* → [{ key, context, msgids: one or two }], in the order of the table. */
function table() {
	const parts = /"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*/g;
	return [...read('src/haven/desk/desk_texts.c').matchAll(/\{ "([\w.-]+)",\s*(TR|TRN|TRC)\(([^]*?)\)(?:,\s*DESK_\w+)? \}/g)]
		.map(([, key, macro, inside]) => {
			const said = inside.match(parts).map(joined);
			return macro === 'TRC' ? { key, context: said[0], msgids: said.slice(1) } : { key, context: '', msgids: said };
		});
}

/* → Map of "context\u0004msgid" to the forms that LANG.po in `dir` has. A fuzzy entry counts as none. */
export function catalogue(lang, dir = new URL('po/', root)) {
	const said = new Map();
	let entry = { forms: [] }, field = null, fuzzy = false;
	const ends = () => {
		if (entry.forms.length > 0 && !entry.fuzzy)
			said.set(`${entry.msgctxt ?? ''}\u0004${entry.msgid}`, entry.forms);
		entry = { forms: [], fuzzy };
		fuzzy = false;
	};
	for (const line of `${readFileSync(new URL(`${lang}.po`, dir), 'utf8')}`.split('\n')) {
		const [, word, form, text] = line.match(/^(?:(msg\w+)(?:\[(\d)\])? )?(".*")$/) ?? [];
		if (/^#,.*fuzzy/.test(line))
			fuzzy = true;
		if (word === 'msgctxt' || (word === 'msgid' && field !== 'msgctxt'))
			ends();
		field = word ?? field;
		if (word === 'msgstr')
			entry.forms[Number(form ?? 0)] = joined(text);
		else if (word)
			entry[word] = joined(text);
		else if (text && field === 'msgstr')
			entry.forms[entry.forms.length - 1] += joined(text);
		else if (text)
			entry[field] += joined(text);
	}
	ends();
	return said;
}

/* What the desk says in one language: { key: text, or its forms }. */
export function textsIn(lang, dir) {
	const said = lang === 'en' ? new Map() : catalogue(lang, dir);
	return Object.fromEntries(table().map(({ key, context, msgids }) => {
		const forms = said.get(`${context}\u0004${msgids[0]}`) ?? (lang === 'en' ? msgids : [undefined]);
		return [key, msgids.length > 1 && !context ? forms : forms[0]];
	}));
}

const LANGUAGES = ['nb', 'sv', 'da', 'en'];
const all = Object.fromEntries(LANGUAGES.map((lang) => [lang, textsIn(lang)]));
/* { key: { nb, sv, da, en } } */
export const texts = Object.fromEntries(table().map(({ key }) => [key, Object.fromEntries(LANGUAGES.map((l) => [l, all[l][key]]))]));

/* By the rule of our four languages: one, and other numbers. */
export const RULE = `10${'1'.repeat(198)}`;
export function say(lang, key, values = {}) {
	const said = texts[key][lang];
	return (Array.isArray(said) ? said[values.n === 1 ? 0 : 1] : said).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
