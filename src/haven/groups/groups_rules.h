/* groups_rules.h: when a session can be, and what is wrong with a plan. Pure. */
#ifndef HAVEN_GROUPS_GROUPS_RULES_H
#define HAVEN_GROUPS_GROUPS_RULES_H

#include "base/clock.h"
#include "base/id.h"
#include "base/slice.h"

#define GROUPS_MINUTES 60      /* that the two must have free in one piece; our choice: groups in the sources take 40 to 77 */
#define GROUPS_DAYS 7          /* without a plan, or without a word after it: then it counts as not held. Our choice: 48 hours are long past */
#define GROUPS_PLACE_MOST 100  /* characters of the place */
#define GROUPS_MORNING_HOUR 8  /* a wish that was mailed the day before and asked for anew is mailed then; our choice: before the day's work */
#define GROUPS_REMIND_HOUR 9   /* on the day after, the two are asked whether it was held */

/* "14", "14.30", "14:30", "1430": minutes after midnight. RES_BAD: anything else. */
MUST_USE enum result groups_clock(struct slice typed, int *minute_r);

enum groups_fault {
	GROUPS_NO_DAY = 1 << 0,
	GROUPS_NO_CLOCK = 1 << 1,    /* none, or one that cannot be read */
	GROUPS_PAST = 1 << 2,        /* it is to begin before now */
	GROUPS_FAR = 1 << 3,         /* more than GROUPS_DAYS ahead */
	GROUPS_LATE = 1 << 4,        /* later than the limit, and she has not said that she knows */
	GROUPS_NO_PLACE = 1 << 5,
	GROUPS_PLACE_LONG = 1 << 6,
	GROUPS_NO_LEADER = 1 << 7,   /* two are needed */
	GROUPS_ONE_LEADER = 1 << 8,  /* the same twice */
	GROUPS_UNFIT = 1 << 9,       /* one of them cannot lead it then */
	GROUPS_PLACE_BAD = 1 << 10,  /* characters that cannot be shown; the form's */
};
/* Of a time; `by`: the limit. */
unsigned groups_time_faults(struct instant starts, struct instant by, bool late_known, struct instant now);
unsigned groups_place_faults(struct slice place);
/* `may`: who can lead it then. */
unsigned groups_leader_faults(const struct id lead[2], const struct id *may, size_t may_n);

/* Until when it is shown as something to come: the end of its day. */
struct instant groups_over(struct instant starts);
/* When a session without a plan, or without a word after it, counts as not held. */
struct instant groups_end(struct day asked, struct instant starts);
/* When the two are asked whether it was held. */
struct instant groups_remind(struct instant starts);
/* When it is looked next whether the two are still ready: on the full hour, so that the mail's time says nothing of what was done when. */
struct instant groups_look(struct instant now);
/* When the coordinators may be mailed again of the same incident's wish: the morning of the next day. */
struct instant groups_morning(struct instant now);
/* Whether it can have been held that day: on its own day or after it, and not later than today. */
bool groups_day_ok(struct day day, struct instant starts, struct day today);

#endif
