/* The reader of an answer's head against anything at all: what it takes is within what call.h promises, and more bytes behind the
   head change nothing. */
#include <stdlib.h>
#include <string.h>

#include "call/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct call_head head, again;
	struct buf more = BUF_LIMIT(1 << 20);
	if (call_read_head(slice_bytes(data, size), &head) != RES_OK)
		return 0;
	if (head.n > size || head.n > CALL_HEAD_MOST || head.status < 200 || head.status > 599 || memcmp(data + head.n - 4, "\r\n\r\n", 4) != 0)
		abort();
	buf_put(&more, data, head.n);
	buf_str(&more, "Content-Length: 7\r\n\r\n");
	if (call_read_head(buf_get(&more), &again) != RES_OK || again.n != head.n || again.length != head.length || again.closes != head.closes)
		abort();
	buf_free(&more);
	return 0;
}
