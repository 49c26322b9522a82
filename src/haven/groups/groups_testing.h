/* groups_testing.h: a session for everybody affected in the haven of offers_testing.h, and all that can be done with it. */
#ifndef HAVEN_GROUPS_GROUPS_TESTING_H
#define HAVEN_GROUPS_GROUPS_TESTING_H

#include "haven/groups/groups.h"
#include "haven/groups/groups_store.h"
#include "haven/offers/offers_testing.h"
#include "haven/supporters/supporters.h"
#include "signin/signin.h"

static struct groups *g;
static struct groups_talk talk;
static struct groups_plan plan;
static unsigned faults;

static inline void woken(void *ctx)
{
	int *n = ctx;
	(*n)++;
}

static int woke;

/* Beside a haven that is set up. */
static inline int add_groups(struct bench *b)
{
	struct groups_setup setup = { .db = b->db, .clock = b->clock, .rnd = random_system(), .offers = b->o, .public_url = "http://haven.example",
				      .workplace = "Fjordvik", .lang = LANG_NB, .mail_waits = woken, .facts_wait = woken, .mail_ctx = &woke, .facts_ctx = &woke };
	g = groups_new(&setup);
	groups_jobs(g, b->cw);
	b->in.group = instant_add(start, 36 * HOUR);
	return 0;
}

static inline int open_groups(void **state)
{
	return set_up(state) == 0 ? add_groups(*state) : -1;
}

static inline int close_groups(void **state)
{
	groups_free(&g);
	return tear_down(state);
}

static inline enum result hear_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	enum result res = offers_take(tx, b->o, &b->in);
	return res == RES_OK ? groups_take(tx, g, &b->in) : res;
}

/* What duty says of the incident. */
static inline void hear(struct bench *b)
{
	assert_int_equal(db_write(b->db, hear_work, b), RES_OK);
}

static inline enum result get_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return groups_get(tx, b->a, &b->incident, &talk);
}

static inline enum result get(struct bench *b)
{
	return db_read(b->db, get_work, b);
}

static inline enum result plan_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	faults = 0;
	return groups_plan(tx, g, &b->incident, &plan, &faults);
}

/* Tomorrow at ten, by these two. */
static inline enum result plan_by(struct bench *b, int one, int other)
{
	plan = (struct groups_plan){ .starts = day_at(day_add(instant_day(clock_now(b->clock)), 1), 10, 0), .place = SLICE("Møterom 2"),
				     .lead = { b->supporter[one], b->supporter[other] } };
	assert_int_equal(get(b), RES_OK);
	plan.rev = talk.rev;
	return db_write(b->db, plan_work, b);
}

static inline enum result give_up_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return groups_give_up(tx, g, &b->incident, talk.rev);
}

struct word {
	struct bench *b;
	struct id who;
	bool held;
	struct day day;
};

static inline enum result say_group_work(struct tx *tx, void *ctx)
{
	struct word *s = ctx;
	return groups_say(tx, g, &s->who, &s->b->incident, s->held, s->day);
}

static inline enum result say_of(struct bench *b, int who, bool held, struct day day)
{
	struct word s = { b, b->supporter[who], held, day };
	return db_write(b->db, say_group_work, &s);
}

struct page {
	struct bench *b;
	struct offers_group group;
};

static inline enum result page_work(struct tx *tx, void *ctx)
{
	struct page *p = ctx;
	return groups_for_page(tx, p->b->a, &p->b->incident, clock_now(p->b->clock), &p->group);
}

static struct offers_group shown;

static inline enum result page_of(struct bench *b)
{
	struct page p = { .b = b };
	enum result res = db_read(b->db, page_work, &p);
	shown = p.group;
	return res;
}

static struct door_facts facts;

static inline enum result facts_group_work(struct tx *tx, void *ctx)
{
	struct bench *b = ctx;
	return offers_facts(tx, b->a, &facts);
}

/* What duty is to hear of the incident itself: its kind, or -1. */
static inline int fact_of(struct bench *b)
{
	assert_int_equal(db_read(b->db, facts_group_work, b), RES_OK);
	for (size_t i = 0; i < facts.n; i++)
		if (id_eq(&facts.list[i].about, &b->incident))
			return (int)facts.list[i].kind;
	return -1;
}

#endif
