#include "makker/handclock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

#define STEP 3600
#define MOST_AT_ONCE (400LL * 86400)

static void file_of(const struct place *place, const char *end, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/clock%s", place->data, end);
}

enum result handclock_read(const struct place *place, struct instant *at_r)
{
	char file[PATH_MAX], text[64];
	file_of(place, "", file);
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return RES_NONE;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (n < 0)
		log_world("makker", "%s cannot be read: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return RES_BROKEN;
	if (instant_parse(slice_trim(slice_bytes(text, (size_t)n)), at_r) != RES_OK) {
		log_world("makker", "%s holds no time", file);
		return RES_BROKEN;
	}
	return RES_OK;
}

enum result handclock_write(const struct place *place, struct instant at)
{
	enum result res = RES_BROKEN;
	char file[PATH_MAX], fresh[PATH_MAX], text[23];
	file_of(place, "", file);
	file_of(place, ".new", fresh);
	instant_text(at, text);
	text[20] = '\n';
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && write(fd, text, 21) == 21 && fsync(fd) == 0 && rename(fresh, file) == 0)
		res = RES_OK;
	else
		log_world("makker", "%s cannot be written: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return res;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	}
	return 0;
}

enum result handclock_parse(struct slice text, struct instant *t_r)
{
	static const size_t date = 11; /* "2026-11-18T" has minus signs of its own */
	if (text.n <= date || (text.p[text.n - 1] != 'Z' && !memchr(text.p + date, '+', text.n - date) &&
			       !memchr(text.p + date, '-', text.n - date)))
		return RES_BAD;
	return instant_parse(text, t_r);
}

enum result handclock_target(struct slice word, struct instant now, struct instant *to_r)
{
	struct instant to;
	int64_t n, seconds;
	if (slice_starts(word, "+")) {
		struct slice number = { word.p + 1, word.n >= 3 ? word.n - 2 : 0 };
		int64_t unit = unit_seconds(word.p[word.n - 1]);
		if (!unit || slice_int(number, &n) != RES_OK || n < 0 || __builtin_mul_overflow(n, unit, &seconds) ||
		    seconds > MOST_AT_ONCE)
			return RES_BAD;
		to = instant_add(now, seconds);
	} else if (handclock_parse(word, &to) != RES_OK || to.s < now.s || to.s - now.s > MOST_AT_ONCE)
		return RES_BAD;
	*to_r = to;
	return RES_OK;
}

/* Each program's `clock -`: it is told times, a line each, and says each again when all that was due is done. It ends when it is told
   no more, or when something could not be done. */
struct hand {
	pid_t pid; /* 0: none */
	int line;  /* a socket, its standard input and output */
};

static int hand_begin(const struct place *place, enum which which, struct hand *hand)
{
	static const char *const words[] = { "clock", "-", NULL };
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		log_world("makker", "no socket to %s: %s", program_name[which], strerror(errno));
		return LEAVE_UNAVAILABLE;
	}
	const struct start start = { .which = which, .input = ends[1], .output = ends[1], .ready = -1, .words = words };
	pid_t pid = program_start(place, &start);
	if (pid < 0)
		log_world("makker", "%s cannot be started: %s", program_name[which], strerror(errno));
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return LEAVE_UNAVAILABLE;
	}
	*hand = (struct hand){ pid, ends[0] };
	return LEAVE_OK;
}

/* Its exit status; LEAVE_OK where there is none. */
static int hand_end(const struct hand *hand)
{
	if (!hand->pid)
		return LEAVE_OK;
	shutdown(hand->line, SHUT_WR);
	int status = program_wait(hand->pid);
	close(hand->line);
	return status;
}

/* False: it has ended. */
static bool hand_moves(const struct hand *hand, const char line[22])
{
	char said[22];
	size_t n = 0;
	ssize_t got = send(hand->line, line, 21, MSG_NOSIGNAL) == 21 ? 1 : 0;
	while (got > 0 && n < 21 && (got = read(hand->line, said + n, 21 - n)) > 0)
		n += (size_t)got;
	return n == 21 && memcmp(said, line, 21) == 0;
}

/* In both, one after the other. False: one has ended. */
static bool step_to(const struct hand hands[PROGRAMS], struct instant at)
{
	char line[22];
	instant_text(at, line);
	line[20] = '\n';
	return hand_moves(&hands[DUTY], line) && hand_moves(&hands[HAVEN], line);
}

static int move(const struct place *place, struct instant *now, struct instant to)
{
	struct hand hands[PROGRAMS] = { 0 };
	int status = LEAVE_OK, one;
	bool moves = true;
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++)
		status = hand_begin(place, w, &hands[w]);
	while (now->s < to.s && status == LEAVE_OK && moves) {
		now->s = to.s - now->s > STEP ? now->s + STEP : to.s;
		if (handclock_write(place, *now) != RES_OK)
			status = LEAVE_NO_FILE;
		else
			moves = step_to(hands, *now);
	}
	for (enum which w = DUTY; w < PROGRAMS; w++)
		if ((one = hand_end(&hands[w])) != LEAVE_OK && status == LEAVE_OK)
			status = one;
	return status == LEAVE_OK && !moves ? LEAVE_FAILED : status;
}

int handclock_move(const struct place *place, struct slice word)
{
	struct instant now, to;
	enum result res = handclock_read(place, &now);
	if (res == RES_NONE)
		log_world("makker", "this workplace follows the machine's clock; it was not set up with --at");
	if (res != RES_OK)
		return LEAVE_CONFIG;
	if (handclock_target(word, now, &to) != RES_OK) {
		log_world("makker", "not a step (+30m, +1h, +2d; at most 400 days) or a later time: %.*s", (int)word.n, word.p);
		return LEAVE_USAGE;
	}
	int status = move(place, &now, to);
	char text[21];
	instant_text(now, text);
	if (status == LEAVE_OK)
		printf("%s\n", text);
	return status;
}
