/* crypt.h: the small tools everything sealed is made of: hashes, keys, comparing, wiping.

   The only room that includes sodium.h or OpenSSL. `H` of the protocol is SHA-256
   (docs/protocol.md, head). Sizes are bytes. */
#ifndef CRYPT_CRYPT_H
#define CRYPT_CRYPT_H

#include "base/random.h"
#include "base/slice.h"

#define CRYPT_HASH 32
#define CRYPT_KEY 32
#define CRYPT_INST 16 /* the installation's public random number, § 2.1 */

/* Once, before any thread starts; harmless twice. RES_BROKEN, with a log line, when a library
   cannot start. */
MUST_USE enum result crypt_init(void);

/* Loads what seals and opens (OpenSSL), as the first sealing does. False, with a log line, where it is not installed. Safe from all
   threads. */
bool crypt_ready(void);

/* True when both are the same; takes as long for any difference. Every comparison with a
   secret, or with the hash of one, goes through here. */
bool crypt_eq(const void *a, const void *b, size_t n);
bool crypt_is_zero(const void *p, size_t n);
/* Overwrites in a way the compiler keeps. */
void crypt_wipe(void *p, size_t n);

void crypt_hash(struct slice data, unsigned char out[CRYPT_HASH]);
/* H over the parts one after another. */
void crypt_hash_parts(const struct slice *parts, size_t n, unsigned char out[CRYPT_HASH]);
/* HMAC-SHA-256 over the parts one after another; a key of any length. */
void crypt_hmac(struct slice key, const struct slice *parts, size_t n, unsigned char out[CRYPT_HASH]);
/* HKDF-SHA-256, RFC 5869: both steps. out_n <= 255 * 32, else our bug. */
void crypt_hkdf(struct slice salt, struct slice ikm, struct slice info, void *out, size_t out_n);

/* What the store keeps of a link's or session's 16 random bytes: H(TOKEN), § 3.2. */
void crypt_token_hash(const unsigned char token[16], unsigned char out[CRYPT_HASH]);

/* True when H(body) begins with at least `bits` zero bits: proof of work of § 7. */
bool crypt_work_done(struct slice body, unsigned bits);

/* A source of chance for tests that compare runs (§ 10): what a call gets depends only on
   `seed`, the label, and how many calls with this label came before. Safe from all threads.
   Never in service: whoever knows the seed knows every byte. */
struct random_source *crypt_random_keyed(const unsigned char seed[32]) MUST_USE;
/* Only for one made by crypt_random_keyed; sets *rnd to NULL; safe on NULL. */
void crypt_random_keyed_free(struct random_source **rnd);

#endif
