// objects.mjs: for each sentence in which a route says whose something is, one that is hers, one that is somebody else's, and one
// that does not exist. A sentence that is not here makes the test red: whoever adds a route says what "own" means, and shows it.
//
// { open: true }: the thing is everybody's who may enter, or is held by its link alone, and what does not exist need not look like it.
// { param }: a GET that has no {…} in its path names it in its query, by this name.
// { field }: it is named by this field of the form, not by the path. The answers to "other" and "none" must be alike there too.

const NONE = 'AAAAAAAAAAAAAAAAAAAAAA'; /* no id of anything: ids are drawn */

/* Another's is for a leader one of her own unit to which she is a party. */
const incident = (place, role) => ({ own: place.incidents[0].id, other: role === 'leader' ? place.fallen.id : place.incidents[1].id });

export const OBJECTS = {
	'a unit that she leads, or one below it': { field: 'unit', of: (place) => place.units },
	'an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is': {
		of: (place, role) => (role === 'safety' ? { own: place.fallen.id, other: place.incidents[0].id } : incident(place, role)),
	},
	'an incident of a unit that she leads or represents, or of one below it, and she is no party to it': { of: incident },
	'somebody else who was affected by an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is, and of a leader whom nobody else leads': {
		of: (place, role) => (role === 'safety' ? { own: place.fallen.seat, other: place.incidents[0].seats[0] }
			: { own: place.incidents[0].seats[0], other: role === 'leader' ? place.fallen.seat : place.incidents[1].seats[0] }),
	},
	'somebody from outside, in an incident that she leads, who has the phone of somebody in the directory': {
		of: (place, role) => (role === 'safety' ? { own: place.fallen.outsider, other: place.incidents[0].outsider }
			: { own: place.incidents[0].outsider, other: place.fallen.outsider }),
	},
	'what was told of somebody missing in a unit that she leads, or in one below it': { param: 'from', of: (place) => place.told },
	'what was told of somebody missing in a unit that she leads, or in one below it, and she is no party to an incident there about that day; a safety representative where every leader is': {
		of: (place, role) => (role === 'safety' ? { own: place.told.fallen, other: place.told.own }
			: { own: place.told.own, other: role === 'leader' ? place.told.fallen : place.told.other }),
	},
	'what was told of somebody missing at a place that nobody leads': { of: (place) => ({ own: place.told.nobodys, other: place.told.own }) },
	'the import that she began, or that came by night': { field: 'import', of: () => ({ own: NONE, other: NONE }) },
	'an invitation, of whoever holds the link': { open: true, of: () => ({ own: NONE, other: NONE }) },
	/* One that nobody asks to be ended: the matrix presses no second time. */
	'any account of this program: who keeps the accounts keeps them all': { open: true, of: (place, role, route) => ({ own: place.accounts[route.program], other: place.accounts[route.program] }) },
	'a role that waits for a second person, and is neither hers nor asked for by her': { field: 'grant', of: (place, role, route) => ({ own: place.grants[route.program], other: NONE }) },
	'an offer, of whoever holds the link': { open: true, of: (place) => ({ own: place.links[0], other: place.links[1] }) },
	'an hour of the ring, the same for every supporter': { open: true, none: '1', of: (place) => ({ own: place.hour, other: place.hour }) },
	'a task that she holds': { of: (place) => ({ own: place.own.task, other: place.own.otherTask }) },
	'anybody in the directory: she is the whole programme\'s': { open: true, of: (place) => ({ own: place.person, other: place.person }) },
	'a supporter\'s account whose invitation did not arrive': { field: 'account', of: (place) => ({ own: NONE, other: NONE }) },
	'somebody whom no message reached: she is the whole programme\'s': { field: 'task', open: true, of: () => ({ own: NONE, other: NONE }) },
	'a group session that was asked for: it is the whole programme\'s': { open: true, of: (place) => ({ own: place.incidents[0].id, other: place.incidents[1].id }) },
	'a group session that she leads': { of: (place) => ({ own: place.incidents[0].id, other: place.incidents[1].id }) },
	'a supporter who asks for new keys': { field: 'supporter', of: () => ({ own: NONE, other: NONE }) },
	'a start of this program, and nobody\'s': { open: true, of: () => ({ own: NONE, other: NONE }) },
};

/** → { open, field, own, other, none } of a route; null where it names nothing. */
export function objectsOf(route, place, role = null) {
	if (!route.whose)
		return null;
	const said = OBJECTS[route.whose];
	if (!said)
		throw new Error(`${route.method} ${route.path}: tests/access/objects.mjs does not know what is own in "${route.whose}"`);
	return { open: false, field: null, none: NONE, ...said, ...said.of(place, role, route) };
}
