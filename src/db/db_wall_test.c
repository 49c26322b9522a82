/* On one PostgreSQL: each database refuses the login of the other program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"

static void order(const char *text)
{
	PGconn *pg = PQconnectdb(getenv("MAKKER_TEST_PG"));
	PGresult *r = PQexec(pg, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", text, PQerrorMessage(pg));
	PQclear(r);
	PQfinish(pg);
}

/* The later words win. */
static void where(char to[512], const char *login, const char *database)
{
	snprintf(to, 512, "%s user=%s_%d password=ours dbname=%s_%d", getenv("MAKKER_TEST_PG"), login, (int)getpid(), database, (int)getpid());
}

static bool may_enter(const char *login, const char *database)
{
	char at[512];
	where(at, login, database);
	PGconn *pg = PQconnectdb(at);
	bool in = PQstatus(pg) == CONNECTION_OK;
	if (!in)
		assert_non_null(strstr(PQerrorMessage(pg), "permission denied for database"));
	PQfinish(pg);
	return in;
}

static enum result migrate_as(const char *login, const char *database)
{
	char at[512];
	struct db *db;
	where(at, login, database);
	assert_int_equal(db_open(at, 1, &db), RES_OK);
	enum result res = db_migrate(db, NULL, 0, NULL);
	db_close(&db);
	return res;
}

static const char *const made[] = {
	"CREATE ROLE duty_%d LOGIN PASSWORD 'ours'", "CREATE ROLE haven_%d LOGIN PASSWORD 'ours'", "CREATE DATABASE duty_%d OWNER duty_%d",
	"CREATE DATABASE haven_%d OWNER haven_%d", "CREATE DATABASE loose_%d",
};
static const char *const gone[] = {
	"DROP DATABASE IF EXISTS duty_%d WITH (FORCE)", "DROP DATABASE IF EXISTS haven_%d WITH (FORCE)",
	"DROP DATABASE IF EXISTS loose_%d WITH (FORCE)", "DROP ROLE IF EXISTS duty_%d", "DROP ROLE IF EXISTS haven_%d",
};

static void order_each(const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[200] = "";
		for (const char *from = list[i], *at; from; from = at ? at + 2 : NULL) {
			size_t used = strlen(text);
			at = strstr(from, "%d");
			if (at)
				snprintf(text + used, sizeof(text) - used, "%.*s%d", (int)(at - from), from, (int)getpid());
			else
				snprintf(text + used, sizeof(text) - used, "%s", from);
		}
		order(text);
	}
}

static int set_up(void **state)
{
	(void)state;
	order_each(made, ARRAY_LEN(made));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	order_each(gone, ARRAY_LEN(gone));
	return 0;
}

static void each_database_refuses_the_other_programs_login(void **state)
{
	(void)state;
	assert_true(may_enter("haven", "duty")); /* as the server makes them */
	assert_true(may_enter("duty", "haven"));
	assert_int_equal(migrate_as("duty", "duty"), RES_OK);
	assert_int_equal(migrate_as("haven", "haven"), RES_OK);
	assert_false(may_enter("haven", "duty"));
	assert_false(may_enter("duty", "haven"));
	assert_true(may_enter("duty", "duty"));
	assert_true(may_enter("haven", "haven"));
	assert_int_equal(migrate_as("duty", "duty"), RES_OK); /* harmless twice */
}

static void a_database_that_is_open_to_all_and_not_ours_to_bar_is_refused(void **state)
{
	(void)state;
	assert_int_equal(migrate_as("duty", "loose"), RES_REFUSED);
	assert_true(may_enter("haven", "loose")); /* nothing was touched */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_database_refuses_the_other_programs_login, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_database_that_is_open_to_all_and_not_ours_to_bar_is_refused, set_up, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!getenv("MAKKER_TEST_PG"))
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
