// How words that somebody wrote may lie in a file: none of it is compressed or encrypted by the database, so all that has to be thought
// of is how text is spelt on its way there.
import assert from 'node:assert/strict';

const hex = (bytes) => bytes.toString('hex');
const unit = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** { name of the spelling: bytes } */
export function spellings(said) {
	const percent = encodeURIComponent(said), utf8 = Buffer.from(said);
	const ways = {
		plain: said, 'JSON, escaped': JSON.stringify(said).slice(1, -1).replace(/[^\x20-\x7e]/g, unit),
		percent, 'percent, in small letters': percent.replace(/%../g, (s) => s.toLowerCase()), form: percent.replace(/%20/g, '+'),
		'characters of HTML': said.replace(/[^\x20-\x7e]/g, (c) => `&#${c.codePointAt(0)};`),
		hex: hex(utf8), 'hex, in capitals': hex(utf8).toUpperCase(), // as a dump shows bytes
	};
	for (const alphabet of ['base64', 'base64url'])
		for (let before = 0; before < 3; before++) {
			// In the midst of something longer: the letters that hold nothing but of these words.
			const whole = Buffer.concat([Buffer.alloc(before), utf8]), text = whole.toString(alphabet).replace(/=/g, '');
			ways[`${alphabet}, ${before}`] = text.slice(Math.ceil(before * 8 / 6), Math.floor(whole.length * 8 / 6));
		}
	return Object.fromEntries(Object.entries(ways).map(([name, text]) => [name, Buffer.from(text)]));
}

/** In which spellings these words stand in the bytes. */
export const standsAs = (bytes, said) => Object.entries(spellings(said)).filter(([, way]) => bytes.includes(way)).map(([name]) => name);

/** None of these words lies among the files of either program, nor in what they logged. Shown first, for each: that they would be found
    if they lay there, and that the database is read. `known`: something with more than ASCII that both databases hold. */
export function assertUnwritten(world, words, known) {
	for (const program of ['duty', 'haven']) {
		const ways = words.flatMap((said) => Object.values(spellings(said)));
		const take = world.plant(program, Buffer.concat(ways.flatMap((way) => [way, Buffer.from('\n')])));
		const planted = world.everything(program);
		take();
		const bytes = world.everything(program);
		assert.ok(standsAs(bytes, known).includes('plain'), `${known} is found in ${program}`);
		for (const said of words) {
			assert.deepEqual(standsAs(planted, said), Object.keys(spellings(said)), `"${said}" would be found in ${program}`);
			assert.deepEqual(standsAs(bytes, said), [], `"${said}" lies in ${program}`);
		}
	}
	for (const said of words)
		assert.deepEqual(standsAs(Buffer.from(world.log), said), [], `"${said}" is in the log`);
}
