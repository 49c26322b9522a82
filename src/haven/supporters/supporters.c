#include "haven/supporters/supporters.h"

/* Whether she still works here, and leads staff, is what the directory says today, not what it said when she began. The one
   place where this room reads the directory's table: joined here it costs a look-up a supporter, asked there a sentence each. */
#define SUPPORTER_COLUMNS                                                                                  \
	"id:b person:b? name:t given:t email:t phone:t unit:t profession:t level:t languages:t since:i "  \
	"interview:i? training:i? knowledge:i? accredited:i? paused:i is_full:i ended:i has_key:i left_work:i leads:i"
#define SUPPORTER_SELECT                                                                                   \
	"SELECT s.id, s.person, s.name, s.given, s.email, s.phone, s.unit_path AS unit, s.profession, "   \
	"s.level, s.languages, s.since_year AS since, s.interview_day AS interview, "                      \
	"s.training_day AS training, s.check_day AS knowledge, s.accredited_until AS accredited, "         \
	"s.paused, s.is_full, s.ended, "                                                                   \
	"CASE WHEN EXISTS (SELECT 1 FROM key_log k WHERE k.supporter = s.id AND k.kind <> 4 AND k.n = "    \
	"(SELECT MAX(m.n) FROM key_log m WHERE m.supporter = s.id)) THEN 1 ELSE 0 END AS has_key, "                        \
	"COALESCE(p.ended, 0) AS left_work, COALESCE(p.staff_responsibility, 0) AS leads "                  \
	"FROM supporter s LEFT JOIN person p ON p.id = s.person "

SQL(supporter_get, "b", SUPPORTER_COLUMNS, SUPPORTER_SELECT "WHERE s.id = $1 AND s.ended = 0 AND COALESCE(p.ended, 0) = 0");
SQL(supporter_all, "", SUPPORTER_COLUMNS, SUPPORTER_SELECT "WHERE s.ended = 0 ORDER BY s.given, s.id");
SQL(supporter_paused, "bi", "", "UPDATE supporter SET paused = $2 WHERE id = $1 AND ended = 0");
SQL(supporter_full, "bi", "", "UPDATE supporter SET is_full = $2 WHERE id = $1 AND ended = 0");
SQL(window_list, "b", "weekday:i from_minute:i to_minute:i standby:i",
    "SELECT weekday, from_minute, to_minute, standby FROM duty_window WHERE supporter = $1 "
    "ORDER BY weekday, from_minute");
SQL(load_count, "bi", "n:i", "SELECT COUNT(*) AS n FROM load WHERE supporter = $1 AND day > $2");
SQL(load_put, "bbii", "", "INSERT INTO load (id, supporter, day, kind) VALUES ($1, $2, $3, $4)");
SQL(load_past, "i", "", "DELETE FROM load WHERE day <= $1");
SQL(not_these, "b", "supporter:b", "SELECT supporter FROM not_this_one WHERE person = $1 ORDER BY supporter");
SQL(not_this_put, "bb", "",
    "INSERT INTO not_this_one (person, supporter) SELECT $1, s.id FROM supporter s WHERE s.id = $2 AND s.ended = 0 "
    "ON CONFLICT (person, supporter) DO NOTHING");
SQL(not_this_gone, "bb", "", "DELETE FROM not_this_one WHERE person = $1 AND supporter = $2");

static struct day day_or_never(struct rows *rows, int col)
{
	return (struct day){ row_null(rows, col) ? 0 : (int32_t)row_int(rows, col) };
}

static struct supporter supporter_of(struct rows *rows, struct arena *a)
{
	return (struct supporter){
		.id = row_id(rows, 0),
		.person = row_id(rows, 1),
		.name = arena_str(a, row_text(rows, 2)),
		.given = arena_str(a, row_text(rows, 3)),
		.email = arena_str(a, row_text(rows, 4)),
		.phone = arena_str(a, row_text(rows, 5)),
		.unit = arena_str(a, row_text(rows, 6)),
		.profession = arena_str(a, row_text(rows, 7)),
		.level = arena_str(a, row_text(rows, 8)),
		.languages = arena_str(a, row_text(rows, 9)),
		.since_year = (int)row_int(rows, 10),
		.interview = day_or_never(rows, 11),
		.training = day_or_never(rows, 12),
		.knowledge_check = day_or_never(rows, 13),
		.accredited_until = day_or_never(rows, 14),
		.paused = row_int(rows, 15),
		.is_full = row_int(rows, 16),
		.ended = row_int(rows, 17),
		.has_key = row_int(rows, 18),
		.left = row_int(rows, 19),
		.leads_staff = row_int(rows, 20),
	};
}

enum result supporters_get(struct tx *tx, struct arena *a, const struct id *id, struct supporter *s_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &supporter_get, &rows, v_id(id));
	if (res == RES_OK)
		*s_r = supporter_of(rows, a);
	rows_end(&rows);
	return res;
}

enum result supporters_all(struct tx *tx, struct arena *a, struct supporter **list_r, size_t *n_r)
{
	struct rows *rows;
	struct supporter *list = NULL;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &supporter_all, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = supporter_of(rows, a);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result supporters_windows(struct tx *tx, struct arena *a, const struct id *id, struct supporter_window **list_r,
			       size_t *n_r)
{
	struct rows *rows;
	struct supporter_window *list = arena_array(a, struct supporter_window, MATCHING_WINDOWS_MOST);
	size_t n = 0;
	enum result res = db_ask(tx, &window_list, &rows, v_id(id));
	if (res != RES_OK)
		return res;
	while (n < MATCHING_WINDOWS_MOST && (res = rows_next(rows)) == RES_OK)
		list[n++] = (struct supporter_window){ (int)row_int(rows, 0), (int)row_int(rows, 1),
						       (int)row_int(rows, 2), row_int(rows, 3) };
	rows_end(&rows);
	if (res != RES_NONE && res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result supporters_set_full(struct tx *tx, const struct id *id, bool full)
{
	int64_t changed;
	enum result res = db_do(tx, &supporter_full, &changed, v_id(id), v_int(full));
	return res == RES_OK && !changed ? RES_NONE : res;
}

enum result supporters_pause(struct tx *tx, const struct id *id, bool paused)
{
	int64_t changed;
	enum result res = db_do(tx, &supporter_paused, &changed, v_id(id), v_int(paused));
	return res == RES_OK && !changed ? RES_NONE : res;
}

enum result supporters_not_these(struct tx *tx, struct arena *a, const struct id *person, const struct id **list_r,
				 size_t *n_r)
{
	struct rows *rows;
	struct id *list = arena_array(a, struct id, SUPPORTERS_NOT_THESE_MOST);
	size_t n = 0;
	enum result res = db_ask(tx, &not_these, &rows, v_id(person));
	if (res != RES_OK)
		return res;
	while (n < SUPPORTERS_NOT_THESE_MOST && (res = rows_next(rows)) == RES_OK)
		list[n++] = row_id(rows, 0);
	rows_end(&rows);
	if (res != RES_NONE && res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

static enum result not_this_count(struct tx *tx, const struct id *person, const struct id *supporter, bool *there_r,
				  size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &not_these, &rows, v_id(person));
	if (res != RES_OK)
		return res;
	*there_r = false;
	*n_r = 0;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id one = row_id(rows, 0);
		*there_r = *there_r || id_eq(&one, supporter);
		++*n_r;
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

enum result supporters_keep_apart(struct tx *tx, const struct id *person, const struct id *supporter)
{
	bool there;
	size_t n;
	int64_t put = 0;
	enum result res = not_this_count(tx, person, supporter, &there, &n);
	if (res == RES_OK && n >= SUPPORTERS_NOT_THESE_MOST && !there)
		res = RES_REFUSED;
	if (res == RES_OK)
		res = db_do(tx, &not_this_put, &put, v_id(person), v_id(supporter));
	return res == RES_OK && !put && !there ? RES_NONE : res;
}

enum result supporters_bring_together(struct tx *tx, const struct id *person, const struct id *supporter)
{
	return db_do(tx, &not_this_gone, NULL, v_id(person), v_id(supporter));
}

enum result supporters_load_now(struct tx *tx, const struct id *supporter, struct day today, int days, int *n_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &load_count, &rows, v_id(supporter), v_int(today.n - days));
	if (res == RES_OK)
		*n_r = (int)row_int(rows, 0);
	rows_end(&rows);
	return res;
}

enum result supporters_load(struct tx *tx, struct random_source *rnd, const struct id *supporter, struct day day,
			    int kind)
{
	struct id id = id_new(rnd, "supporters/load");
	return db_do(tx, &load_put, NULL, v_id(&id), v_id(supporter), v_int(day.n), v_int(kind));
}

enum result supporters_forget_loads(struct tx *tx, struct day today)
{
	return db_do(tx, &load_past, NULL, v_int(today.n - matching_defaults().flat_days));
}
