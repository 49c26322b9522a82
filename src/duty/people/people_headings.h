/* people_headings.h: which column holds what, guessed from headings in Norwegian, Swedish, Danish and English, or told. Pure. */
#ifndef PEOPLE_HEADINGS_H
#define PEOPLE_HEADINGS_H

#include "base/arena.h"
#include "base/slice.h"

enum people_field {
	PF_NUMBER,
	PF_NAME, /* "Given Family" or "Family, Given" */
	PF_FAMILY,
	PF_GIVEN,
	PF_EMAIL,
	PF_PHONE_PRIVATE,
	PF_PHONE_WORK,
	PF_UNIT, /* a path, a name, or several columns from the top down */
	PF_UNIT_CODE,
	PF_PARENT_CODE,
	PF_PARENT_NAME,
	PF_PROFESSION,
	PF_TITLE, /* stands in where there is no profession */
	PF_LEVEL,
	PF_LEADER, /* an e-mail, an employee number, or yes and no */
	PF_STAFF,  /* staff responsibility: yes and no, or how many */
	PF_LANGUAGE,
	PF_PROTECTED,
	PF_END,
	PF_KEPT, /* the fields above are kept; how many they are */
	PF_NATIONAL = PF_KEPT, /* recognised to be dropped */
	PF_BIRTH,              /* likewise */
	PF_UNUSED,
};

#define PEOPLE_UNIT_COLUMNS_MAX 8

struct people_columns {
	size_t n;                    /* columns in the heading row */
	enum people_field *is;       /* per column */
	struct slice *heading;       /* per column, cleaned */
	int at[PF_KEPT];             /* the column that holds it, or -1; for PF_UNIT the first */
	int unit[PEOPLE_UNIT_COLUMNS_MAX];
	size_t units;
};

/* --column FIELD=HEADING: a heading as it stands in the file, a column's number from 1 (also "#3"), or "none". */
struct people_told {
	struct slice field, column;
};

/* "employee_number", "unit_code" …: how --column names it, and how messages call it. */
const char *people_field_name(enum people_field f);
const char *people_field_words(enum people_field f);

/* One heading alone. */
enum people_field people_heading_guess(struct arena *a, struct slice heading);
/* Everything lives in a. RES_BAD with *why_r (in a): a --column that names no field or no column, or no column
   that could be a name. */
MUST_USE enum result people_headings(struct arena *a, const struct slice *heading, size_t n,
				     const struct people_told *told, size_t told_n, struct people_columns *cols_r,
				     const char **why_r);

#endif
