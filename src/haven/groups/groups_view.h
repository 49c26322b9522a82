/* groups_view.h: what groups.tpl shows. */
#ifndef HAVEN_GROUPS_GROUPS_VIEW_H
#define HAVEN_GROUPS_GROUPS_VIEW_H

#include "look/look.h"

struct groups_card {
	struct id_text key; /* for the heading's id */
	const char *title, *happened;
	const char *said;   /* asked for and by when; planned for; what became of it */
	const char *place, *led; /* NULL: not planned */
	const char *warning; /* NULL: all is well */
	const char *href, *none; /* where it is planned, and given up; NULL: it is over */
	bool planned;
};

struct groups_list_view {
	struct look look;
	const struct groups_card *cards;
	size_t cards_n;
};

struct groups_option {
	const char *value, *text;
	bool chosen;
};

struct groups_fault_view {
	const char *href, *text;
};

struct groups_plan_view {
	struct look look;
	const char *action, *none, *title, *happened, *limit, *rev;
	bool planned, taken_back, meanwhile; /* meanwhile: somebody else has changed it */
	const struct groups_option *days;
	size_t days_n;
	const char *clock, *place;
	const char *day_fault, *clock_fault, *place_fault, *late_fault, *lead_fault; /* NULL: all is well */
	bool late; /* the box is ticked, or has to be */
	bool late_ticked;
	bool found; /* who can lead it then is known */
	const struct groups_option *first, *second;
	size_t leaders_n;
	const struct look_line *line; /* the professional line */
	const struct groups_fault_view *faults;
	size_t faults_n;
};

struct groups_hidden {
	const char *name, *value;
};

/* A question before what cannot be undone. */
struct groups_sure_view {
	struct look look;
	const char *question, *what, *yes, *action, *back;
	const struct groups_hidden *hidden;
	size_t hidden_n;
};

struct groups_lead_view {
	struct look look;
	const char *title, *happened, *when, *place, *with; /* with: the other one, a sentence; NULL: nobody */
	bool called_off, begun;
	const char *action;
	const struct groups_option *days;
	size_t days_n;
	const char *fault; /* NULL: none */
	const struct look_line *line;
};

#endif
