/* programme.h: the coordinator's page: is everybody reached out to, and do the supporters bear it?

   One page. It shows who has whom until an incident closes, then a number; never an answer, and nothing that
   differs by one (PRODUCT.md § 4). Each look is an audit entry. All that can be done here is to send a
   supporter's invitation again when it could not be delivered. */
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

/* GET /s/programme and POST /s/programme/invite, for the coordinator. */
void programme_routes(struct programme *p, struct web *web);

#endif
