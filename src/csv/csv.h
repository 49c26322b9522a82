/* csv.h: reads CSV files as personnel systems write them.

   Streams: memory does not grow with the file. Comma, semicolon or tab; quotes with
   doubled quotes; line breaks inside quotes; CR LF, LF or CR; UTF-8 (with or without
   BOM) or Windows-1252. Whatever is wrong is wrong with one row: the reader says the
   line, the column and why, and goes on with the next line. A quote that is never
   closed costs the line it stands on, not the rest of the file. Text comes out as
   UTF-8 in NFC. */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Our choice: far above any export, far below what harms. */
#define CSV_RECORD_MAX 32768 /* bytes in one record, as in the file */
#define CSV_LINES_MAX 50     /* line breaks inside one record */
#define CSV_COLUMNS_MAX 200
#define CSV_FIELD_MAX 4000 /* bytes in one field, as in the file */

enum csv_encoding { CSV_UTF8, CSV_WINDOWS_1252 };

struct csv_form {
	enum csv_encoding encoding;
	char separator; /* ',' ';' or '\t' */
};

/* Fills p with at most n bytes; 0 at the end, negative when the world is broken. */
typedef ptrdiff_t csv_source(void *ctx, void *p, size_t n);

/* Reads a whole source once and says how it is written. UTF-8 when there is a BOM, or when at least as many
   characters beyond ASCII are right in it as wrong; else Windows-1252. The separator is the one that cuts the
   first lines into equally many columns, and the most.
   RES_BAD with *why_r set: UTF-16, or nothing in it. RES_BROKEN: the source. */
MUST_USE enum result csv_sniff(csv_source *source, void *ctx, struct csv_form *form_r,
				      const char **why_r);

struct csv_row {
	int64_t line;  /* of its first character; the first line is 1 */
	const struct slice *field;
	size_t n;      /* columns in this row: may differ from row to row */
	/* Only with RES_BAD: */
	size_t column; /* counted from 1; 0 when it is the row as a whole */
	const char *why;
};

struct csv;

struct csv *csv_new(csv_source *source, void *ctx, struct csv_form form) MUST_USE;
/* The next row that is not empty; a first line "sep=;" is skipped. The row lives until the next call.
   RES_OK. RES_NONE: the end. RES_BAD: this row cannot be read; line, column and why are set, the
   fields are those before the fault; call again for the next. RES_BROKEN: the source. */
MUST_USE enum result csv_next(struct csv *c, struct csv_row *row_r);
void csv_free(struct csv **c);

/* Writes one row, quoted where needed, ended by CR LF. No spreadsheet runs it: a cell that starts
   with = + - @ gets a ' in front (the reader of a heading or number takes it off again). */
struct buf;
void csv_write(struct buf *out, char separator, const struct slice *field, size_t n);

#endif
