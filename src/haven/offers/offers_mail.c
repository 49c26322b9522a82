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

/* Where messages can go; NULL, "": nowhere. */
struct addresses {
	const char *mail;
	char sms[POST_PHONE_MOST + 1];
};

static unsigned ways_open(const struct addresses *to)
{
	return (to->mail ? OFFERS_BY_MAIL : 0u) | (to->sms[0] ? OFFERS_BY_SMS : 0u);
}

static enum result addresses_of(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row,
				struct addresses *to_r)
{
	struct door_person p = { .email = "", .phone = row->phone ? row->phone : "" };
	struct addresses to = { .mail = NULL };
	enum result res = id_is_zero(&row->person) ? RES_OK : offers_person(tx, a, row, &p);
	if (res == RES_NONE || (res == RES_OK && p.ended))
		p = (struct door_person){ .email = "", .phone = "" };
	else if (res != RES_OK)
		return res;
	if (p.email[0] && post_address_ok(slice_of(p.email)))
		to.mail = p.email;
	if (o->setup.sms && post_phone(slice_of(p.phone), o->setup.country, to.sms) != RES_OK)
		to.sms[0] = '\0';
	*to_r = to;
	return RES_OK;
}

enum result offers_reaches(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row, bool *reaches_r)
{
	struct addresses to;
	enum result res = addresses_of(tx, o, a, row, &to);
	if (res == RES_OK)
		*reaches_r = ways_open(&to) != 0;
	return res;
}

/* ---- one message ---- */

/* Which of a task's messages. */
struct which {
	enum offers_touch touch;
	bool again;
};

/* Duty hears of the first message only: a later one tells it nothing about the offer. */
static bool is_first(struct which w)
{
	return w.touch == OFFERS_OFFER && !w.again;
}

static const char *kind_of(struct which w)
{
	if (w.touch == OFFERS_SECOND)
		return OFFERS_MAIL_SECOND;
	if (w.touch == OFFERS_CHECK)
		return OFFERS_MAIL_CHECK;
	if (w.touch == OFFERS_GROUP)
		return w.again ? OFFERS_MAIL_REGROUP : OFFERS_MAIL_GROUP;
	return w.again ? OFFERS_MAIL_NEWS : OFFERS_MAIL_OFFER;
}

/* Counted from when it can go, whatever the gateway then does: one that is away must not keep the offer from her mailbox. */
static enum result ask_after(struct tx *tx, struct offers *o, const struct id *task)
{
	struct instant goes = post_quiet_end(o->setup.quiet, clock_now(o->setup.clock));
	return clockwork_put(tx, OFFERS_JOB_UNHEARD, task, instant_add(goes, OFFERS_UNHEARD_HOURS * 3600));
}

/* With a link of its own: of an earlier one only the hash is left. */
static enum result put_by(struct tx *tx, struct offers *o, const struct offers_row *row, struct which w, enum offers_way way,
			  const struct addresses *to)
{
	struct day today = instant_day(clock_now(o->setup.clock));
	struct buf url = BUF_SECRET(1024), body = BUF_SECRET(4096);
	enum result res = put_link(tx, o, row, w.touch == OFFERS_GROUP ? OFFERS_OFFER : w.touch, today, &url);
	if (res == RES_OK) {
		offers_words(&body, &o->setup, offers_lang(o, row), w.touch, w.again, way, url.p);
		bool sms = way == OFFERS_BY_SMS;
		struct mail mail = {
			.kind = kind_of(w), .about = row->id, .way = sms ? POST_SMS : POST_MAIL,
			.address = slice_of(sms ? to->sms : to->mail),
			.subject = sms ? SLICE("") : slice_of(offers_subject(offers_lang(o, row))),
			.body = buf_get(&body),
		};
		res = post_put(tx, o->setup.rnd, today, &mail);
		if (res == RES_BAD)
			bug("a message of ours that the post does not take");
	}
	if (res == RES_OK && is_first(w) && !(row->ways & way))
		res = offers_add_ways(tx, &row->id, way);
	if (res == RES_OK && is_first(w) && way == OFFERS_BY_SMS)
		res = ask_after(tx, o, &row->id);
	buf_free(&url);
	buf_free(&body);
	return res;
}

/* The first message after something serious does not wait for the morning where it can go by mail. */
static enum result is_urgent(struct tx *tx, struct arena *a, const struct offers_row *row, struct which w, bool quiet,
			     bool *urgent_r)
{
	struct door_incident in = { .severity = 0 };
	enum result res = quiet && is_first(w) ? offers_incident(tx, a, &row->incident, &in) : RES_OK;
	if (res == RES_OK)
		*urgent_r = in.severity >= 2;
	return res;
}

/* By which way this message can go now, and where to. */
static enum result choose(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row, struct which w,
			  struct addresses *to_r, enum offers_way *way_r)
{
	bool quiet = post_is_quiet(o->setup.quiet, clock_now(o->setup.clock)), urgent = false;
	enum result res = addresses_of(tx, o, a, row, to_r);
	if (res == RES_OK)
		res = is_urgent(tx, a, row, w, quiet, &urgent);
	if (res == RES_OK)
		*way_r = offers_way(ways_open(to_r), row->ways, quiet, urgent);
	return res;
}

enum result offers_put_message(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row,
			       enum offers_touch touch, bool again, bool *put_r)
{
	struct which w = { touch, again };
	struct addresses to;
	enum offers_way way = OFFERS_NO_WAY;
	enum result res = choose(tx, o, a, row, w, &to, &way);
	if (res == RES_OK && way != OFFERS_NO_WAY)
		res = put_by(tx, o, row, w, way, &to);
	if (res == RES_OK)
		*put_r = way != OFFERS_NO_WAY;
	return res;
}

enum result offers_put_first(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row, bool *put_r)
{
	struct which first = { OFFERS_OFFER, false };
	struct offers_row task = *row;
	struct addresses to;
	enum offers_way way = OFFERS_NO_WAY;
	enum result res = choose(tx, o, a, row, first, &to, &way);
	task.ways |= way;
	if (res == RES_OK)
		res = offers_put_task(tx, &task);
	if (res == RES_OK && way != OFFERS_NO_WAY)
		res = put_by(tx, o, &task, first, way, &to);
	if (res == RES_OK)
		*put_r = way != OFFERS_NO_WAY;
	return res;
}

/* On Mondays the morning mail carries the head of the key log past the server's own pages (docs/protocol.md § 2.5). */
static enum result head_of(struct tx *tx, struct offers *o, enum lang lang, struct buf *out)
{
	int64_t n;
	char digits[KEYLOG_HEAD_CODE], number[24];
	if (day_wall(instant_day(clock_now(o->setup.clock))).weekday != 0)
		return RES_OK;
	enum result res = supporters_key_head(tx, &n, digits);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	snprintf(number, sizeof(number), "%lld", (long long)n);
	tr_fill(out, tr(lang, "Entry {n} of the key log ends in {digits}. “My keys” on your desk shows the same."), "n", number, "digits",
		digits, NULL);
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
	struct buf url = BUF_LIMIT(512), body = BUF_LIMIT(4096), head = BUF_LIMIT(512);
	buf_printf(&url, "%s/s/desk", o->setup.public_url);
	if (notice == OFFERS_MAY_WAIT)
		res = head_of(tx, o, lang, &head);
	offers_notice_words(&body, &o->setup, lang, notice, s.given, url.p, head.n ? head.p : NULL);
	struct mail mail = { OFFERS_MAIL_NOTICE, *supporter, slice_of(s.email), slice_of(offers_notice_subject(lang)),
			     buf_get(&body), POST_MAIL };
	if (res == RES_OK)
		res = post_put(tx, o->setup.rnd, instant_day(clock_now(o->setup.clock)), &mail);
	buf_free(&head);
	buf_free(&url);
	buf_free(&body);
	return res == RES_BAD ? RES_OK : res; /* an address that cannot be mailed: the silence passes the task on */
}

enum result offers_stands(struct tx *tx, struct arena *a, const struct offers_row *row, enum offers_touch which, bool *stands_r)
{
	struct offers_made *made;
	size_t n = 0, at;
	struct day last = { 0 };
	*stands_r = true;
	if (id_is_zero(&row->person) || (which != OFFERS_SECOND && which != OFFERS_CHECK))
		return RES_OK;
	enum result res = offers_made_by(tx, a, row, &made, &n, &at);
	if (res == RES_OK && n > 1 && which == OFFERS_CHECK)
		res = offers_last_check(tx, row, &last);
	if (res == RES_OK && n > 1)
		*stands_r = which == OFFERS_CHECK ? offers_check_comes(made, n, at, last) : offers_second_comes(made, n, at);
	return res;
}

enum result offers_take_back(struct tx *tx, const struct id *task)
{
	static const char *const later[] = { OFFERS_MAIL_NEWS, OFFERS_MAIL_SECOND, OFFERS_MAIL_GROUP, OFFERS_MAIL_REGROUP };
	int64_t n = 0;
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(later); i++)
		res = post_take_back(tx, later[i], task, &n);
	if (res == RES_OK)
		res = post_take_back(tx, OFFERS_MAIL_CHECK, task, &n);
	/* One that never went stands for no other. */
	return res == RES_OK && n ? offers_add_ways(tx, task, OFFERS_CHECK_LOST) : res;
}

/* ---- what became of it ---- */

struct heard {
	struct offers *o;
	struct arena *a;
	struct which which;
	int64_t accepted;
	int told;
	bool put; /* another message was put */
};

/* Whether the message is still to come: another incident's may stand for it by now, or the first one of the other task, where she was named
   twice, or the session of which it tells has begun. */
static enum result still_comes(struct tx *tx, const struct heard *h, const struct offers_row *row, bool *comes_r)
{
	bool second = false, begun = false;
	enum result res = offers_stands(tx, h->a, row, h->which.touch, comes_r);
	if (res == RES_OK && is_first(h->which))
		res = offers_is_second(tx, row, &second);
	if (res == RES_OK && h->which.touch == OFFERS_GROUP && h->o->group_comes)
		res = h->o->group_comes(tx, &row->incident, h->o->group_ctx);
	if (res == RES_NONE) {
		begun = true;
		res = RES_OK;
	}
	*comes_r &= !second && !begun;
	return res;
}

/* The other way, where it has not been tried, and the message is still to come. *none_r: there is no other. */
static enum result put_other(struct tx *tx, struct heard *h, const struct offers_row *row, bool *none_r)
{
	struct addresses to;
	bool comes = false;
	enum result res = addresses_of(tx, h->o, h->a, row, &to);
	if (res == RES_OK)
		res = still_comes(tx, h, row, &comes);
	if (res != RES_OK)
		return res;
	enum offers_way way = comes ? offers_other_way(ways_open(&to), row->ways, is_first(h->which)) : OFFERS_NO_WAY;
	*none_r = way == OFFERS_NO_WAY;
	if (way == OFFERS_NO_WAY)
		return RES_OK;
	h->put = true;
	return put_by(tx, h->o, row, h->which, way, &to);
}

/* It was refused, or came back. */
static enum result hear_failed(struct tx *tx, struct heard *h, const struct mail_told *told)
{
	struct offers_row row;
	bool none = true;
	enum offers_way way = told->way == POST_SMS ? OFFERS_BY_SMS : OFFERS_BY_MAIL;
	unsigned failed = is_first(h->which) ? OFFERS_FAILED(way) : OFFERS_FAILED_LATER(way);
	enum result res = offers_get_task(tx, h->a, &told->about, &row);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	row.ways |= failed;
	res = offers_add_ways(tx, &row.id, failed);
	if (res == RES_OK && !row.stopped) /* "no more will come", says the page, whatever failed */
		res = put_other(tx, h, &row, &none);
	/* Whoever stopped them had opened one: it came. And duty would hear of nobody else so soon, since the other way is tried first. */
	if (res == RES_OK && none && !row.stopped && is_first(h->which) && offers_unsendable(row.ways))
		res = offers_put_fact(tx, &row.id, DOOR_UNSENDABLE, told->day);
	/* A check that reached nobody stands for no other. */
	if (res == RES_OK && none && h->which.touch == OFFERS_CHECK)
		res = offers_add_ways(tx, &row.id, OFFERS_CHECK_LOST);
	return res;
}

/* A phone has it: what would ask after that is not needed. */
static enum result hear_delivered(struct tx *tx, struct heard *h, const struct id *task)
{
	enum result res = is_first(h->which) ? offers_add_ways(tx, task, OFFERS_ARRIVED) : RES_OK;
	return res == RES_OK && is_first(h->which) ? clockwork_drop(tx, OFFERS_JOB_UNHEARD, task) : res;
}

static enum result hear_accepted(struct tx *tx, struct heard *h, const struct mail_told *told)
{
	h->accepted++;
	return is_first(h->which) ? offers_put_fact(tx, &told->about, DOOR_SENT, told->day) : RES_OK;
}

static enum result hear_task(struct tx *tx, const struct mail_told *told, void *ctx)
{
	struct heard *h = ctx;
	switch (told->result) {
	case MAIL_ACCEPTED: return hear_accepted(tx, h, told);
	case MAIL_DELIVERED: return hear_delivered(tx, h, &told->about);
	case MAIL_REFUSED:
	case MAIL_BOUNCED: return hear_failed(tx, h, told);
	}
	return RES_OK;
}

/* What went out before the three kinds had names: nobody knows which to send again. */
static enum result hear_touch(struct tx *tx, const struct mail_told *told, void *ctx)
{
	struct heard *h = ctx;
	(void)tx;
	h->accepted += told->result == MAIL_ACCEPTED;
	return RES_OK;
}

static enum result hear_notice(struct tx *tx, const struct mail_told *told, void *ctx)
{
	(void)tx, (void)told, (void)ctx;
	return RES_OK;
}

static enum result hear_work(struct tx *tx, void *ctx)
{
	static const struct which all[] = { { OFFERS_OFFER, false }, { OFFERS_OFFER, true }, { OFFERS_SECOND, false },
					    { OFFERS_CHECK, false }, { OFFERS_GROUP, false }, { OFFERS_GROUP, true } };
	struct heard *h = ctx;
	int n;
	enum result res = RES_OK;
	*h = (struct heard){ .o = h->o, .a = arena_new() };
	for (size_t i = 0; res == RES_OK && i < ARRAY_LEN(all); i++) {
		h->which = all[i];
		res = post_take_results(tx, kind_of(all[i]), hear_task, h, &n);
		h->told += res == RES_OK ? n : 0;
	}
	if (res == RES_OK)
		res = post_take_results(tx, OFFERS_MAIL_TOUCH, hear_touch, h, &n);
	if (res == RES_OK)
		res = post_take_results(tx, OFFERS_MAIL_NOTICE, hear_notice, h, &n);
	if (res == RES_OK && h->accepted)
		res = offers_count_mail(tx, offers_hour(clock_now(h->o->setup.clock)), h->accepted);
	arena_free(&h->a);
	return res;
}

enum result offers_hear_post(struct offers *o)
{
	struct heard h = { .o = o };
	enum result res = db_write(o->setup.db, hear_work, &h);
	if (res == RES_OK && h.told && o->facts_wait)
		o->facts_wait(o->facts_ctx);
	if (res == RES_OK && h.put && o->mail_waits)
		o->mail_waits(o->mail_ctx);
	return res;
}

enum result offers_unheard(struct tx *tx, struct offers *o, const struct id *task)
{
	struct heard h = { .o = o, .a = arena_new(), .which = { OFFERS_OFFER, false } };
	struct offers_row row;
	bool none;
	enum result res = offers_get_task(tx, h.a, task, &row);
	if (res == RES_OK && !row.stopped && !(row.ways & OFFERS_ARRIVED))
		res = put_other(tx, &h, &row, &none);
	arena_free(&h.a);
	return res == RES_NONE ? RES_OK : res;
}
