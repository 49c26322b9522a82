#include <string.h>

#include "crypt/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct code code, again;
	struct code_wrong wrong;
	if (code_read(slice_bytes(data, n), &code, &wrong) == RES_OK) {
		struct code_text text = code_text(&code);
		if (code_read(slice_of(text.s), &again, NULL) != RES_OK || strcmp(code.digits, again.digits))
			bug("a code that does not read back");
	} else if (wrong.fault == CODE_GOOD || (wrong.fault == CODE_LINE) != !!wrong.lines) {
		bug("refused without a reason");
	}
	return 0;
}
