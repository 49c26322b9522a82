// Messages by SMS, through both programs as they are: quiet hours, the gateway's no and not-now, its reports, and the mail
// that goes instead. MAKKER_BIN names the build folder. The gateway is tools/demo/gateway.mjs: no provider's can be had here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { register } from '../../tools/demo/doors.mjs';
import { report } from '../../tools/demo/gateway.mjs';
import { Visitor, wordsOf } from '../../tools/demo/visitor.mjs';
import { signIn } from '../histories/gate.mjs';
import { PASSPHRASE, TITLE, build } from './town.mjs';
import { World, until } from './world.mjs';

const happens = async ({ world, leader, affected }, severity) => {
	const boss = await signIn(world.duty, leader.email, PASSPHRASE);
	await register(world.duty, boss, { kind: 1, severity, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
		numbers: Object.values(affected).map((p) => p.number) });
	await world.clock('+1m');
};

/** What the leader reads of her newest incident. */
async function leaderReads(world, leader) {
	const boss = await signIn(world.duty, leader.email, PASSPHRASE);
	const list = await boss.get(`${world.duty}/incidents`);
	return wordsOf((await boss.get(world.duty + /href="(\/incidents\/[\w-]{22})"/.exec(list.text)[1])).text);
}

const everybody = ({ affected }) => Object.values(affected);

test('what can wait goes by SMS in the morning; what fails goes by mail, and only who fails both ways is left', { timeout: 300000 }, async () => {
	const town = await build('nb', { sms: ({ affected }) => ({ refuse: [affected.other.phone], defer: [affected.later.phone] }) });
	const { world, affected } = town, texts = (p) => world.textsTo(p.phone), mails = (p) => world.mailsTo(p.email).length;
	try {
		await happens(town, 0);
		await world.clock('+8h'); // 06:41
		assert.equal(world.gateway.tries.length, 0, 'nobody is woken');
		assert.equal(everybody(town).filter((p) => p.email && mails(p)).length, 0);
		await world.clock('+25m');
		await world.clock('+1h');
		assert.deepEqual(everybody(town).map((p) => texts(p).length), [1, 0, 1, 1, 1, 1, 1]);
		const tries = world.gateway.tries.filter((t) => t.to === affected.later.phone);
		assert.equal(tries.length, 2, 'a deferred one goes again');
		assert.equal(tries[0].key, tries[1].key, 'under the same number');
		assert.equal(mails(affected.other), 1, 'refused by the gateway: by mail at once');

		const sms = texts(affected.call)[0];
		assert.match(sms.text, /^Hei, en kollega har en kort melding til deg\./);
		assert.equal((await new Visitor().get(World.linkIn(sms))).status, 200);
		assert.match(await leaderReads(world, town.leader), /Tilbudt til 7 av 7/);

		assert.equal(await report(sms, 'failed'), 200);
		assert.equal(await report(texts(affected.none)[0], 'sent'), 200);
		assert.equal(await report(texts(affected.none)[0], 'delivered'), 200);
		assert.equal(await report(texts(affected.silent)[0], 'failed'), 200);
		assert.equal(await report(texts(affected.refused)[0], 'failed'), 200);
		await world.clock('+1m');
		await until(() => mails(affected.call) === 1, { why: 'the mail that goes instead' });
		await world.clock('+1m');
		const read = await leaderReads(world, town.leader);
		assert.match(read, /Tilbudt til 5 av 7/);
		assert.match(read, /Mehmet/);
		assert.match(read, /Runa/);

		await world.clock('+4h');
		assert.equal(mails(affected.bounced), 1, 'no report has come: a mail too');
		assert.equal(mails(affected.none), 0, 'a phone has it');
		assert.equal(mails(affected.call), 1);
	} finally {
		await world.stop();
	}
});

test('after something serious the night brings mail, and an SMS in the morning only where there is no address', { timeout: 300000 }, async () => {
	const town = await build('nb', { sms: () => ({}) }), { world, affected } = town;
	try {
		await happens(town, 2);
		assert.equal(world.mailsTo(affected.call.email).length, 1);
		assert.equal(world.gateway.tries.length, 0);
		await world.clock('+9h');
		assert.deepEqual(world.gateway.texts.map((t) => t.to).sort(), [affected.silent.phone, affected.refused.phone].sort());
	} finally {
		await world.stop();
	}
});

test('a report tells nobody anything: known, unknown and garbage look alike, and another address is nowhere', { timeout: 300000 }, async () => {
	const town = await build('nb', { sms: () => ({}) }), { world, affected } = town;
	try {
		await happens(town, 0);
		await world.clock('+9h');
		const known = world.textsTo(affected.call.phone)[0];
		const asked = (path, body = 'status=delivered', type = 'application/x-www-form-urlencoded') =>
			new Visitor().request(`${world.haven}${path}`, { method: 'POST', body, headers: { 'content-type': type } });
		const path = new URL(known.report).pathname, [, , secret] = path.split('/');
		const seen = (r) => JSON.stringify([r.status, r.text, Object.entries(r.headers).filter(([k]) => k !== 'date').sort()]);
		const first = await asked(path);
		assert.equal(first.status, 200);
		for (const other of [path, `/sms/${secret}/${'0'.repeat(32)}`, `/sms/${secret}/x`, `/sms/${secret}`])
			assert.equal(seen(await asked(other)), seen(first), other);
		assert.equal(seen(await asked(path, 'status=nonsense')), seen(first));
		assert.equal(seen(await asked(path, '')), seen(first));
		assert.equal((await asked(`/sms/${'A'.repeat(22)}/${'0'.repeat(32)}`)).status, 404);
		assert.equal((await asked('/sms/x')).status, 404);
		assert.match(await world.makker('sms'), new RegExp(`at http\\S+/sms/${secret}\n`));
		assert.ok(!world.log.includes(secret) && !world.log.includes(affected.call.phone.slice(3)));
	} finally {
		await world.stop();
	}
});
