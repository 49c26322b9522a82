/* directory.h: haven's copy of the people who can be offered support, as it came through the door. */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "base/arena.h"
#include "db/db.h"
#include "door/door.h"

/* Takes a batch of changes and remembers how far haven has read. Twice is harmless. */
MUST_USE enum result directory_take(struct tx *tx, const struct door_people *people);

/* How far haven has read of "people" or "incidents"; zero at first. */
struct directory_cursor {
	int64_t rev;
	struct id life; /* of duty's, in which the rev was told (door.h) */
};
MUST_USE enum result directory_cursor(struct tx *tx, const char *what, struct directory_cursor *cursor_r);
MUST_USE enum result directory_cursor_set(struct tx *tx, const char *what, const struct directory_cursor *cursor);

/* One person; texts live in `a`. RES_NONE: not known (yet). */
MUST_USE enum result directory_get(struct tx *tx, struct arena *a, const struct id *id, struct door_person *person_r);
/* By employee number or e-mail, whichever is found first. RES_NONE: neither. For attaching supporters. */
MUST_USE enum result directory_find(struct tx *tx, struct arena *a, const char *number, const char *email,
				    struct door_person *person_r);

/* Whoever has left goes, but for those of whom `named` says RES_OK (RES_NONE: not named): they stand in something that is kept. */
MUST_USE enum result directory_forget_left(struct tx *tx, enum result (*named)(struct tx *tx, const struct id *person));

#define DIRECTORY_HITS 8    /* of one search */
#define DIRECTORY_LETTERS 3 /* at least, of a name */

struct directory_hit {
	struct id id;
	const char *number, *name, *unit; /* name NULL: protected identity, name-less in lists */
	bool protected;
};
struct directory_found {
	struct directory_hit list[DIRECTORY_HITS]; /* by name */
	size_t n;
	bool more; /* than these */
};
/* Who still works here, by exact employee number, or by the beginnings of her names ("sol ing" finds Ingrid Solli, "ase"
   finds Åse). Whoever has a protected identity is found by number only. Reads every name, some hundred thousand a second: for a
   page that is seldom asked for. RES_BAD: no such number, and too few letters for a name. */
MUST_USE enum result directory_search(struct tx *tx, struct arena *a, struct slice typed, struct directory_found *found_r);

#endif
