#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "crypt/crypt.h"
#include "signin/signin.h"
#include "signin/signin_rules.h"
#include "signin/signin_seen.h"

static void addresses_are_compared_without_case(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	assert_string_equal(signin_fold(a, SLICE(" Kari.O'Brien@Fjordvik.EXAMPLE ")),
			    "kari.o'brien@fjordvik.example");
	assert_string_equal(signin_fold(a, SLICE("")), "");
	arena_free(&a);
}

static enum passphrase_fault fault(const char *s)
{
	return signin_passphrase_fault(slice_of(s));
}

static void a_passphrase_is_long_and_not_everybodys(void **state)
{
	(void)state;
	assert_int_equal(fault("four lamps lit"), PASSPHRASE_FINE);
	assert_int_equal(fault("åååæææøøøöö"), PASSPHRASE_SHORT); /* eleven characters in twenty-two bytes */
	assert_int_equal(fault("åååæææøøøööä"), PASSPHRASE_FINE);
	assert_int_equal(fault("alllowercase"), PASSPHRASE_FINE);
	assert_int_equal(fault("            "), PASSPHRASE_COMMON);
	assert_int_equal(fault("hejhejhejhej"), PASSPHRASE_COMMON);
	assert_int_equal(fault("Password1234"), PASSPHRASE_COMMON);
	assert_int_equal(fault(""), PASSPHRASE_SHORT);
	char longest[SIGNIN_PASSPHRASE_MOST + 2];
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = (char)('a' + i % 23);
	assert_int_equal(signin_passphrase_fault(slice_bytes(longest, SIGNIN_PASSPHRASE_MOST)),
			 PASSPHRASE_FINE);
	assert_int_equal(signin_passphrase_fault(slice_bytes(longest, SIGNIN_PASSPHRASE_MOST + 1)),
			 PASSPHRASE_LONG);
}

static void one_returns_only_to_pages_of_ours(void **state)
{
	(void)state;
	static const char *const good[] = {"/incidents", "/incidents/x?day=2#people", "/"};
	static const char *const bad[] = {
	    "//evil.example",
	    "/\\evil.example",
	    "https://evil.example/",
	    "javascript:alert(1)",
	    "",
	    "incidents",
	    "/a\nb",
	    "/..//evil.example",
	    "/%2e%2e/x",
	    "/%2E./x",
	    " /x",
	    "/\t/evil.example",
	};
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!signin_may_return(slice_of(good[i]), ""))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (signin_may_return(slice_of(bad[i]), ""))
			fail_msg("%s is let through", bad[i]);
	assert_true(signin_may_return(SLICE("/s/desk"), "/s"));
	assert_false(signin_may_return(SLICE("/h/o/x"), "/s"));
	assert_false(signin_may_return(SLICE("/s"), "/s"));
	assert_false(signin_may_return(SLICE("/snake"), "/s"));
	assert_false(signin_may_return(SLICE("/s/../h/o/x"), "/s"));
}

static void names_are_one_line(void **state)
{
	(void)state;
	assert_true(signin_name_ok(SLICE("Siobhán O'Brien")));
	assert_true(signin_name_ok(SLICE("Åse Ødegård-Lindström")));
	assert_false(signin_name_ok(SLICE("")));
	assert_false(signin_name_ok(SLICE("Åse\nBcc: all")));
	assert_false(signin_name_ok(SLICE("Åse\xff")));
}

static void a_session_that_rests_too_long_is_over(void **state)
{
	struct seen *seen = seen_new(random_system());
	struct instant t = {1800000000};
	(void)state;
	assert_true(seen_touch(seen, SLICE("one"), t, 100));
	assert_true(seen_touch(seen, SLICE("one"), instant_add(t, 99), 100));
	assert_true(seen_touch(seen, SLICE("one"), instant_add(t, 198), 100));
	assert_true(seen_touch(seen, SLICE("two"), instant_add(t, 298), 100));
	assert_false(seen_touch(seen, SLICE("one"), instant_add(t, 298), 100));
	assert_false(seen_touch(seen, SLICE("one"), instant_add(t, 299), 100)); /* asking does not wake it */
	for (unsigned i = 0; i < 100000; i++) /* more than there are places for: bounded, and all let in */
		assert_true(seen_touch(seen, slice_bytes(&i, sizeof(i)), instant_add(t, 300), 100));
	seen_free(&seen);
}

static void a_page_that_asks_by_itself_keeps_nobody_signed_in(void **state)
{
	struct seen *seen = seen_new(random_system());
	struct instant t = {1800000000};
	(void)state;
	assert_true(seen_touch(seen, SLICE("one"), t, 100));
	for (int64_t s = 10; s < 100; s += 10)
		assert_true(seen_fresh(seen, SLICE("one"), instant_add(t, s), 100));
	assert_false(seen_fresh(seen, SLICE("one"), instant_add(t, 100), 100));
	assert_false(seen_touch(seen, SLICE("one"), instant_add(t, 100), 100));
	/* One that only asks since the program was started anew is over in the end, too. */
	assert_true(seen_fresh(seen, SLICE("two"), t, 100));
	assert_true(seen_fresh(seen, SLICE("two"), instant_add(t, 99), 100));
	assert_false(seen_fresh(seen, SLICE("two"), instant_add(t, 100), 100));
	seen_free(&seen);
}

/* ---- what people type when they look for somebody ---- */

static void names_are_found_in_whatever_case(void **state)
{
	static const struct {
		const char *name, *words;
		bool found;
	} cases[] = {
	    {"Åse Ærlig", "åse", true},	      {"Åse Ærlig", "ÆRLIG", true}, {"Kari O’Brien", "o'brien", true}, {"Kari O'Brien", "O’BRIEN", true},
	    {"A\xcc\x8ase", "åse", true}, {"Åse Ærlig", "ase", false},  {"Kari", "karin", false},
	};
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(strstr(signin_casefold(a, slice_of(cases[i].name)), signin_casefold(a, slice_of(cases[i].words))) != NULL,
				 cases[i].found);
	assert_string_equal(signin_casefold(a, SLICE("\xff")), "");
	assert_string_equal(signin_casefold(a, SLICE("")), "");
	arena_free(&a);
}

static void a_unit_is_meant_by_its_path_its_name_or_a_part_of_it(void **state)
{
	static const struct signin_unit units[] = {
	    {{{1}}, "Sykehuset"},		     {{{2}}, "Sykehuset / Øst"},	  {{{3}}, "Sykehuset / Øst / Post 1"},
	    {{{4}}, "Sykehuset / Vest / Post 1"}, {{{5}}, "Sykehuset / Vest / Akutten"},
	};
	static const struct {
		const char *typed;
		size_t n;
		int first;
		bool sure;
	} cases[] = {
	    {"sykehuset / øst", 1, 2, true}, {"Akutten", 1, 5, true},  {" akutten ", 1, 5, true}, {"Post 1", 2, 3, false},
	    {"akut", 1, 5, false},	      {"post", 2, 3, false},	 {"Sykehuset", 1, 1, true},  {"Nord", 0, 0, false},
	    {"", 0, 0, false},		      {"   ", 0, 0, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct signin_unit *list[3];
		bool sure = true;
		size_t n = signin_units_meant(slice_of(cases[i].typed), units, ARRAY_LEN(units), list, ARRAY_LEN(list), &sure);
		assert_int_equal(n, cases[i].n);
		assert_int_equal(sure, cases[i].sure);
		if (n)
			assert_int_equal(list[0]->id.b[0], cases[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_compared_without_case),
	    cmocka_unit_test(a_passphrase_is_long_and_not_everybodys),
	    cmocka_unit_test(one_returns_only_to_pages_of_ours),
	    cmocka_unit_test(names_are_one_line),
	    cmocka_unit_test(names_are_found_in_whatever_case),
	    cmocka_unit_test(a_unit_is_meant_by_its_path_its_name_or_a_part_of_it),
	    cmocka_unit_test(a_session_that_rests_too_long_is_over),
	    cmocka_unit_test(a_page_that_asks_by_itself_keeps_nobody_signed_in),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypt_init() != RES_OK || cmocka_run_group_tests_name("signin rules", tests, NULL, NULL);
}
