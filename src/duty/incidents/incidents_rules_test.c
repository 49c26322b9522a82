/* What may be saved, times as they are typed, and hints: pure rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "duty/incidents/incidents.h"
#include "duty/incidents/incidents_when.h"

#define NOW 1795006400

static const struct incident_seat outside = { .name = { "Viktor", 6 }, .phone = { "+47 00 00 00 09", 15 } };

static struct incident_draft whole(void)
{
	return (struct incident_draft){ .has_kind = true, .has_severity = true, .has_time = true, .has_unit = true,
					.severity = 1, .happened = { NOW - 60 }, .sentence = SLICE("It happened"),
					.seats = &outside, .seats_n = 1 };
}

static void a_whole_draft_has_no_fault(void **state)
{
	struct incident_draft d = whole();
	(void)state;
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), 0);
}

static void each_thing_that_is_missing_is_told_alone(void **state)
{
	static char long_text[900];
	static const struct incident_seat nameless = { .phone = { "00000000", 8 } }, phoneless = { .name = { "A", 1 } };
	struct incident_draft bad[12];
	static const unsigned faults[] = { FAULT_KIND, FAULT_SEVERITY, FAULT_TIME, FAULT_TIME_FUTURE, FAULT_TIME_OLD, FAULT_UNIT,
					   FAULT_SENTENCE, FAULT_SENTENCE_LONG, FAULT_NOBODY, FAULT_MANY, FAULT_OUTSIDE_NAME,
					   FAULT_OUTSIDE_PHONE };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = whole();
	memset(long_text, 'a', 201);
	bad[0].has_kind = bad[1].has_severity = bad[2].has_time = bad[5].has_unit = false;
	bad[3].happened.s = NOW + 3600;
	bad[4].happened.s = NOW - 400 * 86400;
	bad[6].sentence = SLICE("  ");
	bad[7].sentence = slice_of(long_text);
	bad[8].seats_n = 0;
	bad[10].seats = &nameless;
	bad[11].seats = &phoneless;
	struct incident_seat *many = must_alloc(INCIDENTS_PEOPLE_MOST + 1, sizeof(*many));
	for (int i = 0; i <= INCIDENTS_PEOPLE_MOST; i++)
		many[i] = outside;
	bad[9].seats = many;
	bad[9].seats_n = INCIDENTS_PEOPLE_MOST + 1;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(incident_faults(&bad[i], (struct instant){ NOW }), faults[i]);
	free(many);
}

static void two_hundred_letters_are_counted_not_bytes(void **state)
{
	char text[401] = "";
	struct incident_draft d = whole();
	(void)state;
	for (int i = 0; i < 200; i++)
		memcpy(text + 2 * i, "å", 2);
	d.sentence = (struct slice){ text, 400 };
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), 0);
}

static void a_name_and_a_phone_from_outside_have_an_end(void **state)
{
	static char name[4 * INCIDENTS_NAME_MOST + 1], phone[INCIDENTS_PHONE_MOST + 2];
	struct incident_seat s = outside;
	struct incident_draft d = whole();
	(void)state;
	d.seats = &s;
	for (int i = 0; i < INCIDENTS_NAME_MOST; i++)
		memcpy(name + 4 * i, "𝔞", 4);
	s.name = (struct slice){ name, 4 * INCIDENTS_NAME_MOST };
	memset(phone, ' ', INCIDENTS_PHONE_MOST + 1);
	memcpy(phone, "12345", 5);
	s.phone = (struct slice){ phone, INCIDENTS_PHONE_MOST };
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), 0);
	s.phone.n++;
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), FAULT_OUTSIDE_PHONE);
	memset(name, 'a', sizeof(name));
	s = outside;
	s.name = (struct slice){ name, INCIDENTS_NAME_MOST };
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), 0);
	s.name.n++;
	assert_int_equal(incident_faults(&d, (struct instant){ NOW }), FAULT_OUTSIDE_LONG);
	/* Marks that belong to no letter are no characters, and are bytes all the same. */
	memset(name, '\x80', sizeof(name));
	s.name = (struct slice){ name, DOOR_NAME_MOST + 1 };
	assert_true(incident_faults(&d, (struct instant){ NOW }) & FAULT_OUTSIDE_LONG);
}

static void a_time_is_read_as_people_type_it(void **state)
{
	static const struct {
		const char *typed;
		enum result res;
		int hour, minute;
	} rows[] = {
		{ "22.40", RES_OK, 22, 40 }, { "22:40", RES_OK, 22, 40 }, { "2240", RES_OK, 22, 40 }, { " 22,40 ", RES_OK, 22, 40 },
		{ "kl. 22.40", RES_OK, 22, 40 }, { "KL 9", RES_OK, 9, 0 }, { "9", RES_OK, 9, 0 }, { "940", RES_OK, 9, 40 },
		{ "0.05", RES_OK, 0, 5 }, { "00:00", RES_OK, 0, 0 }, { "23.59", RES_OK, 23, 59 }, { "", RES_NONE, 0, 0 },
		{ "24.00", RES_BAD, 0, 0 }, { "22.60", RES_BAD, 0, 0 }, { "22.4", RES_BAD, 0, 0 }, { "22.40x", RES_BAD, 0, 0 },
		{ "12345", RES_BAD, 0, 0 }, { "kl", RES_BAD, 0, 0 }, { "noon", RES_BAD, 0, 0 }, { "-1", RES_BAD, 0, 0 },
		{ "2.2.2", RES_BAD, 0, 0 }, { ".", RES_BAD, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int hour = -1, minute = -1;
		if (incident_clock(slice_of(rows[i].typed), &hour, &minute) != rows[i].res)
			fail_msg("\"%s\" is not %s", rows[i].typed, result_word(rows[i].res));
		if (rows[i].res == RES_OK && (hour != rows[i].hour || minute != rows[i].minute))
			fail_msg("\"%s\" is %d.%d", rows[i].typed, hour, minute);
	}
}

static void a_day_is_read_as_people_type_it(void **state)
{
	static const struct {
		const char *typed;
		enum result res;
		int year, month, mday;
	} rows[] = {
		{ "2026-11-01", RES_OK, 2026, 11, 1 }, { "1.11.2026", RES_OK, 2026, 11, 1 }, { "01.11.26", RES_OK, 2026, 11, 1 },
		{ "1/11", RES_OK, 2026, 11, 1 }, { "1. 11.", RES_OK, 2026, 11, 1 }, { "24.12", RES_OK, 2025, 12, 24 },
		{ "18.11", RES_OK, 2026, 11, 18 }, { "", RES_NONE, 0, 0, 0 }, { "30.2.2026", RES_BAD, 0, 0, 0 },
		{ "2026-11", RES_BAD, 0, 0, 0 }, { "1", RES_BAD, 0, 0, 0 }, { "1.13", RES_BAD, 0, 0, 0 }, { "x", RES_BAD, 0, 0, 0 },
		{ "1.11.2", RES_BAD, 0, 0, 0 }, { "2026-11-01x", RES_BAD, 0, 0, 0 },
	};
	struct day today;
	(void)state;
	assert_int_equal(day_from(2026, 11, 18, &today), RES_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct day d;
		if (incident_date(slice_of(rows[i].typed), today, &d) != rows[i].res)
			fail_msg("\"%s\" is not %s", rows[i].typed, result_word(rows[i].res));
		if (rows[i].res != RES_OK)
			continue;
		struct wall w = day_wall(d);
		if (w.year != rows[i].year || w.month != rows[i].month || w.mday != rows[i].mday)
			fail_msg("\"%s\" is %d-%d-%d", rows[i].typed, w.year, w.month, w.mday);
	}
}

static void a_phone_is_digits_and_what_stands_between_them(void **state)
{
	(void)state;
	assert_true(incident_phone_ok(SLICE("+47 00 00 00 09")));
	assert_true(incident_phone_ok(SLICE("(0046) 8-12 34 5.6/7")));
	assert_false(incident_phone_ok(SLICE("1234")));
	assert_false(incident_phone_ok(SLICE("ring me")));
	assert_false(incident_phone_ok(SLICE("123456789012345678901")));
	assert_false(incident_phone_ok(SLICE("12345|6")));
	assert_false(incident_phone_ok((struct slice){ "12345\0", 6 }));
}

static void hints_name_the_word_and_no_other(void **state)
{
	static const char *const names[] = { "Mehmet", "Åse", "", "Anne-Marie", "D'Arcy", "ÉLISE" };
	struct slice word = { 0 };
	(void)state;
	assert_true(incident_looks_like_name(SLICE("Then mehmet fell"), names, 3, &word));
	assert_true(slice_is(word, "mehmet"));
	assert_true(incident_looks_like_name(SLICE("Åse, too"), names, 3, &word));
	assert_true(incident_looks_like_name(SLICE("da åse falt"), names, 6, &word));
	assert_true(slice_is(word, "åse"));
	assert_true(incident_looks_like_name(SLICE("og anne-marie så det"), names, 6, &word));
	assert_true(slice_is(word, "anne-marie"));
	assert_true(incident_looks_like_name(SLICE("Åse-gruppen"), names, 6, &word));
	assert_true(slice_is(word, "Åse"));
	assert_true(incident_looks_like_name(SLICE("d'arcy- og élise"), names, 6, &word));
	assert_true(slice_is(word, "d'arcy"));
	assert_true(incident_looks_like_name(SLICE("élise"), names, 6, &word));
	assert_false(incident_looks_like_name(SLICE("Anne så det, Marie også; d' og -"), names, 6, &word));
	assert_false(incident_looks_like_name(SLICE("Mehmets colleague fell"), names, 3, &word));
	assert_false(incident_looks_like_name(SLICE("A visitor fell"), names, 3, &word));
	assert_true(incident_looks_like_health(SLICE("Hun ble sykmeldt etterpå"), &word));
	assert_true(slice_is(word, "sykmeldt"));
	assert_true(incident_looks_like_health(SLICE("Ångest efteråt"), &word));
	assert_false(incident_looks_like_health(SLICE("En besøkende truet personalet på medisinsk avdeling"), &word));
}

static void a_session_for_all_is_suggested_for_many_or_for_several_units(void **state)
{
	static const struct exposure here = { .unit_path = "Fjordvik / Emergency" }, there = { .unit_path = "Fjordvik / Medicine" },
				     below = { .unit_path = "Fjordvik / Emergency / Night" }, outside_it = { .unit_path = "", .outside = true };
	const struct {
		struct exposure people[7];
		size_t n;
		unsigned reasons;
	} rows[] = {
		{ { here }, 1, 0 },
		{ { here, here, here, here, here }, 5, 0 },
		{ { here, here, here, here, here, here }, 6, GROUP_MANY_PEOPLE },
		{ { here, there }, 2, GROUP_SEVERAL_UNITS },
		{ { here, below }, 2, GROUP_SEVERAL_UNITS },
		{ { here, outside_it, here }, 3, 0 }, /* of no unit that is known */
		{ { outside_it, here, outside_it, there, here, here }, 6, GROUP_MANY_PEOPLE | GROUP_SEVERAL_UNITS },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(incident_group_reasons(rows[i].people, rows[i].n), rows[i].reasons);
}

static void one_can_be_asked_for_within_a_week_and_nobody_is_a_group_alone(void **state)
{
	const struct incident in = { .happened = { NOW - 86400 * 30 }, .made = { NOW } };
	const struct day made = instant_day(in.made);
	(void)state;
	assert_true(incident_group_may_ask(&in, 2, in.made));
	assert_false(incident_group_may_ask(&in, 1, in.made));
	assert_true(incident_group_may_ask(&in, 2, day_at(day_add(made, 7), 23, 59)));
	assert_false(incident_group_may_ask(&in, 2, day_at(day_add(made, 8), 0, 0)));
}

static void who_is_protected_is_called_by_number_or_by_title_and_unit(void **state)
{
	static const struct {
		const char *name, *number, *profession, *unit, *called;
	} rows[] = {
		{ "Kari Hansen", "102", "Nurse", "Fjordvik / Emergency", "Kari Hansen" },
		{ "", "104", "Nurse", "Fjordvik / Emergency", "Protected identity (no. 104)" },
		{ "", "", "Nurse", "Fjordvik / Emergency", "Protected identity (Nurse · Emergency)" },
		{ "", "", "", "Fjordvik / Emergency", "Protected identity (Emergency)" },
		{ "", "", "Nurse", "", "Protected identity (Nurse)" },
		{ "", "", "", "", "Protected identity" },
	};
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(incidents_name(a, LANG_EN, rows[i].name, rows[i].number, rows[i].profession, rows[i].unit),
				    rows[i].called);
	assert_string_equal(incidents_name(a, LANG_SV, "", "104", "", ""), "Skyddad identitet (nr 104)");
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_draft_has_no_fault),
		cmocka_unit_test(each_thing_that_is_missing_is_told_alone),
		cmocka_unit_test(two_hundred_letters_are_counted_not_bytes),
		cmocka_unit_test(a_name_and_a_phone_from_outside_have_an_end),
		cmocka_unit_test(a_time_is_read_as_people_type_it),
		cmocka_unit_test(a_day_is_read_as_people_type_it),
		cmocka_unit_test(a_phone_is_digits_and_what_stands_between_them),
		cmocka_unit_test(hints_name_the_word_and_no_other),
		cmocka_unit_test(a_session_for_all_is_suggested_for_many_or_for_several_units),
		cmocka_unit_test(one_can_be_asked_for_within_a_week_and_nobody_is_a_group_alone),
		cmocka_unit_test(who_is_protected_is_called_by_number_or_by_title_and_unit),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
