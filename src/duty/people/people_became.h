/* people_became.h: units of which an import would leave nobody, and what they may have become. Only for this room: what others
   need stands in people_import.h. */
#ifndef PEOPLE_BECAME_H
#define PEOPLE_BECAME_H

#include "duty/people/people_stage.h"

/* So many people go from the one unit into the other, or stay where both are the same; was -1: they are new. */
struct people_move {
	int was, now;
	int64_t n;
};
struct people_became {
	int unit, becomes;
	int64_t people, of_whom;
	bool whole; /* nearly all of the other one come from there */
};
#define BECAME_MOST 200      /* asked about at once; a reorganisation of more needs its roles given anew anyway. Our choice. */
#define BECAME_PERCENT 90    /* "nearly everybody"; our choice */

/* Units, each with its parent's number or -1. For a unit, with all below it, that had people and has none any more: the lowest one with
   BECAME_PERCENT of those who stay in the workplace, unless it is one above. Returns how many. Pure. */
size_t became_of(const int *parent, size_t units, const struct people_move *move, size_t n, struct people_became *list_r, size_t most);

/* When the plan's units stand: finds and keeps them. */
MUST_USE enum result became_find(struct staging *s);
/* As the units are written: what was said is kept for others to hear. */
MUST_USE enum result became_apply(struct tx *tx);

#endif
