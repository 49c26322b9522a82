// texts.mjs: which of our messages a text is, by the words themselves, in all four languages.
import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/* What the C code says in English: "a" "b" → ab. */
const literal = (text) => JSON.parse(`"${[...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part).join('')}"`);

const LANGUAGES = ['nb', 'sv', 'da'];
const catalogue = (lang) => new Map([...readFileSync(new URL(`po/${lang}.po`, ROOT), 'utf8')
	.matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)/gm)].map(([, id, str]) => [literal(id), literal(str)]));
const catalogues = Object.fromEntries(LANGUAGES.map((lang) => [lang, catalogue(lang)]));

/** What this English text is in one language. */
export function say(lang, english) {
	const text = lang === 'en' ? english : catalogues[lang].get(english);
	if (!text)
		throw new Error(`${lang} has no ${english}`);
	return text;
}

const source = readFileSync(new URL('src/haven/offers/offers_words.c', ROOT), 'utf8');
const all = [...source.matchAll(/tr\(lang, ((?:"(?:[^"\\]|\\.)*"\s*)+)\)/g)].map(([, text]) => literal(text));
const KINDS = [['second', /second short message/], ['check', /four weeks/], ['news', /has changed in the message/], ['offer', /colleague has a short message/],
	['closes', /before 15:00/], ['waits', /Something is waiting at your desk/], ['look', /look at your desk today/]];

/* [kind, how such a text begins] */
const beginnings = KINDS.flatMap(([kind, how]) => all.filter((text) => how.test(text)).flatMap((text) => ['en', ...LANGUAGES].map((lang) => {
	const whole = say(lang, text);
	return [kind, new RegExp(`^${whole.split(/\{url\}/)[0].replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{name\}/g, '[^\\n]*')}`)];
})));
for (const [kind] of KINDS)
	if (!beginnings.some(([k]) => k === kind))
		throw new Error(`offers_words.c has no message of the kind ${kind}`);

/** 'offer', 'news' (somebody new has taken over), 'second', 'check'; to supporters 'waits', 'closes', 'look'; else 'other'. */
export const kindOf = (text) => beginnings.find(([, how]) => how.test(text))?.[0] ?? 'other';
