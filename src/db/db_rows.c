#include "db/db_driver.h"

#include <stdlib.h>
#include <string.h>

/* Text and bytes lie one after the other in `bytes`, which moves as it grows: hence `off`. */
struct cell {
	char type; /* as in struct db_value */
	int64_t i;
	size_t off, n;
};

struct rows {
	struct tx *tx;       /* NULL for rows_raw */
	const struct sql *s; /* NULL for rows_raw */
	struct rows *next;   /* in tx->open */
	int columns;
	char type[DB_MOST_COLUMNS];
	bool may_null[DB_MOST_COLUMNS];
	uint64_t was_read; /* a bit a column */
	struct cell *cell;
	size_t n, room; /* cells */
	char *bytes;
	size_t n_bytes, bytes_room;
	size_t row, at; /* rows given so far; index of the current row's first cell */
};

struct rows *rows_raw(void)
{
	return must_alloc(1, sizeof(struct rows));
}

static struct rows *rows_of(struct tx *tx, const struct sql *s)
{
	struct rows *rows = rows_raw();
	struct slice rest = slice_of(s->out);
	struct sql_column col;
	rows->s = s;
	while (sql_column_next(s, &rest, &col)) {
		if (rows->columns == DB_MOST_COLUMNS)
			bug("sentence %s has more than %d columns", s->name, DB_MOST_COLUMNS);
		rows->type[rows->columns] = col.type;
		rows->may_null[rows->columns++] = col.may_null;
	}
	rows->tx = tx;
	rows->next = tx->open;
	tx->open = rows;
	return rows;
}

static void rows_free(struct rows *rows)
{
	if (rows->tx) {
		struct rows **p = &rows->tx->open;
		while (*p != rows)
			p = &(*p)->next;
		*p = rows->next;
	}
	free(rows->cell);
	free(rows->bytes);
	free(rows);
}

void rows_columns(struct rows *rows, int columns)
{
	if (rows->s && rows->columns != columns)
		bug("sentence %s gave %d columns for \"%s\"", rows->s->name, columns, rows->s->out);
	rows->columns = columns;
}

void rows_put(struct rows *rows, const struct db_value *v)
{
	size_t col = rows->n % rows->columns;
	if (rows->s && v->type == 0 && !rows->may_null[col])
		bug("sentence %s: column %zu is NULL without a '?'", rows->s->name, col);
	if (rows->s && v->type != 0 && v->type != rows->type[col])
		bug("sentence %s: column %zu is '%c', not '%c'", rows->s->name, col, v->type,
		    rows->type[col]);
	if (rows->n == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 16;
		rows->cell = must_realloc(rows->cell, rows->room, sizeof(struct cell));
	}
	rows->cell[rows->n++] = (struct cell){ v->type, v->i, rows->n_bytes, v->s.n };
	if (v->type != 't' && v->type != 'b')
		return;
	/* One byte more than needed, so that an empty value has an address too. */
	if (rows->bytes_room - rows->n_bytes <= v->s.n) {
		rows->bytes_room = (rows->n_bytes + v->s.n) * 2 + 64;
		rows->bytes = must_realloc(rows->bytes, rows->bytes_room, 1);
	}
	if (v->s.n)
		memcpy(rows->bytes + rows->n_bytes, v->s.p, v->s.n);
	rows->n_bytes += v->s.n;
}

/* ---- asking ---- */

enum result db_ask_n(struct tx *tx, const struct sql *s, struct rows **rows_r, const struct db_value *in,
		     size_t n)
{
	if (!s->out[0])
		bug("sentence %s returns no rows: do it", s->name);
	struct rows *rows = rows_of(tx, s);
	enum result res = tx_sentence(tx, s, in, n, rows, NULL);
	if (res == RES_OK)
		*rows_r = rows;
	else
		rows_free(rows);
	return res;
}

enum result db_one_n(struct tx *tx, const struct sql *s, struct rows **rows_r, const struct db_value *in,
		     size_t n)
{
	struct rows *rows = NULL;
	*rows_r = NULL;
	enum result res = db_ask_n(tx, s, &rows, in, n);
	if (res != RES_OK)
		return res;
	if (rows->n > (size_t)rows->columns)
		bug("sentence %s gave more than one row", s->name);
	res = rows_next(rows);
	if (res == RES_OK)
		*rows_r = rows;
	else
		rows_free(rows);
	return res;
}

/* ---- reading ---- */

enum result rows_next(struct rows *rows)
{
	if (rows->row)
		rows->at += rows->columns;
	if (rows->at >= rows->n) {
		rows->at = rows->n;
		return RES_NONE;
	}
	rows->row++;
	return RES_OK;
}

static const struct cell *cell_at(struct rows *rows, int col, char type)
{
	const char *name = rows->s ? rows->s->name : "(raw)";
	if (!rows->row || rows->at >= rows->n)
		bug("sentence %s: read where there is no row", name);
	if (col < 0 || col >= rows->columns)
		bug("sentence %s has no column %d", name, col);
	if (rows->s && type && rows->type[col] != type)
		bug("sentence %s: column %d read as '%c', not '%c'", name, col, type, rows->type[col]);
	rows->was_read |= (uint64_t)1 << col;
	return &rows->cell[rows->at + col];
}

static struct slice slice_at(struct rows *rows, int col, char type)
{
	const struct cell *c = cell_at(rows, col, type);
	return c->type ? (struct slice){ rows->bytes + c->off, c->n } : (struct slice){ 0 };
}

int64_t row_int(struct rows *rows, int col)
{
	return cell_at(rows, col, 'i')->i;
}

struct slice row_text(struct rows *rows, int col)
{
	return slice_at(rows, col, 't');
}

struct slice row_bytes(struct rows *rows, int col)
{
	return slice_at(rows, col, 'b');
}

struct id row_id(struct rows *rows, int col)
{
	struct id id = { { 0 } };
	struct slice s = slice_at(rows, col, 'b');
	if (!s.p)
		return id;
	if (s.n != ID_BYTES)
		bug("sentence %s: column %d is no id", rows->s ? rows->s->name : "(raw)", col);
	memcpy(id.b, s.p, ID_BYTES);
	return id;
}

bool row_null(struct rows *rows, int col)
{
	return cell_at(rows, col, 0)->type == 0;
}

int rows_width(const struct rows *rows)
{
	return rows->columns;
}

struct db_value row_value(struct rows *rows, int col)
{
	const struct cell *c = cell_at(rows, col, 0);
	struct db_value v = { .type = c->type, .i = c->i };
	if (c->type == 't' || c->type == 'b')
		v.s = (struct slice){ rows->bytes + c->off, c->n };
	return v;
}

void rows_end(struct rows **rows)
{
	struct rows *r = *rows;
	if (!r)
		return;
#ifndef NDEBUG
	uint64_t all = r->columns == 64 ? UINT64_MAX : ((uint64_t)1 << r->columns) - 1;
	if (r->row && r->s && r->was_read != all)
		bug("sentence %s: column %d was never read", r->s->name,
		    __builtin_ctzll((unsigned long long)(all & ~r->was_read)));
#endif
	rows_free(r);
	*rows = NULL;
}
