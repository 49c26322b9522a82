#include "db/db_test_thing.h"

#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static void a_migration_twice_is_harmless_and_a_newer_database_is_refused(void **state)
{
	int ran = -1;
	struct buf before = BUF_LIMIT(100000), after = BUF_LIMIT(100000);
	assert_int_equal(db_migrate(*state, db_test_migrations, 2, &ran), RES_OK);
	assert_int_equal(ran, 0);
	assert_int_equal(db_dump(*state, &before), RES_OK);
	assert_int_equal(db_migrate(*state, db_test_migrations, 1, &ran), RES_REFUSED);
	assert_int_equal(db_stands_at(*state, &ran), RES_OK);
	assert_int_equal(ran, 2);
	assert_int_equal(db_dump(*state, &after), RES_OK);
	assert_string_equal(before.p, after.p);
	buf_free(&before);
	buf_free(&after);
}

static void a_migration_that_fails_leaves_nothing(void **state)
{
	(void)state;
	struct migration all[3] = { db_test_migrations[0],
				    db_test_migrations[1],
				    { 3, "half",
				      "CREATE TABLE half (n BIGINT);\nCREATE TABLE half (n BIGINT);\n" } };
	struct db *db;
	struct buf out = BUF_LIMIT(100000);
	int ran;
	db_for_test(all, 1, &db);
	assert_int_equal(db_migrate(db, all, 3, &ran), RES_BROKEN);
	assert_int_equal(db_dump(db, &out), RES_OK);
	assert_non_null(strstr(out.p, "schema_version|1|'thing'\n"));
	assert_null(strstr(out.p, "schema_version|2|"));
	all[2].sql = "CREATE TABLE whole (n BIGINT);\n";
	assert_int_equal(db_migrate(db, all, 3, &ran), RES_OK);
	assert_int_equal(ran, 2);
	buf_free(&out);
	db_for_test_end(&db);
}

static void a_dump_is_the_same_text_on_both_databases(void **state)
{
	struct thing a = { id_of(1), v_int(-5), v_str("Åse's\nord"), v_bytes("\0\xff", 2) };
	struct thing b = { id_of(0), v_null(), v_null(), v_null() };
	struct buf out = BUF_LIMIT(100000);
	assert_int_equal(db_write(*state, add, &a), RES_OK);
	assert_int_equal(db_write(*state, add, &b), RES_OK);
	assert_int_equal(db_dump(*state, &out), RES_OK);
	assert_string_equal(out.p, "counter|'a;\\nb -- no comment, BLOB'|0\n"
				   "schema_version|1|'thing'\n"
				   "schema_version|2|'child'\n"
				   "thing|x'00000000000000000000000000000000'|NULL|NULL|NULL\n"
				   "thing|x'00010000000000000000000000000000'|-5|'Åse\\'s\\nord'|x'00ff'\n");
	buf_free(&out);
}

static bool file_holds(const char *path, const char *marker, size_t n)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	char *all = malloc((size_t)st.st_size + 1);
	assert_true(read(fd, all, (size_t)st.st_size) == st.st_size);
	bool found = memmem(all, (size_t)st.st_size, marker, n) != NULL;
	free(all);
	close(fd);
	return found;
}

/* Any file in the folder of an SQLite database. */
static bool folder_holds(const struct db *db, const char *marker)
{
	char folder[4096], path[8192];
	snprintf(folder, sizeof(folder), "%s", db_for_test_where(db) + strlen("sqlite:"));
	*strrchr(folder, '/') = 0;
	DIR *dir = opendir(folder);
	bool found = false;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (e->d_name[0] != '.')
			found |= file_holds(path, marker, strlen(marker));
	}
	closedir(dir);
	return found;
}

static void what_was_deleted_is_gone_from_the_files_after_a_scrub(void **state)
{
	struct db *db = *state;
	char content[20000];
	struct thing t = { id_of(1), v_int(1), v_str("marker-in-the-words"),
			   v_bytes(content, sizeof(content)) };
	memset(content, 'x', sizeof(content));
	memcpy(content + 15000, "marker-in-the-overflow", 22);
	for (unsigned i = 1; i < 50; i++) {
		t.id = id_of(i);
		assert_int_equal(db_write(db, add, &t), RES_OK);
	}
	if (!db_test_is_pg())
		assert_true(folder_holds(db, "marker-in-the-words") &&
			    folder_holds(db, "marker-in-the-overflow"));
	for (unsigned i = 1; i < 50; i++) {
		struct id id = id_of(i);
		assert_int_equal(db_write(db, remove_one, &id), RES_OK);
	}
	if (!db_test_is_pg())
		assert_true(folder_holds(db, "marker-in-the-words"));
	assert_int_equal(db_scrub(db, things), RES_OK);
	if (!db_test_is_pg())
		assert_false(folder_holds(db, "marker-in-the-words") ||
			     folder_holds(db, "marker-in-the-overflow"));
	int n = -1;
	assert_int_equal(db_read(db, exists, &n), RES_OK);
	assert_int_equal(n, 0);
}

static enum result overwrite_words(struct tx *tx, void *ctx)
{
	const struct thing *t = ctx;
	return db_do(tx, &thing_set, NULL, v_id(&t->id), t->number, t->words);
}

/* Pages that were split, merged and refilled while rows of other lengths stayed. */
static void among_rows_that_stay_the_deleted_and_the_overwritten_are_gone(void **state)
{
	struct db *db = *state;
	char words[700], marker[32];
	uint32_t chance = 1;
	struct thing t = { id_of(0), v_int(1), v_null(), v_null() };
	for (unsigned i = 0; i < 600; i++) {
		chance = chance * 1664525 + 1013904223;
		int n = snprintf(words, sizeof(words), "%s-%03u-", i % 3 == 0 ? "stays" : "leaves", i);
		memset(words + n, 'a' + (int)(i % 26), chance >> 24);
		t.id = id_of(i * 7919 % 60000);
		t.words = v_text((struct slice){ words, (size_t)n + (chance >> 24) });
		assert_int_equal(db_write(db, add, &t), RES_OK);
	}
	for (unsigned k = 0; k < 600; k++) {
		unsigned i = k * 277 % 600;
		t.id = id_of(i * 7919 % 60000);
		t.words = v_str(k % 2 ? "short" : "something longer than a short word");
		if (i % 3 == 1)
			assert_int_equal(db_write(db, remove_one, &t.id), RES_OK);
		else if (i % 3 == 2)
			assert_int_equal(db_write(db, overwrite_words, &t), RES_OK);
	}
	assert_int_equal(db_scrub(db, things), RES_OK);
	for (unsigned i = 0; i < 600 && !db_test_is_pg(); i++) {
		snprintf(marker, sizeof(marker), "%s-%03u-", i % 3 == 0 ? "stays" : "leaves", i);
		assert_int_equal(folder_holds(db, marker), i % 3 == 0);
	}
}

static void *scrub_things(void *arg)
{
	struct racer *r = arg;
	r->res = db_scrub(r->db, things);
	return NULL;
}

static enum result look_while_scrubbing(struct tx *tx, void *ctx)
{
	struct racer *r = ctx;
	int n;
	enum result res = exists(tx, &n);
	pthread_t other;
	pthread_create(&other, NULL, scrub_things, r);
	pthread_join(other, NULL);
	return res;
}

static void a_scrub_does_not_wait_for_ever_for_a_reader(void **state)
{
	struct racer r = { .db = *state };
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_read(*state, look_while_scrubbing, &r), RES_OK);
	assert_int_equal(r.res, RES_AGAIN);
	assert_int_equal(db_scrub(*state, things), RES_OK);
}

static enum result add_many(struct tx *tx, void *ctx)
{
	struct thing t = { id_of(0), v_int(1), v_null(), v_null() };
	char words[1900];
	enum result res = RES_OK;
	(void)ctx;
	memset(words, 'x', sizeof(words));
	t.words = v_text((struct slice){ words, sizeof(words) });
	for (unsigned i = 0; res == RES_OK && i < 6000; i++) { /* more than a quarter of what the server keeps in memory */
		t.id = id_of(i);
		res = add(tx, &t);
	}
	return res;
}

/* → the first value, in `text`. */
static void ask_the_server(const struct db *db, const char *sentence, char text[64])
{
	PGconn *pg = PQconnectdb(db_for_test_where(db));
	PGresult *r = PQexec(pg, sentence);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sentence, PQerrorMessage(pg));
	snprintf(text, 64, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	PQfinish(pg);
}

/* PostgreSQL lets whoever reads a large table begin where another reads just now, a rewriting too. */
static void a_scrub_leaves_the_rows_in_their_order_however_far_somebody_had_read(void **state)
{
	char text[64];
	assert_int_equal(db_write(*state, add_many, NULL), RES_OK);
	ask_the_server(*state, "SELECT COUNT(*) FROM (SELECT 1 FROM thing LIMIT 3000) AS half", text);
	assert_string_equal(text, "3000");
	assert_int_equal(db_scrub(*state, things), RES_OK);
	ask_the_server(*state, "SELECT ctid FROM thing WHERE id = '\\x00000000000000000000000000000000'", text);
	assert_string_equal(text, "(0,1)");
}

static void the_size_grows_with_what_is_put_in(void **state)
{
	int64_t before = 0, after = 0;
	static unsigned char much[200000];
	struct thing a = { id_of(1), v_null(), v_null(), v_bytes(much, sizeof(much)) };
	assert_int_equal(db_bytes(*state, &before), RES_OK);
	assert_true(before > 0);
	random_fill(random_system(), "db/test", much, sizeof(much)); /* not to be compressed away */
	assert_int_equal(db_write(*state, add, &a), RES_OK);
	assert_int_equal(db_bytes(*state, &after), RES_OK);
	assert_true(after >= before + 100000);
}

/* What stands in a backup, as text. */
static void read_copy(const char *path, struct buf *out)
{
	char command[256], where[128];
	struct db *copy;
	if (db_test_is_pg()) {
		assert_true(file_holds(path, "PGDMP", 5));
		db_for_test(NULL, 0, &copy);
		const char *name = strstr(db_for_test_where(copy), "makker_test_");
		snprintf(command, sizeof(command), "pg_restore -d \"$MAKKER_TEST_PG dbname=%s\" %s", name, path);
		assert_int_equal(system(command), 0); // NOLINT: the words are ours
	} else {
		snprintf(where, sizeof(where), "sqlite:%s", path);
		assert_int_equal(db_open(where, 1, &copy), RES_OK);
	}
	assert_int_equal(db_dump(copy, out), RES_OK);
	db_close(&copy);
}

static void a_backup_opens_and_replaces_nothing(void **state)
{
	struct db *db = *state;
	char path[64];
	struct stat st;
	struct thing t = { id_of(1), v_int(8), v_str("in the copy"), v_null() };
	struct buf of_db = BUF_LIMIT(100000), of_copy = BUF_LIMIT(100000);
	assert_int_equal(db_write(db, add, &t), RES_OK);
	snprintf(path, sizeof(path), "/tmp/makker-backup-%d", (int)getpid());
	unlink(path);
	assert_int_equal(db_backup(db, path, NULL), RES_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(db_backup(db, path, NULL), RES_BROKEN);
	assert_true(stat(path, &st) == 0 && st.st_size > 0);
	assert_int_equal(db_backup(db, "/nowhere/at/all", NULL), RES_BROKEN);
	assert_int_equal(db_dump(db, &of_db), RES_OK);
	read_copy(path, &of_copy);
	assert_non_null(strstr(of_db.p, "in the copy"));
	assert_string_equal(of_db.p, of_copy.p);
	unlink(path);
	buf_free(&of_db);
	buf_free(&of_copy);
}

static void a_backup_without_a_table_has_the_table_and_none_of_its_rows(void **state)
{
	struct db *db = *state;
	char path[64];
	struct thing t = { id_of(1), v_int(8), v_str("not in the copy"), v_null() };
	struct buf of_db = BUF_LIMIT(100000), of_copy = BUF_LIMIT(100000);
	snprintf(path, sizeof(path), "/tmp/makker-backup-%d", (int)getpid());
	unlink(path);
	assert_int_equal(db_dump(db, &of_db), RES_OK);
	assert_int_equal(db_write(db, add, &t), RES_OK);
	assert_int_equal(db_backup(db, path, things), RES_OK);
	assert_false(file_holds(path, "not in the copy", strlen("not in the copy")));
	read_copy(path, &of_copy);
	assert_string_equal(of_db.p, of_copy.p);
	unlink(path);
	buf_free(&of_db);
	buf_free(&of_copy);
}

struct holder {
	const char *where;
	_Atomic bool holds;
	int seconds;
};

static enum result hold_work(struct tx *tx, void *ctx)
{
	struct holder *h = ctx;
	struct thing t = { id_of(1), v_int(1), v_null(), v_null() };
	enum result res = add(tx, &t);
	h->holds = true;
	sleep((unsigned)h->seconds);
	return res;
}

/* An operator's command has the database open for itself. */
static void *hold(void *arg)
{
	struct holder *h = arg;
	struct db *db;
	if (db_open(h->where, 1, &db) != RES_OK)
		return (void *)(intptr_t)RES_BROKEN;
	enum result res = db_write(db, hold_work, h);
	db_close(&db);
	return (void *)(intptr_t)res;
}

static void a_write_waits_for_a_long_one_of_another_process(void **state)
{
	struct holder h = { .where = db_for_test_where(*state), .seconds = 7 };
	struct thing t = { id_of(2), v_int(2), v_null(), v_null() };
	pthread_t other;
	void *res;
	assert_int_equal(pthread_create(&other, NULL, hold, &h), 0);
	while (!h.holds)
		usleep(1000);
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	pthread_join(other, &res);
	assert_int_equal((intptr_t)res, RES_OK);
}

static void a_database_that_cannot_be_opened_is_broken(void **state)
{
	(void)state;
	struct db *db = NULL;
	assert_int_equal(db_open("sqlite:/nowhere/at/all.db", 1, &db), RES_BROKEN);
	assert_int_equal(db_open("host=/nowhere/at/all", 1, &db), RES_BROKEN);
	assert_null(db);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		fresh(a_migration_twice_is_harmless_and_a_newer_database_is_refused),
		cmocka_unit_test(a_migration_that_fails_leaves_nothing),
		fresh(a_dump_is_the_same_text_on_both_databases),
		fresh(what_was_deleted_is_gone_from_the_files_after_a_scrub),
		fresh(among_rows_that_stay_the_deleted_and_the_overwritten_are_gone),
		fresh(a_scrub_does_not_wait_for_ever_for_a_reader),
		fresh(the_size_grows_with_what_is_put_in),
		fresh(a_backup_opens_and_replaces_nothing),
		fresh(a_backup_without_a_table_has_the_table_and_none_of_its_rows),
		fresh(a_write_waits_for_a_long_one_of_another_process),
		cmocka_unit_test(a_database_that_cannot_be_opened_is_broken),
		/* SQLite has no order but the key's. */
		fresh(a_scrub_leaves_the_rows_in_their_order_however_far_somebody_had_read),
	};
	return _cmocka_run_group_tests("upkeep", tests, ARRAY_LEN(tests) - (db_test_is_pg() ? 0 : 1), NULL, NULL);
}
