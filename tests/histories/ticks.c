/* ticks.c: linked into haven for the histories test only. On PostgreSQL answers wait for a tick of each second
   (docs/protocol.md § 3.4); here the test says when the second is over: a byte on the socket tick.sock, and when the tick is done
   a byte comes back. 't': now. 'h': as soon as an answer waits, or the other end says more or closes. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "haven/answers/answers_inside.h"

enum result __wrap_answers_start(struct answers *r);

static int listener;

static bool holds(struct answers *r)
{
	pthread_mutex_lock(&r->lock);
	bool held = r->held;
	pthread_mutex_unlock(&r->lock);
	return held;
}

static void *listen_on(void *arg)
{
	struct answers *r = arg;
	for (;;) {
		char how;
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		struct pollfd more = { fd, POLLIN, 0 };
		if (read(fd, &how, 1) == 1) {
			while (how == 'h' && !holds(r) && poll(&more, 1, 1) == 0)
				;
			how = answers_tick(r) == RES_OK ? 'd' : 'f';
			if (send(fd, &how, 1, MSG_NOSIGNAL) != 1)
				log_world("ticks", "whoever asked did not wait");
		}
		close(fd);
	}
	return NULL;
}

enum result __wrap_answers_start(struct answers *r)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "tick.sock" };
	pthread_t thread;
	if (!r->pace_ms)
		return RES_OK;
	unlink(at.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(listener, 4) != 0 ||
	    pthread_create(&thread, NULL, listen_on, r) != 0)
		return RES_BROKEN;
	pthread_detach(thread);
	return RES_OK;
}
