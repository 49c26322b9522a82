/* desk.h: the supporter's desk: its page, and the requests of its script (client/README.md is the contract).

   The desk's script unlocks, opens and seals in the supporter's browser; here are only rows to hand out and to take. Every request is
   about the supporter whose account it is; there is no way to name another one. */
#ifndef DESK_H
#define DESK_H

#include "base/arena.h"
#include "crypt/crypt.h"
#include "haven/answers/answers.h"
#include "haven/offers/offers.h"
#include "look/look.h"
#include "web/server.h"

struct desk;

/* What it points to must live as long as the desk. */
struct desk_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct offers *offers;
	struct answers *answers;
	const struct look_house *house;
	const struct asset *assets; /* desk.js, argon-worker.js and ring-worker.js among them */
	size_t assets_n;
	unsigned char inst[CRYPT_INST]; /* the installation's public number (docs/protocol.md § 2.1) */
	const char *sign_in, *sign_out; /* paths */
	void (*mail_waits)(void *ctx); /* after a task was passed on; may be NULL */
	void *mail_ctx;
};

struct desk *desk_new(const struct desk_setup *setup) MUST_USE;
void desk_free(struct desk **d);
/* The page /s/desk, POST /s/desk/full, and the requests of client/README.md below /s. */
void desk_routes(struct desk *d, struct web *web);

#endif
