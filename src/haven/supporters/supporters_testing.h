/* supporters_testing.h: a database with a crowd of supporters, for this room's tests. */
#ifndef SUPPORTERS_TESTING_H
#define SUPPORTERS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/crypt.h"
#include "crypt/keylog_testing.h"
#include "crypt/wrap.h"
#include "db/db_testing.h"
#include "haven/supporters/supporters.h"

#define CROWD 64
#define TODAY 20775

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

SQL(test_supporter, "btttt", "",
    "INSERT INTO supporter (id, person, name, given, email, phone, unit_path, profession, level, languages, since_year, "
    "interview_day, training_day, check_day, accredited_until, paused, is_full, ended) "
    "VALUES ($1, NULL, $2, $3, $4, $5, 'A / B', 'Nurse', '2', 'nb en', 2020, 1, 2, 3, 30000, 0, 0, 0)");
SQL(test_wraps, "b", "n:i", "SELECT COUNT(*) AS n FROM wrap WHERE supporter = $1");
SQL(test_window, "biiii", "",
    "INSERT INTO duty_window (supporter, weekday, from_minute, to_minute, standby) VALUES ($1, $2, $3, $4, $5)");

static struct db *db;

static inline struct id id_of(unsigned n)
{
	return (struct id){ { (unsigned char)(n + 1), 7 } };
}

static inline enum result fill(struct tx *tx, void *ctx)
{
	enum result res = RES_OK;
	(void)ctx;
	for (unsigned i = 0; res == RES_OK && i < CROWD; i++) {
		struct id id = id_of(i);
		char email[40];
		snprintf(email, sizeof(email), "s%u@example.org", i);
		res = db_do(tx, &test_supporter, NULL, v_id(&id), v_str("Kari Nes"), v_str("Kari"), v_str(email), v_str("00000124"));
	}
	return res;
}

static inline int set_up(void **state)
{
	(void)state;
	db_for_test(haven_migrations, haven_migrations_n, &db);
	return db_write(db, fill, NULL) == RES_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	db_for_test_end(&db);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
