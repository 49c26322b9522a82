#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "look/look.h"

static struct look_house house_in(const char *country, const char *name, const char *hours)
{
	struct look_house h = { .country = country };
	h.line.name = name;
	h.line.phone = name[0] ? "+47 00 00 09 00" : "";
	h.line.hours = hours;
	return h;
}

static struct look_lines lines_of(struct arena *a, const char *country, const char *name, const char *hours)
{
	struct look_house h = house_in(country, name, hours);
	return look_lines(a, &h, LANG_EN);
}

static void without_a_line_of_its_own_a_house_gives_the_public_ones(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	struct look_lines no = lines_of(a, "no", "", ""), dk = lines_of(a, "dk", "", "");
	struct look_house duty = { .country = "se" }; /* has no such setting */
	struct look_lines se = look_lines(a, &duty, LANG_EN);
	assert_int_equal(no.n, 2);
	assert_string_equal(no.list[0].number, "116 123");
	assert_string_equal(no.now.number, "116 123");
	assert_string_equal(no.professional.number, "116 123");
	assert_string_equal(no.urgent.number, "116 117");
	assert_int_equal(dk.n, 2);
	assert_string_equal(dk.now.number, dk.list[0].number); /* none there answers day and night: the first */
	assert_int_equal(se.n, 2);
	assert_string_equal(se.urgent.number, "1177");
	arena_free(&a);
}

static void its_own_line_comes_first_and_takes_no_public_one_away(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	struct look_lines l = lines_of(a, "no", "Fjordvik line", "");
	assert_int_equal(l.n, 3);
	assert_string_equal(l.list[0].name, "Fjordvik line");
	assert_string_equal(l.list[0].href, "tel:+4700000900");
	assert_string_equal(l.list[0].when, "Day and night");
	assert_string_equal(l.list[1].number, "116 123");
	assert_string_equal(l.now.name, "Fjordvik line");
	assert_string_equal(l.professional.name, "Fjordvik line");
	arena_free(&a);
}

/* At 03:00 the number on top must be one that is answered. */
static void a_line_with_hours_is_named_but_is_not_the_one_that_answers_now(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	struct look_lines l = lines_of(a, "se", "Fjordvik line", "Weekdays 8 to 15");
	assert_string_equal(l.list[0].when, "Weekdays 8 to 15");
	assert_string_equal(l.professional.name, "Fjordvik line");
	assert_string_equal(l.now.number, "90101");
	arena_free(&a);
}

static void signs_of_danger_never_lead_to_a_houses_own_line(void **state)
{
	struct arena *a = arena_new();
	(void)state;
	struct look_lines l = lines_of(a, "no", "Fjordvik line", "");
	assert_string_equal(l.urgent.number, "116 117");
	arena_free(&a);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_line_of_its_own_a_house_gives_the_public_ones),
		cmocka_unit_test(its_own_line_comes_first_and_takes_no_public_one_away),
		cmocka_unit_test(a_line_with_hours_is_named_but_is_not_the_one_that_answers_now),
		cmocka_unit_test(signs_of_danger_never_lead_to_a_houses_own_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
