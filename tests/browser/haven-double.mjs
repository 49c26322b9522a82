/* haven-double.mjs: a server that speaks client/README.md and remembers what it was told, so that the built client can be tried
   in a real browser under the real Content-Security-Policy. Tests set `state` and read it back. Loopback only. */

import '../../client/node/crypto.js';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { RULE, texts } from '../../client/node/texts.js';

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; " +
	"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

export const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
const escape = (s) => String(s).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const layout = (lang, title, body) => `<!doctype html><html lang="${lang}" data-color-scheme="auto"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/assets/haven.css"></head><body data-side="haven">
<header class="mk-top"><div class="mk-wrap"><nav class="mk-nav" aria-label="Side"><button type="button" class="ds-button" data-lock hidden>Lås</button>
<a data-exit href="/elsewhere">Forlat siden</a></nav></div></header><main id="main" class="mk-main mk-wrap">${body}</main></body></html>`;

function offerPage(o) {
	const fails = ['offline', 'busy', 'server', 'refused', 'key', 'phone', 'to', 'long']
		.map((f) => `<p class="ds-validation-message" data-fail="${f}" role="alert" hidden>fail ${f}</p>`).join('');
	const kinds = ['call', 'other', 'later', 'none'];
	return layout('nb', 'En melding til deg', `<h1 class="mk-voice">Kari ringer deg</h1>
<form id="offer" class="mk-stack" method="post" action="/h/o/x" data-ring="/h/ring" data-inst="${o.inst}" data-door="${o.door}" data-ref="${o.ref}"
data-rel="${o.rel}" data-keys="${escape(JSON.stringify(o.keys))}"${o.lasts ? ` data-lasts="${o.lasts}"` : ''}>
<fieldset class="ds-fieldset"><legend>Hva passer?</legend>${kinds.map((k, i) => `<div class="ds-field"><input class="ds-input" type="radio" name="kind"
id="k-${k}" value="${k}"${i ? '' : ' checked'}><label class="ds-label" for="k-${k}">${k}</label></div>`).join('')}</fieldset>
<label for="phone">Telefon</label><input class="ds-input" id="phone" name="phone">
<label for="when">Når</label><select class="ds-input" id="when" name="when"><option value="">Når som helst</option><option value="evening">Kveld</option></select>
<label for="to">Hvem</label><select class="ds-input" id="to" name="to"><option value="">–</option>${o.keys.filter((k) => k.pos === 3)
		.map((k) => `<option value="${k.id}">${k.id}</option>`).join('')}</select>
<input type="hidden" name="name" value="Ingrid"><label for="note">Noe mer</label><textarea class="ds-input" id="note" name="note"></textarea>
<p data-js="off">server sees</p><p data-js="on" hidden>locked in your browser</p>${fails}<p data-wait role="status" hidden>wait</p>
<div><button class="ds-button" type="submit">Send svaret</button></div></form>
${kinds.map((k) => `<section data-thanks="${k}" tabindex="-1" hidden><h2>thanks ${k}</h2></section>`).join('')}
<script type="module" src="/assets/offer.js"></script>`);
}

function deskPage(lang) {
	return layout(lang, 'Pulten', `<div id="desk" data-base="/s" data-csrf="csrf-1" data-argon="/assets/argon-worker.js"
data-ring-worker="/assets/ring-worker.js" data-signin="/s/sign-in"></div>
<template id="texts">${Object.entries(texts).flatMap(([k, v]) => [v[lang]].flat().map((form, i, forms) =>
		`<p data-t="${k}"${forms.length > 1 && i === 0 ? ` data-rule="${RULE}"` : ''}>${escape(form)}</p>`)).join('')}</template>
<script type="module" src="/assets/desk.js"></script>`);
}

/* → { url, state, holdVault, close }. holdVault(): vaults that arrive wait until the function it gives back is called. */
export async function startDouble(assets) {
	const supporter = randomBytes(16);
	const state = {
		inst: randomBytes(16), supporter, name: 'Kari Nes', keylog: [], wraps: [], vault: null, tasks: [], ring: { from: 100, to: 101 },
		today: '2026-11-18', hours: new Map(), offer: null, lang: 'nb',
		posts: [], ringReply: () => ({ status: 204 }), seen: [], outcomes: [], passed: [], vaultWrites: 0, cookies: [], problems: [],
		dataFetches: 0, restored: null, signedOut: false, asked: [], broken: null,
	};
	const keysJson = () => ({
		inst: b64u(state.inst), supporter: { id: b64u(supporter), name: state.name }, today: state.today, wraps: state.wraps.map(b64u),
		restored: state.restored, vault: state.vault && { blob: b64u(state.vault), h: sha(state.vault) }, keylog: state.keylog.map(b64u),
	});
	const routes = {
		'GET /offer': () => ({ type: 'text/html; charset=utf-8', body: offerPage({ ...state.offer, lasts: state.lasts }), headers: { 'Referrer-Policy': 'no-referrer' } }),
		'GET /desk': () => ({ type: 'text/html; charset=utf-8', body: deskPage(state.lang), headers: { 'Set-Cookie': 'session=1; Path=/' } }),
		'GET /elsewhere': () => ({ type: 'text/html', body: '<!doctype html><title>elsewhere</title>' }),
		'POST /h/ring': ({ body, headers }) => {
			state.posts.push(body);
			state.cookies.push(headers.cookie ?? '');
			return state.ringReply(body, state.posts.length);
		},
		'GET /s/desk/keys': () => ({ json: keysJson() }),
		'GET /s/desk/data': () => {
			state.dataFetches++;
			return { json: { today: state.today, ring: state.ring, tasks: state.tasks } };
		},
		'POST /s/keys': ({ json }) => {
			const prev = state.keylog.length ? sha(state.keylog.at(-1)) : '00'.repeat(32);
			const entry = Buffer.from(json.entry, 'base64url');
			if (state.keylog.some((e) => e.subarray(44, 60).equals(entry.subarray(44, 60))))
				return { status: 409 }; /* she has keys, whatever the entry says */
			if (entry.readUInt32BE(8) !== state.keylog.length || entry.subarray(12, 44).toString('hex') !== prev)
				return { status: 409 };
			state.keylog.push(entry);
			state.wraps.push(...json.wraps.map((w) => Buffer.from(w, 'base64url')));
			state.vault = Buffer.from(json.vault, 'base64url');
			return { status: 201 };
		},
		'POST /s/wraps': ({ json }) => {
			const kept = state.wraps.filter((w) => sha(w) !== json.replaces);
			if (kept.length >= 16)
				return { status: 409 };
			state.wraps = kept;
			state.wraps.push(Buffer.from(json.add, 'base64url'));
			return { status: 204 };
		},
		'POST /s/pairing/take': () => ({ json: { wrap: null } }),
		'POST /s/wraps/remove': ({ json }) => {
			if (!state.wraps.some((w) => sha(w) === json.remove))
				return { status: 404 };
			if (state.wraps.length < 2)
				return { status: 409 };
			state.wraps = state.wraps.filter((w) => sha(w) !== json.remove);
			return { status: 204 };
		},
		'POST /s/vault': ({ body, headers }) => {
			if (headers['if-match'] !== `"${sha(state.vault)}"`)
				return { status: 412, type: 'application/octet-stream', body: state.vault };
			state.vault = body;
			state.vaultWrites++;
			return { status: 204 };
		},
		'POST /s/tasks/seen': ({ json }) => (state.seen.push(json.tasks), { status: 204 }),
		'POST /s/tasks/outcomes': ({ json }) => (state.outcomes.push(json.outcomes), { status: 204 }),
	};
	const answer = (req, body) => {
		const path = req.url.split('?')[0];
		if (path.startsWith('/assets/')) {
			const name = path.slice(8);
			if (name === state.broken)
				return { status: 503 };
			return { type: name.endsWith('.css') ? 'text/css' : 'text/javascript', body: readFileSync(join(assets, name)) };
		}
		if (path.startsWith('/s/')) {
			state.asked.push(`${req.method} ${path}`);
			if (state.signedOut)
				return { status: 401 };
			if (req.method !== 'GET' && req.headers['makker-csrf'] !== 'csrf-1')
				state.problems.push(`no csrf token on ${path}`);
			if (!req.headers.cookie)
				state.problems.push(`no session on ${path}`);
		}
		const hour = path.match(/^\/s\/ring\/(\d+)$/);
		if (hour)
			return { type: 'application/octet-stream', body: state.hours.get(+hour[1]) ?? Buffer.alloc(0) };
		const pass = path.match(/^\/s\/tasks\/([^/]+)\/pass-on$/);
		if (pass) {
			state.passed.push(pass[1]);
			state.tasks = state.tasks.filter((t) => t.id !== pass[1]);
			return { status: 204 };
		}
		const route = routes[`${req.method} ${path}`];
		if (!route)
			return { status: path === '/favicon.ico' ? 204 : 404 };
		const json = req.headers['content-type'] === 'application/json' ? JSON.parse(body) : null;
		return route({ body, json, headers: req.headers });
	};
	let held = null;
	const server = createServer(async (req, res) => {
		const parts = [];
		for await (const part of req)
			parts.push(part);
		if (req.url === '/s/vault')
			await held;
		const { status = 200, json, headers = {}, ...rest } = answer(req, Buffer.concat(parts));
		const type = json ? 'application/json' : rest.type;
		res.writeHead(status, { 'Content-Security-Policy': CSP, 'Cache-Control': 'no-store', ...(type && { 'Content-Type': type }), ...headers });
		res.end(json ? JSON.stringify(json) : rest.body);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`, state,
		holdVault() {
			let goOn;
			held = new Promise((resolve) => { goOn = resolve; });
			return goOn;
		},
		close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
	};
}
