/* db_test_thing.h: what the tests of this room have in common: their sentences over the tables of
   test_migrations/, and a fresh database for each test. */
#ifndef DB_DB_TEST_THING_H
#define DB_DB_TEST_THING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/db_testing.h"

extern const struct migration db_test_migrations[];
extern const size_t db_test_migrations_n;

SQL(thing_add, "bi?t?b?", "", "INSERT INTO thing (id, number, words, content) VALUES ($1, $2, $3, $4)");
/* The parameters appear in another order than their numbers. */
SQL(thing_set, "bi?t?", "", "UPDATE thing SET words = $3, number = $2 WHERE id = $1");
SQL(thing_get, "b", "id:b number:i? words:t? content:b?",
    "SELECT id, number, words, content FROM thing WHERE id = $1");
SQL(thing_all, "", "id:b", "SELECT id FROM thing ORDER BY id");
SQL(thing_number, "", "id:b number:i?", "SELECT id, number FROM thing ORDER BY id");
SQL(thing_gone, "b", "", "DELETE FROM thing WHERE id = $1");
SQL(thing_unless, "b", "", "INSERT INTO thing (id) VALUES ($1) ON CONFLICT DO NOTHING");
SQL(thing_new, "b", "id:b", "INSERT INTO thing (id) VALUES ($1) RETURNING id");
SQL(thing_like, "t", "id:b", "SELECT id FROM thing WHERE words LIKE $1");
SQL(counter_add, "ti", "", "INSERT INTO counter (name, n) VALUES ($1, $2)");
SQL(counter_get, "t", "n:i", "SELECT n FROM counter WHERE name = $1");
SQL(counter_set, "ti", "", "UPDATE counter SET n = $2 WHERE name = $1");
SQL(child_add, "bb", "", "INSERT INTO child (id, thing) VALUES ($1, $2)");
SQL(late_add, "ib", "", "INSERT INTO late (id, thing) VALUES ($1, $2)");
SQL(any_exists, "", "some:i total:i",
    "SELECT EXISTS (SELECT 1 FROM thing) AS some, COUNT(*) AS total FROM thing");

static const char *const things[] __attribute__((unused)) = { "thing", NULL };

static inline int start(void **state)
{
	struct db *db;
	db_for_test(db_test_migrations, db_test_migrations_n, &db);
	*state = db;
	return 0;
}

static inline int finish(void **state)
{
	struct db *db = *state;
	db_for_test_end(&db);
	return 0;
}

static inline struct id id_of(unsigned n)
{
	struct id id = { { 0 } };
	id.b[0] = (unsigned char)(n >> 8);
	id.b[1] = (unsigned char)n;
	return id;
}

struct thing {
	struct id id;
	struct db_value number, words, content;
};

static inline enum result add(struct tx *tx, void *ctx)
{
	const struct thing *t = ctx;
	return db_do(tx, &thing_add, NULL, v_id(&t->id), t->number, t->words, t->content);
}

static inline enum result is_as_given(struct tx *tx, void *ctx)
{
	const struct thing *t = ctx;
	struct rows *rows;
	enum result res = db_one(tx, &thing_get, &rows, v_id(&t->id));
	if (res != RES_OK)
		return res;
	struct id id = row_id(rows, 0);
	assert_true(id_eq(&id, &t->id));
	assert_int_equal(row_null(rows, 1), t->number.type == 0);
	assert_true(row_int(rows, 1) == t->number.i);
	struct slice words = row_text(rows, 2), content = row_bytes(rows, 3);
	assert_int_equal(words.p == NULL, t->words.type == 0);
	assert_true(slice_eq(words, t->words.s));
	assert_int_equal(content.p == NULL, t->content.type == 0);
	assert_true(slice_eq(content, t->content.s));
	rows_end(&rows);
	return RES_OK;
}

static inline enum result exists(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &any_exists, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	*(int *)ctx = (int)(row_int(rows, 0) * 10 + row_int(rows, 1));
	rows_end(&rows);
	return RES_OK;
}

static inline enum result remove_one(struct tx *tx, void *ctx)
{
	return db_do(tx, &thing_gone, NULL, v_id(ctx));
}

struct racer {
	struct db *db;
	unsigned number;
	enum result res;
};

#define fresh(f) cmocka_unit_test_setup_teardown(f, start, finish)

#endif
