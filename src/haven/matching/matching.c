#include "haven/matching/matching.h"

#include <stdlib.h>
#include <string.h>

#include "haven/matching/matching_flow.h"

/* Beyond this load a further task costs no more than the last: keeps the sums small, and
   the cost of a supporter's places still never falls. */
#define LOAD_STEEP 200

/* One person or supporter in the run's own order. */
struct seat {
	uint64_t key;
	const struct id *id;
	size_t at; /* in the facts */
};

struct plan {
	const struct matching_facts *f;
	struct matching_answer *answer;
	struct seat *exposures, *supporters;
	int *weight; /* per seat of a supporter: load, tasks of this run and places to stand in */
	int *room;
	uint64_t *eligible; /* one bit per pair of seats */
};

/* Spreads ids over 64 bits, differently for each incident. Not secret, only even. */
static uint64_t draw(const struct id *incident, const struct id *id)
{
	uint64_t h = 0x9e3779b97f4a7c15;
	for (int i = 0; i < 2 * ID_BYTES; i++) {
		h ^= i < ID_BYTES ? incident->b[i] : id->b[i - ID_BYTES];
		h *= 0x100000001b3;
		h ^= h >> 29;
	}
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

static int seat_order(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return id_cmp(x->id, y->id);
}

/* False when an id comes twice, or is zero: a zero id means nobody. */
static bool seats_take(struct seat *seats, size_t n)
{
	qsort(seats, n, sizeof(*seats), seat_order);
	for (size_t i = 0; i < n; i++)
		if (id_is_zero(seats[i].id) || (i && id_eq(seats[i - 1].id, seats[i].id)))
			return false;
	return true;
}

static int depth(const int32_t *parent, int32_t u)
{
	int d = 0;
	for (; parent[u] >= 0; u = parent[u])
		d++;
	return d;
}

int matching_unit_steps(const int32_t *parent, int32_t a, int32_t b)
{
	if (a < 0 || b < 0)
		return -1;
	int up_a = depth(parent, a), up_b = depth(parent, b), steps = 0;
	for (; up_a > up_b; up_a--, steps++)
		a = parent[a];
	for (; up_b > up_a; up_b--, steps++)
		b = parent[b];
	for (; a != b; steps += 2) {
		a = parent[a];
		b = parent[b];
		if (a < 0) /* two roots: -1 both */
			return steps + 2;
	}
	return steps;
}

static bool tree_ok(const int32_t *parent, size_t n)
{
	if (n > INT32_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (parent[i] < -1 || parent[i] >= (int64_t)n)
			return false;
	/* Every unit is marked once: 1 on the way up of this walk, 2 when known to end at a root. */
	char *mark = must_alloc(n + 1, 1);
	bool ok = true;
	for (size_t i = 0; i < n && ok; i++) {
		int32_t u = (int32_t)i;
		for (; u >= 0 && !mark[u]; u = parent[u])
			mark[u] = 1;
		ok = u < 0 || mark[u] == 2;
		for (u = (int32_t)i; ok && u >= 0 && mark[u] == 1; u = parent[u])
			mark[u] = 2;
	}
	free(mark);
	return ok;
}

static bool place_ok(const struct matching_facts *f, int32_t unit, int32_t profession, int32_t level)
{
	return unit >= -1 && (unit < 0 || (size_t)unit < f->units_n) && profession >= 0 && level >= 0;
}

static bool facts_ok(const struct matching_facts *f)
{
	if (matching_settings_check(&f->settings) != RES_OK || f->exposures_n > MATCHING_PEOPLE_MOST ||
	    f->supporters_n > MATCHING_PEOPLE_MOST || f->run.excluded_n > MATCHING_PEOPLE_MOST ||
	    f->exposures_n * f->supporters_n > MATCHING_PAIRS_MOST || !tree_ok(f->unit_parent, f->units_n))
		return false;
	for (size_t i = 0; i < f->exposures_n; i++) {
		const struct matching_exposure *e = &f->exposures[i];
		if (!place_ok(f, e->unit, e->profession, e->level) || (e->language & (e->language - 1)))
			return false;
		for (int r = 0; r < MATCHING_RANKS; r++)
			for (int q = 0; q < r; q++)
				if (!id_is_zero(&e->fixed[r]) && id_eq(&e->fixed[r], &e->fixed[q]))
					return false;
	}
	for (size_t i = 0; i < f->supporters_n; i++) {
		const struct matching_supporter *s = &f->supporters[i];
		if (!place_ok(f, s->unit, s->profession, s->level) || s->windows_n > MATCHING_WINDOWS_MOST)
			return false;
		for (size_t k = 0; k < s->windows_n; k++)
			if (s->windows[k].from < 0 || s->windows[k].from >= MATCHING_WEEK ||
			    s->windows[k].minutes < 1 || s->windows[k].minutes > MATCHING_WEEK)
				return false;
	}
	return true;
}

static int least(int64_t a, int b)
{
	return a < b ? (int)a : b;
}

/* How well these two fit, load apart: 0 is best. */
static int64_t pair_cost(const struct matching_facts *f, const struct matching_exposure *e,
			 const struct matching_supporter *s, struct instant first)
{
	const struct matching_settings *set = &f->settings;
	int64_t cost = 0;
	if (!e->profession || e->profession != s->profession)
		cost += set->cost_profession;

	bool levels = e->level && s->level;
	int64_t apart = llabs((int64_t)e->level - s->level);
	int levels_apart = levels ? least(apart, set->cost_level_steps) : set->cost_level_steps;
	cost += (int64_t)set->cost_level * levels_apart;

	int steps = matching_unit_steps(f->unit_parent, e->unit, s->unit);
	if (steps >= 0 && steps < 3)
		cost += set->cost_unit[steps];
	else
		cost += set->cost_unit[2] +
			(int64_t)set->cost_unit[3] *
			    (steps < 0 ? set->cost_unit_steps : least(steps - 2, set->cost_unit_steps));

	if (e->language && !(e->language & s->languages))
		cost += set->cost_language;
	int64_t from = f->run.from.s > f->run.now.s ? f->run.from.s : f->run.now.s;
	return cost + (int64_t)set->cost_hour * least((first.s - from) / 3600, set->cost_hours);
}

static int64_t load_cost(const struct plan *p, int load)
{
	int64_t l = least(load, LOAD_STEEP);
	return p->f->settings.cost_load * l * (l + 1);
}

static bool eligible(const struct plan *p, size_t e, size_t s)
{
	size_t bit = e * p->f->supporters_n + s;
	return p->eligible[bit / 64] >> bit % 64 & 1;
}

static bool holds_place(const struct matching_task *task, const struct id *supporter)
{
	for (int r = 0; r < MATCHING_RANKS; r++)
		if (id_eq(&task->by[r], supporter))
			return true;
	return false;
}

static void judge(struct plan *p)
{
	const struct matching_facts *f = p->f;
	/* Whoever is affected is no supporter of this incident, even if the door forgot to say so. */
	for (size_t i = 0; i < f->supporters_n; i++) {
		struct matching_verdict *v = &p->answer->verdicts[i];
		*v = matching_judge(&f->settings, &f->run, &f->supporters[i]);
		for (size_t e = 0; e < f->exposures_n; e++)
			if (matching_is(&f->supporters[i], &f->exposures[e].person))
				v->reasons |= MATCHING_BIT(MATCHING_EXCLUDED);
	}
	for (size_t s = 0; s < f->supporters_n; s++) {
		p->weight[s] = p->answer->verdicts[p->supporters[s].at].load;
		p->room[s] = p->answer->verdicts[p->supporters[s].at].room;
	}
	for (size_t e = 0; e < f->exposures_n; e++) {
		for (size_t s = 0; s < f->supporters_n; s++) {
			size_t at = p->supporters[s].at, bit = e * f->supporters_n + s;
			if (!p->answer->verdicts[at].reasons &&
			    !matching_judge_pair(&f->settings, &f->supporters[at],
						 &f->exposures[p->exposures[e].at]))
				p->eligible[bit / 64] |= UINT64_C(1) << bit % 64;
		}
	}
}

/* The network of one rank. Nodes: exposures, supporters, the sink. Arcs: the candidate pairs;
   then per supporter one to the sink for each further task, at rising cost; then from each
   open exposure one to the sink, dearer than any exchange of the others. */
struct draft {
	struct matching_arc *arcs;
	size_t pairs_n, arcs_n, room;
	int32_t *supply;
};

static void draft_arc(struct draft *d, size_t from, size_t to, int most, int64_t cost)
{
	if (d->arcs_n == d->room) {
		d->room = d->room ? 2 * d->room : 256;
		d->arcs = must_realloc(d->arcs, d->room, sizeof(*d->arcs));
	}
	d->arcs[d->arcs_n++] = (struct matching_arc){ (int32_t)from, (int32_t)to, most, cost };
}

static void draft_make(const struct plan *p, enum matching_rank rank, struct draft *d)
{
	const struct matching_facts *f = p->f;
	size_t sink = f->exposures_n + f->supporters_n;
	int64_t dearest = 0;
	int *candidates = must_alloc(f->supporters_n + 1, sizeof(*candidates));
	d->supply = must_alloc(sink + 1, sizeof(*d->supply));

	for (size_t e = 0; e < f->exposures_n; e++) {
		const struct matching_task *task = &p->answer->tasks[p->exposures[e].at];
		if (!id_is_zero(&task->by[rank]))
			continue;
		d->supply[e] = 1;
		for (size_t s = 0; s < f->supporters_n; s++) {
			size_t at = p->supporters[s].at;
			if (!eligible(p, e, s) || p->room[s] <= 0 || holds_place(task, p->supporters[s].id))
				continue;
			int64_t cost = pair_cost(f, &f->exposures[p->exposures[e].at], &f->supporters[at],
						 p->answer->verdicts[at].first);
			draft_arc(d, e, f->exposures_n + s, 1, cost);
			candidates[s]++;
			dearest = cost > dearest ? cost : dearest;
		}
	}
	d->pairs_n = d->arcs_n;
	int64_t heaviest = 0;
	for (size_t s = 0; s < f->supporters_n; s++) {
		int most = candidates[s];
		if (rank == MATCHING_ASSIGNED && p->room[s] < most)
			most = p->room[s];
		for (int k = 0, width; k < most; k += width) {
			int load = p->weight[s] + k;
			int64_t cost = load_cost(p, load);
			width = load < LOAD_STEEP ? 1 : most - k; /* from there on all cost the same */
			draft_arc(d, f->exposures_n + s, sink, width, cost);
			heaviest = cost > heaviest ? cost : heaviest;
		}
	}
	for (size_t e = 0; e < f->exposures_n; e++)
		if (d->supply[e])
			draft_arc(d, e, sink, 1, (dearest + heaviest) * (int64_t)f->exposures_n + 1);
	free(candidates);
}

/* Fills the open places of one rank. */
static void fill(struct plan *p, enum matching_rank rank)
{
	const struct matching_facts *f = p->f;
	size_t sink = f->exposures_n + f->supporters_n;
	struct draft d = { 0 };
	draft_make(p, rank, &d);
	struct matching_net net = { .nodes = (int32_t)sink + 1, .sink = (int32_t)sink, .supply = d.supply,
				    .arcs = d.arcs, .arcs_n = d.arcs_n };
	int32_t *on = must_alloc(d.arcs_n + 1, sizeof(*on));
	int64_t *price = must_alloc(sink + 1, sizeof(*price));
	if (matching_flow_solve(&net, on, price) != RES_OK || !matching_flow_proven(&net, on, price, NULL))
		bug("a matching that does not prove itself");

	for (size_t i = 0; i < d.pairs_n; i++) {
		if (!on[i])
			continue;
		size_t s = (size_t)d.arcs[i].to - f->exposures_n;
		struct matching_task *task = &p->answer->tasks[p->exposures[d.arcs[i].from].at];
		task->by[rank] = *p->supporters[s].id;
		task->first[rank] = p->answer->verdicts[p->supporters[s].at].first;
		p->weight[s]++;
		p->room[s] -= rank == MATCHING_ASSIGNED;
	}
	for (size_t i = 0; rank == MATCHING_ASSIGNED && i < d.arcs_n; i++)
		if (on[i] && (i < d.pairs_n || (size_t)d.arcs[i].from >= f->exposures_n))
			p->answer->cost += d.arcs[i].cost * on[i];
	free(d.arcs);
	free(d.supply);
	free(on);
	free(price);
}

/* Whoever has somebody who knows her goes there before all costs: nobody competes with her for that one. */
static void keep_known(struct plan *p)
{
	const struct matching_facts *f = p->f;
	for (size_t e = 0; e < f->exposures_n; e++) {
		const struct matching_exposure *to = &f->exposures[p->exposures[e].at];
		struct matching_task *task = &p->answer->tasks[p->exposures[e].at];
		for (size_t k = 0; k < to->known_n && id_is_zero(&task->by[MATCHING_ASSIGNED]); k++) {
			for (size_t s = 0; s < f->supporters_n; s++) {
				const struct matching_supporter *who = &f->supporters[p->supporters[s].at];
				const struct matching_verdict *v = &p->answer->verdicts[p->supporters[s].at];
				if (!id_eq(&who->id, &to->known[k]) || holds_place(task, &who->id) ||
				    !matching_again(v->reasons | matching_judge_pair(&f->settings, who, to)))
					continue;
				task->by[MATCHING_ASSIGNED] = who->id;
				task->first[MATCHING_ASSIGNED] = v->first;
				p->weight[s]++;
				p->room[s]--;
			}
		}
	}
}

static void count_missing(struct plan *p)
{
	const struct matching_facts *f = p->f;
	struct matching_answer *answer = p->answer;
	for (size_t i = 0; i < f->exposures_n; i++)
		if (id_is_zero(&answer->tasks[i].by[MATCHING_ASSIGNED]))
			answer->without[answer->without_n++] = answer->tasks[i].exposure;
	for (size_t e = 0; e < f->exposures_n; e++) {
		bool any = !id_is_zero(&answer->tasks[p->exposures[e].at].by[MATCHING_ASSIGNED]);
		for (size_t s = 0; s < f->supporters_n && !any; s++)
			any = eligible(p, e, s);
		answer->without_anybody_n += !any;
	}
	int each = least(f->settings.day_most, f->settings.flat_most);
	if (each < 1)
		each = 1; /* nobody may be sent at all: one each says it mildly */
	answer->supporters_missing = (answer->without_n + (size_t)each - 1) / (size_t)each;
}

enum result matching_assign(struct arena *a, const struct matching_facts *f, struct matching_answer *answer_r)
{
	if (!facts_ok(f))
		return RES_BAD;
	size_t ne = f->exposures_n, ns = f->supporters_n;
	struct matching_answer answer = { .tasks_n = ne };
	struct plan p = { .f = f, .answer = &answer,
			  .exposures = must_alloc(ne + 1, sizeof(*p.exposures)),
			  .supporters = must_alloc(ns + 1, sizeof(*p.supporters)),
			  .weight = must_alloc(ns + 1, sizeof(*p.weight)),
			  .room = must_alloc(ns + 1, sizeof(*p.room)),
			  .eligible = must_alloc(ne * ns / 64 + 1, sizeof(*p.eligible)) };
	for (size_t i = 0; i < ne; i++) {
		const struct id *id = &f->exposures[i].id;
		p.exposures[i] = (struct seat){ draw(&f->run.incident, id), id, i };
	}
	for (size_t i = 0; i < ns; i++) {
		const struct id *id = &f->supporters[i].id;
		p.supporters[i] = (struct seat){ draw(&f->run.incident, id), id, i };
	}
	bool ok = seats_take(p.exposures, ne) && seats_take(p.supporters, ns);
	if (ok) {
		answer.tasks = arena_array(a, struct matching_task, ne);
		answer.without = arena_array(a, struct id, ne);
		answer.verdicts = arena_array(a, struct matching_verdict, ns);
		for (size_t i = 0; i < ne; i++) {
			answer.tasks[i].exposure = f->exposures[i].id;
			memcpy(answer.tasks[i].by, f->exposures[i].fixed, sizeof(answer.tasks[i].by));
		}
		judge(&p);
		keep_known(&p);
		for (int rank = 0; rank < MATCHING_RANKS; rank++)
			fill(&p, rank);
		count_missing(&p);
		*answer_r = answer;
	}
	free(p.exposures);
	free(p.supporters);
	free(p.weight);
	free(p.room);
	free(p.eligible);
	return ok ? RES_OK : RES_BAD;
}
