/* What a reader of the store sees (§ 10): dummies and real envelopes look alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <sodium.h>
#include <stdlib.h>

#include "crypt/ring.h"

static struct random_source *rnd;
static struct hpke_pair people[4]; /* assigned, stand-ins, the chosen other */
static const unsigned char inst[CRYPT_INST] = "installation 01", rel[32] = "rel of this exposure";

#define MANY 10000
static unsigned char (*dummies)[RING_ENVELOPE], (*reals)[RING_ENVELOPE];

static int make_many(void **state)
{
	(void)state;
	char json[RING_JSON];
	size_t n;
	dummies = must_alloc(MANY, RING_ENVELOPE);
	reals = must_alloc(MANY, RING_ENVELOPE);
	for (int i = 0; i < MANY; i++) {
		struct ring_answer a = {
			.minute = 29885760 + i,
			.kind = i % 4 == 1 ? RING_OTHER : RING_CALL,
			.phone = SLICE("+47 900 00 001"),
			.name = SLICE("Åse O'Brien"),
			.chosen = i % 4 == 1 ? people[3].public : NULL,
		};
		ring_dummy(rnd, dummies[i]);
		if (ring_json(&a, json, &n, NULL) != RES_OK ||
		    ring_seal(rnd, inst, i % 4, people[i % 4].public, i % 4 < 3 ? rel : NULL,
			      (struct slice){json, n}, reals[i]) != RES_OK)
			return 1;
	}
	return 0;
}

static int free_many(void **state)
{
	(void)state;
	free(dummies);
	free(reals);
	return 0;
}

/* Another way to look than the room's own: through the Edwards form, y = (u - 1)/(u + 1), where
   libsodium tells whether the point exists and lies in the group that the base point makes. */
static bool in_base_group(const unsigned char enc[32])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *u = BN_lebin2bn(enc, 32, NULL), *up = BN_new();
	unsigned char y[32];
	BN_set_word(p, 1);
	BN_lshift(p, p, 255);
	BN_sub_word(p, 19);
	bool good = BN_cmp(u, p) < 0;
	BN_copy(up, u);
	BN_add_word(up, 1);
	good = good && BN_sub_word(u, 1) && BN_mod_inverse(up, up, p, ctx) && BN_mod_mul(u, u, up, p, ctx) &&
	       BN_bn2lebinpad(u, y, 32) == 32 && crypto_core_ed25519_is_valid_point(y);
	BN_free(u);
	BN_free(up);
	BN_free(p);
	BN_CTX_free(ctx);
	return good;
}

static void every_key_of_dummies_and_envelopes_is_canonical_and_in_the_group(void **state)
{
	(void)state;
	for (int i = 0; i < MANY; i++) {
		assert_true(in_base_group(dummies[i]));
		assert_true(in_base_group(reals[i]));
	}
	static const unsigned char twist[32] = {2};
	assert_false(in_base_group(twist));
}

/* Chi-square against equal counts of all 256 bytes. */
static double chi_of(unsigned char (*e)[RING_ENVELOPE], int from, int to)
{
	double count[256] = {0}, chi = 0, want = (double)MANY * (to - from) / 256;
	for (int i = 0; i < MANY; i++)
		for (int k = from; k < to; k++)
			count[e[i][k]]++;
	for (int b = 0; b < 256; b++)
		chi += (count[b] - want) * (count[b] - want) / want;
	return chi;
}

static void bytes_of_dummies_and_envelopes_are_evenly_spread(void **state)
{
	(void)state;
	/* 255 degrees of freedom: above 347 once in ten thousand. Byte 31 of a key lacks its high bit. */
	assert_true(chi_of(dummies, 0, 31) < 347 && chi_of(reals, 0, 31) < 347);
	assert_true(chi_of(dummies, 32, RING_ENVELOPE) < 347 && chi_of(reals, 32, RING_ENVELOPE) < 347);
	for (int k = 0; k < RING_ENVELOPE; k++) { /* each place alone: above 397 once in 10^8 */
		if (k == 31)
			continue;
		assert_true(chi_of(dummies, k, k + 1) < 397);
		assert_true(chi_of(reals, k, k + 1) < 397);
	}
}

/* Learns from the first half how often each bit is set in either kind, then guesses the rest. */
static double guessed_right(unsigned char (*a)[RING_ENVELOPE], unsigned char (*b)[RING_ENVELOPE])
{
	static double weight[8 * RING_ENVELOPE];
	double bias = 0;
	int right = 0;
	for (int bit = 0; bit < 8 * RING_ENVELOPE; bit++) {
		int in_a = 0, in_b = 0;
		for (int i = 0; i < MANY / 2; i++) {
			in_a += a[i][bit / 8] >> bit % 8 & 1;
			in_b += b[i][bit / 8] >> bit % 8 & 1;
		}
		/* The slope of the log-odds, close enough for shares near one half; the bias centres it. */
		weight[bit] = (double)(in_a - in_b);
		bias += weight[bit] * (in_a + in_b) / MANY;
	}
	for (int i = MANY / 2; i < MANY; i++) {
		double sa = -bias, sb = -bias;
		for (int bit = 0; bit < 8 * RING_ENVELOPE; bit++) {
			sa += weight[bit] * (a[i][bit / 8] >> bit % 8 & 1);
			sb += weight[bit] * (b[i][bit / 8] >> bit % 8 & 1);
		}
		right += (sa > 0) + (sb <= 0);
	}
	return (double)right / MANY;
}

static void a_simple_classifier_cannot_tell_them_apart_but_sees_a_planted_bias(void **state)
{
	(void)state;
	assert_true(guessed_right(reals, dummies) <= 0.51);
	/* It would have noticed: one bit that is set in every dummy. */
	for (int i = 0; i < MANY; i++)
		dummies[i][300] |= 0x10;
	assert_true(guessed_right(reals, dummies) > 0.6);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	static const unsigned char seed[32] = "ring";
	rnd = crypt_random_keyed(seed);
	for (unsigned char i = 0; i < 4; i++)
		hpke_derive_pair((unsigned char[32]){i, 1}, &people[i]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_of_dummies_and_envelopes_is_canonical_and_in_the_group),
		cmocka_unit_test(bytes_of_dummies_and_envelopes_are_evenly_spread),
		cmocka_unit_test(a_simple_classifier_cannot_tell_them_apart_but_sees_a_planted_bias),
	};
	int failed = cmocka_run_group_tests(tests, make_many, free_many);
	crypt_random_keyed_free(&rnd);
	return failed;
}
