// pages.mjs: every page that somebody who is signed in can GET, by following links as a person would, and a check against the
// programs' own tables of routes that none was passed over.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unescape } from '../../tools/demo/visitor.mjs';

const MOST = 400; /* pages of one person */

/* Bits of enum role, src/signin/signin.h, and of src/web/route.h. */
const ROLES = { leader: 1 << 0, safety: 1 << 1, admin: 1 << 2, supporter: 1 << 8, coordinator: 1 << 9 };
const SIGNED_IN = 1 << 30;

/* Pages that no link of a page leads to: asked for by scripts, or typed. */
const BESIDES = { duty: ['/', '/directory', '/directory/import', '/directory/import/people?what=new', '/directory/import/problems', '/directory/import/rows', '/directory/import/units', '/incidents', '/incidents/new', '/account', '/people/search?q=ann', '/there', '/reported', '/exposures/AAAAAAAAAAAAAAAAAAAAAA/same'], haven: ['/', '/s/desk', '/s/account', '/s/programme', '/s/home'] };

/* What a page's own script asks for. */
const beside = (path) => (/^\/incidents\/[\w-]{22}$/.test(path) ? [`${path}/state`] : []);

/* Not followed: they do something, or they are somebody's own. */
const LEAVE = [/\/sign-out/, /^\/h\/o\//, /^\/a\//];

const linksOf = (page) => [...page.text.matchAll(/\s(?:href|action|data-(?:poll|url|src|ring|base))="([^"]*)"/g)].map((m) => unescape(m[1]));

/** → { path: text of the answer }, of one signed-in visitor. `also`: more paths. */
export async function walk(visitor, base, program, also = []) {
	const seen = new Map(), queue = [...BESIDES[program], ...also];
	while (queue.length > 0 && seen.size < MOST) {
		const path = queue.shift();
		if (seen.has(path) || LEAVE.some((l) => l.test(path)))
			continue;
		const page = await visitor.request(`${base}${path}`);
		const headers = Object.entries(page.headers).filter(([name]) => !['date', 'server-timing'].includes(name));
		seen.set(path, `${page.status}\n${headers.map(([k, v]) => `${k}: ${v}`).join('\n')}\n\n${page.text}`);
		if (page.headers.location)
			queue.push(page.headers.location);
		if (!/^text\/html/.test(page.headers['content-type'] ?? ''))
			continue;
		for (const link of linksOf(page)) {
			let url;
			try {
				url = new URL(link, `${base}${path}`);
			} catch {
				continue;
			}
			if (url.origin === base)
				queue.push(url.pathname + url.search, ...beside(url.pathname));
		}
	}
	return Object.fromEntries(seen);
}

const matcher = (path) => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]*\}/g, '[^/]+')}$`);

/** The GET routes of a program: [{ path, may }], as the program itself wrote them at its start. */
export function routesOf(house, program) {
	return readFileSync(join(house.folder, `${program}.routes`), 'utf8').split('\n').filter(Boolean).map((line) => line.split(' '))
		.filter(([method]) => method === 'GET').map(([, path, may]) => ({ path, may: parseInt(may, 16) }));
}

/** GET routes of `program` that `role` may enter and that are not among the paths walked. */
export function missed(house, program, role, paths) {
	const walked = paths.map((p) => p.split('?')[0]);
	return routesOf(house, program)
		.filter(({ may }) => (may & ROLES[role]) !== 0 || ((may & SIGNED_IN) !== 0))
		.filter(({ path }) => !walked.some((w) => matcher(path).test(w))).map(({ path }) => path);
}
