/* vectors.h: reads tests/vectors/NAME.json in tests. A file or field that is missing fails the test. */
#ifndef CRYPT_VECTORS_H
#define CRYPT_VECTORS_H

#include <jansson.h>

#include "base/slice.h"

/* The whole file; json_decref it. */
json_t *vectors_load(const char *name);
/* The bytes of a field of lower-case hex: exactly n of them. */
void vectors_bytes(const json_t *v, const char *field, void *out, size_t n);
/* The test fails unless the field holds these n bytes. */
void vectors_hold(const json_t *v, const char *field, const void *bytes, size_t n);
/* As vectors_bytes, at most `room` of them; 0 and nothing written when the field is missing. */
size_t vectors_some(const json_t *v, const char *field, void *out, size_t room);
const char *vectors_text(const json_t *v, const char *field);

#endif
