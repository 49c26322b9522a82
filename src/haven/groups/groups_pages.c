/* The coordinator's pages: what is asked for, the plan, and that it will not be held. */
#include "haven/groups/groups_pages.h"

#include <string.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "groups.tpl.h"
#include "web/reply.h"

#define HERE "/s/programme/groups"
#define DAYS_SHOWN (GROUPS_DAYS + 1)

struct look groups_frame(const struct groups_pages *p, struct req *req, const struct actor *who, const char *title, const char *path)
{
	enum lang lang = (enum lang)req_lang(req);
	bool lead = strncmp(path, "/s/groups/", 10) == 0;
	return (struct look){ .house = p->house, .lang = lang, .title = title, .roles = who->roles, .place = lead ? "/s/desk" : "/s/programme", .path = path, .sign_out = p->sign_out,
			      .account = "/s/account", .csrf = who->csrf, .quick_exit = true };
}

/* ---- words ---- */

static const char *with(struct req *req, const char *text, struct buf *when)
{
	struct buf out = BUF_LIMIT(1000);
	tr_fill(&out, text, "when", when->p, NULL);
	say_capital(&out, 0);
	const char *said = arena_str(req_arena(req), buf_get(&out));
	buf_free(when);
	buf_free(&out);
	return said;
}

const char *groups_with_moment(struct req *req, const char *text, struct instant when)
{
	struct buf moment = BUF_LIMIT(200);
	say_moment(&moment, (enum lang)req_lang(req), when, req_now(req));
	return with(req, text, &moment);
}

const char *groups_with_day(struct req *req, const char *text, struct day day)
{
	struct buf phrase = BUF_LIMIT(200);
	say_day(&phrase, (enum lang)req_lang(req), day, instant_day(req_now(req)));
	return with(req, text, &phrase);
}

const struct groups_option *groups_days(struct req *req, struct day from, size_t n, struct day chosen)
{
	struct groups_option *list = arena_array(req_arena(req), struct groups_option, n);
	for (size_t i = 0; i < n; i++) {
		struct day day = day_add(from, (int)i);
		list[i] = (struct groups_option){ arena_printf(req_arena(req), "%d", (int)day.n), groups_with_day(req, "{when}", day),
						  day.n == chosen.n };
	}
	return list;
}

static const char *limit_text(struct req *req, const struct groups_talk *t)
{
	enum lang lang = (enum lang)req_lang(req);
	struct buf before = BUF_LIMIT(200);
	if (t->by.s <= req_now(req).s)
		return groups_with_moment(req, tr(lang, "The 48 hours were over {when}."), t->by);
	say_before(&before, lang, t->by, req_now(req));
	return with(req, tr(lang, "Best held {when}: within 48 hours."), &before);
}

/* ---- one look or change ---- */

struct work {
	const struct groups_pages *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	const char *what; /* for the audit log */
	struct id incident;
	struct groups_talk talk, *list;
	size_t n;
	struct groups_leader *leaders, **led_by; /* led_by: of each in the list that is planned */
	size_t leaders_n, *led_by_n;
	struct groups_plan plan;
	bool find; /* who can lead it at the plan's time */
	unsigned faults;
};

static struct work begin(struct req *req, const struct actor *who, const struct groups_pages *p)
{
	return (struct work){ .p = p, .a = req_arena(req), .who = who, .now = req_now(req) };
}

static enum result note(struct tx *tx, void *ctx)
{
	const struct work *w = ctx;
	return audit_put(tx, w->p->rnd, instant_day(w->now), &w->who->account, w->what, NULL);
}

/* That it is looked at is written first: where it cannot be, nothing is shown. */
static enum result looked(struct work *w, db_work *read)
{
	w->what = "programme/groups";
	return db_write(w->p->db, note, w) == RES_OK ? db_read(w->p->db, read, w) : RES_BROKEN;
}

/* ---- the list ---- */

static enum result list_work(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	enum result res = groups_list(tx, w->a, &w->list, &w->n);
	w->led_by = arena_array(w->a, struct groups_leader *, w->n);
	w->led_by_n = arena_array(w->a, size_t, w->n);
	for (size_t i = 0; res == RES_OK && i < w->n; i++)
		if (w->list[i].state == GROUPS_PLANNED && w->list[i].starts.s > w->now.s)
			res = groups_leaders(tx, w->p->groups, w->a, &w->list[i], w->list[i].starts, &w->led_by[i], &w->led_by_n[i]);
	if (res == RES_OK)
		res = groups_names(tx, w->a, &w->leaders, &w->leaders_n);
	return res;
}

static const struct groups_leader *among(const struct groups_leader *list, size_t n, const struct id *id)
{
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i].id, id))
			return &list[i];
	return NULL;
}

static const char *led_text(const struct work *w, enum lang lang, const struct groups_talk *t)
{
	const struct groups_leader *one = among(w->leaders, w->leaders_n, &t->lead[0]), *other = among(w->leaders, w->leaders_n, &t->lead[1]);
	struct buf out = BUF_LIMIT(2000);
	tr_fill(&out, tr(lang, "Led by {one} and {other}."), "one", one ? one->name : tr(lang, "somebody who has left"), "other",
		other ? other->name : tr(lang, "somebody who has left"), NULL);
	const char *text = arena_str(w->a, buf_get(&out));
	buf_free(&out);
	return text;
}

static const char *warning(const struct work *w, enum lang lang, size_t i)
{
	const struct groups_talk *t = &w->list[i];
	bool open = t->state == GROUPS_PLANNED;
	if (open && t->taken_back)
		return tr(lang, "The manager has withdrawn the request. You decide whether it is held all the same.");
	if (open && t->starts.s > w->now.s && !(among(w->led_by[i], w->led_by_n[i], &t->lead[0]) && among(w->led_by[i], w->led_by_n[i], &t->lead[1])))
		return tr(lang, "One of the two cannot lead it any more. Find somebody else.");
	return open && t->starts.s <= w->now.s ? tr(lang, "Neither of the two has said yet whether it was held.") : NULL;
}

static struct groups_card card_of(struct req *req, const struct work *w, size_t i)
{
	enum lang lang = (enum lang)req_lang(req);
	const struct groups_talk *t = &w->list[i];
	struct groups_card c = { .key = id_text(&t->incident), .title = t->title, .happened = groups_with_day(req, "{when}", t->happened),
				 .planned = t->state == GROUPS_PLANNED, .warning = warning(w, lang, i) };
	switch (t->state) {
	case GROUPS_ASKED: c.said = limit_text(req, t); break;
	case GROUPS_PLANNED: c.said = groups_with_moment(req, "{when}", t->starts); break;
	case GROUPS_HELD: c.said = groups_with_day(req, tr(lang, "Held {when}."), t->done); break;
	case GROUPS_NOT_HELD: c.said = groups_with_day(req, tr(lang, "Not held. That became clear {when}."), t->done); break;
	}
	if (c.planned) {
		c.place = t->place;
		c.led = led_text(w, lang, t);
	}
	if (t->state == GROUPS_ASKED || c.planned) {
		c.href = arena_printf(w->a, HERE "/%s", c.key.s);
		c.none = arena_printf(w->a, HERE "/%s/no", c.key.s);
	}
	return c;
}

static struct answer get_list(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	enum result res = looked(&w, list_work);
	if (res != RES_OK)
		return reply_result(req, res);
	struct groups_card *cards = arena_array(w.a, struct groups_card, w.n);
	for (size_t i = 0; i < w.n; i++)
		cards[i] = card_of(req, &w, i);
	struct groups_list_view v = { .look = groups_frame(w.p, req, who, tr((enum lang)req_lang(req), "Group sessions"), HERE), .cards = cards,
				      .cards_n = w.n };
	struct html h = html_for(req);
	groups_list_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- the plan ---- */

static enum result plan_look(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	enum result res = groups_get(tx, w->a, &w->incident, &w->talk);
	if (res == RES_OK && (w->talk.state == GROUPS_HELD || w->talk.state == GROUPS_NOT_HELD))
		res = RES_NONE;
	if (res == RES_OK && w->find)
		res = groups_leaders(tx, w->p->groups, w->a, &w->talk, w->plan.starts, &w->leaders, &w->leaders_n);
	return res;
}

/* What the form holds. */
struct typed {
	struct day day;
	const char *clock, *place;
	bool has_clock, late;
	int minute;
};

static const struct {
	unsigned fault;
	const char *href, *text;
} told[] = {
	{ GROUPS_NO_DAY, "#day", TR("Choose a day") },
	{ GROUPS_FAR, "#day", TR("That is more than a week ahead") },
	{ GROUPS_NO_CLOCK, "#clock", TR("Write when it begins, like 14:30") },
	{ GROUPS_PAST, "#clock", TR("That time has passed") },
	{ GROUPS_LATE, "#late", TR("That is later than 48 hours after what happened. Tick the box if it is planned all the same") },
	{ GROUPS_NO_PLACE, "#place", TR("Write where it is") },
	{ GROUPS_PLACE_LONG, "#place", TR("The place is too long. There is room for 100 characters") },
	{ GROUPS_PLACE_BAD, "#place", TR("The place has characters that cannot be shown. Write it again") },
	{ GROUPS_NO_LEADER, "#first", TR("Choose two peer supporters") },
	{ GROUPS_ONE_LEADER, "#first", TR("Choose two different peer supporters") },
	{ GROUPS_UNFIT, "#first", TR("One of them cannot lead it then. Choose among those who can") },
};

static const char *told_of(enum lang lang, unsigned faults)
{
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & faults)
			return tr(lang, told[i].text);
	return NULL;
}

static const struct groups_option *leader_options(struct req *req, const struct work *w, const struct id *chosen)
{
	struct groups_option *list = arena_array(w->a, struct groups_option, w->leaders_n + 1);
	list[0] = (struct groups_option){ "", tr((enum lang)req_lang(req), "Choose a peer supporter"), false };
	for (size_t i = 0; i < w->leaders_n; i++)
		list[i + 1] = (struct groups_option){ arena_printf(w->a, "%s", id_text(&w->leaders[i].id).s),
						      arena_printf(w->a, "%s, %s", w->leaders[i].name, look_place(w->leaders[i].unit)),
						      id_eq(&w->leaders[i].id, chosen) };
	return list;
}

static struct answer show_plan(struct req *req, int status, const struct work *w, const struct typed *t, bool meanwhile)
{
	enum lang lang = (enum lang)req_lang(req);
	const char *action = arena_printf(w->a, HERE "/%s", id_text(&w->incident).s);
	bool planned = w->talk.state == GROUPS_PLANNED;
	struct look_lines lines = look_lines(w->a, w->p->house, lang);
	struct groups_plan_view v = {
		.look = groups_frame(w->p, req, w->who, planned ? tr(lang, "Change the plan") : tr(lang, "Plan a group session"), action),
		.action = action, .none = arena_printf(w->a, "%s/no", action), .title = w->talk.title,
		.happened = groups_with_day(req, "({when})", w->talk.happened), .limit = limit_text(req, &w->talk),
		.rev = arena_printf(w->a, "%lld", (long long)w->talk.rev), .planned = planned, .taken_back = w->talk.taken_back,
		.meanwhile = meanwhile, .days = groups_days(req, instant_day(w->now), DAYS_SHOWN, t->day), .days_n = DAYS_SHOWN,
		.clock = t->clock, .place = t->place, .late = t->late || (w->faults & GROUPS_LATE), .late_ticked = t->late,
		.found = w->find, .leaders_n = w->leaders_n + 1, .line = &lines.professional,
		.day_fault = told_of(lang, w->faults & (GROUPS_NO_DAY | GROUPS_FAR)),
		.clock_fault = told_of(lang, w->faults & (GROUPS_NO_CLOCK | GROUPS_PAST)), .late_fault = told_of(lang, w->faults & GROUPS_LATE),
		.place_fault = told_of(lang, w->faults & (GROUPS_NO_PLACE | GROUPS_PLACE_LONG | GROUPS_PLACE_BAD)),
		.lead_fault = told_of(lang, w->faults & (GROUPS_NO_LEADER | GROUPS_ONE_LEADER | GROUPS_UNFIT)),
	};
	struct groups_fault_view *faults = arena_array(w->a, struct groups_fault_view, ARRAY_LEN(told));
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (told[i].fault & w->faults)
			faults[v.faults_n++] = (struct groups_fault_view){ told[i].href, tr(lang, told[i].text) };
	v.faults = faults;
	v.first = leader_options(req, w, &w->plan.lead[0]);
	v.second = leader_options(req, w, &w->plan.lead[1]);
	struct html h = html_for(req);
	groups_plan_page(&h, &v);
	return reply_html(req, status, &h);
}

/* The form of what stands now. */
static struct typed stored(struct work *w, enum lang lang)
{
	const struct groups_talk *t = &w->talk;
	struct typed f = { .clock = "", .place = t->place, .day = instant_day(w->now) };
	struct buf clock = BUF_LIMIT(40);
	if (!t->starts.s)
		return f;
	struct wall wall = instant_wall(t->starts);
	f.day = instant_day(t->starts);
	buf_printf(&clock, "%02d%c%02d", wall.hour, say_clock_sign(lang), wall.minute);
	f.clock = arena_str(w->a, buf_get(&clock));
	f.has_clock = true;
	f.late = t->starts.s > t->by.s;
	w->plan = (struct groups_plan){ .starts = t->starts, .lead = { t->lead[0], t->lead[1] } };
	buf_free(&clock);
	return f;
}

static enum result find_again(struct work *w)
{
	w->find = w->plan.starts.s > w->now.s;
	return w->find ? db_read(w->p->db, plan_look, w) : RES_OK;
}

static struct answer get_plan(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	if (id_parse(req_path(req, 0), &w.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = looked(&w, plan_look);
	struct typed f = { .clock = "" };
	if (res == RES_OK) {
		f = stored(&w, (enum lang)req_lang(req));
		res = find_again(&w);
	}
	return res == RES_OK ? show_plan(req, 200, &w, &f, false) : reply_result(req, res);
}

/* What was typed, and what is wrong with it that the rules do not see. */
static struct typed read_plan(struct req *req, struct work *w)
{
	struct slice clock, place = { 0 };
	int64_t day, rev = -1;
	struct typed f = { .late = req_flag(req, "late"), .clock = arena_str(w->a, req_echo(req, "clock")),
			   .place = arena_str(w->a, req_echo(req, "place")) };
	if (req_int(req, "day", &day) == RES_OK)
		f.day.n = (int32_t)day;
	else
		w->faults |= GROUPS_NO_DAY;
	f.has_clock = req_text(req, "clock", &clock) == RES_OK && groups_clock(clock, &f.minute) == RES_OK;
	if (!f.has_clock)
		w->faults |= GROUPS_NO_CLOCK;
	enum result res = req_text(req, "place", &place);
	if (res == RES_BAD)
		w->faults |= slice_of(f.place).n >= 4 * (size_t)GROUPS_PLACE_MOST ? GROUPS_PLACE_LONG : GROUPS_PLACE_BAD;
	w->plan.place = place;
	w->plan.late = f.late;
	if (f.day.n && f.has_clock)
		w->plan.starts = day_at(f.day, f.minute / 60, f.minute % 60);
	for (int i = 0; i < 2; i++)
		if (req_id(req, i ? "second" : "first", &w->plan.lead[i]) != RES_OK)
			w->plan.lead[i] = (struct id){ { 0 } };
	if (req_int(req, "rev", &rev) != RES_OK)
		rev = -1;
	w->plan.rev = rev;
	return f;
}

static enum result plan_work(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	unsigned faults = 0;
	enum result res = groups_plan(tx, w->p->groups, &w->incident, &w->plan, &faults);
	w->faults |= faults;
	w->what = "programme/group-plan";
	return res == RES_OK ? note(tx, ctx) : res;
}

/* All faults at once, those of who leads it only when they are asked for. */
static void judge_typed(struct work *w, bool saving)
{
	if (w->plan.starts.s)
		w->faults |= groups_time_faults(w->plan.starts, w->talk.by, w->plan.late, w->now);
	w->find = w->plan.starts.s > w->now.s && !(w->faults & (GROUPS_PAST | GROUPS_FAR));
	if (saving && !(w->faults & (GROUPS_PLACE_BAD | GROUPS_PLACE_LONG)))
		w->faults |= groups_place_faults(w->plan.place);
}

static struct answer sure_page(struct req *req, const struct work *w, const struct typed *f)
{
	enum lang lang = (enum lang)req_lang(req);
	const char *back = arena_printf(w->a, HERE "/%s", id_text(&w->incident).s);
	const struct groups_hidden hidden[] = {
		{ "rev", arena_printf(w->a, "%lld", (long long)w->plan.rev) }, { "day", arena_printf(w->a, "%d", (int)f->day.n) },
		{ "clock", f->clock }, { "place", f->place }, { "first", arena_printf(w->a, "%s", id_text(&w->plan.lead[0]).s) },
		{ "second", arena_printf(w->a, "%s", id_text(&w->plan.lead[1]).s) }, { "do", "save" }, { f->late ? "late" : "do", f->late ? "on" : "save" },
	};
	struct groups_sure_view v = {
		.look = groups_frame(w->p, req, w->who, tr(lang, "Change the plan"), back), .action = back, .back = back,
		.question = tr(lang, "Change the plan?"),
		.what = tr(lang, "Everybody affected gets a message that something has changed, and so do the supporters. That cannot be called back."),
		.yes = tr(lang, "Yes, change it"), .hidden = hidden, .hidden_n = f->late ? ARRAY_LEN(hidden) : ARRAY_LEN(hidden) - 1,
	};
	struct html h = html_for(req);
	groups_sure_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer saved(struct req *req, const struct work *w)
{
	groups_changed(w->p->groups);
	return reply_see_other(req, HERE);
}

static struct answer meanwhile(struct req *req, struct work *w)
{
	w->faults = 0;
	w->find = false;
	enum result res = db_read(w->p->db, plan_look, w);
	if (res == RES_NONE)
		return reply_see_other(req, HERE);
	struct typed f = { .clock = "" };
	if (res == RES_OK) {
		f = stored(w, (enum lang)req_lang(req));
		res = find_again(w);
	}
	return res == RES_OK ? show_plan(req, 409, w, &f, true) : reply_result(req, res);
}

static struct answer post_plan(struct req *req, const struct actor *who, void *room)
{
	int what = 0;
	struct work w = begin(req, who, room);
	if (id_parse(req_path(req, 0), &w.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = looked(&w, plan_look);
	if (res != RES_OK)
		return reply_result(req, res);
	if (req_choice(req, "do", &what) != RES_OK)
		return reply_error(req, 400);
	bool saving = what == 1;
	struct typed f = read_plan(req, &w);
	judge_typed(&w, saving);
	if (w.find)
		res = db_read(w.p->db, plan_look, &w);
	if (res != RES_OK)
		return reply_result(req, res);
	if (!saving || w.faults || !w.find)
		return show_plan(req, w.faults ? 422 : 200, &w, &f, false);
	if (w.talk.state == GROUPS_PLANNED && w.talk.rev == w.plan.rev && !req_flag(req, "sure"))
		return sure_page(req, &w, &f);
	res = db_write(w.p->db, plan_work, &w);
	if (res == RES_OK)
		return saved(req, &w);
	if (res == RES_BAD)
		return show_plan(req, 422, &w, &f, false);
	return res == RES_AGAIN || res == RES_NONE ? meanwhile(req, &w) : reply_result(req, res);
}

/* ---- it will not be held ---- */

static enum result none_work(struct tx *tx, void *ctx)
{
	struct work *w = ctx;
	enum result res = groups_give_up(tx, w->p->groups, &w->incident, w->plan.rev);
	w->what = "programme/group-none";
	return res == RES_OK ? note(tx, ctx) : res;
}

static struct answer get_none(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	enum lang lang = (enum lang)req_lang(req);
	if (id_parse(req_path(req, 0), &w.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = looked(&w, plan_look);
	if (res != RES_OK)
		return reply_result(req, res);
	const char *here = arena_printf(w.a, HERE "/%s/no", id_text(&w.incident).s);
	const struct groups_hidden hidden[] = { { "rev", arena_printf(w.a, "%lld", (long long)w.talk.rev) } };
	struct groups_sure_view v = {
		.look = groups_frame(w.p, req, who, tr(lang, "It will not be held"), here), .action = here, .back = HERE, .hidden = hidden, .hidden_n = 1,
		.question = tr(lang, "Call off the group session?"), .yes = tr(lang, "Yes, call it off"),
		.what = w.talk.starts.s ? tr(lang, "Everybody affected gets a message that something has changed, and the supporters and the manager "
						   "are told that it will not be held. Everybody keeps their own offer. That cannot be undone.")
					: tr(lang, "The manager is told that it will not be held. Everybody keeps their own offer. That cannot be undone."),
	};
	struct html h = html_for(req);
	groups_sure_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer post_none(struct req *req, const struct actor *who, void *room)
{
	struct work w = begin(req, who, room);
	if (id_parse(req_path(req, 0), &w.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = looked(&w, plan_look);
	if (res != RES_OK)
		return reply_result(req, res);
	if (req_int(req, "rev", &w.plan.rev) != RES_OK || !req_flag(req, "sure"))
		return reply_error(req, 400);
	res = db_write(w.p->db, none_work, &w);
	if (res == RES_OK)
		return saved(req, &w);
	return res == RES_AGAIN || res == RES_NONE ? meanwhile(req, &w) : reply_result(req, res);
}

void groups_routes(struct groups_pages *p, struct web *web)
{
	static const char *const what[] = { "find", "save", NULL };
#define LEADER "a supporter who could lead it: ready, and nobody of those affected"
	static const struct field plan_fields[] = {
		{ .name = "do", .kind = FIELD_CHOICE, .choices = what },
		{ .name = "rev", .kind = FIELD_INT, .least = 0, .most = INT32_MAX },
		{ .name = "day", .kind = FIELD_INT, .least = 0, .most = 100000 },
		{ .name = "clock", .kind = FIELD_TEXT, .most = 8 },
		{ .name = "place", .kind = FIELD_TEXT, .most = (size_t)4 * GROUPS_PLACE_MOST },
		{ .name = "first", .kind = FIELD_ID, .whose = LEADER }, { .name = "second", .kind = FIELD_ID, .whose = LEADER },
		{ .name = "late", .kind = FIELD_FLAG }, { .name = "sure", .kind = FIELD_FLAG },
		{ 0 },
	};
	static const struct field none_fields[] = {
		{ .name = "rev", .kind = FIELD_INT, .least = 0, .most = INT32_MAX }, { .name = "sure", .kind = FIELD_FLAG }, { 0 },
	};
#define ANYS "a group session that was asked for: it is the whole programme's"
	static const struct route routes[] = {
		{ METHOD_GET, HERE, ROLE_COORDINATOR, NULL, get_list, 0, 0, NULL },
		{ METHOD_GET, HERE "/{id}", ROLE_COORDINATOR, NULL, get_plan, 0, 0, ANYS },
		{ METHOD_POST, HERE "/{id}", ROLE_COORDINATOR, plan_fields, post_plan, 0, 0, ANYS },
		{ METHOD_GET, HERE "/{id}/no", ROLE_COORDINATOR, NULL, get_none, 0, 0, ANYS },
		{ METHOD_POST, HERE "/{id}/no", ROLE_COORDINATOR, none_fields, post_none, 0, 0, ANYS },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
	groups_lead_routes(p, web);
}
