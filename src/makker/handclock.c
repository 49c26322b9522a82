#include "makker/handclock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
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

static int step_to(const struct place *place, struct instant at)
{
	char text[21];
	instant_text(at, text);
	const char *const words[] = { "clock", text, NULL };
	if (handclock_write(place, at) != RES_OK)
		return LEAVE_NO_FILE;
	int status = LEAVE_OK;
	for (enum which w = DUTY; w < PROGRAMS && status == LEAVE_OK; w++) {
		struct start start = { .which = w, .input = -1, .output = -1, .ready = -1, .words = words };
		status = program_run(place, &start);
	}
	return status;
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
	int status = LEAVE_OK;
	while (now.s < to.s && status == LEAVE_OK) {
		now.s = to.s - now.s > STEP ? now.s + STEP : to.s;
		status = step_to(place, now);
	}
	char text[21];
	instant_text(now, text);
	if (status == LEAVE_OK)
		printf("%s\n", text);
	return status;
}
