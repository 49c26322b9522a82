/* incidents_inside.h: what the files of this room share about one incident. */
#ifndef INCIDENTS_INSIDE_H
#define INCIDENTS_INSIDE_H

#include "duty/incidents/incidents.h"

/* Counts up what the door asks by. */
MUST_USE enum result incidents_next_rev(struct tx *tx, int64_t *rev_r);
/* How many are in it. */
MUST_USE enum result incidents_affected(struct tx *tx, const struct id *incident, int64_t *n_r);

/* Who was named from outside besides, and is somebody in it: haven has a task for them, or knows by this that none is wanted. Into `a`. */
MUST_USE enum result incidents_twins(struct tx *tx, struct arena *a, const struct id *incident, struct door_exposure **list_r, size_t *n_r);

/* The directory's part of an exposure of `person`. */
MUST_USE enum result incidents_fill(struct tx *tx, struct arena *a, struct exposure *e);

#endif
