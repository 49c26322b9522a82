#include "haven/programme/programme.h"

#include "audit/audit.h"
#include "base/buf.h"
#include "haven/matching/matching_rules.h"
#include "haven/offers/offers.h"
#include "haven/programme/programme_apart.h"
#include "haven/programme/programme_view.h"
#include "haven/supporters/supporters.h"
#include "programme.tpl.h"
#include "signin/signin.h"

#define EXPIRES_SOON 60 /* days before accreditation ends in which it is told; our choice */

struct looking {
	const struct programme *p;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct offers_progress *incidents;
	struct offers_pair **pairs;
	size_t incidents_n, *pairs_n;
	struct supporter *supporters;
	size_t supporters_n;
	int *loads;
};

/* The lists and the entry that they were looked at, in one transaction. */
static enum result look(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	struct day today = instant_day(l->now);
	enum result res = audit_put(tx, l->p->rnd, today, &l->who->account, "programme/incidents", NULL);
	if (res == RES_OK)
		res = offers_progress(tx, l->a, l->now, &l->incidents, &l->incidents_n);
	if (res == RES_OK)
		res = supporters_all(tx, l->a, &l->supporters, &l->supporters_n);
	if (res != RES_OK)
		return res;
	l->pairs = arena_array(l->a, struct offers_pair *, l->incidents_n);
	l->pairs_n = arena_array(l->a, size_t, l->incidents_n);
	l->loads = arena_array(l->a, int, l->supporters_n);
	for (size_t i = 0; res == RES_OK && i < l->incidents_n; i++)
		res = offers_pairs(tx, l->a, &l->incidents[i].incident, l->now, &l->pairs[i], &l->pairs_n[i]);
	for (size_t i = 0; res == RES_OK && i < l->supporters_n; i++)
		res = supporters_load_now(tx, &l->supporters[i].id, today, matching_defaults().flat_days, &l->loads[i]);
	return res;
}

static struct programme_incident incident_of(const struct looking *l, size_t i, enum lang lang)
{
	const struct offers_progress *p = &l->incidents[i];
	struct programme_pair *pairs = arena_array(l->a, struct programme_pair, l->pairs_n[i]);
	struct buf day = BUF_LIMIT(200), when = BUF_LIMIT(200), close = BUF_LIMIT(400);
	for (size_t k = 0; k < l->pairs_n[i]; k++)
		pairs[k] = (struct programme_pair){ l->pairs[i][k].name, l->pairs[i][k].supporter, l->pairs[i][k].overdue };
	say_date(&day, lang, p->day);
	say_capital(&day, 0);
	say_moment(&when, lang, p->close, l->now);
	tr_fill(&close, tr(lang, "Closes {when}, for all at once."), "when", when.p, NULL);
	struct programme_incident out = {
		.key = id_text(&p->incident), .title = p->title, .day = arena_str(l->a, buf_get(&day)),
		.close = arena_str(l->a, buf_get(&close)), .affected = p->affected, .assigned = p->assigned,
		.without = p->without - p->given_up, .given_up = p->given_up, .reached = p->reached, .closed = p->closed == p->affected, .overdue = p->overdue,
		.pairs = pairs, .pairs_n = l->pairs_n[i],
	};
	buf_free(&day);
	buf_free(&when);
	buf_free(&close);
	return out;
}

/* NULL when accreditation lasts. */
static const char *expires(const struct looking *l, const struct supporter *s, enum lang lang)
{
	struct day today = instant_day(l->now);
	if (s->accredited_until.n < today.n)
		return tr(lang, "Not accredited");
	if (s->accredited_until.n > today.n + EXPIRES_SOON)
		return NULL;
	struct buf when = BUF_LIMIT(200), out = BUF_LIMIT(400);
	say_date(&when, lang, s->accredited_until);
	tr_fill(&out, tr(lang, "Accredited until {day}"), "day", when.p, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&when);
	buf_free(&out);
	return text;
}

static struct programme_supporter supporter_of(const struct looking *l, size_t i, enum lang lang)
{
	const struct supporter *s = &l->supporters[i];
	return (struct programme_supporter){
		.name = s->name, .unit = s->unit, .load = l->loads[i], .load_most = matching_defaults().flat_most,
		.full = s->is_full, .paused = s->paused, .no_key = !s->has_key, .expires = expires(l, s, lang),
	};
}

static struct answer page(struct req *req, const struct actor *who, void *room)
{
	const struct programme *p = room;
	struct looking l = { .p = p, .a = req_arena(req), .who = who, .now = req_now(req) };
	enum result res = db_write(p->db, look, &l);
	if (res != RES_OK)
		return reply_result(req, res);
	enum lang lang = (enum lang)req_lang(req);
	struct programme_incident *incidents = arena_array(l.a, struct programme_incident, l.incidents_n);
	struct programme_supporter *supporters = arena_array(l.a, struct programme_supporter, l.supporters_n);
	for (size_t i = 0; i < l.incidents_n; i++)
		incidents[i] = incident_of(&l, i, lang);
	for (size_t i = 0; i < l.supporters_n; i++)
		supporters[i] = supporter_of(&l, i, lang);
	struct look_link nav[] = {
		{ "/s/programme", tr(lang, "The programme"), true },
		{ "/s/desk", tr(lang, "Your desk"), false },
	};
	struct look_lines lines = look_lines(l.a, p->house, lang);
	struct programme_view v = {
		.line = &lines.professional,
		.look = {
			.house = p->house, .lang = lang, .title = tr(lang, "The programme"), .nav = nav,
			.nav_n = who->roles & ROLE_SUPPORTER ? 2 : 1, .path = "/s/programme", .sign_out = p->sign_out,
			.csrf = who->csrf, .quick_exit = true,
		},
		.incidents = incidents, .incidents_n = l.incidents_n,
		.supporters = supporters, .supporters_n = l.supporters_n,
	};
	struct html h = html_for(req);
	programme_page(&h, &v);
	return reply_html(req, 200, &h);
}

void programme_routes(struct programme *p, struct web *web)
{
	static const struct route routes[] = {
		{ METHOD_GET, "/s/programme", ROLE_COORDINATOR, NULL, page, 0, 0 },
	};
	web_routes(web, routes, ARRAY_LEN(routes), p);
	programme_apart_routes(p, web);
}
