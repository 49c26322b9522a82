/* A fifth language, of three forms and with texts lacking, as po/ would give it: made of test_po/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lang/lang.h"

#define SE ((enum lang)4)

static void a_catalogue_more_is_a_language_more(void **state)
{
	(void)state;
	enum lang lang = LANG_EN;
	assert_int_equal(lang_count, 5);
	assert_int_equal(lang_from(SLICE("se"), &lang), RES_OK);
	assert_int_equal(lang, SE);
	assert_string_equal(lang_code(SE), "se");
	assert_string_equal(lang_codes[4], "se");
	assert_null(lang_codes[5]);
	assert_string_equal(lang_choices, "nb|sv|da|en|se");
	assert_string_equal(lang_name(SE), "Davvisámegiella");
	assert_string_equal(lang_name(LANG_NB), "Norsk");
	assert_string_equal(lang_name(LANG_EN), "English");
}

static void one_two_and_more_are_three_forms(void **state)
{
	(void)state;
	static const struct {
		int64_t n;
		const char *se, *nb;
	} cases[] = {
		{ 0, "x-{count}", "{count} venter" },   { 1, "x-one", "En venter" },
		{ 2, "x-two", "{count} venter" },       { 5, "x-{count}", "{count} venter" },
		{ 101, "x-{count}", "{count} venter" }, { 102, "x-{count}", "{count} venter" },
		{ 1000001, "x-{count}", "{count} venter" }, { -1, "x-one", "En venter" },
		{ INT64_MIN, "x-{count}", "{count} venter" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(trn(SE, "One waits", "{count} wait", cases[i].n), cases[i].se);
		assert_string_equal(trn(LANG_NB, "One waits", "{count} wait", cases[i].n), cases[i].nb);
	}
}

static void what_it_lacks_is_said_in_its_neighbour_s_words_and_forms(void **state)
{
	(void)state;
	assert_string_equal(tr(SE, "Today"), "x-today");
	assert_string_equal(tr(SE, "Tomorrow"), "I morgen");
	assert_string_equal(trn(SE, "One left", "{count} left", 1), "En igjen");
	assert_string_equal(trn(SE, "One left", "{count} left", 2), "{count} igjen");
}

static void who_counts_elsewhere_gets_all_forms_and_the_rule(void **state)
{
	(void)state;
	const char *form[LANG_FORMS], *rule;
	assert_int_equal(tr_forms(SE, "One waits", "{count} wait", form, &rule), 3);
	assert_string_equal(form[0], "x-one");
	assert_string_equal(form[1], "x-two");
	assert_string_equal(form[2], "x-{count}");
	assert_int_equal(strlen(rule), LANG_RULE);
	assert_memory_equal(rule, "20122", 5);
	assert_int_equal(tr_forms(SE, "One left", "{count} left", form, &rule), 2);
	assert_string_equal(form[1], "{count} igjen");
	assert_memory_equal(rule, "10111", 5);
	assert_int_equal(tr_forms(LANG_EN, "One waits", "{count} wait", form, &rule), 2);
	assert_string_equal(form[0], "One waits");
	assert_string_equal(form[1], "{count} wait");
}

static void the_browser_gets_it_by_its_code_and_by_what_it_answers_to(void **state)
{
	(void)state;
	assert_int_equal(lang_accept(SLICE("se-NO,nb;q=0.8"), LANG_NB), SE);
	assert_int_equal(lang_accept(SLICE("SME"), LANG_NB), SE);
	assert_int_equal(lang_accept(SLICE("smi"), LANG_SV), LANG_NB); /* both claim it: the first */
	assert_int_equal(lang_accept(SLICE("nn"), LANG_SV), LANG_NB);
	assert_int_equal(lang_accept(SLICE("fi"), LANG_SV), LANG_SV);
	assert_int_equal(lang_accept(SLICE("nb;q=0.5, se"), LANG_SV), SE);
	assert_int_equal(lang_accept(SLICE("*"), SE), SE);
}

static void a_staff_file_s_word_goes_to_the_last_that_claims_it(void **state)
{
	(void)state;
	enum lang lang = LANG_EN;
	assert_int_equal(lang_spelled(SLICE("sami"), &lang), RES_OK);
	assert_int_equal(lang, SE);
	assert_int_equal(lang_spelled(SLICE("se"), &lang), RES_OK); /* Sweden's: Sámi's catalogue leaves it alone */
	assert_int_equal(lang, LANG_SV);
	assert_int_equal(lang_spelled(SLICE("english"), &lang), RES_OK);
	assert_int_equal(lang, LANG_EN);
	assert_int_equal(lang_spelled(SLICE(""), &lang), RES_BAD);
	assert_int_equal(lang_spelled(SLICE("sa"), &lang), RES_BAD);
	assert_int_equal(lang, LANG_EN);
}

static void a_stored_language_may_be_gone(void **state)
{
	(void)state;
	assert_int_equal(lang_or(SLICE("se"), LANG_EN), SE);
	assert_int_equal(lang_or(SLICE("fi"), LANG_EN), LANG_EN);
	assert_int_equal(lang_or(SLICE(""), LANG_DA), LANG_DA);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_catalogue_more_is_a_language_more),
		cmocka_unit_test(one_two_and_more_are_three_forms),
		cmocka_unit_test(what_it_lacks_is_said_in_its_neighbour_s_words_and_forms),
		cmocka_unit_test(who_counts_elsewhere_gets_all_forms_and_the_rule),
		cmocka_unit_test(the_browser_gets_it_by_its_code_and_by_what_it_answers_to),
		cmocka_unit_test(a_staff_file_s_word_goes_to_the_last_that_claims_it),
		cmocka_unit_test(a_stored_language_may_be_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
