#include "duty/people/people_became.h"

#include <stdlib.h>

#include "duty/people/people_index.h"

_Static_assert(PEOPLE_ADDED == 1 && PEOPLE_CHANGED == 2 && PEOPLE_RETURNED == 3 && PEOPLE_UNCHANGED == 4,
	       "the sentences name them by number");
SQL(became_moves, "", "was:b? now:b n:i",
    "SELECT CASE WHEN r.fate IN (2, 4) THEN p.unit END AS was, r.unit AS now, COUNT(*) AS n FROM import_row r "
    "LEFT JOIN person p ON p.id = r.person WHERE r.fate IN (1, 2, 3, 4) AND r.doubt <> 1 AND r.unit IS NOT NULL GROUP BY 1, 2");
/* Whom the file does not name, and who stays; and of whom it is not sure who they are. */
SQL(became_stays, "", "was:b n:i",
    "SELECT p.unit AS was, COUNT(*) AS n FROM person p WHERE p.ended_day IS NULL AND p.unit IS NOT NULL AND "
    "NOT EXISTS (SELECT 1 FROM import_row r WHERE r.person = p.id AND r.doubt <> 1) GROUP BY p.unit");
SQL(became_put, "bbiii", "",
    "INSERT INTO import_became (unit, becomes, people, of_whom, whole, said) VALUES ($1, $2, $3, $4, $5, 0)");
SQL(became_keep, "", "",
    "INSERT INTO unit_became (unit, becomes, whole, said_by) SELECT unit, becomes, whole, said_by FROM import_became "
    "WHERE said = 1 AND said_by IS NOT NULL ON CONFLICT DO NOTHING");
SQL(became_list, "", "unit:b was:t now:t people:i of_whom:i whole:i said:i",
    "SELECT b.unit AS unit, u.path AS was, COALESCE(i.path, v.path) AS now, b.people AS people, b.of_whom AS of_whom, b.whole AS whole, "
    "b.said AS said FROM import_became b JOIN unit u ON u.id = b.unit LEFT JOIN unit v ON v.id = b.becomes "
    "LEFT JOIN import_unit i ON i.id = b.becomes ORDER BY u.path");
SQL(became_say, "bib", "", "UPDATE import_became SET said = $2, said_by = $3 WHERE unit = $1");
SQL(became_pending, "", "unit:b becomes:b whole:i said_by:b", "SELECT unit, becomes, whole, said_by FROM unit_became ORDER BY unit");
SQL(became_heard, "b", "", "DELETE FROM unit_became WHERE unit = $1");

/* ---- the rule ---- */

static bool lies_in(const int *parent, int unit, int above)
{
	while (unit >= 0 && unit != above)
		unit = parent[unit];
	return unit >= 0;
}

/* Per unit, with all below it. */
struct heads {
	int64_t before, after;
};

static int lowest(const int *parent, size_t units, const struct people_move *move, size_t n, int unit, const struct heads *h, int64_t *people_r)
{
	int64_t *in = must_alloc(units + 1, sizeof(*in));
	int best = -1, deepest = -1;

	for (size_t i = 0; i < n; i++)
		if (move[i].was >= 0 && lies_in(parent, move[i].was, unit))
			for (int u = move[i].now; u >= 0; u = parent[u])
				in[u] += move[i].n;
	for (size_t u = 0; u < units; u++) {
		int depth = 0;

		if (in[u] * 100 < h[unit].before * BECAME_PERCENT || lies_in(parent, unit, (int)u))
			continue;
		for (int v = (int)u; v >= 0; v = parent[v])
			depth++;
		if (depth > deepest) {
			deepest = depth;
			best = (int)u;
		}
	}
	*people_r = best >= 0 ? in[best] : 0;
	free(in);
	return best;
}

size_t became_of(const int *parent, size_t units, const struct people_move *move, size_t n, struct people_became *list_r, size_t most)
{
	struct heads *h = must_alloc(units + 1, sizeof(*h));
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		for (int u = move[i].was; u >= 0; u = parent[u])
			h[u].before += move[i].n;
		for (int u = move[i].now; u >= 0; u = parent[u])
			h[u].after += move[i].n;
	}
	for (size_t u = 0; u < units && found < most; u++) {
		struct people_became b = { .unit = (int)u, .of_whom = h[u].before };

		/* Emptied: who comes in as others go has a leader of her own already, and no chain of units can arise. */
		if (!h[u].before || h[u].after)
			continue;
		b.becomes = lowest(parent, units, move, n, (int)u, h, &b.people);
		if (b.becomes < 0)
			continue;
		b.whole = b.people * 100 >= h[b.becomes].after * BECAME_PERCENT;
		list_r[found++] = b;
	}
	free(h);
	return found;
}

/* ---- finding ---- */

struct finding {
	struct staging *s;
	struct people_move *move;
	size_t n, room;
	struct people_became *list;
	size_t found;
};

static int number_of(const struct staging *s, struct id id)
{
	return id_is_zero(&id) ? -1 : people_index_get(s->unit_of, slice_bytes(id.b, ID_BYTES));
}

static void add(struct finding *f, int was, int now, int64_t n)
{
	f->move = arena_grow(f->s->a, f->move, f->n, &f->room, sizeof(*f->move));
	f->move[f->n++] = (struct people_move){ was, now, n };
}

static enum result moves_work(struct tx *tx, void *ctx)
{
	struct finding *f = ctx;
	struct rows *rows;
	enum result res = db_ask_n(tx, &became_moves, &rows, DB_NO_VALUES);

	f->n = 0;
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		add(f, number_of(f->s, row_id(rows, 0)), number_of(f->s, row_id(rows, 1)), row_int(rows, 2));
	rows_end(&rows);
	if (res == RES_NONE)
		res = db_ask_n(tx, &became_stays, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		int unit = number_of(f->s, row_id(rows, 0));

		add(f, unit, unit, row_int(rows, 1));
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result put_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct finding *f = ctx;
	enum result res = RES_OK;

	for (size_t i = 0; i < f->found && res == RES_OK; i++) {
		const struct people_became *b = &f->list[i];

		res = db_do(tx, &became_put, NULL, v_id(&people_tree_at(s->tree, b->unit)->id),
			    v_id(&people_tree_at(s->tree, b->becomes)->id), v_int(b->people), v_int(b->of_whom), v_int(b->whole));
	}
	return res;
}

enum result became_find(struct staging *s)
{
	struct finding f = { .s = s };
	size_t units = people_tree_size(s->tree);
	enum result res;
	int *parent;

	stage_fresh(s);
	f.list = arena_array(s->a, struct people_became, BECAME_MOST);
	parent = arena_array(s->a, int, units + 1);
	for (size_t i = 0; i < units; i++)
		parent[i] = people_tree_at(s->tree, (int)i)->parent;
	res = db_read(s->db, moves_work, &f);
	if (res == RES_OK)
		f.found = became_of(parent, units, f.move, f.n, f.list, BECAME_MOST);
	/* A unit that stood before has a past of its own, which who led another one is not to see without a second person. */
	for (size_t i = 0; i < f.found; i++)
		f.list[i].whole = f.list[i].whole && people_tree_is_new(s->tree, f.list[i].becomes);
	return res == RES_OK && f.found ? stage_piece(s, put_work, &f, 0) : res;
}

enum result became_apply(struct tx *tx)
{
	return db_do_n(tx, &became_keep, NULL, DB_NO_VALUES);
}

/* ---- for others ---- */

enum result people_import_became(struct tx *tx, struct arena *a, struct people_became_line **list_r, size_t *n_r)
{
	struct people_became_line *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &became_list, &rows, DB_NO_VALUES);

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct people_became_line){
			.unit = row_id(rows, 0), .was = arena_str(a, row_text(rows, 1)), .now = arena_str(a, row_text(rows, 2)),
			.people = row_int(rows, 3), .of_whom = row_int(rows, 4), .whole = row_int(rows, 5) != 0,
			.said = (enum people_said)row_int(rows, 6),
		};
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result people_import_became_say(struct tx *tx, const struct id *import, const struct id *unit, bool yes, const struct id *by)
{
	struct people_status status;
	enum result res = people_import_look(tx, &status);

	if (res == RES_NONE || (res == RES_OK && (!id_eq(&status.id, import) || status.state != PEOPLE_PLANNED)))
		return RES_REFUSED;
	return res == RES_OK ? db_do(tx, &became_say, NULL, v_id(unit), v_int(yes ? PEOPLE_SAID_YES : PEOPLE_SAID_NO), v_id(by)) : res;
}

enum result people_became_hear(struct tx *tx, struct arena *a, struct people_became_fact **list_r, size_t *n_r)
{
	struct people_became_fact *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &became_pending, &rows, DB_NO_VALUES);

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct people_became_fact){ row_id(rows, 0), row_id(rows, 1), row_int(rows, 2) != 0, row_id(rows, 3) };
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result people_became_heard(struct tx *tx, const struct id *unit)
{
	return db_do(tx, &became_heard, NULL, v_id(unit));
}
