import '../node/crypto.js';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { forgetTask, hourRead, isShown, outcomesDue, positionsOf, scanPlan, scanned, sortTasks, takeIn, triesOf, whatStays } from '../desk-rules.js';
import { TEXTS } from '../desk-texts.js';
import { texts } from '../node/texts.js';
import { emptyVault, get, list, put } from '../vault.js';

const OWN = '0123456789abcdef'; /* the id of her key */

const task = (id, over = {}) => ({
	id, incident: 'i', email: true, deadline: 100, deadline_day: '2026-11-19', since: 10, role: 0, ...over,
});

test('those without e-mail come first, then the earlier deadline', () => {
	const order = sortTasks([task('a', { deadline: 1 }), task('b', { email: false, deadline: 9 }), task('c', { email: false })]);
	assert.deepEqual(order.map((x) => x.id), ['b', 'c', 'a']);
});

test('no outcome leaves before the day, whatever is noted', () => {
	const vault = emptyVault();
	put(vault, 'outcome:a', 'reached', 1);
	assert.deepEqual(outcomesDue([task('a')], '2026-11-18', vault), []);
	assert.deepEqual(outcomesDue([task('a')], '2026-11-19', vault), [{ task: 'a', outcome: 'reached' }]);
});

test('all tasks of one incident go together, noted or not, and none while one is early', () => {
	const vault = emptyVault();
	put(vault, 'outcome:a', 'not-reached', 1);
	const tasks = [task('b'), task('a'), task('x', { incident: 'j', deadline_day: '2026-11-20' })];
	assert.deepEqual(outcomesDue(tasks, '2026-11-19', vault),
		[{ task: 'a', outcome: 'not-reached' }, { task: 'b', outcome: 'open' }]);
	tasks.push(task('c', { deadline_day: '2026-11-21' }));
	assert.deepEqual(outcomesDue(tasks, '2026-11-19', vault), []);
});

test('what was answered does not change what is sent', () => {
	const silent = emptyVault();
	const answered = emptyVault();
	takeIn(answered, 12, [{ position: 0, task: 'a', answer: { kind: 'none', t: 1, aid: 'x' } }], 1, [OWN]);
	for (const vault of [silent, answered])
		assert.deepEqual(outcomesDue([task('a')], '2026-11-19', vault), [{ task: 'a', outcome: 'open' }]);
});

test('of a closed task nothing is said, and it is shown only to whoever has still to call', () => {
	const vault = emptyVault();
	const closed = task('a', { closed: true });
	assert.deepEqual(outcomesDue([closed, task('b')], '2026-11-19', vault), [{ task: 'b', outcome: 'open' }]);
	assert.equal(isShown(closed, vault), false);
	assert.equal(isShown(task('b'), vault), true);
	for (const [kind, shown] of [['none', false], ['later', false], ['other', false], ['call', true]]) {
		put(vault, 'answer:a', { kind }, 1);
		assert.equal(isShown(closed, vault), shown, kind);
	}
	put(vault, 'outcome:a', 'not-reached', 2);
	assert.equal(isShown(closed, vault), true);
	put(vault, 'outcome:a', 'reached', 3);
	assert.equal(isShown(closed, vault), false);
});

test('hours are looked through once, newest first, and a task taken over from where its page began', () => {
	const vault = emptyVault();
	const ring = { from: 5, to: 12 };
	const plan = scanPlan([task('a')], ring, vault);
	assert.deepEqual(plan.map((p) => p.hour), [12, 11, 10, 9, 8, 7, 6, 5]);
	assert.deepEqual(plan.map((p) => p.tasks.length), [1, 1, 1, 0, 0, 0, 0, 0]);
	scanned(vault, [task('a')], ring, 1);
	assert.deepEqual(scanPlan([task('a')], ring, vault), []);
	const later = scanPlan([task('a'), task('b', { since: 11, role: 1 })], { from: 5, to: 13 }, vault);
	assert.deepEqual(later.map((p) => [p.hour, p.tasks.map((x) => x.id).join(), p.others]),
		[[13, 'a,b', true], [12, 'b', false], [11, 'b', false]]);
	assert.deepEqual(positionsOf(task('b', { role: 2 })), [2, 0]);
});

test('a look that ended early goes on where it stopped, and reads for a new task what it had read for others', () => {
	const vault = emptyVault();
	const read = new Map();
	const ring = { from: 5, to: 8 };
	const [first, second] = scanPlan([task('a', { since: 5 })], ring, vault, read);
	hourRead(read, first);
	hourRead(read, second);
	assert.deepEqual(scanPlan([task('a', { since: 5 })], ring, vault, read).map((p) => p.hour), [6, 5]);
	const plan = scanPlan([task('a', { since: 5 }), task('b', { since: 7 })], ring, vault, read);
	assert.deepEqual(plan.map((p) => [p.hour, p.tasks.map((x) => x.id).join(), p.others]),
		[[8, 'b', false], [7, 'b', false], [6, 'a', true], [5, 'a', true]]);
});

test('a later hour replaces, then the newer minute; the same aid twice is ignored', () => {
	const vault = emptyVault();
	const said = (hour, t, kind, aid) => takeIn(vault, hour, [{ position: 0, task: 'a', answer: { kind, t, aid } }], 1, [OWN]);
	assert.equal(said(10, 500, 'none', '1'), 1);
	assert.equal(said(9, 900, 'call', '2'), 0);
	assert.equal(said(10, 501, 'later', '3'), 1);
	assert.equal(said(11, 5, 'call', '4'), 1);
	assert.equal(said(12, 5, 'call', '4'), 0);
	assert.equal(get(vault, 'answer:a').aid, '4');
});

test('two answers in one minute of one hour: the one that asks for more contact stands, in whichever order they lie', () => {
	const kinds = ['none', 'later', 'other', 'call'];
	for (const [i, less] of kinds.entries()) {
		for (const more of kinds.slice(i + 1)) {
			for (const order of [[less, more], [more, less]]) {
				const vault = emptyVault();
				takeIn(vault, 10, order.map((kind) => ({ position: 0, task: 'a', answer: { kind, t: 5, aid: kind } })), 1, [OWN]);
				assert.equal(get(vault, 'answer:a').kind, more, order.join());
			}
		}
	}
});

test('somebody who chose her stands apart, and a repeat of the same post changes nothing', () => {
	const vault = emptyVault();
	const found = [{ position: 3, answer: { kind: 'other', t: 1, aid: 'q', phone: '1', to: OWN } }];
	assert.equal(takeIn(vault, 4, found, 1, [OWN]), 1);
	put(vault, 'other:q', { ...get(vault, 'other:q'), done: true }, 2);
	assert.equal(takeIn(vault, 5, found, 3, [OWN]), 0);
	assert.equal(get(vault, 'other:q').done, true);
});

test('who chose her by a key that she has replaced has chosen her all the same', () => {
	const vault = emptyVault();
	const from = (aid, to) => ({ position: 3, answer: { kind: 'other', t: 1, aid, to } });
	const before = 'fedcba9876543210';
	assert.equal(takeIn(vault, 4, [from('now', OWN), from('then', before), from('part', OWN.slice(0, 8))], 1, [OWN, before]), 2);
	assert.equal(get(vault, 'other:part'), null);
	assert.equal(takeIn(emptyVault(), 4, [from('then', before)], 1, [OWN]), 0);
});

test('who names no key, or another, has not chosen her; and a flood leaves the newest', () => {
	const vault = emptyVault();
	const from = (aid, to) => ({ position: 3, answer: { kind: 'other', t: 1, aid, to } });
	assert.equal(takeIn(vault, 4, [from('a'), from('b', '00'.repeat(8))], 1, [OWN]), 0);
	takeIn(vault, 4, [from('early', OWN)], 1, [OWN]);
	takeIn(vault, 6, [from('late', OWN)], 1, [OWN]);
	takeIn(vault, 5, Array.from({ length: 5000 }, (_, i) => from(`x${i}`, OWN)), 1, [OWN]);
	assert.equal(list(vault, 'other:').length, 300);
	assert.equal(get(vault, 'other:early'), null);
	assert.equal(get(vault, 'other:late').hour, 6);
});

test('she may stop when everything was read and nobody whom she was chosen by waits', () => {
	const vault = emptyVault();
	const ring = { from: 5, to: 12 };
	assert.equal(whatStays(vault, ring), 'retire-unread');
	scanned(vault, [], { from: 5, to: 11 }, 1);
	assert.equal(whatStays(vault, ring), 'retire-unread', 'an hour has closed since');
	scanned(vault, [], ring, 2);
	assert.equal(whatStays(vault, ring), null);
	assert.equal(whatStays(vault, null), 'retire-unread', 'the look did not come to an end');
	put(vault, 'other:q', { hour: 12, phone: '1' }, 3);
	assert.equal(whatStays(vault, ring), 'retire-others');
	put(vault, 'other:q', { ...get(vault, 'other:q'), done: true }, 4);
	assert.equal(whatStays(vault, ring), null);
});

test('nothing of a task that was passed on stays', () => {
	const vault = emptyVault();
	put(vault, 'answer:a', { hour: 1, t: 1 }, 1);
	put(vault, 'try:1', { task: 'a', t: 5 }, 1);
	put(vault, 'try:2', { task: 'b', t: 5 }, 1);
	put(vault, 'scan:a', 4, 1);
	forgetTask(vault, 'a', 2);
	assert.equal(get(vault, 'answer:a'), null);
	assert.equal(get(vault, 'scan:a'), null);
	assert.deepEqual(triesOf(vault, 'a'), []);
	assert.equal(triesOf(vault, 'b').length, 1);
});

test('every text has four languages with the same places to fill, and code and list know the same keys', () => {
	assert.deepEqual(Object.keys(texts), TEXTS);
	const places = (s) => [...new Set(s.match(/\{\w+\}/g) ?? [])].sort().join();
	for (const [key, said] of Object.entries(texts)) {
		assert.deepEqual(Object.keys(said), ['nb', 'sv', 'da', 'en'], key);
		for (const language of Object.values(said)) {
			const forms = [language].flat(), norwegian = [said.nb].flat();
			assert.equal(forms.length, norwegian.length, key);
			assert.ok(forms.every((form) => form?.length > 0), key);
			if (!key.startsWith('outcome.')) /* "them" needs no name */
				assert.equal(places(forms.at(-1)), places(norwegian.at(-1)), key);
		}
	}
	const dir = new URL('..', import.meta.url);
	const code = readdirSync(dir).filter((f) => /^desk.*\.js$/.test(f) && f !== 'desk-texts.js')
		.map((f) => readFileSync(new URL(f, dir), 'utf8')).join('\n');
	const used = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1]);
	for (const key of used)
		assert.ok(TEXTS.includes(key), `${key} is used and not listed`);
	const stems = [...code.matchAll(/\bt\(\s*`([^`$]*)\$\{/g)].map((m) => m[1]).filter(Boolean);
	const quoted = new Set([...code.matchAll(/'([\w.-]+)'/g)].map((m) => m[1]));
	for (const key of TEXTS) {
		const known = quoted.has(key) || stems.some((stem) => key.startsWith(stem)) ||
			/\.(title|text)$/.test(key) && quoted.has(key.replace(/\.\w+$/, ''));
		assert.ok(known, `${key} is listed and not used`);
	}
});
