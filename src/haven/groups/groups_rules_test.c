/* When a session can be, and what is wrong with a plan: pure rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "haven/groups/groups_rules.h"

#define NOW 1794999600 /* Wednesday 18 November 2026, 12:00 in Oslo */
#define HOUR 3600

static void a_time_is_read_as_people_type_it(void **state)
{
	static const struct {
		const char *typed;
		int minute; /* -1: none */
	} rows[] = {
		{ "14", 840 }, { "14.30", 870 }, { "14:30", 870 }, { "1430", 870 }, { " 9.05 ", 545 }, { "9", 540 }, { "09", 540 }, { "0.00", 0 },
		{ "23.59", 1439 }, { "24", -1 }, { "14.60", -1 }, { "14.3", -1 }, { "930", -1 }, { "", -1 }, { ".", -1 }, { "14.", -1 },
		{ "14.300", -1 }, { "kl 14", -1 }, { "1.4.30", -1 }, { "-1", -1 }, { "14300", -1 }, { "143.0", -1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int minute = -1;
		enum result res = groups_clock(slice_of(rows[i].typed), &minute);
		if ((res == RES_OK) != (rows[i].minute >= 0) || minute != rows[i].minute)
			fail_msg("\"%s\" is %d", rows[i].typed, minute);
	}
}

static void a_session_is_neither_past_nor_far_and_late_only_knowingly(void **state)
{
	const struct instant now = { NOW }, by = { NOW + 24 * HOUR };
	static const struct {
		int hours;
		bool late;
		unsigned faults;
	} rows[] = {
		{ -1, false, GROUPS_PAST }, { 0, false, 0 }, { 2, false, 0 }, { 24, false, 0 }, { 25, false, GROUPS_LATE }, { 25, true, 0 },
		{ 7 * 24, true, 0 }, { 8 * 24, true, GROUPS_FAR }, { -1, true, GROUPS_PAST },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(groups_time_faults((struct instant){ NOW + rows[i].hours * HOUR }, by, rows[i].late, now), rows[i].faults);
}

static void a_place_is_named_and_short(void **state)
{
	char long_place[2 * GROUPS_PLACE_MOST + 3];
	(void)state;
	for (size_t i = 0; i < GROUPS_PLACE_MOST; i++)
		memcpy(long_place + 2 * i, "ø", 2);
	assert_int_equal(groups_place_faults((struct slice){ long_place, (size_t)2 * GROUPS_PLACE_MOST }), 0);
	memcpy(long_place + (size_t)2 * GROUPS_PLACE_MOST, "x", 2);
	assert_int_equal(groups_place_faults(slice_bytes(long_place, (size_t)2 * GROUPS_PLACE_MOST + 1)), GROUPS_PLACE_LONG);
	assert_int_equal(groups_place_faults(SLICE("  ")), GROUPS_NO_PLACE);
	assert_int_equal(groups_place_faults(SLICE("Møterom 2")), 0);
}

static void two_different_ones_lead_it_who_can(void **state)
{
	const struct id a = { { 1 } }, b = { { 2 } }, c = { { 3 } }, nobody = { { 0 } }, may[] = { a, b };
	(void)state;
	assert_int_equal(groups_leader_faults((struct id[]){ a, b }, may, 2), 0);
	assert_int_equal(groups_leader_faults((struct id[]){ b, a }, may, 2), 0);
	assert_int_equal(groups_leader_faults((struct id[]){ a, nobody }, may, 2), GROUPS_NO_LEADER);
	assert_int_equal(groups_leader_faults((struct id[]){ a, a }, may, 2), GROUPS_ONE_LEADER);
	assert_int_equal(groups_leader_faults((struct id[]){ a, c }, may, 2), GROUPS_UNFIT);
	assert_int_equal(groups_leader_faults((struct id[]){ a, b }, may, 0), GROUPS_UNFIT);
}

static void days_are_the_workplaces_own_across_a_clock_change(void **state)
{
	/* Saturday 24 October 2026, 14:00 in Oslo; that night the clocks go back. */
	const struct instant starts = { 1792843200 };
	(void)state;
	assert_int_equal(groups_over(starts).s - starts.s, 10 * HOUR);
	assert_int_equal(groups_remind(starts).s - starts.s, 20 * HOUR); /* Sunday 9:00 */
	assert_int_equal(groups_end(instant_day(starts), (struct instant){ 0 }).s, groups_end((struct day){ 1 }, starts).s);
	assert_int_equal(groups_end((struct day){ 1 }, starts).s - groups_remind(starts).s, 6 * 24 * HOUR);
	assert_int_equal(groups_morning(starts).s - starts.s, 19 * HOUR); /* Sunday 8:00 */
	assert_int_equal(groups_morning(day_at(instant_day(starts), 0, 0)).s, groups_morning(starts).s); /* never on the same day */
	struct day day = instant_day(starts);
	assert_false(groups_day_ok(day_add(day, -1), starts, day));
	assert_true(groups_day_ok(day, starts, day));
	assert_false(groups_day_ok(day_add(day, 1), starts, day));
	assert_true(groups_day_ok(day_add(day, 1), starts, day_add(day, 1)));
}

static void it_is_looked_again_on_the_full_hour(void **state)
{
	(void)state;
	assert_int_equal(groups_look((struct instant){ 7200 }).s, 10800);
	assert_int_equal(groups_look((struct instant){ 7201 }).s, 10800);
	assert_int_equal(groups_look((struct instant){ 10799 }).s, 10800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_read_as_people_type_it),
		cmocka_unit_test(a_session_is_neither_past_nor_far_and_late_only_knowingly),
		cmocka_unit_test(a_place_is_named_and_short),
		cmocka_unit_test(two_different_ones_lead_it_who_can),
		cmocka_unit_test(days_are_the_workplaces_own_across_a_clock_change),
		cmocka_unit_test(it_is_looked_again_on_the_full_hour),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
