/* A backup takes the place of a database, on both; and until somebody says that all is well, the old one can come back. */
#include "db/db_test_thing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_restore.h"

struct restore {
	struct db *db; /* open or NULL */
	char where[4096], file[4096]; /* the backup, in the database's folder */
};

static struct restore r;

static void put(unsigned n)
{
	struct thing t = { id_of(n), v_int((int64_t)n), v_str("words"), v_null() };
	assert_int_equal(db_write(r.db, add, &t), RES_OK);
}

static void reopen(void)
{
	assert_int_equal(db_open(r.where, 1, &r.db), RES_OK);
}

/* How many things are there, the sum of their numbers being a fingerprint. */
static int how_many(void)
{
	struct buf out = BUF_LIMIT(100000);
	int n = 0;
	reopen();
	assert_int_equal(db_dump(r.db, &out), RES_OK);
	for (const char *p = out.p; (p = strstr(p, "thing|x'")) != NULL; p++)
		n++;
	buf_free(&out);
	db_close(&r.db);
	return n;
}

static void copy_file(const char *from, const char *to)
{
	char bytes[65536];
	FILE *a = fopen(from, "r"), *b = fopen(to, "w");
	assert_true(a && b);
	for (size_t n; (n = fread(bytes, 1, sizeof(bytes), a)) > 0;)
		assert_true(fwrite(bytes, 1, n, b) == n);
	fclose(a);
	assert_int_equal(fclose(b), 0);
}

static struct db *made;

static int set_up(void **state)
{
	(void)state;
	db_for_test(db_test_migrations, db_test_migrations_n, &made);
	snprintf(r.where, sizeof(r.where), "%s", db_for_test_where(made));
	if (db_test_is_pg())
		snprintf(r.file, sizeof(r.file), "/tmp/makker-restore-%d", (int)getpid());
	else
		snprintf(r.file, sizeof(r.file), "%.4000s.part", r.where + strlen("sqlite:"));
	unlink(r.file);
	/* One thing in the backup, three in the database. */
	r.db = made;
	put(1);
	assert_int_equal(db_backup(r.db, r.file, NULL), RES_OK);
	put(2);
	put(3);
	db_close(&r.db);
	made = NULL;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(r.file);
	return 0;
}

static bool stands_aside(void)
{
	bool aside;
	assert_int_equal(db_restore_aside(r.where, &aside), RES_OK);
	return aside;
}

static void a_backup_takes_the_databases_place(void **state)
{
	(void)state;
	assert_int_equal(how_many(), 3);
	assert_int_equal(db_restore_fits(r.where, r.file), RES_OK);
	assert_int_equal(db_restore_take(r.where, r.file), RES_OK);
	assert_true(stands_aside());
	assert_int_equal(how_many(), 1);
	assert_int_equal(db_restore_done(r.where), RES_OK);
	assert_false(stands_aside());
	assert_int_equal(db_restore_done(r.where), RES_OK);
	assert_int_equal(db_restore_back(r.where), RES_NONE);
	assert_int_equal(how_many(), 1);
	reopen(); /* and it is one like any other */
	assert_int_equal(db_migrate(r.db, db_test_migrations, db_test_migrations_n, NULL), RES_OK);
	put(4);
	db_close(&r.db);
	assert_int_equal(how_many(), 2);
}

static void what_it_replaced_comes_back(void **state)
{
	(void)state;
	assert_int_equal(db_restore_take(r.where, r.file), RES_OK);
	assert_int_equal(how_many(), 1);
	assert_int_equal(db_restore_back(r.where), RES_OK);
	assert_false(stands_aside());
	assert_int_equal(how_many(), 3);
	assert_int_equal(db_restore_back(r.where), RES_NONE);
	assert_int_equal(how_many(), 3);
}

static void nothing_is_replaced_twice(void **state)
{
	char again[4200];
	(void)state;
	snprintf(again, sizeof(again), "%s2", r.file);
	copy_file(r.file, again);
	assert_int_equal(db_restore_take(r.where, r.file), RES_OK);
	assert_int_equal(db_restore_take(r.where, again), RES_REFUSED);
	assert_int_equal(db_restore_back(r.where), RES_OK);
	assert_int_equal(how_many(), 3);
	unlink(again);
}

static void what_is_no_backup_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "PGDM", "SQLite format 2", "PGDMP but no more of it", "words" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		FILE *f = fopen(r.file, "w");
		assert_true(f && fputs(wrong[i], f) >= 0 && fclose(f) == 0);
		assert_int_equal(db_restore_fits(r.where, r.file), RES_BAD);
	}
	unlink(r.file);
	assert_int_equal(db_restore_fits(r.where, r.file), RES_BROKEN);
	assert_int_equal(how_many(), 3);
}

static void a_backup_of_the_other_kind_is_refused(void **state)
{
	(void)state;
	assert_int_equal(db_restore_fits(db_test_is_pg() ? "sqlite:x" : "dbname=x", r.file), RES_BAD);
}

/* Of PostgreSQL the server itself knows; of SQLite the programs hold a lock (src/service). */
static void on_a_server_nobody_else_may_be_connected(void **state)
{
	(void)state;
	if (!db_test_is_pg()) {
		assert_int_equal(how_many(), 3);
		return;
	}
	reopen();
	assert_int_equal(db_restore_take(r.where, r.file), RES_REFUSED);
	db_close(&r.db);
	assert_false(stands_aside());
	assert_int_equal(how_many(), 3);
}

static void *hang_up_soon(void *arg)
{
	(void)arg;
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	db_close(&r.db);
	return NULL;
}

/* As the server's own process of a connection, which may outlive it by a moment. */
static void who_hangs_up_meanwhile_is_waited_for(void **state)
{
	pthread_t other;
	(void)state;
	if (!db_test_is_pg()) {
		assert_int_equal(how_many(), 3);
		return;
	}
	reopen();
	assert_int_equal(pthread_create(&other, NULL, hang_up_soon, NULL), 0);
	assert_int_equal(db_restore_take(r.where, r.file), RES_OK);
	pthread_join(other, NULL);
	assert_int_equal(how_many(), 1);
}

static void a_backup_that_does_not_go_in_leaves_the_old_one_whole(void **state)
{
	struct stat st;
	(void)state;
	assert_int_equal(stat(r.file, &st), 0);
	if (db_test_is_pg())
		assert_int_equal(truncate(r.file, st.st_size * 2 / 3), 0);
	else
		unlink(r.file);
	assert_int_equal(db_restore_take(r.where, r.file), RES_BROKEN);
	assert_true(stands_aside());
	assert_int_equal(db_restore_back(r.where), RES_OK);
	assert_int_equal(how_many(), 3);
}

/* A database that cannot be opened is the reason for a restore; its log goes aside with it and comes back with it. */
static void a_database_that_is_broken_can_be_replaced(void **state)
{
	char log[4200], kept[16] = "";
	(void)state;
	if (db_test_is_pg()) {
		assert_int_equal(how_many(), 3);
		return;
	}
	const char *file = r.where + strlen("sqlite:");
	snprintf(log, sizeof(log), "%.4000s-wal", file);
	FILE *f = fopen(file, "w");
	assert_true(f && fputs("no database", f) >= 0 && fclose(f) == 0);
	f = fopen(log, "w");
	assert_true(f && fputs("its log", f) >= 0 && fclose(f) == 0);
	assert_int_equal(db_restore_take(r.where, r.file), RES_OK);
	assert_int_equal(how_many(), 1);
	assert_int_equal(db_restore_back(r.where), RES_OK);
	f = fopen(log, "r");
	assert_true(f && fgets(kept, sizeof(kept), f) && fclose(f) == 0);
	assert_string_equal(kept, "its log");
}

static void a_database_belongs_to_the_program_whose_migrations_made_it(void **state)
{
	struct migration other[2] = { db_test_migrations[0], { 2, "of another program", "" } };
	(void)state;
	reopen();
	assert_int_equal(db_is_of(r.db, db_test_migrations, db_test_migrations_n), RES_OK);
	assert_int_equal(db_is_of(r.db, other, 2), RES_BAD);
	assert_int_equal(db_is_of(r.db, db_test_migrations, 1), RES_OK); /* a newer version of it */
	db_close(&r.db);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_backup_takes_the_databases_place),
		TEST(what_it_replaced_comes_back),
		TEST(nothing_is_replaced_twice),
		TEST(what_is_no_backup_is_refused),
		TEST(a_backup_of_the_other_kind_is_refused),
		TEST(on_a_server_nobody_else_may_be_connected),
		TEST(who_hangs_up_meanwhile_is_waited_for),
		TEST(a_backup_that_does_not_go_in_leaves_the_old_one_whole),
		TEST(a_database_that_is_broken_can_be_replaced),
		TEST(a_database_belongs_to_the_program_whose_migrations_made_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
