/* groups_store.h: the rows of sessions, for groups*.c alone. */
#ifndef HAVEN_GROUPS_GROUPS_STORE_H
#define HAVEN_GROUPS_GROUPS_STORE_H

#include "haven/groups/groups.h"

/* Without title and day, which are the incident's. RES_NONE: no such. */
MUST_USE enum result groups_row(struct tx *tx, struct arena *a, const struct id *incident, struct groups_talk *talk_r);
MUST_USE enum result groups_rows(struct tx *tx, struct arena *a, struct groups_talk **list_r, size_t *n_r);
MUST_USE enum result groups_put(struct tx *tx, const struct groups_talk *talk);
/* Writes all of it, as of `talk->rev`, which counts up. RES_AGAIN: it is another by now. */
MUST_USE enum result groups_change(struct tx *tx, const struct groups_talk *talk);
MUST_USE enum result groups_drop(struct tx *tx, const struct id *incident);
/* One more in its year. */
MUST_USE enum result groups_count(struct tx *tx, int year, bool held, bool in_time);
/* What is over and would have begun before this loses place, time and leaders; what has no incident any more goes. */
MUST_USE enum result groups_tidy(struct tx *tx, struct instant before);

#endif
