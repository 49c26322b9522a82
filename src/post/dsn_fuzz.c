/* Returned mail comes from anywhere. */
#include "post/mailbox.h"
#include "post/post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice token;
	(void)post_dsn_failed(slice_bytes(data, n));
	if (mailbox_token(slice_bytes(data, n), "b.example", &token) == RES_OK && token.n != 32)
		__builtin_trap();
	(void)post_address_ok(slice_bytes(data, n));
	return 0;
}
