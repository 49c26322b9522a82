/* mailbox_inside.h: what the mailbox's files share. */
#ifndef POST_MAILBOX_INSIDE_H
#define POST_MAILBOX_INSIDE_H

#include <curl/curl.h>

#include "base/buf.h"
#include "post/mailbox.h"

#define MAILBOX_NAME_MOST 255

/* One way to reach a mailbox. A name is the server's own word for a message, without a line's end, and the same in each round. */
struct mailbox_kind {
	enum result (*open)(struct mailbox *m);
	enum result (*list)(struct mailbox *m, struct buf *names); /* a name a line */
	/* RES_NONE: it is not there any more. RES_REFUSED: this one cannot be read. RES_AGAIN: nor can any after it, in this
	   session. A longer message is cut. */
	enum result (*fetch)(struct mailbox *m, const char *name, struct buf *message);
	/* RES_REFUSED: this one cannot be deleted. */
	enum result (*drop)(struct mailbox *m, const char *name);
	enum result (*close)(struct mailbox *m);
};
extern const struct mailbox_kind mailbox_maildir, mailbox_imap, mailbox_pop3;

struct mailbox {
	char *where, *user, *password, *ca_file, *bounce_domain;
	const struct mailbox_kind *kind;
	uint64_t *seen;
	size_t seen_n;
	uint64_t *broke; /* those over which a session broke off, until a round has come to its end */
	size_t broke_n;
	uint64_t *dropped; /* told and deleted; POP3 deletes them at the session's good end, and so not in one that broke off */
	size_t dropped_n;
	bool complained; /* one line a round */
	const bool *stop;
	CURL *curl; /* from open to close */
	bool curl_used; /* a later connection is another session: numbers may mean other messages */
};

#endif
