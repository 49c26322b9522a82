#include "service/service_watchdog.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/notify.h"

struct service_watchdog {
	struct service *service;
	int every; /* milliseconds */
	int64_t longest;
	pthread_t thread;
	pthread_mutex_t look; /* held for as long as one look takes; guards the next */
	int64_t drains_until; /* steady seconds; 0: the loop turns */
	pthread_mutex_t lock; /* guards stopping */
	pthread_cond_t stir;
	bool stopping;
};

/* Never 0. */
static int64_t steady_seconds(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return t.tv_sec + 1;
}

static bool alive(struct service_watchdog *w)
{
	pthread_mutex_lock(&w->look);
	bool lives = db_stuck(w->service->db) < w->longest &&
		     (w->drains_until ? steady_seconds() < w->drains_until : web_turns(w->service->web, w->every / 2));
	pthread_mutex_unlock(&w->look);
	return lives;
}

/* False: we are to stop. */
static bool rest(struct service_watchdog *w)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += w->every / 1000;
	until.tv_nsec += w->every % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&w->lock);
	while (!w->stopping && pthread_cond_timedwait(&w->stir, &w->lock, &until) == 0)
		;
	bool on = !w->stopping;
	pthread_mutex_unlock(&w->lock);
	return on;
}

static void *run(void *arg)
{
	struct service_watchdog *w = arg;
	bool lived = true;
	do {
		bool lives = alive(w);
		if (lives)
			notify_manager("WATCHDOG=1");
		if (lived && !lives)
			log_world("service", "the program stands still: the service manager is no longer told that it lives");
		else if (!lived && lives)
			log_fact("service", "what stood still goes on");
		lived = lives;
	} while (rest(w));
	return NULL;
}

enum result service_watchdog_start(struct service *s, int64_t longest, struct service_watchdog **w_r)
{
	int watched = notify_watched();
	*w_r = NULL;
	if (!watched)
		return RES_OK;
	struct service_watchdog *w = must_alloc(1, sizeof(*w));
	pthread_condattr_t attr;
	w->service = s;
	w->every = watched / 2;
	w->longest = longest;
	pthread_mutex_init(&w->look, NULL);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->stir, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		free(w);
		return RES_BROKEN;
	}
	pthread_setname_np(w->thread, "watchdog"); /* for whoever looks at the threads */
	*w_r = w;
	return RES_OK;
}

void service_watchdog_drain(struct service_watchdog *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->look);
	w->drains_until = steady_seconds() + w->longest;
	pthread_mutex_unlock(&w->look);
}

void service_watchdog_stop(struct service_watchdog **w)
{
	if (!*w)
		return;
	pthread_mutex_lock(&(*w)->lock);
	(*w)->stopping = true;
	pthread_cond_signal(&(*w)->stir);
	pthread_mutex_unlock(&(*w)->lock);
	pthread_join((*w)->thread, NULL);
	free(*w);
	*w = NULL;
	notify_manager("WATCHDOG=1"); /* whoever begins again has the manager's whole time for it */
}
