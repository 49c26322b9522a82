#include <string.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "haven/directory/directory.h"
#include "haven/offers/offers_inside.h"
#include "haven/offers/offers_rules.h"
#include "haven/supporters/supporters.h"

#define TOKEN_BYTES 16

/* A new link to the task's page: the token goes into the mail, its hash into the database. */
static enum result put_link(struct tx *tx, struct offers *o, const struct offers_row *row, enum offers_touch touch,
			    struct day today, struct buf *url)
{
	unsigned char token[TOKEN_BYTES], hash[CRYPT_HASH];
	char text[base64url_size(TOKEN_BYTES) + 1];
	random_fill(o->setup.rnd, "offers/token", token, sizeof(token));
	crypt_token_hash(token, hash);
	base64url_write(text, token, sizeof(token));
	buf_printf(url, "%s/h/o/%s", o->setup.public_url, text);
	crypt_wipe(token, sizeof(token));
	crypt_wipe(text, sizeof(text));
	return offers_put_link(tx, hash, &row->id, touch, day_add(today, OFFERS_LINK_DAYS));
}

/* Subject and body name neither incident nor support (PRODUCT.md § 5, J3). */
static void message(struct buf *body, enum lang lang, enum offers_touch touch, bool again, const char *url)
{
	const char *text;
	if (touch == OFFERS_SECOND)
		text = tr(lang, "Hello,\n\nhere is the second short message we promised. It takes a minute to read:\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	else if (touch == OFFERS_CHECK)
		text = tr(lang, "Hello,\n\nit has been four weeks. Here is one last short message, for everybody who was there:\n\n"
				"{url}\n\nThe link is yours alone; please do not pass it on.\n");
	else if (again)
		text = tr(lang, "Hello,\n\nsomething has changed in the message you got.\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	else
		text = tr(lang, "Hello,\n\na colleague has a short message for you. It takes a minute to read:\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	tr_fill(body, text, "url", url, NULL);
}

/* NULL: there is none. */
static enum result address_of(struct tx *tx, struct arena *a, const struct offers_row *row, const char **address_r)
{
	struct door_person p;
	*address_r = NULL;
	if (id_is_zero(&row->person))
		return RES_OK;
	enum result res = directory_get(tx, a, &row->person, &p);
	if (res == RES_OK && !p.ended && p.email[0] && post_address_ok(slice_of(p.email)))
		*address_r = p.email;
	return res == RES_NONE ? RES_OK : res;
}

enum result offers_reaches(struct tx *tx, struct arena *a, const struct offers_row *row, bool *reaches_r)
{
	const char *address;
	enum result res = address_of(tx, a, row, &address);
	*reaches_r = address;
	return res;
}

enum result offers_put_message(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row,
			       enum offers_touch touch, bool again, bool *put_r)
{
	const char *address;
	*put_r = false;
	enum result res = address_of(tx, a, row, &address);
	if (res != RES_OK || !address)
		return res;
	struct day today = instant_day(clock_now(o->setup.clock));
	struct buf url = BUF_LIMIT(1024), body = BUF_LIMIT(4096);
	res = put_link(tx, o, row, touch, today, &url);
	if (res == RES_OK) {
		message(&body, row->lang, touch, again, url.p);
		buf_printf(&body, "\n%s\n", o->setup.workplace);
		struct mail mail = {
			/* Duty hears of the first message only: a later one tells it nothing about the offer. */
			.kind = touch == OFFERS_OFFER && !again ? OFFERS_MAIL_OFFER : OFFERS_MAIL_TOUCH,
			.about = row->id,
			.address = slice_of(address),
			.subject = slice_of(tr(row->lang, "A message for you")),
			.body = buf_get(&body),
		};
		res = post_put(tx, o->setup.rnd, today, &mail);
	}
	if (res == RES_OK)
		*put_r = true;
	buf_wipe(&url);
	buf_wipe(&body);
	buf_free(&url);
	buf_free(&body);
	return res;
}

/* On Mondays the morning mail carries the head of the key log past the server's own pages (docs/protocol.md § 2.5). */
static enum result add_head(struct tx *tx, struct offers *o, enum lang lang, struct buf *body)
{
	int64_t n;
	char digits[KEYLOG_HEAD_CODE], number[24];
	if (day_wall(instant_day(clock_now(o->setup.clock))).weekday != 0)
		return RES_OK;
	enum result res = supporters_key_head(tx, &n, digits);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	snprintf(number, sizeof(number), "%lld", (long long)n);
	buf_char(body, '\n');
	tr_fill(body, tr(lang, "Entry {n} of the key log ends in {digits}. “My keys” on your desk shows the same."), "n", number, "digits",
		digits, NULL);
	buf_char(body, '\n');
	return RES_OK;
}

enum result offers_put_notice(struct tx *tx, struct offers *o, struct arena *a, const struct id *supporter,
			      enum offers_notice notice)
{
	struct supporter s;
	enum lang lang = o->setup.lang;
	enum result res = supporters_get(tx, a, supporter, &s);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	struct slice langs = slice_of(s.languages), first;
	if (slice_cut(&langs, ' ', &first) && lang_from(first, &lang) != RES_OK)
		lang = o->setup.lang;
	struct buf url = BUF_LIMIT(512), body = BUF_LIMIT(4096);
	buf_printf(&url, "%s/s/desk", o->setup.public_url);
	tr_fill(&body,
		notice == OFFERS_CLOSES ? tr(lang, "Hello {name},\n\nplease open your desk before 15:00 today, so that what you "
						   "have noted counts.\n\n{url}\n")
		: notice == OFFERS_WAITS ? tr(lang, "Hello {name},\n\nsomething waits at your desk.\n\n{url}\n")
					 : tr(lang, "Hello {name},\n\nplease look at your desk today. Something may wait there.\n\n"
						    "{url}\n"),
		"name", s.given, "url", url.p, NULL);
	if (notice == OFFERS_MAY_WAIT)
		res = add_head(tx, o, lang, &body);
	buf_printf(&body, "\n%s\n", o->setup.workplace);
	struct mail mail = { OFFERS_MAIL_NOTICE, *supporter, slice_of(s.email), slice_of(tr(lang, "Your desk")),
			     buf_get(&body) };
	if (res == RES_OK)
		res = post_put(tx, o->setup.rnd, instant_day(clock_now(o->setup.clock)), &mail);
	buf_free(&url);
	buf_free(&body);
	return res == RES_BAD ? RES_OK : res; /* an address that cannot be mailed: the silence passes the task on */
}

/* ---- what became of it ---- */

struct heard {
	struct offers *o;
	int64_t accepted;
	int told;
};

static enum result hear_offer(struct tx *tx, const struct id *task, enum mail_result result, struct day day, void *ctx)
{
	struct heard *h = ctx;
	if (result == MAIL_ACCEPTED)
		h->accepted++;
	return offers_put_fact(tx, task, result == MAIL_ACCEPTED ? DOOR_SENT : DOOR_UNSENDABLE, day);
}

static enum result hear_touch(struct tx *tx, const struct id *task, enum mail_result result, struct day day, void *ctx)
{
	struct heard *h = ctx;
	(void)tx;
	(void)task;
	(void)day;
	if (result == MAIL_ACCEPTED)
		h->accepted++;
	return RES_OK;
}

static enum result hear_notice(struct tx *tx, const struct id *supporter, enum mail_result result, struct day day, void *ctx)
{
	(void)tx;
	(void)supporter;
	(void)result;
	(void)day;
	(void)ctx;
	return RES_OK;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	struct heard *h = ctx;
	int n;
	h->accepted = 0;
	h->told = 0;
	enum result res = post_take_results(tx, OFFERS_MAIL_OFFER, hear_offer, h, &n);
	h->told += n;
	if (res == RES_OK)
		res = post_take_results(tx, OFFERS_MAIL_TOUCH, hear_touch, h, &n);
	if (res == RES_OK)
		res = post_take_results(tx, OFFERS_MAIL_NOTICE, hear_notice, h, &n);
	if (res == RES_OK && h->accepted)
		res = offers_count_mail(tx, offers_hour(clock_now(h->o->setup.clock)), h->accepted);
	return res;
}

enum result offers_hear_post(struct offers *o)
{
	struct heard h = { o, 0, 0 };
	enum result res = db_write(o->setup.db, hear_work, &h);
	if (res == RES_OK && h.told && o->facts_wait)
		o->facts_wait(o->facts_ctx);
	return res;
}
