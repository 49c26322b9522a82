#include "duty/directory/directory_agreed.h"

#include <string.h>

/* `agreed`: 0 what the import under way was planned with, 1 what was agreed on. */
SQL(agreed_drop, "i", "", "DELETE FROM import_form WHERE agreed = $1");
SQL(agreed_drop_headings, "i", "", "DELETE FROM import_heading WHERE agreed = $1");
SQL(agreed_form, "biii", "",
    "INSERT INTO import_form (agreed, import, encoding, separator, missing_leave) VALUES (0, $1, $2, $3, $4)");
SQL(agreed_heading, "iti", "", "INSERT INTO import_heading (agreed, place, heading, field) VALUES (0, $1, $2, $3)");
SQL(agreed_proposed, "b", "n:i", "SELECT COUNT(*) AS n FROM import_form WHERE agreed = 0 AND import = $1");
SQL(agreed_yes_form, "", "", "UPDATE import_form SET agreed = 1 WHERE agreed = 0");
SQL(agreed_yes_headings, "", "", "UPDATE import_heading SET agreed = 1 WHERE agreed = 0");
SQL(agreed_form_get, "", "encoding:i separator:i missing_leave:i",
    "SELECT encoding, separator, missing_leave FROM import_form WHERE agreed = 1");
SQL(agreed_headings_get, "", "heading:t field:i",
    "SELECT heading, field FROM import_heading WHERE agreed = 1 ORDER BY place");

static enum result drop(struct tx *tx, int which)
{
	enum result res = db_do(tx, &agreed_drop, NULL, v_int(which));

	return res == RES_OK ? db_do(tx, &agreed_drop_headings, NULL, v_int(which)) : res;
}

enum result directory_agreed_propose(struct tx *tx, const struct id *import, const struct people_columns *cols,
				     const struct choices *choices)
{
	enum result res = drop(tx, 0);

	if (res == RES_OK)
		res = db_do(tx, &agreed_form, NULL, v_id(import), v_int(choices->form.encoding), v_int(choices->form.separator),
			    v_int(choices->missing));
	for (size_t i = 0; res == RES_OK && i < cols->n; i++)
		if (cols->is[i] < PF_KEPT)
			res = db_do(tx, &agreed_heading, NULL, v_int((int64_t)i), v_text(cols->heading[i]), v_int(cols->is[i]));
	return res;
}

static enum result is_proposed(struct tx *tx, const struct id *import, bool *is_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &agreed_proposed, &rows, v_id(import));

	if (res == RES_OK)
		*is_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

enum result directory_agreed_no(struct tx *tx, const struct id *import)
{
	bool is = false;
	enum result res = is_proposed(tx, import, &is);

	return res == RES_OK && is ? drop(tx, 0) : res;
}

enum result directory_agreed_yes(struct tx *tx, const struct id *import)
{
	bool is = false;
	enum result res = is_proposed(tx, import, &is);

	if (res != RES_OK || !is)
		return res;
	res = drop(tx, 1);
	if (res == RES_OK)
		res = db_do_n(tx, &agreed_yes_form, NULL, DB_NO_VALUES);
	return res == RES_OK ? db_do_n(tx, &agreed_yes_headings, NULL, DB_NO_VALUES) : res;
}

enum result directory_agreed_get(struct tx *tx, struct arena *a, struct agreed *agreed_r)
{
	struct agreed g = { .n = 0 };
	struct rows *rows;
	size_t room = 0;
	enum result res = db_one_n(tx, &agreed_form_get, &rows, DB_NO_VALUES);

	if (res == RES_OK) {
		g.form = (struct csv_form){ (enum csv_encoding)row_int(rows, 0), (char)row_int(rows, 1) };
		g.missing = (enum people_missing)row_int(rows, 2);
	}
	rows_end(&rows);
	if (res == RES_OK)
		res = db_ask_n(tx, &agreed_headings_get, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		g.column = arena_grow(a, g.column, g.n, &room, sizeof(*g.column));
		g.column[g.n].heading = arena_str(a, row_text(rows, 0));
		g.column[g.n++].is = (enum people_field)row_int(rows, 1);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*agreed_r = g;
	return RES_OK;
}

bool directory_agreed_fits(const struct agreed *agreed, const struct people_peek *file, struct choices *c)
{
	bool all = file->n <= CSV_COLUMNS_MAX;

	c->form = agreed->form;
	c->missing = agreed->missing;
	c->n = all ? file->n : 0;
	for (size_t i = 0; i < c->n; i++)
		c->is[i] = PF_UNUSED;
	for (size_t k = 0; k < agreed->n; k++) {
		size_t at = 0;

		while (at < c->n && (c->is[at] != PF_UNUSED || strcmp(file->column[at].heading, agreed->column[k].heading) != 0))
			at++;
		if (at < c->n)
			c->is[at] = agreed->column[k].is;
		else
			all = false;
	}
	return all;
}
