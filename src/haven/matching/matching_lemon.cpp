// A second opinion on the optimum: LEMON's network simplex. Only for tests.
#include <cstdint>
#include <vector>

#include <lemon/list_graph.h>
#include <lemon/network_simplex.h>

extern "C" bool lemon_least_cost(int32_t nodes, int32_t sink, const int32_t *supply, const int32_t *from,
				 const int32_t *to, const int32_t *most, const int64_t *cost, size_t arcs,
				 int64_t *cost_r);

// False when the supply cannot be sent.
extern "C" bool lemon_least_cost(int32_t nodes, int32_t sink, const int32_t *supply, const int32_t *from,
				 const int32_t *to, const int32_t *most, const int64_t *cost, size_t arcs,
				 int64_t *cost_r)
{
	using graph = lemon::ListDigraph;
	graph g;
	std::vector<graph::Node> node;
	graph::NodeMap<int64_t> gives(g);
	graph::ArcMap<int64_t> room(g), price(g);
	int64_t total = 0;
	for (int32_t v = 0; v < nodes; v++) {
		node.push_back(g.addNode());
		gives[node[v]] = supply[v];
		total += supply[v];
	}
	gives[node[sink]] = -total;
	for (size_t i = 0; i < arcs; i++) {
		graph::Arc a = g.addArc(node[from[i]], node[to[i]]);
		room[a] = most[i];
		price[a] = cost[i];
	}
	lemon::NetworkSimplex<graph, int64_t, int64_t> simplex(g);
	simplex.upperMap(room).costMap(price).supplyMap(gives);
	if (simplex.run() != simplex.OPTIMAL)
		return false;
	*cost_r = simplex.totalCost<int64_t>();
	return true;
}
