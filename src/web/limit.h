/* limit.h: how often is too often. Token buckets, in memory only, bounded.

   A whole shift sits behind one address (PEERS.md § 6b): a limit by peer must leave
   room for 300 people in one minute, and is used first to demand more (proof of work, a
   waiting page), not to turn away. Counting is per second, by the clock it is given. */
#ifndef WEB_LIMIT_H
#define WEB_LIMIT_H

#include "base/clock.h"
#include "base/random.h"

struct limit;

/* Each key may spend `burst` at once and gets `per_minute` back. At most `most_keys` keys are known (rounded up to a
   power of two); when there are more, the one that is forgotten is the fullest of its neighbours, which loses least. */
struct limit *limit_new(const struct clock *clock, int per_minute, int burst, size_t most_keys) MUST_USE;
void limit_free(struct limit **l);
/* RES_OK: spent. RES_AGAIN: there is not so much; nothing is spent. Safe from all threads. `key` is for instance
   req_peer(); 0 is a key like others: use it where all share one bucket (most_keys 1). cost >= 1. */
MUST_USE enum result limit_take(struct limit *l, uint64_t key, int cost);
/* Seconds until `cost` would be there; 0 when it is. */
int limit_wait(struct limit *l, uint64_t key, int cost);
/* From now on (the ring's limit follows a setting). */
void limit_set(struct limit *l, int per_minute, int burst);

/* SipHash-2-4 (Aumasson and Bernstein): a keyed hash for tables, so that nobody can choose who shares a bucket. */
uint64_t limit_hash(const unsigned char key[16], const void *bytes, size_t n);

#endif
