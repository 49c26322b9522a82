/* answers_inside.h: what the files of this room share. */
#ifndef ANSWERS_INSIDE_H
#define ANSWERS_INSIDE_H

#include <pthread.h>

#include "haven/answers/answers.h"
#include "web/limit.h"

#define ANSWERS_HOUR_MOST 24576 /* slots of one hour: 48 MB, which is past any true number of answers, and what a desk can read */

#define ANSWERS_DOORS_MOST 8

/* WRITING: a transaction is under way. HELD: waits for a tick. FAILED: nothing was written; it may come again. */
enum answers_state { ANSWERS_WRITING, ANSWERS_HELD, ANSWERS_DONE, ANSWERS_FAILED };

/* A post of this hour, in memory only. */
struct answers_known {
	struct id id;
	enum answers_state state;
	uint64_t turn; /* how many hours had been opened when it came to this */
};

/* A post that waits for a tick. */
struct answers_held {
	struct answers_held *next;
	struct id id;
	char bytes[RING_SLOT];
};

/* A slot of the open hour that this process put, where posts are written by ticks. */
struct answers_turn {
	int64_t slot;
	char *bytes; /* of the answer that lies there; NULL: a dummy */
};

/* The codes of the door that hold on a day. */
struct answers_doors {
	int64_t day; /* 0: none is known */
	size_t n;
	unsigned char code[ANSWERS_DOORS_MOST][ANSWERS_DOOR_CODE];
};

struct answers {
	struct answers_setup setup;
	struct limit *limit;     /* a bucket for each address; a restart or an hour's end fills them */
	int pace_ms;             /* 0: a post is a transaction; else they wait for ticks (db_pace_ms) */
	pthread_mutex_t growing; /* one at a time puts more slots, or ticks */
	pthread_mutex_t lock;    /* guards everything below */
	pthread_cond_t settled;  /* some known post was written, or was not */
	struct answers_doors doors;
	int64_t hour;            /* the open one; 0: none yet, or the hourly job is under way */
	int64_t opened;          /* by the clock, the hour in which it was opened */
	int64_t ended;           /* the one that was open before; never opened again */
	int64_t closed;          /* the newest one that may be read */
	int64_t own;             /* slots of the open hour that this process put */
	size_t unused_n;         /* how many of them hold dummies */
	int64_t *unused;         /* which: without ticks */
	size_t unused_room;
	struct answers_turn *turns; /* all of them, in the order in which ticks come by: with ticks */
	size_t turns_n, turns_room, turn_at;
	uint64_t opened_n; /* how many hours were opened by this process */
	struct answers_known *posts;
	size_t posts_n, posts_room;
	uint32_t *finder; /* of posts, by their number's hash (answers_known.c) */
	size_t finder_room; /* a power of two */
	unsigned char known_key[16];
	struct answers_held *held, **held_end; /* oldest first */
	/* What the hourly job's transaction has put (put_hour 0: nothing); taken when it is committed. */
	int64_t put_hour, put_at, put_first, put_n;
	unsigned char put_sign[CRYPT_HASH];
	struct timespec closing; /* since when the job is about the hour that ended; on the monotonic clock */
	/* The thread that ticks. */
	pthread_t ticker;
	pthread_cond_t stop;
	bool ticking, stopping, tick_failed;
};

/* Slots for an hour of the ring. */
struct answers_opening {
	struct answers *r;
	int64_t hour;     /* of the ring */
	int64_t at;       /* by the clock, when it was or is opened: mail is counted by it */
	int64_t first, p; /* put are p slots from this one */
	unsigned char sign[CRYPT_HASH]; /* of what was put first: by it a process knows its own slots */
};

/* In a transaction. */
MUST_USE enum result answers_get_doors(struct tx *tx, struct day today, struct answers_doors *doors_r);
/* As long for any code. */
bool answers_door_among(const struct answers_doors *doors, const unsigned char code[ANSWERS_DOOR_CODE]);
/* So many messages went out: as many posts may come from each address from now on. */
void answers_follow_mail(struct answers *r, int64_t mailed);

/* In a transaction: the newest closed hour, kept through restarts. */
MUST_USE enum result answers_get_closed(struct tx *tx, int64_t *closed_r);
/* In a transaction: P slots more for o->hour, after all that anybody put there, but no more than half of what the hour can hold
   besides them, 0 when it is full; o->first, o->p and o->sign are set. What posts are held against is looked at anew. RES_AGAIN: it was
   closed. */
MUST_USE enum result answers_put_slots(struct tx *tx, struct answers_opening *o);
/* In a transaction: as many as mail alone makes this process lack, 0 if none; o->first and o->p are set. */
MUST_USE enum result answers_put_lack(struct tx *tx, struct answers_opening *o, int64_t own);

/* Under the lock: a post of this hour, NULL if there is none. Valid until the next is known. */
struct answers_known *answers_known_of(struct answers *r, const struct id *post);
/* Under the lock: so it stands with this post from now on. */
void answers_know(struct answers *r, const struct id *post, enum answers_state state);
/* Under the lock, at a new hour: what was written in the one before is known no more; what waits for a tick goes on waiting.
   Whoever asks for a post that failed in the last moment is told so. */
void answers_forget_posts(struct answers *r);

/* Under the lock: one slot, put or drawn and not written, holds a dummy. */
void answers_unused(struct answers *r, int64_t slot);
/* Under the lock: from here on these slots are unused, of a new hour or of the open one. Each transaction that puts slots
   hands over exactly its own, so that no slot can be drawn twice. */
void answers_take_slots(struct answers *r, const struct answers_opening *o);
/* There is no unused slot, or no open hour: opens it, or puts P more. Under `growing`. */
MUST_USE enum result answers_grow(struct answers *r);

#endif
