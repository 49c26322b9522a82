/* people_testing.h: files from text, for the tests of this room. */
#ifndef PEOPLE_TESTING_H
#define PEOPLE_TESTING_H

#include <string.h>

#include "duty/people/people_rows.h"

struct memory_file {
	const char *p;
	size_t n, at, step; /* step: most bytes a read gives; 0: all */
};

static inline ptrdiff_t memory_read(void *ctx, void *p, size_t n)
{
	struct memory_file *f = ctx;
	size_t left = f->n - f->at;

	n = n < left ? n : left;
	n = f->step && n > f->step ? f->step : n;
	memcpy(p, f->p + f->at, n);
	f->at += n;
	return (ptrdiff_t)n;
}

/* The rows of a whole file; *why_r as people_rows_read. */
static inline enum result rows_from(const char *p, size_t n, const struct people_reading *how, struct people_rows **rows_r,
				    const char **why_r)
{
	struct memory_file f = { p, n, 0, 0 };
	struct people_csv_form form;
	struct people_csv *csv;
	enum result res = people_csv_sniff(memory_read, &f, &form, why_r);

	*rows_r = NULL;
	if (res != RES_OK)
		return res;
	f.at = 0;
	csv = people_csv_new(memory_read, &f, form);
	res = people_rows_read(csv, how, rows_r, why_r);
	people_csv_free(&csv);
	return res;
}

#endif
