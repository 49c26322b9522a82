/* people_match.h: which row of a file is which person of the directory. Pure; part of people_plan, whose header has the rule. */
#ifndef PEOPLE_MATCH_H
#define PEOPLE_MATCH_H

#include "duty/people/people_plan.h"

struct people_index;

typedef void people_match_complain(void *ctx, int64_t line, int column, bool note, const char *why);

struct people_match {
	/* Set by who uses it. Messages live in `messages`. */
	const struct people_directory *old;
	struct people_rows *rows;
	struct arena *messages;
	people_match_complain *complain;
	void *ctx;
	/* Found out. */
	int *person;  /* of each row: a number among the directory's people, or -1 */
	int *row_of;  /* of each of the directory's people: its row, or -1 */
	bool *extra;  /* a second row of a person who has one already */
	/* Inside. */
	const struct people_columns *cols;
	size_t n, keys, arenas;
	bool bad_turn; /* faulty rows take what the good ones left: only so that their people are not missed */
	struct arena **arena;
	const int *unit;
	struct people_index *number, *email, *key;   /* of the directory's people */
	struct people_index *row_number, *row_email; /* of the rows; e-mail only where there is no number */
};

/* First: rows that say the same. Rows found wrong become bad. */
void people_match_rows(struct people_match *m);
/* Then: rows and people. unit[i] is the unit of row i. */
void people_match_people(struct people_match *m, const int *unit);
void people_match_end(struct people_match *m);
/* Scratch that lives until people_match_end; wiped then. */
struct arena *people_match_arena(struct people_match *m);

#endif
