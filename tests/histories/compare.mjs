// compare.mjs: the first difference between histories, as somebody can read it.

/** Lines of a that b has not, and the other way, with the line before each first one. */
function difference(a, b, most = 12) {
	const left = a.split('\n'), right = b.split('\n');
	const counts = new Map();
	for (const line of left)
		counts.set(line, (counts.get(line) ?? 0) + 1);
	for (const line of right)
		counts.set(line, (counts.get(line) ?? 0) - 1);
	const only = (lines, sign) => lines.filter((line) => {
		const n = counts.get(line);
		if (Math.sign(n) !== sign)
			return false;
		counts.set(line, n - sign);
		return true;
	});
	const cut = (line) => (line.length > 600 ? `${line.slice(0, 600)}…` : line);
	const gone = only(left, 1), come = only(right, -1);
	if (gone.length === 0 && come.length === 0) {
		const at = left.findIndex((line, i) => line !== right[i]);
		return [`  the same lines in another order, from line ${at + 1} on:`, `  - ${cut(left[at])}`, `  + ${cut(right[at])}`].join('\n');
	}
	const show = (lines, sign) => [...lines.slice(0, most).map((line) => `  ${sign} ${cut(line)}`),
		...(lines.length > most ? [`  ${sign} … and ${lines.length - most} more`] : [])];
	return [...show(gone, '-'), ...show(come, '+')].join('\n');
}

export class Leak extends Error {
	constructor(what, when, names, text) {
		super(`${what} tells ${names[1]} from ${names[0]}, ${when}:\n${text}`);
		this.what = what;
		this.when = when;
	}
}

/** looks: [[name of the history, { thing: text }], …]. Throws a Leak at the first thing that is not the same in all. */
export function compare(looks, when) {
	const [[firstName, first], ...others] = looks;
	for (const [name, look] of others)
		for (const what of new Set([...Object.keys(first), ...Object.keys(look)]))
			if (first[what] !== look[what])
				throw new Leak(what, when, [firstName, name], difference(first[what] ?? '(nothing)', look[what] ?? '(nothing)'));
}
