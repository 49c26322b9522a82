#include <string.h>
#include <strings.h>

#include "call/call.h"

#define VERSION "HTTP/1.1 "

static bool named(struct slice name, const char *is)
{
	return name.n == strlen(is) && strncasecmp(name.p, is, name.n) == 0;
}

/* "HTTP/1.1 200 OK" */
static enum result status_of(struct slice line, int *status_r)
{
	int64_t n;
	if (!slice_starts(line, VERSION) || line.n < strlen(VERSION) + 3)
		return RES_BAD;
	const char *digits = line.p + strlen(VERSION);
	if (line.n > strlen(VERSION) + 3 && digits[3] != ' ')
		return RES_BAD;
	/* 1xx announces another answer, which we never ask for (RFC 9110 § 15.2). */
	if (slice_int((struct slice){ digits, 3 }, &n) != RES_OK || n < 200 || n > 599)
		return RES_BAD;
	*status_r = (int)n;
	return RES_OK;
}

/* One line of the head; *said: Content-Length was there. */
static enum result take_line(struct slice line, struct call_head *h, bool *said)
{
	struct slice name, value = line;
	int64_t n;
	if (!memchr(line.p, ':', line.n) || !slice_cut(&value, ':', &name))
		return RES_BAD;
	value = slice_trim(value);
	if (named(name, "Transfer-Encoding"))
		return RES_BAD;
	if (named(name, "Connection") && named(value, "close"))
		h->closes = true;
	if (!named(name, "Content-Length"))
		return RES_OK;
	if (*said || !value.n || value.p[0] == '-' || slice_int(value, &n) != RES_OK)
		return RES_BAD;
	*said = true;
	h->length = (size_t)n;
	return RES_OK;
}

enum result call_read_head(struct slice bytes, struct call_head *head_r)
{
	struct call_head h = { 0 };
	bool said = false, first = true;
	const char *end = memmem(bytes.p, bytes.n, "\r\n\r\n", 4);
	if (!end || (size_t)(end - bytes.p) + 4 > CALL_HEAD_MOST)
		return end || bytes.n >= CALL_HEAD_MOST ? RES_BAD : RES_AGAIN;
	h.n = (size_t)(end - bytes.p) + 4;
	for (const char *p = bytes.p; p < end + 2;) {
		const char *stop = memmem(p, (size_t)(end + 2 - p), "\r\n", 2);
		struct slice line = { p, (size_t)(stop - p) };
		if ((first ? status_of(line, &h.status) : take_line(line, &h, &said)) != RES_OK)
			return RES_BAD;
		first = false;
		p = stop + 2;
	}
	/* Of these there is none, whatever the head says (RFC 9110 § 8.6). */
	if (h.status == 204 || h.status == 304)
		h.length = 0;
	else if (!said)
		return RES_BAD;
	*head_r = h;
	return RES_OK;
}
