/* signin_grants.h: a role that sees names needs two people (PRODUCT.md § 4). For this room alone.

   Who proposes is the operator, by the command: one person. The second is an account holder who may confirm: in duty an administrator
   or a safety representative, in haven a coordinator; never the one whose role it is to be. Until then the role does nothing.
   Only where nobody is there who could confirm (the first of a program) a role is had at once. */
#ifndef SIGNIN_GRANTS_H
#define SIGNIN_GRANTS_H

#include "signin/signin_inside.h"

#define GRANT_NAMES (ROLE_LEADER | ROLE_COORDINATOR)                 /* roles that see names of the affected, as a list */
#define GRANT_CONFIRM (ROLE_ADMIN | ROLE_SAFETY | ROLE_COORDINATOR) /* who may confirm */
#define GRANT_DAYS 14 /* our choice: a holiday; then it must be proposed again */
#define GRANT_MAIL "grant"

/* Gives the role, or proposes it. *waits_r: a second person is asked, and whoever could be it is written to. */
MUST_USE enum result grants_propose(struct tx *tx, struct signin *s, const struct id *account, enum role role, const struct id *unit,
				    bool *waits_r);

struct grant {
	struct id id, account, unit;
	enum role role;
	const char *name, *email;
	struct day made;
};
/* All that wait, the oldest first. */
MUST_USE enum result grants_list(struct tx *tx, struct arena *a, struct day today, struct grant **list_r, size_t *n_r);
/* Confirms it, or not. RES_NONE: it waits no more. RES_REFUSED: it is her own. */
MUST_USE enum result grants_decide(struct tx *tx, struct signin *s, const struct actor *who, const struct id *grant, bool yes);
/* What has waited too long goes. */
MUST_USE enum result grants_tidy(struct tx *tx, struct day today);
/* Nothing of an account that ends waits on. */
MUST_USE enum result grants_drop(struct tx *tx, const struct id *account);
/* How many wait. */
MUST_USE enum result grants_count(struct tx *tx, struct day today, int64_t *n_r);

struct answer grants_page(struct req *req, const struct actor *who, void *room);
struct answer grants_form(struct req *req, const struct actor *who, void *room);

#endif
