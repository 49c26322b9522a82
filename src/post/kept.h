/* kept.h: what a post remembers of single mails between its rounds. In memory alone: after a restart a mail that waits is tried at
   once. Known to post.c alone; one thread at a time. */
#ifndef POST_KEPT_H
#define POST_KEPT_H

#include "base/clock.h"
#include "base/id.h"

struct kept_waiting {
	struct id id;
	struct instant again;
	int pause;   /* seconds */
	bool unsure; /* the server may have kept it */
};

struct kept {
	struct kept_waiting *waiting;
	size_t waiting_n;
	struct kept_owed *owed;
	size_t owed_n;
};

/* What the server said "not now" to, or nothing; NULL: neither. Until the next change. */
const struct kept_waiting *kept_waits(const struct kept *k, const struct id *id);
/* It waits from now on, each time twice as long: 30 s to half an hour, or when the server may have kept it one hour to twelve,
   since each try may be one more in somebody's mailbox. */
void kept_wait_longer(struct kept *k, const struct id *id, struct instant now, bool unsure);
void kept_wait_no_more(struct kept *k, const struct id *id);

/* What became of a mail that was handed over, and the database did not take down; false: nothing is owed. */
bool kept_owed(const struct kept *k, const struct id *id, enum result *res_r);
void kept_owe(struct kept *k, const struct id *id, enum result res);
void kept_owe_no_more(struct kept *k, const struct id *id);

void kept_free(struct kept *k);

#endif
