/* missing.h: "I was there too" and "somebody else was there".

   Whoever was there and was forgotten can say so, and so can anybody who knows of her: on one page without an
   account, the same for everybody, behind a bare link that names neither incident nor person. It reveals nothing: the answer is the
   same whatever matches. It goes to the leader, and says so; nothing in it tells whether anybody was offered support,
   or looked at an offer. A person decides: she adds whom it is about to an incident, registers one, or declines.

       told ──> open ──(each two days: the next level is asked)──> added | was in it already | declined ──> gone after MISSING_KEPT_DAYS

   Whoever is a party to an incident there about that day neither reads it nor is asked; where every leader of the place is one, its safety
   representatives decide.

   Every one that is open stands on somebody's list. Where the typed place is the name of a unit that somebody leads,
   that is every leader whose units hold it. Where it is not, it waits to be given to a unit: by whoever leads the whole workplace, and by
   safety representatives and administrators, who see the day and the place and not the person (PRODUCT.md § 4). */
#ifndef DUTY_MISSING_MISSING_H
#define DUTY_MISSING_MISSING_H

#include "base/arena.h"
#include "base/clock.h"
#include "clockwork/clockwork.h"
#include "db/db.h"
#include "duty/incidents/incidents.h"
#include "duty/people/people.h"
#include "web/limit.h"

#define MISSING_PLACE_MOST 100   /* characters; so are the others */
#define MISSING_NAME_MOST INCIDENTS_NAME_MOST
#define MISSING_TELLER_MOST 120
#define MISSING_CONTACT_MOST 254 /* bytes: an e-mail */
#define MISSING_NUMBER_MOST 40   /* bytes */
#define MISSING_NEAR_DAYS 3      /* an incident at most so many days before or after may be what is meant: our choice */
#define MISSING_OPEN_MOST 2000   /* that are open at once: our choice */
#define MISSING_KEPT_DAYS 28     /* after somebody decided: long enough to be asked what became of it. Our choice */

struct missing_draft {
	struct id once; /* the form's own id */
	bool has_who, other;
	bool has_day;
	struct day day;
	int minute; /* after midnight; -1: not said */
	struct slice place, name, contact, number, teller;
};

/* What is wrong with a draft; the page says each beside its field. Bits. */
enum missing_fault {
	MISSING_WHO = 1 << 0,
	MISSING_DAY = 1 << 1,         /* none, or one that cannot be read */
	MISSING_DAY_FUTURE = 1 << 2,
	MISSING_DAY_OLD = 1 << 3,     /* more than a year ago */
	MISSING_CLOCK = 1 << 4,       /* one that cannot be read; the form's */
	MISSING_PLACE = 1 << 5,
	MISSING_PLACE_LONG = 1 << 6,
	MISSING_NAME = 1 << 7,
	MISSING_NAME_LONG = 1 << 8,
	MISSING_CONTACT = 1 << 9,     /* neither a way to reach her nor an employee number */
	MISSING_CONTACT_BAD = 1 << 10, /* neither a phone nor an e-mail */
	MISSING_NUMBER_LONG = 1 << 11,
	MISSING_TELLER_LONG = 1 << 12,
};
/* Pure. 0: it may be put. */
unsigned missing_faults(const struct missing_draft *draft, struct day today);
/* "kari@fjordvik.example": one @ with something on both sides, and no space. Pure. */
bool missing_is_mail(struct slice contact);
/* Which of the units the typed place names: by its name or its whole path, without case; → its index, or -1: none, or several of
   the same name. Only whole names count: a guess would show a name to the wrong leader. Pure. */
int missing_place_unit(struct slice place, const struct unit_line *units, size_t n);

enum missing_state { MISSING_OPEN, MISSING_ADDED, MISSING_THERE, MISSING_DECLINED };

/* Takes it, and sees to it that somebody is asked to decide (missing_jobs). The same `once` again: once. RES_AGAIN: MISSING_OPEN_MOST are open already. RES_BAD: faults. */
MUST_USE enum result missing_put(struct tx *tx, struct random_source *rnd, struct instant now, const struct missing_draft *draft);

struct missing {
	struct id id;
	bool other;
	struct day day, made, done; /* done.n 0: open */
	int minute;                 /* -1: not said */
	struct id unit;             /* zero: none yet */
	const char *place, *unit_path; /* unit_path "": none yet */
	enum missing_state state;
	struct id incident;
	bool reads; /* she may see whom it is about, and decide; otherwise she may only say where it belongs */
	bool sorts; /* she may say where it belongs */
	/* only with `reads`: */
	const char *name, *contact, *number, *teller; /* "" where nothing was said */
};

/* The open ones that she may read or sort, the oldest first, at most `most`; *more_r: how many there are besides. No names come with
   it. */
MUST_USE enum result missing_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most, struct missing **list_r,
				  size_t *n_r, size_t *more_r);
/* RES_REFUSED: neither hers to read nor to sort. RES_NONE: no such. */
MUST_USE enum result missing_get(struct tx *tx, struct arena *a, const struct actor *who, const struct id *id,
				 struct missing *missing_r);
/* Says to which unit it belongs; whoever leads it is asked then. RES_REFUSED: not hers to sort, or no longer. RES_BAD: nobody leads that unit. RES_AGAIN: it has been
   decided, or given to a unit, in between. */
MUST_USE enum result missing_give(struct tx *tx, struct arena *a, struct instant now, const struct actor *who, const struct id *id,
				  const struct id *unit);
/* The units that it can be given to: those that somebody leads, by path. */
MUST_USE enum result missing_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r);

/* Adds her to an incident, or finds her in it. `was`: the state that she saw, open or declined. Of several who decide at once, one
   wins: RES_AGAIN, somebody else has decided, and nobody was added. RES_REFUSED: not hers. RES_BAD: *faults says why (enum incident_fault); 0: she has left the directory. */
MUST_USE enum result missing_add(struct tx *tx, struct random_source *rnd, struct day today, const struct actor *who,
				 const struct id *id, enum missing_state was, const struct id *incident,
				 const struct incident_seat *seat, unsigned *faults, bool *there_r);
/* For incidents_pages: what the form of a new incident begins with, and that it was registered, in its transaction. Somebody whom
   only a name tells is left to be searched for, unless nobody has it. Results as missing_get and missing_add. */
MUST_USE enum result missing_begin(struct tx *tx, struct arena *a, const struct actor *who, const struct id *id,
				   struct incident_begin *begin_r);
/* The report is decided only when whoever it is about is affected in the draft; otherwise it stays as it is, *waits_r. */
MUST_USE enum result missing_made(struct tx *tx, struct day today, const struct actor *who, const struct id *id,
				  const struct id *incident, const struct incident_draft *draft, bool *waits_r);
/* RES_AGAIN, RES_REFUSED: as missing_add. */
MUST_USE enum result missing_decline(struct tx *tx, struct day today, const struct actor *who, const struct id *id);

/* A unit has become another one: what was told of it goes there. */
MUST_USE enum result missing_unit_became(struct tx *tx, const struct id *unit, const struct id *becomes);
/* Each night: what was decided long enough ago goes. */
MUST_USE enum result missing_tidy(struct tx *tx, struct day today);

/* ---- pages ---- */

struct missing_pages {
	struct db *db;
	const struct incidents_pages *frame;
	const char *public_url;
	enum lang lang;             /* of people from outside */
	void (*mail_waits)(void *ctx); /* after the round has put mail; NULL: nobody */
	void *mail_ctx;
	struct limit *peer, *all; /* how often: made by missing_limits, as is the next */
	const struct clock *clock;
};
/* Thirty at once from one address and then one a minute, since a whole shift may sit behind it; from all together 200 and then ten a
   minute (our choice). Whoever is held up gets a page that says so and keeps what was written. */
void missing_limits(struct missing_pages *pages, const struct clock *clock);
void missing_limits_free(struct missing_pages *pages);
/* The round: within half an hour, by day, whoever leads the place is asked by mail to look; after each two days without a decision the
   next level above, and past the top those there again. Where nobody leads it: administrators, then safety representatives too.
   One mail an account a round; it says neither what waits nor about whom (our choice). */
void missing_jobs(struct missing_pages *pages, struct clockwork *cw);
/* What became of those mails: for post_when_told. */
MUST_USE enum result missing_hear_post(struct missing_pages *pages);
/* Anybody: GET, POST /there · GET /there/sent. Leaders, safety representatives, administrators: GET /reported. Leaders, and safety representatives where every leader is a party: GET, POST
   /reported/{id} and /reported/{id}/not-so. Safety representatives, administrators: GET, POST /reported/{id}/unit. `pages` must live as long as `web`. */
void missing_routes(struct missing_pages *pages, struct web *web);

#endif
