/* signin_grants.h: a role that sees names needs two people (PRODUCT.md § 4). For this room alone.

   Who proposes is the operator, by the command, or who keeps the accounts, on their page (signin_accounts.h): one person. The second
   is an account holder who may confirm: in duty an administrator or a safety representative, in haven a coordinator; never the one whose
   role it is to be, nor the one who proposed it. Until then the role does nothing. Only the first who keeps the accounts, where no account
   is there that could ever confirm, has her role at once: that is an entry of its own in the audit log, and a weakness
   of the set-up (risks.h) until there are two.

   Roles that see no names wait too where they confirm, and on the page all do: whoever could give herself a second account that
   confirms would be both people. The operator, who has the database, could do that anyway. */
#ifndef SIGNIN_GRANTS_H
#define SIGNIN_GRANTS_H

#include "signin/signin_inside.h"

#define GRANT_CONFIRM (ROLE_ADMIN | ROLE_SAFETY | ROLE_COORDINATOR) /* who may confirm */
#define GRANT_TWO (ROLE_LEADER | GRANT_CONFIRM) /* roles that see names of the affected, as a list, or that help to give one: all but a supporter's */
#define GRANT_DAYS 14 /* our choice: a holiday; then it must be proposed again */
#define GRANT_MAIL "grant"

enum grant_way {
	GRANT_HAD,     /* she has it already: nothing was done */
	GRANT_GIVEN,   /* she has it from now on */
	GRANT_FIRST,   /* the same, as the first who keeps the accounts: nobody has confirmed it */
	GRANT_WAITS,   /* a second person is asked; whoever could be it is written to */
	GRANT_LONELY,  /* it waits, but there is nobody yet who could be the second person */
};
/* Gives the role, or proposes it. `by`: who asks; NULL: the operator. */
MUST_USE enum result grants_propose(struct tx *tx, struct signin *s, const struct actor *by, const struct id *account, enum role role,
				    const struct id *unit, enum grant_way *way_r);

struct grant {
	struct id id, account, unit, by; /* by zero: the operator */
	enum role role;
	const char *name, *email, *by_name; /* by_name NULL: the operator's, or her account is no more */
	struct day made;
};
/* All that wait, the oldest first. */
MUST_USE enum result grants_list(struct tx *tx, struct arena *a, struct day today, struct grant **list_r, size_t *n_r);
/* Those of one account. */
MUST_USE enum result grants_of(struct tx *tx, struct arena *a, struct day today, const struct id *account, struct grant **list_r, size_t *n_r);
/* Confirms it, or not. RES_NONE: it waits no more. RES_REFUSED: it is her own, or she asked for it and says yes; her no takes it back. */
MUST_USE enum result grants_decide(struct tx *tx, struct signin *s, const struct actor *who, const struct id *grant, bool yes);
/* What has waited too long goes. */
MUST_USE enum result grants_tidy(struct tx *tx, struct day today);
/* Nothing of an account that ends waits on, nor what it asked for. */
MUST_USE enum result grants_drop(struct tx *tx, const struct id *account);
/* What it asked for waits no more: it may ask for nothing now. */
MUST_USE enum result grants_drop_asked(struct tx *tx, const struct id *by);
/* What the operator did by the command, into the audit log. */
MUST_USE enum result grants_note(struct tx *tx, struct signin *s, const char *what, const struct id *account);
/* How many wait. */
MUST_USE enum result grants_count(struct tx *tx, struct day today, int64_t *n_r);

/* The mail that asks whoever could be the second person. */
const char *grants_subject(enum lang lang);
void grants_words(struct buf *body, enum lang lang, const char *name, const char *url, const char *workplace);

/* "Manager of …, and of all below it"; unit_path NULL: the whole workplace. Into `a`. */
const char *grants_role_text(struct arena *a, enum lang lang, enum role role, const char *unit_path);

struct answer grants_page(struct req *req, const struct actor *who, void *room);
struct answer grants_form(struct req *req, const struct actor *who, void *room);

#endif
