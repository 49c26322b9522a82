/* A database of an earlier version opens, and nobody in it is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "db/db_testing.h"

extern const struct migration duty_migrations[];
extern const size_t duty_migrations_n;

#define BEFORE_OUTSIDE_ONCE 6

SQL(test_incident, "bbbb", "",
    "INSERT INTO incident (id, kind, severity, happened_at, unit, sentence, made_by, made_at, once, rev) "
    "VALUES ($1, 0, 1, 0, $2, '', $3, 0, $4, 1)");
SQL(test_outside, "bbi", "",
    "INSERT INTO exposure (id, incident, outside_name, outside_phone, outside_lang, how, seat) "
    "VALUES ($1, $2, 'Eva', '+47 00 00 13', 'nb', 0, $3)");
SQL(test_outside_all, "", "n:i", "SELECT COUNT(*) AS n FROM exposure");

static enum result pressed_thrice_work(struct tx *tx, void *ctx)
{
	struct id incident = { { 1 } };
	(void)ctx;
	enum result res = db_do(tx, &test_incident, NULL, v_id(&incident), v_id(&incident), v_id(&incident), v_id(&incident));
	for (unsigned char i = 0; res == RES_OK && i < 3; i++) {
		struct id id = { { 3, (unsigned char)(9 - i) } };
		res = db_do(tx, &test_outside, NULL, v_id(&id), v_id(&incident), v_int(i));
	}
	return res;
}

static enum result once_more_work(struct tx *tx, void *ctx)
{
	struct id incident = { { 1 } }, id = { { 4 } };
	(void)ctx;
	return db_do(tx, &test_outside, NULL, v_id(&id), v_id(&incident), v_int(9));
}

static enum result all_work(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &test_outside_all, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		*(int64_t *)ctx = row_int(rows, 0);
		rows_end(&rows);
	}
	return res;
}

static void a_database_with_somebody_pressed_in_thrice_still_opens_and_loses_nobody(void **state)
{
	struct db *db;
	int64_t n = 0;
	(void)state;
	db_for_test(duty_migrations, BEFORE_OUTSIDE_ONCE, &db);
	assert_int_equal(db_write(db, pressed_thrice_work, NULL), RES_OK);
	assert_int_equal(db_migrate(db, duty_migrations, duty_migrations_n, NULL), RES_OK);
	assert_int_equal(db_read(db, all_work, &n), RES_OK);
	assert_int_equal(n, 3);
	assert_int_not_equal(db_write(db, once_more_work, NULL), RES_OK); /* and nobody comes in a fourth time */
	db_for_test_end(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_database_with_somebody_pressed_in_thrice_still_opens_and_loses_nobody),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
