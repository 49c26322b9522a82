#include "haven/caller/caller.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "call/call.h"
#include "door/door.h"
#include "haven/caller/caller_rules.h"
#include "haven/directory/directory.h"

#define WAIT 25       /* seconds of the long poll */
#define MOST_DOORS 8
#define ASKS "caller/asks" /* held by whoever of our processes asks */
#define STAND_BY 3 /* seconds between looks whether it is our turn to ask; our choice */
#define PAUSE_MOST 30 /* seconds between tries while duty does not answer */

struct caller {
	struct caller_setup setup;
	pthread_t asking, telling;
	pthread_mutex_t lock, telling_lock;
	pthread_cond_t wake;
	struct call_line *ask, *tell; /* a connection each */
	char *own, *also; /* what `sockets` points into */
	const char *sockets[MOST_DOORS]; /* paths of the door, one for each process of duty's */
	size_t sockets_n, at; /* at: the one that is called */
	bool started, woken, stopping;
	struct caller_trouble trouble; /* on the asking thread alone */
	const char *says;              /* for caller_trouble; read by others */
	bool refused;                  /* what we tell; likewise */
};

static bool stopping(struct caller *c)
{
	return __atomic_load_n(&c->stopping, __ATOMIC_ACQUIRE);
}

/* ---- one call ---- */

/* Ends a call early when we are to stop. */
static bool unwanted(void *ctx)
{
	return stopping(ctx);
}

/* GET without a body, POST with one. RES_OK on 200 and 204; RES_BAD on any other answer; RES_BROKEN without one, and on 5xx,
   which pass. */
static enum result call(struct caller *c, struct call_line *line, const char *path, const struct buf *body, int seconds,
			struct buf *out)
{
	size_t at = __atomic_load_n(&c->at, __ATOMIC_ACQUIRE);
	struct buf where = BUF_LIMIT(4096);
	int status = 0;
	buf_printf(&where, "unix:%s", c->sockets[at]);
	const struct call_question q = {
		.where = where.p, .path = path, .json = body, .seconds = seconds + 10, .unwanted = unwanted, .ctx = c,
	};
	enum result res = call_ask(line, &q, &status, out);
	buf_free(&where);
	if (res == RES_OK && (status == 200 || status == 204))
		return RES_OK;
	/* More than we read is an answer, too. */
	if (res == RES_BAD || (res == RES_OK && status < 500))
		return RES_BAD;
	/* The next process of duty's, unless the other thread has turned to it meanwhile. */
	__atomic_compare_exchange_n(&c->at, &at, (at + 1) % c->sockets_n, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	return RES_BROKEN;
}

static void say(struct caller *c, const char *words)
{
	__atomic_store_n(&c->says, words, __ATOMIC_RELEASE);
}

const char *caller_trouble(struct caller *c)
{
	const char *says = __atomic_load_n(&c->says, __ATOMIC_ACQUIRE);
	if (!says && __atomic_load_n(&c->refused, __ATOMIC_ACQUIRE))
		return "duty refuses what we tell it at the door: it hears neither whom an offer was sent nor who was reached";
	return says;
}

/* On the telling thread alone. A refusal lasts until duty takes something: a silence between is no end of it. */
static void notice_telling(struct caller *c, enum result res)
{
	if (stopping(c) || (res != RES_OK && res != RES_BAD) || c->refused == (res == RES_BAD))
		return;
	__atomic_store_n(&c->refused, res == RES_BAD, __ATOMIC_RELEASE);
	if (res == RES_BAD)
		log_world("caller", "duty refuses what we tell it at the door, and hears nothing more until that is mended; "
				    "do both programs have the same version?");
	else
		log_fact("caller", "duty takes again what we tell it at the door");
}

/* On the asking thread alone. */
static void notice(struct caller *c, enum caller_try came)
{
	if (stopping(c))
		return;
	switch (caller_word(&c->trouble, came, clock_now(c->setup.clock))) {
	case CALLER_NOTHING:
		break;
	case CALLER_SILENT:
		log_fact("caller", "duty does not answer at the door yet; we go on trying");
		break;
	case CALLER_STILL_SILENT:
		say(c, "duty does not answer at the door: nobody new is offered support");
		log_world("caller", "duty has not answered at the door for %d minutes; we go on trying",
			  CALLER_PATIENCE / 60);
		break;
	case CALLER_CANNOT_READ:
		say(c, "what duty says at the door is no message of it: nobody new is offered support");
		log_world("caller", "what duty says at the door is no message of it: nobody new is offered support until that is mended; "
				    "do both programs have the same version?");
		break;
	case CALLER_CANNOT_STORE:
		say(c, "what duty says at the door cannot be stored");
		log_world("caller", "what duty says at the door cannot be stored; we go on trying");
		break;
	case CALLER_BACK:
		say(c, NULL);
		log_fact("caller", "duty answers at the door");
		break;
	}
}

/* ---- asking ---- */

/* One round. */
struct asking {
	struct call_line *line;
	int done; /* what came through */
	enum caller_try came;
};

/* An answer to a call, by what call() or a reader says of it. */
static enum result heard(struct asking *k, enum result res)
{
	k->came = res == RES_OK ? CALLER_UNSTORED : res == RES_BAD ? CALLER_UNREADABLE : CALLER_UNANSWERED;
	return res;
}

struct cursor {
	const char *what;
	struct directory_cursor at;
};

static enum result cursor_work(struct tx *tx, void *ctx)
{
	struct cursor *cur = ctx;
	return directory_cursor(tx, cur->what, &cur->at);
}

/* What to ask: "PATH?after=REV&life=ID". */
static const char *asking_after(struct arena *a, const char *path, const struct cursor *cur)
{
	const char *asked = arena_printf(a, "%s?after=%lld", path, (long long)cur->at.rev);
	return id_is_zero(&cur->at.life) ? asked : arena_printf(a, "%s&life=%s", asked, id_text(&cur->at.life).s);
}

/* Whether an answer moves the cursor. In another life of duty's it may move back: then we hear everything again. */
static bool moves(const struct cursor *cur, int64_t to, const struct id *life)
{
	return to != cur->at.rev || !id_eq(life, &cur->at.life);
}

struct taking_people {
	struct offers *offers;
	const struct door_people *people;
};

/* Whom a supporter was to call waits for nobody who has just left. */
static enum result take_people(struct tx *tx, void *ctx)
{
	struct taking_people *t = ctx;
	enum result res = directory_take(tx, t->people);
	if (res == RES_OK)
		res = offers_let_go(tx, t->offers);
	/* With the last of them: an old message brings back nobody who has left. */
	return res == RES_OK && !t->people->more ? offers_forget_left(tx) : res;
}

/* Changes to the directory until there are no more. */
static enum result ask_people(struct caller *c, struct asking *k)
{
	bool more = true;
	enum result res = RES_OK;
	while (res == RES_OK && more && !stopping(c)) {
		struct arena *a = arena_new();
		struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
		struct cursor cur = { .what = "people" };
		struct door_people people = { 0 };
		res = db_read(c->setup.db, cursor_work, &cur);
		if (res == RES_OK)
			res = heard(k, call(c, k->line, asking_after(a, DOOR_PEOPLE_PATH, &cur), NULL, 30, &out));
		if (res == RES_OK)
			res = heard(k, door_read_people(a, buf_get(&out), &people));
		struct taking_people t = { c->setup.offers, &people };
		if (res == RES_OK && (people.n || moves(&cur, people.to, &people.life)))
			res = db_write(c->setup.db, take_people, &t);
		more = people.more;
		k->done += (int)people.n;
		buf_free(&out);
		arena_free(&a);
	}
	return res;
}

struct taking {
	struct offers *offers;
	struct groups *groups;
	const struct door_incidents *incidents;
};

static enum result take_incident(struct tx *tx, struct taking *t, const struct door_incident *in)
{
	enum result res = offers_take(tx, t->offers, in);
	return res == RES_OK ? groups_take(tx, t->groups, in) : res;
}

static enum result take_incidents(struct tx *tx, void *ctx)
{
	struct taking *t = ctx;
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < t->incidents->n; i++)
		res = take_incident(tx, t, &t->incidents->list[i]);
	return res == RES_OK ? directory_cursor_set(tx, "incidents",
							     &(struct directory_cursor){ t->incidents->to, t->incidents->life })
			     : res;
}

static enum result ask_incidents(struct caller *c, struct asking *k, int wait, bool *more_r)
{
	struct arena *a = arena_new();
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
	struct cursor cur = { .what = "incidents" };
	struct door_incidents incidents = { 0 };
	enum result res = db_read(c->setup.db, cursor_work, &cur);
	if (res == RES_OK)
		res = heard(k, call(c, k->line, arena_printf(a, "%s&wait=%d", asking_after(a, DOOR_INCIDENTS_PATH, &cur), wait), NULL, wait,
				    &out));
	if (res == RES_OK)
		res = heard(k, door_read_incidents(a, buf_get(&out), &incidents));
	/* Somebody affected may be newer than our copy of the directory. */
	if (res == RES_OK && incidents.n)
		res = ask_people(c, k);
	if (res == RES_OK && (incidents.n || moves(&cur, incidents.to, &incidents.life))) {
		struct taking t = { c->setup.offers, c->setup.groups, &incidents };
		res = db_write(c->setup.db, take_incidents, &t);
		if (res == RES_OK && incidents.n) {
			k->done += (int)incidents.n;
			c->setup.mail_waits(c->setup.mail_ctx);
			caller_wake(c); /* whom no message can reach is told at once */
		}
	}
	*more_r = incidents.more;
	buf_free(&out);
	arena_free(&a);
	return res;
}

/* Two at once do no harm: what was taken twice is known the second time. */
static enum result ask_all(struct caller *c, struct asking *k, int wait)
{
	bool more = true;
	k->came = CALLER_UNSTORED; /* until a call says otherwise it is our own database that fails */
	enum result res = ask_people(c, k);
	while (res == RES_OK && more && !stopping(c))
		res = ask_incidents(c, k, wait, &more);
	if (res == RES_OK)
		k->came = CALLER_TAKEN;
	return res;
}

/* ---- telling ---- */

struct facts {
	struct arena *a;
	struct door_facts facts;
};

static enum result facts_work(struct tx *tx, void *ctx)
{
	struct facts *f = ctx;
	return offers_facts(tx, f->a, &f->facts);
}

static enum result told_work(struct tx *tx, void *ctx)
{
	return offers_facts_told(tx, ctx);
}

static enum result tell_all(struct caller *c, int *done)
{
	enum result res = RES_OK;
	size_t n = 1;
	pthread_mutex_lock(&c->telling_lock);
	while (res == RES_OK && n && !stopping(c)) {
		struct facts f = { .a = arena_new() };
		struct buf body = BUF_LIMIT(DOOR_BYTES_MOST), out = BUF_LIMIT(4096);
		res = db_read(c->setup.db, facts_work, &f);
		n = f.facts.n;
		if (res == RES_OK && n) {
			door_write_facts(&body, &f.facts);
			res = call(c, c->tell, DOOR_FACTS_PATH, &body, 30, &out);
			if (res == RES_OK)
				res = db_write(c->setup.db, told_work, &f.facts);
			if (res == RES_OK)
				*done += (int)n;
		}
		buf_free(&body);
		buf_free(&out);
		arena_free(&f.a);
	}
	pthread_mutex_unlock(&c->telling_lock);
	return res;
}

/* ---- threads ---- */

/* Waits until woken, at most so long. */
static void pause_for(struct caller *c, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&c->lock);
	while (!c->woken && !c->stopping)
		if (pthread_cond_timedwait(&c->wake, &c->lock, &until) != 0)
			break;
	c->woken = false;
	pthread_mutex_unlock(&c->lock);
}

static void rest(struct caller *c, int seconds)
{
	for (int i = 0; i < seconds && !stopping(c); i++)
		nanosleep(&(struct timespec){ 1, 0 }, NULL);
}

static void *ask_thread(void *arg)
{
	struct caller *c = arg;
	int pause = 1;
	size_t failed = 0;
	while (!stopping(c)) {
		struct asking k = { .line = c->ask, .came = CALLER_UNSTORED };
		enum result res = db_hold(c->setup.db, ASKS, NULL);
		if (res == RES_AGAIN) {
			rest(c, STAND_BY);
			continue;
		}
		if (res == RES_OK)
			res = ask_all(c, &k, WAIT);
		/* Nobody is silent as long as another process of duty's may answer. */
		failed = res == RES_BROKEN && k.came == CALLER_UNANSWERED ? failed + 1 : 0;
		if (failed && failed < c->sockets_n)
			continue;
		notice(c, k.came);
		if (res == RES_OK) {
			pause = 1;
			continue;
		}
		rest(c, pause);
		pause = pause * 2 > PAUSE_MOST ? PAUSE_MOST : pause * 2;
	}
	return NULL;
}

static void *tell_thread(void *arg)
{
	struct caller *c = arg;
	while (!stopping(c)) {
		int done = 0;
		enum result res = tell_all(c, &done);
		notice_telling(c, res);
		pause_for(c, res == RES_OK ? 60 : 5);
	}
	return NULL;
}

/* False: too many. */
static bool list_doors(struct caller *c)
{
	char *rest = c->also;
	c->sockets[c->sockets_n++] = c->own;
	for (char *path; (path = strsep(&rest, " "));) {
		if (!*path)
			continue;
		if (c->sockets_n == MOST_DOORS)
			return false;
		c->sockets[c->sockets_n++] = path;
	}
	return true;
}

enum result caller_new(const struct caller_setup *setup, struct caller **c_r)
{
	if (strncmp(setup->door, "unix:", 5) != 0)
		return RES_BAD;
	struct caller *c = must_alloc(1, sizeof(*c));
	c->setup = *setup;
	c->setup.door = c->setup.also = NULL; /* may go with the caller's stack */
	c->own = must_strdup(setup->door + strlen("unix:"));
	c->also = must_strdup(setup->also ? setup->also : "");
	if (!list_doors(c)) {
		caller_free(&c);
		return RES_BAD;
	}
	c->ask = call_line_new();
	c->tell = call_line_new();
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->telling_lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attr);
	pthread_condattr_destroy(&attr);
	*c_r = c;
	return RES_OK;
}

enum result caller_start(struct caller *c)
{
	if (pthread_create(&c->asking, NULL, ask_thread, c) != 0)
		return RES_BROKEN;
	if (pthread_create(&c->telling, NULL, tell_thread, c) != 0)
		bug("one thread of the caller started and the other did not");
	c->started = true;
	return RES_OK;
}

void caller_wake(struct caller *c)
{
	pthread_mutex_lock(&c->lock);
	c->woken = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
}

void caller_stop(struct caller *c)
{
	if (!c->started)
		return;
	pthread_mutex_lock(&c->lock);
	__atomic_store_n(&c->stopping, true, __ATOMIC_RELEASE);
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->asking, NULL);
	pthread_join(c->telling, NULL);
	c->started = false;
}

void caller_free(struct caller **c)
{
	if (!*c)
		return;
	caller_stop(*c);
	call_line_free(&(*c)->ask);
	call_line_free(&(*c)->tell);
	free((*c)->own);
	free((*c)->also);
	free(*c);
	*c = NULL;
}

enum result caller_settle(struct caller *c, int *done_r)
{
	struct asking k = { .line = call_line_new() }; /* the thread's own is busy with a long poll */
	enum result res = tell_all(c, &k.done);
	if (res == RES_OK)
		res = ask_all(c, &k, 0);
	if (res == RES_OK)
		res = tell_all(c, &k.done);
	call_line_free(&k.line);
	if (res == RES_OK)
		*done_r = k.done;
	return res;
}
