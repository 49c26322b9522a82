#include "haven/matching/matching_flow.h"

#include <stdlib.h>
#include <string.h>

/* Successive shortest paths with potentials. Each source in turn sends its supply along the
   cheapest path that has room, forwards along an arc or backwards along one in use. The
   prices keep every such step at a reduced cost >= 0, so that Dijkstra's algorithm finds
   it, and at the end they are the certificate. */

/* One direction of an arc, kept at the node it leaves; in two, since a search reads nothing but the first. */
struct way {
	int64_t cost;
	int32_t to;
	int32_t room; /* how much more can go this way */
};
struct way_of {
	uint32_t back; /* the other direction of the same arc */
	uint32_t end;  /* 2 * arc forwards, 2 * arc + 1 backwards */
};

struct place {
	int64_t dist;
	int32_t node;
};

#define NO_EXIT INT64_MAX

struct node {
	int64_t exit; /* the cheapest way with room from here into the sink; NO_EXIT: none */
	/* One search. */
	int64_t dist;
	uint32_t by;   /* the way over which it was reached */
	int32_t place; /* 1 + place in the heap; 0 never reached; -1 closed */
	uint32_t first, open; /* its ways: first .. the next node's first - 1, those with room before `open` */
};

struct work {
	int32_t sink;
	struct node *nodes;
	int64_t *price; /* apart, since a search reads it for every way */
	struct way *ways;
	struct way_of *ways_of;
	int64_t bound; /* the sink is nearer than this */
	struct place *heap;
	int32_t heap_n, hole; /* hole: 1 while nobody is at the top, else 0 */
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

/* Puts the way at `i` where the one at `j` is, and the other way round; both are of one node. */
static void swap(struct work *w, uint32_t i, uint32_t j)
{
	struct way x = w->ways[i];
	struct way_of y = w->ways_of[i];
	w->ways[i] = w->ways[j];
	w->ways_of[i] = w->ways_of[j];
	w->ways[j] = x;
	w->ways_of[j] = y;
	w->ways_of[w->ways_of[i].back].back = i;
	w->ways_of[w->ways_of[j].back].back = j;
}

/* More or less can go this way; the node's ways with room stay together. */
static void change_room(struct work *w, int32_t of, uint32_t i, int32_t by)
{
	struct node *x = &w->nodes[of];
	bool had = w->ways[i].room > 0;
	w->ways[i].room += by;
	if (had && w->ways[i].room == 0)
		swap(w, i, --x->open);
	else if (!had && w->ways[i].room > 0)
		swap(w, i, x->open++);
}

static void list_ways(struct work *w, const struct matching_net *net)
{
	uint32_t *next = must_alloc((size_t)net->nodes + 1, sizeof(*next));
	for (size_t i = 0; i < net->arcs_n; i++) {
		next[net->arcs[i].from + 1]++;
		next[net->arcs[i].to + 1]++;
	}
	for (int32_t v = 0; v < net->nodes; v++) {
		next[v + 1] += next[v];
		w->nodes[v].first = w->nodes[v].open = next[v];
	}
	w->nodes[net->nodes].first = next[net->nodes];
	for (size_t i = 0; i < net->arcs_n; i++) {
		const struct matching_arc *a = &net->arcs[i];
		uint32_t there = next[a->from]++, back = next[a->to]++;
		w->ways[there] = (struct way){ a->cost, a->to, 0 };
		w->ways[back] = (struct way){ -a->cost, a->from, 0 };
		w->ways_of[there] = (struct way_of){ back, (uint32_t)(2 * i) };
		w->ways_of[back] = (struct way_of){ there, (uint32_t)(2 * i + 1) };
	}
	free(next);
	for (int32_t v = 0; v < net->nodes; v++)
		for (uint32_t i = w->nodes[v].first; i < w->nodes[v + 1].first; i++)
			if (!(w->ways_of[i].end & 1))
				change_room(w, v, i, net->arcs[w->ways_of[i].end / 2].most);
}

static bool nearer(const struct place *x, const struct place *y)
{
	return x->dist != y->dist ? x->dist < y->dist : x->node < y->node;
}

static void heap_put(struct work *w, int32_t at, struct place x)
{
	w->heap[at] = x;
	w->nodes[x.node].place = at + 1;
}

/* It has come nearer, or is new at the end. Whoever was taken from the top was nearer: a hole there is nobody's. */
static void heap_up(struct work *w, int32_t at, struct place x)
{
	for (int32_t up; at > 0 && (up = (at - 1) / 2) >= w->hole && nearer(&x, &w->heap[up]); at = up)
		heap_put(w, at, w->heap[up]);
	heap_put(w, at, x);
}

/* In place of the one that was taken. */
static void heap_fill(struct work *w, struct place x)
{
	int32_t at = 0;
	w->hole = 0;
	for (int32_t child; (child = 2 * at + 1) < w->heap_n; at = child) {
		if (child + 1 < w->heap_n && nearer(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!nearer(&w->heap[child], &x))
			break;
		heap_put(w, at, w->heap[child]);
	}
	heap_put(w, at, x);
}

static bool heap_empty(const struct work *w)
{
	return w->heap_n == w->hole;
}

/* Leaves a hole at the top: who is reached next is often the nearest, and goes there without moving anybody. */
static int32_t heap_take(struct work *w)
{
	if (w->hole)
		heap_fill(w, w->heap[--w->heap_n]);
	int32_t nearest = w->heap[0].node;
	w->nodes[nearest].place = -1;
	w->hole = 1;
	return nearest;
}

/* Nearer than `bound`, which is just above how near the sink can be reached as far as seen: what is not can neither lie on its
   path nor change a price. */
static void reach(struct work *w, int32_t v, int64_t dist, uint32_t by)
{
	struct node *x = &w->nodes[v];
	if (x->place < 0 || (x->place > 0 && x->dist <= dist))
		return;
	if (x->exit != NO_EXIT) {
		int64_t sink = dist + w->price[v] + x->exit - w->price[w->sink];
		w->bound = sink + 1 < w->bound ? sink + 1 : w->bound;
	}
	x->dist = dist;
	x->by = by;
	if (x->place == 0) {
		w->reached[w->reached_n++] = v;
		__builtin_prefetch(&w->ways[x->first]); /* needed soon, and far away */
		if (w->hole) {
			heap_fill(w, (struct place){ dist, v });
			return;
		}
		x->place = ++w->heap_n;
	}
	heap_up(w, x->place - 1, (struct place){ dist, v });
}

/* The cheapest path from the source; false when the sink is out of reach. Stops at the sink:
   nodes not closed by then are at least as far, and their prices stay. */
static bool search(struct work *w, int32_t source)
{
	w->heap_n = w->hole = w->reached_n = 0;
	w->bound = INT64_MAX;
	reach(w, source, 0, 0);
	while (!heap_empty(w)) {
		int32_t u = heap_take(w);
		if (u == w->sink)
			return true;
		int64_t here = w->nodes[u].dist + w->price[u];
		for (uint32_t i = w->nodes[u].first; i < w->nodes[u].open; i++) {
			const struct way *way = &w->ways[i];
			int64_t dist = here + way->cost - w->price[way->to];
			if (dist < w->bound)
				reach(w, way->to, dist, i);
		}
	}
	return false;
}

/* Where the way leads back to. */
static int32_t tail(const struct work *w, uint32_t way)
{
	return w->ways[w->ways_of[way].back].to;
}

static void find_exit(struct work *w, int32_t v)
{
	struct node *x = &w->nodes[v];
	x->exit = NO_EXIT;
	for (uint32_t i = x->first; i < x->open; i++)
		if (w->ways[i].to == w->sink && w->ways[i].cost < x->exit)
			x->exit = w->ways[i].cost;
}

/* Sends up to `want` along the path found; how much went. */
static int32_t push(struct work *w, int32_t source, int32_t want)
{
	for (int32_t v = w->sink; v != source; v = tail(w, w->nodes[v].by))
		if (w->ways[w->nodes[v].by].room < want)
			want = w->ways[w->nodes[v].by].room;
	for (int32_t v = w->sink, u; v != source; v = u) {
		u = tail(w, w->nodes[v].by);
		uint32_t back = w->ways_of[w->nodes[v].by].back;
		change_room(w, u, w->nodes[v].by, -want);
		change_room(w, v, back, want);
		if (v == w->sink)
			find_exit(w, u);
	}
	return want;
}

static void settle(struct work *w, bool found)
{
	for (int32_t i = 0; i < w->reached_n; i++) {
		struct node *x = &w->nodes[w->reached[i]];
		if (found && x->place < 0)
			w->price[w->reached[i]] += x->dist - w->nodes[w->sink].dist;
		x->place = 0;
	}
}

/* The sources by their cheapest way, then by node: whoever comes late finds the dear ways taken and looks no further. */
static int32_t list_sources(struct work *w, const struct matching_net *net, int32_t *list_r)
{
	int32_t n = 0;
	w->heap_n = w->hole = 0;
	for (int32_t v = 0; v < net->nodes; v++) {
		int64_t cheapest = INT64_MAX;
		if (!net->supply[v])
			continue;
		for (uint32_t i = w->nodes[v].first; i < w->nodes[v].open; i++)
			cheapest = w->ways[i].cost < cheapest ? w->ways[i].cost : cheapest;
		w->heap_n++;
		heap_up(w, w->heap_n - 1, (struct place){ cheapest, v });
	}
	while (!heap_empty(w)) {
		list_r[n] = heap_take(w);
		w->nodes[list_r[n++]].place = 0;
	}
	return n;
}

/* One piece for all that a solution needs, so that what is freed leaves no holes behind. */
static void *parts(struct work *w, const struct matching_net *net, int32_t **sources_r)
{
	size_t n = (size_t)net->nodes, ways = 2 * net->arcs_n + 1;
	size_t each = sizeof(*w->heap) + sizeof(*w->reached) + sizeof(**sources_r);
	char *all = must_alloc(1, (n + 1) * sizeof(*w->nodes) + n * each + ways * (sizeof(*w->ways) + sizeof(*w->ways_of)));
	w->nodes = (struct node *)all;
	w->ways = (struct way *)(w->nodes + n + 1);
	w->heap = (struct place *)(w->ways + ways);
	w->ways_of = (struct way_of *)(w->heap + n);
	w->reached = (int32_t *)(w->ways_of + ways);
	*sources_r = w->reached + n;
	return all;
}

enum result matching_flow_solve(const struct matching_net *net, int32_t *on_r, int64_t *price_r)
{
	struct work w = { .sink = net->sink, .price = price_r };
	int32_t *sources;
	if (!net_ok(net))
		return RES_BAD;
	void *all = parts(&w, net, &sources);
	memset(price_r, 0, (size_t)net->nodes * sizeof(*price_r));
	list_ways(&w, net);
	for (int32_t v = 0; v < net->nodes; v++)
		find_exit(&w, v);

	enum result res = RES_OK;
	int32_t sources_n = list_sources(&w, net, sources);
	for (int32_t i = 0; i < sources_n && res == RES_OK; i++) {
		int32_t v = sources[i];
		for (int32_t left = net->supply[v]; left > 0 && res == RES_OK;) {
			bool found = search(&w, v);
			settle(&w, found);
			if (found)
				left -= push(&w, v, left);
			else
				res = RES_NONE;
		}
	}
	for (size_t i = 0; i < 2 * net->arcs_n; i++)
		if (w.ways_of[i].end & 1)
			on_r[w.ways_of[i].end / 2] = w.ways[i].room;
	free(all);
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
