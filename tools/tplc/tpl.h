/* tpl.h: a template half compiled; shared by compile.c (blocks and HTML) and say.c (texts). */
#ifndef TPLC_TPL_H
#define TPLC_TPL_H

#include "compile.h"
#include "context.h"
#include "directive.h"

#define TPL_DEPTH 32

struct block {
	enum directive_kind kind; /* DIR_TEMPLATE, DIR_IF, DIR_FOR */
	int line;
	bool has_else;
	bool has_end;         /* a branch has ended already, at … */
	struct context start; /* where the block began */
	struct context end;   /* … this place */
	struct slice name;    /* of a template */
};

struct tpl {
	const char *file;
	struct slice text;
	size_t at;
	int line;
	struct tpl_out *out;
	struct buf literal; /* the template's own text, not yet written */
	struct context here;
	struct block blocks[TPL_DEPTH];
	int n_blocks;
	bool seen_template;
};

/* Sets the error; always RES_BAD. */
enum result tpl_refuse(struct tpl *t, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A slice for "%.*s" in an error, not too long. */
#define SHOW(s) (int)((s).n > 200 ? 200 : (s).n), (s).p
/* Code that comes from the template's present line. */
void tpl_code(struct tpl *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The macro of web/template.h that writes a value at this place. */
const char *tpl_writer(enum hole hole);
/* {{tr}}, {{trn}}, {{trc}}. */
MUST_USE enum result tpl_text(struct tpl *t, enum directive_kind kind, struct slice rest);

#endif
