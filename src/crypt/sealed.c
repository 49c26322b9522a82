#include "crypt/sealed.h"

#include "crypt/sealed_making.h"

struct sealed {
	struct slice bytes;
};

const struct sealed *sealed_make(struct arena *a, const void *bytes, size_t n)
{
	struct sealed *s = arena_new_of(a, struct sealed);
	s->bytes = arena_slice(a, slice_bytes(bytes, n));
	return s;
}

struct slice sealed_bytes(const struct sealed *s)
{
	return s->bytes;
}
