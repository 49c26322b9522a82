/* config_check.h: what a value of each kind may look like. Pure; the private half of config.h. */
#ifndef BASE_CONFIG_CHECK_H
#define BASE_CONFIG_CHECK_H

#include "base/config.h"

/* False after writing into `why` what the value should have been. An empty value is good only where the
   default may be empty. */
bool config_value_ok(const struct config_key *key, struct slice value, struct buf *why);
/* HOST without brackets, and PORT. */
bool config_socket_parts(struct slice value, struct slice *host_r, int *port_r);
/* What the key takes, in words: "a number, 1 to 600". */
void config_takes(const struct config_key *key, struct buf *out);
/* The declared name that differs least from `name`, or NULL when none is near. */
const char *config_nearest(const struct config_key *keys, size_t n, struct slice name);

#endif
