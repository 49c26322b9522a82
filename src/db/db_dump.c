#include "db/db_driver.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define MOST_LINE ((size_t)16 << 20)

/* A growing list of owned lines. */
struct lines {
	char **line;
	size_t n, room;
};

static void lines_add(struct lines *l, struct slice s)
{
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 64;
		l->line = must_realloc(l->line, l->room, sizeof(char *));
	}
	char *copy = must_alloc(s.n + 1, 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	l->line[l->n++] = copy;
}

static void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
	*l = (struct lines){ 0 };
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_sort(struct lines *l)
{
	if (l->n)
		qsort(l->line, l->n, sizeof(char *), by_bytes);
}

void db_value_text(struct buf *b, const struct db_value *v)
{
	if (v->type == 'i')
		buf_printf(b, "%lld", (long long)v->i);
	else if (v->type == 't') {
		buf_char(b, '\'');
		for (size_t i = 0; i < v->s.n; i++) {
			char c = v->s.p[i];
			if (c == '\\' || c == '\'' || c == '\n')
				buf_char(b, '\\');
			buf_char(b, c == '\n' ? 'n' : c);
		}
		buf_char(b, '\'');
	} else if (v->type == 'b') {
		buf_str(b, "x'");
		for (size_t i = 0; i < v->s.n; i++) {
			buf_char(b, "0123456789abcdef"[(unsigned char)v->s.p[i] >> 4]);
			buf_char(b, "0123456789abcdef"[(unsigned char)v->s.p[i] & 15]);
		}
		buf_char(b, '\'');
	} else if (v->type == 0)
		buf_str(b, "NULL");
	else
		bug("a dump met a value that is no number, text or bytes");
}

static enum result table_dump(struct tx *tx, const char *table, struct lines *out)
{
	struct rows *rows = rows_raw();
	struct buf b = BUF_LIMIT(MOST_LINE);
	buf_printf(&b, "SELECT * FROM \"%s\"", table);
	enum result res = tx->db->driver->raw(tx, b.p, rows);
	while (res == RES_OK && rows_next(rows) == RES_OK) {
		buf_reset(&b);
		buf_printf(&b, "%s", table);
		for (int col = 0; col < rows_width(rows); col++) {
			struct db_value v = row_value(rows, col);
			buf_char(&b, '|');
			db_value_text(&b, &v);
		}
		if (b.full)
			bug("a dump met a row of more than 16 MB as text");
		lines_add(out, buf_get(&b));
	}
	buf_free(&b);
	rows_end(&rows);
	lines_sort(out);
	return res;
}

static enum result dump(struct tx *tx, void *ctx)
{
	struct buf *out = ctx;
	struct lines tables = { 0 };
	struct rows *rows = rows_raw();
	buf_reset(out);
	enum result res = tx->db->driver->raw(tx, tx->db->driver->tables, rows);
	while (res == RES_OK && rows_next(rows) == RES_OK)
		lines_add(&tables, row_value(rows, 0).s);
	rows_end(&rows);
	lines_sort(&tables);
	for (size_t i = 0; i < tables.n && res == RES_OK; i++) {
		struct lines l = { 0 };
		res = table_dump(tx, tables.line[i], &l);
		for (size_t k = 0; k < l.n && res == RES_OK; k++) {
			buf_str(out, l.line[k]);
			buf_char(out, '\n');
		}
		lines_free(&l);
	}
	lines_free(&tables);
	return res;
}

enum result db_dump(struct db *db, struct buf *out)
{
	enum result res = db_read(db, dump, out);
	return res == RES_OK && out->full ? RES_BROKEN : res;
}
