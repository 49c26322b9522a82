#include "service/service_look.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>

#define LATE 300 /* seconds; our choice: a job is done within half a minute, and a first failure is tried again after one */

struct service_look {
	struct service *service;
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t wants, has;
	int64_t asked, answered; /* questions so far; one at a time */
	struct service_looked last;
	bool stopping;
};

struct asking {
	struct instant now;
	struct service_looked *l;
};

static enum result ask(struct tx *tx, void *ctx)
{
	struct asking *a = ctx;
	struct service_looked *l = a->l;
	struct day oldest = instant_day(a->now);
	enum result res = post_waiting(tx, &l->mails_waiting, &oldest);
	if (res == RES_OK)
		res = clockwork_late(tx, instant_add(a->now, -LATE), &l->jobs_late);
	if (res == RES_OK)
		res = clockwork_late(tx, instant_add(a->now, -HEALTH_JOB_LATE), &l->health.jobs_late);
	l->health.mail_days = instant_day(a->now).n - oldest.n;
	return res;
}

/* Megabytes left for us where the program's folder lies, which is the working directory. */
static int64_t free_megabytes(void)
{
	struct statvfs fs;
	return statvfs(".", &fs) == 0 ? (int64_t)(fs.f_bavail * (fs.f_frsize >> 10) >> 10) : -1;
}

static void look(struct service *s, struct service_looked *l)
{
	struct asking a = { clock_now(s->clock), l };
	enum result res = db_read(s->db, ask, &a);
	if (res == RES_OK)
		res = db_bytes(s->db, &l->database_bytes);
	l->health.database = res == RES_OK ? HEALTH_ANSWERS : HEALTH_FAILS;
}

static void *run(void *arg)
{
	struct service_look *l = arg;
	pthread_mutex_lock(&l->lock);
	while (!l->stopping) {
		if (l->asked == l->answered) {
			pthread_cond_wait(&l->wants, &l->lock);
			continue;
		}
		struct service_looked looked = { 0 };
		pthread_mutex_unlock(&l->lock);
		look(l->service, &looked);
		pthread_mutex_lock(&l->lock);
		l->last = looked;
		l->answered = l->asked;
		pthread_cond_broadcast(&l->has);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* Whether the question was answered by then. */
static bool asked(struct service_look *l, int patience, struct service_looked *looked_r)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += patience / 1000;
	until.tv_nsec += patience % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&l->lock);
	if (l->asked == l->answered)
		l->asked++;
	int64_t mine = l->asked;
	pthread_cond_signal(&l->wants);
	int waited = 0;
	while (l->answered < mine && waited == 0)
		waited = pthread_cond_timedwait(&l->has, &l->lock, &until);
	bool answered = l->answered >= mine;
	if (answered)
		*looked_r = l->last;
	pthread_mutex_unlock(&l->lock);
	return answered;
}

void service_look_now(struct service_look *l, int patience, struct service_looked *looked_r)
{
	struct service *s = l->service;
	struct service_looked looked = { 0 };
	if (!asked(l, patience, &looked))
		looked.health.database = HEALTH_SILENT;
	/* These do not go by the database. */
	looked.health.free_mb = free_megabytes();
	looked.health.mail_away = s->post ? post_away(s->post, POST_MAIL) : 0;
	looked.health.sms_away = s->post ? post_away(s->post, POST_SMS) : 0;
	looked.health.trouble = s->trouble ? s->trouble(s->trouble_ctx) : NULL;
	*looked_r = looked;
}

enum result service_look_new(struct service *s, struct service_look **l_r)
{
	struct service_look *l = must_alloc(1, sizeof(*l));
	pthread_condattr_t attr;
	l->service = s;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wants, &attr);
	pthread_cond_init(&l->has, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&l->thread, NULL, run, l) != 0) {
		free(l);
		return RES_BROKEN;
	}
	*l_r = l;
	return RES_OK;
}

void service_look_free(struct service_look **l)
{
	if (!*l)
		return;
	pthread_mutex_lock(&(*l)->lock);
	(*l)->stopping = true;
	pthread_cond_signal(&(*l)->wants);
	pthread_mutex_unlock(&(*l)->lock);
	pthread_join((*l)->thread, NULL);
	free(*l);
	*l = NULL;
}
