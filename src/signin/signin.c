/*~ Signing in: who an account is, what it may do, and which browser it is behind. The pages stand in
   signin_pages.c, what their forms do in signin_forms.c, the operator's command in signin_command.c. */
#include "signin/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "post/post.h"
#include "signin/signin_accounts.h"
#include "signin/signin_grants.h"
#include "signin/signin_rules.h"
#include "signin/signin_store.h"
#include "web/reply.h"

#define AT_ONCE 2
#define QUEUE 64
#define KEYS_MOST 65536
/* Wrong and right tries alike, since whoever guesses many at once must not be let through while the first are
   still being compared. All our choice. One person: five at once, then one in ten seconds. */
#define TRIES_BURST 5
#define TRIES_PER_MINUTE 6
#define TRIES_ALL_BURST 30
#define TRIES_ALL_PER_MINUTE 30
#define TRIES_PEER_BURST 400 /* 300 people in one minute, some of whom mistype */
#define TRIES_PEER_PER_MINUTE 400
/* A mail costs 20 of 60, and one comes back each minute: three at once, then one in twenty minutes. */
#define MAILS_BURST 60

enum result signin_new(const struct signin_setup *setup, struct signin **s_r)
{
	struct signin *s = must_alloc(1, sizeof(*s));
	s->setup = *setup;
	if (!s->setup.cost.passes)
		s->setup.cost = PASSWORD_COST;
	random_fill(setup->rnd, "signin/limits", s->key, sizeof(s->key));
	s->pool = password_pool_new(setup->rnd, s->setup.cost, AT_ONCE, QUEUE);
	s->seen = seen_new(setup->rnd);
	s->tries = limit_new(setup->clock, TRIES_PER_MINUTE, TRIES_BURST, KEYS_MOST);
	s->tries_all = limit_new(setup->clock, TRIES_ALL_PER_MINUTE, TRIES_ALL_BURST, KEYS_MOST);
	s->tries_peer = limit_new(setup->clock, TRIES_PEER_PER_MINUTE, TRIES_PEER_BURST, KEYS_MOST);
	s->mails = limit_new(setup->clock, 1, MAILS_BURST, KEYS_MOST);
	s->errands = errands_new(s);
	if (!s->errands) {
		signin_free(&s);
		return RES_BROKEN;
	}
	*s_r = s;
	return RES_OK;
}

void signin_free(struct signin **s)
{
	if (!*s)
		return;
	errands_free(&(*s)->errands);
	password_pool_free(&(*s)->pool);
	seen_free(&(*s)->seen);
	limit_free(&(*s)->tries);
	limit_free(&(*s)->tries_all);
	limit_free(&(*s)->tries_peer);
	limit_free(&(*s)->mails);
	for (size_t i = 0; i < (*s)->routes_n; i++)
		free((char *)(uintptr_t)(*s)->routes[i].path);
	free((*s)->routes);
	crypt_wipe((*s)->key, sizeof((*s)->key));
	free(*s);
	*s = NULL;
}

struct day signin_today(const struct signin *s)
{
	return instant_day(clock_now(s->setup.clock));
}

const char *signin_path(const struct signin *s, struct arena *a, const char *rest)
{
	return arena_printf(a, "%s%s", s->setup.base, rest);
}

/* ---- routes ---- */

static const struct field email_fields[] = {
    {.name = "email", .kind = FIELD_TEXT, .most = 254}, /* POST_ADDRESS_MOST */
    {0},
};
static const struct field to_fields[] = {
    {.name = "to", .kind = FIELD_TEXT, .most = 1000},
    {.name = "out", .kind = FIELD_FLAG},
    {0},
};
static const struct field in_fields[] = {
    {.name = "email", .kind = FIELD_TEXT, .most = 254},
    {.name = "passphrase", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {.name = "to", .kind = FIELD_TEXT, .most = 1000},
    {0},
};
static const struct field choose_fields[] = {
    {.name = "passphrase", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {.name = "again", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {0},
};
static const struct field change_fields[] = {
    {.name = "current", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {.name = "passphrase", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {.name = "again", .kind = FIELD_RAW, .most = SIGNIN_PASSPHRASE_MOST},
    {0},
};
static const char *const yes_no[] = {"yes", "no", NULL};
static const struct field decide_fields[] = {
    {.name = "grant", .kind = FIELD_ID, .whose = "a role that waits for a second person, and is neither hers nor asked for by her"},
    {.name = "do", .kind = FIELD_CHOICE, .choices = yes_no},
    {0},
};
static const struct field shown_fields[] = {{.name = "done", .kind = FIELD_INT, .least = 1, .most = 3}, {0}};
static const struct field done_fields[] = {{.name = "done", .kind = FIELD_FLAG}, {0}};

#define NOBODY_YET (FLAG_SECRET | FLAG_NO_CSRF)
#define OF_THE_LINK "an invitation, of whoever holds the link"
static const struct signin_route table[] = {
    {METHOD_GET, "/sign-in", MAY_ANYBODY, to_fields, signin_page, 0, NULL},
    {METHOD_POST, "/sign-in", MAY_ANYBODY, in_fields, signin_form, NOBODY_YET | FLAG_SLOW, NULL},
    {METHOD_POST, "/sign-out", MAY_ANYBODY | MAY_SIGNED_IN, NULL, signin_out_form, 0, NULL},
    {METHOD_GET, "/forgot", MAY_ANYBODY, NULL, signin_forgot_page, 0, NULL},
    {METHOD_POST, "/forgot", MAY_ANYBODY, email_fields, signin_forgot_form, NOBODY_YET, NULL},
    {METHOD_GET, "/welcome/{token}", MAY_ANYBODY, NULL, signin_welcome_page, FLAG_SECRET, OF_THE_LINK},
    {METHOD_POST, "/welcome/{token}", MAY_ANYBODY, choose_fields, signin_welcome_form, NOBODY_YET | FLAG_SLOW, OF_THE_LINK},
    {METHOD_GET, "/account", MAY_SIGNED_IN, done_fields, signin_account_page, 0, NULL},
    {METHOD_POST, "/account", MAY_SIGNED_IN, change_fields, signin_account_form, FLAG_SECRET | FLAG_SLOW, NULL},
    {METHOD_POST, "/account/sign-out-everywhere", MAY_SIGNED_IN, NULL, signin_everywhere_form, 0, NULL},
    {METHOD_GET, "/grants", GRANT_CONFIRM, shown_fields, grants_page, 0, NULL},
    {METHOD_POST, "/grants", GRANT_CONFIRM, decide_fields, grants_form, 0, NULL},
};

static void add_routes(struct signin *s, const struct signin_route *list, size_t n)
{
	struct arena *a = arena_new();
	for (size_t i = 0; i < n; i++)
		s->routes[s->routes_n++] = (struct route){list[i].method,
							  must_strdup(signin_path(s, a, list[i].rest)),
							  list[i].may,
							  list[i].fields,
							  list[i].handle,
							  list[i].flags,
							  0,
							  list[i].whose,
							  NULL};
	arena_free(&a);
}

void signin_routes(struct signin *s, struct web *web)
{
	if (s->routes || !s->setup.house)
		bug("sign-in pages twice, or without a house");
	s->routes = must_alloc(ARRAY_LEN(table) + accounts_table_n, sizeof(*s->routes));
	add_routes(s, table, ARRAY_LEN(table));
	add_routes(s, accounts_table, accounts_table_n);
	web_routes(web, s->routes, s->routes_n, s);
}

/* ---- the cookie ---- */

static const char *cookie_name(const struct signin *s)
{
	return s->setup.base[0] ? "makker-haven" : "makker-duty";
}

enum result signin_cookie_hash(struct signin *s, struct req *req, unsigned char hash_r[CRYPT_HASH])
{
	unsigned char token[SESSION_BYTES];
	if (base64url_read(req_cookie(req, cookie_name(s)), token, sizeof(token)) != RES_OK)
		return RES_NONE;
	crypt_hash(slice_bytes(token, sizeof(token)), hash_r);
	crypt_wipe(token, sizeof(token));
	return RES_OK;
}

/* Lax, not Strict: a link in a mail ("something waits at your desk") must find the reader signed in. What
   changes something is a POST, and carries the session's token besides. No Max-Age: it goes when the browser
   is closed. */
static void put_cookie(struct signin *s, struct req *req, const char *value, const char *more)
{
	bool secure = strncmp(s->setup.public_url, "https://", 8) == 0;
	reply_header(req, "Set-Cookie",
		     arena_printf(req_arena(req), "%s=%s; Path=%s/; HttpOnly; SameSite=Lax%s%s",
				  cookie_name(s), value, s->setup.base, secure ? "; Secure" : "", more));
}

void signin_set_cookie(struct signin *s, struct req *req, const unsigned char token[SESSION_BYTES])
{
	char text[base64url_size(SESSION_BYTES) + 1];
	base64url_write(text, token, SESSION_BYTES);
	put_cookie(s, req, text, "");
	crypt_wipe(text, sizeof(text));
}

void signin_clear_cookie(struct signin *s, struct req *req)
{
	put_cookie(s, req, "", "; Max-Age=0");
}

/* ---- who ---- */

struct who {
	struct signin *s;
	struct arena *a;
	unsigned char hash[CRYPT_HASH];
	struct signin_session session;
};

static enum result who_work(struct tx *tx, void *ctx)
{
	struct who *w = ctx;
	return signin_get_session(tx, w->a, w->hash, signin_today(w->s), &w->session);
}

static enum result idle_work(struct tx *tx, void *ctx)
{
	struct who *w = ctx;
	return signin_drop_session(tx, w->hash);
}

enum result signin_who(struct req *req, void *signin, struct actor **who_r)
{
	struct signin *s = signin;
	struct who w = {.s = s, .a = req_arena(req)};
	enum result res = signin_cookie_hash(s, req, w.hash);
	if (res == RES_OK)
		res = db_read(s->setup.db, who_work, &w);
	if (res != RES_OK)
		return res;
	bool (*seen)(struct seen *, struct slice, struct instant, int64_t) = req_polls(req) ? seen_fresh : seen_touch;
	if (!seen(s->seen, slice_bytes(w.hash, sizeof(w.hash)), req_now(req), SIGNIN_IDLE_HOURS * 3600)) {
		/* The row goes too, so that no restart wakes it up again. */
		res = db_write(s->setup.db, idle_work, &w);
		return res == RES_OK ? RES_NONE : res;
	}
	struct actor *who = arena_new_of(w.a, struct actor);
	char *csrf = arena_alloc(w.a, base64url_size(CSRF_BYTES) + 1, 1);
	base64url_write(csrf, w.session.csrf, CSRF_BYTES);
	*who = (struct actor){.account = w.session.account,
			      .roles = w.session.roles,
			      .lang = w.session.lang,
			      .csrf = csrf,
			      .name = w.session.name};
	*who_r = who;
	return RES_OK;
}

/* ---- limits ---- */

uint64_t signin_key(const struct signin *s, const char *email)
{
	return limit_hash(s->key, email, strlen(email));
}

static int longer(int a, int b)
{
	return a > b ? a : b;
}

int signin_try(struct signin *s, struct req *req, const char *email)
{
	uint64_t all = signin_key(s, email), peer = req_peer(req), both[2] = {all, peer};
	uint64_t one = limit_hash(s->key, both, sizeof(both));
	if (limit_take(s->tries_peer, peer, 1) != RES_OK)
		return longer(1, limit_wait(s->tries_peer, peer, 1));
	/* Whoever is held here spends nothing of what the account has for others. */
	if (limit_take(s->tries, one, 1) != RES_OK)
		return longer(1, limit_wait(s->tries, one, 1));
	if (limit_take(s->tries_all, all, 1) != RES_OK)
		return longer(1, limit_wait(s->tries_all, all, 1));
	return 0;
}

/* ---- accounts ---- */

static const struct id whole; /* sixteen zero bytes: the whole workplace */

static enum result settle_account(struct tx *tx, struct arena *a, const struct signin_row *fresh,
				  struct id *id_r)
{
	struct signin_row row;
	bool made = false;
	enum result res = signin_put_account(tx, fresh, &made);
	if (res == RES_OK)
		res = signin_by_email(tx, a, fresh->email, &row);
	if (res != RES_OK)
		return res == RES_NONE ? RES_AGAIN : res;
	if (!made && row.ended) {
		res = signin_reopen(tx, &row.id, fresh->name, fresh->lang);
		row.of_whom = whole;
	}
	if (res == RES_OK && !made && !id_is_zero(&fresh->of_whom) && !id_eq(&row.of_whom, &fresh->of_whom))
		res =
		    id_is_zero(&row.of_whom) ? signin_set_of_whom(tx, &row.id, &fresh->of_whom) : RES_REFUSED;
	if (res == RES_OK)
		*id_r = row.id;
	return res;
}

enum result signin_open(struct tx *tx, struct random_source *rnd, const char *email, const char *name, enum lang lang,
			const struct id *of_whom, struct id *account_r)
{
	struct arena *a = arena_new();
	struct id id;
	struct signin_row fresh = {.id = id_new(rnd, "signin/account"),
				   .email = signin_fold(a, slice_of(email)),
				   .name = name,
				   .lang = lang,
				   .of_whom = of_whom ? *of_whom : whole};
	enum result res = RES_BAD;
	if (post_address_ok(slice_of(fresh.email)) && signin_name_ok(slice_of(name)))
		res = settle_account(tx, a, &fresh, &id);
	if (res == RES_OK)
		*account_r = id;
	arena_free(&a);
	return res;
}

enum result signin_add(struct tx *tx, struct random_source *rnd, const char *email, const char *name,
		       enum lang lang, const struct id *of_whom, enum role role, const struct id *unit, struct day today,
		       struct id *account_r)
{
	struct id id;
	enum result res = signin_open(tx, rnd, email, name, lang, of_whom, &id);
	if (res == RES_OK)
		res = signin_put_role(tx, &id, role, unit ? unit : &whole, today);
	if (res == RES_OK)
		*account_r = id;
	return res;
}

enum result signin_get(struct tx *tx, struct arena *a, const struct id *account, struct account *account_r)
{
	struct signin_row row;
	uint32_t roles = 0;
	enum result res = signin_by_id(tx, a, account, &row);
	if (res == RES_OK && row.ended)
		res = RES_NONE;
	if (res == RES_OK)
		res = signin_roles(tx, account, &roles);
	if (res == RES_OK)
		*account_r = (struct account){.id = row.id,
					      .email = row.email,
					      .name = row.name,
					      .lang = row.lang,
					      .of_whom = row.of_whom,
					      .roles = roles,
					      .invited = !row.password};
	return res;
}
