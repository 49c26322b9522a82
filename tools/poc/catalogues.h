/* catalogues.h: all languages' catalogues side by side, and what must hold between them.

   The order of the languages is that of po/LINGUAS. English is the language of the
   msgids: its catalogue is optional and holds only what is said otherwise than the msgid. */
#ifndef POC_CATALOGUES_H
#define POC_CATALOGUES_H

#include "po.h"

#define CATALOGUES_MAX 16

struct catalogue {
	char code[12]; /* "nb" */
	bool source;   /* English */
	struct po po;
};

struct catalogues {
	const char *dir; /* for messages: "po" */
	struct catalogue of[CATALOGUES_MAX];
	int n;
};

/* Each returns how many things are wrong and writes a line about each: "po/nb.po:12: why". */
/* What makes a catalogue unusable: fuzzy, empty, other holes, another plural rule. */
int catalogues_sound(const struct catalogues *c, struct buf *report);
/* All but English hold the same texts. */
int catalogues_alike(const struct catalogues *c, struct buf *report);
/* Against the texts of the source: none lacks, none is left over. */
int catalogues_complete(const struct catalogues *c, const struct po *source, struct buf *report);
/* No language repeats another's text unless one of the two is marked "# same: reason". */
int catalogues_own_words(const struct catalogues *c, struct buf *report);
/* The C tables (src/lang/texts.h). */
void catalogues_tables(const struct catalogues *c, struct buf *out);
/* The text of one language: English falls back to the msgid. */
const char *catalogue_said(const struct catalogue *c, const struct po_entry *key, int which);
void catalogues_free(struct catalogues *c);

#endif
