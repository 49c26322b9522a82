/* Returned mail comes from anywhere. */
#include "post/post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	(void)post_dsn_failed(slice_bytes(data, n));
	(void)post_address_ok(slice_bytes(data, n));
	return 0;
}
