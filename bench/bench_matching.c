/* One instance of the matching, solved by one of the two: seconds, and how much memory above the instance's own (KiB).

     bench_matching ours|lemon PEOPLE SUPPORTERS TIMES

   Each person wants one supporter of twenty (cost 1 to 1,000) or nobody (100,000); each supporter takes one to three.
   The best of TIMES runs; both say the cost, which must be the same. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "haven/matching/matching_flow.h"

/* matching_lemon.cpp */
bool lemon_least_cost(int32_t nodes, int32_t sink, const int32_t *supply, const int32_t *from, const int32_t *to,
		      const int32_t *most, const int64_t *cost, size_t arcs, int64_t *cost_r);

#define EDGES 20

static uint64_t seed = 5000;

static int32_t below(int32_t n)
{
	seed += 0x9e3779b97f4a7c15;
	uint64_t h = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return (int32_t)((h ^ h >> 31) % (uint64_t)n);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long most_kib(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 64;
	bool ours = !strcmp(argv[1], "ours");
	int32_t people = atoi(argv[2]), supporters = atoi(argv[3]), times = atoi(argv[4]), sink = people + supporters;
	size_t n = 0, arcs_n = (size_t)people * (EDGES + 1) + (size_t)supporters;
	struct matching_arc *arcs = calloc(arcs_n, sizeof(*arcs));
	int32_t *supply = calloc((size_t)sink + 1, sizeof(*supply)), *ends = calloc(3 * arcs_n, sizeof(*ends));
	int64_t *cost = calloc(arcs_n, sizeof(*cost)), total = 0;
	for (int32_t p = 0; p < people; p++) {
		supply[p] = 1;
		for (int e = 0; e < EDGES; e++)
			arcs[n++] = (struct matching_arc){ p, people + below(supporters), 1, 1 + below(1000) };
		arcs[n++] = (struct matching_arc){ p, sink, 1, 100000 };
	}
	for (int32_t s = 0; s < supporters; s++)
		arcs[n++] = (struct matching_arc){ people + s, sink, 1 + below(3), 0 };
	for (size_t i = 0; i < n; i++) {
		ends[i] = arcs[i].from;
		ends[n + i] = arcs[i].to;
		ends[2 * n + i] = arcs[i].most;
		cost[i] = arcs[i].cost;
	}
	int32_t *on = calloc(n, sizeof(*on));
	int64_t *price = calloc((size_t)sink + 1, sizeof(*price));
	/* What is there before, touched, so that it is not counted. */
	memset(on, 1, n * sizeof(*on));
	memset(price, 1, ((size_t)sink + 1) * sizeof(*price));
	long before = most_kib();
	double best = 1e9;
	for (int i = 0; i < times; i++) {
		double from = now();
		bool ok;
		if (ours) {
			struct matching_net net = { sink + 1, sink, supply, arcs, n };
			__int128 sum = 0;
			ok = matching_flow_solve(&net, on, price) == RES_OK && matching_flow_proven(&net, on, price, &sum);
			total = (int64_t)sum;
		} else {
			ok = lemon_least_cost(sink + 1, sink, supply, ends, ends + n, ends + 2 * n, cost, n, &total);
		}
		double took = now() - from;
		if (!ok)
			return 1;
		best = took < best ? took : best;
	}
	printf("%.6f %ld %lld\n", best, most_kib() - before, (long long)total);
	free(price);
	free(on);
	free(cost);
	free(ends);
	free(supply);
	free(arcs);
	return 0;
}
