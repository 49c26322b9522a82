/* signin_rules.h: what may be a passphrase, an address to return to, a name. Pure. */
#ifndef SIGNIN_RULES_H
#define SIGNIN_RULES_H

#include "base/arena.h"
#include "base/slice.h"

/* How an address is kept and compared: ASCII letters small, nothing else touched. Into `a`. */
const char *signin_fold(struct arena *a, struct slice email);

enum passphrase_fault { PASSPHRASE_FINE, PASSPHRASE_SHORT, PASSPHRASE_LONG, PASSPHRASE_COMMON };
/* Length, and a few that everybody tries first; no rules about what it is made of (NIST SP 800-63B
 * § 3.1.1.2). */
enum passphrase_fault signin_passphrase_fault(struct slice passphrase);

/* Whether ?to= may lead there: a path of ours below `base` that no browser walks out of again. */
bool signin_may_return(struct slice path, const char *base);

/* One line of 1..200 bytes without control characters. */
bool signin_name_ok(struct slice name);

#endif
