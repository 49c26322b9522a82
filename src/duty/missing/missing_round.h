/* missing_round.h: who is asked to look at what was told, and when. Part of the room. */
#ifndef MISSING_ROUND_H
#define MISSING_ROUND_H

#include "base/buf.h"
#include "duty/missing/missing_rights.h"

/* Our choice, all of them. */
#define MISSING_RAISE_DAYS 2   /* nobody has decided: the next level is asked */
#define MISSING_LEVELS_MOST 9  /* higher than anybody's units are deep */
#define MISSING_FROM_HOUR 7    /* nobody is mailed at night */
#define MISSING_TO_HOUR 21
#define MISSING_DAILY_HOUR 9   /* when what is still open is looked at */
#define MISSING_GATHER 1800    /* seconds: what is told in half an hour goes into one mail */

/* Sets asked[i] for those whose turn it is: whoever leads the unit or, where nobody does, the nearest one above; on each further
   `level` the next above them that anybody leads; past the top those at the top. → how many; 0: nobody leads it. Pure. */
size_t missing_owners(const char *unit_path, const struct missing_holder *leaders, size_t n, int level, bool *asked);
/* When whoever is next is mailed after something was told. Pure. */
struct instant missing_round_at(struct instant now);

/* The mail to whoever decides: that something waits, not what. */
const char *missing_subject(enum lang lang);
void missing_words(struct buf *body, enum lang lang, const char *name, const char *url, const char *workplace);

/* In the transaction in which something was told, or given to a unit. */
MUST_USE enum result missing_ask(struct tx *tx, struct instant now);

#endif
