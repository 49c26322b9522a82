// routes.mjs: what the programs say of their routes (`makker routes`), who may then enter, and the page that is made of it.

/** Every role of each program; the words are those of src/signin/signin_command.c. */
export const ROLES = { duty: ['leader', 'safety', 'admin'], haven: ['supporter', 'coordinator'] };

/** One line of `makker routes` each → { program, method, path, may, like, things }; `may` and `like` are lists; things: what it names,
    { by: 'path' | 'json' | 'field', name, whose } each. */
export function readRoutes(text) {
	return text.split('\n').filter(Boolean).map((line) => {
		const [program, method, path, may, like, ...named] = line.split('\t');
		const script = like.split(',').includes('script');
		const things = named.map((word) => {
			const [, name, whose] = /^([^=]+)=(.+)$/.exec(word) ?? [];
			return { by: name === '{}' ? 'path' : script ? 'json' : 'field', name, whose };
		});
		if (like === undefined || things.some((t) => !t.whose))
			throw new Error(`a line of routes that cannot be read: ${line}`);
		return { program, method, path, may: may.split(','), like: like === '-' ? [] : like.split(','), things };
	});
}

/** role: null for nobody signed in. */
export function mayEnter(route, role) {
	return route.may.includes('anybody') || (role !== null && (route.may.includes('signed-in') || route.may.includes(role)));
}

/** What the answer must be: 'may', 'away' (to the sign-in, or told so), 'refused' (403), 'hidden' (404: hers or none is not told).
    variant: 'own', 'other' or 'none'; shut: the route names a thing in its path that is not everybody's who may enter. */
export function expected(route, role, variant, shut) {
	if (!mayEnter(route, role))
		return role === null ? 'away' : 'refused';
	return shut && variant !== 'own' ? 'hidden' : 'may';
}

const shown = { duty: 'makker-duty', haven: 'makker-haven' };
const cell = (route, role) => (!mayEnter(route, role) ? '–' : route.things.length > 0 ? 'own' : 'yes');
const named = ({ by, name, whose }) => (by === 'path' ? whose : `\`${name}\`: ${whose}`);

function table(routes, program) {
	const roles = [null, ...ROLES[program]];
	return [`| page or form | nobody signed in | ${ROLES[program].join(' | ')} | own is |`, `|${'---|'.repeat(roles.length + 2)}`,
		...routes.filter((r) => r.program === program).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
			.map((r) => `| ${r.method} \`${r.path}\` | ${roles.map((role) => cell(r, role)).join(' | ')} | ${r.things.map(named).join('; ')} |`)];
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
		'- The last column tells what stands in the path; with a name before it, what a field of the form or a member of the JSON names.',
		'- To whom something does not belong, the answer is the same as if it did not exist: 404 where it stands in the path. Neither such a',
		'  request nor one of somebody who may not enter changes anything in the database (but for the log of looks).',
		'- `/sms/…` is there only where an SMS gateway is set that reports.',
		'- GET shows and changes nothing; POST comes from a page\'s own form or script, with the session\'s token.', '',
		...['duty', 'haven'].flatMap((program) => [`## ${shown[program]}`, '', ...table(routes, program), '']),
		'## For the monitoring', '', 'Each program has a listener of its own for this, on an address of the machine itself, where `metrics` is set. It knows nobody.', '',
		...routes.filter((r) => r.program.endsWith('-watch')).map((r) => `- ${r.method} \`${r.path}\` of ${shown[r.program.replace('-watch', '')]}`), '',
		'## The door', '', 'A local socket of `makker-duty`, not the web. It answers the system user named by `door_peer_user`, and its own; nobody else.', '',
		...routes.filter((r) => r.program === 'door').map((r) => `- ${r.method} \`${r.path}\``), ''].join('\n');
}
