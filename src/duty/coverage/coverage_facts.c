/* What pages about incidents read: who may see it, coverage, and people only for whoever leads the unit. */
#include "duty/coverage/coverage_show.h"

/* Who of those to be spoken to is hers to speak to. */
static enum result follows(struct tx *tx, struct arena *a, const struct actor *who, struct coverage_facts *f)
{
	enum result res = RES_OK;
	f->follow = arena_array(a, enum incident_follow, f->n);
	for (size_t i = 0; res == RES_OK && i < f->n; i++)
		if (coverage_needs_leader(&f->coverage[i]))
			res = incidents_follows(tx, a, who, &f->in, &f->people[i], &f->follow[i]);
	return res;
}

/* Who somebody from outside may be. */
static enum result sames(struct tx *tx, struct arena *a, struct coverage_facts *f)
{
	enum result res = RES_OK;
	f->same = arena_array(a, struct incident_same, f->n);
	for (size_t i = 0; res == RES_OK && i < f->n; i++) {
		res = incidents_same(tx, a, &f->in.id, f->people, f->n, &f->people[i], &f->same[i]);
		res = res == RES_NONE ? RES_OK : res;
	}
	return res;
}

bool coverage_names(const struct coverage_facts *f)
{
	bool some = f->names;
	for (size_t i = 0; i < f->n; i++)
		some |= f->follow[i] == FOLLOW_UP;
	return some;
}

enum result coverage_facts_of(struct tx *tx, struct arena *a, const struct actor *who, const struct id *incident,
			      struct coverage_facts *facts_r)
{
	struct coverage_facts f = { 0 };
	size_t people = 0;
	enum result res = incidents_get(tx, a, who, incident, &f.in);
	if (res == RES_OK)
		res = coverage_of(tx, a, incident, &f.coverage, &f.n);
	f.names = f.in.leads;
	if (res == RES_OK)
		res = incidents_group(tx, incident, &f.group);
	if (res == RES_OK && f.names)
		res = incidents_people(tx, a, incident, &f.people, &people);
	if (res == RES_OK && f.names)
		res = incidents_parties(tx, a, incident, &f.parties, &f.parties_n);
	if (res == RES_OK && f.names)
		res = sames(tx, a, &f);
	if (res == RES_OK && !f.names)
		res = incidents_people(tx, a, incident, &f.people, &people);
	if (res == RES_OK)
		res = follows(tx, a, who, &f);
	if (res != RES_OK)
		return res;
	if (!f.names) {
		/* Counts alone, but for a leader on whom nobody above can follow up. */
		for (size_t i = 0; i < f.n; i++)
			if (f.follow[i] != FOLLOW_UP)
				f.people[i] = (struct exposure){ .name = "" };
	}
	if (people != f.n)
		bug("an incident with %zu exposures and %zu coverages", people, f.n);
	*facts_r = f;
	return RES_OK;
}

bool coverage_list_names(const struct coverage_facts *f)
{
	int in_person = coverage_count(f->coverage, f->n).in_person;
	return f->names && in_person > 0 && in_person <= COVERAGE_NAMED_MOST;
}

static enum result line_of(struct tx *tx, struct arena *a, const struct actor *who, const struct incident *in, struct coverage_facts *f)
{
	*f = (struct coverage_facts){ .in = *in, .names = in->leads };
	enum result res = coverage_of(tx, a, &in->id, &f->coverage, &f->n);
	if (res != RES_OK || !coverage_list_names(f))
		return res;
	f->people = arena_array(a, struct exposure, f->n);
	for (size_t i = 0; res == RES_OK && i < f->n; i++)
		if (coverage_needs_leader(&f->coverage[i]))
			res = incidents_person(tx, a, &f->coverage[i].exposure, &f->people[i]);
	if (res == RES_OK)
		res = follows(tx, a, who, f);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result coverage_facts_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most,
				struct coverage_facts **list_r, size_t *n_r)
{
	struct incident *in;
	size_t n;
	enum result res = incidents_list(tx, a, who, most, &in, &n);
	if (res != RES_OK)
		return res;
	struct coverage_facts *list = arena_array(a, struct coverage_facts, n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = line_of(tx, a, who, &in[i], &list[i]);
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}
