#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "catalogues.h"

#define HEAD "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"

static struct po read_ok(const char *text)
{
	struct po po = { 0 };
	struct buf error = BUF_LIMIT(200);
	if (po_read(slice_of(text), &po, &error) != RES_OK)
		fail_msg("refused: %s", error.p);
	buf_free(&error);
	return po;
}

/* Norwegian and Swedish beside English without a catalogue. */
static struct catalogues two(const char *nb, const char *sv)
{
	struct catalogues c = {
	    .dir = "po", .n = 3, .of = {{.code = "nb"}, {.code = "sv"}, {.code = "en", .source = true}}};
	c.of[0].po = read_ok(nb);
	c.of[1].po = read_ok(sv);
	return c;
}

typedef int check(const struct catalogues *c, struct buf *report);

static void finds(check *look, const char *nb, const char *sv, int wrong, const char *report)
{
	struct catalogues c = two(nb, sv);
	struct buf b = BUF_LIMIT(4096);
	int found = look(&c, &b);
	if (found != wrong || (report && !strstr(b.p ? b.p : "", report)))
		fail_msg("%d wrong: %s", found, b.p ? b.p : "");
	buf_free(&b);
	catalogues_free(&c);
}

#define ONE(msgid, text) HEAD "msgid \"" msgid "\"\nmsgstr \"" text "\"\n"

static void a_catalogue_is_read_with_all_its_parts(void **state)
{
	(void)state;
	struct po po = read_ok(
	    HEAD
	    "# same: a name\n#, c-format\nmsgctxt \"c\"\nmsgid \"a\"\nmsgstr \"b \"\n\"\\\"c\\\"\\n\"\n\n"
	    "#: src/x.c:1\n#, fuzzy\nmsgid \"one\"\nmsgid_plural \"many\"\nmsgstr[0] \"en\"\nmsgstr[1] "
	    "\"flere\"\n\n"
	    "#~ msgid \"old\"\n#~ msgstr \"gammel\"\n");
	assert_int_equal(po.n, 2);
	assert_int_equal(po.obsolete, 19);
	const struct po_entry *e = po_find(&po, "c", "a");
	assert_non_null(e);
	assert_string_equal(e->said[0], "b \"c\"\n");
	assert_true(e->same && !e->fuzzy);
	e = po_find(&po, "", "one");
	assert_string_equal(e->said[1], "flere");
	assert_true(e->fuzzy && !e->same);
	assert_null(po_find(&po, "", "a"));
	po_free(&po);
}

static void what_is_no_catalogue_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "msgid \"a\"\n", "1: an entry without" },
		{ "msgid a\n", "1: a string in quotes" },
		{ "msgid \"a\\x\"\nmsgstr \"b\"\n", "1: only" },
		{ "\"a\"\n", "1: a string without a keyword" },
		{ "msgstr \"a\"\n", "1: a keyword" },
		{ "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n", "3: a keyword" },
		{ "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n", "1: msgid_plural" },
		{ "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n", "a msgid twice" },
		{ "hello\n", "1: no line" },
		{ "msgid \"a\"\n\nmsgstr \"b\"\n", "1: an entry without" },
		{ "msgid \"a\"\n# b\nmsgstr \"b\"\n", "2: a comment inside" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct po po = { 0 };
		struct buf error = BUF_LIMIT(200);
		if (po_read(slice_of(cases[i].text), &po, &error) != RES_BAD)
			fail_msg("accepted: %s", cases[i].text);
		if (!strstr(error.p, cases[i].error))
			fail_msg("%s gave \"%s\"", cases[i].text, error.p);
		buf_free(&error);
	}
}

static void a_sound_catalogue_is_sound(void **state)
{
	(void)state;
	finds(catalogues_sound, ONE("to {n}", "til {n}"), ONE("to {n}", "till {n}"), 0, NULL);
	finds(catalogues_alike, ONE("to", "til"), ONE("to", "till"), 0, NULL);
	finds(catalogues_own_words, ONE("to", "til"), ONE("to", "till"), 0, NULL);
}

static void fuzzy_empty_and_other_holes_are_wrong(void **state)
{
	(void)state;
	finds(catalogues_sound, HEAD "#, fuzzy\nmsgid \"a\"\nmsgstr \"b\"\n", ONE("a", "c"), 1,
	      "po/nb.po:6: fuzzy: \"a\"");
	finds(catalogues_sound, ONE("a", ""), ONE("a", "c"), 1, "po/nb.po:5: no text");
	finds(catalogues_sound, ONE("{n} of {m}", "{n} av {k}"), ONE("{n} of {m}", "{m} av {n}"), 1,
	      "po/nb.po:5: other holes");
	finds(catalogues_sound, ONE("a", "b {n}"), ONE("a", "c"), 1, "other holes");
	finds(catalogues_sound, "msgid \"a\"\nmsgstr \"b\"\n", ONE("a", "c"), 1, "po/nb.po:1: Plural-Forms");
}

static void one_may_leave_its_number_out_and_others_may_not(void **state)
{
	(void)state;
#define MANY(one, other)                                                                                     \
	HEAD "msgid \"{count} waits\"\nmsgid_plural \"{count} wait\"\nmsgstr[0] \"" one                      \
	     "\"\nmsgstr[1] \"" other "\"\n"
#define ONLY(one, other)                                                                                     \
	HEAD "msgid \"One waits\"\nmsgid_plural \"{count} wait\"\nmsgstr[0] \"" one "\"\nmsgstr[1] \"" other \
	     "\"\n"
	finds(catalogues_sound, ONLY("En venter", "{count} venter"),
	      ONLY("{count} väntar", "{count} väntar på dig"), 0, NULL);
	finds(catalogues_sound, ONLY("En venter", "flere venter"), ONLY("En väntar", "{count} väntar"), 1,
	      "po/nb.po:5: other holes");
	finds(catalogues_sound, MANY("{count} venter", ""), MANY("{count} väntar", "{count} väntar"), 1,
	      "no text");
}

static void a_text_in_one_language_only_is_wrong(void **state)
{
	(void)state;
	finds(catalogues_alike, ONE("a", "b"), HEAD, 1, "po/sv.po:1: missing: \"a\"");
	finds(catalogues_alike, HEAD, ONE("a", "b"), 1, "po/nb.po:1: missing: \"a\"");
}

static void the_same_words_need_a_reason(void **state)
{
	(void)state;
	finds(catalogues_own_words, ONE("now", "nu"), ONE("now", "nu"), 1, "po/nb.po:5: the same text as sv");
	finds(catalogues_own_words, HEAD "# same: old Norwegian\nmsgid \"now\"\nmsgstr \"nu\"\n",
	      ONE("now", "nu"), 0, NULL);
	finds(catalogues_own_words, ONE("now", "nu"), HEAD "#. same\nmsgid \"now\"\nmsgstr \"nu\"\n", 0,
	      NULL);
	finds(catalogues_own_words, ONE("mentor", "mentor"), ONE("mentor", "handledare"), 1,
	      "po/nb.po:5: the same text as en");
	finds(catalogues_own_words, ONE("mentor", "veileder"), ONE("mentor", "mentor"), 1,
	      "po/sv.po:5: the same text as en");
	finds(catalogues_own_words, HEAD "# samesome\nmsgid \"now\"\nmsgstr \"nu\"\n", ONE("now", "nu"), 1,
	      "same text");
}

static void the_source_and_the_catalogues_agree(void **state)
{
	(void)state;
	static const struct {
		const char *nb, *source;
		int wrong;
		const char *report;
	} cases[] = {
	    {ONE("a", "b"), ONE("a", ""), 0, NULL},
	    {ONE("a", "b"), HEAD, 2, "po/nb.po:5: no longer in the source"},
	    {HEAD, ONE("a", ""), 2, "po/nb.po:1: missing: \"a\""},
	    {HEAD "#~ msgid \"a\"\n#~ msgstr \"b\"\n", HEAD, 2, "po/nb.po:5: obsolete"},
	    {ONE("a", "b"), HEAD "msgctxt \"c\"\nmsgid \"a\"\nmsgstr \"\"\n", 4, "missing"},
	    {ONE("a", "b"), HEAD "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n", 2,
	     "another plural"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct catalogues c = two(cases[i].nb, cases[i].nb);
		struct po source = read_ok(cases[i].source);
		struct buf b = BUF_LIMIT(4096);
		assert_int_equal(catalogues_complete(&c, &source, &b), cases[i].wrong);
		if (cases[i].report && !strstr(b.p, cases[i].report))
			fail_msg("case %zu: %s", i, b.p);
		buf_free(&b);
		po_free(&source);
		catalogues_free(&c);
	}
}

static void the_tables_hold_each_language_and_english_by_itself(void **state)
{
	(void)state;
	struct catalogues c = two(ONE("a \\\"q\\\"\\n", "b"), ONE("a \\\"q\\\"\\n", "c"));
	struct buf out = BUF_LIMIT(1 << 16);
	catalogues_tables(&c, &out);
	assert_non_null(strstr(
	    out.p, "{ \"\", \"a \\\"q\\\"\\012\", {\n\t\t[LANG_nb] = { \"b\", NULL },\n"
		   "\t\t[LANG_sv] = { \"c\", NULL },\n\t\t[LANG_en] = { \"a \\\"q\\\"\\012\", NULL },\n"));
	assert_non_null(strstr(out.p, "_Static_assert(LANG_COUNT == 3"));
	assert_non_null(strstr(out.p, "texts_n = 1;"));
	buf_free(&out);
	catalogues_free(&c);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_catalogue_is_read_with_all_its_parts),
		cmocka_unit_test(what_is_no_catalogue_is_refused),
		cmocka_unit_test(a_sound_catalogue_is_sound),
		cmocka_unit_test(fuzzy_empty_and_other_holes_are_wrong),
		cmocka_unit_test(one_may_leave_its_number_out_and_others_may_not),
		cmocka_unit_test(a_text_in_one_language_only_is_wrong),
		cmocka_unit_test(the_same_words_need_a_reason),
		cmocka_unit_test(the_source_and_the_catalogues_agree),
		cmocka_unit_test(the_tables_hold_each_language_and_english_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
