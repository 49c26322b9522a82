/* An incident as haven hears of it. */
#include <stdlib.h>
#include <string.h>

#include "duty/incidents/incidents_inside.h"
#include "duty/incidents/incidents_parties.h"
#include "duty/people/people.h"

SQL(changed_after, "ii", "id:b rev:i severity:i happened:i unit:b sentence:t group_asked:i? group_told:i?",
    "SELECT id, rev, severity, happened_at AS happened, unit, sentence, group_asked_day AS group_asked, group_told "
    "FROM incident WHERE rev > $1 ORDER BY rev LIMIT $2");

static int by_id(const void *a, const void *b)
{
	return id_cmp(a, b);
}

/* Many have the same leader. *list is sorted, and each stands in it once; → how many. */
static size_t each_once(struct id *list, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(list, n, sizeof(*list), by_id);
	for (size_t i = 0; i < n; i++)
		if (!kept || !id_eq(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	return kept;
}

/* Who may not be sent as a supporter: the affected and their line leaders, the parties, and who leads the unit. The list lives in `a`; all
   else that is read goes into `scratch`. */
static enum result excluded_of(struct tx *tx, struct arena *a, struct arena *scratch, const struct id *unit,
			       const struct exposure *people, size_t n, struct door_incident *out)
{
	struct person_lines leaders;
	struct incidents_ids parties;
	enum result res = people_unit_leaders(tx, scratch, unit, &leaders);
	if (res == RES_NONE)
		leaders.n = 0;
	else if (res != RES_OK)
		return res;
	res = incidents_party_ids(tx, scratch, &out->id, &parties);
	if (res != RES_OK)
		return res;
	struct id *list = arena_array(a, struct id, 2 * n + leaders.n + parties.n);
	size_t listed = 0;
	for (size_t i = 0; i < n; i++) {
		struct person p;
		if (people[i].outside)
			continue;
		list[listed++] = people[i].person;
		res = people_get(tx, scratch, &people[i].person, &p);
		if (res != RES_OK)
			return res;
		if (!id_is_zero(&p.leader))
			list[listed++] = p.leader;
	}
	for (size_t i = 0; i < leaders.n; i++)
		list[listed++] = leaders.list[i].id;
	for (size_t i = 0; i < parties.n; i++)
		list[listed++] = parties.list[i];
	out->excluded = list;
	out->excluded_n = each_once(list, listed);
	return RES_OK;
}

static struct door_exposure for_haven(struct arena *a, const struct exposure *e)
{
	if (!e->outside)
		return (struct door_exposure){ .id = e->id, .named = e->named, .person = e->person };
	return (struct door_exposure){ .id = e->id, .named = e->named, .outside = true, .name = arena_str(a, slice_of(e->name)),
				       .phone = arena_str(a, slice_of(e->phone)), .lang = arena_str(a, slice_of(e->lang)) };
}

/* On whom nobody of ours may follow up: asked only of who leads the unit. */
static enum result alone_of(struct tx *tx, struct arena *scratch, struct door_incident *out)
{
	struct incidents_ids leading;
	enum result res = incidents_leading(tx, scratch, out->unit, &leading);
	for (size_t i = 0; res == RES_OK && i < out->exposures_n; i++) {
		struct door_exposure *e = &out->exposures[i];
		if (!e->outside && incidents_ids_hold(&leading, &e->person))
			res = incidents_unfollowed(tx, scratch, &out->id, out->unit, &e->person, &e->alone);
	}
	return res;
}

/* By when the session for all of them is to be held; 0: nobody asks for one, or haven has told what became of it. */
static struct instant group_by(struct rows *rows)
{
	bool asked = !row_null(rows, 6), told = !row_null(rows, 7);
	return asked && !told ? instant_add((struct instant){ row_int(rows, 3) }, INCIDENTS_GROUP_HOURS * 3600) : (struct instant){ 0 };
}

/* After everybody else, so that haven meets first who counts. Nobody follows up on them. */
static enum result add_twins(struct tx *tx, struct arena *a, struct arena *scratch, struct door_incident *out)
{
	struct door_exposure *twins;
	size_t n;
	enum result res = incidents_twins(tx, scratch, &out->id, &twins, &n);
	if (res != RES_OK || !n)
		return res;
	struct door_exposure *all = arena_array(a, struct door_exposure, out->exposures_n + n);
	if (out->exposures_n)
		memcpy(all, out->exposures, out->exposures_n * sizeof(*all));
	memcpy(all + out->exposures_n, twins, n * sizeof(*all));
	out->exposures = all;
	out->exposures_n += n;
	return RES_OK;
}

struct change {
	struct door_incident out;
	struct id unit;
	int64_t rev;
};

/* Only what is told stays in `a`: twenty incidents with all that is known of a thousand people each would be more than an
   arena holds. */
static enum result fill(struct tx *tx, struct arena *a, struct change *c)
{
	struct arena *scratch = arena_new();
	struct exposure *people;
	size_t n;
	enum result res = people_unit_path(tx, a, &c->unit, &c->out.unit);
	if (res == RES_OK)
		res = incidents_people(tx, scratch, &c->out.id, &people, &n);
	if (res == RES_OK) {
		c->out.exposures = arena_array(a, struct door_exposure, n);
		c->out.exposures_n = n;
		for (size_t i = 0; i < n; i++)
			c->out.exposures[i] = for_haven(a, &people[i]);
		res = excluded_of(tx, a, scratch, &c->unit, people, n, &c->out);
	}
	if (res == RES_OK)
		res = alone_of(tx, scratch, &c->out);
	if (res == RES_OK)
		res = add_twins(tx, a, scratch, &c->out);
	arena_free(&scratch);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result incidents_changes(struct tx *tx, struct arena *a, int64_t after, size_t most, struct door_incidents *out_r)
{
	struct rows *rows;
	struct change changes[DOOR_INCIDENTS_MOST + 1];
	size_t n = 0;
	most = most < DOOR_INCIDENTS_MOST ? most : DOOR_INCIDENTS_MOST;
	enum result res = db_ask(tx, &changed_after, &rows, v_int(after), v_int((int64_t)most + 1));
	if (res != RES_OK)
		return res;
	while (n < ARRAY_LEN(changes) && (res = rows_next(rows)) == RES_OK)
		changes[n++] = (struct change){
			.rev = row_int(rows, 1), .unit = row_id(rows, 4),
			.out = { .id = row_id(rows, 0), .severity = (int)row_int(rows, 2),
				 .day = instant_day((struct instant){ row_int(rows, 3) }), .title = arena_str(a, row_text(rows, 5)),
				 .group = group_by(rows) },
		};
	rows_end(&rows);
	if (res != RES_NONE && res != RES_OK)
		return res;
	struct door_incidents out = { .to = after, .more = n > most };
	out.n = out.more ? most : n;
	out.list = arena_array(a, struct door_incident, out.n);
	for (size_t i = 0; i < out.n; i++) {
		res = fill(tx, a, &changes[i]);
		if (res != RES_OK)
			return res;
		out.list[i] = changes[i].out;
		out.to = changes[i].rev;
	}
	*out_r = out;
	return RES_OK;
}

/* ---- a unit has become another ---- */

SQL(became_list, "b", "id:b", "SELECT id FROM incident WHERE unit = $1 ORDER BY id");
SQL(became_there, "bbi", "", "UPDATE incident SET unit = $2, rev = $3 WHERE id = $1");

enum result incidents_unit_became(struct tx *tx, const struct id *unit, const struct id *becomes)
{
	struct arena *a = arena_new();
	struct id *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	int64_t rev;
	enum result res = db_ask(tx, &became_list, &rows, v_id(unit));
	if (res != RES_OK)
		goto out;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = row_id(rows, 0);
	}
	rows_end(&rows);
	res = res == RES_NONE ? RES_OK : res;
	for (size_t i = 0; i < n && res == RES_OK; i++) {
		res = incidents_next_rev(tx, &rev);
		if (res == RES_OK)
			res = db_do(tx, &became_there, NULL, v_id(&list[i]), v_id(becomes), v_int(rev));
	}
out:
	arena_free(&a);
	return res;
}

/* ---- who leads has changed ---- */

SQL(again_list, "i", "id:b unit:b",
    "SELECT id, unit FROM incident WHERE id IN (SELECT incident FROM exposure WHERE named_day >= $1 AND person IS NOT NULL) ORDER BY id");
SQL(again_people, "b", "person:b", "SELECT person FROM exposure WHERE incident = $1 AND person IS NOT NULL ORDER BY seat, id");
SQL(again_put, "bi", "", "UPDATE incident SET rev = $2 WHERE id = $1");

struct recent {
	struct id incident, unit;
};

/* Whether somebody who leads where it happened was affected. */
static enum result leader_affected(struct tx *tx, struct arena *a, const struct recent *in, bool *yes_r)
{
	const char *path;
	struct incidents_ids leading = { 0 };
	struct rows *rows;
	bool yes = false;
	enum result res = people_unit_path(tx, a, &in->unit, &path);
	if (res == RES_OK)
		res = incidents_leading(tx, a, path, &leading);
	if (res == RES_OK)
		res = db_ask(tx, &again_people, &rows, v_id(&in->incident));
	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id person = row_id(rows, 0);
		yes |= incidents_ids_hold(&leading, &person);
	}
	rows_end(&rows);
	if (res == RES_NONE)
		*yes_r = yes;
	return res == RES_NONE ? RES_OK : res;
}

static enum result tell_again(struct tx *tx, const struct recent *in)
{
	struct arena *a = arena_new();
	bool yes = false;
	int64_t rev;
	enum result res = leader_affected(tx, a, in, &yes);
	if (res == RES_OK && yes)
		res = incidents_next_rev(tx, &rev);
	if (res == RES_OK && yes)
		res = db_do(tx, &again_put, NULL, v_id(&in->incident), v_int(rev));
	arena_free(&a);
	return res;
}

enum result incidents_tell_again(struct tx *tx, struct day today)
{
	struct arena *a = arena_new();
	struct recent *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &again_list, &rows, v_int(today.n - INCIDENTS_AGAIN_DAYS));
	if (res != RES_OK)
		goto out;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct recent){ row_id(rows, 0), row_id(rows, 1) };
	}
	rows_end(&rows);
	res = res == RES_NONE ? RES_OK : res;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = tell_again(tx, &list[i]);
out:
	arena_free(&a);
	return res;
}
