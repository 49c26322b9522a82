/* offers_inside.h: what the files of this room share. */
#ifndef OFFERS_INSIDE_H
#define OFFERS_INSIDE_H

#include <pthread.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "crypt/hpke.h"
#include "haven/offers/offers_rules.h"
#include "haven/offers/offers_store.h"

/* What a desk said about a task, in memory until the incident closes (docs/protocol.md § 3.5). */
struct offers_heard {
	struct id task, supporter;
	bool reached;
	struct instant at; /* when she said so: of two processes' memories the later counts */
};

#define OFFERS_PEERS 8 /* other processes of haven that we tell what desks said; our choice */

struct offers {
	struct offers_setup setup;
	struct supporters_books *books;
	void (*facts_wait)(void *ctx);
	void *facts_ctx;
	void (*mail_waits)(void *ctx);
	void *mail_ctx;
	enum result (*left)(struct tx *tx, void *ctx);
	void *left_ctx;
	enum result (*group_comes)(struct tx *tx, const struct id *incident, void *ctx);
	void *group_ctx;
	pthread_mutex_t lock; /* guards heard and peers */
	struct offers_heard *heard;
	size_t heard_n, heard_room;
	/* offers_shared.c */
	bool stranger_told;
	pthread_t teller;
	pthread_cond_t stop;
	bool tells, stopping;
	size_t turn; /* what is told next of all that was heard; under the lock */
	unsigned char together[CRYPT_KEY]; /* what all processes have from the operator */
	struct hpke_pair me;
	unsigned char peers[OFFERS_PEERS][HPKE_KEY];
	size_t peers_n;
};

#define OFFERS_ROUNDS 3 /* the first three supporters and two rounds of new ones; then the leader hears, at the closing; our choice */
#define OFFERS_KNOWN_DAYS 28 /* so long after an incident its supporter is the one for the next; as long as a task counts as load; our choice */
#define OFFERS_SHOWN_DAYS 1 /* for so long after its closing a task is read at the desk: the last hour closes after it; our choice */
#define OFFERS_LOOK_AGAIN 3600 /* seconds until we look again where nobody could be found; our choice */

#define OFFERS_AGAIN_AFTER 300 /* seconds after a start, so that one that starts again and again asks once; our choice */

#define OFFERS_JOB_SILENCE "offers/silence" /* about a task, at its deadline */
#define OFFERS_JOB_SECOND "offers/second"   /* about a task */
#define OFFERS_JOB_CHECK "offers/check"     /* about a task */
#define OFFERS_JOB_CLOSE "offers/close"     /* about an incident */
#define OFFERS_JOB_UNHEARD "offers/unheard" /* about a task whose first message went by SMS: has a phone got it? */
#define OFFERS_JOB_PAST "offers/past"       /* about nobody, daily */
#define OFFERS_JOB_MORNING "offers/morning" /* about nobody, daily */
#define OFFERS_JOB_AGAIN "offers/again"     /* about nobody, after a start on a day on which incidents close */

#define OFFERS_MAIL_OFFER "offer"   /* about a task: the first message */
#define OFFERS_MAIL_NEWS "news"     /* about a task: of other supporters */
#define OFFERS_MAIL_SECOND "second" /* about a task: the second touch */
#define OFFERS_MAIL_CHECK "check"   /* about a task: the check */
#define OFFERS_MAIL_GROUP "group"   /* about a task: there is a session for all of them */
#define OFFERS_MAIL_REGROUP "regroup" /* about a task: it is no longer as it was told */
#define OFFERS_MAIL_TOUCH "touch"   /* about a task: any of these three, as they were called before SMS; still on their way at an upgrade */
#define OFFERS_MAIL_NOTICE "notice" /* about a supporter: something waits */

/* ---- offers_assign.c ---- */

/* Finds supporters for the rows whose seats are all empty, together; fills holder, seats
   and deadline where somebody was found (the deadline is set in any case). Nobody calls before `from`; 0: now.
   Writes loads, not the rows. */
MUST_USE enum result offers_assign(struct tx *tx, struct offers *o, struct arena *a, struct instant from,
				   struct instant deadline, struct offers_row *rows, size_t n);
/* The holder gives the task on: to a stand-in that is still fit, else to three new ones with a
   new message, else to nobody; a task that is given up (OFFERS_TWICE) goes to nobody. Writes the row and everything that follows. */
MUST_USE enum result offers_move_on(struct tx *tx, struct offers *o, struct arena *a, struct offers_row *row);

struct matching_facts;
/* What the matching knows of these rows of one incident, and of every supporter. */
MUST_USE enum result offers_matching_facts(struct tx *tx, struct offers *o, struct arena *a, struct instant from, struct instant deadline,
					   const struct offers_row *rows, size_t n, struct matching_facts *facts_r);

/* ---- offers_mail.c ---- */

/* Whether a message could go to her at all: there is an address, or a number and a gateway. */
MUST_USE enum result offers_reaches(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row,
				    bool *reaches_r);
/* Puts the message of this touch with a new link; *put_r false: no address, nothing put. */
MUST_USE enum result offers_put_message(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row,
					enum offers_touch touch, bool again, bool *put_r);
/* A new task's row, and its first message; *put_r as above. */
MUST_USE enum result offers_put_first(struct tx *tx, struct offers *o, struct arena *a, const struct offers_row *row, bool *put_r);
/* She has stopped them: what still waits for the mail server, the gateway or the morning does not go. But for the first one, of which duty
   hears as of everybody's. */
MUST_USE enum result offers_take_back(struct tx *tx, const struct id *task);
/* Whether this message of hers is to come: unless one for another incident of hers stands for it. */
MUST_USE enum result offers_stands(struct tx *tx, struct arena *a, const struct offers_row *row, enum offers_touch which, bool *stands_r);
/* The first message, hours after it could go by SMS: by mail too, unless a phone has it. */
MUST_USE enum result offers_unheard(struct tx *tx, struct offers *o, const struct id *task);
enum offers_notice {
	OFFERS_WAITS,    /* a task became hers */
	OFFERS_MAY_WAIT, /* the morning round: somebody may have answered */
	OFFERS_CHANGED,  /* what she has at her desk is no longer as it was */
	OFFERS_CLOSES,   /* the morning round: please note your contacts today */
};
/* Asks a supporter to open her desk; nothing about why. */
MUST_USE enum result offers_put_notice(struct tx *tx, struct offers *o, struct arena *a, const struct id *supporter,
				       enum offers_notice notice);

/* ---- offers_words.c ---- */

const char *offers_subject(enum lang lang);
void offers_words(struct buf *body, const struct offers_setup *s, enum lang lang, enum offers_touch touch, bool again,
		  enum offers_way way, const char *url);
const char *offers_notice_subject(enum lang lang);
/* more: a sentence besides; NULL: none. */
void offers_notice_words(struct buf *body, const struct offers_setup *s, enum lang lang, enum offers_notice notice,
			 const char *given, const char *url, const char *more);

/* ---- offers_jobs.c ---- */

/* When the incident closes, as far as is known now. RES_NONE: it has closed. */
MUST_USE enum result offers_closes(struct tx *tx, const struct id *incident, struct instant *close_r);
/* Puts or moves the job that closes it then. */
MUST_USE enum result offers_plan_close(struct tx *tx, const struct id *incident);

/* Both under the lock: her desk always says all of it again, so what it said before goes first. */
void offers_forget_said(struct offers *o, const struct id *supporter);
void offers_put_said(struct offers *o, const struct offers_heard *said);

/* ---- offers_morning.c ---- */

/* The job of each morning: asks supporters to open their desks; puts the next. `room` is the struct offers. */
MUST_USE enum result offers_morning(struct tx *tx, const struct id *about, struct instant now, void *room);
/* Haven has just started, and has forgotten what desks said. Where the round of this morning asked for it and the incident closes
   today, holders are asked once more, soon: their desks say all of it again as they open. */
MUST_USE enum result offers_plan_again(struct tx *tx, const struct id *about, struct instant now);
/* The job of that. */
MUST_USE enum result offers_ask_again(struct tx *tx, const struct id *about, struct instant now, void *room);

/* What is said to her of this task: her language, or the workplace's where there are no words in hers any more. */
static inline enum lang offers_lang(const struct offers *o, const struct offers_row *row)
{
	return row->no_lang ? o->setup.lang : row->lang;
}

static inline int64_t offers_hour(struct instant t)
{
	return t.s / 3600;
}

#endif
