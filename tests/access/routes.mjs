// routes.mjs: what the programs say of their routes (`makker routes`), who may then enter, and the page that is made of it.

/** Every role of each program; the words are those of src/signin/signin_command.c. */
export const ROLES = { duty: ['leader', 'safety', 'admin'], haven: ['supporter', 'coordinator'] };

/** One line of `makker routes` each → { program, method, path, may, like, whose }; `may` and `like` are lists, whose null for none. */
export function readRoutes(text) {
	return text.split('\n').filter(Boolean).map((line) => {
		const [program, method, path, may, like, whose, ...more] = line.split('\t');
		if (whose === undefined || more.length > 0)
			throw new Error(`a line of routes that cannot be read: ${line}`);
		return { program, method, path, may: may.split(','), like: like === '-' ? [] : like.split(','), whose: whose === '-' ? null : whose };
	});
}

/** role: null for nobody signed in. */
export function mayEnter(route, role) {
	return route.may.includes('anybody') || (role !== null && (route.may.includes('signed-in') || route.may.includes(role)));
}

/** What the answer must be: 'may', 'away' (to the sign-in, or told so), 'refused' (403), 'hidden' (404: hers or none is not told).
    object: 'own', 'other' or 'none'; open: the thing that this route names is everybody's who may enter. */
export function expected(route, role, object, open) {
	if (!mayEnter(route, role))
		return role === null ? 'away' : 'refused';
	return !route.whose || open || object === 'own' ? 'may' : 'hidden';
}

const shown = { duty: 'makker-duty', haven: 'makker-haven' };
const cell = (route, role) => (!mayEnter(route, role) ? '–' : route.whose ? 'own' : 'yes');

function table(routes, program) {
	const roles = [null, ...ROLES[program]];
	return [`| page or form | nobody signed in | ${ROLES[program].join(' | ')} | own is |`, `|${'---|'.repeat(roles.length + 2)}`,
		...routes.filter((r) => r.program === program).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
			.map((r) => `| ${r.method} \`${r.path}\` | ${roles.map((role) => cell(r, role)).join(' | ')} | ${r.whose ?? ''} |`)];
}

/** docs/access.md */
export function page(routes) {
	return ['# Who may enter', '',
		'Every page and form of both programs, and who may enter it. Made of the programs\' own tables (`makker routes` prints them);',
		'`tests/access` holds this page against them, and tries each line as everybody: nobody signed in, every role, somebody whose',
		'sign-in was ended, and a session of the other program, each with a thing that is hers, one that is somebody else\'s and one that',
		'does not exist. What is not named here does not exist; a route that names nobody keeps the program from starting.', '',
		'- **yes**: may enter. **own**: may enter for what the last column says, and for nothing else. **–**: is refused (403), or sent to',
		'  the sign-in when nobody is signed in.',
		'- To whom something does not belong, the answer is the same as if it did not exist (404).',
		'- GET shows and changes nothing; POST comes from a page\'s own form or script, with the session\'s token.', '',
		...['duty', 'haven'].flatMap((program) => [`## ${shown[program]}`, '', ...table(routes, program), '']),
		'## The door', '', 'A local socket of `makker-duty`, not the web. It answers the system user named by `door_peer_user`, and its own; nobody else.', '',
		...routes.filter((r) => r.program === 'door').map((r) => `- ${r.method} \`${r.path}\``), ''].join('\n');
}
