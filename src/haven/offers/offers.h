/* offers.h: one affected person, one supporter, until contact is made.

   Use cases. Each is one transaction on the caller's `tx`, or its own on the database
   where it says so. Nothing here knows what anybody answered: answers lie in the ring
   (haven/answers) and are opened on supporters' desks.

       exposure ──taken──> assigned ──seen──> closed(day, reached or not)
                              │  ^
             passed on, silent│  │stand-in, or three new ones and a new message
                              └──┘ */
#ifndef OFFERS_H
#define OFFERS_H

#include "base/arena.h"
#include "base/clock.h"
#include "clockwork/clockwork.h"
#include "crypt/ring.h"
#include "db/db.h"
#include "door/door.h"
#include "lang/lang.h"
#include "look/look.h"
#include "post/post.h"

#define OFFERS_SEATS 3 /* the assigned and two stand-ins */

struct offers;

struct offers_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const char *public_url; /* "http://haven.localhost:8080", without a slash at the end */
	const char *workplace;  /* its name, for the mails' last line */
	enum lang lang;         /* for people whose language is not known */
	bool sms;               /* there is a gateway */
	struct post_quiet quiet; /* when no SMS goes out */
	const char *country;    /* whose numbers are written without its code; with `sms` */
	const char *ask_phone;  /* who answers questions about a message; NULL or "": nobody is named */
};

struct offers *offers_new(const struct offers_setup *setup) MUST_USE; /* strings must outlive it */
void offers_free(struct offers **o);
/* Puts its kinds of job on the clockwork. `facts_wait` runs when the door has something to tell. */
void offers_jobs(struct offers *o, struct clockwork *cw, void (*facts_wait)(void *ctx), void *ctx);
/* At each start: what is past goes now, and then daily (docs/protocol.md § 9); the morning round is planned, if it is not. */
MUST_USE enum result offers_start(struct tx *tx, struct offers *o);
/* Runs after each transaction that put mail: wakes the post. */
void offers_when_mail(struct offers *o, void (*mail_waits)(void *ctx), void *ctx);

/* Runs in the transaction in which an incident closes and somebody was not reached on whom nobody of the employer's follows up: the
   coordinator is to be asked. */
void offers_when_left(struct offers *o, enum result (*left)(struct tx *tx, void *ctx), void *ctx);

/* Asked before a message of the session for everybody affected goes by a second way. RES_NONE: it has begun, and nothing goes. */
void offers_when_group(struct offers *o, enum result (*comes)(struct tx *tx, const struct id *incident, void *ctx), void *ctx);

/* ---- from the door ---- */

/* An incident, whole, as duty gave it. New exposures become tasks, all of them assigned
   together, and the messages are put; known ones are left as they are. Whoever was named more than DOOR_PAST_DAYS ago and is
   not known is told as one to whom no message could be sent. Twice is harmless. */
MUST_USE enum result offers_take(struct tx *tx, struct offers *o, const struct door_incident *incident);

/* Each open task whose holder is no supporter any more, or has staff responsibility by now, passes on: at once, by night in the morning,
   since nobody is called before. For whenever the directory has changed. */
MUST_USE enum result offers_let_go(struct tx *tx, struct offers *o);

/* ---- from the post ---- */

/* Reads what became of offers and touches: sent or unsendable goes to the door. Its own transaction. */
MUST_USE enum result offers_hear_post(struct offers *o);

/* ---- the personal page ---- */

/* The last is a message alone, that there is a session for all of them: its link opens the first page. */
enum offers_touch { OFFERS_OFFER, OFFERS_SECOND, OFFERS_CHECK, OFFERS_GROUP };

struct offers_face {
	struct id supporter;
	const char *given, *name, *profession, *unit, *phone;
	int since_year;
	int position;           /* 0 assigned, 1 and 2 stand-ins, 3 another who can be chosen */
	unsigned char key_id[8];
	unsigned char entry[256]; /* her key-log entry */
	const char *safety;       /* the digits of her key */
	struct day reset;         /* her key is new since this day, and nobody signed for it; 0: not lately */
};

/* What a personal page shows. The faces' first is the one who will call, if any. */
struct offers_view {
	struct id task, incident;
	enum offers_touch touch;
	enum lang lang;
	const char *name;       /* of the person, for the greeting */
	bool has_phone;         /* the directory knows a number for her */
	const char *title;      /* the neutral sentence */
	struct day happened;
	bool has_holder;
	struct offers_face *faces;
	size_t faces_n;
	struct instant deadline; /* by when contact will be made */
	struct instant not_before; /* 0, or: she does not phone before this */
	struct day made;
	struct id ref;
	unsigned char rel[32];
	bool stopped;
	bool closed;
	struct instant closes; /* unless closed: when, as far as is known now */
	bool looking; /* nobody has the task, and we look for somebody each hour; false too when we have ceased to */
	bool moved; /* an earlier answer must be given again: somebody new has taken over */
	const char **lost; /* names of those who can no longer read what was sealed to them since this task was made, chosen or not: nobody
			      here knows who chose whom */
	size_t lost_n;
};

/* Everybody's file and key, for offers_open: taken before its transaction begins. Results as of supporters_book. */
struct supporters_book;
MUST_USE enum result offers_book(struct offers *o, const struct supporters_book **book_r);
/* The page of a link. RES_NONE: unknown or expired. Reading changes nothing. Whoever has passed the task on is not
   among the faces, so nothing new is sealed to her. */
MUST_USE enum result offers_open(struct tx *tx, struct offers *o, struct arena *a, const struct supporters_book *book,
				 struct slice token, struct offers_view *view_r);
/* "Stop these messages", from the same page. Harmless twice. RES_NONE as above. */
MUST_USE enum result offers_stop(struct tx *tx, struct offers *o, struct slice token);

/* The session for everybody affected (haven/groups), as the personal page shows it. */
struct offers_group {
	struct instant starts;
	const char *place;       /* "" with `cancelled` */
	const char *lead_by[2];  /* names; NULL: nobody */
	bool cancelled;          /* it was planned for then, and will not be held */
};

/* What the pages need besides. Ring and sessions lie in other rooms, so they come as functions. */
struct offers_pages {
	struct offers *offers;
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const struct look_house *house;
	const char *there;   /* the employer's own form for whoever was forgotten, a bare address, the same on every page; NULL: none */
	const char *script;  /* the module that seals in the browser */
	unsigned char inst[CRYPT_INST];
	enum result (*door_code)(struct tx *tx, unsigned char code_r[16]);
	/* The session for everybody in this incident. RES_NONE: none is planned, or it is past. NULL: there are no such sessions. */
	enum result (*group)(struct tx *tx, struct arena *a, const struct id *incident, struct instant now, struct offers_group *group_r);
	/* Before a post that has no proof of work: RES_AGAIN, too many at once. */
	enum result (*spend)(void *ring, uint64_t peer);
	/* Puts a sealed slot, durably; the same post id within the hour once. RES_NONE: it waits, and `posted` tells what became
	   of it, within so many seconds. */
	enum result (*post)(void *ring, const struct id *post, const struct sealed *slot);
	enum result (*posted)(void *ring, const struct id *post);
	int wait;
	void *ring;
};
/* GET and POST /h/o/{token}, POST /h/o/{token}/stop. `p` must outlive the server. */
void offers_routes(const struct offers_pages *p, struct web *web);

/* ---- the desk ---- */

struct offers_task {
	struct id id, incident, ref;
	unsigned char rel[32];
	int role;               /* her position on the page: 0, 1 or 2 */
	const char *name, *phone; /* phone NULL: none known */
	bool written;           /* a message could be sent */
	enum lang lang;
	const char *title;
	struct day happened;
	struct instant deadline;
	struct instant not_before; /* 0: call when you like */
	int64_t since_hour;
	bool taken_over;
	bool closed; /* only to be read: what was answered shortly before the closing */
	const struct offers_task *also; /* another open task of hers for the same colleague, from another incident; NULL: none */
};

/* All open tasks of a supporter, and those that closed today or yesterday. */
MUST_USE enum result offers_tasks(struct tx *tx, struct offers *o, struct arena *a, const struct id *supporter,
				  struct offers_task **tasks_r, size_t *n_r);
/* Her desk has shown these; ids that are not hers are passed over. */
MUST_USE enum result offers_seen(struct tx *tx, const struct id *supporter, const struct id *tasks, size_t n);
/* She can open nothing more that is sealed to her places (new keys without the old ones, or none): she is no stand-in of any open
   task. What she holds is the caller's to pass on. */
MUST_USE enum result offers_leave_seats(struct tx *tx, const struct id *supporter);
/* Gives a task to the next one. RES_NONE: not hers, or closed. */
MUST_USE enum result offers_pass_on(struct tx *tx, struct offers *o, const struct id *task, const struct id *supporter);

struct offers_outcome {
	struct id task;
	bool reached; /* false also for "open" */
};
/* Remembers, in memory until the incident closes, what her desk says about her tasks.
   RES_AGAIN: the list is not exactly all her open tasks of their incidents, or a deadline's day has not come. */
MUST_USE enum result offers_outcomes(struct tx *tx, struct offers *o, const struct id *supporter,
				     const struct offers_outcome *list, size_t n);

/* Where several processes of haven serve one database: from now on each tells the others what desks say, sealed, so that whichever
   closes an incident knows it: at a steady pace, as much whatever was said. `secret`: what all of them have from the operator, at least
   OFFERS_SECRET_LEAST bytes. Once, before the server starts. */
MUST_USE enum result offers_together(struct offers *o, struct slice secret);
#define OFFERS_SECRET_LEAST 32
/* Before the database is closed. Safe twice, and when nothing was begun. */
void offers_end_together(struct offers *o);

/* ---- to the door ---- */

/* What duty has not acknowledged yet, at most DOOR_FACTS_MOST, sorted. */
MUST_USE enum result offers_facts(struct tx *tx, struct arena *a, struct door_facts *facts_r);
MUST_USE enum result offers_facts_told(struct tx *tx, const struct door_facts *facts);

/* ---- a session for everybody affected (haven/groups) ---- */

/* What it is about. RES_NONE: not known here. */
MUST_USE enum result offers_about(struct tx *tx, struct arena *a, const struct id *incident, const char **title_r, struct day *day_r);
/* Everybody affected gets one message, whatever anybody answered, but for whoever has stopped them: that there is a session, or (`changed`)
   that something has changed in what was sent. */
MUST_USE enum result offers_tell_group(struct tx *tx, struct offers *o, const struct id *incident, bool changed);
/* Who may lead it, from `starts` for `minutes`: whoever the gate of every assignment lets through then (ready, rested, room), is not
   excluded from the incident, and stands on nobody's "not this one" list. Whoever is of `keep` (two, zero: nobody) has her room for
   it already. In the order of their ids, the earlier in it being no better. */
MUST_USE enum result offers_may_lead_group(struct tx *tx, struct offers *o, struct arena *a, const struct id *incident,
					   struct instant starts, int minutes, const struct id *keep, const struct id **list_r, size_t *n_r);
/* Asks a supporter to open her desk: something waits there, or (`changed`) has changed. */
MUST_USE enum result offers_ask_to_desk(struct tx *tx, struct offers *o, const struct id *supporter, bool changed);
/* What duty is to hear of an incident: DOOR_GROUP_HELD or DOOR_GROUP_NOT_HELD. Harmless twice. */
MUST_USE enum result offers_tell_duty(struct tx *tx, const struct id *incident, enum door_fact_kind kind, struct day day);

/* ---- what goes (docs/retention.md) ---- */

/* Our choice, for a whole incident alike: the check comes 35 days after the offer at the latest and its link opens for 42, so
   nothing of a task is of use to anybody after 77; the rest makes whole weeks. More than DOOR_PAST_DAYS, so that duty never
   tells of what we have forgotten. */
#define OFFERS_CLOSED_DAYS 84
/* Takes out the tasks that closed before that, and incidents without a task. */
MUST_USE enum result offers_forget_closed(struct tx *tx, struct day today);
/* Takes out of the directory whoever has left, but for those whom a task, an exclusion or a supporter's file names: they go
   after it. For each night, and for whenever the directory has changed: nobody else is to be known here. */
MUST_USE enum result offers_forget_left(struct tx *tx);

/* ---- the coordinator ---- */

/* What she sees of an incident: that everybody has somebody, and at the end how many were reached. Never an answer:
   nothing here differs by what anybody answered or a desk has said, until the incident has closed. */
struct offers_progress {
	struct id incident;
	const char *title;
	struct day day;
	int affected, assigned, without; /* without: open, and nobody could be found … */
	int given_up;                    /* … of these: looked for often enough, nobody is looked for any more */
	int closed, reached;             /* reached is 0 until the incident closes */
	struct instant close;            /* when it closes, as far as is known now; 0: it has */
	bool overdue;                    /* a deadline has passed and nobody has shown it */
};
/* Incidents with an open task, and those that closed on the last seven days; the newest first. */
MUST_USE enum result offers_progress(struct tx *tx, struct arena *a, struct instant now,
				     struct offers_progress **list_r, size_t *n_r);

/* How many slots the ring needs in an hour, with m offers and touches mailed (offers_mailed): P = 8 + m up to 64, else
   72 + (m − 64)/4, up to a multiple of 8. */
int offers_ring_slots(int64_t mailed);
/* Who is assigned to whom, until the incident closes. */
struct offers_pair {
	const char *name;      /* NULL: protected identity, name-less in lists */
	const char *supporter; /* NULL: nobody could be found */
	struct instant deadline;
	bool overdue;
};
MUST_USE enum result offers_pairs(struct tx *tx, struct arena *a, const struct id *incident, struct instant now,
				  struct offers_pair **list_r, size_t *n_r);

/* Whom no message reached: no address and no number, or everything came back. Until the incident closes; who sees to it is
   the coordinator. Whoever was not reached by its closing, and is alone (door.h), stands there from then on until she is seen to. Nothing here
   differs by an answer. */
struct offers_unreached {
	struct id task;
	const char *name;      /* NULL: protected identity, name-less in lists */
	const char *phone;     /* NULL: none known, or protected */
	const char *title, *supporter; /* supporter NULL: nobody yet */
	struct day day;
	struct instant deadline; /* by when the supporter calls */
	struct instant close;
	bool tried;            /* a message was put, and failed; else there was nowhere to put one */
	bool seen_to;
	bool alone;            /* nobody of the employer's follows up on her */
	bool closed;           /* then she is alone, and was not reached; `supporter` NULL, no deadline, no close */
};
MUST_USE enum result offers_unreached(struct tx *tx, struct arena *a, struct offers_unreached **list_r, size_t *n_r);
/* The coordinator has seen to it. Harmless twice. RES_NONE: no such task in that list. */
MUST_USE enum result offers_saw_to(struct tx *tx, const struct id *task);

/* For the ring: offers and touches mailed in the 24 hours before `hour` (hours since 1970), and in that hour so far. */
MUST_USE enum result offers_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r);

#endif
