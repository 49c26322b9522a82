/* inside.h: what the files of this room share. Nobody else includes it: the only
   header beside which microhttpd.h may stand.

   A request's life: the library's thread makes it (server.c), checks its head
   (guard.c), collects the body, suspends the connection and hands it to the pool
   (pool.c). A worker runs the gate and the handler (gate.c), which leave an answer
   (reply.c); the connection is resumed and the library's thread sends it. A request is
   thus always in one pair of hands. */
#ifndef WEB_INSIDE_H
#define WEB_INSIDE_H

#include <stdatomic.h>
#include <microhttpd.h>
#include <pthread.h>

#include "web/form.h"
#include "web/html.h"
#include "web/path.h"
#include "web/reply.h"
#include "web/server.h"

/* ---- lobby.c: connections, and how long each may take ---- */

enum phase {
	PHASE_HEAD,    /* waits for a request, or reads its head */
	PHASE_BODY,
	PHASE_UPLOAD,  /* a body that goes to a file */
	PHASE_WORK,    /* in the pool: no deadline here */
	PHASE_SENDING,
};

struct guest {
	struct guest *older, *newer;
	int fd;
	uint64_t from; /* a keyed hash of the other end's address; 0: nobody's, or everybody's behind the proxy */
	enum phase phase;
	int64_t since; /* ms on the machine's steady clock */
	size_t got;    /* bytes of body */
};

struct lobby;
struct lobby *lobby_new(int most, int head_seconds) MUST_USE;
void lobby_free(struct lobby **l);
/* Whoever has half of the seats already is shown out: the library then closes the connection. `from`: as in guest. */
struct guest *lobby_enter(struct lobby *l, int fd, uint64_t from) MUST_USE;
void lobby_leave(struct lobby *l, struct guest *g);
void lobby_phase(struct lobby *l, struct guest *g, enum phase phase);
void lobby_got(struct lobby *l, struct guest *g, size_t bytes);
/* Shuts down those past their deadline. */
void lobby_sweep(struct lobby *l);
/* How many are being worked for or answered. */
int lobby_busy(struct lobby *l);
/* How many have begun to ask and not ended: whose body is read, or whose head, for less than so many milliseconds. */
int lobby_asking(struct lobby *l, int64_t fresh_ms);
/* Milliseconds that never jump. Sockets follow the machine, also where the program's clock is moved by hand. */
int64_t steady_ms(void);

/* ---- the request ---- */

enum stage {
	STAGE_HEAD, /* the library has called with the request line only */
	STAGE_ADMIT,    /* in the pool: whether its file may come at all */
	STAGE_ADMITTED, /* it may; the library has not called again yet */
	STAGE_BODY,
	STAGE_POOL,
	STAGE_DONE, /* `response` is there */
};

struct header {
	const char *name, *value;
	struct header *next;
};

struct req {
	struct web *web;
	struct MHD_Connection *conn;
	struct guest *guest;
	struct arena *arena;
	enum stage stage;
	struct slice target; /* the request target as it came */
	struct slice raw_path, query;
	bool head;           /* HEAD: a GET whose body is not sent */
	enum method method;

	const struct route *route;
	void *room;
	struct path params;
	struct form *form;
	struct actor *actor;

	char *body; /* one piece of body_room bytes, wiped when the request ends */
	size_t body_n, body_room, body_most; /* came, has room for, may come */
	size_t body_dropped;                 /* bytes past body_most, or past the bound on all bodies: thrown away */
	bool body_crowded;                   /* it found no room beside the others */
	struct upload *upload;               /* FLAG_UPLOAD: the body goes there */

	/* the answer */
	bool answered;
	int status;
	const char *type;
	struct buf out;
	struct header *headers;
	bool close;
	struct MHD_Response *response;

	/* in the pool */
	struct req *prev, *next;
	int lane;
	uint64_t wakes; /* how many wakes there had been when it last looked */
	bool gone;      /* parked, and to be asked for the last time */
	struct answer (*check)(struct req *req, void *room, bool last);
	int64_t until; /* steady ms */
	const void *kept; /* req_keep */

	/* of a route with FLAG_KEPT */
	bool keep;
	struct instant kept_until;
	uint64_t kept_forgotten; /* as it was before the handler looked at anything */
};

struct asset_set {
	const struct asset *assets;
	size_t n;
};

struct web {
	struct web_setup setup;
	char *origin; /* scheme://host[:port] or NULL */
	struct router *router;
	struct asset_set *sets;
	size_t sets_n;
	struct lobby *lobby;
	unsigned char seat_key[16]; /* of this start */
	struct pool *pool;
	size_t bodies; /* bytes that bodies of more than BODY_SMALL take together; for the library's thread only */
	int uploads;   /* files that are coming in, or are being looked at; for the same thread only */
	struct kept *kept;
	struct MHD_Daemon *daemon;
	int listen_fd, port;
	uint64_t heard, ended; /* requests begun and done with, ever */
	atomic_bool draining; /* each answer is its connection's last */
	char *unix_path;
	pthread_t sweeper;
	bool sweeping;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t stir;
	bool stop;
	unsigned char peer_key[16];
	int64_t peer_hour;
};

/* ---- req.c ---- */

/* Whose connection it is, for lobby_enter. */
uint64_t peer_of_seat(const struct web *web, const struct sockaddr *sa);

/* ---- guard.c ---- */

/* 0, or the status with which this head is refused. */
int guard_head(struct req *req);
/* 0, or the status; *length_r is the Content-Length, or -1 when chunked. */
int guard_length(struct req *req, int64_t *length_r);

/* ---- body.c: for the library's thread ---- */

#define BODY_SMALL ((size_t)16 << 10)

/* 0, or the status with which this head's length is refused. */
int body_await(struct req *req);
/* The next piece. */
void body_comes(struct req *req, const char *bytes, size_t n);
/* 0, or the status with which the whole of it is refused. */
int body_status(struct req *req);
/* Wipes it; safe without one. */
void body_free(struct req *req);

/* ---- upload.c: for the library's thread, but for upload_fields ---- */

/* 0, or the status with which a file of this length (-1: not said) is refused. */
int upload_await(struct req *req, int64_t length);
/* It may come: its seat and its file. 0, or the status that refuses it: nobody's seat is taken before it is known who sends. */
int upload_admitted(struct req *req);
void upload_comes(struct req *req, const char *p, size_t n);
int upload_status(struct req *req);
struct slice upload_fields(const struct req *req); /* what stood beside the file, as a form's body */
void upload_free(struct req *req);                 /* safe without one */

/* ---- gate.c ---- */

/* Whether a file may come at all: who asks, and whether they may. False: the answer is made. */
bool gate_admit(struct req *req);

/* Decides who asks and whether they may, then runs the handler. */
struct answer gate_serve(struct req *req);

/* ---- reply.c ---- */

/* Turns the answer into req->response. */
void reply_finish(struct req *req);
/* The asset with this path, or NULL. */
const struct asset *asset_of(const struct web *web, struct slice path);
struct MHD_Response *reply_asset(struct req *req, const struct asset *a) MUST_USE;
/* Whether the answer may be compressed, by what was asked. */
bool reply_may_zip(struct req *req);

/* ---- squeeze.c ---- */

/* Before the first page: what the library works in is wiped. */
void squeeze_begin(void);
/* Replaces the bytes by their gzip form; false (they stay) when that is no smaller. */
bool squeeze(struct buf *b);

/* ---- kept.c ---- */

void kept_add(struct web *web, const struct route *route); /* before the server starts */
void kept_free(struct web *web);
/* On the library's thread. True: it is answered. */
bool kept_answer(struct req *req, enum MHD_Result *result_r);
/* Before the handler. */
void kept_begin(struct req *req);
/* Takes `response` over: it is kept, unless what it shows was forgotten since kept_begin. */
void kept_put(struct req *req, struct MHD_Response *response);

/* ---- pool.c ---- */

struct pool;
/* With a worker in each lane. RES_BROKEN: there is no thread for one. */
MUST_USE enum result pool_new(int workers, int queue_most, struct pool **pool_r);
void pool_free(struct pool **p); /* joins the workers */
/* Suspends the connection and queues the request; false (nothing done) when the queue is full or closed. */
bool pool_take(struct pool *p, struct req *req);
void pool_wake(struct pool *p);
/* Asks those again whose time is up or whose reader has gone. */
void pool_sweep(struct pool *p);
/* Takes no more, asks all that are parked a last time, waits until nothing is suspended. */
void pool_close(struct pool *p, int seconds);

/* ---- listen.c ---- */

MUST_USE enum result listen_at(struct web *web);
void listen_end(struct web *web);

#endif
