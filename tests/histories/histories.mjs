// The two-histories test (docs/protocol.md § 10), H0–H3: whatever the affected do, the employer's disk, log, mail, monitoring,
// backup and pages are the same, byte for byte, at the end of each hour.
//
//   HISTORIES_BIN=BUILD/tests/histories node --test-reporter=tap histories.mjs --days 30
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { run } from './run.mjs';

const { values } = parseArgs({ options: { days: { type: 'string' }, store: { type: 'string', default: 'sqlite' } } });
const bin = process.env.HISTORIES_BIN;
const binaries = { duty: join(bin, 'histories-duty'), haven: join(bin, 'histories-haven'), dump: join(bin, 'histories-dump') };
const note = (text) => process.env.HISTORIES_NOTES && console.error(text);

/* Pages that a role may enter and that cannot be reached by going there, with the reason. */
const NOT_WALKED = new Map([
	['/s/desk/keys', 'her own: her vault, sealed anew at each unlocking'],
	['/s/desk/data', 'her own; each look is one entry of the audit log, and the desks look in every history alike'],
	['/s/ring/{hour}', 'sealed slots: what the dump shows as length only'],
]);

let lived;
const whole = () => lived ?? assert.fail('the histories were not lived to their end');

test(`nobody, no thanks, call me, somebody else: ${values.days} days are the same to whoever looks`, async () => {
	lived = await run({ binaries, days: Number(values.days), store: values.store, note });
});

test('the histories differed: desks read what was answered', () => {
	const kinds = Object.fromEntries(whole().map((l) => [l.name, new Set(l.heard)]));
	assert.deepEqual([...kinds.H0], []);
	assert.deepEqual([...kinds.H1], ['none']);
	assert.deepEqual([...kinds.H2], ['call']);
	assert.deepEqual([...kinds.H3].sort(), ['later', 'other']);
});

test('mail went out', () => assert.ok(whole()[0].mails > 3, `${lived[0].mails} mails`));

test('every page that a role may enter was compared', () => {
	const missed = Object.entries(whole()[0].missed).flatMap(([who, paths]) => paths.map((p) => `${who}: ${p}`));
	assert.deepEqual(missed.filter((m) => !NOT_WALKED.has(m.split(': ')[1])), []);
});

test('the logs hold no link and no address', () => {
	for (const { logs } of whole())
		assert.doesNotMatch(logs.duty + logs.haven, /\/h\/o\/|@|127\.0\.0\.\d/);
});
