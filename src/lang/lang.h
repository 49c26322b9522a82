/* lang.h: the languages, and what we say in each.

   Texts are written in the code and in templates as English msgids; po/LANG.po holds
   each language's own words; the build turns them into tables and fails when one is
   missing. The language is an argument, never process state. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "base/clock.h"
#include "base/slice.h"

/* Those of po/LINGUAS, in its order. Makker's own four stand first and have names here; a further catalogue needs none, and
   no other line of C either (docs/translating.md). */
enum lang { LANG_NB, LANG_SV, LANG_DA, LANG_EN, LANG_MOST = 24 };
extern const int lang_count;             /* at most LANG_MOST */
extern const char *const lang_codes[];   /* "nb", "sv", …, NULL: the choices of a form's field */
extern const char lang_choices[];        /* "nb|sv|…": those of a setting */

/* "nb"; lang_from: RES_BAD for what is no language. */
const char *lang_code(enum lang lang);
MUST_USE enum result lang_from(struct slice code, enum lang *lang_r);
/* The same of what we have stored: a catalogue may have been taken away since. */
enum lang lang_or(struct slice code, enum lang otherwise);
/* What its readers call it: "Norsk". */
const char *lang_name(enum lang lang);
/* How a list of people may spell it ("no", "nynorsk", "svse"): small letters and digits only. The catalogue knows; where two
   claim a word, the later one of po/LINGUAS has it. */
MUST_USE enum result lang_spelled(struct slice word, enum lang *lang_r);
/* The best of Accept-Language (RFC 9110 § 12.5.4; a catalogue may answer to other codes too), else `otherwise`. */
enum lang lang_accept(struct slice header, enum lang otherwise);

/* The text in this language. The msgid must stand in the source as a literal, here or
   marked by TR() in a table whose rows are given to tr() later. A msgid that no catalogue
   has is our bug in our own builds (LANG_STRICT), and stands for itself in a release; one that a language may lack is said
   in its neighbour's words. */
const char *tr(enum lang lang, const char *msgid);
#define TR(msgid) msgid
#define TRN(one, other) one, other
#define TRC(context, msgid) msgid, context
/* By number, in as many forms as the language has: one and other in English. */
const char *trn(enum lang lang, const char *one, const char *other, int64_t n);
/* All forms, for who counts elsewhere (the browser), and how many they are. The digit at n of *rule_r is the form that n
   takes, below LANG_RULE; from there on the digit at 100 + n's last two digits is. */
#define LANG_FORMS 6
#define LANG_RULE 200
int tr_forms(enum lang lang, const char *one, const char *other, const char *form_r[LANG_FORMS], const char **rule_r);
/* With a context where one English text needs several: trc(lang, "offer answer", "Later"). */
const char *trc(enum lang lang, const char *context, const char *msgid);

/* "{name} will call you {when}" with name/value pairs, ended by NULL, into `out` (plain
   text: escape it where it goes). A name without a value is our bug. */
struct buf;
void tr_fill(struct buf *out, const char *text, const char *name, ...);
/* The same by pieces, for who escapes each: what stands before the next hole, and which of
   the n names the hole has; -1 at the end, with the rest before it. *text moves on. */
int tr_hole(const char **text, struct slice *before_r, const char *const *names, size_t n);

/* ---- times as people say them (DESIGN.md § 5), seen from `now` ----
   In the middle of a sentence; say_capital makes the beginning of one. The workplace's zone. */

/* A deadline: "i morgen før kl. 14"; "nå" when it has passed, "i kveld" from seven on, "i dag
   før midnatt" for 00:00 of tomorrow, days as in say_day. */
void say_before(struct buf *out, enum lang lang, struct instant when, struct instant now);
/* i dag, i morgen, i går, på lørdag (next six days), 18. november (this year), with the year else. */
void say_day(struct buf *out, enum lang lang, struct day when, struct day today);
/* rundt 16. desember */
void say_around(struct buf *out, enum lang lang, struct day when);
/* onsdag 18. november (this year), with the year else. */
void say_date(struct buf *out, enum lang lang, struct day when, struct day today);
/* i dag kl. 9.12 */
void say_moment(struct buf *out, enum lang lang, struct instant when, struct instant now);
/* kl. 22.40, kl. 14 */
void say_clock(struct buf *out, enum lang lang, struct instant when);
/* What stands between its hour and its minute: "." or ":". For a field that people write in. */
char say_clock_sign(enum lang lang);
/* A count as the language writes it, with a separator of thousands: 6 035 (with a no-break space), 6.035, 6,035. Not for years,
   line numbers or what is to be written into a field. */
void say_number(struct buf *out, enum lang lang, int64_t n);
/* Makes the letter at out->p[from] a capital one, Sámi's among them: from = out->n before the phrase was put. */
void say_capital(struct buf *out, size_t from);

#endif
