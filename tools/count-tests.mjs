#!/usr/bin/env node
// count-tests FILE...: adds up the tests of JUnit files (*.xml, from meson) and TAP files (*.tap, from
// node and the fuzzers) and prints "N passed, N failed" as its last line, and before it which tests failed and
// what they said: the end of a log is the part that is always kept. A skipped test did not pass, so it counts
// as failed. Exits 1 when anything failed, or when nothing ran at all.
import { readFileSync } from "node:fs";

/** One <testcase> a test; one that holds a failure, an error or a skip did not pass. */
function countJunit(text) {
	let passed = 0, failed = 0;
	for (const [, , body] of text.matchAll(/<testcase\b((?:"[^"]*"|'[^']*'|[^>"'])*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
		if (/<(failure|error|skipped)\b/.test(body ?? ''))
			failed++;
		else
			passed++;
	}
	return { passed, failed };
}

/** Node closes with "# pass N"; other TAP is counted by its top-level lines. */
function countTap(text) {
	const total = (word) => {
		const m = new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text);
		return m ? Number(m[1]) : 0;
	};
	if (/^# pass \d+$/m.test(text))
		return { passed: total('pass'), failed: total('fail') + total('cancelled') + total('skipped') + total('todo') };
	const lines = (re) => (text.match(re) ?? []).length;
	const failed = lines(/^not ok\b/gm) + lines(/^Bail out!/gm) + lines(/^ok\b.*# (skip|todo)\b/gim);
	return { passed: lines(/^ok\b/gm) - lines(/^ok\b.*# (skip|todo)\b/gim), failed };
}

const LINES_OF_EACH = 12, TOLD_AT_MOST = 20;

/** XML's text as it was before it was written so. */
function plain(text) {
	return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#10;/g, '\n').replace(/&amp;/g, '&');
}

/** What a suite wrote, without the lines of what went well. */
function said(text) {
	return plain(text).split('\n').filter((line) => line.trim() !== '' && !/^\s*(ok \d|1\.\.\d|TAP version)/.test(line)).slice(-LINES_OF_EACH);
}

/** The failed tests of meson's file: [name, lines]. Meson keeps what a test wrote with its suite. */
function failuresOfJunit(text) {
	return [...text.matchAll(/<testsuite\b[^>]*?\bname="([^"]*)"[^>]*>([\s\S]*?)<\/testsuite>/g)].flatMap(([, suite, body]) => {
		const names = [...body.matchAll(/<testcase\b[^>]*?\bname="([^"]*)"(?:[^>/]|\/(?!>))*>([\s\S]*?)<\/testcase>/g)]
			.filter(([, , inside]) => /<(failure|error|skipped)\b/.test(inside)).map(([, name]) => name);
		const wrote = [...body.matchAll(/<system-(?:out|err)>([\s\S]*?)<\/system-/g)].map(([, out]) => out).join('\n');
		return names.length > 0 ? [[plain(`${suite}: ${names.join(', ')}`), said(wrote)]] : [];
	});
}

/** The failed tests of a TAP file: its lines "not ok", each with the lines that belong to it. */
function failuresOfTap(text) {
	const lines = text.split('\n');
	return lines.flatMap((line, i) => {
		if (!/^\s*(not ok\b|Bail out!)/.test(line))
			return [];
		const rest = lines.slice(i + 1), end = rest.findIndex((next) => /^\s*((not )?ok\b|# Subtest|\.\.\.$)/.test(next));
		return [[line.trim(), rest.slice(0, end < 0 ? LINES_OF_EACH : Math.min(end, LINES_OF_EACH)).map((next) => next.trim())]];
	});
}

let passed = 0, failed = 0;
const failures = [];
for (const file of process.argv.slice(2)) {
	const text = readFileSync(file, 'utf8');
	const count = file.endsWith('.xml') ? countJunit(text) : countTap(text);
	if (count.passed + count.failed === 0)
		count.failed = 1; // a suite that ran nothing has not passed
	console.log(`${file}: ${count.passed} passed, ${count.failed} failed`);
	passed += count.passed;
	failed += count.failed;
	failures.push(...(file.endsWith('.xml') ? failuresOfJunit(text) : failuresOfTap(text)));
}
for (const [name, lines] of failures.slice(0, TOLD_AT_MOST))
	console.log([`failed: ${name}`, ...lines.map((line) => `    ${line}`)].join('\n'));
if (process.env.SUITE_FAILED === '1' && failed === 0)
	failed = 1; // a suite that passed each test and then crashed, leaked or hung
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
