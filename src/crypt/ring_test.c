#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "crypt/ring_testing.h"
#include "crypt/vectors.h"

static struct random_source *rnd;
static struct arena *arena;
static struct hpke_pair people[4]; /* assigned, stand-ins, the chosen other */
static const unsigned char inst[CRYPT_INST] = "installation 01", rel[32] = "rel of this exposure";

static struct ring_answer an_answer(enum ring_kind kind)
{
	return (struct ring_answer){
	    .ref = {{1, 2, 3}},
	    .aid = {{255, 254}},
	    .minute = 29885760,
	    .kind = kind,
	    .phone = SLICE("+47 900 00 001"),
	    .when = SLICE("etter kl. 16"),
	    .name = SLICE("Åse O'Brien"),
	    .note = SLICE("«takk»\n\"ja\" \\ \x01\x1f\x7f"),
	    .chosen = kind == RING_OTHER ? people[3].public : NULL,
	};
}

static void the_json_is_what_a_browser_would_write(void **state)
{
	(void)state;
	char json[RING_JSON];
	size_t n;
	struct ring_answer a = an_answer(RING_OTHER);
	assert_int_equal(ring_json(&a, json, &n, NULL), RES_OK);
	json_t *read = json_loadb(json, n, 0, NULL);
	assert_non_null(read);
	assert_string_equal(vectors_text(read, "kind"), "other");
	assert_string_equal(vectors_text(read, "name"), "Åse O'Brien");
	assert_string_equal(vectors_text(read, "note"), "«takk»\n\"ja\" \\ \x01\x1f\x7f");
	assert_int_equal(json_integer_value(json_object_get(read, "t")), 29885760);
	unsigned char to[RING_KEY_ID], want[RING_KEY_ID];
	vectors_bytes(read, "to", to, sizeof(to));
	ring_key_id(people[3].public, want);
	assert_memory_equal(to, want, sizeof(to));
	json_decref(read);
	static const char plain[] =
	    "{\"v\":1,\"ref\":\"AQIDAAAAAAAAAAAAAAAAAA\",\"aid\":\"__4AAAAAAAAAAAAAAAAAAA\","
	    "\"t\":29885760,\"kind\":\"none\"}";
	a = (struct ring_answer){.ref = a.ref, .aid = a.aid, .minute = a.minute, .kind = RING_NONE};
	assert_int_equal(ring_json(&a, json, &n, NULL), RES_OK);
	assert_int_equal(n, sizeof(plain) - 1);
	assert_memory_equal(json, plain, n);
}

static const char *wrong_field(const struct ring_answer *a)
{
	char json[RING_JSON];
	size_t n = 7;
	const char *field = NULL;
	if (ring_json(a, json, &n, &field) == RES_OK)
		return "none";
	assert_int_equal(n, 7);
	return field;
}

static void each_field_has_its_limit_and_one_more_byte_is_named(void **state)
{
	(void)state;
	static char as[200];
	memset(as, 'a', sizeof(as));
	struct ring_answer a = an_answer(RING_OTHER);
	a.phone = (struct slice){as, RING_PHONE_MAX};
	a.when = (struct slice){as, RING_WHEN_MAX};
	a.name = (struct slice){as, RING_NAME_MAX};
	a.note = (struct slice){as, RING_NOTE_MAX};
	assert_string_equal(wrong_field(&a), "none"); /* all at their limit together fit */
	a.phone.n++;
	assert_string_equal(wrong_field(&a), "phone");
	a.phone.n--;
	a.when.n++;
	assert_string_equal(wrong_field(&a), "when");
	a.when.n--;
	a.name.n++;
	assert_string_equal(wrong_field(&a), "name");
	a.name.n--;
	a.note.n++;
	assert_string_equal(wrong_field(&a), "note");
	a.note.n--;
	static char quotes[RING_NOTE_MAX];
	memset(quotes, '"', sizeof(quotes));
	a.note.p = quotes;
	assert_string_equal(wrong_field(&a), "note"); /* fits alone, not after escaping beside the others */
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"\x80",
					  "a\xc3",
					  "\xc0\xaf",
					  "\xe0\x80\x80",
					  "\xed\xa0\x80",
					  "\xf4\x90\x80\x80",
					  "\xf8\x88\x80\x80\x80",
					  "\xff",
					  "\xe2\x28\xa1",
					  "\xf0\x80\x80\x80"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct ring_answer a = an_answer(RING_CALL);
		a.name = slice_of(bad[i]);
		assert_string_equal(wrong_field(&a), "name");
	}
	struct ring_answer a = an_answer(RING_CALL);
	a.name = SLICE("Øyvind Ńąż 漢字 😀");
	assert_string_equal(wrong_field(&a), "none");
	a.chosen = people[3].public;
	assert_string_equal(wrong_field(&a), "kind");
	a = an_answer(RING_OTHER);
	a.chosen = NULL;
	assert_string_equal(wrong_field(&a), "kind");
}

static void an_answer_made_here_opens_for_each_of_its_readers(void **state)
{
	(void)state;
	const unsigned char *const to[3] = {people[0].public, people[1].public, NULL};
	struct ring_answer a = an_answer(RING_OTHER);
	const struct sealed *slot;
	char json[RING_JSON], opened[RING_JSON];
	size_t n, opened_n;
	assert_int_equal(ring_json(&a, json, &n, NULL), RES_OK);
	assert_int_equal(ring_answer_slot(rnd, arena, inst, to, rel, &a, &slot, NULL), RES_OK);
	struct slice bytes = sealed_bytes(slot);
	assert_int_equal(bytes.n, RING_SLOT);
	for (int reader = 0; reader < 4; reader++)
		for (int i = 0; i < 4; i++) {
			const unsigned char *envelope = (const unsigned char *)bytes.p + i * RING_ENVELOPE;
			bool hers = reader == i && i != 2; /* there is no second stand-in: a dummy */
			enum result res = ring_open(inst, i, &people[reader], i < 3 ? rel : NULL, envelope,
						    opened, &opened_n);
			assert_int_equal(res, hers ? RES_OK : RES_BAD);
			if (!hers)
				continue;
			assert_int_equal(opened_n, n);
			assert_memory_equal(opened, json, n);
		}
}

static void a_call_leaves_the_fourth_place_to_a_dummy(void **state)
{
	(void)state;
	const unsigned char *const to[3] = {people[0].public, people[1].public, people[2].public};
	struct ring_answer a = an_answer(RING_CALL);
	const struct sealed *slot;
	char opened[RING_JSON];
	size_t n;
	assert_int_equal(ring_answer_slot(rnd, arena, inst, to, rel, &a, &slot, NULL), RES_OK);
	const unsigned char *bytes = (const unsigned char *)sealed_bytes(slot).p;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ring_open(inst, i, &people[i], rel, bytes + i * RING_ENVELOPE, opened, &n),
				 RES_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ring_open(inst, 3, &people[i], NULL, bytes + 3 * RING_ENVELOPE, opened, &n),
				 RES_BAD);
}

static void a_reader_with_a_bad_key_makes_no_slot(void **state)
{
	(void)state;
	static const unsigned char zero[32];
	const unsigned char *const to[3] = {people[0].public, zero, NULL};
	struct ring_answer a = an_answer(RING_CALL);
	const struct sealed *slot = NULL;
	const char *field = NULL;
	assert_int_equal(ring_answer_slot(rnd, arena, inst, to, rel, &a, &slot, &field), RES_BAD);
	assert_null(slot);
	assert_string_equal(field, "to");
}

static void an_envelope_opens_only_in_its_place_with_its_rel_and_installation(void **state)
{
	(void)state;
	unsigned char env[RING_ENVELOPE], other_rel[32] = "another", other_inst[CRYPT_INST] = "another";
	char json[RING_JSON];
	size_t n;
	for (int at = 0; at < 4; at++) {
		const unsigned char *r = at < 3 ? rel : NULL;
		assert_int_equal(ring_seal(rnd, inst, at, people[0].public, r, SLICE("{}"), env), RES_OK);
		assert_int_equal(ring_open(inst, at, &people[0], r, env, json, &n), RES_OK);
		assert_int_equal(n, 2);
		for (int place = 0; place < 4; place++)
			if (place != at)
				assert_int_equal(
				    ring_open(inst, place, &people[0], place < 3 ? rel : NULL, env, json, &n),
				    RES_BAD);
		if (r)
			assert_int_equal(ring_open(inst, at, &people[0], other_rel, env, json, &n), RES_BAD);
		assert_int_equal(ring_open(other_inst, at, &people[0], r, env, json, &n), RES_BAD);
		assert_int_equal(ring_open(inst, at, &people[1], r, env, json, &n), RES_BAD);
	}
}

static void too_long_a_text_is_not_sealed(void **state)
{
	(void)state;
	unsigned char env[RING_ENVELOPE];
	char text[RING_JSON + 1] = {0}, json[RING_JSON];
	size_t n;
	assert_int_equal(
	    ring_seal(rnd, inst, 3, people[0].public, NULL, slice_bytes(text, RING_JSON + 1), env), RES_BAD);
	assert_int_equal(ring_seal(rnd, inst, 3, people[0].public, NULL, slice_bytes(text, RING_JSON), env),
			 RES_OK);
	assert_int_equal(ring_open(inst, 3, &people[0], NULL, env, json, &n), RES_OK);
	assert_int_equal(n, RING_JSON);
}

/* A sender who holds `rel` can seal anything: length and zeros are checked after opening. */
static void a_false_length_or_text_behind_the_end_is_refused(void **state)
{
	(void)state;
	unsigned char info[14 + CRYPT_INST] = "makker/1 ring", env[RING_ENVELOPE],
				plain[RING_PLAIN] = {0, 2, '{', '}'};
	char json[RING_JSON];
	size_t n;
	memcpy(info + 14, inst, CRYPT_INST);
	struct hpke_with with = {.info = slice_bytes(info, sizeof(info)),
				 .aad = slice_bytes("\1\0", 2),
				 .psk = slice_bytes(rel, 32),
				 .psk_id = SLICE("rel")};
	struct slice p = slice_bytes(plain, sizeof(plain));
	assert_int_equal(hpke_seal(rnd, "ring/test", people[0].public, &with, p, env), RES_OK);
	assert_int_equal(ring_open(inst, 0, &people[0], rel, env, json, &n), RES_OK);
	plain[RING_PLAIN - 1] = 1;
	assert_int_equal(hpke_seal(rnd, "ring/test", people[0].public, &with, p, env), RES_OK);
	assert_int_equal(ring_open(inst, 0, &people[0], rel, env, json, &n), RES_BAD);
	plain[RING_PLAIN - 1] = 0;
	plain[0] = 1;
	plain[1] = RING_JSON + 1 - 256;
	assert_int_equal(hpke_seal(rnd, "ring/test", people[0].public, &with, p, env), RES_OK);
	assert_int_equal(ring_open(inst, 0, &people[0], rel, env, json, &n), RES_BAD);
}

/* ---- posts ---- */

static void make_post(unsigned char body[RING_POST])
{
	memset(body, 0, 42);
	body[0] = 1;
	memset(body + 2, 0xd0, 16);
	memset(body + 18, 0x1d, 16);
	memset(body + 34, 0x07, 8);
	memcpy(body + 42, sealed_bytes(ring_dummy_slot(rnd, arena)).p, RING_SLOT);
}

static void a_post_is_read_into_its_parts(void **state)
{
	(void)state;
	unsigned char body[RING_POST];
	struct ring_post post;
	make_post(body);
	assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_OK);
	assert_memory_equal(post.door, body + 2, 16);
	assert_memory_equal(post.post.b, body + 18, 16);
	assert_memory_equal(post.nonce, body + 34, 8);
	assert_int_equal(sealed_bytes(post.slot).n, RING_SLOT);
	assert_memory_equal(sealed_bytes(post.slot).p, body + 42, RING_SLOT);
}

static void a_post_of_another_form_is_refused(void **state)
{
	(void)state;
	unsigned char body[RING_POST + 1];
	struct ring_post post;
	make_post(body);
	for (size_t n = 0; n <= RING_POST + 1; n++)
		if (n != RING_POST)
			assert_int_equal(ring_post_read(slice_bytes(body, n), arena, &post), RES_BAD);
	struct slice s = slice_bytes(body, RING_POST);
	body[0] = 2;
	assert_int_equal(ring_post_read(s, arena, &post), RES_BAD);
	body[0] = 1;
	body[1] = 1;
	assert_int_equal(ring_post_read(s, arena, &post), RES_BAD);
	body[1] = 0;
	memset(body + 18, 0, 16);
	assert_int_equal(ring_post_read(s, arena, &post), RES_BAD);
}

static void a_post_with_a_key_no_browser_makes_is_refused_in_each_place(void **state)
{
	(void)state;
	unsigned char body[RING_POST];
	struct ring_post post;
	for (int i = 0; i < RING_ENVELOPES; i++) {
		unsigned char *enc = body + 42 + i * RING_ENVELOPE;
		make_post(body);
		enc[31] |= 0x80;
		assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_BAD);
		memset(enc, 0, 32); /* small order */
		assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_BAD);
		enc[0] = 2; /* on the twist */
		assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_BAD);
		enc[0] = 9;
		assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_OK);
	}
}

/* Reads a file of one post: ours, and the one that the browser's modules made. */
static void check_post_file(const char *name)
{
	json_t *file = vectors_load(name), *v;
	unsigned char the_inst[CRYPT_INST], the_rel[32], body[RING_POST], got[RING_ENVELOPE];
	char json[RING_JSON], opened[RING_JSON];
	size_t i, n = vectors_some(file, "json_utf8", json, sizeof(json)), opened_n;
	struct ring_post post;
	vectors_bytes(file, "inst", the_inst, sizeof(the_inst));
	vectors_bytes(file, "rel", the_rel, sizeof(the_rel));
	vectors_bytes(file, "body", body, sizeof(body));
	assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_OK);
	vectors_hold(file, "door", post.door, 16);
	vectors_hold(file, "post_id", post.post.b, 16);
	assert_true(n > 0 && json_array_size(json_object_get(file, "envelopes")) > 0);
	json_array_foreach(json_object_get(file, "envelopes"), i, v)
	{
		unsigned char seed[32], want[RING_ENVELOPE];
		struct hpke_pair me;
		int at = (int)json_integer_value(json_object_get(v, "position"));
		const unsigned char *r = at < 3 ? the_rel : NULL;
		vectors_bytes(v, "recipient_seed", seed, 32);
		hpke_derive_pair(seed, &me);
		vectors_hold(v, "recipient_public", me.public, 32);
		vectors_bytes(v, "envelope", want, sizeof(want));
		assert_memory_equal(want, body + 42 + at * RING_ENVELOPE, sizeof(want));
		vectors_bytes(v, "ephemeral_seed", seed, 32);
		assert_int_equal(
		    ring_testing_seal(seed, the_inst, at, me.public, r, (struct slice){json, n}, got),
		    RES_OK);
		assert_memory_equal(got, want, sizeof(want));
		assert_int_equal(ring_open(the_inst, at, &me, r, want, opened, &opened_n), RES_OK);
		assert_int_equal(opened_n, n);
		assert_memory_equal(opened, json, n);
	}
	json_decref(file);
}

static void our_post_of_the_vectors_is_still_made_byte_for_byte(void **state)
{
	(void)state;
	check_post_file("ring-c");
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	static const unsigned char seed[32] = "ring";
	rnd = crypt_random_keyed(seed);
	arena = arena_new();
	for (unsigned char i = 0; i < 4; i++)
		hpke_derive_pair((unsigned char[32]){i, 1}, &people[i]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_json_is_what_a_browser_would_write),
		cmocka_unit_test(each_field_has_its_limit_and_one_more_byte_is_named),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(an_answer_made_here_opens_for_each_of_its_readers),
		cmocka_unit_test(a_call_leaves_the_fourth_place_to_a_dummy),
		cmocka_unit_test(a_reader_with_a_bad_key_makes_no_slot),
		cmocka_unit_test(an_envelope_opens_only_in_its_place_with_its_rel_and_installation),
		cmocka_unit_test(too_long_a_text_is_not_sealed),
		cmocka_unit_test(a_false_length_or_text_behind_the_end_is_refused),
		cmocka_unit_test(a_post_is_read_into_its_parts),
		cmocka_unit_test(a_post_of_another_form_is_refused),
		cmocka_unit_test(a_post_with_a_key_no_browser_makes_is_refused_in_each_place),
		cmocka_unit_test(our_post_of_the_vectors_is_still_made_byte_for_byte),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	crypt_random_keyed_free(&rnd);
	return failed;
}
