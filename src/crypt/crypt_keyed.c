#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/crypt.h"

struct counter {
	struct counter *next;
	uint64_t n;
	char label[];
};

struct keyed {
	struct random_source source; /* first: a source is cast back to its keyed */
	unsigned char seed[32];
	pthread_mutex_t lock;
	struct counter *counters; /* a few dozen labels: a list will do */
};

static uint64_t count_up(struct keyed *k, const char *label)
{
	pthread_mutex_lock(&k->lock);
	struct counter *c = k->counters;
	while (c && strcmp(c->label, label))
		c = c->next;
	if (!c) {
		size_t n = strlen(label) + 1;
		c = must_alloc(1, sizeof(*c) + n);
		memcpy(c->label, label, n);
		c->next = k->counters;
		k->counters = c;
	}
	uint64_t n = c->n++;
	pthread_mutex_unlock(&k->lock);
	return n;
}

static void put64(unsigned char out[8], uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		out[i] = (unsigned char)v;
}

static void keyed_fill(struct random_source *self, const char *label, void *out, size_t n)
{
	struct keyed *k = (struct keyed *)self;
	unsigned char place[16], *to = out;
	put64(place, count_up(k, label));
	for (uint64_t at = 0; n; at++) {
		unsigned char block[64];
		crypto_generichash_state st;
		put64(place + 8, at);
		crypto_generichash_init(&st, k->seed, sizeof(k->seed), sizeof(block));
		crypto_generichash_update(&st, place, sizeof(place));
		crypto_generichash_update(&st, (const unsigned char *)label, strlen(label));
		crypto_generichash_final(&st, block, sizeof(block));
		size_t take = n < sizeof(block) ? n : sizeof(block);
		memcpy(to, block, take);
		to += take;
		n -= take;
	}
}

struct random_source *crypt_random_keyed(const unsigned char seed[32])
{
	struct keyed *k = must_alloc(1, sizeof(*k));
	k->source.fill = keyed_fill;
	memcpy(k->seed, seed, sizeof(k->seed));
	if (pthread_mutex_init(&k->lock, NULL))
		bug("pthread_mutex_init");
	return &k->source;
}

void crypt_random_keyed_free(struct random_source **rnd)
{
	if (!*rnd)
		return;
	struct keyed *k = (struct keyed *)*rnd;
	*rnd = NULL;
	while (k->counters) {
		struct counter *c = k->counters;
		k->counters = c->next;
		free(c);
	}
	pthread_mutex_destroy(&k->lock);
	free(k);
}
