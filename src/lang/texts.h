/* texts.h: the tables that poc makes of po/; only lang.c and accept.c read them. */
#ifndef LANG_TEXTS_H
#define LANG_TEXTS_H

#include "lang/lang.h"

struct language {
	const char *code;
	const char *also;   /* "no nn": what else a browser may call it, until that has a catalogue */
	int nearest;        /* whose texts stand in for those it lacks; -1: it has them all */
	int forms;          /* of a counted text */
	const char *plural; /* LANG_RULE digits: lang.h, tr_forms */
};

struct text {
	const char *context; /* "" for most */
	const char *msgid;
	const char *const *said; /* by language; the forms of a counted text after each other, a zero byte after each */
};

extern const struct language languages[]; /* lang_count */
extern const struct text texts[]; /* sorted by context, then msgid, as bytes */
extern const size_t texts_n;

/* poc writes where each code of po/LINGUAS stands: AT_nb and so on. */
#define TEXTS_BEGIN(n) \
	_Static_assert(LANG_NB == AT_nb && LANG_SV == AT_sv && LANG_DA == AT_da && LANG_EN == AT_en && (n) <= LANG_MOST, \
		       "po/LINGUAS begins with nb sv da en, and is not too long")

#endif
