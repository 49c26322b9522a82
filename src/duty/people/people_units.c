#include "duty/people/people_units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duty/people/people_index.h"

struct people_tree {
	struct arena *a;
	struct people_unit *unit, *was; /* was: as it stands in the directory */
	bool *named, *placed;           /* a row of this file said its name, its parent */
	size_t n, room, old, with_id;
	struct people_index *by_code, *by_place;
	people_complain *complain;
	void *ctx;
};

struct place_key {
	char s[PEOPLE_NAME_MAX * 4 + 16];
};

/* The key lives in k. A name from an older limit would be cut, and then only not be found. */
static struct slice place_key(struct place_key *k, int parent, struct slice name)
{
	int n = snprintf(k->s, sizeof(k->s), "%d/%.*s", parent, (int)name.n, name.n ? name.p : "");

	return (struct slice){ k->s, (size_t)n < sizeof(k->s) ? (size_t)n : sizeof(k->s) - 1 };
}

static void put_place(struct people_tree *g, int unit)
{
	struct place_key k;

	people_index_put(g->by_place, arena_slice(g->a, place_key(&k, g->unit[unit].parent, g->unit[unit].name)), unit);
}

static int add(struct people_tree *g, struct people_unit u)
{
	if (g->n == g->room) {
		g->room = g->room ? g->room * 2 : 64;
		g->unit = must_realloc(g->unit, g->room, sizeof(*g->unit));
		g->named = must_realloc(g->named, g->room, sizeof(bool));
		g->placed = must_realloc(g->placed, g->room, sizeof(bool));
	}
	g->named[g->n] = g->placed[g->n] = false;
	u.code = arena_slice(g->a, u.code);
	u.name = arena_slice(g->a, u.name);
	g->unit[g->n] = u;
	if (u.code.n)
		people_index_put(g->by_code, u.code, (int)g->n);
	put_place(g, (int)g->n);
	return (int)g->n++;
}

/* The unit of this name below parent, made if it is not there. One that has a code is only taken when no other is. */
static int by_name(struct people_tree *g, int parent, struct slice name)
{
	struct place_key k;
	struct slice key = place_key(&k, parent, name);
	size_t at = 0;
	int found = -1, i;

	while ((i = people_index_next(g->by_place, key, &at)) >= 0) {
		/* It may have moved or been renamed since it was put there. */
		if (g->unit[i].parent != parent || !slice_eq(g->unit[i].name, name))
			continue;
		if (found < 0 || (g->unit[found].code.n && !g->unit[i].code.n))
			found = i;
	}
	return found >= 0 ? found : add(g, (struct people_unit){ .parent = parent, .name = name });
}

static bool stands_above(const struct people_tree *g, int above, int unit)
{
	for (size_t steps = 0; unit >= 0 && steps <= g->n; steps++, unit = g->unit[unit].parent)
		if (unit == above)
			return true;
	return false;
}

static void name_it(struct people_tree *g, int u, struct slice name, const struct people_row *row, int column)
{
	if (!name.n || slice_eq(g->unit[u].name, name)) {
		g->named[u] |= name.n != 0;
		return;
	}
	if (g->named[u]) {
		g->complain(g->ctx, row->line, column, true, "another row gives this unit code another name; the first is used");
		return;
	}
	g->named[u] = true;
	g->unit[u].name = arena_slice(g->a, name);
	put_place(g, u);
}

static void place_it(struct people_tree *g, int u, int parent, const struct people_row *row, int column)
{
	if (g->unit[u].parent == parent) {
		g->placed[u] = true;
		return;
	}
	if (g->placed[u]) {
		g->complain(g->ctx, row->line, column, true, "another row puts this unit below another unit; the first is used");
		return;
	}
	if (parent >= 0 && stands_above(g, u, parent)) {
		g->complain(g->ctx, row->line, column, true, "the units above this one lead back to itself; it stays where it was");
		return;
	}
	g->placed[u] = true;
	g->unit[u].parent = parent;
	put_place(g, u);
}

/* The unit with this code; made, and called by its code until a row says its name. */
static int by_code(struct people_tree *g, struct slice code)
{
	int u = people_index_get(g->by_code, code);

	return u >= 0 ? u : add(g, (struct people_unit){ .parent = -1, .code = code, .name = code });
}

static int unit_of_row(struct people_tree *g, const struct people_file *file, const struct people_row *row)
{
	const struct people_columns *cols = people_file_columns(file);
	struct slice part[PEOPLE_UNIT_DEPTH_MAX];
	size_t n = people_file_unit(file, row, part);
	int parent = -1, unit;

	if (!row->code.n) {
		for (size_t i = 0; i < n; i++)
			parent = by_name(g, parent, part[i]);
		return parent;
	}
	unit = people_index_get(g->by_code, row->code);
	if (cols->at[PF_PARENT_CODE] >= 0) {
		if (row->parent.n && !slice_eq(row->parent, row->code)) {
			parent = by_code(g, row->parent);
			name_it(g, parent, row->parent_name, row, cols->at[PF_PARENT_NAME]);
		}
	} else if (n > 1 || row->parent_name.n) {
		if (row->parent_name.n)
			parent = by_name(g, -1, row->parent_name);
		for (size_t i = 0; i + 1 < n; i++)
			parent = by_name(g, parent, part[i]);
	} else if (unit >= 0) {
		parent = g->unit[unit].parent;
	}
	if (unit < 0)
		unit = by_code(g, row->code);
	name_it(g, unit, n ? part[n - 1] : (struct slice){ 0 }, row, cols->at[PF_UNIT]);
	place_it(g, unit, parent, row, cols->at[PF_PARENT_CODE]);
	return unit;
}

#define CUT "… " /* where a path has lost its top */

/* The path with `end` after it. Where it is longer than the door carries, it loses its top. */
static struct slice lower_end(struct arena *a, struct slice path, struct slice end)
{
	size_t most = DOOR_UNIT_MOST - end.n;
	if (path.n <= most)
		return slice_of(arena_printf(a, "%.*s%.*s", (int)path.n, path.p, (int)end.n, end.n ? end.p : ""));
	most -= strlen(CUT);
	path.p += path.n - most;
	path.n = most;
	while (path.n && ((unsigned char)path.p[0] & 0xc0) == 0x80) {
		path.p++;
		path.n--;
	}
	return slice_of(arena_printf(a, CUT "%.*s%.*s", (int)path.n, path.p, (int)end.n, end.n ? end.p : ""));
}

/* The path of a unit whose units above have theirs; unlike any taken. */
static struct slice path_of(struct people_tree *g, const struct people_unit *u, const struct people_index *taken)
{
	struct slice above = u->parent >= 0 ? g->unit[u->parent].path : (struct slice){ 0 };
	struct slice plain = slice_of(arena_printf(g->a, "%.*s%s%.*s", (int)above.n, above.n ? above.p : "",
						   above.n ? " / " : "", (int)u->name.n, u->name.p));
	struct slice path = lower_end(g->a, plain, (struct slice){ 0 });

	for (int k = 1; people_index_get(taken, path) >= 0; k++) {
		const char *end = k == 1 && u->code.n ? arena_printf(g->a, " (%.*s)", (int)u->code.n, u->code.p)
						      : arena_printf(g->a, " (%d)", k + 1);
		path = lower_end(g->a, plain, slice_of(end));
	}
	return path;
}

void people_tree_settle(struct people_tree *g)
{
	struct people_index *taken = people_index_new();
	bool *done = must_alloc(g->n + 1, sizeof(bool));
	int *stack = must_alloc(g->n + 1, sizeof(int));

	for (size_t i = 0; i < g->n; i++) {
		size_t depth = 0;

		for (int u = (int)i; u >= 0 && !done[u]; u = g->unit[u].parent)
			stack[depth++] = u;
		while (depth) {
			int u = stack[--depth];

			g->unit[u].path = path_of(g, &g->unit[u], taken);
			people_index_put(taken, g->unit[u].path, u);
			done[u] = true;
		}
	}
	people_index_free(&taken);
	free(done);
	free(stack);
}

struct people_tree *people_tree_new(people_complain *complain, void *ctx)
{
	struct people_tree *g = must_alloc(1, sizeof(*g));

	g->a = arena_new();
	g->complain = complain;
	g->ctx = ctx;
	g->by_code = people_index_new();
	g->by_place = people_index_new();
	return g;
}

void people_tree_has(struct people_tree *g, const struct people_unit *list, size_t n)
{
	if (g->n)
		bug("a tree that has grown is told what stands");
	g->was = must_alloc(n + 1, sizeof(*g->was));
	for (size_t i = 0; i < n; i++) {
		add(g, list[i]);
		g->unit[i].path = arena_slice(g->a, list[i].path);
		g->was[i] = g->unit[i];
	}
	g->old = g->with_id = n;
}

void people_tree_give_ids(struct people_tree *g, struct random_source *rnd)
{
	for (; g->with_id < g->n; g->with_id++)
		g->unit[g->with_id].id = id_new(rnd, "people/unit");
}

int people_tree_row(struct people_tree *g, const struct people_file *file, const struct people_row *row)
{
	return unit_of_row(g, file, row);
}

size_t people_tree_size(const struct people_tree *g)
{
	return g->n;
}

const struct people_unit *people_tree_at(const struct people_tree *g, int unit)
{
	return &g->unit[unit];
}

bool people_tree_is_new(const struct people_tree *g, int unit)
{
	return (size_t)unit >= g->old;
}

bool people_tree_path_changed(const struct people_tree *g, int unit)
{
	return !people_tree_is_new(g, unit) && !slice_eq(g->unit[unit].path, g->was[unit].path);
}

bool people_tree_changed(const struct people_tree *g, int unit)
{
	return people_tree_is_new(g, unit) || people_tree_path_changed(g, unit) || g->unit[unit].parent != g->was[unit].parent ||
	       !slice_eq(g->unit[unit].name, g->was[unit].name);
}

void people_tree_free(struct people_tree **tree)
{
	struct people_tree *g = *tree;

	if (!g)
		return;
	people_index_free(&g->by_code);
	people_index_free(&g->by_place);
	arena_free(&g->a);
	free(g->unit);
	free(g->was);
	free(g->named);
	free(g->placed);
	free(g);
	*tree = NULL;
}
