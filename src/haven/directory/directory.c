#include "haven/directory/directory.h"

#define PERSON_COLUMNS \
	"id:b number:t? name:t unit:t profession:t level:t staff:i lang:t email:t? phone:t? protected:i ended:i"
#define PERSON_SELECT                                                                                   \
	"SELECT id, employee_number AS number, name, unit_path AS unit, profession, level, "            \
	"staff_responsibility AS staff, lang, email, phone, protected, ended FROM person "

SQL(person_put, "bt?ttttitt?t?ii", "",
    "INSERT INTO person (id, employee_number, name, unit_path, profession, level, staff_responsibility, lang, "
    "email, phone, protected, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (id) DO UPDATE SET employee_number = excluded.employee_number, name = excluded.name, "
    "unit_path = excluded.unit_path, profession = excluded.profession, level = excluded.level, "
    "staff_responsibility = excluded.staff_responsibility, lang = excluded.lang, email = excluded.email, "
    "phone = excluded.phone, protected = excluded.protected, ended = excluded.ended "
    /* After each start of duty's everybody is told again (door.h): who is as she was is not written again. */
    "WHERE (person.employee_number, person.name, person.unit_path, person.profession, person.level, person.staff_responsibility, "
    "person.lang, person.email, person.phone, person.protected, person.ended) IS DISTINCT FROM (excluded.employee_number, excluded.name, "
    "excluded.unit_path, excluded.profession, excluded.level, excluded.staff_responsibility, excluded.lang, excluded.email, "
    "excluded.phone, excluded.protected, excluded.ended)");
SQL(person_end, "b", "",
    "UPDATE person SET ended = 1, email = NULL, phone = NULL, employee_number = NULL WHERE id = $1");
/* supporters/ keeps the list; it ends with the person, and the room that hears of her end is this one. */
SQL(person_end_list, "b", "", "DELETE FROM not_this_one WHERE person = $1");
SQL(person_get, "b", PERSON_COLUMNS, PERSON_SELECT "WHERE id = $1");
SQL(person_find, "tt", PERSON_COLUMNS,
    PERSON_SELECT "WHERE ended = 0 AND (employee_number = $1 OR email = $2) "
		  "ORDER BY CASE WHEN employee_number = $1 THEN 0 ELSE 1 END, id LIMIT 1");
SQL(person_left, "bi", "id:b", "SELECT id FROM person WHERE ended = 1 AND id > $1 ORDER BY id LIMIT $2");
SQL(person_gone, "b", "", "DELETE FROM person WHERE id = $1");
SQL(cursor_get, "t", "rev:i life:b?", "SELECT rev, life FROM door_cursor WHERE what = $1");
SQL(cursor_put, "tib", "",
    "INSERT INTO door_cursor (what, rev, life) VALUES ($1, $2, $3) "
    "ON CONFLICT (what) DO UPDATE SET rev = excluded.rev, life = excluded.life");

static struct db_value text_or_null(const char *s)
{
	return s && s[0] ? v_str(s) : v_null();
}

enum result directory_take(struct tx *tx, const struct door_people *people)
{
	for (size_t i = 0; i < people->n; i++) {
		const struct door_person *p = &people->list[i];
		enum result res;
		if (p->ended) {
			res = db_do(tx, &person_end, NULL, v_id(&p->id));
			if (res == RES_OK)
				res = db_do(tx, &person_end_list, NULL, v_id(&p->id));
		} else {
			res = db_do(tx, &person_put, NULL, v_id(&p->id), text_or_null(p->number), v_str(p->name),
				    v_str(p->unit), v_str(p->profession), v_str(p->level), v_int(p->staff),
				    v_str(p->lang), text_or_null(p->email), text_or_null(p->phone),
				    v_int(p->protected), v_int(0));
		}
		if (res != RES_OK)
			return res;
	}
	return directory_cursor_set(tx, "people", &(struct directory_cursor){ people->to, people->life });
}

enum result directory_cursor(struct tx *tx, const char *what, struct directory_cursor *cursor_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &cursor_get, &rows, v_str(what));
	if (res == RES_OK)
		*cursor_r = (struct directory_cursor){ row_int(rows, 0), row_id(rows, 1) };
	else if (res == RES_NONE)
		*cursor_r = (struct directory_cursor){ 0 };
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

enum result directory_cursor_set(struct tx *tx, const char *what, const struct directory_cursor *cursor)
{
	return db_do(tx, &cursor_put, NULL, v_str(what), v_int(cursor->rev), v_id(&cursor->life));
}

static struct door_person person_of(struct rows *rows, struct arena *a)
{
	return (struct door_person){
		.id = row_id(rows, 0),
		.number = arena_str(a, row_text(rows, 1)),
		.name = arena_str(a, row_text(rows, 2)),
		.unit = arena_str(a, row_text(rows, 3)),
		.profession = arena_str(a, row_text(rows, 4)),
		.level = arena_str(a, row_text(rows, 5)),
		.staff = row_int(rows, 6),
		.lang = arena_str(a, row_text(rows, 7)),
		.email = arena_str(a, row_text(rows, 8)),
		.phone = arena_str(a, row_text(rows, 9)),
		.protected = row_int(rows, 10),
		.ended = row_int(rows, 11),
	};
}

enum result directory_get(struct tx *tx, struct arena *a, const struct id *id, struct door_person *person_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &person_get, &rows, v_id(id));
	if (res == RES_OK)
		*person_r = person_of(rows, a);
	rows_end(&rows);
	return res;
}

enum result directory_find(struct tx *tx, struct arena *a, const char *number, const char *email,
			   struct door_person *person_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &person_find, &rows, v_str(number ? number : ""), v_str(email ? email : ""));
	if (res == RES_OK)
		*person_r = person_of(rows, a);
	rows_end(&rows);
	return res;
}

#define LEFT_AT_ONCE 500

enum result directory_forget_left(struct tx *tx, enum result (*named)(struct tx *tx, const struct id *person))
{
	struct id list[LEFT_AT_ONCE], last = { 0 };
	size_t n = LEFT_AT_ONCE;
	while (n == LEFT_AT_ONCE) {
		struct rows *rows;
		enum result res = db_ask(tx, &person_left, &rows, v_id(&last), v_int(LEFT_AT_ONCE));
		if (res != RES_OK)
			return res;
		for (n = 0; n < LEFT_AT_ONCE && rows_next(rows) == RES_OK; n++)
			list[n] = row_id(rows, 0);
		rows_end(&rows);
		for (size_t i = 0; i < n; i++) {
			last = list[i];
			res = named(tx, &list[i]);
			if (res == RES_NONE)
				res = db_do(tx, &person_gone, NULL, v_id(&list[i]));
			if (res != RES_OK)
				return res;
		}
	}
	return RES_OK;
}
