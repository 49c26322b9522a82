/* The vendor's sheet without what can style nothing of ours: a third of what a phone would fetch for nothing. */

/* What it has rules for and no template or module of ours names. */
export const NEVER = [
	'.ds-focus', '.ds-icon', '.ds-readonly-icon', '.ds-print-preserve', '.ds-checkbox', '.ds-field-affix', '.ds-skiplink',
	'.ds-card', '.ds-spinner', '[role=switch]', '[data-typography=secondary]', '[data-initials]', ':dir(rtl)', ':indeterminate',
];

/* Where one of `marks` stands first from `at` on, outside of brackets and strings; else the end. */
function reach(css, at, marks) {
	let quote = '', depth = 0;
	for (let i = at; i < css.length; i++) {
		const c = css[i];
		if (c === '\\')
			i++;
		else if (quote)
			quote = c === quote ? '' : quote;
		else if (c === '"' || c === "'")
			quote = c;
		else if (!depth && marks.includes(c))
			return i;
		else if ('{(['.includes(c))
			depth++;
		else if ('})]'.includes(c))
			depth--;
	}
	return css.length;
}

function* rules(css) {
	for (let at = 0, end; at < css.length; at = end + 1) {
		const stop = reach(css, at, '{;');
		end = css[stop] === '{' ? reach(css, stop + 1, '}') : stop;
		yield { head: css.slice(at, stop), body: css[stop] === '{' ? css.slice(stop + 1, end) : null };
	}
}

function selectors(head) {
	const found = [];
	for (let at = 0, end; at < head.length; at = end + 1) {
		end = reach(head, at, ',');
		found.push(head.slice(at, end));
	}
	return found;
}

/* What stands in :is(), :not(), :has() or :where() is not asked for by itself. */
function asked(selector) {
	let left = selector;
	for (let at; (at = left.search(/:(is|not|has|where)\(/)) >= 0;)
		left = left.slice(0, at) + left.slice(reach(left, left.indexOf('(', at) + 1, ')') + 1);
	return left;
}

function kept(css, keeps) {
	let left = '';
	for (const { head, body } of rules(css)) {
		if (body === null) {
			const name = /^(--[\w-]+):/.exec(head);
			left += !head || (name && !keeps.property(name[1])) ? '' : `${head};`;
			continue;
		}
		const at = head.startsWith('@') ? head : selectors(head).filter(keeps.selector).join(',');
		const inside = at && kept(body, keeps);
		left += inside ? `${at}{${inside.replace(/;$/, '')}}` : '';
	}
	return left;
}

/** `css` is minified. Selectors that ask for something in `never` go, and a rule whose selectors are all gone; then custom
 *  properties that nothing reads, until none is left. */
export function trim(css, never = NEVER) {
	let sheet = kept(css, { selector: (s) => !never.some((n) => asked(s).includes(n)), property: () => true });
	for (let before; before !== sheet;) {
		before = sheet;
		const read = new Set(sheet.match(/(?<=var\(\s*)--[\w-]+/g));
		sheet = kept(sheet, { selector: () => true, property: (name) => read.has(name) });
	}
	return sheet;
}
