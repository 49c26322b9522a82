/* directory_view.h: what the pages about the directory show; directory.tpl draws it and decides nothing. */
#ifndef DUTY_DIRECTORY_VIEW_H
#define DUTY_DIRECTORY_VIEW_H

#include "look/look.h"

struct option_view {
	const char *value, *text;
	bool chosen;
};

struct column_view {
	const char *id, *heading, *dropped; /* dropped: what it is, and that it is not kept; NULL: something to choose */
	const char *sample[3];
	const struct option_view *options;
	size_t options_n;
};

struct count_view {
	const char *n, *text, *href; /* href NULL: nothing to look at */
};

struct change_view {
	const char *what, *was, *now;
};

struct person_view {
	const char *name, *about, *line, *question, *id;
	const struct change_view *changes;
	size_t changes_n;
	const struct option_view *answers;
	size_t answers_n;
};

struct became_view {
	const char *id, *unit, *was, *now, *about;
	bool yes;
};

struct reason_view {
	const char *column, *text; /* column NULL: the row as a whole */
};

struct problem_view {
	const char *line, *who; /* who NULL: not known, or not to be shown */
	const struct reason_view *reasons;
	size_t reasons_n;
};

struct directory_view {
	struct look look;
	const char *title, *lead, *error, *note, *warning, *import;
	const char *go, *go_text; /* a way on */
	bool reload;
	bool has_night; /* there is a folder for nightly files */
	const char *night_warning, *night_taken, *night_made;
	const char *size; /* of a file at most */
	/* columns */
	const struct column_view *columns;
	size_t columns_n;
	const struct option_view *encodings, *separators, *missing;
	size_t encodings_n, separators_n, missing_n;
	/* difference */
	const struct count_view *counts;
	size_t counts_n;
	const char *leaving; /* must be written; NULL: not */
	bool may_do, may_back, may_change, over;
	const char *rows; /* the file of what did not go in */
	const struct problem_view *problems;
	size_t problems_n;
	/* units that may have become others */
	const struct became_view *became;
	size_t became_n;
	/* people */
	const struct person_view *people;
	size_t people_n;
	const char *earlier, *later, *doubts;
};

#endif
