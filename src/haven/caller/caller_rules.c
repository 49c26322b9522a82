#include "haven/caller/caller_rules.h"

enum caller_word caller_word(struct caller_silence *silence, bool answered, struct instant now)
{
	struct caller_silence before = *silence;
	if (answered) {
		*silence = (struct caller_silence){ .silent = false };
		return before.silent ? CALLER_BACK : CALLER_NOTHING;
	}
	if (!before.silent) {
		*silence = (struct caller_silence){ .silent = true, .since = now };
		return CALLER_SILENT;
	}
	if (before.told || now.s - before.since.s < CALLER_PATIENCE)
		return CALLER_NOTHING;
	silence->told = true;
	return CALLER_STILL_SILENT;
}
