import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, existsSync, writeFileSync, chmodSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import nodemailer from 'nodemailer';
import { startMailbox, page, withLinks } from './mailbox.mjs';
import { decodeHeader, readMail } from './mime.mjs';

/** Starts a mailbox for one test; `send` posts a mail to it as another mail program would. */
async function withMailbox(options, use) {
	const box = await startMailbox(options);
	const client = nodemailer.createTransport({ host: '127.0.0.1', port: box.smtpPort, ignoreTLS: true });
	const send = (to, more = {}) => client.sendMail({ from: 'a@sender.example', to, subject: 'Hei', text: 'tekst', ...more });
	try {
		await use(box, send);
	} finally {
		client.close();
		await box.close();
	}
}

/** One request by hand, since fetch would not let the Host be another. */
function get(port, path, host = `localhost:${port}`, method = 'GET') {
	return new Promise((resolve, reject) => {
		request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
			let body = '';
			response.setEncoding('utf8').on('data', (part) => (body += part))
				.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
		}).on('error', reject).end();
	});
}

test('a mail is taken and shown with subject, text and a link to click', () =>
	withMailbox({}, async (box, send) => {
		await send('kari@x.example', { subject: 'Kjære Åse – hører du?', text: 'Se http://haven.localhost:8300/o/abc?x=1&y=2\nÆØÅ' });
		const { body, headers } = await get(box.port, '/');
		assert.match(body, /Kjære Åse – hører du\?/);
		assert.match(body, /<a href="http:\/\/haven\.localhost:8300\/o\/abc\?x=1&#38;y=2">/);
		assert.match(body, /ÆØÅ/);
		assert.match(headers['content-security-policy'], /default-src 'none'/);
		const [mail] = JSON.parse((await get(box.port, '/mails')).body);
		assert.equal(mail.text.trim(), 'Se http://haven.localhost:8300/o/abc?x=1&y=2\nÆØÅ');
		assert.deepEqual(mail.to, ['kari@x.example']);
		assert.ok(mail.messageId.startsWith('<'));
	}));

test('of several parts the plain text is shown, and newest comes first', () =>
	withMailbox({}, async (box, send) => {
		await send('a@x.example', { text: 'plain', html: '<b>rich</b>' });
		await send('b@x.example', { text: 'second' });
		assert.deepEqual(box.mails.map((m) => m.text.trim()), ['second', 'plain']);
	}));

test('what a mail says stays text on the page', () => {
	const mail = { at: 'now', to: ['"<script>"@x'], headerFrom: '<i>', subject: '<img src=x onerror=1>', text: '"\'><script>&' };
	const html = page([mail]);
	assert.doesNotMatch(html, /<script|<img|<i>/);
	assert.equal(withLinks('javascript:alert(1) http://a/"onclick=1'), 'javascript:alert(1) <a href="http://a/">http://a/</a>&#34;onclick=1');
});

test('one is refused, one deferred once', () =>
	withMailbox({ refuse: ['Gone@x.example'], defer: ['busy@x.example'] }, async (box, send) => {
		await assert.rejects(send('gone@x.example'), (e) => e.responseCode === 550);
		await assert.rejects(send('busy@x.example'), (e) => e.responseCode === 451);
		await send('busy@x.example');
		await send('other@x.example');
		assert.deepEqual(box.mails.map((m) => m.to[0]), ['other@x.example', 'busy@x.example']);
	}));

test('one is taken and comes back later, piped to a command with the return address', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'makker-mailbox-'));
	const script = join(folder, 'bounce'), got = join(folder, 'got');
	writeFileSync(script, `#!/bin/sh\n{ echo "$1 $2"; cat; } >${got}.new && mv ${got}.new ${got}\n`);
	chmodSync(script, 0o755);
	try {
		await withMailbox({ bounce: ['late@x.example'], bounceAfter: 10, bounceCommand: `${script} word` }, async (box, send) => {
			await send('late@x.example', { envelope: { from: 'b-123@bounce.example', to: ['late@x.example'] } });
			for (let i = 0; i < 500 && !existsSync(got); i++)
				await new Promise((r) => setTimeout(r, 10));
			const text = readFileSync(got, 'utf8');
			assert.match(text, /^word b-123@bounce\.example\n/);
			assert.match(text, /Final-Recipient: rfc822; late@x\.example\r\nAction: failed\r\nStatus: 5\.1\.1/);
			assert.ok(text.includes(`Message-ID: ${box.mails[0].messageId}`));
		});
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('a page of another name in the same browser reads nothing', () =>
	withMailbox({}, async (box, send) => {
		await send('a@x.example');
		assert.equal((await get(box.port, '/mails', 'evil.example')).status, 421);
		assert.equal((await get(box.port, '/mails', `localhost:${box.port}`, 'POST')).status, 405);
		assert.equal((await get(box.port, '/mails', `localhost:${box.port}`, 'DELETE')).status, 200);
		assert.equal(box.mails.length, 0);
	}));

test('headings in other character sets, split between letters', () => {
	assert.equal(decodeHeader('=?UTF-8?Q?Kj=C3?= =?utf-8?Q?=A6re?= venn'), 'Kjære venn');
	assert.equal(decodeHeader('=?iso-8859-1?Q?=C5se?= =?utf-8?B?w7g=?='), 'Åseø');
	assert.equal(readMail(Buffer.from('Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nbody')).text, 'body');
	assert.equal(readMail(Buffer.from('')).text, '');
});

test('a space before a soft line break stays, and what a server put after it goes (RFC 2045 § 6.7)', () => {
	const body = 'ett sista =\r\nkort=20=\r\n meddelande=  \r\n, slut';
	assert.equal(readMail(Buffer.from(`Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${body}`)).text, 'ett sista kort  meddelande, slut');
});
