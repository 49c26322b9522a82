#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "haven/matching/matching_flow.h"

/* matching_lemon.cpp */
bool lemon_least_cost(int32_t nodes, int32_t sink, const int32_t *supply, const int32_t *from,
		      const int32_t *to, const int32_t *most, const int64_t *cost, size_t arcs,
		      int64_t *cost_r);

static uint64_t seed;

static uint64_t chance(void)
{
	seed += 0x9e3779b97f4a7c15;
	uint64_t h = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

static int64_t below(int64_t n)
{
	return (int64_t)(chance() % (uint64_t)n);
}

/* A network that owns its arrays, and the solver's answer beside it. */
struct world {
	struct matching_net net;
	struct matching_arc *arcs;
	int32_t *supply, *on;
	int64_t *price;
	size_t room;
};

static void world_open(struct world *w, int32_t nodes, int32_t sink, size_t room)
{
	*w = (struct world){.room = room};
	w->arcs = calloc(room + 1, sizeof(*w->arcs));
	w->supply = calloc((size_t)nodes, sizeof(*w->supply));
	w->on = calloc(room + 1, sizeof(*w->on));
	w->price = calloc((size_t)nodes, sizeof(*w->price));
	w->net = (struct matching_net){.nodes = nodes, .sink = sink, .supply = w->supply, .arcs = w->arcs};
}

static void world_close(struct world *w)
{
	free(w->arcs);
	free(w->supply);
	free(w->on);
	free(w->price);
}

static void add(struct world *w, int32_t from, int32_t to, int32_t most, int64_t cost)
{
	assert_true(w->net.arcs_n < w->room);
	w->arcs[w->net.arcs_n++] = (struct matching_arc){from, to, most, cost};
}

static bool lemon_says(const struct world *w, int64_t *cost_r)
{
	size_t n = w->net.arcs_n;
	int32_t *ends = calloc(3 * n + 1, sizeof(*ends));
	int64_t *cost = calloc(n + 1, sizeof(*cost));
	for (size_t i = 0; i < n; i++) {
		ends[i] = w->arcs[i].from;
		ends[n + i] = w->arcs[i].to;
		ends[2 * n + i] = w->arcs[i].most;
		cost[i] = w->arcs[i].cost;
	}
	bool ok = lemon_least_cost(w->net.nodes, w->net.sink, w->supply, ends, ends + n, ends + 2 * n, cost,
				   n, cost_r);
	free(ends);
	free(cost);
	return ok;
}

/* Persons, supporters with rising costs, and a penalty: what the matching makes. */
static void assignment(struct world *w, int32_t persons, int32_t supporters, int edges, int most,
		       int64_t dearest, int64_t penalty)
{
	world_open(w, persons + supporters + 1, persons + supporters,
		   (size_t)persons * (size_t)(edges + 1) + (size_t)supporters * (size_t)(most + 1));
	for (int32_t p = 0; p < persons; p++) {
		w->supply[p] = 1;
		for (int k = 0; k < edges && supporters; k++)
			add(w, p, persons + (int32_t)below(supporters), 1, below(dearest + 1));
	}
	for (int32_t s = 0; s < supporters; s++)
		for (int64_t k = 0, n = below(most + 1), step = below(dearest / 4 + 1); k < n; k++)
			add(w, persons + s, persons + supporters, 1, k * step / (most ? most : 1));
	for (int32_t p = 0; p < persons && penalty >= 0; p++)
		add(w, p, persons + supporters, 1, penalty);
}

static void solve_beside_lemon(struct world *w, const char *what, int nr)
{
	int64_t theirs = -1;
	__int128 ours = -2;
	bool can = lemon_says(w, &theirs);
	enum result res = matching_flow_solve(&w->net, w->on, w->price);
	if (res != (can ? RES_OK : RES_NONE))
		fail_msg("%s %d: %s, LEMON %d", what, nr, result_word(res), can);
	if (can && (!matching_flow_proven(&w->net, w->on, w->price, &ours) || ours != theirs))
		fail_msg("%s %d: %lld, LEMON %lld", what, nr, (long long)ours, (long long)theirs);
}

static void the_optimum_is_lemons_on_random_assignments(void **state)
{
	(void)state;
	/* Few and equal costs make ties; 2^50 is near what the largest of these networks may cost. */
	static const int64_t dearest[] = {0, 1, 3, 1000, INT64_C(1) << 50};
	for (int i = 0; i < 400; i++) {
		seed = (uint64_t)i;
		struct world w;
		int64_t most_cost = dearest[i % 5];
		assignment(&w, (int32_t)below(60), (int32_t)below(30), 1 + (int)below(8), (int)below(6),
			   most_cost, below(4) ? 2 * most_cost + 1 : below(most_cost + 1));
		solve_beside_lemon(&w, "assignment", i);
		world_close(&w);
	}
}

static void the_optimum_is_lemons_on_random_networks(void **state)
{
	(void)state;
	/* No shape at all: circles, parallel arcs, several units of supply, often impossible. */
	int possible = 0;
	for (int i = 0; i < 400; i++) {
		seed = 1000 + (uint64_t)i;
		struct world w;
		int32_t nodes = 2 + (int32_t)below(12);
		size_t arcs = (size_t)below(6 * nodes);
		world_open(&w, nodes, (int32_t)below(nodes), arcs);
		for (size_t k = 0; k < arcs; k++) {
			int32_t from = (int32_t)below(nodes), to = (int32_t)below(nodes);
			if (from != to)
				add(&w, from, to, (int32_t)below(5), below(20));
		}
		for (int32_t v = 0; v < nodes; v++)
			if (v != w.net.sink && below(3) == 0)
				w.supply[v] = (int32_t)below(4);
		int64_t cost;
		possible += lemon_says(&w, &cost);
		solve_beside_lemon(&w, "network", i);
		world_close(&w);
	}
	assert_true(possible > 50 && possible < 350);
}

static void degenerate_networks_are_solved(void **state)
{
	(void)state;
	static const struct {
		int32_t persons, supporters;
		int edges, most;
	} shapes[] = {{0, 0, 1, 1}, {0, 5, 1, 1}, {5, 0, 1, 1},  {5, 5, 0, 3},
		      {5, 5, 3, 0}, {1, 1, 1, 1}, {40, 1, 2, 5}, {1, 40, 9, 5}};
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		seed = 5000 + i;
		struct world w;
		assignment(&w, shapes[i].persons, shapes[i].supporters, shapes[i].edges, shapes[i].most, 10,
			   100);
		solve_beside_lemon(&w, "degenerate", (int)i);
		world_close(&w);
	}
}

/* Every way to give each person one of her arcs, or the penalty. */
static int64_t try_all(const struct world *w, int32_t persons, const int64_t *step, const int32_t *most,
		       int32_t sup)
{
	int64_t best = INT64_MAX;
	int32_t choice[6] = {0};
	for (;;) {
		int32_t used[6] = {0};
		int64_t cost = 0;
		bool ok = true;
		for (int32_t p = 0; p < persons && ok; p++) {
			if (choice[p] == sup) {
				cost += 50;
				continue;
			}
			int32_t s = choice[p];
			cost += w->arcs[p * sup + s].cost + step[s] * used[s];
			ok = ++used[s] <= most[s];
		}
		if (ok && cost < best)
			best = cost;
		int32_t p = 0;
		while (p < persons && ++choice[p] > sup)
			choice[p++] = 0;
		if (p == persons)
			return best;
	}
}

static void the_optimum_is_that_of_trying_all(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		seed = 9000 + (uint64_t)i;
		int32_t persons = (int32_t)below(6), sup = 1 + (int32_t)below(4), most[6];
		int64_t step[6];
		struct world w;
		world_open(&w, persons + sup + 1, persons + sup, 200);
		for (int32_t p = 0; p < persons; p++)
			for (int32_t s = 0; s < sup; s++)
				add(&w, p, persons + s, 1, below(30));
		for (int32_t s = 0; s < sup; s++) {
			most[s] = (int32_t)below(4);
			step[s] = below(12);
			for (int32_t k = 0; k < most[s]; k++)
				add(&w, persons + s, persons + sup, 1, step[s] * k);
		}
		for (int32_t p = 0; p < persons; p++) {
			w.supply[p] = 1;
			add(&w, p, persons + sup, 1, 50);
		}
		__int128 ours;
		assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
		assert_true(matching_flow_proven(&w.net, w.on, w.price, &ours));
		assert_true(ours == try_all(&w, persons, step, most, sup));
		world_close(&w);
	}
}

/* The checker is what we trust: it must see each kind of lie. */
static void a_tampered_result_does_not_prove_itself(void **state)
{
	(void)state;
	int better = 0, wrong_price = 0, worse = 0;
	for (int i = 0; i < 100; i++) {
		seed = 20000 + (uint64_t)i;
		struct world w;
		assignment(&w, 20, 8, 4, 3, 100, 1000);
		assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
		assert_true(matching_flow_proven(&w.net, w.on, w.price, NULL));
		for (size_t k = 0; k < w.net.arcs_n; k++) {
			/* More or less on one arc is no flow any more. */
			w.on[k]++;
			assert_false(matching_flow_proven(&w.net, w.on, w.price, NULL));
			w.on[k] -= 2;
			assert_false(matching_flow_proven(&w.net, w.on, w.price, NULL));
			w.on[k]++;
			better++;
		}
		for (int32_t p = 0; p < 20; p++) {
			/* Somebody matched is put to the penalty: a flow, but not the cheapest. */
			for (size_t k = 0; k < w.net.arcs_n; k++) {
				if (!w.on[k] || w.arcs[k].from != p || w.arcs[k].to == w.net.sink)
					continue;
				size_t load = w.net.arcs_n;
				for (size_t j = 0; j < w.net.arcs_n; j++)
					if (w.on[j] && w.arcs[j].from == w.arcs[k].to)
						load = j;
				size_t penalty = w.net.arcs_n - 20 + (size_t)p;
				w.on[k] = w.on[load] = 0;
				w.on[penalty] = 1;
				assert_false(matching_flow_proven(&w.net, w.on, w.price, NULL));
				w.on[k] = w.on[load] = 1;
				w.on[penalty] = 0;
				worse++;
			}
		}
		for (int32_t v = 0; v < 28; v++) {
			/* A price far off breaks a reduced cost of whatever flows there. */
			if (w.price[v] == 0)
				continue;
			w.price[v] -= 100000;
			wrong_price += !matching_flow_proven(&w.net, w.on, w.price, NULL);
			w.price[v] += 100000;
		}
		assert_true(matching_flow_proven(&w.net, w.on, w.price, NULL));
		world_close(&w);
	}
	assert_true(better > 0 && worse > 100 && wrong_price > 100);
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	struct world w;
	world_open(&w, 3, 2, 2);
	w.supply[0] = 1;
	add(&w, 0, 1, 1, 5);
	assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_NONE); /* the sink is out of reach */
	add(&w, 1, 2, 1, 5);
	assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
	static const struct matching_arc bad[] = {{1, 3, 1, 5},  {-1, 2, 1, 5}, {1, 2, -1, 5},
						  {1, 2, 1, -5}, {1, 1, 1, 5},  {1, 2, 1, INT64_MAX / 3}};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		w.arcs[1] = bad[i];
		assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_BAD);
	}
	w.arcs[1] = (struct matching_arc){1, 2, 1, ((INT64_C(1) << 61) - 1) / 3}; /* the dearest allowed */
	assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
	assert_true(matching_flow_proven(&w.net, w.on, w.price, NULL));
	w.supply[2] = 1;
	assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_BAD);
	world_close(&w);
}

static void equal_paths_go_to_the_lower_node_every_time(void **state)
{
	(void)state;
	struct world w;
	world_open(&w, 6, 5, 30);
	for (int32_t p = 0; p < 2; p++) {
		w.supply[p] = 1;
		for (int32_t s = 4; s >= 2; s--)
			add(&w, p, s, 1, 7);
	}
	for (int32_t s = 2; s <= 4; s++)
		add(&w, s, 5, 1, 0);
	for (int again = 0; again < 3; again++) {
		assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
		assert_int_equal(w.on[2], 1); /* 0 to 2 */
		assert_int_equal(w.on[4], 1); /* 1 to 3 */
	}
	world_close(&w);
}

/* Printed, not judged: a shared machine is no stopwatch. */
static void a_large_run_is_solved_and_timed(void **state)
{
	(void)state;
	struct world w;
	struct timespec before, after;
	seed = 77;
	assignment(&w, 5000, 1000, 20, 5, 1000, 100000);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(matching_flow_solve(&w.net, w.on, w.price), RES_OK);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(matching_flow_proven(&w.net, w.on, w.price, NULL));
	print_message("# 5000 x 1000 x 20: %.3f s\n", (double)(after.tv_sec - before.tv_sec) +
							  (double)(after.tv_nsec - before.tv_nsec) / 1e9);
	world_close(&w);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_optimum_is_lemons_on_random_assignments),
	    cmocka_unit_test(the_optimum_is_lemons_on_random_networks),
	    cmocka_unit_test(degenerate_networks_are_solved),
	    cmocka_unit_test(the_optimum_is_that_of_trying_all),
	    cmocka_unit_test(a_tampered_result_does_not_prove_itself),
	    cmocka_unit_test(what_cannot_be_is_refused),
	    cmocka_unit_test(equal_paths_go_to_the_lower_node_every_time),
	    cmocka_unit_test(a_large_run_is_solved_and_timed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
