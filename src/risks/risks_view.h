/* risks_view.h: what the page shows. */
#ifndef RISKS_VIEW_H
#define RISKS_VIEW_H

#include "look/look.h"
#include "risks/risks.h"

struct risks_shown {
	enum risks_grade grade;
	const char *word, *color; /* "Needs fixing", "danger" */
	const char *name, *why, *mend;
};
struct risks_view {
	struct look look;
	struct risks_shown list[RISKS_MOST];
	size_t n;
	int mend, other, fine;
};

#endif
