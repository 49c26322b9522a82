/* incidents_when.h: "yesterday, 22.40" as a leader types it. Pure. */
#ifndef INCIDENTS_WHEN_H
#define INCIDENTS_WHEN_H

#include "base/clock.h"
#include "base/slice.h"

enum incident_day { INCIDENT_TODAY, INCIDENT_YESTERDAY, INCIDENT_EARLIER, INCIDENT_DAYS };

/* "22.40", "22:40", "2240", "kl. 22,40", "9", "940": 0..23 and 0..59. RES_NONE: empty; RES_BAD: anything else. */
MUST_USE enum result incident_clock(struct slice typed, int *hour_r, int *minute_r);
/* "2026-11-18" (a browser's date field), "18.11.2026", "18.11.26", "18/11", "18. 11.": without a year the last such day.
   RES_NONE: empty; RES_BAD: no such day. */
MUST_USE enum result incident_date(struct slice typed, struct day today, struct day *day_r);

#endif
