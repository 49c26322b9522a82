#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)4096)
#define ARENA_MOST ((size_t)64 << 20)

struct block {
	struct block *older;
	size_t room, used;
	_Alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *newest;
	size_t total;
};

struct arena *arena_new(void)
{
	return must_alloc(1, sizeof(struct arena));
}

static void arena_end(struct arena **a, bool wipe)
{
	if (!*a)
		return;
	for (struct block *b = (*a)->newest, *older; b; b = older) {
		older = b->older;
		if (wipe)
			explicit_bzero(b->bytes, b->room);
		free(b);
	}
	free(*a);
	*a = NULL;
}

void arena_free(struct arena **a)
{
	arena_end(a, false);
}

void arena_wipe_free(struct arena **a)
{
	arena_end(a, true);
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t need;
	/* The last block of small things may have taken the total past the limit. */
	if (__builtin_mul_overflow(count, size, &need) || need > ARENA_MOST || a->total > ARENA_MOST - need)
		bug("arena asked for %zu x %zu bytes", count, size);
	size_t align = _Alignof(max_align_t);
	need = (need + align - 1) / align * align;
	struct block *b = a->newest;
	if (!b || b->room - b->used < need) {
		size_t room = need > ARENA_BLOCK ? need : ARENA_BLOCK;
		b = must_alloc(1, sizeof(*b) + room);
		b->room = room;
		b->older = a->newest;
		a->newest = b;
		a->total += room;
	}
	void *p = b->bytes + b->used;
	b->used += need;
	return p;
}

void *arena_grow(struct arena *a, void *list, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return list;
	*room = *room ? *room * 2 : 16;
	void *more = arena_alloc(a, *room, size);
	if (n)
		memcpy(more, list, n * size);
	return more;
}

char *arena_str(struct arena *a, struct slice s)
{
	char *copy = arena_alloc(a, s.n + 1, 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct slice arena_slice(struct arena *a, struct slice s)
{
	return (struct slice){ arena_str(a, s), s.n };
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		bug("format %s", fmt);
	char *s = arena_alloc(a, (size_t)n + 1, 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}
