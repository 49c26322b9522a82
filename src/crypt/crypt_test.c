#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/audit.h"
#include "crypt/crypt.h"
#include "crypt/sealed_making.h"
#include "crypt/wrap.h"

static void hex_is(const void *bytes, size_t n, const char *hex)
{
	char text[200];
	assert_true(n * 2 < sizeof(text));
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
	assert_string_equal(text, hex);
}

static void hash_and_hmac_and_hkdf_give_what_their_standards_say(void **state)
{
	(void)state;
	unsigned char out[42], ikm[22], salt[13], info[10];
	crypt_hash(SLICE("abc"), out); /* FIPS 180-4 */
	hex_is(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	const struct slice parts[] = {SLICE("what do ya want "), SLICE("for nothing?")};
	crypt_hmac(SLICE("Jefe"), parts, 2, out); /* RFC 4231, case 2 */
	hex_is(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(ikm, 0x0b, sizeof(ikm)); /* RFC 5869, case 1 */
	for (unsigned i = 0; i < sizeof(salt); i++)
		salt[i] = (unsigned char)i;
	for (unsigned i = 0; i < sizeof(info); i++)
		info[i] = (unsigned char)(0xf0 + i);
	crypt_hkdf(slice_bytes(salt, 13), slice_bytes(ikm, 22), slice_bytes(info, 10), out, 42);
	hex_is(out, 42,
	       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	crypt_hkdf((struct slice){0}, slice_bytes(ikm, 22), (struct slice){0}, out, 42); /* case 3 */
	hex_is(out, 42,
	       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

static void comparing_sees_every_single_bit(void **state)
{
	(void)state;
	unsigned char a[32] = {0}, b[32] = {0};
	assert_true(crypt_eq(a, b, sizeof(a)));
	assert_true(crypt_is_zero(a, sizeof(a)));
	for (unsigned bit = 0; bit < 256; bit++) {
		b[bit / 8] = (unsigned char)(1 << bit % 8);
		assert_false(crypt_eq(a, b, sizeof(a)));
		assert_false(crypt_is_zero(b, sizeof(b)));
		b[bit / 8] = 0;
	}
}

static void what_is_wiped_is_zeros(void **state)
{
	(void)state;
	unsigned char s[100];
	memset(s, 7, sizeof(s));
	crypt_wipe(s, 99);
	assert_true(crypt_is_zero(s, 99));
	assert_int_equal(s[99], 7);
}

static void work_is_done_when_the_bits_are_there_and_not_before(void **state)
{
	(void)state;
	unsigned char body[40] = {0}, h[32];
	unsigned bits = 0;
	for (unsigned i = 0; bits < 12; i++) {
		memcpy(body + 34, &i, sizeof(i));
		crypt_hash(slice_bytes(body, sizeof(body)), h);
		for (bits = 0; bits < 256 && !(h[bits / 8] >> (7 - bits % 8) & 1); bits++)
			;
		assert_true(crypt_work_done(slice_bytes(body, sizeof(body)), bits));
		assert_false(crypt_work_done(slice_bytes(body, sizeof(body)), bits + 1));
	}
}

/* ---- keyed chance ---- */

static const unsigned char seed[32] = "a seed for the runs of this test";

static void the_same_label_and_counter_give_the_same_bytes(void **state)
{
	(void)state;
	struct random_source *a = crypt_random_keyed(seed), *b = crypt_random_keyed(seed);
	unsigned char x[100], y[100];
	for (int i = 0; i < 20; i++) {
		random_fill(a, "offers/token", x, sizeof(x));
		random_fill(b, "offers/token", y, sizeof(y));
		assert_memory_equal(x, y, sizeof(x));
	}
	crypt_random_keyed_free(&a);
	crypt_random_keyed_free(&b);
	assert_null(a);
	crypt_random_keyed_free(&a);
}

static void an_extra_draw_shows_at_its_own_label_and_nowhere_else(void **state)
{
	(void)state;
	struct random_source *a = crypt_random_keyed(seed), *b = crypt_random_keyed(seed);
	unsigned char x[16], y[16];
	random_fill(b, "ring/dummy", y, sizeof(y));
	random_fill(a, "offers/token", x, sizeof(x));
	random_fill(b, "offers/token", y, sizeof(y));
	assert_memory_equal(x, y, sizeof(x));
	random_fill(b, "offers/token", y, sizeof(y));
	random_fill(a, "offers/token", x, sizeof(x));
	assert_memory_equal(x, y, sizeof(x));
	random_fill(a, "ring/dummy", x, sizeof(x));
	random_fill(b, "ring/dummy", y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	crypt_random_keyed_free(&a);
	crypt_random_keyed_free(&b);
}

static void seeds_labels_and_counters_all_matter(void **state)
{
	(void)state;
	unsigned char other[32] = "another", out[4][32];
	struct random_source *a = crypt_random_keyed(seed), *b = crypt_random_keyed(other);
	random_fill(a, "x/y", out[0], 32);
	random_fill(a, "x/y", out[1], 32);
	random_fill(a, "x/z", out[2], 32);
	random_fill(b, "x/y", out[3], 32);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(out[i], out[j], 32);
	crypt_random_keyed_free(&a);
	crypt_random_keyed_free(&b);
}

struct drawer {
	struct random_source *rnd;
	unsigned char got[500][8];
};

static void *draw(void *ctx)
{
	struct drawer *d = ctx;
	for (int i = 0; i < 500; i++)
		random_fill(d->rnd, "race/draw", d->got[i], 8);
	return NULL;
}

static void threads_share_one_counter_without_drawing_twice(void **state)
{
	(void)state;
	struct random_source *rnd = crypt_random_keyed(seed), *once = crypt_random_keyed(seed);
	static struct drawer d[4];
	pthread_t threads[4];
	for (int i = 0; i < 4; i++) {
		d[i].rnd = rnd;
		assert_int_equal(pthread_create(&threads[i], NULL, draw, &d[i]), 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int n = 0; n < 2000; n++) { /* each of the 2,000 values was handed out exactly once */
		unsigned char want[8];
		int found = 0;
		random_fill(once, "race/draw", want, 8);
		for (int i = 0; i < 2000; i++)
			found += !memcmp(d[i / 500].got[i % 500], want, 8);
		assert_int_equal(found, 1);
	}
	crypt_random_keyed_free(&rnd);
	crypt_random_keyed_free(&once);
}

/* ---- wraps and vaults ---- */

static struct arena *arena;

static void device_row(unsigned char row[WRAP_ROW])
{
	memset(row, 5, WRAP_ROW);
	memcpy(row, (unsigned char[]){1, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0, 1}, 16);
}

static enum result wrap_says(const unsigned char *row, size_t n)
{
	const struct sealed *s;
	enum wrap_kind kind;
	enum result res = wrap_read(slice_bytes(row, n), arena, &s, &kind);
	if (res == RES_OK) {
		assert_int_equal(kind, row[1]);
		assert_int_equal(sealed_bytes(s).n, n);
		assert_memory_equal(sealed_bytes(s).p, row, n);
	}
	return res;
}

static void wraps_of_device_and_recovery_are_taken(void **state)
{
	(void)state;
	unsigned char row[WRAP_ROW];
	device_row(row);
	assert_int_equal(wrap_says(row, sizeof(row)), RES_OK);
	row[1] = WRAP_RECOVERY;
	memset(row + 4, 0, 12);
	assert_int_equal(wrap_says(row, sizeof(row)), RES_OK);
}

static void a_wrap_with_any_wrong_field_is_refused(void **state)
{
	(void)state;
	static const struct {
		int at, value;
	} wrong[] = {{0, 0}, {0, 2},  {1, 0}, {1, 2}, {1, 3},  {1, 4},  {2, 1}, {3, 1},
		     {7, 1}, {7, 17}, {4, 1}, {9, 0}, {8, 17}, {15, 0}, {15, 2}};
	unsigned char row[WRAP_ROW + 1];
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		device_row(row);
		row[wrong[i].at] = (unsigned char)wrong[i].value;
		assert_int_equal(wrap_says(row, WRAP_ROW), RES_BAD);
	}
	device_row(row);
	memset(row + 16, 0, 16);
	assert_int_equal(wrap_says(row, WRAP_ROW), RES_BAD);
	device_row(row);
	memset(row + 32, 0, 12);
	assert_int_equal(wrap_says(row, WRAP_ROW), RES_BAD);
	device_row(row);
	for (size_t n = 0; n < WRAP_ROW; n++)
		assert_int_equal(wrap_says(row, n), RES_BAD);
	assert_int_equal(wrap_says(row, WRAP_ROW + 1), RES_BAD);
}

static void a_vault_has_one_of_five_sizes(void **state)
{
	(void)state;
	const struct sealed *s;
	unsigned char *blob = must_alloc(1, VAULT_MAX * 2), h[32], again[32];
	blob[3] = 1;
	for (size_t n = VAULT_MIN; n <= VAULT_MAX; n *= 2) {
		assert_int_equal(vault_read(slice_bytes(blob, n), arena, &s), RES_OK);
		assert_int_equal(vault_read(slice_bytes(blob, n - 1), arena, &s), RES_BAD);
		assert_int_equal(vault_read(slice_bytes(blob, n + 1), arena, &s), RES_BAD);
	}
	assert_int_equal(vault_read(slice_bytes(blob, VAULT_MIN / 2), arena, &s), RES_BAD);
	assert_int_equal(vault_read(slice_bytes(blob, VAULT_MAX * 2), arena, &s), RES_BAD);
	assert_int_equal(vault_read(slice_bytes(blob, 0), arena, &s), RES_BAD);
	vault_hash(slice_bytes(blob, VAULT_MIN), h);
	blob[VAULT_MIN - 1] = 1;
	vault_hash(slice_bytes(blob, VAULT_MIN), again);
	assert_memory_not_equal(h, again, 32);
	blob[3] = 0;
	assert_int_equal(vault_read(slice_bytes(blob, VAULT_MIN), arena, &s), RES_BAD);
	free(blob);
}

/* ---- the audit chain ---- */

#define ENTRIES 5
static struct audit_entry entries[ENTRIES];
static unsigned char hashes[ENTRIES][CRYPT_HASH];

static void fill_log(void)
{
	struct audit_head head = {0};
	for (int i = 0; i < ENTRIES; i++) {
		entries[i] = (struct audit_entry){.when = 20000 + i,
						  .actor = {{1, 2}},
						  .about = {{9}},
						  .action = SLICE("people/looked"),
						  .detail = SLICE("unit")};
		audit_append(&head, &entries[i], hashes[i]);
	}
}

static int first_broken(void)
{
	struct audit_head head = {0};
	for (int i = 0; i < ENTRIES; i++)
		if (audit_follow(&head, &entries[i], hashes[i]) != RES_OK)
			return i;
	return -1;
}

static void an_untouched_audit_log_reads_back(void **state)
{
	(void)state;
	fill_log();
	assert_int_equal(first_broken(), -1);
	assert_int_equal(entries[4].n, 4);
}

static void every_changed_field_of_an_audit_entry_shows(void **state)
{
	(void)state;
	fill_log();
	entries[2].when++;
	assert_int_equal(first_broken(), 2);
	fill_log();
	entries[2].n++;
	assert_int_equal(first_broken(), 2);
	fill_log();
	entries[2].actor.b[15] ^= 1;
	assert_int_equal(first_broken(), 2);
	fill_log();
	entries[2].about.b[0] ^= 1;
	assert_int_equal(first_broken(), 2);
	fill_log();
	entries[2].detail = SLICE("units");
	assert_int_equal(first_broken(), 2);
	fill_log();
	entries[2].action = SLICE("people/looke"); /* a letter moved across the fields' edge */
	entries[2].detail = SLICE("dunit");
	assert_int_equal(first_broken(), 2);
	/* The same bytes in a row but for the lengths: only they tell where a field ends. */
	struct audit_head head = {0};
	struct audit_entry one = {.action = SLICE("looked"), .detail = SLICE("unit")}, other = one;
	unsigned char hash[CRYPT_HASH];
	audit_append(&head, &one, hash);
	other.action = SLICE("looke");
	other.about.b[0] = 'd';
	other.detail = SLICE("\0unit");
	head = (struct audit_head){0};
	assert_int_equal(audit_follow(&head, &other, hash), RES_BAD);
	assert_int_equal(audit_follow(&head, &one, hash), RES_OK);
	fill_log();
	hashes[2][31] ^= 1;
	assert_int_equal(first_broken(), 2);
}

static void a_missing_or_swapped_audit_entry_shows(void **state)
{
	(void)state;
	fill_log();
	memmove(&entries[1], &entries[2], 3 * sizeof(entries[0]));
	memmove(hashes[1], hashes[2], 3 * sizeof(hashes[0]));
	assert_int_equal(first_broken(), 1);
	fill_log();
	struct audit_entry e = entries[1];
	entries[1] = entries[2];
	entries[2] = e;
	assert_int_equal(first_broken(), 1);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || crypt_init() != RES_OK)
		return 1;
	arena = arena_new();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_and_hmac_and_hkdf_give_what_their_standards_say),
		cmocka_unit_test(comparing_sees_every_single_bit),
		cmocka_unit_test(what_is_wiped_is_zeros),
		cmocka_unit_test(work_is_done_when_the_bits_are_there_and_not_before),
		cmocka_unit_test(the_same_label_and_counter_give_the_same_bytes),
		cmocka_unit_test(an_extra_draw_shows_at_its_own_label_and_nowhere_else),
		cmocka_unit_test(seeds_labels_and_counters_all_matter),
		cmocka_unit_test(threads_share_one_counter_without_drawing_twice),
		cmocka_unit_test(wraps_of_device_and_recovery_are_taken),
		cmocka_unit_test(a_wrap_with_any_wrong_field_is_refused),
		cmocka_unit_test(a_vault_has_one_of_five_sizes),
		cmocka_unit_test(an_untouched_audit_log_reads_back),
		cmocka_unit_test(every_changed_field_of_an_audit_entry_shows),
		cmocka_unit_test(a_missing_or_swapped_audit_entry_shows),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
