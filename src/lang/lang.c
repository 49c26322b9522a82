#include "lang/lang.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "lang/texts.h"

const char *lang_code(enum lang lang)
{
	if ((int)lang < 0 || (int)lang >= lang_count)
		bug("no language %d", (int)lang);
	return lang_codes[lang];
}

enum result lang_from(struct slice code, enum lang *lang_r)
{
	for (int l = 0; l < lang_count; l++) {
		if (slice_is(code, lang_codes[l])) {
			*lang_r = (enum lang)l;
			return RES_OK;
		}
	}
	return RES_BAD;
}

enum lang lang_or(struct slice code, enum lang otherwise)
{
	enum lang lang;
	return lang_from(code, &lang) == RES_OK ? lang : otherwise;
}

/* The context never falls back to a neighbour: poc sees to it. */
const char *lang_name(enum lang lang)
{
	return trc(lang, "this language", "English");
}

enum result lang_spelled(struct slice word, enum lang *lang_r)
{
	for (int l = lang_count - 1; l >= 0; l--) {
		struct slice rest = slice_of(trc((enum lang)l, "this language", "en eng engelsk engelska english gb us uk engb enus"));
		struct slice known;
		while (slice_cut(&rest, ' ', &known)) {
			if (word.n && slice_eq(word, known)) {
				*lang_r = (enum lang)l;
				return RES_OK;
			}
		}
	}
	return RES_BAD;
}

/* ---- looking up: no lock, no allocation ---- */

static const struct text *find(const char *context, const char *msgid)
{
	size_t low = 0, high = texts_n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int by = *context || *texts[mid].context ? strcmp(context, texts[mid].context) : 0; /* hardly any has one */
		if (!by)
			by = strcmp(msgid, texts[mid].msgid);
		if (!by)
			return &texts[mid];
		if (by < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* A text that no catalogue has: our bug in our own builds, the English in a release. */
static const char *missing(enum lang lang, const char *msgid)
{
#ifdef LANG_STRICT
	if (lang != LANG_EN)
		bug("no text in %s for \"%s\"", lang_code(lang), msgid);
#else
	(void)lang;
#endif
	return msgid;
}

/* The words, and in *by_r the language that has them: this one, or its nearest that does. NULL: no catalogue has the text. */
static const char *said(enum lang lang, const char *context, const char *msgid, const struct language **by_r)
{
	lang_code(lang);
	const struct text *t = find(context, msgid);
	for (int l = (int)lang; t && l >= 0; l = languages[l].nearest) {
		if (t->said[l]) {
			*by_r = &languages[l];
			return t->said[l];
		}
	}
	return NULL;
}

const char *tr(enum lang lang, const char *msgid)
{
	return trc(lang, "", msgid);
}

const char *trc(enum lang lang, const char *context, const char *msgid)
{
	const struct language *by;
	const char *words = said(lang, context, msgid, &by);
	return words ? words : missing(lang, msgid);
}

const char *trn(enum lang lang, const char *one, const char *other, int64_t n)
{
	const struct language *by;
	const char *words = said(lang, "", one, &by);
	if (!words)
		return missing(lang, n == 1 ? one : other);
	uint64_t many = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	for (int form = by->plural[many < LANG_RULE ? many : 100 + many % 100] - '0'; form > 0; form--)
		words += strlen(words) + 1;
	return words;
}

int tr_forms(enum lang lang, const char *one, const char *other, const char *form_r[LANG_FORMS], const char **rule_r)
{
	const struct language *by = &languages[LANG_EN];
	const char *words = said(lang, "", one, &by);
	if (!words) {
		form_r[0] = missing(lang, one);
		form_r[1] = other;
		*rule_r = languages[LANG_EN].plural;
		return 2;
	}
	for (int form = 0; form < by->forms; form++, words += strlen(words) + 1)
		form_r[form] = words;
	*rule_r = by->plural;
	return by->forms;
}

/* ---- holes ---- */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t name_length(const char *s)
{
	size_t n = 0;
	while (is_name(s[n]))
		n++;
	return s[0] >= '0' && s[0] <= '9' ? 0 : n;
}

int tr_hole(const char **text, struct slice *before_r, const char *const *names, size_t n)
{
	const char *begin = *text;
	for (const char *at = begin; (at = strchr(at, '{')); at++) {
		size_t length = name_length(at + 1);
		if (!length || at[1 + length] != '}')
			continue;
		for (size_t i = 0; i < n; i++) {
			if (strlen(names[i]) == length && memcmp(names[i], at + 1, length) == 0) {
				*before_r = slice_bytes(begin, (size_t)(at - begin));
				*text = at + length + 2;
				return (int)i;
			}
		}
		bug("the hole {%.*s} has no value in \"%s\"", (int)length, at + 1, begin);
	}
	*before_r = slice_of(begin);
	*text = begin + before_r->n;
	return -1;
}

void tr_fill(struct buf *out, const char *text, const char *name, ...)
{
	const char *names[8], *values[8];
	size_t n = 0;
	va_list args;
	va_start(args, name);
	for (; name; name = va_arg(args, const char *)) {
		if (n == ARRAY_LEN(names))
			bug("more than %zu values for \"%s\"", ARRAY_LEN(names), text);
		names[n] = name;
		values[n++] = va_arg(args, const char *);
	}
	va_end(args);
	struct slice before;
	for (int hole = 0; hole >= 0;) {
		hole = tr_hole(&text, &before, names, n);
		buf_slice(out, before);
		if (hole >= 0 && values[hole])
			buf_str(out, values[hole]);
	}
}
