#include "crypt/wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const struct sealed *s;
	enum wrap_kind kind;
	if (wrap_read(slice_bytes(data, n), a, &s, &kind) == RES_OK && sealed_bytes(s).n != WRAP_ROW)
		bug("a wrap of another size");
	if (vault_read(slice_bytes(data, n), a, &s) == RES_OK && sealed_bytes(s).n != n)
		bug("a vault of another size");
	arena_free(&a);
	return 0;
}
