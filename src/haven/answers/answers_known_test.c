/* Which posts of this hour are known: many, of any number, and none of another hour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "db/db_testing.h"
#include "haven/answers/answers_inside.h"
#include "haven/offers/offers.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define MANY 5000

static struct db *db;
static struct clock *now;
static struct answers *ring;

static enum result none_mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	(void)hour;
	*mailed_r = 0;
	return RES_OK;
}

static int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	now = clock_by_hand((struct instant){ 1795000000 });
	struct answers_setup setup = { db, now, random_system(), none_mailed, offers_ring_slots, NULL, NULL };
	ring = answers_new(&setup);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	answers_free(&ring);
	clock_free(&now);
	db_for_test_end(&db);
	return 0;
}

/* Whoever sends posts chooses their numbers: these have all but two bytes in common. */
static struct id chosen(int n)
{
	struct id id = { { 0 } };
	id.b[3] = (unsigned char)n;
	id.b[12] = (unsigned char)(n >> 8);
	return id;
}

static enum answers_state state_of(const struct id *post)
{
	struct answers_known *known = answers_known_of(ring, post);
	assert_non_null(known);
	assert_true(id_eq(&known->id, post));
	return known->state;
}

static void each_of_many_is_known_and_nobody_else(void **state)
{
	(void)state;
	struct id none = chosen(0);
	assert_null(answers_known_of(ring, &none));
	for (int i = 0; i < MANY; i++) {
		struct id post = chosen(i), next = chosen(i + 1);
		answers_know(ring, &post, i % 3 ? ANSWERS_DONE : ANSWERS_WRITING);
		assert_null(answers_known_of(ring, &next));
	}
	assert_int_equal(ring->posts_n, MANY);
	for (int i = 0; i < MANY; i++) {
		struct id post = chosen(i);
		assert_int_equal(state_of(&post), i % 3 ? ANSWERS_DONE : ANSWERS_WRITING);
		answers_know(ring, &post, ANSWERS_FAILED);
		assert_int_equal(state_of(&post), ANSWERS_FAILED);
	}
	assert_int_equal(ring->posts_n, MANY);
}

/* Else whoever asks for it would be told that it was written. */
static void at_a_new_hour_only_what_waits_or_has_just_failed_is_known(void **state)
{
	static const enum answers_state states[] = { ANSWERS_WRITING, ANSWERS_HELD, ANSWERS_DONE, ANSWERS_FAILED };
	(void)state;
	answers_forget_posts(ring); /* of none */
	for (int i = 0; i < 400; i++) {
		struct id post = chosen(i);
		ring->opened_n = i < 200 ? 1 : 2;
		answers_know(ring, &post, states[i % 4]);
	}
	answers_forget_posts(ring);
	assert_int_equal(ring->posts_n, 150);
	for (int i = 0; i < 400; i++) {
		struct id post = chosen(i);
		bool kept = states[i % 4] == ANSWERS_HELD || (states[i % 4] == ANSWERS_FAILED && i >= 200);
		assert_int_equal(answers_known_of(ring, &post) != NULL, kept);
		if (kept)
			assert_int_equal(state_of(&post), states[i % 4]);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_of_many_is_known_and_nobody_else),
		TEST(at_a_new_hour_only_what_waits_or_has_just_failed_is_known),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
