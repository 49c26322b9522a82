/* The difference as it is read: who, and what from what to what. */
#include "duty/people/people_stage.h"

#include <string.h>

/* The person's unit and leader may be new: import_unit and import_row say what they will be called. */
#define DIFFERENCE_COLUMNS                                                                                              \
	"line:i fate:i doubt:i changed:i " RECORD_COLUMNS                                                                    \
	" was_number:t? was_name:t? was_email:t? was_phone:t? was_private:t? was_profession:t? was_level:t? was_lang:t? "    \
	"was_staff:i? was_leads:i? was_protected:i? was_ended:i? was_unit:t? now_unit:t? was_leader:t? now_leader:t?"
#define DIFFERENCE                                                                                                      \
	"SELECT r.line AS line, r.fate AS fate, r.doubt AS doubt, r.changed AS changed, r.person AS id, "                    \
	"r.employee_number AS number, r.name AS name, r.given AS given, r.family AS family, r.email AS email, "              \
	"r.phone AS phone, r.private_phone AS private_phone, r.unit AS unit, r.profession AS profession, r.level AS level, " \
	"r.lang AS lang, r.leader AS leader, r.leads AS leads, r.staff_responsibility AS staff, r.protected AS protected, "  \
	"r.ended_day AS ended, p.employee_number AS was_number, p.name AS was_name, p.email AS was_email, "                  \
	"p.phone AS was_phone, p.private_phone AS was_private, p.profession AS was_profession, p.level AS was_level, "       \
	"p.lang AS was_lang, p.staff_responsibility AS was_staff, p.leads AS was_leads, p.protected AS was_protected, "      \
	"p.ended_day AS was_ended, u.path AS was_unit, COALESCE(iv.path, v.path) AS now_unit, "                              \
	"CASE WHEN l.protected = 0 THEN l.name END AS was_leader, "                                                          \
	"CASE WHEN COALESCE(m.protected, k.protected) = 0 THEN COALESCE(m.name, k.name) END AS now_leader "                  \
	"FROM import_row r LEFT JOIN person p ON p.id = r.person LEFT JOIN unit u ON u.id = p.unit "                         \
	"LEFT JOIN unit v ON v.id = r.unit LEFT JOIN import_unit iv ON iv.id = r.unit "                                      \
	"LEFT JOIN person l ON l.id = p.leader LEFT JOIN import_row m ON m.person = r.leader "                               \
	"LEFT JOIN person k ON k.id = r.leader "
#define BY_NAME "ORDER BY r.protected, CASE WHEN r.protected = 1 THEN r.person ELSE r.folded END, r.line "
SQL(difference_of, "iii", DIFFERENCE_COLUMNS, DIFFERENCE "WHERE r.fate = $1 AND r.doubt <> 1 " BY_NAME "LIMIT $2 OFFSET $3");
SQL(difference_doubts, "ii", DIFFERENCE_COLUMNS, DIFFERENCE "WHERE r.doubt <> 0 ORDER BY r.line LIMIT $1 OFFSET $2");

static const char *text(struct rows *rows, struct arena *a, int col)
{
	return arena_str(a, row_text(rows, col));
}

static struct slice keep(struct rows *rows, struct arena *a, int col)
{
	return arena_slice(a, row_text(rows, col));
}

static struct people_difference read_one(struct rows *rows, struct arena *a)
{
	const int was = 4 + RECORD_N;
	struct people_difference d = {
		.line = row_int(rows, 0), .fate = (enum people_fate)row_int(rows, 1), .doubt = (enum people_doubt)row_int(rows, 2),
		.changed = (unsigned)row_int(rows, 3), .now = stage_record(rows, a, 4),
		.was = { .number = keep(rows, a, was), .name = keep(rows, a, was + 1), .email = keep(rows, a, was + 2),
			 .phone = keep(rows, a, was + 3), .private_phone = keep(rows, a, was + 4),
			 .profession = keep(rows, a, was + 5), .level = keep(rows, a, was + 6), .lang = keep(rows, a, was + 7),
			 .ended = row_null(rows, was + 11) ? PEOPLE_CURRENT : row_int(rows, was + 11) },
		.was_unit = text(rows, a, was + 12), .now_unit = text(rows, a, was + 13), .was_leader = text(rows, a, was + 14),
		.now_leader = text(rows, a, was + 15),
	};
	d.was.staff = !row_null(rows, was + 8) && row_int(rows, was + 8);
	d.was.leads = !row_null(rows, was + 9) && row_int(rows, was + 9);
	d.was.is_protected = !row_null(rows, was + 10) && row_int(rows, was + 10);
	return d;
}

static enum result take(struct rows **rows, struct arena *a, struct people_difference **list_r, size_t *n_r)
{
	struct people_difference *list = NULL;
	size_t n = 0, room = 0;
	enum result res;

	while ((res = rows_next(*rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = read_one(*rows, a);
	}
	rows_end(rows);
	if (res != RES_NONE)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result people_import_list(struct tx *tx, struct arena *a, enum people_fate fate, int64_t from, int64_t most,
			       struct people_difference **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &difference_of, &rows, v_int(fate), v_int(most), v_int(from));

	return res == RES_OK ? take(&rows, a, list_r, n_r) : res;
}

enum result people_import_doubts(struct tx *tx, struct arena *a, int64_t from, int64_t most,
				 struct people_difference **list_r, size_t *n_r)
{
	struct rows *rows;
	enum result res = db_ask(tx, &difference_doubts, &rows, v_int(most), v_int(from));

	return res == RES_OK ? take(&rows, a, list_r, n_r) : res;
}
