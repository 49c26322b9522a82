/* programme_unreached.h: whom no message reached, and who was reached by nobody and has nobody else: a list that the coordinator owns. Part of programme. */
#ifndef PROGRAMME_UNREACHED_H
#define PROGRAMME_UNREACHED_H

#include "haven/programme/programme.h"

/* What unreached.tpl shows of one person. */
struct unreached_person {
	const char *name, *why, *title, *who, *tel, *phone, *close, *csrf; /* name NULL: protected; tel NULL: no number */
	struct id_text task;
	bool seen_to, alone; /* alone: nobody of the employer's follows up on her */
};

struct unreached_view {
	struct look look;
	const struct unreached_person *people;
	size_t people_n;
};

/* GET, POST /s/programme/unreached, for the coordinator. */
void programme_unreached_routes(struct programme *p, struct web *web);

#endif
