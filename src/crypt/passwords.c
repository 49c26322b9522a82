#include "crypt/passwords.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypt/crypt.h"

#define SALT crypto_pwhash_argon2id_SALTBYTES
#define HASH 32
#define KIB_MAX (1024 * 1024)

struct password_pool {
	struct password_cost cost;
	int at_once, queue;
	pthread_mutex_t lock;
	pthread_cond_t left;
	int running, waiting;
	char nobody[PASSWORD_TEXT]; /* what no password gives */
};

/* RES_AGAIN when there is no room even to wait. */
static enum result enter(struct password_pool *pool)
{
	enum result res = RES_OK;
	pthread_mutex_lock(&pool->lock);
	if (pool->running >= pool->at_once && pool->waiting >= pool->queue) {
		res = RES_AGAIN;
	} else {
		pool->waiting++;
		while (pool->running >= pool->at_once)
			pthread_cond_wait(&pool->left, &pool->lock);
		pool->waiting--;
		pool->running++;
	}
	pthread_mutex_unlock(&pool->lock);
	return res;
}

static void leave(struct password_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->running--;
	pthread_cond_signal(&pool->left);
	pthread_mutex_unlock(&pool->lock);
}

static void as_text(struct password_cost cost, const unsigned char salt[SALT], const unsigned char hash[HASH],
		    char text_r[PASSWORD_TEXT])
{
	char salt64[32], hash64[64];
	int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	sodium_bin2base64(salt64, sizeof(salt64), salt, SALT, variant);
	sodium_bin2base64(hash64, sizeof(hash64), hash, HASH, variant);
	memset(text_r, 0, PASSWORD_TEXT);
	snprintf(text_r, PASSWORD_TEXT, "$argon2id$v=19$m=%zu,t=%llu,p=1$%.24s$%.44s", cost.kib,
		 (unsigned long long)cost.passes, salt64, hash64);
	crypt_wipe(hash64, sizeof(hash64));
}

/* Salt comes from `rnd` and not from libsodium, so that runs can be compared. */
static enum result make(struct password_cost cost, struct random_source *rnd, struct slice password,
			char text_r[PASSWORD_TEXT])
{
	unsigned char salt[SALT], hash[HASH];
	random_fill(rnd, "passwords/salt", salt, sizeof(salt));
	if (crypto_pwhash_argon2id(hash, sizeof(hash), password.p, password.n, salt, cost.passes,
				   cost.kib * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13)) {
		log_world("crypt", "no memory for a password's hash");
		return RES_BROKEN;
	}
	as_text(cost, salt, hash, text_r);
	crypt_wipe(hash, sizeof(hash));
	return RES_OK;
}

struct password_pool *password_pool_new(struct random_source *rnd, struct password_cost cost, int at_once,
					int queue)
{
	if (cost.passes < 1 || cost.passes > UINT32_MAX || cost.kib < 8 || cost.kib > KIB_MAX ||
	    at_once < 1 || queue < 0)
		bug("password pool of %d, queue %d, %zu KiB", at_once, queue, cost.kib);
	struct password_pool *pool = must_alloc(1, sizeof(*pool));
	*pool = (struct password_pool){.cost = cost, .at_once = at_once, .queue = queue};
	if (pthread_mutex_init(&pool->lock, NULL) || pthread_cond_init(&pool->left, NULL))
		bug("pthread_mutex_init");
	/* Looking takes as long whatever the result stands beside, so it may be drawn: a password that gives these 32 bytes is
	   as hard to find as one that gives somebody's. */
	unsigned char salt[SALT], hash[HASH];
	random_fill(rnd, "passwords/salt", salt, sizeof(salt));
	random_fill(rnd, "passwords/nobody", hash, sizeof(hash));
	as_text(cost, salt, hash, pool->nobody);
	crypt_wipe(hash, sizeof(hash));
	return pool;
}

void password_pool_free(struct password_pool **pool)
{
	struct password_pool *p = *pool;
	if (!p)
		return;
	*pool = NULL;
	if (p->running || p->waiting)
		bug("password pool freed with %d inside", p->running + p->waiting);
	pthread_cond_destroy(&p->left);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

enum result password_hash(struct password_pool *pool, struct random_source *rnd, struct slice password,
			  char text_r[PASSWORD_TEXT])
{
	if (!password.n || password.n > PASSWORD_LONGEST)
		return RES_BAD;
	enum result res = enter(pool);
	if (res != RES_OK)
		return res;
	res = make(pool->cost, rnd, password, text_r);
	leave(pool);
	return res;
}

/* "m=…,t=…,p=1" of our own texts. */
static bool costs_of(const char *stored, struct password_cost *cost_r)
{
	struct slice rest = slice_of(stored), part;
	int64_t kib, passes;
	const char head[] = "$argon2id$v=19$m=";
	if (rest.n >= PASSWORD_TEXT || !slice_starts(rest, head))
		return false;
	rest.p += sizeof(head) - 1;
	rest.n -= sizeof(head) - 1;
	if (!slice_cut(&rest, ',', &part) || slice_int(part, &kib) != RES_OK ||
	    !slice_cut(&rest, ',', &part) || !slice_starts(part, "t=") ||
	    slice_int((struct slice){part.p + 2, part.n - 2}, &passes) != RES_OK ||
	    !slice_cut(&rest, '$', &part) || !slice_is(part, "p=1"))
		return false;
	if (kib < 8 || kib > KIB_MAX || passes < 1 || passes > 64)
		return false;
	*cost_r = (struct password_cost){(uint64_t)passes, (size_t)kib};
	return true;
}

enum result password_verify(struct password_pool *pool, struct slice password, const char *stored)
{
	struct password_cost cost;
	/* Empty, too long and unknown take the same way, to the same answer. */
	bool never = !stored || !password.n || password.n > PASSWORD_LONGEST;
	if (stored && !costs_of(stored, &cost)) {
		log_world("crypt", "a stored password hash is not readable");
		return RES_BROKEN;
	}
	enum result res = enter(pool);
	if (res != RES_OK)
		return res;
	struct slice given = never ? SLICE("nobody") : password;
	const char *against = stored ? stored : pool->nobody;
	errno = 0;
	int differs = crypto_pwhash_argon2id_str_verify(against, given.p, given.n);
	/* libsodium says EINVAL for another password, and nothing or ENOMEM when it could not look. */
	if (differs && errno != EINVAL) {
		log_world("crypt", "a password could not be checked");
		res = RES_BROKEN;
	} else {
		res = differs || never ? RES_REFUSED : RES_OK;
	}
	leave(pool);
	return res;
}

bool password_outdated(const struct password_pool *pool, const char *stored)
{
	struct password_cost cost;
	return !costs_of(stored, &cost) || cost.passes != pool->cost.passes || cost.kib != pool->cost.kib;
}
