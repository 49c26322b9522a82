/* directory_inside.h: what the files of this room share. */
#ifndef DUTY_DIRECTORY_INSIDE_H
#define DUTY_DIRECTORY_INSIDE_H

#include "duty/directory/directory.h"
#include "duty/people/people_import.h"

/* Why a file was refused, for a page. */
enum refusal { REFUSED_NOT, REFUSED_EMPTY, REFUSED_UTF16, REFUSED_HEADING, REFUSED_NATIONAL, REFUSED_NAME, REFUSED_ROWS,
	       REFUSED_UNITS, REFUSED_BROKEN };

/* What somebody chose on the page of columns. */
struct choices {
	struct csv_form form;
	enum people_field is[CSV_COLUMNS_MAX];
	size_t n; /* 0: as guessed */
	enum people_missing missing;
};

/* Takes the file, which is the room's from now on, and the seat; what the same administrator had begun, and is not carried out yet, is given up. RES_REFUSED:
   somebody has it. RES_BAD with *why_r. */
MUST_USE enum result directory_take(struct directory *d, const struct id *account, int fd, enum refusal *why_r);
/* What is known of the file: its columns with samples, into `a`. RES_NONE: the file is not here (any more). */
MUST_USE enum result directory_peek(struct directory *d, struct arena *a, const struct id *import, struct people_peek *peek_r,
				    struct choices *choices_r, enum refusal *why_r);
/* Keeps what was chosen. RES_NONE: the file is not here. RES_AGAIN: it is read otherwise now, so its columns are guessed anew. */
MUST_USE enum result directory_choose(struct directory *d, const struct id *import, const struct choices *choices);
/* In the thread: plans by what was chosen; carries out what was confirmed. */
void directory_plan(struct directory *d, const struct id *import);
void directory_apply(struct directory *d, const struct id *import);
/* Gives the import and the file up. */
MUST_USE enum result directory_give_up(struct directory *d, const struct id *import);
/* The rows that did not go in, as a file of the same shape. RES_NONE: the file is not here. */
MUST_USE enum result directory_bad_rows(struct directory *d, const struct id *import, struct buf *out);
/* Roles, incidents and what was told follow the units that have become others; nothing where there are none. What a stop left is found by the
   next call. */
void directory_follow_units(struct directory *d);
const struct directory_setup *directory_setup_of(const struct directory *d);

/* ---- for the nightly file, in the thread ---- */

/* How a file is written. RES_BAD with *why_r. */
MUST_USE enum result directory_sniff(int fd, struct csv_form *form_r, enum refusal *why_r);
MUST_USE enum result directory_peek_file(int fd, struct arena *a, struct csv_form form, struct people_peek *peek_r);
/* The file of an import is here from now on, instead of another. */
void directory_hold(struct directory *d, const struct id *import, int fd, const struct choices *choices);
bool directory_has_file(struct directory *d, const struct id *import);
/* As the thread plans, and back to PEOPLE_CLAIMED with *why_r where the file is refused: RES_BAD. */
MUST_USE enum result directory_plan_now(struct directory *d, const struct id *import, enum refusal *why_r);
void directory_carry_out(struct directory *d, const struct id *import);
void directory_stir_night(struct directory *d); /* from any thread: the thread looks for a nightly file */
void directory_say_late(struct directory *d, bool late);

/* ---- directory_texts.c ---- */
const char *directory_field_text(enum lang lang, enum people_field f);
/* "CSV from the personnel system, at most 64 MB. …" */
const char *directory_size_text(struct arena *a, enum lang lang, int64_t bytes);
const char *directory_refusal_text(enum lang lang, enum refusal why);
const char *directory_change_text(enum lang lang, enum people_change bit);
enum refusal directory_refusal_of(const char *why);
/* What is wrong with a row, for a page, into `a`; `why` as an import keeps it. What it does not know is told as a row that cannot be read. */
const char *directory_problem_text(struct arena *a, enum lang lang, const char *why);

#endif
