/* missing_view.h: what the pages about somebody missing show; missing.tpl draws it and decides nothing. */
#ifndef MISSING_VIEW_H
#define MISSING_VIEW_H

#include "look/look.h"

struct missing_tile {
	const char *value, *text, *hint; /* hint: NULL or a line beneath */
	bool chosen;
};

struct missing_told {
	const char *href, *text;
};

/* The page that anybody can open. */
struct there_view {
	struct look look;
	const char *action, *once;
	const char *held; /* why it was not taken just now; NULL: nothing of the kind */
	const struct missing_told *faults;
	size_t faults_n;
	const struct missing_tile *whos, *days;
	size_t whos_n, days_n;
	const char *date, *clock, *place, *name, *contact, *number, *teller, *today;
	const char *who_error, *day_error, *date_error, *clock_error, *place_error, *name_error, *contact_error, *number_error,
		*teller_error;
};

struct missing_row {
	const char *href, *title, *place, *when, *made;
};

struct missing_list_view {
	struct look look;
	const char *said; /* what the last page did; NULL: nothing */
	const struct missing_row *rows;
	size_t rows_n;
	const char *more; /* NULL: that is all */
	const char *address; /* of the page that anybody can open */
};

/* One, for whoever decides, or for whoever says where it belongs. */
struct missing_view {
	struct look look;
	const char *action, *was;
	const char *place, *when, *made;
	const char *name, *contact, *number, *teller; /* NULL: not said */
	bool reads;
	const char *state; /* decided: how; NULL: open */
	const struct missing_told *faults;
	size_t faults_n;
	const struct missing_tile *people, *incidents, *hows, *units;
	size_t people_n, incidents_n, hows_n, units_n;
	const char *phone;
	const char *person_error, *phone_error, *incident_error, *unit_error;
	const char *make, *decline; /* where to; NULL: not now */
};

#endif
