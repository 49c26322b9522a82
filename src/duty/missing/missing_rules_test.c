#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "duty/missing/missing_round.h"
#include "duty/people/people.h"
#include "look/unsaid_testing.h"

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

static void each_level_asks_the_next_above_and_the_last_stays(void **state)
{
	static const struct missing_holder leaders[] = {
		{ .path = "F / M / Ward 2" }, { .path = "F / M" }, { .path = "F / S" }, { .path = "F / M" }, { .path = "", .whole = true },
		{ .path = "F / M / Ward 22" },
	};
	static const struct {
		const char *unit;
		int level;
		const char *asked; /* by leader */
	} cases[] = {
		{ "F / M / Ward 2", 0, "100000" }, { "F / M / Ward 2", 1, "010100" }, { "F / M / Ward 2", 2, "000010" },
		{ "F / M / Ward 2", 9, "000010" }, { "F / M / Ward 3", 0, "010100" }, { "F / S", 0, "001000" }, { "F", 0, "000010" },
		{ "", 0, "000010" }, { "G / Ward 2", 0, "000010" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool asked[ARRAY_LEN(leaders)];
		size_t n = missing_owners(cases[i].unit, leaders, ARRAY_LEN(leaders), cases[i].level, asked), want = 0;
		for (size_t k = 0; k < ARRAY_LEN(leaders); k++) {
			assert_int_equal(asked[k], cases[i].asked[k] == '1');
			want += asked[k];
		}
		assert_int_equal(n, want);
	}
	bool none[1];
	assert_int_equal(missing_owners("G", leaders, 1, 0, none), 0);
	assert_false(none[0]);
}

static void nobody_is_mailed_at_night(void **state)
{
	static const struct day day = { 20775 };
	static const struct {
		int hour, minute, days, then_hour, then_minute;
	} cases[] = { { 6, 59, 0, 7, 0 }, { 7, 0, 0, 7, 30 }, { 20, 59, 0, 21, 29 }, { 21, 0, 1, 7, 0 }, { 23, 30, 1, 7, 0 }, { 0, 0, 0, 7, 0 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct instant then = missing_round_at(day_at(day, cases[i].hour, cases[i].minute));
		assert_int_equal(then.s, day_at(day_add(day, cases[i].days), cases[i].then_hour, cases[i].then_minute).s);
	}
}

static void the_mail_to_whoever_decides_says_nothing_of_it(void **state)
{
	(void)state;
	for (int lang = 0; lang < lang_count; lang++) {
		struct buf body = BUF_LIMIT(4096);
		missing_words(&body, (enum lang)lang, "Kari", "https://d.example/reported", "Fjordvik");
		says_nothing(missing_subject((enum lang)lang));
		says_nothing(body.p);
		assert_non_null(strstr(body.p, "\n\nhttps://d.example/reported\n"));
		assert_non_null(strstr(body.p, "Fjordvik"));
		buf_free(&body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mail_to_whoever_decides_says_nothing_of_it),
		cmocka_unit_test(what_is_whole_may_be_sent),
		cmocka_unit_test(what_is_left_out_or_impossible_is_told),
		cmocka_unit_test(a_letter_counts_once_however_many_bytes_it_has),
		cmocka_unit_test(each_level_asks_the_next_above_and_the_last_stays),
		cmocka_unit_test(nobody_is_mailed_at_night),
		cmocka_unit_test(only_the_whole_name_of_one_unit_is_taken_for_it),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
