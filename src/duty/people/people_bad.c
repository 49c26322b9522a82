/* What did not go in: as a file to mend, and line by line with what is wrong. */
#include "duty/people/people_bad.h"

#include "base/buf.h"
#include "duty/people/people_nid.h"

/* The row as it stood, without what is dropped and without any national identity number. */
static void keep_row(struct buf *b, const struct people_columns *cols, char separator, const struct csv_row *row,
		     bool is_heading)
{
	struct slice cell[CSV_COLUMNS_MAX];

	for (size_t i = 0; i < row->n; i++) {
		bool dropped = i < cols->n && (cols->is[i] == PF_NATIONAL || cols->is[i] == PF_BIRTH);

		cell[i] = (dropped && !is_heading) || people_nid_in(row->field[i]) ? (struct slice){ 0 } : row->field[i];
	}
	csv_write(b, separator, cell, row->n);
}

/* The lines that are wrong, a page at a time and in order. */
struct wrong {
	struct db *db;
	struct arena *a;
	struct people_problem *list;
	size_t n, at;
	int64_t after;
};

static enum result wrong_work(struct tx *tx, void *ctx)
{
	struct wrong *w = ctx;

	return people_import_problems(tx, w->a, w->after, 1000, &w->list, &w->n);
}

/* Whether something is wrong with the line; asked for line after line. */
static bool is_wrong(struct wrong *w, int64_t line)
{
	for (;;) {
		while (w->at < w->n && (w->list[w->at].note || w->list[w->at].line < line))
			w->after = w->list[w->at++].line;
		if (w->at < w->n)
			return w->list[w->at].line == line;
		if (w->a && !w->n)
			return false;
		if (w->a)
			arena_wipe_free(&w->a);
		w->a = arena_new();
		w->at = 0;
		if (db_read(w->db, wrong_work, w) != RES_OK)
			return false;
	}
}

enum result people_bad_rows(struct db *db, struct csv *csv, const struct people_columns *cols, char separator,
			    bool (*put)(void *ctx, struct slice piece), void *ctx)
{
	struct wrong wrong = { .db = db, .after = INT64_MIN };
	struct buf b = BUF_LIMIT(1 << 20);
	struct csv_row row;
	bool first = true, ok = true;
	enum result res;

	while (((res = csv_next(csv, &row)) == RES_OK || res == RES_BAD) && ok) {
		if (first || is_wrong(&wrong, row.line)) {
			buf_reset(&b);
			keep_row(&b, cols, separator, &row, first);
			ok = put(ctx, buf_get(&b));
		}
		first = false;
	}
	if (wrong.a)
		arena_wipe_free(&wrong.a);
	buf_wipe(&b);
	buf_free(&b);
	return ok && res == RES_NONE ? RES_OK : RES_BROKEN;
}

static bool put_into(void *out, struct slice piece)
{
	buf_slice(out, piece);
	return !((struct buf *)out)->full;
}

enum result people_import_bad_rows(struct db *db, struct csv *csv, const struct people_columns *cols, char separator, struct buf *out)
{
	return people_bad_rows(db, csv, cols, separator, put_into, out);
}

/* ---- line by line ---- */

/* Whoever is protected in the file or in the directory is so in each row with the same number. */
SQL(bad_lines, "ii", "line:i col:i why:t name:t? number:t? is_protected:i",
    "SELECT p.line AS line, p.col AS col, p.why AS why, r.name AS name, r.employee_number AS number, "
    "CASE WHEN r.protected = 1 OR w.protected = 1 "
    "OR EXISTS (SELECT 1 FROM person s WHERE s.employee_number = r.employee_number AND s.protected = 1) "
    "OR EXISTS (SELECT 1 FROM import_row t WHERE t.employee_number = r.employee_number AND t.protected = 1) "
    "THEN 1 ELSE 0 END AS is_protected "
    "FROM (SELECT DISTINCT line FROM import_problem WHERE note = 0 ORDER BY line LIMIT $1 OFFSET $2) l "
    "JOIN import_problem p ON p.line = l.line LEFT JOIN import_row r ON r.line = p.line LEFT JOIN person w ON w.id = r.person "
    "WHERE p.note = 0 ORDER BY p.line, p.n");

struct bad_lines {
	struct arena *a;
	struct people_bad_line *list;
	size_t n, room, problem_room;
};

static void hide(struct people_bad_line *line)
{
	bool sure = true;

	for (size_t i = 0; i < line->n; i++)
		sure = sure && line->problem[i].column >= 0;
	if (!sure || line->is_protected || people_nid_in(slice_of(line->name)))
		line->name = "";
	if (!sure)
		line->number = "";
}

static void add_problem(struct bad_lines *b, struct rows *rows)
{
	int64_t at = row_int(rows, 0);
	struct people_bad_line *last = b->n ? &b->list[b->n - 1] : NULL;

	if (!last || last->line != at) {
		b->list = arena_grow(b->a, b->list, b->n, &b->room, sizeof(*b->list));
		last = &b->list[b->n++];
		*last = (struct people_bad_line){ .line = at, .name = arena_str(b->a, row_text(rows, 3)),
						  .number = arena_str(b->a, row_text(rows, 4)), .is_protected = row_int(rows, 5) != 0 };
		b->problem_room = 0;
	}
	last->problem = arena_grow(b->a, last->problem, last->n, &b->problem_room, sizeof(*last->problem));
	last->problem[last->n++] =
	    (struct people_problem){ .line = at, .column = (int)row_int(rows, 1), .why = arena_str(b->a, row_text(rows, 2)) };
}

enum result people_import_bad_lines(struct tx *tx, struct arena *a, int64_t from, int64_t most, struct people_bad_line **list_r,
				    size_t *n_r)
{
	struct bad_lines b = { .a = a };
	struct rows *rows;
	enum result res = db_ask(tx, &bad_lines, &rows, v_int(most), v_int(from));

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		add_problem(&b, rows);
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	for (size_t i = 0; i < b.n; i++)
		hide(&b.list[i]);
	*list_r = b.list;
	*n_r = b.n;
	return RES_OK;
}
