/* Somebody from outside the directory who may stand in it: whoever leads the incident says whether it is the same person. */
#include <string.h>

#include "audit/audit.h"
#include "coverage.tpl.h"
#include "duty/coverage/coverage_show.h"
#include "signin/signin.h"
#include "web/reply.h"

struct asking {
	const struct coverage_pages *pages;
	const struct actor *who;
	struct arena *a;
	struct instant now;
	struct id exposure, person, incident;
	bool same;
	struct coverage_facts facts;
	size_t at;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct asking *s = ctx;
	enum result res = incidents_of_exposure(tx, &s->exposure, &s->incident);
	if (res == RES_OK)
		res = incidents_may_lead(tx, s->who, &s->incident);
	if (res == RES_OK)
		res = coverage_facts_of(tx, s->a, s->who, &s->incident, &s->facts);
	if (res != RES_OK)
		return res;
	for (s->at = 0; s->at < s->facts.n && !id_eq(&s->facts.people[s->at].id, &s->exposure);)
		s->at++;
	return s->at < s->facts.n && !id_is_zero(&s->facts.same[s->at].who.person) ? RES_OK : RES_NONE;
}

static enum result note_work(struct tx *tx, void *ctx)
{
	const struct asking *s = ctx;
	return audit_put(tx, s->pages->frame->rnd, instant_day(s->now), &s->who->account, "incident/people", &s->incident);
}

static struct answer get_same(struct req *req, const struct actor *who, void *room)
{
	struct asking s = { .pages = room, .who = who, .a = req_arena(req), .now = req_now(req) };
	struct same_page_view v;
	if (id_parse(req_path(req, 0), &s.exposure) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(s.pages->db, look_work, &s);
	if (res == RES_OK)
		res = db_write(s.pages->db, note_work, &s);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	show_same(s.pages, req, who, &s.facts, s.at, &v);
	coverage_same_page(&h, &v);
	return reply_html(req, 200, &h);
}

static enum result say_work(struct tx *tx, void *ctx)
{
	struct asking *s = ctx;
	return incidents_say_same(tx, s->who, &s->exposure, &s->person, s->same, &s->incident);
}

static struct answer post_same(struct req *req, const struct actor *who, void *room)
{
	struct asking s = { .pages = room, .who = who, .a = req_arena(req), .now = req_now(req) };
	int same = 0;
	if (id_parse(req_path(req, 0), &s.exposure) != RES_OK)
		return reply_error(req, 404);
	bool whole = req_id(req, "person", &s.person) == RES_OK && req_choice(req, "same", &same) == RES_OK;
	s.same = same == 1;
	if (!whole)
		memset(&s.person, 0, sizeof(s.person)); /* nobody: whose it is is asked first */
	enum result res = db_write(s.pages->db, say_work, &s);
	/* Decided meanwhile, or she has left: the page says what is so. */
	if (res == RES_NONE && !id_is_zero(&s.incident))
		res = whole ? RES_OK : RES_BAD;
	if (res == RES_BAD)
		return reply_error(req, 400);
	if (res != RES_OK)
		return reply_result(req, res);
	if (s.pages->frame->registered)
		s.pages->frame->registered(s.pages->frame->ctx);
	return reply_see_other(req, arena_printf(s.a, "/incidents/%s", id_text(&s.incident).s));
}

#define OUTSIDE "somebody from outside, in an incident that she leads, who has the phone of somebody in the directory or the name of somebody in the incident"
#define PHONE "whoever in the directory has the phone of somebody from outside, or alone in the incident the same name, and nobody else"
void coverage_same_routes(struct coverage_pages *pages, struct web *web)
{
	static const char *const sames[] = { "no", "yes", NULL };
	static const struct field fields[] = { { .name = "person", .kind = FIELD_ID, .whose = PHONE }, { .name = "same", .kind = FIELD_CHOICE, .choices = sames }, { 0 } };
	static const struct route routes[] = {
		{ METHOD_GET, "/exposures/{id}/same", ROLE_LEADER | ROLE_SAFETY, NULL, get_same, 0, 0, OUTSIDE },
		{ METHOD_POST, "/exposures/{id}/same", ROLE_LEADER | ROLE_SAFETY, fields, post_same, 0, 0, OUTSIDE },
	};
	web_routes(web, routes, ARRAY_LEN(routes), pages);
}
