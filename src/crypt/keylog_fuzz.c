#include "crypt/keylog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct keylog_entry e;
	struct keylog_head head = {0};
	if (keylog_read(slice_bytes(data, n), &e) == RES_OK &&
	    (n != KEYLOG_ENTRY || id_is_zero(&e.supporter)))
		bug("not an entry");
	if (keylog_follow(slice_bytes(data, n), &head, &e) == RES_OK && head.next != 1)
		bug("the first entry is not the first");
	return 0;
}
