#include "web/inside.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* The library's own timeout counts idleness only: one byte every two seconds keeps a
   connection for ever (LIBRARIES.md § 1.3, 4). So each phase has an end. */

#define BODY_BYTES_A_SECOND 4096
/* A file is an administrator's, from a desk: it comes faster, or is given up. Our choice. */
#define UPLOAD_BYTES_A_SECOND 16384
#define UPLOAD_SECONDS 600
#define SENDING_SECONDS 120

struct lobby {
	pthread_mutex_t lock;
	struct guest *newest;
	int n, most, head_seconds;
};

int64_t steady_ms(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no steady clock");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct lobby *lobby_new(int most, int head_seconds)
{
	struct lobby *l = must_alloc(1, sizeof(*l));
	pthread_mutex_init(&l->lock, NULL);
	l->most = most;
	l->head_seconds = head_seconds;
	return l;
}

void lobby_free(struct lobby **l)
{
	if (!*l)
		return;
	if ((*l)->newest)
		bug("a connection outlived the server");
	pthread_mutex_destroy(&(*l)->lock);
	free(*l);
	*l = NULL;
}

/* One address may take half of the seats, so that nobody alone keeps everybody else out. Half and not less: a whole workplace may
   come from one address. Our choice. */
static bool takes_too_many(const struct lobby *l, uint64_t from)
{
	int n = 0;
	for (const struct guest *g = l->newest; from && g; g = g->older)
		n += g->from == from;
	return n > l->most / 2;
}

struct guest *lobby_enter(struct lobby *l, int fd, uint64_t from)
{
	struct guest *g = must_alloc(1, sizeof(*g));
	g->fd = fd;
	g->from = from;
	g->since = steady_ms();
	pthread_mutex_lock(&l->lock);
	g->older = l->newest;
	if (l->newest)
		l->newest->newer = g;
	l->newest = g;
	l->n++;
	if (takes_too_many(l, from))
		shutdown(fd, SHUT_RDWR);
	pthread_mutex_unlock(&l->lock);
	return g;
}

void lobby_leave(struct lobby *l, struct guest *g)
{
	pthread_mutex_lock(&l->lock);
	if (g->newer)
		g->newer->older = g->older;
	else
		l->newest = g->older;
	if (g->older)
		g->older->newer = g->newer;
	l->n--;
	pthread_mutex_unlock(&l->lock);
	free(g);
}

void lobby_phase(struct lobby *l, struct guest *g, enum phase phase)
{
	int64_t now = steady_ms();
	pthread_mutex_lock(&l->lock);
	g->phase = phase;
	g->since = now;
	g->got = 0;
	pthread_mutex_unlock(&l->lock);
}

void lobby_got(struct lobby *l, struct guest *g, size_t bytes)
{
	pthread_mutex_lock(&l->lock);
	g->got += bytes;
	pthread_mutex_unlock(&l->lock);
}

static int64_t allowed_ms(const struct lobby *l, const struct guest *g)
{
	int64_t head = (int64_t)l->head_seconds * 1000;
	/* When seats are nearly all taken, whoever has not asked for anything yet must be quicker. */
	bool crowded = l->n > l->most / 4 * 3;
	switch (g->phase) {
	case PHASE_HEAD:
		return crowded ? head / 4 : head;
	case PHASE_BODY:
		return head + (int64_t)(g->got / BODY_BYTES_A_SECOND) * 1000;
	case PHASE_UPLOAD: {
		int64_t paced = head + (int64_t)(g->got / UPLOAD_BYTES_A_SECOND) * 1000;
		return paced < UPLOAD_SECONDS * 1000 ? paced : UPLOAD_SECONDS * 1000;
	}
	case PHASE_SENDING:
		return SENDING_SECONDS * 1000;
	case PHASE_WORK:
		break;
	}
	return INT64_MAX;
}

void lobby_sweep(struct lobby *l)
{
	int64_t now = steady_ms();
	pthread_mutex_lock(&l->lock);
	/* The socket is ours while the guest is in the list: lobby_leave comes before the library closes it. */
	for (struct guest *g = l->newest; g; g = g->older)
		if (now - g->since > allowed_ms(l, g))
			shutdown(g->fd, SHUT_RDWR);
	pthread_mutex_unlock(&l->lock);
}

int lobby_asking(struct lobby *l, int64_t fresh_ms)
{
	int asking = 0;
	int64_t now = steady_ms();
	pthread_mutex_lock(&l->lock);
	for (struct guest *g = l->newest; g; g = g->older)
		asking += g->phase == PHASE_BODY || g->phase == PHASE_UPLOAD || (g->phase == PHASE_HEAD && now - g->since < fresh_ms);
	pthread_mutex_unlock(&l->lock);
	return asking;
}

int lobby_busy(struct lobby *l)
{
	int busy = 0;
	pthread_mutex_lock(&l->lock);
	for (struct guest *g = l->newest; g; g = g->older)
		busy += g->phase == PHASE_WORK || g->phase == PHASE_SENDING;
	pthread_mutex_unlock(&l->lock);
	return busy;
}
