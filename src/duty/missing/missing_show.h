/* missing_show.h: from what is known to what the pages show. Part of the room's pages. */
#ifndef MISSING_SHOW_H
#define MISSING_SHOW_H

#include "duty/missing/missing.h"
#include "duty/missing/missing_view.h"

#define MISSING_NEAR_MOST 8 /* incidents that are suggested */

/* What a leader gets to choose from, and what she chose. */
struct missing_choice {
	struct missing m;
	struct person_line people[2 + PEOPLE_SEARCH_HITS];
	size_t people_n;
	size_t sure; /* of these, so many were found by number or e-mail, and stand first */
	struct incident *near;
	size_t near_n;
	struct unit_line *units; /* who only says where it belongs */
	size_t units_n;
	/* what was sent */
	bool has_person, outside;
	struct id person, incident, unit;
	struct slice phone;
	enum exposure_how how;
	bool person_bad, phone_bad, incident_bad, unit_bad;
};

void show_missing_list(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing *list,
		       size_t n, size_t more, const char *said, struct missing_list_view *v_r);
void show_missing(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing_choice *c,
		  struct missing_view *v_r);
void show_not_so(const struct missing_pages *pages, struct req *req, const struct actor *who, const struct missing *m,
		 struct missing_view *v_r);

/* GET, POST /there · GET /there/sent. */
void missing_there_routes(struct missing_pages *pages, struct web *web);

#endif
