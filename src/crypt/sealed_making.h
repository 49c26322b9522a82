/* sealed_making.h: how crypt/ makes a struct sealed. For the room itself. */
#ifndef CRYPT_SEALED_MAKING_H
#define CRYPT_SEALED_MAKING_H

#include "base/arena.h"
#include "crypt/sealed.h"

/* A copy in `a`. */
const struct sealed *sealed_make(struct arena *a, const void *bytes, size_t n) MUST_USE;

#endif
