/* lang.h: the languages, and what we say in each.

   Texts are written in the code and in templates as English msgids; po/LANG.po holds
   each language's own words; the build turns them into tables and fails when one is
   missing. The language is an argument, never process state. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "base/clock.h"
#include "base/slice.h"

enum lang { LANG_NB, LANG_SV, LANG_DA, LANG_EN, LANG_COUNT };

/* "nb", "sv", "da", "en"; lang_from: RES_BAD for others. */
const char *lang_code(enum lang lang);
MUST_USE enum result lang_from(struct slice code, enum lang *lang_r);
/* The best of Accept-Language (RFC 9110 § 12.5.4; "no" and "nn" are nb), else `otherwise`. */
enum lang lang_accept(struct slice header, enum lang otherwise);

/* The text in this language. The msgid must stand in the source as a literal. */
const char *tr(enum lang lang, const char *msgid);
/* By number: all four languages have one and other. */
const char *trn(enum lang lang, const char *one, const char *other, int64_t n);
/* With a context where one English text needs several: trc(lang, "offer answer", "Later"). */
const char *trc(enum lang lang, const char *context, const char *msgid);

/* "{name} will call you {when}" with name/value pairs, ended by NULL, into `out` (plain
   text: escape it where it goes). A name without a value is our bug. */
struct buf;
void tr_fill(struct buf *out, const char *text, const char *name, ...);

/* ---- times as people say them (DESIGN.md § 5), seen from `now` ---- */

/* "now", "today before two", "tomorrow before two", "on Saturday", "around 16 December". */
void say_before(struct buf *out, enum lang lang, struct instant when, struct instant now); /* "i morgen før kl. 14" */
void say_day(struct buf *out, enum lang lang, struct day when, struct day today);            /* i dag, i morgen, i går, på lørdag (next six days), 18. november (this year), with the year else */
void say_around(struct buf *out, enum lang lang, struct day when);                           /* rundt 16. desember */
void say_date(struct buf *out, enum lang lang, struct day when);                             /* onsdag 18. november 2026 */
void say_moment(struct buf *out, enum lang lang, struct instant when, struct instant now);  /* i dag kl. 9.12 */
void say_clock(struct buf *out, enum lang lang, struct instant when);                        /* kl. 22.40 */

#endif
