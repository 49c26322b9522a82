/* A post: written at once, or held until a tick where the database counts transactions (db_pace_ms). */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "haven/answers/answers_inside.h"

#define JOB_TIME 3 /* seconds the hourly job has before a tick does its work */
#define TURNS_IN 8 /* ticks until every slot was written once: our choice, between disk and waiting */

SQL(slot_set, "iib", "", "UPDATE ring_open SET bytes = $3 WHERE hour = $1 AND slot = $2");

static enum result write_slot(struct tx *tx, int64_t hour, int64_t slot, struct slice bytes)
{
	int64_t set = 0;
	enum result res = db_do(tx, &slot_set, &set, v_int(hour), v_int(slot), v_bytes(bytes.p, bytes.n));
	return res == RES_OK && set != 1 ? RES_BROKEN : res;
}

static bool is_open(struct answers *r, int64_t hour)
{
	pthread_mutex_lock(&r->lock);
	bool open = r->hour == hour;
	pthread_mutex_unlock(&r->lock);
	return open;
}

/* ---- at once ---- */

struct posting {
	struct answers *r;
	int64_t hour, slot;
	struct slice bytes;
};

static enum result post_work(struct tx *tx, void *ctx)
{
	struct posting *p = ctx;
	if (!is_open(p->r, p->hour))
		return RES_AGAIN; /* the hour ended meanwhile */
	return write_slot(tx, p->hour, p->slot, p->bytes);
}

/* Draws an unused slot for a post that is not known yet. RES_OK: drawn, and known from now on. RES_NONE: it is
   written already. RES_AGAIN: there is no slot. */
static enum result draw_slot(struct answers *r, const struct id *post, struct posting *p)
{
	enum result res = RES_OK;
	struct answers_known *known;
	pthread_mutex_lock(&r->lock);
	while ((known = answers_known_of(r, post)) && known->state == ANSWERS_WRITING)
		pthread_cond_wait(&r->settled, &r->lock);
	if (known && known->state != ANSWERS_FAILED) {
		res = RES_NONE;
	} else if (!r->hour || !r->unused_n) {
		res = RES_AGAIN;
	} else {
		size_t at = random_below(r->setup.rnd, "ring/slot", (uint32_t)r->unused_n);
		p->hour = r->hour;
		p->slot = r->unused[at];
		r->unused[at] = r->unused[--r->unused_n];
		answers_know(r, post, ANSWERS_WRITING);
	}
	pthread_mutex_unlock(&r->lock);
	return res;
}

/* It is durable, or it was not written: then its slot is unused again. */
static void settle(struct answers *r, const struct id *post, const struct posting *p, bool written)
{
	pthread_mutex_lock(&r->lock);
	struct answers_known *known = r->hour == p->hour ? answers_known_of(r, post) : NULL;
	if (known)
		known->state = written ? ANSWERS_DONE : ANSWERS_FAILED;
	if (known && !written)
		answers_unused(r, p->slot);
	pthread_cond_broadcast(&r->settled);
	pthread_mutex_unlock(&r->lock);
}

/* One at a time, so that many at once add no more than they need. */
static enum result grow(struct answers *r)
{
	pthread_mutex_lock(&r->growing);
	enum result res = answers_grow(r);
	pthread_mutex_unlock(&r->growing);
	return res;
}

static enum result post_at_once(struct answers *r, const struct id *post, const struct sealed *slot)
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

/* ---- held until a tick ---- */

static enum result hold(struct answers *r, const struct id *post, const struct sealed *slot)
{
	struct slice bytes = sealed_bytes(slot);
	enum result res = RES_NONE;
	pthread_mutex_lock(&r->lock);
	struct answers_known *known = answers_known_of(r, post);
	if (known && known->state == ANSWERS_DONE) {
		res = RES_OK;
	} else if (!known || known->state == ANSWERS_FAILED) {
		struct answers_held *h = must_alloc(1, sizeof(*h));
		h->id = *post;
		if (bytes.n != sizeof(h->bytes))
			bug("a slot of %zu bytes", bytes.n);
		memcpy(h->bytes, bytes.p, bytes.n);
		*r->held_end = h;
		r->held_end = &h->next;
		answers_know(r, post, ANSWERS_HELD);
	}
	pthread_mutex_unlock(&r->lock);
	return res;
}

enum result answers_post(struct answers *r, const struct id *post, const struct sealed *slot)
{
	return r->pace_ms ? hold(r, post, slot) : post_at_once(r, post, slot);
}

enum result answers_posted(struct answers *r, const struct id *post)
{
	pthread_mutex_lock(&r->lock);
	const struct answers_known *known = answers_known_of(r, post);
	/* Unknown is what was written in the hour that just ended. */
	enum result res = !known || known->state == ANSWERS_DONE ? RES_OK
			  : known->state == ANSWERS_FAILED	? RES_BROKEN
								: RES_NONE;
	pthread_mutex_unlock(&r->lock);
	return res;
}

/* ---- a tick ---- */

/* What a tick writes to one slot. */
struct writing {
	int64_t slot;
	struct slice bytes;
	struct answers_held *held; /* the answer that comes to lie there; NULL: what was there, or another dummy */
};

struct tick {
	struct answers *r;
	struct arena *a;
	int64_t hour;
	struct answers_opening put; /* more slots, or another hour's, that the transaction puts (p > 0) */
	int64_t own;
	struct writing *list;
	size_t n;
};

/* The next slots in turn. What lies there is written again; where a dummy lies, an answer or another dummy. So neither how
   much is written nor where tells whether anybody answered. */
static void plan(struct tick *t)
{
	struct answers *r = t->r;
	pthread_mutex_lock(&r->lock);
	t->hour = r->hour;
	t->own = r->own;
	t->put = (struct answers_opening){ .r = r, .hour = r->hour, .at = r->opened };
	t->n = (r->turns_n + TURNS_IN - 1) / TURNS_IN;
	t->list = arena_array(t->a, struct writing, t->n);
	for (size_t i = 0; i < t->n; i++) {
		const struct answers_turn *turn = &r->turns[(r->turn_at + i) % r->turns_n];
		struct writing *w = &t->list[i];
		w->slot = turn->slot;
		if (turn->bytes) {
			w->bytes = arena_slice(t->a, slice_bytes(turn->bytes, RING_SLOT));
			continue;
		}
		w->held = r->held;
		if (w->held) {
			r->held = w->held->next;
			if (!r->held)
				r->held_end = &r->held;
		}
		w->bytes = w->held ? slice_bytes(w->held->bytes, RING_SLOT) : sealed_bytes(ring_dummy_slot(r->setup.rnd, t->a));
	}
	pthread_mutex_unlock(&r->lock);
}

static enum result tick_work(struct tx *tx, void *ctx)
{
	struct tick *t = ctx;
	int64_t closed;
	t->put.hour = t->hour;
	t->put.p = 0;
	if (!is_open(t->r, t->hour))
		return RES_AGAIN; /* our own job is closing it */
	enum result res = answers_get_closed(tx, &closed);
	if (res != RES_OK)
		return res;
	if (closed + 1 != t->hour) { /* another process has closed it: here are our slots of the new one */
		t->put.hour = closed + 1;
		t->put.at = clock_now(t->r->setup.clock).s / 3600;
		return answers_put_slots(tx, &t->put);
	}
	res = answers_put_lack(tx, &t->put, t->own);
	for (size_t i = 0; res == RES_OK && i < t->n; i++)
		res = write_slot(tx, t->hour, t->list[i].slot, t->list[i].bytes);
	return res;
}

/* Under the lock: it comes first the next time. */
static void hold_again(struct answers *r, struct answers_held *h)
{
	h->next = r->held;
	r->held = h;
	if (!h->next)
		r->held_end = &h->next;
}

/* Under the lock. A later hour's slots may have been taken meanwhile: what was written in this one is durable all the same. */
static void note_written(struct tick *t)
{
	struct answers *r = t->r;
	bool same = r->hour == t->hour;
	for (size_t i = 0; i < t->n; i++) {
		struct answers_held *h = t->list[i].held;
		struct answers_turn *turn = same ? &r->turns[(r->turn_at + i) % r->turns_n] : NULL;
		if (!h)
			continue;
		answers_know(r, &h->id, ANSWERS_DONE);
		if (turn) {
			turn->bytes = must_alloc(RING_SLOT, 1);
			memcpy(turn->bytes, h->bytes, RING_SLOT);
			r->unused_n--;
		}
		free(h);
		t->list[i].held = NULL;
	}
	if (same && r->turns_n)
		r->turn_at = (r->turn_at + t->n) % r->turns_n;
}

static void note_failed(struct answers *r)
{
	for (struct answers_held *h = r->held, *next; h; h = next) {
		next = h->next;
		answers_know(r, &h->id, ANSWERS_FAILED);
		free(h);
	}
	r->held = NULL;
	r->held_end = &r->held;
}

/* → whether anybody may wait for this. RES_AGAIN: a conflict with others; the next tick tries again. */
static bool note(struct tick *t, enum result res)
{
	struct answers *r = t->r;
	bool other_hour = t->put.hour != t->hour, settled = false;
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < t->n; i++)
		settled |= t->list[i].held && !other_hour && res == RES_OK;
	if (res == RES_OK && !other_hour)
		note_written(t);
	for (size_t i = t->n; i-- > 0;)
		if (t->list[i].held)
			hold_again(r, t->list[i].held);
	if (res == RES_OK && t->put.p && (other_hour ? r->hour == t->hour : r->hour == t->put.hour))
		answers_take_slots(r, &t->put);
	if (res != RES_OK && res != RES_AGAIN) {
		settled = r->held != NULL;
		note_failed(r);
	}
	bool news = (res != RES_OK && res != RES_AGAIN) != r->tick_failed;
	r->tick_failed ^= news;
	if (news && r->tick_failed)
		log_world("answers", "answers cannot be written: whoever answers now is asked to try again");
	pthread_cond_broadcast(&r->settled);
	pthread_mutex_unlock(&r->lock);
	return settled;
}

/* Under the lock. While the hourly job is about the hour, a tick leaves it alone: both would stand in each other's way. */
static bool job_is_at_it(const struct answers *r)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return !r->hour && r->closing.tv_sec && now.tv_sec - r->closing.tv_sec <= JOB_TIME;
}

/* Opens the hour where the hourly job could not, and adds slots where answers filled them all. RES_AGAIN: none is open, and the
   job may yet open it. */
static enum result make_room(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	bool none = !r->hour, full = none || (r->held && !r->unused_n), wait = job_is_at_it(r);
	pthread_mutex_unlock(&r->lock);
	enum result res = wait ? RES_AGAIN : full ? answers_grow(r) : RES_OK;
	/* Another process has closed this hour, which the tick's work finds out. */
	return res == RES_AGAIN && !none ? RES_OK : res;
}

enum result answers_tick(struct answers *r)
{
	pthread_mutex_lock(&r->growing);
	struct tick t = { .r = r, .a = arena_new() };
	enum result res = make_room(r);
	if (res == RES_OK) {
		plan(&t);
		res = db_write(r->setup.db, tick_work, &t);
	}
	bool settled = note(&t, res);
	arena_free(&t.a);
	pthread_mutex_unlock(&r->growing);
	if (settled && r->setup.settled)
		r->setup.settled(r->setup.settled_ctx);
	return res;
}

/* ---- the thread ---- */

static void add_ms(struct timespec *t, int ms)
{
	t->tv_nsec += (long)ms * 1000000;
	t->tv_sec += t->tv_nsec / 1000000000;
	t->tv_nsec %= 1000000000;
}

static bool is_past(const struct timespec *t)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

/* At fixed moments: one that comes while another is under way is left out. */
static void *tick_on(void *arg)
{
	struct answers *r = arg;
	struct timespec next;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		do
			add_ms(&next, r->pace_ms);
		while (is_past(&next));
		pthread_mutex_lock(&r->lock);
		while (!r->stopping && pthread_cond_timedwait(&r->stop, &r->lock, &next) == 0)
			;
		bool stopping = r->stopping;
		pthread_mutex_unlock(&r->lock);
		if (stopping)
			return NULL;
		(void)!answers_tick(r); /* said in the log, and tried again */
	}
}

enum result answers_start(struct answers *r)
{
	if (!r->pace_ms)
		return RES_OK;
	if (pthread_create(&r->ticker, NULL, tick_on, r) != 0)
		return RES_BROKEN;
	r->ticking = true;
	return RES_OK;
}

void answers_stop(struct answers *r)
{
	if (!r->ticking)
		return;
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_cond_signal(&r->stop);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->ticker, NULL);
	r->ticking = r->stopping = false;
}
