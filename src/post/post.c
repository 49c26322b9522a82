#include "post/post.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "post/mailbox.h"
#include "post/post_inside.h"
#include "post/told.h"

#define FIRST_REST 30    /* seconds after a round that found nobody there, doubled up to */
#define LONGEST_AWAY 300 /* nobody's message waits longer once it is back */
#define MAILBOX 300      /* seconds between two looks into the mailbox of returned mail; our choice */
#define LOOK 15          /* seconds between two looks for bounces, which another process writes */
#define LOOK_AGAIN 1     /* the same when the database did not answer: what is owed is written before another takes the mail up (DB_GRACE) */

SQL(outbox_put, "bitbttttii", "",
    "INSERT INTO outbox (id, way, kind, about, address, subject, body, return_token, made_day, tries) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
SQL(outbox_taken_back, "tb", "", "DELETE FROM outbox WHERE kind = $1 AND about = $2");
SQL(outbox_count, "", "n:i day:i?", "SELECT COUNT(*) AS n, MIN(made_day) AS day FROM outbox");

static bool fits(const struct mail *mail)
{
	if (mail->way == POST_SMS)
		return post_phone_ok(mail->address) && mail->body.n <= POST_SMS_MOST;
	return post_address_ok(mail->address) && mail->subject.n <= POST_SUBJECT_MOST && mail->body.n <= POST_BODY_MOST;
}

enum result post_put(struct tx *tx, struct random_source *rnd, struct day today, const struct mail *mail)
{
	if (strlen(mail->kind) >= KIND_MOST)
		bug("a kind of mail has too long a name: %s", mail->kind);
	if (!fits(mail))
		return RES_BAD;
	unsigned char token[POST_TOKEN / 2];
	char text[POST_TOKEN + 1];
	struct id id = id_new(rnd, "post/message");
	random_fill(rnd, "post/return", token, sizeof(token));
	/* Hexadecimal: some mail servers fold the case of a local part. */
	hex_write(text, token, sizeof(token));
	enum result res = db_do(tx, &outbox_put, NULL, v_id(&id), v_int(mail->way), v_str(mail->kind), v_id(&mail->about),
				v_text(mail->address), v_text(mail->subject), v_text(mail->body), v_str(text),
				v_int(today.n), v_int(0));
	if (res == RES_OK)
		res = told_expect(tx, slice_bytes(text, POST_TOKEN), mail, day_add(today, POST_BOUNCE_DAYS));
	return res;
}

enum result post_take_back(struct tx *tx, const char *kind, const struct id *about, int64_t *n_r)
{
	return db_do(tx, &outbox_taken_back, n_r, v_str(kind), v_id(about));
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

int64_t post_away(struct post *post, enum post_way way)
{
	struct instant now = clock_now(post->clock);
	const struct lane *lane = &post->lane[way];
	pthread_mutex_lock(&post->lock);
	int64_t seconds = lane->away_since.s && now.s > lane->away_since.s ? now.s - lane->away_since.s : 0;
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

/* ---- returned mail ---- */

static enum result take_returned(void *ctx, struct slice token, struct slice message, bool *ours_r)
{
	struct post *post = ctx;
	return post_returned(post->db, post->rnd, post->clock, token, message, ours_r);
}

/* Of several programs on one database one looks. */
static enum result look_into_mailbox(struct post *post, int *n_r)
{
	*n_r = 0;
	if (!post->mailbox)
		return RES_OK;
	pthread_mutex_lock(&post->reading);
	enum result res = db_hold(post->db, "post/mailbox", NULL);
	if (res == RES_OK)
		res = mailbox_round(post->mailbox, &post->stopping, take_returned, post, n_r);
	pthread_mutex_unlock(&post->reading);
	if (*n_r)
		post_tell(post);
	return res == RES_AGAIN ? RES_OK : res;
}

static void *read_on(void *arg)
{
	struct post *post = arg;
	while (!post_is_stopping(post)) {
		struct timespec until;
		int n;
		if (look_into_mailbox(post, &n) != RES_OK)
			log_world("post", "returned mail could not be written down");
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += MAILBOX;
		pthread_mutex_lock(&post->lock);
		while (!post->stopping && pthread_cond_timedwait(&post->wake, &post->lock, &until) == 0)
			;
		pthread_mutex_unlock(&post->lock);
	}
	return NULL;
}

enum result post_settle(struct post *post, int *sent_r)
{
	int sent = 0, returned = 0;
	bool away;
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < POST_WAYS; i++) {
		int by_this_way = 0;
		res = round_settle(&post->lane[i], &by_this_way, &away);
		sent += by_this_way;
	}
	if (res == RES_OK)
		res = look_into_mailbox(post, &returned);
	if (res == RES_OK)
		*sent_r = sent + returned;
	return res;
}

/* ---- the thread ---- */

/* True: somebody woke us. */
static bool sleep_a_while(struct lane *lane, int seconds)
{
	struct post *post = lane->post;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&post->lock);
	while (!lane->woken && !post->stopping)
		if (pthread_cond_timedwait(&post->wake, &post->lock, &until) != 0)
			break;
	bool woken = lane->woken;
	lane->woken = false;
	pthread_mutex_unlock(&post->lock);
	return woken;
}

static void *run(void *arg)
{
	struct lane *lane = arg;
	int told, pause = 0, rest = 0;
	bool failed = false;
	while (!post_is_stopping(lane->post)) {
		bool away = false;
		if (rest <= 0) {
			bool failed_before = failed;
			failed = round_settle(lane, &told, &away) != RES_OK;
			if (failed && !failed_before)
				log_world("post", "the outbox could not be read or written");
			pause = !away ? 0 : pause == 0 ? FIRST_REST : pause * 2 > LONGEST_AWAY ? LONGEST_AWAY : pause * 2;
			rest = pause;
		}
		if (lane->way == POST_MAIL)
			post_tell(lane->post);
		int seconds = failed ? LOOK_AGAIN : LOOK;
		rest = sleep_a_while(lane, seconds) ? 0 : rest - seconds;
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

static void copy_setup(struct post_setup *to, const struct post_setup *from)
{
	const struct post_sms *sms = &from->sms;
	*to = (struct post_setup){
		.server = copy(from->server), .starttls = from->starttls, .ca_file = copy(from->ca_file),
		.user = copy(from->user), .password = copy(from->password), .from = copy(from->from),
		.from_name = copy(from->from_name), .bounce_domain = copy(from->bounce_domain),
		.message_domain = copy(from->message_domain), .patience = patience_of(from->patience),
		.sms = { .gateway = sms->gateway, .quiet = sms->quiet, .patience = sms->patience,
			 .account = { copy(sms->account.user), copy(sms->account.secret), copy(sms->account.from) },
			 .report_base = copy(sms->report_base ? sms->report_base : ""), .ca_file = copy(sms->ca_file) },
	};
}

enum result post_new(struct db *db, const struct clock *clock, struct random_source *rnd,
		     const struct post_setup *setup, struct post **post_r)
{
	struct post *post = must_alloc(1, sizeof(*post));
	post->db = db;
	post->clock = clock;
	post->rnd = rnd;
	copy_setup(&post->setup, setup);
	pthread_mutex_init(&post->lock, NULL);
	pthread_mutex_init(&post->telling, NULL);
	pthread_mutex_init(&post->reading, NULL);
	if (setup->mailbox.where)
		post->mailbox = mailbox_new(&setup->mailbox, setup->bounce_domain);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&post->wake, &attr);
	pthread_condattr_destroy(&attr);
	for (size_t i = 0; i < POST_WAYS; i++) {
		struct lane *lane = &post->lane[i];
		lane->post = post;
		lane->way = (enum post_way)i;
		lane->most = lane->now = 1; /* to a gateway, which answers at once */
		pthread_mutex_init(&lane->sending, NULL);
		pthread_mutex_init(&lane->guard, NULL);
	}
	if (setup->connections < 0 || setup->connections > POST_CONNECTIONS_MOST)
		bug("%d connections to a mail server", setup->connections);
	if (setup->connections)
		post->lane[POST_MAIL].most = post->lane[POST_MAIL].now = setup->connections;
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
	for (size_t i = 0; i < POST_WAYS; i++) {
		if (pthread_create(&post->lane[i].thread, NULL, run, &post->lane[i]) != 0)
			return RES_BROKEN;
		post->lane[i].started = true;
	}
	if (post->mailbox && pthread_create(&post->reader, NULL, read_on, post) != 0)
		return RES_BROKEN;
	post->reads = post->mailbox;
	return RES_OK;
}

void post_wake(struct post *post)
{
	pthread_mutex_lock(&post->lock);
	for (size_t i = 0; i < POST_WAYS; i++)
		post->lane[i].woken = true;
	pthread_cond_broadcast(&post->wake);
	pthread_mutex_unlock(&post->lock);
}

void post_stop(struct post *post)
{
	pthread_mutex_lock(&post->lock);
	__atomic_store_n(&post->stopping, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&post->wake);
	pthread_mutex_unlock(&post->lock);
	for (size_t i = 0; i < POST_WAYS; i++) {
		if (post->lane[i].started)
			pthread_join(post->lane[i].thread, NULL);
		post->lane[i].started = false;
	}
	if (post->reads)
		pthread_join(post->reader, NULL);
	post->reads = false;
}

/* A secret does not outlive its use. */
static void drop(const char *s)
{
	if (s)
		explicit_bzero((char *)s, strlen(s));
	free((char *)s);
}

void post_free(struct post **p)
{
	struct post *post = *p;
	if (!post)
		return;
	post_stop(post);
	mailbox_free(&post->mailbox);
	for (size_t i = 0; i < POST_WAYS; i++) {
		for (size_t k = 0; k < POST_CONNECTIONS_MOST; k++)
			if (post->lane[i].curl[k])
				curl_easy_cleanup(post->lane[i].curl[k]);
		free(post->lane[i].waiting);
		free(post->lane[i].owed);
	}
	const struct post_setup *s = &post->setup;
	const char *const strings[] = { s->server, s->ca_file, s->user, s->password, s->from, s->from_name, s->bounce_domain,
					s->message_domain, s->sms.account.user, s->sms.account.secret, s->sms.account.from,
					s->sms.report_base, s->sms.ca_file };
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		drop(strings[i]);
	free(post);
	*p = NULL;
}
