/* leaks.c: eight faults, each linked into a makker-haven of its own, so that the histories test is seen to fail.

   Which one stands in LEAK; the linker puts it around a function of the product by --wrap. None of it is in any
   program that is installed. Each is what somebody might add in good faith. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "haven/answers/answers.h"
#include "haven/offers/offers_inside.h"
#include "web/reply.h"

#define ANSWERED_AT 1    /* a column answered_at */
#define OPENED 2         /* a counter of how often a page was opened */
#define LOG_LINE 3       /* a line in the log for each request */
#define CLOSED_AT_ONCE 4 /* the outcome of a task goes to duty as soon as it is known */
#define METRIC 5         /* a metric per route */
#define NOT_SCRUBBED 6   /* what answers wrote over, and the marks of reading, stay when the hour is closed */
#define EXTRA_DRAW 7     /* an answer draws a random number that silence does not */
#define IDLE_TICKS 8     /* where answers wait for ticks: one without an answer writes nothing */

enum result __real_answers_post(struct answers *r, const struct id *post, const struct sealed *slot);
enum result __wrap_answers_post(struct answers *r, const struct id *post, const struct sealed *slot);
enum result __real_offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book, struct slice token,
			       struct offers_view *view_r);
enum result __wrap_offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book, struct slice token,
			       struct offers_view *view_r);
struct answers *__real_answers_new(const struct answers_setup *setup);
struct answers *__wrap_answers_new(const struct answers_setup *setup);

#if LEAK == ANSWERED_AT || LEAK == OPENED
enum result __real_db_migrate(struct db *db, const struct migration *all, size_t n, int *ran_r);
enum result __wrap_db_migrate(struct db *db, const struct migration *all, size_t n, int *ran_r);

static struct answers_setup setup;
static _Thread_local struct id task; /* whose page this thread looked at last */

#if LEAK == ANSWERED_AT
#define COLUMN "ALTER TABLE task ADD COLUMN answered_at BIGINT;\n"
SQL(leak_note, "bi", "", "UPDATE task SET answered_at = $2 WHERE id = $1");
#else
#define COLUMN "ALTER TABLE task ADD COLUMN opened BIGINT NOT NULL DEFAULT 0;\n"
SQL(leak_note, "bi", "", "UPDATE task SET opened = opened + 1 WHERE id = $1 AND $2 > 0");
#endif

struct answers *__wrap_answers_new(const struct answers_setup *s)
{
	setup = *s;
	return __real_answers_new(s);
}

enum result __wrap_db_migrate(struct db *db, const struct migration *all, size_t n, int *ran_r)
{
	struct migration *more = must_alloc(n + 1, sizeof(*more));
	memcpy(more, all, n * sizeof(*more));
	more[n] = (struct migration){ all[n - 1].number + 1, "leak", COLUMN };
	enum result res = __real_db_migrate(db, more, n + 1, ran_r);
	free(more);
	return res;
}

static enum result note(struct tx *tx, void *ctx)
{
	return db_do(tx, &leak_note, NULL, v_id(ctx), v_int(clock_now(setup.clock).s));
}

static void *note_it(void *ctx)
{
	if (db_write(setup.db, note, ctx) != RES_OK)
		bug("the leak could not be written");
	return NULL;
}

#if LEAK == OPENED
/* The page is read in a transaction that cannot write: another thread notes it, and is waited for by the next page. */
enum result __wrap_offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book, struct slice token,
			       struct offers_view *view_r)
{
	pthread_t noting;
	enum result res = __real_offers_open(tx, o, a, book, token, view_r);
	if (res == RES_OK) {
		task = view_r->task;
		if (pthread_create(&noting, NULL, note_it, &task) != 0 || pthread_join(noting, NULL) != 0)
			bug("no thread for the leak");
	}
	return res;
}
#else
enum result __wrap_offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book, struct slice token,
			       struct offers_view *view_r)
{
	enum result res = __real_offers_open(tx, o, a, book, token, view_r);
	if (res == RES_OK)
		task = view_r->task;
	return res;
}

enum result __wrap_answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	enum result res = __real_answers_post(r, post, slot);
	if (res == RES_OK || res == RES_NONE)
		note_it(&task);
	return res;
}
#endif
#endif

#if LEAK == LOG_LINE
enum result __wrap_answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	enum result res = __real_answers_post(r, post, slot);
	log_fact("web", "POST /h/ring 204");
	return res;
}
#endif

#if LEAK == CLOSED_AT_ONCE
enum result __real_offers_outcomes(struct tx *tx, struct offers *o, const struct id *supporter,
				   const struct offers_outcome *list, size_t n);
enum result __wrap_offers_outcomes(struct tx *tx, struct offers *o, const struct id *supporter,
				   const struct offers_outcome *list, size_t n);

struct telling {
	struct offers *o;
	const struct offers_outcome *list;
	size_t n;
};

static enum result tell(struct tx *tx, void *ctx)
{
	struct telling *t = ctx;
	struct day today = instant_day(clock_now(t->o->setup.clock));
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < t->n; i++)
		if (t->list[i].reached) {
			res = offers_put_closed(tx, &t->list[i].task, today, true);
			if (res == RES_OK)
				res = offers_put_fact(tx, &t->list[i].task, DOOR_REACHED, today);
		}
	return res;
}

static void *tell_now(void *ctx)
{
	struct telling *t = ctx;
	if (db_write(t->o->setup.db, tell, t) != RES_OK)
		bug("the leak could not be written");
	return NULL;
}

/* Outcomes come in a transaction that only reads, for good reason: another thread writes. */
enum result __wrap_offers_outcomes(struct tx *tx, struct offers *o, const struct id *supporter,
				   const struct offers_outcome *list, size_t n)
{
	struct telling t = { o, list, n };
	pthread_t telling;
	enum result res = __real_offers_outcomes(tx, o, supporter, list, n);
	if (res == RES_OK && (pthread_create(&telling, NULL, tell_now, &t) != 0 || pthread_join(telling, NULL) != 0))
		bug("no thread for the leak");
	return res;
}
#endif

#if LEAK == METRIC
struct answer __real_reply_bytes(struct req *req, int status, const char *type, struct buf *bytes);
struct answer __wrap_reply_bytes(struct req *req, int status, const char *type, struct buf *bytes);

static int posts;

enum result __wrap_answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	__atomic_add_fetch(&posts, 1, __ATOMIC_SEQ_CST);
	return __real_answers_post(r, post, slot);
}

struct answer __wrap_reply_bytes(struct req *req, int status, const char *type, struct buf *bytes)
{
	if (slice_starts(slice_of(type), "text/plain; version="))
		buf_printf(bytes, "makker_requests{route=\"/h/ring\"} %d\n", __atomic_load_n(&posts, __ATOMIC_SEQ_CST));
	return __real_reply_bytes(req, status, type, bytes);
}
#endif

#if LEAK == NOT_SCRUBBED
enum result __real_db_scrub(struct db *db, const char *const *tables);
enum result __wrap_db_scrub(struct db *db, const char *const *tables);

enum result __wrap_db_scrub(struct db *db, const char *const *tables)
{
	return strcmp(tables[0], "ring_open") ? __real_db_scrub(db, tables) : RES_OK;
}
#endif

#if LEAK == EXTRA_DRAW
static struct random_source *rnd;

struct answers *__wrap_answers_new(const struct answers_setup *s)
{
	rnd = s->rnd;
	return __real_answers_new(s);
}

enum result __wrap_answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	(void)random_below(rnd, "offers/token", 10);
	return __real_answers_post(r, post, slot);
}
#endif

#if LEAK == IDLE_TICKS
#include "haven/answers/answers_inside.h"

enum result __real_answers_tick(struct answers *r);
enum result __wrap_answers_tick(struct answers *r);

enum result __wrap_answers_tick(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	bool held = r->held;
	pthread_mutex_unlock(&r->lock);
	return held ? __real_answers_tick(r) : RES_OK;
}
#endif
