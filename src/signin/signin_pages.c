#include <string.h>

#include "signin.tpl.h"
#include "signin/signin_rules.h"
#include "signin/signin_store.h"
#include "web/reply.h"

/* `path`: of this page, for the language links; NULL where it came of a POST. */
static struct signin_view view(struct signin *s, struct req *req, const char *title, const char *path)
{
	struct arena *a = req_arena(req);
	enum lang lang = (enum lang)req_lang(req);
	struct signin_view v = {
	    .look = {.house = s->setup.house,
		     .lang = lang,
		     .title = title,
		     .path = path,
		     .quick_exit = s->setup.house->side == LOOK_HAVEN},
	    .forgot = signin_path(s, a, "/forgot"),
	    .sign_in = signin_path(s, a, "/sign-in"),
	    .everywhere = signin_path(s, a, "/account/sign-out-everywhere"),
	    .least = SIGNIN_PASSPHRASE_LEAST,
	};
	return v;
}

static enum lang lang_of(struct req *req)
{
	return (enum lang)req_lang(req);
}

/* ---- signing in ---- */

static struct answer show_in(struct signin *s, struct req *req, int status, struct slice email,
			     const char *wrong, const char *good)
{
	struct signin_view v = view(s, req, tr(lang_of(req), "Sign in"), NULL);
	struct html h = html_for(req);
	struct slice to;
	v.action = v.look.path = v.sign_in;
	v.email = arena_str(req_arena(req), email);
	if (req_text(req, "to", &to) == RES_OK && signin_may_return(to, s->setup.base))
		v.to = arena_str(req_arena(req), to);
	v.wrong = wrong;
	v.good = good;
	signin_in(&h, &v);
	return reply_html(req, status, &h);
}

struct answer signin_show(struct signin *s, struct req *req, int status, const char *wrong)
{
	return show_in(s, req, status, req_echo(req, "email"), wrong, NULL);
}

struct answer signin_page(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	bool out = req_flag(req, "out");
	return show_in(room, req, 200, SLICE(""), NULL, out ? tr(lang_of(req), "You are signed out.") : NULL);
}

/* ---- a new link ---- */

struct answer signin_forgot_page(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	struct signin_view v = view(room, req, tr(lang_of(req), "A new passphrase"), NULL);
	struct html h = html_for(req);
	v.action = v.look.path = v.forgot;
	v.email = "";
	signin_forgot(&h, &v);
	return reply_html(req, 200, &h);
}

struct answer signin_show_asked(struct signin *s, struct req *req)
{
	struct signin_view v = view(s, req, tr(lang_of(req), "Check your e-mail"), NULL);
	struct html h = html_for(req);
	v.look.path = v.forgot;
	signin_asked(&h, &v);
	return reply_html(req, 200, &h);
}

/* ---- choosing a passphrase ---- */

static const char *welcome_path(struct signin *s, struct req *req)
{
	struct slice token = req_path(req, 0);
	return arena_printf(req_arena(req), "%s/welcome/%.*s", s->setup.base, (int)token.n, token.p);
}

struct answer signin_show_welcome(struct signin *s, struct req *req, int status, const char *email,
				  const char *wrong)
{
	struct signin_view v = view(s, req, tr(lang_of(req), "Choose your passphrase"), NULL);
	struct html h = html_for(req);
	/* The token was read before, so its path holds nothing that is not ours. */
	v.action = v.look.path = welcome_path(s, req);
	v.email = email;
	v.wrong = wrong;
	signin_welcome(&h, &v);
	return reply_html(req, status, &h);
}

struct answer signin_show_gone(struct signin *s, struct req *req)
{
	struct signin_view v = view(s, req, tr(lang_of(req), "This link no longer works"), NULL);
	struct html h = html_for(req);
	signin_gone(&h, &v);
	return reply_html(req, 410, &h);
}

struct invited {
	struct signin *s;
	struct arena *a;
	unsigned char hash[CRYPT_HASH];
	struct signin_row row;
};

static enum result invited_work(struct tx *tx, void *ctx)
{
	struct invited *i = ctx;
	return signin_invited(tx, i->a, i->hash, signin_today(i->s), &i->row);
}

/* Changes nothing: scanners and mail previews open every link. */
struct answer signin_welcome_page(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct invited i = {.s = s, .a = req_arena(req)};
	unsigned char token[INVITE_BYTES];
	(void)who;
	if (base64url_read(req_path(req, 0), token, sizeof(token)) != RES_OK)
		return signin_show_gone(s, req);
	crypt_token_hash(token, i.hash);
	crypt_wipe(token, sizeof(token));
	enum result res = db_read(s->setup.db, invited_work, &i);
	if (res == RES_NONE)
		return signin_show_gone(s, req);
	return res == RES_OK ? signin_show_welcome(s, req, 200, i.row.email, NULL) : reply_result(req, res);
}

/* ---- one's own account ---- */

struct answer signin_show_account(struct signin *s, struct req *req, const struct actor *who, int status,
				  const char *email, const char *wrong)
{
	struct signin_view v =
	    view(s, req, tr(lang_of(req), "Your sign-in"), signin_path(s, req_arena(req), "/account"));
	struct html h = html_for(req);
	v.action = v.look.path;
	v.look.roles = who->roles;
	v.look.csrf = who->csrf;
	v.look.sign_out = signin_path(s, req_arena(req), "/sign-out");
	v.name = who->name;
	v.email = email;
	v.wrong = wrong;
	v.good = !wrong && req_flag(req, "done") ? tr(lang_of(req), "Your passphrase has been changed.") : NULL;
	signin_account(&h, &v);
	return reply_html(req, status, &h);
}

struct own {
	struct arena *a;
	const struct id *id;
	struct signin_row row;
};

static enum result own_work(struct tx *tx, void *ctx)
{
	struct own *o = ctx;
	return signin_by_id(tx, o->a, o->id, &o->row);
}

struct answer signin_account_page(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct own o = {.a = req_arena(req), .id = &who->account};
	enum result res = db_read(s->setup.db, own_work, &o);
	return res == RES_OK ? signin_show_account(s, req, who, 200, o.row.email, NULL)
			     : reply_result(req, res);
}
