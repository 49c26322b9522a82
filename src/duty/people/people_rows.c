#include "duty/people/people_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "duty/people/people_cells.h"
#include "duty/people/people_nid.h"
#include "duty/people/people_text.h"

struct tally {
	size_t filled, sure, perhaps; /* cells; national identity numbers among them */
};

/* Which sign stands between the names of a unit's path: "/" without spaces stands in names too (HR/Lønn), so nearly all
   must have it. */
static const struct {
	const char *sign;
	unsigned percent;
} signs[] = { { " / ", 10 }, { " > ", 10 }, { "\\", 20 }, { " | ", 10 }, { "|", 20 },  { " » ", 10 },
	      { " → ", 10 }, { ">", 20 },   { " - ", 60 }, { "/", 60 },   { "::", 20 }, { ";", 40 } };

struct people_file {
	struct arena *own; /* headings and messages */
	struct people_columns cols;
	struct tally *tally; /* per column */
	int national;        /* the column for which the file was refused, or -1 */
	size_t rows, with_unit, with_sign[ARRAY_LEN(signs)];
	char separator[8]; /* between the parts of a unit's path; "": none */
	bool leader_flags;
	bool at_rows; /* the heading row has been read again */
	people_complain *complain;
	void *ctx;
};

/* ---- one row ---- */

struct reading_row {
	struct people_file *file;
	struct arena *a;
	const struct csv_row *in;
	struct people_row *row;
};

static void bad(struct reading_row *r, enum people_field f, const char *why)
{
	r->file->complain(r->file->ctx, r->in->line, r->file->cols.at[f], false, why);
	r->row->bad = true;
}

/* The cell of a field, clean, without a spreadsheet's marks; empty when there is none. */
static struct slice cell(struct reading_row *r, enum people_field f)
{
	int at = r->file->cols.at[f];

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

/* Whether a column is kept and this row has something in it. A telephone number can look like a national one by chance. */
static bool is_kept(const struct people_file *f, const struct csv_row *in, size_t i)
{
	return f->cols.is[i] < PF_KEPT && slice_trim(in->field[i]).n;
}

/* No kept cell may hold a national identity number. */
static void look_for_national(struct reading_row *r)
{
	const struct people_columns *cols = &r->file->cols;

	for (size_t i = 0; i < cols->n && i < r->in->n; i++) {
		enum people_field f = cols->is[i];

		if (!is_kept(r->file, r->in, i) || f == PF_PHONE_PRIVATE || f == PF_PHONE_WORK || !has_ten_digits(r->in->field[i]) ||
		    !people_nid_in(r->in->field[i]))
			continue;
		r->file->complain(r->file->ctx, r->in->line, (int)i, false,
				  "holds what looks like a national identity number; it is not kept");
		r->row->bad = true;
	}
}

static void read_name(struct reading_row *r)
{
	const struct people_columns *cols = &r->file->cols;
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

/* The names of a row's units, from the top down, with PEOPLE_UNIT_JOIN between where they stand in several columns. */
static struct slice unit_text(const struct people_file *f, struct arena *a, const struct csv_row *in)
{
	struct buf b = BUF_LIMIT(PEOPLE_UNIT_COLUMNS_MAX * CSV_FIELD_MAX * 3);
	struct slice text = { 0 };

	for (size_t i = 0; i < f->cols.units; i++) {
		struct slice part = { 0 };

		if ((size_t)f->cols.unit[i] < in->n)
			part = people_cell(a, in->field[f->cols.unit[i]], false);
		if (!part.n)
			continue;
		if (b.n)
			buf_char(&b, PEOPLE_UNIT_JOIN);
		buf_slice(&b, part);
	}
	if (b.n)
		text = arena_slice(a, buf_get(&b));
	buf_free(&b);
	return text;
}

static void read_unit(struct reading_row *r)
{
	struct slice part[PEOPLE_UNIT_DEPTH_MAX];
	size_t n;

	r->row->unit = unit_text(r->file, r->a, r->in);
	r->row->code = short_cell(r, PF_UNIT_CODE, PEOPLE_NUMBER_MAX);
	r->row->parent = short_cell(r, PF_PARENT_CODE, PEOPLE_NUMBER_MAX);
	r->row->parent_name = short_cell(r, PF_PARENT_NAME, PEOPLE_NAME_MAX);
	n = people_file_unit(r->file, r->row, part);
	if (n == PEOPLE_UNIT_DEPTH_MAX)
		bad(r, PF_UNIT, "the unit's path is deeper than 11 levels");
	for (size_t k = 0; k < n; k++)
		if (people_length(part[k]) > PEOPLE_NAME_MAX || part[k].n > PEOPLE_TEXT_MAX) {
			bad(r, PF_UNIT, "a unit's name is longer than 200 characters");
			break;
		}
}

/* Two telephones, of work and private, are kept apart. One that cannot be read stops the row only where the other is not there. */
static void read_phones(struct reading_row *r)
{
	static const enum people_field fields[] = { PF_PHONE_WORK, PF_PHONE_PRIVATE };
	struct slice *phone[] = { &r->row->phone, &r->row->private_phone };
	const char *why[ARRAY_LEN(fields)] = { NULL };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct slice s = cell(r, fields[i]);

		if (s.n && people_phone(r->a, s, phone[i], &why[i]) == RES_OK)
			why[i] = NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!why[i])
			continue;
		if (phone[!i]->n)
			r->file->complain(r->file->ctx, r->in->line, r->file->cols.at[fields[i]], true, why[i]);
		else
			bad(r, fields[i], why[i]);
	}
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
	read_phones(r);
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
		r->file->complain(r->file->ctx, r->in->line, r->file->cols.at[PF_LANGUAGE], true,
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

static void read_one(struct people_file *f, struct arena *a, const struct csv_row *in, struct people_row *row)
{
	struct reading_row r = { f, a, in, row };

	*row = (struct people_row){ .line = in->line };
	look_for_national(&r);
	read_name(&r);
	read_unit(&r);
	read_reach(&r);
	read_rest(&r);
	for (size_t i = f->cols.n; i < in->n; i++) {
		if (!slice_trim(in->field[i]).n)
			continue;
		f->complain(f->ctx, in->line, -1, false, "has more columns than the heading: a quote or a separator too many?");
		row->bad = true;
		break;
	}
}

/* ---- what only the whole file tells ---- */

/* A column of yes and no, or of 1 and 0; other numbers are employee numbers. */
static bool is_leader_flag(struct slice l)
{
	return !l.n || slice_is(l, "0") || slice_is(l, "1") || (people_flag(l) >= 0 && (l.p[0] < '0' || l.p[0] > '9'));
}

static void scan_row(struct people_file *f, struct arena *a, const struct csv_row *in)
{
	int leader = f->cols.at[PF_LEADER];
	struct slice unit;

	f->rows++;
	for (size_t i = 0; i < f->cols.n && i < in->n; i++) {
		enum people_nid is;

		if (!is_kept(f, in, i))
			continue;
		f->tally[i].filled++;
		if (!has_ten_digits(in->field[i]))
			continue;
		is = people_nid_is(people_cell(a, in->field[i], false));
		f->tally[i].sure += is == PEOPLE_NID_YES;
		f->tally[i].perhaps += is == PEOPLE_NID_PERHAPS;
	}
	if (leader >= 0 && (size_t)leader < in->n)
		f->leader_flags &= is_leader_flag(people_cell(a, in->field[leader], false));
	if (f->cols.units != 1)
		return;
	unit = unit_text(f, a, in);
	f->with_unit += unit.n != 0;
	for (size_t k = 0; k < ARRAY_LEN(signs); k++)
		f->with_sign[k] += unit.n && memmem(unit.p, unit.n, signs[k].sign, strlen(signs[k].sign));
}

static const char *refuse_national(struct people_file *f)
{
	for (size_t i = 0; i < f->cols.n; i++) {
		const struct tally *t = &f->tally[i];
		enum people_field is = f->cols.is[i];

		if (is >= PF_KEPT || t->filled == 0)
			continue;
		if ((t->sure >= 2 && t->sure * 2 >= t->filled) ||
		    (is == PF_NUMBER && t->perhaps + t->sure >= 2 && (t->perhaps + t->sure) * 10 >= t->filled * 9)) {
			f->national = (int)i;
			return arena_printf(f->own,
					    "column %zu “%.*s” (%s) holds national identity numbers, and Makker keeps none. "
					    "Nothing was read. Leave it out with --column %s=none, or name another column",
					    i + 1, (int)f->cols.heading[i].n, f->cols.heading[i].p,
					    people_field_words(is), people_field_name(is));
		}
	}
	return NULL;
}

/* The sign that most units have. */
static void find_separator(struct people_file *f, struct slice told)
{
	size_t best = 0;

	if (told.n) {
		if (!slice_is(told, "none") && told.n < sizeof(f->separator))
			memcpy(f->separator, told.p, told.n);
		return;
	}
	for (size_t k = 0; k < ARRAY_LEN(signs); k++)
		if (f->with_sign[k] > best && f->with_sign[k] * 100 >= f->with_unit * signs[k].percent) {
			best = f->with_sign[k];
			memset(f->separator, 0, sizeof(f->separator));
			memcpy(f->separator, signs[k].sign, strlen(signs[k].sign));
		}
}

static enum result read_heading(struct people_file *f, struct csv *csv, const struct people_reading *how, const char **why_r)
{
	struct csv_row in;
	struct slice *heading;
	enum result res = csv_next(csv, &in);

	if (res == RES_NONE || res == RES_BAD) {
		*why_r = res == RES_NONE ? "the file has no heading row" : arena_printf(f->own, "the heading row %s", in.why);
		return RES_BAD;
	}
	if (res != RES_OK)
		return res;
	heading = arena_array(f->own, struct slice, in.n + 1);
	for (size_t i = 0; i < in.n; i++)
		heading[i] = arena_slice(f->own, in.field[i]);
	res = people_headings(f->own, heading, in.n, how->told, how->told_n, &f->cols, why_r);
	if (res == RES_OK)
		f->tally = arena_array(f->own, struct tally, f->cols.n + 1);
	return res;
}

/* A new arena now and then: memory does not grow with the file. */
#define ROWS_PER_ARENA 200

enum result people_file_scan(struct csv *csv, const struct people_reading *how, struct people_file **file_r, const char **why_r)
{
	struct people_file *f = must_alloc(1, sizeof(*f));
	struct arena *a = NULL;
	struct csv_row in;
	size_t n = 0;
	enum result res;

	f->own = arena_new();
	f->national = -1;
	*file_r = f;
	res = read_heading(f, csv, how, why_r);
	if (res == RES_BROKEN)
		goto broken;
	if (res != RES_OK)
		return res;
	f->leader_flags = f->cols.at[PF_LEADER] >= 0;
	while ((res = csv_next(csv, &in)) == RES_OK || res == RES_BAD) {
		if (n++ % ROWS_PER_ARENA == 0) {
			if (a)
				arena_wipe_free(&a);
			a = arena_new();
		}
		if (res == RES_OK)
			scan_row(f, a, &in);
		if (n > PEOPLE_ROWS_MAX) {
			arena_wipe_free(&a);
			*why_r = "the file has more than 500,000 rows";
			return RES_BAD;
		}
		if (how->progress && n % 10000 == 0)
			how->progress(how->ctx, n);
	}
	if (a)
		arena_wipe_free(&a);
	if (res == RES_BROKEN)
		goto broken;
	f->rows = n;
	*why_r = refuse_national(f);
	if (*why_r)
		return RES_BAD;
	find_separator(f, how->unit_separator);
	return RES_OK;
broken:
	people_file_free(file_r);
	return RES_BROKEN;
}

void people_file_tell(struct people_file *f, people_complain *complain, void *ctx)
{
	f->complain = complain;
	f->ctx = ctx;
	f->at_rows = false;
}

enum result people_file_next(struct people_file *f, struct csv *csv, struct arena *a, struct people_row *row_r)
{
	struct csv_row in;
	enum result res = RES_OK;

	if (!f->at_rows)
		res = csv_next(csv, &in);
	f->at_rows = true;
	if (res == RES_OK)
		res = csv_next(csv, &in);
	if (res == RES_BAD)
		f->complain(f->ctx, in.line, in.column ? (int)in.column - 1 : -1, false, in.why);
	if (res == RES_OK)
		read_one(f, a, &in, row_r);
	return res;
}

void people_file_free(struct people_file **file)
{
	if (!*file)
		return;
	arena_wipe_free(&(*file)->own);
	free(*file);
	*file = NULL;
}

const struct people_columns *people_file_columns(const struct people_file *f)
{
	return &f->cols;
}

size_t people_file_rows(const struct people_file *f)
{
	return f->rows;
}

bool people_file_leader_flags(const struct people_file *f)
{
	return f->leader_flags;
}

int people_file_national(const struct people_file *f)
{
	return f->national;
}

size_t people_file_unit(const struct people_file *f, const struct people_row *row, struct slice parts_r[PEOPLE_UNIT_DEPTH_MAX])
{
	static const char join[] = { PEOPLE_UNIT_JOIN, 0 };
	const char *sign = f->cols.units > 1 ? join : f->separator;
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
