/* What the server with a database is asked of how it is set up. */
#include "db/db_test_thing.h"

#include <stdio.h>

#include "db/db_server.h"

static void of_a_file_there_is_no_server_to_judge(void **state)
{
	struct db_server s = { true, true, true, true };
	(void)state;
	assert_int_equal(db_server_look("sqlite:/nowhere/at/all", &s), RES_OK);
	assert_false(s.is_server || s.logs || s.archives || s.login_shared);
}

static void a_server_that_does_not_answer_is_not_judged(void **state)
{
	struct db_server s;
	(void)state;
	assert_int_equal(db_server_look("host=/nowhere/at/all dbname=x", &s), RES_BROKEN);
	assert_true(s.is_server);
}

static void whether_it_writes_statements_down_is_seen(void **state)
{
	struct db_server s;
	char where[1200];
	(void)state;
	if (!db_test_is_pg()) {
		of_a_file_there_is_no_server_to_judge(state);
		return;
	}
	assert_int_equal(db_server_look(db_for_test_where(*state), &s), RES_OK);
	assert_true(s.is_server);
	assert_false(s.logs || s.archives);
	assert_true(s.login_shared); /* the tests' login owns every database there */
	static const char *const loud[] = { "log_statement=all", "log_min_duration_statement=0", "log_transaction_sample_rate=0.5" };
	for (size_t i = 0; i < ARRAY_LEN(loud); i++) {
		snprintf(where, sizeof(where), "%.1000s options='-c %s'", db_for_test_where(*state), loud[i]);
		assert_int_equal(db_server_look(where, &s), RES_OK);
		assert_true(s.logs);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_file_there_is_no_server_to_judge),
		cmocka_unit_test(a_server_that_does_not_answer_is_not_judged),
		cmocka_unit_test_setup_teardown(whether_it_writes_statements_down_is_seen, start, finish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
