#include "web/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG 1024 /* a whole shift arrives in the same second */

static enum result refused(int fd, const char *what)
{
	log_world("web", "%s: %s", what, strerror(errno));
	if (fd >= 0)
		close(fd);
	return RES_BROKEN;
}

/* A socket file that nobody serves any more is taken over; anything else is left alone. */
static bool left_behind(const struct sockaddr_un *at)
{
	struct stat st;
	if (lstat(at->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool dead = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return dead;
}

static enum result listen_unix(struct web *web, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(at.sun_path)) {
		log_world("web", "the path of the local socket is too long");
		return RES_BROKEN;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (left_behind(&at))
		unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Between bind and listen nobody can come in, so the mode is set in time. */
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return refused(fd, "cannot make the local socket");
	web->unix_path = must_strdup(path);
	if (chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0)
		return refused(fd, "cannot listen on the local socket");
	web->listen_fd = fd;
	return RES_OK;
}

static int port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return 0;
	return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
					      : ((struct sockaddr_in *)&at)->sin_port);
}

/* "127.0.0.1:8080" or "[::1]:8080": numbers only, no look-up. */
static struct addrinfo *address_of(const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	int64_t port;
	if (!n || n >= sizeof(host) || slice_int(slice_of(colon + 1), &port) != RES_OK || port < 0 || port > 65535)
		return NULL;
	bool bracketed = text[0] == '[' && text[n - 1] == ']';
	snprintf(host, sizeof(host), "%.*s", (int)(bracketed ? n - 2 : n), text + bracketed);
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	return getaddrinfo(host, colon + 1, &want, &found) == 0 ? found : NULL;
}

static enum result listen_tcp(struct web *web, const char *text)
{
	struct addrinfo *at = address_of(text);
	if (!at) {
		log_world("web", "the address to listen on is not one: %s", text);
		return RES_BROKEN;
	}
	int yes = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
		  bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	freeaddrinfo(at);
	if (!ok)
		return refused(fd, "cannot listen");
	web->listen_fd = fd;
	web->port = port_of(fd);
	return RES_OK;
}

/* "FD ADDRESS": a socket that this process had before it began again. It may be another address now. */
#define HANDED_ON "MAKKER_SOCKET"

/* The socket that was handed on, if it is one and listens there. */
static bool take_handed_on(struct web *web)
{
	const char *words = getenv(HANDED_ON);
	struct slice rest = slice_of(words ? words : ""), fd_text;
	int64_t fd;
	int listens = 0;
	socklen_t n = sizeof(listens);
	if (!words || !slice_cut(&rest, ' ', &fd_text) || slice_int(fd_text, &fd) != RES_OK || fd < 3 || fd > INT_MAX ||
	    getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) != 0 || !listens || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
		return false;
	bool ours = slice_is(rest, web->setup.listen);
	unsetenv(HANDED_ON);
	if (!ours)
		close((int)fd);
	else
		web->listen_fd = (int)fd;
	return ours;
}

void web_hand_on(struct web *web)
{
	char words[400];
	if (web->daemon || web->unix_path)
		bug("only a TCP socket of a server that has drained is handed on");
	snprintf(words, sizeof(words), "%d %s", web->listen_fd, web->setup.listen);
	if (fcntl(web->listen_fd, F_SETFD, 0) != 0 || setenv(HANDED_ON, words, 1) != 0)
		return; /* it is closed by exec, and made anew */
	web->listen_fd = -1;
}

enum result listen_at(struct web *web)
{
	const char *at = web->setup.listen;
	if (strncmp(at, "unix:", 5) != 0 && take_handed_on(web)) {
		web->port = port_of(web->listen_fd);
		return RES_OK;
	}
	return !strncmp(at, "unix:", 5) ? listen_unix(web, at + 5) : listen_tcp(web, at);
}

void listen_end(struct web *web)
{
	if (web->listen_fd >= 0) {
		if (web->unix_path)
			unlink(web->unix_path);
		close(web->listen_fd);
	}
	web->listen_fd = -1;
	free(web->unix_path);
	web->unix_path = NULL;
}
