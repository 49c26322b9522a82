/* What one of the two who lead a session sees of it, and where she says what became of it. */
#include "haven/groups/groups_pages.h"

#include "base/buf.h"
#include "groups.tpl.h"
#include "haven/supporters/supporters.h"
#include "web/reply.h"

#define DAYS_MOST (GROUPS_DAYS + 1)

struct leading {
	const struct groups_pages *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct id incident;
	struct supporter me, other;
	bool has_other;
	struct groups_talk talk;
	bool held;
	struct day day;
};

/* RES_NONE: no session that she leads. */
static enum result look(struct tx *tx, void *ctx)
{
	struct leading *l = ctx;
	struct account account;
	struct groups_talk *list;
	size_t n;
	enum result res = signin_get(tx, l->a, &l->who->account, &account);
	if (res == RES_OK)
		res = supporters_get(tx, l->a, &account.of_whom, &l->me);
	if (res == RES_OK)
		res = groups_of(tx, l->a, &l->me.id, l->now, &list, &n);
	if (res != RES_OK)
		return res;
	res = RES_NONE;
	for (size_t i = 0; i < n; i++)
		if (id_eq(&list[i].incident, &l->incident)) {
			l->talk = list[i];
			res = RES_OK;
		}
	if (res != RES_OK)
		return res;
	res = supporters_get(tx, l->a, &l->talk.lead[id_eq(&l->talk.lead[0], &l->me.id) ? 1 : 0], &l->other);
	l->has_other = res == RES_OK;
	return res == RES_NONE ? RES_OK : res;
}

static const char *with_whom(const struct leading *l, enum lang lang)
{
	struct buf out = BUF_LIMIT(1000);
	if (!l->has_other)
		return NULL;
	tr_fill(&out, tr(lang, "You lead it with {name}, {phone}."), "name", l->other.name, "phone", look_phone(l->a, l->other.phone), NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&out);
	return text;
}

/* From its own day to today. */
static size_t days_since(const struct leading *l)
{
	int n = instant_day(l->now).n - instant_day(l->talk.starts).n + 1;
	return n < 1 ? 1 : n > DAYS_MOST ? DAYS_MOST : (size_t)n;
}

static const char *here_of(const struct leading *l)
{
	return arena_printf(l->a, "/s/groups/%s", id_text(&l->incident).s);
}

static struct answer show(struct req *req, int status, const struct leading *l, const char *fault)
{
	enum lang lang = (enum lang)req_lang(req);
	struct look_lines lines = look_lines(l->a, l->p->house, lang);
	bool called_off = l->talk.state == GROUPS_NOT_HELD;
	struct groups_lead_view v = {
		.look = groups_frame(l->p, req, l->who, tr(lang, "You lead a group session"), here_of(l)), .action = here_of(l),
		.title = l->talk.title, .happened = groups_with_day(req, "({when})", l->talk.happened),
		.when = groups_with_moment(req, "{when}", l->talk.starts), .place = l->talk.place, .with = with_whom(l, lang),
		.called_off = called_off, .begun = !called_off && l->talk.starts.s <= l->now.s, .days_n = days_since(l), .fault = fault,
		.line = &lines.professional,
	};
	v.days = groups_days(req, instant_day(l->talk.starts), v.days_n, instant_day(l->talk.starts));
	struct html h = html_for(req);
	groups_lead_page(&h, &v);
	return reply_html(req, status, &h);
}

static struct answer get_lead(struct req *req, const struct actor *who, void *room)
{
	struct leading l = { .p = room, .a = req_arena(req), .who = who, .now = req_now(req) };
	if (id_parse(req_path(req, 0), &l.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(l.p->db, look, &l);
	return res == RES_OK ? show(req, 200, &l, NULL) : reply_result(req, res);
}

static enum result say(struct tx *tx, void *ctx)
{
	struct leading *l = ctx;
	return groups_say(tx, l->p->groups, &l->me.id, &l->incident, l->held, l->day);
}

static struct answer sure_page(struct req *req, const struct leading *l)
{
	enum lang lang = (enum lang)req_lang(req);
	const struct groups_hidden hidden[] = { { "held", l->held ? "yes" : "no" }, { "day", arena_printf(l->a, "%d", (int)l->day.n) } };
	struct groups_sure_view v = {
		.look = groups_frame(l->p, req, l->who, tr(lang, "You lead a group session"), here_of(l)), .action = here_of(l), .back = here_of(l),
		.question = l->held ? groups_with_day(req, tr(lang, "Was it held {when}?"), l->day) : tr(lang, "Note that it was not held?"),
		.what = tr(lang, "The manager is told that, and nothing else. It cannot be changed afterwards."),
		.yes = l->held ? tr(lang, "Yes, it was held") : tr(lang, "It was not held"), .hidden = hidden, .hidden_n = ARRAY_LEN(hidden),
	};
	struct html h = html_for(req);
	groups_sure_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer post_lead(struct req *req, const struct actor *who, void *room)
{
	struct leading l = { .p = room, .a = req_arena(req), .who = who, .now = req_now(req) };
	enum lang lang = (enum lang)req_lang(req);
	int held;
	int64_t day = 0;
	if (id_parse(req_path(req, 0), &l.incident) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(l.p->db, look, &l);
	if (res != RES_OK)
		return reply_result(req, res);
	if (req_choice(req, "held", &held) != RES_OK)
		return show(req, 422, &l, tr(lang, "Choose yes or no"));
	l.held = held == 1;
	l.day.n = req_int(req, "day", &day) == RES_OK ? (int32_t)day : 0;
	if (l.talk.state != GROUPS_PLANNED || l.talk.starts.s > l.now.s)
		return reply_see_other(req, here_of(&l));
	if (l.held && !groups_day_ok(l.day, l.talk.starts, instant_day(l.now)))
		return show(req, 422, &l, tr(lang, "Choose a day"));
	if (!req_flag(req, "sure"))
		return sure_page(req, &l);
	res = db_write(l.p->db, say, &l);
	/* The other one has said it meanwhile: her desk shows it no more. */
	if (res != RES_OK && res != RES_NONE && res != RES_AGAIN)
		return reply_result(req, res);
	groups_changed(l.p->groups);
	return reply_see_other(req, "/s/desk");
}

void groups_lead_routes(struct groups_pages *p, struct web *web)
{
	static const char *const yes_no[] = { "no", "yes", NULL };
	static const struct field fields[] = {
		{ .name = "held", .kind = FIELD_CHOICE, .choices = yes_no },
		{ .name = "day", .kind = FIELD_INT, .least = 0, .most = 100000 },
		{ .name = "sure", .kind = FIELD_FLAG },
		{ 0 },
	};
	static const struct route routes[] = {
		{ METHOD_GET, "/s/groups/{id}", ROLE_SUPPORTER, NULL, get_lead, 0, 0, "a group session that she leads" },
		{ METHOD_POST, "/s/groups/{id}", ROLE_SUPPORTER, fields, post_lead, 0, 0, "a group session that she leads" },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
}
