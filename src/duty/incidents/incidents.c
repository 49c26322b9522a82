#include "duty/incidents/incidents_inside.h"
#include "duty/incidents/incidents_parties.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people.h"
#include "signin/signin.h"

#define INCIDENT_COLUMNS "id:b kind:i severity:i happened:i unit:b sentence:t made_by:b made:i"
#define INCIDENT_SELECT                                                                          \
	"SELECT id, kind, severity, happened_at AS happened, unit, sentence, made_by, made_at AS made FROM incident "

SQL(incident_put, "biiibtbibi", "",
    "INSERT INTO incident (id, kind, severity, happened_at, unit, sentence, made_by, made_at, once, rev) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
SQL(incident_once, "b", "id:b made_by:b", "SELECT id, made_by FROM incident WHERE once = $1");
SQL(incident_get, "b", INCIDENT_COLUMNS, INCIDENT_SELECT "WHERE id = $1");
SQL(incident_in_unit, "bi", INCIDENT_COLUMNS,
    INCIDENT_SELECT "WHERE unit = $1 ORDER BY happened_at DESC, id LIMIT $2");
SQL(incident_touch, "bi", "", "UPDATE incident SET rev = $2 WHERE id = $1");
SQL(rev_next, "", "", "UPDATE incident_rev SET rev = rev + 1 WHERE one = 1");
SQL(rev_get, "", "rev:i", "SELECT rev FROM incident_rev WHERE one = 1");
SQL(exposure_put, "bbb?t?t?t?iii", "",
    "INSERT INTO exposure (id, incident, person, outside_name, outside_phone, outside_lang, how, seat, named_day) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING");
#define EXPOSURE_COLUMNS "id:b person:b? name:t? phone:t? lang:t? how:i named:i"
#define EXPOSURE_SELECT "SELECT id, person, outside_name AS name, outside_phone AS phone, outside_lang AS lang, how, named_day AS named FROM exposure "
SQL(exposure_list, "b", EXPOSURE_COLUMNS, EXPOSURE_SELECT "WHERE incident = $1 AND same_as IS NULL ORDER BY seat, id");
SQL(exposure_get, "b", EXPOSURE_COLUMNS, EXPOSURE_SELECT "WHERE id = $1");
SQL(exposure_seats, "b", "n:i", "SELECT CAST(COALESCE(MAX(seat), 0) AS BIGINT) AS n FROM exposure WHERE incident = $1");
SQL(exposure_count, "b", "n:i", "SELECT COUNT(*) AS n FROM exposure WHERE incident = $1 AND same_as IS NULL");
/* All that cross the door. */
SQL(exposure_rows, "b", "n:i", "SELECT COUNT(*) AS n FROM exposure WHERE incident = $1");
SQL(exposure_incident, "b", "incident:b", "SELECT incident FROM exposure WHERE id = $1");
SQL(coverage_start, "b", "", "INSERT INTO coverage (exposure) VALUES ($1)");

/* ---- who may ---- */

enum result incidents_units(struct tx *tx, struct arena *a, const struct actor *who, struct incident_unit **list_r,
			    size_t *n_r)
{
	struct unit_line *all;
	struct incidents_reach scope;
	size_t all_n, n = 0;
	enum result res = people_units(tx, a, &all, &all_n);
	if (res == RES_OK)
		res = incidents_reach(tx, a, who, ROLE_LEADER, &scope);
	if (res != RES_OK)
		return res;
	struct incident_unit *list = arena_array(a, struct incident_unit, all_n);
	for (size_t i = 0; i < all_n; i++)
		if (incidents_reaches(&scope, all[i].path))
			list[n++] = (struct incident_unit){ all[i].id, all[i].path, all[i].name };
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

/* ---- registering ---- */

enum result incidents_rev(struct tx *tx, int64_t *rev_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &rev_get, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		*rev_r = row_int(rows, 0);
		rows_end(&rows);
	}
	return res;
}

enum result incidents_next_rev(struct tx *tx, int64_t *rev_r)
{
	enum result res = db_do_n(tx, &rev_next, NULL, DB_NO_VALUES);
	return res == RES_OK ? incidents_rev(tx, rev_r) : res;
}

/* One more exposure; *new_r false when the person is in the incident already. */
static enum result put_seat(struct tx *tx, struct random_source *rnd, const struct id *incident,
			    const struct incident_seat *s, int64_t seat, struct day today, bool *new_r)
{
	if (!seat_is_affected(s->part)) {
		*new_r = false;
		return RES_OK;
	}
	struct id id = id_new(rnd, "incidents/exposure");
	bool outside = id_is_zero(&s->person);
	int64_t changed;
	enum result res = db_do(tx, &exposure_put, &changed, v_id(&id), v_id(incident),
				outside ? v_null() : v_id(&s->person), outside ? v_text(s->name) : v_null(),
				outside ? v_text(s->phone) : v_null(),
				outside ? v_str(lang_code(s->lang)) : v_null(), v_int(s->how), v_int(seat), v_int(today.n));
	if (res == RES_OK && changed)
		res = db_do(tx, &coverage_start, NULL, v_id(&id));
	if (res == RES_OK)
		*new_r = changed;
	return res;
}

static enum result put_seats(struct tx *tx, struct random_source *rnd, struct arena *a, const struct id *incident,
			     const struct incident_seat *seats, size_t n, int64_t seat, struct day today, int *added_r, int *parties_r)
{
	int added = 0, parties = 0;
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < n; i++) {
		bool fresh = false, party = false;
		struct person p;
		if (!id_is_zero(&seats[i].person)) {
			res = people_get(tx, a, &seats[i].person, &p);
			if (res == RES_NONE || (res == RES_OK && p.ended))
				res = RES_BAD; /* nobody the form could have offered */
		}
		if (res == RES_OK)
			res = put_seat(tx, rnd, incident, &seats[i], ++seat, today, &fresh);
		if (res == RES_OK && seats[i].part != SEAT_AFFECTED)
			res = id_is_zero(&seats[i].person) ? RES_BAD : incidents_party_put(tx, incident, &seats[i].person, seats[i].part == SEAT_REVIEWS, &party);
		added += fresh;
		parties += party;
	}
	if (res == RES_OK) {
		*added_r = added;
		*parties_r = parties;
	}
	return res;
}

enum result incidents_register(struct tx *tx, struct random_source *rnd, struct instant now, const struct actor *who,
			       const struct incident_draft *d, struct id *incident_r)
{
	struct rows *rows;
	struct arena *a = arena_new();
	const char *path;
	int64_t rev;
	int added, parties;
	struct id id;
	enum result res = db_one(tx, &incident_once, &rows, v_id(&d->once));
	if (res == RES_OK) {
		struct id by = row_id(rows, 1);
		id = row_id(rows, 0);
		rows_end(&rows);
		res = id_eq(&by, &who->account) ? RES_OK : RES_BAD;
		goto out;
	}
	if (res != RES_NONE)
		goto out;
	res = incident_faults(d, now) ? RES_BAD : people_unit_path(tx, a, &d->unit, &path);
	if (res == RES_NONE)
		res = RES_BAD;
	if (res == RES_OK)
		res = incidents_may_on(tx, a, who, ROLE_LEADER, path);
	if (res == RES_OK)
		res = incidents_next_rev(tx, &rev);
	id = id_new(rnd, "incidents/incident");
	if (res == RES_OK)
		res = db_do(tx, &incident_put, NULL, v_id(&id), v_int(d->kind), v_int(d->severity),
			    v_int(d->happened.s), v_id(&d->unit), v_text(d->sentence), v_id(&who->account),
			    v_int(now.s), v_id(&d->once), v_int(rev));
	if (res == RES_OK)
		res = put_seats(tx, rnd, a, &id, d->seats, d->seats_n, 0, instant_day(now), &added, &parties);
out:
	arena_free(&a);
	if (res == RES_OK)
		*incident_r = id;
	return res;
}

static enum result count_of(struct tx *tx, const struct sql *sql, const struct id *incident, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, sql, &rows, v_id(incident));
	if (res == RES_OK) {
		*n_r = row_int(rows, 0);
		rows_end(&rows);
	}
	return res;
}

enum result incidents_affected(struct tx *tx, const struct id *incident, int64_t *n_r)
{
	return count_of(tx, &exposure_count, incident, n_r);
}

enum result incidents_add(struct tx *tx, struct random_source *rnd, struct day today, const struct actor *who,
			  const struct id *incident, const struct incident_seat *seats, size_t n, unsigned *faults, int *added_r)
{
	struct arena *a = arena_new();
	struct rows *rows;
	int64_t seat = 0, rev, all;
	int added = 0, parties = 0;
	*faults = incident_people_faults(seats, n);
	enum result res = incidents_may_lead(tx, who, incident);
	if (res == RES_OK && *faults)
		res = RES_BAD;
	if (res == RES_OK)
		res = db_one(tx, &exposure_seats, &rows, v_id(incident));
	if (res == RES_OK) {
		seat = row_int(rows, 0);
		rows_end(&rows);
		res = put_seats(tx, rnd, a, incident, seats, n, seat, today, &added, &parties);
	}
	if (res == RES_OK)
		res = count_of(tx, &exposure_rows, incident, &all);
	/* Only whoever is new makes it too many: an incident of before this limit may be shown and saved again. */
	if (res == RES_OK && added && all > INCIDENTS_PEOPLE_MOST) {
		*faults = FAULT_MANY;
		res = RES_BAD;
	}
	if (res == RES_OK && (added || parties))
		res = incidents_next_rev(tx, &rev);
	if (res == RES_OK && (added || parties))
		res = db_do(tx, &incident_touch, NULL, v_id(incident), v_int(rev));
	arena_free(&a);
	if (res == RES_OK)
		*added_r = added;
	return res;
}

/* ---- reading ---- */

static struct incident incident_of(struct rows *rows, struct arena *a)
{
	return (struct incident){
		.id = row_id(rows, 0),
		.kind = (enum incident_kind)row_int(rows, 1),
		.severity = (int)row_int(rows, 2),
		.happened = { row_int(rows, 3) },
		.unit = row_id(rows, 4),
		.sentence = arena_str(a, row_text(rows, 5)),
		.made_by = row_id(rows, 6),
		.made = { row_int(rows, 7) },
		.unit_path = "",
	};
}

static enum result get(struct tx *tx, struct arena *a, const struct id *id, struct incident *incident_r)
{
	struct rows *rows;
	struct incident in;
	enum result res = db_one(tx, &incident_get, &rows, v_id(id));
	if (res != RES_OK)
		return res;
	in = incident_of(rows, a);
	rows_end(&rows);
	res = people_unit_path(tx, a, &in.unit, &in.unit_path);
	if (res == RES_OK)
		*incident_r = in;
	return res;
}

/* Whether she leads it. RES_REFUSED: she is a party to it, and not even to see it. */
static enum result leads(struct tx *tx, struct arena *a, const struct actor *who, const struct incident *in, bool *leads_r)
{
	struct incidents_ids barred;
	bool falls = false;
	enum result res = incidents_barred(tx, a, &who->account, &barred);
	if (res != RES_OK)
		return res;
	if (incidents_ids_hold(&barred, &in->id))
		return RES_REFUSED;
	res = incidents_may_on(tx, a, who, ROLE_LEADER, in->unit_path);
	*leads_r = res == RES_OK;
	if (res != RES_REFUSED)
		return res;
	res = incidents_may_on(tx, a, who, ROLE_SAFETY, in->unit_path);
	if (res == RES_OK)
		res = incidents_falls_to_safety(tx, a, &in->id, in->unit_path, &falls);
	*leads_r = falls;
	return res == RES_REFUSED ? RES_OK : res;
}

enum result incidents_get(struct tx *tx, struct arena *a, const struct actor *who, const struct id *id,
			  struct incident *incident_r)
{
	struct incident in;
	enum result res = get(tx, a, id, &in);
	if (res == RES_OK)
		res = incidents_may_on(tx, a, who, ROLE_LEADER | ROLE_SAFETY, in.unit_path);
	if (res == RES_OK)
		res = leads(tx, a, who, &in, &in.leads);
	if (res == RES_OK)
		*incident_r = in;
	return res;
}

enum result incidents_may_lead(struct tx *tx, const struct actor *who, const struct id *incident)
{
	struct arena *a = arena_new();
	struct incident in;
	bool hers = false;
	enum result res = get(tx, a, incident, &in);
	if (res == RES_OK)
		res = leads(tx, a, who, &in, &hers);
	arena_free(&a);
	return res == RES_OK && !hers ? RES_REFUSED : res;
}

static struct exposure exposure_of(struct rows *rows, struct arena *a)
{
	return (struct exposure){
		.id = row_id(rows, 0), .person = row_id(rows, 1), .outside = row_null(rows, 1),
		.name = arena_str(a, row_text(rows, 2)), .phone = arena_str(a, row_text(rows, 3)),
		.lang = arena_str(a, row_text(rows, 4)), .number = "", .unit_path = "", .profession = "", .email = "",
		.how = (enum exposure_how)row_int(rows, 5), .named = { (int32_t)row_int(rows, 6) },
	};
}

/* What the directory knows of her. */
enum result incidents_fill(struct tx *tx, struct arena *a, struct exposure *e)
{
	struct person p;
	if (e->outside)
		return RES_OK;
	enum result res = people_get(tx, a, &e->person, &p);
	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	e->is_protected = p.is_protected;
	e->name = p.is_protected ? "" : p.name;
	e->number = p.number;
	e->unit_path = p.unit_path;
	e->profession = p.profession;
	e->email = p.email;
	e->phone = p.phone;
	e->lang = p.lang;
	return RES_OK;
}

enum result incidents_people(struct tx *tx, struct arena *a, const struct id *incident, struct exposure **list_r,
			     size_t *n_r)
{
	struct rows *rows;
	struct exposure *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &exposure_list, &rows, v_id(incident));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = exposure_of(rows, a);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < n; i++)
		res = incidents_fill(tx, a, &list[i]);
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result incidents_person(struct tx *tx, struct arena *a, const struct id *exposure, struct exposure *exposure_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &exposure_get, &rows, v_id(exposure));
	if (res != RES_OK)
		return res;
	struct exposure e = exposure_of(rows, a);
	rows_end(&rows);
	res = incidents_fill(tx, a, &e);
	if (res == RES_OK)
		*exposure_r = e;
	return res;
}

enum result incidents_parties(struct tx *tx, struct arena *a, const struct id *incident, struct exposure **list_r, size_t *n_r)
{
	struct incidents_ids parties, reviewers = { 0 };
	enum result res = incidents_party_ids(tx, a, incident, &parties);
	if (res == RES_OK)
		res = incidents_reviewer_ids(tx, a, incident, &reviewers);
	if (res != RES_OK)
		return res;
	struct exposure *list = arena_array(a, struct exposure, parties.n);
	for (size_t i = 0; res == RES_OK && i < parties.n; i++) {
		list[i] = (struct exposure){ .person = parties.list[i], .reviews = incidents_ids_hold(&reviewers, &parties.list[i]) };
		res = incidents_fill(tx, a, &list[i]);
	}
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = parties.n;
	return RES_OK;
}

/* Reads rows into list, at most `most`. */
static enum result read_incidents(struct rows **rows, struct arena *a, size_t most, struct incident *list, size_t *n)
{
	enum result res = RES_NONE;
	while (*n < most && (res = rows_next(*rows)) == RES_OK)
		list[(*n)++] = incident_of(*rows, a);
	rows_end(rows);
	return res == RES_NONE ? RES_OK : res;
}

static int newer_first(const void *a, const void *b)
{
	const struct incident *x = a, *y = b;
	if (x->happened.s != y->happened.s)
		return x->happened.s < y->happened.s ? 1 : -1;
	return id_cmp(&x->id, &y->id);
}

enum result incidents_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most,
			   struct incident **list_r, size_t *n_r)
{
	struct unit_line *units;
	size_t units_n, n = 0, room = 0;
	struct incident *list = NULL;
	struct incidents_reach scope, led;
	struct incidents_ids barred;
	enum result res = people_units(tx, a, &units, &units_n);
	if (res == RES_OK)
		res = incidents_reach(tx, a, who, ROLE_LEADER | ROLE_SAFETY, &scope);
	if (res == RES_OK)
		res = incidents_reach(tx, a, who, ROLE_LEADER, &led);
	if (res == RES_OK)
		res = incidents_barred(tx, a, &who->account, &barred);
	for (size_t i = 0; res == RES_OK && i < units_n; i++) {
		struct rows *rows;
		if (!incidents_reaches(&scope, units[i].path))
			continue;
		res = db_ask(tx, &incident_in_unit, &rows, v_id(&units[i].id), v_int((int64_t)most));
		if (res != RES_OK)
			break;
		if (n + most > room) {
			struct incident *more = arena_array(a, struct incident, room = 2 * (n + most));
			if (n)
				memcpy(more, list, n * sizeof(*list));
			list = more;
		}
		size_t from = n;
		res = read_incidents(&rows, a, n + most, list, &n);
		size_t kept = from;
		for (size_t k = from; res == RES_OK && k < n; k++) {
			if (incidents_ids_hold(&barred, &list[k].id))
				continue;
			list[kept] = list[k];
			list[kept].unit_path = units[i].path;
			list[kept].leads = incidents_reaches(&led, units[i].path);
			if (!list[kept].leads)
				res = incidents_falls_to_safety(tx, a, &list[kept].id, units[i].path, &list[kept].leads);
			kept++;
		}
		n = kept;
	}
	if (res != RES_OK)
		return res;
	if (n)
		qsort(list, n, sizeof(*list), newer_first);
	*list_r = list;
	*n_r = n < most ? n : most;
	return RES_OK;
}

enum result incidents_of_exposure(struct tx *tx, const struct id *exposure, struct id *incident_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &exposure_incident, &rows, v_id(exposure));
	if (res == RES_OK)
		*incident_r = row_id(rows, 0);
	rows_end(&rows);
	return res;
}
