/* coverage_show.h: from what is known to what the pages show. Part of the room's pages. */
#ifndef COVERAGE_SHOW_H
#define COVERAGE_SHOW_H

#include "duty/coverage/coverage.h"
#include "duty/coverage/coverage_view.h"

/* One incident as one actor may see it. */
struct coverage_facts {
	struct incident in;
	struct coverage *coverage;
	struct exposure *people; /* in the order of coverage; only with `names` */
	size_t n;
	bool names;
};

void show_list(const struct coverage_pages *pages, struct req *req, const struct actor *who,
	       const struct coverage_facts *list, size_t n, struct list_view *v_r);
void show_incident(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		   const struct coverage_facts *f, struct incident_view *v_r);
void show_spoken(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		 const struct coverage_facts *f, const struct id *exposure, struct spoken_view *v_r);

#endif
