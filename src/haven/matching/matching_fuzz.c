/* Any facts: the matching refuses them, or keeps its promises. */
#include <stdlib.h>
#include <string.h>

#include "haven/matching/matching.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 12

struct bytes {
	const uint8_t *p;
	size_t n;
};

/* The next byte; zero when used up. */
static int next(struct bytes *b)
{
	if (!b->n)
		return 0;
	b->n--;
	return *b->p++;
}

/* Mostly 0 to 3, sometimes -1, seldom any. */
static int32_t number(struct bytes *b)
{
	int v = next(b);
	if (v < 254)
		return v < 248 ? v % 4 : -1;
	uint32_t any = 0;
	for (int i = 0; i < 4; i++)
		any = any << 8 | (uint32_t)next(b);
	return (int32_t)any;
}

static struct id name(struct bytes *b)
{
	return (struct id){{(unsigned char)(next(b) % 24)}};
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return clock_zone("Europe/Oslo") == RES_OK ? 0 : -1;
}

static void check(const struct matching_facts *f, const struct matching_answer *answer)
{
	int given[MOST] = {0};
	for (size_t e = 0; e < answer->tasks_n; e++) {
		for (int r = 0; r < MATCHING_RANKS; r++) {
			const struct id *by = &answer->tasks[e].by[r];
			if (id_is_zero(by) || !id_is_zero(&f->exposures[e].fixed[r]))
				continue;
			for (size_t s = 0; s < f->supporters_n; s++) {
				if (!id_eq(by, &f->supporters[s].id))
					continue;
				if (matching_reasons(&f->settings, &f->run, &f->supporters[s],
						     &f->exposures[e]))
					abort();
				given[s] += r == MATCHING_ASSIGNED;
				if (given[s] > answer->verdicts[s].room)
					abort();
			}
			for (int q = 0; q < r; q++)
				if (id_eq(by, &answer->tasks[e].by[q]))
					abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = {data, size};
	struct matching_exposure exposures[MOST] = {0};
	struct matching_supporter supporters[MOST] = {0};
	struct matching_window windows[16];
	struct matching_load loads[16];
	struct id ids[16];
	int32_t parents[8];
	struct instant now = {1764000000 + next(&b) * 70000};

	for (size_t i = 0; i < 16; i++) {
		windows[i] = (struct matching_window){(next(&b) - 1) * 41, (next(&b) << 4 | next(&b)) - 1,
						      next(&b) & 1};
		loads[i] = (struct matching_load){{now.s - next(&b) * 9000}, next(&b) & 1};
		ids[i] = name(&b);
	}
	for (size_t i = 0; i < 8; i++)
		parents[i] = next(&b) % 3 ? (int32_t)i - 1 : number(&b);
	struct matching_facts f = {
	    .settings = matching_defaults(),
	    .run = {.incident = name(&b),
		    .now = now,
		    .from = {now.s + number(&b) * INT64_C(7200)},
		    .deadline = {now.s + next(&b) * 3600},
		    .excluded = ids,
		    .excluded_n = (size_t)next(&b) % 3},
	    .exposures = exposures,
	    .exposures_n = (size_t)next(&b) % (MOST + 1),
	    .supporters = supporters,
	    .supporters_n = (size_t)next(&b) % (MOST + 1),
	    .unit_parent = parents,
	    .units_n = next(&b) < 250 ? 8 : 2,
	};
	f.settings.cost_load = next(&b) < 250 ? next(&b) : number(&b);
	f.settings.flat_most = next(&b);
	f.settings.day_most = next(&b) % 8;
	f.settings.standby_percent = next(&b) % 101;
	for (size_t i = 0; i < f.exposures_n; i++) {
		struct matching_exposure *e = &exposures[i];
		*e = (struct matching_exposure){
		    .id = {{(unsigned char)next(&b), (unsigned char)i}},
		    .person = name(&b),
		    .language = UINT32_C(1) << next(&b) % 4,
		    .languages = (uint32_t)next(&b),
		    .unit = number(&b),
		    .profession = number(&b),
		    .level = number(&b),
		    .not_these = ids + next(&b) % 8,
		    .not_these_n = (size_t)next(&b) % 8,
		    .passed = ids + next(&b) % 8,
		    .passed_n = (size_t)next(&b) % 8,
		};
		for (int r = 0; r < MATCHING_RANKS; r++)
			if (next(&b) > 200)
				e->fixed[r] = name(&b);
	}
	for (size_t i = 0; i < f.supporters_n; i++) {
		int ready = next(&b);
		supporters[i] = (struct matching_supporter){
		    .id = {{(unsigned char)(1 + (next(&b) < 254 ? i : 0))}},
		    .person = name(&b),
		    .interview = {1 + (ready & 1 ? 0 : 1 << 20)},
		    .training = {1},
		    .knowledge_check = {ready & 2},
		    .accredited_until = {1 << 20},
		    .has_key = ready & 4,
		    .full = !(ready & 8),
		    .windows = windows + next(&b) % 8,
		    .windows_n = (size_t)next(&b) % 9,
		    .loads = loads + next(&b) % 8,
		    .loads_n = (size_t)next(&b) % 9,
		    .languages = (uint32_t)next(&b),
		    .unit = number(&b),
		    .profession = number(&b),
		    .level = number(&b),
		};
	}
	struct arena *a = arena_new();
	struct matching_answer answer;
	if (matching_assign(a, &f, &answer) == RES_OK)
		check(&f, &answer);
	arena_free(&a);
	return 0;
}
