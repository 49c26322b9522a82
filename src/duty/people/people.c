#include "duty/people/people.h"

#include <stdlib.h>
#include <string.h>

#include "duty/people/people_cells.h"
#include "duty/people/people_index.h"
#include "duty/people/people_store.h"
#include "duty/people/people_text.h"

enum result people_get(struct tx *tx, struct arena *a, const struct id *id, struct person *person_r)
{
	return people_store_person(tx, a, id, person_r);
}

/* ---- search ---- */

/* The bytes that begin with word: no UTF-8 has the byte 0xff. */
static struct people_range range_of(struct arena *a, struct slice word)
{
	return (struct people_range){ word, slice_of(arena_printf(a, "%.*s\xff", (int)word.n, word.n ? word.p : "")) };
}

static int longest_first(const void *x, const void *y)
{
	const struct slice *a = x, *b = y;

	return a->n < b->n ? 1 : a->n > b->n ? -1 : 0;
}

enum result people_search(struct tx *tx, struct arena *a, struct slice typed, struct person_lines *lines_r)
{
	struct person_lines lines = { 0 };
	struct people_range range[PEOPLE_RANGES];
	struct slice word[PEOPLE_RANGES], clean;
	char *lower;
	size_t n;
	enum result res;

	/* Nothing longer than an e-mail is looked for. */
	if (typed.n > 4 * 254)
		return RES_BAD;
	clean = people_clean(a, typed);
	if (people_length(clean) < PEOPLE_SEARCH_LETTERS)
		return RES_BAD;
	lower = arena_str(a, clean);
	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	res = people_store_exact(tx, a, clean, slice_of(lower), PEOPLE_SEARCH_HITS, &lines);
	n = people_query_words(a, clean, word, PEOPLE_RANGES);
	if (res != RES_OK || n == 0)
		goto out;
	/* The longest word names the fewest people: it goes first. */
	qsort(word, n, sizeof(*word), longest_first);
	for (size_t i = 0; i < n; i++)
		range[i] = range_of(a, word[i]);
	res = people_store_find(tx, a, range, n, PEOPLE_SEARCH_HITS, &lines);
out:
	if (res == RES_OK)
		*lines_r = lines;
	return res;
}

enum result people_of_email(struct tx *tx, struct arena *a, const char *email, struct id **list_r, size_t *n_r)
{
	return people_store_of_email(tx, a, email, list_r, n_r);
}

/* As the directory may have it: our countries' numbers are written with and without their code (ITU-T E.164; a Swedish one has a nought in front
   within the country). */
static void phone_forms(struct arena *a, struct slice phone, struct slice form[PEOPLE_PHONE_FORMS])
{
	size_t n = 0;
	form[n++] = phone;
	if (slice_starts(phone, "+47") || slice_starts(phone, "+45"))
		form[n++] = (struct slice){ phone.p + 3, phone.n - 3 };
	else if (slice_starts(phone, "+46"))
		form[n++] = slice_of(arena_printf(a, "0%.*s", (int)phone.n - 3, phone.p + 3));
	else if (phone.n == 8 && phone.p[0] != '0') {
		form[n++] = slice_of(arena_printf(a, "+47%.*s", (int)phone.n, phone.p));
		form[n++] = slice_of(arena_printf(a, "+45%.*s", (int)phone.n, phone.p));
	} else if (phone.p[0] == '0')
		form[n++] = slice_of(arena_printf(a, "+46%.*s", (int)phone.n - 1, phone.p + 1));
	while (n < PEOPLE_PHONE_FORMS)
		form[n++] = phone;
}

enum result people_of_phone(struct tx *tx, struct arena *a, struct slice typed, struct id **list_r, size_t *n_r)
{
	struct slice phone, form[PEOPLE_PHONE_FORMS];
	const char *why;
	*n_r = 0;
	if (people_phone(a, slice_trim(typed), &phone, &why) != RES_OK || phone.n < PEOPLE_PHONE_LEAST)
		return RES_OK;
	phone_forms(a, phone, form);
	return people_store_of_phone(tx, a, form, list_r, n_r);
}

/* ---- units ---- */

enum result people_unit_path(struct tx *tx, struct arena *a, const struct id *unit, const char **path_r)
{
	struct id parent;

	return people_store_unit(tx, a, unit, &parent, path_r);
}

enum result people_unit_members(struct tx *tx, struct arena *a, const struct id *unit, size_t max,
				struct person_lines *lines_r)
{
	struct person_lines lines = { 0 };
	const char *path;
	enum result res = people_unit_path(tx, a, unit, &path);

	if (res == RES_OK)
		res = people_store_members(tx, a, unit, max, &lines);
	if (res == RES_OK)
		*lines_r = lines;
	return res;
}

enum result people_unit_count(struct tx *tx, const struct id *unit, int64_t *n_r)
{
	return people_store_members_count(tx, unit, n_r);
}

enum result people_unit_leaders(struct tx *tx, struct arena *a, const struct id *unit, struct person_lines *lines_r)
{
	struct person_lines lines = { 0 };
	struct id here = *unit, above;
	const char *path;
	enum result res;

	/* The import keeps the tree free of circles; the bound is for a database that is not ours. */
	for (int level = 0; level < 64; level++) {
		res = people_store_unit(tx, a, &here, &above, &path);
		if (res != RES_OK)
			return res;
		res = people_store_leaders(tx, a, &here, PEOPLE_LEADERS_MOST, &lines);
		if (res != RES_OK)
			return res;
		if (lines.n || id_is_zero(&above))
			break;
		here = above;
	}
	*lines_r = lines;
	return RES_OK;
}

enum result people_unit_of(struct tx *tx, const char *path, struct id *unit_r)
{
	return people_store_unit_of(tx, path, unit_r);
}

static int by_path(const void *x, const void *y)
{
	const struct unit_line *a = x, *b = y;

	return strcmp(a->path, b->path);
}

enum result people_units(struct tx *tx, struct arena *a, struct unit_line **list_r, size_t *n_r)
{
	struct people_index *index = people_index_new();
	struct unit_line *list;
	int64_t *own;
	size_t n;
	enum result res = people_store_units(tx, a, &list, &n);

	if (res != RES_OK)
		goto out;
	qsort(list, n, sizeof(*list), by_path);
	own = arena_array(a, int64_t, n + 1);
	for (size_t i = 0; i < n; i++) {
		people_index_put(index, slice_bytes(list[i].id.b, ID_BYTES), (int)i);
		own[i] = list[i].members;
	}
	for (size_t i = 0; i < n; i++) {
		int up = people_index_get(index, slice_bytes(list[i].parent.b, ID_BYTES));

		for (size_t steps = 0; up >= 0 && steps < n; steps++) {
			list[up].members += own[i];
			up = people_index_get(index, slice_bytes(list[up].parent.b, ID_BYTES));
		}
	}
	*list_r = list;
	*n_r = n;
out:
	people_index_free(&index);
	return res;
}

enum result people_count(struct tx *tx, int64_t *n_r)
{
	return people_store_count(tx, n_r);
}

/* ---- the door ---- */

enum result people_rev(struct tx *tx, int64_t *rev_r)
{
	return people_store_rev(tx, rev_r);
}

enum result people_changes_after(struct tx *tx, struct arena *a, int64_t after, size_t max, struct person **list_r,
				 size_t *n_r, int64_t *to_r, bool *more_r)
{
	struct person *list;
	size_t n;
	enum result res = people_store_changes(tx, a, after, max + 1, &list, &n);

	if (res != RES_OK)
		return res;
	*more_r = n > max;
	n = n > max ? max : n;
	for (size_t i = 0; i < n; i++) {
		memset(&list[i].leader, 0, sizeof(list[i].leader));
		if (list[i].ended)
			list[i] = (struct person){ .id = list[i].id, .rev = list[i].rev, .ended = true, .number = "",
						   .name = "", .unit_path = "", .profession = "", .level = "",
						   .lang = "", .email = "", .phone = "",
						   .private_phone = "" };
	}
	*to_r = n ? list[n - 1].rev : after;
	*list_r = list;
	*n_r = n;
	return RES_OK;
}
