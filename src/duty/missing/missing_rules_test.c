#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "duty/missing/missing.h"
#include "duty/people/people.h"

static const struct day today = { 20775 };

static struct missing_draft whole(void)
{
	return (struct missing_draft){ .has_who = true, .has_day = true, .day = today, .minute = -1, .place = SLICE("Emergency"),
				       .name = SLICE("Kari Hansen"), .contact = SLICE("+47 00 00 00 02") };
}

static void what_is_whole_may_be_sent(void **state)
{
	(void)state;
	struct missing_draft d = whole();
	assert_int_equal(missing_faults(&d, today), 0);
	d.contact = SLICE("");
	d.number = SLICE("102");
	assert_int_equal(missing_faults(&d, today), 0);
	d.contact = SLICE("kari@fjordvik.example");
	assert_int_equal(missing_faults(&d, today), 0);
	d.day = day_add(today, -366);
	assert_int_equal(missing_faults(&d, today), 0);
}

static void what_is_left_out_or_impossible_is_told(void **state)
{
	(void)state;
	struct missing_draft d = { .minute = -1 };
	assert_int_equal(missing_faults(&d, today), MISSING_WHO | MISSING_DAY | MISSING_PLACE | MISSING_NAME | MISSING_CONTACT);
	d = whole();
	d.day = day_add(today, 1);
	assert_int_equal(missing_faults(&d, today), MISSING_DAY_FUTURE);
	d.day = day_add(today, -367);
	assert_int_equal(missing_faults(&d, today), MISSING_DAY_OLD);
	static const char *const bad[] = { "at home", "kari@", "@fjordvik.example", "kari@a@b", "kari hansen@b.example", "1234" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		d = whole();
		d.contact = slice_of(bad[i]);
		assert_int_equal(missing_faults(&d, today), MISSING_CONTACT_BAD);
	}
}

static void a_letter_counts_once_however_many_bytes_it_has(void **state)
{
	char hundred[201], more[204];
	(void)state;
	for (int i = 0; i < 101; i++)
		memcpy(more + 2 * i, "ø", 3);
	memcpy(hundred, more, 200);
	hundred[200] = '\0';
	struct missing_draft d = whole();
	d.place = d.name = slice_of(hundred);
	assert_int_equal(missing_faults(&d, today), 0);
	d.place = slice_of(more);
	assert_int_equal(missing_faults(&d, today), MISSING_PLACE_LONG);
	d = whole();
	d.name = slice_of(more);
	assert_int_equal(missing_faults(&d, today), MISSING_NAME_LONG);
}

static void only_the_whole_name_of_one_unit_is_taken_for_it(void **state)
{
	static const struct unit_line units[] = {
		{ .name = "Fjordvik", .path = "Fjordvik" }, { .name = "Øyeblikkelig hjelp", .path = "Fjordvik / Øyeblikkelig hjelp" },
		{ .name = "Ward 2", .path = "Fjordvik / Medicine / Ward 2" }, { .name = "Ward 2", .path = "Fjordvik / Surgery / Ward 2" },
	};
	static const struct {
		const char *place;
		int unit;
	} cases[] = {
		{ "Fjordvik", 0 }, { "ØYEBLIKKELIG HJELP", 1 }, { "øyeblikkelig hjelp", 1 }, { "Ward 2", -1 },
		{ "fjordvik / surgery / ward 2", 3 }, { "Ward", -1 }, { "Ward 22", -1 }, { "", -1 }, { "Fjord", -1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(missing_place_unit(slice_of(cases[i].place), units, ARRAY_LEN(units)), cases[i].unit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_whole_may_be_sent),
		cmocka_unit_test(what_is_left_out_or_impossible_is_told),
		cmocka_unit_test(a_letter_counts_once_however_many_bytes_it_has),
		cmocka_unit_test(only_the_whole_name_of_one_unit_is_taken_for_it),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
