/* clockwork.h: what is to be done later, kept through restarts, done in order.

   A job is a row (kind, about, due). One thread takes the job that is due first (ties:
   kind, then about) and does it in a transaction of its own, in which the row goes, so
   a job is done once or not at all. Where several programs serve one database they share the jobs: each passes over what another
   is about (SQL_CLAIM), so two jobs may then run at once, and what dies with a program is taken up by the next. A job that fails stays and is tried again after a
   minute, then two, up to fifteen; the others do not wait for it, however many fail. Jobs
   of a kind this program does not know (it is older than the one that put them) stay. */
#ifndef CLOCKWORK_CLOCKWORK_H
#define CLOCKWORK_CLOCKWORK_H

#include "base/clock.h"
#include "db/db.h"

struct clockwork;

/* What a room does when its job is due, and how late that is `now` shows. It may put the next job. */
typedef enum result clockwork_job(struct tx *tx, const struct id *about, struct instant now, void *room);

struct clockwork *clockwork_new(struct db *db, const struct clock *clock) MUST_USE;
/* Before clockwork_start. `kind` lives as long as the program. `after` (may be NULL) runs once the job is committed: wake-ups. */
void clockwork_kind(struct clockwork *cw, const char *kind, clockwork_job *run, void (*after)(void *room), void *room);
/* Before clockwork_start. The clock went back (clock.h): `fn` puts what was put off by a wrong now anew. Called outside any
   transaction, before the next job, and again until it says RES_OK. */
void clockwork_set_back(struct clockwork *cw, enum result (*fn)(void *room), void *room);
MUST_USE enum result clockwork_start(struct clockwork *cw);
void clockwork_stop(struct clockwork *cw);
void clockwork_free(struct clockwork **cw);
/* Puts a job, or moves the one of this kind and about to a new time. It is done up to half a minute after it is due: what is
   to happen at once belongs in the transaction that puts it, with a mail that wakes the post. */
MUST_USE enum result clockwork_put(struct tx *tx, const char *kind, const struct id *about, struct instant due);
/* Puts a job for then at the latest: one of this kind and about that is due earlier stays. */
MUST_USE enum result clockwork_put_by(struct tx *tx, const char *kind, const struct id *about, struct instant due);
/* Takes it away; RES_OK also when there was none. */
MUST_USE enum result clockwork_drop(struct tx *tx, const char *kind, const struct id *about);
/* When the job of this kind and about is due. RES_NONE: there is none. */
MUST_USE enum result clockwork_due(struct tx *tx, const char *kind, const struct id *about, struct instant *due_r);

/* How many were due before this moment and are not done: more than none means that something fails. */
MUST_USE enum result clockwork_late(struct tx *tx, struct instant before, int64_t *n_r);

/* ---- a clock by hand ---- */

/* When the first job is due; RES_NONE if there is none. */
MUST_USE enum result clockwork_next(struct clockwork *cw, struct instant *due_r);
/* Does everything that is due now, one after the other, and returns when nothing is left
   (or what is left has just failed). *done_r: how many ran. */
MUST_USE enum result clockwork_settle(struct clockwork *cw, int *done_r);

#endif
