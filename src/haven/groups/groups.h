/* groups.h: a session for everybody affected by an incident: a defusing, led by two supporters.

   Its leader asks for one in duty, the coordinator plans it here, everybody affected is told when and where, and one of the two
   who led it says that it was held. It never stands in place of anybody's own offer. There is nothing to sign up to and nothing to
   answer; who came is stored nowhere, and what duty hears is a day.

       asked for ──plan──> planned ──one of the two──> held, on a day
        │  │ ^               │  └──> will not be held <── the coordinator, or GROUPS_DAYS without a word
        │  │ └ taken back, and asked for again
        │  └──> will not be held
        └──> gone: its leader took the wish back before anything was planned */
#ifndef HAVEN_GROUPS_GROUPS_H
#define HAVEN_GROUPS_GROUPS_H

#include "clockwork/clockwork.h"
#include "door/door.h"
#include "haven/groups/groups_rules.h"
#include "haven/offers/offers.h"
#include "look/look.h"
#include "signin/signin.h"

struct groups;

struct groups_setup {
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	struct offers *offers;
	const char *public_url; /* as of offers_setup */
	const char *workplace;
	enum lang lang;
	void (*mail_waits)(void *ctx); /* wakes the post */
	void (*facts_wait)(void *ctx); /* the door has something to tell */
	void *mail_ctx, *facts_ctx;
};
struct groups *groups_new(const struct groups_setup *setup) MUST_USE; /* strings must outlive it */
void groups_free(struct groups **g);
/* Something was committed that others wait for: mail, and a fact for the door. */
void groups_changed(struct groups *g);
/* Puts its kinds of job on the clockwork. */
void groups_jobs(struct groups *g, struct clockwork *cw);
/* Reads what became of this room's mails: for post_when_told. */
MUST_USE enum result groups_hear_post(struct groups *g);
/* For something else that waits on the coordinator’s first page: puts the same mail to each of them, which says no more than that. */
MUST_USE enum result groups_call_coordinator(struct tx *tx, struct groups *g);

/* ---- from the door ---- */

/* What duty says of an incident, after offers_take has taken it: a session is asked for, or not (any more). What is planned stays planned.
   Twice is harmless. Coordinators are mailed when one is new, of one incident once a day. */
MUST_USE enum result groups_take(struct tx *tx, struct groups *g, const struct door_incident *in);

/* ---- the coordinator ---- */

enum groups_state { GROUPS_ASKED, GROUPS_PLANNED, GROUPS_HELD, GROUPS_NOT_HELD };

struct groups_talk {
	struct id incident;
	const char *title;     /* the neutral sentence */
	struct day happened;
	enum groups_state state;
	struct day asked;
	struct instant by;     /* it is to be held before this */
	bool taken_back;       /* planned, and its leader does not ask for it any more */
	struct instant starts; /* 0: not planned */
	const char *place;     /* "" */
	struct id lead[2];     /* zero: nobody */
	struct day done;
	int64_t rev;
};
/* All that are kept: those that are to be planned first, by their limit, then the planned ones by their time, then the others. */
MUST_USE enum result groups_list(struct tx *tx, struct arena *a, struct groups_talk **list_r, size_t *n_r);
/* RES_NONE: nobody has asked for one. */
MUST_USE enum result groups_get(struct tx *tx, struct arena *a, const struct id *incident, struct groups_talk *talk_r);
/* Who may lead it then: supporters by name. `keep` as of offers_may_lead_group. */
struct groups_leader {
	struct id id;
	const char *name, *unit;
};
MUST_USE enum result groups_leaders(struct tx *tx, struct groups *g, struct arena *a, const struct groups_talk *talk, struct instant starts,
				    struct groups_leader **list_r, size_t *n_r);

/* Every supporter by name, who has left the workplace too. */
MUST_USE enum result groups_names(struct tx *tx, struct arena *a, struct groups_leader **list_r, size_t *n_r);

struct groups_plan {
	struct instant starts;
	struct slice place;
	struct id lead[2];
	bool late;   /* she knows that it is later than the limit */
	int64_t rev; /* of what she looked at */
};
/* Plans it, or changes the plan: tells everybody affected, and the supporters. RES_BAD: *faults_r says why. RES_AGAIN: somebody else has
   changed it meanwhile. RES_NONE: there is none, or it is over. */
MUST_USE enum result groups_plan(struct tx *tx, struct groups *g, const struct id *incident, const struct groups_plan *plan, unsigned *faults_r);
/* It will not be held, and duty hears that. Whoever was told of it is told. RES_AGAIN, RES_NONE: as above. */
MUST_USE enum result groups_give_up(struct tx *tx, struct groups *g, const struct id *incident, int64_t rev);
/* How many are to be planned. */
MUST_USE enum result groups_waiting(struct tx *tx, int64_t *n_r);

/* ---- the two who lead it ---- */

/* What she leads: planned ones, and those that were called off and would have come still. */
MUST_USE enum result groups_of(struct tx *tx, struct arena *a, const struct id *supporter, struct instant now, struct groups_talk **list_r,
			       size_t *n_r);
/* She says what became of it, once it has begun: held on that day, or not held. RES_REFUSED: she does not lead it. RES_NONE: there is none, it
   has not begun, or it is said already. RES_BAD: it cannot have been held that day. */
MUST_USE enum result groups_say(struct tx *tx, struct groups *g, const struct id *supporter, const struct id *incident, bool held, struct day day);

/* ---- the personal page ---- */

/* For offers_pages. */
MUST_USE enum result groups_for_page(struct tx *tx, struct arena *a, const struct id *incident, struct instant now, struct offers_group *group_r);

/* ---- what goes (docs/retention.md) ---- */

/* In the night after its day the place and who led it go; the whole row with the incident. What stays is how many there were in a year. */
MUST_USE enum result groups_forget(struct tx *tx, struct day today);

/* ---- pages ---- */

struct groups_pages {
	struct groups *groups;
	struct db *db;
	const struct clock *clock;
	struct random_source *rnd;
	const struct look_house *house;
	const char *sign_out;
};
/* GET /s/programme/groups · GET, POST /s/programme/groups/{id} · GET, POST /s/programme/groups/{id}/no, for the coordinator;
   GET, POST /s/groups/{id}, for the two who lead it. `p` must outlive the server. */
void groups_routes(struct groups_pages *p, struct web *web);

#endif
