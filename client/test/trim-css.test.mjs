// What the build leaves out of the sheets, and that no page asks for it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { NEVER, trim } from '../../tools/trim-css.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test('what no page can have goes, and what it may have stays', () => {
	assert.equal(trim('.a,.b{color:red}.b{margin:0}', ['.b']), '.a{color:red}');
	assert.equal(trim('@media print{.b{margin:0}}@layer x,y;.a{margin:0}', ['.b']), '@layer x,y;.a{margin:0}');
	assert.equal(trim('.a:not(.b,[x=","]){margin:0}.c:is(.b) .b{margin:0}', ['.b']), '.a:not(.b,[x=","]){margin:0}');
	assert.equal(trim('.a{content:".b{;}";background:url(data:x;y,z)}', ['.b']), '.a{content:".b{;}";background:url(data:x;y,z)}');
});

test('a property that nothing reads goes, and what only that one read', () => {
	assert.equal(trim(':root{--one:1;--two:var(--one);--three:3}.a{top:var(--three)}', []), ':root{--three:3}.a{top:var(--three)}');
	assert.equal(trim(':root{--one:;--two:2}.a{top:var( --two,var(--one))}', []), ':root{--one:;--two:2}.a{top:var( --two,var(--one))}');
	assert.equal(trim('@supports (width:1px){:root{--one:1}}', []), '');
});

test('no template and no module names what is left out', () => {
	const sources = ['src', 'client'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((f) => join(root, folder, f)))
		.filter((f) => /\.(tpl|c|js)$/.test(f) && !/node_modules/.test(f));
	assert.ok(sources.length > 100);
	// As a template would write it: class="ds-icon", role="switch", data-initials.
	const words = NEVER.filter((n) => !n.startsWith(':'))
		.map((n) => n.replace(/^\.|\[|\]/g, '').replace(/=(\w+)/, '="$1'));
	assert.ok(words.includes('ds-icon') && words.includes('role="switch'));
	for (const file of sources) {
		const text = readFileSync(file, 'utf8');
		for (const word of words)
			assert.ok(!text.includes(word), `${file} names ${word}: take it out of NEVER`);
	}
});
