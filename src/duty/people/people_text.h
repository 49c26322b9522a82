/* people_text.h: names and headings as people write them and as they are compared. Pure. */
#ifndef PEOPLE_TEXT_H
#define PEOPLE_TEXT_H

#include "base/arena.h"
#include "base/slice.h"

/* All functions take UTF-8; what is not UTF-8 gives the empty slice. */

/* One line: every run of white space, line breaks and control characters becomes one space, none at the ends; invisible
   marks (zero width, soft hyphen, direction) are gone. NFC. */
struct slice people_clean(struct arena *a, struct slice text) MUST_USE;
/* Characters, not bytes. */
size_t people_length(struct slice text);
/* For comparing: without case and accents; å ä ö ø æ đ ð þ ł as a a o o ae d d th l. */
struct slice people_fold(struct arena *a, struct slice text) MUST_USE;
/* The folded letters and digits only: "E-post (jobb)" is "epostjobb". */
struct slice people_squeeze(struct arena *a, struct slice text) MUST_USE;

/* The folded words a name is found by, each once: its words; the parts and the whole of O'Brien ("o'brien", "obrien",
   "o", "brien") and of Anne-Marie; and the spellings that stand for the same letter (Åse: "ase", "aase"; Aase: "aase",
   "ase"; Sjöberg: "sjoberg", "sjoeberg"). At most `max`. */
#define PEOPLE_WORDS_MAX 48
size_t people_words(struct arena *a, struct slice name, struct slice *words_r, size_t max);
/* The words of what somebody typed: cut at spaces and hyphens, folded, with apostrophes kept. At most `max`. */
size_t people_query_words(struct arena *a, struct slice query, struct slice *words_r, size_t max);

#endif
