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
	/* To be hung up on, since our address has its share of the places, is an answer too. */
	return ready(fd, POLLIN, milliseconds) && (recv(fd, &byte, 1, 0) >= 0 || errno == ECONNRESET);
}

/* Then nobody is let in, we neither, and nothing can be known: whoever only keeps places busy shall not have the program ended. */
static bool full(const struct web *web)
{
	const union MHD_DaemonInfo *now = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
	return now && now->num_connections >= (unsigned)web->setup.most_open;
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
	return turns || __atomic_load_n(&web->heard, __ATOMIC_RELAXED) != before || full(web);
}
