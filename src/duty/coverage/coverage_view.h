/* coverage_view.h: what the pages about incidents show; coverage.tpl draws it and decides nothing. */
#ifndef COVERAGE_VIEW_H
#define COVERAGE_VIEW_H

#include "look/look.h"

struct head_view {
	const char *href, *title, *unit, *when, *severity, *severity_color;
	const char *offered; /* "Offered to 6 of 7" */
};

struct list_row_view {
	struct head_view head;
	const char *needs; /* whom to speak to; NULL: nobody */
};

struct list_view {
	struct look look;
	const struct list_row_view *rows;
	size_t rows_n;
	bool may_register;
	const char *said; /* what the last page did; NULL: nothing */
	const char *warns; /* the same, where something is left to do */
};

struct seat_view {
	const char *id, *name, *full, *tint, *when;
	const char *sent, *reached, *in_person; /* days, or a dash */
	const char *how;
	bool offered, open; /* neither: on its way */
	char initials[16];
};

/* Somebody to be spoken to in person. */
struct need_view {
	const char *id, *what, *why, *href, *tel, *phone, *say; /* href NULL: somebody else speaks with her; tel NULL: no phone */
};

/* Somebody from outside who may stand in the directory. */
struct same_view {
	const char *what, *href;
};

/* … on a page of her own. */
struct same_page_view {
	struct look look;
	const char *outside, *phone, *name, *about, *action, *back, *title, *person, *match, *then;
};

/* The session for all of them together. */
struct group_view {
	const char *suggested; /* why; NULL: it is not suggested, or asked for already */
	const char *said;      /* what is known: asked for, held, none; NULL: nobody has asked */
	const char *action;
	bool ask, take_back;   /* what she may do */
};

struct incident_view {
	struct look look;
	struct head_view head;
	const char *sent, *reached, *as_of;
	bool names; /* she leads the unit: who, per person by day */
	const struct seat_view *seats;
	size_t seats_n;
	const struct need_view *needs;
	size_t needs_n;
	const struct same_view *sames;
	size_t sames_n;
	const char *needs_count; /* where there are no names; NULL: nobody */
	const char *parties, *reviewers; /* NULL: nobody */
	const struct group_view *group; /* NULL: nothing to say */
	const char *group_state;
	const char *add, *again;
	const char *state; /* where the module asks what has changed */
	const char *sign_in; /* and back to this page */
	const char *version;
	bool waiting;
};

struct spoken_view {
	struct look look;
	const char *name, *action, *back, *title, *day;
};

#endif
