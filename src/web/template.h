/* template.h: what compiled templates (tools/tplc) include: the writer of html.h that
   fits the C type of a value, for each place in a page. A type without a writer does
   not compile: no double, no bool, no pointer to a struct, no raw HTML in an attribute. */
#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include "lang/lang.h"
#include "web/html.h"

#define HTML_INTEGERS(put) \
	short: put, unsigned short: put, int: put, unsigned: put, \
	long: put, unsigned long: put, long long: put, unsigned long long: put

#define HTML_PUT_TEXT(h, x) \
	_Generic((x), char *: html_text_str, const char *: html_text_str, struct slice: html_text, \
		 struct html_safe: html_safe, HTML_INTEGERS(html_text_int))(h, x)
/* The same where the value fills a hole of a sentence: a number there is a count. */
#define HTML_PUT_SAID(h, x) \
	_Generic((x), char *: html_text_str, const char *: html_text_str, struct slice: html_text, \
		 struct html_safe: html_safe, HTML_INTEGERS(html_text_count))(h, x)
#define HTML_PUT_ATTR(h, x) \
	_Generic((x), char *: html_text_str, const char *: html_text_str, struct slice: html_text, \
		 HTML_INTEGERS(html_text_int))(h, x)
#define HTML_PUT_URL(h, x) \
	_Generic((x), char *: html_url_str, const char *: html_url_str, struct slice: html_url)(h, x)
#define HTML_PUT_URL_OURS(h, x) \
	_Generic((x), char *: html_url_ours_str, const char *: html_url_ours_str, struct slice: html_url_ours)(h, x)
#define HTML_PUT_URL_PART(h, x) \
	_Generic((x), char *: html_url_part_str, const char *: html_url_part_str, struct slice: html_url_part, \
		 HTML_INTEGERS(html_url_part_int))(h, x)

/* The address of a script or a style sheet: only a path of ours, never another host. */
static inline void html_url_ours(struct html *h, struct slice s)
{
	html_url(h, s.n && s.p[0] == '/' ? s : SLICE("#blocked-url"));
}

static inline void html_url_ours_str(struct html *h, const char *s)
{
	html_url_ours(h, slice_of(s));
}

/* How often {{for}} goes round: a count below zero is none. */
static inline size_t html_count(int64_t n)
{
	return n > 0 ? (size_t)n : 0;
}

#endif
