/* people_plan.h: decides what an import does: (the directory as it stands, the rows of a file) → what is added, changed,
   ended, unchanged, and what is wrong. Pure: nothing is read or written here.

   Who a row is: by employee number; else by e-mail; else by name, unit and profession, the first with the first, the
   second with the second, those with the same telephone before others. Two different employee numbers are never one person;
   nor are two different e-mails where there is no number. */
#ifndef PEOPLE_PLAN_H
#define PEOPLE_PLAN_H

#include "base/clock.h"
#include "base/id.h"
#include "duty/people/people_rows.h"

/* A unit of the directory. In a plan, units are numbered: first those that exist, in their order, then new ones. */
struct people_unit {
	struct id id; /* zero while new */
	int parent;   /* a number, or -1: at the top */
	struct slice code, name;
	struct slice path; /* names from the top, " / " between; unique: a second one of the same name carries its code */
};

/* Somebody of the directory. */
struct people_record {
	struct id id; /* zero while new */
	struct slice number, name, given, family, email, phone, profession, level, lang;
	int unit;   /* a number, or -1 */
	int leader; /* a number among the plan's people, or -1 */
	bool staff, leads, is_protected;
	int64_t ended; /* day, or PEOPLE_CURRENT */
};
#define PEOPLE_CURRENT INT64_MIN

struct people_directory {
	struct people_unit *unit;
	size_t units;
	struct people_record *person;
	size_t people;
};

/* What differs, as bits of `changed`. */
enum people_change {
	PC_NUMBER = 1 << 0,
	PC_NAME = 1 << 1,
	PC_EMAIL = 1 << 2,
	PC_PHONE = 1 << 3,
	PC_UNIT = 1 << 4,
	PC_PROFESSION = 1 << 5,
	PC_LEVEL = 1 << 6,
	PC_LANGUAGE = 1 << 7,
	PC_STAFF = 1 << 8,
	PC_PROTECTED = 1 << 9,
	PC_LEADER = 1 << 10,
	PC_RETURNED = 1 << 11, /* had ended, and stands in the file again */
	PC_COUNT = 12,
};
const char *people_change_words(enum people_change bit);

enum people_fate { PEOPLE_UNCHANGED, PEOPLE_ADDED, PEOPLE_CHANGED, PEOPLE_ENDED };

struct people_outcome {
	enum people_fate fate;
	unsigned changed;
	struct people_record now; /* as it shall be */
};

struct people_plan {
	struct arena *arena; /* of units and messages */
	struct people_unit *unit;
	bool *unit_changed; /* or new */
	size_t units, units_added, units_changed;
	/* First those of the directory in their order, then the added. */
	struct people_outcome *person;
	size_t people;
	size_t added, changed, ended;
	size_t unchanged;    /* of those in the file */
	size_t already_left;			 /* rows of people who had ended before and are not in the directory */
	size_t by_change[PC_COUNT];
	/* Beside the problems of the rows themselves. */
	struct people_problem *problem;
	size_t problems;
	size_t missing;	      /* current people without a row, whether or not they are ended */
	bool must_confirm;    /* more than one in ten would end and `confirmed` is not that number: nothing may be done */
	bool ends_held_back;  /* ends were asked for, but a row could not be read: it might be anybody's */
};

struct people_wish {
	struct day today;
	bool end_missing;
	int64_t confirmed; /* --yes-end N; negative: not given */
};

/* Rows found wrong here become `bad`. The plan borrows text from both. */
struct people_plan *people_plan_make(const struct people_directory *old, struct people_rows *rows,
				     const struct people_wish *wish) MUST_USE;
void people_plan_free(struct people_plan **plan);

#endif
