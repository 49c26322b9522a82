/* directory_night_rules.h: whether the nightly file is complete, and whether it may be taken without anybody looking. Pure. */
#ifndef DUTY_DIRECTORY_NIGHT_RULES_H
#define DUTY_DIRECTORY_NIGHT_RULES_H

#include "duty/people/people_import.h"

/* Why a nightly file was not taken. The numbers stand in the table `night`. */
enum night_why {
	NIGHT_FINE = 0,
	/* the folder */
	NIGHT_NO_FOLDER = 1,
	NIGHT_CLOSED = 2,      /* it cannot be read, or nothing can be removed from it */
	NIGHT_OPEN_TO_ALL = 3, /* anybody on the machine may put something into it, or change the file */
	/* the file */
	NIGHT_NO_FILE = 10, /* a link, a pipe, a folder */
	NIGHT_UNREADABLE = 11,
	NIGHT_LARGE = 12,
	NIGHT_OLD = 13,
	NIGHT_EMPTY = 14,
	NIGHT_NO_CSV = 15,
	NIGHT_BROKEN = 16,
	/* what it says of itself; somebody may mend it on the page of columns */
	NIGHT_NOT_AGREED = 20, /* nobody has said yet which column is what */
	NIGHT_HEADINGS = 21,   /* the headings are others than those agreed on */
	NIGHT_REFUSED = 22,    /* national identity numbers, too many rows or units */
	/* the difference */
	NIGHT_PROTECTED = 30,
	NIGHT_LEAVE = 31,
	NIGHT_ROWS = 32,
	NIGHT_TWICE = 33,
	NIGHT_DOUBTS = 34,
	NIGHT_NAMES = 35,
	NIGHT_NEW = 36,
	NIGHT_MOVED = 37,
	NIGHT_UNITS = 38,
	NIGHT_BECAME = 39, /* a unit may have become another one: somebody must say */
};

#define NIGHT_SETTLE 240         /* seconds between two looks that find the same; our choice, less than NIGHT_LOOK */
#define NIGHT_LOOK 300           /* seconds between looks while a file is awaited */
#define NIGHT_HOURS 4            /* that long each night; our choice */
#define NIGHT_OLD_DAYS 7         /* an older file is removed unread, and a waiting one is not kept for longer; our choice */

/* Whether a name is one to look at: NAME.csv or NAME.txt, not hidden. What is still being written under another name
   (.part, .tmp, .filepart) is none. */
bool night_name(const char *name);

/* What one look saw of the file. */
struct night_seen {
	int64_t size, changed; /* changed: nanoseconds */
	struct instant at;
};
/* Two looks NIGHT_SETTLE apart found the same: nobody writes it any more. `before.at` zero: no look before. */
bool night_settled(const struct night_seen *before, const struct night_seen *now);

/* When to look next: in NIGHT_LOOK while a file is awaited, else when the hour comes. */
struct instant night_next(struct instant now, int hour, bool awaited);

struct night_facts {
	const struct people_status *status;
	const struct people_sums *sums;
	int64_t unprotected;   /* who would lose the protected identity */
	int64_t people, units; /* before */
	int leave_percent;     /* of those who could leave */
};
/* NIGHT_FINE: taken without a word. Other than `leave_percent` all bounds are our choice; a handful of people is always within them. */
enum night_why night_verdict(const struct night_facts *f);

#endif
