/* po.h: a gettext catalogue, read strictly: as much of the format as our catalogues use.
   What gettext's own tools check (msgfmt -c) is checked by them in tools/check-texts. */
#ifndef POC_PO_H
#define POC_PO_H

#include "base/buf.h"
#include "plural.h"

struct po_entry {
	char *context;  /* "" when there is none */
	char *msgid;
	char *plural;   /* NULL when there is none */
	char *said[PLURAL_FORMS]; /* NULL from `forms` on */
	int forms;      /* 1 without a plural */
	bool fuzzy;
	bool same;      /* "# same: …" or "#. same …": equal to another language's on purpose */
	int line;       /* of its msgid */
};

struct po {
	struct po_entry *entries; /* sorted by context, then msgid; no header entry */
	size_t n;
	char *header;     /* the text of the empty msgid; NULL when there is none */
	int obsolete;     /* line of the first "#~", 0 when there is none */
};

/* RES_BAD: error says "line: why". */
MUST_USE enum result po_read(struct slice text, struct po *po_r, struct buf *error);
void po_free(struct po *po);
/* NULL: not there. */
const struct po_entry *po_find(const struct po *po, const char *context, const char *msgid);
/* What stands after "Language:" and such in the header; NULL and no bytes when there is no such line. */
struct slice po_header(const struct po *po, const char *name);
/* Neither fuzzy nor empty in any form. */
bool po_has_words(const struct po_entry *e);
/* The order of entries: by context, then msgid. */
int po_order(const char *context_a, const char *msgid_a, const char *context_b, const char *msgid_b);

#endif
