/* What the browser's modules made, read by the server's room:
 * tests/vectors/{ring,wrap,vault,keylog,recovery}.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/aead.h"
#include "crypt/code.h"
#include "crypt/keylog.h"
#include "crypt/ring_testing.h"
#include "crypt/vectors.h"
#include "crypt/wrap.h"

static struct arena *arena;

static void a_browsers_ring_post_is_read_and_made_again_byte_for_byte(void **state)
{
	(void)state;
	json_t *file = vectors_load("ring"), *v;
	unsigned char inst[CRYPT_INST], rel[32], body[RING_POST], got[RING_ENVELOPE], want[32];
	const char *json = vectors_text(file, "json");
	char opened[RING_JSON];
	size_t i, n;
	struct ring_post post;
	vectors_bytes(file, "inst", inst, sizeof(inst));
	vectors_bytes(file, "rel", rel, sizeof(rel));
	vectors_bytes(file, "body", body, sizeof(body));
	assert_int_equal(ring_post_read(slice_bytes(body, sizeof(body)), arena, &post), RES_OK);
	vectors_hold(file, "door", post.door, 16);
	vectors_hold(file, "post_id", post.post.b, 16);
	assert_true(json_array_size(json_object_get(file, "recipients")) >= 2);
	json_array_foreach(json_object_get(file, "recipients"), i, v)
	{
		struct hpke_pair me;
		char place[4];
		int at = (int)json_integer_value(json_object_get(v, "position"));
		const unsigned char *r = at < 3 ? rel : NULL, *envelope = body + 42 + at * RING_ENVELOPE;
		vectors_bytes(v, "seed", want, 32);
		hpke_derive_pair(want, &me);
		vectors_hold(v, "pub", me.public, 32);
		ring_key_id(me.public, got);
		vectors_hold(v, "key_id", got, RING_KEY_ID);
		snprintf(place, sizeof(place), "%d", at);
		vectors_bytes(json_object_get(file, "ekm"), place, want, 32);
		assert_int_equal(ring_testing_seal(want, inst, at, me.public, r, slice_of(json), got),
				 RES_OK);
		assert_memory_equal(got, envelope, RING_ENVELOPE);
		assert_int_equal(ring_open(inst, at, &me, r, envelope, opened, &n), RES_OK);
		assert_int_equal(n, strlen(json));
		assert_memory_equal(opened, json, n);
	}
	json_decref(file);
}

/* A row opens under this key, and not after any byte of its head, `inst` or the id changed. */
static void row_opens(const unsigned char row[WRAP_ROW], const unsigned char kek[32],
		      const unsigned char inst[16], const unsigned char who[16], const unsigned char mk[32])
{
	unsigned char aad[76], got[32];
	struct slice sealed = slice_bytes(row + 44, 48);
	memcpy(aad, row, 44);
	memcpy(aad + 44, inst, 16);
	memcpy(aad + 60, who, 16);
	assert_int_equal(aead_open(kek, 32, row + 32, slice_bytes(aad, sizeof(aad)), sealed, got), RES_OK);
	assert_memory_equal(got, mk, 32);
	for (size_t i = 0; i < sizeof(aad); i++) {
		aad[i] ^= 1;
		assert_int_equal(aead_open(kek, 32, row + 32, slice_bytes(aad, sizeof(aad)), sealed, got),
				 RES_BAD);
		aad[i] ^= 1;
	}
}

static void a_browsers_wraps_pass_the_check_and_open_with_their_keys(void **state)
{
	(void)state;
	json_t *file = vectors_load("wrap");
	unsigned char inst[16], who[16], mk[32], row[WRAP_ROW], kek[32], ikm[64], device_key[32];
	const struct sealed *s;
	enum wrap_kind kind;
	struct code code;
	vectors_bytes(file, "inst", inst, 16);
	vectors_bytes(file, "supporter", who, 16);
	vectors_bytes(file, "mk", mk, 32);
	vectors_bytes(file, "recovery", row, sizeof(row));
	assert_int_equal(wrap_read(slice_bytes(row, sizeof(row)), arena, &s, &kind), RES_OK);
	assert_int_equal(kind, WRAP_RECOVERY);
	snprintf(code.digits, sizeof(code.digits), "%s", vectors_text(file, "recovery_payload"));
	code_wrap_key(&code, row + 16, kek);
	row_opens(row, kek, inst, who, mk);

	vectors_bytes(file, "passkey", row, sizeof(row));
	assert_int_equal(wrap_read(slice_bytes(row, sizeof(row)), arena, &s, &kind), RES_OK);
	assert_int_equal(kind, WRAP_PASSKEY);
	vectors_bytes(file, "prf", ikm, 32);
	crypt_hkdf(slice_bytes(row + 16, 16), slice_bytes(ikm, 32), SLICE("makker/1 wrap\3"), kek, 32);
	row_opens(row, kek, inst, who, mk);
	unsigned char input[12 + 16], hash[CRYPT_HASH], said[CRYPT_HASH];
	memcpy(input, "makker/1 prf", 12);
	memcpy(input + 12, inst, 16);
	crypt_hash(slice_bytes(input, sizeof(input)), hash);
	vectors_bytes(file, "prf_input", said, CRYPT_HASH);
	assert_memory_equal(hash, said, CRYPT_HASH);

	vectors_bytes(file, "device", row, sizeof(row));
	assert_int_equal(wrap_read(slice_bytes(row, sizeof(row)), arena, &s, &kind), RES_OK);
	assert_int_equal(kind, WRAP_DEVICE);
	const char *passphrase = vectors_text(file, "passphrase");
	struct slice salt = slice_bytes(row + 16, 16);
	size_t kib = (size_t)row[9] << 16 | (size_t)row[10] << 8 | row[11];
	assert_int_equal(crypto_pwhash_argon2id(ikm, 32, passphrase, strlen(passphrase), row + 16, row[7],
						kib * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13),
			 0);
	vectors_bytes(file, "device_key", device_key, 32);
	crypt_hmac(slice_bytes(device_key, 32), &salt, 1, ikm + 32);
	crypt_hkdf(salt, slice_bytes(ikm, 64), SLICE("makker/1 wrap\1"), kek, 32);
	row_opens(row, kek, inst, who, mk);
	json_decref(file);
}

static void a_browsers_master_key_gives_the_keys_of_the_protocol(void **state)
{
	(void)state;
	json_t *file = vectors_load("wrap"), *derived = json_object_get(file, "derived");
	unsigned char mk[32], got[32], want[32], secret[64];
	struct hpke_pair pair;
	struct slice salt = SLICE("makker/1 master");
	vectors_bytes(file, "mk", mk, 32);
	crypt_hkdf(salt, slice_bytes(mk, 32), SLICE("hpke"), got, 32);
	vectors_hold(derived, "hpke_seed", got, 32);
	hpke_derive_pair(got, &pair);
	vectors_hold(derived, "hpke_pub", pair.public, 32);
	crypt_hkdf(salt, slice_bytes(mk, 32), SLICE("vault"), got, 32);
	vectors_hold(derived, "vault_key", got, 32);
	crypt_hkdf(salt, slice_bytes(mk, 32), SLICE("sign"), got, 32);
	vectors_bytes(derived, "sign_seed", want, 32);
	assert_memory_equal(got, want, 32);
	crypto_sign_seed_keypair(got, secret, want);
	vectors_hold(derived, "sign_pub", got, 32);
	json_decref(file);
}

static void a_browsers_vault_is_the_blob_of_the_protocol(void **state)
{
	(void)state;
	json_t *file = vectors_load("vault");
	unsigned char key[32], aad[46] = "makker/1 vault", h[32];
	unsigned char *plain = must_alloc(1, VAULT_MIN), *blob = must_alloc(1, VAULT_MIN);
	const char *json = vectors_text(file, "json");
	const struct sealed *s;
	size_t n = strlen(json), plain_n = VAULT_MIN - AEAD_NONCE - AEAD_TAG;
	vectors_bytes(file, "inst", aad + 14, 16);
	vectors_bytes(file, "supporter", aad + 30, 16);
	vectors_bytes(file, "vault_key", key, 32);
	vectors_bytes(file, "nonce", blob, AEAD_NONCE);
	plain[2] = (unsigned char)(n >> 8);
	plain[3] = (unsigned char)n;
	memcpy(plain + 4, json, n);
	aead_seal(key, 32, blob, slice_bytes(aad, sizeof(aad)), slice_bytes(plain, plain_n),
		  blob + AEAD_NONCE);
	vectors_hold(file, "first_64", blob, 64);
	vectors_hold(file, "last_64", blob + VAULT_MIN - 64, 64);
	vault_hash(slice_bytes(blob, VAULT_MIN), h);
	vectors_hold(file, "sha256", h, 32);
	assert_int_equal(vault_read(slice_bytes(blob, VAULT_MIN), arena, &s), RES_OK);
	for (size_t i = 0; i < sizeof(aad); i++) {
		struct slice sealed = slice_bytes(blob + AEAD_NONCE, VAULT_MIN - AEAD_NONCE);
		aad[i] ^= 1;
		assert_int_equal(aead_open(key, 32, blob, slice_bytes(aad, sizeof(aad)), sealed, plain),
				 RES_BAD);
		aad[i] ^= 1;
	}
	free(plain);
	free(blob);
	json_decref(file);
}

static void a_browsers_key_log_may_be_appended_entry_by_entry(void **state)
{
	(void)state;
	json_t *file = vectors_load("keylog"), *v;
	struct keylog_head head = {0};
	struct keylog_entry newest[8], e;
	unsigned char bytes[KEYLOG_ENTRY];
	char safety[KEYLOG_SAFETY], head_code[KEYLOG_HEAD_CODE];
	size_t i, known = 0, k;
	json_array_foreach(json_object_get(file, "entries"), i, v)
	{
		json_t *one = json_pack("{s:O}", "entry", v);
		vectors_bytes(one, "entry", bytes, sizeof(bytes));
		json_decref(one);
		struct slice s = slice_bytes(bytes, sizeof(bytes));
		assert_int_equal(keylog_read(s, &e), RES_OK);
		for (k = 0; k < known && !id_eq(&newest[k].supporter, &e.supporter); k++)
			;
		assert_true(k < ARRAY_LEN(newest));
		assert_int_equal(
		    keylog_may_append(s, &head, k < known ? &newest[k] : NULL, e.day, &newest[k]), RES_OK);
		known += k == known;
		assert_int_equal(keylog_follow(s, &head, &e), RES_OK);
		assert_int_equal(e.kind,
				 json_integer_value(json_array_get(json_object_get(file, "kinds"), i)));
		keylog_safety_code(e.sign_key, safety);
		assert_string_equal(safety, json_string_value(json_array_get(json_object_get(file, "safety"), i)));
	}
	keylog_head_code(head.hash, head_code);
	assert_string_equal(head_code, vectors_text(file, "head_code"));
	assert_int_equal(head.next, 5);
	vectors_hold(file, "head", head.hash, 32);
	json_decref(file);
}

static void a_browsers_code_is_ours(void **state)
{
	(void)state;
	json_t *file = vectors_load("recovery"), *lines = json_object_get(file, "lines");
	struct code code;
	struct code_box box;
	char text[CODE_TEXT + 1];
	snprintf(text, sizeof(text), "%s\n%s\n%s", json_string_value(json_array_get(lines, 0)),
		 json_string_value(json_array_get(lines, 1)), json_string_value(json_array_get(lines, 2)));
	assert_int_equal(code_read(slice_of(text), &code, NULL), RES_OK);
	assert_string_equal(code.digits, vectors_text(file, "payload"));
	assert_string_equal(code_text(&code).s, text);
	code_box(&code, &box);
	vectors_hold(file, "auth", box.auth, 32);
	vectors_hold(file, "box_id", box.box_id, 32);
	vectors_hold(file, "sa", box.sa, 32);
	vectors_hold(file, "seed", box.seed, 32);
	json_decref(file);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	arena = arena_new();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browsers_ring_post_is_read_and_made_again_byte_for_byte),
		cmocka_unit_test(a_browsers_wraps_pass_the_check_and_open_with_their_keys),
		cmocka_unit_test(a_browsers_master_key_gives_the_keys_of_the_protocol),
		cmocka_unit_test(a_browsers_vault_is_the_blob_of_the_protocol),
		cmocka_unit_test(a_browsers_key_log_may_be_appended_entry_by_entry),
		cmocka_unit_test(a_browsers_code_is_ours),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
