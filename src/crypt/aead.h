/* aead.h: AES-GCM, for the room itself. */
#ifndef CRYPT_AEAD_H
#define CRYPT_AEAD_H

#include "base/slice.h"

#define AEAD_NONCE 12
#define AEAD_TAG 16

/* key_n: 32, or 16 for the vectors of RFC 9180 A.1. out holds plain.n + AEAD_TAG bytes. */
void aead_seal(const unsigned char *key, size_t key_n, const unsigned char nonce[AEAD_NONCE],
	       struct slice aad, struct slice plain, unsigned char *out);
/* out_r holds sealed.n - AEAD_TAG bytes. RES_BAD when it is too short or was changed; out_r is then zeroed.
 */
MUST_USE enum result aead_open(const unsigned char *key, size_t key_n, const unsigned char nonce[AEAD_NONCE],
			       struct slice aad, struct slice sealed, unsigned char *out_r);

#endif
