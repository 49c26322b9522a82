#include "web/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"

/* Two lanes of workers, so that passwords and long polls cannot hold up pages. A long
   poll that waits is parked: it holds a connection and a request, but no worker. */

enum { LANE_QUICK, LANE_SLOW, LANES };

#define SLOW_MOST 4 /* workers of the slow lane: passwords have a limit of their own, and whoever waits for news holds none; our choice */

struct lane {
	struct pool *pool;
	struct req *first, *last;
	int waiting; /* requests that came from outside and wait for their first turn */
	int queued, idle; /* all that wait for a worker, and workers that wait for one: somebody woken counts until she runs */
	int n, most; /* workers: made when first needed, and kept */
	pthread_cond_t some;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t none; /* nothing is suspended any more */
	struct lane lane[LANES];
	struct req *parked;
	int suspended, queue_most;
	uint64_t wakes;
	bool closing, hurry, stop;
	bool short_of; /* no thread could be made for the last worker that was wanted, and the operator was told */
	pthread_t *threads;
	int n;
};

static void *work(void *arg);

/* Under the lock. False: the machine has no thread for it. */
static bool hire(struct pool *p, struct lane *l)
{
	if (pthread_create(&p->threads[p->n], NULL, work, l) != 0)
		return false;
	p->short_of = false;
	p->n++;
	l->n++;
	return true;
}

/* Each lane has a worker from the start, and keeps it: what waits is served, only later. It is tried again with the next that waits. */
static void hire_another(struct pool *p, struct lane *l)
{
	if (hire(p, l) || p->short_of)
		return;
	p->short_of = true;
	log_world("web", "no thread for another worker: requests wait for those that are there");
}

static void lane_push(struct lane *l, struct req *req)
{
	req->next = NULL;
	req->prev = l->last;
	if (l->last)
		l->last->next = req;
	else
		l->first = req;
	l->last = req;
	if (++l->queued > l->idle && l->n < l->most && !l->pool->stop)
		hire_another(l->pool, l);
	pthread_cond_signal(&l->some);
}

static struct req *lane_pop(struct lane *l)
{
	struct req *req = l->first;
	l->first = req->next;
	if (l->first)
		l->first->prev = NULL;
	else
		l->last = NULL;
	req->next = req->prev = NULL;
	l->queued--;
	if (!req->check)
		l->waiting--;
	return req;
}

static void unpark(struct pool *p, struct req *req, bool gone)
{
	if (req->prev)
		req->prev->next = req->next;
	else
		p->parked = req->next;
	if (req->next)
		req->next->prev = req->prev;
	req->gone = gone;
	lane_push(&p->lane[req->lane], req);
}

bool pool_take(struct pool *p, struct req *req)
{
	bool taken = false;
	pthread_mutex_lock(&p->lock);
	req->lane = req->route->flags & FLAG_SLOW ? LANE_SLOW : LANE_QUICK;
	struct lane *l = &p->lane[req->lane];
	if (!p->closing && l->waiting < p->queue_most) {
		/* Before a worker can see it: a connection is resumed only after it was suspended. */
		MHD_suspend_connection(req->conn);
		p->suspended++;
		l->waiting++;
		lane_push(l, req);
		taken = true;
	}
	pthread_mutex_unlock(&p->lock);
	return taken;
}

/* After this the request belongs to the library's thread. */
static void hand_back(struct pool *p, struct req *req, enum stage stage)
{
	if (stage == STAGE_DONE)
		reply_finish(req);
	req->stage = stage;
	MHD_resume_connection(req->conn);
	pthread_mutex_lock(&p->lock);
	if (!--p->suspended)
		pthread_cond_broadcast(&p->none);
	pthread_mutex_unlock(&p->lock);
}

/* Waits on, unless something happened since it last looked. */
static void park(struct pool *p, struct req *req)
{
	pthread_mutex_lock(&p->lock);
	bool last = p->closing || steady_ms() >= req->until;
	if (last || p->wakes != req->wakes) {
		req->gone = last;
		lane_push(&p->lane[req->lane], req);
	} else {
		req->prev = NULL;
		req->next = p->parked;
		if (p->parked)
			p->parked->prev = req;
		p->parked = req;
	}
	pthread_mutex_unlock(&p->lock);
}

/* The library goes on with it: takes in the file, or sends the refusal. */
static void admit(struct pool *p, struct req *req, bool hurry)
{
	bool in = false;
	if (hurry)
		(void)reply_error(req, 503);
	else
		in = gate_admit(req);
	if (!in) {
		req->close = true;
		hand_back(p, req, STAGE_DONE);
		return;
	}
	hand_back(p, req, STAGE_ADMITTED);
}

static void serve(struct pool *p, struct req *req, bool hurry)
{
	if (req->stage == STAGE_ADMIT) {
		admit(p, req, hurry);
		return;
	}
	if (hurry && !req->check) {
		(void)reply_error(req, 503);
	} else if (!req->check) {
		struct answer a = gate_serve(req);
		if (!a.made && req->check) {
			park(p, req);
			return;
		}
	} else {
		bool last = req->gone;
		struct answer a = req->check(req, req->room, last);
		if (!a.made && !last) {
			park(p, req);
			return;
		}
		if (!a.made)
			(void)reply_empty(req, 204);
	}
	if (!req->answered)
		bug("the handler of %s gave no answer", req->route->path);
	hand_back(p, req, STAGE_DONE);
}

static void *work(void *arg)
{
	struct lane *l = arg;
	struct pool *p = l->pool;
	(void)pthread_setname_np(pthread_self(), "worker"); /* not its maker's, the library's thread */
	pthread_mutex_lock(&p->lock);
	for (;;) {
		l->idle++;
		while (!l->first && !p->stop)
			pthread_cond_wait(&l->some, &p->lock);
		l->idle--;
		if (!l->first)
			break;
		struct req *req = lane_pop(l);
		bool hurry = p->hurry;
		req->wakes = p->wakes;
		pthread_mutex_unlock(&p->lock);
		serve(p, req, hurry);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum result pool_new(int workers, int queue_most, struct pool **pool_r)
{
	bool hired = true;
	struct pool *p = must_alloc(1, sizeof(*p));
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->none, &steady);
	pthread_condattr_destroy(&steady);
	p->queue_most = queue_most;
	int slow = workers < SLOW_MOST ? workers : SLOW_MOST;
	p->threads = must_alloc((size_t)(workers + slow), sizeof(*p->threads));
	for (int i = 0; i < LANES; i++) {
		struct lane *l = &p->lane[i];
		*l = (struct lane){ .pool = p, .most = i == LANE_QUICK ? workers : slow };
		pthread_cond_init(&l->some, NULL);
		pthread_mutex_lock(&p->lock);
		hired = hired && hire(p, l);
		pthread_mutex_unlock(&p->lock);
	}
	if (!hired) {
		pool_free(&p);
		return RES_BROKEN;
	}
	*pool_r = p;
	return RES_OK;
}

void pool_free(struct pool **pool)
{
	struct pool *p = *pool;
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	for (int i = 0; i < LANES; i++)
		pthread_cond_broadcast(&p->lane[i].some);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->n; i++)
		pthread_join(p->threads[i], NULL);
	for (int i = 0; i < LANES; i++)
		pthread_cond_destroy(&p->lane[i].some);
	pthread_cond_destroy(&p->none);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
	*pool = NULL;
}

void pool_wake(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->wakes++;
	while (p->parked)
		unpark(p, p->parked, false);
	pthread_mutex_unlock(&p->lock);
}

/* A suspended connection does not notice that its reader left (LIBRARIES.md § 1.3, 2). */
static bool reader_has_gone(const struct req *req)
{
	char c;
	ssize_t n = recv(req->guest->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

void pool_sweep(struct pool *p)
{
	int64_t now = steady_ms();
	pthread_mutex_lock(&p->lock);
	for (struct req *req = p->parked, *next; req; req = next) {
		next = req->next;
		if (now >= req->until || reader_has_gone(req))
			unpark(p, req, true);
	}
	pthread_mutex_unlock(&p->lock);
}

static struct timespec steady_in(int seconds)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no steady clock");
	t.tv_sec += seconds;
	return t;
}

void pool_close(struct pool *p, int seconds)
{
	struct timespec end = steady_in(seconds);
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	while (p->parked)
		unpark(p, p->parked, true);
	while (p->suspended && pthread_cond_timedwait(&p->none, &p->lock, &end) != ETIMEDOUT)
		;
	if (p->suspended)
		log_fact("web", "stopping takes longer: a handler is still at work");
	/* The library aborts when it is stopped with a suspended connection, so a running handler is waited for. */
	p->hurry = true;
	while (p->suspended)
		pthread_cond_wait(&p->none, &p->lock);
	pthread_mutex_unlock(&p->lock);
}
