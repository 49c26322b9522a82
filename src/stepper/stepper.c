#include "stepper/stepper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define MOST_ROUNDS 10000 /* of one moment: more is a circle, and our bug */

struct stepper {
	struct stepper_setup setup;
	pthread_t thread;
	int listener;
	int stop[2]; /* a pipe: written to when we are to stop */
};

/* Does all that there is to do at this moment. */
static enum result settle(struct stepper *s, int *done)
{
	for (int round = 0; round < MOST_ROUNDS; round++) {
		int jobs = 0, rest = 0;
		enum result res = clockwork_settle(s->setup.clockwork, &jobs);
		if (res == RES_OK)
			res = s->setup.settle(s->setup.ctx, &rest);
		if (res != RES_OK)
			return res;
		*done += jobs + rest;
		if (!jobs && !rest)
			return RES_OK;
	}
	bug("the work of one moment does not end");
}

static enum result step_to(struct stepper *s, struct instant to, int *done)
{
	struct instant due, before = { INT64_MIN };
	enum result res = settle(s, done);
	while (res == RES_OK) {
		enum result next = clockwork_next(s->setup.clockwork, &due);
		/* A job that stays due has failed and rests: it does not hold the clock up. */
		if (next == RES_NONE || (next == RES_OK && (due.s > to.s || due.s <= before.s)))
			break;
		if (next != RES_OK)
			return next;
		before = due;
		clock_set(s->setup.clock, due);
		res = settle(s, done);
	}
	if (res != RES_OK)
		return res;
	clock_set(s->setup.clock, to);
	return settle(s, done);
}

static void answer(struct stepper *s, int fd)
{
	char line[64], said[64];
	struct instant to;
	int done = 0;
	size_t had = 0;
	ssize_t n;
	do
		n = read(fd, line + had, sizeof(line) - had);
	while (n > 0 && line[(had += (size_t)n) - 1] != '\n' && had < sizeof(line));
	if (n <= 0)
		return;
	enum result res = instant_parse(slice_trim(slice_bytes(line, had)), &to);
	if (res == RES_OK)
		res = step_to(s, to, &done);
	int len = res == RES_OK ? snprintf(said, sizeof(said), "done %d\n", done)
				: snprintf(said, sizeof(said), "failed\n");
	if (send(fd, said, (size_t)len, MSG_NOSIGNAL) != len)
		log_world("stepper", "whoever asked did not wait");
}

static void *run(void *arg)
{
	struct stepper *s = arg;
	for (;;) {
		struct pollfd fds[2] = { { s->listener, POLLIN, 0 }, { s->stop[0], POLLIN, 0 } };
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		if (!fds[0].revents)
			continue;
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		answer(s, fd);
		close(fd);
	}
}

static enum result address_of(const char *socket_path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(socket_path) >= sizeof(address->sun_path)) {
		log_world("stepper", "the path of the control socket is too long: %s", socket_path);
		return RES_BROKEN;
	}
	memcpy(address->sun_path, socket_path, strlen(socket_path) + 1);
	return RES_OK;
}

enum result stepper_start(const struct stepper_setup *setup, struct stepper **s_r)
{
	struct sockaddr_un address;
	if (address_of(setup->socket, &address) != RES_OK)
		return RES_BROKEN;
	struct stepper *s = must_alloc(1, sizeof(*s));
	s->setup = *setup;
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(setup->socket);
	mode_t before = umask(0177);
	bool bound = s->listener >= 0 && bind(s->listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		     listen(s->listener, 4) == 0;
	umask(before);
	if (bound && pipe2(s->stop, O_CLOEXEC) == 0 && pthread_create(&s->thread, NULL, run, s) == 0) {
		*s_r = s;
		return RES_OK;
	}
	log_world("stepper", "the control socket %s: %s", setup->socket, strerror(errno));
	if (s->listener >= 0)
		close(s->listener);
	free(s);
	return RES_BROKEN;
}

void stepper_stop(struct stepper **s)
{
	if (!*s)
		return;
	if (write((*s)->stop[1], "x", 1) == 1)
		pthread_join((*s)->thread, NULL);
	close((*s)->stop[0]);
	close((*s)->stop[1]);
	close((*s)->listener);
	unlink((*s)->setup.socket);
	free(*s);
	*s = NULL;
}

enum result stepper_ask(const char *socket_path, struct slice time)
{
	struct sockaddr_un address;
	char line[64], said[64] = "";
	if (time.n > 60 || address_of(socket_path, &address) != RES_OK)
		return RES_BROKEN;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* The whole line at once: whoever answers after its first half would be gone before the second. */
	int len = snprintf(line, sizeof(line), "%.*s\n", (int)time.n, time.p);
	bool asked = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		     send(fd, line, (size_t)len, MSG_NOSIGNAL) == len;
	ssize_t n = asked ? read(fd, said, sizeof(said) - 1) : -1;
	if (!asked)
		log_world("stepper", "the program does not run with a clock by hand: %s", strerror(errno));
	else if (n <= 0 || !slice_starts(slice_bytes(said, (size_t)n), "done"))
		log_world("stepper", "not everything that was due could be done; the log of the program says what");
	if (fd >= 0)
		close(fd);
	return n > 0 && slice_starts(slice_bytes(said, (size_t)n), "done") ? RES_OK : RES_BROKEN;
}
