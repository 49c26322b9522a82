#include <stdlib.h>

#include "duty/people/people_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Any bytes: what reads the rows keeps its own limits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct people_rows *rows = NULL;
	const struct people_reading how = { 0 };
	const char *why;

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
