/* post_inside.h: what post.c, round.c and sending.c share. */
#ifndef POST_INSIDE_H
#define POST_INSIDE_H

#include <curl/curl.h>
#include <pthread.h>

#include "post/post.h"

#define KIND_MOST 64

/* What the other side said "not now" to; in memory: after a restart it is tried at once. */
struct waiting {
	struct id id;
	struct instant again;
	int pause;
	bool unsure; /* then it stays ours: another program would try at once */
	uint32_t pass; /* the last in which it was listed */
};

/* Handed over, and the database did not take down what became of it. */
struct owed {
	struct id id;
	enum result res;
	char gateway_id[GATEWAY_ID_MOST + 1];
	uint32_t pass;
};

/* One way out. Each has a thread, connections and a patience of its own, so that neither holds up the other. */
struct lane {
	struct post *post;
	enum post_way way;
	CURL *curl[POST_CONNECTIONS_MOST]; /* a connection each, made when it is first needed */
	int most, now;        /* connections at once: as the operator allows, and as the other side took them lately */
	struct instant fewer; /* when it last refused one */
	pthread_mutex_t guard; /* of what follows, and of the round that is on */
	struct waiting *waiting;
	size_t waiting_n;
	struct owed *owed;
	size_t owed_n;
	uint32_t pass;
	int unsure_n; /* in a row after which nobody knew whether the gateway kept the message */
	pthread_t thread;
	pthread_mutex_t sending;
	bool started;
	bool woken; /* with the next guarded by the post's lock */
	struct instant away_since; /* 0: the last round found the other side there */
};

struct mailbox;

struct post {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct post_setup setup; /* its strings are ours */
	void (*told)(void *ctx);
	void *told_ctx;
	struct lane lane[POST_WAYS];
	struct mailbox *mailbox; /* NULL: none */
	pthread_t reader;
	pthread_mutex_t reading;
	bool reads;
	pthread_mutex_t lock, telling;
	pthread_cond_t wake;
	bool stopping;
	struct day accepted_on; /* with accepted_n guarded by lock */
	int64_t accepted_n;
};

/* Sends what can be sent now by this way. *sent_r: results written. *away_r, written always: the other side took nobody's. */
MUST_USE enum result round_settle(struct lane *lane, int *sent_r, bool *away_r);

static inline bool post_is_stopping(const struct post *post)
{
	return __atomic_load_n(&post->stopping, __ATOMIC_ACQUIRE);
}

/* The rooms read what became of their messages, one lane at a time. */
static inline void post_tell(struct post *post)
{
	if (!post->told)
		return;
	pthread_mutex_lock(&post->telling);
	post->told(post->told_ctx);
	pthread_mutex_unlock(&post->telling);
}

#endif
