/* Any bytes are a catalogue or refused, and a plural rule or refused; what was read is found again, and counts. */
#include <stdlib.h>

#include "po.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct po po = { 0 };
	struct buf error = BUF_LIMIT(256);
	if (po_read(slice_bytes(data, n), &po, &error) == RES_OK) {
		for (size_t i = 0; i < po.n; i++)
			if (po_find(&po, po.entries[i].context, po.entries[i].msgid) != &po.entries[i])
				abort();
	} else if (!error.n) {
		abort();
	}
	struct plural rule;
	const char *why = NULL;
	if (plural_read(slice_bytes(data, n), &rule, &why) != RES_OK)
		rule.forms = why ? 0 : -1;
	else if (plural_form(&rule, 12345678901) >= PLURAL_FORMS && rule.forms < 1)
		abort();
	if (rule.forms < 0)
		abort();
	po_free(&po);
	buf_free(&error);
	return 0;
}
