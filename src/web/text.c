#include "web/text.h"

#include <string.h>
#include <utf8proc.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum result percent_read(struct arena *a, struct slice s, bool plus, struct slice *text_r)
{
	char *out = arena_alloc(a, s.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return RES_BAD;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		out[n++] = c;
	}
	*text_r = (struct slice){ out, n };
	return RES_OK;
}

/* The character at s.p[at] and its length in bytes; 0 if there is none. */
static size_t character(struct slice s, size_t at, int32_t *c_r)
{
	utf8proc_ssize_t n =
		utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), c_r);
	return n > 0 && *c_r > 0 ? (size_t)n : 0;
}

bool text_is_utf8(struct slice s)
{
	int32_t c = 0;
	for (size_t at = 0, n; at < s.n; at += n)
		if (!(n = character(s, at, &c)))
			return false;
	return true;
}

static bool is_noncharacter(int32_t c)
{
	return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* Control characters, line separators, and marks that turn the direction of what follows
   (Unicode TR 36 § 2.7): with them a name could rewrite the line it stands in. */
static bool kind_takes(enum field_kind kind, int32_t c)
{
	if (kind == FIELD_RAW)
		return true;
	if (kind == FIELD_LINES && (c == '\n' || c == '\r' || c == '\t'))
		return true;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
		return false;
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return false;
	return !is_noncharacter(c);
}

/* CR LF and a lone CR become LF. */
static struct slice one_kind_of_line_end(struct arena *a, struct slice s)
{
	if (!s.n || !memchr(s.p, '\r', s.n))
		return s;
	char *out = arena_alloc(a, s.n, 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r')
			out[n++] = s.p[i];
		else if (i + 1 == s.n || s.p[i + 1] != '\n')
			out[n++] = '\n';
	}
	return (struct slice){ out, n };
}

/* Every copy is in the arena, which can be wiped; utf8proc's own functions would use malloc. */
static enum result to_nfc(struct arena *a, struct slice s, struct slice *text_r)
{
	utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s.p;
	utf8proc_ssize_t n = utf8proc_decompose(bytes, (utf8proc_ssize_t)s.n, NULL, 0, how);
	if (n < 0)
		return RES_BAD;
	int32_t *chars = arena_array(a, int32_t, (size_t)n + 1);
	n = utf8proc_decompose(bytes, (utf8proc_ssize_t)s.n, chars, n, how);
	if (n >= 0)
		n = utf8proc_reencode(chars, n, how);
	if (n < 0)
		return RES_BAD;
	*text_r = (struct slice){ (const char *)chars, (size_t)n };
	return RES_OK;
}

enum result text_clean(struct arena *a, enum field_kind kind, struct slice s, struct slice *text_r)
{
	bool ascii = true;
	int32_t c = 0;
	for (size_t at = 0, n; at < s.n; at += n) {
		n = character(s, at, &c);
		if (!n || !kind_takes(kind, c))
			return RES_BAD;
		ascii = ascii && c < 0x80;
	}
	struct slice text = s;
	if (kind == FIELD_LINES)
		text = one_kind_of_line_end(a, text);
	if (!ascii && to_nfc(a, text, &text) != RES_OK)
		return RES_BAD;
	if (kind != FIELD_RAW)
		text = slice_trim(text);
	*text_r = text;
	return RES_OK;
}

struct slice text_most(struct slice s, size_t most)
{
	if (s.n <= most)
		return s;
	while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return (struct slice){ s.p, most };
}
