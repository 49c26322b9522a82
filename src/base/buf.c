#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes sure `more` further bytes and a zero fit. */
static bool buf_room(struct buf *b, size_t more)
{
	if (b->full)
		return false;
	if (more > b->limit - b->n) {
		b->full = true;
		return false;
	}
	size_t need = b->n + more + 1;
	if (need <= b->room)
		return true;
	size_t room = b->room ? b->room : b->least ? b->least : 256;
	while (room < need)
		room *= 2;
	if (room > b->limit + 1)
		room = b->limit + 1;
	if (b->secret) {
		/* realloc would leave a copy behind that nobody owns. */
		char *grown = must_alloc(room, 1);
		if (b->p) {
			memcpy(grown, b->p, b->n);
			explicit_bzero(b->p, b->room);
			free(b->p);
		}
		b->p = grown;
	} else {
		b->p = must_realloc(b->p, room, 1);
	}
	b->room = room;
	return true;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, bytes, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

void buf_char(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	/* Mostly there is room, and once is enough. */
	size_t left = b->full ? 0 : b->room - b->n;
	int n = vsnprintf(left ? b->p + b->n : NULL, left, fmt, args);
	va_end(args);
	if (n < 0)
		bug("format %s", fmt);
	if ((size_t)n < left) {
		b->n += (size_t)n;
	} else {
		if (left)
			b->p[b->n] = '\0'; /* it ends where it did, unless all fits */
		if (buf_room(b, (size_t)n)) {
			vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
			b->n += (size_t)n;
		}
	}
	va_end(again);
}

struct slice buf_get(const struct buf *b)
{
	return (struct slice){ b->p ? b->p : "", b->n };
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p)
		b->p[0] = '\0';
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->room);
	buf_reset(b);
}

void buf_free(struct buf *b)
{
	if (b->secret && b->p)
		explicit_bzero(b->p, b->room);
	free(b->p);
	*b = (struct buf){ .limit = b->limit, .least = b->least, .secret = b->secret };
}
