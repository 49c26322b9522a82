#include "haven/programme/programme_pause.h"

#include "audit/audit.h"
#include "haven/supporters/supporters.h"
#include "pause.tpl.h"

struct pausing {
	const struct programme *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct id id;
	struct supporter one;
	bool pause;
};

/* RES_NONE: nobody, or a supporter no more. */
static enum result look(struct tx *tx, void *ctx)
{
	struct pausing *w = ctx;
	return supporters_get(tx, w->a, &w->id, &w->one);
}

/* The change and its entry together: neither is without the other. */
static enum result change(struct tx *tx, void *ctx)
{
	const struct pausing *w = ctx;
	enum result res = supporters_pause(tx, &w->id, w->pause);
	return res == RES_OK ? audit_put(tx, w->p->rnd, instant_day(w->now), &w->who->account, w->pause ? "programme/pause" : "programme/ready", &w->id) : res;
}

static struct answer page(struct req *req, const struct actor *who, void *room)
{
	struct pausing w = { .p = room, .a = req_arena(req), .who = who, .now = req_now(req) };
	enum lang lang = (enum lang)req_lang(req);
	if (id_parse(req_path(req, 0), &w.id) != RES_OK)
		return reply_error(req, 404);
	enum result res = db_read(w.p->db, look, &w);
	if (res != RES_OK)
		return reply_result(req, res);
	struct pause_view v = {
		.name = w.one.name, .given = w.one.given, .unit = look_place(w.one.unit), .paused = w.one.paused, .full = w.one.is_full,
		.action = arena_printf(w.a, "/s/programme/supporters/%s", id_text(&w.id).s),
	};
	v.look = (struct look){
		.house = w.p->house, .lang = lang, .title = v.name, .roles = who->roles, .place = "/s/programme", .path = v.action,
		.sign_out = w.p->sign_out, .account = "/s/account", .csrf = who->csrf, .quick_exit = true,
	};
	struct html h = html_for(req);
	pause_page(&h, &v);
	return reply_html(req, 200, &h);
}

static struct answer say(struct req *req, const struct actor *who, void *room)
{
	struct pausing w = { .p = room, .a = req_arena(req), .who = who, .now = req_now(req) };
	int pause;
	if (id_parse(req_path(req, 0), &w.id) != RES_OK)
		return reply_error(req, 404);
	if (req_choice(req, "paused", &pause) != RES_OK)
		return reply_result(req, RES_BAD);
	w.pause = pause == 1;
	enum result res = db_write(w.p->db, change, &w);
	return res == RES_OK ? reply_see_other(req, "/s/programme#who") : reply_result(req, res);
}

void programme_pause_routes(struct programme *p, struct web *web)
{
	static const char *const pauses[] = { "no", "yes", NULL };
	static const struct field fields[] = { { .name = "paused", .kind = FIELD_CHOICE, .choices = pauses }, { 0 } };
	static const struct route routes[] = {
		{ METHOD_GET, "/s/programme/supporters/{id}", ROLE_COORDINATOR, NULL, page, 0, 0, "a supporter of the programme: she is the whole programme's" },
		{ METHOD_POST, "/s/programme/supporters/{id}", ROLE_COORDINATOR, fields, say, 0, 0, "a supporter of the programme: she is the whole programme's" },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
}
