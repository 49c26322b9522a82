#include "web/html.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lang/lang.h"

void html_raw(struct html *h, const char *literal, size_t n)
{
	buf_put(&h->out, literal, n);
}

void html_safe(struct html *h, struct html_safe s)
{
	buf_slice(&h->out, s.s);
}

/* What stands for this byte in text and in an attribute with either kind of quote; NULL: itself. */
static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
	case '\r':
		return NULL;
	default:
		return c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
	}
}

/* Which bytes entity() may change: most of a text is none of them, and passes in runs. */
static const bool odd[256] = {
	[0 ... 0x1f] = true, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true, [0x7f] = true,
};

void html_text(struct html *h, struct slice s)
{
	size_t plain = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *e = odd[(unsigned char)s.p[i]] ? entity((unsigned char)s.p[i]) : NULL;
		if (!e)
			continue;
		buf_put(&h->out, s.p + plain, i - plain);
		buf_str(&h->out, e);
		plain = i + 1;
	}
	if (plain < s.n) /* an empty slice may have no address to add to */
		buf_put(&h->out, s.p + plain, s.n - plain);
}

void html_text_str(struct html *h, const char *s)
{
	html_text(h, slice_of(s));
}

void html_text_int(struct html *h, int64_t n)
{
	buf_printf(&h->out, "%lld", (long long)n);
}

void html_text_count(struct html *h, int64_t n)
{
	say_number(&h->out, (enum lang)h->lang, n);
}

static bool starts_nocase(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n > n && !strncasecmp(s.p, prefix, n);
}

static bool url_is_ours_or_known(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		/* Browsers drop tabs and line ends inside a scheme, skip controls before it and read \ as /. */
		if (c <= 0x20 || c == 0x7f || c == '\\')
			return false;
	}
	if (s.n && s.p[0] == '/')
		return s.n == 1 || s.p[1] != '/';
	return (s.n && s.p[0] == '#') || starts_nocase(s, "https://") || starts_nocase(s, "http://") ||
	       starts_nocase(s, "mailto:") || starts_nocase(s, "tel:");
}

void html_url(struct html *h, struct slice s)
{
	if (!url_is_ours_or_known(s)) {
		buf_str(&h->out, "#blocked-url");
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x80)
			buf_printf(&h->out, "%%%02X", c);
		else
			html_text(h, (struct slice){ s.p + i, 1 });
	}
}

void html_url_str(struct html *h, const char *s)
{
	html_url(h, slice_of(s));
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void html_url_part(struct html *h, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_unreserved(c))
			buf_char(&h->out, (char)c);
		else
			buf_printf(&h->out, "%%%02X", c);
	}
}

void html_url_part_str(struct html *h, const char *s)
{
	html_url_part(h, slice_of(s));
}

void html_url_part_int(struct html *h, int64_t n)
{
	html_text_int(h, n);
}

void html_free(struct html *h)
{
	buf_free(&h->out);
}
