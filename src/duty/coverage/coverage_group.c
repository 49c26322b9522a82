/* The session for all who were affected together, on the page of their incident: suggested with its reason, asked for, and what became of it. */
#include "duty/coverage/coverage_show.h"
#include "signin/signin.h"
#include "web/reply.h"

/* ---- what the page says ---- */

static const char *with_day(struct req *req, const char *text, struct day day)
{
	struct buf when = BUF_LIMIT(200), out = BUF_LIMIT(1000);
	say_day(&when, (enum lang)req_lang(req), day, instant_day(req_now(req)));
	tr_fill(&out, text, "day", when.p, NULL);
	const char *said = arena_str(req_arena(req), buf_get(&out));
	buf_free(&when);
	buf_free(&out);
	return said;
}

static const char *suggested(enum lang lang, const struct coverage_facts *f)
{
	unsigned why = incident_group_reasons(f->people, f->n);
	if (why == (GROUP_MANY_PEOPLE | GROUP_SEVERAL_UNITS))
		return tr(lang, "It is suggested here, because more than five people from more than one unit were affected.");
	if (why & GROUP_MANY_PEOPLE)
		return tr(lang, "It is suggested here, because more than five people were affected.");
	return why ? tr(lang, "It is suggested here, because people from more than one unit were affected.") : NULL;
}

static const char *said(struct req *req, const struct incident_group *group)
{
	enum lang lang = (enum lang)req_lang(req);
	if (group->told.n)
		return with_day(req, group->held ? tr(lang, "The group session was held {day}.")
						 : tr(lang, "There was no group session. That became clear {day}."), group->told);
	return group->asked.n ? with_day(req, tr(lang, "A group session was asked for {day}. The coordinator of the peer supporters plans it, and tells "
						       "everybody affected when and where."), group->asked)
			      : NULL;
}

const struct group_view *show_group(struct req *req, const struct coverage_facts *f)
{
	struct group_view v = { .said = said(req, &f->group) };
	bool open = f->names && !f->group.told.n;
	v.ask = open && !f->group.asked.n && incident_group_may_ask(&f->in, f->n, req_now(req));
	v.take_back = open && f->group.asked.n;
	if (!v.said && !v.ask)
		return NULL;
	if (v.ask)
		v.suggested = suggested((enum lang)req_lang(req), f);
	v.action = arena_printf(req_arena(req), "/incidents/%s/group", id_text(&f->in.id).s);
	struct group_view *kept = arena_new_of(req_arena(req), struct group_view);
	*kept = v;
	return kept;
}

const char *show_group_state(const struct coverage_facts *f)
{
	return f->group.told.n ? f->group.held ? "held" : "none" : f->group.asked.n ? "asked" : "";
}

/* ---- asked for, or taken back ---- */

struct wish {
	const struct actor *who;
	struct instant now;
	struct id incident;
	bool ask;
};

static enum result wish_work(struct tx *tx, void *ctx)
{
	const struct wish *w = ctx;
	return w->ask ? incidents_group_ask(tx, w->now, w->who, &w->incident) : incidents_group_take_back(tx, w->who, &w->incident);
}

static enum result seen_work(struct tx *tx, void *ctx)
{
	const struct wish *w = ctx;
	return incidents_may_lead(tx, w->who, &w->incident);
}

static struct answer post_group(struct req *req, const struct actor *who, void *room)
{
	const struct coverage_pages *pages = room;
	struct wish w = { .who = who, .now = req_now(req) };
	int wish;
	if (id_parse(req_path(req, 0), &w.incident) != RES_OK)
		return reply_error(req, 404);
	/* Whose it is comes before what was sent: somebody else learns nothing by sending nonsense. */
	enum result res = db_read(pages->db, seen_work, &w);
	if (res != RES_OK)
		return reply_result(req, res);
	if (req_choice(req, "wish", &wish) != RES_OK)
		return reply_error(req, 400);
	w.ask = wish == 1;
	res = db_write(pages->db, wish_work, &w);
	/* Meanwhile it is too late, or haven has told: the page says what is so. */
	if (res != RES_OK && res != RES_NONE)
		return reply_result(req, res);
	if (pages->frame->registered)
		pages->frame->registered(pages->frame->ctx);
	return reply_see_other(req, arena_printf(req_arena(req), "/incidents/%s#group", id_text(&w.incident).s));
}

void coverage_group_routes(struct coverage_pages *pages, struct web *web)
{
	static const char *const wishes[] = { "no", "yes", NULL };
	static const struct field fields[] = { { .name = "wish", .kind = FIELD_CHOICE, .choices = wishes }, { 0 } };
	static const struct route routes[] = {
		{ METHOD_POST, "/incidents/{id}/group", ROLE_LEADER | ROLE_SAFETY, fields, post_group, 0, 0,
		  "an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is" },
	};
	web_routes(web, routes, ARRAY_LEN(routes), pages);
}
