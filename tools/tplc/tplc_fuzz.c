/* Any bytes are either compiled or refused with a line number. */
#include <stdlib.h>
#include <string.h>

#include "compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char head[] = "{{template t(int a)}}";
	struct buf text = BUF_LIMIT(1 << 20);
	struct tpl_out out = TPL_OUT;
	/* Half of the inputs begin inside a template, where the interesting refusals are. */
	if (n && data[0] & 1)
		buf_str(&text, head);
	buf_put(&text, data, n);
	enum result res = tpl_compile("f.tpl", "f.tpl.h", buf_get(&text), &out);
	if (res != RES_OK && (res != RES_BAD || !out.error.n || strncmp(out.error.p, "f.tpl:", 6) != 0))
		abort();
	tpl_out_free(&out);
	buf_free(&text);
	return 0;
}
