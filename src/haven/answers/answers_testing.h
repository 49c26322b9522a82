/* answers_testing.h: posts in tests, on both databases: where they wait for ticks, a thread ticks as fast as it can. */
#ifndef ANSWERS_ANSWERS_TESTING_H
#define ANSWERS_ANSWERS_TESTING_H

#include <time.h>

#include "haven/answers/answers_inside.h"

struct ticker {
	struct answers *r;
	pthread_t thread;
	_Atomic bool stop;
};

static inline void *ticker_run(void *arg)
{
	struct ticker *t = arg;
	while (!t->stop) {
		(void)!answers_tick(t->r);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return NULL;
}

/* Nothing where posts are written at once. */
static inline void ticker_start(struct ticker *t, struct answers *r)
{
	t->r = r;
	t->stop = false;
	if (r->pace_ms && pthread_create(&t->thread, NULL, ticker_run, t) != 0)
		bug("no thread for ticks");
}

static inline void ticker_stop(struct ticker *t)
{
	if (!t->r->pace_ms)
		return;
	t->stop = true;
	pthread_join(t->thread, NULL);
}

/* As whoever posts is answered: at once, or when a tick has settled it. */
static inline enum result post_through(struct answers *r, const struct id *post, const struct sealed *slot)
{
	enum result res = answers_post(r, post, slot);
	while (res == RES_NONE) {
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		res = answers_posted(r, post);
	}
	return res;
}

#endif
