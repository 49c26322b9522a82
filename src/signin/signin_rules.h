/* signin_rules.h: what may be a passphrase, an address to return to, a name. Pure. */
#ifndef SIGNIN_RULES_H
#define SIGNIN_RULES_H

#include "base/arena.h"
#include "base/slice.h"

/* How an address is kept and compared: ASCII letters small, nothing else touched. Into `a`. */
const char *signin_fold(struct arena *a, struct slice email);

/* For comparing what people typed with names: small letters (Unicode), NFC, ’ as '. "" for what is no UTF-8. Into `a`. */
const char *signin_casefold(struct arena *a, struct slice text);

enum passphrase_fault { PASSPHRASE_FINE, PASSPHRASE_SHORT, PASSPHRASE_LONG, PASSPHRASE_COMMON };
/* Length, and a few that everybody tries first; no rules about what it is made of (NIST SP 800-63B
 * § 3.1.1.2). */
enum passphrase_fault signin_passphrase_fault(struct slice passphrase);

/* Whether ?to= may lead there: a path of ours below `base` that no browser walks out of again. */
bool signin_may_return(struct slice path, const char *base);

struct signin_unit;
/* Which units may be meant by what was typed, in whatever case: those with that path or, if none has it, that name, or, if none has
   that either, those whose path holds it. At most `most` (2 or more) into `list`; → how many. *sure_r: one, by its path or name. */
size_t signin_units_meant(struct slice typed, const struct signin_unit *units, size_t n, const struct signin_unit **list, size_t most,
			  bool *sure_r);

/* One line of 1..200 bytes without control characters. */
bool signin_name_ok(struct slice name);

#endif
