/* How far an account's roles reach: units, and all below them. */
#include <string.h>

#include "duty/incidents/incidents.h"
#include "duty/people/people.h"
#include "signin/signin.h"

/* Whether `path` is `above` or lies below it. */
static bool within(const char *path, const char *above)
{
	size_t n = strlen(above);
	return strncmp(path, above, n) == 0 && (!path[n] || strncmp(path + n, " / ", 3) == 0);
}

enum result incidents_reach(struct tx *tx, struct arena *a, const struct actor *who, uint32_t roles,
			    struct incidents_reach *reach_r)
{
	static const enum role scoped[] = { ROLE_LEADER, ROLE_SAFETY };
	struct incidents_reach reach = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(scoped); i++) {
		const struct id *units;
		size_t n;
		if (!(roles & who->roles & scoped[i]))
			continue;
		enum result res = signin_units(tx, a, &who->account, scoped[i], &units, &n);
		if (res != RES_OK)
			return res;
		const char **paths = arena_array(a, const char *, reach.n + n);
		if (reach.n)
			memcpy(paths, reach.paths, reach.n * sizeof(*paths));
		reach.paths = paths;
		for (size_t k = 0; k < n; k++) {
			reach.whole |= id_is_zero(&units[k]);
			res = people_unit_path(tx, a, &units[k], &reach.paths[reach.n]);
			if (res == RES_OK)
				reach.n++;
			else if (res != RES_NONE)
				return res;
		}
	}
	*reach_r = reach;
	return RES_OK;
}

bool incidents_reaches(const struct incidents_reach *reach, const char *path)
{
	for (size_t i = 0; i < reach->n; i++)
		if (within(path, reach->paths[i]))
			return true;
	return reach->whole;
}

enum result incidents_may_on(struct tx *tx, struct arena *a, const struct actor *who, uint32_t roles, const char *unit_path)
{
	struct incidents_reach reach;
	enum result res = incidents_reach(tx, a, who, roles, &reach);
	return res != RES_OK ? res : incidents_reaches(&reach, unit_path) ? RES_OK : RES_REFUSED;
}
