/* service_commands.h: what service.c and the commands share. Known to this room alone. */
#ifndef SERVICE_COMMANDS_H
#define SERVICE_COMMANDS_H

#include "service/service.h"

#define SERVICE_CONTROL "control.sock" /* where a program with a clock by hand is told the time */

/* Brings the database to this version. An exit status, after saying what is wrong. */
int service_migrate(struct service *s) MUST_USE;

#endif
