/* supporters_front.h: what front.tpl shows; made by supporters_front.c. */
#ifndef SUPPORTERS_FRONT_H
#define SUPPORTERS_FRONT_H

#include "haven/supporters/supporters.h"

struct front_person {
	const char *given, *initials, *tint, *profession, *place, *languages, *phone, *tel;
	const char *when, *brief; /* "Free now, until 23:00", and the same under a heading that says so already */
	struct instant at; /* until when, or from when */
	bool now;
};

struct front_page {
	struct look look;
	const struct front_person *people; /* those free now first, then by when they can be reached */
	size_t people_n, now_n;
	struct look_lines lines;
};

#endif
