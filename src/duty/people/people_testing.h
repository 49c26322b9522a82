/* people_testing.h: files from text, for the tests of this room. */
#ifndef PEOPLE_TESTING_H
#define PEOPLE_TESTING_H

#include "csv/csv_testing.h"
#include "duty/people/people_rows.h"

/* The rows of a whole file; *why_r as people_rows_read. */
static inline enum result rows_from(const char *p, size_t n, const struct people_reading *how, struct people_rows **rows_r,
				    const char **why_r)
{
	struct memory_file f = { p, n, 0, 0 };
	struct csv_form form;
	struct csv *csv;
	enum result res = csv_sniff(memory_read, &f, &form, why_r);

	*rows_r = NULL;
	if (res != RES_OK)
		return res;
	f.at = 0;
	csv = csv_new(memory_read, &f, form);
	res = people_rows_read(csv, how, rows_r, why_r);
	csv_free(&csv);
	return res;
}

#endif
