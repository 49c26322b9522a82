/* service_look.h: asks how things stand, without waiting for ever: the database may be dead, and whoever watches the
   program must hear so. Known to this room alone. */
#ifndef SERVICE_LOOK_H
#define SERVICE_LOOK_H

#include "service/service.h"
#include "service/service_health.h"

struct service_looked {
	struct service_health health;
	/* Known when health.database is HEALTH_ANSWERS. */
	int64_t mails_waiting, jobs_late; /* late by five minutes */
	int64_t database_bytes;
};

struct service_look;

MUST_USE enum result service_look_new(struct service *s, struct service_look **l_r);
/* One thread asks for all: while it has no answer, nobody asks the database a second time. Waits `patience`
   milliseconds at most; then the database counts as silent. */
void service_look_now(struct service_look *l, int patience, struct service_looked *looked_r);
/* Waits for a question that still runs. Safe on NULL. */
void service_look_free(struct service_look **l);

#endif
