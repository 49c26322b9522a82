/* programme_view.h: what programme.tpl shows. */
#ifndef PROGRAMME_VIEW_H
#define PROGRAMME_VIEW_H

#include "look/look.h"

struct programme_pair {
	const char *name, *supporter; /* supporter NULL: nobody */
	bool overdue;
};

struct programme_incident {
	struct id_text key; /* for the heading's id */
	const char *title, *day, *close; /* close NULL: it has closed */
	int affected, assigned, without, given_up, reached;
	bool closed, overdue;
	const struct programme_pair *pairs;
	size_t pairs_n;
};

struct programme_supporter {
	struct id_text id;
	const char *name, *unit, *expires; /* expires: the sentence, NULL when all is well */
	int load, load_most;
	bool full, paused, no_key, left;
};

/* An invitation that could not be delivered. */
struct programme_invitation {
	const char *name, *address, *csrf;
	struct id_text account;
};

/* A supporter who has lost her keys and asks to make new ones. */
struct programme_reset {
	const char *name, *told, *csrf; /* told: a sentence */
	bool approved, own; /* own: somebody else must say yes */
	struct id_text supporter;
};

struct programme_view {
	struct look look;
	const struct look_line *line; /* what whoever has nobody can call */
	const struct programme_incident *incidents;
	size_t incidents_n;
	const struct programme_supporter *supporters;
	size_t supporters_n;
	const struct programme_invitation *undelivered;
	size_t undelivered_n;
	int groups; /* sessions asked for and not planned */
	int left;      /* who was reached by nobody, and has nobody else */
	int unreached; /* whom no message reached, and nobody has seen to yet */
	const struct programme_reset *resets;
	size_t resets_n;
	const char *key_log; /* a sentence about its newest entry; NULL: it is empty */
	const char *restored; /* that the log was cut by a restore; NULL: not lately */
	bool invited; /* an invitation has just been sent again */
};

#endif
