/* text.h: what people typed, made fit to keep: percent-encoding, UTF-8, NFC. Pure. */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

#include "base/arena.h"
#include "web/route.h"

/* Undoes percent-encoding, once. `plus`: a '+' is a space, as in forms. RES_BAD for a % without two hex digits. */
MUST_USE enum result percent_read(struct arena *a, struct slice s, bool plus, struct slice *text_r);
/* Well-formed UTF-8 without NUL. */
bool text_is_utf8(struct slice s);
/* The text as its kind wants it (FIELD_TEXT, FIELD_LINES or FIELD_RAW; route.h). RES_BAD: bad UTF-8, NUL, or a
   character the kind refuses. */
MUST_USE enum result text_clean(struct arena *a, enum field_kind kind, struct slice s, struct slice *text_r);
/* At most `most` bytes of it, not cutting a character in two. */
struct slice text_most(struct slice s, size_t most);

#endif
