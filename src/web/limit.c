#include "web/limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 4
#define UNIT 60 /* parts of a token: per_minute parts come back each second */

struct bucket {
	uint64_t key;
	int64_t parts, at; /* what was there at second `at` */
	bool used;
};

struct limit {
	const struct clock *clock;
	pthread_mutex_t lock;
	int64_t per_minute, burst;
	size_t sets; /* a power of two */
	struct bucket *buckets;
};

struct limit *limit_new(const struct clock *clock, int per_minute, int burst, size_t most_keys)
{
	if (per_minute < 0 || burst < 1)
		bug("a limit of %d a minute, %d at once", per_minute, burst);
	struct limit *l = must_alloc(1, sizeof(*l));
	l->clock = clock;
	l->per_minute = per_minute;
	l->burst = burst;
	for (l->sets = 1; l->sets * WAYS < most_keys; l->sets *= 2)
		;
	l->buckets = must_alloc(l->sets * WAYS, sizeof(*l->buckets));
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void limit_free(struct limit **l)
{
	if (!*l)
		return;
	pthread_mutex_destroy(&(*l)->lock);
	free((*l)->buckets);
	free(*l);
	*l = NULL;
}

static int64_t parts_now(const struct limit *l, const struct bucket *b, int64_t now)
{
	int64_t most = l->burst * UNIT, passed = now > b->at ? now - b->at : 0;
	if (passed > 86400)
		return l->per_minute ? most : b->parts;
	int64_t parts = b->parts + passed * l->per_minute;
	return parts < most ? parts : most;
}

/* The bucket of this key, filled up to now; a new one is full. */
static struct bucket *bucket_of(struct limit *l, uint64_t key, int64_t now)
{
	struct bucket *set = &l->buckets[((key ^ key >> 32) & (l->sets - 1)) * WAYS], *place = set;
	for (struct bucket *b = set; b < set + WAYS; b++) {
		if (b->used && b->key == key) {
			b->parts = parts_now(l, b, now);
			b->at = now;
			return b;
		}
		if (place->used && (!b->used || parts_now(l, b, now) > parts_now(l, place, now)))
			place = b;
	}
	*place = (struct bucket){ .key = key, .parts = l->burst * UNIT, .at = now, .used = true };
	return place;
}

enum result limit_take(struct limit *l, uint64_t key, int cost)
{
	if (cost < 1)
		bug("a cost of %d", cost);
	enum result res = RES_AGAIN;
	pthread_mutex_lock(&l->lock);
	struct bucket *b = bucket_of(l, key, clock_now(l->clock).s);
	if (b->parts >= (int64_t)cost * UNIT) {
		b->parts -= (int64_t)cost * UNIT;
		res = RES_OK;
	}
	pthread_mutex_unlock(&l->lock);
	return res;
}

int limit_wait(struct limit *l, uint64_t key, int cost)
{
	pthread_mutex_lock(&l->lock);
	int64_t lack = (int64_t)cost * UNIT - bucket_of(l, key, clock_now(l->clock).s)->parts;
	int64_t seconds = lack <= 0 ? 0 : l->per_minute ? (lack + l->per_minute - 1) / l->per_minute : 3600;
	pthread_mutex_unlock(&l->lock);
	return seconds < 3600 ? (int)seconds : 3600;
}

void limit_set(struct limit *l, int per_minute, int burst)
{
	if (per_minute < 0 || burst < 1)
		bug("a limit of %d a minute, %d at once", per_minute, burst);
	pthread_mutex_lock(&l->lock);
	l->per_minute = per_minute;
	l->burst = burst;
	pthread_mutex_unlock(&l->lock);
}

static uint64_t word(const unsigned char *p, size_t n)
{
	uint64_t w = 0;
	for (size_t i = 0; i < n; i++)
		w |= (uint64_t)p[i] << 8 * i;
	return w;
}

static uint64_t turn(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void sip_rounds(uint64_t v[4], int rounds)
{
	while (rounds--) {
		v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
		v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
		v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
		v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
	}
}

uint64_t limit_hash(const unsigned char key[16], const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t k0 = word(key, 8), k1 = word(key + 8, 8);
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
			  k1 ^ 0x7465646279746573 };
	size_t left = n;
	for (; left >= 8; left -= 8, p += 8) {
		uint64_t m = word(p, 8);
		v[3] ^= m;
		sip_rounds(v, 2);
		v[0] ^= m;
	}
	uint64_t last = word(p, left) | (uint64_t)n << 56;
	v[3] ^= last;
	sip_rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
