#include "crypt/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* The longest field that is compared. */
#define VECTORS_MOST 4096

json_t *vectors_load(const char *name)
{
	char path[500];
	json_error_t error;
	snprintf(path, sizeof(path), "%s/%s.json", VECTORS, name);
	json_t *file = json_load_file(path, 0, &error);
	if (!file)
		fail_msg("%s: %s", path, error.text);
	return file;
}

size_t vectors_some(const json_t *v, const char *field, void *out, size_t room)
{
	const char *hex = json_string_value(json_object_get(v, field)), *end;
	size_t n = 0;
	if (!hex)
		return 0;
	if (sodium_hex2bin(out, room, hex, strlen(hex), NULL, &n, &end) || *end)
		fail_msg("%s is not hex of at most %zu bytes", field, room);
	return n;
}

void vectors_bytes(const json_t *v, const char *field, void *out, size_t n)
{
	if (vectors_some(v, field, out, n) != n)
		fail_msg("%s is not %zu bytes", field, n);
}

void vectors_hold(const json_t *v, const char *field, const void *bytes, size_t n)
{
	unsigned char want[VECTORS_MOST];
	assert_true(n <= sizeof(want));
	vectors_bytes(v, field, want, n);
	assert_memory_equal(bytes, want, n);
}

const char *vectors_text(const json_t *v, const char *field)
{
	const char *text = json_string_value(json_object_get(v, field));
	if (!text)
		fail_msg("%s is missing", field);
	return text;
}
