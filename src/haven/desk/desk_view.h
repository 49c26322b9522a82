/* desk_view.h: what desk.tpl shows. */
#ifndef DESK_VIEW_H
#define DESK_VIEW_H

#include "look/look.h"

struct desk_line {
	const char *key, *text;
};

struct desk_view {
	struct look look;
	const char *csrf, *argon_js, *ring_js, *sign_in, *lang;
	bool full;
	int load, load_most; /* what counts now, of how many; load may be more */
	const struct desk_line *texts;
	size_t texts_n;
};

#endif
