/* sms.h: one SMS to the gateway. Known to the post's round alone. */
#ifndef POST_SMS_H
#define POST_SMS_H

#include <curl/curl.h>

#include "post/gateway.h"
#include "post/post.h"

/* What came of it. No text of the gateway's: that may hold a number. */
struct sms_handed {
	int status;   /* HTTP's; 0: no reply */
	CURLcode code;
	bool unsure;  /* it was sent and no word came back, or one that we cannot read: nobody knows whether the gateway kept it */
	bool away;    /* the next message would fare the same: nobody there, or it takes none of ours now */
	bool too_long;
	char id[GATEWAY_ID_MOST + 1]; /* by which it names the message in its reports; "" where it gave none */
};

/* RES_OK: accepted. RES_REFUSED: for good. RES_AGAIN: not now. *h: written always. `c` keeps the connection. Once *stop is
   true it ends within a few seconds. */
MUST_USE enum result sms_hand(CURL *c, const struct post_sms *setup, const struct gateway_sms *sms, const bool *stop,
			      struct sms_handed *h);
/* "429" or "no connection" into out[120]: for the log. */
void sms_say(const struct sms_handed *h, char out[120]);

#endif
