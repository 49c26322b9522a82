/* sealed.h: bytes that only their reader can open, as a type.

   A function that stores or passes on something confidential takes `const struct sealed *`,
   and only crypt/ makes one: after sealing it itself, or after checking that what came from
   a browser has the form of a ciphertext. So plain text cannot slip into such a place by
   mistake. (A browser could still send plain text of the right form; only its reader
   would notice.) */
#ifndef CRYPT_SEALED_H
#define CRYPT_SEALED_H

#include "base/slice.h"

struct sealed;

/* Lives as long as the arena it was made in. */
struct slice sealed_bytes(const struct sealed *s);

#endif
