/* matching.h: who contacts whom after an incident.

   All open exposures of one incident are assigned together, as a minimum-cost flow: as
   many as can be are assigned, and of all ways to do that the cheapest by the costs in
   struct matching_settings is taken, so the one served first is not served best. The
   result is checked against its own certificate before it is handed out.

   The same facts give the same answer in whatever order they come. Where answers cost
   the same, the order is drawn from the ids mixed with the incident's: nobody is first
   after every incident. */
#ifndef MATCHING_H
#define MATCHING_H

#include "base/arena.h"
#include "haven/matching/matching_rules.h"

#define MATCHING_PEOPLE_MOST 10000 /* exposures, and supporters, and excluded, in one run */
/* Exposures times supporters. Whoever has more makes several runs, each with the loads of the
   one before: every run is optimal then, the whole nearly so. At the limit a run takes seconds
   (2,000 by 500 with no room to spare: eight), so it belongs in a job, not in a page. */
#define MATCHING_PAIRS_MOST ((size_t)1000000)

struct matching_facts {
	struct matching_settings settings;
	struct matching_run run;
	const struct matching_exposure *exposures;
	size_t exposures_n;
	const struct matching_supporter *supporters; /* all of them; the rules sort out who may */
	size_t supporters_n;
	const int32_t *unit_parent; /* the tree: per unit its parent's index, -1 for a root */
	size_t units_n;
};

enum matching_rank {
	MATCHING_ASSIGNED,
	MATCHING_FIRST_STAND_IN,
	MATCHING_SECOND_STAND_IN,
	MATCHING_RANKS
};

struct matching_task {
	struct id exposure;
	struct id by[MATCHING_RANKS]; /* a zero id: nobody */
	/* When each can first make the contact; 0 for nobody and for places that were fixed. */
	struct instant first[MATCHING_RANKS];
};

struct matching_answer {
	struct matching_task *tasks; /* one per exposure, in the order of the facts */
	size_t tasks_n;
	/* Those nobody is assigned to: they get the professional line. In the order of the facts. */
	struct id *without;
	size_t without_n;
	size_t without_anybody_n; /* of these, for how many no supporter at all is eligible */
	/* How many more supporters it would take at the least, each with all her room free. */
	size_t supporters_missing;
	struct matching_verdict *verdicts; /* one per supporter, in the order of the facts; before this run */
	int64_t cost;			   /* of the assignments made, in points; not of those to somebody who knows her */
};

/* Whoever is known to a supporter from another incident (`known`) is assigned to her first, whatever it costs; the rest
   together. Everything in the answer lives in the arena. RES_BAD: a number, index or size out of range,
   the same id twice, or a circle in the tree.

   Stand-ins are found by two further flows of the same kind, the first ones together, then
   the second ones, each among those who are eligible, have no place at that exposure and
   still have room after the assignments of this run. Standing in takes no room, since
   most are never asked; but each place weighs as a task in the cost of the next, so
   that the places spread too. When a stand-in moves up, ask matching_reasons() again.

   Places that are fixed stay as they are, are not judged again, and are not counted as
   load here: the supporter's loads hold them already. */
MUST_USE enum result matching_assign(struct arena *a, const struct matching_facts *facts,
				     struct matching_answer *answer_r);

/* Steps between two units in the tree; -1 when either is not known (-1). Two trees count as
   joined above their roots. The tree must have no circle. */
int matching_unit_steps(const int32_t *unit_parent, int32_t a, int32_t b);

#endif
