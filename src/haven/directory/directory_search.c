/* Finding a person by what somebody types. */
#include "haven/directory/directory.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 1000

SQL(search_number, "t", "id:b number:t name:t unit:t protected:i",
    "SELECT id, employee_number AS number, name, unit_path AS unit, protected FROM person "
    "WHERE ended = 0 AND employee_number = $1 ORDER BY id LIMIT 1");
SQL(search_batch, "bi", "id:b number:t? name:t unit:t",
    "SELECT id, employee_number AS number, name, unit_path AS unit FROM person "
    "WHERE ended = 0 AND protected = 0 AND id > $1 ORDER BY id LIMIT $2");

/* Small letters without their marks, for Latin-1: "Å" and "å" are "a", "ø" is "o", "æ" is "ae". `c` is the second byte. */
static const char *plain(unsigned char c)
{
	static const char *const small[32] = {
		"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
		"d", "n", "o", "o", "o", "o", "o", NULL, "o", "u", "u", "u", "u", "y", "th", NULL,
	};
	return small[(c - 0x80) % 32];
}

/* " ingrid aas solli": each word with one space before it. Letters beyond Latin-1 stay as they are. */
static const char *fold(struct arena *a, struct slice s)
{
	char *out = arena_alloc(a, 2 * s.n + 2, 1), *to = out;
	bool inside = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool upper = c >= 'A' && c <= 'Z', letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
		const char *as = c == 0xc3 && i + 1 < s.n ? plain((unsigned char)s.p[i + 1]) : NULL;
		if (letter && !inside)
			*to++ = ' ';
		inside = letter;
		if (as) {
			memcpy(to, as, strlen(as));
			to += strlen(as);
			i++;
		} else if (letter) {
			*to++ = (char)(upper ? c - 'A' + 'a' : c);
		}
	}
	*to = 0;
	return out;
}

static size_t letters(const char *folded)
{
	size_t n = 0;
	for (const char *c = folded; *c; c++)
		n += *c != ' ' && ((unsigned char)*c & 0xc0) != 0x80;
	return n;
}

/* Every word typed begins a word of the name. */
static bool fits(struct arena *a, const char *name, const char *typed)
{
	struct slice rest = slice_of(typed + 1), word;
	while (slice_cut(&rest, ' ', &word))
		if (!strstr(name, arena_printf(a, " %.*s", (int)word.n, word.p)))
			return false;
	return true;
}

static int by_name(const void *x, const void *y)
{
	const struct directory_hit *p = x, *q = y;
	int order = strcmp(p->name, q->name);
	return order ? order : memcmp(p->id.b, q->id.b, ID_BYTES);
}

/* Keeps the first by name. */
static void keep(struct directory_found *f, const struct directory_hit *hit)
{
	if (f->n < DIRECTORY_HITS) {
		f->list[f->n++] = *hit;
	} else {
		f->more = true;
		if (by_name(hit, &f->list[f->n - 1]) < 0)
			f->list[f->n - 1] = *hit;
	}
	qsort(f->list, f->n, sizeof(*f->list), by_name);
}

/* One batch; *after moves on. RES_NONE: it was empty. */
static enum result batch(struct tx *tx, struct arena *a, const char *typed, struct id *after, struct directory_found *f)
{
	struct rows *rows;
	struct arena *own = arena_new(); /* so that a hundred thousand names are not held at once */
	bool any = false;
	enum result res = db_ask(tx, &search_batch, &rows, v_id(after), v_int(BATCH));
	while (res == RES_OK && (res = rows_next(rows)) == RES_OK) {
		struct slice number = row_text(rows, 1), name = row_text(rows, 2), unit = row_text(rows, 3);
		*after = row_id(rows, 0);
		any = true;
		if (fits(own, fold(own, name), typed)) {
			struct directory_hit hit = { *after, arena_str(a, number), arena_str(a, name), arena_str(a, unit), false };
			keep(f, &hit);
		}
	}
	rows_end(&rows);
	arena_free(&own);
	if (res == RES_NONE)
		return any ? RES_OK : RES_NONE;
	return res;
}

enum result directory_search(struct tx *tx, struct arena *a, struct slice typed, struct directory_found *found_r)
{
	struct directory_found f = { .n = 0 };
	struct id after = { { 0 } };
	struct rows *rows;
	const char *words = fold(a, typed);
	enum result res = db_one(tx, &search_number, &rows, v_text(typed));
	if (res == RES_OK) {
		struct id id = row_id(rows, 0);
		const char *number = arena_str(a, row_text(rows, 1)), *name = arena_str(a, row_text(rows, 2));
		const char *unit = arena_str(a, row_text(rows, 3));
		bool is_protected = row_int(rows, 4);
		f.list[f.n++] = (struct directory_hit){ id, number, is_protected ? NULL : name, is_protected ? "" : unit,
							is_protected };
	}
	rows_end(&rows);
	if (res == RES_OK) { /* a number is one person: her names are not looked for */
		*found_r = f;
		return RES_OK;
	}
	if (res != RES_NONE)
		return res;
	if (letters(words) < DIRECTORY_LETTERS)
		return RES_BAD;
	do {
		res = batch(tx, a, words, &after, &f);
	} while (res == RES_OK);
	if (res != RES_NONE)
		return res;
	*found_r = f;
	return RES_OK;
}
