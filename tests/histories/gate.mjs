// gate.mjs: signing in, up to the redirect that says it was done. Where it leads is not looked at: each role has its own page.
import { Visitor, filled, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';

async function send(visitor, page, values) {
	const form = formsOf(page.text, page.url).find((f) => Object.keys(values).every((name) => f.fields.some((x) => x.name === name)));
	if (!form)
		throw new Error(`${page.url} does not ask for ${Object.keys(values).join(' and ')}: ${wordsOf(page.text).slice(0, 300)}`);
	const reply = await visitor.request(form.action, { method: 'POST', body: filled(form, values),
		headers: { 'content-type': 'application/x-www-form-urlencoded' } });
	if (reply.status !== 303)
		throw new Error(`POST ${form.action}: ${reply.status} ${wordsOf(reply.text).slice(0, 300)}`);
	return visitor;
}

/** Behind a one-time link: the passphrase is chosen. → signed in. */
export async function welcome(link, passphrase, address) {
	const visitor = new Visitor({ machine: address });
	const page = await visitor.get(link);
	const names = formsOf(page.text, page.url).flatMap((f) => f.fields).filter((f) => f.kind === 'password').map((f) => f.name);
	return send(visitor, page, Object.fromEntries(names.map((name) => [name, passphrase])));
}

/** base: the address before "/sign-in". */
export async function signIn(base, email, passphrase, address) {
	const visitor = new Visitor({ machine: address });
	return send(visitor, await visitor.get(`${base}/sign-in`), { email, passphrase });
}
