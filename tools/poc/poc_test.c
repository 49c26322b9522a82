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
	int found = catalogues_heads(&c, &b);
	if (!found)
		found = look(&c, &b);
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
		{ "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr \"c\"\n", "1: msgid_plural" },
		{ "msgid \"a\"\nmsgstr[0] \"c\"\n", "1: msgid_plural" },
		{ "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[2] \"d\"\n", "1: a form of the plural is left out" },
		{ "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[6] \"c\"\n", "3: no line" },
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
	finds(catalogues_sound, "msgid \"a\"\nmsgstr \"b\"\n", ONE("a", "c"), 1, "po/nb.po:1: Plural-Forms: it begins");
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
		assert_int_equal(catalogues_heads(&c, &b), 0);
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
	assert_int_equal(catalogues_heads(&c, &out), 0);
	catalogues_tables(&c, &out);
	assert_non_null(strstr(out.p, "{ \"\", \"a \\\"q\\\"\\012\", (const char *const[]){\n\t\t/* nb */ \"b\",\n"
				      "\t\t/* sv */ \"c\",\n\t\t/* en */ \"a \\\"q\\\"\\012\",\n"));
	assert_non_null(strstr(out.p, "lang_choices[] = \"nb|sv|en\";"));
	assert_non_null(strstr(out.p, "texts_n = 1;"));
	buf_free(&out);
	catalogues_free(&c);
}

/* ---- plural forms ---- */

static struct plural rule(const char *text)
{
	struct plural p;
	const char *why = NULL;
	if (plural_read(slice_of(text), &p, &why) != RES_OK)
		fail_msg("%s: %s", text, why);
	return p;
}

/* The rules of gettext's manual and of the languages that a workplace of ours may ask for. */
static void a_plural_rule_is_counted_as_written(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int n[8], form[8];
	} cases[] = {
		{ "nplurals=2; plural=(n != 1);", { 0, 1, 2, 5, 11, 21, 101, 1001 }, { 1, 0, 1, 1, 1, 1, 1, 1 } },
		{ "nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);", { 0, 1, 2, 3, 12, 22, 102, 202 }, { 2, 0, 1, 2, 2, 2, 2, 2 } },
		{ "nplurals=1; plural=0;", { 0, 1, 2, 5, 11, 21, 101, 1001 }, { 0 } },
		{ "nplurals=2; plural=n>1", { 0, 1, 2, 5, 11, 21, 101, 1001 }, { 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
		  { 0, 1, 2, 5, 11, 21, 112, 1022 }, { 2, 0, 1, 2, 2, 0, 2, 1 } },
		{ "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
		  { 0, 1, 2, 5, 11, 99, 102, 1003 }, { 0, 1, 2, 3, 4, 4, 5, 3 } },
		{ "nplurals=2; plural=!(n*2-1-1==0)&&n+0!=4/2/2", { 0, 1, 2, 5, 11, 21, 101, 1001 }, { 1, 0, 1, 1, 1, 1, 1, 1 } },
		{ "nplurals=2; plural=0||n&&0<1", { 0, 1, 2, 5, 11, 21, 101, 1001 }, { 0, 1, 1, 1, 1, 1, 1, 1 } },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plural p = rule(cases[i].text);
		char digits[PLURAL_RULE + 1];
		plural_rule(&p, digits);
		assert_int_equal(strlen(digits), PLURAL_RULE);
		for (size_t k = 0; k < 8; k++) {
			int n = cases[i].n[k];
			assert_int_equal(plural_form(&p, (uint64_t)n), cases[i].form[k]);
			assert_int_equal(digits[n < PLURAL_RULE ? n : 100 + n % 100] - '0', cases[i].form[k]);
		}
	}
}

static void a_form_of_one_number_is_known_from_the_others(void **state)
{
	(void)state;
	struct plural p = rule("nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);");
	assert_true(plural_is_single(&p, 0));
	assert_true(plural_is_single(&p, 1));
	assert_false(plural_is_single(&p, 2));
	p = rule("nplurals=2; plural=(n > 1);"); /* 0 and 1 */
	assert_false(plural_is_single(&p, 0));
}

static void what_is_no_plural_rule_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "it begins" },
		{ "nplurals=0; plural=0;", "it begins" },
		{ "nplurals=7; plural=0;", "it begins" },
		{ "nplurals=2; plural=", "awaited" },
		{ "nplurals=2; plural=(n != 1", "bracket" },
		{ "nplurals=2; plural=n != 1; n", "more stands" },
		{ "nplurals=2; plural=m != 1;", "awaited" },
		{ "nplurals=2; plural=n ? 1;", "? without :" },
		{ "nplurals=2; plural=n % 0;", "divided" },
		{ "nplurals=2; plural=1 / (n - 1);", "divided" },
		{ "nplurals=2; plural=n;", "not among nplurals" },
		{ "nplurals=2; plural=9999999999;", "awaited" },
		{ "nplurals=2; plural=n % 1000 == 1;", "over 199" },
		{ "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;", "over 199" },
		{ "nplurals=1; plural=((((((((((((((((((((((((((((((((((((((((((0", "too deep" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plural p;
		const char *why = NULL;
		if (plural_read(slice_of(cases[i].text), &p, &why) != RES_BAD || !strstr(why, cases[i].why))
			fail_msg("%s: %s", cases[i].text, why ? why : "accepted");
	}
}

/* ---- more languages, and texts they lack ---- */

#define SE_RULE "\"Plural-Forms: nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);\\n\"\n"
#define SE_HEAD "msgid \"\"\nmsgstr \"\"\n\"Language: se\\n\"\n" SE_RULE "\"X-Makker-Nearest: nb\\n\"\n\n"
#define OWN_NAME(name) "msgctxt \"this language\"\nmsgid \"English\"\nmsgstr \"" name "\"\n\n"
#define WAITS "msgid \"One waits\"\nmsgid_plural \"{count} wait\"\n"

static struct catalogues with_se(const char *nb, const char *se)
{
	struct catalogues c = {
	    .dir = "po", .n = 3, .of = {{.code = "nb"}, {.code = "se"}, {.code = "en", .source = true}}};
	c.of[0].po = read_ok(nb);
	c.of[1].po = read_ok(se);
	return c;
}

static void beside_norwegian(const char *nb, const char *se, int wrong, const char *report)
{
	struct catalogues c = with_se(nb, se);
	struct buf b = BUF_LIMIT(4096);
	int found = catalogues_heads(&c, &b);
	if (!found)
		found = catalogues_sound(&c, &b) + catalogues_alike(&c, &b);
	if (found != wrong || (report && !strstr(b.p ? b.p : "", report)))
		fail_msg("%d wrong: %s", found, b.p ? b.p : "");
	buf_free(&b);
	catalogues_free(&c);
}

static void a_language_with_a_neighbour_may_lack_texts_and_no_other(void **state)
{
	(void)state;
	beside_norwegian(ONE("a", "b"), SE_HEAD, 0, NULL);
	beside_norwegian(ONE("a", "b"), SE_HEAD "msgid \"a\"\nmsgstr \"\"\n", 0, NULL);
	beside_norwegian(ONE("a", "b"), SE_HEAD "#, fuzzy\nmsgid \"a\"\nmsgstr \"c {n}\"\n", 0, NULL);
	beside_norwegian(ONE("a", "b"), SE_HEAD "msgid \"old\"\nmsgstr \"c\"\n", 0, NULL);
	beside_norwegian(ONE("a", "b"), SE_HEAD "msgid \"a\"\nmsgstr \"c {n}\"\n", 1, "other holes");
	beside_norwegian(HEAD, SE_HEAD, 0, NULL);
	beside_norwegian(ONE("a", "b"), HEAD, 1, "po/se.po:1: missing: \"a\"");
	/* What only it can say of itself it must say. */
	beside_norwegian(HEAD OWN_NAME("Norsk"), SE_HEAD, 1, "po/se.po:1: missing: \"English\"");
	beside_norwegian(HEAD OWN_NAME("Norsk"), SE_HEAD OWN_NAME(""), 1, "no text: \"English\"");
	beside_norwegian(HEAD OWN_NAME("Norsk"), SE_HEAD OWN_NAME("Davvisámegiella"), 0, NULL);
}

static void a_language_has_as_many_forms_as_it_says(void **state)
{
	(void)state;
	static const char nb[] = HEAD WAITS "msgstr[0] \"En venter\"\nmsgstr[1] \"{count} venter\"\n";
	beside_norwegian(nb, SE_HEAD WAITS "msgstr[0] \"x1\"\nmsgstr[1] \"x2\"\nmsgstr[2] \"x {count}\"\n", 0, NULL);
	beside_norwegian(nb, SE_HEAD WAITS "msgstr[0] \"x1\"\nmsgstr[1] \"x2\"\nmsgstr[2] \"many\"\n", 1, "other holes");
	beside_norwegian(nb, SE_HEAD WAITS "msgstr[0] \"x1\"\nmsgstr[1] \"{count}\"\n", 1, "as many forms");
	beside_norwegian(nb, SE_HEAD WAITS "msgstr[0] \"x1\"\nmsgstr[1] \"\"\nmsgstr[2] \"x {count}\"\n", 0, NULL);
}

static void a_header_that_does_not_hold_is_told(void **state)
{
	(void)state;
#define HEAD_OF(lines) "msgid \"\"\nmsgstr \"\"\n" SE_RULE lines "\n"
	beside_norwegian(HEAD, HEAD_OF("\"X-Makker-Nearest: fi\\n\"\n"), 1, "X-Makker-Nearest: another");
	beside_norwegian(HEAD, HEAD_OF("\"X-Makker-Nearest: se\\n\"\n"), 1, "X-Makker-Nearest: another");
	beside_norwegian(HEAD, HEAD_OF("\"Language: nb\\n\"\n"), 1, "its Language the same");
	beside_norwegian(HEAD, HEAD_OF("\"X-Makker-Also: no, nn\\n\"\n"), 1, "X-Makker-Also");
	beside_norwegian(HEAD, HEAD_OF("\"X-Makker-Also: sme smi\\n\"\n"), 0, NULL);
	beside_norwegian("msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n"
			 "\"X-Makker-Nearest: se\\n\"\n", SE_HEAD, 1, "in a circle");
}

static void lacking_texts_are_left_out_of_the_table_and_counted(void **state)
{
	(void)state;
	struct catalogues c = with_se(HEAD "msgid \"a\"\nmsgstr \"b\"\n\n" WAITS "msgstr[0] \"En\"\nmsgstr[1] \"{count} to\"\n",
				      SE_HEAD WAITS "msgstr[0] \"x\"\nmsgstr[1] \"1y\"\nmsgstr[2] \"{count} z\"\n");
	struct buf out = BUF_LIMIT(1 << 16);
	assert_int_equal(catalogues_heads(&c, &out), 0);
	catalogues_tables(&c, &out);
	assert_non_null(strstr(out.p, "/* nb */ \"b\",\n\t\t/* se */ NULL,\n\t\t/* en */ \"a\","));
	assert_non_null(strstr(out.p, "/* nb */ \"En\" \"\\0\" \"{count} to\",\n\t\t/* se */ \"x\" \"\\0\" \"1y\" \"\\0\" \"{count} z\",\n"
				      "\t\t/* en */ \"One waits\" \"\\0\" \"{count} wait\","));
	assert_non_null(strstr(out.p, "{ \"se\", \"\", 0, 3,\n\t  \"20122222"));
	buf_reset(&out);
	catalogues_count(&c, false, &out);
	assert_string_equal(out.p, "po/se.po: 1 of 2 texts; the others in nb\n");
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
		cmocka_unit_test(a_plural_rule_is_counted_as_written),
		cmocka_unit_test(a_form_of_one_number_is_known_from_the_others),
		cmocka_unit_test(what_is_no_plural_rule_is_refused),
		cmocka_unit_test(a_language_with_a_neighbour_may_lack_texts_and_no_other),
		cmocka_unit_test(a_language_has_as_many_forms_as_it_says),
		cmocka_unit_test(a_header_that_does_not_hold_is_told),
		cmocka_unit_test(lacking_texts_are_left_out_of_the_table_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
