/* hpke_testing.h: HPKE with a given ephemeral seed, for vectors. Only tests include this:
   the same seed twice for one recipient gives away the key stream. */
#ifndef CRYPT_HPKE_TESTING_H
#define CRYPT_HPKE_TESTING_H

#include "crypt/hpke.h"

/* aead_id 1 (AES-128-GCM, for RFC 9180 A.1) or 2. */
MUST_USE enum result hpke_testing_seal(int aead_id, const unsigned char seed[HPKE_KEY],
				       const unsigned char to[HPKE_KEY], const struct hpke_with *with,
				       struct slice plain, unsigned char *out);
MUST_USE enum result hpke_testing_open(int aead_id, const struct hpke_pair *me, const struct hpke_with *with,
				       struct slice sealed, unsigned char *plain_r);

#endif
