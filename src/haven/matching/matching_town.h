/* matching_town.h: a made-up workplace for the tests of the matching. */
#ifndef MATCHING_TOWN_H
#define MATCHING_TOWN_H

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
static const int32_t parents[] = {-1, 0, 0, 1, 1, 2, -1};
enum { TRUST, CLINIC_1, CLINIC_2, WARD_3, WARD_4, WARD_5, ELSEWHERE, UNITS };

static const struct matching_window days[] = {{2 * 1440 + 480, 600, false}, {3 * 1440 + 480, 600, false}};
static const struct matching_window tomorrow[] = {{3 * 1440 + 480, 600, false}};

static inline struct instant at(const char *text)
{
	struct instant t = {0};
	assert_int_equal(instant_parse(slice_of(text), &t), RES_OK);
	return t;
}

static inline struct id named(int kind, size_t n)
{
	return (struct id){{(unsigned char)kind, (unsigned char)(n >> 8), (unsigned char)n, 1}};
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

static inline struct town *town_open(size_t exposures, size_t supporters)
{
	struct town *t = calloc(1, sizeof(*t));
	t->arena = arena_new();
	t->f = (struct matching_facts){
	    .settings = matching_defaults(),
	    .run = {.incident = named('i', 1),
		    .now = at("2026-11-18T10:00"),
		    .deadline = at("2026-11-19T14:00")},
	    .exposures = t->exposures,
	    .exposures_n = exposures,
	    .supporters = t->supporters,
	    .supporters_n = supporters,
	    .unit_parent = parents,
	    .units_n = UNITS,
	};
	for (size_t i = 0; i < exposures; i++)
		t->exposures[i] = (struct matching_exposure){.id = named('e', i),
							     .person = named('p', i),
							     .language = NB,
							     .languages = NB,
							     .unit = WARD_3,
							     .profession = 1,
							     .level = 3};
	struct day then = instant_day(at("2026-01-10T12:00"));
	for (size_t i = 0; i < supporters; i++)
		t->supporters[i] = (struct matching_supporter){.id = named('s', i),
							       .person = named('q', i),
							       .interview = then,
							       .training = then,
							       .knowledge_check = then,
							       .accredited_until = day_add(then, 730),
							       .has_key = true,
							       .windows = days,
							       .windows_n = 2,
							       .languages = NB,
							       .unit = WARD_4,
							       .profession = 1,
							       .level = 3};
	for (size_t i = 0; i < ARRAY_LEN(t->loads); i++)
		t->loads[i].at = at("2026-11-10T10:00");
	return t;
}

static inline void town_close(struct town *t)
{
	arena_free(&t->arena);
	free(t);
}

static inline void assign(struct town *t)
{
	assert_int_equal(matching_assign(t->arena, &t->f, &t->answer), RES_OK);
	assert_int_equal(t->answer.tasks_n, t->f.exposures_n);
}

static inline int who(const struct town *t, const struct id *id)
{
	for (size_t i = 0; i < t->f.supporters_n; i++)
		if (id_eq(id, &t->supporters[i].id))
			return (int)i;
	return -1;
}

static inline int assigned(const struct town *t, size_t e)
{
	return who(t, &t->answer.tasks[e].by[MATCHING_ASSIGNED]);
}

static inline int places(const struct town *t, int supporter, int rank)
{
	int n = 0;
	for (size_t e = 0; e < t->answer.tasks_n; e++)
		n += who(t, &t->answer.tasks[e].by[rank]) == supporter;
	return n;
}

#endif
