#include "duty/became.h"

#include "duty/incidents/incidents.h"
#include "duty/missing/missing.h"
#include "signin/signin.h"

enum result duty_unit_became(struct tx *tx, struct signin *s, const struct id *unit, const struct id *becomes, bool whole,
			     const struct id *by)
{
	enum result res = signin_unit_became(tx, s, unit, becomes, whole, by);
	if (!whole)
		return res;
	if (res == RES_OK)
		res = incidents_unit_became(tx, unit, becomes);
	return res == RES_OK ? missing_unit_became(tx, unit, becomes) : res;
}
