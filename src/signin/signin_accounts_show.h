/* signin_accounts_show.h: the words of the pages about accounts. For signin_accounts_pages.c. */
#ifndef SIGNIN_ACCOUNTS_SHOW_H
#define SIGNIN_ACCOUNTS_SHOW_H

#include "signin/signin_accounts.h"
#include "web/reply.h"

/* What has just been done, as a number in an address. */
enum said {
	SAID_NOTHING,
	SAID_ENDED,
	SAID_GONE,
	SAID_ADDED,
	SAID_ADDED_LONELY,
	SAID_ASKED,
	SAID_ASKED_LONELY,
	SAID_HAD,
	SAID_TAKEN,
	SAID_NOT_HAD,
	SAID_INVITED,
	SAID_MANY_LINKS,
	SAID_LAST,
};
#define SAID_MOST SAID_LAST

#define SHOW_UNITS_MOST 20 /* units to choose among */

/* What the pages are made of. */
struct show {
	struct signin *s;
	struct arena *a;
	const struct actor *who;
	enum lang lang;
	struct accounts_list list;
	struct accounts_one one;
	int64_t confirmers; /* others who could confirm a role */
	/* what was typed, and what was wrong with it; NULL: nothing */
	enum role role;
	const char *unit;
	struct signin_unit *units;
	const struct signin_unit **meant;
	size_t units_n, meant_n;
	const char *name_error, *email_error, *role_error, *unit_error;
	const char *there; /* path of who has the address already */
};

/* The values of FIELD_CHOICE, and what the nth of them is. */
extern const char *const accounts_show_roles[];
enum role accounts_show_role(int nth);
/* Whether the role can be asked for on this program's page: supporters come by the import, with their files. */
bool accounts_show_may_ask(const struct show *show, enum role role);

void accounts_show_list(struct show *show, struct html *h, const char *words, int64_t page, enum said said);
void accounts_show_one(struct show *show, struct html *h, enum said said);
void accounts_show_fresh(struct show *show, struct html *h, const char *name, const char *email, enum lang lang);
void accounts_show_take(struct show *show, struct html *h, const struct accounts_role *role);
void accounts_show_end(struct show *show, struct html *h);

#endif
