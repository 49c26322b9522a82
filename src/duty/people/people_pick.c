/* One line of a list that somebody pasted: whom does it mean. It may be a row of a sheet, whose cells tell of one person, or addresses
   as mail programs write them, one after another. */
#include <string.h>

#include "duty/people/people.h"
#include "duty/people/people_store.h"
#include "duty/people/people_text.h"

#define LINE_MOST 4000
#define CELLS_MOST 400
#define MARKS " \t;,<>()\""

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

bool people_may_be_called(struct arena *a, struct slice typed, const char *name)
{
	return says_name(a, typed, name) || says_name(a, slice_of(name), arena_str(a, typed));
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

/* ---- one cell of a line ---- */

struct cell {
	struct slice text;
	struct person_lines found;
	bool sure;                 /* all that were found are meant */
	bool asked;                /* it was something to look for */
	bool number;               /* nothing but a number */
	bool one_word;             /* a name of a single word */
	bool stray;                /* it holds an address that nobody has, beside one that somebody has */
};

static bool has_digit(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static bool is_mail(struct slice s)
{
	return memchr(s.p, '@', s.n) != NULL;
}

/* Nobody twice. */
static void found_put(struct arena *a, struct person_lines *to, const struct person_lines *from)
{
	struct person_line *list = arena_array(a, struct person_line, to->n + from->n);
	if (to->n)
		memcpy(list, to->list, to->n * sizeof(*list));
	for (size_t i = 0; i < from->n; i++) {
		size_t k = 0;
		while (k < to->n && !id_eq(&list[k].id, &from->list[i].id))
			k++;
		if (k == to->n)
			list[to->n++] = from->list[i];
	}
	to->list = list;
	to->more |= from->more;
}

/* "102", and "Kari Hansen 102": a number beside words that are not her name is something else, as "Ward 3". */
static bool number_is_hers(struct arena *a, const struct slice *word, size_t n, const struct person_line *p)
{
	bool words = false;
	for (size_t i = 0; i < n; i++) {
		if (has_digit(word[i]))
			continue;
		words = true;
		if (!p->is_protected && says_name(a, word[i], p->name))
			return true;
	}
	return !words || p->is_protected; /* her words cannot be compared */
}

static enum result read_words(struct tx *tx, struct arena *a, struct cell *c)
{
	struct slice word[CELLS_MOST];
	size_t n = cut(c->text, " \t,<>()\"", word), mails = 0, strays = 0, letters = 0, numbers = 0;
	struct person_lines found;
	enum result res = RES_OK;
	for (size_t i = 0; i < n && res == RES_OK; i++) {
		letters += !has_digit(word[i]) || is_mail(word[i]);
		if (!is_mail(word[i]))
			continue;
		found = (struct person_lines){ 0 };
		res = exact(tx, a, word[i], &found);
		mails += res == RES_OK && found.n;
		strays += res == RES_OK && !found.n;
		c->asked = true;
		if (res == RES_OK)
			found_put(a, &c->found, &found);
	}
	c->stray = mails && strays;
	c->sure = mails && c->found.n == mails && !strays;
	c->number = n && !letters;
	for (size_t i = 0; i < n && res == RES_OK && !mails; i++) {
		if (is_mail(word[i]) || !has_digit(word[i]))
			continue;
		found = (struct person_lines){ 0 };
		res = exact(tx, a, word[i], &found);
		c->asked = true;
		if (res == RES_OK && found.n && number_is_hers(a, word, n, &found.list[0])) {
			found_put(a, &c->found, &found);
			numbers++;
		}
	}
	/* "22 10 10 10" is a phone although somebody has the number 22. */
	if (c->number && (numbers < n || c->found.n < numbers))
		c->found = (struct person_lines){ 0 };
	c->sure |= numbers && c->found.n == numbers;
	return res;
}

/* Addresses and numbers are sure; a name is asked for only without one. */
static enum result read_cell(struct tx *tx, struct arena *a, struct slice text, struct cell *c)
{
	struct slice name[CELLS_MOST], word[2];
	*c = (struct cell){ .text = text };
	enum result res = read_words(tx, a, c);
	size_t n = cut(text, "<>()\"", name);
	for (size_t i = 0; i < n && res == RES_OK && !c->found.n; i++) {
		if (is_mail(name[i]))
			continue;
		res = by_name(tx, a, name[i], &c->found);
		c->sure = c->found.n == 1 && !c->found.more;
		c->asked |= res == RES_OK;
		c->one_word = c->found.n && people_query_words(a, name[i], word, ARRAY_LEN(word)) == 1;
		if (res == RES_BAD)
			res = RES_OK; /* too short to be a name; perhaps the next */
	}
	return res;
}

/* ---- the cells of a line ---- */

/* Cuts at commas, but for those in quotation marks ("Hansen, Kari" <kari@…>). */
static size_t cut_list(struct slice text, struct slice part_r[CELLS_MOST])
{
	size_t n = 0, from = 0;
	bool quoted = false;
	for (size_t i = 0; i <= text.n && n < CELLS_MOST; i++) {
		quoted ^= i < text.n && text.p[i] == '"';
		if (i < text.n && (text.p[i] != ',' || quoted))
			continue;
		struct slice part = slice_trim((struct slice){ text.p + from, i - from });
		if (part.n)
			part_r[n++] = part;
		from = i + 1;
	}
	return n;
}

/* "Kari Hansen, Mehmet Kaya" is two cells, "Hansen, Kari" one. */
static enum result read_list(struct tx *tx, struct arena *a, struct slice text, struct cell *cell, size_t *n)
{
	struct slice part[CELLS_MOST], word[2];
	size_t parts = cut_list(text, part);
	bool list = parts > 1;
	enum result res = RES_OK;
	for (size_t i = 0; i < parts && list; i++)
		list = is_mail(part[i]) || has_digit(part[i]) || people_query_words(a, part[i], word, ARRAY_LEN(word)) > 1;
	if (!list)
		return read_cell(tx, a, text, &cell[(*n)++]);
	for (size_t i = 0; i < parts && res == RES_OK; i++)
		res = read_cell(tx, a, part[i], &cell[(*n)++]);
	return res;
}

static bool holds(const struct person_lines *lines, const struct id *id)
{
	for (size_t i = 0; i < lines->n; i++)
		if (id_eq(&lines->list[i].id, id))
			return true;
	return false;
}

/* "Mehmet Kaya", but not "Registered nurse": two words or more without a digit, the first and the last with a capital. */
static bool looks_like_name(struct slice text)
{
	struct slice word[CELLS_MOST];
	size_t n = cut(text, " ,", word);
	if (n < 2 || has_digit(text))
		return false;
	for (size_t i = 0; i < n; i += n - 1) {
		unsigned char c = (unsigned char)word[i].p[0];
		if (!((c >= 'A' && c <= 'Z') || c >= 0x80))
			return false;
	}
	return true;
}

/* A cell that says something of her: her name in other words, her unit or what she is. */
static bool tells_of(struct arena *a, struct slice text, const struct person_line *p)
{
	struct slice typed[CELLS_MOST], words[PEOPLE_WORDS_MAX];
	struct slice cell = people_squeeze(a, text);
	size_t same = 0, n = people_query_words(a, text, typed, CELLS_MOST);
	size_t words_n = people_words(a, slice_of(p->name), words, PEOPLE_WORDS_MAX);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < words_n; k++)
			if (slice_eq(typed[i], words[k])) {
				same++;
				break;
			}
	if (same > 1 || !cell.n)
		return true;
	struct slice part[CELLS_MOST];
	size_t parts = cut(slice_of(p->unit_path), "/", part);
	bool about = slice_eq(cell, people_squeeze(a, slice_of(p->profession))) || slice_eq(cell, people_squeeze(a, slice_of(p->unit_path)));
	for (size_t i = 0; i < parts && !about; i++)
		about = slice_eq(cell, people_squeeze(a, part[i]));
	return about;
}

/* Whether a cell beside those who were found is no further person. */
static bool is_explained(struct arena *a, const struct cell *c, const struct person_lines *all)
{
	if (c->stray)
		return false;
	bool among = c->sure;
	for (size_t i = 0; i < c->found.n; i++)
		among &= holds(all, &c->found.list[i].id);
	if (among)
		return true;
	for (size_t i = 0; i < all->n; i++)
		if (holds(&c->found, &all->list[i].id) || tells_of(a, c->text, &all->list[i]))
			return true;
	if (c->found.n || all->n > 1)
		return false;
	/* Nothing else that stands in the row of somebody protected is looked at: it would confirm a guess. */
	return all->list[0].is_protected || (!is_mail(c->text) && !looks_like_name(c->text));
}

/* Those who are meant for sure. A number alone is sure where the line holds nothing else that is: beside a name it is as likely
   something else. So is a single word: a surname may be a unit's, too. */
static struct person_lines those_meant(struct arena *a, const struct cell *cell, size_t n)
{
	struct person_lines full = { 0 }, word = { 0 }, number = { 0 };
	for (size_t i = 0; i < n; i++)
		if (cell[i].sure)
			found_put(a, cell[i].number ? &number : cell[i].one_word ? &word : &full, &cell[i].found);
	return full.n ? full : number.n ? number : word;
}

static enum people_meant judge(struct arena *a, const struct cell *cell, size_t n, struct person_lines *all_r)
{
	struct person_lines all = those_meant(a, cell, n);
	bool asked = false, several = false, partly = all.n > 0, clear = all.n > 0, numbers = true;
	for (size_t i = 0; i < n; i++) {
		asked |= cell[i].asked;
		partly |= cell[i].stray;
		several |= cell[i].found.n > 0 || cell[i].found.more;
		numbers &= cell[i].number;
	}
	for (size_t i = 0; i < n && all.n; i++)
		clear &= is_explained(a, &cell[i], &all) && !(numbers && !cell[i].found.n);
	*all_r = all;
	if (clear)
		return PEOPLE_MEANT;
	return partly ? PEOPLE_PARTLY : several ? PEOPLE_SEVERAL : asked ? PEOPLE_NOBODY : PEOPLE_SHORT;
}

static enum result read_line(struct tx *tx, struct arena *a, struct slice line, struct cell *cell, size_t *n_r)
{
	struct slice text[CELLS_MOST];
	enum result res = RES_OK;
	size_t n = 0, texts = cut(line, "\t;", text);
	for (size_t i = 0; i < texts && res == RES_OK && n < CELLS_MOST; i++)
		res = read_list(tx, a, text[i], cell, &n);
	*n_r = n;
	return res;
}

/* Every piece has its place then. */
static bool too_long(struct slice line)
{
	size_t pieces = 1;
	for (size_t i = 0; i < line.n; i++)
		pieces += memchr(MARKS, line.p[i], sizeof(MARKS) - 1) != NULL;
	return line.n > LINE_MOST || pieces > CELLS_MOST;
}

enum result people_pick_line(struct tx *tx, struct arena *a, struct slice line, struct person_lines *lines_r,
			     enum people_meant *meant_r)
{
	struct cell *cell = arena_array(a, struct cell, CELLS_MOST);
	size_t n = 0;
	if (too_long(line)) {
		*lines_r = (struct person_lines){ 0 };
		*meant_r = PEOPLE_LONG;
		return RES_OK;
	}
	enum result res = read_line(tx, a, line, cell, &n);
	if (res == RES_OK)
		*meant_r = judge(a, cell, n, lines_r);
	return res;
}

enum result people_pick(struct tx *tx, struct arena *a, struct slice line, struct person_lines *lines_r)
{
	struct cell *cell = arena_array(a, struct cell, CELLS_MOST);
	struct person_lines all = { 0 };
	size_t n = 0;
	if (too_long(line))
		return RES_BAD;
	enum result res = read_line(tx, a, line, cell, &n);
	if (res != RES_OK)
		return res;
	switch (judge(a, cell, n, &all)) {
	case PEOPLE_SHORT:
		return RES_BAD;
	case PEOPLE_PARTLY:
		all.more = true;
		__attribute__((fallthrough));
	case PEOPLE_SEVERAL:
		/* Any of those whom a cell may mean. */
		for (size_t i = 0; i < n; i++)
			found_put(a, &all, &cell[i].found);
		break;
	default:
		break;
	}
	*lines_r = all;
	return RES_OK;
}
