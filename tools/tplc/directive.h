/* directive.h: what stands between "{{" and "}}", before anybody asks where it stands. */
#ifndef TPLC_DIRECTIVE_H
#define TPLC_DIRECTIVE_H

#include "base/slice.h"

enum directive_kind {
	DIR_COMMENT,
	DIR_INCLUDE,
	DIR_TEMPLATE,
	DIR_IF,
	DIR_ELIF,
	DIR_ELSE,
	DIR_END,
	DIR_FOR,
	DIR_LET,
	DIR_CALL,
	DIR_TR,
	DIR_TRN,
	DIR_TRC,
	DIR_VALUE,
};

struct directive {
	enum directive_kind kind;
	struct slice rest; /* what follows the word; the whole for DIR_VALUE */
};

/* Finds the "}}" that ends the directive beginning at text.p[0], over strings and
   braces; n_r counts both pairs. RES_BAD: never ended, or what stands inside is no C
   expression of ours (why_r says it, a fixed sentence). */
MUST_USE enum result directive_span(struct slice text, size_t *n_r, const char **why_r);
/* The inside, without the braces, already trimmed. */
struct directive directive_read(struct slice inside);
/* Stands alone on its line in the output: everything but a value and a text. */
bool directive_is_block(enum directive_kind kind);

/* A C name at the front of *rest, taken off. False: there is none. */
bool directive_name(struct slice *rest, struct slice *name_r);
/* A C string literal at the front, or several that C joins, taken off. */
bool directive_string(struct slice *rest, bool several, struct slice *literal_r);
/* name=expression at the front, the expression up to white space outside (), [] and quotes. */
bool directive_pair(struct slice *rest, struct slice *name_r, struct slice *expr_r);
/* The next {hole} in a text as it stands in the source; *at moves behind it. */
bool directive_hole(struct slice text, size_t *at, struct slice *name_r);

#endif
