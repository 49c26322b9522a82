/* answers.h: the ring, where answers to offers lie among dummies (docs/protocol.md § 3.4).

   At the start of each hour P slots of dummies are put. An answer overwrites one that is not
   used, drawn at random; which are used is known in memory only. When the hour has ended all its
   slots are written anew in one transaction, before any desk may read them. So an answer,
   another answer and silence leave the same rows, and nobody can count.

   Where the database counts transactions (db_pace_ms), answers wait in memory for the next tick: each tick is
   exactly one transaction that writes the next of this process's slots in turn, an eighth of them, whatever they hold. Several
   processes may serve one database: each puts slots of its own each hour and writes to no others.

   The ring's hours are the clock's, counted from 1970, and none comes twice: desks do not look again at one that was closed.
   When the clock ran ahead and was set back, the ring goes on behind the newest closed hour, an hour for an hour, and stays
   ahead by as much: so what is answered then is read within the hour too. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "base/arena.h"
#include "clockwork/clockwork.h"
#include "base/buf.h"
#include "crypt/ring.h"
#include "db/db.h"
#include "web/server.h"

#define ANSWERS_KEPT_DAYS 14
#define ANSWERS_DOOR_CODE 16
#define ANSWERS_WAIT 20 /* seconds, for ticks: then who answers is asked to try again */
#define ANSWERS_WORK 18 /* leading zero bits asked for when many post at once (§ 7): under a second in a browser */

struct answers;

struct answers_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	/* offers and touches mailed in the 24 hours before an hour and in that hour so far, and the slots that makes */
	enum result (*mailed)(struct tx *tx, int64_t hour, int64_t *mailed_r);
	int (*slots)(int64_t mailed);
	/* NULL, or: posts that had to wait are settled, so whoever waits may ask answers_posted. Called by the ticking thread. */
	void (*settled)(void *ctx);
	void *settled_ctx;
};

struct answers *answers_new(const struct answers_setup *setup) MUST_USE;
void answers_free(struct answers **r);
/* The hourly job. After clockwork_start, answers_open_hour puts the present hour's slots. */
void answers_jobs(struct answers *r, struct clockwork *cw);
/* At start: makes sure the present hour has slots (after a restart: P more) and the job is put. An answer that comes before it, or
   meanwhile, does the same or waits. */
MUST_USE enum result answers_open_hour(struct answers *r);
/* The thread that ticks, where the database needs it; after answers_open_hour. */
MUST_USE enum result answers_start(struct answers *r);
/* When no request is answered any more. Safe when it was not started. */
void answers_stop(struct answers *r);
/* One tick; what answers_start does by the clock of the machine. */
MUST_USE enum result answers_tick(struct answers *r);

/* Mail has gone out: the open hour gets as many slots as the next one begins with, so that all who were written to may
   answer at once and still nobody can count them. Harmless when it has enough. Where there are ticks the next one does it. */
MUST_USE enum result answers_widen(struct answers *r);

/* Puts one slot of four envelopes. RES_OK: durable. The same post id within the hour: RES_OK, nothing changes. RES_NONE: it
   waits for the next tick; answers_posted tells what became of it. */
MUST_USE enum result answers_post(struct answers *r, const struct id *post, const struct sealed *slot);
/* Of a post that answers_post let wait: RES_OK: durable. RES_NONE: it waits still. RES_BROKEN: it was not written. */
MUST_USE enum result answers_posted(struct answers *r, const struct id *post);

/* The tables of which no backup may hold a row, NULL-terminated: two copies of an open hour would show which slots took an
   answer (§ 3.6). */
extern const char *const answers_not_in_backups[];

/* ---- for desks: closed hours only ---- */

/* The hours that may be read now: oldest kept and newest closed. */
void answers_range(const struct answers *r, int64_t *from_r, int64_t *to_r);
/* The same within a transaction: another process may have closed an hour of which this one has not heard yet. */
MUST_USE enum result answers_range_in(struct tx *tx, const struct answers *r, int64_t *from_r, int64_t *to_r);
/* All slots of a closed hour, RING_SLOT bytes each. RES_NONE: no such hour, not closed, or without slots. */
MUST_USE enum result answers_hour(struct tx *tx, struct answers *r, struct arena *a, int64_t hour, struct slice *slots_r);

/* ---- what every post needs ---- */

/* At start: the installation's public number and the first door code, if they are not there yet. */
MUST_USE enum result answers_first_start(struct tx *tx, struct random_source *rnd);
/* The installation's public number (§ 2.1), made at first start. */
MUST_USE enum result answers_inst(struct tx *tx, unsigned char inst_r[CRYPT_INST]);
/* The door code that pages carry now (§ 7). */
MUST_USE enum result answers_door_code(struct tx *tx, unsigned char code_r[ANSWERS_DOOR_CODE]);
/* RES_OK: one of the valid ones. RES_REFUSED: not. As long for any code. */
MUST_USE enum result answers_door_knows(struct tx *tx, struct day today, const unsigned char code[ANSWERS_DOOR_CODE]);

/* ---- the net ---- */

/* Spends one post of this address's bucket (req_peer): 60 + 4·m a minute, m as for the slots (§ 7). RES_AGAIN: it is
   empty. */
MUST_USE enum result answers_spend(struct answers *r, uint64_t peer);
/* POST /h/ring. */
void answers_routes(struct answers *r, struct web *web);

#endif
