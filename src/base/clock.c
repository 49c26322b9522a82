#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

struct clock {
	bool by_hand;
	int64_t (*machine)(void);
	_Atomic int64_t at; /* by hand: where it stands; else what was said last */
};

static int64_t machine_seconds(void)
{
	return time(NULL);
}

struct clock *clock_machine(int64_t (*seconds)(void))
{
	struct clock *c = must_alloc(1, sizeof(*c));
	c->machine = seconds;
	return c;
}

struct clock *clock_system(void)
{
	return clock_machine(machine_seconds);
}

struct clock *clock_by_hand(struct instant start)
{
	struct clock *c = must_alloc(1, sizeof(*c));
	c->by_hand = true;
	c->at = start.s;
	return c;
}

void clock_free(struct clock **c)
{
	free(*c);
	*c = NULL;
}

bool clock_is_by_hand(const struct clock *c)
{
	return c->by_hand;
}

/* Raises *most to `to` if that is later; the value afterwards. */
static int64_t raise_to(_Atomic int64_t *most, int64_t to)
{
	int64_t seen = atomic_load(most);
	while (seen < to && !atomic_compare_exchange_weak(most, &seen, to))
		;
	return seen < to ? to : seen;
}

/* Told once: whoever moves it back tells. */
static int64_t set_back(struct clock *c, int64_t said, int64_t to)
{
	if (atomic_compare_exchange_strong(&c->at, &said, to))
		log_world("clock", "the machine's clock was set back by %lld seconds: what fell due in that time was done early. "
			  "See that its time service runs", (long long)(said - to));
	return to;
}

struct instant clock_now(const struct clock *clock)
{
	struct clock *c = (struct clock *)clock;
	int64_t said = atomic_load(&c->at);
	if (c->by_hand)
		return (struct instant){ said };
	int64_t machine = c->machine();
	if (said - machine > CLOCK_HELD)
		return (struct instant){ set_back(c, said, machine) };
	return (struct instant){ raise_to(&c->at, machine) };
}

void clock_set(struct clock *c, struct instant to)
{
	if (!c->by_hand)
		bug("the system's clock is not moved by hand");
	raise_to(&c->at, to.s);
}

enum result clock_zone(const char *name)
{
	char path[256];
	if (!name[0] || name[0] == '/' || strstr(name, "..") ||
	    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name) >= (int)sizeof(path))
		return RES_BAD;
	if (access(path, R_OK) != 0)
		return RES_BAD;
	setenv("TZ", name, 1);
	tzset();
	return RES_OK;
}

static struct wall wall_from(const struct tm *tm)
{
	return (struct wall){
		.year = tm->tm_year + 1900, .month = tm->tm_mon + 1, .mday = tm->tm_mday,
		.hour = tm->tm_hour, .minute = tm->tm_min, .second = tm->tm_sec,
		.weekday = (tm->tm_wday + 6) % 7,
	};
}

struct wall instant_wall(struct instant t)
{
	time_t s = t.s;
	struct tm tm;
	if (!localtime_r(&s, &tm))
		bug("no local time for %lld", (long long)t.s);
	return wall_from(&tm);
}

static int32_t days_of(int year, int month, int mday)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = mday };
	return (int32_t)(timegm(&tm) / 86400);
}

struct day instant_day(struct instant t)
{
	struct wall w = instant_wall(t);
	return (struct day){ days_of(w.year, w.month, w.mday) };
}

struct wall day_wall(struct day d)
{
	time_t s = (time_t)d.n * 86400;
	struct tm tm;
	if (!gmtime_r(&s, &tm))
		bug("no date for day %d", d.n);
	return wall_from(&tm);
}

enum result day_from(int year, int month, int mday, struct day *d_r)
{
	if (year < 1900 || year > 9999 || month < 1 || month > 12 || mday < 1 || mday > 31)
		return RES_BAD;
	struct day d = { days_of(year, month, mday) };
	if (day_wall(d).mday != mday)
		return RES_BAD; /* 30 February */
	*d_r = d;
	return RES_OK;
}

struct instant day_at(struct day d, int hour, int minute)
{
	struct wall w = day_wall(d);
	struct tm tm = { .tm_year = w.year - 1900, .tm_mon = w.month - 1, .tm_mday = w.mday,
			 .tm_hour = hour, .tm_min = minute, .tm_isdst = 1 };
	struct tm asked = tm;
	time_t s = mktime(&tm);
	/* tm_isdst=1 is right in summer, right for the first of two, and one hour early else. */
	if (tm.tm_hour != asked.tm_hour || tm.tm_min != asked.tm_min || tm.tm_mday != asked.tm_mday) {
		asked.tm_isdst = 0;
		s = mktime(&asked);
	}
	return (struct instant){ s };
}

void instant_text(struct instant t, char out[21])
{
	time_t s = t.s;
	struct tm tm;
	if (!gmtime_r(&s, &tm) || !strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &tm))
		bug("no text for %lld", (long long)t.s);
}

/* Exactly `n` digits at s[*at]. */
static bool digits(struct slice s, size_t *at, int n, int *v_r)
{
	int v = 0;
	for (int i = 0; i < n; i++, ++*at) {
		if (*at >= s.n || s.p[*at] < '0' || s.p[*at] > '9')
			return false;
		v = v * 10 + (s.p[*at] - '0');
	}
	*v_r = v;
	return true;
}

static bool sign(struct slice s, size_t *at, char c)
{
	return *at < s.n && s.p[*at] == c && ++*at;
}

enum result instant_parse(struct slice s, struct instant *t_r)
{
	size_t at = 0;
	int year, month, mday, hour, minute, second = 0;
	struct day d;
	if (!digits(s, &at, 4, &year) || !sign(s, &at, '-') || !digits(s, &at, 2, &month) ||
	    !sign(s, &at, '-') || !digits(s, &at, 2, &mday) || !sign(s, &at, 'T') ||
	    !digits(s, &at, 2, &hour) || !sign(s, &at, ':') || !digits(s, &at, 2, &minute))
		return RES_BAD;
	if (sign(s, &at, ':') && !digits(s, &at, 2, &second))
		return RES_BAD;
	if (hour > 23 || minute > 59 || second > 59 || day_from(year, month, mday, &d) != RES_OK)
		return RES_BAD;
	if (at == s.n) {
		*t_r = instant_add(day_at(d, hour, minute), second);
		return RES_OK;
	}
	int64_t utc = (int64_t)d.n * 86400 + hour * 3600 + minute * 60 + second;
	if (sign(s, &at, 'Z')) {
		if (at != s.n)
			return RES_BAD;
		*t_r = (struct instant){ utc };
		return RES_OK;
	}
	int plus = s.p[at] == '+' ? 1 : s.p[at] == '-' ? -1 : 0, off_h, off_m;
	at++;
	if (!plus || !digits(s, &at, 2, &off_h) || !sign(s, &at, ':') || !digits(s, &at, 2, &off_m) ||
	    at != s.n || off_h > 15 || off_m > 59)
		return RES_BAD;
	*t_r = (struct instant){ utc - plus * (off_h * 3600 + off_m * 60) };
	return RES_OK;
}
