#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "haven/matching/matching_rules.h"

#define NB 1u
#define SV 2u
#define EN 8u

static struct instant at(const char *text)
{
	struct instant t = { 0 };
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static struct day date(const char *text)
{
	return instant_day(at(text));
}

static struct id named(unsigned char n)
{
	return (struct id){ { n } };
}

enum { MON, TUE, WED, THU, FRI, SAT, SUN };

static struct matching_window window(int weekday, int hour, int minutes, bool standby)
{
	return (struct matching_window){ weekday * 1440 + hour * 60, minutes, standby };
}

/* A supporter and a person between whom nothing stands, with room to change anything. */
struct scene {
	struct matching_settings set;
	struct matching_run run;
	struct matching_supporter who;
	struct matching_exposure to;
	struct matching_window windows[MATCHING_WINDOWS_MOST];
	struct matching_load loads[40];
	struct id ids[4];
};

static void scene_make(struct scene *s)
{
	*s = (struct scene){
	    .set = matching_defaults(),
	    .run = {.incident = named(200),
		    .now = at("2026-11-18T10:00"),
		    .deadline = at("2026-11-19T10:00")},
	    .who = {.id = named(1),
		    .person = named(101),
		    .interview = date("2026-01-10T12:00"),
		    .training = date("2026-02-10T12:00"),
		    .knowledge_check = date("2026-02-11T12:00"),
		    .accredited_until = date("2028-02-11T12:00"),
		    .has_key = true,
		    .languages = NB | EN,
		    .unit = -1},
	    .to = {.id = named(50), .person = named(150), .language = NB, .languages = NB, .unit = -1},
	};
	s->windows[0] = window(WED, 12, 240, false);
	s->who.windows = s->windows;
	s->who.windows_n = 1;
	s->who.loads = s->loads;
	s->run.excluded = s->ids;
	s->to.not_these = s->ids + 1;
	s->to.passed = s->ids + 2;
}

static void load(struct scene *s, size_t n, const char *when, bool request)
{
	for (size_t i = 0; i < n; i++)
		s->loads[s->who.loads_n++] = (struct matching_load){at(when), request};
}

#define CHANGE(name, ...)                                                                                    \
	static void name(struct scene *s)                                                                    \
	{                                                                                                    \
		(void)s;                                                                                     \
		__VA_ARGS__;                                                                                 \
	}

/* Each reason: a scene in which it alone holds, and its nearest twin in which nothing does. */
CHANGE(left, s->who.left = true)
CHANGE(paused, s->who.paused = true)
CHANGE(no_interview, s->who.interview.n = 0)
CHANGE(interview_tomorrow, s->who.interview = date("2026-11-19T00:00"))
CHANGE(interview_today, s->who.interview = date("2026-11-18T23:59"))
CHANGE(no_training, s->who.training.n = 0)
CHANGE(training_tomorrow, s->who.training = date("2026-11-19T00:00"))
CHANGE(training_today, s->who.training = date("2026-11-18T00:00"))
CHANGE(no_check, s->who.knowledge_check.n = 0)
CHANGE(check_tomorrow, s->who.knowledge_check = date("2026-11-19T00:00"))
CHANGE(check_today, s->who.knowledge_check = date("2026-11-18T00:00"))
CHANGE(never_accredited, s->who.accredited_until.n = 0)
CHANGE(accredited_until_the_day_before, s->who.accredited_until = date("2026-11-18T23:59"))
CHANGE(accredited_until_the_deadlines_day, s->who.accredited_until = date("2026-11-19T00:00"))
CHANGE(no_key, s->who.has_key = false)
CHANGE(leads, s->who.leads_staff = true)
CHANGE(full, s->who.full = true)
CHANGE(five_today, load(s, 5, "2026-11-18T00:00", false))
CHANGE(four_today, load(s, 4, "2026-11-18T09:00", false))
CHANGE(five_yesterday, load(s, 5, "2026-11-17T23:59", false))
CHANGE(five_requests_today, load(s, 5, "2026-11-18T09:00", true))
CHANGE(six_in_the_flat, load(s, 3, "2026-10-22T00:00", true); load(s, 3, "2026-11-17T09:00", false))
CHANGE(five_and_one_just_gone, load(s, 5, "2026-10-22T00:00", true); load(s, 1, "2026-10-21T23:59", false))
CHANGE(no_window, s->who.windows_n = 0)
CHANGE(window_after_the_deadline, s->windows[0] = window(THU, 10, 600, false))
CHANGE(window_a_minute_short, s->windows[0] = (struct matching_window){ WED * 1440 + 540, 89, false })
CHANGE(window_just_enough, s->windows[0] = (struct matching_window){ WED * 1440 + 540, 90, false })
CHANGE(deadline_a_minute_early, s->run.deadline = at("2026-11-18T12:29"))
CHANGE(deadline_just_enough, s->run.deadline = at("2026-11-18T12:30"))
CHANGE(window_at_night, s->windows[0] = window(WED, 22, 540, true))
CHANGE(window_into_the_morning, s->windows[0] = window(WED, 22, 690, true))
CHANGE(not_before_the_window_ends, s->run.from = at("2026-11-18T15:31"))
CHANGE(not_before_its_last_half_hour, s->run.from = at("2026-11-18T15:30"))
CHANGE(from_in_the_past, s->run.from = at("2026-11-01T10:00"); s->windows[0] = window(WED, 10, 30, false))
CHANGE(on_duty_since_the_evening,
       s->windows[0] = window(TUE, 22, 720 + 29, false);
       s->run.now = at("2026-11-18T09:31"))
CHANGE(on_duty_but_just_short,
       s->windows[0] = window(TUE, 22, 720 + 29, false);
       s->run.now = at("2026-11-18T09:30"))
CHANGE(ten_hours_off,
       s->windows[0] = window(WED, 12, 240, false);
       s->windows[1] = window(TUE, 14, 719, false);
       s->who.windows_n = 2)
CHANGE(eleven_hours_off,
       s->windows[0] = window(WED, 13, 240, false);
       s->windows[1] = window(TUE, 14, 720, false);
       s->who.windows_n = 2)
CHANGE(affected, s->ids[0] = named(101); s->run.excluded_n = 1)
CHANGE(another_affected, s->ids[0] = named(1); s->run.excluded_n = 1)
CHANGE(herself, s->to.person = named(101))
CHANGE(both_outside, s->to.person = s->who.person = (struct id){ { 0 } })
CHANGE(not_this_one, s->ids[1] = named(1); s->to.not_these_n = 1)
CHANGE(not_another, s->ids[1] = named(2); s->to.not_these_n = 1)
CHANGE(passed, s->ids[2] = named(1); s->to.passed_n = 1)
CHANGE(another_passed, s->ids[2] = named(3); s->to.passed_n = 1)
CHANGE(no_language, s->to.language = s->to.languages = SV)
CHANGE(second_language, s->to.language = SV; s->to.languages = SV | EN)
CHANGE(unknown_language, s->to.language = s->to.languages = 0)
CHANGE(unknown_language_elsewhere, unknown_language(s); s->set.languages = SV)
CHANGE(nothing, )

static const struct {
	enum matching_reason reason;
	void (*breaks)(struct scene *), (*twin)(struct scene *);
} table[] = {
	{ MATCHING_LEFT, left, nothing },
	{ MATCHING_PAUSED, paused, nothing },
	{ MATCHING_NO_INTERVIEW, no_interview, nothing },
	{ MATCHING_NO_INTERVIEW, interview_tomorrow, interview_today },
	{ MATCHING_NO_TRAINING, no_training, nothing },
	{ MATCHING_NO_TRAINING, training_tomorrow, training_today },
	{ MATCHING_NO_KNOWLEDGE_CHECK, no_check, nothing },
	{ MATCHING_NO_KNOWLEDGE_CHECK, check_tomorrow, check_today },
	{ MATCHING_NOT_ACCREDITED, never_accredited, nothing },
	{ MATCHING_NOT_ACCREDITED, accredited_until_the_day_before, accredited_until_the_deadlines_day },
	{ MATCHING_NO_KEY, no_key, nothing },
	{ MATCHING_LEADS_STAFF, leads, nothing },
	{ MATCHING_FULL, full, nothing },
	{ MATCHING_NO_ROOM_TODAY, five_today, four_today },
	{ MATCHING_NO_ROOM_TODAY, five_today, five_yesterday },
	{ MATCHING_NO_ROOM_TODAY, five_today, five_requests_today },
	{ MATCHING_NO_ROOM, six_in_the_flat, five_and_one_just_gone },
	{ MATCHING_NOT_IN_TIME, no_window, nothing },
	{ MATCHING_NOT_IN_TIME, window_after_the_deadline, nothing },
	{ MATCHING_NOT_IN_TIME, window_a_minute_short, window_just_enough },
	{ MATCHING_NOT_IN_TIME, deadline_a_minute_early, deadline_just_enough },
	{ MATCHING_NOT_IN_TIME, window_at_night, window_into_the_morning },
	{ MATCHING_NOT_IN_TIME, not_before_the_window_ends, not_before_its_last_half_hour },
	{ MATCHING_NOT_IN_TIME, no_window, from_in_the_past },
	{ MATCHING_NOT_RESTED, on_duty_since_the_evening, on_duty_but_just_short },
	{ MATCHING_NOT_RESTED, ten_hours_off, eleven_hours_off },
	{ MATCHING_EXCLUDED, affected, another_affected },
	{ MATCHING_EXCLUDED, herself, both_outside },
	{ MATCHING_NOT_THIS_ONE, not_this_one, not_another },
	{ MATCHING_PASSED, passed, another_passed },
	{ MATCHING_NO_LANGUAGE, no_language, second_language },
	{ MATCHING_NO_LANGUAGE, unknown_language_elsewhere, unknown_language },
};

static uint32_t reasons_after(void (*change)(struct scene *))
{
	struct scene s;
	scene_make(&s);
	change(&s);
	return matching_reasons(&s.set, &s.run, &s.who, &s.to);
}

static void every_reason_excludes_alone_and_its_twin_may_be_sent(void **state)
{
	(void)state;
	uint32_t seen = 0;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		uint32_t broken = reasons_after(table[i].breaks), whole = reasons_after(table[i].twin);
		if (broken != MATCHING_BIT(table[i].reason) || whole != 0)
			fail_msg("row %zu: reasons %x instead of %x, twin %x", i, broken, MATCHING_BIT(table[i].reason), whole);
		seen |= broken;
	}
	assert_int_equal(seen, MATCHING_BIT(MATCHING_REASONS) - 1);
}

static void all_reasons_are_given_together(void **state)
{
	(void)state;
	struct scene s;
	scene_make(&s);
	paused(&s);
	no_key(&s);
	not_this_one(&s);
	assert_int_equal(matching_reasons(&s.set, &s.run, &s.who, &s.to),
			 MATCHING_BIT(MATCHING_PAUSED) | MATCHING_BIT(MATCHING_NO_KEY) |
			     MATCHING_BIT(MATCHING_NOT_THIS_ONE));
}

static void a_zeroed_supporter_may_never_be_sent(void **state)
{
	(void)state;
	struct scene s;
	scene_make(&s);
	struct matching_supporter zero = {0};
	uint32_t no = matching_reasons(&s.set, &s.run, &zero, &s.to);
	for (int r = MATCHING_NO_INTERVIEW; r <= MATCHING_NO_KEY; r++)
		assert_true(no & MATCHING_BIT(r));
}

static void room_is_the_smaller_of_day_and_flat(void **state)
{
	(void)state;
	struct scene s;
	scene_make(&s);
	assert_int_equal(matching_judge(&s.set, &s.run, &s.who).room, 5);
	load(&s, 2, "2026-11-18T09:00", false);
	assert_int_equal(matching_judge(&s.set, &s.run, &s.who).room, 3);
	load(&s, 3, "2026-11-01T09:00", true);
	struct matching_verdict v = matching_judge(&s.set, &s.run, &s.who);
	assert_int_equal(v.room, 1);
	assert_int_equal(v.load, 5);
	full(&s);
	assert_int_equal(matching_judge(&s.set, &s.run, &s.who).room, 0);
}

static enum result first_free(const struct matching_window *w, size_t n, const char *from,
			      const char *deadline, struct instant *first)
{
	struct matching_settings set = matching_defaults();
	set.morning = 0; /* windows and rest alone */
	set.evening = 24;
	return matching_first_free(&set, w, n, at(from), at(deadline), first);
}

static void assert_first(const struct matching_window *w, size_t n, const char *from, const char *deadline,
			 const char *want)
{
	struct instant first = {-1};
	assert_int_equal(first_free(w, n, from, deadline, &first), RES_OK);
	char got[21], wanted[21];
	instant_text(first, got);
	instant_text(at(want), wanted);
	assert_string_equal(got, wanted);
}

static void first_by_day(struct matching_window w, const char *from, const char *deadline, const char *want)
{
	struct matching_settings set = matching_defaults();
	struct instant first = { 0 };
	char got[21] = "", wanted[21] = "";
	assert_int_equal(matching_first_free(&set, &w, 1, at(from), at(deadline), &first), want ? RES_OK : RES_NONE);
	if (!want)
		return;
	instant_text(first, got);
	instant_text(at(want), wanted);
	assert_string_equal(got, wanted);
}

static void nobody_is_sent_to_call_at_night(void **state)
{
	(void)state;
	first_by_day(window(WED, 22, 540, true), "2026-11-18T10:00", "2026-11-25T10:00", NULL); /* 22:00 to 07:00 */
	first_by_day(window(WED, 18, 180, true), "2026-11-18T10:00", "2026-11-19T10:00", "2026-11-18T18:00");
	first_by_day(window(WED, 20, 780, true), "2026-11-18T20:30", "2026-11-19T10:00", "2026-11-18T20:30");
	first_by_day(window(WED, 20, 780, true), "2026-11-18T20:31", "2026-11-25T10:00", NULL); /* ends at 09:00 */
	first_by_day(window(WED, 20, 809, true), "2026-11-18T20:31", "2026-11-25T10:00", NULL);
	first_by_day(window(WED, 20, 810, true), "2026-11-18T20:31", "2026-11-25T10:00", "2026-11-19T09:00");
	first_by_day(window(WED, 20, 780, true), "2026-11-18T20:31", "2026-11-25T20:30", "2026-11-25T20:00");
}

static void a_window_crosses_midnight_and_the_end_of_the_week(void **state)
{
	(void)state;
	const struct matching_window night = window(SUN, 22, 480, false);
	assert_first(&night, 1, "2026-11-15T12:00", "2026-11-17T12:00", "2026-11-15T22:00");
	assert_first(&night, 1, "2026-11-16T03:10", "2026-11-17T12:00", "2026-11-16T03:10");
	assert_first(&night, 1, "2026-11-16T05:30", "2026-11-17T12:00", "2026-11-16T05:30");
	struct instant first;
	assert_int_equal(first_free(&night, 1, "2026-11-16T05:31", "2026-11-17T12:00", &first), RES_NONE);
	assert_first(&night, 1, "2026-11-16T05:31", "2026-11-23T12:00", "2026-11-22T22:00");
}

static void two_windows_end_to_end_are_one_piece(void **state)
{
	(void)state;
	const struct matching_window two[] = {window(WED, 12, 15, false), {WED * 1440 + 735, 15, true}};
	assert_first(two, 2, "2026-11-18T10:00", "2026-11-18T20:00", "2026-11-18T12:00");
	const struct matching_window gap[] = {window(WED, 12, 15, false), {WED * 1440 + 736, 15, true}};
	struct instant first;
	assert_int_equal(first_free(gap, 2, "2026-11-18T10:00", "2026-11-18T20:00", &first), RES_NONE);
}

static void standby_counts_half_and_is_no_rest(void **state)
{
	(void)state;
	/* Thirty hours at home from Tuesday 06:00: twelve hours of duty are used on Wednesday at 06:00. */
	const struct matching_window home = window(TUE, 6, 1800, true);
	assert_first(&home, 1, "2026-11-18T05:30", "2026-11-18T12:00", "2026-11-18T05:30");
	struct instant first;
	assert_int_equal(first_free(&home, 1, "2026-11-18T05:31", "2026-11-18T12:00", &first), RES_REFUSED);
	/* The same on duty ends at 18:00 on Tuesday. */
	const struct matching_window duty = window(TUE, 6, 1800, false);
	assert_first(&duty, 1, "2026-11-17T17:30", "2026-11-18T12:00", "2026-11-17T17:30");
	assert_int_equal(first_free(&duty, 1, "2026-11-17T17:31", "2026-11-18T12:00", &first), RES_REFUSED);
	/* Overlapping windows count once, at the higher rate. */
	const struct matching_window both[] = {window(TUE, 6, 1800, true), window(TUE, 6, 720, false)};
	assert_first(both, 2, "2026-11-17T17:30", "2026-11-18T12:00", "2026-11-17T17:30");
	assert_int_equal(first_free(both, 2, "2026-11-17T17:31", "2026-11-18T12:00", &first), RES_REFUSED);
	/* A window in two pieces is still a window. */
	const struct matching_window pieces[] = {
	    window(TUE, 22, 720, false), window(WED, 10, 15, false), {WED * 1440 + 615, 15, true}};
	assert_int_equal(first_free(pieces, 3, "2026-11-18T10:00", "2026-11-18T12:00", &first), RES_REFUSED);
	/* Standby between two duties is no rest. */
	const struct matching_window between[] = {window(TUE, 6, 660, false), window(TUE, 17, 780, true),
						  window(WED, 6, 360, false)};
	assert_int_equal(first_free(between, 3, "2026-11-18T06:00", "2026-11-18T12:00", &first), RES_REFUSED);
	assert_first(between + 2, 1, "2026-11-18T06:00", "2026-11-18T12:00", "2026-11-18T06:00");
}

static void whoever_is_rostered_round_the_clock_is_not_rested(void **state)
{
	(void)state;
	const struct matching_window always = window(MON, 0, MATCHING_WEEK, true);
	struct instant first;
	assert_int_equal(first_free(&always, 1, "2026-11-18T10:00", "2026-11-25T10:00", &first), RES_REFUSED);
}

static void a_later_window_after_a_rest_is_found(void **state)
{
	(void)state;
	const struct matching_window two[] = {window(TUE, 20, 900, false), window(WED, 22, 120, false)};
	assert_first(two, 2, "2026-11-18T09:00", "2026-11-19T09:00", "2026-11-18T22:00");
}

/* Oslo: 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00. */
static void a_short_night_is_an_hour_less_rest(void **state)
{
	(void)state;
	const struct matching_window w[] = {window(SAT, 9, 720, false), window(SUN, 8, 120, false)};
	struct instant first;
	/* Off from 21:00 to 08:00: eleven hours by the wall, ten in fact. */
	assert_int_equal(first_free(w, 2, "2026-03-28T22:00", "2026-03-29T12:00", &first), RES_REFUSED);
	assert_first(w, 2, "2026-03-21T22:00", "2026-03-22T12:00", "2026-03-22T08:00");
	/* Off from 22:00 to 08:00: ten by the wall, eleven in fact on the long night alone. */
	const struct matching_window v[] = {window(SAT, 10, 720, false), window(SUN, 8, 120, false)};
	assert_first(v, 2, "2026-10-24T22:00", "2026-10-25T12:00", "2026-10-25T08:00");
	assert_int_equal(first_free(v, 2, "2026-10-17T22:00", "2026-10-18T12:00", &first), RES_REFUSED);
}

static void a_long_night_is_an_hour_more_duty(void **state)
{
	(void)state;
	const struct matching_window night = window(SAT, 19, 720, false); /* 19:00 to 07:00 */
	struct instant first;
	assert_first(&night, 1, "2026-10-18T06:30", "2026-10-18T12:00", "2026-10-18T06:30");
	/* Thirteen hours on the long night: twelve are up at 06:00. */
	assert_first(&night, 1, "2026-10-25T05:30", "2026-10-25T12:00", "2026-10-25T05:30");
	assert_int_equal(first_free(&night, 1, "2026-10-25T05:31", "2026-10-25T12:00", &first), RES_REFUSED);
	/* Eleven on the short one: an hour of duty to spare. */
	const struct matching_window longer = window(SAT, 19, 780, false);
	assert_first(&longer, 1, "2026-03-29T07:30", "2026-03-29T12:00", "2026-03-29T07:30");
}

static void a_window_in_the_hour_that_is_skipped_does_not_exist(void **state)
{
	(void)state;
	const struct matching_window skipped = {SUN * 1440 + 150, 30, false}; /* 02:30 to 03:00 */
	struct instant first;
	assert_int_equal(first_free(&skipped, 1, "2026-03-28T12:00", "2026-03-30T12:00", &first), RES_NONE);
	assert_first(&skipped, 1, "2026-03-21T12:00", "2026-03-23T12:00", "2026-03-22T02:30");
}

static void windows_out_of_range_and_far_deadlines_do_no_harm(void **state)
{
	(void)state;
	const struct matching_window bad[] = {{-1, 60, false},
					      {MATCHING_WEEK, 60, false},
					      {0, 0, false},
					      {0, MATCHING_WEEK + 1, false},
					      {INT32_MAX, INT32_MAX, true}};
	struct instant first;
	assert_int_equal(first_free(bad, ARRAY_LEN(bad), "2026-11-18T10:00", "2036-11-18T10:00", &first),
			 RES_NONE);
	struct matching_window many[MATCHING_WINDOWS_MOST];
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct matching_window){(int)i * 240, 20, false};
	assert_int_equal(first_free(many, ARRAY_LEN(many), "2026-11-18T10:00", "2036-11-18T10:00", &first),
			 RES_NONE);
	assert_int_equal(first_free(many, 0, "2026-11-18T10:00", "2026-11-18T09:00", &first), RES_NONE);
}

static void settings_out_of_range_are_refused(void **state)
{
	(void)state;
	struct matching_settings set = matching_defaults();
	assert_int_equal(matching_settings_check(&set), RES_OK);
	set.contact_minutes = 0;
	assert_int_equal(matching_settings_check(&set), RES_BAD);
	set = matching_defaults();
	set.cost_unit[3] = -1;
	assert_int_equal(matching_settings_check(&set), RES_BAD);
	set = matching_defaults();
	set.standby_percent = 101;
	assert_int_equal(matching_settings_check(&set), RES_BAD);
	set = matching_defaults();
	set.evening = set.morning;
	assert_int_equal(matching_settings_check(&set), RES_BAD);
	set = matching_defaults();
	set.languages = 0;
	assert_int_equal(matching_settings_check(&set), RES_BAD);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason_excludes_alone_and_its_twin_may_be_sent),
	    cmocka_unit_test(all_reasons_are_given_together),
	    cmocka_unit_test(a_zeroed_supporter_may_never_be_sent),
	    cmocka_unit_test(room_is_the_smaller_of_day_and_flat),
	    cmocka_unit_test(nobody_is_sent_to_call_at_night),
	    cmocka_unit_test(a_window_crosses_midnight_and_the_end_of_the_week),
	    cmocka_unit_test(two_windows_end_to_end_are_one_piece),
	    cmocka_unit_test(standby_counts_half_and_is_no_rest),
	    cmocka_unit_test(whoever_is_rostered_round_the_clock_is_not_rested),
	    cmocka_unit_test(a_later_window_after_a_rest_is_found),
	    cmocka_unit_test(a_short_night_is_an_hour_less_rest),
	    cmocka_unit_test(a_long_night_is_an_hour_more_duty),
	    cmocka_unit_test(a_window_in_the_hour_that_is_skipped_does_not_exist),
	    cmocka_unit_test(windows_out_of_range_and_far_deadlines_do_no_harm),
	    cmocka_unit_test(settings_out_of_range_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
