/* incidents_view.h: what the registration form shows; incidents.tpl draws it and decides nothing. */
#ifndef INCIDENTS_VIEW_H
#define INCIDENTS_VIEW_H

#include "look/look.h"

struct tile_view {
	const char *value, *text, *hint; /* hint: NULL or a line beneath */
	bool chosen;
};

struct fault_view {
	const char *href, *text; /* "#sentence" */
};

struct unit_view {
	const char *value, *text;
	bool chosen;
};

/* Somebody chosen. The options of `how` carry the whole seat: what a form of 1,000 people sends stays small. */
struct chosen_view {
	const char *name, *about, *tint;
	const char *value[6]; /* by what can be chosen */
	const char *choice[6];
	size_t choices;
	size_t chosen;
	const char *drop; /* value of the button */
	const char *remove, *how_label;
	char initials[16];
};

struct hit_view {
	const char *name, *about, *add; /* value of the button */
	bool there; /* is in the list already */
};

/* Everything about who was affected; the same in the form and when adding people afterwards. */
struct who_view {
	const char *action; /* where the form goes */
	const char *query, *query_error;
	const char *query_told; /* what was told to be left in the search field */
	bool searched;
	const struct hit_view *hits;
	size_t hits_n;
	const char *hits_text;
	bool whole_unit; /* a unit is chosen or there is only one */
	bool me;         /* she is in the directory and not in the list */
	const char *said; /* what the last button did; NULL: nothing to say */
	const char *paste, *paste_error;
	const char *const *unclear; /* lines of the pasted list that were not found, with their reasons */
	size_t unclear_n;
	const char *out_name, *out_phone, *out_name_error, *out_phone_error;
	const struct unit_view *langs;
	size_t langs_n;
	bool paste_open, out_open;
	const struct chosen_view *chosen;
	size_t chosen_n;
	const char *error;
};

struct form_view {
	struct look look;
	const char *once;
	const char *from; /* what it begins from; NULL: nothing */
	const struct fault_view *faults;
	size_t faults_n;
	const struct tile_view *kinds, *severities, *days;
	size_t kinds_n, severities_n, days_n;
	const char *kind_error, *severity_error, *day_error;
	const char *clock, *clock_error, *date, *date_error, *today;
	const struct unit_view *units;
	size_t units_n;
	const char *unit_error;
	const char *sentence, *sentence_error, *sentence_hint;
	struct who_view who;
	const char *save;  /* the button */
	const char *incident_title; /* when adding afterwards */
	const char *back;
};

#endif
