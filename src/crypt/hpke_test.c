#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "crypt/crypt.h"
#include "crypt/curve.h"
#include "crypt/hpke_testing.h"
#include "crypt/vectors.h"

static struct random_source *rnd;
static struct hpke_pair alice, bob;

static void the_vectors_of_rfc_9180_hold_in_all_three_modes_and_both_ciphers(void **state)
{
	(void)state;
	json_t *file = vectors_load("hpke-rfc9180"), *v;
	size_t i, modes = 0;
	json_array_foreach(json_object_get(file, "vectors"), i, v)
	{
		unsigned char seed[32], info[64], aad[64], psk[64], psk_id[64], pt[64], ct[160], got[160];
		struct hpke_pair r, s, e;
		int aead_id = (int)json_integer_value(json_object_get(v, "aead_id"));
		vectors_bytes(v, "ikmR", seed, 32);
		hpke_derive_pair(seed, &r);
		struct hpke_with with = {
		    .info = slice_bytes(info, vectors_some(v, "info", info, sizeof(info))),
		    .aad = slice_bytes(aad, vectors_some(v, "aad", aad, sizeof(aad))),
		    .psk = slice_bytes(psk, vectors_some(v, "psk", psk, sizeof(psk))),
		    .psk_id = slice_bytes(psk_id, vectors_some(v, "psk_id", psk_id, sizeof(psk_id))),
		};
		if (vectors_some(v, "ikmS", seed, 32)) {
			hpke_derive_pair(seed, &s);
			with.sender = &s;
			with.sender_public = s.public;
		}
		int mode = with.psk.n ? 1 : with.sender ? 2 : 0;
		assert_int_equal(json_integer_value(json_object_get(v, "mode")), mode);
		modes |= 1u << (aead_id * 4 + mode);
		vectors_bytes(v, "ikmE", seed, 32);
		hpke_derive_pair(seed, &e);
		vectors_hold(v, "enc", e.public, 32);
		vectors_hold(v, "pkRm", r.public, 32);
		size_t pt_n = vectors_some(v, "pt", pt, sizeof(pt)),
		       ct_n = vectors_some(v, "ct", ct + 32, 128);
		memcpy(ct, e.public, 32);
		assert_int_equal(ct_n, pt_n + HPKE_TAG);
		assert_int_equal(
		    hpke_testing_seal(aead_id, seed, r.public, &with, slice_bytes(pt, pt_n), got), RES_OK);
		assert_memory_equal(got, ct, ct_n + 32);
		assert_int_equal(hpke_testing_open(aead_id, &r, &with, slice_bytes(ct, ct_n + 32), got),
				 RES_OK);
		assert_memory_equal(got, pt, pt_n);
	}
	assert_int_equal(modes, 0x770); /* Base, PSK and Auth, each with AES-128 and AES-256 */
	json_decref(file);
}

static const unsigned char psk[32] = "thirty-two bytes both of us know";

/* One message in each mode, and what each field may be swapped for. */
static struct hpke_with with_of(int mode)
{
	struct hpke_with with = {.info = SLICE("info"), .aad = SLICE("aad")};
	if (mode == 1) {
		with.psk = slice_bytes(psk, sizeof(psk));
		with.psk_id = SLICE("rel");
	}
	if (mode == 2) {
		with.sender = &alice;
		with.sender_public = alice.public;
	}
	return with;
}

static void what_is_sealed_opens_and_every_swapped_field_fails(void **state)
{
	(void)state;
	unsigned char sealed[5 + HPKE_MORE], plain[5], other_psk[32] = "another", other_key[32];
	memcpy(other_key, bob.public, 32);
	for (int mode = 0; mode < 3; mode++) {
		struct hpke_with with = with_of(mode), swapped;
		struct slice s = slice_bytes(sealed, sizeof(sealed));
		assert_int_equal(hpke_seal(rnd, "hpke/test", bob.public, &with, SLICE("Hallo"), sealed),
				 RES_OK);
		assert_int_equal(hpke_open(&bob, &with, s, plain), RES_OK);
		assert_memory_equal(plain, "Hallo", 5);
		assert_int_equal(hpke_open(&alice, &with, s, plain), RES_BAD);
		swapped = with;
		swapped.info = SLICE("infp");
		assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
		swapped = with;
		swapped.aad = SLICE("aae");
		assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
		swapped.aad = SLICE("");
		assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
		if (mode == 1) {
			swapped = with;
			swapped.psk = slice_bytes(other_psk, 32);
			assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
			swapped = with;
			swapped.psk_id = SLICE("open");
			assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
		}
		if (mode == 2) {
			swapped = with;
			swapped.sender_public = other_key;
			assert_int_equal(hpke_open(&bob, &swapped, s, plain), RES_BAD);
		}
		for (int other = 0; other < 3; other++) {
			swapped = with_of(other);
			assert_int_equal(hpke_open(&bob, &swapped, s, plain),
					 other == mode ? RES_OK : RES_BAD);
		}
	}
}

static void every_flipped_bit_and_every_cut_of_a_message_fails(void **state)
{
	(void)state;
	unsigned char sealed[5 + HPKE_MORE], plain[5 + HPKE_MORE];
	struct hpke_with with = with_of(1);
	assert_int_equal(hpke_seal(rnd, "hpke/test", bob.public, &with, SLICE("Hallo"), sealed), RES_OK);
	for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
		sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(hpke_open(&bob, &with, slice_bytes(sealed, sizeof(sealed)), plain), RES_BAD);
		sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	for (size_t n = 0; n < sizeof(sealed); n++)
		assert_int_equal(hpke_open(&bob, &with, slice_bytes(sealed, n), plain), RES_BAD);
	assert_int_equal(hpke_open(&bob, &with, slice_bytes(sealed, sizeof(sealed)), plain), RES_OK);
}

static void two_messages_never_share_a_key(void **state)
{
	(void)state;
	unsigned char a[5 + HPKE_MORE], b[5 + HPKE_MORE];
	struct hpke_with with = with_of(0);
	assert_int_equal(hpke_seal(rnd, "hpke/test", bob.public, &with, SLICE("Hallo"), a), RES_OK);
	assert_int_equal(hpke_seal(rnd, "hpke/test", bob.public, &with, SLICE("Hallo"), b), RES_OK);
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(a + 32, b + 32, 21);
}

/* The points of small order (RFC 7748 § 6.1 and the twist's), and spellings at or above p. */
static void bad_points_are_refused_as_recipient_and_inside_a_message(void **state)
{
	(void)state;
	static const struct {
		unsigned char first, middle, last;
	} plain[] = {
	    {0x00, 0x00, 0x00}, {0x01, 0x00, 0x00}, {0xec, 0xff, 0x7f}, /* 0, 1, p - 1 */
	    {0xed, 0xff, 0x7f}, {0xee, 0xff, 0x7f}, {0xff, 0xff, 0x7f}, /* p, p + 1, 2^255 - 1 */
	    {0x00, 0x00, 0x80}, {0x01, 0x00, 0x80}, {0x09, 0x00, 0x80}, {0xff, 0xff, 0xff},
	};
	unsigned char point[32], sealed[1 + HPKE_MORE], out;
	struct hpke_with with = with_of(0);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		memset(point, plain[i].middle, 32);
		point[0] = plain[i].first;
		point[31] = plain[i].last;
		assert_false(curve_usable(point));
		assert_false(curve_like_real(point));
		assert_int_equal(hpke_seal(rnd, "hpke/test", point, &with, SLICE("x"), sealed), RES_BAD);
		memset(sealed, 0, sizeof(sealed));
		memcpy(sealed, point, 32);
		assert_int_equal(hpke_open(&bob, &with, slice_bytes(sealed, sizeof(sealed)), &out), RES_BAD);
	}
	/* A real key with the high bit set means the same to X25519, so it is not canonical. */
	memcpy(point, bob.public, 32);
	assert_true(curve_like_real(point));
	point[31] |= 0x80;
	assert_false(curve_usable(point));
}

static void half_of_random_strings_are_not_on_the_curve_and_all_keys_are(void **state)
{
	(void)state;
	int on = 0;
	for (int i = 0; i < 400; i++) {
		unsigned char bytes[32], key[32];
		random_fill(rnd, "hpke/points", bytes, 32);
		curve_public(bytes, key);
		assert_true(curve_like_real(key));
		bytes[31] &= 0x7f;
		on += curve_like_real(bytes);
	}
	assert_in_range(on, 160, 240);
	/* 9 is the base point; 2 is on the twist. */
	unsigned char small[32] = {9};
	assert_true(curve_like_real(small));
	small[0] = 2;
	assert_false(curve_like_real(small));
	assert_true(curve_usable(small));
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	static const unsigned char seed[32] = "hpke", a[32] = {1}, b[32] = {2};
	rnd = crypt_random_keyed(seed);
	hpke_derive_pair(a, &alice);
	hpke_derive_pair(b, &bob);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_9180_hold_in_all_three_modes_and_both_ciphers),
		cmocka_unit_test(what_is_sealed_opens_and_every_swapped_field_fails),
		cmocka_unit_test(every_flipped_bit_and_every_cut_of_a_message_fails),
		cmocka_unit_test(two_messages_never_share_a_key),
		cmocka_unit_test(bad_points_are_refused_as_recipient_and_inside_a_message),
		cmocka_unit_test(half_of_random_strings_are_not_on_the_curve_and_all_keys_are),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	crypt_random_keyed_free(&rnd);
	return failed;
}
