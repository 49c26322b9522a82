// Catalogues of languages that nobody speaks, made of the English: to see that a catalogue alone makes a language. They are no
// translations and never leave the folder that a test makes.
import { readFileSync } from 'node:fs';

const string = /"((?:[^"\\]|\\.)*)"/g;
const joined = (s) => [...s.matchAll(string)].map((m) => m[1]).join(''); // as it stands in the file, escapes and all

/** The texts of a catalogue that is whole: [{ context, msgid, plural or null }]. */
export function textsOf(file) {
	const list = [];
	let entry = {}, field = null;
	for (const line of [...readFileSync(file, 'utf8').split('\n'), 'msgid ""']) {
		const [, word, said] = line.match(/^(?:(msg\w+)(?:\[\d\])? )?(".*")$/) ?? [];
		if (word === 'msgctxt' || (word === 'msgid' && field !== 'msgctxt')) {
			if (entry.msgid || entry.msgctxt)
				list.push({ context: entry.msgctxt ?? '', msgid: entry.msgid, plural: entry.msgid_plural ?? null });
			entry = {};
		}
		field = word ?? (said ? field : null);
		if (said)
			entry[field] = (entry[field] ?? '') + joined(said);
	}
	return list;
}

/* Line ends at both ends stay there: msgfmt wants it. So does an address at the end of its line. */
const wrapped = (text, before, after) => text.replace(/^((?:\\n)*)([^]*?)((?:\\n)*)$/,
	(all, a, middle, z) => `${a}${before}${middle}${middle.endsWith('}') ? '' : after}${z}`);

/** of: { code, name, words, header: lines, forms: one mark for each plural form, after, lacks(text) }. */
export function pseudo(texts, of) {
	const lines = ['msgid ""', 'msgstr ""', `"Language: ${of.code}\\n"`, '"Language-Team: none: made by a test\\n"', '"MIME-Version: 1.0\\n"',
		'"Content-Type: text/plain; charset=UTF-8\\n"', '"Content-Transfer-Encoding: 8bit\\n"', ...of.header.map((line) => `"${line}\\n"`), ''];
	for (const text of texts) {
		const own = text.context === 'this language';
		if (!own && of.lacks(text))
			continue;
		if (text.context)
			lines.push(`msgctxt "${text.context}"`);
		lines.push(`msgid "${text.msgid}"`);
		if (text.plural) {
			lines.push(`msgid_plural "${text.plural}"`);
			of.forms.forEach((mark, i) => lines.push(`msgstr[${i}] "${wrapped(text.plural, `${mark} `, of.after)}"`));
		} else {
			const said = own ? (text.msgid === 'English' ? of.name : of.words) : wrapped(text.msgid, `${of.forms.at(-1)} `, of.after);
			lines.push(`msgstr "${said}"`);
		}
		lines.push('');
	}
	return lines.join('\n');
}

/** One, two and more; lacks a tenth of the texts, and those of `lacking`. Its letters are not in the alphabet of an SMS. */
export const SAMI = {
	code: 'se', name: 'Davvisámegiella', words: 'sme samegiella davvisamegiella nordsamisk', after: '',
	header: ['Plural-Forms: nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);', 'X-Makker-Nearest: nb', 'X-Makker-Also: sme'],
	forms: ['č', 'đ', 'š'],
};
/** One and other; lacks nothing. */
export const FINNISH = {
	code: 'fi', name: 'Suomi', words: 'fi fin suomi finska finsk finnish fifi', after: ' ä',
	header: ['Plural-Forms: nplurals=2; plural=(n != 1);', 'X-Makker-Nearest: sv'],
	forms: ['yksi', 'ö'],
};
