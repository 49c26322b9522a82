/* programme.h: the coordinator's pages: is everybody reached out to, do the supporters bear it, and who shall not be
   given whom.

   The first shows who has whom until an incident closes, then a number; never an answer, and nothing that differs by one
   (PRODUCT.md § 4); all that can be done there is to send a supporter's invitation again when it could not be delivered.
   The other notes whom a person asked not to be given. Each look and each change is an audit entry. */
#ifndef PROGRAMME_H
#define PROGRAMME_H

#include "base/clock.h"
#include "db/db.h"
#include "look/look.h"
#include "signin/signin.h"
#include "web/server.h"

/* What it points to must live as long as the server. */
struct programme {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const struct look_house *house;
	const char *sign_out;
	struct signin *signin;         /* sends invitations again */
	void (*mail_waits)(void *ctx); /* wakes the post */
	void *mail_ctx;
};

/* GET /s/programme, POST /s/programme/invite; GET and POST /s/programme/supporters/{id} (paused, or ready again), /s/programme/apart and /s/programme/apart/{person}; for the
   coordinator. */
void programme_routes(struct programme *p, struct web *web);

#endif
