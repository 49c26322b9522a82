// A Dovecot of the test's own: IMAP and POP3 over TLS on this machine, a mailbox that is a Maildir, and nothing of the system's.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';

const NOBODY = 65534;
export const USER = 'returned', PASSWORD = 'kommer tilbake';

const answers = (port) => new Promise((resolve) => {
	const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
	socket.on('error', () => resolve(false));
});

export class MailServer {
	static async start() {
		const server = new MailServer();
		server.home = mkdtempSync(join(tmpdir(), 'makker-dovecot-'));
		chmodSync(server.home, 0o755);
		server.mail = join(server.home, 'mail');
		for (const folder of ['', 'new', 'cur', 'tmp']) {
			mkdirSync(join(server.mail, folder), { recursive: true });
			chownSync(join(server.mail, folder), NOBODY, NOBODY);
		}
		server.cert = join(server.home, 'cert.pem');
		const key = join(server.home, 'key.pem');
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3', '-subj', '/CN=localhost',
			'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', server.cert], { stdio: 'ignore' });
		[server.imaps, server.pop3s] = await freePorts(2);
		writeFileSync(join(server.home, 'dovecot.conf'), [
			`base_dir = ${server.home}/run`, `state_dir = ${server.home}/state`, `log_path = ${server.home}/log`, 'protocols = imap pop3', 'listen = 127.0.0.1',
			'ssl = required', `ssl_cert = <${server.cert}`, `ssl_key = <${key}`, `mail_location = maildir:${server.mail}`,
			`passdb {\n driver = static\n args = password=${PASSWORD.replaceAll(' ', '_')}\n}`,
			`userdb {\n driver = static\n args = uid=${NOBODY} gid=${NOBODY} home=${server.home}/mail\n}`, `first_valid_uid = ${NOBODY}`, `last_valid_uid = ${NOBODY}`,
			`service imap-login {\n inet_listener imap {\n port = 0\n }\n inet_listener imaps {\n port = ${server.imaps}\n ssl = yes\n }\n}`,
			`service pop3-login {\n inet_listener pop3 {\n port = 0\n }\n inet_listener pop3s {\n port = ${server.pop3s}\n ssl = yes\n }\n}`, ''].join('\n'));
		server.child = spawn('dovecot', ['-F', '-c', join(server.home, 'dovecot.conf')], { stdio: 'ignore' });
		server.gone = new Promise((resolve) => server.child.once('exit', resolve));
		for (let i = 0; i < 100 && !(await answers(server.imaps) && await answers(server.pop3s)); i++)
			await new Promise((resolve) => setTimeout(resolve, 100));
		return server;
	}

	get password() {
		return PASSWORD.replaceAll(' ', '_');
	}

	put(name, text) {
		const at = join(this.mail, 'new', name);
		writeFileSync(at, text);
		chownSync(at, NOBODY, NOBODY);
	}

	/** Texts of all messages that lie there. */
	messages() {
		return ['new', 'cur'].flatMap((f) => readdirSync(join(this.mail, f)).map((name) => readFileSync(join(this.mail, f, name), 'utf8')));
	}

	log() {
		return existsSync(join(this.home, 'log')) ? readFileSync(join(this.home, 'log'), 'utf8') : '';
	}

	async stop() {
		this.child.kill('SIGTERM');
		await this.gone;
		rmSync(this.home, { recursive: true, force: true });
	}
}
