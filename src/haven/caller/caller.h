/* caller.h: haven's side of the door: asks duty for changes and tells it facts.

   One thread asks for people and incidents (a long poll), another tells. Of several processes of ours one asks at a time, whoever
   holds that (db_hold); each tells what it has to tell. Where duty has several, the next is called when one does not answer. Either side may
   be down for a day, or be restored from a backup: the cursors stand in the database, and facts wait there until duty
   has acknowledged them. That duty does not answer yet is told as a fact, since at a start it
   may come up later than we; after five minutes by the clock it is told as an error. What
   duty answers and we cannot read or store is told as that, and at once. */
#ifndef CALLER_H
#define CALLER_H

#include "base/clock.h"
#include "db/db.h"
#include "haven/groups/groups.h"
#include "haven/offers/offers.h"

struct caller;

struct caller_setup {
	struct db *db;
	const struct clock *clock;
	struct offers *offers;
	struct groups *groups;
	const char *door; /* "unix:/path/door.sock"; copied */
	const char *also; /* paths of the sockets of duty's other processes, spaces between them; NULL or "": none; copied */
	void (*mail_waits)(void *ctx); /* new offers were made */
	void *mail_ctx;
};

MUST_USE enum result caller_new(const struct caller_setup *setup, struct caller **c_r);
MUST_USE enum result caller_start(struct caller *c);
void caller_wake(struct caller *c); /* facts wait; safe from all threads */
/* What an operator should know of the door, as a fixed sentence: duty is silent for longer than five minutes, says what we
   cannot read or store, or refuses what we tell. NULL: nothing. Safe from all threads. */
const char *caller_trouble(struct caller *c);
void caller_stop(struct caller *c);
void caller_free(struct caller **c);

/* Asks and tells once, now; for a clock by hand. *done_r: how many changes and facts passed the
   door. RES_BROKEN: duty does not answer. */
MUST_USE enum result caller_settle(struct caller *c, int *done_r);

#endif
