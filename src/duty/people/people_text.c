#include "duty/people/people_text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"

#define TEXT_MAX 65536

/* Through utf8proc into the arena. */
static struct slice map(struct arena *a, struct slice text, utf8proc_option_t how)
{
	utf8proc_uint8_t *out;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)(text.n ? text.p : ""),
					  (utf8proc_ssize_t)text.n, &out, how);
	struct slice copy;

	if (n < 0)
		return (struct slice){ 0 };
	copy = arena_slice(a, (struct slice){ (char *)out, (size_t)n });
	free(out);
	return copy;
}

/* The next character of *rest; false at the end. What is not UTF-8 ends it. */
static bool next_code(struct slice *rest, utf8proc_int32_t *code)
{
	utf8proc_ssize_t n = rest->n ? utf8proc_iterate((const utf8proc_uint8_t *)rest->p, (utf8proc_ssize_t)rest->n,
							 code)
				     : 0;

	if (n <= 0)
		return false;
	rest->p += n;
	rest->n -= (size_t)n;
	return true;
}

static void put_code(struct buf *b, utf8proc_int32_t code)
{
	utf8proc_uint8_t bytes[4];

	buf_put(b, bytes, (size_t)utf8proc_encode_char(code, bytes));
}

static struct slice keep(struct arena *a, struct buf *b)
{
	struct slice s = arena_slice(a, buf_get(b));

	buf_free(b);
	return s;
}

struct slice people_clean(struct arena *a, struct slice text)
{
	struct buf b = BUF_LIMIT(TEXT_MAX);
	utf8proc_int32_t code;
	bool gap = false, plain = true;

	/* Nearly all cells are clean already. */
	text = slice_trim(text);
	for (size_t i = 0; i < text.n && plain; i++)
		plain = (unsigned char)text.p[i] >= ' ' && (unsigned char)text.p[i] < 0x7f &&
			(text.p[i] != ' ' || text.p[i - 1] != ' ');
	if (plain)
		return text.n ? arena_slice(a, text) : (struct slice){ 0 };
	while (next_code(&text, &code)) {
		switch (utf8proc_category(code)) {
		case UTF8PROC_CATEGORY_ZS:
		case UTF8PROC_CATEGORY_ZL:
		case UTF8PROC_CATEGORY_ZP:
		case UTF8PROC_CATEGORY_CC:
			gap = true;
			break;
		case UTF8PROC_CATEGORY_CF:
			break;
		default:
			if (gap && b.n)
				buf_char(&b, ' ');
			gap = false;
			put_code(&b, code);
		}
	}
	return map(a, keep(a, &b), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

size_t people_length(struct slice text)
{
	utf8proc_int32_t code;
	size_t n = 0;

	while (next_code(&text, &code))
		n++;
	return n;
}

/* Letters that have no accent to take off, or a longer spelling. */
static const struct {
	utf8proc_int32_t code;
	const char *short_form, *long_form;
} letters[] = {
	{ 0xe5, "a", "aa" },   { 0xe4, "a", "ae" },   { 0xf6, "o", "oe" },  { 0xf8, "o", "oe" },
	{ 0xfc, "u", "ue" },   { 0xe6, "ae", "ae" },  { 0x153, "oe", "oe" }, { 0x111, "d", "d" },
	{ 0xf0, "d", "d" },    { 0xfe, "th", "th" },  { 0x142, "l", "l" },  { 0x131, "i", "i" },
	{ 0x2019, "'", "'" },  { 0x2018, "'", "'" },  { 0x2bc, "'", "'" },  { 0xb4, "'", "'" },
	{ '`', "'", "'" },     { 0x2032, "'", "'" },
};

static struct slice fold(struct arena *a, struct slice text, bool long_form)
{
	struct buf b = BUF_LIMIT(TEXT_MAX);
	utf8proc_int32_t code;
	struct slice lower = map(a, text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);

	while (next_code(&lower, &code)) {
		size_t i = 0;

		while (i < ARRAY_LEN(letters) && letters[i].code != code)
			i++;
		if (i < ARRAY_LEN(letters))
			buf_str(&b, long_form ? letters[i].long_form : letters[i].short_form);
		else
			put_code(&b, code);
	}
	return map(a, keep(a, &b),
		   UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
}

struct slice people_fold(struct arena *a, struct slice text)
{
	return fold(a, text, false);
}

static bool is_word_code(utf8proc_int32_t code)
{
	utf8proc_category_t c = utf8proc_category(code);

	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
	       (c >= UTF8PROC_CATEGORY_MN && c <= UTF8PROC_CATEGORY_NO);
}

/* The letters and digits of folded text, without what stands between them. */
static struct slice squeeze(struct arena *a, struct slice folded)
{
	struct buf b = BUF_LIMIT(TEXT_MAX);
	utf8proc_int32_t code;

	while (next_code(&folded, &code))
		if (is_word_code(code))
			put_code(&b, code);
	return keep(a, &b);
}

struct slice people_squeeze(struct arena *a, struct slice text)
{
	return squeeze(a, fold(a, text, false));
}

struct word_list {
	struct slice *w;
	size_t n, max;
};

static void add_word(struct word_list *list, struct slice word)
{
	if (!word.n || list->n == list->max)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (slice_eq(list->w[i], word))
			return;
	list->w[list->n++] = word;
}

/* The next run of letters, digits and the characters in `also`; trimmed of apostrophes. */
static bool next_word(struct slice *rest, const char *also, struct slice *word_r)
{
	utf8proc_int32_t code;
	const char *start = NULL, *here = rest->p;

	while (next_code(rest, &code)) {
		bool inside = is_word_code(code) || (code < 128 && code && strchr(also, code));

		if (inside && !start)
			start = here;
		if (!inside && start)
			break;
		here = rest->p;
	}
	if (!start)
		return false;
	*word_r = (struct slice){ start, (size_t)(here - start) };
	return true;
}

/* "haakon" is "hakon" to those who write å. */
static struct slice without_double_a(struct arena *a, struct slice word)
{
	struct buf b = BUF_LIMIT(TEXT_MAX);

	for (size_t i = 0; i < word.n; i++) {
		buf_char(&b, word.p[i]);
		if (word.p[i] == 'a' && i + 1 < word.n && word.p[i + 1] == 'a')
			i++;
	}
	return keep(a, &b);
}

size_t people_words(struct arena *a, struct slice name, struct slice *words_r, size_t max)
{
	struct word_list list = { words_r, 0, max };
	struct slice forms[2] = { fold(a, name, false), fold(a, name, true) };

	for (size_t i = 0; i < 2; i++) {
		struct slice rest = forms[i], run, part;

		while (next_word(&rest, "'-", &run)) {
			struct slice parts = run, pieces;

			while (next_word(&parts, "'", &part)) {
				add_word(&list, part);
				add_word(&list, squeeze(a, part));
				add_word(&list, without_double_a(a, part));
				pieces = part;
				for (struct slice piece; next_word(&pieces, "", &piece);)
					add_word(&list, piece);
			}
			add_word(&list, squeeze(a, run));
		}
	}
	return list.n;
}

size_t people_query_words(struct arena *a, struct slice query, struct slice *words_r, size_t max)
{
	struct word_list list = { words_r, 0, max };
	struct slice rest = fold(a, query, false), word;

	while (next_word(&rest, "'", &word)) {
		while (word.n && word.p[0] == '\'') {
			word.p++;
			word.n--;
		}
		add_word(&list, word);
	}
	return list.n;
}
