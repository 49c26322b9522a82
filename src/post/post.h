/* post.h: mail goes out at least once, and what became of it is told.

   A room puts a mail in its own transaction. One thread hands the mails to the mail
   server; when the server has accepted one, the row goes and a result is left for the
   room, in one transaction. What the server refuses for good because of its recipient is
   told at once; all else is "not now" (handover.h) and is tried again with back-off for
   POST_GIVE_UP_DAYS. A bounce that comes back later to the mail's own return address is told too.

   A repeat bears the same Message-ID. It can happen when a server takes a mail and we do
   not hear it: the connection breaks, or ten minutes pass (RFC 5321 § 4.5.3.2.6), or we
   are stopped between the whole message and its "250", or we fall between the "250" and our commit. That the database
   does not take down what became of a mail is no such case: it is asked again, and the mail is not.
   In the first two the mail rests an hour, then two, up to twelve: ten tries at most.

   Mails go one after the other: the others wait while a server ponders over one, eleven minutes at most.
   A server that is away, or takes nobody's mail, ends the round: one mail asks again after 30 seconds, up to five
   minutes, or as soon as there is a new one.

   Several programs on one database share the outbox: each holds the mail that it is about (db_hold), and the others pass
   over it until it is done or its program has died. A mail of which nobody knows whether the server kept it stays held
   while it rests.

   No domain word here: `kind` and `about` are the room's. */
#ifndef POST_POST_H
#define POST_POST_H

#include "base/clock.h"
#include "base/random.h"
#include "db/db.h"

#define POST_GIVE_UP_DAYS 3    /* our choice; then it counts as refused */
#define POST_BOUNCE_DAYS 40    /* how long a return address is known */
#define POST_ADDRESS_MOST 254  /* bytes of an address (RFC 5321 § 4.5.3.1.3) */
#define POST_SUBJECT_MOST 1000 /* bytes; our choice, some times our longest text */
#define POST_BODY_MOST 16000   /* bytes; the same, and it fits a message when every byte takes three */

struct post;

/* Seconds. 0: the usual. All but a test's are. */
struct post_patience {
	int connect; /* 30: connection, greeting and TLS */
	int command; /* 120: all until the message begins; our choice, less than RFC 5321 asks of one that sends in parallel */
	int reply;   /* 660: the message and its "250", for which RFC 5321 asks ten minutes */
};

/* Where mail goes. Strings are copied. */
struct post_setup {
	const char *server;     /* "smtp://127.0.0.1:2525", "smtp://mail:587" with starttls, "smtps://mail:465" */
	bool starttls;          /* refuse to send without it */
	const char *ca_file;    /* NULL: the system's */
	const char *user, *password; /* NULL: none */
	const char *from;       /* "makker@fjordvik.example" */
	const char *from_name;  /* display name: names neither incident nor support */
	const char *bounce_domain; /* return addresses are b-TOKEN@this */
	const char *message_domain; /* right side of Message-IDs */
	struct post_patience patience;
};

struct mail {
	const char *kind;     /* lives as long as the program */
	struct id about;
	struct slice address; /* checked with post_address_ok */
	struct slice subject, body; /* UTF-8; body lines end in \n */
};

enum mail_result { MAIL_ACCEPTED = 1, MAIL_REFUSED = 2, MAIL_BOUNCED = 3 };

/* One address that we are willing to hand to a mail server: ASCII, one @, no white space,
   no control characters, at most POST_ADDRESS_MOST bytes. */
bool post_address_ok(struct slice address);

/* In the room's transaction. RES_BAD: the address will never do, or the text is longer than any mail of ours;
   nothing was put. */
MUST_USE enum result post_put(struct tx *tx, struct random_source *rnd, struct day today, const struct mail *mail);

/* The results of one kind, oldest day first; each is taken (its row goes) as it is told.
   `tell` runs inside the transaction. *n_r: how many. */
MUST_USE enum result post_take_results(struct tx *tx, const char *kind,
				       enum result (*tell)(struct tx *tx, const struct id *about,
							   enum mail_result result, struct day day, void *ctx),
				       void *ctx, int *n_r);

/* A message that came back to `token` (the local part after "b-"): `dsn` is the whole
   message. RES_OK: it said that delivery failed for good, and the room will hear.
   RES_NONE: unknown or expired address, or no such message (a vacation notice). */
MUST_USE enum result post_bounce(struct db *db, struct random_source *rnd, const struct clock *clock,
				 struct slice token, struct slice dsn);
/* Whether a delivery report (RFC 3464) says "failed" for good (5.x.x). Pure. */
bool post_dsn_failed(struct slice dsn);

/* Return addresses that nobody knows any more go. Each day. */
MUST_USE enum result post_tidy(struct tx *tx, struct day today);

/* ---- the thread ---- */

MUST_USE enum result post_new(struct db *db, const struct clock *clock, struct random_source *rnd,
			      const struct post_setup *setup, struct post **post_r);
/* Called on the thread after results were written, so that the rooms read them. */
void post_when_told(struct post *post, void (*told)(void *ctx), void *ctx);
MUST_USE enum result post_start(struct post *post);
void post_stop(struct post *post); /* ends within eight seconds: a mail that is not taken by then waits for the next start */
void post_free(struct post **post);
void post_wake(struct post *post);
/* Sends what can be sent now and returns when the rest only waits. For a clock by hand. *sent_r: results written. */
MUST_USE enum result post_settle(struct post *post, int *sent_r);

/* ---- for the operator: how mail goes, not whose ---- */

/* How many the mail server has not taken yet; *oldest_r: the day on which the oldest of them was put, unwritten when there is none. */
MUST_USE enum result post_waiting(struct tx *tx, int64_t *n_r, struct day *oldest_r);
/* Seconds since the first of the rounds in which the server as a whole took nobody's mail; 0: the last one was none. */
int64_t post_away(struct post *post);
/* How many it took on this day, counted since the start; 0 for any other day than the newest. */
int64_t post_accepted(struct post *post, struct day day);

/* The message as it goes over the wire (RFC 5322), for the sender and for tests. */
struct buf;
void post_message(struct buf *out, const struct post_setup *setup, const struct id *id, struct slice address,
		  struct slice subject, struct slice body, struct instant now);

#endif
