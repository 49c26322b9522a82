/* look.h: what all pages share: head, foot, emergency numbers, faces, the page that says something went wrong.

   Knows no room of either program. A page fills `struct look` and calls look_top and
   look_bottom around its own template. */
#ifndef LOOK_H
#define LOOK_H

#include "base/arena.h"
#include "lang/lang.h"
#include "web/reply.h"
#include "web/server.h"

enum look_side { LOOK_DUTY, LOOK_HAVEN };

/* A place of the main menu. */
struct look_place {
	const char *href;
	const char *text;  /* msgid */
	uint32_t roles;    /* who finds it there: any of these */
};

/* A number to call when there is danger; by country. */
struct look_sos {
	const char *number, *href, *text;
};

/* What one program's pages have in common; made once, at start. */
struct look_house {
	enum look_side side;
	const char *workplace;
	const char *country;  /* "no", "se", "dk" */
	const char *home;     /* where the mark leads */
	const char *leave;    /* where "leave this page" leads, haven only: somewhere harmless */
	const char *css;      /* path of the style sheet */
	const struct look_place *places; /* the main menu, in its order; each page shows the same to the same person */
	size_t places_n;
	const char *leave_js; /* path of the quick exit, haven only; NULL: none */
	/* haven only: professionals whom the workplace has an agreement with (settings professional_line…). No name: none. */
	struct {
		const char *name, *phone, *hours; /* hours "": day and night */
	} line;
};

struct look {
	const struct look_house *house;
	enum lang lang;
	const char *title;        /* of the document, before " – Makker" */
	uint32_t roles;           /* of whoever reads it, for the main menu; 0: nobody is signed in */
	const char *place;        /* the href of the menu's place that this page belongs to, or NULL */
	const char *path;         /* of this page: the language links lead back to it; NULL: no language links */
	const char *script;       /* path of the page's module, or NULL */
	const char *sign_out;     /* path of the sign-out form, or NULL */
	const char *account;      /* path of the page about one's own sign-in, or NULL */
	const char *csrf;
	int refresh;              /* without JavaScript: seconds until the page is asked for again; 0: never */
	bool quick_exit;          /* "leave this page", top right */
};

/* look.tpl: look_top opens the page up to <main>, look_bottom closes it. */
void look_top(struct html *h, const struct look *l);
void look_bottom(struct html *h, const struct look *l);
bool look_is_here(const struct look *l, const struct look_place *place);
/* Drawings beside a word; none says anything alone. */
void look_icon_leave(struct html *h);
void look_icon_phone(struct html *h);
void look_icon_lock(struct html *h);
void look_icon_warning(struct html *h);
void look_icon_tick(struct html *h);
void look_icon_cross(struct html *h);

/* "<link …>" and "<script …>" for an asset of ours (asset_url): the template compiler rightly refuses a
   value as the whole address of either, so these two are the only places where one is written. */
void look_stylesheet(struct html *h, const char *asset);
void look_module(struct html *h, const char *asset);

size_t look_sos_numbers(const char *country, enum lang lang, const struct look_sos **list_r);

/* Somebody outside the workplace to talk to, day or night. */
struct look_line {
	const char *name, *number, *href, *when; /* who answers, and when */
	bool always; /* day and night */
};
struct look_lines {
	struct look_line list[3];      /* the house's own line, if any, then the public ones of its country */
	size_t n;
	struct look_line now;          /* the first of them that answers day and night, else the first */
	struct look_line professional; /* the professional line: the house's own, else `now` */
	struct look_line urgent;       /* a professional of the country's own: where signs of danger belong at every hour */
};
/* Texts in `a` and the house. */
struct look_lines look_lines(struct arena *a, const struct look_house *house, enum lang lang);

/* A face: initials of a name, at most two letters, into out[16]; and one of five tints by hash of the id, no meaning. */
void look_initials(const char *name, char out[16]);
const char *look_tint(const struct id *id);
/* "+4700000124" to "+47 00 00 01 24": a Norwegian, Danish or Swedish number as people write it, for the eye; any
   other, and a national one that has spaces already, as it is (tests/vectors/phones.txt). Into `a`, or `phone` itself. */
const char *look_phone(struct arena *a, const char *phone);
/* "+47 00 00 01 24" to "tel:+4700000124". Into `a`. */
const char *look_tel(struct arena *a, const char *phone);
/* The last part of a unit's path: "Trust / Division / Ward" to "Ward". Points into `path`. */
const char *look_place(const char *path);
/* The first name of a full one, in `a`. */
const char *look_given(struct arena *a, const char *name);

/* For web_setup.error_page; ctx is the struct look_house. */
void look_error_page(struct html *out, const struct web_error *error, void *house);
const char *look_error_title(enum lang lang, int status);
const char *look_error_text(enum lang lang, int status);

#endif
