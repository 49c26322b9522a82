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

/* How far a mail came: the last thing of it that the server was told. */
enum handed_at { HANDED_HELLO, HANDED_MAIL, HANDED_RCPT, HANDED_DATA, HANDED_MESSAGE };

/* What the server said to it. No text of its: that may hold an address. */
struct handed {
	enum handed_at at;
	int reply;     /* three digits, 0: no word */
	int status[3]; /* 5.1.1 (RFC 3463); zeros: it gave none */
	bool relaying; /* it speaks of relaying */
	CURLcode code;
	bool too_long; /* the mail was longer than any of ours; nothing was sent */
	bool unsure;   /* the message was sent and no word came back: nobody knows whether the server kept it */
	bool away;     /* it failed before the server heard whom it is for: the next mail would fare the same */
};

/* RES_OK: accepted. RES_REFUSED: for good. RES_AGAIN: not now. *h: written always. `c` keeps the connection.

   A server may close a kept connection between two mails, and says so at the next mail's first command (421, RFC 5321
   § 3.8, or no word at all). That is no "not now" of this mail: it is tried once more at once on a fresh connection. Only
   when not a byte of the message was read for the wire, so that the server cannot have accepted what is sent again.

   Once *stop is true it ends: at once while the message has not begun, else after a few seconds. */
MUST_USE enum result handover(CURL *c, const struct post_setup *setup, const struct handing *mail, struct instant now,
			      const bool *stop, struct handed *h);

/* Whether a mail that was not taken is refused for good. Only when the server says that the recipient is the reason
   (at RCPT or later, by a status 5.1, 5.2 or 5.4, or by a plain 550 to RCPT): all else may be said to every mail alike, by a
   server that is set up wrong, a list we stand on, or a filter, and is the operator's to mend while the mails wait. Servers
   say even what they hold against the client or the sender as late as RCPT (Postfix does unless told otherwise). After
   the message a refusal without such a status is about content, and ours all look the same. Our choice. Pure. */
bool handover_final(const struct handed *h);
/* "RCPT TO: 550 5.1.1" into out[120]: for the log. */
void handover_say(const struct handed *h, char out[120]);

#endif
