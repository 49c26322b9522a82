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

/* Tasks made on these days, one letter each: "S" is stopped. */
static size_t made_of(struct offers_made *list, const char *tasks, const int *days)
{
	size_t n = strlen(tasks);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct offers_made){ { 20000 + days[i] }, tasks[i] == 'S' };
	return n;
}

static void second(const char *want, const int *days)
{
	struct offers_made list[8];
	size_t n = made_of(list, want, days);
	for (size_t i = 0; i < n; i++)
		if (offers_second_comes(list, n, i) != (want[i] == 'y'))
			fail_msg("%s: %zu", want, i);
}

static void a_second_touch_gives_way_where_a_newer_first_message_has_come(void **state)
{
	(void)state;
	second("y", (int[]){ 0 });
	second("ny", (int[]){ 0, 0 });
	second("ny", (int[]){ 0, 3 });
	second("yy", (int[]){ 0, 4 });
	second("nny", (int[]){ 0, 3, 6 });
	second("nynny", (int[]){ 0, 2, 6, 8, 8 });
}

/* Each in its turn, four weeks after it was made, knowing what has gone out by then; "S" is stopped from the first. */
static void checks(const char *want, const char *tasks, const int *days)
{
	struct offers_made list[8];
	size_t n = made_of(list, tasks, days);
	struct day last = { 0 };
	for (size_t i = 0; i < n; i++) {
		size_t known = i + 1;
		while (known < n && list[known].made.n <= list[i].made.n + 28)
			known++;
		bool comes = !list[i].stopped && offers_check_comes(list, known, i, last);
		if (comes)
			last.n = list[i].made.n + 28;
		if (comes != (want[i] == 'y'))
			fail_msg("%s: %zu", want, i);
	}
}

static void the_oldest_check_of_a_chain_comes_and_then_the_next_that_it_does_not_cover(void **state)
{
	(void)state;
	checks("y", "a", (int[]){ 0 });
	checks("yn", "aa", (int[]){ 0, 0 });
	checks("yn", "aa", (int[]){ 0, 7 });
	checks("yy", "aa", (int[]){ 0, 8 });
	checks("yny", "aaa", (int[]){ 0, 6, 12 });
	checks("ynyny", "aaaaa", (int[]){ 0, 7, 14, 21, 28 });
	checks("ynynny", "aaaaaa", (int[]){ 0, 5, 10, 14, 15, 18 });
	/* A stopped one comes for nobody: what it would have covered comes itself. */
	checks("ny", "Sa", (int[]){ 0, 5 });
	checks("nyn", "Saa", (int[]){ 0, 5, 10 });
	/* "No more will come": not under an older one's name, either. */
	checks("nn", "aS", (int[]){ 0, 5 });
	checks("yn", "aS", (int[]){ 0, 8 });
	checks("nny", "aSa", (int[]){ 0, 5, 10 });
	/* A late one, after an outage, covers what was made since. */
	struct offers_made two[2];
	size_t n = made_of(two, "aa", (int[]){ 0, 12 });
	assert_false(offers_check_comes(two, n, 1, (struct day){ 20000 + 33 }));
	assert_true(offers_check_comes(two, n, 1, (struct day){ 20000 + 32 }));
}

/* ---- any series of incidents ---- */

struct series {
	struct offers_made list[40];
	int stopped_on[40]; /* a day; 0: never */
	int sent_on[40];    /* her check; 0: it gave way */
	size_t n;
};

static uint32_t drawn(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

static struct series series_of(uint64_t seed)
{
	struct series s = { .n = 1 + drawn(&seed, ARRAY_LEN(s.list)) };
	int most = 2 + (int)drawn(&seed, 12), day = 20000;
	bool some_stop = drawn(&seed, 2);
	for (size_t i = 0; i < s.n; i++) {
		s.list[i].made.n = day;
		if (some_stop && drawn(&seed, 5) == 0)
			s.stopped_on[i] = day + (int)drawn(&seed, 32);
		day += (int)drawn(&seed, (uint32_t)most);
	}
	return s;
}

/* As the job does it four weeks after each: it knows what was made and stopped by then, less what has been kept long enough, and of
   what was sent that whose link still opens. */
static void run_series(struct series *s)
{
	for (size_t at = 0; at < s->n; at++) {
		int today = s->list[at].made.n + 28;
		struct day last = { 0 };
		size_t from = 0, known = 0;
		while (s->list[from].made.n < today - OFFERS_CLOSED_DAYS)
			from++;
		for (; known < s->n && s->list[known].made.n <= today; known++)
			s->list[known].stopped = s->stopped_on[known] && s->stopped_on[known] < today;
		for (size_t i = 0; i < at; i++)
			if (s->sent_on[i] > last.n && s->sent_on[i] + OFFERS_LINK_DAYS >= today)
				last.n = s->sent_on[i];
		if (!s->list[at].stopped && offers_check_comes(s->list + from, known - from, at - from, last))
			s->sent_on[at] = today;
	}
}

/* She has stopped this one's, or those of one that its check would have stood for too. */
static bool was_stopped(const struct series *s, size_t at)
{
	int due = s->list[at].made.n + 28;
	for (size_t i = at; i < s->n && s->list[i].made.n <= s->list[at].made.n + OFFERS_CHECK_ALIKE; i++)
		if (s->stopped_on[i] && s->stopped_on[i] < due)
			return true;
	return false;
}

static void whatever_the_chain_each_incident_has_a_check_in_its_time_and_no_two_come_close(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct series s = series_of(seed);
		run_series(&s);
		int before = 0;
		for (size_t i = 0; i < s.n; i++) {
			bool covered = false;
			for (size_t k = 0; k < s.n; k++)
				covered |= s.sent_on[k] >= s.list[i].made.n + 21 && s.sent_on[k] <= s.list[i].made.n + 35;
			if (!covered && !was_stopped(&s, i))
				fail_msg("seed %d: the incident of day %d has no check", (int)seed, s.list[i].made.n);
			if (!s.sent_on[i])
				continue;
			if (s.stopped_on[i] && s.stopped_on[i] < s.sent_on[i])
				fail_msg("seed %d: a check came that was stopped", (int)seed);
			if (before && s.sent_on[i] - before <= OFFERS_CHECK_ALIKE)
				fail_msg("seed %d: checks on days %d and %d", (int)seed, before, s.sent_on[i]);
			before = s.sent_on[i];
		}
	}
}

/* A first message comes on the day itself, a second one on the third day after. */
static void whatever_the_chain_each_incident_has_a_message_two_to_four_days_later(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct series s = series_of(seed);
		bool sends[ARRAY_LEN(s.list)];
		for (size_t at = 0; at < s.n; at++) {
			size_t known = at + 1;
			while (known < s.n && s.list[known].made.n <= s.list[at].made.n + 3)
				known++;
			sends[at] = offers_second_comes(s.list, known, at);
			for (size_t i = 0; i < at; i++)
				if (sends[at] && sends[i] && s.list[at].made.n - s.list[i].made.n <= OFFERS_SECOND_ALIKE)
					fail_msg("seed %d: two second touches within three days", (int)seed);
		}
		for (size_t at = 0; at < s.n; at++) {
			bool has = false;
			for (size_t i = 0; i < s.n; i++) {
				int first = s.list[i].made.n - s.list[at].made.n;
				has |= (first >= 2 && first <= 4) || (sends[i] && first >= -1 && first <= 1);
			}
			if (!has)
				fail_msg("seed %d: nothing comes after day %d", (int)seed, s.list[at].made.n);
		}
	}
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
		cmocka_unit_test(a_second_touch_gives_way_where_a_newer_first_message_has_come),
		cmocka_unit_test(the_oldest_check_of_a_chain_comes_and_then_the_next_that_it_does_not_cover),
		cmocka_unit_test(whatever_the_chain_each_incident_has_a_check_in_its_time_and_no_two_come_close),
		cmocka_unit_test(whatever_the_chain_each_incident_has_a_message_two_to_four_days_later),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
