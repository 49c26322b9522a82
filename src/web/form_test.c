/* The parts that only turn bytes into values: forms, paths, escaping, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "web/form.h"
#include "web/html.h"
#include "web/json.h"
#include "web/limit.h"
#include "web/path.h"
#include "web/reply.h"

static const char *const sizes[] = { "small", "large", NULL };
static const struct field fields[] = {
	{ .name = "name", .kind = FIELD_TEXT, .least = 2, .most = 60 },
	{ .name = "story", .kind = FIELD_LINES, .most = 1000 },
	{ .name = "age", .kind = FIELD_INT, .least = 0, .most = 150 },
	{ .name = "size", .kind = FIELD_CHOICE, .choices = sizes },
	{ .name = "who", .kind = FIELD_ID },
	{ .name = "sure", .kind = FIELD_FLAG },
	{ .name = "pass", .kind = FIELD_RAW, .most = 100 },
	{ .name = "pick", .kind = FIELD_TEXT, .most = 20, .many = true, .times = 3 },
	{ 0 },
};

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct form *form(const char *body)
{
	struct form *f = form_new(arena, fields);
	assert_int_equal(form_read(f, slice_of(body), true, true), RES_OK);
	return f;
}

static void text_is(const char *body, const char *name, const char *want)
{
	struct slice s;
	assert_int_equal(form_text(form(body), name, &s), RES_OK);
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.p, want, s.n);
}

static void text_gives(const char *body, const char *name, enum result want)
{
	struct slice s;
	enum result got = form_text(form(body), name, &s);
	if (got != want)
		fail_msg("%s gives %s", body, result_word(got));
}

static void names_of_real_people_come_through(void **state)
{
	(void)state;
	text_is("name=O%27Brien", "name", "O'Brien");
	text_is("name=O'Brien", "name", "O'Brien");
	text_is("name=null", "name", "null");
	text_is("name=Null+Undefined", "name", "Null Undefined");
	text_is("name=%C3%85se", "name", "Åse");
	text_is("name=A%CC%8Ase", "name", "Åse"); /* decomposed, as a Mac may send it */
	text_is("name=++Bj%C3%B8rn++", "name", "Bjørn");
	text_is("name=%3Cscript%3E%26", "name", "<script>&");
	text_is("name=%25C3%2585", "name", "%C3%85"); /* decoded once */
	text_is("x=1&&=&name=aa=bb&", "name", "aa=bb");
}

static void broken_text_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"name=a%00b",                /* NUL */
		"name=%C0%AFab",             /* overlong / */
		"name=%E0%80%AFab",          /* overlong again */
		"name=%ED%A0%80ab",          /* lone surrogate */
		"name=%F4%90%80%80ab",       /* past U+10FFFF */
		"name=%FFab",  "name=%C3",   /* no UTF-8 at all, and half a character */
		"name=a%0Ab",  "name=a%0D%0ASet-Cookie:x", "name=a%1Bb", "name=a%7Fb", "name=a%C2%85b",
		"name=a%E2%80%A8b",          /* line separator */
		"name=a%E2%80%AEb",          /* right-to-left override */
		"name=a%EF%BF%BFb",          /* noncharacter */
		"name=ab%",    "name=ab%4",  "name=ab%zz", "name=ab%+1",
		"name=a",                    /* shorter than least */
		"name=ab&name=cd",           /* twice */
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		text_gives(bad[i], "name", RES_BAD);
}

static void lengths_are_kept(void **state)
{
	(void)state;
	char body[400] = "name=";
	memset(body + 5, 'x', 60);
	text_gives(body, "name", RES_OK);
	memset(body + 5, 'x', 61);
	text_gives(body, "name", RES_BAD);
	memset(body + 5, 'x', 300);
	text_gives(body, "name", RES_BAD);
	assert_int_equal(form_echo(form(body), "name").n, 60);
	/* 24 decomposed å are 72 bytes and 48 in NFC: short enough after, though not before. */
	struct buf b = BUF_LIMIT(1000);
	buf_str(&b, "name=");
	for (int i = 0; i < 24; i++)
		buf_str(&b, "a%CC%8A");
	text_gives(b.p, "name", RES_OK);
	buf_free(&b);
}

static void what_was_not_sent_is_none_and_what_is_empty_too(void **state)
{
	(void)state;
	text_gives("", "name", RES_NONE);
	text_gives("name=", "name", RES_NONE);
	text_gives("name", "name", RES_NONE);
	text_gives("name=++", "name", RES_NONE);
	text_gives("NAME=abc", "name", RES_NONE);
	text_gives("other=abc", "name", RES_NONE);
	assert_int_equal(form_echo(form(""), "name").n, 0);
}

static void lines_and_passphrases_keep_what_is_theirs(void **state)
{
	(void)state;
	text_is("story=a%0D%0Ab%0Dc%0Ad", "story", "a\nb\nc\nd");
	text_is("story=a%09b", "story", "a\tb");
	text_gives("story=a%07b", "story", RES_BAD);
	text_gives("story=a%00b", "story", RES_BAD);
	text_is("pass=+a%01b+", "pass", " a\x01" "b ");
	text_gives("pass=a%00b", "pass", RES_BAD);
}

static void numbers_choices_ids_and_boxes(void **state)
{
	(void)state;
	int64_t n;
	int i;
	struct id id;
	assert_int_equal(form_int(form("age=+42+"), "age", &n), RES_OK);
	assert_int_equal(n, 42);
	assert_int_equal(form_int(form("age=151"), "age", &n), RES_BAD);
	assert_int_equal(form_int(form("age=-1"), "age", &n), RES_BAD);
	assert_int_equal(form_int(form("age=1e1"), "age", &n), RES_BAD);
	assert_int_equal(form_int(form("age="), "age", &n), RES_NONE);
	assert_int_equal(form_int(form("age=99999999999999999999"), "age", &n), RES_BAD);
	assert_int_equal(form_choice(form("size=large"), "size", &i), RES_OK);
	assert_int_equal(i, 1);
	assert_int_equal(form_choice(form("size=Large"), "size", &i), RES_BAD);
	assert_int_equal(form_choice(form("size="), "size", &i), RES_NONE);
	assert_int_equal(form_id(form("who=AAAAAAAAAAAAAAAAAAAAAA"), "who", &id), RES_OK);
	assert_int_equal(form_id(form("who=AAAAAAAAAAAAAAAAAAAAAB"), "who", &id), RES_BAD);
	assert_int_equal(form_id(form("who=1"), "who", &id), RES_BAD);
	assert_true(form_flag(form("sure=on"), "sure"));
	assert_true(form_flag(form("sure"), "sure"));
	assert_false(form_flag(form("sur=on"), "sure"));
}

static void a_field_that_may_come_often_has_a_bound(void **state)
{
	(void)state;
	struct slice s;
	struct form *f = form("pick=a&pick=b&pick=%00");
	assert_int_equal(form_nth(f, "pick", 1, &s), RES_OK);
	assert_true(slice_is(s, "b"));
	assert_int_equal(form_nth(f, "pick", 2, &s), RES_BAD);
	assert_int_equal(form_nth(f, "pick", 3, &s), RES_NONE);
	f = form("pick=a&pick=b&pick=c&pick=d");
	assert_int_equal(form_nth(f, "pick", 0, &s), RES_BAD);
}

static void ten_thousand_fields_are_no_form(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(1 << 20);
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "f%d=%d&", i, i);
	assert_int_equal(form_read(form_new(arena, fields), buf_get(&b), true, true), RES_BAD);
	buf_free(&b);
}

static void the_token_is_taken_once_and_only_where_it_counts(void **state)
{
	(void)state;
	assert_true(slice_is(form_csrf(form("csrf=abc&name=x")), "abc"));
	assert_null(form_csrf(form("csrf=abc&csrf=abc")).p);
	struct form *f = form_new(arena, fields);
	assert_int_equal(form_read(f, SLICE("csrf=abc&lang=sv"), false, true), RES_OK);
	assert_null(form_csrf(f).p);
	assert_true(slice_is(form_lang(f), "sv"));
}

static void malformed_tables_are_found(void **state)
{
	(void)state;
	static const struct field bad[][3] = {
		{ { .name = "", .kind = FIELD_FLAG } },
		{ { .name = "a b", .kind = FIELD_FLAG } },
		{ { .name = "csrf", .kind = FIELD_TEXT, .most = 10 } },
		{ { .name = "a", .kind = FIELD_TEXT } },
		{ { .name = "a", .kind = FIELD_TEXT, .least = 5, .most = 4 } },
		{ { .name = "a", .kind = FIELD_INT, .least = 5, .most = 4 } },
		{ { .name = "a", .kind = FIELD_CHOICE } },
		{ { .name = "a", .kind = FIELD_FLAG, .times = 2 } },
		{ { .name = "a", .kind = FIELD_FLAG, .many = true } },
		{ { .name = "a", .kind = FIELD_FLAG }, { .name = "a", .kind = FIELD_ID } },
	};
	assert_null(form_table_fault(fields));
	assert_null(form_table_fault(NULL));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_non_null(form_table_fault(bad[i]));
}

static void paths_are_decoded_once_and_climb_nowhere(void **state)
{
	(void)state;
	struct path p;
	assert_int_equal(path_read(arena, SLICE("/a/%C3%A5%20b/%2541"), &p), RES_OK);
	assert_int_equal(p.n, 3);
	assert_true(slice_is(p.segment[1], "å b"));
	assert_true(slice_is(p.segment[2], "%41"));
	assert_int_equal(path_read(arena, SLICE("/"), &p), RES_OK);
	assert_int_equal(p.n, 0);
	static const char *const bad[] = { "",	    "a",      "*",     "http://x/", "/..",  "/a/../b", "/%2e%2E",
					   "/.",    "/a%2Fb", "/a%5cb", "/a\\b",    "/%00", "/a%00b",  "/%0a",
					   "/%C0%AF", "/%ED%A0%80", "/%", "/%4", "/%zz", "/%u0041" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (path_read(arena, slice_of(bad[i]), &p) != RES_BAD)
			fail_msg("%s was taken", bad[i]);
	static const char *const none[] = { "//", "/a//b", "/a/", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(path_read(arena, slice_of(none[i]), &p), RES_NONE);
}

static void only_paths_of_ours_are_led_to(void **state)
{
	(void)state;
	assert_true(path_is_ours(SLICE("/")));
	assert_true(path_is_ours(SLICE("/a/b?c=d#e")));
	static const char *const bad[] = { "", "a", "//evil", "/\\evil", "/a\\b", "https://evil", "/a b", "/a\r\nb", "/å" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(path_is_ours(slice_of(bad[i])));
}

static void page_is(struct html *h, const char *want)
{
	html_raw(h, "", 0);
	assert_string_equal(h->out.p ? h->out.p : "", want);
	html_free(h);
}

static void text_cannot_become_markup(void **state)
{
	(void)state;
	struct html h = HTML(0);
	html_text(&h, SLICE("<b a=\"1\" c='2'>&amp;"));
	page_is(&h, "&lt;b a=&#34;1&#34; c=&#39;2&#39;&gt;&amp;amp;");
	html_text(&h, SLICE("a\0b\x1b" "c\nÅ"));
	page_is(&h, "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\nÅ");
	html_text_str(&h, NULL);
	html_text_int(&h, INT64_MIN);
	page_is(&h, "-9223372036854775808");
}

static void hostile_addresses_are_blocked(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\tjavascript:alert(1)",
		"java\tscript:alert(1)", "java\nscript:alert(1)", "java\rscript:alert(1)", "\x01javascript:alert(1)",
		"\x1fjavascript:x", "javascript\n:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)",
		"&#x6A;avascript:x", "javascript%3Aalert(1)", "data:text/html,<script>", "DATA:text/html;base64,xx",
		"vbscript:x", "file:///etc/passwd", "blob:https://x/1", "view-source:x", "//evil.example", "/\\evil",
		"/\t/evil", "\\\\evil", "\\/evil", "https:evil", "http:/evil", "https:\\\\evil", "ht tp://x", "ftp://x",
		"relative", "relative:x", "?a=b", "", "javascript:", "\xc2\xa0javascript:x", "https://a b", "mailto:",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct html h = HTML(0);
		html_url_str(&h, bad[i]);
		if (strcmp(h.out.p, "#blocked-url"))
			fail_msg("\"%s\" gave \"%s\"", bad[i], h.out.p);
		html_free(&h);
	}
}

static void good_addresses_are_kept_and_escaped(void **state)
{
	(void)state;
	struct html h = HTML(0);
	html_url_str(&h, "HTTPS://x.example/a?b=1&c=\"'<>å");
	page_is(&h, "HTTPS://x.example/a?b=1&amp;c=&#34;&#39;&lt;&gt;%C3%A5");
	html_url_str(&h, "/people/1?q=javascript:x");
	page_is(&h, "/people/1?q=javascript:x");
	html_url_str(&h, "tel:+4790000000");
	page_is(&h, "tel:+4790000000");
	html_url_str(&h, "#main");
	page_is(&h, "#main");
	html_url_part_str(&h, "a/b?c&d=é\"%");
	page_is(&h, "a%2Fb%3Fc%26d%3D%C3%A9%22%25");
}

static void json_is_escaped_and_nests(void **state)
{
	(void)state;
	struct buf b = BUF_LIMIT(1000);
	struct json j = JSON(&b);
	json_obj(&j);
	json_put_slice(&j, "a\"", SLICE("x\"\\\n\x01</script>&å\xff\xe2\x80\xa8"));
	json_put_int(&j, "n", -5);
	json_key(&j, "list");
	json_arr(&j);
	json_bool(&j, true);
	json_null(&j);
	json_obj(&j);
	json_end(&j);
	json_end(&j);
	json_put_str(&j, "z", NULL);
	json_end(&j);
	assert_string_equal(b.p, "{\"a\\\"\":\"x\\\"\\\\\\n\\u0001\\u003c/script\\u003e\\u0026å\xef\xbf\xbd\\u2028\",\"n\":-5,"
				 "\"list\":[true,null,{}],\"z\":null}");
	buf_free(&b);
}

static void siphash_gives_the_published_value(void **state)
{
	(void)state;
	unsigned char key[16], in[15];
	for (unsigned char i = 0; i < 16; i++)
		key[i] = i;
	for (unsigned char i = 0; i < 15; i++)
		in[i] = i;
	assert_true(limit_hash(key, in, 15) == 0xa129ca6149be45e5); /* appendix A of the paper */
}

static void a_limit_gives_the_burst_and_then_the_rate(void **state)
{
	(void)state;
	struct clock *c = clock_by_hand((struct instant){ 1000 });
	struct limit *l = limit_new(c, 30, 3, 100);
	for (int i = 0; i < 3; i++)
		assert_int_equal(limit_take(l, 7, 1), RES_OK);
	assert_int_equal(limit_take(l, 7, 1), RES_AGAIN);
	assert_int_equal(limit_take(l, 8, 3), RES_OK); /* another key is another bucket */
	assert_int_equal(limit_wait(l, 7, 1), 2);
	clock_set(c, (struct instant){ 1001 });
	assert_int_equal(limit_take(l, 7, 1), RES_AGAIN);
	clock_set(c, (struct instant){ 1002 });
	assert_int_equal(limit_take(l, 7, 1), RES_OK);
	assert_int_equal(limit_take(l, 7, 1), RES_AGAIN);
	clock_set(c, (struct instant){ 1000000 });
	assert_int_equal(limit_take(l, 7, 4), RES_AGAIN); /* never more than the burst */
	assert_int_equal(limit_take(l, 7, 3), RES_OK);
	limit_free(&l);
	clock_free(&c);
}

static void a_shift_of_three_hundred_gets_through_and_a_flood_does_not_grow(void **state)
{
	(void)state;
	struct clock *c = clock_by_hand((struct instant){ 0 });
	struct limit *shift = limit_new(c, 300, 300, 1), *few = limit_new(c, 1, 2, 8);
	for (int i = 0; i < 300; i++)
		assert_int_equal(limit_take(shift, 0, 1), RES_OK);
	assert_int_equal(limit_take(shift, 0, 1), RES_AGAIN);
	/* One that is spent is not forgotten for strangers that are not. */
	assert_int_equal(limit_take(few, 1, 2), RES_OK);
	for (uint64_t k = 100; k < 10000; k++)
		assert_int_equal(limit_take(few, k, 1), RES_OK);
	assert_int_equal(limit_take(few, 1, 1), RES_AGAIN);
	limit_free(&shift);
	limit_free(&few);
	clock_free(&c);
}

static void a_secret_buffer_grows_and_keeps_its_text(void **state)
{
	(void)state;
	struct buf b = BUF_SECRET(5000);
	for (int i = 0; i < 500; i++)
		buf_str(&b, "0123456789");
	assert_false(b.full);
	assert_int_equal(b.n, 5000);
	assert_memory_equal(b.p + 4990, "0123456789", 11);
	buf_free(&b);
	assert_true(b.secret);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		T(names_of_real_people_come_through),
		T(broken_text_is_refused),
		T(lengths_are_kept),
		T(what_was_not_sent_is_none_and_what_is_empty_too),
		T(lines_and_passphrases_keep_what_is_theirs),
		T(numbers_choices_ids_and_boxes),
		T(a_field_that_may_come_often_has_a_bound),
		T(ten_thousand_fields_are_no_form),
		T(the_token_is_taken_once_and_only_where_it_counts),
		T(malformed_tables_are_found),
		T(paths_are_decoded_once_and_climb_nowhere),
		T(only_paths_of_ours_are_led_to),
		T(text_cannot_become_markup),
		T(hostile_addresses_are_blocked),
		T(good_addresses_are_kept_and_escaped),
		T(json_is_escaped_and_nests),
		T(siphash_gives_the_published_value),
		T(a_limit_gives_the_burst_and_then_the_rate),
		T(a_shift_of_three_hundred_gets_through_and_a_flood_does_not_grow),
		T(a_secret_buffer_grows_and_keeps_its_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
