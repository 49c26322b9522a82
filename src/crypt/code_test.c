#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "crypt/code.h"
#include "crypt/vectors.h"

static struct random_source *rnd;

static void the_receipts_of_the_vectors_give_their_boxes(void **state)
{
	(void)state;
	json_t *file = vectors_load("receipt"), *v;
	size_t i, n = 0;
	json_array_foreach(json_object_get(file, "vectors"), i, v)
	{
		struct code code;
		struct code_box box;
		struct hpke_pair pair;
		assert_int_equal(code_read(slice_of(vectors_text(v, "text")), &code, NULL), RES_OK);
		assert_string_equal(code.digits, vectors_text(v, "payload"));
		assert_string_equal(code_text(&code).s, vectors_text(v, "text"));
		code_box(&code, &box);
		hpke_derive_pair(box.seed, &pair);
		vectors_hold(v, "auth", box.auth, 32);
		vectors_hold(v, "box_id", box.box_id, 32);
		vectors_hold(v, "sa", box.sa, 32);
		vectors_hold(v, "seed", box.seed, 32);
		vectors_hold(v, "public", pair.public, 32);
		n++;
	}
	assert_true(n >= 3);
	json_decref(file);
}

/* The numbers that § 11 prints, here again so that a changed file shows. */
static void the_receipt_of_the_protocol_is_the_one_in_the_protocol(void **state)
{
	(void)state;
	struct code code = {"314159265358979323846264338327950"};
	struct code_box box;
	assert_string_equal(code_text(&code).s, "3141 5926 5352\n8979 3238 4620\n6433 8327 9501");
	code_box(&code, &box);
	static const unsigned char auth[] = {0xdb, 0xf6, 0x99, 0x2d}, id[] = {0xe8, 0xe5, 0x26, 0xe4},
				   seed[] = {0x97, 0xbe, 0x21, 0xb3};
	assert_memory_equal(box.auth, auth, 4);
	assert_memory_equal(box.box_id, id, 4);
	assert_memory_equal(box.seed, seed, 4);
}

static void people_may_type_a_code_in_many_ways(void **state)
{
	(void)state;
	static const char *const typed[] = {
	    "314159265352897932384620643383279501",
	    "3141 5926 5352 / 8979 3238 4620 / 6433 8327 9501",
	    "  3141-5926-5352\r\n8979-3238-4620\r\n6433-8327-9501\r\n",
	    "3141.5926.5352 8979.3238.4620 6433.8327.9501",
	    "3141\u00a05926\u00a05352 \u2013 8979\u20113238\u20114620 \u2014 6433\t8327\t9501",
	};
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		struct code code;
		struct code_wrong wrong;
		assert_int_equal(code_read(slice_of(typed[i]), &code, &wrong), RES_OK);
		assert_int_equal(wrong.fault, CODE_GOOD);
		assert_string_equal(code.digits, "314159265358979323846264338327950");
	}
}

static struct code_wrong wrong_with(const char *typed)
{
	struct code code = {"untouched"};
	struct code_wrong wrong = {CODE_GOOD, 9};
	assert_int_equal(code_read(slice_of(typed), &code, &wrong), RES_BAD);
	assert_string_equal(code.digits, "untouched");
	return wrong;
}

static void what_is_wrong_with_a_typed_code_is_said(void **state)
{
	(void)state;
	assert_int_equal(wrong_with("").fault, CODE_LENGTH);
	assert_int_equal(wrong_with("31415926535289793238462064338327950").fault, CODE_LENGTH);
	assert_int_equal(wrong_with("3141592653528979323846206433832795011").fault, CODE_LENGTH);
	assert_int_equal(wrong_with("3141 5926 535Z 8979 3238 4620 6433 8327 9501").fault, CODE_CHARACTER);
	assert_int_equal(wrong_with("3141 5926 5352, 8979 3238 4620 6433 8327 9501").fault, CODE_CHARACTER);
	struct code_wrong w = wrong_with("3141 5926 5352 8979 3238 4621 6433 8327 9501");
	assert_int_equal(w.fault, CODE_LINE);
	assert_int_equal(w.lines, 2);
	w = wrong_with("4141 5926 5352 8979 3238 4620 6433 8327 9502");
	assert_int_equal(w.fault, CODE_LINE);
	assert_int_equal(w.lines, 1 | 4);
	char endless[1000];
	memset(endless, ' ', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	assert_int_equal(wrong_with(endless).fault, CODE_LENGTH);
}

static void every_wrong_digit_and_every_neighbour_swap_is_found_in_its_line(void **state)
{
	(void)state;
	char digits[37];
	int tried = 0;
	for (int round = 0; round < 20; round++) {
		struct code code;
		int n = 0;
		code_new(rnd, "code/test", &code);
		struct code_text text = code_text(&code);
		for (const char *p = text.s; *p; p++)
			if (*p >= '0')
				digits[n++] = *p;
		digits[n] = '\0';
		for (int at = 0; at < 36; at++) {
			char was = digits[at];
			for (char d = '0'; d <= '9'; d++) {
				if (d == was)
					continue;
				digits[at] = d;
				assert_int_equal(wrong_with(digits).lines, 1 << at / 12);
				tried++;
			}
			digits[at] = was;
			if (at % 12 == 11 || digits[at + 1] == was)
				continue;
			digits[at] = digits[at + 1];
			digits[at + 1] = was;
			assert_int_equal(wrong_with(digits).lines, 1 << at / 12);
			tried++;
			digits[at + 1] = digits[at];
			digits[at] = was;
		}
	}
	assert_true(tried > 20 * 36 * 9);
}

static void new_codes_use_all_digits_alike_and_differ(void **state)
{
	(void)state;
	int count[10] = {0};
	double chi = 0;
	struct code last = {""};
	for (int i = 0; i < 3000; i++) {
		struct code code;
		code_new(rnd, "code/test", &code);
		assert_string_not_equal(code.digits, last.digits);
		last = code;
		for (int k = 0; k < CODE_DIGITS; k++)
			count[code.digits[k] - '0']++;
	}
	for (int d = 0; d < 10; d++)
		chi += (count[d] - 9900.0) * (count[d] - 9900.0) / 9900.0;
	assert_true(chi < 27.9); /* 9 degrees of freedom, one in a thousand */
}

static void the_wrapping_key_depends_on_code_and_salt(void **state)
{
	(void)state;
	struct code a = {"314159265358979323846264338327950"}, b = a;
	unsigned char salt[16] = {1}, one[32], two[32];
	code_wrap_key(&a, salt, one);
	code_wrap_key(&b, salt, two);
	assert_memory_equal(one, two, 32);
	b.digits[32] = '1';
	code_wrap_key(&b, salt, two);
	assert_memory_not_equal(one, two, 32);
	salt[15] = 1;
	code_wrap_key(&a, salt, two);
	assert_memory_not_equal(one, two, 32);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	static const unsigned char seed[32] = "code";
	rnd = crypt_random_keyed(seed);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_receipts_of_the_vectors_give_their_boxes),
		cmocka_unit_test(the_receipt_of_the_protocol_is_the_one_in_the_protocol),
		cmocka_unit_test(people_may_type_a_code_in_many_ways),
		cmocka_unit_test(what_is_wrong_with_a_typed_code_is_said),
		cmocka_unit_test(every_wrong_digit_and_every_neighbour_swap_is_found_in_its_line),
		cmocka_unit_test(new_codes_use_all_digits_alike_and_differ),
		cmocka_unit_test(the_wrapping_key_depends_on_code_and_salt),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	crypt_random_keyed_free(&rnd);
	return failed;
}
