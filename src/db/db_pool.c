#include "db/db_driver.h"

#include <stdlib.h>

struct pool_wait {
	pthread_cond_t served;
	int slot; /* -1 until served */
	struct pool_wait *next;
};

void db_pool_start(struct db_pool *p, int size)
{
	pthread_mutex_init(&p->lock, NULL);
	p->free_slot = must_alloc(size, sizeof(int));
	p->size = p->n_free = size;
	for (int i = 0; i < size; i++)
		p->free_slot[i] = size - 1 - i;
	p->first = NULL;
	p->last = &p->first;
}

int db_pool_take(struct db_pool *p)
{
	int slot;
	pthread_mutex_lock(&p->lock);
	if (p->n_free) {
		slot = p->free_slot[--p->n_free];
	} else {
		struct pool_wait me = { .served = PTHREAD_COND_INITIALIZER, .slot = -1 };
		*p->last = &me;
		p->last = &me.next;
		while (me.slot < 0)
			pthread_cond_wait(&me.served, &p->lock);
		slot = me.slot;
	}
	pthread_mutex_unlock(&p->lock);
	return slot;
}

/* Handed straight to whoever waits longest, so that nobody who comes later is served before. */
void db_pool_give(struct db_pool *p, int slot)
{
	pthread_mutex_lock(&p->lock);
	struct pool_wait *w = p->first;
	if (w) {
		p->first = w->next;
		if (!p->first)
			p->last = &p->first;
		w->slot = slot;
		pthread_cond_signal(&w->served);
	} else {
		p->free_slot[p->n_free++] = slot;
	}
	pthread_mutex_unlock(&p->lock);
}

void db_pool_end(struct db_pool *p)
{
	if (p->n_free != p->size)
		bug("the database is closed while a transaction runs");
	pthread_mutex_destroy(&p->lock);
	free(p->free_slot);
}

/* ---- prepared sentences ---- */

static size_t place_of(const struct prepared_set *set, const struct sql *s)
{
	size_t i = ((uintptr_t)s >> 4) * 0x9E3779B97F4A7C15u & (set->room - 1);
	while (set->slot[i].s && set->slot[i].s != s)
		i = (i + 1) & (set->room - 1);
	return i;
}

void *prepared_find(const struct prepared_set *set, const struct sql *s)
{
	return set->n ? set->slot[place_of(set, s)].stmt : NULL;
}

void prepared_add(struct prepared_set *set, const struct sql *s, void *stmt)
{
	if (set->n * 2 >= set->room) {
		struct prepared_set grown = { .room = set->room ? set->room * 2 : 64, .n = set->n };
		grown.slot = must_alloc(grown.room, sizeof(struct prepared));
		for (size_t i = 0; i < set->room; i++)
			if (set->slot[i].s)
				grown.slot[place_of(&grown, set->slot[i].s)] = set->slot[i];
		free(set->slot);
		*set = grown;
	}
	set->slot[place_of(set, s)] = (struct prepared){ s, stmt };
	set->n++;
}

void prepared_drop(struct prepared_set *set, void (*drop)(void *stmt))
{
	for (size_t i = 0; drop && i < set->room; i++)
		if (set->slot[i].s)
			drop(set->slot[i].stmt);
	free(set->slot);
	*set = (struct prepared_set){ 0 };
}
