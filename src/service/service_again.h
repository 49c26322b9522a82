/* service_again.h: new settings without a gap (SIGHUP).

   Only what starts reads settings. So the program drains as for an end, hands on the socket on which browsers come, and becomes
   itself once more, in the same process: whoever comes meanwhile waits in the socket's queue for some moments, and nobody is turned
   away. Settings that `check` finds wrong are not taken, and the program goes on. What only memory held is gone, as with any start. */
#ifndef SERVICE_AGAIN_H
#define SERVICE_AGAIN_H

#include "service/service.h"

/* Before the working directory changes: how the program was called, and from where. */
void service_again_remember(struct service *s, char **argv);
/* Asked by SIGHUP: whether the new settings are sound. False after saying why not. */
MUST_USE bool service_again_wanted(struct service *s);

#endif
