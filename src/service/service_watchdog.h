/* service_watchdog.h: tells the service manager that we live, so that it starts us anew when we hang. Known to service.c alone.

   Nothing happens unless the manager watches (WATCHDOG_USEC). Twice in its time we look, and say WATCHDOG=1 only if
   - the loop on which browsers come answers us (web_turns), and
   - nothing that SQLite's writer does has taken longer than `longest` seconds.
   Whoever merely waits lives: for the mail server, for PostgreSQL, for the other program at the door, for a slow worker.
   While what was begun is ended there is no loop to ask: then it lives for `longest` seconds, since one request or one scrub may take
   longer than the manager waits, and whoever only takes new settings is not to be ended. */
#ifndef SERVICE_WATCHDOG_H
#define SERVICE_WATCHDOG_H

#include "service/service.h"

#define WATCHDOG_LONGEST 600 /* our choice: far above the longest scrub and the half minute that a batch waits for another process */

struct service_watchdog;

/* Between web_start and web_drain. *w_r is NULL when nobody watches. */
MUST_USE enum result service_watchdog_start(struct service *s, int64_t longest, struct service_watchdog **w_r);
/* From now on the loop is not asked. Before web_drain. */
void service_watchdog_drain(struct service_watchdog *w); /* safe on NULL */
/* When all threads but ours have ended, before the database is closed. */
void service_watchdog_stop(struct service_watchdog **w); /* safe on NULL */

#endif
