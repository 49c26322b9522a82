/* signin_view.h: what the pages show. */
#ifndef SIGNIN_VIEW_H
#define SIGNIN_VIEW_H

#include "look/look.h"

struct signin_view {
	struct look look;
	const char *action; /* where its form goes */
	const char *email;  /* typed, or the account's */
	const char *name;
	const char *to;         /* where one wanted to go; NULL: nowhere in particular */
	const char *forgot;     /* path */
	const char *sign_in;    /* path */
	const char *everywhere; /* path of the other form */
	const char *wrong;      /* what was wrong with what was sent; NULL: nothing */
	const char *good;       /* what has just been done; NULL: nothing */
	int least;              /* characters of a passphrase */
};

/* One role that waits. */
struct signin_grant {
	const char *id, *name, *email, *role, *since;
	bool own;   /* her own: somebody else must confirm it */
	bool asked; /* she asked for it: the same, but she may take that back */
};

struct signin_grants_view {
	struct look look;
	const char *action;
	const char *good; /* what has just been done; NULL: nothing */
	const struct signin_grant *list;
	size_t n;
};

#endif
