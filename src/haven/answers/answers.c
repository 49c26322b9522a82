#include "haven/answers/answers_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define JOB_HOUR "answers/hour"
#define CLOSED_SETTING "answers/closed" /* the newest hour that was written anew, 8 bytes big-endian */

#define HOUR_MOST 16000 /* slots of one hour: 32 MB, which is past any true number of answers */

static const struct id whole_workplace;

SQL(slot_put, "iib", "", "INSERT INTO ring (hour, slot, bytes) VALUES ($1, $2, $3)");
SQL(slot_set, "iib", "", "UPDATE ring SET bytes = $3 WHERE hour = $1 AND slot = $2");
SQL(slot_list, "i", "slot:i bytes:b", "SELECT slot, bytes FROM ring WHERE hour = $1 ORDER BY slot");
SQL(slot_count, "i", "n:i", "SELECT COUNT(*) AS n FROM ring WHERE hour = $1");
SQL(hour_clear, "i", "", "DELETE FROM ring WHERE hour = $1");
SQL(hours_not_closed, "i", "", "DELETE FROM ring WHERE hour > $1");
SQL(hours_old, "i", "", "DELETE FROM ring WHERE hour < $1");
SQL(hours_open, "ii", "hour:i", "SELECT DISTINCT hour FROM ring WHERE hour > $1 AND hour < $2 ORDER BY hour");
SQL(closed_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(closed_put, "tb", "",
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

struct answers *answers_new(const struct answers_setup *setup)
{
	struct answers *r = must_alloc(1, sizeof(*r));
	r->setup = *setup;
	r->limit = limit_new(setup->clock, 60, 60, 16384);
	pthread_mutex_init(&r->growing, NULL);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->settled, NULL);
	return r;
}

void answers_free(struct answers **r)
{
	if (!*r)
		return;
	limit_free(&(*r)->limit);
	pthread_cond_destroy(&(*r)->settled);
	pthread_mutex_destroy(&(*r)->lock);
	pthread_mutex_destroy(&(*r)->growing);
	free((*r)->unused);
	free((*r)->posts);
	free(*r);
	*r = NULL;
}

static int64_t present_hour(const struct answers *r)
{
	return clock_now(r->setup.clock).s / 3600;
}

/* ---- the newest closed hour, kept through restarts ---- */

static enum result get_closed(struct tx *tx, int64_t *closed_r)
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

/* Puts p more slots of dummies behind `have`, in random order. */
static enum result put_slots(struct tx *tx, struct answers *r, int64_t hour, int64_t have, int p)
{
	enum result res = RES_OK;
	struct arena *a = arena_new();
	int *order = arena_array(a, int, (size_t)p);
	for (int i = 0; i < p; i++) {
		int k = (int)random_below(r->setup.rnd, "ring/order", (uint32_t)i + 1);
		order[i] = order[k];
		order[k] = i;
	}
	for (int i = 0; res == RES_OK && i < p; i++) {
		struct slice dummy = sealed_bytes(ring_dummy_slot(r->setup.rnd, a));
		res = db_do(tx, &slot_put, NULL, v_int(hour), v_int(have + order[i]), v_bytes(dummy.p, dummy.n));
	}
	arena_free(&a);
	return res;
}

/* Slots for an hour of the ring. */
struct opening {
	struct answers *r;
	int64_t hour;     /* of the ring */
	int64_t at;       /* by the clock, when it was or is opened: mail is counted by it */
	int64_t first, p; /* put are p slots from this one */
};

/* Puts P more behind the first o->first; o->p is P. */
static enum result put_dummies(struct tx *tx, struct opening *o)
{
	int64_t mailed;
	enum result res = o->r->setup.mailed(tx, o->at, &mailed);
	if (res != RES_OK)
		return res;
	int p = o->r->setup.slots(mailed);
	res = put_slots(tx, o->r, o->hour, o->first, p);
	if (res == RES_OK)
		o->p = p;
	return res;
}

/* Writes all slots of an hour anew, in the order of slot, so that no trace in the file tells which were real. */
static enum result rewrite(struct tx *tx, int64_t hour)
{
	struct arena *a = arena_new();
	struct rows *rows;
	struct { int64_t slot; struct slice bytes; } *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &slot_list, &rows, v_int(hour));
	if (res != RES_OK)
		goto out;
	while ((res = rows_next(rows)) == RES_OK) {
		if (n == room)
			list = must_realloc(list, room = room ? room * 2 : 32, sizeof(*list));
		list[n].slot = row_int(rows, 0);
		list[n++].bytes = arena_slice(a, row_bytes(rows, 1));
	}
	rows_end(&rows);
	if (res == RES_NONE)
		res = db_do(tx, &hour_clear, NULL, v_int(hour));
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = db_do(tx, &slot_put, NULL, v_int(hour), v_int(list[i].slot), v_bytes(list[i].bytes.p, list[i].bytes.n));
out:
	free(list);
	arena_free(&a);
	return res;
}

/* Everything between the last closed hour and this later one is closed. */
static enum result close_before(struct tx *tx, int64_t closed, int64_t hour)
{
	struct rows *rows;
	int64_t open[ANSWERS_KEPT_DAYS * 24 + 2];
	size_t n = 0;
	enum result res = db_ask(tx, &hours_open, &rows, v_int(closed), v_int(hour));
	if (res != RES_OK)
		return res;
	while (n < ARRAY_LEN(open) && (res = rows_next(rows)) == RES_OK)
		open[n++] = row_int(rows, 0);
	rows_end(&rows);
	if (res == RES_NONE)
		res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = rewrite(tx, open[i]);
	if (res == RES_OK)
		res = db_do(tx, &hours_old, NULL, v_int(hour - ANSWERS_KEPT_DAYS * 24));
	return res == RES_OK ? put_closed(tx, hour - 1) : res;
}

/* Under the lock. Slots that were drawn and not written come back beside those that were put meanwhile. */
static void add_unused(struct answers *r, int64_t slot)
{
	if (r->unused_n == r->unused_room)
		r->unused = must_realloc(r->unused, r->unused_room = r->unused_room ? r->unused_room * 2 : 64, sizeof(*r->unused));
	r->unused[r->unused_n++] = slot;
}

/* Under the lock: from here on these slots are unused. Each transaction that puts slots hands over exactly its own, so that
   no slot can be drawn twice. */
static void take_slots(struct answers *r, const struct opening *o)
{
	if (r->hour != o->hour) {
		r->posts_n = 0;
		r->unused_n = 0;
		r->hour = o->hour;
		r->opened = o->at;
		r->closed = o->hour - 1;
	}
	for (int64_t i = 0; i < o->p; i++)
		add_unused(r, o->first + i);
	pthread_cond_broadcast(&r->settled);
}

static void take_over(const struct opening *o)
{
	pthread_mutex_lock(&o->r->lock);
	take_slots(o->r, o);
	pthread_mutex_unlock(&o->r->lock);
}

/* What the hourly job has put, whoever comes first after it was committed. */
static void take_put(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	struct opening o = { .r = r, .hour = r->put_hour, .at = r->put_at, .first = r->put_first, .p = r->put_n };
	r->put_hour = 0;
	if (o.hour)
		take_slots(r, &o);
	pthread_mutex_unlock(&r->lock);
}

/* The ring's hours follow the clock's, but none comes again: desks have looked through those that were closed. After a
   clock that ran ahead they go on being ahead. */
static enum result open_hour(struct tx *tx, struct opening *o)
{
	int64_t closed;
	enum result res = get_closed(tx, &closed);
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
	res = close_before(tx, closed, o->hour);
	if (res == RES_OK)
		res = count_slots(tx, o->hour, &o->first);
	if (res == RES_OK)
		res = put_dummies(tx, o);
	if (res == RES_OK)
		res = clockwork_put(tx, JOB_HOUR, &whole_workplace, (struct instant){ (o->at + 1) * 3600 });
	return res;
}

/* Opens the hour, unless the hourly job has just done so: then nothing is put, and nobody can tell that somebody asked. */
static enum result open_unless_put(struct tx *tx, void *ctx)
{
	struct opening *o = ctx;
	int64_t there;
	pthread_mutex_lock(&o->r->lock);
	bool open = o->r->hour;
	int64_t put_hour = o->r->put_hour, put_end = o->r->put_first + o->r->put_n;
	pthread_mutex_unlock(&o->r->lock);
	o->hour = 0;
	if (open)
		return RES_OK;
	if (put_hour) {
		enum result res = count_slots(tx, put_hour, &there);
		if (res != RES_OK || there >= put_end)
			return res;
	}
	return open_hour(tx, o);
}

enum result answers_open_hour(struct answers *r)
{
	struct opening o = { .r = r, .at = present_hour(r) };
	enum result res = db_write(r->setup.db, open_unless_put, &o);
	if (res == RES_OK && o.hour)
		take_over(&o);
	else if (res == RES_OK)
		take_put(r);
	return res;
}

/* ---- more slots in an hour in which mail goes out ---- */

/* Unless the hour ended meanwhile. */
static void take_more(const struct opening *o)
{
	pthread_mutex_lock(&o->r->lock);
	if (o->r->hour == o->hour)
		take_slots(o->r, o);
	pthread_mutex_unlock(&o->r->lock);
}

/* o->p: how many the hour lacks, which is decided by mail alone. */
static enum result look_lack(struct tx *tx, void *ctx)
{
	struct opening *o = ctx;
	int64_t mailed;
	enum result res = o->r->setup.mailed(tx, o->at + 1, &mailed);
	if (res == RES_OK)
		res = count_slots(tx, o->hour, &o->first);
	if (res == RES_OK)
		o->p = o->r->setup.slots(mailed) - o->first;
	return res;
}

static enum result widen(struct tx *tx, void *ctx)
{
	struct opening *o = ctx;
	enum result res = look_lack(tx, o);
	return res == RES_OK && o->p > 0 ? put_slots(tx, o->r, o->hour, o->first, (int)o->p) : res;
}

enum result answers_widen(struct answers *r)
{
	enum result res = RES_OK;
	pthread_mutex_lock(&r->growing);
	pthread_mutex_lock(&r->lock);
	struct opening o = { .r = r, .hour = r->hour, .at = r->opened };
	pthread_mutex_unlock(&r->lock);
	if (o.hour)
		res = db_read(r->setup.db, look_lack, &o);
	if (res == RES_OK && o.p > 0) {
		res = db_write(r->setup.db, widen, &o);
		if (res == RES_OK)
			take_more(&o);
	}
	pthread_mutex_unlock(&r->growing);
	return res;
}

/* ---- the hourly job ---- */

/* The hour has ended. Its slots stop taking posts before they are written anew. Hours end by the clock: one that was opened
   by a clock that ran ahead ends too, whatever its number. */
static enum result hour_job(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct opening o = { .r = room, .at = now.s / 3600 };
	(void)about;
	pthread_mutex_lock(&o.r->lock);
	bool open_already = o.r->hour && o.r->opened == o.at;
	if (!open_already && o.r->hour) {
		o.r->ended = o.r->hour;
		o.r->hour = 0;
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
		pthread_mutex_unlock(&o.r->lock);
	}
	return res;
}

/* Committed: let posts in, and make what was overwritten truly gone. */
static void hour_done(void *room)
{
	struct answers *r = room;
	take_put(r);
	if (db_scrub(r->setup.db, "ring") != RES_OK)
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

/* ---- a post ---- */

struct posting {
	struct answers *r;
	int64_t hour, slot;
	struct slice bytes;
};

static enum result post_work(struct tx *tx, void *ctx)
{
	struct posting *p = ctx;
	int64_t set = 0;
	pthread_mutex_lock(&p->r->lock);
	bool open = p->r->hour == p->hour;
	pthread_mutex_unlock(&p->r->lock);
	if (!open)
		return RES_AGAIN; /* the hour ended meanwhile */
	enum result res = db_do(tx, &slot_set, &set, v_int(p->hour), v_int(p->slot), v_bytes(p->bytes.p, p->bytes.n));
	return res == RES_OK && set != 1 ? RES_BROKEN : res;
}

static enum result more_work(struct tx *tx, void *ctx)
{
	struct opening *o = ctx;
	enum result res = count_slots(tx, o->hour, &o->first);
	/* More than every desk could read: a flood. What was written is not lost by the sender, who is told 503. */
	if (res == RES_OK && o->first >= HOUR_MOST)
		return RES_BROKEN;
	return res == RES_OK ? put_dummies(tx, o) : res;
}

/* There is no unused slot: opens the hour, or puts P more. One at a time, so that many at once add no more than they need. */
static enum result grow(struct answers *r)
{
	enum result res = RES_OK;
	pthread_mutex_lock(&r->growing);
	pthread_mutex_lock(&r->lock);
	struct opening o = { .r = r, .hour = r->hour, .at = r->opened };
	bool enough = r->hour && r->unused_n;
	pthread_mutex_unlock(&r->lock);
	if (!enough && !o.hour) {
		res = answers_open_hour(r);
	} else if (!enough) {
		res = db_write(r->setup.db, more_work, &o);
		if (res == RES_OK)
			take_more(&o);
	}
	pthread_mutex_unlock(&r->growing);
	return res;
}

static struct answers_known *known_of(struct answers *r, const struct id *post)
{
	for (size_t i = 0; i < r->posts_n; i++)
		if (id_eq(&r->posts[i].id, post))
			return &r->posts[i];
	return NULL;
}

/* Draws an unused slot for a post that is not known yet. RES_OK: drawn, and known from now on. RES_NONE: it is
   written already. RES_AGAIN: there is no slot. */
static enum result draw_slot(struct answers *r, const struct id *post, struct posting *p)
{
	enum result res = RES_OK;
	struct answers_known *known;
	pthread_mutex_lock(&r->lock);
	while ((known = known_of(r, post)) && !known->done)
		pthread_cond_wait(&r->settled, &r->lock);
	if (known) {
		res = RES_NONE;
	} else if (!r->hour || !r->unused_n) {
		res = RES_AGAIN;
	} else {
		size_t at = random_below(r->setup.rnd, "ring/slot", (uint32_t)r->unused_n);
		p->hour = r->hour;
		p->slot = r->unused[at];
		r->unused[at] = r->unused[--r->unused_n];
		if (r->posts_n == r->posts_room)
			r->posts = must_realloc(r->posts, r->posts_room = r->posts_room ? r->posts_room * 2 : 64,
						sizeof(*r->posts));
		r->posts[r->posts_n++] = (struct answers_known){ *post, false };
	}
	pthread_mutex_unlock(&r->lock);
	return res;
}

/* It is durable, or it was not written: then its slot is unused again. */
static void settle(struct answers *r, const struct id *post, const struct posting *p, bool written)
{
	pthread_mutex_lock(&r->lock);
	struct answers_known *known = r->hour == p->hour ? known_of(r, post) : NULL;
	if (known && written) {
		known->done = true;
	} else if (known) {
		*known = r->posts[--r->posts_n];
		add_unused(r, p->slot);
	}
	pthread_cond_broadcast(&r->settled);
	pthread_mutex_unlock(&r->lock);
}

enum result answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	enum result res = RES_AGAIN;
	/* The hour may end between drawing and writing, and others may take the slots that were put: a few times at most. */
	for (int tries = 0; res == RES_AGAIN && tries < 100; tries++) {
		struct posting p = { .r = r, .bytes = sealed_bytes(slot) };
		res = draw_slot(r, post, &p);
		if (res == RES_NONE)
			return RES_OK;
		if (res == RES_AGAIN) {
			enum result grown = grow(r);
			if (grown != RES_OK && grown != RES_AGAIN)
				return grown;
			continue;
		}
		res = db_write(r->setup.db, post_work, &p);
		settle(r, post, &p, res == RES_OK);
	}
	return res;
}

/* ---- backups ---- */

enum result answers_leave_out_open(struct tx *tx)
{
	int64_t closed; /* kept, not read off the clock: that may have gone back since */
	enum result res = get_closed(tx, &closed);
	return res == RES_OK ? db_do(tx, &hours_not_closed, NULL, v_int(closed)) : res;
}
