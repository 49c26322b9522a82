/* programme_apart.h: what apart.tpl shows: whom a person asked not to be given. Private to the room. */
#ifndef PROGRAMME_APART_H
#define PROGRAMME_APART_H

#include "haven/directory/directory.h"
#include "haven/programme/programme.h"

struct apart_hit {
	const char *name, *about, *href;
};

struct apart_search {
	struct look look;
	const char *action, *query, *error; /* error NULL: none */
	bool searched, more;
	struct apart_hit hits[DIRECTORY_HITS];
	size_t hits_n;
};

struct apart_supporter {
	struct id_text id;
	const char *name, *unit;
};

struct apart_person {
	struct look look;
	const char *name, *about, *action, *search, *error;
	const struct apart_supporter *listed, *choices;
	size_t listed_n, choices_n;
};

struct apart_question {
	struct look look;
	const char *question, *what, *action, *yes;
	bool add;
	struct id_text supporter;
};

/* Its routes: /s/programme/apart and /s/programme/apart/{person}. */
void programme_apart_routes(struct programme *p, struct web *web);

#endif
