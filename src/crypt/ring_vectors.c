/* Prints tests/vectors/ring-c.json: one post made by this room with fixed keys, for the browser's
   tests to open and to make again byte for byte. Built with the tests, not installed. */
#include <stdio.h>
#include <string.h>

#include "crypt/ring_testing.h"

static void put_hex(const char *name, const void *bytes, size_t n, const char *after)
{
	printf("\"%s\": \"", name);
	for (size_t i = 0; i < n; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
	printf("\"%s", after);
}

/* 32 bytes that a reader of the file can tell apart. */
static void fixed(unsigned char out[32], int first)
{
	for (int i = 0; i < 32; i++)
		out[i] = (unsigned char)(first + i);
}

int main(void)
{
	unsigned char inst[32], rel[32], open[32], seed[32], body[RING_POST] = {1, 0};
	struct hpke_pair people[4];
	char json[RING_JSON];
	size_t n;
	if (crypt_init() != RES_OK)
		return 1;
	fixed(inst, 0x10);
	fixed(rel, 0x40);
	crypt_hash(SLICE("makker/1 open"), open);
	for (int i = 0; i < 4; i++) {
		fixed(seed, 0x80 + i);
		hpke_derive_pair(seed, &people[i]);
	}
	struct ring_answer answer = {
	    .minute = 29885760,
	    .kind = RING_OTHER,
	    .phone = SLICE("+47 900 00 001"),
	    .when = SLICE("etter kl. 16"),
	    .name = SLICE("Åse O'Brien"),
	    .note = SLICE("«takk»\n\"ja\" \\ / \t\x01\x7f"),
	    .chosen = people[3].public,
	};
	memset(answer.ref.b, 0xa1, ID_BYTES);
	memset(answer.aid.b, 0xb2, ID_BYTES);
	if (ring_json(&answer, json, &n, NULL) != RES_OK)
		return 1;
	memset(body + 2, 0xc3, 16);
	memset(body + 18, 0xd4, 16);
	memset(body + 34, 0xe5, 8);
	printf("{\n \"about\": \"one ring post of section 3.3, made in C; json_utf8 is the plaintext without "
	       "length and zeros\",\n ");
	put_hex("inst", inst, CRYPT_INST, ",\n ");
	put_hex("rel", rel, 32, ",\n ");
	put_hex("door", body + 2, 16, ",\n ");
	put_hex("post_id", body + 18, 16, ",\n ");
	put_hex("nonce", body + 34, 8, ",\n ");
	put_hex("json_utf8", json, n, ",\n \"envelopes\": [\n");
	for (int i = 0; i < RING_ENVELOPES; i++) {
		unsigned char *envelope = body + 42 + i * RING_ENVELOPE;
		fixed(seed, 0xa0 + i);
		if (ring_testing_seal(seed, inst, i, people[i].public, i < 3 ? rel : NULL,
				      (struct slice){json, n}, envelope) != RES_OK)
			return 1;
		printf("  {\"position\": %d, \"psk_id\": \"%s\", ", i, i < 3 ? "rel" : "open");
		put_hex("psk", i < 3 ? rel : open, 32, ",\n   ");
		put_hex("ephemeral_seed", seed, 32, ",\n   ");
		fixed(seed, 0x80 + i);
		put_hex("recipient_seed", seed, 32, ",\n   ");
		put_hex("recipient_public", people[i].public, 32, ",\n   ");
		put_hex("envelope", envelope, RING_ENVELOPE, i < 3 ? "},\n" : "}\n ],\n ");
	}
	put_hex("body", body, sizeof(body), "\n}\n");
	return 0;
}
