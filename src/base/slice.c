#include "base/slice.h"

#include <string.h>

struct slice slice_of(const char *s)
{
	return (struct slice){ s, s ? strlen(s) : 0 };
}

struct slice slice_bytes(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

bool slice_starts(struct slice a, const char *prefix)
{
	size_t n = strlen(prefix);
	return a.n >= n && memcmp(a.p, prefix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice a)
{
	while (a.n && is_space(a.p[0])) {
		a.p++;
		a.n--;
	}
	while (a.n && is_space(a.p[a.n - 1]))
		a.n--;
	return a;
}

bool slice_cut(struct slice *rest, char sep, struct slice *part_r)
{
	if (!rest->p)
		return false;
	const char *at = memchr(rest->p, sep, rest->n);
	if (!at) {
		*part_r = *rest;
		*rest = (struct slice){ NULL, 0 };
		return true;
	}
	*part_r = (struct slice){ rest->p, (size_t)(at - rest->p) };
	rest->n -= part_r->n + 1;
	rest->p = at + 1;
	return true;
}

enum result slice_int(struct slice a, int64_t *n_r)
{
	size_t i = 0;
	bool minus = a.n && a.p[0] == '-';
	if (minus)
		i++;
	if (i == a.n || a.n > 20)
		return RES_BAD;
	int64_t n = 0;
	for (; i < a.n; i++) {
		if (a.p[i] < '0' || a.p[i] > '9')
			return RES_BAD;
		int digit = a.p[i] - '0';
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, minus ? -digit : digit, &n))
			return RES_BAD;
	}
	*n_r = n;
	return RES_OK;
}
