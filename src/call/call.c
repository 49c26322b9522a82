#include "call/call.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define GLANCE 500 /* ms between looks whether it is still wanted */

struct call_line {
	int fd;      /* -1: not connected */
	char *where; /* what it is connected to */
};

/* One question on its way. */
struct asking {
	const struct call_question *q;
	int fd;
	int64_t until; /* ms that only count up */
};

static int64_t uptime_ms(void)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		bug("no monotonic clock");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct call_line *call_line_new(void)
{
	struct call_line *line = must_alloc(1, sizeof(*line));
	line->fd = -1;
	return line;
}

static void hang_up(struct call_line *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}

void call_line_free(struct call_line **line)
{
	if (!*line)
		return;
	hang_up(*line);
	free((*line)->where);
	free(*line);
	*line = NULL;
}

/* Until the connection can be read or written. False: too late, or not wanted any more. */
static bool ready(const struct asking *a, short events)
{
	struct pollfd p = { a->fd, events, 0 };
	for (;;) {
		int64_t left = a->until - uptime_ms();
		if (left <= 0 || (a->q->unwanted && a->q->unwanted(a->q->ctx)))
			return false;
		int rc = poll(&p, 1, left < GLANCE ? (int)left : GLANCE);
		if (rc > 0)
			return true;
		if (rc < 0 && errno != EINTR)
			return false;
	}
}

/* ---- connecting ---- */

static bool connected(struct asking *a, const struct sockaddr *to, socklen_t n)
{
	int why = 0;
	socklen_t room = sizeof(why);
	if (connect(a->fd, to, n) == 0)
		return true;
	return errno == EINPROGRESS && ready(a, POLLOUT) && getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &why, &room) == 0 && why == 0;
}

static bool open_socket(struct asking *a, const struct sockaddr *to, socklen_t n)
{
	a->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd >= 0 && connected(a, to, n))
		return true;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	return false;
}

static bool open_path(struct asking *a, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(to.sun_path))
		return false;
	memcpy(to.sun_path, path, strlen(path) + 1);
	return open_socket(a, (const struct sockaddr *)&to, sizeof(to));
}

static bool open_address(struct asking *a, const char *where)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	const char *colon = strrchr(where, ':');
	struct addrinfo *list = NULL;
	char host[256];
	size_t n = colon ? (size_t)(colon - where) : 0;
	bool bare = n > 1 && where[0] == '[' && where[n - 1] == ']';
	if (!colon || n >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(bare ? n - 2 : n), where + bare);
	if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
		return false;
	bool open = false;
	for (const struct addrinfo *at = list; at && !open; at = at->ai_next)
		open = open_socket(a, at->ai_addr, at->ai_addrlen);
	freeaddrinfo(list);
	return open;
}

static bool open_line(struct call_line *line, struct asking *a)
{
	const char *where = a->q->where;
	bool open = strncmp(where, "unix:", 5) == 0 ? open_path(a, where + 5) : open_address(a, where);
	line->fd = a->fd;
	if (open && (!line->where || strcmp(line->where, where) != 0)) {
		free(line->where);
		line->where = must_strdup(where);
	}
	return open;
}

/* Between two questions nobody says anything: what can be read is the end. */
static bool kept(const struct call_line *line, const char *where)
{
	struct pollfd p = { line->fd, POLLIN, 0 };
	return line->fd >= 0 && strcmp(line->where, where) == 0 && poll(&p, 1, 0) == 0;
}

/* ---- asking ---- */

static bool send_all(const struct asking *a, struct slice s)
{
	while (s.n) {
		ssize_t n = send(a->fd, s.p, s.n, MSG_NOSIGNAL);
		if (n > 0)
			s = (struct slice){ s.p + n, s.n - (size_t)n };
		else if (n == 0 || (errno != EINTR && (errno != EAGAIN || !ready(a, POLLOUT))))
			return false;
	}
	return true;
}

static bool send_question(const struct asking *a)
{
	const struct call_question *q = a->q;
	struct buf head = BUF_LIMIT(4096);
	buf_printf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", q->json ? "POST" : "GET", q->path,
		   strncmp(q->where, "unix:", 5) == 0 ? "door" : q->where);
	if (q->json)
		buf_printf(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", q->json->n);
	buf_str(&head, "\r\n");
	bool sent = !head.full && send_all(a, buf_get(&head)) && (!q->json || send_all(a, buf_get(q->json)));
	buf_free(&head);
	return sent;
}

/* The bytes that came, at least one; 0: the other side has closed; -1: nothing in time. */
static ssize_t receive(const struct asking *a, char *bytes, size_t room)
{
	for (;;) {
		if (!ready(a, POLLIN))
			return -1;
		ssize_t n = recv(a->fd, bytes, room, 0);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n < 0 ? 0 : n;
	}
}

/* *said: at least one byte came. */
static enum result hear(const struct asking *a, struct call_head *head_r, struct buf *out, bool *said)
{
	char bytes[CALL_HEAD_MOST];
	struct call_head head;
	size_t had = 0;
	enum result res = RES_AGAIN;
	*said = false;
	while (res == RES_AGAIN) {
		ssize_t n = receive(a, bytes + had, sizeof(bytes) - had);
		*said = *said || n != 0; /* one that was late or not wanted is not asked again, either */
		if (n <= 0)
			return RES_BROKEN;
		had += (size_t)n;
		res = call_read_head((struct slice){ bytes, had }, &head);
	}
	if (res != RES_OK || had - head.n > head.length)
		return RES_BROKEN;
	buf_put(out, bytes + head.n, had - head.n);
	for (size_t left = head.length - (had - head.n); left && !out->full;) {
		ssize_t n = receive(a, bytes, left < sizeof(bytes) ? left : sizeof(bytes));
		if (n <= 0)
			return RES_BROKEN;
		buf_put(out, bytes, (size_t)n);
		left -= (size_t)n;
	}
	*head_r = head;
	return out->full ? RES_BAD : RES_OK;
}

enum result call_ask(struct call_line *line, const struct call_question *q, int *status_r, struct buf *out)
{
	struct asking a = { .q = q, .fd = line->fd, .until = uptime_ms() + (int64_t)q->seconds * 1000 };
	struct call_head head = { 0 };
	bool old = kept(line, q->where), said = false;
	enum result res = RES_BROKEN;
	if (old && send_question(&a))
		res = hear(&a, &head, out, &said);
	if (!old || (res == RES_BROKEN && !said)) {
		hang_up(line);
		a.fd = -1;
		if (!open_line(line, &a) || !send_question(&a)) {
			hang_up(line);
			return RES_BROKEN;
		}
		res = hear(&a, &head, out, &said);
	}
	if (res != RES_OK || head.closes)
		hang_up(line);
	if (res == RES_OK)
		*status_r = head.status;
	return res;
}
