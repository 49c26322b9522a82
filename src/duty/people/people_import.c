/* The use cases of an import: who has the seat, what it stands at, what it would do. */
#include "duty/people/people_import.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_index.h"
#include "duty/people/people_stage.h"

#define ABANDONED_SECONDS 3600 /* nobody has looked at what waits for a confirmation; our choice */
#define NIGHT_SECONDS (7 * 86400) /* the same of the nightly file, which nobody need look at over a holiday; our choice */

SQL(import_at, "",
    "id:b account:b? way:i state:i step:i done:i total:i made_at:i touched_at:i missing_leave:i held_back:i missing:i "
    "unreadable:i of_whom:i",
    "SELECT id, account, way, state, step, done, total, made_at, touched_at, missing_leave, held_back, missing, unreadable, "
    "of_whom FROM import WHERE one = 1");
SQL(import_make, "bib?iiii", "",
    "INSERT INTO import (one, id, way, account, state, made_at, touched_at, step, done, total, today, missing_leave, rev, "
    "at_line, unreadable, missing, of_whom, held_back) VALUES (1, $1, $2, $3, $4, $5, $6, 1, 0, 0, 0, 0, 0, $7, 0, 0, 0, 0)");
SQL(import_drop, "b", "", "DELETE FROM import WHERE id = $1");
SQL(import_set_state, "biii", "", "UPDATE import SET state = $3, touched_at = $4 WHERE id = $1 AND state = $2");
SQL(import_touch, "bi", "", "UPDATE import SET touched_at = $2 WHERE id = $1");
SQL(import_plan_begin, "biiii", "",
    "UPDATE import SET state = 2, touched_at = $2, today = $3, missing_leave = $4, step = 1, done = 0, total = $5 "
    "WHERE id = $1 AND state IN (1, 2, 3)");
SQL(import_confirm, "b", "",
    "UPDATE import SET state = 4 WHERE id = $1 AND state = 3 AND rev = (SELECT d.rev FROM directory_rev d WHERE d.one = 1)");
SQL(import_fates, "", "fate:i n:i", "SELECT fate, COUNT(*) AS n FROM import_row GROUP BY fate");
SQL(import_unchanged, "", "n:i", "SELECT COUNT(*) AS n FROM import_row WHERE fate = 4 AND line > 0");
SQL(import_changes, "", "changed:i n:i",
    "SELECT changed, COUNT(*) AS n FROM import_row WHERE fate IN (2, 3) GROUP BY changed");
SQL(import_doubts, "", "fate:i n:i", "SELECT fate, COUNT(*) AS n FROM import_row WHERE doubt = 1 GROUP BY fate");
SQL(import_became, "", "said:i n:i", "SELECT CASE WHEN said = 0 THEN 0 ELSE 1 END AS said, COUNT(*) AS n FROM import_became GROUP BY 1");
SQL(import_say, "ii", "", "UPDATE import_row SET doubt = $2 WHERE line = $1 AND doubt <> 0");
SQL(import_units_new, "", "is_new:i n:i", "SELECT is_new, COUNT(*) AS n FROM import_unit GROUP BY is_new");
SQL(import_problems, "ii", "line:i col:i note:i why:t",
    "SELECT line, col, note, why FROM import_problem WHERE line > $1 ORDER BY line, n LIMIT $2");
SQL(import_problems_on, "ii", "line:i col:i note:i why:t",
    "SELECT line, col, note, why FROM import_problem WHERE line = $1 ORDER BY n LIMIT $2");
SQL(import_problem_count, "", "n:i", "SELECT COUNT(*) AS n FROM import_problem");
SQL(import_last_at, "", "at:i way:i", "SELECT at, way FROM import_last WHERE one = 1");
SQL(import_units_all, "ib", "id:b parent:b? code:t? name:t path:t",
    "SELECT id, parent, code, name, path FROM unit WHERE id > $2 ORDER BY id LIMIT $1");
SQL(import_rev, "", "rev:i", "SELECT rev FROM directory_rev WHERE one = 1");

_Static_assert(PEOPLE_CLAIMED == 1 && PEOPLE_PLANNING == 2 && PEOPLE_PLANNED == 3 && PEOPLE_APPLYING == 4,
	       "the sentences name them by number");

/* ---- the seat ---- */

enum result people_import_look(struct tx *tx, struct people_status *status_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &import_at, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*status_r = (struct people_status){
			.id = row_id(rows, 0), .account = row_id(rows, 1), .way = (enum people_way)row_int(rows, 2),
			.state = (enum people_state)row_int(rows, 3), .step = (enum people_step)row_int(rows, 4),
			.done = row_int(rows, 5), .total = row_int(rows, 6), .made = { row_int(rows, 7) },
			.touched = { row_int(rows, 8) }, .missing_leave = (enum people_missing)row_int(rows, 9),
			.held_back = row_int(rows, 10) != 0, .missing = row_int(rows, 11), .unreadable = row_int(rows, 12),
			.of_whom = row_int(rows, 13),
		};
	rows_end(&rows);
	return res;
}

struct claiming {
	struct instant now;
	struct random_source *rnd;
	enum people_way way;
	const struct id *account;
	struct id id;
};

bool people_import_free(const struct people_status *s, struct instant now)
{
	int64_t idle = now.s - s->touched.s;

	switch (s->state) {
	case PEOPLE_PLANNING:
		return idle > PEOPLE_STALE_SECONDS;
	case PEOPLE_APPLYING:
		return false;
	case PEOPLE_DONE:
		return true;
	case PEOPLE_CLAIMED:
	case PEOPLE_PLANNED:
		break;
	}
	return idle > (s->way == PEOPLE_BY_DROP ? NIGHT_SECONDS : ABANDONED_SECONDS);
}

static enum result claim_work(struct tx *tx, void *ctx)
{
	struct claiming *c = ctx;
	struct people_status s;
	enum result res = people_import_look(tx, &s);

	if (res == RES_OK && !people_import_free(&s, c->now))
		return RES_REFUSED;
	if (res == RES_OK)
		res = db_do(tx, &import_drop, NULL, v_id(&s.id));
	if (res != RES_OK && res != RES_NONE)
		return res;
	c->id = id_new(c->rnd, "people/import");
	return db_do(tx, &import_make, NULL, v_id(&c->id), v_int(c->way), v_id(c->account), v_int(PEOPLE_CLAIMED), v_int(c->now.s),
		     v_int(c->now.s), v_int(INT64_MIN));
}

enum result people_import_claim(struct db *db, const struct clock *clock, struct random_source *rnd, enum people_way way,
				const struct id *account, struct id *import_r)
{
	struct claiming c = { clock_now(clock), rnd, way, account, { { 0 } } };
	enum result res = db_write(db, claim_work, &c);

	if (res == RES_OK)
		*import_r = c.id;
	/* Two came at the same moment. */
	return res == RES_AGAIN ? RES_REFUSED : res;
}

enum result people_import_touch(struct tx *tx, const struct id *import, struct instant now)
{
	int64_t there = 0;
	enum result res = db_do(tx, &import_touch, &there, v_id(import), v_int(now.s));

	return res == RES_OK && !there ? RES_REFUSED : res;
}

static enum result set_state(struct tx *tx, const struct id *import, enum people_state from, enum people_state to,
			     struct instant now)
{
	int64_t there = 0;
	enum result res = db_do(tx, &import_set_state, &there, v_id(import), v_int(from), v_int(to), v_int(now.s));

	return res == RES_OK && !there ? RES_REFUSED : res;
}

enum result people_import_reopen(struct tx *tx, const struct id *import, struct instant now)
{
	return set_state(tx, import, PEOPLE_PLANNED, PEOPLE_CLAIMED, now);
}

enum result people_import_begin(struct tx *tx, const struct id *import, struct instant now)
{
	return set_state(tx, import, PEOPLE_CLAIMED, PEOPLE_PLANNING, now);
}

enum result people_import_unplan(struct tx *tx, const struct id *import, struct instant now)
{
	return set_state(tx, import, PEOPLE_PLANNING, PEOPLE_CLAIMED, now);
}

static enum result end_work(struct tx *tx, void *ctx)
{
	const struct id *import = ctx;
	struct people_status s;
	enum result res = people_import_look(tx, &s);

	if (res == RES_NONE || (res == RES_OK && !id_eq(&s.id, import)))
		return RES_NONE;
	if (res != RES_OK)
		return res;
	if (s.state == PEOPLE_APPLYING)
		return RES_REFUSED;
	return db_do(tx, &import_drop, NULL, v_id(import));
}

enum result people_import_end(struct db *db, const struct id *import)
{
	struct id id = *import;
	enum result res = db_write(db, end_work, &id);

	if (res == RES_NONE)
		return RES_OK;
	return res == RES_OK ? stage_clear(db) : res;
}

/* ---- planning ---- */

static enum result begin_work(struct tx *tx, void *ctx)
{
	struct staging *s = ctx;
	int64_t there = 0;
	struct rows *rows;
	enum result res = db_do(tx, &import_plan_begin, &there, v_id(&s->import), v_int(clock_now(s->clock).s),
				v_int(s->wish->today.n), v_int(s->wish->missing), v_int(s->total));

	if (res == RES_OK && !there)
		return RES_REFUSED;
	if (res == RES_OK)
		res = db_one_n(tx, &import_rev, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	s->rev = row_int(rows, 0);
	rows_end(&rows);
	return RES_OK;
}

/* The units of the directory, a page at a time; parents by id, since a page may name what comes later. */
struct loading {
	struct arena *a;
	struct people_unit *unit;
	struct id *parent;
	size_t n, room, parent_room, got;
	struct id after;
};

static enum result load_work(struct tx *tx, void *ctx)
{
	struct loading *l = ctx;
	struct rows *rows;
	size_t n = l->n;
	struct id last = l->after;
	enum result res = db_ask(tx, &import_units_all, &rows, v_int(PIECE), v_id(&l->after));

	l->got = 0;
	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		l->unit = arena_grow(l->a, l->unit, n, &l->room, sizeof(*l->unit));
		l->parent = arena_grow(l->a, l->parent, n, &l->parent_room, sizeof(*l->parent));
		last = row_id(rows, 0);
		l->parent[n] = row_id(rows, 1);
		l->unit[n++] = (struct people_unit){ last, -1, arena_slice(l->a, row_text(rows, 2)),
						     arena_slice(l->a, row_text(rows, 3)), arena_slice(l->a, row_text(rows, 4)) };
		l->got++;
	}
	rows_end(&rows);
	if (res != RES_NONE)
		return res;
	l->n = n;
	l->after = last;
	return RES_OK;
}

static enum result load_tree(struct staging *s)
{
	struct loading l = { .a = arena_new() };
	struct people_index *by_id = people_index_new();
	enum result res;

	do
		res = db_read(s->db, load_work, &l);
	while (res == RES_OK && l.got);
	for (size_t i = 0; i < l.n; i++)
		people_index_put(by_id, slice_bytes(l.unit[i].id.b, ID_BYTES), (int)i);
	for (size_t i = 0; i < l.n; i++)
		if (!id_is_zero(&l.parent[i]))
			l.unit[i].parent = people_index_get(by_id, slice_bytes(l.parent[i].b, ID_BYTES));
	if (res == RES_OK)
		people_tree_has(s->tree, l.unit, l.n);
	people_index_free(&by_id);
	arena_free(&l.a);
	s->named_n = l.n;
	s->named = must_alloc(l.n + 1, sizeof(bool));
	return res;
}

struct page {
	struct people_row *row;
	size_t n;
};

static enum result page_work(struct tx *tx, struct staging *s, void *ctx)
{
	struct page *p = ctx;
	enum result res = RES_OK;

	for (size_t i = 0; i < p->n && res == RES_OK; i++)
		res = match_row(tx, s, &p->row[i]);
	return res;
}

static enum result read_page(struct staging *s, struct csv *csv, struct page *p)
{
	size_t taken = 0;
	enum result res = RES_OK;

	stage_fresh(s);
	for (p->n = 0; taken < PIECE && res != RES_NONE; taken++) {
		res = people_file_next(s->file, csv, s->a, &p->row[p->n]);
		if (res == RES_BROKEN)
			return res;
		s->unreadable += res == RES_BAD;
		p->n += res == RES_OK;
	}
	enum result written = stage_piece(s, page_work, p, (int64_t)(taken - (res == RES_NONE)));
	return written == RES_OK && res == RES_NONE ? RES_NONE : written;
}

static enum result read_all(struct staging *s, struct people_source *source)
{
	struct page p = { must_alloc(PIECE, sizeof(*p.row)), 0 };
	struct csv *csv = csv_new(source->read, source->ctx, source->form);
	enum result res;

	do
		res = read_page(s, csv, &p);
	while (res == RES_OK);
	csv_free(&csv);
	free(p.row);
	return res == RES_NONE ? RES_OK : res;
}

/* Reading is one round over all rows, comparing four or so: settling, leaders, what differs. */
enum result people_import_plan(struct db *db, const struct clock *clock, struct random_source *rnd, const struct id *import,
			       struct people_file *file, struct people_source *source, const struct people_wish *wish,
			       people_progress *progress, void *ctx, const char **why_r)
{
	struct staging s = { .db = db, .clock = clock, .rnd = rnd, .import = *import, .wish = wish, .file = file,
			     .progress = progress, .progress_ctx = ctx, .step = PEOPLE_READING,
			     .total = (int64_t)people_file_rows(file) };
	enum result res = db_write(db, begin_work, &s);

	s.tree = people_tree_new(stage_complain, &s);
	people_file_tell(file, stage_complain, &s);
	if (res == RES_OK)
		res = stage_clear(db);
	if (res == RES_OK)
		res = load_tree(&s);
	if (res == RES_OK)
		res = source->again(source->ctx);
	if (res == RES_OK)
		res = read_all(&s, source);
	s.step = PEOPLE_COMPARING;
	s.done = 0;
	s.total *= 3;
	if (res == RES_OK)
		res = match_rest(&s);
	if (res == RES_OK)
		res = settle(&s);
	if (res == RES_BAD)
		*why_r = s.why;
	s.problems = 0;
	people_tree_free(&s.tree);
	if (s.a)
		arena_wipe_free(&s.a);
	free(s.named);
	return res;
}

/* ---- what it would do ---- */

static enum result read_sums(struct tx *tx, const struct sql *sentence, void (*add)(struct people_sums *s, int64_t key, int64_t n),
			     struct people_sums *sums)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, sentence, &rows, DB_NO_VALUES);

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK)
		add(sums, row_int(rows, 0), row_int(rows, 1));
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static void add_fate(struct people_sums *s, int64_t fate, int64_t n)
{
	if (fate >= 0 && fate < PEOPLE_FATES)
		s->fate[fate] = n;
}

static void add_doubts(struct people_sums *s, int64_t fate, int64_t n)
{
	if (fate >= 0 && fate < PEOPLE_FATES)
		s->doubtful[fate] = n;
	s->doubts += n;
}

static void add_changes(struct people_sums *s, int64_t changed, int64_t n)
{
	for (int b = 0; b < PC_COUNT; b++)
		s->by_change[b] += changed >> b & 1 ? n : 0;
}

static void add_units(struct people_sums *s, int64_t is_new, int64_t n)
{
	if (is_new)
		s->units_added = n;
	else
		s->units_changed = n;
}

static void add_became(struct people_sums *s, int64_t said, int64_t n)
{
	s->became += n;
	s->became_unsaid += said ? 0 : n;
}

static enum result number(struct tx *tx, const struct sql *sentence, int64_t *n_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, sentence, &rows, DB_NO_VALUES);

	if (res == RES_OK)
		*n_r = row_int(rows, 0);
	rows_end(&rows);
	return res == RES_NONE ? RES_BROKEN : res;
}

enum result people_import_sums(struct tx *tx, struct people_sums *sums_r)
{
	struct people_sums s = { 0 };
	enum result res = read_sums(tx, &import_fates, add_fate, &s);

	if (res == RES_OK)
		res = read_sums(tx, &import_changes, add_changes, &s);
	if (res == RES_OK)
		res = read_sums(tx, &import_units_new, add_units, &s);
	if (res == RES_OK)
		res = number(tx, &import_unchanged, &s.fate[PEOPLE_UNCHANGED]);
	if (res == RES_OK)
		res = read_sums(tx, &import_doubts, add_doubts, &s);
	if (res == RES_OK)
		res = read_sums(tx, &import_became, add_became, &s);
	if (res == RES_OK)
		*sums_r = s;
	return res;
}

bool people_import_many_leave(const struct people_sums *sums, const struct people_status *status)
{
	return sums->fate[PEOPLE_LEFT] * 10 > status->of_whom;
}

enum result people_import_confirm(struct tx *tx, const struct id *import, int64_t leaving)
{
	struct people_status status;
	struct people_sums sums;
	int64_t there = 0;
	enum result res = people_import_look(tx, &status);

	if (res == RES_NONE || (res == RES_OK && (!id_eq(&status.id, import) || status.state != PEOPLE_PLANNED)))
		return RES_REFUSED;
	if (res == RES_OK)
		res = people_import_sums(tx, &sums);
	if (res != RES_OK)
		return res;
	if (people_import_many_leave(&sums, &status) && sums.fate[PEOPLE_LEFT] != leaving)
		return RES_BAD;
	res = db_do(tx, &import_confirm, &there, v_id(import));
	return res == RES_OK && !there ? RES_AGAIN : res;
}

enum result people_import_say(struct tx *tx, const struct id *import, int64_t line, enum people_doubt said)
{
	struct people_status status;
	enum result res = people_import_look(tx, &status);

	if (res == RES_NONE || (res == RES_OK && (!id_eq(&status.id, import) || status.state != PEOPLE_PLANNED)))
		return RES_REFUSED;
	return res == RES_OK ? db_do(tx, &import_say, NULL, v_int(line), v_int(said)) : res;
}

static enum result take_problems(struct rows **rows, struct arena *a, struct people_problem **list, size_t *n, size_t *room)
{
	enum result res;

	while ((res = rows_next(*rows)) == RES_OK) {
		*list = arena_grow(a, *list, *n, room, sizeof(**list));
		(*list)[(*n)++] = (struct people_problem){ row_int(*rows, 0), (int)row_int(*rows, 1), row_int(*rows, 2) != 0,
							   arena_str(a, row_text(*rows, 3)) };
	}
	rows_end(rows);
	return res == RES_NONE ? RES_OK : res;
}

#define PROBLEMS_OF_A_ROW 300 /* each column and then some */

enum result people_import_problems(struct tx *tx, struct arena *a, int64_t after_line, int64_t most,
				   struct people_problem **list_r, size_t *n_r)
{
	struct people_problem *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = db_ask(tx, &import_problems, &rows, v_int(after_line), v_int(most));

	if (res == RES_OK)
		res = take_problems(&rows, a, &list, &n, &room);
	if (res == RES_OK && n && (int64_t)n == most) {
		/* The last line whole. */
		int64_t line = list[n - 1].line;

		while (n && list[n - 1].line == line)
			n--;
		res = db_ask(tx, &import_problems_on, &rows, v_int(line), v_int(PROBLEMS_OF_A_ROW));
		if (res == RES_OK)
			res = take_problems(&rows, a, &list, &n, &room);
	}
	if (res != RES_OK)
		return res;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}

enum result people_import_problem_count(struct tx *tx, int64_t *n_r)
{
	return number(tx, &import_problem_count, n_r);
}

enum result people_import_last(struct tx *tx, struct instant *at_r, enum people_way *way_r)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &import_last_at, &rows, DB_NO_VALUES);

	if (res == RES_OK) {
		at_r->s = row_int(rows, 0);
		*way_r = (enum people_way)row_int(rows, 1);
	}
	rows_end(&rows);
	return res;
}
