/* missing_rights.h: whose a report is: who reads it and decides, and who may only say where it belongs. Part of the room.

   Every leader whose units hold the place reads it; but whoever is a party to an incident there about that day is perhaps whom it is about,
   or against: she neither reads it nor is asked (PRODUCT.md § 4). Where every leader of the place is one, its safety
   representatives read and decide. An account that cannot sign in leads nothing. */
#ifndef MISSING_RIGHTS_H
#define MISSING_RIGHTS_H

#include "duty/missing/missing.h"
#include "signin/signin.h"

struct missing_holder {
	struct id account;
	const char *path; /* of the unit on which she has the role, unless whole */
	bool whole;       /* the whole workplace */
	const struct incident_where *party; /* the incidents to which she is a party */
	size_t party_n;
};
struct missing_holders {
	struct missing_holder *list;
	size_t n;
};
/* Everybody who has the role and can sign in, a row for each unit. */
MUST_USE enum result missing_holders(struct tx *tx, struct arena *a, enum role role, struct missing_holders *holders_r);

/* Levels from the unit up to where she has the role; -1: it lies elsewhere. The whole workplace is above every top. Pure. */
int missing_far(const char *unit_path, const struct missing_holder *holder);
/* Whether anybody has the role there. Pure. */
bool missing_led(const struct missing_holders *holders, const char *unit_path);
/* Whether an incident to which she is a party may be what the report is about: within MISSING_NEAR_DAYS of that day, in the unit, above or
   below it; anywhere where the unit is not known (""). Pure. */
bool missing_barred(const struct missing_holder *holder, const char *unit_path, struct day day);

struct missing_rights {
	const struct actor *who;
	struct missing_holders leaders, safety;
};
MUST_USE enum result missing_rights(struct tx *tx, struct arena *a, const struct actor *who, struct missing_rights *rights_r);
/* Sets what she may, and takes out what she may not read. Pure. */
void missing_judge(const struct missing_rights *rights, struct missing *m);

#endif
