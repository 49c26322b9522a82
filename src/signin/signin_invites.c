/* Invitations: the one-time link behind which a passphrase is chosen, its mail, and what became of that. */
#include <stdio.h>
#include <string.h>

#include "post/post.h"
#include "signin/signin_grants.h"
#include "signin/signin_store.h"

static enum result put_link(struct tx *tx, struct signin *s, const struct id *account, struct buf *url)
{
	unsigned char token[INVITE_BYTES], hash[CRYPT_HASH];
	char text[base64url_size(INVITE_BYTES) + 1];
	random_fill(s->setup.rnd, "signin/invite", token, sizeof(token));
	crypt_token_hash(token, hash);
	base64url_write(text, token, sizeof(token));
	buf_printf(url, "%s%s/welcome/%s", s->setup.public_url, s->setup.base, text);
	crypt_wipe(token, sizeof(token));
	crypt_wipe(text, sizeof(text));
	enum result res = signin_put_invite(tx, hash, account, day_add(signin_today(s), SIGNIN_INVITE_DAYS));
	return res == RES_OK ? signin_invited_anew(tx, account) : res;
}

static enum result open_account(struct tx *tx, struct arena *a, const struct id *account,
				struct signin_row *row)
{
	enum result res = signin_by_id(tx, a, account, row);
	return res == RES_OK && row->ended ? RES_NONE : res;
}

enum result signin_invite(struct tx *tx, struct signin *s, const struct id *account, char *url, size_t room)
{
	struct arena *a = arena_new();
	struct buf link = BUF_SECRET(1024);
	struct signin_row row;
	enum result res = open_account(tx, a, account, &row);
	if (res == RES_OK)
		res = put_link(tx, s, account, &link);
	if (res == RES_OK && link.n >= room)
		bug("no room for a link of %zu bytes", link.n);
	if (res == RES_OK)
		memcpy(url, link.p, link.n + 1);
	buf_free(&link);
	arena_free(&a);
	return res;
}

const char *signin_subject(enum lang lang)
{
	return tr(lang, "Your sign-in");
}

/* In the house style of all our messages: it names neither Makker nor what Makker is for (unsaid_testing.h). */
void signin_words(struct buf *body, enum lang lang, bool anew, const char *name, const char *url, const char *workplace)
{
	char days[12];
	snprintf(days, sizeof(days), "%d", SIGNIN_INVITE_DAYS);
	const char *text = anew ? tr(lang, "Hello {name},\n\nSomebody asked for a new link for your sign-in at {workplace}. Follow it "
					   "to choose a new passphrase:\n\n{url}\n\nThe link works once, for {days} days. If it was not you "
					   "who asked, you need do nothing: your passphrase stays as it is.\n")
				: tr(lang, "Hello {name},\n\nYou have been given a sign-in at {workplace}. Follow this link to choose "
					   "a passphrase of your own:\n\n{url}\n\nThe link works once, for {days} days, and is yours alone; "
					   "please do not pass it on.\n");
	tr_fill(body, text, "name", name, "url", url, "days", days, "workplace", workplace, NULL);
	buf_printf(body, "\n%s\n", workplace);
}

enum result signin_invite_by_mail(struct tx *tx, struct signin *s, const struct id *account)
{
	struct arena *a = arena_new();
	struct buf link = BUF_SECRET(1024), body = BUF_SECRET(8192);
	struct signin_row row;
	enum result res = open_account(tx, a, account, &row);
	if (res == RES_OK)
		res = put_link(tx, s, account, &link);
	if (res == RES_OK) {
		signin_words(&body, row.lang, row.password != NULL, row.name, link.p, s->setup.workplace);
		struct mail mail = {SIGNIN_MAIL, row.id, slice_of(row.email),
				    slice_of(signin_subject(row.lang)), buf_get(&body), POST_MAIL};
		res = post_put(tx, s->setup.rnd, signin_today(s), &mail);
	}
	buf_free(&link);
	buf_free(&body);
	arena_free(&a);
	return res;
}

/* ---- what became of them ---- */

static enum result told(struct tx *tx, const struct mail_told *mail, void *ctx)
{
	(void)ctx;
	return mail->result == MAIL_ACCEPTED ? RES_OK : signin_mark_undelivered(tx, &mail->about, mail->day);
}

/* Whoever could confirm sees what waits when she signs in, too. */
static enum result passed_over(struct tx *tx, const struct mail_told *mail, void *ctx)
{
	(void)tx;
	(void)mail;
	(void)ctx;
	return RES_OK;
}

enum result signin_hear(struct tx *tx)
{
	int n;
	enum result res = post_take_results(tx, GRANT_MAIL, passed_over, NULL, &n);
	return res == RES_OK ? post_take_results(tx, SIGNIN_MAIL, told, NULL, &n) : res;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return signin_hear(tx);
}

enum result signin_hear_post(struct signin *s)
{
	return db_write(s->setup.db, hear_work, NULL);
}
