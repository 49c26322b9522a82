/*~ The server. The library runs one thread with epoll, which calls on_request below: with
    the head, with each piece of the body, at the end of the body, and once more when the
    pool has made the answer. Nothing on this thread may wait. */
#include "web/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "web/inside.h"

/* What somebody may go on sending past the limit before the connection is cut. */
#define DROPPED_MOST ((size_t)4 << 20)
/* What all large bodies may take together: sixty-four of the largest that a supporter's desk sends. */
#define BODIES_MOST ((size_t)64 << 20)
/* More than 32 KiB makes the library map the pool of a connection for itself and unmap it at the end, and it zeroes
   the pool between two requests: so nothing of a body outlives its request there (PROTOCOL.md § 6). Not much more, since the zeroing
   is a good part of what a kept page costs. */
#define POOL_BYTES ((size_t)36 << 10)
#define SWEEP_MS 200
#define FRESH_MS 1000    /* a head that is longer in coming is an idle connection; our choice */
#define QUESTIONS_MS 2000
#define LAST_WORDS_MS 2000 /* for what was worked out and not yet sent when the time to stop is up */

/* ---- one request ---- */

static void req_free(struct req *req)
{
	if (req->response)
		MHD_destroy_response(req->response);
	body_free(req);
	upload_free(req);
	buf_free(&req->out);
	arena_wipe_free(&req->arena);
	free(req);
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *conn)
{
	struct req *req = must_alloc(1, sizeof(*req));
	req->web = cls;
	__atomic_add_fetch(&req->web->heard, 1, __ATOMIC_RELAXED);
	req->conn = conn;
	req->arena = arena_new();
	req->target = arena_slice(req->arena, slice_of(target));
	struct slice rest = req->target;
	if (slice_cut(&rest, '?', &req->raw_path))
		req->query = rest;
	return req;
}

static enum MHD_Result send_answer(struct req *req)
{
	lobby_phase(req->web->lobby, req->guest, PHASE_SENDING);
	if ((req->close || req->web->draining) && MHD_add_response_header(req->response, "Connection", "close") != MHD_YES)
		bug("the connection cannot be said to close");
	return MHD_queue_response(req->conn, (unsigned)req->status, req->response);
}

/* An answer that needs no worker. */
static enum MHD_Result turn_away(struct req *req, int status)
{
	(void)reply_error(req, status);
	reply_finish(req);
	req->stage = STAGE_DONE;
	return send_answer(req);
}

static bool method_of(struct req *req, const char *word)
{
	static const char *const words[] = {
		[METHOD_GET] = "GET",	  [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
		[METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
	};
	req->head = !strcmp(word, "HEAD");
	if (req->head)
		word = "GET";
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(word, words[i])) {
			req->method = (enum method)i;
			return true;
		}
	}
	return false;
}

/* 0 with a route, or the status. */
static int find_route(struct req *req, const char *word)
{
	struct path path;
	char allow[64];
	enum result res = path_read(req->arena, req->raw_path, &path);
	if (res != RES_OK)
		return res == RES_BAD ? 400 : 404;
	res = RES_REFUSED;
	if (method_of(req, word))
		res = router_find(req->web->router, req->method, &path, &req->route, &req->room, &req->params);
	if (res == RES_OK)
		return 0;
	router_allow(req->web->router, &path, allow);
	if (res == RES_NONE || !allow[0])
		return 404;
	reply_header(req, "Allow", allow);
	return 405;
}

static enum MHD_Result head_is_here(struct req *req, const char *method)
{
	int64_t length;
	int status = guard_head(req);
	if (!status)
		status = guard_length(req, &length);
	if (status) {
		req->close = true;
		return turn_away(req, status);
	}
	const struct asset *asset = asset_of(req->web, req->raw_path);
	if (asset && method_of(req, method) && req->method == METHOD_GET && !length) {
		req->response = reply_asset(req, asset);
		req->status = 200;
		req->stage = STAGE_DONE;
		return MHD_YES; /* whoever is answered before the end of the request loses the connection: the library calls again at once */
	}
	if (asset)
		reply_header(req, "Allow", "GET, HEAD");
	status = asset ? 405 : find_route(req, method);
	if (!status)
		status = body_await(req);
	if (status)
		return turn_away(req, status);
	if (req->upload) {
		req->stage = STAGE_ADMIT;
		lobby_phase(req->web->lobby, req->guest, PHASE_WORK);
		return pool_take(req->web->pool, req) ? MHD_YES : turn_away(req, 503);
	}
	req->stage = STAGE_BODY;
	lobby_phase(req->web->lobby, req->guest, PHASE_BODY);
	return MHD_YES;
}

static enum MHD_Result body_goes_on(struct req *req, const char *bytes, size_t *n)
{
	body_comes(req, bytes, *n);
	lobby_got(req->web->lobby, req->guest, *n);
	/* It stands in the library's pool, which is writable: nothing is to be left there. */
	explicit_bzero((char *)(uintptr_t)bytes, *n);
	*n = 0;
	return req->body_dropped > DROPPED_MOST ? MHD_NO : MHD_YES;
}

static enum MHD_Result body_is_here(struct req *req)
{
	int status = body_status(req);
	enum MHD_Result sent;
	if (status)
		return turn_away(req, status);
	if (kept_answer(req, &sent)) {
		req->stage = STAGE_DONE;
		return sent;
	}
	req->stage = STAGE_POOL;
	lobby_phase(req->web->lobby, req->guest, PHASE_WORK);
	return pool_take(req->web->pool, req) ? MHD_YES : turn_away(req, 503);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
				  const char *version, const char *bytes, size_t *n, void **req_cls)
{
	struct req *req = *req_cls;
	(void)cls;
	(void)url;
	(void)version;
	if (!req)
		return MHD_NO;
	switch (req->stage) {
	case STAGE_HEAD:
		req->guest = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
		return head_is_here(req, method);
	case STAGE_ADMIT:
		return MHD_YES;
	case STAGE_ADMITTED: {
		/* The library calls as at the head again, without bytes, when it goes on. */
		int status = upload_admitted(req);
		if (status)
			return turn_away(req, status);
		req->stage = STAGE_BODY;
		lobby_phase(req->web->lobby, req->guest, PHASE_UPLOAD);
		return *n ? body_goes_on(req, bytes, n) : MHD_YES;
	}
	case STAGE_BODY:
		return *n ? body_goes_on(req, bytes, n) : body_is_here(req);
	case STAGE_POOL:
		return MHD_YES;
	case STAGE_DONE:
		return send_answer(req);
	}
	return MHD_NO;
}

static void on_completed(void *cls, struct MHD_Connection *conn, void **req_cls, enum MHD_RequestTerminationCode why)
{
	struct req *req = *req_cls;
	struct web *web = cls;
	(void)conn;
	(void)why;
	if (!req)
		return;
	if (req->guest)
		lobby_phase(req->web->lobby, req->guest, PHASE_HEAD);
	req_free(req);
	*req_cls = NULL;
	__atomic_add_fetch(&web->ended, 1, __ATOMIC_RELEASE);
}

static void on_connection(void *cls, struct MHD_Connection *conn, void **guest,
			  enum MHD_ConnectionNotificationCode what)
{
	struct web *web = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*guest = lobby_enter(web->lobby, MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
				     peer_of_seat(web, MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr));
	else if (*guest)
		lobby_leave(web->lobby, *guest);
}

/* Paths and queries are decoded by us, once. */
static size_t leave_encoded(void *cls, struct MHD_Connection *conn, char *s)
{
	(void)cls;
	(void)conn;
	return strlen(s);
}

/* The library tells of every odd byte from outside, and three lines an answer on local sockets. What an operator can
   act on concerns its own sockets and threads; the words are the library's, without what they are filled with. */
static void on_library_log(void *cls, const char *fmt, va_list args)
{
	static const char *const worth[] = { "accept", "epoll", "thread", "memory limit reached" };
	static _Atomic int64_t next;
	(void)cls;
	(void)args;
	for (size_t i = 0; i < ARRAY_LEN(worth); i++) {
		if (strstr(fmt, worth[i]) && steady_ms() >= next) {
			next = steady_ms() + 60000;
			log_world("web", "libmicrohttpd: %.*s", (int)strcspn(fmt, "\n"), fmt);
			return;
		}
	}
}

static void on_library_panic(void *cls, const char *file, unsigned line, const char *reason)
{
	(void)cls;
	bug("libmicrohttpd gave up at %s:%u: %s", file, line, reason ? reason : "");
}

/* ---- the server ---- */

static char *origin_of(const char *url)
{
	if (!url)
		return NULL;
	const char *host = strstr(url, "://");
	char *origin = must_strdup(url);
	if (host)
		origin[host + 3 - url + (ptrdiff_t)strcspn(host + 3, "/?#")] = '\0';
	return origin;
}

enum result web_new(const struct web_setup *setup, struct web **web_r)
{
	if (!setup->listen || !setup->clock || !setup->rnd || setup->workers < 1 || setup->workers > 256) {
		log_world("web", "the server's setup lacks an address, a clock, chance or workers");
		return RES_BROKEN;
	}
	struct web *web = must_alloc(1, sizeof(*web));
	pthread_condattr_t steady;
	squeeze_begin();
	web->setup = *setup;
	if (!web->setup.most_open)
		web->setup.most_open = 2000;
	if (!web->setup.header_seconds)
		web->setup.header_seconds = 15;
	if (!web->setup.queue_most)
		web->setup.queue_most = 1000;
	if (!web->setup.bodies_most)
		web->setup.bodies_most = BODIES_MOST;
	web->origin = origin_of(setup->public_url);
	web->router = router_new();
	web->listen_fd = -1;
	web->peer_hour = INT64_MIN;
	pthread_mutex_init(&web->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&web->stir, &steady);
	pthread_condattr_destroy(&steady);
	*web_r = web;
	return RES_OK;
}

void web_routes(struct web *web, const struct route *routes, size_t n, void *room)
{
	router_add(web->router, routes, n, room);
	for (size_t i = 0; i < n; i++)
		kept_add(web, &routes[i]);
}

void web_assets(struct web *web, const struct asset *assets, size_t n)
{
	web->sets = must_realloc(web->sets, web->sets_n + 1, sizeof(*web->sets));
	web->sets[web->sets_n++] = (struct asset_set){ assets, n };
}

void web_each_route(const struct web *web, void (*fn)(const struct route *r, void *ctx), void *ctx)
{
	router_each(web->router, fn, ctx);
}

int web_port(const struct web *web)
{
	return web->port;
}

void web_wake(struct web *web)
{
	struct pool *pool = __atomic_load_n(&web->pool, __ATOMIC_ACQUIRE);
	if (pool)
		pool_wake(pool);
}

static struct timespec steady_soon(int ms)
{
	int64_t at = steady_ms() + ms;
	return (struct timespec){ .tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000 };
}

static void *sweep(void *arg)
{
	struct web *web = arg;
	pthread_mutex_lock(&web->lock);
	while (!web->stop) {
		struct timespec soon = steady_soon(SWEEP_MS);
		pthread_cond_timedwait(&web->stir, &web->lock, &soon);
		pthread_mutex_unlock(&web->lock);
		lobby_sweep(web->lobby);
		pool_sweep(web->pool);
		pthread_mutex_lock(&web->lock);
	}
	pthread_mutex_unlock(&web->lock);
	return NULL;
}

/* Sockets for all who may come in, and some for the database and the log. */
static void make_seats(int most)
{
	struct rlimit seats;
	rlim_t need = (rlim_t)most + 200;
	if (getrlimit(RLIMIT_NOFILE, &seats) != 0 || seats.rlim_cur >= need)
		return;
	seats.rlim_cur = seats.rlim_max < need ? seats.rlim_max : need;
	if (setrlimit(RLIMIT_NOFILE, &seats) != 0 || seats.rlim_cur < need)
		log_world("web", "only %lu files may be open: raise LimitNOFILE above %lu",
			  (unsigned long)seats.rlim_cur, (unsigned long)need);
}

static struct MHD_Daemon *start_library(struct web *web)
{
	MHD_set_panic_func(on_library_panic, NULL);
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
				NULL, on_request, web, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
				MHD_OPTION_LISTEN_SOCKET, web->listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
				web, MHD_OPTION_NOTIFY_CONNECTION, on_connection, web, MHD_OPTION_URI_LOG_CALLBACK,
				on_target, web, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)web->setup.most_open,
				MHD_OPTION_CONNECTION_TIMEOUT, 130u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES,
				MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static void needs_room(const struct route *r, void *web)
{
	if (r->flags & FLAG_UPLOAD && (!((struct web *)web)->setup.upload_dir || ((struct web *)web)->setup.upload_most < 1))
		bug("%s takes files, and there is nowhere to put them", r->path);
}

enum result web_start(struct web *web)
{
	if (web->daemon)
		bug("the server is started twice");
	web_each_route(web, needs_room, web);
	if (router_check(web->router, web->setup.who != NULL) != RES_OK || listen_at(web) != RES_OK)
		return RES_BROKEN;
	make_seats(web->setup.most_open);
	random_fill(web->setup.rnd, "web/seat-key", web->seat_key, sizeof(web->seat_key));
	web->lobby = lobby_new(web->setup.most_open, web->setup.header_seconds);
	struct pool *pool;
	if (pool_new(web->setup.workers, web->setup.queue_most, &pool) != RES_OK) {
		log_world("web", "no thread for those who serve requests");
		return RES_BROKEN;
	}
	__atomic_store_n(&web->pool, pool, __ATOMIC_RELEASE); /* another thread may wake it already */
	web->daemon = start_library(web);
	if (!web->daemon) {
		log_world("web", "the HTTP library does not start");
		return RES_BROKEN;
	}
	if (pthread_create(&web->sweeper, NULL, sweep, web) != 0) {
		log_world("web", "no thread to end what waits too long");
		web_drain(web, 0); /* nobody is served by rooms that are about to go */
		return RES_BROKEN;
	}
	web->sweeping = true;
	return RES_OK;
}

/* Until the last answers have gone out, or the time is up. A handler that was waited for longer has its answer heard too. */
static void let_answers_go(struct web *web, int64_t end)
{
	int64_t least = steady_ms() + LAST_WORDS_MS;
	if (end < least)
		end = least;
	while (lobby_busy(web->lobby) && steady_ms() < end)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* Whoever has just come in is heard; a connection that was left open after its last answer is not waited for. */
static void let_questions_come(struct web *web, int seconds)
{
	int64_t end = steady_ms() + (seconds ? QUESTIONS_MS : 0);
	while (steady_ms() < end && lobby_asking(web->lobby, FRESH_MS))
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

void web_drain(struct web *web, int seconds)
{
	if (!web->daemon)
		return;
	int64_t end = steady_ms() + (int64_t)seconds * 1000;
	MHD_quiesce_daemon(web->daemon);
	web->draining = true;
	let_questions_come(web, seconds);
	pool_close(web->pool, seconds);
	let_answers_go(web, end);
	pthread_mutex_lock(&web->lock);
	web->stop = true;
	pthread_cond_signal(&web->stir);
	pthread_mutex_unlock(&web->lock);
	if (web->sweeping)
		pthread_join(web->sweeper, NULL);
	web->sweeping = false;
	MHD_stop_daemon(web->daemon);
	web->daemon = NULL;
}

void web_free(struct web **web_p)
{
	struct web *web = *web_p;
	if (!web)
		return;
	web_drain(web, 0);
	listen_end(web);
	kept_free(web);
	pool_free(&web->pool);
	lobby_free(&web->lobby);
	router_free(&web->router);
	pthread_cond_destroy(&web->stir);
	pthread_mutex_destroy(&web->lock);
	free(web->origin);
	free(web->sets);
	free(web);
	*web_p = NULL;
}
