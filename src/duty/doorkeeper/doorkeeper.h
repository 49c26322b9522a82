/* doorkeeper.h: duty's side of the door: answers haven's calls, on a local socket of its own.

   Three routes and no fourth (src/door/door.h). It never renders a page, and what haven
   tells goes to coverage/ and nowhere else. */
#ifndef DOORKEEPER_H
#define DOORKEEPER_H

#include "base/clock.h"
#include "db/db.h"
#include "web/server.h"

struct doorkeeper;

struct doorkeeper_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const char *listen;      /* "unix:/path/door.sock" */
	bool check_peer;         /* only this user may call … */
	unsigned peer_uid;       /* … besides our own */
	void (*heard)(void *ctx); /* coverage has changed: pages look again */
	void *heard_ctx;
};

MUST_USE enum result doorkeeper_new(const struct doorkeeper_setup *setup, struct doorkeeper **d_r);
MUST_USE enum result doorkeeper_start(struct doorkeeper *d);
/* An incident was registered, or people changed: waiting calls look again. Safe from all threads. */
void doorkeeper_wake(struct doorkeeper *d);
/* What an operator should know, as a fixed sentence: what haven told last could not be read. NULL: nothing. Safe from all threads. */
const char *doorkeeper_trouble(const struct doorkeeper *d);
/* The server behind the socket, to be asked for its routes. */
const struct web *doorkeeper_web(const struct doorkeeper *d);
void doorkeeper_stop(struct doorkeeper *d);
void doorkeeper_free(struct doorkeeper **d);

#endif
