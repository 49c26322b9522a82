/* matching_flow.h: minimum-cost flow that proves its own optimum.

   A plain network with any number of sources and one sink. The solver returns the flow
   and a price for every node; the checker, which shares no code with it, adds both
   sides up and finds them equal. Knows nothing of people. */
#ifndef MATCHING_FLOW_H
#define MATCHING_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct matching_arc {
	int32_t from, to; /* nodes; not the same one */
	int32_t most;     /* capacity, >= 0 */
	int64_t cost;     /* per unit, >= 0 */
};

struct matching_net {
	int32_t nodes;
	int32_t sink;            /* takes whatever the others send */
	const int32_t *supply;   /* per node, >= 0; the sink's is 0 */
	const struct matching_arc *arcs;
	size_t arcs_n; /* at most 2^30 - 1 */
};

/* Fills on_r[arcs_n] with the flow on each arc and price_r[nodes] with the certificate;
   both belong to the caller and hold nothing of use unless the result is RES_OK. RES_NONE:
   the arcs cannot carry all the supply. RES_BAD: an index, capacity, supply or cost out
   of range; nodes times the largest cost must stay below 2^61, so that no price overflows.

   Deterministic: the sources are served by their cheapest arc, equal ones in the order of their nodes; among paths of
   equal cost the one that Dijkstra's algorithm closes first is taken, where of equal
   distances the lower node goes first and of equal arcs into a node always the same. Whoever wants ties to fall otherwise numbers the nodes otherwise. */
MUST_USE enum result matching_flow_solve(const struct matching_net *net, int32_t *on_r, int64_t *price_r);

/* True only if `on` is a flow of this network that sends all the supply, and `price` proves
   that none is cheaper: with the reduced cost r = cost + price[from] - price[to] of an arc,
     sum of cost * on  ==  sum of supply * (price[sink] - price) + sum of most * min(r, 0),
   the right side being a lower bound for every flow; and no arc with room left has r < 0,
   no arc in use r > 0. Adds up in 128 bits; `cost_r` may be NULL. */
MUST_USE bool matching_flow_proven(const struct matching_net *net, const int32_t *on, const int64_t *price,
				   __int128 *cost_r);

#endif
