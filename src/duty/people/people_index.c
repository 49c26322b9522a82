#include "duty/people/people_index.h"

#include <stdlib.h>

struct entry {
	struct slice key;
	uint64_t hash;
	int value;
	size_t next; /* the next value of the same key, counted from 1; 0: none */
};

struct people_index {
	struct entry *entry;
	size_t n, room;
	size_t *slot; /* the first and the last entry of a key, counted from 1; 0: empty */
	size_t *last;
	size_t slots; /* a power of two */
};

/* FNV-1a: the keys are the administrator's own, and their number is bounded. */
static uint64_t hash_of(struct slice key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

struct people_index *people_index_new(void)
{
	return must_alloc(1, sizeof(struct people_index));
}

void people_index_free(struct people_index **x)
{
	if (!*x)
		return;
	free((*x)->entry);
	free((*x)->slot);
	free((*x)->last);
	free(*x);
	*x = NULL;
}

static size_t find(const struct people_index *x, struct slice key, uint64_t hash)
{
	size_t i = hash & (x->slots - 1);

	while (x->slot[i]) {
		const struct entry *e = &x->entry[x->slot[i] - 1];

		if (e->hash == hash && slice_eq(e->key, key))
			break;
		i = (i + 1) & (x->slots - 1);
	}
	return i;
}

static void grow(struct people_index *x)
{
	size_t *old = x->slot, *old_last = x->last, n = x->slots;

	x->slots = n ? n * 2 : 256;
	x->slot = must_alloc(x->slots, sizeof(*x->slot));
	x->last = must_alloc(x->slots, sizeof(*x->last));
	for (size_t i = 0; i < n; i++) {
		size_t to;

		if (!old[i])
			continue;
		to = find(x, x->entry[old[i] - 1].key, x->entry[old[i] - 1].hash);
		x->slot[to] = old[i];
		x->last[to] = old_last[i];
	}
	free(old);
	free(old_last);
}

void people_index_put(struct people_index *x, struct slice key, int value)
{
	uint64_t hash = hash_of(key);
	size_t at;

	if ((x->n + 1) * 2 > x->slots)
		grow(x);
	if (x->n == x->room) {
		x->room = x->room ? x->room * 2 : 128;
		x->entry = must_realloc(x->entry, x->room, sizeof(*x->entry));
	}
	x->entry[x->n++] = (struct entry){ key, hash, value, 0 };
	at = find(x, key, hash);
	if (x->slot[at])
		x->entry[x->last[at] - 1].next = x->n;
	else
		x->slot[at] = x->n;
	x->last[at] = x->n;
}

int people_index_next(const struct people_index *x, struct slice key, size_t *at)
{
	/* *at is the entry given last, counted from 1; SIZE_MAX when that was all. */
	if (*at == SIZE_MAX || !x->slots)
		return -1;
	*at = *at ? x->entry[*at - 1].next : x->slot[find(x, key, hash_of(key))];
	if (!*at) {
		*at = SIZE_MAX;
		return -1;
	}
	return x->entry[*at - 1].value;
}

int people_index_get(const struct people_index *x, struct slice key)
{
	size_t at = 0;

	return people_index_next(x, key, &at);
}

size_t people_index_count(const struct people_index *x, struct slice key)
{
	size_t at = 0, n = 0;

	while (people_index_next(x, key, &at) >= 0)
		n++;
	return n;
}
