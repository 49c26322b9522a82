/* Which row of a file is which person of the directory. */
#include "duty/people/people_stage.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_text.h"

/* Of those who work here: who has ended comes last (match_rest). */
SQL(match_row_number, "t", "line:i name:t",
    "SELECT line, name FROM import_row WHERE employee_number = $1 AND line > 0 AND +fate NOT IN (7, 8) AND ended_day IS NULL "
    "ORDER BY line LIMIT 1");
/* Rows without a number that have this e-mail and name: one says it all. */
SQL(match_row_email, "tb", "line:i name:t",
    "SELECT line, name FROM import_row WHERE email = $1 AND folded = $2 AND employee_number IS NULL AND line > 0 AND "
    "+fate NOT IN (7, 8) AND ended_day IS NULL ORDER BY line LIMIT 1");
/* A row of the same number, or without one of the same e-mail and name, that has not ended, or not before this one. */
SQL(match_later_number, "tii", "line:i",
    "SELECT line FROM import_row WHERE employee_number = $1 AND line > 0 AND line <> $2 AND +fate NOT IN (7, 8) AND "
    "(ended_day IS NULL OR ended_day > $3) ORDER BY CASE WHEN ended_day IS NULL THEN 0 ELSE 1 END, line LIMIT 1");
SQL(match_later_email, "tbii", "line:i",
    "SELECT line FROM import_row WHERE email = $1 AND folded = $2 AND employee_number IS NULL AND line > 0 AND line <> $3 AND "
    "+fate NOT IN (7, 8) AND (ended_day IS NULL OR ended_day > $4) ORDER BY CASE WHEN ended_day IS NULL THEN 0 ELSE 1 END, line LIMIT 1");
SQL(match_number, "t", RECORD_COLUMNS,
    "SELECT " RECORD_OF("p") " FROM person p WHERE p.employee_number = $1 AND "
			     "NOT EXISTS (SELECT 1 FROM import_row r WHERE r.person = p.id)");

/* How many share an e-mail: rows without a number, and people. Whether it is more than one is all that is asked. */
SQL(match_rows_sharing, "t", "n:i",
    "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM import_row WHERE email = $1 AND employee_number IS NULL AND "
    "+fate NOT IN (7, 8) LIMIT 2) s");
SQL(match_people_sharing, "t", "n:i", "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM person WHERE email = $1 LIMIT 2) s");
/* $2: the row has a number; $3: its name, folded; $4: only who is called so. One who has left must be called so too. */
SQL(match_email, "tibi", "id:b",
    "SELECT p.id AS id FROM person p WHERE p.email = $1 AND ($2 = 0 OR p.employee_number IS NULL) AND "
    "(p.folded = $3 OR ($4 = 0 AND p.ended_day IS NULL)) AND "
    "NOT EXISTS (SELECT 1 FROM import_row r WHERE r.person = p.id) ORDER BY p.place LIMIT 2");

#define MATCH_NAME_COLUMNS "id:b number:t? email:t? phone:t? private_phone:t? profession:t?"
#define MATCH_NAME                                                                                        \
	"SELECT p.id AS id, p.employee_number AS number, p.email AS email, p.phone AS phone, "                \
	"p.private_phone AS private_phone, p.profession AS profession FROM person p WHERE p.folded = $1 AND " \
	"p.ended_day IS NULL AND NOT EXISTS (SELECT 1 FROM import_row r WHERE r.person = p.id) AND "
#define NAMESAKES "200" /* of one unit: nobody has more */
SQL(match_name_in, "bb", MATCH_NAME_COLUMNS, MATCH_NAME "p.unit = $2 ORDER BY p.place LIMIT " NAMESAKES);
SQL(match_name_nowhere, "b", MATCH_NAME_COLUMNS, MATCH_NAME "p.unit IS NULL ORDER BY p.place LIMIT " NAMESAKES);

static bool same_name(struct slice x, struct slice y)
{
	struct arena *a;
	bool same;

	if (slice_eq(x, y))
		return true;
	a = arena_new();
	same = slice_eq(people_fold(a, x), people_fold(a, y));
	arena_wipe_free(&a);
	return same;
}

/* ---- a row that was just read ---- */

/* Two posts of one person, or one number for two people. *known_r: this row was dealt with. */
static enum result second_row(struct tx *tx, struct staging *s, struct staged *row, struct rows *first)
{
	const struct people_columns *cols = people_file_columns(s->file);
	bool by_number = row->r.number.n;
	int column = cols->at[by_number ? PF_NUMBER : PF_EMAIL];
	long long line = row_int(first, 0);

	if (same_name(row->r.name, row_text(first, 1))) {
		row->fate = PEOPLE_EXTRA;
		stage_complain(s, row->line, column, true,
			       arena_printf(s->a, "the same person as on line %lld; that row is used", line));
	} else {
		row->fate = PEOPLE_BAD;
		stage_complain(s, row->line, column, false,
			       arena_printf(s->a, "this employee number also stands on line %lld, with another name", line));
	}
	return stage_add(tx, row);
}

static enum result find_first(struct tx *tx, struct staging *s, const struct staged *row, struct rows **first_r)
{
	struct slice folded;

	if (row->r.number.n)
		return db_one(tx, &match_row_number, first_r, v_text(row->r.number));
	if (!row->r.email.n)
		return RES_NONE;
	folded = people_sort_key(s->a, row->r.name);
	return db_one(tx, &match_row_email, first_r, v_text(row->r.email), v_bytes(folded.p, folded.n));
}

/* The row is the person's: what the file does not say stays. */
static void take(struct staging *s, struct staged *row, const struct people_record *was)
{
	people_plan_keep(s->file, was, &row->r);
}

enum result match_row(struct tx *tx, struct staging *s, const struct people_row *in)
{
	struct staged row = { .line = in->line, .r = people_plan_row(s->file, in), .fate = in->bad ? PEOPLE_BAD : PEOPLE_PENDING };
	struct people_record was;
	struct rows *found = NULL;
	enum result res;
	int unit;

	if (in->bad)
		return stage_add(tx, &row);
	if (in->has_end && in->end.n < s->wish->today.n)
		row.r.ended = in->end.n;
	s->some_ended |= row.r.ended != PEOPLE_CURRENT;
	/* An old post, or who had the number before: whose row it is is found when all who work here have theirs. */
	res = row.r.ended == PEOPLE_CURRENT ? find_first(tx, s, &row, &found) : RES_NONE;
	if (res == RES_OK)
		res = second_row(tx, s, &row, found);
	else if (res == RES_NONE)
		goto first;
	rows_end(&found);
	return res;
first:
	if (!people_file_leader_flags(s->file))
		row.leader_said = in->leader;
	unit = people_tree_row(s->tree, s->file, in);
	if (people_tree_size(s->tree) > PEOPLE_UNITS_MAX) {
		s->why = "the file has more than 20,000 units: is the column the right one?";
		return RES_BAD;
	}
	people_tree_give_ids(s->tree, s->rnd);
	if (unit >= 0)
		row.r.unit = people_tree_at(s->tree, unit)->id;
	if (unit >= 0 && (size_t)unit < s->named_n)
		s->named[unit] = true;
	if (!in->number.n || row.r.ended != PEOPLE_CURRENT)
		return stage_add(tx, &row);
	res = db_one(tx, &match_number, &found, v_text(in->number));
	if (res == RES_OK) {
		was = stage_record(found, s->a, 0);
		take(s, &row, &was);
	}
	rows_end(&found);
	return res == RES_OK || res == RES_NONE ? stage_add(tx, &row) : res;
}

/* ---- the rest, when all are here ---- */

struct rest {
	enum people_fate fate; /* PENDING, and then BAD: whose it is is not missing, but nothing is taken from the row */
	enum result (*find)(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r);
	bool ended; /* of the pending: those with an end date that has passed; after the others */
	struct staged *list;
	size_t n;
};

/* An ended row beside one of the same person, or of the same number, that has not ended, or later: it says nothing of anybody who works here. *line_r: the
   other. RES_NONE: there is no such. */
static enum result find_later(struct tx *tx, struct staging *s, const struct staged *row, int64_t *line_r)
{
	struct rows *rows;
	struct slice folded;
	enum result res = RES_NONE;

	if (row->r.number.n) {
		res = db_one(tx, &match_later_number, &rows, v_text(row->r.number), v_int(row->line), v_int(row->r.ended));
	} else if (row->r.email.n) {
		folded = people_sort_key(s->a, row->r.name);
		res = db_one(tx, &match_later_email, &rows, v_text(row->r.email), v_bytes(folded.p, folded.n), v_int(row->line),
			     v_int(row->r.ended));
	}
	if (res != RES_OK)
		return res;
	*line_r = row_int(rows, 0);
	rows_end(&rows);
	return RES_OK;
}

static enum result set_aside(struct tx *tx, struct staging *s, struct staged row, int64_t line)
{
	row.fate = PEOPLE_EXTRA;
	stage_complain(s, row.line, people_file_columns(s->file)->at[row.r.number.n ? PF_NUMBER : PF_EMAIL], true,
		       arena_printf(s->a, "this row has ended; line %lld is used", (long long)line));
	return stage_set(tx, &row);
}

static enum result pair(struct tx *tx, struct staging *s, struct staged row, const struct id *person)
{
	struct people_record was;
	enum result res = stage_person(tx, s->a, person, &was);
	int64_t ended = row.r.ended;

	if (res != RES_OK)
		return res;
	/* Nobody ends for somebody else's row. */
	if (ended != PEOPLE_CURRENT && was.ended == PEOPLE_CURRENT && people_plan_stranger(&was, &row.r)) {
		stage_complain(s, row.line, -1, true, "this row has ended, and is not of whom the list has now: nobody leaves for it");
		return RES_OK;
	}
	if (row.fate == PEOPLE_PENDING)
		take(s, &row, &was);
	row.r.id = *person;
	row.r.ended = ended;
	return stage_set(tx, &row);
}

static enum result rest_one(struct tx *tx, struct staging *s, const struct rest *r, const struct staged *row)
{
	struct id person;
	int64_t line;
	enum result res;

	if (r->fate == PEOPLE_PENDING && r->ended != (row->r.ended != PEOPLE_CURRENT))
		return RES_OK;
	res = r->ended ? find_later(tx, s, row, &line) : RES_NONE;
	if (res == RES_OK)
		return set_aside(tx, s, *row, line);
	if (res == RES_NONE)
		res = r->find(tx, s, row, &person);
	if (res == RES_OK)
		res = pair(tx, s, *row, &person);
	return res == RES_NONE ? RES_OK : res;
}

static enum result rest_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct rest *r = ctx;
	enum result res = RES_OK;

	for (size_t i = 0; i < r->n && res == RES_OK; i++)
		res = rest_one(tx, s, r, &r->list[i]);
	return res;
}

static enum result count(struct tx *tx, const struct sql *sentence, struct slice email, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, sentence, &rows, v_text(email));

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

/* A row with a number that was not asked for at once: broken, or ended. */
static enum result by_number(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r)
{
	struct rows *rows;
	enum result res;

	if (!row->r.number.n)
		return RES_NONE;
	res = db_one(tx, &match_number, &rows, v_text(row->r.number));
	if (res == RES_OK)
		*person_r = stage_record(rows, s->a, 0).id;
	rows_end(&rows);
	return res;
}

/* An e-mail that several people share names nobody; one left by somebody who has ended may be given to another. */
static enum result by_email(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r)
{
	struct slice folded;
	struct rows *rows;
	int64_t of_rows = 0, of_people = 0;
	size_t n = 0;
	enum result res;

	if (!row->r.email.n)
		return RES_NONE;
	res = count(tx, &match_people_sharing, row->r.email, &of_people);
	if (res != RES_OK || !of_people)
		return res == RES_OK ? RES_NONE : res;
	if (!row->r.number.n)
		res = count(tx, &match_rows_sharing, row->r.email, &of_rows);
	if (res != RES_OK)
		return res;
	folded = people_sort_key(s->a, row->r.name);
	res = db_ask(tx, &match_email, &rows, v_text(row->r.email), v_int(row->r.number.n != 0), v_bytes(folded.p, folded.n),
		     v_int(of_rows > 1 || of_people > 1));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		*person_r = row_id(rows, 0);
		n++;
	}
	rows_end(&rows);
	return res == RES_NONE && n == 1 ? RES_OK : res;
}

static bool is_namesake(const struct staging *s, const struct staged *row, struct rows *rows, bool by_phone)
{
	const struct people_columns *cols = people_file_columns(s->file);
	struct slice number = row_text(rows, 1), email = row_text(rows, 2), phone = row_text(rows, 3), own = row_text(rows, 4);
	struct slice profession = row_text(rows, 5);
	bool same = same_name(profession, row->r.profession);

	if (number.n && row->r.number.n)
		return false;
	/* Where numbers are kept, one who has none is not one who has. */
	if (number.n && cols->at[PF_NUMBER] >= 0)
		return false;
	if (email.n && row->r.email.n && !slice_eq(email, row->r.email))
		return false;
	if (by_phone && !(row->r.phone.n && slice_eq(phone, row->r.phone)) &&
	    !(row->r.private_phone.n && slice_eq(own, row->r.private_phone)))
		return false;
	return same;
}

static enum result by_name(struct tx *tx, struct staging *s, const struct staged *row, bool by_phone, struct id *person_r)
{
	struct slice folded = people_sort_key(s->a, row->r.name);
	struct rows *rows;
	bool found = false;
	enum result res;

	if (by_phone && !row->r.phone.n && !row->r.private_phone.n)
		return RES_NONE;
	if (id_is_zero(&row->r.unit))
		res = db_ask(tx, &match_name_nowhere, &rows, v_bytes(folded.n ? folded.p : "", folded.n));
	else
		res = db_ask(tx, &match_name_in, &rows, v_bytes(folded.n ? folded.p : "", folded.n), v_id(&row->r.unit));
	if (res != RES_OK)
		return res;
	while (!found && (res = rows_next(rows)) == RES_OK) {
		*person_r = row_id(rows, 0);
		found = is_namesake(s, row, rows, by_phone);
	}
	rows_end(&rows);
	return found ? RES_OK : res;
}

static enum result by_name_and_phone(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r)
{
	return by_name(tx, s, row, true, person_r);
}

static enum result by_name_alone(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r)
{
	return by_name(tx, s, row, false, person_r);
}

struct next_rows {
	struct staging *s;
	struct rest *r;
	int64_t after;
};

static enum result next_work(struct tx *tx, void *ctx)
{
	struct next_rows *next = ctx;

	return stage_next(tx, next->s->a, next->r->fate, true, next->after, next->r->list, &next->r->n);
}

static enum result match_by(struct staging *s, struct rest *r)
{
	struct next_rows next = { s, r, INT64_MIN };
	enum result res;

	do {
		stage_fresh(s);
		res = db_read(s->db, next_work, &next);
		if (res == RES_OK && r->n) {
			next.after = r->list[r->n - 1].line;
			res = stage_piece(s, rest_work, r, 0);
		}
	} while (res == RES_OK && r->n);
	return res;
}

enum result match_rest(struct staging *s)
{
	static const struct {
		enum people_fate fate;
		bool ended;
	} turns[] = { { PEOPLE_PENDING, false }, { PEOPLE_PENDING, true }, { PEOPLE_BAD, false } };
	enum result (*const ways[])(struct tx *tx, struct staging *s, const struct staged *row, struct id *person_r) = {
		by_number, by_email, by_name_and_phone, by_name_alone
	};
	struct staged *list = must_alloc(PIECE, sizeof(*list));
	enum result res = RES_OK;

	for (size_t t = 0; t < ARRAY_LEN(turns) && res == RES_OK; t++) {
		if (turns[t].ended && !s->some_ended)
			continue;
		for (size_t w = t == 0; w < ARRAY_LEN(ways) && res == RES_OK; w++) {
			struct rest r = { .fate = turns[t].fate, .find = ways[w], .ended = turns[t].ended, .list = list };

			res = match_by(s, &r);
		}
	}
	free(list);
	return res;
}
