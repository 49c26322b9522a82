#include "web/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request that the guard of heads refuses on the loop itself, before any route: it names no host. */
static const char question[] = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";

static bool ready(int fd, short what, int milliseconds)
{
	struct pollfd at = { .fd = fd, .events = what };
	return poll(&at, 1, milliseconds) == 1;
}

static bool answered(int fd, int milliseconds)
{
	char byte;
	if (!ready(fd, POLLOUT, milliseconds) || send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL) < 0)
		return false;
	return ready(fd, POLLIN, milliseconds) && recv(fd, &byte, 1, 0) == 1;
}

bool web_turns(struct web *web, int milliseconds)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	uint64_t before = __atomic_load_n(&web->heard, __ATOMIC_RELAXED);
	if (getsockname(web->listen_fd, (struct sockaddr *)&at, &n) != 0)
		return false;
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool turns = fd >= 0 && (connect(fd, (struct sockaddr *)&at, n) == 0 || errno == EINPROGRESS) &&
		     answered(fd, milliseconds / 2);
	if (fd >= 0)
		close(fd);
	/* All places may be taken, which is no standstill as long as those who have them are heard. */
	return turns || __atomic_load_n(&web->heard, __ATOMIC_RELAXED) != before;
}
