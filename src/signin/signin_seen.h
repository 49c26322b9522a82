/* signin_seen.h: when a session was last used. In memory only, so that nothing kept tells an hour. */
#ifndef SIGNIN_SEEN_H
#define SIGNIN_SEEN_H

#include "base/clock.h"
#include "base/random.h"

struct seen;

struct seen *seen_new(struct random_source *rnd) MUST_USE;
void seen_free(struct seen **seen);
/* Notes that it is used now. False, and nothing noted: it was last used `idle` seconds ago or longer. One
   that is not known, because the program was started anew or more than some ten thousands are signed in,
   counts as fresh. */
bool seen_touch(struct seen *seen, struct slice session, struct instant now, int64_t idle);
/* The same without a use of it: a page that asks by itself keeps nobody signed in. */
bool seen_fresh(struct seen *seen, struct slice session, struct instant now, int64_t idle);

#endif
