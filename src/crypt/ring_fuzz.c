#include "crypt/ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct ring_post post;
	if (ring_post_read(slice_bytes(data, n), a, &post) == RES_OK &&
	    sealed_bytes(post.slot).n != RING_SLOT)
		bug("a slot of another size");
	/* The same bytes as an answer's fields: what is accepted must fit. */
	char json[RING_JSON];
	size_t json_n = 0, part = n / 4;
	const char *p = (const char *)data;
	struct ring_answer answer = {.minute = (int64_t)n,
				     .phone = {p, part},
				     .when = {p + part, part},
				     .name = {p + 2 * part, part},
				     .note = {p + 3 * part, n - 3 * part}};
	if (ring_json(&answer, json, &json_n, NULL) == RES_OK &&
	    (json_n > RING_JSON || json[json_n - 1] != '}'))
		bug("JSON of another form");
	arena_free(&a);
	return 0;
}
