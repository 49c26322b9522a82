/* clock.h: time as an argument, and the kinds of time as types that do not mix.

   There is one clock in a program. It follows the machine's, or (in tests and in a
   demonstration started at a given time) is moved by hand. Local time is the
   workplace's own zone, set once at the start by clock_zone(); all arithmetic across
   clock changes goes through the zone data, never through adding hours to days. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/slice.h"

/* A point in time: seconds since 1970-01-01 00:00 UTC. */
struct instant {
	int64_t s;
};

/* A calendar day in the workplace's zone: days since 1970-01-01. */
struct day {
	int32_t n;
};

/* What the wall says: in the workplace's zone. */
struct wall {
	int year, month, mday;    /* 2026, 1..12, 1..31 */
	int hour, minute, second; /* 0..23, 0..59, 0..60 */
	int weekday;              /* 0 Monday .. 6 Sunday */
};

struct clock;

/* Follows the machine's clock. When that is set back by up to CLOCK_HELD seconds (its time service at work) time stands
   still until it has caught up. When it is set back further it had run ahead, and is followed at once, with one line in
   the log: to stand still until it catches up would hold up everything that is put off by minutes or days, mail that is
   tried again and second touches too, for as long as the clock was wrong. What fell due in the time that was skipped has
   been done early, and early is the better mistake for an offer. A restart would go back likewise. So whoever keeps an
   instant may meet an earlier now. */
struct clock *clock_system(void) MUST_USE;
#define CLOCK_HELD 60
/* The same with another machine: `seconds` is asked for the time. For tests. */
struct clock *clock_machine(int64_t (*seconds)(void)) MUST_USE;
/* Stands at `start` until clock_set moves it. */
struct clock *clock_by_hand(struct instant start) MUST_USE;
void clock_free(struct clock **c);
/* Safe from all threads. */
struct instant clock_now(const struct clock *c);
bool clock_is_by_hand(const struct clock *c);
/* Only for a clock by hand; moving it backwards is ignored. */
void clock_set(struct clock *c, struct instant to);

/* The workplace's zone for the whole program, before any thread starts: "Europe/Oslo".
   RES_BAD if the zone is not known to this machine. */
MUST_USE enum result clock_zone(const char *name);

struct wall instant_wall(struct instant t);
struct day instant_day(struct instant t);
/* The instant at which the wall shows this time on this day. A time that is skipped when
   clocks go forward becomes the same distance after the change; a time that comes
   twice means the first. */
struct instant day_at(struct day d, int hour, int minute);
struct wall day_wall(struct day d); /* 00:00:00 of that day */
MUST_USE enum result day_from(int year, int month, int mday, struct day *d_r);

static inline struct instant instant_add(struct instant t, int64_t seconds)
{
	return (struct instant){ t.s + seconds };
}
static inline struct day day_add(struct day d, int days)
{
	return (struct day){ d.n + days };
}

/* "2026-11-18T22:40" (workplace's zone), "2026-11-18T22:40:00Z" or "…+01:00". RES_BAD otherwise. */
MUST_USE enum result instant_parse(struct slice text, struct instant *t_r);
/* "2026-11-18T21:40:00Z" into out[21]. */
void instant_text(struct instant t, char out[21]);

#endif
