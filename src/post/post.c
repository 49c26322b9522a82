#include "post/post.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "post/handover.h"
#include "post/kept.h"
#include "post/told.h"

#define KIND_MOST 64
#define BATCH 50
#define FIRST_PAUSE 30   /* seconds after a server that took nobody's mail, doubled up to */
#define LONGEST_AWAY 300 /* nobody's mail waits longer once it is back */
#define LOOK_AGAIN 1     /* seconds until the next look when the database did not answer: what is owed is written before another takes the mail up (DB_GRACE) */
#define LOOK 15          /* seconds between two looks for bounces, which another process writes */

#define HELD "post/mail" /* what a mail is held as, by the program that is about it */

struct post {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct post_setup setup; /* its strings are ours */
	CURL *curl;
	void (*told)(void *ctx);
	void *told_ctx;
	struct kept kept;
	pthread_t thread;
	pthread_mutex_t lock, sending;
	pthread_cond_t wake;
	bool started, woken, stopping;
	struct day accepted_on; /* with the two below guarded by lock */
	int64_t accepted_n;
	struct instant away_since; /* 0: the last round found the server there */
};

SQL(outbox_put, "btbttttii", "",
    "INSERT INTO outbox (id, kind, about, address, subject, body, return_token, made_day, tries) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
SQL(outbox_list, "bi", "id:b kind:t about:b address:t subject:t body:t return_token:t made_day:i",
    "SELECT id, kind, about, address, subject, body, return_token, made_day FROM outbox "
    "WHERE id > $1 ORDER BY id LIMIT $2");
SQL(outbox_has, "b", "tries:i", "SELECT tries FROM outbox WHERE id = $1");
SQL(outbox_count, "", "n:i day:i?", "SELECT COUNT(*) AS n, MIN(made_day) AS day FROM outbox");
SQL(outbox_gone, "b", "", "DELETE FROM outbox WHERE id = $1");
SQL(outbox_again, "b", "", "UPDATE outbox SET tries = tries + 1 WHERE id = $1");

enum result post_put(struct tx *tx, struct random_source *rnd, struct day today, const struct mail *mail)
{
	if (strlen(mail->kind) >= KIND_MOST)
		bug("a kind of mail has too long a name: %s", mail->kind);
	if (!post_address_ok(mail->address) || mail->subject.n > POST_SUBJECT_MOST || mail->body.n > POST_BODY_MOST)
		return RES_BAD;
	unsigned char token[POST_TOKEN / 2];
	char text[POST_TOKEN + 1];
	struct id id = id_new(rnd, "post/message");
	random_fill(rnd, "post/return", token, sizeof(token));
	/* Hexadecimal: some mail servers fold the case of a local part. */
	for (size_t i = 0; i < sizeof(token); i++)
		snprintf(text + 2 * i, 3, "%02x", token[i]);
	enum result res = db_do(tx, &outbox_put, NULL, v_id(&id), v_str(mail->kind), v_id(&mail->about),
				v_text(mail->address), v_text(mail->subject), v_text(mail->body), v_str(text),
				v_int(today.n), v_int(0));
	if (res == RES_OK)
		res = told_expect(tx, slice_bytes(text, POST_TOKEN), mail, day_add(today, POST_BOUNCE_DAYS));
	return res;
}

/* ---- one mail ---- */

struct letter {
	struct id id, about;
	char kind[KIND_MOST], return_token[POST_TOKEN + 1];
	char address[POST_ADDRESS_MOST + 1];
	struct buf subject, body;
	struct day made;
	bool cut; /* the row is longer than post_put makes them: somebody else wrote it, and half of it is no mail */
};

/* ---- the round ---- */

struct round {
	struct post *post;
	struct id after;
	struct letter letters[BATCH];
	size_t n;
	/* what to write about one letter */
	const struct letter *letter;
	enum result res;
	/* what to say about all of them */
	int refused, put_off;
	struct handed worst; /* the first that was refused, else the first that was put off */
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
	enum result res = db_ask(tx, &outbox_list, &rows, v_id(&r->after), v_int(BATCH));
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
	if (res == RES_OK && gone)
		res = told_put(tx, r->post->rnd, l->kind, &l->about,
			       r->res == RES_OK ? MAIL_ACCEPTED : MAIL_REFUSED, today);
	return res;
}

/* ---- whose mail it is, where several programs send ---- */

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

static bool stopping(const struct post *post)
{
	return __atomic_load_n(&post->stopping, __ATOMIC_ACQUIRE);
}

static enum result hand_one(struct round *r, const struct letter *l, struct instant now, struct handed *h)
{
	struct post *post = r->post;
	if (l->cut) {
		h->too_long = true;
		return RES_REFUSED;
	}
	const struct handing handing = {
		.id = &l->id, .return_token = l->return_token, .address = l->address,
		.subject = buf_get(&l->subject), .body = buf_get(&l->body),
	};
	return handover(post->curl, &post->setup, &handing, now, &post->stopping, h);
}

static void remember(struct round *r, const struct handed *h)
{
	int *n = r->res == RES_REFUSED ? &r->refused : &r->put_off;
	if (*n == 0 && !r->away && (r->res == RES_REFUSED || r->refused == 0))
		r->worst = *h;
	++*n;
}

/* Writes what became of it. What could not be written is owed: the mail is not handed over again for that. */
static enum result write_down(struct round *r, const struct letter *l)
{
	struct post *post = r->post;
	enum result res = db_write(post->db, write_result, r);
	if (res == RES_OK)
		kept_owe_no_more(&post->kept, &l->id);
	else if (r->res != RES_AGAIN)
		kept_owe(&post->kept, &l->id, r->res);
	return res;
}

/* Hands it over, unless that was done. `old`: for the last time. False: we end, and broke it off. */
static bool try_one(struct round *r, const struct letter *l, bool old, struct handed *h)
{
	struct post *post = r->post;
	enum result known;
	bool owed = kept_owed(&post->kept, &l->id, &known);
	r->letter = l;
	r->res = RES_AGAIN;
	if (owed)
		r->res = known;
	else if (!r->away)
		r->res = hand_one(r, l, clock_now(post->clock), h);
	if (r->res == RES_AGAIN && stopping(post))
		return false;
	if (r->res == RES_AGAIN && old)
		r->res = RES_REFUSED;
	if (r->res != RES_OK)
		remember(r, h);
	r->away = r->away || h->away;
	return true;
}

static enum result send_held(struct round *r, const struct letter *l, bool old, int *told)
{
	struct post *post = r->post;
	struct handed h = { .code = CURLE_OK };
	if (!try_one(r, l, old, &h))
		return RES_OK;
	enum result res = write_down(r, l);
	if (res != RES_OK)
		return res;
	if (r->res == RES_AGAIN && !h.away) {
		kept_wait_longer(&post->kept, &l->id, clock_now(post->clock), h.unsure);
	} else if (r->res != RES_AGAIN) {
		kept_wait_no_more(&post->kept, &l->id);
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
	const struct kept_waiting *w = kept_waits(&post->kept, &l->id);
	enum result known;
	bool owed = kept_owed(&post->kept, &l->id, &known), old = instant_day(now).n - l->made.n >= POST_GIVE_UP_DAYS;
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
	w = kept_waits(&post->kept, &l->id);
	if (res == RES_OK && !(w && w->unsure))
		db_let_go(post->db, HELD, &l->id);
	return res;
}

enum result post_waiting(struct tx *tx, int64_t *n_r, struct day *oldest_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &outbox_count, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		*n_r = row_int(rows, 0);
		if (!row_null(rows, 1))
			*oldest_r = (struct day){ (int32_t)row_int(rows, 1) };
	}
	rows_end(&rows);
	return res;
}

/* After a round. */
static void note_away(struct post *post, bool away)
{
	pthread_mutex_lock(&post->lock);
	if (!away)
		post->away_since = (struct instant){ 0 };
	else if (!post->away_since.s)
		post->away_since = clock_now(post->clock);
	pthread_mutex_unlock(&post->lock);
}

int64_t post_away(struct post *post)
{
	struct instant now = clock_now(post->clock);
	pthread_mutex_lock(&post->lock);
	int64_t seconds = post->away_since.s && now.s > post->away_since.s ? now.s - post->away_since.s : 0;
	pthread_mutex_unlock(&post->lock);
	return seconds;
}

int64_t post_accepted(struct post *post, struct day day)
{
	pthread_mutex_lock(&post->lock);
	int64_t n = post->accepted_on.n == day.n ? post->accepted_n : 0;
	pthread_mutex_unlock(&post->lock);
	return n;
}

/* One line a round, however many there were. */
static void say(const struct round *r)
{
	char worst[120];
	if (!r->refused && !r->put_off)
		return;
	handover_say(&r->worst, worst);
	log_world("post", "mails refused for good: %d, put off: %d%s; the first: %s", r->refused, r->put_off,
		  r->away ? ", the rest not tried" : "", worst);
}

/* *away_r: the server took nobody's mail. Written always. */
static enum result settle(struct post *post, int *sent_r, bool *away_r)
{
	struct round *r = must_alloc(1, sizeof(*r));
	int told = 0;
	enum result res;
	r->post = post;
	for (size_t i = 0; i < BATCH; i++) {
		r->letters[i].subject = BUF_LIMIT(POST_SUBJECT_MOST);
		r->letters[i].body = BUF_LIMIT(POST_BODY_MOST);
	}
	pthread_mutex_lock(&post->sending);
	do {
		res = db_read(post->db, list_letters, r);
		for (size_t i = 0; res == RES_OK && i < r->n; i++) {
			r->after = r->letters[i].id;
			res = send_one(r, &r->letters[i], &told);
			if (stopping(post))
				break;
		}
		if (told && post->told)
			post->told(post->told_ctx);
	} while (res == RES_OK && r->n == BATCH && !stopping(post));
	pthread_mutex_unlock(&post->sending);
	say(r);
	*away_r = r->away;
	note_away(post, r->away);
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

enum result post_settle(struct post *post, int *sent_r)
{
	bool away;
	return settle(post, sent_r, &away);
}

/* ---- the thread ---- */

/* True: somebody woke us. */
static bool sleep_a_while(struct post *post, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&post->lock);
	while (!post->woken && !post->stopping)
		if (pthread_cond_timedwait(&post->wake, &post->lock, &until) != 0)
			break;
	bool woken = post->woken;
	post->woken = false;
	pthread_mutex_unlock(&post->lock);
	return woken;
}

static void *run(void *arg)
{
	struct post *post = arg;
	int told, pause = 0, rest = 0;
	bool failed = false;
	while (!stopping(post)) {
		bool away = false;
		if (rest <= 0) {
			bool failed_before = failed;
			failed = settle(post, &told, &away) != RES_OK;
			if (failed && !failed_before)
				log_world("post", "the outbox could not be read or written");
			pause = !away ? 0 : pause == 0 ? FIRST_PAUSE : pause * 2 > LONGEST_AWAY ? LONGEST_AWAY : pause * 2;
			rest = pause;
		}
		if (post->told)
			post->told(post->told_ctx);
		int seconds = failed ? LOOK_AGAIN : LOOK;
		rest = sleep_a_while(post, seconds) ? 0 : rest - seconds;
	}
	return NULL;
}

static struct post_patience patience_of(struct post_patience p)
{
	return (struct post_patience){ p.connect ? p.connect : 30, p.command ? p.command : 120, p.reply ? p.reply : 660 };
}

static char *copy(const char *s)
{
	return s ? must_strdup(s) : NULL;
}

enum result post_new(struct db *db, const struct clock *clock, struct random_source *rnd,
		     const struct post_setup *setup, struct post **post_r)
{
	CURL *curl = curl_easy_init();
	if (!curl)
		return RES_BROKEN;
	struct post *post = must_alloc(1, sizeof(*post));
	post->db = db;
	post->clock = clock;
	post->rnd = rnd;
	post->curl = curl;
	post->setup = (struct post_setup){
		.server = copy(setup->server), .starttls = setup->starttls, .ca_file = copy(setup->ca_file),
		.user = copy(setup->user), .password = copy(setup->password), .from = copy(setup->from),
		.from_name = copy(setup->from_name), .bounce_domain = copy(setup->bounce_domain),
		.message_domain = copy(setup->message_domain), .patience = patience_of(setup->patience),
	};
	pthread_mutex_init(&post->lock, NULL);
	pthread_mutex_init(&post->sending, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&post->wake, &attr);
	pthread_condattr_destroy(&attr);
	*post_r = post;
	return RES_OK;
}

void post_when_told(struct post *post, void (*told)(void *ctx), void *ctx)
{
	post->told = told;
	post->told_ctx = ctx;
}

enum result post_start(struct post *post)
{
	if (pthread_create(&post->thread, NULL, run, post) != 0)
		return RES_BROKEN;
	post->started = true;
	return RES_OK;
}

void post_wake(struct post *post)
{
	pthread_mutex_lock(&post->lock);
	post->woken = true;
	pthread_cond_signal(&post->wake);
	pthread_mutex_unlock(&post->lock);
}

void post_stop(struct post *post)
{
	if (!post->started)
		return;
	pthread_mutex_lock(&post->lock);
	__atomic_store_n(&post->stopping, true, __ATOMIC_RELEASE);
	pthread_cond_signal(&post->wake);
	pthread_mutex_unlock(&post->lock);
	pthread_join(post->thread, NULL);
	post->started = false;
}

void post_free(struct post **p)
{
	struct post *post = *p;
	if (!post)
		return;
	post_stop(post);
	curl_easy_cleanup(post->curl);
	const char *const strings[] = { post->setup.server, post->setup.ca_file, post->setup.user,
					post->setup.password, post->setup.from, post->setup.from_name,
					post->setup.bounce_domain, post->setup.message_domain };
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		free((char *)strings[i]);
	kept_free(&post->kept);
	free(post);
	*p = NULL;
}
