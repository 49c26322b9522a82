/* tidy.h: what makker-duty takes out each night (docs/retention.md). */
#ifndef DUTY_TIDY_H
#define DUTY_TIDY_H

#include "base/clock.h"
#include "db/db.h"

/* What has had its time on this day goes; accounts whose owner has left end. All in the caller's transaction. */
MUST_USE enum result duty_tidy(struct tx *tx, struct day today);

#endif
