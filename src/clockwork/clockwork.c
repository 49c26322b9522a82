#include "clockwork/clockwork.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#define MOST_KINDS 32
#define MOST_TOLD 4 /* of a clock that was set back */
#define LONGEST_PAUSE 900 /* seconds between tries of a job that fails */
#define LOOK_AGAIN 2      /* seconds after which a database that did not answer is asked again */
#define LONGEST_SLEEP 30  /* seconds: a job may be put, or the machine's clock set, while we sleep */

struct kind {
	const char *name;
	clockwork_job *run;
	void (*after)(void *room);
	void *room;
};

/* A job that failed and waits. In memory: after a restart it is simply tried again. */
struct failed {
	struct failed *next;
	char kind[64];
	struct id about;
	struct instant again;
	int pause;
};

struct clockwork {
	struct db *db;
	const struct clock *clock;
	struct kind kinds[MOST_KINDS];
	size_t kinds_n;
	struct {
		enum result (*fn)(void *room);
		void *room;
	} told[MOST_TOLD];
	size_t told_n;
	struct instant seen; /* the latest turn's now, of which `told` know */
	struct failed *failed;
	pthread_t thread;
	pthread_mutex_t lock;    /* guards stopping, failed */
	pthread_mutex_t turning; /* one job at a time, whoever asks */
	pthread_cond_t wake;     /* it is to stop */
	bool started, stopping;
};

SQL(job_put, "tbi", "",
    "INSERT INTO job (kind, about, due) VALUES ($1, $2, $3) "
    "ON CONFLICT (kind, about) DO UPDATE SET due = excluded.due");
SQL(job_put_by, "tbi", "",
    "INSERT INTO job (kind, about, due) VALUES ($1, $2, $3) ON CONFLICT (kind, about) DO UPDATE "
    "SET due = CASE WHEN excluded.due < job.due THEN excluded.due ELSE job.due END");
SQL(job_get, "tb", "due:i", "SELECT due FROM job WHERE kind = $1 AND about = $2");
SQL(job_drop, "tb", "", "DELETE FROM job WHERE kind = $1 AND about = $2");
/* Taken by one program at a time: whoever does it holds its row until it is done. */
SQL_CLAIM(job_claim, "tbi", "due:i", "SELECT due FROM job WHERE kind = $1 AND about = $2 AND due = $3");
SQL(job_take, "tbi", "", "DELETE FROM job WHERE kind = $1 AND about = $2 AND due = $3");
SQL(job_first, "", "due:i", "SELECT due FROM job ORDER BY due LIMIT 1");
SQL(job_late, "i", "n:i", "SELECT COUNT(*) AS n FROM job WHERE due < $1");
/* Those due by $1 that come after ($2, $3, $4) in the order in which they are done. No name of ours is longer. */
SQL(job_due, "iitb", "kind:t about:b due:i",
    "SELECT kind, about, due FROM job WHERE due <= $1 AND (due, kind, about) > ($2, $3, $4) "
    "AND LENGTH(kind) < 64 ORDER BY due, kind, about LIMIT 200");

struct clockwork *clockwork_new(struct db *db, const struct clock *clock)
{
	struct clockwork *cw = must_alloc(1, sizeof(*cw));
	cw->db = db;
	cw->clock = clock;
	cw->seen = clock_now(clock);
	pthread_mutex_init(&cw->lock, NULL);
	pthread_mutex_init(&cw->turning, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cw->wake, &attr);
	pthread_condattr_destroy(&attr);
	return cw;
}

void clockwork_kind(struct clockwork *cw, const char *kind, clockwork_job *run, void (*after)(void *room), void *room)
{
	if (cw->kinds_n == MOST_KINDS || strlen(kind) >= sizeof(((struct failed *)0)->kind))
		bug("too many kinds of job, or too long a name: %s", kind);
	cw->kinds[cw->kinds_n++] = (struct kind){ kind, run, after, room };
}

void clockwork_set_back(struct clockwork *cw, enum result (*fn)(void *room), void *room)
{
	if (cw->told_n == MOST_TOLD)
		bug("too many want to know of a clock that goes back");
	cw->told[cw->told_n].fn = fn;
	cw->told[cw->told_n++].room = room;
}

enum result clockwork_put(struct tx *tx, const char *kind, const struct id *about, struct instant due)
{
	return db_do(tx, &job_put, NULL, v_str(kind), v_id(about), v_int(due.s));
}

enum result clockwork_put_by(struct tx *tx, const char *kind, const struct id *about, struct instant due)
{
	return db_do(tx, &job_put_by, NULL, v_str(kind), v_id(about), v_int(due.s));
}

enum result clockwork_due(struct tx *tx, const char *kind, const struct id *about, struct instant *due_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &job_get, &rows, v_str(kind), v_id(about));
	if (res == RES_OK)
		due_r->s = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result clockwork_drop(struct tx *tx, const char *kind, const struct id *about)
{
	return db_do(tx, &job_drop, NULL, v_str(kind), v_id(about));
}

/* ---- one job ---- */

struct job {
	char kind[64];
	struct id about;
	struct instant due;
};

struct turn {
	const struct kind *kind;
	struct job job;
	struct instant now;
	bool gone; /* somebody took or moved it meanwhile, or does it just now */
};

static enum result claim(struct tx *tx, const struct job *job)
{
	struct rows *rows;
	enum result res = db_one(tx, &job_claim, &rows, v_str(job->kind), v_id(&job->about), v_int(job->due.s));
	if (res == RES_OK && row_int(rows, 0) != job->due.s)
		bug("a job is due at another time than it was asked for");
	rows_end(&rows);
	return res;
}

static enum result turn_one(struct tx *tx, void *ctx)
{
	struct turn *t = ctx;
	enum result res = claim(tx, &t->job);
	t->gone = res == RES_NONE;
	if (t->gone)
		return RES_OK;
	if (res == RES_OK)
		res = db_do(tx, &job_take, NULL, v_str(t->job.kind), v_id(&t->job.about), v_int(t->job.due.s));
	if (res != RES_OK)
		return res;
	return t->kind->run(tx, &t->job.about, t->now, t->kind->room);
}

static const struct kind *kind_of(const struct clockwork *cw, const char *name)
{
	for (size_t i = 0; i < cw->kinds_n; i++)
		if (strcmp(cw->kinds[i].name, name) == 0)
			return &cw->kinds[i];
	return NULL;
}

static struct failed **failed_of(struct clockwork *cw, const struct job *job)
{
	struct failed **f = &cw->failed;
	while (*f && !(strcmp((*f)->kind, job->kind) == 0 && id_eq(&(*f)->about, &job->about)))
		f = &(*f)->next;
	return f;
}

/* True while a job that failed is to be left alone. */
static bool resting(struct clockwork *cw, const struct job *job, struct instant now)
{
	pthread_mutex_lock(&cw->lock);
	struct failed *f = *failed_of(cw, job);
	bool rests = f && f->again.s > now.s;
	pthread_mutex_unlock(&cw->lock);
	return rests;
}

static void note(struct clockwork *cw, const struct job *job, enum result res, struct instant now)
{
	pthread_mutex_lock(&cw->lock);
	struct failed **at = failed_of(cw, job), *f = *at;
	if (res == RES_OK) {
		if (f) {
			*at = f->next;
			free(f);
		}
	} else {
		if (!f) {
			f = must_alloc(1, sizeof(*f));
			memcpy(f->kind, job->kind, sizeof(f->kind));
			f->about = job->about;
			f->next = cw->failed;
			cw->failed = f;
		}
		f->pause = f->pause ? f->pause * 2 : 60;
		if (f->pause > LONGEST_PAUSE)
			f->pause = LONGEST_PAUSE;
		f->again = instant_add(now, f->pause);
	}
	pthread_mutex_unlock(&cw->lock);
}

/* A page of what is due. */
struct due_list {
	struct instant now;
	struct job after; /* the page begins behind this one */
	struct job jobs[200];
	size_t n;
};

static enum result list_due(struct tx *tx, void *ctx)
{
	struct due_list *d = ctx;
	struct rows *rows;
	d->n = 0;
	enum result res = db_ask(tx, &job_due, &rows, v_int(d->now.s), v_int(d->after.due.s), v_str(d->after.kind),
				 v_id(&d->after.about));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK && d->n < ARRAY_LEN(d->jobs)) {
		struct job *job = &d->jobs[d->n];
		struct slice kind = row_text(rows, 0);
		if (kind.n >= sizeof(job->kind))
			bug("a kind of job of %zu bytes", kind.n);
		memcpy(job->kind, kind.p, kind.n);
		job->kind[kind.n] = '\0';
		job->about = row_id(rows, 1);
		job->due = (struct instant){ row_int(rows, 2) };
		d->n++;
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

/* A job of a newer program that was started before: all of its kind are left for that one. */
static void leave(struct clockwork *cw, const struct job *job, struct instant now)
{
	struct job all = *job;
	all.about = (struct id){ { 0 } };
	if (resting(cw, &all, now))
		return;
	log_world("clockwork", "jobs %s are of no kind that this program knows: they wait for the newer one that put them", job->kind);
	note(cw, &all, RES_NONE, now);
}

/* Does the first job of this page that is not resting. RES_NONE: there is none. */
static enum result turn_page(struct clockwork *cw, const struct due_list *due)
{
	for (size_t i = 0; i < due->n; i++) {
		struct turn t = { kind_of(cw, due->jobs[i].kind), due->jobs[i], due->now, false };
		if (!t.kind) {
			leave(cw, &t.job, due->now);
			continue;
		}
		if (resting(cw, &t.job, due->now))
			continue;
		enum result ran = db_write(cw->db, turn_one, &t);
		note(cw, &t.job, ran, due->now);
		if (ran != RES_OK) {
			log_world("clockwork", "job %s failed: %s; it stays and is tried again", t.job.kind, result_word(ran));
			continue; /* the others do not wait for it */
		}
		if (t.gone) /* it may still stand there, as long as another program is about it */
			continue;
		if (t.kind->after)
			t.kind->after(t.kind->room);
		return RES_OK;
	}
	return RES_NONE;
}

/* Does the first due job that is not resting, however many rest before it. RES_NONE: there is none. */
static enum result turn(struct clockwork *cw)
{
	struct due_list *due = must_alloc(1, sizeof(*due));
	enum result res;
	due->now = clock_now(cw->clock);
	due->after.due.s = INT64_MIN;
	do {
		res = db_read(cw->db, list_due, due);
		if (res == RES_OK)
			res = turn_page(cw, due);
		if (due->n)
			due->after = due->jobs[due->n - 1];
	} while (res == RES_NONE && due->n == ARRAY_LEN(due->jobs));
	free(due);
	return res;
}

/* What rests by a clock that was wrong is tried at once, and the rooms put their own jobs right. */
static void look_at_clock(struct clockwork *cw)
{
	struct instant now = clock_now(cw->clock);
	enum result res = RES_OK;
	if (now.s < cw->seen.s) {
		pthread_mutex_lock(&cw->lock);
		for (struct failed *f = cw->failed; f; f = f->next)
			f->again = now;
		pthread_mutex_unlock(&cw->lock);
		for (size_t i = 0; i < cw->told_n && res == RES_OK; i++)
			res = cw->told[i].fn(cw->told[i].room);
	}
	if (res == RES_OK)
		cw->seen = now;
}

enum result clockwork_settle(struct clockwork *cw, int *done_r)
{
	int done = 0;
	enum result res;
	pthread_mutex_lock(&cw->turning);
	look_at_clock(cw);
	while ((res = turn(cw)) == RES_OK)
		done++;
	pthread_mutex_unlock(&cw->turning);
	if (res != RES_NONE)
		return res;
	*done_r = done;
	return RES_OK;
}

static enum result first_due(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &job_first, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*(struct instant *)ctx = (struct instant){ row_int(rows, 0) };
	rows_end(&rows);
	return res;
}

enum result clockwork_late(struct tx *tx, struct instant before, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &job_late, &rows, v_int(before.s));
	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result clockwork_next(struct clockwork *cw, struct instant *due_r)
{
	return db_read(cw->db, first_due, due_r);
}

/* ---- the thread ---- */

/* Sleeps until the next job is due or LONGEST_SLEEP has passed. */
static void sleep_a_while(struct clockwork *cw)
{
	struct instant due, now = clock_now(cw->clock);
	int64_t seconds = LONGEST_SLEEP;
	enum result res = clockwork_next(cw, &due);
	if (res != RES_OK && res != RES_NONE)
		seconds = LOOK_AGAIN;
	else if (res == RES_OK && due.s - now.s < seconds)
		seconds = due.s > now.s ? due.s - now.s : 1; /* due, yet not done: it rests */
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&cw->lock);
	while (!cw->stopping)
		if (pthread_cond_timedwait(&cw->wake, &cw->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&cw->lock);
}

static void *run(void *arg)
{
	struct clockwork *cw = arg;
	int done;
	while (!__atomic_load_n(&cw->stopping, __ATOMIC_ACQUIRE)) {
		if (clockwork_settle(cw, &done) != RES_OK)
			log_world("clockwork", "the list of jobs could not be read");
		sleep_a_while(cw);
	}
	return NULL;
}

enum result clockwork_start(struct clockwork *cw)
{
	if (pthread_create(&cw->thread, NULL, run, cw) != 0)
		return RES_BROKEN;
	pthread_setname_np(cw->thread, "clockwork"); /* for whoever looks at the threads */
	cw->started = true;
	return RES_OK;
}

void clockwork_stop(struct clockwork *cw)
{
	if (!cw->started)
		return;
	pthread_mutex_lock(&cw->lock);
	__atomic_store_n(&cw->stopping, true, __ATOMIC_RELEASE);
	pthread_cond_signal(&cw->wake);
	pthread_mutex_unlock(&cw->lock);
	pthread_join(cw->thread, NULL);
	cw->started = false;
}

void clockwork_free(struct clockwork **cw)
{
	if (!*cw)
		return;
	clockwork_stop(*cw);
	for (struct failed *f = (*cw)->failed, *next; f; f = next) {
		next = f->next;
		free(f);
	}
	free(*cw);
	*cw = NULL;
}
