/* became.h: what follows a unit that has become another one. */
#ifndef DUTY_BECAME_H
#define DUTY_BECAME_H

#include "base/id.h"
#include "db/db.h"

struct signin;

/* An administrator (`by`) has said that a unit has become another one. `whole`: the same under another name; then roles, those that wait, what
   happened and what was told of somebody missing go over. Else roles and those that wait are proposed for the other unit and stay as they are
   until a second person says yes, and so does what happened: nobody else would follow it. */
MUST_USE enum result duty_unit_became(struct tx *tx, struct signin *s, const struct id *unit, const struct id *becomes, bool whole,
				      const struct id *by);

#endif
