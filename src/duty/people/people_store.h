/* people_store.h: all SQL of the directory. Only for people.c. */
#ifndef PEOPLE_STORE_H
#define PEOPLE_STORE_H

#include "db/db.h"
#include "duty/people/people.h"

MUST_USE enum result people_store_count(struct tx *tx, int64_t *n_r); /* current people */
/* The newest rev: whatever an import changed has moved it. */
MUST_USE enum result people_store_rev(struct tx *tx, int64_t *rev_r);

/* A word by which a name must be found: the bytes from `from` up to but not including `to`. */
struct people_range {
	struct slice from, to;
};
#define PEOPLE_RANGES 4
/* Who has all of the words (1 to PEOPLE_RANGES); at most `max`, sorted; never protected people. */
MUST_USE enum result people_store_find(struct tx *tx, struct arena *a, const struct people_range *range, size_t words,
				       size_t max, struct person_lines *lines);
MUST_USE enum result people_store_exact(struct tx *tx, struct arena *a, struct slice number, struct slice email,
					size_t max, struct person_lines *lines);
MUST_USE enum result people_store_members(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
					  struct person_lines *lines);
MUST_USE enum result people_store_members_count(struct tx *tx, const struct id *unit, int64_t *n_r);
/* RES_NONE: no such unit. *parent_r is zero at the top. */
MUST_USE enum result people_store_unit(struct tx *tx, struct arena *a, const struct id *unit, struct id *parent_r,
				       const char **path_r);
MUST_USE enum result people_store_unit_of(struct tx *tx, const char *path, struct id *unit_r);
MUST_USE enum result people_store_leaders(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
					  struct person_lines *lines);
/* Members counted in the unit itself only. */
MUST_USE enum result people_store_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r);
MUST_USE enum result people_store_person(struct tx *tx, struct arena *a, const struct id *id, struct person *p_r);
/* As people_changes_after, but of the ended all is read, and leaders too. */
MUST_USE enum result people_store_changes(struct tx *tx, struct arena *a, int64_t after, size_t max,
					  struct person **list_r, size_t *n_r);

/* Everybody with this e-mail. */
MUST_USE enum result people_store_of_email(struct tx *tx, struct arena *a, const char *email, struct id **list_r, size_t *n_r);

#define PEOPLE_PHONE_FORMS 3
#define PEOPLE_PHONE_LEAST 5 /* characters: a shorter one is an extension of many */
/* Who works here and has one of these phones; never the protected. */
MUST_USE enum result people_store_of_phone(struct tx *tx, struct arena *a, const struct slice form[PEOPLE_PHONE_FORMS], struct id **list_r,
					   size_t *n_r);

#endif
