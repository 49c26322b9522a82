/* caller_rules.h: what the operator is told of duty's silence. Pure. */
#ifndef CALLER_RULES_H
#define CALLER_RULES_H

#include "base/clock.h"

#define CALLER_PATIENCE 300 /* seconds of silence before it is an error; our choice: a start or an upgrade takes less */

enum caller_word {
	CALLER_NOTHING,      /* it is as it was */
	CALLER_SILENT,       /* duty has just stopped answering, or is not up yet */
	CALLER_STILL_SILENT, /* for CALLER_PATIENCE by now: somebody must look */
	CALLER_BACK,
};

/* Zero: nothing was asked yet. */
struct caller_silence {
	bool silent, told;
	struct instant since;
};

/* After each try. A silence is said once when it begins and once more when it lasts; an end only after a beginning. */
enum caller_word caller_word(struct caller_silence *silence, bool answered, struct instant now);

#endif
