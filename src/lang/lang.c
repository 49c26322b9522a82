#include "lang/lang.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "lang/texts.h"

const char *lang_code(enum lang lang)
{
	if ((unsigned)lang >= LANG_COUNT)
		bug("no language %d", (int)lang);
	return texts_codes[lang];
}

enum result lang_from(struct slice code, enum lang *lang_r)
{
	for (int l = 0; l < LANG_COUNT; l++) {
		if (slice_is(code, texts_codes[l])) {
			*lang_r = (enum lang)l;
			return RES_OK;
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
		int by = strcmp(context, texts[mid].context);
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
#endif
	(void)lang;
	return msgid;
}

static const char *said(enum lang lang, const char *context, const char *msgid, const char *otherwise,
			int which)
{
	if ((unsigned)lang >= LANG_COUNT)
		bug("no language %d", (int)lang);
	const struct text *t = find(context, msgid);
	const char *words = t ? t->said[lang][which] : NULL;
	return words ? words : missing(lang, otherwise);
}

const char *tr(enum lang lang, const char *msgid)
{
	return said(lang, "", msgid, msgid, 0);
}

const char *trn(enum lang lang, const char *one, const char *other, int64_t n)
{
	return said(lang, "", one, n == 1 ? one : other, n != 1);
}

const char *trc(enum lang lang, const char *context, const char *msgid)
{
	return said(lang, context, msgid, msgid, 0);
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
