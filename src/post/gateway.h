/* gateway.h: how one provider of SMS is spoken to, read from a small file (share/sms/README.md tells its keys). Pure: text
   in, a request out; a reply in, a verdict out. No code of ours knows a provider. */
#ifndef POST_GATEWAY_H
#define POST_GATEWAY_H

#include "base/buf.h"
#include "base/config.h"

#define GATEWAY_ID_MOST 100     /* bytes of the number by which a gateway knows a message */
#define GATEWAY_REPLY_MOST 65536 /* bytes of a reply or a report that are looked at */
#define GATEWAY_HEADERS 5       /* of the file's own three, the kind of content, and who we are */

struct gateway;

/* What the gateway's customer was given: settings, not the file's, so that the file is the same for everybody. */
struct gateway_account {
	const char *user, *secret; /* "" where it asks for none */
	const char *from;          /* the sender that a phone shows */
};

/* RES_BAD after adding a line to `mistakes` for each. Beyond what a table of keys can say: every {hole} is known and stands
   where its value can be escaped, JSON stays JSON whatever is put in, and without TLS only this machine is spoken to. */
MUST_USE enum result gateway_read(const char *file, struct gateway **g_r, struct buf *mistakes);
MUST_USE enum result gateway_parse(struct slice text, const char *name, struct gateway **g_r, struct buf *mistakes);
void gateway_free(struct gateway **g);

/* ---- a request ---- */

struct gateway_sms {
	const char *to;         /* +4790000001 */
	struct slice text;
	const char *id;         /* the same each time it is tried, so that a gateway that can may know it again */
	const char *report_url; /* where it tells what became of it */
};

struct gateway_request {
	bool post;                        /* else GET */
	struct buf url, body;
	struct buf header[GATEWAY_HEADERS]; /* "Name: value"; empty ones are none */
	bool basic;                       /* user and secret by HTTP's own sign-in */
};

/* RES_BAD: longer than any of ours. Free it in any case. */
MUST_USE enum result gateway_fill(const struct gateway *g, const struct gateway_account *account,
				  const struct gateway_sms *sms, struct gateway_request *r);
void gateway_request_free(struct gateway_request *r); /* wipes what held a secret or a number */

/* ---- a reply ---- */

enum gateway_verdict {
	GATEWAY_ACCEPTED,
	GATEWAY_REFUSED, /* for good: the recipient is the reason, as the file says */
	GATEWAY_LATER,   /* anything else that may be said to every message alike, and is the operator's to mend */
	GATEWAY_UNSURE,  /* it may have kept the message: it said yes in words that the file does not tell, or fell over it (500 and
			    more, but for 503) */
};
/* id[0] is '\0' where none was given or found. */
enum gateway_verdict gateway_judge(const struct gateway *g, int status, struct slice body,
				   char id[GATEWAY_ID_MOST + 1]);

/* ---- a delivery report ---- */

enum gateway_reports { GATEWAY_NO_REPORTS, GATEWAY_FORM_REPORTS, GATEWAY_JSON_REPORTS };
enum gateway_reports gateway_reports(const struct gateway *g);
/* Names of two fields of a form (or of a query); "" where the file names none. */
const char *gateway_report_id(const struct gateway *g);
const char *gateway_report_status(const struct gateway *g);

enum gateway_fate { GATEWAY_ON_ITS_WAY, GATEWAY_DELIVERED, GATEWAY_FAILED };
enum gateway_fate gateway_fate(const struct gateway *g, struct slice status);
/* A report in JSON. RES_BAD: it is none. id[0] is '\0' where it names none. */
MUST_USE enum result gateway_report(const struct gateway *g, struct slice json, char id[GATEWAY_ID_MOST + 1],
				    enum gateway_fate *fate_r);

const char *gateway_name(const struct gateway *g);

#endif
