/* programme.h: the coordinator's page: is everybody reached out to, and do the supporters bear it?

   One page, read only. It shows who has whom until an incident closes, then a number; never an answer, and nothing that
   differs by one (PRODUCT.md § 4). Each look is an audit entry. */
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

/* GET /s/programme, for the coordinator. */
void programme_routes(struct programme *p, struct web *web);

#endif
