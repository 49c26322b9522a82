/* Somebody named by name and phone who turns out to stand in the directory. */
#include "duty/incidents/incidents_inside.h"

#include <string.h>

#include "duty/people/people.h"

SQL(outside_not, "b", "person:b?", "SELECT not_person AS person FROM exposure WHERE id = $1");
SQL(outside_there, "bb", "id:b", "SELECT id FROM exposure WHERE incident = $1 AND person = $2");
SQL(outside_is, "bb", "",
    "UPDATE exposure SET person = $2, outside_name = NULL, outside_phone = NULL, outside_lang = NULL WHERE id = $1 AND person IS NULL AND same_as IS NULL");
/* She is in it already: her other row counts, and what was offered to her in this one counts there. */
SQL(outside_is_there, "bb", "",
    "UPDATE exposure SET same_as = $2, outside_name = NULL, outside_phone = NULL, outside_lang = NULL "
    "WHERE id = $1 AND person IS NULL AND same_as IS NULL");
SQL(outside_is_not, "bb", "", "UPDATE exposure SET not_person = $2 WHERE id = $1 AND person IS NULL");
/* There is another way to her now: whether a message goes is told anew. */
SQL(outside_again, "b", "", "UPDATE coverage SET unsendable_day = NULL WHERE exposure = $1 AND reached IS NULL");
SQL(outside_touch, "bi", "", "UPDATE incident SET rev = $2 WHERE id = $1");

/* Her row in the incident; zero: she is not in it. */
static enum result there_of(struct tx *tx, const struct id *incident, const struct id *person, struct id *there_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &outside_there, &rows, v_id(incident), v_id(person));
	if (res == RES_OK)
		*there_r = row_id(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

/* A given name alone is no sign. */
static bool is_whole_name(struct slice name)
{
	name = slice_trim(name);
	return memchr(name.p, ' ', name.n) != NULL;
}

/* The one of those in the incident who may be called so; a protected name is compared with nothing. Nobody without a phone, where one stands
   with whom she was named as: as one of the directory she would lose it. */
static enum result of_name(struct arena *a, const struct exposure *people, size_t n, const struct exposure *e, struct id *person_r)
{
	struct id found = { { 0 } };
	int several = 0;
	for (size_t i = 0; *e->name && is_whole_name(slice_of(e->name)) && i < n; i++)
		if (!people[i].outside && *people[i].name && (*people[i].phone || !*e->phone) &&
		    people_may_be_called(a, slice_of(e->name), people[i].name)) {
			found = people[i].person;
			several++;
		}
	if (several != 1)
		return RES_NONE;
	*person_r = found;
	return RES_OK;
}

enum result incidents_same(struct tx *tx, struct arena *a, const struct id *incident, const struct exposure *people, size_t people_n,
			   const struct exposure *e, struct incident_same *same_r)
{
	struct rows *rows;
	struct id *found, refused = { { 0 } };
	struct incident_same same = { .who = { .name = "" } };
	size_t n;
	if (!e->outside)
		return RES_NONE;
	enum result res = people_of_phone(tx, a, slice_of(e->phone), &found, &n);
	same.by_phone = res == RES_OK && n == 1;
	if (same.by_phone)
		same.who.person = found[0];
	else if (res == RES_OK)
		res = of_name(a, people, people_n, e, &same.who.person);
	if (res == RES_OK)
		res = db_one(tx, &outside_not, &rows, v_id(&e->id));
	if (res == RES_OK) {
		refused = row_id(rows, 0);
		rows_end(&rows);
		res = id_eq(&refused, &same.who.person) ? RES_NONE : there_of(tx, incident, &same.who.person, &same.who.id);
	}
	if (res == RES_OK)
		res = incidents_fill(tx, a, &same.who);
	if (res == RES_OK)
		*same_r = same;
	return res;
}

static enum result join(struct tx *tx, const struct id *incident, const struct id *exposure, const struct exposure *same)
{
	bool there = !id_is_zero(&same->id);
	int64_t rev, changed = 0;
	enum result res = there ? db_do(tx, &outside_is_there, &changed, v_id(exposure), v_id(&same->id))
				: db_do(tx, &outside_is, &changed, v_id(exposure), v_id(&same->person));
	if (res == RES_OK && !changed)
		return RES_NONE;
	if (res == RES_OK && !there && *same->email)
		res = db_do(tx, &outside_again, NULL, v_id(exposure));
	if (res == RES_OK)
		res = incidents_next_rev(tx, &rev);
	return res == RES_OK ? db_do(tx, &outside_touch, NULL, v_id(incident), v_int(rev)) : res;
}

enum result incidents_say_same(struct tx *tx, const struct actor *who, const struct id *exposure, const struct id *person, bool same,
			       struct id *incident_r)
{
	struct arena *a = arena_new();
	struct exposure e, *people;
	struct incident_same found;
	struct id incident;
	size_t n;
	enum result res = incidents_of_exposure(tx, exposure, &incident);
	if (res == RES_OK)
		res = incidents_may_lead(tx, who, &incident);
	if (res != RES_OK)
		goto out;
	*incident_r = incident;
	res = incidents_person(tx, a, exposure, &e);
	if (res == RES_OK)
		res = incidents_people(tx, a, &incident, &people, &n);
	if (res == RES_OK)
		res = incidents_same(tx, a, &incident, people, n, &e, &found);
	if (res == RES_OK && !id_eq(&found.who.person, person))
		res = RES_NONE;
	if (res == RES_OK)
		res = same ? join(tx, &incident, exposure, &found.who) : db_do(tx, &outside_is_not, NULL, v_id(exposure), v_id(person));
out:
	arena_free(&a);
	return res;
}

/* ---- for the door ---- */

SQL(outside_twins, "b", "id:b person:b named:i",
    "SELECT twin.id, e.person, twin.named_day AS named FROM exposure twin JOIN exposure e ON e.id = twin.same_as "
    "WHERE twin.incident = $1 ORDER BY twin.seat, twin.id");

enum result incidents_twins(struct tx *tx, struct arena *a, const struct id *incident, struct door_exposure **list_r, size_t *n_r)
{
	struct rows *rows;
	struct door_exposure *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &outside_twins, &rows, v_id(incident));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct door_exposure){ .id = row_id(rows, 0), .person = row_id(rows, 1), .named = { (int32_t)row_int(rows, 2) } };
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}
