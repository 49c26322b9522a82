/* people_units.h: the unit tree a file describes, grown onto the tree that is there. Pure; part of people_plan. */
#ifndef PEOPLE_UNITS_H
#define PEOPLE_UNITS_H

#include "duty/people/people_plan.h"

/* Fills plan->unit, units, unit_changed, units_added, units_changed; unit_r[i] is the unit of row i, or -1. `complain` is called
   for what is odd but harmless. */
typedef void people_units_complain(void *ctx, int64_t line, int column, const char *why);
void people_units_grow(struct people_plan *plan, const struct people_directory *old, const struct people_rows *rows,
		       int *unit_r, people_units_complain *complain, void *ctx);

#endif
