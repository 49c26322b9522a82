#include "haven/groups/groups.h"

#include <stdlib.h>
#include <string.h>

#include "haven/groups/groups_store.h"
#include "haven/supporters/supporters.h"
#include "post/post.h"

#define JOB_ASK "groups/ask"     /* about an incident: was it held? */
#define JOB_END "groups/end"     /* about an incident: without a word it counts as not held */
#define JOB_READY "groups/ready" /* about an incident: are the two who are to lead it still ready? */
#define JOB_TOLD "groups/told"   /* about an incident, until the morning: the coordinators were mailed of its wish today */
#define JOB_TELL "groups/tell"   /* about an incident, in the morning: it was asked for anew after that. Done before the other, by its name */
#define MAIL_WISH "groups"       /* about an account: something waits for the coordinator */

struct groups {
	struct groups_setup setup;
};

/* Whether something told of it is of use still. */
static enum result comes(struct tx *tx, const struct id *incident, void *ctx)
{
	struct groups *g = ctx;
	struct arena *a = arena_new();
	struct groups_talk t;
	enum result res = groups_row(tx, a, incident, &t);
	if (res == RES_OK && t.starts.s <= clock_now(g->setup.clock).s)
		res = RES_NONE;
	arena_free(&a);
	return res;
}

struct groups *groups_new(const struct groups_setup *setup)
{
	struct groups *g = must_alloc(1, sizeof(*g));
	g->setup = *setup;
	offers_when_group(setup->offers, comes, g);
	return g;
}

void groups_free(struct groups **g)
{
	free(*g);
	*g = NULL;
}

static struct instant now_of(const struct groups *g)
{
	return clock_now(g->setup.clock);
}

static bool is_over(const struct groups_talk *t)
{
	return t->state == GROUPS_HELD || t->state == GROUPS_NOT_HELD;
}

/* ---- from the door ---- */

/* Names neither the incident nor what is asked for: the mail server is the workplace's. */
static enum result mail_one(struct tx *tx, struct groups *g, struct arena *a, const char *path, const struct id *account)
{
	struct account who;
	struct buf url = BUF_LIMIT(512), body = BUF_LIMIT(4096);
	enum result res = signin_get(tx, a, account, &who);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	buf_printf(&url, "%s%s", g->setup.public_url, path);
	tr_fill(&body, tr(who.lang, "Hello {name},\n\nSomething is waiting on the coordinator’s page, best seen to today.\n\n{url}\n"), "name",
		look_given(a, who.name), "url", url.p, NULL);
	buf_printf(&body, "\n%s\n", g->setup.workplace);
	struct mail mail = { MAIL_WISH, *account, slice_of(who.email), slice_of(tr(who.lang, "The coordinator’s page")), buf_get(&body), POST_MAIL };
	res = post_put(tx, g->setup.rnd, instant_day(now_of(g)), &mail);
	buf_free(&url);
	buf_free(&body);
	return res == RES_BAD ? RES_OK : res;
}

static enum result mail_coordinators(struct tx *tx, struct groups *g, struct arena *a, const char *path)
{
	struct signin_holder *list;
	size_t n;
	enum result res = signin_holders(tx, a, ROLE_COORDINATOR, &list, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = mail_one(tx, g, a, path, &list[i].account);
	return res;
}

enum result groups_call_coordinator(struct tx *tx, struct groups *g)
{
	struct arena *a = arena_new();
	enum result res = mail_coordinators(tx, g, a, "/s/programme");
	arena_free(&a);
	return res;
}

static enum result tell_wish(struct tx *tx, struct groups *g, struct arena *a, const struct id *incident)
{
	enum result res = mail_coordinators(tx, g, a, "/s/programme/groups");
	return res == RES_OK ? clockwork_put(tx, JOB_TOLD, incident, groups_morning(now_of(g))) : res;
}

/* Of an incident's wish one mail a day: one that is taken back and asked for again, and again, fills nobody's mailbox. What was asked for anew
   on the day of a mail is mailed in the morning, if it stands then. */
static enum result tell_wish_once(struct tx *tx, struct groups *g, struct arena *a, const struct id *incident)
{
	struct instant morning;
	enum result res = clockwork_due(tx, JOB_TOLD, incident, &morning);
	if (res == RES_OK)
		return clockwork_put(tx, JOB_TELL, incident, morning);
	return res == RES_NONE ? tell_wish(tx, g, a, incident) : res;
}

static enum result take_new(struct tx *tx, struct groups *g, struct arena *a, const struct door_incident *in)
{
	const char *title;
	struct day happened;
	struct groups_talk t = { .incident = in->id, .state = GROUPS_ASKED, .asked = instant_day(now_of(g)), .by = in->group, .place = "" };
	enum result res = offers_about(tx, a, &in->id, &title, &happened);
	if (res == RES_NONE) /* nobody in it is offered anything here, so there is nobody to come */
		return offers_tell_duty(tx, &in->id, DOOR_GROUP_NOT_HELD, t.asked);
	if (res == RES_OK)
		res = groups_put(tx, &t);
	if (res == RES_OK)
		res = clockwork_put(tx, JOB_END, &in->id, groups_end(t.asked, t.starts));
	return res == RES_OK ? tell_wish_once(tx, g, a, &in->id) : res;
}

/* Duty asks although it is over: it has not heard, or was restored from before it did. */
static enum result say_again(struct tx *tx, const struct groups_talk *t)
{
	return offers_tell_duty(tx, &t->incident, t->state == GROUPS_HELD ? DOOR_GROUP_HELD : DOOR_GROUP_NOT_HELD, t->done);
}

static enum result take_known(struct tx *tx, const struct door_incident *in, struct groups_talk *t)
{
	bool asked = in->group.s != 0;
	if (is_over(t))
		return asked ? say_again(tx, t) : RES_OK;
	if (!asked && t->state == GROUPS_ASKED) {
		enum result res = groups_drop(tx, &in->id);
		return res == RES_OK ? clockwork_drop(tx, JOB_END, &in->id) : res;
	}
	if (t->taken_back == !asked && (!asked || t->by.s == in->group.s))
		return RES_OK;
	t->taken_back = !asked;
	if (asked)
		t->by = in->group;
	return groups_change(tx, t);
}

enum result groups_take(struct tx *tx, struct groups *g, const struct door_incident *in)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	enum result res = groups_row(tx, a, &in->id, &t);
	if (res == RES_OK)
		res = take_known(tx, in, &t);
	else if (res == RES_NONE)
		res = in->group.s ? take_new(tx, g, a, in) : RES_OK;
	arena_free(&a);
	return res;
}

/* ---- reading ---- */

/* RES_NONE: the incident is gone, and the row goes with it tonight. */
static enum result fill(struct tx *tx, struct arena *a, struct groups_talk *t)
{
	return offers_about(tx, a, &t->incident, &t->title, &t->happened);
}

enum result groups_get(struct tx *tx, struct arena *a, const struct id *incident, struct groups_talk *talk_r)
{
	struct groups_talk t;
	enum result res = groups_row(tx, a, incident, &t);
	if (res == RES_OK)
		res = fill(tx, a, &t);
	if (res == RES_OK)
		*talk_r = t;
	return res;
}

enum result groups_list(struct tx *tx, struct arena *a, struct groups_talk **list_r, size_t *n_r)
{
	struct groups_talk *list;
	size_t all, n = 0;
	enum result res = groups_rows(tx, a, &list, &all);
	for (size_t i = 0; res == RES_OK && i < all; i++) {
		res = fill(tx, a, &list[i]);
		if (res == RES_OK)
			list[n++] = list[i];
		else if (res == RES_NONE)
			res = RES_OK;
	}
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

static bool leads(const struct groups_talk *t, const struct id *supporter)
{
	return !id_is_zero(supporter) && (id_eq(&t->lead[0], supporter) || id_eq(&t->lead[1], supporter));
}

enum result groups_of(struct tx *tx, struct arena *a, const struct id *supporter, struct instant now, struct groups_talk **list_r, size_t *n_r)
{
	struct groups_talk *list;
	size_t all, n = 0;
	enum result res = groups_list(tx, a, &list, &all);
	if (res != RES_OK)
		return res;
	for (size_t i = 0; i < all; i++) {
		bool called_off = list[i].state == GROUPS_NOT_HELD && list[i].starts.s && groups_over(list[i].starts).s > now.s;
		if (leads(&list[i], supporter) && (list[i].state == GROUPS_PLANNED || called_off))
			list[n++] = list[i];
	}
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result groups_names(struct tx *tx, struct arena *a, struct groups_leader **list_r, size_t *n_r)
{
	struct supporter *all;
	size_t n;
	enum result res = supporters_all(tx, a, &all, &n);
	if (res != RES_OK)
		return res;
	struct groups_leader *list = arena_array(a, struct groups_leader, n);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct groups_leader){ all[i].id, all[i].name, all[i].unit };
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result groups_leaders(struct tx *tx, struct groups *g, struct arena *a, const struct groups_talk *talk, struct instant starts,
			   struct groups_leader **list_r, size_t *n_r)
{
	const struct id *may;
	struct groups_leader *list;
	size_t may_n, all_n, n = 0;
	enum result res = offers_may_lead_group(tx, g->setup.offers, a, &talk->incident, starts, GROUPS_MINUTES, talk->lead, &may, &may_n);
	if (res == RES_OK)
		res = groups_names(tx, a, &list, &all_n);
	if (res != RES_OK)
		return res;
	for (size_t i = 0; i < all_n; i++)
		for (size_t k = 0; k < may_n; k++)
			if (id_eq(&list[i].id, &may[k])) {
				list[n++] = list[i];
				break;
			}
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result groups_for_page(struct tx *tx, struct arena *a, const struct id *incident, struct instant now, struct offers_group *group_r)
{
	struct groups_talk t;
	struct offers_group v = { .place = "" };
	enum result res = groups_row(tx, a, incident, &t);
	if (res == RES_OK && (!t.starts.s || t.state == GROUPS_HELD || groups_over(t.starts).s <= now.s))
		res = RES_NONE;
	if (res != RES_OK)
		return res;
	v.starts = t.starts;
	v.cancelled = t.state == GROUPS_NOT_HELD;
	v.place = t.place;
	for (int i = 0; i < 2 && !v.cancelled; i++) {
		struct supporter s;
		res = supporters_get(tx, a, &t.lead[i], &s);
		if (res == RES_OK)
			v.lead_by[i] = s.name;
		else if (res != RES_NONE) /* she has left: another will be found */
			return res;
	}
	*group_r = v;
	return RES_OK;
}

/* ---- planning ---- */

static enum result judge(struct tx *tx, struct groups *g, struct arena *a, const struct groups_talk *t, const struct groups_plan *p, unsigned *faults)
{
	const struct id *may = NULL;
	size_t n = 0;
	bool same_time = t->state == GROUPS_PLANNED && t->starts.s == p->starts.s;
	unsigned found = groups_time_faults(p->starts, t->by, p->late || same_time, now_of(g)) | groups_place_faults(p->place);
	enum result res = offers_may_lead_group(tx, g->setup.offers, a, &t->incident, p->starts, GROUPS_MINUTES, t->lead, &may, &n);
	if (res == RES_OK)
		*faults = found | groups_leader_faults(p->lead, may, n);
	return res;
}

/* Whoever is new to it has taken something on, whoever led it already hears of a change, and whoever leads it no more too. */
static enum result tell_leaders(struct tx *tx, struct groups *g, const struct groups_talk *old, const struct id lead[2], bool changed)
{
	enum result res = RES_OK;
	for (int i = 0; i < 2 && res == RES_OK; i++) {
		bool had = leads(old, &lead[i]);
		if (!had)
			res = supporters_load(tx, g->setup.rnd, &lead[i], instant_day(now_of(g)), 1);
		if (res == RES_OK && (!had || changed))
			res = offers_ask_to_desk(tx, g->setup.offers, &lead[i], had);
	}
	for (int i = 0; i < 2 && res == RES_OK; i++)
		if (!id_is_zero(&old->lead[i]) && !id_eq(&old->lead[i], &lead[0]) && !id_eq(&old->lead[i], &lead[1]))
			res = offers_ask_to_desk(tx, g->setup.offers, &old->lead[i], true);
	return res;
}

/* On the full hour, until it begins. */
static enum result look_again(struct tx *tx, const struct groups_talk *t, struct instant now)
{
	struct instant next = groups_look(now);
	return next.s < t->starts.s ? clockwork_put(tx, JOB_READY, &t->incident, next) : clockwork_drop(tx, JOB_READY, &t->incident);
}

static enum result put_plan(struct tx *tx, struct groups *g, struct arena *a, const struct groups_talk *old, const struct groups_plan *p)
{
	struct groups_talk t = *old;
	bool was = old->state == GROUPS_PLANNED;
	t.state = GROUPS_PLANNED;
	t.starts = p->starts;
	t.place = arena_str(a, slice_trim(p->place));
	memcpy(t.lead, p->lead, sizeof(t.lead));
	t.rev = p->rev;
	bool moved = was && (t.starts.s != old->starts.s || strcmp(t.place, old->place) != 0);
	bool others = was && !(leads(old, &t.lead[0]) && leads(old, &t.lead[1]));
	if (was && !moved && !others)
		return RES_OK;
	enum result res = groups_change(tx, &t);
	if (res == RES_OK)
		res = offers_tell_group(tx, g->setup.offers, &t.incident, was);
	if (res == RES_OK)
		res = tell_leaders(tx, g, old, t.lead, moved || others);
	if (res == RES_OK)
		res = clockwork_put(tx, JOB_ASK, &t.incident, groups_remind(t.starts));
	if (res == RES_OK)
		res = look_again(tx, &t, now_of(g));
	return res == RES_OK ? clockwork_put(tx, JOB_END, &t.incident, groups_end(t.asked, t.starts)) : res;
}

enum result groups_plan(struct tx *tx, struct groups *g, const struct id *incident, const struct groups_plan *p, unsigned *faults_r)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	unsigned faults = 0;
	enum result res = groups_get(tx, a, incident, &t);
	if (res == RES_OK && is_over(&t))
		res = RES_NONE;
	if (res == RES_OK && t.rev != p->rev)
		res = RES_AGAIN;
	if (res == RES_OK)
		res = judge(tx, g, a, &t, p, &faults);
	if (res == RES_OK && faults) {
		*faults_r = faults;
		res = RES_BAD;
	}
	if (res == RES_OK)
		res = put_plan(tx, g, a, &t, p);
	arena_free(&a);
	return res;
}

/* ---- what became of it ---- */

/* It is over: duty hears a day, and the year counts one more. */
static enum result end(struct tx *tx, struct groups_talk *t, bool held, struct day day)
{
	struct instant when = instant_day(t->starts).n == day.n ? t->starts : day_at(day, 0, 0);
	bool in_time = when.s <= t->by.s;
	t->state = held ? GROUPS_HELD : GROUPS_NOT_HELD;
	t->done = day;
	enum result res = groups_change(tx, t);
	if (res == RES_OK)
		res = say_again(tx, t);
	if (res == RES_OK)
		res = groups_count(tx, day_wall(day).year, held, in_time);
	if (res == RES_OK)
		res = clockwork_drop(tx, JOB_ASK, &t->incident);
	if (res == RES_OK)
		res = clockwork_drop(tx, JOB_READY, &t->incident);
	return res == RES_OK ? clockwork_drop(tx, JOB_END, &t->incident) : res;
}

/* Whoever was told of it, and would have come still, hears that it is called off. */
static enum result call_off(struct tx *tx, struct groups *g, const struct groups_talk *t)
{
	enum result res = RES_OK;
	if (!t->starts.s || t->starts.s <= now_of(g).s)
		return RES_OK;
	res = offers_tell_group(tx, g->setup.offers, &t->incident, true);
	for (int i = 0; i < 2 && res == RES_OK; i++)
		res = offers_ask_to_desk(tx, g->setup.offers, &t->lead[i], true);
	return res;
}

enum result groups_give_up(struct tx *tx, struct groups *g, const struct id *incident, int64_t rev)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	enum result res = groups_get(tx, a, incident, &t);
	if (res == RES_OK && is_over(&t))
		res = RES_NONE;
	if (res == RES_OK && t.rev != rev)
		res = RES_AGAIN;
	if (res == RES_OK)
		res = call_off(tx, g, &t);
	if (res == RES_OK)
		res = end(tx, &t, false, instant_day(now_of(g)));
	arena_free(&a);
	return res;
}

enum result groups_say(struct tx *tx, struct groups *g, const struct id *supporter, const struct id *incident, bool held, struct day day)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	struct instant now = now_of(g);
	enum result res = groups_get(tx, a, incident, &t);
	if (res == RES_OK && !leads(&t, supporter))
		res = RES_REFUSED;
	if (res == RES_OK && (t.state != GROUPS_PLANNED || now.s < t.starts.s))
		res = RES_NONE;
	if (res == RES_OK && held && !groups_day_ok(day, t.starts, instant_day(now)))
		res = RES_BAD;
	if (res == RES_OK)
		res = end(tx, &t, held, held ? day : instant_day(now));
	arena_free(&a);
	return res;
}

/* ---- what is due ---- */

/* Whether her file lets her lead it: not paused, here, accredited that day, with keys. That alone, and not all that a plan asks for: "I am
   full" and "not this one" may follow from what somebody affected said, and a mail about them would tell its hour. */
static enum result still_ready(struct tx *tx, struct arena *a, const struct groups_talk *t, const struct id *supporter, struct instant now,
			       bool *ready_r)
{
	struct supporter s;
	enum result res = supporters_get(tx, a, supporter, &s);
	if (res != RES_OK && res != RES_NONE)
		return res;
	*ready_r = res == RES_OK && !supporters_gate(&s, instant_day(now), instant_day(t->starts));
	return RES_OK;
}

/* One who led it no longer can: the coordinators get the mail that they get of anything that waits, once for a plan. */
static enum result look_ready(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	struct groups *g = room;
	struct arena *a = arena_new();
	struct groups_talk t;
	bool ready[2] = { true, true };
	enum result res = groups_row(tx, a, incident, &t);
	bool coming = res == RES_OK && t.state == GROUPS_PLANNED && now.s < t.starts.s;
	for (int i = 0; i < 2 && res == RES_OK && coming; i++)
		res = still_ready(tx, a, &t, &t.lead[i], now, &ready[i]);
	if (res == RES_OK && coming)
		res = ready[0] && ready[1] ? look_again(tx, &t, now) : mail_coordinators(tx, g, a, "/s/programme/groups");
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

/* The morning after: the two are asked whether it was held. */
static enum result ask(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	struct groups *g = room;
	struct arena *a = arena_new();
	struct groups_talk t;
	(void)now;
	enum result res = groups_row(tx, a, incident, &t);
	for (int i = 0; i < 2 && res == RES_OK && t.state == GROUPS_PLANNED; i++)
		res = offers_ask_to_desk(tx, g->setup.offers, &t.lead[i], false);
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

static enum result end_job(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	(void)room;
	enum result res = groups_row(tx, a, incident, &t);
	if (res == RES_OK && !is_over(&t))
		res = end(tx, &t, false, instant_day(now));
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

static enum result tell(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	struct arena *a = arena_new();
	struct groups_talk t;
	(void)now;
	enum result res = groups_row(tx, a, incident, &t);
	if (res == RES_OK && t.state == GROUPS_ASKED)
		res = tell_wish(tx, room, a, incident);
	arena_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

/* From now on a wish is mailed at once. */
static enum result told(struct tx *tx, const struct id *incident, struct instant now, void *room)
{
	(void)tx, (void)incident, (void)now, (void)room;
	return RES_OK;
}

static void after(void *room)
{
	struct groups *g = room;
	g->setup.mail_waits(g->setup.mail_ctx);
	g->setup.facts_wait(g->setup.facts_ctx);
}

void groups_changed(struct groups *g)
{
	after(g);
}

void groups_jobs(struct groups *g, struct clockwork *cw)
{
	clockwork_kind(cw, JOB_ASK, ask, after, g);
	clockwork_kind(cw, JOB_END, end_job, after, g);
	clockwork_kind(cw, JOB_READY, look_ready, after, g);
	clockwork_kind(cw, JOB_TELL, tell, after, g);
	clockwork_kind(cw, JOB_TOLD, told, NULL, g);
}

static enum result hear_one(struct tx *tx, const struct mail_told *told, void *ctx)
{
	(void)tx, (void)told, (void)ctx;
	return RES_OK;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	int n;
	return post_take_results(tx, MAIL_WISH, hear_one, ctx, &n);
}

enum result groups_hear_post(struct groups *g)
{
	return db_write(g->setup.db, hear_work, g);
}

enum result groups_forget(struct tx *tx, struct day today)
{
	return groups_tidy(tx, day_at(today, 0, 0));
}
