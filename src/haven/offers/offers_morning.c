/* The morning round: who is asked by mail to open her desk today. One mail a supporter and morning at the most, the same
   whatever anybody answered: what went out by mail and which incidents close is all that decides. Without it an answer for a
   colleague whom somebody chose herself would wait until that colleague happens to look (docs/protocol.md § 3.5).
   And who is asked once more after a start, since what desks had said was in memory alone. */
#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

#define OFFERS_TOLD_AFTER_DAYS 14 /* after her accreditation has ended: as long as an hour of the ring is kept (answers.h) */

struct round {
	struct tx *tx;
	struct arena *a;
	struct instant now;
	struct day today;
	const struct id *holders; /* of open tasks */
	size_t holders_n;
	bool *closing; /* for each: an incident of hers closes today */
	const struct id *yesterday; /* who held a task that closed yesterday */
	size_t yesterday_n;
	bool occasion;
};

/* Marks who holds a task of an incident that closes today. */
static enum result mark_closing(struct round *r, const struct id *incident)
{
	struct instant close;
	struct offers_row *rows;
	size_t n;
	enum result res = offers_closes(r->tx, incident, &close);
	if (res != RES_OK || instant_day(close).n != r->today.n)
		return res == RES_NONE ? RES_OK : res;
	res = offers_tasks_of(r->tx, r->a, incident, &rows, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		for (size_t k = 0; k < r->holders_n && !rows[i].closed; k++)
			r->closing[k] |= id_eq(&rows[i].holder, &r->holders[k]);
	return res;
}

static enum result look_at_open(struct round *r)
{
	const struct id *incidents;
	size_t n;
	enum result res = offers_holders(r->tx, r->a, &r->holders, &r->holders_n);
	if (res == RES_OK)
		res = offers_held_then(r->tx, r->a, day_add(r->today, -1), &r->yesterday, &r->yesterday_n);
	if (res == RES_OK)
		res = offers_open_incidents(r->tx, r->a, &incidents, &n);
	if (res != RES_OK)
		return res;
	r->closing = arena_array(r->a, bool, r->holders_n);
	for (size_t k = 0; k < r->holders_n; k++)
		r->closing[k] = false;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = mark_closing(r, &incidents[i]);
	return res;
}

/* Somebody may have answered since they last looked: messages went out within a day, an incident closed yesterday, or,
   once a week since an hour of the ring is kept for two, a link is still good. */
static enum result look_for_occasion(struct round *r)
{
	int64_t mailed = 0;
	bool closed = false, links = false;
	enum result res = offers_mailed(r->tx, offers_hour(r->now), &mailed);
	if (res == RES_OK)
		res = offers_any_closed(r->tx, day_add(r->today, -1), &closed);
	if (res == RES_OK && day_wall(r->today).weekday == 0)
		res = offers_any_link(r->tx, r->today, &links);
	r->occasion = mailed > 0 || closed || links;
	return res;
}

/* Whether this holder has a task that closes today. */
static bool closes_for(const struct round *r, const struct id *supporter)
{
	for (size_t k = 0; k < r->holders_n; k++)
		if (r->closing[k] && id_eq(&r->holders[k], supporter))
			return true;
	return false;
}

static bool among(const struct id *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i], id))
			return true;
	return false;
}

/* Whether an answer may lie in the ring for her: she may be chosen, or might have been until lately, for an hour is kept for two
   weeks; whoever is paused was on the pages before; and a task of hers is open, or was yesterday. */
static bool may_have_mail(const struct round *r, const struct supporter *s)
{
	return !supporters_gate(s, r->today, r->today) ||
	       (s->has_key && s->accredited_until.n + OFFERS_TOLD_AFTER_DAYS >= r->today.n) ||
	       among(r->holders, r->holders_n, &s->id) || among(r->yesterday, r->yesterday_n, &s->id);
}

static enum result tell(struct round *r, struct offers *o, const struct supporter *s)
{
	if (closes_for(r, &s->id))
		return offers_put_notice(r->tx, o, r->a, &s->id, OFFERS_CLOSES);
	return r->occasion && may_have_mail(r, s) ? offers_put_notice(r->tx, o, r->a, &s->id, OFFERS_MAY_WAIT) : RES_OK;
}

static struct round round_now(struct tx *tx, struct instant now)
{
	return (struct round){ .tx = tx, .a = arena_new(), .now = now, .today = instant_day(now) };
}

enum result offers_morning(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct round r = round_now(tx, now);
	struct supporter *all;
	size_t n = 0;
	enum result res = look_at_open(&r);
	if (res == RES_OK)
		res = look_for_occasion(&r);
	if (res == RES_OK)
		res = supporters_all(tx, r.a, &all, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = tell(&r, room, &all[i]);
	arena_free(&r.a);
	if (res == RES_OK) /* they are asked with this */
		res = clockwork_drop(tx, OFFERS_JOB_AGAIN, about);
	return res == RES_OK ? clockwork_put(tx, OFFERS_JOB_MORNING, about, offers_next_morning(now)) : res;
}

/* ---- after a start ---- */

enum result offers_plan_again(struct tx *tx, const struct id *about, struct instant now)
{
	struct round r = round_now(tx, now);
	bool closes = false;
	enum result res = clockwork_drop(tx, OFFERS_JOB_AGAIN, about); /* one that an earlier life left */
	if (res == RES_OK && instant_day(offers_next_morning(now)).n != r.today.n) /* else this morning's round is still to come */
		res = look_at_open(&r);
	for (size_t k = 0; res == RES_OK && k < r.holders_n; k++)
		closes |= r.closing[k];
	arena_free(&r.a);
	if (res != RES_OK || !closes)
		return res;
	return clockwork_put(tx, OFFERS_JOB_AGAIN, about, instant_add(now, OFFERS_AGAIN_AFTER));
}

enum result offers_ask_again(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct round r = round_now(tx, now);
	(void)about;
	enum result res = look_at_open(&r);
	for (size_t k = 0; res == RES_OK && k < r.holders_n; k++)
		if (r.closing[k])
			res = offers_put_notice(tx, room, r.a, &r.holders[k], OFFERS_CLOSES);
	arena_free(&r.a);
	return res;
}
