/* answers.h: the ring, where answers to offers lie among dummies (docs/protocol.md § 3.4).

   At the start of each hour P slots of dummies are put. An answer overwrites one that is not
   used, drawn at random; which are used is known in memory only. When the hour has ended all its
   slots are written anew in one transaction, before any desk may read them. So an answer,
   another answer and silence leave the same rows, and nobody can count. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "base/arena.h"
#include "clockwork/clockwork.h"
#include "base/buf.h"
#include "crypt/ring.h"
#include "db/db.h"

#define ANSWERS_KEPT_DAYS 14

struct answers;

struct answers_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	/* offers and touches mailed in the 24 hours before an hour, and the slots that makes */
	enum result (*mailed)(struct tx *tx, int64_t hour, int64_t *mailed_r);
	int (*slots)(int64_t mailed);
};

struct answers *answers_new(const struct answers_setup *setup) MUST_USE;
void answers_free(struct answers **r);
/* The hourly job. After clockwork_start, answers_open_hour puts the present hour's slots. */
void answers_jobs(struct answers *r, struct clockwork *cw);
/* At start: makes sure the present hour has slots (after a restart: P more) and the job is put. */
MUST_USE enum result answers_open_hour(struct answers *r);

/* Puts one slot of four envelopes. RES_OK: durable. The same post id within the hour: RES_OK, nothing changes. */
MUST_USE enum result answers_post(struct answers *r, const struct id *post, const struct sealed *slot);

/* ---- for desks: closed hours only ---- */

/* The hours that may be read now: oldest kept and newest closed. */
void answers_range(const struct answers *r, int64_t *from_r, int64_t *to_r);
/* All slots of a closed hour, RING_SLOT bytes each. RES_NONE: no such hour, or not closed. */
MUST_USE enum result answers_hour(struct tx *tx, struct answers *r, struct arena *a, int64_t hour, struct slice *slots_r);

/* The present m, for limits: 60 + 4·m a minute (§ 7). */
MUST_USE enum result answers_mailed(struct answers *r, int64_t *mailed_r);

#endif
