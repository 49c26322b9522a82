#include "crypt/ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(struct slice body, struct arena *a)
{
	struct ring_post post;
	if (ring_post_read(body, a, &post) == RES_OK &&
	    (body.n != RING_POST || sealed_bytes(post.slot).n != RING_SLOT || id_is_zero(&post.post)))
		bug("not a post");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	unsigned char body[RING_POST] = {1};
	look(slice_bytes(data, n), a);
	/* Once more as changes to a good post: place(2), value. */
	body[18] = 1;
	for (size_t i = 0; i < RING_ENVELOPES; i++)
		body[42 + i * RING_ENVELOPE] = 9; /* the base point */
	for (size_t i = 0; i + 2 < n; i += 3)
		body[((size_t)data[i] << 8 | data[i + 1]) % RING_POST] = data[i + 2];
	look(slice_bytes(body, sizeof(body)), a);
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
