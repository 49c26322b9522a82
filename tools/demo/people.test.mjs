import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccounts, makePeople, makeSupporters, peopleCsv, supportersCsv } from './people.mjs';

const TODAY = '2026-11-18';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const people = makePeople();
const supporters = makeSupporters(people, TODAY);

/** A week as [from, to] in minutes after Monday 00:00. */
function windows(supporter) {
	return supporter.windows.split('; ').map((text) => {
		const [, day, h1, m1, h2, m2] = /^(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d)(?: standby)?$/.exec(text);
		const start = DAYS.indexOf(day) * 1440, from = start + h1 * 60 + Number(m1), to = start + h2 * 60 + Number(m2);
		return [from, to <= from ? to + 1440 : to];
	}).sort((a, b) => a[0] - b[0]);
}

test('the same people every time', () => {
	assert.equal(peopleCsv(makePeople()), peopleCsv(people));
	assert.equal(supportersCsv(makeSupporters(people, TODAY)), supportersCsv(supporters));
});

test('about 1,200 people in four levels, one in ten without e-mail, some protected', () => {
	assert.equal(people.length, 1200);
	assert.equal(Math.max(...people.map((p) => p.unit.split(' / ').length)), 4);
	assert.equal(new Set(people.map((p) => p.number)).size, 1200);
	const share = people.filter((p) => !p.email).length / 1200;
	assert.ok(share > 0.09 && share < 0.11, `${share} without e-mail`);
	const addresses = people.map((p) => p.email).filter(Boolean);
	assert.equal(new Set(addresses).size, addresses.length);
	assert.ok(addresses.every((a) => /^[a-z]+\.[a-z]+@fjordvik\.example$/.test(a)));
	assert.ok(people.every((p) => !p.phone || p.phone.startsWith('+47 00 00 ')));
	assert.ok(people.filter((p) => p.isProtected).length >= 3);
	assert.ok(people.filter((p) => p.lang === 'nb').length > 1000);
	assert.ok(people.some((p) => p.lang === 'sv') && people.some((p) => p.lang === 'en'));
});

test('every leader is in the file and has staff responsibility', () => {
	const byNumber = new Map(people.map((p) => [p.number, p]));
	for (const p of people.filter((one) => one.leader))
		assert.ok(byNumber.get(p.leader)?.staff, p.number);
	assert.equal(people.filter((p) => !p.leader).length, 1);
});

test('24 supporters, none with staff responsibility or another account; one lapsed, one full', () => {
	const accounts = makeAccounts(people);
	assert.equal(new Set(supporters.map((s) => s.person.number)).size, 24);
	assert.ok(supporters.every((s) => !s.person.staff && s.person.email && !accounts.some((a) => a.person === s.person)));
	assert.deepEqual(supporters.filter((s) => s.until < TODAY).map((s) => s.lapsed), [true]);
	assert.equal(supporters.filter((s) => s.isFull).length, 1);
	assert.ok(supporters.every((s) => s.interview < s.training && s.training < s.check && s.check < TODAY));
	assert.equal(new Set(accounts.map((a) => a.person.number)).size, 6);
});

test('somebody who may be sent covers every minute of the week, and everybody rests eleven hours', () => {
	const covered = new Set();
	for (const s of supporters) {
		const list = windows(s);
		list.forEach(([from, to], i) => {
			const next = i + 1 < list.length ? list[i + 1][0] : list[0][0] + 7 * 1440;
			assert.ok(next - to >= 11 * 60, `${s.windows}: ${next - to} minutes of rest`);
			for (let m = from; m < to && !s.lapsed && !s.isFull; m++)
				covered.add(m % (7 * 1440));
		});
	}
	assert.equal(covered.size, 7 * 1440);
});
