/* programme_pause.h: a supporter is paused, or ready again. Part of programme. */
#ifndef PROGRAMME_PAUSE_H
#define PROGRAMME_PAUSE_H

#include "haven/programme/programme.h"

/* What pause.tpl shows. */
struct pause_view {
	struct look look;
	const char *name, *given, *unit, *action;
	bool paused, full;
};

/* GET, POST /s/programme/supporters/{id}, for the coordinator. */
void programme_pause_routes(struct programme *p, struct web *web);

#endif
