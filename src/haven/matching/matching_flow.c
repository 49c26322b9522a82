#include "haven/matching/matching_flow.h"

#include <stdlib.h>

/* Successive shortest paths with potentials. Each source in turn sends its supply along the
   cheapest path that has room, forwards along an arc or backwards along one in use. The
   prices keep every such step at a reduced cost >= 0, so that Dijkstra's algorithm finds
   it, and at the end they are the certificate. */

struct work {
	const struct matching_net *net;
	int32_t *on;
	int64_t *price;
	/* The ends of arcs at each node v: ends[first[v]] .. ends[first[v + 1] - 1], in the order
	   of the array; 2 * arc leaves v, 2 * arc + 1 enters it. */
	size_t *first;
	uint32_t *ends;
	/* One search. */
	int64_t *dist;
	uint32_t *by;   /* the end over which a node was reached */
	int32_t *place; /* 1 + place in the heap; 0 never reached; -1 closed */
	int32_t *heap;
	int32_t heap_n;
	int32_t *reached; /* to clean up after the search */
	int32_t reached_n;
};

static bool net_ok(const struct matching_net *net)
{
	int64_t top = 0;
	if (net->nodes < 1 || net->sink < 0 || net->sink >= net->nodes || net->supply[net->sink] != 0 ||
	    net->arcs_n >= UINT32_C(1) << 30)
		return false;
	for (int32_t v = 0; v < net->nodes; v++)
		if (net->supply[v] < 0)
			return false;
	for (size_t i = 0; i < net->arcs_n; i++) {
		const struct matching_arc *a = &net->arcs[i];
		if (a->from < 0 || a->from >= net->nodes || a->to < 0 || a->to >= net->nodes ||
		    a->from == a->to || a->most < 0 || a->cost < 0)
			return false;
		top = a->cost > top ? a->cost : top;
	}
	return (__int128)top * net->nodes < (__int128)1 << 61;
}

static void list_ends(struct work *w)
{
	const struct matching_net *net = w->net;
	for (size_t i = 0; i < net->arcs_n; i++) {
		w->first[net->arcs[i].from + 1]++;
		w->first[net->arcs[i].to + 1]++;
	}
	for (int32_t v = 0; v < net->nodes; v++)
		w->first[v + 1] += w->first[v];
	size_t *next = must_alloc((size_t)net->nodes, sizeof(*next));
	for (int32_t v = 0; v < net->nodes; v++)
		next[v] = w->first[v];
	for (size_t i = 0; i < net->arcs_n; i++) {
		w->ends[next[net->arcs[i].from]++] = (uint32_t)(2 * i);
		w->ends[next[net->arcs[i].to]++] = (uint32_t)(2 * i + 1);
	}
	free(next);
}

static bool nearer(const struct work *w, int32_t u, int32_t v)
{
	return w->dist[u] != w->dist[v] ? w->dist[u] < w->dist[v] : u < v;
}

static void heap_put(struct work *w, int32_t at, int32_t v)
{
	w->heap[at] = v;
	w->place[v] = at + 1;
}

/* v has come nearer, or is new at the end. */
static void heap_up(struct work *w, int32_t at, int32_t v)
{
	while (at > 0 && nearer(w, v, w->heap[(at - 1) / 2])) {
		heap_put(w, at, w->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(w, at, v);
}

static int32_t heap_take(struct work *w)
{
	int32_t nearest = w->heap[0], last = w->heap[--w->heap_n], at = 0;
	w->place[nearest] = -1;
	if (w->heap_n == 0)
		return nearest;
	for (int32_t child; (child = 2 * at + 1) < w->heap_n; at = child) {
		if (child + 1 < w->heap_n && nearer(w, w->heap[child + 1], w->heap[child]))
			child++;
		if (!nearer(w, w->heap[child], last))
			break;
		heap_put(w, at, w->heap[child]);
	}
	heap_put(w, at, last);
	return nearest;
}

static void reach(struct work *w, int32_t v, int64_t dist, uint32_t by)
{
	if (w->place[v] < 0 || (w->place[v] > 0 && w->dist[v] <= dist))
		return;
	w->dist[v] = dist;
	w->by[v] = by;
	if (w->place[v] == 0) {
		w->reached[w->reached_n++] = v;
		w->place[v] = ++w->heap_n;
	}
	heap_up(w, w->place[v] - 1, v);
}

static int32_t room(const struct work *w, uint32_t end)
{
	return end & 1 ? w->on[end / 2] : w->net->arcs[end / 2].most - w->on[end / 2];
}

/* The cheapest path from the source; false when the sink is out of reach. Stops at the sink:
   nodes not closed by then are at least as far, and their prices stay. */
static bool search(struct work *w, int32_t source)
{
	w->heap_n = w->reached_n = 0;
	reach(w, source, 0, 0);
	while (w->heap_n) {
		int32_t u = heap_take(w);
		if (u == w->net->sink)
			return true;
		for (size_t i = w->first[u]; i < w->first[u + 1]; i++) {
			uint32_t end = w->ends[i];
			const struct matching_arc *a = &w->net->arcs[end / 2];
			if (room(w, end) == 0)
				continue;
			int32_t v = end & 1 ? a->from : a->to;
			int64_t cost = end & 1 ? -a->cost : a->cost;
			reach(w, v, w->dist[u] + cost + w->price[u] - w->price[v], end);
		}
	}
	return false;
}

static int32_t tail(const struct work *w, uint32_t end)
{
	return end & 1 ? w->net->arcs[end / 2].to : w->net->arcs[end / 2].from;
}

/* Sends up to `want` along the path found; how much went. */
static int32_t push(struct work *w, int32_t source, int32_t want)
{
	for (int32_t v = w->net->sink; v != source; v = tail(w, w->by[v]))
		if (room(w, w->by[v]) < want)
			want = room(w, w->by[v]);
	for (int32_t v = w->net->sink; v != source; v = tail(w, w->by[v]))
		w->on[w->by[v] / 2] += w->by[v] & 1 ? -want : want;
	return want;
}

static void settle(struct work *w, bool found)
{
	for (int32_t i = 0; i < w->reached_n; i++) {
		int32_t v = w->reached[i];
		if (found && w->place[v] < 0)
			w->price[v] += w->dist[v] - w->dist[w->net->sink];
		w->place[v] = 0;
	}
}

enum result matching_flow_solve(const struct matching_net *net, int32_t *on_r, int64_t *price_r)
{
	if (!net_ok(net))
		return RES_BAD;
	size_t n = (size_t)net->nodes;
	struct work w = {
		.net = net, .on = on_r, .price = price_r,
		.first = must_alloc(n + 1, sizeof(*w.first)),
		.ends = must_alloc(2 * net->arcs_n + 1, sizeof(*w.ends)),
		.dist = must_alloc(n, sizeof(*w.dist)),
		.by = must_alloc(n, sizeof(*w.by)),
		.place = must_alloc(n, sizeof(*w.place)),
		.heap = must_alloc(n, sizeof(*w.heap)),
		.reached = must_alloc(n, sizeof(*w.reached)),
	};
	list_ends(&w);
	for (size_t i = 0; i < net->arcs_n; i++)
		on_r[i] = 0;
	for (size_t v = 0; v < n; v++)
		price_r[v] = 0;

	enum result res = RES_OK;
	for (int32_t v = 0; v < net->nodes && res == RES_OK; v++) {
		for (int32_t left = net->supply[v]; left > 0 && res == RES_OK;) {
			bool found = search(&w, v);
			settle(&w, found);
			if (found)
				left -= push(&w, v, left);
			else
				res = RES_NONE;
		}
	}
	free(w.first);
	free(w.ends);
	free(w.dist);
	free(w.by);
	free(w.place);
	free(w.heap);
	free(w.reached);
	return res;
}

bool matching_flow_proven(const struct matching_net *net, const int32_t *on, const int64_t *price,
			  __int128 *cost_r)
{
	bool ok = true;
	int64_t *left = must_alloc((size_t)net->nodes, sizeof(*left));
	__int128 primal = 0, dual = 0;
	int64_t total = 0;
	for (int32_t v = 0; v < net->nodes; v++) {
		left[v] = net->supply[v];
		total += net->supply[v];
		dual += (__int128)net->supply[v] * ((__int128)price[net->sink] - price[v]);
	}
	for (size_t i = 0; i < net->arcs_n; i++) {
		const struct matching_arc *a = &net->arcs[i];
		__int128 reduced = (__int128)a->cost + price[a->from] - price[a->to];
		ok = ok && on[i] >= 0 && on[i] <= a->most;
		ok = ok && (on[i] == a->most || reduced >= 0) && (on[i] == 0 || reduced <= 0);
		left[a->from] -= on[i];
		left[a->to] += on[i];
		primal += (__int128)a->cost * on[i];
		dual += reduced < 0 ? reduced * a->most : 0;
	}
	for (int32_t v = 0; v < net->nodes; v++)
		ok = ok && left[v] == (v == net->sink ? total : 0);
	free(left);
	if (cost_r)
		*cost_r = primal;
	return ok && primal == dual;
}
