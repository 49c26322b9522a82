#include "haven/caller/caller_rules.h"

enum caller_word caller_word(struct caller_trouble *trouble, enum caller_try came, struct instant now)
{
	struct caller_trouble before = *trouble;
	bool same = before.last == came;
	if (!same)
		*trouble = (struct caller_trouble){ .last = came, .since = now };
	switch (came) {
	case CALLER_TAKEN:
		return same ? CALLER_NOTHING : CALLER_BACK;
	case CALLER_UNREADABLE:
		return same ? CALLER_NOTHING : CALLER_CANNOT_READ;
	case CALLER_UNSTORED:
		return same ? CALLER_NOTHING : CALLER_CANNOT_STORE;
	case CALLER_UNANSWERED:
		break;
	}
	if (!same)
		return CALLER_SILENT;
	if (before.told || now.s - before.since.s < CALLER_PATIENCE)
		return CALLER_NOTHING;
	trouble->told = true;
	return CALLER_STILL_SILENT;
}
