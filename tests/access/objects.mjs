// objects.mjs: for each sentence in which a route says whose something is, one that is hers, one that is somebody else's, and one
// that does not exist. A sentence that is not here makes the test red: whoever adds a route says what "own" means, and shows it.
//
// of(place, role, route) → { own, other, none?, with?, path? }. Each of the three is an id, or a function that makes one when it is
//   asked for. with: what else the form (or each member of the JSON) says, so that "own" is done. path: what stands in the path then.
// { open: true }: the thing is everybody's who may enter, or is held by its link alone, and what does not exist need not look like it.
// { held: true }: open, and what does not exist is not found.
// { param }: a GET that has no {…} in its path names it in its query, by this name.
// { loose: why }: own need not be told from none here.

export const NONE = 'bm9ib2R5IGhhcyB0aGlzIQ'; /* no id of anything: ids are drawn */

/* Another's is for a leader one of her own unit to which she is a party. */
const incident = (place, role) => ({ own: place.incidents[0].id, other: role === 'leader' ? place.fallen.id : place.incidents[1].id });
const LED = 'an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is';
const led = (place, role) => (role === 'safety' ? { own: place.fallen.id, other: place.incidents[0].id } : incident(place, role));

export const OBJECTS = {
	'a unit that she leads, or one below it': { of: (place) => place.units },
	[LED]: {
		of: (place, role, route) => ({ ...led(place, role), ...(route.path.startsWith('/reported') ?
			{ with: { person: 'outside', phone: '+47 00 00 09 99', how: '0', was: '0' }, path: place.told[role === 'safety' ? 'fallen' : 'own'] } : {}) }),
	},
	'an incident of a unit that she leads or represents, or of one below it, and she is no party to it': { of: incident },
	'somebody else who was affected by an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is, and of a leader whom nobody else leads': {
		of: (place, role) => (role === 'safety' ? { own: place.fallen.seat, other: place.incidents[0].seats[0] }
			: { own: place.incidents[0].seats[0], other: role === 'leader' ? place.fallen.seat : place.incidents[1].seats[0] }),
	},
	'somebody from outside, in an incident that she leads, who has the phone of somebody in the directory or the name of somebody in the incident': {
		of: (place, role) => (role === 'safety' ? { own: place.fallen.outsider, other: place.incidents[0].outsider }
			: { own: place.incidents[0].outsider, other: place.fallen.outsider }),
	},
	/* Somebody else than the page asks of is not joined, and nothing is noted of her. */
	'whoever in the directory has the phone of somebody from outside, or alone in the incident the same name, and nobody else': {
		of: (place) => ({ own: place.phoneOwner, other: place.person, with: { same: 'no' } }),
	},
	'what was told of somebody missing in a unit that she leads, or in one below it': { param: 'from', of: (place) => place.told },
	'what was told of somebody missing in a unit that she leads, or in one below it, and she is no party to an incident there about that day; a safety representative where every leader is': {
		of: (place, role) => (role === 'safety' ? { own: place.told.fallen, other: place.told.own }
			: { own: place.told.own, other: role === 'leader' ? place.told.fallen : place.told.other }),
	},
	'what was told of somebody missing at a place that nobody leads': { of: (place, role) => ({ own: place.told.nobodys[role], other: place.told.own }) },
	'any unit: it is given to who leads there': { open: true, of: (place, role) => ({ own: place.units.own, other: NONE, path: place.told.nobodys[role] }) },
	'any unit: roles are taken anywhere': {
		open: true, param: 'unit',
		of: (place, role, { program }) => ({ own: place.taken[program].unit, other: place.units.other,
			path: place.taken[program].account, with: { role: place.taken[program].role, sure: 'on' } }),
	},
	'the import that she began, or that came by night': {
		of: (place) => ({ own: () => place.import('duty admin'), other: () => place.import('duty other admin'), none: () => place.noImport(NONE) }),
	},
	'an invitation, of whoever holds the link': { open: true, of: (place, role, route) => ({ own: place.invitations[route.program], other: NONE }) },
	/* One that nobody asks to be ended: the matrix presses no second time. */
	'any account of this program: who keeps the accounts keeps them all': { open: true, of: (place, role, route) => ({ own: place.accounts[route.program], other: place.accounts[route.program] }) },
	'a role that waits for a second person, and is neither hers nor asked for by her': {
		of: (place, role, { program }) => ({ ...place.grants[`${program} ${role}`] ?? { own: NONE, other: NONE }, with: { do: 'yes' } }),
	},
	'an offer, of whoever holds the link': { open: true, of: (place) => ({ own: place.links[0], other: place.links[1] }) },
	'what a gateway was given, of whoever holds the address': { open: true, held: true, of: (place) => ({ own: place.reports, other: place.links[0] }) },
	'an hour of the ring, the same for every supporter': { open: true, of: (place) => ({ own: place.hour, other: place.hour, none: '1' }) },
	'a task that she holds': { of: (place) => ({ own: place.own.task, other: place.own.otherTask, with: { outcome: 'reached' } }) },
	'anybody in the directory: she is the whole programme\'s': { open: true, of: (place) => ({ own: place.person, other: place.person }) },
	'any supporter: they are the whole programme\'s': { open: true, of: (place) => ({ own: place.supporters[0], other: place.supporters[1], with: { do: 'add' } }) },
	'a supporter\'s account whose invitation did not arrive': { of: (place) => place.undelivered },
	'somebody whom no message reached: she is the whole programme\'s': { of: (place) => ({ own: place.unreached, other: place.own.task }) },
	'a group session that was asked for: it is the whole programme\'s': { open: true, of: (place) => ({ own: place.incidents[0].id, other: place.incidents[1].id }) },
	'a supporter who could lead it: ready, and nobody of those affected': {
		open: true, loose: 'who could is drawn up by groups_rules_test', of: (place) => ({ own: place.supporters[0], other: place.supporters[1] }),
	},
	'a group session that she leads': { of: (place) => ({ own: place.incidents[0].id, other: place.incidents[1].id }) },
	'a supporter who asks for new keys, and is not she herself': { of: (place) => place.lost },
	'a supporter of the programme: she is the whole programme\'s': { open: true, of: (place) => ({ own: place.supporters[0], other: place.supporters[1], with: { paused: 'no' } }) },
};

/** → { open, held, param, loose, own, other, none, with, path } of a thing that a route names. */
export function objectOf(route, thing, place, role = null) {
	const said = OBJECTS[thing.whose];
	if (!said)
		throw new Error(`${route.method} ${route.path}: tests/access/objects.mjs does not know what is own in "${thing.whose}"`);
	return { open: false, none: NONE, ...said, ...said.of(place, role, route) };
}
