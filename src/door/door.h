/* door.h: the messages between the two programs, and nothing else.

   Haven is always the caller (PRODUCT.md § 2). Three messages exist:
   - give me changes to the directory        GET  /door/1/people?after=REV[&life=ID]
   - give me who is to be offered support    GET  /door/1/incidents?after=REV[&life=ID][&wait=SECONDS]
   - these offers were sent …, reached or not; the group was held, on this day
                                             POST /door/1/facts
   Each has one struct and one pair of functions here, and readers refuse whatever is
   not in it: an unknown member, a wrong type, a number out of range. So nothing else
   can be said. This room is linked into both programs and holds no state.

   Revs count changes in duty's database. A database that was restored from a backup counts some of them a second time,
   for other changes. So duty draws an id each time it starts, its life, and a rev means something only together with
   the life in which it was told (of several processes that serve one database it is the first that draws one, and they
   share it: as long as one of them is up, nobody can have restored the database): asked with another one, or with a rev that it has not reached, duty tells everything from
   the beginning. That is always harmless, since people, incidents and exposures have ids, and since what is past is not told:
   of whom haven has said what became of the offer, and who was named more than DOOR_PAST_DAYS ago. So haven may forget
   whom it was. Whoever was named as long ago, and of whom duty has heard nothing, is told; haven, when it does not know her,
   makes no offer any more and says that it could not be sent. */
#ifndef DOOR_DOOR_H
#define DOOR_DOOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"

#define DOOR_PEOPLE_PATH "/door/1/people"
#define DOOR_INCIDENTS_PATH "/door/1/incidents"
#define DOOR_FACTS_PATH "/door/1/facts"
#define DOOR_PEOPLE_MOST 500    /* people in one answer */
#define DOOR_INCIDENTS_MOST 20  /* incidents in one answer */
#define DOOR_EXPOSED_MOST 2000  /* affected people in one incident */
#define DOOR_FACTS_MOST 2000    /* facts in one message */
#define DOOR_EXCLUDED_MOST 4000 /* of one incident */
#define DOOR_PAST_DAYS 35       /* our choice: by then every message has had its time (the check on day 28 ± 7); a first one would come as a blow */
#define DOOR_BYTES_MOST ((size_t)8 << 20)
/* Bytes of a text. Whatever stores what is to cross the door keeps to these: they stand here and nowhere else. */
#define DOOR_NAME_MOST 400      /* a name, number, profession, level, e-mail, phone */
#define DOOR_UNIT_MOST 2000     /* a unit's path */
#define DOOR_TITLE_MOST 2000
#define DOOR_LANG_MOST 8

/* A person of the directory. Never birth dates, leaders' names or national numbers.
   Texts are zero-terminated, "" where nothing is known; `email` and `phone` may be "". */
struct door_person {
	struct id id;
	const char *number, *name, *unit, *profession, *level, *lang, *email, *phone;
	bool staff;     /* has staff responsibility */
	bool protected; /* name-less in lists */
	bool ended;     /* has left: only `id` counts */
};

struct door_people {
	int64_t to; /* ask after this next time */
	bool more;  /* there is more already */
	struct door_person *list;
	size_t n;
	struct id life; /* of duty's: ask with this next time */
};

/* One affected person in one incident: of the directory (person), or outside it by name and phone. */
struct door_exposure {
	struct id id;
	struct day named; /* when she was named as affected */
	bool outside;
	struct id person;
	const char *name, *phone, *lang; /* only outside */
	/* Never outside: she leads the unit, and nobody of the employer's may follow up on her, so the coordinator does. Written only where it is so. */
	bool alone;
};

/* An incident, each time something about it changed: whole, but for whoever is past. */
struct door_incident {
	struct id id;
	const char *title; /* the neutral sentence */
	int severity;      /* 1..3 */
	struct day day;
	const char *unit;  /* path */
	struct id *excluded; /* people who may not be sent: the affected, their line leaders, and who leads the unit */
	size_t excluded_n;
	struct door_exposure *exposures;
	size_t exposures_n;
	/* "Each or as a group" (PRODUCT.md § 2): a session for all of them together is asked for besides, to be held by then. 0: it is not.
	   Written only where it is, so that two programs of different age understand each other as long as nobody asks. */
	struct instant group;
};

struct door_incidents {
	int64_t to;
	bool more;
	struct door_incident *list;
	size_t n;
	struct id life;
};

/* The last two are about an incident: the session for all of them was held on this day, or on this day it became clear that there will be
   none. Never who came, where, or who led it. */
enum door_fact_kind { DOOR_SENT, DOOR_UNSENDABLE, DOOR_REACHED, DOOR_NOT_REACHED, DOOR_GROUP_HELD, DOOR_GROUP_NOT_HELD };

struct door_fact {
	struct id about; /* an exposure, or an incident */
	enum door_fact_kind kind;
	struct day day;
};

struct door_facts {
	struct door_fact *list;
	size_t n;
};

/* What the fact is about: an incident, or else an exposure. */
bool door_is_of_incident(enum door_fact_kind kind);

/* Writers fill `out`; it is `full` if the message would pass DOOR_BYTES_MOST. */
void door_write_people(struct buf *out, const struct door_people *m);
void door_write_incidents(struct buf *out, const struct door_incidents *m);
void door_write_facts(struct buf *out, const struct door_facts *m);

/* Whether a reader takes it as it stands. One that it would not take spoils the message it is in, so a writer leaves it out
   and tells the operator. Any one that fits is far below DOOR_BYTES_MOST alone; DOOR_INCIDENTS_MOST of them may not be. */
bool door_person_fits(const struct door_person *p);
bool door_incident_fits(const struct door_incident *in);

/* Readers: RES_BAD for anything that is not exactly the message. What they return lives in `a`. */
MUST_USE enum result door_read_people(struct arena *a, struct slice json, struct door_people *m_r);
MUST_USE enum result door_read_incidents(struct arena *a, struct slice json, struct door_incidents *m_r);
MUST_USE enum result door_read_facts(struct arena *a, struct slice json, struct door_facts *m_r);

#endif
