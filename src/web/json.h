/* json.h: small JSON answers, written as they go. No tree, no copy.

   Calls that do not nest (a value without its key, an end too many) are our bug.
   `<`, `>` and `&` are written as \u003c …, so that an answer is harmless even where
   somebody takes it for HTML. Text that is not UTF-8 becomes U+FFFD. */
#ifndef WEB_JSON_H
#define WEB_JSON_H

#include "base/buf.h"

#define JSON_DEPTH 16

struct json {
	struct buf *out;
	int depth;
	char open[JSON_DEPTH]; /* '{' or '[' */
	bool some[JSON_DEPTH]; /* something was written there */
	bool keyed;            /* a key waits for its value */
};

#define JSON(buffer) ((struct json){ .out = (buffer) })

void json_obj(struct json *j); /* { */
void json_arr(struct json *j); /* [ */
void json_end(struct json *j); /* the innermost */
void json_key(struct json *j, const char *key);
void json_str(struct json *j, struct slice s);
void json_int(struct json *j, int64_t n);
void json_bool(struct json *j, bool yes);
void json_null(struct json *j);

/* A key and its value. NULL is null. */
void json_put_str(struct json *j, const char *key, const char *s);
void json_put_slice(struct json *j, const char *key, struct slice s);
void json_put_int(struct json *j, const char *key, int64_t n);
void json_put_bool(struct json *j, const char *key, bool yes);

#endif
