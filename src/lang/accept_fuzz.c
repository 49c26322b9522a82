/* Whatever a browser sends, the answer is one of our languages. */
#include <stdlib.h>

#include "lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum lang lang = lang_accept(slice_bytes(data, n), LANG_SV);
	if ((int)lang < 0 || (int)lang >= lang_count)
		abort();
	return 0;
}
