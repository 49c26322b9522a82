/* people_import.h: brings the directory up to date with a file, in pieces: claimed → planned → confirmed → carried out → done.

   One import at a time, whoever does it: whoever comes second is told. The plan stands in tables beside the directory
   (import_row …), so memory does not grow with the file, a page can show any part of it, and whoever ends the program in
   the middle finds it where it stood. Work is done in pieces of a few hundred rows, each a transaction: others' writes wait
   for one piece at most. Every piece looks that the import is still its own. */
#ifndef PEOPLE_IMPORT_H
#define PEOPLE_IMPORT_H

#include "base/clock.h"
#include "base/id.h"
#include "csv/csv.h"
#include "db/db.h"
#include "duty/people/people_plan.h"

enum people_way { PEOPLE_BY_COMMAND = 1, PEOPLE_BY_PAGE, PEOPLE_BY_DROP };
enum people_state {
	PEOPLE_CLAIMED = 1, /* a file is there, and it is not confirmed yet which column is what */
	PEOPLE_PLANNING,
	PEOPLE_PLANNED, /* waits for somebody to confirm it */
	PEOPLE_APPLYING,
	PEOPLE_DONE,    /* until whoever did it has seen the result */
};
/* What the work is at. */
enum people_step { PEOPLE_READING = 1, PEOPLE_COMPARING, PEOPLE_WRITING };
/* What becomes of current people who are not in the file. */
enum people_missing {
	PEOPLE_STAY,
	PEOPLE_LEAVE,       /* they have left: the file holds the whole workplace */
	PEOPLE_LEAVE_UNITS, /* those of units that the file names have left */
};

enum people_fate {
	PEOPLE_PENDING,
	PEOPLE_ADDED,
	PEOPLE_CHANGED,
	PEOPLE_RETURNED, /* had left, and stands in the file again */
	PEOPLE_UNCHANGED,
	PEOPLE_LEFT,
	PEOPLE_GONE,  /* had left before the file was made */
	PEOPLE_EXTRA, /* the same person again */
	PEOPLE_BAD,   /* told among the problems */
	PEOPLE_FATES,
};
enum people_doubt {
	PEOPLE_SURE,
	PEOPLE_ASKED,     /* perhaps somebody else has got the number: nothing is done until somebody says */
	PEOPLE_THE_SAME,
	PEOPLE_ANOTHER,   /* who had the number has left, and somebody else is added */
};

struct people_status {
	struct id id, account;
	enum people_way way;
	enum people_state state;
	enum people_step step;
	int64_t done, total;
	struct instant made, touched;
	enum people_missing missing_leave;
	bool held_back;
	int64_t missing, unreadable;
	int64_t of_whom;  /* current people among whom some leave */
};
/* RES_NONE: none is under way. */
MUST_USE enum result people_import_look(struct tx *tx, struct people_status *status_r);

/* What it would do, or did. */
struct people_sums {
	int64_t fate[PEOPLE_FATES]; /* EXTRA, BAD and UNCHANGED: rows of the file */
	int64_t by_change[PC_COUNT];
	int64_t units_added, units_changed;
	int64_t doubts; /* PEOPLE_ASKED */
	int64_t became, became_unsaid; /* units that may have become others; of them, those of which nobody has said */
	int64_t doubtful[PEOPLE_FATES]; /* … by fate: they are counted there, too */
};
MUST_USE enum result people_import_sums(struct tx *tx, struct people_sums *sums_r);
/* More than one in ten would leave: to be confirmed by their number. Our choice. */
bool people_import_many_leave(const struct people_sums *sums, const struct people_status *status);

/* One line of the difference; texts in the arena, "" where nothing is known. `was` only where somebody is in the directory. */
struct people_difference {
	int64_t line;
	enum people_fate fate;
	enum people_doubt doubt;
	unsigned changed;
	struct people_record was, now;
	const char *was_unit, *now_unit, *was_leader, *now_leader; /* paths and names; "" for a protected leader */
};
/* Those of one fate, by name, the protected last; `from` counts from 0. */
MUST_USE enum result people_import_list(struct tx *tx, struct arena *a, enum people_fate fate, int64_t from, int64_t most,
					struct people_difference **list_r, size_t *n_r);
/* Those in doubt, whatever was said of them. */
MUST_USE enum result people_import_doubts(struct tx *tx, struct arena *a, int64_t from, int64_t most,
					  struct people_difference **list_r, size_t *n_r);

struct people_problem {
	int64_t line;
	int column; /* from 0; -1: the row as a whole */
	bool note;  /* the row goes in all the same */
	const char *why;
};
/* By line, those after `after_line`; at least all of one line, so `most` may be passed a little. */
MUST_USE enum result people_import_problems(struct tx *tx, struct arena *a, int64_t after_line, int64_t most,
					    struct people_problem **list_r, size_t *n_r);
MUST_USE enum result people_import_problem_count(struct tx *tx, int64_t *n_r);

/* A row of the file that does not go in, and what is wrong with it. Whose it is: "" where it is not sure (something is wrong with the row as a
   whole), and of an import that is done. The name is "" also where somebody with that number, or whose row it is, is protected, and where it holds a
   national identity number. */
struct people_bad_line {
	int64_t line;
	const char *name, *number;
	bool is_protected;
	struct people_problem *problem;
	size_t n; /* at least 1 */
};
/* Such rows of an import that is planned or done, by line; `from` counts from 0. RES_OK with none, too. */
MUST_USE enum result people_import_bad_lines(struct tx *tx, struct arena *a, int64_t from, int64_t most, struct people_bad_line **list_r,
					     size_t *n_r);

/* A unit of which nobody would be left, and the one in which nearly everybody of it would be. */
enum people_said { PEOPLE_NOT_SAID, PEOPLE_SAID_YES, PEOPLE_SAID_NO };
struct people_became_line {
	struct id unit;
	const char *was, *now; /* paths */
	int64_t people, of_whom;
	bool whole; /* nearly all of the other one come from there: the same under another name */
	enum people_said said;
};
MUST_USE enum result people_import_became(struct tx *tx, struct arena *a, struct people_became_line **list_r, size_t *n_r);
/* RES_REFUSED: the import is no longer there, or not planned. */
MUST_USE enum result people_import_became_say(struct tx *tx, const struct id *import, const struct id *unit, bool yes, const struct id *by);

/* What was said of units by imports that are carried out, and nobody has acted on yet. */
struct people_became_fact {
	struct id unit, becomes;
	bool whole;
	struct id by; /* account */
};
MUST_USE enum result people_became_hear(struct tx *tx, struct arena *a, struct people_became_fact **list_r, size_t *n_r);
MUST_USE enum result people_became_heard(struct tx *tx, const struct id *unit);

/* When the directory was last brought up to date, and by which way. RES_NONE: never. */
MUST_USE enum result people_import_last(struct tx *tx, struct instant *at_r, enum people_way *way_r);

/* ---- the beginning of a file, for somebody who says which column is what ---- */

#define PEOPLE_SAMPLES 3
struct people_peek_column {
	const char *heading;
	enum people_field is; /* as guessed */
	const char *sample[PEOPLE_SAMPLES]; /* cleaned and cut; "" for what is dropped, or looks like a national number */
};
struct people_peek {
	struct people_peek_column *column;
	size_t n;
};
/* Reads the heading and some rows. RES_BAD: there is no heading row, or it cannot be read. */
MUST_USE enum result people_import_peek(struct csv *csv, struct arena *a, struct people_peek *peek_r);

/* Takes out of the samples what no page shows, by what each column `is` now: private telephones, and everything of whoever is marked protected but
   the mark. people_import_peek has done it by its own guess. Pure. */
void people_peek_hide(struct arena *a, struct people_peek *peek);

/* The heading and the rows of planned or finished import that did not go in, from a new reader: without dropped columns and national
   numbers. RES_BROKEN also when they do not fit into `out`. */
struct buf;
MUST_USE enum result people_import_bad_rows(struct db *db, struct csv *csv, const struct people_columns *cols, char separator,
					    struct buf *out);

/* ---- doing it ---- */

struct people_source {
	csv_source *read;
	enum result (*again)(void *ctx); /* from the beginning */
	void *ctx;
	struct csv_form form;
};

struct people_wish {
	struct day today;
	enum people_missing missing;
};

/* After each piece: how far it was, and is. False: stop here; what called returns RES_AGAIN. May be NULL. */
typedef bool people_progress(void *ctx, enum people_step step, int64_t was, int64_t done, int64_t total);

#define PEOPLE_STALE_SECONDS 120 /* work that has not moved for so long has died with its process */

/* Whether somebody else may take the seat: it is over, abandoned, or has died before it began to write. */
bool people_import_free(const struct people_status *status, struct instant now);
/* Takes the seat. RES_REFUSED: somebody else has it. Who only waited for a confirmation for an hour, or whose work has died before it
   began to write, loses it. */
MUST_USE enum result people_import_claim(struct db *db, const struct clock *clock, struct random_source *rnd,
					 enum people_way way, const struct id *account, struct id *import_r);
/* Somebody looks at it: not abandoned. RES_REFUSED: it is no longer there. */
MUST_USE enum result people_import_touch(struct tx *tx, const struct id *import, struct instant now);
/* Reads the file and plans. `file` was scanned from the same source. RES_OK: PEOPLE_PLANNED. RES_BAD with *why_r (static): the file is
   refused. RES_REFUSED: the import is no longer there. After anything but RES_OK the import is to be ended. */
MUST_USE enum result people_import_plan(struct db *db, const struct clock *clock, struct random_source *rnd,
					const struct id *import, struct people_file *file, struct people_source *source,
					const struct people_wish *wish, people_progress *progress, void *ctx, const char **why_r);
/* From PLANNED to APPLYING. RES_REFUSED: it is no longer there, or not planned. RES_BAD: many leave, and `leaving` is not how many.
   RES_AGAIN: the directory has changed since it was planned. */
MUST_USE enum result people_import_confirm(struct tx *tx, const struct id *import, int64_t leaving);
/* Back from PLANNED to CLAIMED, to be planned otherwise. The old plan goes when the next begins. */
MUST_USE enum result people_import_reopen(struct tx *tx, const struct id *import, struct instant now);
/* From CLAIMED to PLANNING: somebody is about to call people_import_plan. RES_REFUSED: it is no longer there. */
MUST_USE enum result people_import_begin(struct tx *tx, const struct id *import, struct instant now);
/* Back from PLANNING to CLAIMED: the file was refused, or the work was stopped. */
MUST_USE enum result people_import_unplan(struct tx *tx, const struct id *import, struct instant now);
MUST_USE enum result people_import_say(struct tx *tx, const struct id *import, int64_t line, enum people_doubt said);
/* Carries out what is left of it; RES_OK: PEOPLE_DONE. May be called again, also by another process, after one that died. */
MUST_USE enum result people_import_apply(struct db *db, const struct clock *clock, struct random_source *rnd,
					 const struct id *import, people_progress *progress, void *ctx);
/* Of one that is done only its sums are of use: takes out whom it was about, in pieces. Harmless twice. RES_REFUSED: it is no longer there. */
MUST_USE enum result people_import_strip(struct db *db, const struct id *import);
/* It is over, or given up: takes all of it out of the database. Not one that is being carried out: RES_REFUSED. Harmless
   twice. */
MUST_USE enum result people_import_end(struct db *db, const struct id *import);

#endif
