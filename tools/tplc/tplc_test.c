#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"

/* Compiles `body` as line 2 and on of a template. */
static enum result compile_body(const char *body, struct tpl_out *out)
{
	struct buf text = BUF_LIMIT(1 << 16);
	buf_printf(&text, "{{template t(const struct v *v)}}\n%s\n{{end}}\n", body);
	enum result res = tpl_compile("x.tpl", "x.tpl.h", buf_get(&text), out);
	buf_free(&text);
	return res;
}

static void refused(const char *body, int line, const char *why)
{
	struct tpl_out out = TPL_OUT;
	char place[32];
	if (compile_body(body, &out) != RES_BAD)
		fail_msg("accepted: %s", body);
	snprintf(place, sizeof(place), "x.tpl:%d: ", line);
	if (strncmp(out.error.p, place, strlen(place)) != 0 || !strstr(out.error.p, why))
		fail_msg("%s\n  gave \"%s\"\n  not  \"%s…%s\"", body, out.error.p, place, why);
	tpl_out_free(&out);
}

static void writes(const char *body, const char *code)
{
	struct tpl_out out = TPL_OUT;
	if (compile_body(body, &out) != RES_OK)
		fail_msg("%s: %s", body, out.error.p);
	if (!strstr(out.c.p, code))
		fail_msg("%s gave\n%s\nwithout %s", body, out.c.p, code);
	tpl_out_free(&out);
}

static void a_value_gets_the_writer_of_its_place(void **state)
{
	(void)state;
	writes("<p>{{v->x}}</p>", "HTML_PUT_TEXT(h, (v->x))");
	writes("<p title=\"a {{v->x}}\">b</p>", "HTML_PUT_ATTR(h, (v->x))");
	writes("<p title='{{v->x}}'>b</p>", "HTML_PUT_ATTR(h, (v->x))");
	writes("<title>{{v->x}}</title>", "HTML_PUT_ATTR(h, (v->x))");
	writes("<textarea name=\"t\">{{v->x}}</textarea>", "HTML_PUT_ATTR(h, (v->x))");
	writes("<a href=\"{{v->x}}\">b</a>", "HTML_PUT_URL(h, (v->x))");
	writes("<form action=\"{{v->x}}\"></form>", "HTML_PUT_URL(h, (v->x))");
	writes("<button formaction=\"{{v->x}}\">b</button>", "HTML_PUT_URL(h, (v->x))");
	writes("<img src=\"{{v->x}}\" alt=\"\">", "HTML_PUT_URL(h, (v->x))");
	writes("<a href=\"/h/{{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<a href=\"/h?q={{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<a href=\"a{{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<a href=\"#{{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<a href=\"{{v->x}}?n={{v->n}}\">b</a>", "HTML_PUT_URL_PART(h, (v->n))");
	writes("<a href=\"https://example.org/a/{{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<a href=\"mailto:{{v->x}}\">b</a>", "HTML_PUT_URL_PART(h, (v->x))");
	writes("<script src=\"/static/{{v->x}}/desk.js\" type=\"module\"></script>",
	       "HTML_PUT_URL_PART(h, (v->x))");
	writes("<script src=\"{{v->x}}\" type=\"module\"></script>", "HTML_PUT_URL_OURS(h, (v->x))");
	writes("<link rel=\"stylesheet\" href=\"{{v->x}}\">", "HTML_PUT_URL_OURS(h, (v->x))");
	writes("<link rel=\"icon\" href=\"data:,\">", "data:,");
	writes("<svg><title>{{v->x}}</title></svg>", "HTML_PUT_TEXT(h, (v->x))");
}

static void what_no_escaping_makes_safe_is_refused(void **state)
{
	(void)state;
	refused("<script>var a = {{v->x}};</script>", 2, "inline <script>");
	refused("<p>\n<script>\n{{v->x}}</script>", 4, "in <script>");
	refused("<style>p { color: {{v->x}} }</style>", 2, "inline <style>");
	refused("<p\nonclick=\"{{v->x}}\">", 3, "event attribute onclick");
	refused("<p ONCLICK=\"{{v->x}}\">", 2, "event attribute onclick");
	refused("<p style=\"{{v->x}}\">", 2, "style attribute");
	refused("<p srcdoc=\"{{v->x}}\">", 2, "srcdoc");
	refused("<p class={{v->x}}>", 2, "without quotes");
	refused("<p class=a{{v->x}}>", 2, "not in quotes");
	refused("<!-- {{v->x}} -->", 2, "in a comment");
	refused("<{{v->x}}>", 2, "name of a tag");
	refused("<p{{v->x}}>", 2, "name of a tag");
	refused("<p {{v->x}}>", 2, "attribute's name");
	refused("<p data-{{v->x}}=\"a\">", 2, "name of an attribute");
	refused("<!doctype {{v->x}}>", 2, "declaration");
	refused("<img srcset=\"{{v->x}}\">", 2, "srcset");
	refused("<a href=\"https://{{v->x}}/\">a</a>", 2, "host name");
	refused("<a href=\"tel:{{v->x}}\">a</a>", 2, "tel:");
	refused("<img src=\"data:{{v->x}}\">", 2, "data:");
	refused("<meta http-equiv=\"refresh\" content=\"{{v->x}}\">", 2, "http-equiv");
	refused("<meta content=\"{{v->x}}\" http-equiv=\"refresh\">", 2, "http-equiv");
	refused("<svg><set to=\"{{v->x}}\"/></svg>", 2, "attribute to of <set>");
}

static void what_the_security_policy_forbids_is_refused_without_a_hole_too(void **state)
{
	(void)state;
	refused("<script>go()</script>", 2, "inline <script>");
	refused("<script src=\"/a.js\">go()</script>", 2, "inline <script>");
	refused("<STYLE>p{}</STYLE>", 2, "inline <style>");
	refused("<p onload=\"go()\">", 2, "event attribute");
	refused("<p style=\"color: red\">", 2, "style attribute");
	refused("<a href=\"javascript:go()\">a</a>", 2, "\"javascript:\"");
	refused("<a href=\"JavaScript:go()\">a</a>", 2, "\"javascript:\"");
	refused("<a href=\"&#106;avascript:go()\">a</a>", 2, "character reference");
	refused("<a href=\"&Tab;javascript:go()\">a</a>", 2, "character reference");
	refused("<a href=\"java&#115;cript:go()\">a</a>", 2, "beginning");
	refused("<a href=\"\tjavascript:go()\">a</a>", 2, "white space");
	refused("<a href=\"data:text/html,x\">a</a>", 2, "\"data:\"");
	refused("<script src=\"data:x\"></script>", 2, "\"data:\"");
	refused("<a href=\"//elsewhere.example/\">a</a>", 2, "another host");
	refused("<iframe src=\"/\"></iframe>", 2, "<iframe>");
	refused("<base href=\"/\">", 2, "<base>");
	refused("<object data=\"/\"></object>", 2, "<object>");
}

static void html_that_is_not_whole_is_refused(void **state)
{
	(void)state;
	refused("<p>a < b</p>", 2, "begins no tag");
	refused("<p class=\"a\"id=\"b\">", 2, "white space is missing");
	refused("<div><p></div>", 2, "</div> where </p>");
	refused("<div>", 3, "<div> is still open");
	refused("</div>", 3, "did not open");
	refused("<br></br>", 2, "has no end");
	refused("<div/>", 2, "does not close itself");
	refused("<p class=\"a\n", 4, "ends inside a tag");
	refused("<title><b>a</b></title>", 2, "a tag inside <title>");
	refused("<p =\"a\">", 2, "attribute should begin");
	refused("<!-- a --!>", 2, "--!>");
}

static void branches_end_where_they_should(void **state)
{
	(void)state;
	refused("{{if v->x}}<p>{{end}}</p>", 2, "another place");
	refused("{{if v->x}}<p>{{else}}<div>{{end}}", 2, "branches");
	refused("<p {{if v->x}}title=\"{{end}}a\">", 2, "another place");
	refused("<p title=\"{{if v->x}}a\"{{else}}b\" id=\"{{end}}c\">", 2, "branches");
	refused("<a href=\"{{if v->x}}/a{{end}}{{v->y}}\">b</a>", 2, "another place");
	refused("{{for i in v->n}}<p>{{end}}", 2, "another place");
	refused("{{if v->x}}<textarea>{{end}}", 2, "another place");
	refused("<p{{if v->x}} checked{{end}}=\"a\">", 2, "attribute should begin");
	refused("<!--{{if v->x}}--><p>{{end}}", 2, "may not begin");
	writes("<input{{if v->x}} checked{{end}}>", "if (v->x) {\n\thtml_raw(h, \" checked\", 8);\n\t}");
	writes("<p class=\"a{{if v->x}} b{{elif v->y}} c{{end}}\">d</p>", "} else if (v->y) {");
	writes("<a href=\"{{if v->x}}/a{{else}}/b{{end}}/{{v->y}}\">b</a>", "HTML_PUT_URL_PART(h, (v->y))");
	writes("{{if v->x}}<p>a</p>{{else}}<div>b</div>{{end}}", "} else {");
}

static void a_directive_that_is_wrong_is_refused_in_its_line(void **state)
{
	(void)state;
	refused("<p>\n\n{{v->x</p>", 4, "");
	refused("{{}}", 2, "empty");
	refused("{{if}}a{{end}}", 2, "without a condition");
	refused("a\n{{else}}", 3, "without its {{if}}");
	refused("{{if v->x}}a{{else}}b{{else}}c{{end}}", 2, "without its {{if}}");
	refused("{{for i of v->n}}a{{end}}", 2, "for i in count");
	refused("{{let int n}}", 2, "let type name");
	refused("{{template u(int a)}}", 2, "inside a template");
	refused("{{include \"a.h\"}}", 2, "before the first");
	refused("<p {{call other()}}>", 2, "inside a tag");
	refused("<title>{{call other()}}</title>", 2, "<title>");
	refused("{{call other}}", 2, "call name(arguments)");
	refused("{{v->x; exit(1)}}", 2, "no part of an expression");
	refused("{{v->x /* a */}}", 2, "no part of an expression");
	refused("{{f(v->x]}}", 2, "do not match");
	refused("{{tr \"a\n\"}}", 2, "does not end on its line");
	refused("{{if v->x}}", 1, "has no {{end}}");
}

static void a_text_and_its_holes_fit(void **state)
{
	(void)state;
	refused("{{tr \"Hello {name}\"}}", 2, "{name} has no value");
	refused("{{tr \"Hello\" name=v->name}}", 2, "no hole {name}");
	refused("{{tr \"{n}\" n=v->a + 1}}", 2, "name=value");
	refused("{{tr v->text}}", 2, "text in quotes");
	refused("{{trn \"one\" \"{n} many\" n=v->n}}", 2, "count=");
	refused("{{trn \"one\"}}", 2, "2 texts");
	refused("{{tr \"{n}\" n=1 n=2}}", 2, "two values");
	refused("<a href=\"{{tr \"x\"}}\">a</a>", 2, "in a URL");
	refused("<a href=\"/{{tr \"x\"}}\">a</a>", 2, "in a URL");
	writes("{{tr \"Hello\"}}", "html_text_str(h, tr(h->lang, \"Hello\"));");
	writes("{{tr \"Hello \"\n\"you\"}}", "tr(h->lang, \"Hello \"\n\"you\")");
	writes("{{tr \"a }} \\\" b\"}}", "tr(h->lang, \"a }} \\\" b\")");
	writes("{{trc \"offer\" \"Later\"}}", "trc(h->lang, \"offer\", \"Later\")");
	writes("{{trn \"{count} of us\" \"{count} of us all\" count=v->n}}",
	       "trn(h->lang, \"{count} of us\", \"{count} of us all\", (int64_t)(v->n))");
	writes("{{trn \"one\" \"many\" count=v->n}}", "trn(h->lang, \"one\", \"many\", (int64_t)(v->n))");
	writes("<p title=\"{{tr \"{a}\" a=f(1, \" \")}}\">b</p>", "HTML_PUT_ATTR(h, (f(1, \" \")))");
}

static void errors_in_c_point_at_the_template(void **state)
{
	(void)state;
	writes("<p>\n{{v->x}}</p>", "#line 3 \"x.tpl\"\n\tHTML_PUT_TEXT");
	writes("<p>{{# a\n\n comment}}</p>\n{{if v->x}}a{{end}}", "#line 5 \"x.tpl\"\n\tif (v->x)");
}

static void white_space_is_squeezed_where_it_says_nothing(void **state)
{
	(void)state;
	writes("\t<ul>\n\t\t<li>a   b</li>\n\n\t</ul>",
	       "html_raw(h, \"<ul>\\n\"\n\t\t\"<li>a b</li>\\n\"\n\t\t\"</ul>\\n\"");
	writes("<p\n\t\tclass=\"a  b\">c</p>", "\"<p class=\\\"a  b\\\">c</p>");
	writes("<pre>a\n  b</pre>", "\"<pre>a\\n\"\n\t\t\"  b</pre>");
	/* A browser drops the first newline of a textarea. */
	writes("<textarea>{{v->x}}</textarea>", "\"<textarea>\\n\", 11)");
}

static void several_templates_in_a_file(void **state)
{
	(void)state;
	struct tpl_out out = TPL_OUT;
	static const char text[] =
	    "{{# about}}\n{{include \"a/b.h\"}}\n{{template frame_top()}}<body>{{end}}\n"
	    "{{template frame_bottom(void)}}</body>{{end}}\n"
	    "{{template page(const struct v *v)}}{{call frame_top()}}{{call part(v, 1)}}{{end}}\n";
	assert_int_equal(tpl_compile("x.tpl", "x.tpl.h", slice_of(text), &out), RES_OK);
	assert_string_equal(out.h.p,
			    "/* Made by tplc. */\n#pragma once\n#include \"web/html.h\"\n#include \"a/b.h\"\n"
			    "void frame_top(struct html *h);\nvoid frame_bottom(struct html *h);\n"
			    "void page(struct html *h, const struct v *v);\n");
	assert_non_null(strstr(out.c.p, "\tframe_top(h);\n"));
	assert_non_null(strstr(out.c.p, "\tpart(h, v, 1);\n"));
	tpl_out_free(&out);
}

static void a_file_that_is_no_template_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "", "x.tpl:1: no template" },
		{ "\n<p>", "x.tpl:2: text outside" },
		{ "{{template t}}{{end}}", "x.tpl:1: {{template}} wants" },
		{ "\n{{template t()}}\n", "x.tpl:2: {{template}} has no {{end}}" },
		{ "{{v->x}}", "x.tpl:1: outside" },
		{ "{{end}}", "x.tpl:1: {{end}} without" },
		{ "{{template t()}}{{", "x.tpl:1: \"{{\" without" },
		{ "{{template t()}}{{#", "x.tpl:1: \"{{#\" without" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tpl_out out = TPL_OUT;
		assert_int_equal(tpl_compile("x.tpl", "x.tpl.h", slice_of(cases[i].text), &out), RES_BAD);
		if (strncmp(out.error.p, cases[i].error, strlen(cases[i].error)) != 0)
			fail_msg("\"%s\" gave \"%s\"", cases[i].text, out.error.p);
		tpl_out_free(&out);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_gets_the_writer_of_its_place),
		cmocka_unit_test(what_no_escaping_makes_safe_is_refused),
		cmocka_unit_test(what_the_security_policy_forbids_is_refused_without_a_hole_too),
		cmocka_unit_test(html_that_is_not_whole_is_refused),
		cmocka_unit_test(branches_end_where_they_should),
		cmocka_unit_test(a_directive_that_is_wrong_is_refused_in_its_line),
		cmocka_unit_test(a_text_and_its_holes_fit),
		cmocka_unit_test(errors_in_c_point_at_the_template),
		cmocka_unit_test(white_space_is_squeezed_where_it_says_nothing),
		cmocka_unit_test(several_templates_in_a_file),
		cmocka_unit_test(a_file_that_is_no_template_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
