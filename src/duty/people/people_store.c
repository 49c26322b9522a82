#include "duty/people/people_store.h"

#include <stdlib.h>
#include <string.h>


/* ---- one person, whole ---- */

#define PERSON_COLUMNS                                                                                  \
	"id:b number:t? name:t path:t? profession:t? level:t? lang:t? email:t? phone:t? unit:b? leader:b? " \
	"staff:i protected:i ended_day:i? rev:i private_phone:t?"
#define PERSON_SELECT                                                                                   \
	"SELECT p.id AS id, p.employee_number AS number, p.name AS name, u.path AS path, "                  \
	"p.profession AS profession, p.level AS level, p.lang AS lang, p.email AS email, "                  \
	"p.phone AS phone, p.unit AS unit, p.leader AS leader, p.staff_responsibility AS staff, "           \
	"p.protected AS protected, p.ended_day AS ended_day, p.rev AS rev, "                          \
	"p.private_phone AS private_phone "                                \
	"FROM person p LEFT JOIN unit u ON u.id = p.unit "

SQL(person_by_id, "b", PERSON_COLUMNS, PERSON_SELECT "WHERE p.id = $1");
SQL(people_changed, "ii", PERSON_COLUMNS, PERSON_SELECT "WHERE p.rev > $1 ORDER BY p.rev LIMIT $2");

static const char *text(struct rows *rows, struct arena *a, int col)
{
	return arena_str(a, row_text(rows, col));
}

static struct person read_person(struct rows *rows, struct arena *a)
{
	struct person p = { .id = row_id(rows, 0), .number = text(rows, a, 1), .name = text(rows, a, 2),
			    .unit_path = text(rows, a, 3), .profession = text(rows, a, 4), .level = text(rows, a, 5),
			    .lang = text(rows, a, 6), .email = text(rows, a, 7), .phone = text(rows, a, 8),
			    .unit = row_id(rows, 9), .leader = row_id(rows, 10), .staff = row_int(rows, 11) != 0,
			    .is_protected = row_int(rows, 12) != 0, .ended = !row_null(rows, 13),
			    .rev = row_int(rows, 14), .private_phone = text(rows, a, 15) };

	return p;
}

enum result people_store_person(struct tx *tx, struct arena *a, const struct id *id, struct person *p_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &person_by_id, &rows, v_id(id));

	if (res == RES_OK)
		*p_r = read_person(rows, a);
	rows_end(&rows);
	return res;
}

enum result people_store_changes(struct tx *tx, struct arena *a, int64_t after, size_t max, struct person **list_r,
				 size_t *n_r)
{
	struct person *list = arena_array(a, struct person, max + 1);
	struct rows *rows;
	size_t n = 0;
	enum result res = db_ask(tx, &people_changed, &rows, v_int(after), v_int((int64_t)max));

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		list[n++] = read_person(rows, a);
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

/* ---- lists ---- */

#define LINE_COLUMNS "id:b number:t? name:t path:t? profession:t? protected:i email:t? phone:t? private_phone:t?"
#define LINE_WHAT                                                                                       \
	"SELECT p.id AS id, p.employee_number AS number, p.name AS name, u.path AS path, "                  \
	"p.profession AS profession, p.protected AS protected, p.email AS email, p.phone AS phone, "                    \
	"p.private_phone AS private_phone "
#define LINE_SELECT LINE_WHAT "FROM person p LEFT JOIN unit u ON u.id = p.unit "
/* The protected come last and in no telling order. */
#define LINE_ORDER "ORDER BY p.protected, CASE WHEN p.protected = 1 THEN p.id ELSE p.folded END, p.id "

/* The people of each word are gathered first: left the choice and without statistics, PostgreSQL reads all entries of
   a word again for each person. One sentence for each number of words, for the same reason. */
#define HITS(from, to) "(SELECT DISTINCT w.person AS person FROM person_word w WHERE w.word >= " from " AND w.word < " to ") "
#define FINDABLE                                                                                        \
	"JOIN person p ON p.id = h.person LEFT JOIN unit u ON u.id = p.unit "                               \
	"WHERE p.ended_day IS NULL AND p.protected = 0 " LINE_ORDER
SQL(people_found_1, "bbi", LINE_COLUMNS, LINE_WHAT "FROM " HITS("$1", "$2") "h " FINDABLE "LIMIT $3");
SQL(people_found_2, "bbbbi", LINE_COLUMNS,
    LINE_WHAT "FROM " HITS("$1", "$2") "h JOIN " HITS("$3", "$4") "i ON i.person = h.person " FINDABLE "LIMIT $5");
SQL(people_found_3, "bbbbbbi", LINE_COLUMNS,
    LINE_WHAT "FROM " HITS("$1", "$2") "h JOIN " HITS("$3", "$4") "i ON i.person = h.person JOIN " HITS("$5", "$6")
		"j ON j.person = h.person " FINDABLE "LIMIT $7");
SQL(people_found_4, "bbbbbbbbi", LINE_COLUMNS,
    LINE_WHAT "FROM " HITS("$1", "$2") "h JOIN " HITS("$3", "$4") "i ON i.person = h.person JOIN " HITS("$5", "$6")
		"j ON j.person = h.person JOIN " HITS("$7", "$8") "k ON k.person = h.person " FINDABLE "LIMIT $9");
/* Of the protected the number alone: an address is made of the name, so that it would confirm a guess at it. Who has no
   number can be found by nothing else. */
SQL(people_exact, "tti", LINE_COLUMNS,
    LINE_SELECT "WHERE (p.employee_number = $1 OR (p.email = $2 AND (p.protected = 0 OR p.employee_number IS NULL))) "
		"AND p.ended_day IS NULL " LINE_ORDER "LIMIT $3");
SQL(people_with_email, "t", "id:b", "SELECT id FROM person WHERE email = $1 ORDER BY id");
SQL(people_members, "bi", LINE_COLUMNS,
    "WITH RECURSIVE below (id) AS (SELECT v.id FROM unit v WHERE v.id = $1 "
    "UNION SELECT c.id FROM unit c JOIN below b ON c.parent = b.id) " LINE_SELECT
    "WHERE p.unit IN (SELECT b.id FROM below b) AND p.ended_day IS NULL " LINE_ORDER "LIMIT $2");
SQL(people_members_count, "b", "n:i",
    "WITH RECURSIVE below (id) AS (SELECT v.id FROM unit v WHERE v.id = $1 "
    "UNION SELECT c.id FROM unit c JOIN below b ON c.parent = b.id) "
    "SELECT COUNT(*) AS n FROM person p WHERE p.unit IN (SELECT b.id FROM below b) AND p.ended_day IS NULL");
/* Marked as leader of the unit; or line leader of a member who leads nobody here, so that the leader's own is not meant. */
SQL(people_leading, "bi", LINE_COLUMNS,
    LINE_SELECT "WHERE p.ended_day IS NULL AND ((p.leads = 1 AND p.unit = $1) OR "
		"p.id IN (SELECT m.leader FROM person m WHERE m.unit = $1 AND m.ended_day IS NULL "
		"AND m.leader IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person x WHERE x.leader = m.id "
		"AND x.unit = $1 AND x.ended_day IS NULL))) " LINE_ORDER "LIMIT $2");

/* Reads lines to the end and adds those that are not there yet, up to `max`; the rows must have been asked for one more. */
static enum result read_lines(struct rows **rows, struct arena *a, size_t max, struct person_lines *lines)
{
	struct person_line *list = arena_array(a, struct person_line, max + 1);
	enum result res;

	if (lines->n)
		memcpy(list, lines->list, lines->n * sizeof(*list));
	lines->list = list;
	while ((res = rows_next(*rows)) == RES_OK) {
		struct person_line l = { .id = row_id(*rows, 0), .number = text(*rows, a, 1),
					 .name = text(*rows, a, 2), .unit_path = text(*rows, a, 3),
					 .profession = text(*rows, a, 4), .is_protected = row_int(*rows, 5) != 0 };
		struct slice email = row_text(*rows, 6), phone = row_text(*rows, 7), own = row_text(*rows, 8);
		size_t i = 0;

		l.reachable = email.n || phone.n || own.n;
		if (l.is_protected)
			l.name = "";
		while (i < lines->n && !id_eq(&lines->list[i].id, &l.id))
			i++;
		if (i < lines->n)
			continue;
		if (lines->n == max)
			lines->more = true;
		else
			list[lines->n++] = l;
	}
	rows_end(rows);
	return res == RES_NONE ? RES_OK : res;
}

enum result people_store_find(struct tx *tx, struct arena *a, const struct people_range *r, size_t words, size_t max,
			      struct person_lines *lines)
{
	static const struct sql *const by_words[PEOPLE_RANGES] = { &people_found_1, &people_found_2, &people_found_3,
								   &people_found_4 };
	struct rows *rows;
	struct db_value v[PEOPLE_RANGES * 2 + 1];
	enum result res;

	if (words == 0 || words > PEOPLE_RANGES)
		bug("a search for %zu words", words);
	for (size_t i = 0; i < words; i++) {
		v[2 * i] = v_bytes(r[i].from.p, r[i].from.n);
		v[2 * i + 1] = v_bytes(r[i].to.p, r[i].to.n);
	}
	v[words * 2] = v_int((int64_t)max + 1);
	res = db_ask_n(tx, by_words[words - 1], &rows, v, words * 2 + 1);
	return res == RES_OK ? read_lines(&rows, a, max, lines) : res;
}

enum result people_store_exact(struct tx *tx, struct arena *a, struct slice number, struct slice email, size_t max,
			       struct person_lines *lines)
{
	struct rows *rows;
	enum result res = db_ask(tx, &people_exact, &rows, v_text(number), v_text(email), v_int((int64_t)max + 1));

	return res == RES_OK ? read_lines(&rows, a, max, lines) : res;
}

enum result people_store_members(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
				 struct person_lines *lines)
{
	struct rows *rows;
	enum result res = db_ask(tx, &people_members, &rows, v_id(unit), v_int((int64_t)max + 1));

	return res == RES_OK ? read_lines(&rows, a, max, lines) : res;
}

enum result people_store_leaders(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
				 struct person_lines *lines)
{
	struct rows *rows;
	enum result res = db_ask(tx, &people_leading, &rows, v_id(unit), v_int((int64_t)max + 1));

	return res == RES_OK ? read_lines(&rows, a, max, lines) : res;
}

/* ---- units ---- */

SQL(unit_with_id, "b", "parent:b? path:t", "SELECT parent, path FROM unit WHERE id = $1");
SQL(unit_with_path, "t", "id:b", "SELECT id FROM unit WHERE path = $1");
SQL(units_counted, "", "id:b parent:b? name:t path:t members:i",
    "SELECT u.id AS id, u.parent AS parent, u.name AS name, u.path AS path, COUNT(p.id) AS members FROM unit u "
    "LEFT JOIN person p ON p.unit = u.id AND p.ended_day IS NULL GROUP BY u.id, u.parent, u.name, u.path");
SQL(units_all, "", "id:b parent:b? code:t? name:t path:t",
    "SELECT id, parent, code, name, path FROM unit ORDER BY LENGTH(path), path");
SQL(unit_count, "", "n:i", "SELECT COUNT(*) AS n FROM unit");

enum result people_store_unit(struct tx *tx, struct arena *a, const struct id *unit, struct id *parent_r,
			      const char **path_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &unit_with_id, &rows, v_id(unit));

	if (res == RES_OK) {
		*parent_r = row_id(rows, 0);
		*path_r = text(rows, a, 1);
	}
	rows_end(&rows);
	return res;
}

enum result people_store_unit_of(struct tx *tx, const char *path, struct id *unit_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &unit_with_path, &rows, v_str(path));

	if (res == RES_OK)
		*unit_r = row_id(rows, 0);
	rows_end(&rows);
	return res;
}

static enum result count(struct tx *tx, const struct sql *s, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, s, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = (size_t)row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result people_store_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r)
{
	struct unit_line *list;
	struct rows *rows;
	size_t room, n = 0;
	enum result res = count(tx, &unit_count, &room);

	if (res == RES_OK)
		res = db_ask_n(tx, &units_counted, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	list = arena_array(a, struct unit_line, room + 1);
	while ((res = rows_next(rows)) == RES_OK) {
		struct unit_line u = { .id = row_id(rows, 0), .parent = row_id(rows, 1), .name = text(rows, a, 2),
				       .path = text(rows, a, 3), .members = row_int(rows, 4) };

		if (n < room)
			list[n++] = u;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

/* ---- the rev ---- */

SQL(directory_rev_now, "", "rev:i", "SELECT rev FROM directory_rev WHERE one = 1");

enum result people_store_rev(struct tx *tx, int64_t *rev_r)
{
	struct rows *rows = NULL;
	enum result res = db_one_n(tx, &directory_rev_now, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*rev_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

SQL(people_current, "", "n:i", "SELECT COUNT(*) AS n FROM person WHERE ended_day IS NULL");

enum result people_store_count(struct tx *tx, int64_t *n_r)
{
	struct rows *rows = NULL;
	enum result res = db_one_n(tx, &people_current, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result people_store_members_count(struct tx *tx, const struct id *unit, int64_t *n_r)
{
	struct rows *rows = NULL;
	enum result res = db_one(tx, &people_members_count, &rows, v_id(unit));

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

/* One column of ids; ends the rows. */
static enum result ids_of(struct arena *a, struct rows *rows, struct id **list_r, size_t *n_r)
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

enum result people_store_of_email(struct tx *tx, struct arena *a, const char *email, struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &people_with_email, &rows, v_str(email));

	return res == RES_OK ? ids_of(a, rows, list_r, n_r) : res;
}

SQL(people_with_phone, "ttt", "id:b",
    "SELECT id FROM person WHERE (phone = $1 OR phone = $2 OR phone = $3 OR private_phone = $1 OR private_phone = $2 OR private_phone = $3) "
    "AND ended_day IS NULL AND protected = 0 ORDER BY id LIMIT 3");

enum result people_store_of_phone(struct tx *tx, struct arena *a, const struct slice form[PEOPLE_PHONE_FORMS], struct id **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &people_with_phone, &rows, v_text(form[0]), v_text(form[1]), v_text(form[2]));

	return res == RES_OK ? ids_of(a, rows, list_r, n_r) : res;
}
