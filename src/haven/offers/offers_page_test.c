#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "haven/offers/offers_page.h"

/* Wednesday 18 November 2026, 12:00 in Oslo. */
static const struct instant now = { 1794999600 };

static struct arena *a;

static int set_up(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

/* A page with `faces` faces, the first of whom calls if `held`, in a house with or without a line of its own. */
static struct offers_page page_of(size_t faces, bool held, bool closed, bool line)
{
	static const unsigned char door[16];
	struct look_house house = { .country = "no" };
	if (line) {
		house.line.name = "Fjordvik line";
		house.line.phone = "+47 00 00 09 00";
		house.line.hours = "";
	}
	struct offers_pages pages = { .rnd = random_system(), .house = &house, .script = "/a/x/offer.js" };
	struct offers_face *list = arena_array(a, struct offers_face, faces + 1);
	for (size_t i = 0; i < faces; i++)
		list[i] = (struct offers_face){ .supporter = { { (unsigned char)i } }, .given = "Kari", .name = "Kari Nes",
						.profession = "Nurse", .unit = "Ward", .phone = "00 00 01 24",
						.position = (int)i };
	struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .has_holder = held,
				 .faces = list, .faces_n = faces, .deadline = { now.s + 7200 }, .made = instant_day(now),
				 .closed = closed, .closes = { now.s + 10800 }, .looking = !held && !closed };
	struct offers_page page;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	return page;
}

static void a_session_for_all_stands_beside_what_is_offered_to_each(void **state)
{
	static const unsigned char door[16];
	static const struct look_house house = { .country = "no" };
	const struct offers_pages pages = { .rnd = random_system(), .house = &house, .script = "/a/x/offer.js" };
	const struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .made = instant_day(now), .closed = true };
	struct offers_group g = { .starts = { now.s + 7200 }, .place = "Room 2", .lead_by = { "Kari Nes", "Tor Vik" } };
	struct offers_page page;
	(void)state;
	offers_fill(a, &pages, &v, &g, LANG_EN, now, SLICE("token"), door, &page);
	assert_string_equal(page.group_place, "Room 2");
	assert_string_equal(page.group_by, "Kari Nes and Tor Vik lead it. They are peer supporters.");
	assert_int_equal(strncmp(page.group_hint, "There is a talk for all of you ", 31), 0);
	assert_false(page.group_cancelled);
	g.lead_by[1] = NULL; /* she has left, and another is not found yet */
	offers_fill(a, &pages, &v, &g, LANG_EN, now, SLICE("token"), door, &page);
	assert_string_equal(page.group_by, "Two peer supporters lead it.");
	g.cancelled = true;
	offers_fill(a, &pages, &v, &g, LANG_EN, now, SLICE("token"), door, &page);
	assert_true(page.group_cancelled);
	assert_non_null(strstr(page.group_hint, "will not be held"));
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_null(page.group_when);
}

static void whoever_has_nobody_is_given_a_number_where_the_face_would_be(void **state)
{
	(void)state;
	struct offers_page none = page_of(0, false, false, true), choose = page_of(2, false, false, true);
	assert_true(none.alone);
	assert_int_equal(none.form, OFFERS_FORM_NONE);
	assert_string_equal(none.lines.now.name, "Fjordvik line");
	assert_string_equal(none.heading, "We are looking for a colleague for you");
	assert_true(choose.alone);
	assert_int_equal(choose.form, OFFERS_FORM_CHOOSE);
	assert_true(page_of(0, false, true, true).alone); /* closed, and nobody left to choose */
}

static void the_link_to_the_employers_form_is_the_same_for_everybody(void **state)
{
	static const unsigned char door[16];
	struct look_house house = { .country = "no" };
	struct offers_pages pages = { .rnd = random_system(), .house = &house, .there = "http://duty.localhost/there" };
	struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .made = instant_day(now) };
	struct offers_page page;
	(void)state;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_string_equal(page.there, "http://duty.localhost/there");
	pages.there = NULL;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_null(page.there);
}

static void whoever_has_somebody_is_not(void **state)
{
	(void)state;
	assert_false(page_of(1, true, false, true).alone);
	assert_false(page_of(3, true, false, false).alone);
	assert_false(page_of(3, true, true, true).alone);
}

static void what_is_sealed_to_whoever_calls_is_taken_until_the_closing_only(void **state)
{
	(void)state;
	assert_string_equal(page_of(1, true, false, true).lasts, "10800");
	assert_null(page_of(2, true, true, true).lasts); /* to a colleague who was chosen: always */
	assert_null(page_of(2, false, false, true).lasts);
}

/* A page of somebody whom nobody took. */
static struct offers_page left(size_t faces, bool looking, bool stopped)
{
	static const unsigned char door[16];
	struct look_house house = { .country = "no" };
	struct offers_pages pages = { .rnd = random_system(), .house = &house, .script = "/a/x/offer.js" };
	struct offers_face *list = arena_array(a, struct offers_face, faces + 1);
	for (size_t i = 0; i < faces; i++)
		list[i] = (struct offers_face){ .given = "Kari", .name = "Kari Nes", .profession = "Nurse", .unit = "Ward",
						.phone = "00 00 01 24", .position = 3 };
	struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .faces = list,
				 .faces_n = faces, .made = instant_day(now), .looking = looking, .stopped = stopped };
	struct offers_page page;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	return page;
}

static void a_page_promises_to_go_on_looking_only_while_we_do(void **state)
{
	(void)state;
	struct offers_page on = left(2, true, false), ceased = left(2, false, false), none = left(0, false, false);
	assert_string_equal(on.heading, "We are looking for a colleague for you");
	assert_non_null(strstr(on.more, "We keep looking"));
	assert_string_equal(ceased.heading, "You can still talk to somebody");
	assert_null(strstr(ceased.more, "looking"));
	assert_non_null(strstr(ceased.more, "choose a colleague"));
	assert_null(strstr(none.more, "choose"));
	assert_true(ceased.alone && none.alone);
}

static void a_page_promises_a_message_only_to_who_has_not_stopped_them(void **state)
{
	(void)state;
	assert_non_null(strstr(left(0, true, false).more, "you get a new message"));
	assert_null(strstr(left(0, true, true).more, "message"));
	assert_non_null(strstr(left(0, true, true).more, "this page says so"));
}

static void the_line_stands_among_those_outside_on_every_page(void **state)
{
	(void)state;
	struct offers_page with = page_of(3, true, false, true), without = page_of(3, true, false, false);
	assert_int_equal(with.lines.n, 3);
	assert_string_equal(with.lines.list[0].name, "Fjordvik line");
	assert_int_equal(without.lines.n, 2);
	assert_string_equal(without.lines.list[0].number, "116 123");
}

/* The digits of the faces' keys, and what is said of one who lately got a new key nobody signed for. */
static void everybody_who_can_read_has_a_safety_code_and_who_has_a_new_key_is_marked(void **state)
{
	(void)state;
	static const unsigned char door[16];
	struct look_house house = { .country = "no" };
	struct offers_pages pages = { .rnd = random_system(), .house = &house, .script = "/a/x/offer.js" };
	struct offers_face faces[2];
	static const char *const digits[] = { "0001 0002", "0003 0004" };
	for (unsigned char i = 0; i < 2; i++) {
		faces[i] = (struct offers_face){ .given = "Kari", .name = "Kari Nes", .profession = "Nurse", .unit = "Ward",
						 .phone = "00 00 01 24", .position = i, .safety = digits[i] };
	}
	faces[1].reset = day_add(instant_day(now), -3);
	struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .faces = faces, .faces_n = 2,
				 .has_holder = true, .made = instant_day(now), .closes = { now.s + 60 } };
	struct offers_page page;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_int_equal(page.readers_n, 2);
	assert_string_equal(page.readers_list[0].safety, digits[0]);
	assert_string_equal(page.readers_list[1].safety, digits[1]);
	assert_null(page.holder->renewed);
	assert_int_equal(strncmp(page.readers_list[1].renewed, "New key since ", 14), 0);
}

static void whoever_can_no_longer_read_is_named_on_every_page_that_was_made_before(void **state)
{
	(void)state;
	static const unsigned char door[16];
	struct look_house house = { .country = "no" };
	struct offers_pages pages = { .rnd = random_system(), .house = &house, .script = "/a/x/offer.js" };
	const char *names[] = { "Kari Nes", "Tariq Ali" };
	struct offers_view v = { .name = "Ingrid Solli", .title = "T", .happened = instant_day(now), .made = instant_day(now),
				 .closes = { now.s + 60 } };
	struct offers_page page;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_int_equal(page.lost_n, 0);
	v.lost = names;
	v.lost_n = 2;
	offers_fill(a, &pages, &v, NULL, LANG_EN, now, SLICE("token"), door, &page);
	assert_int_equal(page.lost_n, 2);
	assert_non_null(strstr(page.lost[1], "choose Tariq Ali yourself"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		TEST(a_session_for_all_stands_beside_what_is_offered_to_each),
		TEST(whoever_has_nobody_is_given_a_number_where_the_face_would_be),
		TEST(the_link_to_the_employers_form_is_the_same_for_everybody),
		TEST(whoever_has_somebody_is_not),
		TEST(what_is_sealed_to_whoever_calls_is_taken_until_the_closing_only),
		TEST(a_page_promises_to_go_on_looking_only_while_we_do),
		TEST(a_page_promises_a_message_only_to_who_has_not_stopped_them),
		TEST(the_line_stands_among_those_outside_on_every_page),
		TEST(everybody_who_can_read_has_a_safety_code_and_who_has_a_new_key_is_marked),
		TEST(whoever_can_no_longer_read_is_named_on_every_page_that_was_made_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
