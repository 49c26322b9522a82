/* handover.h: one mail to the mail server, over a connection that is kept from mail to mail. Known to post.c alone. */
#ifndef POST_HANDOVER_H
#define POST_HANDOVER_H

#include <curl/curl.h>

#include "post/post.h"

struct handing {
	const struct id *id;      /* the Message-ID is made of it */
	const char *return_token; /* bounces come to b-TOKEN */
	const char *address;
	struct slice subject, body;
};

/* RES_OK: accepted. RES_REFUSED: for good. RES_AGAIN: not now, after a log line. `c` keeps the connection.

   A server may close a kept connection between two mails, and says so at the next mail's first command (421, RFC 5321
   § 3.8, or no word at all). That is no "not now" of this mail: it is tried once more at once on a fresh connection. Only
   when not a byte of the message was read for the wire, so that the server cannot have accepted what is sent again. */
MUST_USE enum result handover(CURL *c, const struct post_setup *setup, const struct handing *mail,
			      struct instant now);

#endif
