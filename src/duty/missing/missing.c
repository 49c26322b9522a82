#include "duty/missing/missing_rights.h"
#include "duty/missing/missing_round.h"

#include <string.h>

#include "duty/people/people.h"
#include "signin/signin.h"

#define MISSING_COLUMNS                                                                              \
	"id:b other:i day:i minute:i? place:t unit:b? name:t contact:t? number:t? teller:t? made:i state:i done:i? " \
	"incident:b?"
#define MISSING_SELECT                                                                               \
	"SELECT id, other, happened_day AS day, minute, place, unit, name, contact, number, teller, made_day AS made, state, " \
	"done_day AS done, incident FROM missing "

SQL(missing_insert, "bbiii?tb?tt?t?t?ii", "",
    "INSERT INTO missing (id, once, other, happened_day, minute, place, unit, name, contact, number, teller, made_day, state) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING");
SQL(missing_open_n, "i", "n:i", "SELECT COUNT(*) AS n FROM missing WHERE state = $1");
SQL(missing_by_once, "b", "n:i", "SELECT COUNT(*) AS n FROM missing WHERE once = $1");
SQL(missing_one, "b", MISSING_COLUMNS, MISSING_SELECT "WHERE id = $1");
SQL(missing_all, "i", MISSING_COLUMNS, MISSING_SELECT "WHERE state = $1 ORDER BY made_day, happened_day, id");
SQL(missing_give_unit, "bbib?", "",
    "UPDATE missing SET unit = $2, level = 0, told_day = NULL WHERE id = $1 AND state = $3 AND (unit = $4 OR (unit IS NULL AND $4 IS NULL))");
SQL(missing_decide, "biibb?i", "",
    "UPDATE missing SET state = $2, done_day = $3, done_by = $4, incident = $5 WHERE id = $1 AND state = $6");
/* Whoever was added stands in the incident now. */
SQL(missing_blot, "b", "",
    "UPDATE missing SET name = '', contact = NULL, number = NULL, teller = NULL WHERE id = $1");
SQL(missing_moves, "bb", "", "UPDATE missing SET unit = $2 WHERE unit = $1");
SQL(missing_drop, "i", "", "DELETE FROM missing WHERE done_day < $1");

/* ---- telling ---- */

/* Where the person works, when the number or the e-mail is hers alone. */
static enum result unit_of_person(struct tx *tx, struct arena *a, struct slice line, struct id *unit)
{
	struct person_lines found = { 0 };
	struct person p;
	if (!line.n || !id_is_zero(unit))
		return RES_OK;
	enum result res = people_pick(tx, a, line, &found);
	if (res == RES_OK && found.n == 1 && !found.more && people_get(tx, a, &found.list[0].id, &p) == RES_OK)
		*unit = p.unit;
	return res == RES_BAD ? RES_OK : res;
}

static enum result unit_for(struct tx *tx, struct arena *a, const struct missing_draft *d, struct id *unit_r)
{
	struct unit_line *units;
	size_t n;
	struct id unit = { { 0 } };
	enum result res = people_units(tx, a, &units, &n);
	if (res != RES_OK)
		return res;
	int i = missing_place_unit(d->place, units, n);
	if (i >= 0)
		unit = units[i].id;
	res = unit_of_person(tx, a, d->number, &unit);
	if (res == RES_OK && missing_is_mail(d->contact))
		res = unit_of_person(tx, a, d->contact, &unit);
	if (res == RES_OK)
		*unit_r = unit;
	return res;
}

static enum result count(struct tx *tx, const struct sql *sql, struct db_value of, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, sql, &rows, of);
	if (res == RES_OK) {
		*n_r = row_int(rows, 0);
		rows_end(&rows);
	}
	return res;
}

static struct db_value text_or_null(struct slice s)
{
	return s.n ? v_text(s) : v_null();
}

enum result missing_put(struct tx *tx, struct random_source *rnd, struct instant now, const struct missing_draft *d)
{
	struct day today = instant_day(now);
	struct arena *a = arena_new();
	struct id id, unit = { { 0 } };
	int64_t open = 0, there = 0;
	enum result res = missing_faults(d, today) ? RES_BAD : count(tx, &missing_by_once, v_id(&d->once), &there);
	if (res == RES_OK && !there)
		res = count(tx, &missing_open_n, v_int(MISSING_OPEN), &open);
	if (res == RES_OK && open >= MISSING_OPEN_MOST)
		res = RES_AGAIN;
	if (res == RES_OK && !there)
		res = unit_for(tx, a, d, &unit);
	if (res == RES_OK && !there) {
		id = id_new(rnd, "missing/id");
		res = db_do(tx, &missing_insert, NULL, v_id(&id), v_id(&d->once), v_int(d->other), v_int(d->day.n),
			    d->minute < 0 ? v_null() : v_int(d->minute), v_text(d->place), v_id(id_is_zero(&unit) ? NULL : &unit),
			    v_text(d->name), text_or_null(d->contact), text_or_null(d->number), text_or_null(d->teller),
			    v_int(today.n), v_int(MISSING_OPEN));
	}
	if (res == RES_OK && !there)
		res = missing_ask(tx, now);
	arena_free(&a);
	return res;
}

/* ---- reading ---- */

static const char *str(struct arena *a, struct rows *rows, int col)
{
	struct slice s = row_text(rows, col);
	return s.n ? arena_str(a, s) : "";
}

static struct missing missing_of(struct arena *a, struct rows *rows)
{
	return (struct missing){
		.id = row_id(rows, 0), .other = row_int(rows, 1), .day = { (int32_t)row_int(rows, 2) },
		.minute = row_null(rows, 3) ? -1 : (int)row_int(rows, 3), .place = str(a, rows, 4), .unit = row_id(rows, 5),
		.unit_path = "", .name = str(a, rows, 6), .contact = str(a, rows, 7), .number = str(a, rows, 8),
		.teller = str(a, rows, 9), .made = { (int32_t)row_int(rows, 10) },
		.state = (enum missing_state)row_int(rows, 11),
		.done = { row_null(rows, 12) ? 0 : (int32_t)row_int(rows, 12) }, .incident = row_id(rows, 13),
	};
}

static enum result place(struct tx *tx, struct arena *a, const struct missing_rights *r, struct missing *m)
{
	enum result res = id_is_zero(&m->unit) ? RES_NONE : people_unit_path(tx, a, &m->unit, &m->unit_path);
	if (res != RES_OK && res != RES_NONE)
		return res;
	missing_judge(r, m);
	return RES_OK;
}

enum result missing_list(struct tx *tx, struct arena *a, const struct actor *who, size_t most, struct missing **list_r,
			 size_t *n_r, size_t *more_r)
{
	struct missing_rights rights;
	struct rows *rows;
	struct missing *all = NULL;
	size_t all_n = 0, room = 0, n = 0, more = 0;
	enum result res = missing_rights(tx, a, who, &rights);
	if (res == RES_OK)
		res = db_ask(tx, &missing_all, &rows, v_int(MISSING_OPEN));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		all = arena_grow(a, all, all_n, &room, sizeof(*all));
		all[all_n++] = missing_of(a, rows);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	for (size_t i = 0; i < all_n; i++) {
		res = place(tx, a, &rights, &all[i]);
		if (res != RES_OK)
			return res;
		if (!all[i].reads && !all[i].sorts)
			continue;
		all[i].name = all[i].contact = all[i].number = all[i].teller = "";
		if (n < most)
			all[n++] = all[i];
		else
			more++;
	}
	*list_r = all;
	*n_r = n;
	*more_r = more;
	return RES_OK;
}

enum result missing_get(struct tx *tx, struct arena *a, const struct actor *who, const struct id *id, struct missing *missing_r)
{
	struct missing_rights rights;
	struct rows *rows;
	enum result res = missing_rights(tx, a, who, &rights);
	if (res == RES_OK)
		res = db_one(tx, &missing_one, &rows, v_id(id));
	if (res != RES_OK)
		return res;
	struct missing m = missing_of(a, rows);
	rows_end(&rows);
	res = place(tx, a, &rights, &m);
	if (res == RES_OK && !m.reads && !m.sorts)
		res = RES_REFUSED;
	if (res == RES_OK)
		*missing_r = m;
	return res;
}

enum result missing_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r)
{
	struct missing_holders led;
	struct unit_line *units;
	size_t units_n, n = 0;
	enum result res = missing_holders(tx, a, ROLE_LEADER, &led);
	if (res == RES_OK)
		res = people_units(tx, a, &units, &units_n);
	if (res != RES_OK)
		return res;
	for (size_t i = 0; i < units_n; i++)
		if (missing_led(&led, units[i].path))
			units[n++] = units[i];
	*list_r = units;
	*n_r = n;
	return RES_OK;
}

enum result missing_give(struct tx *tx, struct arena *a, struct instant now, const struct actor *who, const struct id *id,
			 const struct id *unit)
{
	struct missing m;
	struct unit_line *units;
	size_t n;
	bool known = false;
	int64_t changed = 0;
	enum result res = missing_get(tx, a, who, id, &m);
	if (res == RES_OK && m.state != MISSING_OPEN)
		res = RES_AGAIN;
	if (res == RES_OK && !m.sorts)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = missing_units(tx, a, &units, &n);
	for (size_t i = 0; res == RES_OK && i < n; i++)
		known |= id_eq(&units[i].id, unit);
	if (res == RES_OK && !known)
		res = RES_BAD;
	if (res == RES_OK)
		res = db_do(tx, &missing_give_unit, &changed, v_id(id), v_id(unit), v_int(MISSING_OPEN),
			    v_id(id_is_zero(&m.unit) ? NULL : &m.unit));
	if (res == RES_OK && !changed)
		res = RES_AGAIN;
	return res == RES_OK ? missing_ask(tx, now) : res;
}

/* ---- deciding ---- */

/* Of several who decide at once one changes the row. */
static enum result decide(struct tx *tx, struct day today, const struct actor *who, const struct id *id, enum missing_state was,
			  enum missing_state state, const struct id *incident)
{
	struct arena *a = arena_new();
	struct missing m;
	int64_t changed = 0;
	enum result res = missing_get(tx, a, who, id, &m);
	arena_free(&a);
	if (res == RES_OK && !m.reads)
		res = RES_REFUSED;
	if (res == RES_OK && was != MISSING_OPEN && was != MISSING_DECLINED)
		res = RES_AGAIN;
	if (res == RES_OK)
		res = db_do(tx, &missing_decide, &changed, v_id(id), v_int(state), v_int(today.n), v_id(&who->account),
			    v_id(incident), v_int(was));
	if (res == RES_OK && !changed)
		res = RES_AGAIN;
	if (res == RES_OK && state != MISSING_DECLINED)
		res = db_do(tx, &missing_blot, NULL, v_id(id));
	return res;
}

enum result missing_add(struct tx *tx, struct random_source *rnd, struct day today, const struct actor *who, const struct id *id,
			enum missing_state was, const struct id *incident, const struct incident_seat *seat, unsigned *faults,
			bool *there_r)
{
	int added = 0;
	*faults = 0;
	enum result res = incidents_may_lead(tx, who, incident);
	if (res == RES_NONE)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = incidents_add(tx, rnd, today, who, incident, seat, 1, faults, &added);
	if (res == RES_OK)
		res = decide(tx, today, who, id, was, added ? MISSING_ADDED : MISSING_THERE, incident);
	if (res == RES_OK)
		*there_r = !added;
	return res;
}

/* The one person whom a number or an e-mail means. */
static enum result sure_person(struct tx *tx, struct arena *a, const struct missing *m, struct incident_begin *b)
{
	const char *const lines[] = { m->number, missing_is_mail(slice_of(m->contact)) ? m->contact : "" };
	for (size_t i = 0; i < ARRAY_LEN(lines) && !b->has_seat; i++) {
		struct person_lines found = { 0 };
		enum result res = *lines[i] ? people_pick(tx, a, slice_of(lines[i]), &found) : RES_BAD;
		if (res != RES_OK && res != RES_BAD)
			return res;
		if (res == RES_OK && found.n == 1 && !found.more) {
			b->seat.person = found.list[0].id;
			b->has_seat = true;
		}
	}
	return RES_OK;
}

enum result missing_begin(struct tx *tx, struct arena *a, const struct actor *who, const struct id *id,
			  struct incident_begin *begin_r)
{
	struct missing m;
	struct person_lines found = { 0 };
	struct incident_begin b = { 0 };
	enum result res = missing_get(tx, a, who, id, &m);
	if (res == RES_OK && !m.reads)
		res = RES_REFUSED;
	if (res == RES_OK && m.state != MISSING_OPEN && m.state != MISSING_DECLINED)
		res = RES_NONE;
	if (res != RES_OK)
		return res;
	b = (struct incident_begin){ .day = m.day, .minute = m.minute, .unit = m.unit };
	res = sure_person(tx, a, &m, &b);
	if (res == RES_OK && !b.has_seat) {
		b.query = slice_of(m.name);
		res = people_search(tx, a, b.query, &found);
		if (res == RES_BAD)
			res = RES_OK;
	}
	if (res == RES_OK && !b.has_seat && !found.n && incident_phone_ok(slice_of(m.contact))) {
		b.seat.name = b.query;
		b.seat.phone = slice_of(m.contact);
		b.query = (struct slice){ 0 };
		b.has_seat = true;
	}
	if (res == RES_OK)
		*begin_r = b;
	return res;
}

/* "+47 00 00 00 09" and "0047 00000009" are the same phone. */
static bool same_phone(struct slice x, struct slice y)
{
	struct slice two[] = { x, y };
	char digits[2][INCIDENTS_PHONE_MOST + 1];
	for (size_t i = 0; i < ARRAY_LEN(two); i++) {
		size_t n = 0;
		if (!incident_phone_ok(two[i]))
			return false;
		for (size_t k = 0; k < two[i].n && n < INCIDENTS_PHONE_MOST; k++)
			if (two[i].p[k] >= '0' && two[i].p[k] <= '9')
				digits[i][n++] = two[i].p[k];
		digits[i][n] = '\0';
		if (digits[i][0] == '0' && digits[i][1] == '0')
			memmove(digits[i], digits[i] + 2, n - 1);
	}
	return strcmp(digits[0], digits[1]) == 0;
}

/* Whether this seat is whoever was told of: the one whom number or e-mail mean; where they mean nobody, somebody of that name or phone. A
   protected name is compared with nothing. */
static enum result seat_is_meant(struct tx *tx, struct arena *a, const struct missing *m, const struct incident_begin *sure,
				 const struct incident_seat *seat, bool *yes_r)
{
	struct slice name = slice_of(m->name), contact = slice_of(m->contact);
	struct person p;
	*yes_r = false;
	if (!seat_is_affected(seat->part))
		return RES_OK;
	if (sure->has_seat) {
		*yes_r = id_eq(&seat->person, &sure->seat.person);
		return RES_OK;
	}
	if (id_is_zero(&seat->person)) {
		*yes_r = same_phone(seat->phone, contact) || people_may_be_called(a, name, arena_str(a, seat->name));
		return RES_OK;
	}
	enum result res = people_get(tx, a, &seat->person, &p);
	if (res == RES_OK)
		*yes_r = same_phone(slice_of(p.phone), contact) || same_phone(slice_of(p.private_phone), contact) ||
			 (!p.is_protected && people_may_be_called(a, name, p.name));
	return res == RES_NONE ? RES_OK : res;
}

enum result missing_made(struct tx *tx, struct day today, const struct actor *who, const struct id *id, const struct id *incident,
			 const struct incident_draft *draft, bool *waits_r)
{
	struct arena *a = arena_new();
	struct missing m;
	struct incident_begin sure = { 0 };
	bool there = false;
	enum result res = missing_get(tx, a, who, id, &m);
	if (res == RES_OK && !m.reads)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = sure_person(tx, a, &m, &sure);
	for (size_t i = 0; res == RES_OK && i < draft->seats_n && !there; i++)
		res = seat_is_meant(tx, a, &m, &sure, &draft->seats[i], &there);
	if (res == RES_OK && there)
		res = decide(tx, today, who, id, m.state, MISSING_ADDED, incident);
	if (res == RES_OK)
		*waits_r = !there;
	arena_free(&a);
	return res;
}

enum result missing_decline(struct tx *tx, struct day today, const struct actor *who, const struct id *id)
{
	return decide(tx, today, who, id, MISSING_OPEN, MISSING_DECLINED, NULL);
}

enum result missing_unit_became(struct tx *tx, const struct id *unit, const struct id *becomes)
{
	return db_do(tx, &missing_moves, NULL, v_id(unit), v_id(becomes));
}

enum result missing_tidy(struct tx *tx, struct day today)
{
	return db_do(tx, &missing_drop, NULL, v_int(day_add(today, -MISSING_KEPT_DAYS).n));
}
