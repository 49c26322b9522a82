#include <string.h>

#include "base/buf.h"
#include "signin.tpl.h"
#include "signin/signin_grants.h"
#include "web/reply.h"

static const char *fill(struct arena *a, const char *text, const char *name, const char *value)
{
	struct buf b = BUF_LIMIT(4096);
	tr_fill(&b, text, name, value, NULL);
	const char *out = arena_str(a, buf_get(&b));
	buf_free(&b);
	return out;
}

struct looking {
	struct signin *s;
	const struct actor *who;
	struct arena *a;
	struct grant *list;
	const char **paths; /* of the units; NULL: the whole workplace */
	size_t n;
};

static enum result look_work(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	enum result res = grants_list(tx, l->a, signin_today(l->s), &l->list, &l->n);
	if (res != RES_OK)
		return res;
	l->paths = arena_array(l->a, const char *, l->n);
	for (size_t i = 0; res == RES_OK && i < l->n; i++)
		if (!id_is_zero(&l->list[i].unit) && l->s->setup.unit_path)
			res = l->s->setup.unit_path(tx, l->a, &l->list[i].unit, &l->paths[i]);
	return res;
}

const char *grants_role_text(struct arena *a, enum lang lang, enum role role, const char *unit_path)
{
	switch (role) {
	case ROLE_LEADER:
		return unit_path ? fill(a, tr(lang, "Manager of {unit}, and of all below it"), "unit", unit_path)
				 : tr(lang, "Manager for the whole workplace");
	case ROLE_SAFETY:
		return unit_path ? fill(a, tr(lang, "Safety representative of {unit}, and of all below it"), "unit", unit_path)
				 : tr(lang, "Safety representative for the whole workplace");
	case ROLE_ADMIN: return tr(lang, "Administrator");
	case ROLE_SUPPORTER: return tr(lang, "Peer supporter");
	case ROLE_COORDINATOR: return tr(lang, "Coordinator of the programme");
	}
	return "";
}

static const char *since_text(struct looking *l, enum lang lang, const struct grant *grant)
{
	struct buf b = BUF_LIMIT(400), out = BUF_LIMIT(2048);
	say_day(&b, lang, grant->made, signin_today(l->s));
	if (grant->by_name)
		tr_fill(&out, tr(lang, "Asked for {day} by {name}"), "day", buf_get(&b).p, "name", grant->by_name, NULL);
	else
		tr_fill(&out, tr(lang, "Proposed {day}, by the operator of Makker"), "day", buf_get(&b).p, NULL);
	const char *text = arena_str(l->a, buf_get(&out));
	buf_free(&b);
	buf_free(&out);
	return text;
}

struct answer grants_page(struct req *req, const struct actor *who, void *room)
{
	static const char *const done[] = {NULL, TR("The role is given."), TR("The role has not been given."),
					   TR("That is no longer waiting: somebody else was first, or it has waited too long.")};
	struct looking l = {.s = room, .who = who, .a = req_arena(req)};
	enum lang lang = (enum lang)req_lang(req);
	int64_t which = 0;
	enum result res = db_read(l.s->setup.db, look_work, &l);
	if (res != RES_OK)
		return reply_result(req, res);
	struct signin_grant *rows = arena_array(l.a, struct signin_grant, l.n);
	for (size_t i = 0; i < l.n; i++)
		rows[i] = (struct signin_grant){.id = arena_printf(l.a, "%s", id_text(&l.list[i].id).s),
						.name = l.list[i].name,
						.email = l.list[i].email,
						.role = grants_role_text(l.a, lang, l.list[i].role, l.paths[i]),
						.since = since_text(&l, lang, &l.list[i]),
						.own = id_eq(&l.list[i].account, &who->account),
						.asked = id_eq(&l.list[i].by, &who->account)};
	if (req_int(req, "done", &which) != RES_OK)
		which = 0;
	const char *path = signin_path(l.s, l.a, "/grants");
	struct signin_grants_view v = {
	    .look = {.house = l.s->setup.house,
		     .lang = lang,
		     .title = tr(lang, "Roles waiting for a second person"),
		     .roles = who->roles,
		     .place = path,
		     .path = path,
		     .sign_out = signin_path(l.s, l.a, "/sign-out"),
		     .account = signin_path(l.s, l.a, "/account"),
		     .csrf = who->csrf,
		     .quick_exit = l.s->setup.house->side == LOOK_HAVEN},
	    .action = path,
	    .good = which ? tr(lang, done[which]) : NULL,
	    .list = rows,
	    .n = l.n,
	};
	struct html h = html_for(req);
	signin_grants(&h, &v);
	return reply_html(req, 200, &h);
}

struct deciding {
	struct signin *s;
	const struct actor *who;
	struct id grant;
	bool yes;
};

static enum result decide_work(struct tx *tx, void *ctx)
{
	struct deciding *d = ctx;
	return grants_decide(tx, d->s, d->who, &d->grant, d->yes);
}

struct answer grants_form(struct req *req, const struct actor *who, void *room)
{
	struct deciding d = {.s = room, .who = who};
	int what;
	if (req_choice(req, "do", &what) != RES_OK || req_id(req, "grant", &d.grant) != RES_OK)
		return reply_error(req, 400);
	d.yes = what == 0;
	enum result res = db_write(d.s->setup.db, decide_work, &d);
	if (res != RES_OK && res != RES_NONE && res != RES_REFUSED)
		return reply_result(req, res);
	/* Her own and what is not there are answered alike. */
	const char *rest = arena_printf(req_arena(req), "/grants?done=%d", res != RES_OK ? 3 : d.yes ? 1 : 2);
	return reply_see_other(req, signin_path(d.s, req_arena(req), rest));
}
