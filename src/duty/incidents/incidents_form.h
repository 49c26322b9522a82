/* incidents_form.h: what the registration form holds between two presses of a button. Part of the room's pages.

   The whole state travels in the form itself; the server keeps nothing until it is saved. */
#ifndef INCIDENTS_FORM_H
#define INCIDENTS_FORM_H

#include "duty/incidents/incidents.h"
#include "duty/incidents/incidents_when.h"
#include "duty/people/people.h"

#define INCIDENT_FORM_FROM "what was told of somebody missing in a unit that she leads, or in one below it" /* field `from` */
#define FORM_SEATS_MOST 1200 /* more than may be saved, so that too many can be told instead of refused */
#define FORM_PASTE_MOST 60000   /* bytes of a pasted list that are looked up */
#define FORM_PASTE_KEPT 400000  /* … that stay in the field, so that she can cut it herself */

/* Beside enum incident_fault, what only a form can get wrong. */
enum form_fault {
	FORM_DAY = 1 << 16,        /* today, yesterday or earlier: none chosen */
	FORM_CLOCK = 1 << 17,      /* no time given */
	FORM_CLOCK_BAD = 1 << 18,  /* one that cannot be read */
	FORM_DATE = 1 << 19,       /* "earlier" without a day */
	FORM_DATE_BAD = 1 << 20,
	FORM_SENTENCE_BAD = 1 << 21, /* control characters and the like */
	FORM_QUERY_SHORT = 1 << 22,
	FORM_PASTE_LEFT = 1 << 23,   /* lines that were not understood are still there */
	FORM_PASTE_LONG = 1 << 25,   /* more than FORM_PASTE_MOST: nothing of it was taken */
	FORM_QUERY_LEFT = 1 << 26,   /* she saves while a name stands in the search field that was not added; told once */
	FORM_UNIT_MANY = 1 << 27,    /* more people work in the unit than there is room for: nobody was taken */
	FORM_SEAT = 1 << 24,         /* somebody chosen cannot be taken (left meanwhile, or not ours) */
};

/* The faults that the part about people can have alone. */
#define INCIDENT_WHO_FAULTS (FAULT_NOBODY | FAULT_MANY | FAULT_OUTSIDE_NAME | FAULT_OUTSIDE_LONG | FAULT_OUTSIDE_PHONE)

struct form_unclear {
	struct slice line;
	enum people_meant why;
};

struct incident_form {
	struct incident_draft draft; /* its seats are `seats` */
	struct incident_seat *seats;
	const struct person **people; /* of each seat; NULL: outside. Filled by incident_form_act */
	struct id from;              /* what it begins from; zero: nothing */
	int day;                     /* enum incident_day or -1 */
	struct slice clock, date;
	struct slice doing;          /* the button: "find", "add:ID", "unit", "paste", "outside", "me", "drop:N", "save" */
	struct slice query, paste, out_name, out_phone;
	struct slice query_told;     /* what was in the search field when FORM_QUERY_LEFT was told */
	enum lang out_lang;
	unsigned faults;             /* of this press */
	/* what came of the button */
	bool searched;
	struct person_lines hits;
	struct form_unclear *unclear;
	size_t unclear_n;
	int added;
	int64_t unit_people;         /* with FORM_UNIT_MANY: how many */
	bool dropped;
	struct id me;                /* her own person, or zero */
	const struct incident_unit *units;
	size_t units_n;
};

extern const struct field incident_form_fields[];  /* of the registration form */
extern const struct field incident_who_fields[]; /* of its part about people alone */

/* An empty form; `only_who`: the part about people. */
void incident_form_empty(struct incident_form *f, struct arena *a, enum lang lang);
/* An empty form takes what it begins with. */
void incident_form_begin(struct incident_form *f, struct arena *a, struct day today, const struct incident_begin *begin);
/* Reads what was sent. Pure but for the request; nothing is looked up. */
void incident_form_read(struct req *req, struct incident_form *f, bool only_who, enum lang lang);
/* Does what the button says, and looks up units and people. May run again from the start. */
MUST_USE enum result incident_form_act(struct tx *tx, struct arena *a, const struct actor *who, struct incident_form *f);
/* What can be chosen for somebody on the form: how she was affected, then affected and a party, then a party only, then reviewing it. Outside the
   directory only the first EXPOSURE_HOWS. */
#define FORM_CHOICES (EXPOSURE_HOWS + 3)
int incident_seat_choice(const struct incident_seat *seat);
const char *incident_choice_text(enum lang lang, int choice);
/* The value that carries a seat with this choice through the form. */
const char *incident_seat_text(struct arena *a, const struct incident_seat *seat, int choice);

#endif
