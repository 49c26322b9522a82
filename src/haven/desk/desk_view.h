/* desk_view.h: what desk.tpl shows. */
#ifndef DESK_VIEW_H
#define DESK_VIEW_H

#include "look/look.h"

/* A counted text has a line for each form, the first with the rule that says which number takes which (lang.h, tr_forms). */
struct desk_line {
	const char *key, *text, *rule;
};

/* A session for everybody in an incident, which she leads. */
struct desk_group {
	const char *title, *when, *href;
	bool called_off;
};

struct desk_view {
	struct look look;
	const char *csrf, *argon_js, *ring_js, *sign_in;
	bool full;
	int load, load_most; /* what counts now, of how many; load may be more */
	const struct desk_line *texts;
	size_t texts_n;
	const struct desk_group *groups;
	size_t groups_n;
};

#endif
