/* phone.js: a number as people write it, for the eye only. The same rules and the same cases as look_phone
   (src/look/look.h, tests/vectors/phones.txt). */

/* group('4700', 2, 2) → '47 00'; null when the lengths do not add up to all of it. */
function group(digits, ...lengths) {
	if (lengths.reduce((sum, n) => sum + n, 0) !== digits.length)
		return null;
	let at = 0;
	return lengths.map((n) => digits.slice(at, at += n)).join(' ');
}

/* After the 0, 8 is Stockholm; these have two digits, all others three. Source: the Swedish numbering plan (PTS). */
const SWEDISH_TWO = /^(1[013689]|2[0136]|3[1356]|4[0246]|54|6[03]|7[02369]|90)/;
const SWEDISH_OWN = { 5: [3, 2], 6: [2, 2, 2], 7: [3, 2, 2], 8: [3, 3, 2] };

function swedish(digits, before, joint) {
	const area = digits.startsWith('8') ? 1 : SWEDISH_TWO.test(digits) ? 2 : 3;
	const own = digits.slice(area);
	const lengths = digits.startsWith('0') ? undefined : SWEDISH_OWN[own.length];
	return lengths ? `${before}${digits.slice(0, area)}${joint}${group(own, ...lengths)}` : null;
}

const norwegian = (digits) => (/^[49]/.test(digits) ? group(digits, 3, 2, 3) : group(digits, 2, 2, 2, 2));

function grouped(digits) {
	const [, country, rest] = /^\+(45|46|47)(.*)$/.exec(digits) ?? [];
	if (country === '46')
		return swedish(rest, '+46 ', ' ');
	const own = country === '47' ? norwegian(rest) : country === '45' ? group(rest, 2, 2, 2, 2) : null;
	return own && `+${country} ${own}`;
}

/* '+4700000503' → '+47 00 00 05 03'. A national number that has spaces already, and whatever else is no Nordic number in
   digits, stays as it was written. */
export function phoneText(written) {
	const digits = written.replaceAll(' ', '');
	if (!/^\+?[0-9]+$/.test(digits))
		return written;
	if (digits.startsWith('+'))
		return grouped(digits) ?? written;
	if (digits !== written)
		return written;
	return group(digits, 2, 2, 2, 2) && !/^0[1-9]/.test(digits) ? group(digits, 2, 2, 2, 2)
		: (digits.startsWith('0') && swedish(digits.slice(1), '0', '-')) || written;
}
