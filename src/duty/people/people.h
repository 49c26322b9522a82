/* people.h: the workplace's directory: who works here, in which unit, and how they are reached.

   It comes from the personnel system by import and is changed by nothing else. Lists never carry the name of a
   person with protected identity, and no such person is found by name: only by the whole employee number, since an
   e-mail says the name (PRODUCT.md § 2, in the more private reading). Whoever looks at one person by id gets all
   that is known, so callers ask who may (PRODUCT.md § 4). */
#ifndef DUTY_PEOPLE_PEOPLE_H
#define DUTY_PEOPLE_PEOPLE_H

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"

/* One person, all that is known. Texts are zero-terminated, "" where nothing is known. */
struct person {
	struct id id;
	const char *number, *name, *unit_path, *profession, *level, *lang, *email;
	const char *phone;	   /* of work: what pages may show */
	const char *private_phone; /* for the door alone: it reaches who is not at work (PRODUCT.md § 5, J3) */
	struct id unit;   /* zero: none */
	struct id leader; /* the line leader; zero: none. Never crosses the door. */
	bool staff;	  /* has staff responsibility */
	bool is_protected;
	bool ended;
	int64_t rev;
};

/* One person in a list. */
struct person_line {
	struct id id;
	const char *name; /* "" for a protected identity */
	const char *number, *unit_path, *profession;
	bool is_protected;
	bool reachable; /* has an e-mail or a phone */
};

struct person_lines {
	struct person_line *list;
	size_t n;
	bool more; /* there are more than were asked for */
};

struct unit_line {
	struct id id, parent; /* parent zero: at the top */
	const char *name, *path;
	int64_t members; /* current, here and in the units below */
};

/* All of these run inside the caller's transaction; what they return lives in `a`. */

/* RES_NONE: no such person. One who has ended is found, with `ended` set. */
MUST_USE enum result people_get(struct tx *tx, struct arena *a, const struct id *id, struct person *person_r);

#define PEOPLE_SEARCH_LETTERS 3 /* our choice: at least three letters, at most eight hits */
#define PEOPLE_SEARCH_HITS 8
/* Current people of whose names each typed word begins a word, without case and accents ("ase" finds Åse, "obrien" and
   "o'b" find O'Brien), sorted by name; also who has exactly this employee number or, unless protected, this e-mail.
   RES_BAD: fewer than three characters. RES_OK with n == 0: nobody. */
MUST_USE enum result people_search(struct tx *tx, struct arena *a, struct slice typed, struct person_lines *lines_r);

/* Everybody with this e-mail, also who is protected or has left: for asking who somebody may be, never for showing. */
MUST_USE enum result people_of_email(struct tx *tx, struct arena *a, const char *email, struct id **list_r, size_t *n_r);

/* Who works here and has this phone, of work or private, with or without the country's code; never the protected. For suggesting who somebody may
   be. n == 0: nobody, or it is no phone. */
MUST_USE enum result people_of_phone(struct tx *tx, struct arena *a, struct slice typed, struct id **list_r, size_t *n_r);

/* One person as somebody writes her: an employee number, an e-mail or a name in full, also among other cells
   ("Kari Hansen <kari@…>"). One found and no more: that person is meant. Several: any of them may be. RES_OK with n == 0: nobody.
   RES_BAD: too short or too long to mean anybody. */
MUST_USE enum result people_pick(struct tx *tx, struct arena *a, struct slice line, struct person_lines *lines_r);

/* Whether somebody who writes `typed` may mean who is called `name`: every word of the one is a whole word of the other, without case and accents.
   Pure. */
bool people_may_be_called(struct arena *a, struct slice typed, const char *name);

enum people_meant {
	PEOPLE_MEANT,   /* all that were found are meant, and nobody else is */
	PEOPLE_NOBODY,  /* nobody was found */
	PEOPLE_SEVERAL, /* several have that name */
	PEOPLE_PARTLY,  /* more than one is meant, and not each of them is sure */
	PEOPLE_SHORT,   /* too short to mean anybody */
	PEOPLE_LONG,    /* too long for one line */
};
/* One line of a pasted list: a row of a sheet that tells of one person, or several people one after another ("Kari <kari@…>; Mehmet
   Kaya; ola@…", with semicolons, commas or tabs between). Nobody whom it names is passed over: either everybody is found, PEOPLE_MEANT, or the
   line is unclear. */
MUST_USE enum result people_pick_line(struct tx *tx, struct arena *a, struct slice line, struct person_lines *lines_r,
				      enum people_meant *meant_r);

/* Current members of the unit and of all units below it, sorted by name, at most `max`. The protected are
   among them, name-less: a whole unit means everybody. RES_NONE: no such unit. */
MUST_USE enum result people_unit_members(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
					 struct person_lines *lines_r);

/* How many they are. */
MUST_USE enum result people_unit_count(struct tx *tx, const struct id *unit, int64_t *n_r);

#define PEOPLE_LEADERS_MOST 20
/* Who leads the unit: marked as its leader, or line leader of members, or else of the first unit above that has
   any. Current people, at most PEOPLE_LEADERS_MOST. n == 0: nobody is known to. */
MUST_USE enum result people_unit_leaders(struct tx *tx, struct arena *a, const struct id *unit,
					 struct person_lines *lines_r);

/* Every unit with its members counted, sorted by path. */
MUST_USE enum result people_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r);
/* The unit with this path; RES_NONE: no such. */
MUST_USE enum result people_unit_of(struct tx *tx, const char *path, struct id *unit_r);
/* RES_NONE: no such unit. */
MUST_USE enum result people_unit_path(struct tx *tx, struct arena *a, const struct id *unit, const char **path_r);

/* How many work here. */
MUST_USE enum result people_count(struct tx *tx, int64_t *n_r);
/* The newest rev of all. */
MUST_USE enum result people_rev(struct tx *tx, int64_t *rev_r);
/* For the door: people whose rev is above `after`, oldest change first, at most `max`. Of who has ended only id, ended and rev are
   set. *to_r: ask after this next time. Leaders never come with it. */
MUST_USE enum result people_changes_after(struct tx *tx, struct arena *a, int64_t after, size_t max,
					  struct person **list_r, size_t *n_r, int64_t *to_r, bool *more_r);

/* ---- who has left (docs/retention.md) ---- */

/* RES_OK: has left, or is not known any more; RES_NONE: works here. */
MUST_USE enum result people_has_left(struct tx *tx, const struct id *person);
/* Who works here and has this address, in small letters, alone; RES_NONE: nobody, or several. */
MUST_USE enum result people_alone_of_email(struct tx *tx, const char *email, struct id *person_r);
/* Our choice: whoever comes back within a year and a month is the same person again, as after a season or a leave. */
#define PEOPLE_LEFT_DAYS 400
/* Takes out whoever left before that, but for those of whom `named` says RES_OK (RES_NONE: not named): they stand in something
   that is kept, and go the night after it. */
MUST_USE enum result people_forget_left(struct tx *tx, struct day today,
					enum result (*named)(struct tx *tx, const struct id *person));

/* ---- import: people_import.h ---- */

/* `makker people …`: argv[0] is "people". Returns the exit code: 0 done; 1 done but for bad rows; 2 nothing was done. */
int people_command(struct db *db, const struct clock *clock, struct random_source *rnd, int argc, char **argv,
		   FILE *out, FILE *err);

#endif
