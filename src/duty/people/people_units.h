/* people_units.h: the unit tree a file describes, grown onto the tree that is there. Pure. What it holds grows with the units, of
   which there are at most PEOPLE_UNITS_MAX, and not with the people. */
#ifndef PEOPLE_UNITS_H
#define PEOPLE_UNITS_H

#include "duty/people/people_plan.h"

#define PEOPLE_UNITS_MAX 20000 /* our choice: more of them mean that the wrong column was taken for the unit */

/* A unit of the directory, or a new one. They are numbered: first those that stand, in their order, then new ones. */
struct people_unit {
	struct id id; /* zero while new and without an id */
	int parent;   /* a number, or -1: at the top */
	struct slice code, name;
	struct slice path; /* names from the top, " / " between; unique: a second one of the same name carries its code */
};

struct people_tree;
struct random_source;

/* `complain` is called for what is odd but harmless. */
struct people_tree *people_tree_new(people_complain *complain, void *ctx) MUST_USE;
void people_tree_free(struct people_tree **tree);
/* What stands: first, and once. */
void people_tree_has(struct people_tree *tree, const struct people_unit *list, size_t n);
/* The unit of a row, grown where it is new; -1: the row names none. The same row again gives the same unit. */
int people_tree_row(struct people_tree *tree, const struct people_file *file, const struct people_row *row);
/* To whatever is new and has none. */
void people_tree_give_ids(struct people_tree *tree, struct random_source *rnd);
/* After the last row: writes every path anew, parents first. */
void people_tree_settle(struct people_tree *tree);

size_t people_tree_size(const struct people_tree *tree);
const struct people_unit *people_tree_at(const struct people_tree *tree, int unit); /* until the tree grows */
bool people_tree_is_new(const struct people_tree *tree, int unit);
/* After people_tree_settle; also true of what is new. */
bool people_tree_changed(const struct people_tree *tree, int unit);
bool people_tree_path_changed(const struct people_tree *tree, int unit); /* not of what is new */

#endif
