// Returned mail read from a mailbox, by both programs that share it, from a real IMAP and POP3 server and from a Maildir.
// MAKKER_BIN names the build folder; runs as root, as the server must (./dev test).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { register } from '../../tools/demo/doors.mjs';
import { deliveryReport } from '../../tools/demo/mailbox.mjs';
import { wordsOf } from '../../tools/demo/visitor.mjs';
import { PASSPHRASE, TITLE, build } from '../browser/town.mjs';
import { signIn } from '../histories/gate.mjs';
import { MailServer, USER } from './mailserver.mjs';

const LUNCH = 'From: anna@bjorkli.example\r\nTo: returned@bjorkli.example\r\nSubject: lunsj\r\n\r\nElleve?\r\n';
const HUGE = `From: x@y.example\r\nTo: b-${'0'.repeat(32)}@bounce.bjorkli.example\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(20000)}`;

async function leaderReads({ world, leader }) {
	const boss = await signIn(world.duty, leader.email, PASSPHRASE);
	const list = await boss.get(`${world.duty}/incidents`);
	return wordsOf((await boss.get(world.duty + /href="(\/incidents\/[\w-]{22})"/.exec(list.text)[1])).text);
}

for (const how of ['imaps', 'pop3s'])
	test(`a mail that came back is read from the mailbox and goes, and nothing else does (${how})`, { timeout: 300000 }, async () => {
		const server = await MailServer.start();
		const where = [`bounce_mailbox = ${how}://localhost:${server[how]}${how === 'imaps' ? '/INBOX' : ''}`, `bounce_user = ${USER}`,
			`bounce_password_file = ${server.home}/password`, `mail_ca = ${server.cert}`];
		writeFileSync(`${server.home}/password`, `${server.password}\n`);
		const town = await build('nb', { settings: where }).catch(async (error) => {
			await server.stop();
			throw error;
		});
		const { world, leader, affected } = town;
		try {
			const boss = await signIn(world.duty, leader.email, PASSPHRASE);
			await register(world.duty, boss, { kind: 1, severity: 1, date: '2026-11-18', clock: '22.10', unit: 'Akuttmottaket', sentence: TITLE,
				numbers: Object.values(affected).map((p) => p.number) });
			await world.clock('+1h');
			assert.match(await leaderReads(town), /Tilbudt til 5 av 7/);
			const mail = await world.mailTo(affected.bounced.email);
			server.put('1.lunch', LUNCH);
			server.put('2.huge', HUGE);
			server.put('3.bounce', deliveryReport(mail, affected.bounced.email));
			server.put('4.notice', `To: b-00@bounce.bjorkli.example\r\nFrom: ${affected.call.email}\r\nSubject: ute\r\n\r\nTilbake mandag\r\n`);
			for (let i = 0; i < 3; i++)
				await world.clock('+1m');
			const read = await leaderReads(town);
			assert.match(read, /Tilbudt til 4 av 7/, `${world.log.slice(-2000)}\n${server.log().slice(-2000)}`);
			assert.match(read, /Birk/);
			const left = server.messages();
			assert.equal(left.length, 3);
			assert.ok(!left.some((m) => m.includes('Action: failed')));
			assert.ok(!world.log.includes(affected.bounced.email) && !world.log.includes(mail.from));
		} finally {
			await world.stop();
			await server.stop();
		}
	});
