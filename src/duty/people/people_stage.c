/* The plan's tables, and work in pieces. */
#include "duty/people/people_stage.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_index.h"

SQL(import_piece, "biiii", "",
    "UPDATE import SET touched_at = $2, step = $3, done = $4, total = $5 WHERE id = $1");
SQL(import_problem_add, "iiiit", "", "INSERT INTO import_problem (n, line, col, note, why) VALUES ($1, $2, $3, $4, $5)");

#define STAGED                                                                                                            \
	"line, fate, changed, doubt, person, employee_number, name, given, family, folded, email, phone, private_phone, unit, " \
	"profession, level, lang, leader, leader_said, leads, staff_responsibility, protected, ended_day"
SQL(import_row_add, "iiiib?t?tt?t?bt?t?t?b?t?t?t?b?t?iiii?", "",
    "INSERT INTO import_row (" STAGED ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
    "$18, $19, $20, $21, $22, $23)");
SQL(import_row_set, "iiib?t?tt?t?bt?t?t?b?t?t?t?b?t?iiii?", "",
    "UPDATE import_row SET fate = $2, changed = $3, person = $4, employee_number = $5, name = $6, given = $7, family = $8, "
    "folded = $9, email = $10, phone = $11, private_phone = $12, unit = $13, profession = $14, level = $15, lang = $16, "
    "leader = $17, leader_said = $18, leads = $19, staff_responsibility = $20, protected = $21, ended_day = $22 "
    "WHERE line = $1");
SQL(import_row_fate_set, "iiii", "", "UPDATE import_row SET fate = $2, changed = $3, doubt = $4 WHERE line = $1");

#define STAGED_COLUMNS                                                                                                   \
	"line:i fate:i changed:i doubt:i person:b? number:t? name:t given:t? family:t? email:t? phone:t? private_phone:t? "     \
	"unit:b? profession:t? level:t? lang:t? leader:b? leads:i staff:i protected:i ended:i? leader_said:t?"
#define STAGED_OF(r)                                                                                                    \
	r ".line AS line, " r ".fate AS fate, " r ".changed AS changed, " r ".doubt AS doubt, " r ".person AS person, " r      \
	  ".employee_number AS number, " r ".name AS name, " r ".given AS given, " r ".family AS family, " r                    \
	  ".email AS email, " r ".phone AS phone, " r ".private_phone AS private_phone, " r ".unit AS unit, " r                 \
	  ".profession AS profession, " r ".level AS level, " r ".lang AS lang, " r ".leader AS leader, " r                     \
	  ".leads AS leads, " r ".staff_responsibility AS staff, " r ".protected AS protected, " r ".ended_day AS ended, " r    \
	  ".leader_said AS leader_said "
/* Where a sentence says +fate or CASE, it is to go by line, from one to the next, and not to sort all of them anew for each piece. */
SQL(import_rows_of, "iii", STAGED_COLUMNS,
    "SELECT " STAGED_OF("r") "FROM import_row r WHERE r.fate = $1 AND r.line > $2 ORDER BY r.line LIMIT $3");
SQL(import_rows_unknown, "iii", STAGED_COLUMNS,
    "SELECT " STAGED_OF("r") "FROM import_row r WHERE r.fate = $1 AND r.line > $2 AND "
			     "CASE WHEN r.person IS NULL THEN 1 ELSE 0 END = 1 "
			     "ORDER BY r.line LIMIT $3");
SQL(import_person, "b", RECORD_COLUMNS, "SELECT " RECORD_OF("p") " FROM person p WHERE p.id = $1");

SQL(import_rows_drop, "i", "",
    "DELETE FROM import_row WHERE line IN (SELECT r.line FROM import_row r ORDER BY r.line LIMIT $1)");
SQL(import_problems_drop, "i", "",
    "DELETE FROM import_problem WHERE n IN (SELECT p.n FROM import_problem p ORDER BY p.n LIMIT $1)");
SQL(import_units_drop, "i", "",
    "DELETE FROM import_unit WHERE id IN (SELECT u.id FROM import_unit u ORDER BY u.id LIMIT $1)");
SQL(import_became_drop, "i", "",
    "DELETE FROM import_became WHERE unit IN (SELECT u.unit FROM import_became u ORDER BY u.unit LIMIT $1)");

struct db_value stage_text(struct slice s)
{
	return s.n ? v_text(s) : v_null();
}

struct db_value stage_id(const struct id *id)
{
	return id_is_zero(id) ? v_null() : v_id(id);
}

/* ---- pieces ---- */

struct piece {
	struct staging *s;
	stage_work *work;
	void *ctx;
	int64_t rows;
	size_t problems; /* before the piece */
};

static enum result write_problems(struct tx *tx, struct staging *s)
{
	enum result res = RES_OK;

	for (size_t i = 0; i < s->problems && res == RES_OK; i++) {
		const struct people_problem *p = &s->problem[i];

		if (s->problem_n + (int64_t)i >= PROBLEMS_KEPT)
			break;
		res = db_do(tx, &import_problem_add, NULL, v_int(s->problem_n + (int64_t)i), v_int(p->line), v_int(p->column),
			    v_int(p->note), v_str(p->why));
	}
	return res;
}

static enum result piece_work(struct tx *tx, void *ctx)
{
	struct piece *p = ctx;
	struct staging *s = p->s;
	int64_t mine = 0;
	enum result res;

	s->problems = p->problems;
	res = db_do(tx, &import_piece, &mine, v_id(&s->import), v_int(clock_now(s->clock).s), v_int(s->step),
		    v_int(s->done + p->rows), v_int(s->total));
	if (res == RES_OK && !mine)
		return RES_REFUSED;
	if (res == RES_OK && p->work)
		res = p->work(tx, s, p->ctx);
	return res == RES_OK ? write_problems(tx, s) : res;
}

enum result stage_piece(struct staging *s, stage_work *work, void *ctx, int64_t rows)
{
	struct piece p = { s, work, ctx, rows, s->problems };
	int64_t was = s->done;
	enum result res = db_write(s->db, piece_work, &p);

	if (res != RES_OK)
		return res;
	s->problem_n += (int64_t)s->problems;
	s->problems = 0;
	s->done += rows;
	return !s->progress || s->progress(s->progress_ctx, s->step, was, s->done, s->total) ? RES_OK : RES_AGAIN;
}

void stage_fresh(struct staging *s)
{
	if (s->problems)
		bug("a piece is forgotten whose problems are not written");
	if (s->a)
		arena_wipe_free(&s->a);
	s->a = arena_new();
	s->problem = NULL;
	s->problem_room = 0;
}

void stage_complain(void *staging, int64_t line, int column, bool note, const char *why)
{
	struct staging *s = staging;

	s->problem = arena_grow(s->a, s->problem, s->problems, &s->problem_room, sizeof(*s->problem));
	s->problem[s->problems++] = (struct people_problem){ line, column, note, arena_str(s->a, slice_of(why)) };
}

/* ---- rows ---- */

enum result stage_add(struct tx *tx, const struct staged *row)
{
	const struct people_record *r = &row->r;
	struct arena *a = arena_new();
	struct slice folded = people_sort_key(a, r->name);
	enum result res =
	    db_do(tx, &import_row_add, NULL, v_int(row->line), v_int(row->fate), v_int(row->changed), v_int(row->doubt),
		  stage_id(&r->id), stage_text(r->number), v_text(r->name), stage_text(r->given), stage_text(r->family),
		  v_bytes(folded.n ? folded.p : "", folded.n), stage_text(r->email), stage_text(r->phone),
		  stage_text(r->private_phone), stage_id(&r->unit), stage_text(r->profession), stage_text(r->level),
		  stage_text(r->lang), stage_id(&r->leader), stage_text(row->leader_said), v_int(r->leads), v_int(r->staff),
		  v_int(r->is_protected), r->ended == PEOPLE_CURRENT ? v_null() : v_int(r->ended));

	arena_wipe_free(&a);
	return res;
}

enum result stage_set(struct tx *tx, const struct staged *row)
{
	const struct people_record *r = &row->r;
	struct arena *a = arena_new();
	struct slice folded = people_sort_key(a, r->name);
	enum result res =
	    db_do(tx, &import_row_set, NULL, v_int(row->line), v_int(row->fate), v_int(row->changed), stage_id(&r->id),
		  stage_text(r->number), v_text(r->name), stage_text(r->given), stage_text(r->family),
		  v_bytes(folded.n ? folded.p : "", folded.n), stage_text(r->email), stage_text(r->phone),
		  stage_text(r->private_phone), stage_id(&r->unit), stage_text(r->profession), stage_text(r->level),
		  stage_text(r->lang), stage_id(&r->leader), stage_text(row->leader_said), v_int(r->leads), v_int(r->staff),
		  v_int(r->is_protected), r->ended == PEOPLE_CURRENT ? v_null() : v_int(r->ended));

	arena_wipe_free(&a);
	return res;
}

enum result stage_fate(struct tx *tx, int64_t line, enum people_fate fate, unsigned changed, enum people_doubt doubt)
{
	return db_do(tx, &import_row_fate_set, NULL, v_int(line), v_int(fate), v_int(changed), v_int(doubt));
}

static struct slice keep(struct rows *rows, struct arena *a, int col)
{
	struct slice s = row_text(rows, col);

	return s.n ? arena_slice(a, s) : (struct slice){ 0 };
}

struct people_record stage_record(struct rows *rows, struct arena *a, int at)
{
	return (struct people_record){
		.id = row_id(rows, at), .number = keep(rows, a, at + 1), .name = keep(rows, a, at + 2),
		.given = keep(rows, a, at + 3), .family = keep(rows, a, at + 4), .email = keep(rows, a, at + 5),
		.phone = keep(rows, a, at + 6), .private_phone = keep(rows, a, at + 7), .unit = row_id(rows, at + 8),
		.profession = keep(rows, a, at + 9), .level = keep(rows, a, at + 10), .lang = keep(rows, a, at + 11),
		.leader = row_id(rows, at + 12), .leads = row_int(rows, at + 13) != 0, .staff = row_int(rows, at + 14) != 0,
		.is_protected = row_int(rows, at + 15) != 0,
		.ended = row_null(rows, at + 16) ? PEOPLE_CURRENT : row_int(rows, at + 16),
	};
}

enum result stage_person(struct tx *tx, struct arena *a, const struct id *id, struct people_record *r_r)
{
	struct rows *rows;
	enum result res = db_one(tx, &import_person, &rows, v_id(id));

	if (res == RES_OK)
		*r_r = stage_record(rows, a, 0);
	rows_end(&rows);
	return res;
}

enum result stage_next(struct tx *tx, struct arena *a, enum people_fate fate, bool unknown, int64_t after,
		       struct staged *list, size_t *n_r)
{
	struct rows *rows;
	size_t n = 0;
	enum result res = db_ask(tx, unknown ? &import_rows_unknown : &import_rows_of, &rows, v_int(fate), v_int(after),
				 v_int(PIECE));

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		list[n++] = (struct staged){ .line = row_int(rows, 0), .fate = (enum people_fate)row_int(rows, 1),
					     .changed = (unsigned)row_int(rows, 2), .doubt = (enum people_doubt)row_int(rows, 3),
					     .r = stage_record(rows, a, 4), .leader_said = keep(rows, a, 4 + RECORD_N) };
	rows_end(&rows);
	*n_r = n;
	return res == RES_NONE ? RES_OK : res;
}

/* ---- the end ---- */

struct clearing {
	const struct sql *sentence;
	int64_t gone;
};

static enum result clear_work(struct tx *tx, void *ctx)
{
	struct clearing *c = ctx;

	c->gone = 0;
	return db_do(tx, c->sentence, &c->gone, v_int(5 * PIECE));
}

enum result stage_clear(struct db *db)
{
	struct clearing all[] = { { &import_rows_drop, 0 }, { &import_problems_drop, 0 }, { &import_units_drop, 0 },
				  { &import_became_drop, 0 } };
	enum result res = RES_OK;

	for (size_t i = 0; i < ARRAY_LEN(all) && res == RES_OK; i++)
		do
			res = db_write(db, clear_work, &all[i]);
		while (res == RES_OK && all[i].gone);
	return res;
}
