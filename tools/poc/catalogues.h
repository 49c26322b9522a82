/* catalogues.h: all languages' catalogues side by side, and what must hold between them.

   The order of the languages is that of po/LINGUAS. English is the language of the
   msgids: its catalogue is optional and holds only what is said otherwise than the msgid.

   A catalogue's header says, beside gettext's own lines:
     X-Makker-Nearest: nb     it may lack texts, and where it does its readers get those of this language
     X-Makker-Also: no nn     what else a browser may call the language (Accept-Language), until that has its own
   What stands under the context "this language" (its name, and how a staff file spells it) never falls back. */
#ifndef POC_CATALOGUES_H
#define POC_CATALOGUES_H

#include "po.h"

#define CATALOGUES_MAX 16

struct catalogue {
	char code[12]; /* "nb": two or three letters */
	bool source;   /* English */
	struct po po;
	struct plural plural;
	int nearest;   /* it may lack texts; whose stand in for them. -1: it holds them all */
};

struct catalogues {
	const char *dir; /* for messages: "po" */
	struct catalogue of[CATALOGUES_MAX];
	int n;
};

/* Each returns how many things are wrong and writes a line about each: "po/nb.po:12: why". */
/* Reads the headers, which the others need: first of all. */
int catalogues_heads(struct catalogues *c, struct buf *report);
/* What makes a catalogue unusable: a fuzzy or empty text where none may be lacking, other holes, another number of forms. */
int catalogues_sound(const struct catalogues *c, struct buf *report);
/* All but English, and those that may lack some, hold the same texts. */
int catalogues_alike(const struct catalogues *c, struct buf *report);
/* Against the texts of the source: none lacks, none is left over. */
int catalogues_complete(const struct catalogues *c, const struct po *source, struct buf *report);
/* No language repeats another's text unless one of the two is marked "# same: reason". */
int catalogues_own_words(const struct catalogues *c, struct buf *report);
/* A line about each catalogue, or those only that may lack texts: "po/se.po: 1200 of 1470 texts; the others in nb". */
void catalogues_count(const struct catalogues *c, bool all, struct buf *out);
/* The C tables (src/lang/texts.h). */
void catalogues_tables(const struct catalogues *c, struct buf *out);
/* The text of one language: English falls back to the msgid. NULL: it lacks it. */
const char *catalogue_said(const struct catalogue *c, const struct po_entry *key, int form);
void catalogues_free(struct catalogues *c);

#endif
