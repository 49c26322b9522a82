/* answers_inside.h: what the files of this room share. */
#ifndef ANSWERS_INSIDE_H
#define ANSWERS_INSIDE_H

#include <pthread.h>

#include "haven/answers/answers.h"
#include "web/limit.h"

/* A post of this hour, in memory only. */
struct answers_known {
	struct id id;
	bool done; /* durable; until then a repeat waits */
};

struct answers {
	struct answers_setup setup;
	struct limit *limit;     /* a bucket for each address; a restart or an hour's end fills them */
	pthread_mutex_t growing; /* one at a time puts more slots */
	pthread_mutex_t lock;    /* guards everything below */
	pthread_cond_t settled;  /* some known post was written, or was not */
	int64_t hour;            /* the open one; 0: none yet, or the hourly job is under way */
	int64_t opened;          /* by the clock, the hour in which it was opened */
	int64_t ended;           /* the one that was open before; never opened again */
	int64_t closed;          /* the newest one that may be read */
	int64_t *unused;         /* slots of the open hour that hold dummies */
	size_t unused_n, unused_room;
	struct answers_known *posts;
	size_t posts_n, posts_room;
	/* What the hourly job's transaction has put (put_hour 0: nothing); taken when it is committed. */
	int64_t put_hour, put_at, put_first, put_n;
};

#endif
