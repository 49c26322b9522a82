#include "post/sending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "post/handover.h"
#include "post/sms.h"

#define HELD "post/mail" /* what a message is held as, by the program that is about it */
#define FIRST_PAUSE 30   /* seconds after "not now", doubled up to */
#define LONGEST_PAUSE 1800
#define UNSURE_PAUSE 3600 /* the same when the server may have kept it: each try may be one more in somebody's mailbox */
#define LONGEST_UNSURE 43200
#define OWED_MOST 3       /* so many that could not be written, and no more are handed over: a fall would send all of them again */
#define UNSURE_MOST 3     /* so many in a row, and the gateway is taken to be away: each may cost a minute, and be one SMS more */
#define CLOSING 421       /* "service not available": too many connections too */

SQL(outbox_has, "b", "tries:i", "SELECT tries FROM outbox WHERE id = $1");
SQL(outbox_gone, "b", "", "DELETE FROM outbox WHERE id = $1");
SQL(outbox_again, "b", "", "UPDATE outbox SET tries = tries + 1 WHERE id = $1");

static enum result write_result(struct tx *tx, void *ctx)
{
	struct sending *s = ctx;
	const struct post *post = s->lane->post;
	const struct letter *l = &s->letter;
	struct day today = instant_day(clock_now(post->clock));
	if (s->res == RES_AGAIN)
		return db_do(tx, &outbox_again, NULL, v_id(&l->id));
	int64_t gone;
	enum result res = db_do(tx, &outbox_gone, &gone, v_id(&l->id));
	struct mail_told told = { l->about, s->lane->way, s->res == RES_OK ? MAIL_ACCEPTED : MAIL_REFUSED, today };
	if (res == RES_OK && gone)
		res = told_put(tx, post->rnd, l->kind, &told);
	if (res == RES_OK && gone && s->outcome.id[0])
		res = told_expect_id(tx, s->outcome.id, slice_of(l->return_token), l->kind, &l->about, day_add(today, POST_BOUNCE_DAYS));
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
	w->pass = lane->pass;
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
	*o = (struct owed){ .id = *id, .res = res, .pass = lane->pass };
	snprintf(o->gateway_id, sizeof(o->gateway_id), "%s", gateway_id);
}

static void owe_no_more(struct lane *lane, const struct id *id)
{
	struct owed *o = owed_of(lane, id);
	if (o)
		*o = lane->owed[--lane->owed_n];
}

void sending_is_listed(struct lane *lane, const struct id *id)
{
	struct waiting *w = waiting_of(lane, id);
	struct owed *o = owed_of(lane, id);
	if (w)
		w->pass = lane->pass;
	if (o)
		o->pass = lane->pass;
}

void sending_forget_unlisted(struct lane *lane)
{
	for (size_t i = 0; i < lane->waiting_n; i++) {
		if (lane->waiting[i].pass == lane->pass)
			continue;
		if (lane->waiting[i].unsure)
			db_let_go(lane->post->db, HELD, &lane->waiting[i].id);
		lane->waiting[i--] = lane->waiting[--lane->waiting_n];
	}
	for (size_t i = 0; i < lane->owed_n; i++)
		if (lane->owed[i].pass != lane->pass)
			lane->owed[i--] = lane->owed[--lane->owed_n];
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

static enum result hand_mail(const struct sending *s, const struct letter *l, struct instant now, struct outcome *o)
{
	struct post *post = s->lane->post;
	struct handed h = { .code = CURLE_OK };
	const struct handing handing = {
		.id = &l->id, .return_token = l->return_token, .address = l->address,
		.subject = buf_get(&l->subject), .body = buf_get(&l->body),
	};
	enum result res = handover(s->curl, &post->setup, &handing, now, &post->stopping, &h);
	o->unsure = h.unsure;
	o->away = h.away;
	o->crowded = res == RES_AGAIN && (h.away || h.reply == CLOSING);
	handover_say(&h, o->words);
	return res;
}

static enum result hand_sms(const struct sending *s, const struct letter *l, struct outcome *o)
{
	const struct post_sms *sms = &s->lane->post->setup.sms;
	struct sms_handed h;
	char report_url[400];
	if (!sms->gateway) {
		snprintf(o->words, sizeof(o->words), "no gateway is set any more");
		return RES_REFUSED;
	}
	snprintf(report_url, sizeof(report_url), "%s/%s", sms->report_base, l->return_token);
	const struct gateway_sms one = { l->address, buf_get(&l->body), id_text(&l->id).s, report_url };
	enum result res = sms_hand(s->curl, sms, &one, &s->lane->post->stopping, &h);
	o->unsure = h.unsure;
	o->away = h.away;
	memcpy(o->id, h.id, sizeof(o->id));
	sms_say(&h, o->words);
	return res;
}

static enum result hand_one(const struct sending *s, const struct letter *l, struct instant now, struct outcome *o)
{
	if (l->cut) {
		snprintf(o->words, sizeof(o->words), "too long to be sent");
		return RES_REFUSED;
	}
	return s->lane->way == POST_SMS ? hand_sms(s, l, o) : hand_mail(s, l, now, o);
}

/* Writes what became of it. What could not be written is owed: the message is not handed over again for that. */
static enum result write_down(struct sending *s)
{
	struct lane *lane = s->lane;
	enum result res = db_write(lane->post->db, write_result, s);
	pthread_mutex_lock(&lane->guard);
	if (res == RES_OK)
		owe_no_more(lane, &s->letter.id);
	else if (s->res != RES_AGAIN)
		owe(lane, &s->letter.id, s->res, s->outcome.id);
	pthread_mutex_unlock(&lane->guard);
	return res;
}

static bool falls_silent(struct lane *lane, bool unsure)
{
	if (lane->way != POST_SMS)
		return false;
	pthread_mutex_lock(&lane->guard);
	lane->unsure_n = unsure ? lane->unsure_n + 1 : 0;
	bool silent = lane->unsure_n >= UNSURE_MOST;
	pthread_mutex_unlock(&lane->guard);
	return silent;
}

/* Hands it over, unless that was done (`owed`). `old`: for the last time. False: we end and broke it off, or it is the others'. */
static bool try_one(struct sending *s, const struct owed *owed, bool old)
{
	struct post *post = s->lane->post;
	s->res = RES_AGAIN;
	if (owed->res != RES_AGAIN) {
		s->res = owed->res;
		memcpy(s->outcome.id, owed->gateway_id, sizeof(s->outcome.id));
	} else if (!s->is_away(s->ctx)) {
		s->asked = !s->letter.cut;
		s->res = hand_one(s, &s->letter, clock_now(post->clock), &s->outcome);
		s->outcome.silent = falls_silent(s->lane, s->outcome.unsure);
	}
	if (s->res == RES_AGAIN && post_is_stopping(post))
		return false;
	if (s->res == RES_AGAIN && s->outcome.crowded && s->leaves(s->ctx) && s->outcome.away)
		return false;
	if (s->res == RES_AGAIN && old)
		s->res = RES_REFUSED;
	s->tried = true;
	return true;
}

static enum result send_held(struct sending *s, const struct owed *owed, bool old)
{
	struct lane *lane = s->lane;
	if (!try_one(s, owed, old))
		return RES_OK;
	s->unwritten = write_down(s);
	if (s->unwritten != RES_OK)
		return RES_OK;
	pthread_mutex_lock(&lane->guard);
	if (s->res == RES_AGAIN && !s->outcome.away)
		wait_longer(lane, &s->letter.id, s->outcome.unsure);
	else if (s->res != RES_AGAIN)
		wait_no_more(lane, &s->letter.id);
	pthread_mutex_unlock(&lane->guard);
	s->told = s->res != RES_AGAIN;
	if (s->res == RES_OK)
		count_accepted(lane->post, instant_day(clock_now(lane->post->clock)));
	return RES_OK;
}

/* What is known of this message: how it waits, and what is owed about it (RES_AGAIN: nothing). *full_r: so much is owed that
   nothing more is handed over. */
static void look_up(struct lane *lane, const struct id *id, struct waiting *w_r, struct owed *owed_r, bool *full_r)
{
	pthread_mutex_lock(&lane->guard);
	const struct waiting *w = waiting_of(lane, id);
	const struct owed *o = owed_of(lane, id);
	*w_r = w ? *w : (struct waiting){ 0 };
	*owed_r = o ? *o : (struct owed){ .res = RES_AGAIN };
	*full_r = lane->owed_n >= OWED_MOST;
	pthread_mutex_unlock(&lane->guard);
}

bool sending_rests(const struct lane *lane)
{
	return lane->way == POST_SMS && post_is_quiet(lane->post->setup.sms.quiet, clock_now(lane->post->clock));
}

/* Not now. What a connection gave up in the middle is held still: others may send it, unless its server may have it. */
static enum result pass_by(struct post *post, const struct id *id, const struct waiting *w)
{
	if (!w->unsure)
		db_let_go(post->db, HELD, id);
	return RES_OK;
}

enum result sending_one(struct sending *s)
{
	struct post *post = s->lane->post;
	const struct id id = s->letter.id; /* the letter may go into another hand */
	struct instant now = clock_now(post->clock);
	struct waiting w;
	struct owed owed;
	bool full;
	look_up(s->lane, &id, &w, &owed, &full);
	s->unwritten = RES_OK;
	s->outcome = (struct outcome){ .words = "" };
	s->tried = s->told = s->asked = false;
	bool is_owed = owed.res != RES_AGAIN, old = instant_day(now).n - s->letter.made.n >= POST_GIVE_UP_DAYS;
	bool rests = w.again.s > now.s && w.again.s <= now.s + w.pause; /* further off: the clock was set back */
	if (!old && !is_owed && (rests || s->is_away(s->ctx))) {
		/* Asked again, since a connection may have been lost meanwhile. Whoever has it now does what it likes. */
		if (rests && w.unsure && db_hold(post->db, HELD, &id) == RES_BROKEN)
			return RES_BROKEN;
		return pass_by(post, &id, &w);
	}
	if (!is_owed && (full || sending_rests(s->lane)))
		return pass_by(post, &id, &w);
	enum result res = is_owed ? RES_OK : take(post, &id);
	if (res != RES_OK)
		return res == RES_NONE ? RES_OK : res;
	res = send_held(s, &owed, old);
	look_up(s->lane, &id, &w, &owed, &full);
	if (res == RES_OK && s->unwritten == RES_OK && s->tried && !w.unsure)
		db_let_go(post->db, HELD, &id);
	return res;
}
