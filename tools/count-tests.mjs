#!/usr/bin/env node
// count-tests FILE...: adds up the tests of JUnit files (*.xml, from meson) and TAP files (*.tap, from
// node and the fuzzers) and prints "N passed, N failed" as its last line. A skipped test did not
// pass, so it counts as failed. Exits 1 when anything failed, or when nothing ran at all.
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

let passed = 0, failed = 0;
for (const file of process.argv.slice(2)) {
	const text = readFileSync(file, 'utf8');
	const count = file.endsWith('.xml') ? countJunit(text) : countTap(text);
	if (count.passed + count.failed === 0)
		count.failed = 1; // a suite that ran nothing has not passed
	console.log(`${file}: ${count.passed} passed, ${count.failed} failed`);
	passed += count.passed;
	failed += count.failed;
}
if (process.env.SUITE_FAILED === '1' && failed === 0)
	failed = 1; // a suite that passed each test and then crashed, leaked or hung
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
