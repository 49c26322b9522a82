#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "haven/offers/offers.h"
#include "haven/offers/offers.h"
#include "haven/offers/offers_rules.h"

#define HOUR 3600

static struct instant at(const char *text)
{
	struct instant t;
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static void is_at(struct instant t, const char *text)
{
	char got[21], want[21];
	instant_text(t, got);
	instant_text(at(text), want);
	assert_string_equal(got, want);
}

static bool is_night(struct instant t)
{
	int hour = instant_wall(t).hour;
	return hour >= 21 || hour < 9;
}

static void a_serious_one_is_reached_within_a_day_and_a_light_one_the_next_day_at_two(void **state)
{
	(void)state;
	is_at(offers_first_deadline(3, at("2026-11-18T13:20")), "2026-11-19T13:20");
	is_at(offers_first_deadline(2, at("2026-11-18T13:20")), "2026-11-19T13:20");
	is_at(offers_first_deadline(1, at("2026-11-18T13:20")), "2026-11-19T14:00");
	is_at(offers_first_deadline(1, at("2026-11-18T23:59:59")), "2026-11-19T14:00");
	is_at(offers_first_deadline(1, at("2026-11-19T00:00")), "2026-11-20T14:00");
}

static void nobody_is_called_at_night_and_a_day_stays_the_most(void **state)
{
	(void)state;
	is_at(offers_first_deadline(3, at("2026-11-18T22:40")), "2026-11-19T20:00");
	is_at(offers_first_deadline(3, at("2026-11-19T00:00")), "2026-11-19T20:00");
	is_at(offers_first_deadline(3, at("2026-11-19T08:59")), "2026-11-19T20:00");
	is_at(offers_first_deadline(3, at("2026-11-19T09:00")), "2026-11-20T09:00");
	is_at(offers_first_deadline(3, at("2026-11-19T20:59")), "2026-11-20T20:59");
	is_at(offers_first_deadline(3, at("2026-11-19T21:00")), "2026-11-20T20:00");
}

/* Every hour of a year and a bit, clock changes included. */
static void whatever_the_hour_the_deadline_is_by_day_and_within_a_day(void **state)
{
	struct instant from = at("2026-01-01T00:00Z");
	(void)state;
	for (int i = 0; i < 400 * 24 * 2; i++) {
		struct instant now = instant_add(from, i * (int64_t)HOUR / 2);
		for (int severity = 1; severity <= 3; severity++) {
			struct instant due = offers_first_deadline(severity, now);
			assert_false(is_night(due));
			assert_true(due.s >= now.s + HOUR);
			assert_true(due.s <= now.s + (severity > 1 ? 24 : 39) * HOUR);
		}
	}
}

static void an_hour_that_the_clocks_skip_or_repeat_is_no_trap(void **state)
{
	(void)state;
	/* 29 March 2026: 02:00 becomes 03:00. A day is 24 elapsed hours, so the wall shows one more. */
	is_at(offers_first_deadline(3, at("2026-03-28T12:00")), "2026-03-29T13:00");
	/* 25 October 2026: 03:00 becomes 02:00. */
	is_at(offers_first_deadline(3, at("2026-10-24T12:00")), "2026-10-25T11:00");
	is_at(offers_first_deadline(3, at("2026-10-24T09:30")), "2026-10-24T20:00");
	is_at(offers_first_deadline(3, at("2026-03-28T20:30")), "2026-03-29T20:00");
	is_at(offers_first_deadline(1, at("2026-03-28T23:30")), "2026-03-29T14:00");
}

static void the_next_one_has_four_hours_or_the_old_deadline_and_never_a_night(void **state)
{
	(void)state;
	struct instant old = at("2026-11-19T14:00");
	is_at(offers_next_deadline(old, at("2026-11-19T08:00")), "2026-11-19T14:00");
	is_at(offers_next_deadline(old, at("2026-11-19T12:00")), "2026-11-19T16:00");
	is_at(offers_next_deadline(old, at("2026-11-19T14:00")), "2026-11-19T18:00");
	is_at(offers_next_deadline(old, at("2026-11-19T17:30")), "2026-11-20T10:00");
	is_at(offers_next_deadline(old, at("2026-11-20T02:00")), "2026-11-20T10:00");
	is_at(offers_next_deadline(old, at("2026-11-20T05:00")), "2026-11-20T09:00");
}

static void touches_come_by_day_and_within_their_bounds_whatever_the_hour(void **state)
{
	struct instant from = at("2026-01-01T00:00Z");
	(void)state;
	for (int i = 0; i < 400 * 24; i++) {
		struct instant now = instant_add(from, (int64_t)i * HOUR);
		struct instant second = offers_second_touch(now), check = offers_check(now);
		assert_int_equal(instant_wall(second).hour, 10);
		assert_int_equal(instant_wall(check).hour, 10);
		assert_true(second.s >= now.s + 48 * HOUR && second.s <= now.s + 96 * HOUR);
		assert_true(check.s >= now.s + 21 * 24 * HOUR && check.s <= now.s + 35 * 24 * HOUR);
	}
}

static void an_incident_closes_at_three_on_its_last_deadlines_day(void **state)
{
	struct day registered = instant_day(at("2026-11-18T12:00"));
	(void)state;
	is_at(offers_close(at("2026-11-19T13:20"), registered), "2026-11-19T15:00");
	is_at(offers_close(at("2026-11-19T14:00"), registered), "2026-11-19T15:00");
	is_at(offers_close(at("2026-11-19T14:01"), registered), "2026-11-20T15:00");
	is_at(offers_close(at("2026-11-19T20:00"), registered), "2026-11-20T15:00");
	is_at(offers_close(at("2026-11-30T20:00"), registered), "2026-11-23T15:00"); /* the fifth day at the latest */
	is_at(offers_next_morning(at("2026-11-20T08:59")), "2026-11-20T09:00");
	is_at(offers_next_morning(at("2026-11-20T09:00")), "2026-11-21T09:00");
	is_at(offers_next_morning(at("2026-10-24T23:30")), "2026-10-25T09:00"); /* the night of 25 hours */
}

static void the_ring_has_room_for_everybody_who_was_written_to(void **state)
{
	(void)state;
	static const struct {
		int64_t mailed;
		int slots;
	} want[] = { { 0, 8 }, { 1, 16 }, { 8, 16 }, { 9, 24 }, { 56, 64 }, { 57, 72 }, { 64, 72 }, { 65, 80 },
		     { 96, 80 }, { 97, 88 }, { 1000, 312 } };
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(offers_ring_slots(want[i].mailed), want[i].slots);
	for (int64_t m = 0; m <= 5000; m++) {
		int slots = offers_ring_slots(m);
		assert_int_equal(slots % 8, 0);
		assert_true(slots >= (m <= 64 ? 8 + m : 72 + (m - 64) / 4));
		assert_true(slots <= offers_ring_slots(m + 1));
	}
}

enum { MAIL_WAY = OFFERS_BY_MAIL, SMS_WAY = OFFERS_BY_SMS, BOTH = OFFERS_BY_MAIL | OFFERS_BY_SMS };
#define NO_MAIL OFFERS_FAILED(OFFERS_BY_MAIL)
#define NO_SMS OFFERS_FAILED(OFFERS_BY_SMS)

static void a_message_takes_the_best_way_that_is_open(void **state)
{
	static const struct {
		unsigned have, ways;
		bool quiet, urgent;
		enum offers_way way;
	} cases[] = {
		{ 0, 0, false, false, OFFERS_NO_WAY },
		{ MAIL_WAY, 0, false, false, OFFERS_BY_MAIL },
		{ SMS_WAY, 0, false, false, OFFERS_BY_SMS },
		{ BOTH, 0, false, false, OFFERS_BY_SMS },
		{ BOTH, 0, false, true, OFFERS_BY_SMS },
		{ BOTH, 0, true, false, OFFERS_BY_SMS }, /* waits until the morning */
		{ BOTH, 0, true, true, OFFERS_BY_MAIL },
		{ SMS_WAY, 0, true, true, OFFERS_BY_SMS },
		{ BOTH, NO_SMS, false, false, OFFERS_BY_MAIL },
		{ BOTH, NO_MAIL, true, true, OFFERS_BY_SMS },
		{ BOTH, NO_SMS | NO_MAIL, false, false, OFFERS_BY_SMS }, /* tried all the same */
		{ MAIL_WAY, NO_SMS | NO_MAIL, false, false, OFFERS_BY_MAIL },
		{ SMS_WAY, NO_SMS, false, false, OFFERS_BY_SMS },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (offers_way(cases[i].have, cases[i].ways, cases[i].quiet, cases[i].urgent) != cases[i].way)
			fail_msg("case %zu", i);
}

static void the_other_way_is_tried_once(void **state)
{
	static const struct {
		unsigned have, ways;
		bool first;
		enum offers_way other;
		bool unsendable; /* if nothing else is put */
	} cases[] = {
		{ BOTH, SMS_WAY | NO_SMS, true, OFFERS_BY_MAIL, true },
		{ BOTH, MAIL_WAY | NO_MAIL, true, OFFERS_BY_SMS, true },
		{ BOTH, BOTH | NO_SMS, true, OFFERS_NO_WAY, false }, /* the mail has gone already */
		{ BOTH, BOTH | NO_SMS | NO_MAIL, true, OFFERS_NO_WAY, true },
		{ SMS_WAY, SMS_WAY | NO_SMS, true, OFFERS_NO_WAY, true },
		{ BOTH, SMS_WAY, true, OFFERS_BY_MAIL, false }, /* no report has come */
		{ BOTH, SMS_WAY | NO_SMS, false, OFFERS_BY_MAIL, true },
		{ BOTH, BOTH | NO_SMS, false, OFFERS_BY_MAIL, false },
		{ BOTH, BOTH | NO_SMS | NO_MAIL, false, OFFERS_NO_WAY, true },
		{ 0, 0, true, OFFERS_NO_WAY, true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (offers_other_way(cases[i].have, cases[i].ways, cases[i].first) != cases[i].other)
			fail_msg("case %zu", i);
		if (offers_unsendable(cases[i].ways) != cases[i].unsendable)
			fail_msg("case %zu: unsendable", i);
	}
}

/* Whether the tasks made on these days send, one letter each. */
static void sends(const char *want, const int *days, int within)
{
	struct day made[8];
	size_t n = strlen(want);
	for (size_t i = 0; i < n; i++)
		made[i].n = 20000 + days[i];
	for (size_t i = 0; i < n; i++)
		if (offers_touch_stands(made, n, i, within) != (want[i] == 'y'))
			fail_msg("%s: %zu", want, i);
}

static void of_two_messages_that_look_alike_within_days_the_newer_comes(void **state)
{
	(void)state;
	sends("y", (int[]){ 0 }, 3);
	sends("ny", (int[]){ 0, 0 }, 3);
	sends("ny", (int[]){ 0, 3 }, 3);
	sends("yy", (int[]){ 0, 4 }, 3);
	sends("ny", (int[]){ 0, 7 }, 7);
	sends("yy", (int[]){ 0, 8 }, 7);
	/* Each has one that sends within seven days after it: nobody waits longer, however many follow each other. */
	sends("yny", (int[]){ 0, 6, 12 }, 7);
	sends("nynny", (int[]){ 0, 5, 10, 14, 15 }, 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_serious_one_is_reached_within_a_day_and_a_light_one_the_next_day_at_two),
		cmocka_unit_test(nobody_is_called_at_night_and_a_day_stays_the_most),
		cmocka_unit_test(whatever_the_hour_the_deadline_is_by_day_and_within_a_day),
		cmocka_unit_test(an_hour_that_the_clocks_skip_or_repeat_is_no_trap),
		cmocka_unit_test(the_next_one_has_four_hours_or_the_old_deadline_and_never_a_night),
		cmocka_unit_test(touches_come_by_day_and_within_their_bounds_whatever_the_hour),
		cmocka_unit_test(an_incident_closes_at_three_on_its_last_deadlines_day),
		cmocka_unit_test(the_ring_has_room_for_everybody_who_was_written_to),
		cmocka_unit_test(a_message_takes_the_best_way_that_is_open),
		cmocka_unit_test(the_other_way_is_tried_once),
		cmocka_unit_test(of_two_messages_that_look_alike_within_days_the_newer_comes),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
