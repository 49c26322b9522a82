#include "db/db_test_thing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- our own bugs are caught ---- */

/* Runs work on a database with one row, in a child; true if the child aborted. */
static bool aborts(bool write, db_work *work)
{
	struct db *db;
	struct thing t = { id_of(1), v_int(1), v_null(), v_null() };
	int status;
	db_for_test(db_test_migrations, db_test_migrations_n, &db);
	assert_int_equal(db_write(db, add, &t), RES_OK);
	char *where = strdup(db_for_test_where(db));
	db_close(&db);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		if (!freopen("/dev/null", "w", stderr) || db_open(where, 1, &db) != RES_OK)
			_exit(2);
		enum result res = write ? db_write(db, work, db) : db_read(db, work, db);
		db_close(&db);
		_exit(res == RES_OK ? 0 : 3);
	}
	free(where);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static enum result write_one(struct tx *tx, void *ctx)
{
	struct thing t = { id_of(2), v_null(), v_null(), v_null() };
	(void)ctx;
	return add(tx, &t);
}

static enum result leave_rows(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct rows *rows;
	return db_ask_n(tx, &thing_all, &rows, DB_NO_VALUES);
}

static enum result read_half(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &thing_number, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		row_id(rows, 0);
		rows_end(&rows);
	}
	return res;
}

static enum result read_whole(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &thing_number, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		row_id(rows, 0);
		row_null(rows, 1);
		rows_end(&rows);
	}
	return res;
}

static enum result read_as_text(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct rows *rows;
	enum result res = db_one_n(tx, &thing_number, &rows, DB_NO_VALUES);
	if (res == RES_OK) {
		row_id(rows, 0);
		row_text(rows, 1);
		rows_end(&rows);
	}
	return res;
}

static enum result too_few(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &thing_gone, NULL);
}

static enum result wrong_letter(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &thing_gone, NULL, v_int(1));
}

static enum result null_without_mark(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &thing_gone, NULL, v_null());
}

static enum result inside_another(struct tx *tx, void *ctx)
{
	(void)tx;
	return db_read(ctx, leave_rows, NULL);
}

static enum result swallow(struct tx *tx, void *ctx)
{
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	(void)ctx;
	(void)!add(tx, &t);
	return RES_OK;
}

/* Not listed: they are wrong. */
static const struct sql wrong_name = { "wrong_name", "SELECT id, number FROM thing", "", "id:b nummer:i?" };
static const struct sql wrong_count = { "wrong_count", "SELECT id, number FROM thing", "", "id:b" };
static const struct sql wrong_type = { "wrong_type", "SELECT id, number FROM thing", "", "id:b number:t?" };
static const struct sql not_null = { "not_null", "SELECT id, words FROM thing", "", "id:b words:t" };
static const struct sql unused = { "unused", "DELETE FROM thing WHERE id = $1 AND 1 = 1", "bi", "" };
static const struct sql no_table = { "no_table", "DELETE FROM nothing", "", "" };
static const struct sql ends_it = { "ends_it", "COMMIT", "", "" };

static enum result ask(struct tx *tx, const struct sql *s)
{
	struct rows *rows;
	enum result res = db_ask_n(tx, s, &rows, DB_NO_VALUES);
	if (res == RES_OK)
		rows_end(&rows);
	return res;
}

static enum result ask_wrong_name(struct tx *tx, void *ctx)
{
	(void)ctx;
	return ask(tx, &wrong_name);
}

static enum result ask_wrong_count(struct tx *tx, void *ctx)
{
	(void)ctx;
	return ask(tx, &wrong_count);
}

static enum result ask_wrong_type(struct tx *tx, void *ctx)
{
	(void)ctx;
	return ask(tx, &wrong_type);
}

static enum result ask_not_null(struct tx *tx, void *ctx)
{
	(void)ctx;
	return ask(tx, &not_null);
}

static enum result do_unused(struct tx *tx, void *ctx)
{
	struct id id = id_of(1);
	(void)ctx;
	return db_do(tx, &unused, NULL, v_id(&id), v_int(1));
}

static enum result do_no_table(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &no_table, NULL);
}

static enum result do_ends_it(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &ends_it, NULL);
}

static void our_own_bugs_abort(void **state)
{
	(void)state;
	assert_false(aborts(true, write_one));
	assert_true(aborts(false, write_one));
	assert_true(aborts(false, leave_rows));
	assert_true(aborts(false, read_half));
	assert_false(aborts(false, read_whole));
	assert_true(aborts(false, read_as_text));
	assert_true(aborts(true, too_few));
	assert_true(aborts(true, wrong_letter));
	assert_true(aborts(true, null_without_mark));
	assert_true(aborts(true, inside_another));
	assert_true(aborts(false, inside_another));
	assert_true(aborts(true, swallow));
}

static void sentences_that_are_not_as_declared_abort(void **state)
{
	(void)state;
	assert_true(aborts(false, ask_wrong_name));
	assert_true(aborts(false, ask_wrong_count));
	assert_true(aborts(false, ask_wrong_type));
	assert_true(aborts(false, ask_not_null));
	assert_true(aborts(true, do_unused));
	assert_true(aborts(true, do_no_table));
	assert_true(aborts(true, do_ends_it));
}

/* ---- the list of sentences ---- */

static void look_for(const struct sql *s, void *ctx)
{
	int *found = ctx;
	*found += s == &thing_add || s == &any_exists;
	*found += 100 * !strcmp(s->name, "schema_version_add"); /* from the library */
}

static void every_sentence_is_listed_and_prepares(void **state)
{
	int found = 0;
	db_each_sentence(look_for, &found);
	assert_int_equal(found, 102);
	assert_int_equal(db_test_prepare_all(*state), 18);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_bugs_abort),
		cmocka_unit_test(sentences_that_are_not_as_declared_abort),
		fresh(every_sentence_is_listed_and_prepares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
