/*~ What goes by itself. Every kind of record has its time, its reason and its test in docs/retention.md; this is the order in
    which the rooms of this program let go of theirs: first who was offered help by whom, then the files of those who helped,
    then the people nobody needs to know any more. */
#include "haven/tidy.h"

#include "audit/audit.h"
#include "haven/groups/groups.h"
#include "haven/offers/offers.h"
#include "haven/supporters/supporters.h"
#include "signin/signin.h"

enum result haven_tidy(struct tx *tx, struct day today)
{
	static const struct signin_owners owners = { NULL, supporters_have_ended, ROLE_SUPPORTER };
	enum result res = signin_tidy(tx, today);
	if (res == RES_OK)
		res = signin_end_left(tx, today, &owners);
	if (res == RES_OK)
		res = offers_forget_closed(tx, today);
	if (res == RES_OK)
		res = groups_forget(tx, today);
	if (res == RES_OK)
		res = supporters_forget_resets(tx, today);
	if (res == RES_OK)
		res = supporters_forget_ended(tx, today);
	if (res == RES_OK)
		res = offers_forget_left(tx);
	return res == RES_OK ? signin_forget_ended(tx, day_add(today, -AUDIT_NAMED_DAYS), audit_forget) : res;
}
