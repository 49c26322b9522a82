/* service_secret.h: a secret on the first line of a file. Part of service. */
#ifndef SERVICE_SECRET_H
#define SERVICE_SECRET_H

#include <stddef.h>

#include "base/result.h"

/* `what` names it in the log, "the mail password". RES_BROKEN, with a line in the log: no such file, or none in it. */
MUST_USE enum result service_secret(const char *what, const char *file, char *out_r, size_t room);

#endif
