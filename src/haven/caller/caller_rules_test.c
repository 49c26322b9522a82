#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "haven/caller/caller_rules.h"

static const struct instant start = { 1795000000 };

static enum caller_word hear(struct caller_trouble *s, bool answered, int64_t seconds)
{
	return caller_word(s, answered ? CALLER_TAKEN : CALLER_UNANSWERED, instant_add(start, seconds));
}

static void at_a_normal_start_nobody_need_look(void **state)
{
	struct caller_trouble s = { 0 };
	(void)state;
	assert_int_equal(hear(&s, false, 0), CALLER_SILENT);
	assert_int_equal(hear(&s, false, 1), CALLER_NOTHING);
	assert_int_equal(hear(&s, false, CALLER_PATIENCE - 1), CALLER_NOTHING);
	assert_int_equal(hear(&s, true, CALLER_PATIENCE), CALLER_BACK);
	assert_int_equal(hear(&s, true, CALLER_PATIENCE + 1), CALLER_NOTHING);
}

static void a_silence_that_lasts_is_an_error_once(void **state)
{
	struct caller_trouble s = { 0 };
	(void)state;
	assert_int_equal(hear(&s, false, 0), CALLER_SILENT);
	assert_int_equal(hear(&s, false, CALLER_PATIENCE), CALLER_STILL_SILENT);
	assert_int_equal(hear(&s, false, CALLER_PATIENCE + 1), CALLER_NOTHING);
	assert_int_equal(hear(&s, false, 10 * CALLER_PATIENCE), CALLER_NOTHING);
	assert_int_equal(hear(&s, true, 10 * CALLER_PATIENCE), CALLER_BACK);
}

static void the_next_silence_begins_anew(void **state)
{
	struct caller_trouble s = { 0 };
	(void)state;
	assert_int_equal(hear(&s, true, 0), CALLER_NOTHING);
	assert_int_equal(hear(&s, false, 1000), CALLER_SILENT);
	assert_int_equal(hear(&s, true, 1001), CALLER_BACK);
	assert_int_equal(hear(&s, false, 2000), CALLER_SILENT);
	assert_int_equal(hear(&s, false, 2000 + CALLER_PATIENCE - 1), CALLER_NOTHING);
	assert_int_equal(hear(&s, false, 2000 + CALLER_PATIENCE), CALLER_STILL_SILENT);
}

/* An answer that cannot be read is no silence: it is said at once, and as what it is. */
static void what_cannot_be_read_or_stored_is_said_at_once_and_once(void **state)
{
	struct caller_trouble s = { 0 };
	(void)state;
	assert_int_equal(caller_word(&s, CALLER_UNREADABLE, start), CALLER_CANNOT_READ);
	assert_int_equal(caller_word(&s, CALLER_UNREADABLE, instant_add(start, 10 * CALLER_PATIENCE)), CALLER_NOTHING);
	assert_int_equal(caller_word(&s, CALLER_UNSTORED, start), CALLER_CANNOT_STORE);
	assert_int_equal(caller_word(&s, CALLER_UNSTORED, start), CALLER_NOTHING);
	assert_int_equal(hear(&s, true, 1), CALLER_BACK);
	assert_int_equal(hear(&s, true, 2), CALLER_NOTHING);
	assert_int_equal(caller_word(&s, CALLER_UNREADABLE, start), CALLER_CANNOT_READ);
	/* A silence after it is a silence of its own. */
	assert_int_equal(hear(&s, false, 10), CALLER_SILENT);
	assert_int_equal(hear(&s, false, 10 + CALLER_PATIENCE), CALLER_STILL_SILENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_a_normal_start_nobody_need_look),
		cmocka_unit_test(a_silence_that_lasts_is_an_error_once),
		cmocka_unit_test(the_next_silence_begins_anew),
		cmocka_unit_test(what_cannot_be_read_or_stored_is_said_at_once_and_once),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
