/* offers_page.h: what offers.tpl shows. Made by offers_pages.c; the template decides nothing. */
#ifndef OFFERS_PAGE_H
#define OFFERS_PAGE_H

#include <string.h>

#include "haven/offers/offers.h"

/* Which form the page has. */
enum offers_form {
	OFFERS_FORM_ALL,    /* four answers */
	OFFERS_FORM_CHOOSE, /* nobody holds the task any more or yet: choose somebody who shall call */
	OFFERS_FORM_NONE,   /* nobody can be chosen either */
};

enum offers_kind { OFFERS_CALL, OFFERS_OTHER, OFFERS_LATER, OFFERS_NO }; /* as enum ring_kind */

struct offers_person {
	const char *given, *initials, *tint, *profession, *unit, *phone, *tel, *key_id;
	const char *since; /* a sentence */
	const char *name, *safety, *renewed; /* the digits of her key; renewed: a sentence, or NULL */
};

struct offers_step {
	const char *when, *what;
	bool done;
	bool call; /* the supporter's call, which some answers take away */
};

struct offers_fault {
	const char *href, *text;
};

struct offers_page {
	struct look look;
	enum offers_touch touch;
	enum offers_form form;
	const char *lang, *action, *stop; /* paths of the two forms */
	const char *lasts;                /* seconds for which what the script seals here is read by whom the page names; NULL: no end */
	const char *given;                /* of the person */
	const char *heading, *lead, *title, *happened;
	const char *more;                 /* a second sentence under the lead, or NULL */
	const struct offers_person *holder; /* the face on top, or NULL */
	const struct offers_person *choices, *readers_list; /* the second: with the holder before them */
	size_t choices_n, readers_n;
	const char *others; /* "Six colleagues can help you." */
	const char *readers; /* who can open the answer */
	const char *const *lost; /* sentences: whom she must not wait for, should she have chosen them */
	size_t lost_n;
	const char *phone_hint;
	bool phone_needed;
	const struct offers_step *steps;
	size_t steps_n;
	bool stopped;
	/* the session for everybody; group_when NULL: none */
	const char *group_when, *group_place, *group_by, *group_hint;
	bool group_cancelled;
	const char *there; /* duty's form; NULL: no link */
	struct look_lines lines;
	bool alone; /* nobody is found yet, or nobody is left to choose: a number that answers stands where the face would */
	/* for the browser's part */
	const char *ring, *inst, *door, *ref, *rel, *keys, *post;
	/* what was sent, when the form is shown again */
	enum offers_kind kind;
	const char *phone, *note, *name, *to;
	int when;
	const struct offers_fault *faults;
	size_t faults_n;
	const char *phone_fault, *to_fault, *note_fault;
};

/* Everything but what was sent. `now` decides what has passed. `group` NULL: there is none. */
void offers_fill(struct arena *a, const struct offers_pages *p, const struct offers_view *v, const struct offers_group *group,
		 enum lang lang, struct instant now, struct slice token, const unsigned char door[16], struct offers_page *page_r);

#endif
