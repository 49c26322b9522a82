/* What holds for whole towns in which everybody differs: may, order, ties, optimum, limits. */
#include "haven/matching/matching_town.h"

/* A town in which everybody differs, and not everybody may. */
static void differ(struct town *t, unsigned seed)
{
	srandom(seed);
	t->f.run.incident = named('i', seed);
	for (size_t i = 0; i < MOST; i++)
		t->ids[i] = named('s', (size_t)random() % 30);
	for (size_t i = 0; i < t->f.exposures_n; i++) {
		struct matching_exposure *e = &t->exposures[i];
		e->unit = (int32_t)(random() % (UNITS + 1)) - 1;
		e->profession = (int32_t)(random() % 3);
		e->level = (int32_t)(random() % 3);
		e->language = random() % 4 ? NB : SV;
		e->languages = e->language | (random() % 2 ? EN : 0);
		e->not_these = t->ids + random() % 50;
		e->not_these_n = (size_t)random() % 3;
		e->passed = t->ids + random() % 50;
		e->passed_n = (size_t)random() % 3;
	}
	for (size_t i = 0; i < t->f.supporters_n; i++) {
		struct matching_supporter *s = &t->supporters[i];
		s->unit = (int32_t)(random() % (UNITS + 1)) - 1;
		s->profession = (int32_t)(random() % 3);
		s->level = (int32_t)(random() % 3);
		s->languages = (uint32_t)(random() % 16);
		s->full = random() % 10 == 0;
		s->has_key = random() % 10 != 0;
		s->loads = t->loads;
		s->loads_n = (size_t)random() % 7;
		if (random() % 3 == 0) {
			s->windows = tomorrow;
			s->windows_n = 1;
		}
	}
}

static void no_place_goes_to_anybody_who_may_not(void **state)
{
	(void)state;
	size_t placed = 0, without = 0;
	for (unsigned seed = 0; seed < 60; seed++) {
		struct town *t = town_open(seed % 40, 1 + seed % 25);
		differ(t, seed);
		assign(t);
		for (size_t e = 0; e < t->answer.tasks_n; e++) {
			const struct matching_task *task = &t->answer.tasks[e];
			for (int r = 0; r < MATCHING_RANKS; r++) {
				int s = who(t, &task->by[r]);
				if (s < 0)
					continue;
				placed++;
				assert_int_equal(matching_reasons(&t->f.settings, &t->f.run,
								  &t->supporters[s], &t->exposures[e]),
						 0);
				for (int q = 0; q < r; q++)
					assert_int_not_equal(who(t, &task->by[q]), s);
			}
			/* Whoever is left out is so because all who may have no room left. */
			for (size_t s = 0; assigned(t, e) < 0 && s < t->f.supporters_n; s++)
				if (!matching_reasons(&t->f.settings, &t->f.run, &t->supporters[s],
						      &t->exposures[e]))
					assert_int_equal(places(t, (int)s, 0), t->answer.verdicts[s].room);
		}
		for (size_t s = 0; s < t->f.supporters_n; s++)
			assert_true(places(t, (int)s, 0) <= t->answer.verdicts[s].room);
		without += t->answer.without_n;
		town_close(t);
	}
	assert_true(placed > 500 && without > 50);
}

static const struct matching_task *task_of(const struct town *t, const struct id *exposure)
{
	for (size_t e = 0; e < t->answer.tasks_n; e++)
		if (id_eq(&t->answer.tasks[e].exposure, exposure))
			return &t->answer.tasks[e];
	return NULL;
}

static void the_order_of_the_facts_changes_nothing(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 40; seed++) {
		struct town *t = town_open(30, 20), *u = town_open(30, 20);
		if (seed % 4) { /* every fourth: all alike, so that only ties decide */
			differ(t, seed);
			differ(u, seed);
		}
		for (size_t i = 29; i > 0; i--) {
			size_t k = (size_t)random() % (i + 1);
			struct matching_exposure e = u->exposures[i];
			u->exposures[i] = u->exposures[k];
			u->exposures[k] = e;
			k %= 20;
			struct matching_supporter s = u->supporters[i % 20];
			u->supporters[i % 20] = u->supporters[k];
			u->supporters[k] = s;
		}
		assign(t);
		assign(u);
		for (size_t e = 0; e < 30; e++)
			assert_memory_equal(task_of(t, &t->exposures[e].id), task_of(u, &t->exposures[e].id),
					    sizeof(struct matching_task));
		assert_true(t->answer.cost == u->answer.cost);
		assert_int_equal(t->answer.without_n, u->answer.without_n);
		town_close(t);
		town_close(u);
	}
}

static void ties_fall_to_each_in_turn_as_incidents_come(void **state)
{
	(void)state;
	int times[8] = {0};
	for (size_t i = 0; i < 800; i++) {
		struct town *t = town_open(1, 8);
		t->f.run.incident = named('i', i);
		assign(t);
		times[assigned(t, 0)]++;
		town_close(t);
	}
	for (int s = 0; s < 8; s++)
		assert_in_range(times[s], 60, 140);
}

/* Without load every edge is one number that can be read off a town of two; the whole is their least sum. */
static void the_whole_costs_no_more_than_any_other_way(void **state)
{
	(void)state;
	for (unsigned seed = 100; seed < 130; seed++) {
		struct town *t = town_open(4, 4);
		differ(t, seed);
		t->f.settings.cost_load = 0;
		t->f.settings.day_most = 1;
		int64_t cost[4][4];
		for (size_t i = 0; i < 4; i++) {
			t->supporters[i].full = false;
			t->supporters[i].loads_n = 0;
		}
		for (size_t e = 0; e < 4; e++) {
			for (size_t s = 0; s < 4; s++) {
				struct town *one = town_open(1, 1);
				one->f.settings = t->f.settings;
				one->exposures[0] = t->exposures[e];
				one->supporters[0] = t->supporters[s];
				assign(one);
				cost[e][s] = one->answer.without_n ? 1000000 : one->answer.cost;
				town_close(one);
			}
		}
		int64_t best = INT64_MAX;
		for (int way = 0; way < 256; way++) {
			int a = way & 3, b = way >> 2 & 3, c = way >> 4 & 3, d = way >> 6;
			if (a == b || a == c || a == d || b == c || b == d || c == d)
				continue;
			int64_t sum = cost[0][a] + cost[1][b] + cost[2][c] + cost[3][d];
			best = sum < best ? sum : best;
		}
		assign(t);
		assert_true(t->answer.cost + 1000000 * (int64_t)t->answer.without_n == best);
		town_close(t);
	}
}

static void assert_bad(struct town *t)
{
	t->answer.cost = -7;
	assert_int_equal(matching_assign(t->arena, &t->f, &t->answer), RES_BAD);
	assert_true(t->answer.cost == -7);
	town_close(t);
}

static void facts_out_of_range_are_refused(void **state)
{
	(void)state;
	static const int32_t circle[] = {-1, 2, 3, 1, 0, 0, 0}, self[] = {0, 0, 0, 0, 0, 0, 0},
			     beyond[] = {-1, 7, 0, 0, 0, 0, 0};
	const int32_t *trees[] = {circle, self, beyond};
	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		struct town *t = town_open(1, 1);
		t->f.unit_parent = trees[i];
		assert_bad(t);
	}
	struct town *t = town_open(2, 2);
	t->exposures[1].id = t->exposures[0].id;
	assert_bad(t);
	t = town_open(2, 2);
	t->supporters[1].id = t->supporters[0].id;
	assert_bad(t);
	t = town_open(2, 2);
	t->supporters[1].id = (struct id){{0}};
	assert_bad(t);
	t = town_open(1, 1);
	t->exposures[0].unit = UNITS;
	assert_bad(t);
	t = town_open(1, 1);
	t->supporters[0].unit = -2;
	assert_bad(t);
	t = town_open(1, 1);
	t->supporters[0].level = -1;
	assert_bad(t);
	t = town_open(1, 1);
	t->exposures[0].language = NB | SV;
	assert_bad(t);
	t = town_open(1, 1);
	t->exposures[0].fixed[0] = t->exposures[0].fixed[2] = named('s', 0);
	assert_bad(t);
	t = town_open(1, 1);
	t->f.settings.cost_load = 1001;
	assert_bad(t);
	t = town_open(1, 1);
	t->f.exposures_n = 5000; /* refused before anything is read */
	t->f.supporters_n = 1000;
	assert_bad(t);
	static const struct matching_window wrong[] = {{10080, 5, false}};
	t = town_open(1, 1);
	t->supporters[0].windows = wrong;
	t->supporters[0].windows_n = 1;
	assert_bad(t);
}

static void the_dearest_settings_do_not_overflow(void **state)
{
	(void)state;
	struct town *t = town_open(50, 8);
	t->f.settings.cost_profession = t->f.settings.cost_level = t->f.settings.cost_language = 10000;
	t->f.settings.cost_hour = t->f.settings.cost_unit[0] = t->f.settings.cost_unit[3] = 10000;
	t->f.settings.cost_level_steps = t->f.settings.cost_unit_steps = 100;
	t->f.settings.cost_load = t->f.settings.cost_hours = t->f.settings.day_most = 1000;
	t->f.settings.flat_most = 1000;
	assert_int_equal(matching_settings_check(&t->f.settings), RES_OK);
	for (int s = 0; s < 8; s++) {
		t->supporters[s].profession = 2;
		t->supporters[s].level = 1000;
	}
	assign(t);
	assert_int_equal(t->answer.without_n, 0);
	town_close(t);
}

static void beyond_two_hundred_tasks_one_more_costs_no_more(void **state)
{
	(void)state;
	struct town *t = town_open(10, 2);
	struct matching_load loads[198];
	for (size_t i = 0; i < ARRAY_LEN(loads); i++)
		loads[i] = (struct matching_load){ at("2026-11-10T10:00"), true };
	t->f.settings.flat_most = t->f.settings.day_most = 1000;
	for (int s = 0; s < 2; s++) {
		t->supporters[s].loads = loads;
		t->supporters[s].loads_n = ARRAY_LEN(loads);
	}
	assign(t);
	assert_int_equal(t->answer.without_n, 0);
	/* Both go from 198 to 200; the other six cost what the task after the two-hundredth does. */
	assert_true(t->answer.cost == 30 * (2 * (198 * 199 + 199 * 200) + 6 * 200 * 201));
	town_close(t);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_place_goes_to_anybody_who_may_not),
	    cmocka_unit_test(the_order_of_the_facts_changes_nothing),
	    cmocka_unit_test(ties_fall_to_each_in_turn_as_incidents_come),
	    cmocka_unit_test(the_whole_costs_no_more_than_any_other_way),
	    cmocka_unit_test(facts_out_of_range_are_refused),
	    cmocka_unit_test(the_dearest_settings_do_not_overflow),
	    cmocka_unit_test(beyond_two_hundred_tasks_one_more_costs_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
