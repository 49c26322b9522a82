/* hostile.h: what the page of the template tests is made from. */
#ifndef TESTS_TEMPLATES_HOSTILE_H
#define TESTS_TEMPLATES_HOSTILE_H

#include "web/html.h"

struct hostile {
	const char *text;    /* in every place where a text may stand */
	struct slice piece;  /* the same, as a slice */
	struct html_safe mark;
	char name[16];
	int n, less;
	bool yes;
	struct {
		const char *href;
	} links[3];
	size_t n_links;
};

#endif
