/* post.h: mail and SMS go out at least once, and what became of them is told.

   A room puts a message in its own transaction. Each way out has a thread: one hands the mails to the mail
   server, the other the SMS to a gateway (gateway.h), so that neither waits for the other; when the server has
   accepted one, the row goes and a result is left for the room, in one transaction. What the server refuses for good because of its recipient is
   told at once; all else is "not now" (handover.h) and is tried again with back-off for
   POST_GIVE_UP_DAYS. A bounce that comes back later to the mail's own return address is told too.

   A repeat bears the same Message-ID. It can happen when a server takes a mail and we do
   not hear it: the connection breaks, or ten minutes pass (RFC 5321 § 4.5.3.2.6), or we
   are stopped between the whole message and its "250", or we fall between the "250" and our commit. That the database
   does not take down what became of a mail is no such case: it is asked again, and the mail is not.
   In the first two the mail rests an hour, then two, up to twelve: ten tries at most.

   Several mails go at once, over a connection each (post_setup.connections), so that none waits while a server ponders over
   another, eleven minutes at most. A server that does not take a connection while it takes mail by another has fewer of
   them for an hour; the mail goes by those.
   A server that is away, or takes nobody's mail, ends the round: one mail asks again after 30 seconds, up to five
   minutes, or as soon as there is a new one.

   Several programs on one database share the outbox: each holds the mail that it is about (db_hold), and the others pass
   over it until it is done or its program has died. A mail of which nobody knows whether the server kept it stays held
   while it rests.

   An SMS bears the same number each time it is tried, which some gateways know again. None is handed over in the quiet
   hours; it waits, whatever it is. What the gateway tells later (post_report) is told like a bounce.

   No domain word here: `kind` and `about` are the room's. */
#ifndef POST_POST_H
#define POST_POST_H

#include "base/clock.h"
#include "base/random.h"
#include "db/db.h"
#include "post/gateway.h"

#define POST_GIVE_UP_DAYS 3    /* our choice; then it counts as refused */
#define POST_BOUNCE_DAYS 40    /* how long a return address is known */
#define POST_ADDRESS_MOST 254  /* bytes of an address (RFC 5321 § 4.5.3.1.3) */
#define POST_SUBJECT_MOST 1000 /* bytes; our choice, some times our longest text */
#define POST_BODY_MOST 16000   /* bytes; the same, and it fits a message when every byte takes three */
#define POST_SMS_MOST 1000     /* bytes of an SMS; our choice, twice two segments of the widest letters */
#define POST_CONNECTIONS_MOST 8
#define POST_PHONE_MOST 16     /* bytes of "+" and fifteen digits (E.164) */

struct post;

enum post_way { POST_MAIL, POST_SMS };
#define POST_WAYS 2

/* From the one to the other minute of the day, by the wall: 1260, 420 is 21:00 to 07:00. Alike: never. */
struct post_quiet {
	int from, to;
};
bool post_is_quiet(struct post_quiet quiet, struct instant now);
/* From when an SMS that is put now can go: now, or when the quiet hours end. */
struct instant post_quiet_end(struct post_quiet quiet, struct instant now);
/* "21:00-07:00". RES_BAD: anything else. */
MUST_USE enum result post_quiet_read(struct slice text, struct post_quiet *quiet_r);

/* Where returned mail lies, if it does not come by `makker bounce`. Strings are copied. */
struct post_mailbox {
	const char *where;   /* NULL: nowhere. "imaps://mail.example/Returned", "pop3s://mail.example", "/var/mail/returned" (a Maildir) */
	const char *user, *password;
	const char *ca_file; /* NULL: the system's */
};
/* Loads the library that messages go out by, as the first message does. False, after a line in the log, where it is not installed. Safe
   from all threads. */
bool post_can_send(void);

/* Whether this names one: without TLS only on this machine, a Maildir by its absolute path. */
bool post_mailbox_ok(const char *where);

/* Where SMS go. Strings are copied; the gateway must outlive the post. */
struct post_sms {
	const struct gateway *gateway; /* NULL: none; an SMS that is put all the same is refused */
	struct gateway_account account;
	struct post_quiet quiet;
	const char *report_base; /* reports come to this, '/' and the message's token */
	const char *ca_file;     /* NULL: the system's */
	int patience;            /* seconds; 0: the usual */
};

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
	int connections;        /* to the server at once, at most POST_CONNECTIONS_MOST; 0: one */
	struct post_sms sms;
	struct post_mailbox mailbox;
};

struct mail {
	const char *kind;     /* lives as long as the program */
	struct id about;
	struct slice address; /* checked with post_address_ok; of an SMS with post_phone_ok */
	struct slice subject, body; /* UTF-8; body lines end in \n; an SMS has no subject */
	enum post_way way;
};

enum mail_result { MAIL_ACCEPTED = 1, MAIL_REFUSED = 2, MAIL_BOUNCED = 3, MAIL_DELIVERED = 4 /* an SMS, to the phone */ };

struct mail_told {
	struct id about;
	enum post_way way;
	enum mail_result result;
	struct day day;
};

/* One address that we are willing to hand to a mail server: ASCII, one @, no white space,
   no control characters, at most POST_ADDRESS_MOST bytes. */
bool post_address_ok(struct slice address);
/* "+" and 8 to 15 digits (E.164). */
bool post_phone_ok(struct slice address);
/* A number as people write it, in the workplace's country ("no", "se", "dk") or with its own country's code, to E.164.
   RES_BAD: no number that an SMS can reach; one that the Norwegian or Swedish numbering plan gives to telephones in
   walls is none. */
MUST_USE enum result post_phone(struct slice typed, const char *country, char out_r[POST_PHONE_MOST + 1]);

/* How long an SMS is (3GPP TS 23.038, 23.040): 160 septets of the default alphabet in one, 153 in each of several; else 70
   and 67 UTF-16 units. The letters of our four languages are all in the default alphabet; of others not all are. */
struct post_sms_size {
	bool gsm; /* the default alphabet does */
	int units, segments;
};
struct post_sms_size post_sms_size(struct slice text);

/* In the room's transaction. RES_BAD: the address will never do, or the text is longer than any mail of ours;
   nothing was put. */
MUST_USE enum result post_put(struct tx *tx, struct random_source *rnd, struct day today, const struct mail *mail);
/* Takes back what waits of this kind about this; *n_r: how many. What is being handed over just now goes still, and nothing is told of either. */
MUST_USE enum result post_take_back(struct tx *tx, const char *kind, const struct id *about, int64_t *n_r);

/* The results of one kind, oldest day first; each is taken (its row goes) as it is told.
   `tell` runs inside the transaction. *n_r: how many. */
MUST_USE enum result post_take_results(struct tx *tx, const char *kind,
				       enum result (*tell)(struct tx *tx, const struct mail_told *told, void *ctx),
				       void *ctx, int *n_r);

/* A message that came back to `token` (the local part after "b-"): `dsn` is the whole
   message. RES_OK: it said that delivery failed for good, and the room will hear.
   RES_NONE: unknown or expired address, or no such message (a vacation notice). */
MUST_USE enum result post_bounce(struct db *db, struct random_source *rnd, const struct clock *clock,
				 struct slice token, struct slice dsn);
/* The same of one that a mailbox holds; *ours_r, written with RES_OK and RES_NONE: it came back to an address of this program's,
   whatever it says, and needs to be read by nobody else. */
MUST_USE enum result post_returned(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
				   struct slice message, bool *ours_r);
/* What a gateway told of an SMS, for good: by the token of the address that it was given, or, where that is empty, by its own
   number. RES_OK: the room will hear, of a failure as of a bounce. RES_NONE: unknown or expired. */
MUST_USE enum result post_report(struct db *db, struct random_source *rnd, const struct clock *clock, struct slice token,
				 const char *gateway_id, bool delivered);
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

/* How many messages wait, by either way; *oldest_r: the day on which the oldest of them was put, unwritten when there is none. */
MUST_USE enum result post_waiting(struct tx *tx, int64_t *n_r, struct day *oldest_r);
/* Seconds since the first of the rounds in which the other side of this way as a whole took nobody's message; 0: the last one
   was none. */
int64_t post_away(struct post *post, enum post_way way);
/* How many were taken on this day, counted since the start; 0 for any other day than the newest. */
int64_t post_accepted(struct post *post, struct day day);

/* The message as it goes over the wire (RFC 5322), for the sender and for tests. */
struct buf;
void post_message(struct buf *out, const struct post_setup *setup, const struct id *id, struct slice address,
		  struct slice subject, struct slice body, struct instant now);

#endif
