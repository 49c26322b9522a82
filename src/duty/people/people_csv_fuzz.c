#include <stdlib.h>

#include "duty/people/people_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Any bytes: the reader ends, its lines go up, its fields are UTF-8 within their limits; the same bytes in small
   pieces read the same; and what reads the rows keeps its own limits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct memory_file whole = { (const char *)data, n, 0, 0 }, parts = { (const char *)data, n, 0, 3 };
	struct people_csv_form form;
	struct people_csv *x, *y;
	struct people_csv_row a, b;
	struct people_rows *rows = NULL;
	const struct people_reading how = { 0 };
	const char *why;
	int64_t line = 0;
	enum result res, res_y;

	if (people_csv_sniff(memory_read, &whole, &form, &why) == RES_OK) {
		whole.at = 0;
		x = people_csv_new(memory_read, &whole, form);
		y = people_csv_new(memory_read, &parts, form);
		do {
			res = people_csv_next(x, &a);
			res_y = people_csv_next(y, &b);
			if (res != res_y)
				abort();
			if (res == RES_NONE)
				break;
			if (a.line <= line || a.line != b.line || a.n != b.n || a.n > PEOPLE_CSV_COLUMNS_MAX)
				abort();
			line = a.line;
			for (size_t i = 0; i < a.n; i++)
				if (!slice_eq(a.field[i], b.field[i]) || memchr(a.field[i].n ? a.field[i].p : "", 0, a.field[i].n))
					abort();
		} while (res == RES_OK || res == RES_BAD);
		people_csv_free(&x);
		people_csv_free(&y);
	}
	if (rows_from((const char *)data, n, &how, &rows, &why) == RES_OK) {
		for (size_t i = 0; i < people_rows_count(rows); i++) {
			const struct people_row *r = people_rows_at(rows, i);
			struct slice part[PEOPLE_UNIT_DEPTH_MAX];

			if (!r->bad && (r->name.n == 0 || r->name.n > PEOPLE_TEXT_MAX))
				abort();
			people_rows_unit(rows, r, part);
		}
	}
	people_rows_free(&rows);
	return 0;
}
