/* asking_testing.h: a client for tests of pages: one request over a real socket, and all that the server says to it. */
#pragma once
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/result.h"

/* A connection to the server on `port` of loopback, that waits thirty seconds for a word; bug() without one. */
static inline int asking_dial(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 30 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		bug("no connection to the server under test");
	return fd;
}

/* Sends n bytes, which must say "Connection: close". The whole answer, with a zero behind it, for the caller to free;
   its length into n_r where that is given. A server that has heard enough before the end is no fault. */
static inline char *asking(int port, const void *request, size_t n, size_t *n_r)
{
	struct buf answer = BUF_LIMIT((size_t)8 << 20);
	const char *rest = request;
	char piece[16384];
	ssize_t k;
	int fd = asking_dial(port);
	while (n && (k = send(fd, rest, n, MSG_NOSIGNAL)) > 0) {
		rest += k;
		n -= (size_t)k;
	}
	buf_str(&answer, "");
	while ((k = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&answer, piece, (size_t)k);
	close(fd);
	if (n_r)
		*n_r = answer.n;
	return answer.p;
}

/* Of an answer; 0 when it is none. */
static inline int asking_status(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) ? 0 : atoi(answer + 9);
}
