/* curve.h: X25519 keys, and which 32 bytes may pass for a public one. For the room itself. */
#ifndef CRYPT_CURVE_H
#define CRYPT_CURVE_H

#include "base/slice.h"

#define CURVE_KEY 32

/* The public key of a scalar; clamping as in RFC 7748. */
void curve_public(const unsigned char scalar[CURVE_KEY], unsigned char public_r[CURVE_KEY]);
/* RES_BAD when `public` may not be used (curve_usable) or the result is all zero (§ 2.1). */
MUST_USE enum result curve_shared(const unsigned char scalar[CURVE_KEY],
				  const unsigned char public[CURVE_KEY], unsigned char shared_r[CURVE_KEY]);
/* Cheap: less than 2^255 - 19, no high bit, none of the points of small order. */
bool curve_usable(const unsigned char public[CURVE_KEY]);
/* curve_usable, and on the curve rather than on its twist: what every key made by
   multiplying the base point is, and half of all random strings are not (§ 3.3). */
bool curve_like_real(const unsigned char public[CURVE_KEY]);

#endif
