/* The list of incidents, one incident as its leader follows it, and the note that she spoke with somebody. */
#include <string.h>

#include "audit/audit.h"
#include "coverage.tpl.h"
#include "duty/coverage/coverage.h"
#include "duty/coverage/coverage_show.h"
#include "signin/signin.h"
#include "web/json.h"
#include "web/reply.h"

#define LIST_MOST 100
#define JSON_MOST ((size_t)1 << 20)
#define WAIT_MOST 60 /* seconds that a page may wait for a change */

struct look_at {
	const struct coverage_pages *pages;
	const struct actor *who;
	struct arena *a;
	struct instant now;
	struct id exposure;
	struct coverage_facts facts;
	struct coverage_facts *list;
	size_t n;
	const char *what; /* the look that is noted, and at which incident; NULL: at several */
	const struct id *noted;
};

static struct look_at look_of(struct coverage_pages *pages, struct req *req, const struct actor *who)
{
	return (struct look_at){ .pages = pages, .who = who, .a = req_arena(req), .now = req_now(req) };
}

static enum result list_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	return coverage_facts_list(tx, l->a, l->who, LIST_MOST, &l->list, &l->n);
}

static enum result one_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	struct id incident = l->facts.in.id;
	return coverage_facts_of(tx, l->a, l->who, &incident, &l->facts);
}

/* A look at names is noted before they are shown (PRODUCT.md § 4): what is read is read beside those who write, and only the
   note waits for its turn among them. Nothing is shown that could not be noted. */
static enum result note_work(struct tx *tx, void *ctx)
{
	const struct look_at *l = ctx;
	return audit_put(tx, l->pages->frame->rnd, instant_day(l->now), &l->who->account, l->what, l->noted);
}

static enum result note_look(struct look_at *l, const char *what, const struct id *incident)
{
	l->what = what;
	l->noted = incident;
	return db_write(l->pages->db, note_work, l);
}

static enum result look_at_list(struct look_at *l)
{
	enum result res = db_read(l->pages->db, list_work, l);
	bool names = false;
	for (size_t i = 0; res == RES_OK && i < l->n; i++)
		names |= coverage_list_names(&l->list[i]);
	return res == RES_OK && names ? note_look(l, "incidents/in-person", NULL) : res;
}

static enum result look_at_one(struct look_at *l)
{
	enum result res = db_read(l->pages->db, one_work, l);
	return res == RES_OK && coverage_names(&l->facts) ? note_look(l, "incident/people", &l->facts.in.id) : res;
}

static struct answer get_list(struct req *req, const struct actor *who, void *room)
{
	struct look_at l = look_of(room, req, who);
	struct html h = html_for(req);
	struct list_view v;
	enum result res = look_at_list(&l);
	if (res != RES_OK)
		return reply_result(req, res);
	show_list(l.pages, req, who, l.list, l.n, &v);
	coverage_list_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer get_one(struct req *req, const struct actor *who, void *room)
{
	struct look_at l = look_of(room, req, who);
	if (id_parse(req_path(req, 0), &l.facts.in.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = look_at_one(&l);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct incident_view v;
	show_incident(l.pages, req, who, &l.facts, &v);
	coverage_incident_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- what has changed: no names, so no look is noted ---- */

static void put_seats(struct json *j, const struct incident_view *v)
{
	json_key(j, "seats");
	json_arr(j);
	for (size_t i = 0; i < v->seats_n; i++) {
		const struct seat_view *s = &v->seats[i];
		json_obj(j);
		json_put_str(j, "id", s->id);
		json_put_bool(j, "offered", s->offered);
		json_put_bool(j, "open", s->open);
		json_put_str(j, "when", s->when);
		json_put_str(j, "sent", s->sent);
		json_put_str(j, "reached", s->reached);
		json_put_str(j, "inPerson", s->in_person);
		json_end(j);
	}
	json_end(j);
	json_key(j, "needs");
	json_arr(j);
	for (size_t i = 0; i < v->needs_n; i++)
		json_str(j, slice_of(v->needs[i].id));
	json_end(j);
}

/* Answers when something is other than she has it, or at the last. */
static struct answer look_again(struct req *req, void *room, bool last)
{
	const struct actor *who = req_actor(req);
	struct look_at l = look_of(room, req, who);
	struct slice have = { 0 };
	if (id_parse(req_path(req, 0), &l.facts.in.id) != RES_OK)
		return reply_empty(req, 404);
	enum result res = db_read(l.pages->db, one_work, &l);
	if (res != RES_OK)
		return reply_empty(req, res == RES_NONE || res == RES_REFUSED ? 404 : 503);
	struct incident_view v;
	show_incident(l.pages, req, who, &l.facts, &v);
	if (req_text(req, "have", &have) == RES_OK && slice_is(have, v.version))
		return last ? reply_empty(req, 204) : (struct answer){ NULL };
	struct buf out = BUF_SECRET(JSON_MOST);
	struct json j = JSON(&out);
	json_obj(&j);
	json_put_str(&j, "version", v.version);
	json_put_bool(&j, "waiting", v.waiting);
	json_put_str(&j, "offered", v.head.offered);
	json_put_str(&j, "sent", v.sent);
	json_put_str(&j, "reached", v.reached);
	json_put_str(&j, "asOf", v.as_of);
	json_put_str(&j, "group", v.group_state);
	put_seats(&j, &v);
	json_end(&j);
	return reply_json(req, 200, &out);
}

/* As a long poll: whatever wakes the server (coverage.h) is the moment to look again. */
static struct answer get_state(struct req *req, const struct actor *who, void *room)
{
	int64_t wait = 0;
	(void)who;
	if (req_int(req, "wait", &wait) == RES_BAD)
		return reply_empty(req, 400);
	struct answer now = look_again(req, room, wait == 0);
	return now.made ? now : reply_later(req, (int)wait, look_again);
}

/* ---- spoken to in person ---- */

static enum result exposure_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	enum result res = incidents_may_follow(tx, l->a, l->who, &l->exposure, &l->facts.in);
	return res == RES_OK ? one_work(tx, ctx) : res;
}

static struct answer get_spoken(struct req *req, const struct actor *who, void *room)
{
	struct look_at l = look_of(room, req, who);
	if (id_parse(req_path(req, 0), &l.exposure) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(l.pages->db, exposure_work, &l);
	if (res == RES_OK)
		res = note_look(&l, "incident/people", &l.facts.in.id);
	if (res != RES_OK)
		return reply_result(req, res);
	struct html h = html_for(req);
	struct spoken_view v;
	show_spoken(l.pages, req, who, &l.facts, &l.exposure, &v);
	coverage_spoken_page(&h, &v);
	return reply_html(req, 200, &h);
}

static enum result spoken_work(struct tx *tx, void *ctx)
{
	struct look_at *l = ctx;
	enum result res = coverage_note_in_person(tx, l->now, l->who, &l->exposure);
	return res == RES_OK ? incidents_of_exposure(tx, &l->exposure, &l->facts.in.id) : res;
}

static struct answer post_spoken(struct req *req, const struct actor *who, void *room)
{
	struct look_at l = look_of(room, req, who);
	if (id_parse(req_path(req, 0), &l.exposure) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_write(l.pages->db, spoken_work, &l);
	if (res != RES_OK)
		return reply_result(req, res);
	if (l.pages->changed)
		l.pages->changed(l.pages->ctx);
	return reply_see_other(req, arena_printf(l.a, "/incidents/%s", id_text(&l.facts.in.id).s));
}

/* An administrator has no incidents to see, but the list of people to keep; whoever waits for a role has an account. */
static struct answer get_front(struct req *req, const struct actor *who, void *room)
{
	(void)room;
	return reply_see_other(req, who->roles & (ROLE_LEADER | ROLE_SAFETY) ? "/incidents" : who->roles & ROLE_ADMIN ? "/directory" : "/account");
}

static const struct field state_fields[] = {
	{ .name = "have", .kind = FIELD_TEXT, .most = 40 },
	{ .name = "wait", .kind = FIELD_INT, .least = 0, .most = WAIT_MOST },
	{ 0 },
};
#define SEEN "an incident of a unit that she leads or represents, or of one below it, and she is no party to it"
#define LED "somebody else who was affected by an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is, and of a leader whom nobody else leads"
static const char *const saids[] = { "elsewhere", "nobody", NULL };
static const struct field list_fields[] = { { .name = "said", .kind = FIELD_CHOICE, .choices = saids }, { 0 } };
static const struct route routes[] = {
	{ METHOD_GET, "/", MAY_SIGNED_IN, NULL, get_front, 0, 0 },
	{ METHOD_GET, "/incidents", ROLE_LEADER | ROLE_SAFETY, list_fields, get_list, 0, 0 },
	{ METHOD_GET, "/incidents/{id}", ROLE_LEADER | ROLE_SAFETY, NULL, get_one, 0, 0, SEEN },
	{ METHOD_GET, "/incidents/{id}/state", ROLE_LEADER | ROLE_SAFETY, state_fields, get_state, FLAG_POLL | FLAG_SLOW, 0, SEEN },
	{ METHOD_GET, "/exposures/{id}/in-person", ROLE_LEADER | ROLE_SAFETY, NULL, get_spoken, 0, 0, LED },
	{ METHOD_POST, "/exposures/{id}/in-person", ROLE_LEADER | ROLE_SAFETY, NULL, post_spoken, 0, 0, LED },
};

void coverage_routes(struct coverage_pages *pages, struct web *web)
{
	web_routes(web, routes, ARRAY_LEN(routes), pages);
	coverage_group_routes(pages, web);
	coverage_same_routes(pages, web);
}
