/* people_stage.h: what the parts of an import share: the plan's tables, and work in pieces. Only for this room. */
#ifndef PEOPLE_STAGE_H
#define PEOPLE_STAGE_H

#include "base/random.h"
#include "duty/people/people_import.h"
#include "duty/people/people_units.h"

#define PIECE 400          /* rows in one transaction */
#define PROBLEMS_KEPT 100000

/* A row of import_row. */
struct staged {
	int64_t line;
	enum people_fate fate;
	enum people_doubt doubt;
	unsigned changed;
	struct people_record r; /* r.ended: the day in the file on which who leaves has left */
	struct slice leader_said;
};

struct staging {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct id import;
	const struct people_wish *wish;
	struct people_file *file;
	struct people_tree *tree;
	struct people_index *unit_of; /* id → number in the tree */
	bool *named;                  /* per unit of the directory: the file names it */
	size_t named_n;
	people_progress *progress;
	void *progress_ctx;
	enum people_step step;
	int64_t done, total;
	/* What is wrong in the piece at hand: written with it. */
	struct arena *a; /* of the piece */
	struct people_problem *problem;
	size_t problems, problem_room;
	int64_t problem_n; /* written so far */
	int64_t unreadable, missing, of_whom;
	int64_t rev;                  /* of the directory when the plan began */
	struct lead *lead;            /* per unit, while leaders are found by marks */
	bool unsure;
	bool some_ended;              /* a row with an end date that has passed was read */
	const char *why; /* RES_BAD */
};

/* One piece: `work` in a transaction, after a look that the import is still ours. `rows`: how much further it brings us. */
typedef enum result stage_work(struct tx *tx, struct staging *s, void *ctx);
MUST_USE enum result stage_piece(struct staging *s, stage_work *work, void *ctx, int64_t rows);
/* A new arena for what one piece keeps. */
void stage_fresh(struct staging *s);
void stage_complain(void *staging, int64_t line, int column, bool note, const char *why);

/* ---- people_stage.c: sentences ---- */
MUST_USE enum result stage_add(struct tx *tx, const struct staged *row);
/* Everything but line and doubt, which stay. */
MUST_USE enum result stage_set(struct tx *tx, const struct staged *row);
MUST_USE enum result stage_fate(struct tx *tx, int64_t line, enum people_fate fate, unsigned changed, enum people_doubt doubt);
/* Up to PIECE rows of a fate after a line, by line: those without a person where `unknown`. In the piece's arena. */
MUST_USE enum result stage_next(struct tx *tx, struct arena *a, enum people_fate fate, bool unknown, int64_t after,
				struct staged *list, size_t *n_r);
MUST_USE enum result stage_clear(struct db *db);
/* Reads a person of the directory. RES_NONE: no such. */
MUST_USE enum result stage_person(struct tx *tx, struct arena *a, const struct id *id, struct people_record *r_r);
/* Columns as stage_person reads them, from `at`. */
struct people_record stage_record(struct rows *rows, struct arena *a, int at);
struct db_value stage_text(struct slice s);   /* NULL where empty */
struct db_value stage_id(const struct id *id); /* NULL where zero */
#define RECORD_COLUMNS                                                                                                       \
	"id:b number:t? name:t given:t? family:t? email:t? phone:t? private_phone:t? unit:b? profession:t? level:t? lang:t? " \
	"leader:b? leads:i staff:i protected:i ended:i?"
#define RECORD_N 17
#define RECORD_OF(p)                                                                                                       \
	p ".id AS id, " p ".employee_number AS number, " p ".name AS name, " p ".given AS given, " p ".family AS family, " p \
	  ".email AS email, " p ".phone AS phone, " p ".private_phone AS private_phone, " p ".unit AS unit, " p               \
	  ".profession AS profession, " p ".level AS level, " p ".lang AS lang, " p ".leader AS leader, " p                   \
	  ".leads AS leads, " p ".staff_responsibility AS staff, " p ".protected AS protected, " p ".ended_day AS ended"

/* ---- people_match.c ---- */

/* Which row is which person. By employee number; else by e-mail; else by name, unit and profession, the first with the first,
   those with the same telephone before others. Two different employee numbers are never one person; nor are two different
   e-mails where there is no number. */
MUST_USE enum result match_row(struct tx *tx, struct staging *s, const struct people_row *row); /* one that was just read */
MUST_USE enum result match_rest(struct staging *s); /* by e-mail and name, when all are here */

/* ---- people_settle.c ---- */

/* When everybody is matched: who is new, who is missing, who leads whom, and what differs. */
MUST_USE enum result settle(struct staging *s);

#endif
