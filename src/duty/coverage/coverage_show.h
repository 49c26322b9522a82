/* coverage_show.h: what is known of an incident, and from there to what the pages show. Part of the room's pages. */
#ifndef COVERAGE_SHOW_H
#define COVERAGE_SHOW_H

#include "duty/coverage/coverage.h"
#include "duty/coverage/coverage_view.h"

/* One incident as one actor may see it. */
struct coverage_facts {
	struct incident in;
	struct coverage *coverage;
	struct exposure *people; /* in the order of coverage; with `names`, else only those whom she follows up. In a list only those whom it names */
	enum incident_follow *follow; /* of those to be spoken to; as people */
	size_t n;
	struct exposure *parties; /* who is a party; with `names`, of one incident alone */
	size_t parties_n;
	struct incident_same *same; /* who somebody from outside may be in the directory; person zero: nobody. With `names`, of one incident alone */
	struct incident_group group; /* of one incident alone */
	bool names; /* whoever leads its unit sees people; all who may see the incident see counts (PRODUCT.md § 4) */
};

/* Whether a page about it shows a name. */
bool coverage_names(const struct coverage_facts *f);

/* A list names whom to speak to when they are so few; else it says how many. */
#define COVERAGE_NAMED_MOST 3
bool coverage_list_names(const struct coverage_facts *f);

/* RES_REFUSED, RES_NONE: as incidents_get. */
MUST_USE enum result coverage_facts_of(struct tx *tx, struct arena *a, const struct actor *who, const struct id *incident,
				       struct coverage_facts *facts_r);
/* All that she may see, newest first, at most `most`. How much is asked of the database does not grow with how many were
   affected. */
MUST_USE enum result coverage_facts_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most,
					 struct coverage_facts **list_r, size_t *n_r);

void show_list(const struct coverage_pages *pages, struct req *req, const struct actor *who,
	       const struct coverage_facts *list, size_t n, struct list_view *v_r);
void show_incident(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		   const struct coverage_facts *f, struct incident_view *v_r);
/* The session for all of them together; NULL: there is nothing to say of it. */
const struct group_view *show_group(struct req *req, const struct coverage_facts *f);
/* What is known of it, for the page's module: it asks for the page anew when it has changed. */
const char *show_group_state(const struct coverage_facts *f);
void show_spoken(const struct coverage_pages *pages, struct req *req, const struct actor *who,
		 const struct coverage_facts *f, const struct id *exposure, struct spoken_view *v_r);

/* Somebody from outside, at `at`, and who she may be in the directory. */
void show_same(const struct coverage_pages *pages, struct req *req, const struct actor *who, const struct coverage_facts *f, size_t at,
	       struct same_page_view *v_r);

/* GET, POST /exposures/{id}/same. */
void coverage_same_routes(struct coverage_pages *pages, struct web *web);
/* POST /incidents/{id}/group. */
void coverage_group_routes(struct coverage_pages *pages, struct web *web);

#endif
