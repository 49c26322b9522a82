/* people_index.h: finds numbers by text: which row has this employee number. Several values may stand under one key. */
#ifndef PEOPLE_INDEX_H
#define PEOPLE_INDEX_H

#include "base/slice.h"

struct people_index;

struct people_index *people_index_new(void) MUST_USE;
void people_index_free(struct people_index **x);
/* The key's bytes must outlive the index. value >= 0. */
void people_index_put(struct people_index *x, struct slice key, int value);
/* The values of a key in the order they were put: *at starts at 0; -1 when there are no more. */
int people_index_next(const struct people_index *x, struct slice key, size_t *at);
/* The first value, or -1. */
int people_index_get(const struct people_index *x, struct slice key);
size_t people_index_count(const struct people_index *x, struct slice key);

#endif
