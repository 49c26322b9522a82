/* signin_accounts.h: the accounts of a program, kept on its pages. For this room alone.

   Who keeps them is duty's administrator and, in haven, which has no technical role, the coordinator. She adds somebody and has
   the invitation mailed; she asks for roles, which wait for a second person (signin_grants.h); she takes a role away and
   ends an account by herself, since that must never wait. She sees no passphrase and no link, and nothing of what anybody does
   with a role. The last who keeps accounts stays, so that somebody can undo all this. Each look at the list and each change is
   an audit entry.

   Two may press at once: each change looks, in its own transaction, whether who presses still keeps accounts and
   whether there is still something to change. */
#ifndef SIGNIN_ACCOUNTS_H
#define SIGNIN_ACCOUNTS_H

#include "signin/signin_grants.h"
#include "signin/signin_store.h"

#define ACCOUNTS_KEEP (ROLE_ADMIN | ROLE_COORDINATOR)
#define ACCOUNTS_PAGE 50 /* shown at once */

struct accounts_role {
	enum role role;
	struct id unit;   /* zero: the whole workplace */
	const char *path; /* of the unit; NULL: the whole workplace, or a unit that is no more */
	struct day since; /* 0: from before that was noted */
};

struct accounts_one {
	struct signin_row row;
	const struct accounts_role *roles;
	size_t roles_n;
	const struct grant *waits; /* roles that wait for a second person */
	const char **waits_paths;
	size_t waits_n;
};

struct accounts_list {
	struct accounts_one *list; /* by address; `waits` is empty */
	size_t n;
	int64_t before, total; /* how many come before, and how many fit in all; with words: counted up to one page and one more */
	int64_t grants;        /* roles that wait, of all accounts */
};
/* The open accounts whose name or address holds the words (empty: all), in whatever case; from the page'th page on, from 0. The
   look is noted first: one of db_write. */
MUST_USE enum result accounts_look(struct tx *tx, struct signin *s, struct arena *a, const struct actor *who, struct slice words,
				   int64_t page, struct accounts_list *list_r);
/* RES_NONE: no such account, or ended. */
MUST_USE enum result accounts_get(struct tx *tx, struct signin *s, struct arena *a, const struct id *account,
				  struct accounts_one *one_r);

/* What came of a change. But for DONE, nothing was changed. */
enum accounts_said {
	ACCOUNTS_DONE,
	ACCOUNTS_GONE,    /* there is no such account or role (any more) */
	ACCOUNTS_LAST,    /* nobody would keep the accounts */
	ACCOUNTS_THERE,   /* the address has an open account already */
	ACCOUNTS_NOT_YOU, /* who presses keeps accounts no more */
};

struct accounts_fresh {
	const char *email, *name;
	enum lang lang;
	enum role role;
	struct id unit;
};
/* Makes the account (or opens one that had ended), asks for its role and mails the invitation. *account_r: it, or with THERE
   the one that is there. RES_BAD: the address or the name will not do. */
MUST_USE enum result accounts_add(struct tx *tx, struct signin *s, const struct actor *who, const struct accounts_fresh *fresh,
				  struct id *account_r, enum grant_way *way_r, enum accounts_said *said_r);
/* Asks for one more role. *way_r: with DONE. */
MUST_USE enum result accounts_ask(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum role role,
				  const struct id *unit, enum grant_way *way_r, enum accounts_said *said_r);
/* Takes a role away, at once: the next request of every session is without it. */
MUST_USE enum result accounts_take(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account, enum role role,
				   const struct id *unit, enum accounts_said *said_r);
/* Ends the account: its sessions, links, roles and what it asked for go. */
MUST_USE enum result accounts_end(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account,
				  enum accounts_said *said_r);
/* Mails a new link: the invitation again, or one for a new passphrase. RES_BAD: the address will never do. */
MUST_USE enum result accounts_invite(struct tx *tx, struct signin *s, const struct actor *who, const struct id *account,
				     enum accounts_said *said_r);
/* How many could confirm a role if this account could not. */
MUST_USE enum result accounts_confirmers_without(struct tx *tx, const struct id *account, int64_t *n_r);

/* Its routes, for signin_routes. */
extern const struct signin_route accounts_table[];
extern const size_t accounts_table_n;

#endif
