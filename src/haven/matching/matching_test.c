#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "haven/matching/matching.h"

#define NB 1u
#define SV 2u
#define EN 8u
#define MOST 60

/* The tree: 0 trust; 1, 2 clinics; 3, 4 wards of 1; 5 ward of 2; 6 another trust. */
static const int32_t parents[] = { -1, 0, 0, 1, 1, 2, -1 };
enum { TRUST, CLINIC_1, CLINIC_2, WARD_3, WARD_4, WARD_5, ELSEWHERE, UNITS };

static const struct matching_window days[] = { { 2 * 1440 + 480, 600, false }, { 3 * 1440 + 480, 600, false } };
static const struct matching_window tomorrow[] = { { 3 * 1440 + 480, 600, false } };

static struct instant at(const char *text)
{
	struct instant t = { 0 };
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static struct id named(int kind, size_t n)
{
	return (struct id){ { (unsigned char)kind, (unsigned char)(n >> 8), (unsigned char)n, 1 } };
}

/* Everybody alike, and everybody ready; the tests change what they are about. */
struct town {
	struct matching_facts f;
	struct matching_exposure exposures[MOST];
	struct matching_supporter supporters[MOST];
	struct matching_load loads[6];
	struct id ids[MOST];
	struct arena *arena;
	struct matching_answer answer;
};

static struct town *town_open(size_t exposures, size_t supporters)
{
	struct town *t = calloc(1, sizeof(*t));
	t->arena = arena_new();
	t->f = (struct matching_facts){
		.settings = matching_defaults(),
		.run = { .incident = named('i', 1), .now = at("2026-11-18T10:00"), .deadline = at("2026-11-19T14:00") },
		.exposures = t->exposures, .exposures_n = exposures,
		.supporters = t->supporters, .supporters_n = supporters,
		.unit_parent = parents, .units_n = UNITS,
	};
	for (size_t i = 0; i < exposures; i++)
		t->exposures[i] = (struct matching_exposure){
			.id = named('e', i), .person = named('p', i), .language = NB, .languages = NB,
			.unit = WARD_3, .profession = 1, .level = 3 };
	struct day then = instant_day(at("2026-01-10T12:00"));
	for (size_t i = 0; i < supporters; i++)
		t->supporters[i] = (struct matching_supporter){
			.id = named('s', i), .person = named('q', i), .interview = then, .training = then,
			.knowledge_check = then, .accredited_until = day_add(then, 730), .has_key = true,
			.windows = days, .windows_n = 2, .languages = NB, .unit = WARD_4, .profession = 1,
			.level = 3 };
	for (size_t i = 0; i < ARRAY_LEN(t->loads); i++)
		t->loads[i].at = at("2026-11-10T10:00");
	return t;
}

static void town_close(struct town *t)
{
	arena_free(&t->arena);
	free(t);
}

static void assign(struct town *t)
{
	assert_int_equal(matching_assign(t->arena, &t->f, &t->answer), RES_OK);
	assert_int_equal(t->answer.tasks_n, t->f.exposures_n);
}

static int who(const struct town *t, const struct id *id)
{
	for (size_t i = 0; i < t->f.supporters_n; i++)
		if (id_eq(id, &t->supporters[i].id))
			return (int)i;
	return -1;
}

static int assigned(const struct town *t, size_t e)
{
	return who(t, &t->answer.tasks[e].by[MATCHING_ASSIGNED]);
}

static int places(const struct town *t, int supporter, int rank)
{
	int n = 0;
	for (size_t e = 0; e < t->answer.tasks_n; e++)
		n += who(t, &t->answer.tasks[e].by[rank]) == supporter;
	return n;
}

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

#define CHANGE(name, ...) \
	static void name(struct town *t, struct matching_supporter *s) \
	{ \
		(void)t; \
		(void)s; \
		__VA_ARGS__; \
	}
CHANGE(as_is, )
CHANGE(other_profession, s->profession = 2)
CHANGE(unknown_profession, s->profession = 0)
CHANGE(next_level, s->level = 4)
CHANGE(far_level, s->level = 9)
CHANGE(same_unit, s->unit = WARD_3)
CHANGE(one_step_away, s->unit = CLINIC_1)
CHANGE(far_unit, s->unit = WARD_5)
CHANGE(other_clinic, s->unit = CLINIC_2)
CHANGE(elsewhere, s->unit = ELSEWHERE)
CHANGE(second_language, t->exposures[0].languages = NB | EN; s->languages = EN)
CHANGE(free_tomorrow, s->windows = tomorrow; s->windows_n = 1)
CHANGE(one_task, s->loads = t->loads; s->loads_n = 1)
CHANGE(five_tasks, s->loads = t->loads; s->loads_n = 5)
CHANGE(worst_but_profession, s->level = 9; s->unit = WARD_3; s->windows = tomorrow; s->windows_n = 1)

static void same_profession_first_then_level_and_another_unit(void **state)
{
	(void)state;
	assert_better(as_is, other_profession);
	assert_better(as_is, unknown_profession);
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
	static const int32_t cases[][3] = { { WARD_3, WARD_3, 0 }, { WARD_3, CLINIC_1, 1 }, { WARD_3, WARD_4, 2 },
					    { WARD_3, CLINIC_2, 3 }, { WARD_3, WARD_5, 4 }, { TRUST, WARD_5, 2 },
					    { TRUST, ELSEWHERE, 2 }, { WARD_3, ELSEWHERE, 4 }, { -1, WARD_3, -1 } };
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
			assert_int_equal(t->supporters[assigned(t, e)].profession, t->exposures[e].profession);
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
				assert_int_equal(matching_reasons(&t->f.settings, &t->f.run, &t->supporters[s],
								  &t->exposures[e]), 0);
				for (int q = 0; q < r; q++)
					assert_int_not_equal(who(t, &task->by[q]), s);
			}
			/* Whoever is left out is so because all who may have no room left. */
			for (size_t s = 0; assigned(t, e) < 0 && s < t->f.supporters_n; s++)
				if (!matching_reasons(&t->f.settings, &t->f.run, &t->supporters[s], &t->exposures[e]))
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
	int times[8] = { 0 };
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
	static const int32_t circle[] = { -1, 2, 3, 1, 0, 0, 0 }, self[] = { 0, 0, 0, 0, 0, 0, 0 },
			     beyond[] = { -1, 7, 0, 0, 0, 0, 0 };
	const int32_t *trees[] = { circle, self, beyond };
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
	t->supporters[1].id = (struct id){ { 0 } };
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
	static const struct matching_window wrong[] = { { 10080, 5, false } };
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
		cmocka_unit_test(no_place_goes_to_anybody_who_may_not),
		cmocka_unit_test(the_order_of_the_facts_changes_nothing),
		cmocka_unit_test(ties_fall_to_each_in_turn_as_incidents_come),
		cmocka_unit_test(the_whole_costs_no_more_than_any_other_way),
		cmocka_unit_test(facts_out_of_range_are_refused),
		cmocka_unit_test(the_dearest_settings_do_not_overflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
