#include <stdlib.h>

#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

/* ---- silence ---- */

/* Whether she is still a supporter, and leads nobody: one who has ended meanwhile, or was appointed, calls nobody, though her desk had
   shown it. Whom she leads is not known here, so she gives all of them on (PRODUCT.md § 1, promise 5). */
static enum result holder_stays(struct tx *tx, struct arena *a, const struct id *holder, bool *stays_r)
{
	struct supporter s;
	enum result res = id_is_zero(holder) ? RES_NONE : supporters_get(tx, a, holder, &s);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*stays_r = res == RES_OK && !s.leads_staff;
	return RES_OK;
}

/* The deadline has come. Whoever has not looked gives way; where nobody was found, we look again. */
static enum result silence(struct tx *tx, const struct id *task, struct instant now, void *room)
{
	struct offers *o = room;
	struct arena *a = arena_new();
	struct offers_row row;
	bool stays = false;
	(void)now;
	enum result res = offers_get_task(tx, a, task, &row);
	if (res == RES_OK && !row.closed)
		res = holder_stays(tx, a, &row.holder, &stays);
	if (res == RES_OK && !row.closed && !(row.seen && stays))
		res = offers_move_on(tx, o, a, &row);
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

/* Silence it is, only at once. */
static enum result let_go(struct tx *tx, struct arena *a, const struct id *holder, struct instant when)
{
	struct offers_row *held;
	size_t n;
	enum result res = offers_tasks_held(tx, a, holder, &held, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = clockwork_put(tx, OFFERS_JOB_SILENCE, &held[i].id, when);
	return res;
}

enum result offers_let_go(struct tx *tx, struct offers *o)
{
	struct arena *a = arena_new();
	const struct id *holders;
	size_t n;
	struct instant when = offers_by_day(clock_now(o->setup.clock));
	enum result res = offers_holders(tx, a, &holders, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		bool stays;
		res = holder_stays(tx, a, &holders[i], &stays);
		if (res == RES_OK && !stays)
			res = let_go(tx, a, &holders[i], when);
	}
	arena_free(&a);
	return res;
}

/* ---- touches ---- */

static enum result touch(struct tx *tx, struct offers *o, const struct id *task, enum offers_touch which)
{
	struct arena *a = arena_new();
	struct offers_row row;
	bool put, sends = false;
	enum result res = offers_get_task(tx, a, task, &row);
	if (res == RES_OK)
		res = offers_stands(tx, a, &row, which, &sends);
	if (res == RES_OK && !row.stopped && sends)
		res = offers_put_message(tx, o, a, &row, which, false, &put);
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

static enum result second_touch(struct tx *tx, const struct id *task, struct instant now, void *room)
{
	(void)now;
	return touch(tx, room, task, OFFERS_SECOND);
}

static enum result check(struct tx *tx, const struct id *task, struct instant now, void *room)
{
	(void)now;
	return touch(tx, room, task, OFFERS_CHECK);
}

static enum result unheard(struct tx *tx, const struct id *task, struct instant now, void *room)
{
	(void)now;
	return offers_unheard(tx, room, task);
}

/* ---- closing ---- */

enum result offers_closes(struct tx *tx, const struct id *incident, struct instant *close_r)
{
	struct instant last;
	struct day made;
	enum result res = offers_last_open(tx, incident, &last, &made);
	if (res == RES_OK)
		*close_r = offers_close(last, made);
	return res;
}

enum result offers_plan_close(struct tx *tx, const struct id *incident)
{
	struct instant close;
	enum result res = offers_closes(tx, incident, &close);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	return clockwork_put(tx, OFFERS_JOB_CLOSE, incident, close);
}

/* What was said of a task by its present holder; false when nothing was. */
static bool heard_reached(struct offers *o, const struct offers_row *row)
{
	bool reached = false;
	pthread_mutex_lock(&o->lock);
	for (size_t i = 0; i < o->heard_n; i++)
		if (id_eq(&o->heard[i].task, &row->id) && id_eq(&o->heard[i].supporter, &row->holder))
			reached = o->heard[i].reached;
	pthread_mutex_unlock(&o->lock);
	return reached;
}

void offers_forget_said(struct offers *o, const struct id *supporter)
{
	for (size_t i = 0; i < o->heard_n; i++)
		if (id_eq(&o->heard[i].supporter, supporter))
			o->heard[i--] = o->heard[--o->heard_n];
}

void offers_put_said(struct offers *o, const struct offers_heard *said)
{
	if (o->heard_n == o->heard_room) {
		o->heard_room = o->heard_room ? o->heard_room * 2 : 64;
		o->heard = must_realloc(o->heard, o->heard_room, sizeof(*o->heard));
	}
	o->heard[o->heard_n++] = *said;
}

/* All open tasks of the incident close together, with the day only; what nobody said is "not reached". */
static enum result close_incident(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	struct offers *o = room;
	struct arena *a = arena_new();
	struct offers_row *rows;
	size_t n;
	struct day today = instant_day(now);
	bool left = false;
	enum result res = offers_tasks_of(tx, a, incident, &rows, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		if (rows[i].closed)
			continue;
		bool reached = heard_reached(o, &rows[i]);
		res = offers_put_closed(tx, &rows[i].id, today, reached);
		if (res == RES_OK)
			res = offers_put_fact(tx, &rows[i].id, reached ? DOOR_REACHED : DOOR_NOT_REACHED, today);
		if (res == RES_OK)
			res = clockwork_drop(tx, OFFERS_JOB_SILENCE, &rows[i].id);
		left |= !reached && (rows[i].ways & (OFFERS_ALONE | OFFERS_SEEN_TO | OFFERS_TWICE)) == OFFERS_ALONE;
	}
	if (res == RES_OK && left && o->left)
		res = o->left(tx, o->left_ctx);
	arena_free(&a);
	return res;
}

enum result offers_outcomes(struct tx *tx, struct offers *o, const struct id *supporter,
			    const struct offers_outcome *list, size_t n)
{
	struct arena *a = arena_new();
	struct offers_row *held;
	size_t held_n, hers = 0;
	struct instant now = clock_now(o->setup.clock);
	struct day today = instant_day(now);
	enum result res = offers_tasks_held(tx, a, supporter, &held, &held_n);
	if (res != RES_OK)
		goto out;
	/* Exactly all her tasks of the incidents named, and each one's day has come. */
	for (size_t i = 0; i < held_n; i++) {
		bool named = false, listed = false;
		for (size_t k = 0; k < n; k++) {
			if (id_eq(&list[k].task, &held[i].id))
				listed = true;
			for (size_t j = 0; j < held_n; j++)
				if (id_eq(&list[k].task, &held[j].id) && id_eq(&held[j].incident, &held[i].incident))
					named = true;
		}
		if (named != listed || (listed && instant_day(held[i].deadline).n > today.n))
			res = RES_AGAIN;
		hers += listed;
	}
	if (res != RES_OK || hers != n) {
		res = RES_AGAIN;
		goto out;
	}
	pthread_mutex_lock(&o->lock);
	offers_forget_said(o, supporter);
	for (size_t k = 0; k < n; k++)
		offers_put_said(o, &(struct offers_heard){ list[k].task, *supporter, list[k].reached, now });
	pthread_mutex_unlock(&o->lock);
out:
	arena_free(&a);
	return res;
}

/* ---- what is past ---- */

#define PAST_HOUR 3 /* when nobody waits for the database; our choice */

static const struct id nobody;

/* Links that no longer open, what no longer counts as load or sizes the ring. A task whose holder went without a word
   from the directory (an import of supporters ended her) moves on here too. */
static enum result past(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct day today = instant_day(now);
	enum result res = offers_forget_past(tx, today, offers_hour(now));
	if (res == RES_OK)
		res = supporters_forget_loads(tx, today);
	if (res == RES_OK)
		res = offers_let_go(tx, room);
	return res == RES_OK ? clockwork_put(tx, OFFERS_JOB_PAST, about, day_at(day_add(today, 1), PAST_HOUR, 0)) : res;
}

enum result offers_start(struct tx *tx, struct offers *o)
{
	struct instant now = clock_now(o->setup.clock);
	bool links = false;
	enum result res = clockwork_put(tx, OFFERS_JOB_PAST, &nobody, now);
	/* One that fell due while nothing ran is done now, not moved to tomorrow. */
	if (res == RES_OK)
		res = clockwork_put_by(tx, OFFERS_JOB_MORNING, &nobody, offers_next_morning(now));
	if (res == RES_OK)
		res = offers_any_link(tx, instant_day(now), &links);
	if (res == RES_OK && links)
		(void)crypt_ready(); /* as with a new link */
	return res == RES_OK ? offers_plan_again(tx, &nobody, now) : res;
}

static enum result soon(struct tx *tx, void *ctx)
{
	struct offers *o = ctx;
	struct instant now = clock_now(o->setup.clock);
	enum result res = clockwork_put_by(tx, OFFERS_JOB_PAST, &nobody, day_at(day_add(instant_day(now), 1), PAST_HOUR, 0));
	return res == RES_OK ? clockwork_put_by(tx, OFFERS_JOB_MORNING, &nobody, offers_next_morning(now)) : res;
}

/* The clock went back: the next morning and night are by the true clock, not after the wrong day. */
static enum result set_back(void *room)
{
	struct offers *o = room;
	return db_write(o->setup.db, soon, o);
}

/* ---- the clockwork's side ---- */

/* A job of ours was committed: mail may wait, and facts for the door. */
static void after(void *room)
{
	struct offers *o = room;
	if (o->mail_waits)
		o->mail_waits(o->mail_ctx);
	if (o->facts_wait)
		o->facts_wait(o->facts_ctx);
}

void offers_jobs(struct offers *o, struct clockwork *cw, void (*facts_wait)(void *ctx), void *ctx)
{
	o->facts_wait = facts_wait;
	o->facts_ctx = ctx;
	clockwork_kind(cw, OFFERS_JOB_SILENCE, silence, after, o);
	clockwork_kind(cw, OFFERS_JOB_SECOND, second_touch, after, o);
	clockwork_kind(cw, OFFERS_JOB_CHECK, check, after, o);
	clockwork_kind(cw, OFFERS_JOB_UNHEARD, unheard, after, o);
	clockwork_kind(cw, OFFERS_JOB_CLOSE, close_incident, after, o);
	clockwork_kind(cw, OFFERS_JOB_PAST, past, NULL, o);
	clockwork_kind(cw, OFFERS_JOB_MORNING, offers_morning, after, o);
	clockwork_kind(cw, OFFERS_JOB_AGAIN, offers_ask_again, after, o);
	clockwork_set_back(cw, set_back, o);
}
