/* people_rows.h: a personnel file as checked rows, and what is wrong with it in words an administrator understands. Pure but
   for the source it reads.

   Dropped before anything is kept: columns headed as national identity numbers or birth dates, and every row
   with a national identity number in a column that would be kept. A file whose columns hold them is refused. */
#ifndef PEOPLE_ROWS_H
#define PEOPLE_ROWS_H

#include "base/clock.h"
#include "csv/csv.h"
#include "door/door.h"
#include "duty/people/people_headings.h"

/* Our choice: no real name, address or unit comes near. */
#define PEOPLE_ROWS_MAX 500000
#define PEOPLE_NAME_MAX 200 /* characters; also profession, level and one unit's name */
#define PEOPLE_TEXT_MAX DOOR_NAME_MOST /* bytes of the same */
#define PEOPLE_NUMBER_MAX 64
#define PEOPLE_EMAIL_MAX 254
#define PEOPLE_UNIT_DEPTH_MAX 12

struct people_row {
	int64_t line;
	struct slice number, name, given, family, email, phone, profession, level, lang; /* lang: "nb" "sv" "da" "en" or none */
	struct slice unit;   /* as written; several columns are joined by PEOPLE_UNIT_JOIN */
	struct slice code, parent, parent_name, leader; /* leader as written */
	struct day end;
	bool has_end, staff, is_protected;
	bool bad; /* told among the problems; does not go in, but its person is not missing either */
};

#define PEOPLE_UNIT_JOIN '\x1f'

struct people_problem {
	int64_t line;
	int column; /* from 0; -1: the row as a whole */
	bool note;  /* the row goes in all the same */
	struct slice why;
};

struct people_rows;

struct people_reading {
	const struct people_told *told;
	size_t told_n;
	struct slice unit_separator; /* between the names of a path; none: found out; "none": there is none */
	void (*progress)(void *ctx, size_t rows); /* every 10,000 rows; may be NULL */
	void *ctx;
};

/* RES_BAD: the file as a whole is refused, *why_r says why (static, or lives with *rows_r, which is then set
   too and must be freed). RES_BROKEN: the source. */
MUST_USE enum result people_rows_read(struct csv *csv, const struct people_reading *how,
				      struct people_rows **rows_r, const char **why_r);
void people_rows_free(struct people_rows **rows); /* overwrites what it held */

size_t people_rows_count(const struct people_rows *rows);
struct people_row *people_rows_at(const struct people_rows *rows, size_t i);
const struct people_columns *people_rows_columns(const struct people_rows *rows);
/* Rows that could not be read at all: nobody knows whose they are. */
size_t people_rows_unreadable(const struct people_rows *rows);
size_t people_rows_problems(const struct people_rows *rows);
const struct people_problem *people_rows_problem(const struct people_rows *rows, size_t i);
/* The unit of a row from the top down, as parts of row->unit; how many (0: no unit). */
size_t people_rows_unit(const struct people_rows *rows, const struct people_row *row,
			struct slice parts_r[PEOPLE_UNIT_DEPTH_MAX]);
/* Whether the leader column says yes and no (else it names the leader). */
bool people_rows_leader_flags(const struct people_rows *rows);
/* 1 yes, 0 no, -1 neither, in four languages. */
int people_flag(struct slice cell);

#endif
