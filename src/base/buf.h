/* buf.h: bytes that grow up to a limit that is stated where they are born.

   A buffer that would pass its limit becomes `full`: it keeps what it had, takes
   nothing more, and says so once at the end. So a writer need not check each
   call. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

struct buf {
	char *p;      /* owned; zero-terminated after every call once anything was put */
	size_t n;     /* bytes in use, without the zero */
	size_t room;  /* bytes allocated */
	size_t limit; /* never more than this in use */
	size_t least; /* bytes allocated at first; 0: few */
	bool full;    /* something did not fit */
	bool secret;  /* every byte it ever held is overwritten before it is given back: when it grows, and in buf_free */
};

#define BUF_LIMIT(max_bytes) ((struct buf){ .limit = (max_bytes) })
#define BUF_SECRET(max_bytes) ((struct buf){ .limit = (max_bytes), .secret = true })

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_slice(struct buf *b, struct slice s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The contents; valid until the next put or buf_free. */
struct slice buf_get(const struct buf *b);
void buf_reset(struct buf *b); /* empties, keeps the memory */
void buf_wipe(struct buf *b);  /* overwrites the contents, then empties */
void buf_free(struct buf *b);  /* safe on a zeroed struct, and twice */

#endif
