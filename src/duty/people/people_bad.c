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
