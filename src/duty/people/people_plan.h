/* people_plan.h: what an import would do to one person: (as the file says, as the directory stands) → as it shall stand, and what
   differs. Pure. Who is who, who is missing and who leads whom is found out by people_stage, with the database. */
#ifndef PEOPLE_PLAN_H
#define PEOPLE_PLAN_H

#include "base/clock.h"
#include "base/id.h"
#include "duty/people/people_rows.h"

/* Somebody of the directory, as now or as it shall be. */
struct people_record {
	struct id id, unit, leader; /* zero: none, or not known yet */
	struct slice number, name, given, family, email, phone, private_phone, profession, level, lang;
	bool staff, leads, is_protected;
	int64_t ended; /* day, or PEOPLE_CURRENT */
};
#define PEOPLE_CURRENT INT64_MIN

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
	PC_PRIVATE_PHONE = 1 << 12,
	PC_COUNT = 13,
};
const char *people_change_words(enum people_change bit);

/* The person as the row says. The unit and the leader are for the caller to find. */
struct people_record people_plan_row(const struct people_file *file, const struct people_row *row);
/* A column that is not in the file leaves the field alone; an empty cell empties it; no file takes a number away. */
void people_plan_keep(const struct people_file *file, const struct people_record *was, struct people_record *now);
/* Bits of enum people_change. path_changed: the unit is the same and has another path, which to haven is another unit. */
unsigned people_plan_difference(const struct people_record *was, const struct people_record *now, bool path_changed);
/* One employee number, and perhaps somebody else: the e-mail is another one and no word of the name has stayed. Who marries
   keeps a given name; our choice. */
bool people_plan_doubtful(const struct people_record *was, const struct people_record *now);
/* Whether a row that found a person by number, e-mail or name speaks of somebody else after all: no word of the name has stayed, and the
   e-mail is not the same. Pure. */
bool people_plan_stranger(const struct people_record *was, const struct people_record *now);
/* By what lists are sorted, and names compared: a name of nothing but accents folds to nothing and stands as it is. */
struct slice people_sort_key(struct arena *a, struct slice name) MUST_USE;

#endif
