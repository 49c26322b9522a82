/* id.h: what everything is called: 16 random bytes. No serial numbers (PROTOCOL.md § 9),
   since a serial number tells order and count. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <string.h>

#include "base/random.h"
#include "base/slice.h"

#define ID_BYTES 16
#define ID_TEXT 22 /* characters of base64url without padding */

struct id {
	unsigned char b[ID_BYTES];
};

struct id_text {
	char s[ID_TEXT + 1];
};

struct id id_new(struct random_source *rnd, const char *label);
int id_cmp(const struct id *a, const struct id *b);
/* Here, so that it becomes two comparisons: an incident's people are looked up among one another. Not in constant time: ids are
   no secrets. */
static inline bool id_eq(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, ID_BYTES) == 0;
}
static inline bool id_is_zero(const struct id *a)
{
	static const struct id zero;
	return id_eq(a, &zero);
}
struct id_text id_text(const struct id *a);
/* Exactly the 22 characters that id_text makes; anything else is RES_BAD. */
MUST_USE enum result id_parse(struct slice text, struct id *id_r);

/* base64url without padding (RFC 4648 § 5), for any bytes. out holds base64url_size(n) characters and a zero. */
#define base64url_size(n) (((n)*4 + 2) / 3)
void base64url_write(char *out, const void *bytes, size_t n);
/* Exactly n bytes from the canonical text; other lengths, other characters and stray low bits are RES_BAD. */
MUST_USE enum result base64url_read(struct slice text, void *bytes_r, size_t n);
/* Lower-case hexadecimal of any bytes. out holds 2n digits and a zero. */
void hex_write(char *out, const void *bytes, size_t n);

#endif
