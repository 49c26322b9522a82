/* people_testing.h: files from text, for the tests of this room. */
#ifndef PEOPLE_TESTING_H
#define PEOPLE_TESTING_H

#include <stdlib.h>

#include "csv/csv_testing.h"
#include "duty/people/people_rows.h"

/* A whole small file in memory, for looking at. */
struct told_problem {
	int64_t line;
	int column;
	bool note;
	struct slice why;
};

struct people_rows {
	struct arena *a;
	struct people_file *file;
	struct people_row *row;
	struct told_problem *problem;
	size_t n, room, problems, problem_room;
};

static inline void rows_complain(void *ctx, int64_t line, int column, bool note, const char *why)
{
	struct people_rows *r = ctx;
	r->problem = arena_grow(r->a, r->problem, r->problems, &r->problem_room, sizeof(*r->problem));
	r->problem[r->problems++] = (struct told_problem){ line, column, note, arena_slice(r->a, slice_of(why)) };
}

static inline void people_rows_free(struct people_rows **r)
{
	if (!*r)
		return;
	people_file_free(&(*r)->file);
	arena_free(&(*r)->a);
	free(*r);
	*r = NULL;
}

static inline enum result rows_read(struct people_rows *r, struct memory_file *f, struct csv_form form,
				    const struct people_reading *how, const char **why_r)
{
	struct people_row row;
	struct csv *csv = csv_new(memory_read, f, form);
	enum result res = people_file_scan(csv, how, &r->file, why_r);
	csv_free(&csv);
	if (res != RES_OK)
		return res;
	f->at = 0;
	csv = csv_new(memory_read, f, form);
	people_file_tell(r->file, rows_complain, r);
	while ((res = people_file_next(r->file, csv, r->a, &row)) == RES_OK || res == RES_BAD) {
		if (res == RES_BAD)
			continue;
		r->row = arena_grow(r->a, r->row, r->n, &r->room, sizeof(*r->row));
		r->row[r->n++] = row;
	}
	csv_free(&csv);
	return res == RES_NONE ? RES_OK : res;
}

/* The rows of a whole file; *why_r as people_file_scan. */
static inline enum result rows_from(const char *p, size_t n, const struct people_reading *how, struct people_rows **rows_r,
				    const char **why_r)
{
	struct memory_file f = { p, n, 0, 0 };
	struct csv_form form;
	enum result res = csv_sniff(memory_read, &f, &form, why_r);

	*rows_r = NULL;
	if (res != RES_OK)
		return res;
	*rows_r = must_alloc(1, sizeof(**rows_r));
	(*rows_r)->a = arena_new();
	f.at = 0;
	return rows_read(*rows_r, &f, form, how, why_r);
}

static inline size_t people_rows_count(const struct people_rows *r)
{
	return r->n;
}

static inline const struct people_row *people_rows_at(const struct people_rows *r, size_t i)
{
	return &r->row[i];
}

static inline const struct people_columns *people_rows_columns(const struct people_rows *r)
{
	return people_file_columns(r->file);
}

static inline size_t people_rows_problems(const struct people_rows *r)
{
	return r->problems;
}

static inline const struct told_problem *people_rows_problem(const struct people_rows *r, size_t i)
{
	return &r->problem[i];
}

static inline size_t people_rows_unit(const struct people_rows *r, const struct people_row *row,
				      struct slice parts_r[PEOPLE_UNIT_DEPTH_MAX])
{
	return people_file_unit(r->file, row, parts_r);
}

#endif
