#include "haven/groups/groups_store.h"

#define TALK_COLUMNS "incident:b state:i asked:i by_at:i taken_back:i starts:i? place:t? first:b? second:b? done:i? rev:i"
#define TALK_SELECT                                                                               \
	"SELECT incident, state, asked_day AS asked, by_at, taken_back, starts_at AS starts, "     \
	"place, first, second, done_day AS done, rev FROM group_talk "

SQL(talk_get, "b", TALK_COLUMNS, TALK_SELECT "WHERE incident = $1");
SQL(talk_all, "", TALK_COLUMNS, TALK_SELECT "ORDER BY state, COALESCE(starts_at, by_at), incident");
SQL(talk_put, "biiiii", "",
    "INSERT INTO group_talk (incident, state, asked_day, by_at, taken_back, rev) VALUES ($1, $2, $3, $4, $5, $6)");
SQL(talk_change, "biiiii?t?b?b?i?", "",
    "UPDATE group_talk SET state = $3, by_at = $4, taken_back = $5, starts_at = $6, place = $7, first = $8, second = $9, done_day = $10, "
    "rev = rev + 1 WHERE incident = $1 AND rev = $2");
SQL(talk_drop, "b", "", "DELETE FROM group_talk WHERE incident = $1");
SQL(talk_waiting, "", "n:i", "SELECT COUNT(*) AS n FROM group_talk WHERE state = 0");
SQL(talk_bare, "i", "",
    "UPDATE group_talk SET starts_at = NULL, place = NULL, first = NULL, second = NULL WHERE state >= 2 AND starts_at < $1");
SQL(talk_past, "", "", "DELETE FROM group_talk WHERE incident NOT IN (SELECT id FROM incident)");
SQL(year_count, "iiii", "",
    "INSERT INTO group_year (year, held, punctual, not_held) VALUES ($1, $2, $3, $4) ON CONFLICT (year) DO UPDATE SET "
    "held = group_year.held + excluded.held, punctual = group_year.punctual + excluded.punctual, "
    "not_held = group_year.not_held + excluded.not_held");

static struct groups_talk talk_of(struct rows *rows, struct arena *a)
{
	return (struct groups_talk){
		.incident = row_id(rows, 0),
		.title = "",
		.state = (enum groups_state)row_int(rows, 1),
		.asked = { (int32_t)row_int(rows, 2) },
		.by = { row_int(rows, 3) },
		.taken_back = row_int(rows, 4),
		.starts = { row_null(rows, 5) ? 0 : row_int(rows, 5) },
		.place = row_null(rows, 6) ? "" : arena_str(a, row_text(rows, 6)),
		.lead = { row_id(rows, 7), row_id(rows, 8) },
		.done = { row_null(rows, 9) ? 0 : (int32_t)row_int(rows, 9) },
		.rev = row_int(rows, 10),
	};
}

enum result groups_row(struct tx *tx, struct arena *a, const struct id *incident, struct groups_talk *talk_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &talk_get, &rows, v_id(incident));
	if (res == RES_OK)
		*talk_r = talk_of(rows, a);
	rows_end(&rows);
	return res;
}

enum result groups_rows(struct tx *tx, struct arena *a, struct groups_talk **list_r, size_t *n_r)
{
	struct rows *rows;
	struct groups_talk *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &talk_all, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = talk_of(rows, a);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result groups_put(struct tx *tx, const struct groups_talk *t)
{
	return db_do(tx, &talk_put, NULL, v_id(&t->incident), v_int(t->state), v_int(t->asked.n), v_int(t->by.s), v_int(t->taken_back), v_int(t->rev));
}

static struct db_value id_or_null(const struct id *id)
{
	return id_is_zero(id) ? v_null() : v_id(id);
}

enum result groups_change(struct tx *tx, const struct groups_talk *t)
{
	int64_t changed;
	enum result res = db_do(tx, &talk_change, &changed, v_id(&t->incident), v_int(t->rev), v_int(t->state), v_int(t->by.s), v_int(t->taken_back),
				t->starts.s ? v_int(t->starts.s) : v_null(), *t->place ? v_str(t->place) : v_null(), id_or_null(&t->lead[0]),
				id_or_null(&t->lead[1]), t->done.n ? v_int(t->done.n) : v_null());
	return res == RES_OK && !changed ? RES_AGAIN : res;
}

enum result groups_drop(struct tx *tx, const struct id *incident)
{
	return db_do(tx, &talk_drop, NULL, v_id(incident));
}

enum result groups_count(struct tx *tx, int year, bool held, bool in_time)
{
	return db_do(tx, &year_count, NULL, v_int(year), v_int(held), v_int(held && in_time), v_int(!held));
}

enum result groups_waiting(struct tx *tx, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &talk_waiting, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result groups_tidy(struct tx *tx, struct instant before)
{
	enum result res = db_do(tx, &talk_bare, NULL, v_int(before.s));
	return res == RES_OK ? db_do_n(tx, &talk_past, NULL, DB_NO_VALUES) : res;
}
