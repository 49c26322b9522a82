/* incidents_parties.h: who is a party to an incident, or reviews it: kept out of it alike. For the room's own files. */
#ifndef INCIDENTS_PARTIES_H
#define INCIDENTS_PARTIES_H

#include "duty/incidents/incidents.h"

struct incidents_ids {
	struct id *list;
	size_t n;
};
bool incidents_ids_hold(const struct incidents_ids *list, const struct id *id);

/* RES_BAD: more than INCIDENTS_PARTIES_MOST. Whoever is one already stays what she is. */
MUST_USE enum result incidents_party_put(struct tx *tx, const struct id *incident, const struct id *person, bool reviews, bool *new_r);
/* The people who are parties to it or review it; those who review it. */
MUST_USE enum result incidents_reviewer_ids(struct tx *tx, struct arena *a, const struct id *incident, struct incidents_ids *list_r);
MUST_USE enum result incidents_party_ids(struct tx *tx, struct arena *a, const struct id *incident, struct incidents_ids *list_r);
/* The incidents that an account is a party to. */
MUST_USE enum result incidents_barred(struct tx *tx, struct arena *a, const struct id *account, struct incidents_ids *list_r);
/* There are parties, and every leader whose units hold the unit is one of them: then its safety representatives lead it. */
MUST_USE enum result incidents_falls_to_safety(struct tx *tx, struct arena *a, const struct id *incident, const char *unit_path,
					       bool *yes_r);

/* The people who lead the unit, parties or not. */
MUST_USE enum result incidents_leading(struct tx *tx, struct arena *a, const char *unit_path, struct incidents_ids *persons_r);
/* She leads the unit, nobody else does who is no party, and no safety representative of it may follow up on her: nobody here does. */
MUST_USE enum result incidents_unfollowed(struct tx *tx, struct arena *a, const struct id *incident, const char *unit_path,
					  const struct id *person, bool *yes_r);

/* Who an account may be in the directory: as it says itself, and whoever has its e-mail. RES_NONE: no such account. */
MUST_USE enum result incidents_persons_of(struct tx *tx, struct arena *a, const struct id *account, struct incidents_ids *list_r);

#endif
