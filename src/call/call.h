/* call.h: questions over HTTP/1.1 to a program of our own, on a Unix socket or an address of this machine.

   One line is one connection, kept between questions and used by one thread at a time. It understands what our own server
   says (web/): an answer whose Content-Length stands in its head. Anything else, such as pieces (chunked) or an end
   that only the closing tells, is no answer of ours. Nothing is followed, stored or logged here. */
#ifndef CALL_H
#define CALL_H

#include "base/buf.h"

#define CALL_HEAD_MOST 8192 /* bytes of an answer's head */

struct call_line;

struct call_question {
	const char *where; /* "unix:/path" or "HOST:PORT", "[HOST]:PORT"; another one than last time: another connection */
	const char *path;
	const struct buf *json; /* NULL: a GET; else the body of a POST */
	int seconds;            /* after which there is no answer */
	bool (*unwanted)(void *ctx); /* asked some twice a second; true ends it. NULL: never */
	void *ctx;
};

MUST_USE struct call_line *call_line_new(void);
void call_line_free(struct call_line **line); /* safe on NULL */

/* RES_OK: an answer of whatever status; its body is put into `out`. RES_BAD: it is longer than `out` takes. RES_BROKEN: no
   connection, no answer in time, none of ours, or it was not wanted any more. A kept connection that the other side has
   closed is made anew once: a question may arrive twice. */
MUST_USE enum result call_ask(struct call_line *line, const struct call_question *q, int *status_r, struct buf *out);

/* ---- pure ---- */

struct call_head {
	int status;
	size_t n;      /* bytes of the head, its empty line included */
	size_t length; /* bytes of the body */
	bool closes;   /* the connection ends with this answer */
};

/* RES_AGAIN: its end has not come. RES_BAD: it is none of ours, or longer than CALL_HEAD_MOST. */
MUST_USE enum result call_read_head(struct slice bytes, struct call_head *head_r);

#endif
