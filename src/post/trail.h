/* trail.h: how far the talk with a mail server has come, read off the wire. Known to handover.c alone.

   The library tells a transfer's result, not at which command it failed, and its words for that differ by version. The
   commands and replies themselves do not (RFC 5321). Nothing of what is said is kept but digits: the talk holds
   addresses, and the password. */
#ifndef POST_TRAIL_H
#define POST_TRAIL_H

#include "post/handover.h"

struct trail {
	enum handed_at at;
	int reply, status[3]; /* to the last command, or the greeting; zeros: none yet */
	bool relaying;        /* the reply speaks of relaying */
	bool quit;            /* the rest is farewell and counts for nothing */
};

void trail_said(struct trail *t, struct slice command);
/* One line. */
void trail_heard(struct trail *t, struct slice line);
/* The message begins to go out. Harmless twice. */
void trail_message(struct trail *t);

#endif
