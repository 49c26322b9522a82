/* A session for all who were affected together: suggested by rule, asked for by whoever leads the incident, and held in haven. What comes
   back is a day. */
#include <string.h>

#include "duty/incidents/incidents_inside.h"

SQL(group_get, "b", "asked:i? told:i? day:i?",
    "SELECT group_asked_day AS asked, group_told AS told, group_day AS day FROM incident WHERE id = $1");
SQL(group_asked, "bii", "",
    "UPDATE incident SET group_asked_day = $2, rev = $3 WHERE id = $1 AND group_asked_day IS NULL AND group_told IS NULL");
SQL(group_taken_back, "bi", "",
    "UPDATE incident SET group_asked_day = NULL, rev = $2 WHERE id = $1 AND group_asked_day IS NOT NULL AND group_told IS NULL");
SQL(group_told, "bii", "",
    "UPDATE incident SET group_told = COALESCE(group_told, $2), group_day = COALESCE(group_day, $3) WHERE id = $1");

/* ---- rules ---- */

unsigned incident_group_reasons(const struct exposure *people, size_t n)
{
	const char *unit = NULL;
	unsigned reasons = n > INCIDENTS_GROUP_PEOPLE ? GROUP_MANY_PEOPLE : 0;
	for (size_t i = 0; i < n; i++) {
		if (people[i].outside || !*people[i].unit_path) /* of no unit that is known */
			continue;
		if (unit && strcmp(unit, people[i].unit_path) != 0)
			reasons |= GROUP_SEVERAL_UNITS;
		unit = people[i].unit_path;
	}
	return reasons;
}

bool incident_group_may_ask(const struct incident *in, size_t affected, struct instant now)
{
	return affected >= INCIDENTS_GROUP_LEAST && instant_day(now).n <= instant_day(in->made).n + INCIDENTS_GROUP_ASK_DAYS;
}

/* ---- use cases ---- */

enum result incidents_group(struct tx *tx, const struct id *incident, struct incident_group *group_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &group_get, &rows, v_id(incident));
	if (res == RES_OK) {
		*group_r = (struct incident_group){
			.asked = { row_null(rows, 0) ? 0 : (int32_t)row_int(rows, 0) },
			.held = !row_null(rows, 1) && row_int(rows, 1),
			.told = { row_null(rows, 2) ? 0 : (int32_t)row_int(rows, 2) },
		};
		rows_end(&rows);
	}
	return res;
}

enum result incidents_group_ask(struct tx *tx, struct instant now, const struct actor *who, const struct id *id)
{
	struct arena *a = arena_new();
	struct incident in;
	struct incident_group group;
	int64_t affected = 0, rev;
	enum result res = incidents_get(tx, a, who, id, &in);
	if (res == RES_OK && !in.leads)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = incidents_group(tx, id, &group);
	if (res == RES_OK && group.asked.n)
		goto out;
	if (res == RES_OK)
		res = incidents_affected(tx, id, &affected);
	if (res == RES_OK && (group.told.n || !incident_group_may_ask(&in, (size_t)affected, now)))
		res = RES_NONE;
	if (res == RES_OK)
		res = incidents_next_rev(tx, &rev);
	if (res == RES_OK)
		res = db_do(tx, &group_asked, NULL, v_id(id), v_int(instant_day(now).n), v_int(rev));
out:
	arena_free(&a);
	return res;
}

enum result incidents_group_take_back(struct tx *tx, const struct actor *who, const struct id *id)
{
	struct incident_group group;
	int64_t rev;
	enum result res = incidents_may_lead(tx, who, id);
	if (res == RES_OK)
		res = incidents_group(tx, id, &group);
	if (res != RES_OK || !group.asked.n)
		return res;
	if (group.told.n)
		return RES_NONE;
	res = incidents_next_rev(tx, &rev);
	return res == RES_OK ? db_do(tx, &group_taken_back, NULL, v_id(id), v_int(rev)) : res;
}

enum result incidents_group_hear(struct tx *tx, const struct id *incident, bool held, struct day day)
{
	int64_t changed = 0;
	enum result res = db_do(tx, &group_told, &changed, v_id(incident), v_int(held), v_int(day.n));
	return res == RES_OK && !changed ? RES_NONE : res;
}
