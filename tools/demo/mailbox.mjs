// The mail server of the demonstration and of the tests: takes every mail by SMTP, sends none on, and shows it on
// a page of this machine, beside the SMS that a gateway of ours takes where one is asked for.
//
//   node mailbox.mjs [--port N] [--smtp-port N] [--sms-port N] [--refuse ADDRESS]... [--defer ADDRESS]... [--bounce ADDRESS]...
//                    [--bounce-command COMMAND] [--bounce-after MILLISECONDS]
//
// Port 0 takes a free one; both are printed as "mailbox: page PORT, smtp PORT". --refuse answers 550 to the
// recipient; --defer 451 after the whole mail the first time, and accepts after; --bounce accepts, and later pipes a delivery report to
// COMMAND (split at spaces, no shell), with the mail's envelope sender as last argument, as a mail server's pipe
// would. GET / is the page, GET /mails the same as JSON, DELETE /mails empties it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { SMTPServer } from 'smtp-server';
import { report, startGateway } from './gateway.mjs';
import { readMail } from './mime.mjs';

const MOST_MAILS = 5000;
const MOST_BYTES = 1_000_000;

function refusal(code, text) {
	return Object.assign(new Error(text), { responseCode: code });
}

const messageIdOf = (raw) => /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? '';

/** RFC 3464: what a server sends back when it finds out late. */
export function deliveryReport(mail, recipient) {
	const messageId = messageIdOf(mail.raw);
	return ['From: MAILER-DAEMON@mail.example', `To: ${mail.from}`, 'Subject: Undelivered Mail Returned to Sender',
		'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary="report"', '',
		'--report', 'Content-Type: text/plain; charset=us-ascii', '', 'The mail could not be delivered.', '',
		'--report', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mail.example', '',
		`Final-Recipient: rfc822; ${recipient}`, 'Action: failed', 'Status: 5.1.1',
		'Diagnostic-Code: smtp; 550 5.1.1 no such user', '',
		'--report', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${messageId}`, '', '--report--', ''].join('\r\n');
}

function sendBack(options, mail, recipient) {
	const [program, ...words] = options.bounceCommand.split(' ').filter(Boolean);
	const child = spawn(program, [...words, mail.from], { stdio: ['pipe', 'inherit', 'inherit'] });
	child.on('error', (error) => console.error(`mailbox: ${error.message}`));
	child.on('exit', (code) => code && console.error(`mailbox: ${program} left with ${code}`));
	child.stdin.on('error', () => {});
	child.stdin.end(deliveryReport(mail, recipient));
}

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Text with its http(s) links clickable; everything escaped. */
export function withLinks(text) {
	return text.split(/(https?:\/\/[^\s<>"')\]]+)/).map((part, i) =>
		i % 2 ? `<a href="${escape(part)}">${escape(part)}</a>` : escape(part)).join('');
}

export function page(mails, texts = []) {
	const all = [
		...mails.map((m) => ({ at: m.at, head: m.subject || '(no subject)', to: m.to.join(', '), from: m.headerFrom, text: m.text })),
		...texts.map((t) => ({ at: t.at, head: 'SMS', to: t.to, from: t.from || 'the gateway', text: t.text })),
	].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
	const list = all.map((m) => `<article><h2>${escape(m.head)}</h2>
<p>to <b>${escape(m.to)}</b> · from ${escape(m.from)} · ${escape(m.at)}</p>
<pre>${withLinks(m.text)}</pre></article>`).join('\n');
	return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail being sent</title><link rel="stylesheet" href="/style.css">
<h1>Mail being sent</h1><p>Nothing leaves this machine. Newest first; ${all.length} in all, SMS included. Reload to see more.</p>
${list}</html>`;
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
article{border-top:1px solid #aaa;padding:.5rem 0}h2{font-size:1.1rem;margin:.5rem 0 0}p{margin:.2rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:#f4f4f0;padding:.75rem}`;

function answer(mails, texts, request, response) {
	const send = (status, type, body) => {
		response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; style-src 'self'", 'referrer-policy': 'no-referrer' });
		response.end(body);
	};
	// A page of somebody else in the same browser must not read the mails by a name of its own.
	if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? ''))
		send(421, 'text/plain', 'this is localhost only\n');
	else if (request.method === 'DELETE' && request.url === '/mails') {
		mails.length = 0;
		send(200, 'application/json', '[]');
	} else if (request.method !== 'GET')
		send(405, 'text/plain', 'no\n');
	else if (request.url === '/mails')
		send(200, 'application/json', JSON.stringify(mails));
	else if (request.url === '/style.css')
		send(200, 'text/css', style);
	else if (request.url === '/')
		send(200, 'text/html; charset=utf-8', page(mails, texts));
	else
		send(404, 'text/plain', 'not here\n');
}

/** Starts both servers; resolves to { mails (newest first), attempts (oldest first: every mail that came whole, taken or
    deferred), senders (session → the sender it named last, of every connection that is open), mood, port, smtpPort, close() }. `mood` may be set to 'away' (nobody is let in) or 'full' (nobody's mail is taken now)
    and back to null. judge(address): 'refuse' and 'defer' are said to this recipient now, whatever the lists say. took(mail): each one
    that was taken. most: how many are kept. */
export async function startMailbox(options = {}) {
	const { port = 0, smtpPort = 0, refuse = [], defer = [], bounce = [], bounceAfter = 1000, most = MOST_MAILS, judge, took } = options;
	const lower = (list) => new Set(list.map((a) => a.toLowerCase()));
	const refused = lower(refuse), deferred = lower(defer), bounced = lower(bounce);
	const mails = [], attempts = [], timers = new Set();
	const senders = new Map();
	const box = { mails, attempts, senders, mood: null };
	const attempt = (raw, to, result) => attempts.push({ to, result, messageId: messageIdOf(raw.toString('latin1')) });
	const smtp = new SMTPServer({
		authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, size: MOST_BYTES,
		banner: 'the demonstration', closeTimeout: 1000, logger: false,
		onConnect(session, done) {
			done(box.mood === 'away' ? refusal(421, '4.3.2 not now') : null);
		},
		onMailFrom(address, session, done) {
			senders.set(session.id, address.address);
			done();
		},
		onClose(session) {
			senders.delete(session.id);
		},
		onRcptTo(address, session, done) {
			const to = address.address.toLowerCase(), judged = judge?.(to);
			if (box.mood === 'full')
				return done(refusal(452, '4.3.1 no room now'));
			if (refused.has(to) || judged === 'refuse')
				return done(refusal(550, '5.1.1 no such user'));
			if (judged === 'defer')
				return done(refusal(451, '4.2.0 this one later'));
			done();
		},
		onData(stream, session, done) {
			const parts = [];
			stream.on('data', (part) => parts.push(part));
			stream.on('error', done);
			stream.on('end', () => {
				if (stream.sizeExceeded)
					return done(refusal(552, 'too long'));
				const raw = Buffer.concat(parts);
				const to = session.envelope.rcptTo.map((r) => r.address);
				const later = to.find((a) => deferred.delete(a.toLowerCase()));
				to.forEach((a) => attempt(raw, a, later ? 'deferred' : 'taken'));
				if (later)
					return done(refusal(451, '4.3.0 try again later'));
				const mail = { at: new Date().toISOString(), session: session.id, from: session.envelope.mailFrom.address || '', to,
					...readMail(raw), raw: raw.toString('latin1') };
				mails.unshift(mail);
				mails.length = Math.min(mails.length, most);
				took?.(mail);
				done(null, 'taken');
				for (const one of to.filter((a) => bounced.has(a.toLowerCase()) && options.bounceCommand)) {
					const timer = setTimeout(() => {
						timers.delete(timer);
						sendBack(options, mail, one);
					}, bounceAfter);
					timers.add(timer);
				}
			});
		},
	});
	smtp.on('error', (error) => console.error(`mailbox: ${error.message}`));
	const web = createServer((request, response) => answer(mails, options.texts ?? [], request, response));
	const listening = (server, at) => new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(at, '127.0.0.1', resolve);
	});
	await listening(web, port);
	await new Promise((resolve, reject) => {
		smtp.server.once('error', reject);
		smtp.listen(smtpPort, '127.0.0.1', resolve);
	});
	return Object.assign(box, {
		port: web.address().port, smtpPort: smtp.server.address().port,
		async close() {
			timers.forEach(clearTimeout);
			web.closeAllConnections();
			await Promise.all([new Promise((r) => web.close(r)), new Promise((r) => smtp.close(r))]);
		},
	});
}

function readOptions(words) {
	const options = { port: 8302, smtpPort: 8303, smsPort: null, refuse: [], defer: [], bounce: [] };
	while (words.length > 0) {
		const name = words.shift().replace(/^--/, '').replace(/-(.)/g, (_, c) => c.toUpperCase());
		const value = words.shift();
		if (value === undefined || !['port', 'smtpPort', 'smsPort', 'refuse', 'defer', 'bounce', 'bounceCommand', 'bounceAfter'].includes(name))
			throw new Error(`unknown option or no value: ${name}`);
		if (Array.isArray(options[name]))
			options[name].push(value);
		else
			options[name] = /^\d+$/.test(value) ? Number(value) : value;
	}
	return options;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const options = readOptions(process.argv.slice(2));
	/* Every phone of the demonstration is reached, a second later. */
	const took = (text) => setTimeout(() => report(text, 'delivered').catch(() => {}), 1000);
	const gateway = options.smsPort === null ? null : await startGateway({ port: options.smsPort, took });
	const box = await startMailbox({ ...options, texts: gateway?.texts });
	console.log(`mailbox: page ${box.port}, smtp ${box.smtpPort}${gateway ? `, sms ${gateway.port}` : ''}`);
	for (const signal of ['SIGTERM', 'SIGINT'])
		process.on(signal, () => Promise.all([box.close(), gateway?.close()]).then(() => process.exit(0)));
}
