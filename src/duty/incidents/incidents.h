/* incidents.h: something hard that happened, and who was affected.

   A leader registers it in one form. Saving it is what starts everything else: the
   doorkeeper hands it to haven, which makes the offers. This room knows nothing of
   offers; coverage/ does. */
#ifndef INCIDENTS_H
#define INCIDENTS_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "door/door.h"
#include "lang/lang.h"
#include "look/look.h"
#include "web/route.h"

enum incident_kind {
	INCIDENT_VIOLENCE,   /* threats or violence */
	INCIDENT_ERROR,      /* a serious error */
	INCIDENT_DEATH,      /* sudden death */
	INCIDENT_ACCIDENT,
	INCIDENT_CONFLICT,
	INCIDENT_HARASSMENT,
	INCIDENT_STRAIN,     /* strain over time */
	INCIDENT_OTHER,
	INCIDENT_KINDS
};
enum exposure_how { EXPOSURE_EXPOSED, EXPOSURE_WITNESS, EXPOSURE_HELPED, EXPOSURE_HOWS };

/* "Threat or violence" and so on, in the reader's language. */
const char *incident_kind_text(enum lang lang, enum incident_kind kind);
const char *incident_severity_text(enum lang lang, int severity);
const char *exposure_how_text(enum lang lang, enum exposure_how how);

#define INCIDENTS_SENTENCE_MOST 200 /* characters */
#define INCIDENTS_PEOPLE_MOST 1000  /* people in one incident, however often some are added */
#define INCIDENTS_NAME_MOST 100     /* characters of the name of somebody from outside */
#define INCIDENTS_PHONE_MOST 40     /* bytes of her phone */

/* What somebody on the form is: affected and so offered support, a party to it, or both. A party with an account sees nothing of the
   incident, and none is sent as a supporter; whoever is a party only gets no message. Whoever reviews the incident is kept out of it just so.
   Only people of the directory are parties, or review. */
enum seat_part { SEAT_AFFECTED, SEAT_BOTH, SEAT_PARTY, SEAT_REVIEWS };
/* Whether she is offered support. Pure. */
static inline bool seat_is_affected(enum seat_part part)
{
	return part == SEAT_AFFECTED || part == SEAT_BOTH;
}
#define INCIDENTS_PARTIES_MOST 50 /* in one incident */

/* One affected person on the form: of the directory, or outside it by name and phone. */
struct incident_seat {
	struct id person; /* zero: outside */
	struct slice name, phone; /* outside */
	enum lang lang;   /* outside */
	enum exposure_how how;
	enum seat_part part;
};

struct incident_draft {
	struct id once;   /* the form's own id */
	bool has_kind, has_severity, has_time, has_unit;
	enum incident_kind kind;
	int severity;
	struct instant happened;
	struct id unit;
	struct slice sentence;
	const struct incident_seat *seats;
	size_t seats_n;
};

/* What is wrong with a draft; the page says each beside its field. Bits. */
enum incident_fault {
	FAULT_KIND = 1 << 0,
	FAULT_SEVERITY = 1 << 1,
	FAULT_TIME = 1 << 2,        /* not given */
	FAULT_TIME_FUTURE = 1 << 3, /* later than now */
	FAULT_TIME_OLD = 1 << 4,    /* more than a year ago */
	FAULT_UNIT = 1 << 5,        /* none, or not one of hers */
	FAULT_SENTENCE = 1 << 6,    /* empty */
	FAULT_SENTENCE_LONG = 1 << 7,
	FAULT_NOBODY = 1 << 8,
	FAULT_MANY = 1 << 9,         /* more than INCIDENTS_PEOPLE_MOST, with those who are in it already */
	FAULT_OUTSIDE_NAME = 1 << 10,  /* a person outside without a name */
	FAULT_OUTSIDE_PHONE = 1 << 11, /* … or without a phone that can be called */
	FAULT_OUTSIDE_LONG = 1 << 12,  /* … or with a name longer than INCIDENTS_NAME_MOST */
};
/* Pure. 0: it may be saved (the unit is checked when it is). Whatever has no fault also fits the door. */
unsigned incident_faults(const struct incident_draft *draft, struct instant now);
/* The same of people alone. Pure. */
unsigned incident_people_faults(const struct incident_seat *seats, size_t n);
/* How many of them are offered support. Pure. */
size_t incident_affected(const struct incident_seat *seats, size_t n);
/* A name that is too long. Pure. */
bool incident_name_long(struct slice name);
/* The first word of the sentence that is one of `names`, the given names of those affected: a hint that never stops
   her. Pure. */
bool incident_looks_like_name(struct slice sentence, const char *const *names, size_t names_n, struct slice *word_r);
/* A word that speaks of somebody's health ("sykmeldt", "ångest"), by its beginning, in all four languages: a hint that
   never stops her. Pure. */
bool incident_looks_like_health(struct slice sentence, struct slice *word_r);
/* "0047 22 00", "+46…": at least 5 and at most 20 digits, and nothing else but spaces, + ( ) - . /, not longer than
   INCIDENTS_PHONE_MOST. */
bool incident_phone_ok(struct slice phone);

/* Saves it, with all its people, in one transaction. The same `once` again: the same
   incident, RES_OK. RES_REFUSED: she does not lead the unit. RES_BAD: faults. Whoever is a party to it may register it, and sees
   nothing of it from then on. */
MUST_USE enum result incidents_register(struct tx *tx, struct random_source *rnd, struct instant now,
					const struct actor *who, const struct incident_draft *draft, struct id *incident_r);
/* Adds people afterwards; those who are there already are passed over (outside the directory: same name and phone). *added_r: how
   many were new. RES_BAD, and nobody is added: *faults says why, FAULT_MANY among others; 0: somebody is not in the directory,
   or has left. */
MUST_USE enum result incidents_add(struct tx *tx, struct random_source *rnd, struct day today, const struct actor *who,
				   const struct id *incident, const struct incident_seat *seats, size_t n, unsigned *faults, int *added_r);

struct incident {
	struct id id, unit, made_by;
	enum incident_kind kind;
	int severity;
	struct instant happened, made;
	const char *sentence, *unit_path;
	bool leads; /* who asked leads its unit or one above: as incidents_may_lead */
};

struct exposure {
	struct id id, person;     /* person zero: outside */
	const char *name;         /* "" for a protected identity */
	const char *number, *unit_path, *profession, *phone, *email, *lang;
	bool is_protected, outside;
	bool reviews;             /* of a party: reviews the incident */
	enum exposure_how how;
	struct day named;         /* as affected */
};

/* RES_REFUSED: not hers to see (leader or safety representative of the unit or one above it), or she is a party to it: her account
   is of that person, or has her e-mail (PRODUCT.md § 4). RES_NONE: no such. Where every leader is a party, the safety representative leads
   it. */
MUST_USE enum result incidents_get(struct tx *tx, struct arena *a, const struct actor *who, const struct id *incident,
				   struct incident *incident_r);
/* RES_OK: she leads its unit or one above; RES_REFUSED: not (a safety representative sees, and does not act), or she is a party. */
MUST_USE enum result incidents_may_lead(struct tx *tx, const struct actor *who, const struct id *incident);
/* Whether anybody follows it: a leader who is no party to it, or else a safety representative. */
MUST_USE enum result incidents_followed(struct tx *tx, struct arena *a, const struct id *incident, bool *yes_r);
/* Everybody in it, in the order in which they were named. After incidents_get: it asks no permission. */
MUST_USE enum result incidents_people(struct tx *tx, struct arena *a, const struct id *incident,
				      struct exposure **list_r, size_t *n_r);
/* Who is a party to it or reviews it, as the directory knows them (no id, no how). It asks no permission either. */
MUST_USE enum result incidents_parties(struct tx *tx, struct arena *a, const struct id *incident, struct exposure **list_r,
				       size_t *n_r);
/* One of them. RES_NONE: no such. It asks no permission either. */
MUST_USE enum result incidents_person(struct tx *tx, struct arena *a, const struct id *exposure, struct exposure *exposure_r);
/* Who follows up on somebody affected, in person: whoever leads the incident, but nobody on herself. For a leader who was affected it is the
   next level above; where nobody else leads the unit, its safety representatives. */
enum incident_follow { FOLLOW_NOT, FOLLOW_UP, FOLLOW_HERSELF };
/* After incidents_get of `in` for `who`: it asks no permission. */
MUST_USE enum result incidents_follows(struct tx *tx, struct arena *a, const struct actor *who, const struct incident *in,
				       const struct exposure *e, enum incident_follow *follow_r);
/* RES_OK: she does; RES_REFUSED: she may not see the incident, or somebody else does. RES_NONE: no such. */
MUST_USE enum result incidents_may_follow(struct tx *tx, struct arena *a, const struct actor *who, const struct id *exposure,
					  struct incident *in_r);
/* All that she may see, newest first, at most `most`. */
MUST_USE enum result incidents_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most,
				    struct incident **list_r, size_t *n_r);

struct incident_unit {
	struct id id;
	const char *path, *name;
};
/* The units an account leads, with all below them, by path. */
MUST_USE enum result incidents_units(struct tx *tx, struct arena *a, const struct actor *who,
				     struct incident_unit **list_r, size_t *n_r);

/* The paths of the units that an account's roles stand for. */
struct incidents_reach {
	const char **paths;
	size_t n;
	bool whole; /* the whole workplace */
};
/* `roles`: which of hers count (ROLE_LEADER, ROLE_SAFETY). */
MUST_USE enum result incidents_reach(struct tx *tx, struct arena *a, const struct actor *who, uint32_t roles,
				     struct incidents_reach *reach_r);
/* Whether the unit is one of them or lies below one. Pure. */
bool incidents_reaches(const struct incidents_reach *reach, const char *unit_path);
/* RES_OK: she has one of the roles on the unit or on one above it; RES_REFUSED: not. */
MUST_USE enum result incidents_may_on(struct tx *tx, struct arena *a, const struct actor *who, uint32_t roles,
				      const char *unit_path);

struct incident_where {
	const char *unit_path;
	struct day day;
};
/* Where and when the incidents were to which an account is a party. For asking who may decide about others, never for showing. */
MUST_USE enum result incidents_party_to(struct tx *tx, struct arena *a, const struct id *account, struct incident_where **list_r,
					size_t *n_r);

/* A unit has become another one: what happened there follows, and goes over the door anew, since its place and whose leaders are no supporters for it
   go by the unit. */
MUST_USE enum result incidents_unit_became(struct tx *tx, const struct id *unit, const struct id *becomes);
/* For each night: whether anybody follows up on an affected leader goes by who has which role, and may have changed without a word in the
   incident. So those of the last days in which somebody who leads there was affected go over the door anew. `today` is the workplace's. */
#define INCIDENTS_AGAIN_DAYS 7 /* haven closes an incident on the fifth day after somebody was named, at the latest; our choice */
MUST_USE enum result incidents_tell_again(struct tx *tx, struct day today);
/* The newest rev of all. */
MUST_USE enum result incidents_rev(struct tx *tx, int64_t *rev_r);
/* For the doorkeeper: incidents changed after `after`, at most `most` (and DOOR_INCIDENTS_MOST) of them. */
MUST_USE enum result incidents_changes(struct tx *tx, struct arena *a, int64_t after, size_t most, struct door_incidents *out_r);
/* The incident of an exposure; RES_NONE: no such. */
MUST_USE enum result incidents_of_exposure(struct tx *tx, const struct id *exposure, struct id *incident_r);

/* ---- somebody from outside who stands in the directory (incidents_outside.c) ---- */

struct incident_same {
	struct exposure who; /* as the directory knows her (no how); `id`: her own row in the incident, so that she is counted twice; zero: she is not in it */
	bool by_phone;       /* the same phone; else somebody in the incident with the same name */
};
/* Who works here and alone has exactly the phone that was written for this one from outside; where nobody has it, who alone in the incident has
   that name, of at least two words. Not whoever was said to be somebody else. A guess for a person to confirm; nothing is joined by itself. Never
   somebody protected. `people`: everybody in it. RES_NONE: nobody, or several. It asks no permission. */
MUST_USE enum result incidents_same(struct tx *tx, struct arena *a, const struct id *incident, const struct exposure *people, size_t people_n,
				    const struct exposure *e, struct incident_same *same_r);
/* Whoever leads it says that this one from outside is that person: she stands in it as of the directory from then on, affected as before, and once: where she was in it already, her own row
   stays, and what was offered to her in either counts for it; or that
   it is somebody else, who is not suggested again. RES_REFUSED: not hers. RES_NONE: no such, or not suggested (any more). *incident_r as soon as it is hers. */
MUST_USE enum result incidents_say_same(struct tx *tx, const struct actor *who, const struct id *exposure, const struct id *person, bool same,
					struct id *incident_r);

/* ---- a session for all of them together (incidents_group.c) ---- */

#define INCIDENTS_GROUP_HOURS 48    /* a defusing is held within these, from when it happened (PRODUCT.md § 6) */
#define INCIDENTS_GROUP_PEOPLE 5    /* more affected than these: one is suggested (Nationwide Children's) */
#define INCIDENTS_GROUP_ASK_DAYS 7  /* from registering, in which one can be asked for; our choice: after that it is no defusing */
#define INCIDENTS_GROUP_LEAST 2     /* nobody is a group alone */

enum incident_group_reason { GROUP_MANY_PEOPLE = 1 << 0, GROUP_SEVERAL_UNITS = 1 << 1 };
/* Why one is suggested: more than five people, or people of more than one unit; 0: it is not. Pure. */
unsigned incident_group_reasons(const struct exposure *people, size_t n);
/* Whether it can be asked for now, that nobody has yet. Pure. */
bool incident_group_may_ask(const struct incident *in, size_t affected, struct instant now);

struct incident_group {
	struct day asked; /* 0: nobody asks for one */
	struct day told;  /* 0: nothing is known yet */
	bool held;        /* on that day; else it became clear then that there will be none */
};
/* After incidents_get: it asks no permission. */
MUST_USE enum result incidents_group(struct tx *tx, const struct id *incident, struct incident_group *group_r);
/* Whoever leads it asks for one, or takes that back. Harmless twice. RES_REFUSED, RES_NONE: as incidents_may_lead; RES_NONE also: it cannot be
   asked for (any more), or haven has told what became of it. Nobody here knows whether it is planned: what is planned is held all
   the same. Everybody affected is offered support of their own, whatever becomes of it. */
MUST_USE enum result incidents_group_ask(struct tx *tx, struct instant now, const struct actor *who, const struct id *incident);
MUST_USE enum result incidents_group_take_back(struct tx *tx, const struct actor *who, const struct id *incident);
/* From the door; the first told stays. RES_NONE: no such incident. */
MUST_USE enum result incidents_group_hear(struct tx *tx, const struct id *incident, bool held, struct day day);

/* ---- what goes (docs/retention.md) ---- */

/* Five years from the day of registering: our choice, as none of our sources gives a number. An injury may be claimed and a duty of
   care asked after for some years; two rounds of the yearly review after that, nobody needs the names. */
#define INCIDENTS_KEPT_DAYS 1826
/* Takes out each incident registered before that, with everybody in it. `first` takes out what other rooms keep of it. */
MUST_USE enum result incidents_forget_past(struct tx *tx, struct day today,
					   enum result (*first)(struct tx *tx, const struct id *incident));
/* RES_OK: some incident that is kept names this person; RES_NONE: none does. */
MUST_USE enum result incidents_names(struct tx *tx, const struct id *person);

/* ---- pages ---- */

/* What a new form holds when it begins from something else (somebody told that a person was there). */
struct incident_begin {
	struct day day;
	int minute;      /* after midnight; -1: not known */
	struct id unit;  /* zero: not known */
	bool has_seat;
	struct incident_seat seat; /* her language is the page's */
	struct slice query; /* whom to look for; empty: nobody */
};

struct incidents_pages {
	struct db *db;
	struct random_source *rnd;
	const struct look_house *house;
	const char *script; /* path of the pages' module */
	/* /incidents/new?from=ID: what the form begins with, and that it was registered, in the same transaction. *waits_r: it was not about
	   anybody on the form, and waits on. What `made` refuses or finds done does not undo the registering. NULL: there is no such. */
	enum result (*begin)(struct tx *tx, struct arena *a, const struct actor *who, const struct id *from,
			     struct incident_begin *begin_r);
	enum result (*made)(struct tx *tx, struct day today, const struct actor *who, const struct id *from,
			    const struct id *incident, const struct incident_draft *draft, bool *waits_r);
	void (*registered)(void *ctx); /* somebody is to be offered support: the door looks again */
	void *ctx;
};
/* GET, POST /incidents/new · GET, POST /incidents/{id}/people · GET /people/search. `pages` must live as long as `web`. */
void incidents_routes(struct incidents_pages *pages, struct web *web);

/* The frame of a page of duty's: menu, sign-out, script. Into `a`. `path`: of this page, for the language links; NULL: none. */
struct look incidents_frame(const struct incidents_pages *pages, struct req *req, const struct actor *who,
			    const char *title, const char *path);
/* What a person is called on a page: the name. Somebody whose identity is protected (name "") is called by the employee
   number, which tells nothing without another directory; without one by profession and unit. So a leader knows whom
   to speak to in person (our choice). "" where a text is not known. Into `a`. */
const char *incidents_name(struct arena *a, enum lang lang, const char *name, const char *number, const char *profession,
			   const char *unit_path);

#endif
