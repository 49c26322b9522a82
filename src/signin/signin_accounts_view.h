/* signin_accounts_view.h: what the pages about accounts show. */
#ifndef SIGNIN_ACCOUNTS_VIEW_H
#define SIGNIN_ACCOUNTS_VIEW_H

#include "look/look.h"

struct accounts_role_view {
	const char *text; /* the role, and since when or that it waits */
	const char *take; /* where it is taken away; NULL: it waits, or one may not */
	const char *what; /* the role alone, for who hears the link read out */
};

struct accounts_card {
	const char *href, *name, *email, *state;
	bool warn; /* something is wrong with the state */
	const struct accounts_role_view *roles;
	size_t roles_n;
};

struct accounts_list_view {
	struct look look;
	const char *action, *fresh, *grants; /* paths; grants NULL: nothing waits */
	const char *grants_text, *words, *good, *wrong;
	const char *counted;           /* "51–100 of 230" */
	const char *before, *after;    /* paths of the neighbouring pages; NULL: none */
	const char *none;              /* said when nobody is found */
	bool searched, more;
	const struct accounts_card *list;
	size_t n;
};

struct accounts_choice {
	const char *value, *text, *hint;
	bool chosen;
};

/* The fields of a role, and of the unit where there are units. */
struct accounts_ask_view {
	const struct accounts_choice *roles, *units; /* units: which of several may be meant */
	size_t roles_n, units_n;
	const char *unit;  /* typed */
	const char *role_error, *unit_error;
	const char *wait;  /* who must say yes */
	bool has_units;
};

struct accounts_fault {
	const char *href, *text;
};

struct accounts_fresh_view {
	struct look look;
	const char *action, *back;
	const char *name, *email, *name_error, *email_error;
	const char *there; /* path of who has the address already; NULL: nobody */
	const struct accounts_choice *langs;
	size_t langs_n;
	struct accounts_ask_view ask;
	const struct accounts_fault *faults;
	size_t faults_n;
};

struct accounts_one_view {
	struct look look;
	const char *back, *email, *state, *good, *wrong;
	bool warn;
	const struct accounts_role_view *roles;
	size_t roles_n;
	const char *ask_action;        /* NULL: there is no role to ask for */
	const char *ask_note;          /* where the roles come from that cannot be asked for here; NULL: nothing to say */
	struct accounts_ask_view ask;
	const struct accounts_fault *faults;
	size_t faults_n;
	const char *invite_action, *invite_title, *invite_text, *invite_button;
	const char *end;               /* path */
};

struct accounts_question_view {
	struct look look;
	const char *what, *who, *yes, *action, *back, *role, *unit; /* role, unit: hidden fields; NULL: none */
	const char *warnings[3];
	size_t warnings_n;
};

#endif
