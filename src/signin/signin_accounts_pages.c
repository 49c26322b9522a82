/* The pages on which accounts are kept. What may be done, and what came of it, is decided in signin_accounts.c. */
#include <string.h>

#include "accounts.tpl.h"
#include "post/post.h"
#include "signin/signin_accounts.h"
#include "signin/signin_accounts_show.h"
#include "signin/signin_rules.h"
#include "web/reply.h"

#define WORDS_MOST 300
#define LINK_COST 20 /* of the limit of asked-for links: three at once, then one in twenty minutes, for an address */
#define ANY "any account of this program: who keeps the accounts keeps them all"

/* ---- what is sent ---- */

static const struct field list_fields[] = {
    {.name = "page", .kind = FIELD_INT, .least = 0, .most = 10000},
    {.name = "said", .kind = FIELD_INT, .least = 1, .most = SAID_MOST},
    {0},
};
static const struct field words_fields[] = {{.name = "q", .kind = FIELD_TEXT, .most = WORDS_MOST}, {0}};
static const struct field fresh_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .most = 200},
    {.name = "email", .kind = FIELD_TEXT, .most = POST_ADDRESS_MOST},
    {.name = "lang", .kind = FIELD_CHOICE, .choices = lang_codes},
    {.name = "role", .kind = FIELD_CHOICE, .choices = accounts_show_roles},
    {.name = "unit", .kind = FIELD_TEXT, .most = WORDS_MOST},
    {.name = "which", .kind = FIELD_TEXT, .most = 22},
    {0},
};
static const struct field ask_fields[] = {
    {.name = "role", .kind = FIELD_CHOICE, .choices = accounts_show_roles},
    {.name = "unit", .kind = FIELD_TEXT, .most = WORDS_MOST},
    {.name = "which", .kind = FIELD_TEXT, .most = 22},
    {0},
};
static const struct field take_fields[] = {
    {.name = "role", .kind = FIELD_CHOICE, .choices = accounts_show_roles},
    {.name = "unit", .kind = FIELD_ID, .whose = "any unit: roles are taken anywhere"},
    {.name = "sure", .kind = FIELD_FLAG},
    {0},
};
static const struct field sure_fields[] = {{.name = "sure", .kind = FIELD_FLAG}, {0}};
static const struct field said_fields[] = {{.name = "said", .kind = FIELD_INT, .least = 1, .most = SAID_MOST}, {0}};

/* One request; the works read and fill it. */
struct call {
	struct show show;
	struct req *req;
	struct id account;
	struct accounts_fresh fresh; /* role and unit also of a role that is asked for or taken away */
	struct slice words;          /* the unit, as typed */
	int64_t page;
	enum grant_way way;
	enum accounts_said said;
};

static struct call call_of(struct req *req, const struct actor *who, void *room)
{
	return (struct call){.show = {.s = room, .a = req_arena(req), .who = who, .lang = (enum lang)req_lang(req)}, .req = req};
}

static bool account_of(struct call *c)
{
	return id_parse(req_path(c->req, 0), &c->account) == RES_OK;
}

static enum said said_of(struct req *req)
{
	int64_t said = 0;
	return req_int(req, "said", &said) == RES_OK ? (enum said)said : SAID_NOTHING;
}

static struct answer to_list(struct call *c, enum said said)
{
	const char *rest = arena_printf(c->show.a, "/accounts?said=%d", said);
	return reply_see_other(c->req, signin_path(c->show.s, c->show.a, rest));
}

static struct answer to_one(struct call *c, enum said said)
{
	const char *rest = arena_printf(c->show.a, "/accounts/%s?said=%d", id_text(&c->account).s, said);
	return reply_see_other(c->req, signin_path(c->show.s, c->show.a, rest));
}

static void wake_post(const struct call *c)
{
	if (c->show.s->setup.mail_waits)
		c->show.s->setup.mail_waits(c->show.s->setup.mail_ctx);
}

/* ---- the list ---- */

static enum result list_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	struct show *show = &c->show;
	enum result res = signin_hear(tx);
	return res == RES_OK ? accounts_look(tx, show->s, show->a, show->who, c->words, c->page, &show->list) : res;
}

static struct answer list(struct call *c, enum said said)
{
	enum result res = db_write(c->show.s->setup.db, list_work, c);
	if (res != RES_OK)
		return reply_result(c->req, res);
	struct html h = html_for(c->req);
	accounts_show_list(&c->show, &h, arena_str(c->show.a, c->words), c->page, said);
	return reply_html(c->req, 200, &h);
}

static struct answer list_page(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	if (req_int(req, "page", &c.page) != RES_OK)
		c.page = 0;
	return list(&c, said_of(req));
}

/* By a form, so that no name stands in an address. */
static struct answer list_form(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	if (req_text(req, "q", &c.words) != RES_OK)
		c.words = SLICE("");
	return list(&c, SAID_NOTHING);
}

/* ---- the role and the unit that a form names ---- */

static enum result units_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return c->show.s->setup.units(tx, c->show.a, &c->show.units, &c->show.units_n);
}

/* What cannot be is said in `show`. */
static enum result read_role(struct call *c)
{
	int role;
	struct slice which;
	struct show *show = &c->show;
	if (req_choice(c->req, "role", &role) == RES_OK && accounts_show_may_ask(show, accounts_show_role(role)))
		c->fresh.role = show->role = accounts_show_role(role);
	else
		show->role_error = tr(show->lang, "Choose a role");
	if (!show->s->setup.units || req_text(c->req, "unit", &c->words) == RES_NONE)
		return RES_OK;
	show->unit = arena_str(show->a, req_echo(c->req, "unit"));
	enum result res = db_read(show->s->setup.db, units_work, c);
	if (res != RES_OK)
		return res;
	bool sure = false;
	show->meant = arena_array(show->a, const struct signin_unit *, SHOW_UNITS_MOST);
	show->meant_n = signin_units_meant(c->words, show->units, show->units_n, show->meant, SHOW_UNITS_MOST, &sure);
	if (sure) {
		c->fresh.unit = show->meant[0]->id;
		return RES_OK;
	}
	if (req_text(c->req, "which", &which) == RES_OK && id_parse(which, &c->fresh.unit) == RES_OK)
		for (size_t i = 0; i < show->meant_n; i++)
			if (id_eq(&c->fresh.unit, &show->meant[i]->id))
				return RES_OK;
	show->unit_error = show->meant_n ? tr(show->lang, "Several units may be meant. Choose one below")
					 : tr(show->lang, "No unit is called that. Look at how it is written in the list of people");
	return RES_OK;
}

/* ---- somebody new ---- */

static enum result add_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return accounts_add(tx, c->show.s, c->show.who, &c->fresh, &c->account, &c->way, &c->said);
}

static struct answer show_again(struct call *c, int status)
{
	struct html h = html_for(c->req);
	accounts_show_fresh(&c->show, &h, c->fresh.name, c->fresh.email, c->fresh.lang);
	return reply_html(c->req, status, &h);
}

static struct answer fresh_page(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	c.fresh = (struct accounts_fresh){.name = "", .email = "", .lang = c.show.s->setup.lang};
	return show_again(&c, 200);
}

static struct answer fresh_form(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	struct slice text;
	int lang = 0;
	c.fresh.lang = req_choice(req, "lang", &lang) == RES_OK ? (enum lang)lang : c.show.s->setup.lang;
	/* What was cut to be shown again is not what was meant. */
	bool whole = req_text(req, "name", &text) == RES_OK;
	c.fresh.name = arena_str(c.show.a, whole ? text : req_echo(req, "name"));
	if (!whole || !signin_name_ok(slice_of(c.fresh.name)))
		c.show.name_error = tr(c.show.lang, "Write the name, on one line and not longer than 100 letters");
	whole = req_text(req, "email", &text) == RES_OK;
	c.fresh.email = arena_str(c.show.a, whole ? text : req_echo(req, "email"));
	if (!whole || !post_address_ok(slice_of(c.fresh.email)))
		c.show.email_error = tr(c.show.lang, "Write one e-mail address that mail can be sent to");
	enum result res = read_role(&c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (c.show.name_error || c.show.email_error || c.show.role_error || c.show.unit_error)
		return show_again(&c, 422);
	res = db_write(c.show.s->setup.db, add_work, &c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (c.said == ACCOUNTS_NOT_YOU)
		return reply_error(req, 403);
	if (c.said == ACCOUNTS_THERE) {
		c.show.email_error = tr(c.show.lang, "Somebody has a sign-in with this address already");
		c.show.there = signin_path(c.show.s, c.show.a, arena_printf(c.show.a, "/accounts/%s", id_text(&c.account).s));
		return show_again(&c, 409);
	}
	wake_post(&c);
	return to_one(&c, c.way == GRANT_LONELY ? SAID_ADDED_LONELY : SAID_ADDED);
}

/* ---- one account ---- */

static enum result one_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	enum result res = accounts_get(tx, c->show.s, c->show.a, &c->account, &c->show.one);
	return res == RES_OK ? accounts_confirmers_without(tx, &c->account, &c->show.confirmers) : res;
}

static enum result read_one(struct call *c)
{
	return account_of(c) ? db_read(c->show.s->setup.db, one_work, c) : RES_NONE;
}

static struct answer one(struct call *c, int status, enum said said)
{
	struct html h = html_for(c->req);
	accounts_show_one(&c->show, &h, said);
	return reply_html(c->req, status, &h);
}

static struct answer one_page(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	enum result res = read_one(&c);
	return res == RES_OK ? one(&c, 200, said_of(req)) : reply_result(req, res);
}

static enum result ask_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return accounts_ask(tx, c->show.s, c->show.who, &c->account, c->fresh.role, &c->fresh.unit, &c->way, &c->said);
}

/* What a change came to, where it is the same for all of them. `done`: what is said when it was done. */
static struct answer after(struct call *c, enum result res, enum said done, bool to_the_list)
{
	if (res != RES_OK)
		return reply_result(c->req, res);
	switch (c->said) {
	case ACCOUNTS_DONE: break;
	case ACCOUNTS_NOT_YOU: return reply_error(c->req, 403);
	case ACCOUNTS_LAST: return to_one(c, SAID_LAST);
	case ACCOUNTS_GONE:
	case ACCOUNTS_THERE: return to_list(c, SAID_GONE);
	}
	/* Of her own account: she may not see the list any more. */
	if (id_eq(&c->account, &c->show.who->account) && (done == SAID_TAKEN || done == SAID_ENDED))
		return reply_see_other(c->req, signin_path(c->show.s, c->show.a, "/account"));
	return to_the_list ? to_list(c, done) : to_one(c, done);
}

static struct answer ask_form(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	enum result res = read_one(&c);
	if (res == RES_NONE)
		return to_list(&c, SAID_GONE);
	if (res == RES_OK)
		res = read_role(&c);
	if (res != RES_OK)
		return reply_result(req, res);
	if (c.show.role_error || c.show.unit_error)
		return one(&c, 422, SAID_NOTHING);
	res = db_write(c.show.s->setup.db, ask_work, &c);
	if (res == RES_OK && c.said == ACCOUNTS_DONE && c.way != GRANT_HAD)
		wake_post(&c);
	return after(&c, res, c.way == GRANT_HAD ? SAID_HAD : c.way == GRANT_LONELY ? SAID_ASKED_LONELY : SAID_ASKED, false);
}

static enum result invite_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return accounts_invite(tx, c->show.s, c->show.who, &c->account, &c->said);
}

static struct answer invite_form(struct req *req, const struct actor *who, void *room)
{
	struct call c = call_of(req, who, room);
	enum result res = read_one(&c);
	if (res == RES_NONE)
		return to_list(&c, SAID_GONE);
	if (res == RES_OK && limit_take(c.show.s->mails, signin_key(c.show.s, c.show.one.row.email), LINK_COST) != RES_OK)
		return to_one(&c, SAID_MANY_LINKS);
	if (res == RES_OK)
		res = db_write(c.show.s->setup.db, invite_work, &c);
	if (res == RES_OK && c.said == ACCOUNTS_DONE)
		wake_post(&c);
	return after(&c, res, SAID_INVITED, false);
}

/* ---- taking a role away ---- */

static enum result take_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return accounts_take(tx, c->show.s, c->show.who, &c->account, c->fresh.role, &c->fresh.unit, &c->said);
}

/* The role that is meant, if she has it; NULL: she has not (any more). */
static const struct accounts_role *role_meant(struct call *c)
{
	int role;
	if (req_choice(c->req, "role", &role) != RES_OK)
		return NULL;
	c->fresh.role = accounts_show_role(role);
	if (req_id(c->req, "unit", &c->fresh.unit) != RES_OK)
		c->fresh.unit = (struct id){{0}};
	for (size_t i = 0; i < c->show.one.roles_n; i++)
		if (c->show.one.roles[i].role == c->fresh.role && id_eq(&c->show.one.roles[i].unit, &c->fresh.unit))
			return &c->show.one.roles[i];
	return NULL;
}

static struct answer take(struct req *req, const struct actor *who, void *room, bool does)
{
	struct call c = call_of(req, who, room);
	enum result res = read_one(&c);
	if (res == RES_NONE && does)
		return to_list(&c, SAID_GONE);
	if (res != RES_OK)
		return reply_result(req, res);
	const struct accounts_role *role = role_meant(&c);
	if (!role)
		return to_one(&c, SAID_NOT_HAD);
	if (does && req_flag(req, "sure")) {
		res = db_write(c.show.s->setup.db, take_work, &c);
		if (res == RES_OK && c.said == ACCOUNTS_GONE)
			return to_one(&c, SAID_NOT_HAD);
		return after(&c, res, SAID_TAKEN, false);
	}
	struct html h = html_for(req);
	accounts_show_take(&c.show, &h, role);
	return reply_html(req, 200, &h);
}

static struct answer take_page(struct req *req, const struct actor *who, void *room)
{
	return take(req, who, room, false);
}

static struct answer take_form(struct req *req, const struct actor *who, void *room)
{
	return take(req, who, room, true);
}

/* ---- ending ---- */

static enum result end_work(struct tx *tx, void *ctx)
{
	struct call *c = ctx;
	return accounts_end(tx, c->show.s, c->show.who, &c->account, &c->said);
}

static struct answer end(struct req *req, const struct actor *who, void *room, bool does)
{
	struct call c = call_of(req, who, room);
	enum result res = read_one(&c);
	if (res == RES_NONE && does)
		return to_list(&c, SAID_GONE);
	if (res != RES_OK)
		return reply_result(req, res);
	if (does && req_flag(req, "sure"))
		return after(&c, db_write(c.show.s->setup.db, end_work, &c), SAID_ENDED, true);
	struct html h = html_for(req);
	accounts_show_end(&c.show, &h);
	return reply_html(req, 200, &h);
}

static struct answer end_page(struct req *req, const struct actor *who, void *room)
{
	return end(req, who, room, false);
}

static struct answer end_form(struct req *req, const struct actor *who, void *room)
{
	return end(req, who, room, true);
}

const struct signin_route accounts_table[] = {
    {METHOD_GET, "/accounts", ACCOUNTS_KEEP, list_fields, list_page, 0, NULL},
    {METHOD_POST, "/accounts", ACCOUNTS_KEEP, words_fields, list_form, 0, NULL},
    {METHOD_GET, "/accounts/new", ACCOUNTS_KEEP, NULL, fresh_page, 0, NULL},
    {METHOD_POST, "/accounts/new", ACCOUNTS_KEEP, fresh_fields, fresh_form, 0, NULL},
    {METHOD_GET, "/accounts/{account}", ACCOUNTS_KEEP, said_fields, one_page, 0, ANY},
    {METHOD_POST, "/accounts/{account}/role", ACCOUNTS_KEEP, ask_fields, ask_form, 0, ANY},
    {METHOD_GET, "/accounts/{account}/take", ACCOUNTS_KEEP, take_fields, take_page, 0, ANY},
    {METHOD_POST, "/accounts/{account}/take", ACCOUNTS_KEEP, take_fields, take_form, 0, ANY},
    {METHOD_POST, "/accounts/{account}/invite", ACCOUNTS_KEEP, NULL, invite_form, 0, ANY},
    {METHOD_GET, "/accounts/{account}/end", ACCOUNTS_KEEP, NULL, end_page, 0, ANY},
    {METHOD_POST, "/accounts/{account}/end", ACCOUNTS_KEEP, sure_fields, end_form, 0, ANY},
};
const size_t accounts_table_n = ARRAY_LEN(accounts_table);
