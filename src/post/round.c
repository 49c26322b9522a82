/* One round of one way out: what lies in the outbox is handed over, and what came of it is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "post/handover.h"
#include "post/post_inside.h"
#include "post/sms.h"
#include "post/told.h"

#define BATCH 50
#define HELD "post/mail" /* what a message is held as, by the program that is about it */
#define FIRST_PAUSE 30   /* seconds after "not now", doubled up to */
#define LONGEST_PAUSE 1800
#define UNSURE_PAUSE 3600 /* the same when the server may have kept it: each try may be one more in somebody's mailbox */
#define LONGEST_UNSURE 43200

SQL(outbox_list, "bii", "id:b kind:t about:b address:t subject:t body:t return_token:t made_day:i",
    "SELECT id, kind, about, address, subject, body, return_token, made_day FROM outbox "
    "WHERE way = $2 AND id > $1 ORDER BY id LIMIT $3");
SQL(outbox_has, "b", "tries:i", "SELECT tries FROM outbox WHERE id = $1");
SQL(outbox_gone, "b", "", "DELETE FROM outbox WHERE id = $1");
SQL(outbox_again, "b", "", "UPDATE outbox SET tries = tries + 1 WHERE id = $1");

struct letter {
	struct id id, about;
	char kind[KIND_MOST], return_token[POST_TOKEN + 1];
	char address[POST_ADDRESS_MOST + 1];
	struct buf subject, body;
	struct day made;
	bool cut; /* the row is longer than post_put makes them: somebody else wrote it, and half of it is no mail */
};

/* What came of handing one over. */
struct outcome {
	bool unsure, away;
	char words[120];                /* for the log */
	char id[GATEWAY_ID_MOST + 1]; /* an SMS's, at the gateway */
};

/* ---- the round ---- */

struct round {
	struct lane *lane;
	struct post *post;
	struct id after;
	struct letter letters[BATCH];
	size_t n;
	/* what to write about one letter */
	const struct letter *letter;
	const struct outcome *outcome;
	enum result res;
	/* what to say about all of them */
	int refused, put_off;
	char worst[120]; /* the first that was refused, else the first that was put off */
	bool away;
};

/* False: it did not fit. */
static bool copy_text(char *to, size_t room, struct slice s)
{
	size_t n = s.n < room ? s.n : room - 1;
	memcpy(to, s.p, n);
	to[n] = '\0';
	return n == s.n;
}

static bool copy_long(struct buf *to, struct slice s)
{
	buf_reset(to);
	buf_slice(to, s);
	return !to->full;
}

static enum result list_letters(struct tx *tx, void *ctx)
{
	struct round *r = ctx;
	struct rows *rows;
	r->n = 0;
	enum result res = db_ask(tx, &outbox_list, &rows, v_id(&r->after), v_int(r->lane->way), v_int(BATCH));
	if (res != RES_OK)
		return res;
	while (r->n < BATCH && (res = rows_next(rows)) == RES_OK) {
		struct letter *l = &r->letters[r->n++];
		l->id = row_id(rows, 0);
		l->about = row_id(rows, 2);
		bool whole = copy_text(l->kind, sizeof(l->kind), row_text(rows, 1));
		whole &= copy_text(l->address, sizeof(l->address), row_text(rows, 3));
		whole &= copy_long(&l->subject, row_text(rows, 4));
		whole &= copy_long(&l->body, row_text(rows, 5));
		whole &= copy_text(l->return_token, sizeof(l->return_token), row_text(rows, 6));
		l->cut = !whole;
		l->made = (struct day){ (int32_t)row_int(rows, 7) };
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result write_result(struct tx *tx, void *ctx)
{
	struct round *r = ctx;
	const struct letter *l = r->letter;
	struct day today = instant_day(clock_now(r->post->clock));
	if (r->res == RES_AGAIN)
		return db_do(tx, &outbox_again, NULL, v_id(&l->id));
	int64_t gone;
	enum result res = db_do(tx, &outbox_gone, &gone, v_id(&l->id));
	struct mail_told told = { l->about, r->lane->way, r->res == RES_OK ? MAIL_ACCEPTED : MAIL_REFUSED, today };
	if (res == RES_OK && gone)
		res = told_put(tx, r->post->rnd, l->kind, &told);
	if (res == RES_OK && gone && r->outcome->id[0])
		res = told_expect_id(tx, r->outcome->id, l->kind, &l->about, day_add(today, POST_BOUNCE_DAYS));
	return res;
}

static struct waiting *waiting_of(struct lane *lane, const struct id *id)
{
	for (size_t i = 0; i < lane->waiting_n; i++)
		if (id_eq(&lane->waiting[i].id, id))
			return &lane->waiting[i];
	return NULL;
}

static void wait_longer(struct lane *lane, const struct id *id, bool unsure)
{
	struct waiting *w = waiting_of(lane, id);
	int first = unsure ? UNSURE_PAUSE : FIRST_PAUSE, most = unsure ? LONGEST_UNSURE : LONGEST_PAUSE;
	if (!w) {
		lane->waiting = must_realloc(lane->waiting, lane->waiting_n + 1, sizeof(*w));
		w = &lane->waiting[lane->waiting_n++];
		*w = (struct waiting){ .id = *id };
	}
	w->unsure = unsure;
	w->pause = w->pause * 2 < first ? first : w->pause * 2 > most ? most : w->pause * 2;
	w->again = instant_add(clock_now(lane->post->clock), w->pause);
}

static void wait_no_more(struct lane *lane, const struct id *id)
{
	struct waiting *w = waiting_of(lane, id);
	if (w)
		*w = lane->waiting[--lane->waiting_n];
}

/* ---- whose message it is, where several programs send ---- */

static struct owed *owed_of(struct lane *lane, const struct id *id)
{
	for (size_t i = 0; i < lane->owed_n; i++)
		if (id_eq(&lane->owed[i].id, id))
			return &lane->owed[i];
	return NULL;
}

static void owe(struct lane *lane, const struct id *id, enum result res, const char *gateway_id)
{
	if (owed_of(lane, id))
		return;
	lane->owed = must_realloc(lane->owed, lane->owed_n + 1, sizeof(*lane->owed));
	struct owed *o = &lane->owed[lane->owed_n++];
	*o = (struct owed){ .id = *id, .res = res };
	snprintf(o->gateway_id, sizeof(o->gateway_id), "%s", gateway_id);
}

static void owe_no_more(struct lane *lane, const struct id *id)
{
	struct owed *o = owed_of(lane, id);
	if (o)
		*o = lane->owed[--lane->owed_n];
}

static enum result still_there(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one(tx, &outbox_has, &rows, v_id(ctx));
	if (res == RES_OK)
		(void)row_int(rows, 0);
	rows_end(&rows);
	return res;
}

/* Ours alone from now on. RES_NONE: another program is about it, or has sent it since the list was read. */
static enum result take(struct post *post, const struct id *id)
{
	enum result res = db_hold(post->db, HELD, id);
	if (res != RES_OK)
		return res == RES_AGAIN ? RES_NONE : res;
	res = db_read(post->db, still_there, (void *)id);
	if (res != RES_OK)
		db_let_go(post->db, HELD, id);
	return res;
}

static void count_accepted(struct post *post, struct day today)
{
	pthread_mutex_lock(&post->lock);
	if (post->accepted_on.n != today.n)
		post->accepted_n = 0;
	post->accepted_on = today;
	post->accepted_n++;
	pthread_mutex_unlock(&post->lock);
}

static enum result hand_mail(struct round *r, const struct letter *l, struct instant now, struct outcome *o)
{
	struct post *post = r->post;
	struct handed h = { .code = CURLE_OK };
	const struct handing handing = {
		.id = &l->id, .return_token = l->return_token, .address = l->address,
		.subject = buf_get(&l->subject), .body = buf_get(&l->body),
	};
	enum result res = handover(r->lane->curl, &post->setup, &handing, now, &post->stopping, &h);
	o->unsure = h.unsure;
	o->away = h.away;
	handover_say(&h, o->words);
	return res;
}

static enum result hand_sms(struct round *r, const struct letter *l, struct outcome *o)
{
	const struct post_sms *sms = &r->post->setup.sms;
	struct sms_handed h;
	char report_url[400];
	if (!sms->gateway) {
		snprintf(o->words, sizeof(o->words), "no gateway is set any more");
		return RES_REFUSED;
	}
	snprintf(report_url, sizeof(report_url), "%s/%s", sms->report_base, l->return_token);
	const struct gateway_sms one = { l->address, buf_get(&l->body), id_text(&l->id).s, report_url };
	enum result res = sms_hand(r->lane->curl, sms, &one, &r->post->stopping, &h);
	o->unsure = h.unsure;
	o->away = h.away;
	memcpy(o->id, h.id, sizeof(o->id));
	sms_say(&h, o->words);
	return res;
}

static enum result hand_one(struct round *r, const struct letter *l, struct instant now, struct outcome *o)
{
	if (l->cut) {
		snprintf(o->words, sizeof(o->words), "too long to be sent");
		return RES_REFUSED;
	}
	return r->lane->way == POST_SMS ? hand_sms(r, l, o) : hand_mail(r, l, now, o);
}

static void remember(struct round *r, const struct outcome *o)
{
	int *n = r->res == RES_REFUSED ? &r->refused : &r->put_off;
	if (*n == 0 && !r->away && (r->res == RES_REFUSED || r->refused == 0))
		memcpy(r->worst, o->words, sizeof(r->worst));
	++*n;
}

/* Writes what became of it. What could not be written is owed: the message is not handed over again for that. */
static enum result write_down(struct round *r, const struct letter *l)
{
	enum result res = db_write(r->post->db, write_result, r);
	if (res == RES_OK)
		owe_no_more(r->lane, &l->id);
	else if (r->res != RES_AGAIN)
		owe(r->lane, &l->id, r->res, r->outcome->id);
	return res;
}

/* Hands it over, unless that was done. `old`: for the last time. False: we end, and broke it off. */
static bool try_one(struct round *r, const struct letter *l, bool old, struct outcome *o)
{
	struct post *post = r->post;
	const struct owed *owed = owed_of(r->lane, &l->id);
	r->letter = l;
	r->outcome = o;
	r->res = RES_AGAIN;
	if (owed) {
		r->res = owed->res;
		memcpy(o->id, owed->gateway_id, sizeof(o->id));
	} else if (!r->away) {
		r->res = hand_one(r, l, clock_now(post->clock), o);
	}
	if (r->res == RES_AGAIN && post_is_stopping(post))
		return false;
	if (r->res == RES_AGAIN && old)
		r->res = RES_REFUSED;
	if (r->res != RES_OK)
		remember(r, o);
	r->away = r->away || o->away;
	return true;
}

static enum result send_held(struct round *r, const struct letter *l, bool old, int *told)
{
	struct post *post = r->post;
	struct outcome o = { .words = "" };
	if (!try_one(r, l, old, &o))
		return RES_OK;
	enum result res = write_down(r, l);
	if (res != RES_OK)
		return res;
	if (r->res == RES_AGAIN && !o.away) {
		wait_longer(r->lane, &l->id, o.unsure);
	} else if (r->res != RES_AGAIN) {
		wait_no_more(r->lane, &l->id);
		++*told;
		if (r->res == RES_OK)
			count_accepted(post, instant_day(clock_now(post->clock)));
	}
	return RES_OK;
}

static enum result send_one(struct round *r, const struct letter *l, int *told)
{
	struct post *post = r->post;
	struct instant now = clock_now(post->clock);
	struct waiting *w = waiting_of(r->lane, &l->id);
	bool owed = owed_of(r->lane, &l->id) != NULL, old = instant_day(now).n - l->made.n >= POST_GIVE_UP_DAYS;
	bool rests = w && w->again.s > now.s && w->again.s <= now.s + w->pause; /* further off: the clock was set back */
	if (!old && !owed && (rests || r->away)) {
		/* Asked again, since a connection may have been lost meanwhile. Whoever has it now does what it likes. */
		if (rests && w->unsure && db_hold(post->db, HELD, &l->id) == RES_BROKEN)
			return RES_BROKEN;
		return RES_OK;
	}
	enum result res = owed ? RES_OK : take(post, &l->id);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	res = send_held(r, l, old, told);
	w = waiting_of(r->lane, &l->id);
	if (res == RES_OK && !(w && w->unsure))
		db_let_go(post->db, HELD, &l->id);
	return res;
}

/* After a round. */
static void note_away(struct lane *lane, bool away)
{
	struct post *post = lane->post;
	pthread_mutex_lock(&post->lock);
	if (!away)
		lane->away_since = (struct instant){ 0 };
	else if (!lane->away_since.s)
		lane->away_since = clock_now(post->clock);
	pthread_mutex_unlock(&post->lock);
}

/* One line a round, however many there were. */
static void say(const struct round *r)
{
	if (!r->refused && !r->put_off)
		return;
	log_world("post", "%s refused for good: %d, put off: %d%s; the first: %s", r->lane->way == POST_SMS ? "SMS" : "mails",
		  r->refused, r->put_off, r->away ? ", the rest not tried" : "", r->worst);
}

static bool rests_now(const struct lane *lane)
{
	return lane->way == POST_SMS && post_is_quiet(lane->post->setup.sms.quiet, clock_now(lane->post->clock));
}

enum result round_settle(struct lane *lane, int *sent_r, bool *away_r)
{
	struct post *post = lane->post;
	*away_r = false;
	if (rests_now(lane)) {
		*sent_r = 0;
		return RES_OK;
	}
	struct round *r = must_alloc(1, sizeof(*r));
	int told = 0;
	enum result res;
	r->lane = lane;
	r->post = post;
	for (size_t i = 0; i < BATCH; i++) {
		r->letters[i].subject = BUF_LIMIT(POST_SUBJECT_MOST);
		r->letters[i].body = BUF_LIMIT(POST_BODY_MOST);
	}
	pthread_mutex_lock(&lane->sending);
	do {
		res = db_read(post->db, list_letters, r);
		for (size_t i = 0; res == RES_OK && i < r->n; i++) {
			r->after = r->letters[i].id;
			res = send_one(r, &r->letters[i], &told);
			if (post_is_stopping(post))
				break;
		}
		if (told)
			post_tell(post);
	} while (res == RES_OK && r->n == BATCH && !post_is_stopping(post));
	pthread_mutex_unlock(&lane->sending);
	say(r);
	*away_r = r->away;
	note_away(lane, r->away);
	for (size_t i = 0; i < BATCH; i++) {
		buf_wipe(&r->letters[i].body);
		buf_free(&r->letters[i].body);
		buf_free(&r->letters[i].subject);
	}
	free(r);
	if (res == RES_OK)
		*sent_r = told;
	return res;
}
