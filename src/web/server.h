/* server.h: one HTTP server of a program: one epoll thread that never blocks, and a
   bounded pool of workers. libmicrohttpd is behind it and nowhere else. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "base/clock.h"
#include "base/random.h"
#include "web/route.h"

struct web;
struct html;

/* A file that lives in the program: made at build time by tools/embed. */
struct asset {
	const char *path; /* "/a/HASH/offer.js": the hash of the content is in the path, so it is cached for a year */
	const char *type;
	const unsigned char *bytes, *gzip; /* gzip may be NULL */
	size_t n, gzip_n;
};

/* "/a/HASH/offer.js" for "offer.js". A name that is not there is our bug. */
const char *asset_url(const struct asset *assets, size_t n, const char *name);

/* What an error page says. */
struct web_error {
	int status, lang;
	int64_t file_most; /* 413: how many bytes a file may have that is sent here; 0: none is */
	const char *back;  /* the page that a file was sent from; NULL: no file was */
};

/* What it points to must live as long as the server. */
struct web_setup {
	/* listen: "127.0.0.1:8080", "[::1]:8080" or "unix:/path/door.sock" (mode 0660) */
	const char *listen;
	/* Host names this program answers to, NULL-terminated ("duty.localhost"); others get 421. NULL on a local socket. */
	const char *const *hosts;
	const struct clock *clock;
	struct random_source *rnd;
	int workers;       /* of the quick lane; the slow one has four more, at most as many */
	int most_open;     /* connections; 0: 2,000 */
	int header_seconds; /* from the first byte to the end of the headers, and again to the end of the body; 0: 15 */
	/* The gate. Looks at the session cookie of the request (by req_cookie) and makes the actor; RES_NONE: nobody
	   signed in. Runs in the pool. NULL where no route needs a sign-in. */
	enum result (*who)(struct req *req, void *ctx, struct actor **who_r);
	void *who_ctx;
	/* Draws the error page. NULL: plain text. */
	void (*error_page)(struct html *out, const struct web_error *error, void *ctx);
	void *error_ctx;
	/* Where somebody who must sign in first is sent ("/sign-in"); NULL: 403. */
	const char *sign_in;
	int default_lang;
	const char *public_url; /* scheme://host[:port], for the Origin check; NULL on a local socket */
	/* The header in which a proxy on this machine says whose request it is ("X-Real-IP"); believed from loopback
	   only. NULL: none. */
	const char *peer_header;
	int queue_most;    /* requests waiting for a worker, per lane; 0: 1,000. Past it: 503 */
	/* Where files that are uploaded lie while they are looked at (they have no name there), and how large they may be. NULL:
	   no route may take any. */
	const char *upload_dir;
	int64_t upload_most;
	size_t bodies_most; /* bytes that bodies of more than 16 KiB may take together; 0: 64 MiB. Past it: 503 */
};

MUST_USE enum result web_new(const struct web_setup *setup, struct web **web_r);
/* Adds a room's routes; before web_start. `room` is handed to its handlers. */
void web_routes(struct web *web, const struct route *routes, size_t n, void *room);
void web_assets(struct web *web, const struct asset *assets, size_t n);
/* Binds and serves. RES_BROKEN with a log line that says why (port taken, no right). */
MUST_USE enum result web_start(struct web *web);
int web_port(const struct web *web); /* the port it got, for "…:0" */
/* Whether the loop on which browsers come still turns: it answered a call of our own, or heard somebody else, in so many milliseconds. What
   workers, the database or a mail server do does not matter: no worker is asked. Where all places are taken nobody can tell, and it is
   taken to turn. Between web_start and web_drain. */
bool web_turns(struct web *web, int milliseconds);
/* Lets waiting long polls look again. Safe from all threads. */
void web_wake(struct web *web);
/* What is kept of the route with this path holds no more (FLAG_KEPT), nor does what a handler is making of it just now. From any thread,
   once the change is committed. */
void web_forget(struct web *web, const char *path);
/* Takes no new connection, lets running requests end (at most `seconds`; what still waits for a worker then gets
   503), then stops. A handler that runs is always waited for. Long polls are asked a last time at once. */
void web_drain(struct web *web, int seconds);
/* After web_drain: whatever this process becomes by exec listens there again, and who comes meanwhile waits in the socket's queue. */
void web_hand_on(struct web *web);
void web_free(struct web **web);
/* Every route, for the access matrix. */
void web_each_route(const struct web *web, void (*fn)(const struct route *r, void *ctx), void *ctx);

/* For main, before anything secret is read: no core dumps, no tracing by others (PR_SET_DUMPABLE 0), files of our own
   for us alone (umask 077). RES_BROKEN with a log line when the system refuses. */
MUST_USE enum result web_harden_process(void);

/* For the gate only. Strict: p == NULL when it is not there, comes twice, or holds what a cookie may not. */
struct slice req_cookie(struct req *req, const char *name);

#endif
