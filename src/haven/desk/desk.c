#include "haven/desk/desk_inside.h"

#include <stdlib.h>

#include "desk.tpl.h"
#include "haven/desk/desk_view.h"
#include "haven/groups/groups.h"
#include "haven/matching/matching_rules.h"
#include "signin/signin.h"

struct desk *desk_new(const struct desk_setup *setup)
{
	struct desk *d = must_alloc(1, sizeof(*d));
	d->setup = *setup;
	return d;
}

void desk_free(struct desk **d)
{
	free(*d);
	*d = NULL;
}

enum result desk_me(struct tx *tx, struct arena *a, const struct actor *who, struct supporter *me_r)
{
	struct account account;
	enum result res = signin_get(tx, a, &who->account, &account);
	if (res == RES_OK)
		res = supporters_get(tx, a, &account.of_whom, me_r); /* nobody's: zero, and no supporter has that id */
	return res == RES_NONE ? RES_REFUSED : res;
}

/* ---- the page ---- */

struct looking {
	const struct desk *d;
	struct arena *a;
	const struct actor *who;
	struct instant now;
	struct supporter me;
	int load;
	struct groups_talk *groups;
	size_t groups_n;
};

static enum result look(struct tx *tx, void *ctx)
{
	struct looking *l = ctx;
	enum result res = desk_me(tx, l->a, l->who, &l->me);
	if (res == RES_OK)
		res = supporters_load_now(tx, &l->me.id, instant_day(l->now), matching_defaults().flat_days, &l->load);
	return res == RES_OK ? groups_of(tx, l->a, &l->me.id, l->now, &l->groups, &l->groups_n) : res;
}

static const struct desk_line *texts_in(struct arena *a, enum lang lang, size_t *n_r)
{
	struct desk_line *list = NULL;
	size_t n = 0, room = 0;
	for (size_t i = 0; i < desk_texts_n; i++) {
		const struct desk_text *t = &desk_texts[i];
		const char *form[LANG_FORMS] = { t->kind == DESK_TIMED ? trc(lang, t->more, t->msgid) : NULL }, *rule = NULL;
		int forms = t->kind == DESK_COUNTED ? tr_forms(lang, t->msgid, t->more, form, &rule) : 1;
		if (t->kind == DESK_PLAIN)
			form[0] = tr(lang, t->msgid);
		for (int f = 0; f < forms; f++) {
			list = arena_grow(a, list, n, &room, sizeof(*list));
			list[n++] = (struct desk_line){ t->key, form[f], f ? NULL : rule };
		}
	}
	*n_r = n;
	return list;
}

/* What she leads is no secret of anybody's who comes, so it stands beside what is opened with her keys. */
static const struct desk_group *groups_in(const struct looking *l, enum lang lang)
{
	struct desk_group *list = arena_array(l->a, struct desk_group, l->groups_n);
	for (size_t i = 0; i < l->groups_n; i++) {
		struct buf when = BUF_LIMIT(200);
		say_moment(&when, lang, l->groups[i].starts, l->now);
		say_capital(&when, 0);
		list[i] = (struct desk_group){ l->groups[i].title, arena_str(l->a, buf_get(&when)),
					       arena_printf(l->a, "/s/groups/%s", id_text(&l->groups[i].incident).s),
					       l->groups[i].state != GROUPS_PLANNED };
		buf_free(&when);
	}
	return list;
}

/* Whoever signs in and is no supporter any more is told so, and where to turn. */
static struct answer gone(struct req *req, const struct actor *who, const struct desk *d)
{
	enum lang lang = (enum lang)req_lang(req);
	struct look v = { .house = d->setup.house, .lang = lang, .title = tr(lang, "You have no desk here"), .path = "/s/desk",
			  .sign_out = d->setup.sign_out, .account = "/s/account", .csrf = who->csrf, .quick_exit = true };
	struct html h = html_for(req);
	desk_gone(&h, &v);
	return reply_html(req, 403, &h);
}

static struct answer page(struct req *req, const struct actor *who, void *room)
{
	const struct desk *d = room;
	struct looking l = { .d = d, .a = req_arena(req), .who = who, .now = req_now(req) };
	enum result res = db_read(d->setup.db, look, &l);
	if (res == RES_REFUSED)
		return gone(req, who, d);
	if (res != RES_OK)
		return reply_result(req, res);
	enum lang lang = (enum lang)req_lang(req);
	/* The desk's own script arms the quick exit: it locks first. */
	struct look_house house = *d->setup.house;
	house.leave_js = NULL;
	struct desk_view v = {
		.look = {
			.house = &house, .lang = lang, .title = tr(lang, "Your desk"), .roles = who->roles,
			.place = "/s/desk", .path = "/s/desk",
			.script = asset_url(d->setup.assets, d->setup.assets_n, "desk.js"),
			.sign_out = d->setup.sign_out, .account = "/s/account", .csrf = who->csrf,
			.quick_exit = true,
		},
		.csrf = who->csrf,
		.argon_js = asset_url(d->setup.assets, d->setup.assets_n, "argon-worker.js"),
		.ring_js = asset_url(d->setup.assets, d->setup.assets_n, "ring-worker.js"),
		.sign_in = d->setup.sign_in,
		.full = l.me.is_full,
		.load = l.load,
		.load_most = matching_defaults().flat_most,
		.groups = groups_in(&l, lang),
		.groups_n = l.groups_n,
	};
	v.texts = texts_in(req_arena(req), lang, &v.texts_n);
	struct html h = html_for(req);
	desk_page(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- "I am full" ---- */

struct filling {
	const struct desk *d;
	struct arena *a;
	const struct actor *who;
	bool full;
};

static enum result fill(struct tx *tx, void *ctx)
{
	struct filling *f = ctx;
	struct supporter me;
	enum result res = desk_me(tx, f->a, f->who, &me);
	if (res == RES_OK)
		res = supporters_set_full(tx, &me.id, f->full);
	return res;
}

static struct answer full(struct req *req, const struct actor *who, void *room)
{
	const struct desk *d = room;
	int choice;
	if (req_choice(req, "full", &choice) != RES_OK)
		return reply_error(req, 400);
	struct filling f = { d, req_arena(req), who, choice == 1 };
	enum result res = db_write(d->setup.db, fill, &f);
	return res == RES_OK ? reply_see_other(req, "/s/desk") : reply_result(req, res);
}

/* Where somebody lands who has just signed in: the page of what she is here. */
static struct answer home(struct req *req, const struct actor *who, void *room)
{
	(void)room;
	return reply_see_other(req, who->roles & ROLE_SUPPORTER	    ? "/s/desk"
				    : who->roles & ROLE_COORDINATOR ? "/s/programme"
								    : "/s/account");
}

static const char *const yes_no[] = { "no", "yes", NULL };
static const struct field full_fields[] = {
	{ .name = "full", .kind = FIELD_CHOICE, .choices = yes_no },
	{ 0 },
};

void desk_routes(struct desk *d, struct web *web)
{
	static const struct route routes[] = {
		{ METHOD_GET, "/s/home", MAY_SIGNED_IN, NULL, home, 0, 0 },
		{ METHOD_GET, "/s/desk", ROLE_SUPPORTER, NULL, page, FLAG_PASSKEYS, 0 },
		{ METHOD_POST, "/s/desk/full", ROLE_SUPPORTER, full_fields, full, 0, 0 },
	};
	web_routes(web, routes, ARRAY_LEN(routes), d);
	desk_api_routes(d, web);
	desk_life_routes(d, web);
}
