/* tidy.h: what makker-haven takes out each night (docs/retention.md). */
#ifndef HAVEN_TIDY_H
#define HAVEN_TIDY_H

#include "base/clock.h"
#include "db/db.h"

/* What has had its time on this day goes; whoever is no supporter any more may no longer enter as one. Nothing of it depends on
   what anybody answered. All in the caller's transaction. */
MUST_USE enum result haven_tidy(struct tx *tx, struct day today);

#endif
