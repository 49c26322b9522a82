/* reply.h: the only makers of answers. Every answer of ours carries the same fence of
   headers: a Content-Security-Policy without inline script or style, nosniff,
   no-referrer, no framing, no-store for pages, same-origin opener and resource policy. */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include "base/buf.h"
#include "web/html.h"
#include "web/route.h"

/* A page in the reader's language, to be filled by a template. */
struct html html_for(struct req *req);
/* A page: `html` was filled by a template and is taken over. */
struct answer reply_html(struct req *req, int status, struct html *html);
/* After a POST that did something: 303 to a path of our own (path_is_ours, else our bug). */
struct answer reply_see_other(struct req *req, const char *path);
/* "/…" of printable ASCII without backslash, not "//…": what ?to= may say. */
bool path_is_ours(struct slice path);
struct answer reply_json(struct req *req, int status, struct buf *json);   /* taken over */
struct answer reply_bytes(struct req *req, int status, const char *type, struct buf *bytes); /* taken over */
struct answer reply_empty(struct req *req, int status);
/* The program's error page in the reader's language: 400, 403, 404, 405, 409, 413, 429, 500, 503 … */
struct answer reply_error(struct req *req, int status);
/* What a result means where a handler has nothing kinder to say: NONE 404, REFUSED 403, BAD 400, AGAIN 409, BROKEN 503. */
struct answer reply_result(struct req *req, enum result res);
/* Adds a header to the answer that will be made; for cookies use signin's functions. */
void reply_header(struct req *req, const char *name, const char *value);
/* Of a route with FLAG_KEPT, whose answer is 200 without headers of its own: what it shows holds until then by the program's clock, as far as
   the handler can know. Longer than a second it is not kept, and not past a web_forget() that came after the handler began. */
void reply_keep(struct req *req, struct instant until);
/* A long poll: the answer is made later, by `check` saying so, at the latest after `seconds`.
   `check` is run in the pool when web_wake() was called, and at the end (or when the reader has gone, or the server
   stops) with `last` true; it returns an answer whose `made` is NULL to go on waiting, which at the last means 204.
   A wake between the handler's own look and the waiting is not lost. `room` is the route's; the arena lives on. */
struct answer reply_later(struct req *req, int seconds,
			  struct answer (*check)(struct req *req, void *room, bool last));
/* What the handler knows that `check` will need: of the request's arena. */
void req_keep(struct req *req, const void *kept);
const void *req_kept(const struct req *req);

#endif
