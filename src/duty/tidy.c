/*~ What goes by itself. Every kind of record has its time, its reason and its test in docs/retention.md; this is the order in
    which the rooms of this program let go of theirs: first what happened, then who was in it, then who looked at it. */
#include "duty/tidy.h"

#include "audit/audit.h"
#include "duty/coverage/coverage.h"
#include "duty/incidents/incidents.h"
#include "duty/missing/missing.h"
#include "duty/people/people.h"
#include "signin/signin.h"

enum result duty_tidy(struct tx *tx, struct day today)
{
	static const struct signin_owners owners = { people_alone_of_email, people_has_left, 0 };
	enum result res = signin_tidy(tx, today);
	if (res == RES_OK)
		res = signin_end_left(tx, today, &owners);
	if (res == RES_OK) /* whoever leads has changed by that, or by day */
		res = incidents_tell_again(tx, today);
	if (res == RES_OK)
		res = missing_tidy(tx, today);
	if (res == RES_OK)
		res = incidents_forget_past(tx, today, coverage_forget);
	if (res == RES_OK)
		res = people_forget_left(tx, today, incidents_names);
	return res == RES_OK ? signin_forget_ended(tx, day_add(today, -AUDIT_NAMED_DAYS), audit_forget) : res;
}
