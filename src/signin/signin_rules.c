#include "signin/signin_rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "signin/signin.h"
#include "web/text.h"

#define NAME_MOST 200

const char *signin_fold(struct arena *a, struct slice email)
{
	char *out = arena_str(a, slice_trim(email));
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return out;
}

const char *signin_casefold(struct arena *a, struct slice text)
{
	static const char curly[] = "\xe2\x80\x99";
	utf8proc_uint8_t *folded = NULL;
	if (utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &folded,
			 UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD) < 0)
		return "";
	char *out = arena_str(a, slice_of((const char *)folded));
	free(folded);
	for (char *p = out; (p = strstr(p, curly)); p++) {
		*p = '\'';
		memmove(p + 1, p + 3, strlen(p + 3) + 1);
	}
	return out;
}

static size_t characters(struct slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* "aaaaaaaaaaaa", and "abcabcabcabc": a piece of at most four bytes again and again. */
static bool repeats(struct slice s)
{
	for (size_t piece = 1; piece <= 4 && piece < s.n; piece++)
		if (memcmp(s.p, s.p + piece, s.n - piece) == 0)
			return true;
	return false;
}

/* Long enough, and near the top of every list of leaked passwords, or what our readers would write first. */
static const char *const common[] = {
    "123456789012",   "1234567890123",    "12345678901234", "123456789123",     "password1234",
    "password12345",  "passwordpassword", "qwertyuiop12",   "qwertyuiop123",    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",   "administrator",    "changemeplease", "letmeinplease",    "passord12345",
    "passordpassord", "lösenord1234",     "velkommen123",   "lösenordlösenord", "adgangskode1",
    "adgangskode123", "iloveyou1234",     "welcome12345",   "velkommen1234",    "välkommen123",
    "kollegastøtte",  "kamratstödjare",
};

enum passphrase_fault signin_passphrase_fault(struct slice passphrase)
{
	if (passphrase.n > SIGNIN_PASSPHRASE_MOST)
		return PASSPHRASE_LONG;
	if (characters(passphrase) < SIGNIN_PASSPHRASE_LEAST)
		return PASSPHRASE_SHORT;
	if (repeats(passphrase))
		return PASSPHRASE_COMMON;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (passphrase.n == strlen(common[i]) &&
		    strncasecmp(passphrase.p, common[i], passphrase.n) == 0)
			return PASSPHRASE_COMMON;
	return PASSPHRASE_FINE;
}

/* Dot segments, written out or percent-encoded: "/s/../h". */
static bool has_dots(struct slice path)
{
	for (size_t i = 0; i + 1 < path.n; i++)
		if ((path.p[i] == '.' && path.p[i + 1] == '.') ||
		    (i + 2 < path.n && strncasecmp(path.p + i, "%2e", 3) == 0))
			return true;
	return false;
}

bool signin_may_return(struct slice path, const char *base)
{
	size_t n = strlen(base);
	return path_is_ours(path) && !has_dots(path) && slice_starts(path, base) && path.n > n &&
	       path.p[n] == '/';
}

static const char *name_of(const char *path)
{
	const char *name = path;
	for (const char *p = path; (p = strstr(p, " / ")); p += 3)
		name = p + 3;
	return name;
}

size_t signin_units_meant(struct slice typed, const struct signin_unit *units, size_t n, const struct signin_unit **list, size_t most,
			  bool *sure_r)
{
	struct arena *a = arena_new();
	const char *words = signin_casefold(a, slice_trim(typed));
	size_t found = 0;
	enum { BY_PATH, BY_NAME, BY_PART, WAYS } way;
	for (way = BY_PATH; *words && !found && way < WAYS; way++)
		for (size_t i = 0; i < n && found < most; i++) {
			const char *path = signin_casefold(a, slice_of(units[i].path));
			if (way == BY_PART ? strstr(path, words) != NULL : strcmp(way == BY_PATH ? path : name_of(path), words) == 0)
				list[found++] = &units[i];
		}
	/* The loop has gone one on since. */
	*sure_r = found == 1 && way <= BY_PART;
	arena_free(&a);
	return found;
}

bool signin_name_ok(struct slice name)
{
	struct arena *a = arena_new();
	struct slice clean;
	bool ok = name.n && name.n <= NAME_MOST && text_is_utf8(name) &&
		  text_clean(a, FIELD_TEXT, name, &clean) == RES_OK && slice_eq(clean, name);
	arena_free(&a);
	return ok;
}
