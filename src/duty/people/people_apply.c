/* Carries out what was planned: the units first, all together, then people in pieces. Each piece moves the directory's rev and
   the line up to which it has come, so that whoever goes on after a stop begins where it stood. */
#include "duty/people/people_became.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_text.h"

SQL(apply_lock, "", "", "UPDATE directory_rev SET rev = rev WHERE one = 1");
SQL(apply_rev, "", "rev:i", "SELECT rev FROM directory_rev WHERE one = 1");
SQL(apply_rev_set, "i", "", "UPDATE directory_rev SET rev = $1 WHERE one = 1");
SQL(apply_at, "b", "state:i rev:i at_line:i today:i", "SELECT state, rev, at_line, today FROM import WHERE id = $1");
SQL(apply_on, "biiiii", "",
    "UPDATE import SET rev = $2, at_line = $3, touched_at = $4, step = 3, done = $5, total = $6 WHERE id = $1");
SQL(apply_done, "bi", "", "UPDATE import SET state = 5, touched_at = $2 WHERE id = $1");
SQL(apply_last_drop, "", "", "DELETE FROM import_last");
SQL(apply_last, "ib", "",
    "INSERT INTO import_last (one, at, way) SELECT 1, $1, way FROM import WHERE id = $2");

_Static_assert(PEOPLE_APPLYING == 4 && PEOPLE_DONE == 5 && PEOPLE_WRITING == 3 && PEOPLE_ADDED == 1 &&
	       PEOPLE_ANOTHER == 3 && PEOPLE_UNCHANGED == 4 && PC_LEADER == 1024, "the sentences name them by number");

SQL(apply_units, "", "id:b parent:b? code:t? name:t path:t is_new:i",
    "SELECT id, parent, code, name, path, is_new FROM import_unit ORDER BY is_new, path");
SQL(unit_add, "bt?tt", "", "INSERT INTO unit (id, code, name, path) VALUES ($1, $2, $3, $4)");
SQL(unit_set_path, "bt", "", "UPDATE unit SET path = $2 WHERE id = $1");
SQL(unit_set, "bb?tt", "", "UPDATE unit SET parent = $2, name = $3, path = $4 WHERE id = $1");

SQL(apply_total, "", "n:i", "SELECT COUNT(*) AS n FROM import_row WHERE fate IN (1, 2, 3, 5) AND doubt <> 1");
SQL(apply_others, "", "line:i person:b",
    "SELECT line, person FROM import_row WHERE doubt = 3 AND fate IN (2, 3) ORDER BY line");
SQL(apply_other, "ib", "", "UPDATE import_row SET person = $2, fate = 1 WHERE line = $1");
SQL(apply_other_leads, "bb", "", "UPDATE import_row SET leader = $2, fate = CASE WHEN fate = 4 THEN 2 ELSE fate END, changed = changed | 1024 "
    "WHERE leader = $1 AND fate IN (1, 2, 3, 4)");
#define APPLY_COLUMNS "line:i fate:i changed:i " RECORD_COLUMNS
SQL(apply_next, "ii", APPLY_COLUMNS,
    "SELECT r.line AS line, r.fate AS fate, r.changed AS changed, r.person AS id, "
    "r.employee_number AS number, r.name AS name, r.given AS given, r.family AS family, r.email AS email, r.phone AS phone, "
    "r.private_phone AS private_phone, r.unit AS unit, r.profession AS profession, r.level AS level, r.lang AS lang, "
    "r.leader AS leader, r.leads AS leads, r.staff_responsibility AS staff, r.protected AS protected, r.ended_day AS ended "
    "FROM import_row r WHERE r.line > $1 AND +r.fate IN (1, 2, 3, 5) AND r.doubt <> 1 ORDER BY r.line LIMIT $2");

SQL(person_place_last, "", "place:i", "SELECT COALESCE(MAX(place), 0) AS place FROM person");
SQL(person_add, "bt?tt?t?bt?t?t?b?t?t?t?b?iiiii", "",
    "INSERT INTO person (id, employee_number, name, given, family, folded, email, phone, private_phone, unit, profession, level, "
    "lang, leader, leads, staff_responsibility, protected, place, rev) VALUES "
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)");
SQL(person_set, "bt?tt?t?bt?t?t?b?t?t?t?b?iiii", "",
    "UPDATE person SET employee_number = $2, name = $3, given = $4, family = $5, folded = $6, email = $7, phone = $8, "
    "private_phone = $9, unit = $10, profession = $11, level = $12, lang = $13, leader = $14, leads = $15, "
    "staff_responsibility = $16, protected = $17, rev = $18, ended_day = NULL WHERE id = $1");
SQL(person_end, "bii", "", "UPDATE person SET ended_day = $2, rev = $3 WHERE id = $1");
/* Somebody else has the number now. */
SQL(person_give_up_number, "bii", "", "UPDATE person SET employee_number = NULL, ended_day = $2, rev = $3 WHERE id = $1");
SQL(person_words_drop, "b", "", "DELETE FROM person_word WHERE person = $1");
SQL(person_word_add, "bb", "", "INSERT INTO person_word (word, person) VALUES ($1, $2)");

/* More than elsewhere: each piece writes pages of six indexes anew. */
#define WRITTEN_AT_ONCE 1000

struct applying {
	struct staging *s;
	int64_t rev, place, at_line, today;
	size_t n;
	bool began, over;
};

/* ---- units ---- */

struct unit_row {
	struct id id, parent;
	struct slice code, name, path;
	bool is_new;
};

static enum result load_units(struct tx *tx, struct arena *a, struct unit_row **list_r, size_t *n_r)
{
	struct unit_row *list = NULL;
	struct rows *rows;
	size_t n = 0, room = 0;
	enum result res = db_ask_n(tx, &apply_units, &rows, DB_NO_VALUES);

	if (res != RES_OK)
		return res;
	while ((res = rows_next(rows)) == RES_OK) {
		list = arena_grow(a, list, n, &room, sizeof(*list));
		list[n++] = (struct unit_row){ row_id(rows, 0), row_id(rows, 1), arena_slice(a, row_text(rows, 2)),
					       arena_slice(a, row_text(rows, 3)), arena_slice(a, row_text(rows, 4)),
					       row_int(rows, 5) != 0 };
	}
	rows_end(&rows);
	*list_r = list;
	*n_r = n;
	return res == RES_NONE ? RES_OK : res;
}

/* Paths are unique at every moment, and two units may change names with each other: so each changed unit steps aside first. */
static enum result apply_all_units(struct tx *tx, size_t *n_r)
{
	struct arena *a = arena_new();
	struct unit_row *list;
	size_t n = 0;
	enum result res = load_units(tx, a, &list, &n);

	for (size_t i = 0; i < n && res == RES_OK; i++) {
		struct id_text aside = id_text(&list[i].id);

		if (list[i].is_new)
			res = db_do(tx, &unit_add, NULL, v_id(&list[i].id), stage_text(list[i].code), v_text(list[i].name),
				    v_str(aside.s));
		else
			res = db_do(tx, &unit_set_path, NULL, v_id(&list[i].id), v_str(aside.s));
	}
	for (size_t i = 0; i < n && res == RES_OK; i++)
		res = db_do(tx, &unit_set, NULL, v_id(&list[i].id), stage_id(&list[i].parent), v_text(list[i].name),
			    v_text(list[i].path));
	arena_free(&a);
	*n_r = n;
	return res;
}

/* ---- people ---- */

static enum result write_words(struct tx *tx, struct arena *a, const struct people_record *r, bool had_some)
{
	struct slice word[PEOPLE_WORDS_MAX];
	enum result res = had_some ? db_do(tx, &person_words_drop, NULL, v_id(&r->id)) : RES_OK;
	size_t n;

	if (r->is_protected)
		return res;
	n = people_words(a, r->name, word, ARRAY_LEN(word));
	for (size_t i = 0; i < n && res == RES_OK; i++)
		res = db_do(tx, &person_word_add, NULL, v_bytes(word[i].p, word[i].n), v_id(&r->id));
	return res;
}

static enum result add_person(struct tx *tx, struct applying *ap, struct arena *a, const struct people_record *r)
{
	struct slice folded = people_sort_key(a, r->name);
	enum result res = db_do(tx, &person_add, NULL, v_id(&r->id), stage_text(r->number), v_text(r->name), stage_text(r->given),
				stage_text(r->family), v_bytes(folded.p, folded.n), stage_text(r->email), stage_text(r->phone),
				stage_text(r->private_phone), stage_id(&r->unit), stage_text(r->profession),
				stage_text(r->level), stage_text(r->lang), stage_id(&r->leader), v_int(r->leads),
				v_int(r->staff), v_int(r->is_protected), v_int(++ap->place), v_int(++ap->rev));

	return res == RES_OK ? write_words(tx, a, r, false) : res;
}

static enum result change_person(struct tx *tx, struct applying *ap, struct arena *a, const struct people_record *r,
				 unsigned changed)
{
	struct slice folded = people_sort_key(a, r->name);
	enum result res = db_do(tx, &person_set, NULL, v_id(&r->id), stage_text(r->number), v_text(r->name), stage_text(r->given),
				stage_text(r->family), v_bytes(folded.p, folded.n), stage_text(r->email), stage_text(r->phone),
				stage_text(r->private_phone), stage_id(&r->unit), stage_text(r->profession),
				stage_text(r->level), stage_text(r->lang), stage_id(&r->leader), v_int(r->leads),
				v_int(r->staff), v_int(r->is_protected), v_int(++ap->rev));

	if (res == RES_OK && changed & (PC_NAME | PC_PROTECTED | PC_RETURNED))
		res = write_words(tx, a, r, true);
	return res;
}

static enum result end_person(struct tx *tx, struct applying *ap, const struct sql *how, const struct id *id, int64_t day)
{
	enum result res = db_do(tx, how, NULL, v_id(id), v_int(day), v_int(++ap->rev));

	return res == RES_OK ? db_do(tx, &person_words_drop, NULL, v_id(id)) : res;
}

/* Who had the number has left; who has it now is somebody else, with an id of their own. Before anybody else is written, since
   the file may name them as a leader. There are as many as somebody has decided by hand. */
static enum result split_doubts(struct tx *tx, struct applying *ap)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, &apply_others, &rows, DB_NO_VALUES);

	while (res == RES_OK && (res = rows_next(rows)) == RES_OK) {
		int64_t line = row_int(rows, 0);
		struct id old = row_id(rows, 1), new = id_new(ap->s->rnd, "people/person");

		res = end_person(tx, ap, &person_give_up_number, &old, ap->today);
		if (res == RES_OK)
			res = db_do(tx, &apply_other, NULL, v_int(line), v_id(&new));
		if (res == RES_OK)
			res = db_do(tx, &apply_other_leads, NULL, v_id(&old), v_id(&new));
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static enum result apply_row(struct tx *tx, struct applying *ap, struct arena *a, struct rows *rows)
{
	enum people_fate fate = (enum people_fate)row_int(rows, 1);
	unsigned changed = (unsigned)row_int(rows, 2);
	struct people_record r = stage_record(rows, a, 3);

	if (fate == PEOPLE_LEFT)
		return end_person(tx, ap, &person_end, &r.id, r.ended);
	if (fate == PEOPLE_ADDED)
		return add_person(tx, ap, a, &r);
	return change_person(tx, ap, a, &r, changed);
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

static enum result apply_people(struct tx *tx, struct applying *ap)
{
	struct arena *a = arena_new();
	struct rows *rows = NULL;
	enum result res = number(tx, &person_place_last, &ap->place);

	ap->n = 0;
	if (res == RES_OK)
		res = db_ask(tx, &apply_next, &rows, v_int(ap->at_line), v_int(WRITTEN_AT_ONCE));
	while (res == RES_OK && (res = rows_next(rows)) == RES_OK) {
		ap->at_line = row_int(rows, 0);
		ap->n++;
		res = apply_row(tx, ap, a, rows);
	}
	rows_end(&rows);
	arena_wipe_free(&a);
	return res == RES_NONE ? RES_OK : res;
}

/* ---- a piece ---- */

/* Where the import stands, as the database has it: another process may have brought it here. */
static enum result read_place(struct tx *tx, struct applying *ap)
{
	struct rows *rows;
	int64_t rev = 0;
	enum people_state state = PEOPLE_DONE;
	enum result res = db_one(tx, &apply_at, &rows, v_id(&ap->s->import));

	if (res == RES_OK) {
		state = (enum people_state)row_int(rows, 0);
		ap->rev = row_int(rows, 1);
		ap->at_line = row_int(rows, 2);
		ap->today = row_int(rows, 3);
	}
	rows_end(&rows);
	if (res != RES_OK)
		return res == RES_NONE ? RES_REFUSED : res;
	ap->over = state == PEOPLE_DONE;
	if (ap->over)
		return RES_OK;
	if (state != PEOPLE_APPLYING)
		return RES_REFUSED;
	res = number(tx, &apply_rev, &rev);
	/* Nobody else changes the directory while the seat is taken. */
	return res == RES_OK && rev != ap->rev ? RES_BROKEN : res;
}

static enum result finish(struct tx *tx, struct applying *ap)
{
	struct instant now = clock_now(ap->s->clock);
	enum result res = db_do_n(tx, &apply_last_drop, NULL, DB_NO_VALUES);

	if (res == RES_OK)
		res = db_do(tx, &apply_last, NULL, v_int(now.s), v_id(&ap->s->import));
	if (res == RES_OK)
		res = db_do(tx, &apply_done, NULL, v_id(&ap->s->import), v_int(now.s));
	return res;
}

static enum result apply_work(struct tx *tx, void *ctx)
{
	struct applying *ap = ctx;
	size_t units = 0;
	int64_t was;
	enum result res = db_do_n(tx, &apply_lock, NULL, DB_NO_VALUES);

	ap->n = 0;
	if (res == RES_OK)
		res = read_place(tx, ap);
	if (res != RES_OK || ap->over)
		return res;
	was = ap->rev;
	ap->began = ap->at_line == INT64_MIN;
	if (ap->began) {
		res = apply_all_units(tx, &units);
		if (res == RES_OK)
			res = became_apply(tx);
		if (res == RES_OK)
			res = split_doubts(tx, ap);
		/* Changed units alone, too, make what was planned by the old ones stale. */
		ap->rev += units != 0;
		ap->at_line++;
	} else {
		res = apply_people(tx, ap);
	}
	ap->over = !ap->began && !ap->n;
	if (res == RES_OK && ap->rev != was)
		res = db_do(tx, &apply_rev_set, NULL, v_int(ap->rev));
	if (res == RES_OK)
		res = db_do(tx, &apply_on, NULL, v_id(&ap->s->import), v_int(ap->rev), v_int(ap->at_line),
			    v_int(clock_now(ap->s->clock).s), v_int(ap->s->done + (int64_t)ap->n), v_int(ap->s->total));
	return res == RES_OK && ap->over ? finish(tx, ap) : res;
}

/* ---- what stays of one that is done ---- */

SQL(strip_last, "i", "line:i?", "SELECT MAX(line) AS line FROM (SELECT line FROM import_row WHERE line > $1 ORDER BY line LIMIT 1000) s");
SQL(strip_rows, "iib", "",
    "UPDATE import_row SET employee_number = NULL, name = '', given = NULL, family = NULL, folded = $3, email = NULL, phone = NULL, "
    "private_phone = NULL, profession = NULL, level = NULL, lang = NULL, leader = NULL, leader_said = NULL, person = NULL, unit = NULL "
    "WHERE line > $1 AND line <= $2 AND (name <> '' OR person IS NOT NULL)");

struct stripping {
	const struct id *import;
	int64_t at, to;
	bool over;
};

static enum result strip_work(struct tx *tx, void *ctx)
{
	struct stripping *st = ctx;
	struct people_status s;
	struct rows *rows;
	enum result res = people_import_look(tx, &s);

	if (res == RES_NONE || (res == RES_OK && (!id_eq(&s.id, st->import) || s.state != PEOPLE_DONE)))
		return RES_REFUSED;
	if (res == RES_OK)
		res = db_one(tx, &strip_last, &rows, v_int(st->at));
	if (res != RES_OK)
		return res;
	st->over = row_null(rows, 0);
	st->to = st->over ? 0 : row_int(rows, 0);
	rows_end(&rows);
	return st->over ? RES_OK : db_do(tx, &strip_rows, NULL, v_int(st->at), v_int(st->to), v_bytes("", 0));
}

enum result people_import_strip(struct db *db, const struct id *import)
{
	struct stripping st = { .import = import, .at = INT64_MIN };
	enum result res = RES_OK;

	while (res == RES_OK && !st.over) {
		res = db_write(db, strip_work, &st);
		st.at = st.to;
	}
	return res;
}

static enum result total_work(struct tx *tx, void *ctx)
{
	return number(tx, &apply_total, ctx);
}

enum result people_import_apply(struct db *db, const struct clock *clock, struct random_source *rnd, const struct id *import,
				people_progress *progress, void *ctx)
{
	struct staging s = { .db = db, .clock = clock, .rnd = rnd, .import = *import };
	struct applying ap = { .s = &s };
	enum result res = db_read(db, total_work, &s.total);

	while (res == RES_OK && !ap.over) {
		res = db_write(db, apply_work, &ap);
		if (res != RES_OK)
			break;
		if (progress && !ap.over && !progress(ctx, PEOPLE_WRITING, s.done, s.done + (int64_t)ap.n, s.total))
			res = RES_AGAIN;
		s.done += (int64_t)ap.n;
	}
	return res;
}
