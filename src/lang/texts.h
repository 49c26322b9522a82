/* texts.h: the tables that poc makes of po/; only lang.c reads them. */
#ifndef LANG_TEXTS_H
#define LANG_TEXTS_H

#include "lang/lang.h"

struct text {
	const char *context; /* "" for most */
	const char *msgid;
	const char *said[LANG_COUNT][2]; /* one, other; the second NULL without a plural */
};

extern const struct text texts[]; /* sorted by context, then msgid, as bytes */
extern const size_t texts_n;
extern const char *const texts_codes[LANG_COUNT];

#endif
