/* slice.h: a piece of text or bytes that somebody else owns.

   A slice is never freed and need not end in a zero byte. Where C wants a zero,
   arena_str() makes a copy. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct slice {
	const char *p; /* may be NULL only when n is 0 */
	size_t n;      /* bytes */
};

#define SLICE(literal) ((struct slice){ "" literal "", sizeof(literal) - 1 })

struct slice slice_of(const char *s); /* s may be NULL: the empty slice */
struct slice slice_bytes(const void *p, size_t n);
bool slice_eq(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *s);
bool slice_starts(struct slice a, const char *prefix);

/* Without ASCII white space at both ends. */
struct slice slice_trim(struct slice a);

/* Takes the part before `sep` off the front of *rest; the whole of it if there is
   no `sep`. False when *rest was already used up (p == NULL). */
bool slice_cut(struct slice *rest, char sep, struct slice *part_r);

/* A whole decimal number, an optional '-' first, nothing else around it. RES_BAD
   for anything else and for what does not fit. */
MUST_USE enum result slice_int(struct slice a, int64_t *n_r);

#endif
