/* coverage.h: has everybody affected been offered support, and can we show it.

   The first number on every page about an incident is "offered to n of n": a message was
   accepted and has not come back, or a supporter reached the person, or the leader noted
   that she offered it in person. Sent and reached stand beneath. There is nothing here
   that an answer could be read from: facts come by day, and reached or not for the whole
   incident together. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "base/arena.h"
#include "db/db.h"
#include "door/door.h"
#include "duty/incidents/incidents.h"

/* What is known of one affected person. A day of 0: not so. */
struct coverage {
	struct id exposure;
	struct day sent, unsendable, in_person, reached_day;
	bool told;    /* reached or not has been told */
	bool reached;
};

enum coverage_state {
	COVERAGE_WAITING,     /* a message is on its way */
	COVERAGE_OFFERED,     /* counts */
	COVERAGE_IN_PERSON,   /* does not count: no message can reach, or she was not reached: speak to them in person */
};

/* Pure: the promise of PRODUCT.md § 1, point 1. */
enum coverage_state coverage_state(const struct coverage *c);
bool coverage_offered(const struct coverage *c);
/* Somebody should be spoken to in person: not offered and no message can reach, or not reached in time. */
bool coverage_needs_leader(const struct coverage *c);

/* What came of the offer to somebody who was named twice: `twin` is what is known of her other row. Whatever reached her by either counts. Pure. */
void coverage_join(struct coverage *c, const struct coverage *twin);

struct coverage_count {
	int affected, offered, sent, reached, waiting, in_person;
};
struct coverage_count coverage_count(const struct coverage *list, size_t n);

/* In the order of incidents_people; who was named twice once (coverage_join). */
MUST_USE enum result coverage_of(struct tx *tx, struct arena *a, const struct id *incident, struct coverage **list_r,
				 size_t *n_r);

/* Facts from the door. Twice is harmless; the first day told stays. A fact about an exposure that is not here is passed over: this
   database was restored from a backup that is older than it, and haven would say it again and again, before all newer
   ones. *unknown_r: how many. */
MUST_USE enum result coverage_hear(struct tx *tx, const struct door_facts *facts, size_t *unknown_r);

/* Whether haven has said anything of this offer. */
MUST_USE enum result coverage_heard(struct tx *tx, const struct id *exposure, bool *heard_r);

/* Whoever follows up on her (incidents_may_follow) notes that she offered it in person, today. Permission is asked here. Harmless twice. */
MUST_USE enum result coverage_note_in_person(struct tx *tx, struct instant now, const struct actor *who,
					     const struct id *exposure);

/* What was offered in an incident that is not kept any longer goes. */
MUST_USE enum result coverage_forget(struct tx *tx, const struct id *incident);

/* ---- pages ---- */

struct coverage_pages {
	struct db *db;
	const struct incidents_pages *frame;
	void (*changed)(void *ctx); /* somebody was spoken to: open pages look again (web_wake, in every process); may be NULL */
	void *ctx;
};
/* GET / · /incidents · /incidents/{id} · /incidents/{id}/state · POST /incidents/{id}/group · GET, POST /exposures/{id}/in-person, /exposures/{id}/same.
   Names only for whoever leads the unit; a safety representative sees counts. `pages` must live as long as `web`. */
void coverage_routes(struct coverage_pages *pages, struct web *web);

#endif
