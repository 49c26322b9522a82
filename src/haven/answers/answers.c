#include "haven/answers/answers_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define JOB_HOUR "answers/hour"
#define CLOSED_SETTING "answers/closed" /* the newest hour that was written anew, 8 bytes big-endian */

const char *const answers_not_in_backups[] = { "ring_open", NULL };

static const struct id whole_workplace;

SQL(slot_put, "iib", "", "INSERT INTO ring_open (hour, slot, bytes) VALUES ($1, $2, $3)");
SQL(slot_get, "ii", "bytes:b", "SELECT bytes FROM ring_open WHERE hour = $1 AND slot = $2");
SQL(slot_count, "i", "n:i", "SELECT COUNT(*) AS n FROM ring_open WHERE hour = $1");
/* Written anew, in the order of slot, so that no trace in the file tells which were real. */
SQL(hours_close, "i", "",
    "INSERT INTO ring (hour, slot, bytes) SELECT hour, slot, bytes FROM ring_open WHERE hour < $1 ORDER BY hour, slot");
SQL(hours_clear, "i", "", "DELETE FROM ring_open WHERE hour < $1");
SQL(hours_old, "i", "", "DELETE FROM ring WHERE hour < $1");
SQL(closed_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(closed_put, "tb", "",
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

struct answers *answers_new(const struct answers_setup *setup)
{
	struct answers *r = must_alloc(1, sizeof(*r));
	r->setup = *setup;
	r->limit = limit_new(setup->clock, 60, 60, 16384);
	r->pace_ms = db_pace_ms(setup->db);
	r->held_end = &r->held;
	random_fill(setup->rnd, "ring/known", r->known_key, sizeof(r->known_key));
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&r->stop, &steady);
	pthread_condattr_destroy(&steady);
	pthread_mutex_init(&r->growing, NULL);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->settled, NULL);
	return r;
}

/* Under the lock, or at the end: dummies all. */
static void forget_turns(struct answers *r)
{
	for (size_t i = 0; i < r->turns_n; i++)
		free(r->turns[i].bytes);
	r->turns_n = r->turn_at = 0;
}

void answers_free(struct answers **r)
{
	if (!*r)
		return;
	answers_stop(*r);
	limit_free(&(*r)->limit);
	pthread_cond_destroy(&(*r)->stop);
	pthread_cond_destroy(&(*r)->settled);
	pthread_mutex_destroy(&(*r)->lock);
	pthread_mutex_destroy(&(*r)->growing);
	for (struct answers_held *h = (*r)->held, *next; h; h = next) {
		next = h->next;
		free(h);
	}
	forget_turns(*r);
	free((*r)->turns);
	free((*r)->unused);
	free((*r)->posts);
	free((*r)->finder);
	free(*r);
	*r = NULL;
}

static int64_t present_hour(const struct answers *r)
{
	return clock_now(r->setup.clock).s / 3600;
}

/* ---- the newest closed hour, kept through restarts ---- */

enum result answers_get_closed(struct tx *tx, int64_t *closed_r)
{
	struct rows *rows;
	int64_t n = 0;
	enum result res = db_one(tx, &closed_get, &rows, v_str(CLOSED_SETTING));
	if (res == RES_OK) {
		struct slice v = row_bytes(rows, 0);
		for (size_t i = 0; i < v.n; i++)
			n = n << 8 | (unsigned char)v.p[i];
	}
	rows_end(&rows);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*closed_r = n;
	return RES_OK;
}

static enum result put_closed(struct tx *tx, int64_t closed)
{
	unsigned char v[8];
	for (int i = 0; i < 8; i++)
		v[i] = (unsigned char)(closed >> (8 * (7 - i)));
	return db_do(tx, &closed_put, NULL, v_str(CLOSED_SETTING), v_bytes(v, sizeof(v)));
}

/* ---- slots ---- */

static enum result count_slots(struct tx *tx, int64_t hour, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &slot_count, &rows, v_int(hour));
	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

/* Puts o->p more slots of dummies from o->first on, in random order. */
static enum result put_slots(struct tx *tx, struct answers_opening *o)
{
	enum result res = RES_OK;
	struct random_source *rnd = o->r->setup.rnd;
	int p = (int)o->p;
	int *order = must_alloc((size_t)p + 1, sizeof(*order));
	for (int i = 0; i < p; i++) {
		int k = (int)random_below(rnd, "ring/order", (uint32_t)i + 1);
		order[i] = order[k];
		order[k] = i;
	}
	for (int i = 0; res == RES_OK && i < p; i++) {
		struct arena *a = arena_new();
		struct slice dummy = sealed_bytes(ring_dummy_slot(rnd, a));
		if (order[i] == 0)
			crypt_hash(dummy, o->sign);
		res = db_do(tx, &slot_put, NULL, v_int(o->hour), v_int(o->first + order[i]), v_bytes(dummy.p, dummy.n));
		arena_free(&a);
	}
	free(order);
	return res;
}

/* Half of what is left, in eights as ticks take them: so whoever starts later in the hour finds room too, and the sum is never
   more than a desk can read. By mail, starts and the slots that are there, which the table shows anyway. */
static int64_t share(int64_t want, int64_t have)
{
	int64_t most = have < ANSWERS_HOUR_MOST ? (ANSWERS_HOUR_MOST - have) / 16 * 8 : 0;
	return want < most ? want : most;
}

/* RES_AGAIN: the hour was closed. What came behind it then would be in the way of the next closing. */
static enum result still_open(struct tx *tx, int64_t hour)
{
	int64_t closed;
	enum result res = answers_get_closed(tx, &closed);
	return res == RES_OK && hour <= closed ? RES_AGAIN : res;
}

/* Each hour, and with each message that goes out: never because somebody answers (answers_api.c). */
static enum result look_mailed(struct tx *tx, struct answers *r, int64_t hour, int64_t *mailed_r)
{
	enum result res = r->setup.mailed(tx, hour, mailed_r);
	if (res == RES_OK)
		answers_follow_mail(r, *mailed_r);
	return res;
}

static enum result look_doors(struct tx *tx, struct answers *r)
{
	struct answers_doors doors;
	enum result res = answers_get_doors(tx, instant_day(clock_now(r->setup.clock)), &doors);
	if (res != RES_OK)
		return res;
	pthread_mutex_lock(&r->lock);
	r->doors = doors;
	pthread_mutex_unlock(&r->lock);
	return RES_OK;
}

enum result answers_put_slots(struct tx *tx, struct answers_opening *o)
{
	int64_t mailed;
	enum result res = still_open(tx, o->hour);
	if (res == RES_OK)
		res = count_slots(tx, o->hour, &o->first);
	if (res == RES_OK)
		res = look_mailed(tx, o->r, o->at, &mailed);
	if (res == RES_OK)
		res = look_doors(tx, o->r);
	if (res != RES_OK)
		return res;
	o->p = share(o->r->setup.slots(mailed), o->first);
	return put_slots(tx, o);
}

/* Everything before this hour is closed. */
static enum result close_before(struct tx *tx, int64_t hour)
{
	enum result res = db_do(tx, &hours_close, NULL, v_int(hour));
	if (res == RES_OK)
		res = db_do(tx, &hours_clear, NULL, v_int(hour));
	if (res == RES_OK)
		res = db_do(tx, &hours_old, NULL, v_int(hour - ANSWERS_KEPT_DAYS * 24));
	return res == RES_OK ? put_closed(tx, hour - 1) : res;
}

/* Under the lock. Ticks come by in an order that is drawn, so that a slot's number tells no minute. */
static void add_turn(struct answers *r, int64_t slot)
{
	if (r->turns_n == r->turns_room)
		r->turns = must_realloc(r->turns, r->turns_room = r->turns_room ? r->turns_room * 2 : 64, sizeof(*r->turns));
	size_t at = random_below(r->setup.rnd, "ring/turn", (uint32_t)r->turns_n + 1);
	r->turns[r->turns_n++] = r->turns[at];
	r->turns[at] = (struct answers_turn){ slot, NULL };
}

void answers_unused(struct answers *r, int64_t slot)
{
	if (r->pace_ms) {
		add_turn(r, slot);
		r->unused_n++;
		return;
	}
	if (r->unused_n == r->unused_room)
		r->unused = must_realloc(r->unused, r->unused_room = r->unused_room ? r->unused_room * 2 : 64, sizeof(*r->unused));
	r->unused[r->unused_n++] = slot;
}

void answers_take_slots(struct answers *r, const struct answers_opening *o)
{
	if (r->hour != o->hour) {
		answers_forget_posts(r);
		forget_turns(r);
		r->opened_n++;
		r->unused_n = 0;
		r->own = 0;
		r->hour = o->hour;
		r->opened = o->at;
		r->closed = o->hour - 1;
	}
	for (int64_t i = 0; i < o->p; i++)
		answers_unused(r, o->first + i);
	r->own += o->p;
	pthread_cond_broadcast(&r->settled);
}

static void take_over(const struct answers_opening *o)
{
	pthread_mutex_lock(&o->r->lock);
	answers_take_slots(o->r, o);
	pthread_mutex_unlock(&o->r->lock);
}

/* What the hourly job has put, whoever comes first after it was committed. */
static void take_put(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	struct answers_opening o = { .r = r, .hour = r->put_hour, .at = r->put_at, .first = r->put_first, .p = r->put_n };
	r->put_hour = 0;
	if (o.hour)
		answers_take_slots(r, &o);
	pthread_mutex_unlock(&r->lock);
}

/* The ring's hours follow the clock's, but none comes again: desks have looked through those that were closed. After a
   clock that ran ahead they go on being ahead. */
static enum result open_hour(struct tx *tx, struct answers_opening *o)
{
	int64_t closed;
	enum result res = answers_get_closed(tx, &closed);
	if (res != RES_OK)
		return res;
	pthread_mutex_lock(&o->r->lock);
	int64_t ended = o->r->ended;
	pthread_mutex_unlock(&o->r->lock);
	o->hour = o->at;
	if (o->hour <= closed)
		o->hour = closed + 1;
	if (o->hour <= ended)
		o->hour = ended + 1;
	res = close_before(tx, o->hour);
	if (res == RES_OK)
		res = answers_put_slots(tx, o);
	if (res == RES_OK)
		res = clockwork_put(tx, JOB_HOUR, &whole_workplace, (struct instant){ (o->at + 1) * 3600 });
	return res;
}

/* Whether what this process put first lies there: else its commit was lost, and others may have put theirs in that place. */
static enum result is_signed(struct tx *tx, int64_t hour, int64_t slot, const unsigned char sign[CRYPT_HASH], bool *ours_r)
{
	struct rows *rows;
	unsigned char there[CRYPT_HASH];
	bool ours = false;
	enum result res = db_one(tx, &slot_get, &rows, v_int(hour), v_int(slot));
	if (res == RES_OK) {
		crypt_hash(row_bytes(rows, 0), there);
		ours = memcmp(there, sign, sizeof(there)) == 0;
	}
	rows_end(&rows);
	if (res == RES_OK || res == RES_NONE)
		*ours_r = ours;
	return res == RES_NONE ? RES_OK : res;
}

/* Opens the hour, unless the hourly job has just done so: then nothing is put, and nobody can tell that somebody asked. */
static enum result open_unless_put(struct tx *tx, void *ctx)
{
	struct answers_opening *o = ctx;
	bool ours;
	pthread_mutex_lock(&o->r->lock);
	bool open = o->r->hour;
	int64_t put_hour = o->r->put_hour, put_first = o->r->put_first, put_n = o->r->put_n;
	unsigned char sign[CRYPT_HASH];
	memcpy(sign, o->r->put_sign, sizeof(sign));
	pthread_mutex_unlock(&o->r->lock);
	o->hour = 0;
	if (open)
		return RES_OK;
	if (put_hour && put_n) {
		enum result res = is_signed(tx, put_hour, put_first, sign, &ours);
		if (res != RES_OK || ours)
			return res;
	}
	return open_hour(tx, o);
}

/* With `growing` held: whoever comes first opens it, once. */
static enum result open_present(struct answers *r)
{
	struct answers_opening o = { .r = r };
	enum result res = RES_AGAIN;
	for (int tries = 0; res == RES_AGAIN && tries < 10; tries++) { /* another process puts its slots just now */
		o.at = present_hour(r);
		res = db_write(r->setup.db, open_unless_put, &o);
	}
	if (res == RES_OK && o.hour)
		take_over(&o);
	else if (res == RES_OK)
		take_put(r);
	return res;
}

enum result answers_open_hour(struct answers *r)
{
	pthread_mutex_lock(&r->growing);
	enum result res = open_present(r);
	pthread_mutex_unlock(&r->growing);
	return res;
}

/* ---- more slots in an hour in which mail goes out ---- */

/* Unless the hour ended meanwhile. */
static void take_more(const struct answers_opening *o)
{
	pthread_mutex_lock(&o->r->lock);
	if (o->r->hour == o->hour)
		answers_take_slots(o->r, o);
	pthread_mutex_unlock(&o->r->lock);
}

/* How many this process lacks, which is decided by mail alone. */
static enum result look_lack(struct tx *tx, const struct answers_opening *o, int64_t own, int64_t *lack_r)
{
	int64_t mailed;
	enum result res = look_mailed(tx, o->r, o->at + 1, &mailed);
	if (res == RES_OK)
		*lack_r = share(o->r->setup.slots(mailed), 0) - own;
	return res;
}

enum result answers_put_lack(struct tx *tx, struct answers_opening *o, int64_t own)
{
	int64_t lack;
	o->p = 0;
	enum result res = look_lack(tx, o, own, &lack);
	if (res != RES_OK || lack <= 0)
		return res;
	res = still_open(tx, o->hour);
	if (res == RES_OK)
		res = count_slots(tx, o->hour, &o->first);
	/* All of it or nothing: each tick asks again, and would take crumbs until none is left. */
	if (res != RES_OK || share(lack, o->first) < lack)
		return res;
	o->p = lack;
	return put_slots(tx, o);
}

struct widening {
	struct answers_opening o;
	int64_t own, lack;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct widening *w = ctx;
	return look_lack(tx, &w->o, w->own, &w->lack);
}

static enum result widen_work(struct tx *tx, void *ctx)
{
	struct widening *w = ctx;
	return answers_put_lack(tx, &w->o, w->own);
}

enum result answers_widen(struct answers *r)
{
	enum result res = RES_OK;
	if (r->pace_ms)
		return RES_OK;
	pthread_mutex_lock(&r->growing);
	pthread_mutex_lock(&r->lock);
	struct widening w = { { .r = r, .hour = r->hour, .at = r->opened }, r->own, 0 };
	pthread_mutex_unlock(&r->lock);
	if (w.o.hour)
		res = db_read(r->setup.db, look_work, &w);
	if (res == RES_OK && w.lack > 0) {
		res = db_write(r->setup.db, widen_work, &w);
		if (res == RES_OK)
			take_more(&w.o);
		if (res == RES_AGAIN) /* the hour ended meanwhile, and the next has as many */
			res = RES_OK;
	}
	pthread_mutex_unlock(&r->growing);
	return res;
}

/* ---- more slots because answers filled them ---- */

static enum result more_work(struct tx *tx, void *ctx)
{
	struct answers_opening *o = ctx;
	enum result res = answers_put_slots(tx, o);
	/* More than every desk could read: a flood. What was written is not lost by the sender, who is told 503. */
	return res == RES_OK && !o->p ? RES_BROKEN : res;
}

enum result answers_grow(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	struct answers_opening o = { .r = r, .hour = r->hour, .at = r->opened };
	bool enough = r->hour && r->unused_n;
	pthread_mutex_unlock(&r->lock);
	if (enough)
		return RES_OK;
	if (!o.hour)
		return open_present(r);
	enum result res = db_write(r->setup.db, more_work, &o);
	if (res == RES_OK)
		take_more(&o);
	return res;
}

/* ---- the hourly job ---- */

/* The hour has ended. Its slots stop taking posts before they are written anew. Hours end by the clock: one that was opened
   by a clock that ran ahead ends too, whatever its number. */
static enum result hour_job(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct answers_opening o = { .r = room, .at = now.s / 3600 };
	(void)about;
	pthread_mutex_lock(&o.r->lock);
	bool open_already = o.r->hour && o.r->opened == o.at;
	if (!open_already && o.r->hour) {
		o.r->ended = o.r->hour;
		o.r->hour = 0;
		clock_gettime(CLOCK_MONOTONIC, &o.r->closing);
	}
	o.r->put_hour = 0;
	pthread_mutex_unlock(&o.r->lock);
	if (open_already) /* a restart just before: the slots are there, the next job too */
		return clockwork_put(tx, JOB_HOUR, &whole_workplace, (struct instant){ (o.at + 1) * 3600 });
	enum result res = open_hour(tx, &o);
	if (res == RES_OK) {
		pthread_mutex_lock(&o.r->lock);
		o.r->put_hour = o.hour;
		o.r->put_at = o.at;
		o.r->put_first = o.first;
		o.r->put_n = o.p;
		memcpy(o.r->put_sign, o.sign, sizeof(o.sign));
		pthread_mutex_unlock(&o.r->lock);
	}
	return res;
}

/* Committed: let posts in, and make what was overwritten truly gone. */
static void hour_done(void *room)
{
	struct answers *r = room;
	take_put(r);
	static const char *const tables[] = { "ring_open", "ring", NULL };
	if (db_scrub(r->setup.db, tables) != RES_OK)
		log_world("answers", "what was overwritten could not be scrubbed; it is tried again next hour");
}

static enum result put_job(struct tx *tx, void *ctx)
{
	return clockwork_put(tx, JOB_HOUR, &whole_workplace, (struct instant){ (present_hour(ctx) + 1) * 3600 });
}

/* The clock went back: the open hour ends with this one, not when the clock comes by its number again. */
static enum result set_back(void *room)
{
	struct answers *r = room;
	return db_write(r->setup.db, put_job, r);
}

void answers_jobs(struct answers *r, struct clockwork *cw)
{
	clockwork_kind(cw, JOB_HOUR, hour_job, hour_done, r);
	clockwork_set_back(cw, set_back, r);
}
