#include "duty/people/people_match.h"

#include <stdlib.h>

#include "duty/people/people_index.h"
#include "duty/people/people_text.h"

#define KEYS_PER_ARENA 32768 /* a key has at most some 900 bytes of text: far below what an arena holds */

static bool has(const struct people_match *m, enum people_field f)
{
	return m->cols->at[f] >= 0;
}

struct arena *people_match_arena(struct people_match *m)
{
	if (m->keys++ / KEYS_PER_ARENA >= m->arenas) {
		m->arena = must_realloc(m->arena, m->arenas + 1, sizeof(*m->arena));
		m->arena[m->arenas++] = arena_new();
	}
	return m->arena[m->arenas - 1];
}

/* Name, unit and profession, folded. */
static struct slice person_key(struct people_match *m, struct slice name, int unit, struct slice profession)
{
	struct arena *a = people_match_arena(m);
	struct slice n = people_fold(a, name), t = people_fold(a, profession);

	return slice_of(arena_printf(a, "%.*s\n%d\n%.*s", (int)n.n, n.n ? n.p : "", unit, (int)t.n, t.n ? t.p : ""));
}

static bool same_name(struct people_match *m, struct slice x, struct slice y)
{
	struct arena *a;

	if (slice_eq(x, y))
		return true;
	a = people_match_arena(m);
	return slice_eq(people_fold(a, x), people_fold(a, y));
}

/* ---- rows that say the same ---- */

/* Two posts of one person, or one number for two people. */
static void second_row(struct people_match *m, int i, int first, enum people_field f)
{
	struct people_row *row = people_rows_at(m->rows, (size_t)i), *one = people_rows_at(m->rows, (size_t)first);

	if (same_name(m, row->name, one->name)) {
		m->extra[i] = true;
		m->complain(m->ctx, row->line, m->cols->at[f], true,
			 arena_printf(m->messages, "the same person as on line %lld; that row is used",
				      (long long)one->line));
	} else {
		row->bad = true;
		m->complain(m->ctx, row->line, m->cols->at[f], false,
			 arena_printf(m->messages, "this employee number also stands on line %lld, with another name",
				      (long long)one->line));
	}
}

static void index_rows(struct people_match *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct people_row *row = people_rows_at(m->rows, i);
		size_t at = 0;
		int other;

		if (row->number.n) {
			int first = people_index_get(m->row_number, row->number);

			if (row->bad)
				continue;
			if (first >= 0)
				second_row(m, (int)i, first, PF_NUMBER);
			else
				people_index_put(m->row_number, row->number, (int)i);
		} else if (row->email.n && !row->bad) {
			while ((other = people_index_next(m->row_email, row->email, &at)) >= 0 && !m->extra[i])
				if (same_name(m, row->name, people_rows_at(m->rows, (size_t)other)->name))
					second_row(m, (int)i, other, PF_EMAIL);
			if (!m->extra[i])
				people_index_put(m->row_email, row->email, (int)i);
		}
	}
}

static void index_directory(struct people_match *m)
{
	for (size_t i = 0; i < m->old->people; i++) {
		const struct people_record *r = &m->old->person[i];

		if (r->number.n)
			people_index_put(m->number, r->number, (int)i);
		if (r->email.n)
			people_index_put(m->email, r->email, (int)i);
		if (r->ended == PEOPLE_CURRENT)
			people_index_put(m->key, person_key(m, r->name, r->unit, r->profession), (int)i);
	}
}

/* ---- who is who ---- */

static void pair(struct people_match *m, size_t row, int person)
{
	m->person[row] = person;
	m->row_of[person] = (int)row;
}

static bool open_row(const struct people_match *m, size_t i)
{
	return !m->extra[i] && m->person[i] < 0 && people_rows_at(m->rows, i)->bad == m->bad_turn;
}

static bool may_be(const struct people_match *m, const struct people_row *row, int person)
{
	const struct people_record *r = &m->old->person[person];

	if (m->row_of[person] >= 0)
		return false;
	if (row->number.n && r->number.n)
		return slice_eq(row->number, r->number);
	return true;
}

static void match_numbers(struct people_match *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct people_row *row = people_rows_at(m->rows, i);
		int person = row->number.n && open_row(m, i) ? people_index_get(m->number, row->number) : -1;

		if (person >= 0 && m->row_of[person] < 0)
			pair(m, i, person);
	}
}

/* An e-mail that several people share names nobody; one left by somebody who has ended may be given to another. */
static void match_emails(struct people_match *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct people_row *row = people_rows_at(m->rows, i);
		int person, found = -1;
		size_t at = 0, fits = 0;
		bool shared = !row->number.n && people_index_count(m->row_email, row->email) > 1;

		if (!row->email.n || !open_row(m, i))
			continue;
		while ((person = people_index_next(m->email, row->email, &at)) >= 0) {
			const struct people_record *r = &m->old->person[person];

			if (!may_be(m, row, person))
				continue;
			if ((shared || r->ended != PEOPLE_CURRENT || people_index_count(m->email, row->email) > 1) &&
			    !same_name(m, row->name, r->name))
				continue;
			found = person;
			fits++;
		}
		if (fits == 1)
			pair(m, i, found);
	}
}

static void match_names(struct people_match *m, bool by_phone)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct people_row *row = people_rows_at(m->rows, i);
		struct slice key;
		size_t at = 0;
		int person;

		if (!open_row(m, i) || !row->name.n || (by_phone && !row->phone.n))
			continue;
		key = person_key(m, row->name, m->unit[i], row->profession);
		while (open_row(m, i) && (person = people_index_next(m->key, key, &at)) >= 0) {
			const struct people_record *r = &m->old->person[person];

			if (!may_be(m, row, person) || (by_phone && !slice_eq(r->phone, row->phone)))
				continue;
			/* Where numbers are kept, one who has none is not one who has. */
			if (r->number.n && !row->number.n && has(m, PF_NUMBER))
				continue;
			if (r->email.n && row->email.n && !slice_eq(r->email, row->email))
				continue;
			pair(m, i, person);
		}
	}
}

/* ---- in order ---- */

void people_match_rows(struct people_match *m)
{
	m->cols = people_rows_columns(m->rows);
	m->n = people_rows_count(m->rows);
	m->number = people_index_new();
	m->email = people_index_new();
	m->key = people_index_new();
	m->row_number = people_index_new();
	m->row_email = people_index_new();
	m->person = must_alloc(m->n + 1, sizeof(int));
	m->row_of = must_alloc(m->old->people + 1, sizeof(int));
	m->extra = must_alloc(m->n + 1, sizeof(bool));
	for (size_t i = 0; i < m->n; i++)
		m->person[i] = -1;
	for (size_t i = 0; i < m->old->people; i++)
		m->row_of[i] = -1;
	index_rows(m);
}

void people_match_people(struct people_match *m, const int *unit)
{
	m->unit = unit;
	index_directory(m);
	for (int turn = 0; turn < 2; turn++) {
		m->bad_turn = turn == 1;
		match_numbers(m);
		match_emails(m);
		match_names(m, true);
		match_names(m, false);
	}
}

void people_match_end(struct people_match *m)
{
	people_index_free(&m->number);
	people_index_free(&m->email);
	people_index_free(&m->key);
	people_index_free(&m->row_number);
	people_index_free(&m->row_email);
	for (size_t i = 0; i < m->arenas; i++)
		arena_wipe_free(&m->arena[i]);
	free(m->arena);
	free(m->person);
	free(m->row_of);
	free(m->extra);
}
