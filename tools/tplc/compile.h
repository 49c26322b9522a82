/* compile.h: an HTML template becomes C. The language is told in docs/templates.md. */
#ifndef TPLC_COMPILE_H
#define TPLC_COMPILE_H

#include "base/buf.h"

struct tpl_out {
	struct buf c;     /* x.tpl.c */
	struct buf h;     /* x.tpl.h */
	struct buf error; /* "file:line: what is wrong", when refused */
};

#define TPL_OUT ((struct tpl_out){ BUF_LIMIT((size_t)16 << 20), BUF_LIMIT(1 << 20), BUF_LIMIT(4096) })

/* `file` is the path for #line and for errors, `header` the name by which the C includes
   its own header. RES_BAD: refused, out->error says why; the other two are then worthless. */
MUST_USE enum result tpl_compile(const char *file, const char *header, struct slice text,
				 struct tpl_out *out);
void tpl_out_free(struct tpl_out *out);

#endif
