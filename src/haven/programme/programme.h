/* programme.h: the coordinator's pages: is everybody reached out to, do the supporters bear it, and who shall not be
   given whom.

   The first is read only. It shows who has whom until an incident closes, then a number; never an answer, and nothing that
   differs by one (PRODUCT.md § 4). The other notes whom a person asked not to be given. Each look and each change is an
   audit entry. */
#ifndef PROGRAMME_H
#define PROGRAMME_H

#include "base/clock.h"
#include "db/db.h"
#include "look/look.h"
#include "web/server.h"

/* What it points to must live as long as the server. */
struct programme {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const struct look_house *house;
	const char *sign_out;
};

/* GET /s/programme; GET and POST /s/programme/apart and /s/programme/apart/{person}; for the coordinator. */
void programme_routes(struct programme *p, struct web *web);

#endif
