/* passwords.h: passphrases of people who sign in to a program: Argon2id, a few at once.

   Each hash takes 64 MiB and tens of milliseconds, so a flood of sign-ins could take the whole
   machine. The pool lets `at_once` run, lets `queue` more wait, and tells the rest RES_AGAIN at once.
   The work is done on the caller's thread: call it from a slow lane, never from the thread that
   serves the network. (The supporter's key is never under this hash: § 2.3.) */
#ifndef CRYPT_PASSWORDS_H
#define CRYPT_PASSWORDS_H

#include "base/random.h"
#include "base/slice.h"

#define PASSWORD_TEXT 128     /* room for a hash as text, its zero included */
#define PASSWORD_LONGEST 1024 /* bytes; longer ones are RES_BAD unread */

struct password_cost {
	uint64_t passes; /* t */
	size_t kib;      /* m */
};
#define PASSWORD_COST ((struct password_cost){3, 64 * 1024})

struct password_pool;

/* Aborts when cost is below 1 pass or 8 KiB, or at_once < 1. Draws what unknown accounts are compared with; it hashes
   nothing, so a program's start does not wait for it. */
struct password_pool *password_pool_new(struct random_source *rnd, struct password_cost cost, int at_once,
					int queue) MUST_USE;
void password_pool_free(struct password_pool **pool); /* nobody may be inside; safe on NULL */

/* text_r: "$argon2id$v=19$m=65536,t=3,p=1$salt$hash". The salt is drawn under "passwords/salt".
   RES_BAD: empty or longer than PASSWORD_LONGEST. RES_AGAIN: pool and queue are full.
   RES_BROKEN: no memory for it. */
MUST_USE enum result password_hash(struct password_pool *pool, struct random_source *rnd,
				   struct slice password, char text_r[PASSWORD_TEXT]);

/* stored: what password_hash gave, or NULL when there is no such account: then the same
   work is done for nothing and the answer is RES_REFUSED. RES_OK: it is the one.
   RES_REFUSED: it is not; also for an empty or too long one, after the same work. RES_AGAIN,
   RES_BROKEN as above, RES_BROKEN also when `stored` is not such a text or asks for more than 1 GiB. */
MUST_USE enum result password_verify(struct password_pool *pool, struct slice password, const char *stored);

/* True when it was made with another cost than the pool's: hash again at the next sign-in. */
bool password_outdated(const struct password_pool *pool, const char *stored);

#endif
