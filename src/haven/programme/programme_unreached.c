#include "haven/programme/programme_unreached.h"

#include "audit/audit.h"
#include "base/buf.h"
#include "haven/offers/offers.h"
#include "unreached.tpl.h"

#define HERE "/s/programme/unreached"

struct looking {
	const struct programme *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	enum lang lang;
	const char *what; /* for the audit log */
	struct offers_unreached *list;
	size_t n;
	struct id task;
};

static struct looking looking_of(const struct programme *p, struct req *req, const struct actor *who)
{
	return (struct looking){ .p = p, .a = req_arena(req), .who = who, .now = req_now(req), .lang = (enum lang)req_lang(req) };
}

static enum result note(struct tx *tx, void *ctx)
{
	const struct looking *l = ctx;
	return audit_put(tx, l->p->rnd, instant_day(l->now), &l->who->account, l->what, NULL);
}

static enum result look(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	return offers_unreached(tx, l->a, &l->list, &l->n);
}

/* A sentence with a moment in it. */
static const char *with_moment(const struct looking *l, const char *text, struct instant when, const char *name)
{
	struct buf moment = BUF_LIMIT(200), out = BUF_LIMIT(1000);
	say_moment(&moment, l->lang, when, l->now);
	tr_fill(&out, text, "when", moment.p, "name", name ? name : "", NULL);
	const char *said = arena_str(l->a, buf_get(&out));
	buf_free(&moment);
	buf_free(&out);
	return said;
}

static struct unreached_person person_of(const struct looking *l, const struct offers_unreached *u)
{
	return (struct unreached_person){
		.name = u->name, .title = u->title, .csrf = l->who->csrf, .task = id_text(&u->task), .seen_to = u->seen_to,
		.why = u->closed ? tr(l->lang, "The incident is closed, and no supporter got hold of them.")
		       : u->tried ? tr(l->lang, "What was sent did not arrive.")
				  : tr(l->lang, "We do not know where to send a message."),
		.alone = u->alone,
		.who = u->closed      ? ""
		       : u->supporter ? with_moment(l, tr(l->lang, "{name} calls {when} at the latest."), u->deadline, u->supporter)
				      : tr(l->lang, "No supporter has been found yet."),
		.phone = u->phone ? look_phone(l->a, u->phone) : NULL, .tel = u->phone ? look_tel(l->a, u->phone) : NULL,
		.close = u->closed ? tr(l->lang, "Stays here until you have seen to it.")
				   : with_moment(l, tr(l->lang, "Stays here until the incident closes, {when}."), u->close, NULL),
	};
}

static struct answer page(struct req *req, const struct actor *who, void *room)
{
	struct looking l = looking_of(room, req, who);
	l.what = "programme/unreached";
	enum result res = db_write(l.p->db, note, &l) == RES_OK ? db_read(l.p->db, look, &l) : RES_BROKEN;
	if (res != RES_OK)
		return reply_result(req, res);
	struct unreached_person *people = arena_array(l.a, struct unreached_person, l.n);
	for (size_t i = 0; i < l.n; i++)
		people[i] = person_of(&l, &l.list[i]);
	struct unreached_view v = {
		.look = {
			.house = l.p->house, .lang = l.lang, .title = tr(l.lang, "Not reached"), .roles = who->roles,
			.place = "/s/programme", .path = "/s/programme", .sign_out = l.p->sign_out,
			.account = "/s/account", .csrf = who->csrf, .quick_exit = true,
		},
		.people = people, .people_n = l.n,
	};
	struct html h = html_for(req);
	unreached_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- seen to ---- */

static enum result seen_to(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	enum result res = offers_saw_to(tx, &l->task);
	return res == RES_OK ? note(tx, ctx) : res;
}

static struct answer saw_to(struct req *req, const struct actor *who, void *room)
{
	struct looking l = looking_of(room, req, who);
	l.what = "programme/unreached-done";
	if (req_id(req, "task", &l.task) != RES_OK)
		return reply_result(req, RES_BAD);
	enum result res = db_write(l.p->db, seen_to, &l);
	/* Closed in the meantime, or reached: the list says so. */
	return res == RES_OK || res == RES_NONE ? reply_see_other(req, HERE) : reply_result(req, res);
}

void programme_unreached_routes(struct programme *p, struct web *web)
{
	static const struct field which[] = { { .name = "task", .kind = FIELD_ID, .whose = "somebody whom no message reached: she is the whole programme's" }, { 0 } };
	static const struct route routes[] = {
		{ METHOD_GET, HERE, ROLE_COORDINATOR, NULL, page, 0, 0, NULL },
		{ METHOD_POST, HERE, ROLE_COORDINATOR, which, saw_to, 0, 0 },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
}
