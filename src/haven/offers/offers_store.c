#include "haven/offers/offers_store.h"

#include <string.h>

#include "crypt/crypt.h"
#include "haven/directory/directory.h"
#include "haven/offers/offers_rules.h"

#define TASK_COLUMNS                                                                              \
	"id:b incident:b person:b? name:t phone:t? lang:t ref:b rel:b holder:b? seat_0:b? "       \
	"seat_1:b? seat_2:b? deadline:i not_before:i? since_hour:i made_day:i seen:i closed_day:i? stopped:i rounds:i ways:i"
#define TASK_SELECT                                                                               \
	"SELECT id, incident, person, name, phone, lang, ref, rel, holder, seat_0, seat_1, "      \
	"seat_2, deadline, not_before, since_hour, made_day, seen, closed_day, stopped, rounds, ways FROM task "

SQL(incident_put, "btiit", "",
    "INSERT INTO incident (id, title, severity, day, unit_path) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (id) DO UPDATE SET title = excluded.title, severity = excluded.severity, "
    "day = excluded.day, unit_path = excluded.unit_path");
SQL(incident_get, "b", "title:t severity:i day:i unit:t",
    "SELECT title, severity, day, unit_path AS unit FROM incident WHERE id = $1");
SQL(excluded_clear, "b", "", "DELETE FROM excluded WHERE incident = $1");
SQL(excluded_put, "bb", "",
    "INSERT INTO excluded (incident, person) VALUES ($1, $2) ON CONFLICT (incident, person) DO NOTHING");
SQL(excluded_list, "b", "person:b", "SELECT person FROM excluded WHERE incident = $1 ORDER BY person");
SQL(excluded_one, "bb", "n:i", "SELECT COUNT(*) AS n FROM excluded WHERE incident = $1 AND person = $2");
SQL(task_put, "bbb?tt?tbbb?b?b?b?ii?iiiiii", "",
    "INSERT INTO task (id, incident, person, name, phone, lang, ref, rel, holder, seat_0, seat_1, seat_2, "
    "deadline, not_before, since_hour, made_day, seen, closed_day, outcome, stopped, rounds, ways) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL, NULL, $18, $19, $20)");
SQL(task_person, "bbt", "", "UPDATE task SET person = $2, name = '', phone = NULL, lang = $3 WHERE id = $1 AND person IS NULL");
SQL(task_ways, "bi", "", "UPDATE task SET ways = ways | $2 WHERE id = $1");
SQL(task_get, "b", TASK_COLUMNS, TASK_SELECT "WHERE id = $1");
SQL(task_of_incident, "b", TASK_COLUMNS, TASK_SELECT "WHERE incident = $1 ORDER BY id");
SQL(task_held, "b", TASK_COLUMNS, TASK_SELECT "WHERE holder = $1 AND closed_day IS NULL ORDER BY deadline, id");
/* Bits of ways: put by a way (1, 2) that has not failed (4, 8); a phone has it (16). And of a closed one: with nobody else (256), and
   not seen to (32). Never one that was given up (1024): she has another. */
SQL(task_unreached, "", TASK_COLUMNS,
    TASK_SELECT "WHERE (closed_day IS NULL AND (ways & 5) <> 1 AND (ways & 10) <> 2 AND (ways & 1040) = 0) OR "
		"(closed_day IS NOT NULL AND outcome = 0 AND (ways & 1312) = 256) ORDER BY incident, id");
SQL(task_left, "b", "id:b",
    "SELECT id FROM task WHERE id = $1 AND closed_day IS NOT NULL AND outcome = 0 AND (ways & 1280) = 256");
SQL(task_holders, "", "holder:b",
    "SELECT DISTINCT holder FROM task WHERE holder IS NOT NULL AND closed_day IS NULL ORDER BY holder");
SQL(task_held_then, "i", "holder:b",
    "SELECT DISTINCT holder FROM task WHERE holder IS NOT NULL AND closed_day = $1 ORDER BY holder");
SQL(task_incidents, "", "incident:b",
    "SELECT DISTINCT incident FROM task WHERE closed_day IS NULL ORDER BY incident");
SQL(task_closed_on, "i", "n:i", "SELECT COUNT(*) AS n FROM task WHERE closed_day = $1");
SQL(task_shown, "bi", TASK_COLUMNS,
    TASK_SELECT "WHERE holder = $1 AND (closed_day IS NULL OR closed_day >= $2) ORDER BY deadline, id");
SQL(task_last, "b", "deadline:i made:i",
    "SELECT MAX(deadline) AS deadline, MAX(made_day) AS made FROM task WHERE incident = $1 AND closed_day IS NULL "
    "GROUP BY incident");
SQL(task_move, "bbbb?b?b?b?ii?iii", "",
    "UPDATE task SET ref = $2, rel = $3, holder = $4, seat_0 = $5, seat_1 = $6, seat_2 = $7, deadline = $8, "
    "not_before = $9, since_hour = $10, seen = $11, rounds = $12 WHERE id = $1 AND closed_day IS NULL");
SQL(task_stop, "b", "", "UPDATE task SET stopped = 1 WHERE id = $1 AND stopped = 0");
SQL(task_seen, "bb", "", "UPDATE task SET seen = 1 WHERE id = $1 AND holder = $2 AND seen = 0 AND closed_day IS NULL");
SQL(task_close, "bii", "",
    "UPDATE task SET closed_day = $2, outcome = $3 WHERE id = $1 AND closed_day IS NULL");
SQL(passed_put, "bb", "",
    "INSERT INTO passed (task, supporter) VALUES ($1, $2) ON CONFLICT (task, supporter) DO NOTHING");
SQL(passed_seats, "b", "",
    "INSERT INTO passed (task, supporter) SELECT id, $1 FROM task "
    "WHERE closed_day IS NULL AND (seat_0 = $1 OR seat_1 = $1 OR seat_2 = $1) ON CONFLICT (task, supporter) DO NOTHING");
SQL(passed_list, "b", "supporter:b", "SELECT supporter FROM passed WHERE task = $1 ORDER BY supporter");
SQL(task_known, "bbi", "holder:b",
    "SELECT holder FROM task WHERE person = $1 AND id <> $2 AND made_day >= $3 AND holder IS NOT NULL "
    "AND (closed_day IS NULL OR outcome = 1) ORDER BY made_day DESC, id DESC");
SQL(task_twin, "bbb", "n:i", "SELECT COUNT(*) AS n FROM task WHERE incident = $1 AND person = $2 AND id < $3");
SQL(task_made, "b", "id:b made_day:i stopped:i", "SELECT id, made_day, stopped FROM task WHERE person = $1 ORDER BY made_day, id");
/* Its link tells the day: it is put with the message, and opens for a fixed time. 512: it failed by every way, or was taken back. */
SQL(task_checked, "bib", "expires:i?",
    "SELECT MAX(expires_day) AS expires FROM offer_link WHERE kind = $2 AND task IN "
    "(SELECT id FROM task WHERE person = $1 AND id <> $3 AND (ways & 512) = 0)");
SQL(link_put, "bbii", "", "INSERT INTO offer_link (hash, task, kind, expires_day) VALUES ($1, $2, $3, $4)");
SQL(link_get, "bi", "task:b kind:i", "SELECT task, kind FROM offer_link WHERE hash = $1 AND expires_day >= $2");
SQL(link_past, "i", "", "DELETE FROM offer_link WHERE expires_day < $1");
SQL(link_good, "i", "n:i", "SELECT COUNT(*) AS n FROM offer_link WHERE expires_day >= $1");
SQL(fact_put, "bii", "",
    "INSERT INTO door_fact (about, fact, day) VALUES ($1, $2, $3) ON CONFLICT (about, fact) DO NOTHING");
SQL(fact_list, "i", "about:b fact:i day:i",
    "SELECT about, fact, day FROM door_fact ORDER BY day, about, fact LIMIT $1");
SQL(fact_gone, "bi", "", "DELETE FROM door_fact WHERE about = $1 AND fact = $2");
SQL(mailed_put, "ii", "",
    "INSERT INTO offer_mailed (hour, n) VALUES ($1, $2) ON CONFLICT (hour) DO UPDATE SET n = offer_mailed.n + excluded.n");
SQL(mailed_old, "i", "", "DELETE FROM offer_mailed WHERE hour < $1");
SQL(mailed_sum, "ii", "n:i",
    "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM offer_mailed WHERE hour >= $1 AND hour <= $2");

/* A zero id stands for NULL. */
static struct db_value id_or_null(const struct id *id)
{
	return id_is_zero(id) ? v_null() : v_id(id);
}

static struct db_value time_or_null(struct instant t)
{
	return t.s ? v_int(t.s) : v_null();
}

enum result offers_put_incident(struct tx *tx, const struct door_incident *in)
{
	enum result res = db_do(tx, &incident_put, NULL, v_id(&in->id), v_str(in->title), v_int(in->severity),
				v_int(in->day.n), v_str(in->unit));
	if (res == RES_OK)
		res = db_do(tx, &excluded_clear, NULL, v_id(&in->id));
	for (size_t i = 0; res == RES_OK && i < in->excluded_n; i++)
		res = db_do(tx, &excluded_put, NULL, v_id(&in->id), v_id(&in->excluded[i]));
	return res;
}

enum result offers_incident(struct tx *tx, struct arena *a, const struct id *id, struct door_incident *in_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &incident_get, &rows, v_id(id));
	if (res == RES_OK)
		*in_r = (struct door_incident){
			.id = *id,
			.title = arena_str(a, row_text(rows, 0)),
			.severity = (int)row_int(rows, 1),
			.day = { (int32_t)row_int(rows, 2) },
			.unit = arena_str(a, row_text(rows, 3)),
		};
	rows_end(&rows);
	return res;
}

/* One column of ids; ends the rows. */
static enum result take_ids(struct arena *a, struct rows *rows, const struct id **list_r, size_t *n_r)
{
	struct id *list = NULL;
	size_t n = 0, room = 0;
	enum result res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = row_id(rows, 0);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

static enum result id_list(struct tx *tx, struct arena *a, const struct sql *sql, const struct id *of,
			   const struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, sql, &rows, v_id(of));
	return res == RES_OK ? take_ids(a, rows, list_r, n_r) : res;
}

enum result offers_excluded(struct tx *tx, struct arena *a, const struct id *incident, const struct id **list_r,
			    size_t *n_r)
{
	return id_list(tx, a, &excluded_list, incident, list_r, n_r);
}

enum result offers_is_excluded(struct tx *tx, const struct id *incident, const struct id *person, bool *excluded_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &excluded_one, &rows, v_id(incident), v_id(person));
	if (res == RES_OK)
		*excluded_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

enum result offers_passed(struct tx *tx, struct arena *a, const struct id *task, const struct id **list_r,
			  size_t *n_r)
{
	return id_list(tx, a, &passed_list, task, list_r, n_r);
}

enum result offers_known(struct tx *tx, struct arena *a, const struct offers_row *row, struct day since,
			 const struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &task_known, &rows, v_id(&row->person), v_id(&row->id), v_int(since.n));
	return res == RES_OK ? take_ids(a, rows, list_r, n_r) : res;
}

enum result offers_made_by(struct tx *tx, struct arena *a, const struct offers_row *row, struct offers_made **list_r, size_t *n_r,
			   size_t *at_r)
{
	struct rows *rows;
	struct offers_made *list = NULL;
	size_t n = 0, room = 0, at = 0;
	enum result res = db_ask(tx, &task_made, &rows, v_id(&row->person));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		struct id id = row_id(rows, 0);
		list = arena_grow(a, list, n, &room, sizeof(*list));
		if (id_eq(&id, &row->id))
			at = n;
		list[n++] = (struct offers_made){ { (int32_t)row_int(rows, 1) }, row_int(rows, 2) };
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	*at_r = at;
	return RES_OK;
}

enum result offers_last_check(struct tx *tx, const struct offers_row *row, struct day *last_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &task_checked, &rows, v_id(&row->person), v_int(OFFERS_CHECK), v_id(&row->id));
	if (res == RES_OK)
		*last_r = (struct day){ row_null(rows, 0) ? 0 : (int32_t)row_int(rows, 0) - OFFERS_LINK_DAYS };
	rows_end(&rows);
	return res;
}

enum result offers_put_passed(struct tx *tx, const struct id *task, const struct id *supporter)
{
	return db_do(tx, &passed_put, NULL, v_id(task), v_id(supporter));
}

enum result offers_put_task(struct tx *tx, const struct offers_row *r)
{
	return db_do(tx, &task_put, NULL, v_id(&r->id), v_id(&r->incident), id_or_null(&r->person), v_str(r->name),
		     v_str(r->phone), v_str(lang_code(r->lang)), v_id(&r->ref), v_bytes(r->rel, sizeof(r->rel)),
		     id_or_null(&r->holder), id_or_null(&r->seat[0]), id_or_null(&r->seat[1]), id_or_null(&r->seat[2]),
		     v_int(r->deadline.s), time_or_null(r->not_before), v_int(r->since_hour), v_int(r->made.n),
		     v_int(r->seen), v_int(r->stopped), v_int(r->rounds), v_int(r->ways));
}

enum result offers_person(struct tx *tx, struct arena *a, const struct offers_row *row, struct door_person *person_r)
{
	if (!row->file)
		return directory_get(tx, a, &row->person, person_r);
	*person_r = *row->file;
	return RES_OK;
}

enum result offers_put_person(struct tx *tx, const struct offers_row *r)
{
	return db_do(tx, &task_person, NULL, v_id(&r->id), v_id(&r->person), v_str(lang_code(r->lang)));
}

static struct offers_row task_of(struct rows *rows, struct arena *a)
{
	enum lang lang = LANG_EN;
	bool known = lang_from(row_text(rows, 5), &lang) == RES_OK;
	struct offers_row r = {
		.id = row_id(rows, 0),
		.incident = row_id(rows, 1),
		.person = row_id(rows, 2),
		.name = arena_str(a, row_text(rows, 3)),
		.phone = row_null(rows, 4) ? NULL : arena_str(a, row_text(rows, 4)),
		.lang = lang,
		.no_lang = !known,
		.ref = row_id(rows, 6),
		.holder = row_id(rows, 8),
		.seat = { row_id(rows, 9), row_id(rows, 10), row_id(rows, 11) },
		.deadline = { row_int(rows, 12) },
		.not_before = { row_null(rows, 13) ? 0 : row_int(rows, 13) },
		.since_hour = row_int(rows, 14),
		.made = { (int32_t)row_int(rows, 15) },
		.seen = row_int(rows, 16),
		.closed = !row_null(rows, 17),
		.stopped = row_int(rows, 18),
		.rounds = (int)row_int(rows, 19),
		.ways = (unsigned)row_int(rows, 20),
	};
	struct slice rel = row_bytes(rows, 7);
	if (rel.n != sizeof(r.rel))
		bug("a task's row is malformed");
	memcpy(r.rel, rel.p, sizeof(r.rel));
	return r;
}

enum result offers_get_task(struct tx *tx, struct arena *a, const struct id *task, struct offers_row *row_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &task_get, &rows, v_id(task));
	if (res == RES_OK)
		*row_r = task_of(rows, a);
	rows_end(&rows);
	return res;
}

static enum result take_tasks(struct arena *a, struct rows *rows, struct offers_row **list_r, size_t *n_r)
{
	struct offers_row *list = NULL;
	size_t n = 0, room = 0;
	enum result res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = task_of(rows, a);
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

static enum result task_list(struct tx *tx, struct arena *a, const struct sql *sql, const struct id *of,
			     struct offers_row **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, sql, &rows, v_id(of));
	return res == RES_OK ? take_tasks(a, rows, list_r, n_r) : res;
}

enum result offers_tasks_of(struct tx *tx, struct arena *a, const struct id *incident, struct offers_row **list_r,
			    size_t *n_r)
{
	return task_list(tx, a, &task_of_incident, incident, list_r, n_r);
}

enum result offers_tasks_held(struct tx *tx, struct arena *a, const struct id *supporter,
			      struct offers_row **list_r, size_t *n_r)
{
	return task_list(tx, a, &task_held, supporter, list_r, n_r);
}

enum result offers_tasks_shown(struct tx *tx, struct arena *a, const struct id *supporter, struct day since,
			       struct offers_row **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &task_shown, &rows, v_id(supporter), v_int(since.n));
	return res == RES_OK ? take_tasks(a, rows, list_r, n_r) : res;
}

enum result offers_tasks_unreached(struct tx *tx, struct arena *a, struct offers_row **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, &task_unreached, &rows, DB_NO_VALUES);
	return res == RES_OK ? take_tasks(a, rows, list_r, n_r) : res;
}

enum result offers_left(struct tx *tx, const struct id *task)
{
	struct rows *rows;
	enum result res = db_one(tx, &task_left, &rows, v_id(task));
	if (res == RES_OK)
		(void)row_id(rows, 0);
	rows_end(&rows);
	return res;
}

enum result offers_last_open(struct tx *tx, const struct id *incident, struct instant *deadline_r, struct day *made_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &task_last, &rows, v_id(incident));
	if (res == RES_OK) {
		*deadline_r = (struct instant){ row_int(rows, 0) };
		*made_r = (struct day){ (int32_t)row_int(rows, 1) };
	}
	rows_end(&rows);
	return res;
}

enum result offers_holders(struct tx *tx, struct arena *a, const struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, &task_holders, &rows, DB_NO_VALUES);
	return res == RES_OK ? take_ids(a, rows, list_r, n_r) : res;
}

enum result offers_held_then(struct tx *tx, struct arena *a, struct day closed, const struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &task_held_then, &rows, v_int(closed.n));
	return res == RES_OK ? take_ids(a, rows, list_r, n_r) : res;
}

enum result offers_open_incidents(struct tx *tx, struct arena *a, const struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, &task_incidents, &rows, DB_NO_VALUES);
	return res == RES_OK ? take_ids(a, rows, list_r, n_r) : res;
}

/* Whether this count of a day is more than none. */
static enum result any(struct tx *tx, const struct sql *count, struct day day, bool *any_r)
{
	struct rows *rows;
	enum result res = db_one(tx, count, &rows, v_int(day.n));
	if (res == RES_OK)
		*any_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

enum result offers_any_closed(struct tx *tx, struct day day, bool *any_r)
{
	return any(tx, &task_closed_on, day, any_r);
}

enum result offers_any_link(struct tx *tx, struct day today, bool *any_r)
{
	return any(tx, &link_good, today, any_r);
}

enum result offers_move_task(struct tx *tx, const struct offers_row *r)
{
	return db_do(tx, &task_move, NULL, v_id(&r->id), v_id(&r->ref), v_bytes(r->rel, sizeof(r->rel)),
		     id_or_null(&r->holder), id_or_null(&r->seat[0]), id_or_null(&r->seat[1]), id_or_null(&r->seat[2]),
		     v_int(r->deadline.s), time_or_null(r->not_before), v_int(r->since_hour), v_int(r->seen),
		     v_int(r->rounds));
}

enum result offers_leave_seats(struct tx *tx, const struct id *supporter)
{
	return db_do(tx, &passed_seats, NULL, v_id(supporter));
}

enum result offers_put_link(struct tx *tx, const unsigned char hash[32], const struct id *task,
			    enum offers_touch touch, struct day expires)
{
	/* The library that seals is there before anybody can answer: loaded by the first answer, it would tell of one. */
	(void)crypt_ready();
	return db_do(tx, &link_put, NULL, v_bytes(hash, 32), v_id(task), v_int(touch), v_int(expires.n));
}

enum result offers_link(struct tx *tx, const unsigned char hash[32], struct day today, struct id *task_r,
			enum offers_touch *touch_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &link_get, &rows, v_bytes(hash, 32), v_int(today.n));
	if (res == RES_OK) {
		*task_r = row_id(rows, 0);
		*touch_r = (enum offers_touch)row_int(rows, 1);
	}
	rows_end(&rows);
	return res;
}

enum result offers_add_ways(struct tx *tx, const struct id *task, unsigned bits)
{
	return db_do(tx, &task_ways, NULL, v_id(task), v_int(bits));
}

enum result offers_is_second(struct tx *tx, const struct offers_row *row, bool *second_r)
{
	struct rows *rows;
	*second_r = false;
	if (id_is_zero(&row->person))
		return RES_OK;
	enum result res = db_one(tx, &task_twin, &rows, v_id(&row->incident), v_id(&row->person), v_id(&row->id));
	if (res == RES_OK)
		*second_r = row_int(rows, 0) > 0;
	rows_end(&rows);
	return res;
}

enum result offers_put_stopped(struct tx *tx, const struct id *task)
{
	return db_do(tx, &task_stop, NULL, v_id(task));
}

enum result offers_put_seen(struct tx *tx, const struct id *task, const struct id *supporter)
{
	return db_do(tx, &task_seen, NULL, v_id(task), v_id(supporter));
}

enum result offers_put_closed(struct tx *tx, const struct id *task, struct day day, bool reached)
{
	return db_do(tx, &task_close, NULL, v_id(task), v_int(day.n), v_int(reached));
}

enum result offers_put_fact(struct tx *tx, const struct id *exposure, enum door_fact_kind kind, struct day day)
{
	return db_do(tx, &fact_put, NULL, v_id(exposure), v_int(kind), v_int(day.n));
}

enum result offers_facts(struct tx *tx, struct arena *a, struct door_facts *facts_r)
{
	struct rows *rows;
	struct door_facts facts = { arena_array(a, struct door_fact, DOOR_FACTS_MOST), 0 };
	enum result res = db_ask(tx, &fact_list, &rows, v_int(DOOR_FACTS_MOST));
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		facts.list[facts.n++] = (struct door_fact){ row_id(rows, 0), (enum door_fact_kind)row_int(rows, 1),
							    { (int32_t)row_int(rows, 2) } };
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*facts_r = facts;
	return RES_OK;
}

enum result offers_facts_told(struct tx *tx, const struct door_facts *facts)
{
	enum result res = RES_OK;
	for (size_t i = 0; res == RES_OK && i < facts->n; i++)
		res = db_do(tx, &fact_gone, NULL, v_id(&facts->list[i].about), v_int(facts->list[i].kind));
	return res;
}

enum result offers_count_mail(struct tx *tx, int64_t hour, int64_t n)
{
	return db_do(tx, &mailed_put, NULL, v_int(hour), v_int(n));
}

enum result offers_forget_past(struct tx *tx, struct day today, int64_t hour)
{
	enum result res = db_do(tx, &link_past, NULL, v_int(today.n));
	return res == RES_OK ? db_do(tx, &mailed_old, NULL, v_int(hour - OFFERS_MAILED_HOURS)) : res;
}

enum result offers_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &mailed_sum, &rows, v_int(hour - 24), v_int(hour));
	if (res == RES_OK)
		*mailed_r = row_int(rows, 0);
	rows_end(&rows);
	return res;
}
