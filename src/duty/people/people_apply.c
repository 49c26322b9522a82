/* The writing half of the store: what an import changes. */
#include "duty/people/people_store.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_text.h"

SQL(directory_lock, "", "", "UPDATE directory_rev SET rev = rev WHERE one = 1");
SQL(directory_rev_now, "", "rev:i", "SELECT rev FROM directory_rev WHERE one = 1");
SQL(directory_rev_set, "i", "", "UPDATE directory_rev SET rev = $1 WHERE one = 1");

SQL(unit_add, "bt?tt", "", "INSERT INTO unit (id, code, name, path) VALUES ($1, $2, $3, $4)");
SQL(unit_set_path, "bt", "", "UPDATE unit SET path = $2 WHERE id = $1");
SQL(unit_set, "bb?tt", "", "UPDATE unit SET parent = $2, name = $3, path = $4 WHERE id = $1");

SQL(person_place_last, "", "place:i", "SELECT COALESCE(MAX(place), 0) AS place FROM person");
SQL(person_add, "bt?tt?t?bt?t?b?t?t?t?b?iiiii", "",
    "INSERT INTO person (id, employee_number, name, given, family, folded, email, phone, unit, profession, level, lang, "
    "leader, leads, staff_responsibility, protected, place, rev) VALUES "
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
SQL(person_set, "bt?tt?t?bt?t?b?t?t?t?b?iiii", "",
    "UPDATE person SET employee_number = $2, name = $3, given = $4, family = $5, folded = $6, email = $7, phone = $8, "
    "unit = $9, profession = $10, level = $11, lang = $12, leader = $13, leads = $14, staff_responsibility = $15, "
    "protected = $16, rev = $17, ended_day = NULL WHERE id = $1");
SQL(person_end, "bii", "", "UPDATE person SET ended_day = $2, rev = $3 WHERE id = $1");

SQL(person_words_drop, "b", "", "DELETE FROM person_word WHERE person = $1");
SQL(person_word_add, "bb", "", "INSERT INTO person_word (word, person) VALUES ($1, $2)");

enum result people_store_rev(struct tx *tx, int64_t *rev_r)
{
	struct rows *rows = NULL;
	enum result res = db_one_n(tx, &directory_rev_now, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*rev_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result people_store_lock(struct tx *tx, int64_t *rev_r)
{
	enum result res = db_do_n(tx, &directory_lock, NULL, DB_NO_VALUES);

	return res == RES_OK ? people_store_rev(tx, rev_r) : res;
}

static struct db_value opt(struct slice s)
{
	return s.n ? v_text(s) : v_null();
}

/* ---- units ---- */

static enum result apply_units(struct tx *tx, struct random_source *rnd, const struct people_directory *old,
			       struct people_plan *plan)
{
	enum result res = RES_OK;

	/* Paths are unique at every moment, and two units may change names with each other: so each changed unit steps aside first. */
	for (size_t i = 0; i < plan->units && res == RES_OK; i++) {
		struct people_unit *u = &plan->unit[i];
		struct id_text aside;

		if (!plan->unit_changed[i])
			continue;
		if (i >= old->units)
			u->id = id_new(rnd, "people/unit");
		aside = id_text(&u->id);
		if (i >= old->units)
			res = db_do(tx, &unit_add, NULL, v_id(&u->id), opt(u->code), v_text(u->name), v_str(aside.s));
		else
			res = db_do(tx, &unit_set_path, NULL, v_id(&u->id), v_str(aside.s));
	}
	for (size_t i = 0; i < plan->units && res == RES_OK; i++) {
		const struct people_unit *u = &plan->unit[i];

		if (plan->unit_changed[i])
			res = db_do(tx, &unit_set, NULL, v_id(&u->id),
				    v_id(u->parent >= 0 ? &plan->unit[u->parent].id : NULL), v_text(u->name),
				    v_text(u->path));
	}
	return res;
}

/* ---- people ---- */

struct applying {
	struct tx *tx;
	struct people_plan *plan;
	int64_t rev, place;
};

static enum result write_words(struct applying *ap, struct arena *a, const struct people_record *r, bool had_some)
{
	struct slice word[PEOPLE_WORDS_MAX];
	enum result res = had_some ? db_do(ap->tx, &person_words_drop, NULL, v_id(&r->id)) : RES_OK;
	size_t n;

	if (r->is_protected || r->ended != PEOPLE_CURRENT)
		return res;
	n = people_words(a, r->name, word, ARRAY_LEN(word));
	for (size_t i = 0; i < n && res == RES_OK; i++)
		res = db_do(ap->tx, &person_word_add, NULL, v_bytes(word[i].p, word[i].n), v_id(&r->id));
	return res;
}

static const struct id *unit_id(const struct applying *ap, const struct people_record *r)
{
	return r->unit >= 0 ? &ap->plan->unit[r->unit].id : NULL;
}

static const struct id *leader_id(const struct applying *ap, const struct people_record *r)
{
	return r->leader >= 0 ? &ap->plan->person[r->leader].now.id : NULL;
}

/* A name of nothing but accents folds to nothing: it is sorted as it is. */
static struct slice sort_key(struct arena *a, struct slice name)
{
	struct slice folded = people_fold(a, name);

	return folded.n ? folded : name;
}

static enum result add_person(struct applying *ap, const struct people_record *r)
{
	struct arena *a = arena_new();
	struct slice folded = sort_key(a, r->name);
	enum result res = db_do(ap->tx, &person_add, NULL, v_id(&r->id), opt(r->number), v_text(r->name), opt(r->given),
				opt(r->family), v_bytes(folded.p, folded.n), opt(r->email), opt(r->phone),
				v_id(unit_id(ap, r)), opt(r->profession), opt(r->level), opt(r->lang),
				v_id(leader_id(ap, r)), v_int(r->leads), v_int(r->staff), v_int(r->is_protected),
				v_int(++ap->place), v_int(++ap->rev));

	if (res == RES_OK)
		res = write_words(ap, a, r, false);
	arena_free(&a);
	return res;
}

static enum result change_person(struct applying *ap, const struct people_outcome *o)
{
	const struct people_record *r = &o->now;
	struct arena *a = arena_new();
	struct slice folded = sort_key(a, r->name);
	enum result res = db_do(ap->tx, &person_set, NULL, v_id(&r->id), opt(r->number), v_text(r->name), opt(r->given),
				opt(r->family), v_bytes(folded.p, folded.n), opt(r->email), opt(r->phone),
				v_id(unit_id(ap, r)), opt(r->profession), opt(r->level), opt(r->lang),
				v_id(leader_id(ap, r)), v_int(r->leads), v_int(r->staff), v_int(r->is_protected),
				v_int(++ap->rev));

	if (res == RES_OK && o->changed & (PC_NAME | PC_PROTECTED | PC_RETURNED))
		res = write_words(ap, a, r, true);
	arena_free(&a);
	return res;
}

static enum result apply_person(struct applying *ap, const struct people_outcome *o)
{
	enum result res;

	switch (o->fate) {
	case PEOPLE_UNCHANGED:
		return RES_OK;
	case PEOPLE_ADDED:
		return add_person(ap, &o->now);
	case PEOPLE_CHANGED:
		return change_person(ap, o);
	case PEOPLE_ENDED:
		res = db_do(ap->tx, &person_end, NULL, v_id(&o->now.id), v_int(o->now.ended), v_int(++ap->rev));
		return res == RES_OK ? db_do(ap->tx, &person_words_drop, NULL, v_id(&o->now.id)) : res;
	}
	return RES_OK;
}

static enum result place_last(struct tx *tx, int64_t *place_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &person_place_last, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*place_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result people_store_apply(struct tx *tx, struct random_source *rnd, const struct people_directory *old,
			       struct people_plan *plan, int64_t rev)
{
	struct applying ap = { .tx = tx, .plan = plan, .rev = rev };
	enum result res = apply_units(tx, rnd, old, plan);

	if (res == RES_OK)
		res = place_last(tx, &ap.place);
	for (size_t i = old->people; i < plan->people; i++)
		plan->person[i].now.id = id_new(rnd, "people/person");
	for (size_t i = 0; i < plan->people && res == RES_OK; i++)
		res = apply_person(&ap, &plan->person[i]);
	/* Changed units alone, too, make what was planned by the old ones stale. */
	if (ap.rev == rev && (plan->units_added || plan->units_changed))
		ap.rev++;
	if (res == RES_OK && ap.rev != rev)
		res = db_do(tx, &directory_rev_set, NULL, v_int(ap.rev));
	return res;
}
