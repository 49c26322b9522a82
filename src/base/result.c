#include "base/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *result_word(enum result res)
{
	switch (res) {
	case RES_OK: return "ok";
	case RES_NONE: return "none";
	case RES_AGAIN: return "again";
	case RES_REFUSED: return "refused";
	case RES_BAD: return "bad input";
	case RES_BROKEN: return "broken";
	}
	return "unknown";
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fprintf(stderr, "bug at %s:%d: ", file, line);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void *must_realloc(void *p, unsigned long count, unsigned long size)
{
	void *grown = reallocarray(p, count ? count : 1, size ? size : 1);
	if (!grown)
		bug("out of memory for %lu x %lu bytes", count, size);
	return grown;
}

void *must_alloc(unsigned long count, unsigned long size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		bug("out of memory for %lu x %lu bytes", count, size);
	return p;
}

char *must_strdup(const char *s)
{
	char *copy = strdup(s);
	if (!copy)
		bug("out of memory for a string");
	return copy;
}
