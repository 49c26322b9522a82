/* caller_rules.h: what the operator is told of calls that came to nothing. Pure. */
#ifndef CALLER_RULES_H
#define CALLER_RULES_H

#include "base/clock.h"

#define CALLER_PATIENCE 300 /* seconds of silence before it is an error; our choice: a start or an upgrade takes less */

/* What came of one round of asking. */
enum caller_try {
	CALLER_TAKEN,
	CALLER_UNANSWERED, /* no answer, or one that says duty cannot answer now (5xx) */
	CALLER_UNREADABLE, /* an answer, and no message of the door */
	CALLER_UNSTORED,   /* a message, and our own database did not take it */
};

enum caller_word {
	CALLER_NOTHING,      /* it is as it was */
	CALLER_SILENT,       /* duty has just stopped answering, or is not up yet */
	CALLER_STILL_SILENT, /* for CALLER_PATIENCE by now: somebody must look */
	CALLER_CANNOT_READ,  /* somebody must look at once: no patience mends it */
	CALLER_CANNOT_STORE,
	CALLER_BACK,
};

/* Zero: nothing was asked yet. */
struct caller_trouble {
	enum caller_try last;
	bool told;
	struct instant since;
};

/* After each try. A silence is said once when it begins and once more when it lasts, any other trouble once when it begins; an end
   only after a beginning. */
enum caller_word caller_word(struct caller_trouble *trouble, enum caller_try came, struct instant now);

#endif
