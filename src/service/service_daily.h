/* service_daily.h: what goes by itself every night, in both programs. Known to service.c alone. */
#ifndef SERVICE_DAILY_H
#define SERVICE_DAILY_H

#include "service/service.h"

/* Does it now unless it was done today, since the machine may have been off at night, and from then on each night at three. Once,
   before the clockwork starts. */
MUST_USE enum result service_daily(struct service *s);

#endif
