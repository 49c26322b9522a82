/* supporters_rows.h: one row of the supporters' file, understood or refused. Pure; for supporters_*.c alone. */
#ifndef SUPPORTERS_ROWS_H
#define SUPPORTERS_ROWS_H

#include "csv/csv.h"
#include "haven/supporters/supporters.h"

enum supporters_column {
	SC_NUMBER, SC_EMAIL, SC_NAME, SC_PHONE, SC_LANGUAGES, SC_SINCE, SC_INTERVIEW, SC_TRAINING, SC_CHECK,
	SC_ACCREDITED, SC_WINDOWS, SC_UNIT, SC_PROFESSION, SC_LEVEL, SC_COUNT
};

/* Where each stands in the file; -1: not there. */
struct supporters_columns {
	int at[SC_COUNT];
};

/* What was wrong, or is to be known; column -1: the whole row. */
struct supporters_problem {
	int64_t line;
	int column;
	const char *why; /* in the arena, or fixed */
	bool note;       /* the row goes in all the same */
};

struct supporters_problems {
	struct arena *a;
	struct supporters_problem *list;
	size_t n, room, bad;
};

void supporters_say(struct supporters_problems *p, int64_t line, int column, bool note, const char *why);

/* As it stands in the file: "" and 0 where a cell is empty or not there. */
struct supporters_row {
	int64_t line;
	const char *number, *email, *name, *phone, *languages, *unit, *profession, *level;
	int since_year;
	struct day interview, training, check, accredited;
	struct supporter_window *windows;
	size_t windows_n;
};

/* The headings, in English, Norwegian, Swedish or Danish. RES_BAD: *why_r says what is missing or there twice. */
MUST_USE enum result supporters_headings(const struct csv_row *row, struct arena *a, struct supporters_columns *cols_r,
					 const char **why_r);
/* Reads the cells; what is wrong goes to `p`. False when anything is. */
bool supporters_row_read(const struct csv_row *row, const struct supporters_columns *cols, struct day today,
			 struct arena *a, struct supporters_problems *p, struct supporters_row *row_r);

/* "mon 08:00-16:00; tue 20:00-08:00 standby", days in the four languages, "mon-fri" for several. NULL: read; else why not. */
const char *supporters_windows_read(struct slice text, struct arena *a, struct supporter_window **list_r, size_t *n_r);

enum supporters_rest {
	SUPPORTERS_RESTED,
	SUPPORTERS_NEVER_RESTS, /* no 11 hours in one piece outside every window: sent on the first day only */
	SUPPORTERS_LONG,        /* more than 12 hours of duty (standby half) between two rests: not sent in its later part */
};
/* What the matching (matching_rules.h) will make of these windows, week after week. */
enum supporters_rest supporters_rest_of(const struct supporter_window *list, size_t n);

#endif
