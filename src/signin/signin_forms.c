#include <stdio.h>
#include <string.h>

#include "post/post.h"
#include "signin/signin_rules.h"
#include "signin/signin_store.h"
#include "web/reply.h"

static enum lang lang_of(struct req *req)
{
	return (enum lang)req_lang(req);
}

static const char *wait_text(struct req *req, int seconds)
{
	struct buf b = BUF_LIMIT(500);
	char n[12];
	snprintf(n, sizeof(n), "%d", seconds);
	reply_header(req, "Retry-After", arena_str(req_arena(req), slice_of(n)));
	tr_fill(&b,
		trn(lang_of(req), "That was many tries in a short time. Wait one second and try again.",
		    "That was many tries in a short time. Wait {count} seconds and try again.", seconds),
		"count", n, NULL);
	const char *text = arena_str(req_arena(req), buf_get(&b));
	buf_free(&b);
	return text;
}

static const char *busy_text(struct req *req)
{
	reply_header(req, "Retry-After", "5");
	return tr(lang_of(req), "Many people are signing in right now. Wait a few seconds and try again.");
}

/* ---- a new session ---- */

struct begin {
	struct signin *s;
	struct arena *a;
	const struct actor *who; /* the account page */
	const char *email;       /* the sign-in page */
	struct signin_row row;
	const char *was, *now; /* passphrases as kept */
	unsigned char old[CRYPT_HASH], hash[CRYPT_HASH], csrf[CSRF_BYTES], invite[CRYPT_HASH];
	unsigned char token[SESSION_BYTES];
	bool had_old;
};

/* Everything about a session is new at each sign-in: nobody can have put it into the browser before. */
static void draw(struct begin *b, struct req *req)
{
	random_fill(b->s->setup.rnd, "signin/session", b->token, sizeof(b->token));
	random_fill(b->s->setup.rnd, "signin/csrf", b->csrf, sizeof(b->csrf));
	crypt_hash(slice_bytes(b->token, sizeof(b->token)), b->hash);
	b->had_old = signin_cookie_hash(b->s, req, b->old) == RES_OK;
}

/* The session lasts until the end of the day after. What has expired goes on the same occasion. */
static enum result put_session(struct tx *tx, struct begin *b)
{
	struct day today = signin_today(b->s);
	enum result res = signin_tidy(tx, today);
	if (res == RES_OK)
		res = signin_hear(tx);
	if (res == RES_OK && b->had_old)
		res = signin_drop_session(tx, b->old);
	if (res == RES_OK)
		res = signin_put_session(tx, b->hash, &b->row.id, b->csrf, day_add(today, 1));
	return res;
}

static struct answer enter(struct begin *b, struct req *req, const char *path)
{
	signin_set_cookie(b->s, req, b->token);
	crypt_wipe(b->token, sizeof(b->token));
	return reply_see_other(req, path);
}

/* ---- signing in ---- */

static enum result find_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	return signin_by_email(tx, b->a, b->email, &b->row);
}

static enum result in_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	/* The passphrase that was compared must still be the one: setting it says so, and locks the row. */
	enum result res = signin_set_password(tx, &b->row.id, b->was, b->now);
	return res == RES_OK ? put_session(tx, b) : res;
}

/* RES_OK: it is the account's passphrase. RES_REFUSED: it is not, or there is no such account; after the same
 * work. */
static enum result compare(struct begin *b, struct slice passphrase)
{
	enum result res = db_read(b->s->setup.db, find_work, b);
	if (res != RES_OK && res != RES_NONE)
		return res;
	b->was = res == RES_OK && !b->row.ended ? b->row.password : NULL;
	return password_verify(b->s->pool, passphrase, b->was);
}

static enum result renew_hash(struct begin *b, struct slice passphrase)
{
	b->now = b->was;
	if (!password_outdated(b->s->pool, b->was))
		return RES_OK;
	char *text = arena_alloc(b->a, PASSWORD_TEXT, 1);
	enum result res = password_hash(b->s->pool, b->s->setup.rnd, passphrase, text);
	if (res == RES_OK)
		b->now = text;
	return res;
}

static const char *where_to(struct signin *s, struct req *req)
{
	struct slice to;
	if (req_text(req, "to", &to) == RES_OK && signin_may_return(to, s->setup.base))
		return arena_str(req_arena(req), to);
	return s->setup.home;
}

struct answer signin_form(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct begin b = {.s = s, .a = req_arena(req)};
	struct slice email = {0}, passphrase = {0};
	(void)who;
	/* What breaks the table is wrong like any other: the same page after the same work. */
	if (req_text(req, "email", &email) != RES_OK)
		email = SLICE("");
	if (req_text(req, "passphrase", &passphrase) != RES_OK)
		passphrase = SLICE("");
	b.email = signin_fold(b.a, email);
	int wait = signin_try(s, req, b.email);
	if (wait)
		return signin_show(s, req, 429, wait_text(req, wait));
	enum result res = compare(&b, passphrase);
	if (res == RES_OK)
		res = renew_hash(&b, passphrase);
	if (res == RES_OK) {
		draw(&b, req);
		res = db_write(s->setup.db, in_work, &b);
	}
	if (res == RES_OK)
		return enter(&b, req, where_to(s, req));
	if (res == RES_REFUSED || res == RES_NONE)
		return signin_show(
		    s, req, 403,
		    tr(lang_of(req), "The address and the passphrase do not match. Check both and try again."));
	if (res == RES_AGAIN)
		return signin_show(s, req, 503, busy_text(req));
	return reply_result(req, res);
}

/* ---- signing out ---- */

struct leave {
	const unsigned char *hash;
	const struct id *account;
};

static enum result out_work(struct tx *tx, void *ctx)
{
	struct leave *l = ctx;
	return l->account ? signin_drop_sessions(tx, l->account) : signin_drop_session(tx, l->hash);
}

static struct answer leave(struct signin *s, struct req *req, struct leave *l)
{
	enum result res = db_write(s->setup.db, out_work, l);
	if (res != RES_OK)
		return reply_result(req, res);
	signin_clear_cookie(s, req);
	return reply_see_other(req, signin_path(s, req_arena(req), "/sign-in?out=1"));
}

struct answer signin_out_form(struct req *req, const struct actor *who, void *room)
{
	unsigned char hash[CRYPT_HASH];
	struct leave l = {.hash = hash};
	(void)who;
	if (!who || signin_cookie_hash(room, req, hash) != RES_OK)
		return reply_see_other(req, signin_path(room, req_arena(req), "/sign-in?out=1"));
	return leave(room, req, &l);
}

struct answer signin_everywhere_form(struct req *req, const struct actor *who, void *room)
{
	struct leave l = {.account = &who->account};
	return leave(room, req, &l);
}

/* ---- a new link ---- */

/* Always the same answer, at the same pace: somebody else's thread looks whether there is such an account. */
struct answer signin_forgot_form(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct slice email;
	(void)who;
	if (req_text(req, "email", &email) == RES_OK) {
		const char *folded = signin_fold(req_arena(req), email);
		if (limit_take(s->tries_peer, req_peer(req), 1) == RES_OK &&
		    limit_take(s->mails, signin_key(s, folded), 20) == RES_OK)
			errands_add(s->errands, folded);
	}
	return signin_show_asked(s, req);
}

/* ---- choosing a passphrase ---- */

/* NULL: both fields hold the same one, and it will do. */
static const char *chosen_fault(struct req *req, struct slice *passphrase_r)
{
	enum lang lang = lang_of(req);
	struct slice one = {0}, two = {0};
	enum result res = req_text(req, "passphrase", &one);
	if (res == RES_BAD)
		return req_echo(req, "passphrase").n >= SIGNIN_PASSPHRASE_MOST - 3
			   ? tr(lang, "That is longer than we can accept. Choose a shorter one.")
			   : tr(lang, "It has characters that we cannot accept. Choose another one.");
	switch (signin_passphrase_fault(res == RES_OK ? one : (struct slice){0})) {
	case PASSPHRASE_FINE:
		break;
	case PASSPHRASE_SHORT:
		return tr(lang, "That is too short. Add a few more words.");
	case PASSPHRASE_LONG:
		return tr(lang, "That is longer than we can accept. Choose a shorter one.");
	case PASSPHRASE_COMMON:
		return tr(lang, "Many others would choose that too. Choose something only you would say.");
	}
	if (req_text(req, "again", &two) != RES_OK || !slice_eq(one, two))
		return tr(lang, "The two are not the same. Write it once more.");
	*passphrase_r = one;
	return NULL;
}

static enum result hash_into(struct begin *b, struct slice passphrase)
{
	char *text = arena_alloc(b->a, PASSWORD_TEXT, 1);
	enum result res = password_hash(b->s->pool, b->s->setup.rnd, passphrase, text);
	if (res == RES_OK)
		b->now = text;
	return res;
}

static enum result invited_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	return signin_invited(tx, b->a, b->invite, signin_today(b->s), &b->row);
}

/* Whatever was signed in before, and every other link, ends with the old passphrase. */
static enum result choose_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	enum result res = signin_take_invite(tx, b->invite, signin_today(b->s));
	if (res == RES_OK)
		res = signin_set_password(tx, &b->row.id, NULL, b->now);
	if (res == RES_OK)
		res = signin_drop_invites(tx, &b->row.id);
	if (res == RES_OK)
		res = signin_drop_sessions(tx, &b->row.id);
	return res == RES_OK ? put_session(tx, b) : res;
}

struct answer signin_welcome_form(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct begin b = {.s = s, .a = req_arena(req)};
	unsigned char token[INVITE_BYTES];
	struct slice passphrase = {0};
	(void)who;
	if (base64url_read(req_path(req, 0), token, sizeof(token)) != RES_OK)
		return signin_show_gone(s, req);
	crypt_token_hash(token, b.invite);
	crypt_wipe(token, sizeof(token));
	/* Looked up before the passphrase is hashed: strangers cannot make us work. */
	enum result res = db_read(s->setup.db, invited_work, &b);
	if (res == RES_NONE)
		return signin_show_gone(s, req);
	if (res != RES_OK)
		return reply_result(req, res);
	const char *fault = chosen_fault(req, &passphrase);
	if (fault)
		return signin_show_welcome(s, req, 422, b.row.email, fault);
	res = hash_into(&b, passphrase);
	if (res == RES_OK) {
		draw(&b, req);
		res = db_write(s->setup.db, choose_work, &b);
	}
	if (res == RES_OK)
		return enter(&b, req, s->setup.home);
	if (res == RES_NONE)
		return signin_show_gone(s, req);
	if (res == RES_AGAIN)
		return signin_show_welcome(s, req, 503, b.row.email, busy_text(req));
	return reply_result(req, res);
}

/* ---- changing it ---- */

static enum result own_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	return signin_by_id(tx, b->a, &b->who->account, &b->row);
}

static enum result change_work(struct tx *tx, void *ctx)
{
	struct begin *b = ctx;
	enum result res = signin_set_password(tx, &b->row.id, b->was, b->now);
	if (res == RES_OK)
		res = signin_drop_invites(tx, &b->row.id);
	if (res == RES_OK)
		res = signin_drop_sessions(tx, &b->row.id);
	return res == RES_OK ? put_session(tx, b) : res;
}

struct answer signin_account_form(struct req *req, const struct actor *who, void *room)
{
	struct signin *s = room;
	struct begin b = {.s = s, .a = req_arena(req), .who = who};
	struct slice current = {0}, passphrase = {0};
	enum result res = db_read(s->setup.db, own_work, &b);
	if (res != RES_OK)
		return reply_result(req, res);
	const char *fault = chosen_fault(req, &passphrase);
	if (fault)
		return signin_show_account(s, req, who, 422, b.row.email, fault);
	int wait = signin_try(s, req, b.row.email);
	if (wait)
		return signin_show_account(s, req, who, 429, b.row.email, wait_text(req, wait));
	if (req_text(req, "current", &current) != RES_OK)
		current = SLICE("");
	b.was = b.row.password;
	res = password_verify(s->pool, current, b.was);
	if (res == RES_OK)
		res = hash_into(&b, passphrase);
	if (res == RES_OK) {
		draw(&b, req);
		res = db_write(s->setup.db, change_work, &b);
	}
	if (res == RES_OK)
		return enter(&b, req, signin_path(s, b.a, "/account?done=1"));
	if (res == RES_REFUSED || res == RES_NONE)
		return signin_show_account(
		    s, req, who, 403, b.row.email,
		    tr(lang_of(req), "That is not your current passphrase. Nothing was changed."));
	if (res == RES_AGAIN)
		return signin_show_account(s, req, who, 503, b.row.email, busy_text(req));
	return reply_result(req, res);
}
