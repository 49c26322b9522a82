#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypt/crypt.h"
#include "crypt/passwords.h"
#include "crypt/vectors.h"

static struct random_source *rnd;
static const struct password_cost light = {1, 64};

static void the_vectors_of_argon2id_verify_as_stored_texts(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, light, 1, 0);
	json_t *file = vectors_load("argon2id"), *v;
	size_t i, n = 0;
	json_array_foreach(json_object_get(file, "vectors"), i, v)
	{
		unsigned char salt[16], tag[32];
		char salt64[32], tag64[64], text[PASSWORD_TEXT];
		int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
		const char *password = vectors_text(v, "password");
		vectors_bytes(v, "salt", salt, 16);
		vectors_bytes(v, "tag", tag, 32);
		sodium_bin2base64(salt64, sizeof(salt64), salt, 16, variant);
		for (int wrong = 0; wrong < 2; wrong++) {
			tag[31] ^= (unsigned char)wrong;
			sodium_bin2base64(tag64, sizeof(tag64), tag, 32, variant);
			snprintf(text, sizeof(text), "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
				 (int)json_integer_value(json_object_get(v, "m_kib")),
				 (int)json_integer_value(json_object_get(v, "t")), salt64, tag64);
			assert_int_equal(password_verify(pool, slice_of(password), text),
					 wrong ? RES_REFUSED : RES_OK);
		}
		n++;
	}
	assert_true(n >= 3);
	json_decref(file);
	password_pool_free(&pool);
	assert_null(pool);
	password_pool_free(&pool);
}

static void the_right_password_opens_and_others_do_not(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, light, 2, 2);
	char text[PASSWORD_TEXT], again[PASSWORD_TEXT];
	assert_int_equal(password_hash(pool, rnd, SLICE("blåbær på brødskiva"), text), RES_OK);
	assert_int_equal(password_verify(pool, SLICE("blåbær på brødskiva"), text), RES_OK);
	assert_int_equal(password_verify(pool, SLICE("blåbær på brødskive"), text), RES_REFUSED);
	assert_int_equal(password_verify(pool, SLICE(""), text), RES_REFUSED);
	assert_int_equal(password_hash(pool, rnd, SLICE("blåbær på brødskiva"), again), RES_OK);
	assert_string_not_equal(text, again);
	/* What stands in for a password that is not looked at opens nothing. */
	assert_int_equal(password_hash(pool, rnd, SLICE("nobody"), again), RES_OK);
	assert_int_equal(password_verify(pool, SLICE(""), again), RES_REFUSED);
	assert_int_equal(password_verify(pool, SLICE("nobody"), again), RES_OK);
	assert_int_equal(password_hash(pool, rnd, SLICE("again"), again), RES_OK);
	assert_memory_equal(text, "$argon2id$v=19$m=64,t=1,p=1$", 28);
	password_pool_free(&pool);
}

static void an_unknown_account_is_refused_whatever_is_typed(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, light, 1, 0);
	assert_int_equal(password_verify(pool, SLICE("nobody"), NULL), RES_REFUSED);
	assert_int_equal(password_verify(pool, SLICE("anything"), NULL), RES_REFUSED);
	assert_int_equal(password_verify(pool, SLICE(""), NULL), RES_REFUSED);
	password_pool_free(&pool);
}

static double seconds(struct password_pool *pool, struct slice password, const char *stored)
{
	struct timespec a, b;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	assert_int_equal(password_verify(pool, password, stored), RES_REFUSED);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static void an_unknown_account_costs_as_much_as_a_wrong_password(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, (struct password_cost){2, 19456}, 1, 0);
	char text[PASSWORD_TEXT], endless[PASSWORD_LONGEST + 1] = {'a'};
	double known = 0, unknown = 0, too_long = 0;
	assert_int_equal(password_hash(pool, rnd, SLICE("right"), text), RES_OK);
	for (int i = 0; i < 5; i++) {
		known += seconds(pool, SLICE("wrong"), text);
		unknown += seconds(pool, SLICE("wrong"), NULL);
		too_long += seconds(pool, slice_bytes(endless, sizeof(endless)), text);
	}
	assert_true(unknown > known / 2 && unknown < known * 2);
	assert_true(too_long > known / 2 && too_long < known * 2);
	password_pool_free(&pool);
}

static void a_pool_is_ready_without_hashing(void **state)
{
	(void)state;
	struct timespec a, b;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	struct password_pool *pool = password_pool_new(rnd, PASSWORD_COST, 1, 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	double made = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	assert_true(made < seconds(pool, SLICE("wrong"), NULL) / 10);
	password_pool_free(&pool);
}

static void empty_and_endless_passwords_are_not_made(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, light, 1, 0);
	char text[PASSWORD_TEXT] = "untouched", endless[PASSWORD_LONGEST + 1];
	memset(endless, 'a', sizeof(endless));
	assert_int_equal(password_hash(pool, rnd, SLICE(""), text), RES_BAD);
	assert_int_equal(password_hash(pool, rnd, slice_bytes(endless, sizeof(endless)), text), RES_BAD);
	assert_string_equal(text, "untouched");
	assert_int_equal(password_hash(pool, rnd, slice_bytes(endless, PASSWORD_LONGEST), text), RES_OK);
	assert_int_equal(password_verify(pool, slice_bytes(endless, PASSWORD_LONGEST), text), RES_OK);
	password_pool_free(&pool);
}

static void a_stored_text_that_is_not_ours_is_broken_and_never_a_way_in(void **state)
{
	(void)state;
	struct password_pool *pool = password_pool_new(rnd, light, 1, 0);
	static const char *const bad[] = {
	    "",
	    "x",
	    "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
	    "$argon2id$v=19$m=64,t=1,p=1$$",
	    "$argon2id$v=19$m=9999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "$argon2id$v=19$m=64,t=1,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "$argon2id$v=19$m=64,t=99999,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(password_verify(pool, SLICE("a"), bad[i]), RES_BROKEN);
	password_pool_free(&pool);
}

static void an_older_cost_still_opens_and_is_called_outdated(void **state)
{
	(void)state;
	struct password_pool *old = password_pool_new(rnd, light, 1, 0);
	struct password_pool *new = password_pool_new(rnd, (struct password_cost){2, 128}, 1, 0);
	char text[PASSWORD_TEXT];
	assert_int_equal(password_hash(old, rnd, SLICE("a"), text), RES_OK);
	assert_int_equal(password_verify(new, SLICE("a"), text), RES_OK);
	assert_true(password_outdated(new, text));
	assert_false(password_outdated(old, text));
	password_pool_free(&old);
	password_pool_free(&new);
}

/* ---- many at once ---- */

#define CALLERS 16
static struct password_pool *crowded;
static char crowded_text[PASSWORD_TEXT];
static pthread_barrier_t together;

static void *sign_in(void *ctx)
{
	pthread_barrier_wait(&together);
	*(enum result *)ctx = password_verify(crowded, SLICE("right"), crowded_text);
	return NULL;
}

static void a_crowd_is_served_up_to_pool_and_queue_and_the_rest_is_told_to_come_again(void **state)
{
	(void)state;
	pthread_t threads[CALLERS];
	enum result res[CALLERS];
	int ok = 0, again = 0;
	crowded = password_pool_new(rnd, (struct password_cost){40, 19456}, 2, 3);
	assert_int_equal(password_hash(crowded, rnd, SLICE("right"), crowded_text), RES_OK);
	pthread_barrier_init(&together, NULL, CALLERS);
	for (int i = 0; i < CALLERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_in, &res[i]), 0);
	for (int i = 0; i < CALLERS; i++) {
		pthread_join(threads[i], NULL);
		ok += res[i] == RES_OK;
		again += res[i] == RES_AGAIN;
	}
	/* Two run and three wait; on a slow machine a late caller may find that one has left. */
	assert_in_range(ok, 5, CALLERS - 1);
	assert_int_equal(ok + again, CALLERS);
	assert_int_equal(password_verify(crowded, SLICE("right"), crowded_text), RES_OK);
	pthread_barrier_destroy(&together);
	password_pool_free(&crowded);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	static const unsigned char seed[32] = "passwords";
	rnd = crypt_random_keyed(seed);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_argon2id_verify_as_stored_texts),
		cmocka_unit_test(the_right_password_opens_and_others_do_not),
		cmocka_unit_test(an_unknown_account_is_refused_whatever_is_typed),
		cmocka_unit_test(an_unknown_account_costs_as_much_as_a_wrong_password),
		cmocka_unit_test(a_pool_is_ready_without_hashing),
		cmocka_unit_test(empty_and_endless_passwords_are_not_made),
		cmocka_unit_test(a_stored_text_that_is_not_ours_is_broken_and_never_a_way_in),
		cmocka_unit_test(an_older_cost_still_opens_and_is_called_outdated),
		cmocka_unit_test(a_crowd_is_served_up_to_pool_and_queue_and_the_rest_is_told_to_come_again),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	crypt_random_keyed_free(&rnd);
	return failed;
}
