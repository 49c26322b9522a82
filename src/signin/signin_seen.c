#include "signin/signin_seen.h"

#include <pthread.h>
#include <stdlib.h>

#include "web/limit.h"

#define PLACES 65536 /* a power of two */
#define NEIGHBOURS 8

struct seen {
	pthread_mutex_t lock;
	unsigned char key[16];
	struct {
		uint64_t who; /* 0: free */
		int64_t at;
	} places[PLACES];
};

struct seen *seen_new(struct random_source *rnd)
{
	struct seen *seen = must_alloc(1, sizeof(*seen));
	pthread_mutex_init(&seen->lock, NULL);
	random_fill(rnd, "signin/seen", seen->key, sizeof(seen->key));
	return seen;
}

void seen_free(struct seen **seen)
{
	if (*seen)
		pthread_mutex_destroy(&(*seen)->lock);
	free(*seen);
	*seen = NULL;
}

/* Is it fresh? `use` notes the time; one that is not known is noted in any case, so that its rest begins. */
static bool look_up(struct seen *seen, struct slice session, struct instant now, int64_t idle, bool use)
{
	uint64_t who = limit_hash(seen->key, session.p, session.n) | 1;
	size_t home = (size_t)(who >> 1), oldest = home % PLACES;
	bool fresh = true;
	pthread_mutex_lock(&seen->lock);
	for (size_t i = 0; i < NEIGHBOURS; i++) {
		size_t place = (home + i) % PLACES;
		if (seen->places[place].who == who) {
			fresh = now.s - seen->places[place].at < idle;
			oldest = place;
			break;
		}
		if (!seen->places[place].who || seen->places[place].at < seen->places[oldest].at)
			oldest = place;
	}
	if (fresh && (use || seen->places[oldest].who != who)) {
		seen->places[oldest].who = who;
		seen->places[oldest].at = now.s;
	}
	pthread_mutex_unlock(&seen->lock);
	return fresh;
}

bool seen_touch(struct seen *seen, struct slice session, struct instant now, int64_t idle)
{
	return look_up(seen, session, now, idle, true);
}

bool seen_fresh(struct seen *seen, struct slice session, struct instant now, int64_t idle)
{
	return look_up(seen, session, now, idle, false);
}
