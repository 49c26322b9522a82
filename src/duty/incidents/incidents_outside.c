/* Somebody named by name and phone who turns out to stand in the directory. */
#include "duty/incidents/incidents_inside.h"

#include "duty/people/people.h"

SQL(outside_not, "b", "person:b?", "SELECT not_person AS person FROM exposure WHERE id = $1");
SQL(outside_there, "bb", "n:i", "SELECT COUNT(*) AS n FROM exposure WHERE incident = $1 AND person = $2");
SQL(outside_is, "bb", "",
    "UPDATE exposure SET person = $2, outside_name = NULL, outside_phone = NULL, outside_lang = NULL WHERE id = $1 AND person IS NULL");
SQL(outside_is_not, "bb", "", "UPDATE exposure SET not_person = $2 WHERE id = $1 AND person IS NULL");
/* There is another way to her now: whether a message goes is told anew. */
SQL(outside_again, "b", "", "UPDATE coverage SET unsendable_day = NULL WHERE exposure = $1 AND reached IS NULL");
SQL(outside_touch, "bi", "", "UPDATE incident SET rev = $2 WHERE id = $1");

static enum result is_there(struct tx *tx, const struct id *incident, const struct id *person, bool *there_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &outside_there, &rows, v_id(incident), v_id(person));
	if (res == RES_OK) {
		*there_r = row_int(rows, 0) > 0;
		rows_end(&rows);
	}
	return res;
}

enum result incidents_same(struct tx *tx, struct arena *a, const struct id *incident, const struct exposure *e, struct exposure *same_r)
{
	struct rows *rows;
	struct id *found, refused = { { 0 } };
	struct exposure same = { .name = "" };
	size_t n;
	bool there = false;
	if (!e->outside)
		return RES_NONE;
	enum result res = people_of_phone(tx, a, slice_of(e->phone), &found, &n);
	if (res == RES_OK && n != 1)
		return RES_NONE;
	if (res == RES_OK)
		res = db_one(tx, &outside_not, &rows, v_id(&e->id));
	if (res == RES_OK) {
		refused = row_id(rows, 0);
		rows_end(&rows);
		res = id_eq(&refused, &found[0]) ? RES_NONE : is_there(tx, incident, &found[0], &there);
	}
	if (res == RES_OK && there)
		res = RES_NONE;
	if (res == RES_OK) {
		same.person = found[0];
		res = incidents_fill(tx, a, &same);
	}
	if (res == RES_OK)
		*same_r = same;
	return res;
}

static enum result join(struct tx *tx, const struct id *incident, const struct id *exposure, const struct exposure *same)
{
	int64_t rev, changed = 0;
	enum result res = db_do(tx, &outside_is, &changed, v_id(exposure), v_id(&same->person));
	if (res == RES_OK && !changed)
		return RES_NONE;
	if (res == RES_OK && *same->email)
		res = db_do(tx, &outside_again, NULL, v_id(exposure));
	if (res == RES_OK)
		res = incidents_next_rev(tx, &rev);
	return res == RES_OK ? db_do(tx, &outside_touch, NULL, v_id(incident), v_int(rev)) : res;
}

enum result incidents_say_same(struct tx *tx, const struct actor *who, const struct id *exposure, const struct id *person, bool same,
			       struct id *incident_r)
{
	struct arena *a = arena_new();
	struct exposure e, found;
	struct id incident;
	enum result res = incidents_of_exposure(tx, exposure, &incident);
	if (res == RES_OK)
		res = incidents_may_lead(tx, who, &incident);
	if (res != RES_OK)
		goto out;
	*incident_r = incident;
	res = incidents_person(tx, a, exposure, &e);
	if (res == RES_OK)
		res = incidents_same(tx, a, &incident, &e, &found);
	if (res == RES_OK && !id_eq(&found.person, person))
		res = RES_NONE;
	if (res == RES_OK)
		res = same ? join(tx, &incident, exposure, &found) : db_do(tx, &outside_is_not, NULL, v_id(exposure), v_id(person));
out:
	arena_free(&a);
	return res;
}
