/* multipart.h: multipart/form-data (RFC 7578) as it comes, in pieces of any size, without keeping any of it. Pure.

   Written by hand because the library's reader keeps what nobody declared and does not wipe it. Strict: what a
   browser sends is read, and anything else is refused. */
#ifndef WEB_MULTIPART_H
#define WEB_MULTIPART_H

#include "base/slice.h"

#define MULTIPART_BOUNDARY_MOST 70 /* RFC 2046 § 5.1.1 */
#define MULTIPART_LINE_MOST 1024   /* bytes of one header line of a part */
#define MULTIPART_LINES_MOST 8
#define MULTIPART_NAME_MOST 64
#define MULTIPART_PARTS_MOST 64

/* Where the parts go. The name lives until the next part. `begin` is told whether the part is a file; what the file is called
   is told to nobody. RES_OK to go on; anything else ends the reading with that result. */
struct multipart_sink {
	enum result (*begin)(void *ctx, struct slice name, bool is_file);
	enum result (*bytes)(void *ctx, const char *p, size_t n);
	enum result (*end)(void *ctx);
	void *ctx;
};

enum multipart_place { MULTIPART_FIRST, MULTIPART_AFTER, MULTIPART_HEAD, MULTIPART_BODY, MULTIPART_OVER, MULTIPART_WRONG };

struct multipart {
	struct multipart_sink sink;
	enum multipart_place place;
	char delimiter[4 + MULTIPART_BOUNDARY_MOST + 1]; /* CR LF "--" and the boundary */
	size_t delimiter_n, matched;                      /* how much of it has just come */
	char line[MULTIPART_LINE_MOST], name[MULTIPART_NAME_MOST + 1];
	size_t line_n, lines, parts;
	bool named, is_file;
	char after[2];
	size_t after_n;
};

/* The boundary of a Content-Type. RES_NONE: another type. RES_BAD: none, or one that no browser makes. */
MUST_USE enum result multipart_boundary(struct slice content_type, struct slice *boundary_r);
void multipart_begin(struct multipart *m, struct slice boundary, struct multipart_sink sink);
/* The next piece. RES_BAD: malformed, or more than the limits; or what the sink said. Once wrong it stays wrong. */
MUST_USE enum result multipart_read(struct multipart *m, const char *p, size_t n);
/* RES_OK: the last part has ended. */
MUST_USE enum result multipart_end(const struct multipart *m);

#endif
