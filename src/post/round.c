/* One round of one way out: what lies in the outbox is handed over, and what came of it is written.

   The messages are read a page at a time, and each goes to the first hand that is free. A hand is a thread with a connection of
   its own; where there is but one, the round's own thread is it. So one message that the other side ponders over holds up
   nobody else, new ones included: whoever is woken meanwhile has the list read again, past what is in some hand. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "post/sending.h"

#define BATCH 50
#define GLANCE 200000000 /* ns between looks at what else has come while the hands are at work */
#define FEWER 3600       /* seconds for which we keep to the number of connections that the other side took; our choice */

SQL(outbox_list, "bii", "id:b kind:t about:b address:t subject:t body:t return_token:t made_day:i",
    "SELECT id, kind, about, address, subject, body, return_token, made_day FROM outbox "
    "WHERE way = $2 AND id > $1 ORDER BY id LIMIT $3");

struct hand {
	struct round *round;
	struct sending s;
	bool busy; /* with s.letter */
	bool works, started, left;
	bool served; /* the other side has heard a message of it */
	pthread_t thread;
};

/* All of it under the lane's guard while hands are at work. */
struct round {
	struct lane *lane;
	struct id after;
	struct letter page[BATCH], back[POST_CONNECTIONS_MOST]; /* back: what a hand that left had taken */
	size_t n, at, back_n;
	bool listed; /* to its end */
	struct hand hand[POST_CONNECTIONS_MOST];
	int working;
	bool careful; /* the other side was away: one asks first */
	pthread_cond_t moved;
	enum result res;
	int told, said; /* results written; of them the rooms were told */
	/* what to say about all of them */
	int refused, put_off;
	char worst[120]; /* the first that was refused, else the first that was put off */
	bool away;
	enum result unwritten; /* else RES_OK: what became of some letter could not be written */
};

/* ---- the list ---- */

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
	r->n = r->at = 0;
	enum result res = db_ask(tx, &outbox_list, &rows, v_id(&r->after), v_int(r->lane->way), v_int(BATCH));
	if (res != RES_OK)
		return res;
	while (r->n < BATCH && (res = rows_next(rows)) == RES_OK) {
		struct letter *l = &r->page[r->n++];
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

static void next_page(struct round *r)
{
	r->res = db_read(r->lane->post->db, list_letters, r);
	if (r->res != RES_OK)
		r->n = r->at = 0;
	if (r->n)
		r->after = r->page[r->n - 1].id;
	r->listed = r->n < BATCH;
	for (size_t i = 0; i < r->n; i++)
		sending_is_listed(r->lane, &r->page[i].id);
}

static bool in_some_hand(const struct round *r, const struct id *id)
{
	for (size_t i = 0; i < ARRAY_LEN(r->hand); i++)
		if (r->hand[i].busy && id_eq(&r->hand[i].s.letter.id, id))
			return true;
	return false;
}

/* The letter itself and not a copy: its text is in one place, and wiped there. */
static void swap(struct letter *a, struct letter *b)
{
	struct letter was = *a;
	*a = *b;
	*b = was;
}

/* Under the guard. False: there is nothing more for this hand. */
static bool next_letter(struct round *r, struct hand *h)
{
	if (r->res != RES_OK || post_is_stopping(r->lane->post))
		return false;
	if (r->back_n) {
		swap(&h->s.letter, &r->back[--r->back_n]);
		return true;
	}
	for (;; r->at++) {
		if (r->at == r->n && !r->listed)
			next_page(r);
		if (r->at == r->n)
			return false;
		if (!in_some_hand(r, &r->page[r->at].id))
			break;
	}
	swap(&h->s.letter, &r->page[r->at++]);
	return true;
}

/* ---- a hand ---- */

static bool is_away(void *ctx)
{
	struct hand *h = ctx;
	pthread_mutex_lock(&h->round->lane->guard);
	bool away = h->round->away;
	pthread_mutex_unlock(&h->round->lane->guard);
	return away;
}

/* How many connections the other side takes besides this one, as far as is known: those that work, and those that have had their turn. */
static int others_of(const struct round *r, const struct hand *h)
{
	int n = 0;
	for (size_t i = 0; i < ARRAY_LEN(r->hand); i++)
		n += &r->hand[i] != h && !r->hand[i].left && (r->hand[i].works || r->hand[i].served);
	return n;
}

/* The last never leaves: what it meets holds for all. */
static bool leaves(void *ctx)
{
	struct hand *h = ctx;
	struct round *r = h->round;
	struct lane *lane = r->lane;
	pthread_mutex_lock(&lane->guard);
	int others = h->works ? others_of(r, h) : 0;
	if (others) {
		h->works = false;
		h->left = true;
		r->working--;
		if (h->s.outcome.away) {
			h->busy = false;
			swap(&h->s.letter, &r->back[r->back_n++]);
		}
		if (lane->now > others) {
			lane->now = others;
			lane->fewer = clock_now(lane->post->clock);
		}
	}
	pthread_mutex_unlock(&lane->guard);
	return others > 0;
}

static void remember(struct round *r, const struct sending *s)
{
	int *n = s->res == RES_REFUSED ? &r->refused : &r->put_off;
	if (*n == 0 && !r->away && (s->res == RES_REFUSED || r->refused == 0))
		memcpy(r->worst, s->outcome.words, sizeof(r->worst));
	++*n;
}

/* Under the guard, as it found the round and leaves it. */
static void one_letter(struct round *r, struct hand *h)
{
	struct sending *s = &h->s;
	h->busy = true;
	pthread_mutex_unlock(&r->lane->guard);
	enum result res = sending_one(s);
	pthread_mutex_lock(&r->lane->guard);
	h->busy = false;
	if (res != RES_OK)
		r->res = res;
	if (s->tried && s->res != RES_OK)
		remember(r, s);
	h->served = h->served || (s->tried && s->asked && !s->outcome.crowded && !s->outcome.away);
	if (s->unwritten != RES_OK)
		r->unwritten = s->unwritten;
	r->away = r->away || (s->tried && (s->outcome.away || s->outcome.silent));
	r->told += s->told;
}

/* The rooms hear of it a page at a time. */
static void tell(struct round *r)
{
	if (r->told == r->said)
		return;
	r->said = r->told;
	pthread_mutex_unlock(&r->lane->guard);
	post_tell(r->lane->post);
	pthread_mutex_lock(&r->lane->guard);
}

static CURL *curl_of(struct lane *lane, size_t i)
{
	if (!lane->curl[i])
		lane->curl[i] = curl_easy_init();
	return lane->curl[i];
}

static void *work(void *arg)
{
	struct hand *h = arg;
	struct round *r = h->round;
	pthread_mutex_lock(&r->lane->guard);
	while (h->works && next_letter(r, h)) {
		one_letter(r, h);
		if (r->told - r->said >= BATCH)
			pthread_cond_signal(&r->moved);
	}
	if (h->works)
		r->working--;
	h->works = false;
	pthread_cond_signal(&r->moved);
	pthread_mutex_unlock(&r->lane->guard);
	return NULL;
}

/* ---- all hands ---- */

/* Not before there is something to send: the library that makes them is loaded with the first (post_curl.c). */
static bool give_connection(struct round *r, size_t i)
{
	r->hand[i].s.curl = curl_of(r->lane, i);
	return r->hand[i].s.curl != NULL;
}

static void alone(struct round *r)
{
	struct hand *h = &r->hand[0];
	h->works = true;
	r->working = 1;
	while (next_letter(r, h)) {
		if (!give_connection(r, 0)) {
			r->res = RES_BROKEN;
			break;
		}
		one_letter(r, h);
		if (r->told - r->said >= BATCH)
			tell(r);
	}
	r->working = 0;
}

/* As many as there is work for. Without the memory for a thread fewer have to do. */
static void start_hands(struct round *r)
{
	size_t left = r->listed ? r->n - r->at + r->back_n : BATCH;
	int most = r->careful && !r->told ? 1 : r->lane->now;
	for (size_t i = 0; i < POST_CONNECTIONS_MOST && r->working < most && left; i++) {
		struct hand *h = &r->hand[i];
		if (!h->round || h->works || h->left || !give_connection(r, i))
			continue;
		if (h->started)
			pthread_join(h->thread, NULL);
		h->works = h->started = pthread_create(&h->thread, NULL, work, h) == 0;
		r->working += h->works;
		left--;
	}
}

/* Whether somebody put a message since the list was read. */
static bool was_woken(struct lane *lane)
{
	pthread_mutex_lock(&lane->post->lock);
	bool woken = lane->woken;
	lane->woken = false;
	pthread_mutex_unlock(&lane->post->lock);
	return woken;
}

/* What a connection had that was not taken goes by those that were, though they have done all else. */
static bool somebody_works(struct round *r)
{
	if (!r->working && r->back_n && r->res == RES_OK && !r->away && !post_is_stopping(r->lane->post))
		start_hands(r);
	return r->working > 0;
}

static void together(struct round *r)
{
	struct lane *lane = r->lane;
	next_page(r);
	start_hands(r);
	if (r->n && !r->hand[0].s.curl)
		r->res = RES_BROKEN;
	while (somebody_works(r)) {
		struct timespec soon;
		clock_gettime(CLOCK_MONOTONIC, &soon);
		soon.tv_nsec += GLANCE;
		soon.tv_sec += soon.tv_nsec / 1000000000;
		soon.tv_nsec %= 1000000000;
		int rc = pthread_cond_timedwait(&r->moved, &lane->guard, &soon);
		tell(r);
		if (rc == ETIMEDOUT && r->listed && r->at == r->n && !r->away && r->res == RES_OK && was_woken(lane)) {
			r->after = (struct id){ { 0 } };
			r->listed = false;
		}
		if (!(r->listed && r->at == r->n) && r->res == RES_OK && !post_is_stopping(lane->post))
			start_hands(r);
	}
	for (size_t i = 0; i < ARRAY_LEN(r->hand); i++)
		if (r->hand[i].started) {
			pthread_mutex_unlock(&lane->guard);
			pthread_join(r->hand[i].thread, NULL);
			pthread_mutex_lock(&lane->guard);
		}
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

static void letter_begin(struct letter *l)
{
	l->subject = BUF_LIMIT(POST_SUBJECT_MOST);
	l->body = BUF_LIMIT(POST_BODY_MOST);
}

static void letter_end(struct letter *l)
{
	buf_wipe(&l->body);
	buf_free(&l->body);
	buf_free(&l->subject);
}

static void each_letter(struct round *r, void (*fn)(struct letter *l))
{
	for (size_t i = 0; i < BATCH; i++)
		fn(&r->page[i]);
	for (size_t i = 0; i < POST_CONNECTIONS_MOST; i++) {
		fn(&r->back[i]);
		fn(&r->hand[i].s.letter);
	}
}

static struct round *round_begin(struct lane *lane)
{
	struct round *r = must_alloc(1, sizeof(*r));
	pthread_condattr_t attr;
	r->lane = lane;
	each_letter(r, letter_begin);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->moved, &attr);
	pthread_condattr_destroy(&attr);
	int64_t since = clock_now(lane->post->clock).s - lane->fewer.s;
	if (since >= FEWER || since < 0)
		lane->now = lane->most;
	pthread_mutex_lock(&lane->post->lock);
	r->careful = lane->away_since.s != 0;
	pthread_mutex_unlock(&lane->post->lock);
	return r;
}

static void give_hands(struct round *r)
{
	for (size_t i = 0; i < (size_t)r->lane->now; i++) {
		struct hand *h = &r->hand[i];
		h->round = r;
		h->s.lane = r->lane;
		h->s.is_away = is_away;
		h->s.leaves = leaves;
		h->s.ctx = h;
	}
}

/* A connection that was not taken is gone; those that the other side keeps come first, for the next round. */
static void sort_connections(struct round *r)
{
	struct lane *lane = r->lane;
	size_t n = 0;
	for (size_t i = 0; i < POST_CONNECTIONS_MOST; i++) {
		CURL *c = lane->curl[i];
		lane->curl[i] = NULL;
		if (r->hand[i].left)
			curl_easy_cleanup(c);
		else if (c)
			lane->curl[n++] = c;
	}
}

enum result round_settle(struct lane *lane, int *sent_r, bool *away_r)
{
	*away_r = false;
	*sent_r = 0;
	pthread_mutex_lock(&lane->sending);
	if (sending_rests(lane) && !lane->owed_n) {
		pthread_mutex_unlock(&lane->sending);
		note_away(lane, false); /* it is asked for nothing */
		return RES_OK;
	}
	struct round *r = round_begin(lane);
	pthread_mutex_lock(&lane->guard);
	lane->pass++;
	give_hands(r);
	if (lane->now == 1)
		alone(r);
	else
		together(r);
	tell(r);
	if (r->res == RES_OK && r->listed && r->at == r->n && !post_is_stopping(lane->post))
		sending_forget_unlisted(lane);
	if (r->away)
		lane->now = lane->most; /* it takes nobody now, which says nothing of how many it takes */
	sort_connections(r);
	pthread_mutex_unlock(&lane->guard);
	pthread_mutex_unlock(&lane->sending);
	say(r);
	*away_r = r->away;
	note_away(lane, r->away);
	enum result res = r->res == RES_OK ? r->unwritten : r->res;
	if (res == RES_OK)
		*sent_r = r->told;
	each_letter(r, letter_end);
	pthread_cond_destroy(&r->moved);
	free(r);
	return res;
}
