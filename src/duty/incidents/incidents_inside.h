/* incidents_inside.h: what the files of this room share about one incident. */
#ifndef INCIDENTS_INSIDE_H
#define INCIDENTS_INSIDE_H

#include "duty/incidents/incidents.h"

/* Counts up what the door asks by. */
MUST_USE enum result incidents_next_rev(struct tx *tx, int64_t *rev_r);
/* How many are in it. */
MUST_USE enum result incidents_affected(struct tx *tx, const struct id *incident, int64_t *n_r);

/* The directory's part of an exposure of `person`. */
MUST_USE enum result incidents_fill(struct tx *tx, struct arena *a, struct exposure *e);

#endif
