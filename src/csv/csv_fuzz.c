#include <stdlib.h>
#include <string.h>

#include "csv/csv_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Any bytes: the reader ends, its lines go up, its fields are UTF-8 within their limits; the same bytes in small
   pieces read the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct memory_file whole = { (const char *)data, n, 0, 0 }, parts = { (const char *)data, n, 0, 3 };
	struct csv_form form;
	struct csv *x, *y;
	struct csv_row a, b;
	const char *why;
	int64_t line = 0;
	enum result res, res_y;

	if (csv_sniff(memory_read, &whole, &form, &why) == RES_OK) {
		whole.at = 0;
		x = csv_new(memory_read, &whole, form);
		y = csv_new(memory_read, &parts, form);
		do {
			res = csv_next(x, &a);
			res_y = csv_next(y, &b);
			if (res != res_y)
				abort();
			if (res == RES_NONE)
				break;
			if (a.line <= line || a.line != b.line || a.n != b.n || a.n > CSV_COLUMNS_MAX)
				abort();
			line = a.line;
			for (size_t i = 0; i < a.n; i++)
				if (!slice_eq(a.field[i], b.field[i]) || memchr(a.field[i].n ? a.field[i].p : "", 0, a.field[i].n))
					abort();
		} while (res == RES_OK || res == RES_BAD);
		csv_free(&x);
		csv_free(&y);
	}
	return 0;
}
