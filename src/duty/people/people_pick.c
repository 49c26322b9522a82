/* One line of a list that somebody pasted: whom does it mean. */
#include <string.h>

#include "duty/people/people.h"
#include "duty/people/people_store.h"
#include "duty/people/people_text.h"

#define LINE_MOST 1000
#define CELLS_MOST 20

/* Cuts `line` at any of `marks`; empty pieces are passed over. */
static size_t cut(struct slice line, const char *marks, struct slice cell_r[CELLS_MOST])
{
	size_t n = 0, from = 0;
	for (size_t i = 0; i <= line.n && n < CELLS_MOST; i++) {
		if (i < line.n && !strchr(marks, line.p[i]))
			continue;
		struct slice cell = slice_trim((struct slice){ line.p + from, i - from });
		if (cell.n)
			cell_r[n++] = cell;
		from = i + 1;
	}
	return n;
}

/* The person with exactly this employee number or e-mail. */
static enum result exact(struct tx *tx, struct arena *a, struct slice word, struct person_lines *lines_r)
{
	char *lower = arena_str(a, word);
	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return people_store_exact(tx, a, word, slice_of(lower), PEOPLE_SEARCH_HITS, lines_r);
}

/* Whether every typed word is a whole word of the name: a list says names in full, or means somebody else. */
static bool says_name(struct arena *a, struct slice cell, const char *name)
{
	struct slice typed[CELLS_MOST], words[PEOPLE_WORDS_MAX];
	size_t typed_n = people_query_words(a, cell, typed, CELLS_MOST);
	size_t words_n = people_words(a, slice_of(name), words, PEOPLE_WORDS_MAX);
	for (size_t i = 0; i < typed_n; i++) {
		size_t k = 0;
		while (k < words_n && !slice_eq(typed[i], words[k]))
			k++;
		if (k == words_n)
			return false;
	}
	return typed_n > 0;
}

static enum result by_name(struct tx *tx, struct arena *a, struct slice cell, struct person_lines *lines_r)
{
	struct person_lines all, kept = { 0 };
	enum result res = people_search(tx, a, cell, &all);
	if (res != RES_OK)
		return res;
	kept.list = arena_array(a, struct person_line, all.n);
	kept.more = all.more;
	for (size_t i = 0; i < all.n; i++)
		if (says_name(a, cell, all.list[i].name))
			kept.list[kept.n++] = all.list[i];
	*lines_r = kept;
	return RES_OK;
}

enum result people_pick(struct tx *tx, struct arena *a, struct slice line, struct person_lines *lines_r)
{
	struct slice cell[CELLS_MOST];
	struct person_lines lines = { 0 };
	bool asked = false;
	enum result res = RES_OK;
	if (line.n > LINE_MOST)
		return RES_BAD;
	/* Addresses and numbers are sure; a name is asked for only without one. */
	size_t n = cut(line, " \t;,<>()\"", cell);
	for (size_t i = 0; i < n && res == RES_OK && !lines.n; i++)
		if (memchr(cell[i].p, '@', cell[i].n) || strcspn(arena_str(a, cell[i]), "0123456789") < cell[i].n) {
			res = exact(tx, a, cell[i], &lines);
			asked = true;
		}
	n = cut(line, "\t;<>()\"", cell);
	for (size_t i = 0; i < n && res == RES_OK && !lines.n; i++) {
		if (memchr(cell[i].p, '@', cell[i].n))
			continue;
		res = by_name(tx, a, cell[i], &lines);
		asked |= res == RES_OK;
		if (res == RES_BAD)
			res = RES_OK; /* too short to be a name; perhaps the next */
	}
	if (res == RES_OK && !asked)
		res = RES_BAD;
	if (res == RES_OK)
		*lines_r = lines;
	return res;
}
