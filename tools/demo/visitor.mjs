// Somebody at a browser without a browser: keeps cookies, follows redirects, fills in the forms of a page by the names of
// their fields. For the demonstration and the tests; knows only the plain HTML that our templates write.
import http from 'node:http';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export function unescape(text) {
	return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, number, name) =>
		hex ? String.fromCodePoint(parseInt(hex, 16)) : number ? String.fromCodePoint(Number(number)) : ENTITIES[name] ?? all);
}

function attributes(tag) {
	const found = {};
	for (const [, name, , quoted, plain] of tag.matchAll(/\s([\w:-]+)(\s*=\s*(?:"([^"]*)"|([^\s">]+)))?/g))
		found[name.toLowerCase()] = unescape(quoted ?? plain ?? '');
	return found;
}

/** The words of a page, without its tags. */
export function wordsOf(html) {
	return unescape(html.replace(/<(script|style|template)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

/** Every form: { action, method, attributes, fields: [{ name, value, kind, checked, options }], buttons }. */
export function formsOf(html, base) {
	return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, inside]) => {
		const own = attributes(head), fields = [], buttons = [];
		for (const [, kind, rest, body] of inside.matchAll(/<(input|textarea|select|button)\b([^>]*)>(?:([\s\S]*?)<\/\1>)?/g)) {
			const a = attributes(rest);
			if (kind === 'button' && (a.type ?? 'submit') === 'submit')
				buttons.push({ name: a.name, value: a.value ?? '', words: wordsOf(body ?? ''), formaction: a.formaction });
			else if (kind === 'textarea')
				fields.push({ name: a.name, kind, value: unescape((body ?? '').replace(/^\n/, '')) });
			else if (kind === 'select') {
				const options = [...(body ?? '').matchAll(/<option\b([^>]*)>([^<]*)/g)].map(([, o, words]) =>
					({ ...attributes(o), words: unescape(words.trim()) })).map((o) => ({ value: o.value ?? o.words, words: o.words, selected: 'selected' in o }));
				fields.push({ name: a.name, kind, options, value: (options.find((o) => o.selected) ?? options[0])?.value ?? '' });
			} else if (kind === 'input' && a.type === 'submit')
				buttons.push({ name: a.name, value: a.value ?? '', words: a.value ?? '' });
			else if (kind === 'input')
				fields.push({ name: a.name, kind: a.type ?? 'text', value: a.value ?? (/^(checkbox|radio)$/.test(a.type) ? 'on' : ''), checked: 'checked' in a });
		}
		return { action: new URL(own.action ?? '', base).href, method: (own.method ?? 'get').toLowerCase(), attributes: own, fields, buttons };
	});
}

/** What a browser would send: every field as it stands, then the values given ({ name: text or list of texts }). */
export function filled(form, values = {}, button) {
	const pairs = [];
	for (const field of form.fields) {
		if (!field.name || field.name in values || field.kind === 'submit' || field.kind === 'button')
			continue;
		if (!/^(checkbox|radio)$/.test(field.kind) || field.checked)
			pairs.push([field.name, field.value]);
	}
	for (const [name, value] of Object.entries(values))
		for (const one of Array.isArray(value) ? value : [value]) {
			if (!form.fields.some((f) => f.name === name))
				throw new Error(`the form ${form.action} has no field "${name}": ${form.fields.map((f) => f.name).join(' ')}`);
			pairs.push([name, String(one)]);
		}
	if (button)
		pairs.push([button.name, button.value]);
	return new URLSearchParams(pairs).toString();
}

export class Visitor {
	#cookies = new Map();

	/** machine: the address at which every host is looked for. */
	constructor({ language = 'nb', machine = '127.0.0.1' } = {}) {
		this.language = language;
		this.machine = machine;
	}

	#cookiesFor(url) {
		return [...this.#cookies.values()].filter((c) => c.host === url.host && url.pathname.startsWith(c.path))
			.map((c) => `${c.name}=${c.value}`).join('; ');
	}

	/** What a cookie of this name holds; undefined: there is none. */
	cookie(name) {
		return [...this.#cookies.values()].find((c) => c.name === name)?.value;
	}

	#keep(url, lines) {
		for (const line of lines ?? []) {
			const [pair, ...rest] = line.split(/;\s*/);
			const at = pair.indexOf('='), name = pair.slice(0, at);
			const path = rest.find((r) => /^path=/i.test(r))?.slice(5) ?? '/';
			const gone = rest.some((r) => /^max-age=0$/i.test(r));
			if (gone)
				this.#cookies.delete(`${url.host} ${path} ${name}`);
			else
				this.#cookies.set(`${url.host} ${path} ${name}`, { host: url.host, path, name, value: pair.slice(at + 1) });
		}
	}

	/** One request, as it is: { status, headers, body (Buffer), text, url }. Every host is this machine. */
	request(address, { method = 'GET', headers = {}, body } = {}) {
		const url = new URL(address), cookies = this.#cookiesFor(url);
		return new Promise((resolve, reject) => {
			const request = http.request({
				host: this.machine, port: url.port, path: url.pathname + url.search, method, timeout: 30000,
				headers: { host: url.host, 'accept-language': this.language, accept: 'text/html,*/*', ...(cookies ? { cookie: cookies } : {}),
					...(method === 'GET' ? {} : { origin: url.origin, 'sec-fetch-site': 'same-origin', 'content-length': Buffer.byteLength(body ?? '') }),
					...headers },
			}, (response) => {
				const parts = [];
				response.on('data', (part) => parts.push(part));
				response.on('error', reject);
				response.on('end', () => {
					this.#keep(url, response.headers['set-cookie']);
					const whole = Buffer.concat(parts);
					resolve({ status: response.statusCode, headers: response.headers, body: whole, text: whole.toString('utf8'), url: url.href });
				});
			});
			request.on('timeout', () => request.destroy(new Error(`${method} ${url.pathname} took too long`)));
			request.on('error', reject);
			request.end(body);
		});
	}

	/** A page, with redirects followed. An answer above 399 throws, with what the page says. */
	async get(address, options) {
		let page = await this.request(address, options);
		for (let i = 0; i < 5 && page.status >= 300 && page.status < 400; i++)
			page = await this.request(new URL(page.headers.location, page.url).href);
		if (page.status >= 400)
			throw new Error(`${options?.method ?? 'GET'} ${page.url}: ${page.status} ${wordsOf(page.text).slice(0, 500)}`);
		return page;
	}

	/** Fills in the form of `page` that has all the fields of `values` (or the one that `which` takes), and sends it. */
	submit(page, values, { which = () => true, button } = {}) {
		const forms = formsOf(page.text, page.url);
		const form = forms.find((f) => which(f) && Object.keys(values).every((name) => f.fields.some((field) => field.name === name)));
		if (!form)
			throw new Error(`${page.url} has no form with ${Object.keys(values).join(' ')}; it has ${JSON.stringify(forms.map((f) => f.fields.map((x) => x.name)))}`);
		const pressed = button ? form.buttons.find(button) : form.buttons.find((b) => b.name);
		const body = filled(form, values, pressed?.name ? pressed : undefined);
		const to = new URL(pressed?.formaction ?? form.action, page.url).href;
		if (form.method === 'get')
			return this.get(`${to.split('?')[0]}?${body}`);
		return this.get(to, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
	}
}
