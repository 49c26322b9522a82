/* What compiled templates write, and that hostile values stay values in every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "hostile.tpl.h"
#include "lang/lang.h"

static void writes(void (*template)(struct html *h, const struct hostile *v), const struct hostile *v,
		   int lang, const char *want)
{
	struct html h = HTML(lang);
	template(&h, v);
	assert_string_equal(h.out.p, want);
	html_free(&h);
}

static void a_plain_page_is_small_and_whole(void **state)
{
	(void)state;
	struct hostile v = {
	    .text = "/a", .piece = SLICE("b"), .mark = {SLICE("<b>c</b>")}, .name = "d", .n = 7};
	writes(hostile, &v, LANG_NB,
	       "<!doctype html>\n<html lang=\"nb\">\n<head>\n<title>/a – Makker</title>\n<link rel=\"stylesheet\" href=\"/a\">\n"
	       "<script src=\"/static/%2Fa/desk.js\" type=\"module\"></script>\n</head>\n<body>\n"
	       "<p>/a|b|<b>c</b>|d|7</p>\n<p title=\"/a\" lang='/a'>a</p>\n<a href=\"/a\">whole</a>\n"
	       "<a href=\"/h/%2Fa/7\">segment</a>\n<a href=\"/h?q=b&amp;n=7#%2Fa\">argument</a>\n"
	       "<textarea name=\"t\">\n/a</textarea>\n</body>\n</html>\n");
}

static void blocks_choose_and_repeat(void **state)
{
	(void)state;
	struct hostile v = { .n = 2, .links = { { "/a" }, { "/b" } }, .n_links = 2, .less = -1 };
	writes(listing, &v, LANG_NB,
	       "<ul>\n<li><a href=\"/a\">0</a></li>\n<li><a href=\"/b\">1</a></li>\n</ul>\n");
	v.n = 1;
	writes(listing, &v, LANG_NB, "<p>one</p>\n");
	v.n = 0;
	writes(listing, &v, LANG_NB, "<p>none</p>\n");
}

static void texts_are_escaped_and_so_are_their_holes(void **state)
{
	(void)state;
	struct hostile v = { .text = "<\"'>", .n = 1 };
	writes(said, &v, LANG_EN,
	       "<p title=\"&lt;&#34;&#39;&gt; at 1\">1 &amp; &lt;&lt;&#34;&#39;&gt;&gt;</p>\n"
	       "<p>Monday plain &amp; simple</p>\n");
	v.n = 2;
	writes(said, &v, LANG_EN,
	       "<p title=\"&lt;&#34;&#39;&gt; at 2\">2 &amp;&amp; &lt;&lt;&#34;&#39;&gt;&gt;</p>\n"
	       "<p>Monday plain &amp; simple</p>\n");
}

/* A page's tags and the names of their attributes, without values and text. */
static void structure(const char *page, struct buf *out)
{
	bool tag = false;
	char quote = 0;
	for (const char *p = page; *p; p++) {
		if (!tag && *p == '<')
			tag = true;
		if (!tag)
			continue;
		if (!quote)
			buf_char(out, *p);
		if (quote ? *p == quote : *p == '"' || *p == '\'') {
			if (quote)
				buf_char(out, *p);
			quote = quote ? 0 : *p;
		} else if (!quote && *p == '>') {
			tag = false;
		}
	}
}

static void hostile_values_change_no_tag_and_no_attribute(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "<script>alert(1)</script>",
	    "\"><img src=x onerror=alert(1)>",
	    "' onmouseover='alert(1)",
	    "javascript:alert(1)",
	    "JaVaScRiPt:alert(1)",
	    " javascript:alert(1)",
	    "java\tscript:alert(1)",
	    "java\nscript:alert(1)",
	    "\x01javascript:alert(1)",
	    "data:text/html,<script>alert(1)</script>",
	    "vbscript:x",
	    "//evil.example/",
	    "/\\evil.example/",
	    "\\\\evil.example",
	    "</title><script>",
	    "</textarea><script>",
	    "\n</textarea>",
	    "--><script>",
	    "&lt;script&gt;",
	    "&#106;avascript:alert(1)",
	    "%22%3E%3Cscript%3E",
	    "{{v->text}}",
	    "\xff\xfe<",
	    "\xe2\x80\xa8<b>",
	    "a\"b'c<d>e&f",
	    "",
	    "https://evil.example/x.css",
	};
	struct hostile plain = {
	    .text = "/a", .piece = SLICE("/a"), .mark = {SLICE("m")}, .name = "d", .n = 7, .yes = true};
	struct html h = HTML(LANG_NB);
	struct buf want = BUF_LIMIT(1 << 16), got = BUF_LIMIT(1 << 16);
	hostile(&h, &plain);
	structure(h.out.p, &want);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct hostile v = plain;
		v.text = texts[i];
		v.piece = slice_of(texts[i]);
		buf_reset(&h.out);
		buf_reset(&got);
		hostile(&h, &v);
		structure(h.out.p, &got);
		if (strcmp(want.p, got.p) != 0)
			fail_msg("\"%s\" became\n%s", texts[i], h.out.p);
		if (strstr(h.out.p, "<link rel=\"stylesheet\" href=\"h"))
			fail_msg("\"%s\" is a style sheet", texts[i]);
		if (i < 14 && !strstr(h.out.p, "<a href=\"#blocked-url\">whole"))
			fail_msg("\"%s\" is a link:\n%s", texts[i], h.out.p);
		assert_null(strstr(h.out.p, "evil.example/\">"));
	}
	html_free(&h);
	buf_free(&want);
	buf_free(&got);
}

static void a_textarea_keeps_its_first_newline(void **state)
{
	(void)state;
	struct hostile v = { .text = "\nb" };
	struct html h = HTML(LANG_NB);
	places(&h, &v);
	assert_non_null(strstr(h.out.p, "<textarea name=\"t\">\n\nb</textarea>"));
	html_free(&h);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_page_is_small_and_whole),
		cmocka_unit_test(blocks_choose_and_repeat),
		cmocka_unit_test(texts_are_escaped_and_so_are_their_holes),
		cmocka_unit_test(hostile_values_change_no_tag_and_no_attribute),
		cmocka_unit_test(a_textarea_keeps_its_first_newline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
