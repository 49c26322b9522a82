/* The pages on which an incident is registered and people are added. What they show is made in incidents_show.c. */
#include <string.h>

#include "audit/audit.h"
#include "duty/incidents/incidents_form.h"
#include "duty/incidents/incidents_show.h"
#include "incidents.tpl.h"
#include "signin/signin.h"
#include "web/json.h"
#include "web/reply.h"

#define FORM_BODY ((size_t)1 << 20)

/* One request, as the work functions see it. */
struct press {
	const struct incidents_pages *pages;
	const struct actor *who;
	struct arena *a;
	struct instant now;
	struct incident_form sent; /* as it came: a work function may run again */
	struct incident_seat *seats;
	struct incident_form f;
	struct id incident;        /* adding afterwards; or the one that was made */
	struct incident in;
	int added;
	bool elsewhere;            /* she is a party: somebody else follows it from now on … */
	bool followed;             /* … if there is anybody */
	bool waits;                /* what it began from was about somebody who is not on the form */
	unsigned faults;           /* of adding */
};

static void press_take(struct press *p)
{
	p->seats = arena_array(p->a, struct incident_seat, p->sent.draft.seats_n);
	if (p->sent.draft.seats_n)
		memcpy(p->seats, p->sent.seats, p->sent.draft.seats_n * sizeof(*p->seats));
}

static void press_again(struct press *p)
{
	struct incident_seat *seats = p->sent.seats;
	p->f = p->sent;
	if (p->f.draft.seats_n)
		memcpy(seats, p->seats, p->f.draft.seats_n * sizeof(*seats));
	p->f.seats = seats;
	p->f.draft.seats = seats;
}

static enum result act_work(struct tx *tx, void *ctx)
{
	struct press *p = ctx;
	press_again(p);
	return incident_form_act(tx, p->a, p->who, &p->f);
}

/* Whom it concerns, and whether she may add to it. */
static enum result act_people_work(struct tx *tx, void *ctx)
{
	struct press *p = ctx;
	enum result res = incidents_get(tx, p->a, p->who, &p->incident, &p->in);
	if (res == RES_OK)
		res = incidents_may_lead(tx, p->who, &p->incident);
	if (res != RES_OK)
		return res;
	p->sent.draft.unit = p->in.unit;
	p->sent.draft.has_unit = true;
	return act_work(tx, ctx);
}

/* ---- looks at names (PRODUCT.md § 4) ---- */

/* Noted before they are shown, and nothing is shown that could not be noted. What is read is read beside those who write: a
   search looks at many, and only the note waits for its turn. */
struct noting {
	const struct incidents_pages *pages;
	const struct actor *who;
	struct day today;
	const char *what;
	const struct id *about; /* NULL: no incident yet */
};

static enum result note_work(struct tx *tx, void *ctx)
{
	const struct noting *l = ctx;
	return audit_put(tx, l->pages->rnd, l->today, &l->who->account, l->what, l->about);
}

/* What this press asks the directory for; NULL: nothing. */
static const char *look_of(const struct incident_form *sent)
{
	if (slice_is(sent->doing, "find") && sent->query.n)
		return "people/search";
	if (slice_is(sent->doing, "unit"))
		return "people/unit";
	/* Saving takes what was pasted and not yet added. */
	if (slice_is(sent->doing, "paste") || (slice_is(sent->doing, "save") && sent->paste.n))
		return "people/list";
	return slice_is(sent->doing, "save") && sent->query.n ? "people/search" : NULL;
}

static enum result act(struct press *p, db_work *work)
{
	enum result res = db_read(p->pages->db, work, p);
	struct noting l = { p->pages, p->who, instant_day(p->now), look_of(&p->sent), id_is_zero(&p->incident) ? NULL : &p->incident };
	bool names = p->f.hits.n > 0 || p->f.draft.seats_n > p->sent.draft.seats_n;
	return res == RES_OK && l.what && names ? db_write(p->pages->db, note_work, &l) : res;
}

/* ---- */

static enum result whose_now(struct tx *tx, struct press *p)
{
	enum result res = incidents_may_lead(tx, p->who, &p->incident);
	p->elsewhere = res == RES_REFUSED;
	return res == RES_REFUSED ? incidents_followed(tx, p->a, &p->incident, &p->followed) : res;
}

static enum result register_work(struct tx *tx, void *ctx)
{
	struct press *p = ctx;
	enum result res = incidents_register(tx, p->pages->rnd, p->now, p->who, &p->f.draft, &p->incident);
	if (res == RES_OK)
		res = whose_now(tx, p);
	if (res != RES_OK || id_is_zero(&p->f.from) || !p->pages->made)
		return res;
	p->waits = false;
	res = p->pages->made(tx, instant_day(p->now), p->who, &p->f.from, &p->incident, &p->f.draft, &p->waits);
	return res == RES_BROKEN ? res : RES_OK;
}

static enum result begin_work(struct tx *tx, void *ctx)
{
	struct press *p = ctx;
	struct incident_begin begin;
	if (!p->pages->begin)
		return RES_NONE;
	enum result res = p->pages->begin(tx, p->a, p->who, &p->sent.from, &begin);
	if (res == RES_OK)
		incident_form_begin(&p->sent, p->a, instant_day(p->now), &begin);
	return res;
}

static enum result add_work(struct tx *tx, void *ctx)
{
	struct press *p = ctx;
	enum result res = incidents_add(tx, p->pages->rnd, instant_day(p->now), p->who, &p->incident, p->f.seats, p->f.draft.seats_n, &p->faults, &p->added);
	return res == RES_OK ? whose_now(tx, p) : res;
}

static struct press press_of(struct incidents_pages *pages, struct req *req, const struct actor *who)
{
	return (struct press){ .pages = pages, .who = who, .a = req_arena(req), .now = req_now(req) };
}

static struct answer to_incident(struct req *req, const struct press *p)
{
	if (p->pages->registered)
		p->pages->registered(p->pages->ctx);
	if (p->elsewhere)
		return reply_see_other(req, p->followed ? "/incidents?said=elsewhere" : "/incidents?said=nobody");
	if (p->waits)
		return reply_see_other(req, "/reported?said=waits");
	return reply_see_other(req, arena_printf(p->a, "/incidents/%s", id_text(&p->incident).s));
}

/* ---- /incidents/new ---- */

static struct answer form_answer(struct req *req, const struct press *p, bool saving)
{
	struct html h = html_for(req);
	struct form_view v;
	show_form(p->pages, req, p->who, &p->f, saving, &v);
	incidents_form_page(&h, &v);
	return reply_html(req, saving ? 422 : 200, &h);
}

static struct answer get_new(struct req *req, const struct actor *who, void *room)
{
	struct press p = press_of(room, req, who);
	incident_form_empty(&p.sent, p.a, (enum lang)req_lang(req));
	p.sent.draft.once = id_new(p.pages->rnd, "incidents/once");
	p.sent.doing = SLICE("find");
	p.sent.day = INCIDENT_TODAY;
	enum result res = req_id(req, "from", &p.sent.from);
	if (res == RES_OK)
		res = db_read(p.pages->db, begin_work, &p);
	else if (res == RES_NONE)
		res = RES_OK;
	if (res != RES_OK)
		return reply_result(req, res == RES_BAD ? RES_NONE : res);
	press_take(&p);
	/* What it begins with shows a name. */
	res = act(&p, act_work);
	if (res == RES_OK && !id_is_zero(&p.sent.from)) {
		struct noting l = { p.pages, p.who, instant_day(p.now), "missing/one", &p.sent.from };
		res = db_write(p.pages->db, note_work, &l);
	}
	return res == RES_OK ? form_answer(req, &p, false) : reply_result(req, res);
}

static struct answer post_new(struct req *req, const struct actor *who, void *room)
{
	struct press p = press_of(room, req, who);
	incident_form_read(req, &p.sent, false, (enum lang)req_lang(req));
	if (id_is_zero(&p.sent.draft.once))
		p.sent.draft.once = id_new(p.pages->rnd, "incidents/once");
	press_take(&p);
	enum result res = act(&p, act_work);
	if (res != RES_OK)
		return reply_result(req, res);
	bool saving = slice_is(p.f.doing, "save");
	if (saving)
		p.f.faults |= incident_faults(&p.f.draft, p.now);
	if (!saving || p.f.faults)
		return form_answer(req, &p, saving);
	res = db_write(p.pages->db, register_work, &p);
	if (res == RES_OK)
		return to_incident(req, &p);
	if (res != RES_REFUSED && res != RES_BAD)
		return reply_result(req, res);
	/* The unit is not hers, or somebody left between the look and the saving. */
	p.f.faults |= res == RES_REFUSED ? FAULT_UNIT : FORM_SEAT;
	return form_answer(req, &p, true);
}

/* ---- /incidents/{id}/people ---- */

static struct answer people_answer(struct req *req, const struct press *p, bool saving)
{
	struct html h = html_for(req);
	struct form_view v;
	show_people(p->pages, req, p->who, &p->in, &p->f, saving, &v);
	incidents_people_page(&h, &v);
	return reply_html(req, saving ? 422 : 200, &h);
}

static struct answer get_people(struct req *req, const struct actor *who, void *room)
{
	struct press p = press_of(room, req, who);
	if (id_parse(req_path(req, 0), &p.incident) != RES_OK)
		return reply_error(req, 404);
	incident_form_empty(&p.sent, p.a, (enum lang)req_lang(req));
	p.sent.doing = SLICE("find");
	press_take(&p);
	enum result res = db_read(p.pages->db, act_people_work, &p);
	return res == RES_OK ? people_answer(req, &p, false) : reply_result(req, res);
}

static struct answer post_people(struct req *req, const struct actor *who, void *room)
{
	struct press p = press_of(room, req, who);
	if (id_parse(req_path(req, 0), &p.incident) != RES_OK)
		return reply_error(req, 404);
	incident_form_read(req, &p.sent, true, (enum lang)req_lang(req));
	press_take(&p);
	enum result res = act(&p, act_people_work);
	if (res != RES_OK)
		return reply_result(req, res);
	bool saving = slice_is(p.f.doing, "save");
	if (saving)
		p.f.faults |= incident_faults(&p.f.draft, p.now) & INCIDENT_WHO_FAULTS & (p.f.draft.seats_n ? ~(unsigned)FAULT_NOBODY : ~0u);
	if (!saving || p.f.faults)
		return people_answer(req, &p, saving);
	res = db_write(p.pages->db, add_work, &p);
	if (res == RES_OK)
		return to_incident(req, &p);
	if (res != RES_BAD)
		return reply_result(req, res);
	/* There is no room for all of them, or somebody left between the look and the saving. */
	p.f.faults |= p.faults ? p.faults : FORM_SEAT;
	return people_answer(req, &p, true);
}

/* ---- /people/search ---- */

struct search {
	struct arena *a;
	struct slice typed;
	struct person_lines lines;
};

static enum result search_work(struct tx *tx, void *ctx)
{
	struct search *s = ctx;
	return people_search(tx, s->a, s->typed, &s->lines);
}

static struct answer search(struct req *req, const struct actor *who, void *room)
{
	struct incidents_pages *pages = room;
	struct search s = { .a = req_arena(req) };
	struct noting l = { pages, who, instant_day(req_now(req)), "people/search", NULL };
	struct buf out = BUF_SECRET((size_t)1 << 16);
	struct json j = JSON(&out);
	if (req_text(req, "q", &s.typed) != RES_OK)
		return reply_empty(req, 400);
	enum result res = db_read(pages->db, search_work, &s);
	if (res == RES_OK && s.lines.n)
		res = db_write(pages->db, note_work, &l);
	if (res != RES_OK)
		return reply_empty(req, res == RES_BAD ? 400 : 503);
	json_obj(&j);
	json_key(&j, "people");
	json_arr(&j);
	for (size_t i = 0; i < s.lines.n; i++) {
		const struct person_line *p = &s.lines.list[i];
		char initials[16];
		show_initials(p->name, initials);
		json_obj(&j);
		json_put_str(&j, "id", id_text(&p->id).s);
		json_put_str(&j, "name", incidents_name(s.a, (enum lang)req_lang(req), p->name, p->number, p->profession,
							p->unit_path));
		json_put_str(&j, "about", show_about(s.a, p->profession, p->unit_path));
		json_put_str(&j, "initials", initials);
		json_put_str(&j, "tint", look_tint(&p->id));
		json_end(&j);
	}
	json_end(&j);
	json_put_bool(&j, "more", s.lines.more);
	json_end(&j);
	return reply_json(req, 200, &out);
}

static const struct field new_fields[] = { { .name = "from", .kind = FIELD_ID, .whose = INCIDENT_FORM_FROM }, { 0 } };
static const struct field search_fields[] = { { .name = "q", .kind = FIELD_TEXT, .most = 200 }, { 0 } };
#define LED "an incident that she leads: of her unit or one below it, and she is no party to it; a safety representative where every leader is"
static const struct route routes[] = {
	{ METHOD_GET, "/incidents/new", ROLE_LEADER, new_fields, get_new, 0, 0 },
	{ METHOD_POST, "/incidents/new", ROLE_LEADER, incident_form_fields, post_new, 0, FORM_BODY },
	{ METHOD_GET, "/incidents/{id}/people", ROLE_LEADER | ROLE_SAFETY, NULL, get_people, 0, 0, LED },
	{ METHOD_POST, "/incidents/{id}/people", ROLE_LEADER | ROLE_SAFETY, incident_who_fields, post_people, 0, FORM_BODY, LED },
	{ METHOD_GET, "/people/search", ROLE_LEADER, search_fields, search, 0, 0 },
};

void incidents_routes(struct incidents_pages *pages, struct web *web)
{
	web_routes(web, routes, ARRAY_LEN(routes), pages);
}
