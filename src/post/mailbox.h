/* mailbox.h: returned mail that lies in a mailbox: IMAP, POP3 or a Maildir. Known to post.c and service/.

   At a fixed pace all that is new there is read, the newest first, each message once; what came back to an address of ours is handed to the
   bounces, and deleted only when what it said is written. All else is left as it lies: another program may share the mailbox
   and know it, or a person may read it. */
#ifndef POST_MAILBOX_H
#define POST_MAILBOX_H

#include "post/post.h"

#define MAILBOX_MESSAGE_MOST ((size_t)256 << 10) /* bytes of a message that are read; the report stands before what it returns */
#define MAILBOX_ROUND_MOST 200                   /* messages that are read in one round */
#define MAILBOX_SEEN_MOST 10000                  /* names that are remembered; past that all is looked through anew */

struct mailbox;

struct mailbox *mailbox_new(const struct post_mailbox *setup, const char *bounce_domain) MUST_USE; /* strings are copied */
void mailbox_free(struct mailbox **m);

/* One round. `take` is given the token and the message: RES_OK or RES_NONE with *ours_r when it belongs to us and is done with.
   *n_r: how many were ours. RES_AGAIN: the mailbox could not be read. Ends soon once *stop is true. */
MUST_USE enum result mailbox_round(struct mailbox *m, const bool *stop,
				   enum result (*take)(void *ctx, struct slice token, struct slice message, bool *ours_r),
				   void *ctx, int *n_r);

/* The token of the return address that this message came back to, from its own head (Delivered-To and the like): 32
   characters in the message. RES_NONE: none of ours. Pure. */
MUST_USE enum result mailbox_token(struct slice message, const char *bounce_domain, struct slice *token_r);

#endif
