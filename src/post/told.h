/* told.h: what became of mails, until their rooms have read it; and which mail a bounce belongs to. Known to post.c alone;
   what rooms call of it stands in post.h. */
#ifndef POST_TOLD_H
#define POST_TOLD_H

#include "post/post.h"

#define POST_TOKEN 32 /* characters of a return token: 16 random bytes in hexadecimal */

/* A bounce or a report to this token is taken until the end of the day `last`. */
MUST_USE enum result told_expect(struct tx *tx, struct slice token, const struct mail *mail, struct day last);
/* The same of the number by which a gateway names the SMS of this token: what is reported under either is no longer expected under the other. */
MUST_USE enum result told_expect_id(struct tx *tx, const char *gateway_id, struct slice token, const char *kind, const struct id *about,
				    struct day last);
MUST_USE enum result told_put(struct tx *tx, struct random_source *rnd, const char *kind, const struct mail_told *told);

#endif
