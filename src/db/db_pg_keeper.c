/* PostgreSQL: what holds between several programs on one database. One connection keeps it all: what we hold and as what we
   are counted are advisory locks of its session, which the server lets go when the session ends; what is told comes to it
   by LISTEN and NOTIFY. Nothing of it is in a table or in the write-ahead log; pg_notify holds it for a while. A thread waits for what is told, and makes the
   connection anew when it was lost. */
#include "db/db_pg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

#define COUNTED_MOST 4
#define LOOK_MS 2000 /* between two looks at a connection that was lost */
#define TEXT_MOST ((size_t)1 << 15)

struct held {
	char name[DB_HELD_MOST];
	bool lost; /* with the connection; we may have it back at once */
};

struct told {
	struct told *next;
	const char *what;
	char words[DB_WORDS_MOST + 1];
};

struct pg_keeper {
	struct pg_db *d;
	pthread_mutex_t lock; /* of everything below */
	struct pg_conn conn;
	bool met, missed;     /* connected before; and since then anew, which the ears do not know yet */
	int64_t remade;       /* uptime() when it was connected anew */
	struct held *held;
	size_t held_n, held_room;
	char counted[COUNTED_MOST][DB_HELD_MOST];
	size_t counted_n;
	struct told *first, **last; /* heard, for the thread to hand on */
	size_t listening;     /* to so many of the ears */
	pthread_t thread;
	int stir[2];          /* a pipe: look again */
	bool running, stopping;
};

/* Seconds since the machine's start: not the workplace's clock. */
static int64_t uptime(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return t.tv_sec;
}

static struct pg_keeper *keeper_of(struct pg_db *d)
{
	pthread_mutex_lock(&d->keeping);
	struct pg_keeper *k = d->keeper;
	if (!k) {
		k = must_alloc(1, sizeof(*k));
		k->d = d;
		k->last = &k->first;
		k->stir[0] = k->stir[1] = -1;
		pthread_mutex_init(&k->lock, NULL);
		d->keeper = k;
	}
	pthread_mutex_unlock(&d->keeping);
	return k;
}

static void stir(struct pg_keeper *k)
{
	if (k->stir[1] >= 0 && write(k->stir[1], "x", 1) != 1 && errno != EAGAIN)
		log_world("db", "the thread that hears the database cannot be woken: %s", strerror(errno));
}

/* ---- the connection, all under the lock ---- */

static void take_told(struct pg_keeper *k)
{
	PGnotify *n;
	while ((n = PQnotifies(k->conn.pg)) != NULL) {
		for (size_t i = 0; i < k->d->db.ears_n; i++) {
			if (strcmp(k->d->db.ears[i].what, n->relname) != 0)
				continue;
			struct told *t = must_alloc(1, sizeof(*t));
			t->what = k->d->db.ears[i].what;
			snprintf(t->words, sizeof(t->words), "%s", n->extra);
			*k->last = t;
			k->last = &t->next;
			break; /* db_told runs all ears of the same word */
		}
		PQfreemem(n);
	}
	if (k->first)
		stir(k);
}

static void lost(struct pg_keeper *k)
{
	pg_hang_up(&k->conn);
	k->listening = 0;
	for (size_t i = 0; i < k->held_n; i++)
		k->held[i].lost = true;
}

/* A sentence that gives one truth value, or nothing. RES_OK: true. RES_AGAIN: false. RES_BROKEN: it failed, and the connection is
   given up. Names and words go as parameters. */
static enum result ask(struct pg_keeper *k, const char *text, const char *one, const char *two)
{
	const char *const values[] = { one, two };
	PGresult *r = PQexecParams(k->conn.pg, text, !one ? 0 : !two ? 1 : 2, NULL, values, NULL, NULL, 0);
	enum result res = RES_BROKEN;
	if (PQresultStatus(r) == PGRES_COMMAND_OK)
		res = RES_OK;
	else if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1)
		res = PQgetvalue(r, 0, 0)[0] == 'f' ? RES_AGAIN : RES_OK;
	PQclear(r);
	if (res == RES_BROKEN)
		lost(k);
	else
		take_told(k);
	return res;
}

static enum result listen_to(struct pg_keeper *k)
{
	enum result res = RES_OK;
	while (res == RES_OK && k->listening < k->d->db.ears_n) {
		char text[128], *quoted = PQescapeIdentifier(k->conn.pg, k->d->db.ears[k->listening].what,
							     strlen(k->d->db.ears[k->listening].what));
		snprintf(text, sizeof(text), "LISTEN %s", quoted ? quoted : "");
		PQfreemem(quoted);
		res = ask(k, text, NULL, NULL);
		k->listening += res == RES_OK;
	}
	return res;
}

/* Counted again as before. Whoever is about to be the first now has that done in a moment. */
static enum result count_again(struct pg_keeper *k)
{
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < k->counted_n; i++)
		res = ask(k, "SELECT pg_advisory_lock_shared(hashtextextended($1, 0)) IS NULL", k->counted[i], NULL) == RES_BROKEN
			  ? RES_BROKEN
			  : RES_OK;
	return res;
}

static enum result ready(struct pg_keeper *k)
{
	if (k->conn.pg && PQstatus(k->conn.pg) == CONNECTION_OK)
		return listen_to(k);
	lost(k);
	if (!pg_ready(k->d, &k->conn))
		return RES_BROKEN;
	/* What is told is worth no wait for the disk, or for a standby. */
	enum result res = pg_command(&k->conn, "SET synchronous_commit = off") ? count_again(k) : RES_BROKEN;
	if (res == RES_OK)
		res = listen_to(k);
	if (res != RES_OK) {
		lost(k);
		return res;
	}
	if (k->met) {
		k->remade = uptime();
		k->missed = true;
		stir(k);
	}
	k->met = true;
	return RES_OK;
}

/* ---- holding ---- */

static struct held *held_of(struct pg_keeper *k, const char *name)
{
	for (size_t i = 0; i < k->held_n; i++)
		if (!strcmp(k->held[i].name, name))
			return &k->held[i];
	return NULL;
}

static void drop(struct pg_keeper *k, struct held *h)
{
	*h = k->held[--k->held_n];
}

static void keep(struct pg_keeper *k, const char *name)
{
	if (k->held_n == k->held_room)
		k->held = must_realloc(k->held, k->held_room = k->held_room ? k->held_room * 2 : 16, sizeof(*k->held));
	struct held *h = &k->held[k->held_n++];
	snprintf(h->name, sizeof(h->name), "%s", name);
	h->lost = false;
}

static enum result hold(struct pg_keeper *k, const char *name)
{
	struct held *h = held_of(k, name);
	if (h && !h->lost)
		return ask(k, "SELECT true", NULL, NULL); /* it would say so if the connection had gone */
	if (!h && k->remade && uptime() - k->remade < DB_GRACE)
		return RES_AGAIN;
	enum result res = ask(k, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name, NULL);
	if (res == RES_OK && h)
		h->lost = false;
	else if (res == RES_OK)
		keep(k, name);
	else if (res == RES_AGAIN && h)
		drop(k, h);
	return res;
}

enum result pg_hold(struct db *db, const char *name)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	enum result res = RES_BROKEN;
	pthread_mutex_lock(&k->lock);
	/* Twice, if the connection was lost since it was used last. */
	for (int try = 0; try < 2 && res == RES_BROKEN; try++) {
		res = ready(k);
		if (res == RES_OK)
			res = hold(k, name);
		else
			break;
	}
	pthread_mutex_unlock(&k->lock);
	return res;
}

void pg_let_go(struct db *db, const char *name)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	pthread_mutex_lock(&k->lock);
	struct held *h = held_of(k, name);
	bool there = h && !h->lost;
	if (h)
		drop(k, h);
	if (there && ask(k, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", name, NULL) == RES_AGAIN)
		bug("what we hold was not held");
	pthread_mutex_unlock(&k->lock);
}

/* ---- the first of several ---- */

/* Alone, or after whoever is just being the first. */
static enum result first(struct pg_keeper *k, const char *name, db_work *work, void *ctx)
{
	enum result res = ready(k);
	if (res == RES_OK)
		res = ask(k, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name, NULL);
	bool alone = res == RES_OK;
	if (alone)
		res = db_write(&k->d->db, work, ctx);
	else if (res == RES_AGAIN)
		res = RES_OK;
	if (res == RES_OK && ask(k, "SELECT pg_advisory_lock_shared(hashtextextended($1, 0)) IS NULL", name, NULL) == RES_BROKEN)
		res = RES_BROKEN;
	if (alone && res != RES_BROKEN && ask(k, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", name, NULL) == RES_BROKEN)
		res = RES_BROKEN;
	return res;
}

enum result pg_first(struct db *db, const char *name, db_work *work, void *ctx)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	bool counted = false;
	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < k->counted_n; i++)
		counted |= !strcmp(k->counted[i], name);
	if (!counted && k->counted_n == COUNTED_MOST)
		bug("a program is counted as too much: %s", name);
	enum result res = first(k, name, work, ctx);
	if (res == RES_OK && !counted)
		snprintf(k->counted[k->counted_n++], DB_HELD_MOST, "%s", name);
	pthread_mutex_unlock(&k->lock);
	return res;
}

/* ---- telling and hearing ---- */

void pg_tell(struct db *db, const char *what, struct slice words)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	struct buf text = BUF_SECRET(TEXT_MOST);
	enum result res = RES_BROKEN;
	buf_slice(&text, words);
	buf_str(&text, "");
	pthread_mutex_lock(&k->lock);
	for (int try = 0; try < 2 && res == RES_BROKEN; try++) {
		res = ready(k);
		if (res != RES_OK)
			break;
		res = ask(k, "SELECT pg_notify($1, $2) IS NULL", what, text.p);
	}
	pthread_mutex_unlock(&k->lock);
	if (res == RES_BROKEN)
		db_told(db, what, words); /* those in this program at least */
	buf_wipe(&text);
	buf_free(&text);
}

/* Hands on what was heard, outside the lock: who hears may tell. */
static void hand_on(struct pg_keeper *k)
{
	pthread_mutex_lock(&k->lock);
	struct told *list = k->first;
	bool missed = k->missed;
	k->first = NULL;
	k->last = &k->first;
	k->missed = false;
	pthread_mutex_unlock(&k->lock);
	if (missed)
		db_told(&k->d->db, NULL, (struct slice){ NULL, 0 });
	while (list) {
		struct told *t = list;
		list = t->next;
		db_told(&k->d->db, t->what, slice_of(t->words));
		explicit_bzero(t, sizeof(*t));
		free(t);
	}
}

static void *run(void *arg)
{
	struct pg_keeper *k = arg;
	for (;;) {
		char bytes[64];
		pthread_mutex_lock(&k->lock);
		if (k->stopping) {
			pthread_mutex_unlock(&k->lock);
			return NULL;
		}
		bool up = ready(k) == RES_OK;
		struct pollfd fds[2] = { { k->stir[0], POLLIN, 0 }, { up ? PQsocket(k->conn.pg) : -1, POLLIN, 0 } };
		pthread_mutex_unlock(&k->lock);
		hand_on(k);
		if (poll(fds, 2, up ? -1 : LOOK_MS) < 0 && errno != EINTR)
			log_world("db", "waiting for what the database tells: %s", strerror(errno));
		while (fds[0].revents && read(k->stir[0], bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes))
			;
		pthread_mutex_lock(&k->lock);
		if (up && k->conn.pg && PQsocket(k->conn.pg) == fds[1].fd && fds[1].revents) {
			if (!PQconsumeInput(k->conn.pg) || PQstatus(k->conn.pg) != CONNECTION_OK)
				lost(k);
			else
				take_told(k);
		}
		pthread_mutex_unlock(&k->lock);
	}
}

void pg_hear(struct db *db)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	pthread_mutex_lock(&k->lock);
	if (!k->running) {
		if (pipe2(k->stir, O_CLOEXEC | O_NONBLOCK) != 0 || pthread_create(&k->thread, NULL, run, k) != 0)
			bug("no thread to hear the database");
		k->running = true;
	}
	stir(k);
	pthread_mutex_unlock(&k->lock);
}

void pg_deaf(struct db *db)
{
	struct pg_keeper *k = keeper_of((struct pg_db *)db);
	if (!k->running)
		return;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	stir(k);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	pthread_mutex_lock(&k->lock);
	close(k->stir[0]);
	close(k->stir[1]);
	k->stir[0] = k->stir[1] = -1;
	k->running = k->stopping = false;
	pthread_mutex_unlock(&k->lock);
}

void pg_keeper_end(struct pg_db *d)
{
	struct pg_keeper *k = d->keeper;
	if (!k)
		return;
	pg_deaf(&d->db);
	pg_hang_up(&k->conn);
	while (k->first) {
		struct told *t = k->first;
		k->first = t->next;
		free(t);
	}
	free(k->held);
	pthread_mutex_destroy(&k->lock);
	free(k);
	d->keeper = NULL;
}
