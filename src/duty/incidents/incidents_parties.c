/* Who is a party to an incident or reviews it, and so sees nothing of it (PRODUCT.md § 4). */
#include <stdlib.h>

#include "duty/incidents/incidents_parties.h"
#include "duty/people/people.h"
#include "signin/signin.h"

SQL(party_put, "bbi", "", "INSERT INTO party (incident, person, reviews) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
SQL(party_list, "b", "person:b", "SELECT person FROM party WHERE incident = $1 ORDER BY person");
SQL(party_reviewers, "b", "person:b", "SELECT person FROM party WHERE incident = $1 AND reviews = 1 ORDER BY person");
SQL(party_incidents, "b", "incident:b", "SELECT incident FROM party WHERE person = $1 ORDER BY incident");
SQL(party_where, "b", "unit:b happened:i", "SELECT unit, happened_at AS happened FROM incident WHERE id = $1");
SQL(party_count, "b", "n:i", "SELECT COUNT(*) AS n FROM party WHERE incident = $1");

enum result incidents_party_put(struct tx *tx, const struct id *incident, const struct id *person, bool reviews, bool *new_r)
{
	struct rows *rows;
	int64_t changed, n;
	enum result res = db_do(tx, &party_put, &changed, v_id(incident), v_id(person), v_int(reviews));
	if (res == RES_OK)
		res = db_one(tx, &party_count, &rows, v_id(incident));
	if (res != RES_OK)
		return res;
	n = row_int(rows, 0);
	rows_end(&rows);
	if (n > INCIDENTS_PARTIES_MOST)
		return RES_BAD;
	*new_r = changed;
	return RES_OK;
}

static enum result ids(struct tx *tx, struct arena *a, const struct sql *sql, const struct id *of, struct incidents_ids *list)
{
	struct rows *rows;
	size_t room = list->n;
	enum result res = db_ask(tx, sql, &rows, v_id(of));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list->list = arena_grow(a, list->list, list->n, &room, sizeof(*list->list));
		list->list[list->n++] = row_id(rows, 0);
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

enum result incidents_party_ids(struct tx *tx, struct arena *a, const struct id *incident, struct incidents_ids *list_r)
{
	struct incidents_ids list = { 0 };
	enum result res = ids(tx, a, &party_list, incident, &list);
	if (res == RES_OK)
		*list_r = list;
	return res;
}

enum result incidents_reviewer_ids(struct tx *tx, struct arena *a, const struct id *incident, struct incidents_ids *list_r)
{
	struct incidents_ids list = { 0 };
	enum result res = ids(tx, a, &party_reviewers, incident, &list);
	if (res == RES_OK)
		*list_r = list;
	return res;
}

bool incidents_ids_hold(const struct incidents_ids *list, const struct id *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (id_eq(&list->list[i], id))
			return true;
	return false;
}

/* Of several all count, since it may be any of them. */
enum result incidents_persons_of(struct tx *tx, struct arena *a, const struct id *account, struct incidents_ids *list_r)
{
	struct account acc;
	struct id *found;
	size_t n;
	enum result res = signin_get(tx, a, account, &acc);
	if (res == RES_OK)
		res = people_of_email(tx, a, acc.email, &found, &n);
	if (res != RES_OK)
		return res;
	struct incidents_ids list = { arena_array(a, struct id, n + 1), 0 };
	if (!id_is_zero(&acc.of_whom))
		list.list[list.n++] = acc.of_whom;
	for (size_t i = 0; i < n; i++)
		list.list[list.n++] = found[i];
	*list_r = list;
	return RES_OK;
}

enum result incidents_barred(struct tx *tx, struct arena *a, const struct id *account, struct incidents_ids *list_r)
{
	struct incidents_ids persons, list = { 0 };
	enum result res = incidents_persons_of(tx, a, account, &persons);
	if (res == RES_NONE) {
		*list_r = list;
		return RES_OK;
	}
	for (size_t i = 0; res == RES_OK && i < persons.n; i++) {
		struct incidents_ids some = { 0 };
		res = ids(tx, a, &party_incidents, &persons.list[i], &some);
		if (res != RES_OK || !some.n)
			continue;
		struct id *both = arena_array(a, struct id, list.n + some.n);
		for (size_t k = 0; k < list.n + some.n; k++)
			both[k] = k < list.n ? list.list[k] : some.list[k - list.n];
		list = (struct incidents_ids){ both, list.n + some.n };
	}
	if (res == RES_OK)
		*list_r = list;
	return res;
}

static enum result where_of(struct tx *tx, struct arena *a, const struct id *incident, struct incident_where *where_r)
{
	struct rows *rows;
	struct incident_where where = { "", { 0 } };
	enum result res = db_one(tx, &party_where, &rows, v_id(incident));
	if (res != RES_OK)
		return res;
	struct id unit = row_id(rows, 0);
	where.day = instant_day((struct instant){ row_int(rows, 1) });
	rows_end(&rows);
	res = people_unit_path(tx, a, &unit, &where.unit_path);
	if (res == RES_OK)
		*where_r = where;
	return res;
}

enum result incidents_party_to(struct tx *tx, struct arena *a, const struct id *account, struct incident_where **list_r, size_t *n_r)
{
	struct incidents_ids ids = { 0 };
	enum result res = incidents_barred(tx, a, account, &ids);
	struct incident_where *list = arena_array(a, struct incident_where, ids.n);
	size_t n = 0;
	for (size_t i = 0; res == RES_OK && i < ids.n; i++) {
		res = where_of(tx, a, &ids.list[i], &list[n]);
		if (res == RES_OK)
			n++;
		res = res == RES_NONE ? RES_OK : res;
	}
	if (res == RES_OK) {
		*list_r = list;
		*n_r = n;
	}
	return res;
}

/* Whether the account is one of these parties. */
static enum result among(struct tx *tx, struct arena *a, const struct incidents_ids *parties, const struct id *account, bool *yes_r)
{
	struct incidents_ids persons = { 0 };
	bool yes = false;
	enum result res = incidents_persons_of(tx, a, account, &persons);
	if (res == RES_NONE)
		res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < persons.n; i++)
		yes |= incidents_ids_hold(parties, &persons.list[i]);
	if (res == RES_OK)
		*yes_r = yes;
	return res;
}

/* What is known of those who lead a unit, or represent it. */
struct led {
	bool left; /* somebody does who is none of `but` */
	bool any;  /* one of `but` does */
};

static enum result led_by(struct tx *tx, struct arena *a, enum role role, const char *unit_path, const struct incidents_ids *but, struct led *led_r)
{
	struct signin_holder *leaders;
	size_t n;
	struct led led = { false, false };
	enum result res = signin_holders(tx, a, role, &leaders, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		const char *path = "";
		bool is_one = false;
		struct incidents_reach reach = { .paths = &path, .n = 1, .whole = id_is_zero(&leaders[i].unit) };
		res = reach.whole ? RES_OK : people_unit_path(tx, a, &leaders[i].unit, &path);
		if (res == RES_NONE) {
			res = RES_OK;
			continue;
		}
		if (res != RES_OK || !(reach.whole || incidents_reaches(&reach, unit_path)))
			continue;
		res = among(tx, a, but, &leaders[i].account, &is_one);
		led.left |= !is_one;
		led.any |= is_one;
	}
	if (res == RES_OK)
		*led_r = led;
	return res;
}

enum result incidents_falls_to_safety(struct tx *tx, struct arena *a, const struct id *incident, const char *unit_path, bool *yes_r)
{
	struct incidents_ids parties;
	struct led led = { false, false };
	enum result res = incidents_party_ids(tx, a, incident, &parties);
	if (res != RES_OK || !parties.n) {
		*yes_r = false;
		return res;
	}
	res = led_by(tx, a, ROLE_LEADER, unit_path, &parties, &led);
	if (res == RES_OK)
		*yes_r = !led.left;
	return res;
}

enum result incidents_followed(struct tx *tx, struct arena *a, const struct id *incident, bool *yes_r)
{
	struct incidents_ids parties;
	struct incident_where where;
	struct led led = { false, false };
	enum result res = incidents_party_ids(tx, a, incident, &parties);
	if (res == RES_OK && !parties.n) {
		*yes_r = true;
		return RES_OK;
	}
	if (res == RES_OK)
		res = where_of(tx, a, incident, &where);
	if (res == RES_OK)
		res = led_by(tx, a, ROLE_LEADER, where.unit_path, &parties, &led);
	if (res == RES_OK && !led.left)
		res = led_by(tx, a, ROLE_SAFETY, where.unit_path, &parties, &led);
	if (res == RES_OK)
		*yes_r = led.left;
	return res;
}

/* Whether she leads the unit herself, and nobody else does who may: then nobody above follows up on her. */
static enum result leads_alone(struct tx *tx, struct arena *a, const struct incident *in, const struct id *person, bool *yes_r)
{
	struct incidents_ids parties, her = { arena_array(a, struct id, 1), 1 };
	struct led others = { false, false }, she = { false, false };
	her.list[0] = *person;
	enum result res = led_by(tx, a, ROLE_LEADER, in->unit_path, &her, &she);
	bool others_too = res == RES_OK && she.any && she.left; /* who may be parties */
	if (others_too)
		res = incidents_party_ids(tx, a, &in->id, &parties);
	if (res == RES_OK && others_too) {
		struct id *both = arena_array(a, struct id, parties.n + 1);
		for (size_t i = 0; i < parties.n; i++)
			both[i] = parties.list[i];
		both[parties.n] = *person;
		res = led_by(tx, a, ROLE_LEADER, in->unit_path, &(struct incidents_ids){ both, parties.n + 1 }, &others);
	}
	if (res == RES_OK)
		*yes_r = she.any && !others.left;
	return res;
}

enum result incidents_unfollowed(struct tx *tx, struct arena *a, const struct id *incident, const char *unit_path, const struct id *person,
				 bool *yes_r)
{
	struct incident in = { .id = *incident, .unit_path = unit_path };
	struct incidents_ids parties;
	struct led safety = { false, false };
	bool alone = false;
	enum result res = leads_alone(tx, a, &in, person, &alone);
	if (res == RES_OK && alone)
		res = incidents_party_ids(tx, a, incident, &parties);
	if (res == RES_OK && alone) {
		struct id *both = arena_array(a, struct id, parties.n + 1);
		for (size_t i = 0; i < parties.n; i++)
			both[i] = parties.list[i];
		both[parties.n] = *person;
		res = led_by(tx, a, ROLE_SAFETY, unit_path, &(struct incidents_ids){ both, parties.n + 1 }, &safety);
	}
	if (res == RES_OK)
		*yes_r = alone && !safety.left;
	return res;
}

enum result incidents_leading(struct tx *tx, struct arena *a, const char *unit_path, struct incidents_ids *persons_r)
{
	struct signin_holder *leaders;
	struct incidents_ids list = { 0 };
	size_t n;
	enum result res = signin_holders(tx, a, ROLE_LEADER, &leaders, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		const char *path = "";
		struct incidents_ids some = { 0 };
		struct incidents_reach reach = { .paths = &path, .n = 1, .whole = id_is_zero(&leaders[i].unit) };
		res = reach.whole ? RES_OK : people_unit_path(tx, a, &leaders[i].unit, &path);
		if (res == RES_OK && (reach.whole || incidents_reaches(&reach, unit_path)))
			res = incidents_persons_of(tx, a, &leaders[i].account, &some);
		res = res == RES_NONE ? RES_OK : res;
		struct id *both = some.n ? arena_array(a, struct id, list.n + some.n) : list.list;
		for (size_t k = 0; some.n && k < list.n + some.n; k++)
			both[k] = k < list.n ? list.list[k] : some.list[k - list.n];
		list = (struct incidents_ids){ both, list.n + some.n };
	}
	if (res == RES_OK)
		*persons_r = list;
	return res;
}

enum result incidents_follows(struct tx *tx, struct arena *a, const struct actor *who, const struct incident *in,
			      const struct exposure *e, enum incident_follow *follow_r)
{
	struct incidents_ids own;
	bool hers = false, alone = false;
	if (e->outside) {
		*follow_r = in->leads ? FOLLOW_UP : FOLLOW_NOT;
		return RES_OK;
	}
	enum result res = incidents_persons_of(tx, a, &who->account, &own);
	if (res == RES_OK)
		hers = incidents_ids_hold(&own, &e->person);
	else if (res == RES_NONE)
		res = RES_OK;
	if (res == RES_OK && !hers && !in->leads)
		res = leads_alone(tx, a, in, &e->person, &alone);
	if (res == RES_OK)
		*follow_r = hers ? FOLLOW_HERSELF : in->leads || alone ? FOLLOW_UP : FOLLOW_NOT;
	return res;
}

enum result incidents_may_follow(struct tx *tx, struct arena *a, const struct actor *who, const struct id *exposure, struct incident *in_r)
{
	struct exposure e;
	struct incident in;
	struct id incident;
	enum incident_follow follow = FOLLOW_NOT;
	enum result res = incidents_of_exposure(tx, exposure, &incident);
	if (res == RES_OK)
		res = incidents_get(tx, a, who, &incident, &in);
	if (res == RES_OK)
		res = incidents_person(tx, a, exposure, &e);
	if (res == RES_OK)
		res = incidents_follows(tx, a, who, &in, &e, &follow);
	if (res == RES_OK && follow != FOLLOW_UP)
		res = RES_REFUSED;
	if (res == RES_OK)
		*in_r = in;
	return res;
}
