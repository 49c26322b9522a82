/* Who is preferred, how the load spreads, and what is left when there are too few. */
#include "haven/matching/matching_town.h"

/* One person and two supporters; the better one wins from either place. */
static void assert_better(void (*better)(struct town *, struct matching_supporter *),
			  void (*worse)(struct town *, struct matching_supporter *))
{
	for (int first = 0; first < 2; first++) {
		struct town *t = town_open(1, 2);
		better(t, &t->supporters[first]);
		worse(t, &t->supporters[!first]);
		assign(t);
		assert_int_equal(assigned(t, 0), first);
		assert_int_equal(who(t, &t->answer.tasks[0].by[MATCHING_FIRST_STAND_IN]), !first);
		assert_int_equal(who(t, &t->answer.tasks[0].by[MATCHING_SECOND_STAND_IN]), -1);
		town_close(t);
	}
}

#define CHANGE(name, ...)                                                                                    \
	static void name(struct town *t, struct matching_supporter *s)                                       \
	{                                                                                                    \
		(void)t;                                                                                     \
		(void)s;                                                                                     \
		__VA_ARGS__;                                                                                 \
	}
CHANGE(as_is, )
CHANGE(other_profession, s->profession = 2)
CHANGE(unknown_profession, s->profession = 0)
CHANGE(next_level, s->level = 4)
CHANGE(far_level, s->level = 30)
CHANGE(both_unknown, t->exposures[0].profession = 0; s->profession = 0; s->level = 4)
CHANGE(same_unit, s->unit = WARD_3)
CHANGE(one_step_away, s->unit = CLINIC_1)
CHANGE(far_unit, s->unit = WARD_5)
CHANGE(other_clinic, s->unit = CLINIC_2)
CHANGE(elsewhere, s->unit = ELSEWHERE)
CHANGE(second_language, t->exposures[0].languages = NB | EN; s->languages = EN)
CHANGE(free_tomorrow, s->windows = tomorrow; s->windows_n = 1)
CHANGE(one_task, s->loads = t->loads; s->loads_n = 1)
CHANGE(five_tasks, s->loads = t->loads; s->loads_n = 5)
CHANGE(worst_but_profession, s->level = 30; s->unit = WARD_3; s->windows = tomorrow; s->windows_n = 1)

static void same_profession_first_then_level_and_another_unit(void **state)
{
	(void)state;
	assert_better(as_is, other_profession);
	assert_better(as_is, unknown_profession);
	assert_better(as_is, both_unknown); /* nobody's profession is no match */
	assert_better(worst_but_profession, other_profession);
	assert_better(as_is, next_level);
	assert_better(next_level, far_level);
	assert_better(far_level, other_profession);
	assert_better(as_is, same_unit);
	assert_better(as_is, one_step_away);
	assert_better(one_step_away, same_unit);
	assert_better(elsewhere, same_unit);
	assert_better(as_is, far_unit);
	assert_better(other_clinic, elsewhere);
}

static void language_load_and_the_first_hour_weigh_too(void **state)
{
	(void)state;
	assert_better(as_is, second_language);
	assert_better(as_is, free_tomorrow);
	assert_better(as_is, one_task);
	assert_better(one_task, next_level);
	assert_better(next_level, five_tasks);
	assert_better(five_tasks, other_profession);
}

static void steps_in_the_unit_tree(void **state)
{
	(void)state;
	static const int32_t cases[][3] = {{WARD_3, WARD_3, 0},   {WARD_3, CLINIC_1, 1},  {WARD_3, WARD_4, 2},
					   {WARD_3, CLINIC_2, 3}, {WARD_3, WARD_5, 4},    {TRUST, WARD_5, 2},
					   {TRUST, ELSEWHERE, 2}, {WARD_3, ELSEWHERE, 4}, {-1, WARD_3, -1}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(matching_unit_steps(parents, cases[i][0], cases[i][1]), cases[i][2]);
		assert_int_equal(matching_unit_steps(parents, cases[i][1], cases[i][0]), cases[i][2]);
	}
}

static void equals_share_equally_and_so_do_their_stand_ins(void **state)
{
	(void)state;
	for (size_t people = 1; people <= 50; people++) {
		struct town *t = town_open(people, 10);
		assign(t);
		for (int rank = 0; rank < MATCHING_RANKS; rank++) {
			/* Places to stand in need room left; at fifty nobody has any. */
			int all = people == 50 && rank ? 0 : (int)people, sum = 0;
			for (int s = 0; s < 10; s++) {
				int n = places(t, s, rank);
				sum += n;
				if (rank == 0)
					assert_in_range(n, all / 10, (all + 9) / 10);
			}
			if (people <= 40)
				assert_int_equal(sum, all);
		}
		/* Assigned and both kinds of stand-in together, while all have room. */
		for (int s = 0; s < 10 && people <= 40; s++) {
			int n = places(t, s, 0) + places(t, s, 1) + places(t, s, 2);
			assert_in_range(n, 3 * (int)people / 10, (3 * (int)people + 9) / 10);
		}
		town_close(t);
	}
}

static void nobody_gets_two_while_one_just_as_good_has_none(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		struct town *t = town_open(7, 12);
		t->f.run.incident = named('i', (size_t)i);
		for (int s = 0; s < 12; s++)
			t->supporters[s].profession = 1 + s % 3;
		for (int e = 0; e < 7; e++)
			t->exposures[e].profession = 1 + e % 3;
		assign(t);
		for (int s = 0; s < 12; s++) {
			assert_true(places(t, s, 0) <= 1);
		}
		for (size_t e = 0; e < 7; e++)
			assert_int_equal(t->supporters[assigned(t, e)].profession,
					 t->exposures[e].profession);
		town_close(t);
	}
}

/* Whom the one served first would like best is the only one for the other. */
static void all_are_assigned_together(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct town *t = town_open(2, 2);
		t->f.settings.day_most = 1;
		t->exposures[first].language = t->exposures[first].languages = SV;
		t->supporters[0].languages = NB | SV;
		t->supporters[1].profession = 2; /* worse for both */
		assign(t);
		assert_int_equal(t->answer.without_n, 0);
		assert_int_equal(assigned(t, (size_t)first), 0);
		assert_int_equal(assigned(t, (size_t)!first), 1);
		town_close(t);
	}
}

static void too_few_supporters_are_counted(void **state)
{
	(void)state;
	struct town *t = town_open(14, 1);
	t->exposures[13].language = t->exposures[13].languages = SV;
	assign(t);
	assert_int_equal(places(t, 0, MATCHING_ASSIGNED), 5);
	assert_int_equal(t->answer.without_n, 9);
	assert_int_equal(t->answer.without_anybody_n, 1);
	assert_int_equal(t->answer.supporters_missing, 2);
	assert_true(id_eq(&t->answer.without[8], &t->exposures[13].id));
	for (size_t i = 0; i < t->answer.without_n; i++)
		for (size_t e = 0; e < 14; e++)
			if (id_eq(&t->answer.without[i], &t->exposures[e].id))
				assert_int_equal(assigned(t, e), -1);
	town_close(t);

	t = town_open(3, 0);
	assign(t);
	assert_int_equal(t->answer.without_n, 3);
	assert_int_equal(t->answer.without_anybody_n, 3);
	assert_int_equal(t->answer.supporters_missing, 1);
	town_close(t);

	t = town_open(5, 1);
	assign(t);
	assert_int_equal(t->answer.without_n, 0);
	assert_int_equal(t->answer.supporters_missing, 0);
	town_close(t);

	t = town_open(0, 3);
	assign(t);
	assert_int_equal(t->answer.without_n, 0);
	town_close(t);
}

static void whoever_has_just_room_for_her_tasks_stands_in_for_nobody(void **state)
{
	(void)state;
	struct town *t = town_open(2, 2);
	t->f.settings.day_most = 1;
	assign(t);
	assert_int_equal(t->answer.without_n, 0);
	for (int s = 0; s < 2; s++)
		assert_int_equal(places(t, s, 1) + places(t, s, 2), 0);
	town_close(t);
}

static void the_affected_help_nobody_even_if_the_door_forgot(void **state)
{
	(void)state;
	struct town *t = town_open(2, 2);
	t->exposures[1].person = t->supporters[0].person;
	assign(t);
	assert_int_equal(places(t, 0, 0) + places(t, 0, 1) + places(t, 0, 2), 0);
	assert_int_equal(t->answer.verdicts[0].reasons, MATCHING_BIT(MATCHING_EXCLUDED));
	assert_int_equal(t->answer.verdicts[1].reasons, 0);
	assert_int_equal(places(t, 1, 0), 2);
	town_close(t);
}

static void fixed_places_stay_and_open_ones_are_filled_around_them(void **state)
{
	(void)state;
	struct town *t = town_open(2, 4);
	struct id gone = named('s', 999);
	t->exposures[0].fixed[MATCHING_ASSIGNED] = t->supporters[2].id;
	t->supporters[2].full = true; /* not judged again */
	t->exposures[0].fixed[MATCHING_SECOND_STAND_IN] = gone;
	assign(t);
	assert_int_equal(assigned(t, 0), 2);
	assert_true(id_eq(&t->answer.tasks[0].by[MATCHING_SECOND_STAND_IN], &gone));
	int middle = who(t, &t->answer.tasks[0].by[MATCHING_FIRST_STAND_IN]);
	assert_true(middle == 0 || middle == 1 || middle == 3);
	assert_int_not_equal(assigned(t, 1), 2);
	assert_true(t->answer.tasks[0].first[MATCHING_ASSIGNED].s == 0);
	assert_true(t->answer.tasks[0].first[MATCHING_FIRST_STAND_IN].s == t->f.run.now.s);
	town_close(t);
}

static void a_task_that_left_all_three_goes_to_a_fourth(void **state)
{
	(void)state;
	struct town *t = town_open(1, 5);
	for (size_t i = 0; i < 3; i++)
		t->ids[i] = t->supporters[i].id;
	t->exposures[0].passed = t->ids;
	t->exposures[0].passed_n = 3;
	assign(t);
	assert_true(assigned(t, 0) >= 3);
	assert_true(who(t, &t->answer.tasks[0].by[MATCHING_FIRST_STAND_IN]) >= 3);
	assert_int_equal(who(t, &t->answer.tasks[0].by[MATCHING_SECOND_STAND_IN]), -1);
	/* The fourth does not phone before the person has been told. */
	t->f.run.from = at("2026-11-18T15:00");
	assign(t);
	assert_true(t->answer.tasks[0].first[MATCHING_ASSIGNED].s == t->f.run.from.s);
	town_close(t);
}

/* Two people whom somebody else fits better, and one who knows both. */
static struct town *town_known(void)
{
	struct town *t = town_open(2, 3);
	t->supporters[2].profession = 2;
	t->supporters[2].unit = WARD_3;
	t->ids[0] = named('s', 999); /* gone */
	t->ids[1] = t->supporters[2].id;
	for (size_t e = 0; e < 2; e++) {
		t->exposures[e].known = t->ids;
		t->exposures[e].known_n = 2;
	}
	return t;
}

static void who_is_known_from_another_incident_comes_before_whoever_fits_better_and_needs_no_more_room(void **state)
{
	(void)state;
	struct town *t = town_known();
	t->supporters[2].loads = t->loads;
	t->supporters[2].loads_n = 6;
	assign(t);
	assert_int_equal(assigned(t, 0), 2);
	assert_int_equal(assigned(t, 1), 2);
	assert_true(t->answer.tasks[0].first[MATCHING_ASSIGNED].s == t->f.run.now.s);
	assert_int_equal(places(t, 2, 1) + places(t, 2, 2), 0);
	assert_int_equal(t->answer.without_n, 0);
	town_close(t);
}

CHANGE(is_full, s->full = true)
CHANGE(is_paused, s->paused = true)
CHANGE(lost_key, s->has_key = false)
CHANGE(off_until_later, s->windows_n = 0)
CHANGE(was_there, s->person = t->exposures[1].person)
CHANGE(excluded, t->f.run.excluded = &s->person; t->f.run.excluded_n = 1)
CHANGE(not_wished, t->exposures[0].not_these = &s->id; t->exposures[0].not_these_n = 1)
CHANGE(passed_on, t->exposures[0].passed = &s->id; t->exposures[0].passed_n = 1)
CHANGE(no_language, s->languages = EN)

static void who_is_known_and_may_not_be_sent_gives_way_to_another(void **state)
{
	(void)state;
	static void (*const why[])(struct town *, struct matching_supporter *) = {
	    is_full, is_paused, lost_key, off_until_later, was_there, excluded, not_wished, passed_on, no_language};
	for (size_t i = 0; i < ARRAY_LEN(why); i++) {
		struct town *t = town_known();
		why[i](t, &t->supporters[2]);
		assign(t);
		assert_true(assigned(t, 0) == 0 || assigned(t, 0) == 1);
		town_close(t);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_profession_first_then_level_and_another_unit),
	    cmocka_unit_test(language_load_and_the_first_hour_weigh_too),
	    cmocka_unit_test(steps_in_the_unit_tree),
	    cmocka_unit_test(equals_share_equally_and_so_do_their_stand_ins),
	    cmocka_unit_test(nobody_gets_two_while_one_just_as_good_has_none),
	    cmocka_unit_test(all_are_assigned_together),
	    cmocka_unit_test(too_few_supporters_are_counted),
	    cmocka_unit_test(whoever_has_just_room_for_her_tasks_stands_in_for_nobody),
	    cmocka_unit_test(the_affected_help_nobody_even_if_the_door_forgot),
	    cmocka_unit_test(fixed_places_stay_and_open_ones_are_filled_around_them),
	    cmocka_unit_test(a_task_that_left_all_three_goes_to_a_fourth),
	    cmocka_unit_test(who_is_known_from_another_incident_comes_before_whoever_fits_better_and_needs_no_more_room),
	    cmocka_unit_test(who_is_known_and_may_not_be_sent_gives_way_to_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
