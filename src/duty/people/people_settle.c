/* When everybody is matched: who is new, who is missing, who leads whom, and what differs. */
#include "duty/people/people_became.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_cells.h"
#include "duty/people/people_index.h"

_Static_assert(PEOPLE_ADDED == 1 && PEOPLE_LEFT == 5 && PEOPLE_EXTRA == 7 && PEOPLE_BAD == 8,
	       "the sentences name them by number");
/* "fate <= 1": pending or added, so somebody of the file who works here. */

/* ---- row by row ---- */

struct walk {
	struct staging *s;
	enum people_fate fate;
	enum result (*one)(struct tx *tx, struct staging *s, struct staged *row);
	int64_t after;
	struct staged *list;
	size_t n;
};

static enum result walk_read(struct tx *tx, void *ctx)
{
	struct walk *w = ctx;

	return stage_next(tx, w->s->a, w->fate, false, w->after, w->list, &w->n);
}

static enum result walk_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct walk *w = ctx;
	enum result res = RES_OK;

	for (size_t i = 0; i < w->n && res == RES_OK; i++) {
		struct staged row = w->list[i];

		res = w->one(tx, s, &row);
	}
	return res;
}

/* Every row of a fate, in pieces. The sum tells a page how far it is: four walks over all of them. */
static enum result walk(struct staging *s, enum people_fate fate, bool counts,
			enum result (*one)(struct tx *tx, struct staging *s, struct staged *row))
{
	struct walk w = { s, fate, one, INT64_MIN, must_alloc(PIECE, sizeof(*w.list)), 0 };
	enum result res;

	do {
		stage_fresh(s);
		res = db_read(s->db, walk_read, &w);
		if (res == RES_OK && w.n) {
			w.after = w.list[w.n - 1].line;
			res = stage_piece(s, walk_work, &w, counts ? (int64_t)w.n : 0);
		}
	} while (res == RES_OK && w.n);
	free(w.list);
	return res;
}

/* ---- new, or with an end date that has passed ---- */

static enum result settle_row(struct tx *tx, struct staging *s, struct staged *row)
{
	bool left = row->r.ended != PEOPLE_CURRENT;
	struct people_record was;
	enum result res;

	if (id_is_zero(&row->r.id)) {
		row->fate = left ? PEOPLE_GONE : PEOPLE_ADDED;
		if (!left)
			row->r.id = id_new(s->rnd, "people/person");
		return stage_set(tx, row);
	}
	if (!left)
		return RES_OK;
	res = stage_person(tx, s->a, &row->r.id, &was);
	if (res == RES_OK)
		res = stage_fate(tx, row->line, was.ended == PEOPLE_CURRENT ? PEOPLE_LEFT : PEOPLE_GONE, 0, PEOPLE_SURE);
	return res;
}

/* ---- who is not in the file ---- */

SQL(settle_anybodys, "", "n:i",
    "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM import_row WHERE fate = 8 AND person IS NULL AND employee_number IS NULL "
    "LIMIT 1) s");
SQL(settle_absent, "ii", RECORD_COLUMNS " place:i",
    "SELECT " RECORD_OF("p") ", p.place AS place FROM person p WHERE p.ended_day IS NULL AND p.place > $1 AND "
			     "NOT EXISTS (SELECT 1 FROM import_row r WHERE r.person = p.id) ORDER BY p.place LIMIT $2");
SQL(settle_current, "", "n:i", "SELECT COUNT(*) AS n FROM person WHERE ended_day IS NULL");
SQL(settle_current_in, "b", "n:i", "SELECT COUNT(*) AS n FROM person WHERE unit = $1 AND ended_day IS NULL");

static enum result count(struct tx *tx, const struct sql *sentence, const struct id *unit, int64_t *n_r)
{
	struct rows *rows;
	enum result res = unit ? db_one(tx, sentence, &rows, v_id(unit)) : db_one_n(tx, sentence, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

static enum result count_work(struct tx *tx, void *ctx)
{
	struct staging *s = ctx;
	int64_t n = 0;
	enum result res = count(tx, &settle_anybodys, NULL, &n);

	s->unsure = n || s->unreadable;
	s->of_whom = 0;
	if (res != RES_OK || s->wish->missing != PEOPLE_LEAVE_UNITS)
		return res == RES_OK ? count(tx, &settle_current, NULL, &s->of_whom) : res;
	for (size_t u = 0; u < s->named_n && res == RES_OK; u++) {
		if (!s->named[u])
			continue;
		res = count(tx, &settle_current_in, &people_tree_at(s->tree, (int)u)->id, &n);
		s->of_whom += res == RES_OK ? n : 0;
	}
	return res;
}

struct absent {
	struct staging *s;
	int64_t after, seen;
	struct staged *list;
	size_t n;
};

static int unit_number(const struct staging *s, const struct id *unit)
{
	return id_is_zero(unit) ? -1 : people_index_get(s->unit_of, slice_bytes(unit->b, ID_BYTES));
}

static bool leaves(const struct staging *s, const struct people_record *r)
{
	int unit = unit_number(s, &r->unit);

	if (s->wish->missing == PEOPLE_LEAVE_UNITS)
		return unit >= 0 && (size_t)unit < s->named_n && s->named[unit];
	return s->wish->missing == PEOPLE_LEAVE;
}

static bool path_changed(const struct staging *s, const struct people_record *r)
{
	int unit = unit_number(s, &r->unit);

	return unit >= 0 && people_tree_path_changed(s->tree, unit);
}

static enum result absent_read(struct tx *tx, void *ctx)
{
	struct absent *b = ctx;
	struct rows *rows;
	enum result res = db_ask(tx, &settle_absent, &rows, v_int(b->after), v_int(PIECE));

	b->n = 0;
	b->seen = 0;
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		b->list[b->n++] = (struct staged){ .line = -row_int(rows, RECORD_N), .r = stage_record(rows, b->s->a, 0) };
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result absent_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct absent *b = ctx;
	enum result res = RES_OK;

	b->seen = 0;
	for (size_t i = 0; i < b->n && res == RES_OK; i++) {
		struct staged row = b->list[i];
		bool would = leaves(s, &row.r) || s->wish->missing == PEOPLE_STAY;

		b->seen += would;
		if (would && s->wish->missing != PEOPLE_STAY && !s->unsure) {
			row.fate = PEOPLE_LEFT;
			row.r.ended = s->wish->today.n;
			res = stage_add(tx, &row);
		} else if (path_changed(s, &row.r)) {
			/* A unit that got another path is another unit to haven, which knows paths only. */
			res = stage_add(tx, &row);
		}
	}
	return res;
}

static enum result settle_absent_people(struct staging *s)
{
	struct absent b = { .s = s, .after = INT64_MIN, .list = must_alloc(PIECE, sizeof(*b.list)) };
	enum result res;

	do {
		stage_fresh(s);
		res = db_read(s->db, absent_read, &b);
		if (res == RES_OK && b.n) {
			b.after = -b.list[b.n - 1].line;
			res = stage_piece(s, absent_work, &b, 0);
			s->missing += b.seen;
		}
	} while (res == RES_OK && b.n);
	free(b.list);
	return res;
}

/* ---- leaders ---- */

/* Somebody of the file, or of the directory and not in it. */
SQL(settle_by_email, "t", "id:b",
    "SELECT r.person AS id FROM import_row r WHERE r.email = $1 AND +r.fate <= 1 UNION ALL "
    "SELECT p.id AS id FROM person p WHERE p.email = $1 AND p.ended_day IS NULL AND "
    "NOT EXISTS (SELECT 1 FROM import_row x WHERE x.person = p.id) LIMIT 2");
SQL(settle_by_number, "t", "id:b",
    "SELECT r.person AS id FROM import_row r WHERE r.employee_number = $1 AND +r.fate <= 1 UNION ALL "
    "SELECT p.id AS id FROM person p WHERE p.employee_number = $1 AND p.ended_day IS NULL AND "
    "NOT EXISTS (SELECT 1 FROM import_row x WHERE x.person = p.id) LIMIT 2");
SQL(settle_leader, "ib", "", "UPDATE import_row SET leader = $2, leader_said = NULL WHERE line = $1");

static enum result find_leader(struct tx *tx, const struct sql *sentence, struct slice key, bool only, struct id *leader_r)
{
	struct rows *rows;
	size_t n = 0;
	enum result res = db_ask(tx, sentence, &rows, v_text(key));

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id one = row_id(rows, 0);

		if (!n++)
			*leader_r = one;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	return n == 1 || (n && !only) ? RES_OK : RES_NONE;
}

static enum result lead_by_reference(struct tx *tx, struct staging *s, struct staged *row)
{
	struct slice who = row->leader_said, address;
	const char *why;
	struct id leader;
	enum result res;

	if (!who.n)
		return RES_OK;
	if (people_email(s->a, who, &address, &why) == RES_OK)
		res = find_leader(tx, &settle_by_email, address, true, &leader);
	else
		res = find_leader(tx, &settle_by_number, who, false, &leader);
	if (res == RES_NONE) {
		stage_complain(s, row->line, people_file_columns(s->file)->at[PF_LEADER], true,
			       "nobody has this e-mail or employee number; the person is without a leader");
		return RES_OK;
	}
	if (res != RES_OK || id_eq(&leader, &row->r.id))
		return res;
	return db_do(tx, &settle_leader, NULL, v_int(row->line), v_id(&leader));
}

/* Who is marked as leader, of the file and of the directory: by the order in which they came. */
#define FIRST_NEW "4611686018427387904" /* behind everybody who is in the directory */
SQL(settle_marked, "ii", "line:i unit:b person:b place:i",
    "SELECT r.line AS line, r.unit AS unit, r.person AS person, COALESCE(p.place, " FIRST_NEW " + r.line) AS place "
    "FROM import_row r LEFT JOIN person p ON p.id = r.person WHERE r.leads = 1 AND +r.fate <= 1 AND r.unit IS NOT NULL AND "
    "r.line > $1 ORDER BY r.line LIMIT $2");
SQL(settle_marked_absent, "ii", "line:i unit:b person:b place:i",
    "SELECT p.place AS line, p.unit AS unit, p.id AS person, p.place AS place FROM person p WHERE p.leads = 1 AND "
    "p.ended_day IS NULL AND p.unit IS NOT NULL AND p.place > $1 AND "
    "NOT EXISTS (SELECT 1 FROM import_row x WHERE x.person = p.id) ORDER BY p.place LIMIT $2");

/* The leader of each unit, in memory: it grows with the units. */
struct lead {
	struct id person;
	int64_t place;
};

struct marked {
	struct staging *s;
	const struct sql *sentence;
	struct lead *of;
	int64_t after;
	size_t n;
};

static enum result marked_work(struct tx *tx, void *ctx)
{
	struct marked *m = ctx;
	struct rows *rows;
	int64_t after = m->after;
	enum result res = db_ask(tx, m->sentence, &rows, v_int(m->after), v_int(PIECE));

	m->n = 0;
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id unit = row_id(rows, 1), person = row_id(rows, 2);
		int64_t place = row_int(rows, 3);
		int u = unit_number(m->s, &unit);

		after = row_int(rows, 0);
		m->n++;
		if (u >= 0 && place < m->of[u].place)
			m->of[u] = (struct lead){ person, place };
	}
	rows_end(&rows);
	m->after = after;
	return res == RES_NONE ? RES_OK : res;
}

static enum result find_marked(struct staging *s, const struct sql *sentence, struct lead *of)
{
	struct marked m = { s, sentence, of, INT64_MIN, 0 };
	enum result res;

	do
		res = db_read(s->db, marked_work, &m);
	while (res == RES_OK && m.n);
	return res;
}

/* The nearest leader: of the unit, or of the first unit above that has another. */
static enum result lead_by_unit(struct tx *tx, struct staging *s, struct staged *row)
{
	int unit = unit_number(s, &row->r.unit);

	if (row->line < 0)
		return RES_OK;
	for (; unit >= 0; unit = people_tree_at(s->tree, unit)->parent) {
		const struct lead *l = &s->lead[unit];

		if (l->place != INT64_MAX && !id_eq(&l->person, &row->r.id))
			return db_do(tx, &settle_leader, NULL, v_int(row->line), v_id(&l->person));
	}
	return RES_OK;
}

static enum result lead_by_flags(struct staging *s)
{
	size_t n = people_tree_size(s->tree);
	enum result res;

	s->lead = must_alloc(n + 1, sizeof(*s->lead));
	for (size_t u = 0; u < n; u++)
		s->lead[u].place = INT64_MAX;
	res = find_marked(s, &settle_marked, s->lead);
	if (res == RES_OK)
		res = find_marked(s, &settle_marked_absent, s->lead);
	if (res == RES_OK)
		res = walk(s, PEOPLE_PENDING, true, lead_by_unit);
	if (res == RES_OK)
		res = walk(s, PEOPLE_ADDED, true, lead_by_unit);
	free(s->lead);
	return res;
}

/* ---- who leads somebody has staff responsibility, whatever the file says (PRODUCT.md § 1, promise 5) ---- */

SQL(settle_lines, "", "least:i? most:i?", "SELECT MIN(line) AS least, MAX(line) AS most FROM import_row WHERE fate <= 1");
SQL(settle_staff, "ii", "",
    "UPDATE import_row SET staff_responsibility = 1 WHERE line >= $1 AND line < $2 AND staff_responsibility = 0 AND +fate <= 1 "
    "AND (EXISTS (SELECT 1 FROM import_row o WHERE o.leader = import_row.person AND +o.fate <= 1) OR "
    "EXISTS (SELECT 1 FROM person p WHERE p.leader = import_row.person AND p.ended_day IS NULL AND "
    "NOT EXISTS (SELECT 1 FROM import_row x WHERE x.person = p.id)))");
SQL(settle_absent_leaders, "bi", RECORD_COLUMNS " place:i",
    "SELECT " RECORD_OF("p") ", p.place AS place FROM person p WHERE p.id > $1 AND p.staff_responsibility = 0 AND "
			     "p.ended_day IS NULL AND EXISTS (SELECT 1 FROM import_row o WHERE o.leader = p.id AND +o.fate <= 1) "
			     "AND NOT EXISTS (SELECT 1 FROM import_row x WHERE x.person = p.id) ORDER BY p.id LIMIT $2");

struct range {
	int64_t from, to;
};

static enum result lines_work(struct tx *tx, void *ctx)
{
	struct range *r = ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &settle_lines, &rows, DB_NO_VALUES);

	*r = (struct range){ 0, 0 };
	if (res == RES_OK) {
		int none = (int)row_null(rows, 0) + (int)row_null(rows, 1); /* both are looked at */
		r->from = none ? 0 : row_int(rows, 0);
		r->to = none ? 0 : row_int(rows, 1) + 1;
	}
	rows_end(&rows);
	return res;
}

static enum result staff_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct range *r = ctx;

	(void)s;
	return db_do(tx, &settle_staff, NULL, v_int(r->from), v_int(r->to));
}

struct absent_leaders {
	struct staging *s;
	struct id after;
	size_t n;
};

static enum result absent_leaders_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct absent_leaders *l = ctx;
	struct rows *rows;
	struct id last = l->after;
	enum result res = db_ask(tx, &settle_absent_leaders, &rows, v_id(&l->after), v_int(PIECE));

	l->n = 0;
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct staged row = { .line = -row_int(rows, RECORD_N), .r = stage_record(rows, s->a, 0) };

		row.r.staff = true;
		last = row.r.id;
		l->n++;
		res = stage_add(tx, &row);
		if (res != RES_OK)
			break;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	l->after = last;
	return RES_OK;
}

static enum result settle_staff_of_leaders(struct staging *s)
{
	struct absent_leaders l = { .s = s };
	struct range all, r;
	enum result res = db_read(s->db, lines_work, &all);

	for (r.from = all.from; res == RES_OK && r.from < all.to; r.from = r.to) {
		r.to = r.from + 5 * PIECE < all.to ? r.from + 5 * PIECE : all.to;
		res = stage_piece(s, staff_work, &r, 0);
	}
	if (res != RES_OK)
		return res;
	do {
		stage_fresh(s);
		res = stage_piece(s, absent_leaders_work, &l, 0);
	} while (res == RES_OK && l.n);
	return res;
}

/* ---- what differs ---- */

static enum result differ(struct tx *tx, struct staging *s, struct staged *row)
{
	struct people_record was;
	enum result res = stage_person(tx, s->a, &row->r.id, &was);
	enum people_fate fate;
	enum people_doubt doubt;
	unsigned changed;

	if (res != RES_OK)
		return res == RES_NONE ? RES_BROKEN : res;
	changed = people_plan_difference(&was, &row->r, path_changed(s, &row->r));
	doubt = people_plan_doubtful(&was, &row->r) ? PEOPLE_ASKED : PEOPLE_SURE;
	fate = changed & PC_RETURNED ? PEOPLE_RETURNED : changed ? PEOPLE_CHANGED : PEOPLE_UNCHANGED;
	return stage_fate(tx, row->line, fate, changed, doubt);
}

/* ---- units, and the end ---- */

SQL(settle_unit, "bb?t?tti", "",
    "INSERT INTO import_unit (id, parent, code, name, path, is_new) VALUES ($1, $2, $3, $4, $5, $6)");
SQL(settle_planned, "biiiii", "",
    "UPDATE import SET state = 3, unreadable = $2, missing = $3, of_whom = $4, held_back = $5, rev = $6 WHERE id = $1");
SQL(settle_rev, "", "rev:i", "SELECT rev FROM directory_rev WHERE one = 1");

_Static_assert(PEOPLE_PLANNED == 3, "the sentence names it by number");

struct some_units {
	size_t from, to;
};

static enum result units_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct some_units *some = ctx;
	enum result res = RES_OK;

	for (size_t i = some->from; i < some->to && res == RES_OK; i++) {
		const struct people_unit *u = people_tree_at(s->tree, (int)i);

		if (people_tree_changed(s->tree, (int)i))
			res = db_do(tx, &settle_unit, NULL, v_id(&u->id),
				    u->parent >= 0 ? v_id(&people_tree_at(s->tree, u->parent)->id) : v_null(),
				    stage_text(u->code), v_text(u->name), v_text(u->path),
				    v_int(people_tree_is_new(s->tree, (int)i)));
	}
	return res;
}

static enum result keep_units(struct staging *s)
{
	struct some_units some = { 0, 0 };
	size_t n = people_tree_size(s->tree);
	enum result res = RES_OK;

	for (; some.from < n && res == RES_OK; some.from = some.to) {
		some.to = some.from + PIECE < n ? some.from + PIECE : n;
		res = stage_piece(s, units_work, &some, 0);
	}
	return res;
}

static enum result planned_work(struct tx *tx, struct staging *s, void *ctx)
{
	bool held = s->wish->missing != PEOPLE_STAY && s->missing && s->unsure;
	struct rows *rows;
	int64_t rev = 0;
	enum result res = db_one_n(tx, &settle_rev, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		rev = row_int(rows, 0);
	rows_end(&rows);
	if (res == RES_OK && rev != *(int64_t *)ctx)
		return RES_AGAIN;
	return res == RES_OK ? db_do(tx, &settle_planned, NULL, v_id(&s->import), v_int(s->unreadable), v_int(s->missing),
				     v_int(s->of_whom), v_int(held), v_int(rev))
			     : res;
}

static void index_units(struct staging *s)
{
	s->unit_of = people_index_new();
	for (size_t i = 0; i < people_tree_size(s->tree); i++)
		people_index_put(s->unit_of, slice_bytes(people_tree_at(s->tree, (int)i)->id.b, ID_BYTES), (int)i);
}

enum result settle(struct staging *s)
{
	bool flags = people_file_leader_flags(s->file);
	enum result res;

	people_tree_settle(s->tree);
	index_units(s);
	res = walk(s, PEOPLE_PENDING, true, settle_row);
	if (res == RES_OK)
		res = db_read(s->db, count_work, s);
	if (res == RES_OK)
		res = settle_absent_people(s);
	if (res == RES_OK && flags)
		res = lead_by_flags(s);
	if (res == RES_OK && !flags && people_file_columns(s->file)->at[PF_LEADER] >= 0) {
		res = walk(s, PEOPLE_PENDING, true, lead_by_reference);
		if (res == RES_OK)
			res = walk(s, PEOPLE_ADDED, true, lead_by_reference);
	}
	if (res == RES_OK)
		res = settle_staff_of_leaders(s);
	if (res == RES_OK)
		res = walk(s, PEOPLE_PENDING, true, differ);
	if (res == RES_OK)
		res = keep_units(s);
	if (res == RES_OK)
		res = became_find(s);
	if (res == RES_OK) {
		stage_fresh(s);
		res = stage_piece(s, planned_work, &s->rev, 0);
	}
	people_index_free(&s->unit_of);
	return res;
}
