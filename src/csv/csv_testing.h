/* csv_testing.h: files from text, for tests. */
#ifndef CSV_TESTING_H
#define CSV_TESTING_H

#include <string.h>

#include "csv/csv.h"

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

#endif
