/* ring_testing.h: a ring envelope with a given ephemeral seed, for vectors. Only tests include this. */
#ifndef CRYPT_RING_TESTING_H
#define CRYPT_RING_TESTING_H

#include "crypt/ring.h"

MUST_USE enum result ring_testing_seal(const unsigned char seed[HPKE_KEY],
				       const unsigned char inst[CRYPT_INST], int position,
				       const unsigned char to[HPKE_KEY], const unsigned char rel[32],
				       struct slice json, unsigned char out[RING_ENVELOPE]);

#endif
