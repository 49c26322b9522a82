/* people_rows.h: a personnel file as checked rows, and what is wrong with it in words an administrator understands. Pure but
   for the source it reads.

   Dropped before anything is kept: columns headed as national identity numbers or birth dates, and every row
   with a national identity number in a column that would be kept. A file whose columns hold them is refused. */
#ifndef PEOPLE_ROWS_H
#define PEOPLE_ROWS_H

#include "base/arena.h"
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
	struct slice number, name, given, family, email, phone, private_phone, profession, level;
	struct slice lang;   /* a code of ours, or none */
	struct slice unit;   /* as written; several columns are joined by PEOPLE_UNIT_JOIN */
	struct slice code, parent, parent_name, leader; /* leader as written */
	struct day end;
	bool has_end, staff, is_protected;
	bool bad; /* told among the problems; does not go in, but its person is not missing either */
};

#define PEOPLE_UNIT_JOIN '\x1f'

/* What is wrong with a row, or odd in it: a column from 0, or -1 for the row as a whole; `note`: the row goes in all the
   same. `why` lives until the call returns. */
typedef void people_complain(void *ctx, int64_t line, int column, bool note, const char *why);

/* A file of which the whole has been looked at once: its columns, what stands between the names of a unit's path, whether
   leaders are named or marked. The rows are then read one by one: nothing here grows with the file. */
struct people_file;

struct people_reading {
	const struct people_told *told;
	size_t told_n;
	struct slice unit_separator; /* between the names of a path; none: found out; "none": there is none */
	void (*progress)(void *ctx, size_t rows); /* every 10,000 rows of the first look; may be NULL */
	void *ctx;
};

/* The first look at all of it. RES_BAD: the file as a whole is refused, *why_r says why (static, or lives with *file_r, which
   is then set too and must be freed). RES_BROKEN: the source. */
MUST_USE enum result people_file_scan(struct csv *csv, const struct people_reading *how, struct people_file **file_r,
				      const char **why_r);
void people_file_free(struct people_file **file); /* overwrites what it held */
/* Before the rows are read, from the first: who hears what is wrong with them. */
void people_file_tell(struct people_file *file, people_complain *complain, void *ctx);
/* The next row, from a new reader at the file's beginning; its texts live in `a`. RES_OK, perhaps a bad row. RES_BAD: it cannot
   be read at all, nobody knows whose it is; told. RES_NONE: the end. RES_BROKEN: the source. */
MUST_USE enum result people_file_next(struct people_file *f, struct csv *csv, struct arena *a, struct people_row *row_r);

const struct people_columns *people_file_columns(const struct people_file *f);
size_t people_file_rows(const struct people_file *f); /* those that cannot be read too */
/* The unit of a row from the top down, as parts of row->unit; how many (0: no unit). */
size_t people_file_unit(const struct people_file *f, const struct people_row *row,
			struct slice parts_r[PEOPLE_UNIT_DEPTH_MAX]);
/* Whether the leader column says yes and no (else it names the leader). */
bool people_file_leader_flags(const struct people_file *f);
/* The column whose national numbers made people_file_scan refuse the file, or -1. */
int people_file_national(const struct people_file *f);
/* 1 yes, 0 no, -1 neither, in four languages. */
int people_flag(struct slice cell);

#endif
