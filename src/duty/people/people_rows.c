#include "duty/people/people_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "duty/people/people_cells.h"
#include "duty/people/people_nid.h"
#include "duty/people/people_text.h"

#define ARENA_INPUT 4000000 /* bytes of rows read into one arena: what is made of them stays far below its limit */
#define PROBLEMS_KEPT 100000

struct tally {
	size_t filled, sure, perhaps; /* cells; national identity numbers among them */
};

struct people_rows {
	struct arena *own;    /* headings and messages */
	struct arena **arena; /* of the rows, a new one each ARENA_INPUT bytes */
	size_t arenas, arena_in; /* how many; bytes read into the last one */
	struct people_row *row;
	size_t n, room;
	struct people_problem *problem;
	size_t problems, problem_room, unreadable;
	struct people_columns cols;
	struct tally *tally; /* per column */
	char separator[8];   /* between the parts of a unit's path; "": none */
	bool leader_flags;
};

static struct arena *arena_now(struct people_rows *r, const struct csv_row *in)
{
	if (!r->arenas || r->arena_in > ARENA_INPUT) {
		r->arena = must_realloc(r->arena, r->arenas + 1, sizeof(*r->arena));
		r->arena[r->arenas++] = arena_new();
		r->arena_in = 0;
	}
	r->arena_in += 200;
	for (size_t i = 0; i < in->n; i++)
		r->arena_in += in->field[i].n;
	return r->arena[r->arenas - 1];
}

static void complain(struct people_rows *r, int64_t line, int column, bool note, const char *why)
{
	if (r->problems == PROBLEMS_KEPT)
		return;
	if (r->problems == r->problem_room) {
		r->problem_room = r->problem_room ? r->problem_room * 2 : 64;
		r->problem = must_realloc(r->problem, r->problem_room, sizeof(*r->problem));
	}
	r->problem[r->problems++] =
	    (struct people_problem){ line, column, note, arena_slice(r->own, slice_of(why)) };
}

/* ---- one row ---- */

struct reading_row {
	struct people_rows *rows;
	struct arena *a;
	const struct csv_row *in;
	struct people_row *row;
};

static void bad(struct reading_row *r, enum people_field f, const char *why)
{
	complain(r->rows, r->in->line, r->rows->cols.at[f], false, why);
	r->row->bad = true;
}

/* The cell of a field, clean, without a spreadsheet's marks; empty when there is none. */
static struct slice cell(struct reading_row *r, enum people_field f)
{
	int at = r->rows->cols.at[f];

	if (at < 0 || (size_t)at >= r->in->n)
		return (struct slice){ 0 };
	return people_cell(r->a, r->in->field[at], f == PF_NAME || f == PF_FAMILY || f == PF_GIVEN);
}

/* As cell, at most `max` characters. */
static struct slice short_cell(struct reading_row *r, enum people_field f, size_t max)
{
	struct slice s = cell(r, f);

	if (people_length(s) <= max && s.n <= PEOPLE_TEXT_MAX)
		return s;
	bad(r, f, arena_printf(r->a, "the %s is longer than %zu characters", people_field_words(f), max));
	return (struct slice){ 0 };
}

static bool has_ten_digits(struct slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	return digits >= 10;
}

/* No kept cell may hold a national identity number. A telephone number can look like one by chance. */
static void look_for_national(struct reading_row *r)
{
	const struct people_columns *cols = &r->rows->cols;

	for (size_t i = 0; i < cols->n && i < r->in->n; i++) {
		enum people_field f = cols->is[i];
		struct tally *t = &r->rows->tally[i];
		enum people_nid is;

		if (f >= PF_KEPT || !slice_trim(r->in->field[i]).n)
			continue;
		t->filled++;
		if (!has_ten_digits(r->in->field[i]))
			continue;
		is = people_nid_is(people_cell(r->a, r->in->field[i], false));
		t->sure += is == PEOPLE_NID_YES;
		t->perhaps += is == PEOPLE_NID_PERHAPS;
		if (f == PF_PHONE_PRIVATE || f == PF_PHONE_WORK || !people_nid_in(r->in->field[i]))
			continue;
		complain(r->rows, r->in->line, (int)i, false, "holds what looks like a national identity number; it is not kept");
		r->row->bad = true;
	}
}

static void read_name(struct reading_row *r)
{
	const struct people_columns *cols = &r->rows->cols;
	struct people_row *row = r->row;
	enum people_field f = cols->at[PF_FAMILY] >= 0 ? PF_FAMILY : PF_NAME;

	if (cols->at[PF_FAMILY] >= 0) {
		row->family = short_cell(r, PF_FAMILY, PEOPLE_NAME_MAX);
		row->given = short_cell(r, PF_GIVEN, PEOPLE_NAME_MAX);
	}
	if (!row->family.n && !row->given.n) {
		struct slice whole = short_cell(r, PF_NAME, PEOPLE_NAME_MAX), rest = whole, family;

		if (memchr(whole.n ? whole.p : "", ',', whole.n) && slice_cut(&rest, ',', &family)) {
			row->family = slice_trim(family);
			row->given = slice_trim(rest);
		} else {
			row->name = whole;
		}
	}
	if (!row->name.n && row->given.n && row->family.n)
		row->name = slice_of(arena_printf(r->a, "%.*s %.*s", (int)row->given.n, row->given.p,
						  (int)row->family.n, row->family.p));
	else if (!row->name.n)
		row->name = row->given.n ? row->given : row->family;
	if (!row->name.n && !row->bad)
		bad(r, f, "there is no name");
	else if (people_length(row->name) > PEOPLE_NAME_MAX || row->name.n > PEOPLE_TEXT_MAX)
		bad(r, f, "the name is longer than 200 characters");
}

static void read_unit(struct reading_row *r)
{
	const struct people_columns *cols = &r->rows->cols;
	struct buf b = BUF_LIMIT(PEOPLE_UNIT_COLUMNS_MAX * CSV_FIELD_MAX * 3);

	for (size_t i = 0; i < cols->units; i++) {
		struct slice part = { 0 };

		if ((size_t)cols->unit[i] < r->in->n)
			part = people_cell(r->a, r->in->field[cols->unit[i]], false);
		if (!part.n)
			continue;
		if (b.n)
			buf_char(&b, PEOPLE_UNIT_JOIN);
		buf_slice(&b, part);
	}
	r->row->unit = b.n ? arena_slice(r->a, buf_get(&b)) : (struct slice){ 0 };
	buf_free(&b);
	r->row->code = short_cell(r, PF_UNIT_CODE, PEOPLE_NUMBER_MAX);
	r->row->parent = short_cell(r, PF_PARENT_CODE, PEOPLE_NUMBER_MAX);
	r->row->parent_name = short_cell(r, PF_PARENT_NAME, PEOPLE_NAME_MAX);
}

static void read_reach(struct reading_row *r)
{
	struct people_row *row = r->row;
	struct slice s;
	const char *why = NULL;

	row->number = short_cell(r, PF_NUMBER, PEOPLE_NUMBER_MAX);
	if (people_nid_in(row->number))
		row->number = (struct slice){ 0 }; /* told already */
	if (people_is_shortened(row->number)) {
		row->number = (struct slice){ 0 };
		bad(r, PF_NUMBER, "the spreadsheet has shortened this number (like 1,2E+07); store the column as text");
	}
	s = cell(r, PF_EMAIL);
	if (s.n && people_email(r->a, s, &row->email, &why) != RES_OK)
		bad(r, PF_EMAIL, why);
	/* The private phone reaches a person who is not at work (PRODUCT.md § 5, J3). */
	for (enum people_field f = PF_PHONE_PRIVATE; f <= PF_PHONE_WORK && !row->phone.n; f++) {
		s = cell(r, f);
		if (s.n && people_phone(r->a, s, &row->phone, &why) != RES_OK)
			bad(r, f, why);
	}
}

static void read_rest(struct reading_row *r)
{
	struct people_row *row = r->row;
	struct slice s;
	int flag;

	row->profession = short_cell(r, PF_PROFESSION, PEOPLE_NAME_MAX);
	if (!row->profession.n)
		row->profession = short_cell(r, PF_TITLE, PEOPLE_NAME_MAX);
	row->level = short_cell(r, PF_LEVEL, PEOPLE_NAME_MAX);
	row->leader = short_cell(r, PF_LEADER, PEOPLE_EMAIL_MAX);
	s = cell(r, PF_LANGUAGE);
	row->lang = people_language(r->a, s);
	if (s.n && !row->lang.n)
		complain(r->rows, r->in->line, r->rows->cols.at[PF_LANGUAGE], true,
			 "a language that Makker does not have; the workplace's own is used");
	s = cell(r, PF_STAFF);
	flag = people_flag(s);
	if (s.n && flag < 0)
		bad(r, PF_STAFF, "staff responsibility is yes or no, or a number of people");
	row->staff = flag == 1;
	/* Whatever stands here protects, unless it is a plain no. */
	s = cell(r, PF_PROTECTED);
	row->is_protected = s.n && people_flag(s) != 0 && !people_is_unprotected(r->a, s);
	s = cell(r, PF_END);
	switch (people_date(s, &row->end)) {
	case RES_OK:
		row->has_end = true;
		break;
	case RES_NONE:
		break;
	default:
		bad(r, PF_END, "this is not a date we can read (18.11.2026 or 2026-11-18)");
	}
}

static void read_one(struct people_rows *rows, const struct csv_row *in)
{
	struct reading_row r = { rows, arena_now(rows, in), in, NULL };

	if (rows->n == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 1024;
		rows->row = must_realloc(rows->row, rows->room, sizeof(*rows->row));
	}
	r.row = &rows->row[rows->n];
	*r.row = (struct people_row){ .line = in->line };
	look_for_national(&r);
	read_name(&r);
	read_unit(&r);
	read_reach(&r);
	read_rest(&r);
	for (size_t i = rows->cols.n; i < in->n; i++) {
		if (!slice_trim(in->field[i]).n)
			continue;
		complain(rows, in->line, -1, false, "has more columns than the heading: a quote or a separator too many?");
		r.row->bad = true;
		break;
	}
	rows->n++;
}

/* ---- what only the whole file tells ---- */

static const char *refuse_national(struct people_rows *r)
{
	for (size_t i = 0; i < r->cols.n; i++) {
		const struct tally *t = &r->tally[i];
		enum people_field f = r->cols.is[i];

		if (f >= PF_KEPT || t->filled == 0)
			continue;
		if ((t->sure >= 2 && t->sure * 2 >= t->filled) ||
		    (f == PF_NUMBER && t->perhaps + t->sure >= 2 && (t->perhaps + t->sure) * 10 >= t->filled * 9))
			return arena_printf(r->own,
					    "column %zu “%.*s” (%s) holds national identity numbers, and Makker keeps none. "
					    "Nothing was read. Leave it out with --column %s=none, or name another column",
					    i + 1, (int)r->cols.heading[i].n, r->cols.heading[i].p,
					    people_field_words(f), people_field_name(f));
	}
	return NULL;
}

/* Which sign stands between the names of a path: the one most units have. "/" without spaces
   stands in names too (HR/Lønn), so nearly all must have it. */
static void find_separator(struct people_rows *r, struct slice told)
{
	static const struct {
		const char *sign;
		unsigned percent;
	} signs[] = { { " / ", 10 }, { " > ", 10 }, { "\\", 20 }, { " | ", 10 }, { "|", 20 },  { " » ", 10 },
		      { " → ", 10 }, { ">", 20 },   { " - ", 60 }, { "/", 60 },   { "::", 20 }, { ";", 40 } };
	size_t filled = 0, best = 0;

	if (told.n) {
		if (!slice_is(told, "none") && told.n < sizeof(r->separator))
			memcpy(r->separator, told.p, told.n);
		return;
	}
	if (r->cols.units != 1)
		return;
	for (size_t k = 0; k < ARRAY_LEN(signs); k++) {
		size_t with = 0;

		filled = 0;
		for (size_t i = 0; i < r->n; i++) {
			struct slice u = r->row[i].unit;

			filled += u.n != 0;
			with += u.n && memmem(u.p, u.n, signs[k].sign, strlen(signs[k].sign));
		}
		if (with > best && with * 100 >= filled * signs[k].percent) {
			best = with;
			memset(r->separator, 0, sizeof(r->separator));
			memcpy(r->separator, signs[k].sign, strlen(signs[k].sign));
		}
	}
}

/* A column of yes and no, or of 1 and 0; other numbers are employee numbers. */
static void look_at_leaders(struct people_rows *r)
{
	r->leader_flags = r->cols.at[PF_LEADER] >= 0;
	for (size_t i = 0; i < r->n && r->leader_flags; i++) {
		struct slice l = r->row[i].leader;

		r->leader_flags = !l.n || slice_is(l, "0") || slice_is(l, "1") ||
				  (people_flag(l) >= 0 && (l.p[0] < '0' || l.p[0] > '9'));
	}
}

static void check_units(struct people_rows *r)
{
	struct slice part[PEOPLE_UNIT_DEPTH_MAX];

	for (size_t i = 0; i < r->n; i++) {
		size_t n = people_rows_unit(r, &r->row[i], part);
		const char *why = NULL;

		if (n == PEOPLE_UNIT_DEPTH_MAX)
			why = "the unit's path is deeper than 11 levels";
		for (size_t k = 0; k < n; k++)
			if (people_length(part[k]) > PEOPLE_NAME_MAX || part[k].n > PEOPLE_TEXT_MAX)
				why = "a unit's name is longer than 200 characters";
		if (why) {
			complain(r, r->row[i].line, r->cols.at[PF_UNIT], false, why);
			r->row[i].bad = true;
		}
	}
}

enum result people_rows_read(struct csv *csv, const struct people_reading *how, struct people_rows **rows_r,
			     const char **why_r)
{
	struct people_rows *r = must_alloc(1, sizeof(*r));
	struct csv_row in;
	enum result res;
	struct slice *heading;

	r->own = arena_new();
	*rows_r = r;
	res = csv_next(csv, &in);
	if (res == RES_NONE || res == RES_BAD) {
		*why_r = res == RES_NONE ? "the file has no heading row" :
					   arena_printf(r->own, "the heading row %s", in.why);
		return RES_BAD;
	}
	if (res != RES_OK)
		goto broken;
	heading = arena_array(r->own, struct slice, in.n + 1);
	for (size_t i = 0; i < in.n; i++)
		heading[i] = arena_slice(r->own, in.field[i]);
	res = people_headings(r->own, heading, in.n, how->told, how->told_n, &r->cols, why_r);
	if (res != RES_OK)
		return res;
	r->tally = arena_array(r->own, struct tally, r->cols.n + 1);
	while ((res = csv_next(csv, &in)) == RES_OK || res == RES_BAD) {
		if (res == RES_BAD) {
			complain(r, in.line, in.column ? (int)in.column - 1 : -1, false, in.why);
			r->unreadable++;
		} else {
			read_one(r, &in);
		}
		if (r->n >= PEOPLE_ROWS_MAX) {
			*why_r = "the file has more than 500,000 rows";
			return RES_BAD;
		}
		if (how->progress && (r->n + r->unreadable) % 10000 == 0)
			how->progress(how->ctx, r->n + r->unreadable);
	}
	if (res == RES_BROKEN)
		goto broken;
	*why_r = refuse_national(r);
	if (*why_r)
		return RES_BAD;
	find_separator(r, how->unit_separator);
	look_at_leaders(r);
	check_units(r);
	return RES_OK;
broken:
	people_rows_free(rows_r);
	return RES_BROKEN;
}

void people_rows_free(struct people_rows **rows)
{
	struct people_rows *r = *rows;

	if (!r)
		return;
	for (size_t i = 0; i < r->arenas; i++)
		arena_wipe_free(&r->arena[i]);
	arena_wipe_free(&r->own);
	free(r->arena);
	free(r->row);
	free(r->problem);
	free(r);
	*rows = NULL;
}

size_t people_rows_count(const struct people_rows *rows)
{
	return rows->n;
}

struct people_row *people_rows_at(const struct people_rows *rows, size_t i)
{
	return &rows->row[i];
}

const struct people_columns *people_rows_columns(const struct people_rows *rows)
{
	return &rows->cols;
}

size_t people_rows_unreadable(const struct people_rows *rows)
{
	return rows->unreadable;
}

size_t people_rows_problems(const struct people_rows *rows)
{
	return rows->problems;
}

const struct people_problem *people_rows_problem(const struct people_rows *rows, size_t i)
{
	return &rows->problem[i];
}

bool people_rows_leader_flags(const struct people_rows *rows)
{
	return rows->leader_flags;
}

size_t people_rows_unit(const struct people_rows *rows, const struct people_row *row,
			struct slice parts_r[PEOPLE_UNIT_DEPTH_MAX])
{
	static const char join[] = { PEOPLE_UNIT_JOIN, 0 };
	const char *sign = rows->cols.units > 1 ? join : rows->separator;
	struct slice rest = row->unit;
	size_t n = 0, len = strlen(sign);

	while (rest.n && n < PEOPLE_UNIT_DEPTH_MAX) {
		const char *at = len ? memmem(rest.p, rest.n, sign, len) : NULL;
		struct slice part = slice_trim((struct slice){ rest.p, at ? (size_t)(at - rest.p) : rest.n });

		if (part.n)
			parts_r[n++] = part;
		if (!at)
			break;
		rest.n -= (size_t)(at - rest.p) + len;
		rest.p = at + len;
	}
	return n;
}
