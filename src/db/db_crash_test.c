/* A program that is killed in the middle of its writes has kept every one that it had called done; and a full
   disk is an answer, not an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db_testing.h"

#define WRITERS 8
#define ROUNDS 4
#define BEFORE_THE_KILL 300 /* writes called done */
#define MOST_NUMBERS 1000000

extern const struct migration db_test_migrations[];
extern const size_t db_test_migrations_n;

SQL(crash_add, "bi", "", "INSERT INTO thing (id, number) VALUES ($1, $2)");
SQL(crash_numbers, "", "number:i?", "SELECT number FROM thing");

struct writer {
	struct db *db;
	int64_t next; /* this writer's numbers are its own */
	int out;
};

static enum result add_number(struct tx *tx, void *ctx)
{
	const int64_t *number = ctx;
	unsigned char id[16] = { 0 };
	memcpy(id, number, sizeof(*number));
	return db_do(tx, &crash_add, NULL, v_bytes(id, sizeof(id)), v_int(*number));
}

/* Writes until killed; says each number that is done into the pipe. */
static void *write_numbers(void *arg)
{
	struct writer *w = arg;
	for (;; w->next++)
		if (db_write(w->db, add_number, &w->next) != RES_OK ||
		    write(w->out, &w->next, sizeof(w->next)) != sizeof(w->next))
			_exit(1);
}

static _Noreturn void write_until_killed(const char *where, int round, int out)
{
	struct writer w[WRITERS];
	pthread_t thread[WRITERS];
	struct db *db;
	if (db_open(where, 2, &db) != RES_OK)
		_exit(1);
	for (int i = 0; i < WRITERS; i++) {
		int64_t first = (int64_t)(round * WRITERS + i) * (MOST_NUMBERS / WRITERS / ROUNDS);
		w[i] = (struct writer){ db, first, out };
		if (pthread_create(&thread[i], NULL, write_numbers, &w[i]) != 0)
			_exit(1);
	}
	for (;;)
		pause();
}

/* Ticks off what is in the database; a number that is there twice cannot be (its id is unique). */
static enum result tick_off(struct tx *tx, void *ctx)
{
	bool *there = ctx;
	struct rows *rows;
	enum result res = db_ask_n(tx, &crash_numbers, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while (rows_next(rows) == RES_OK)
		there[row_int(rows, 0)] = true;
	rows_end(&rows);
	return RES_OK;
}

static void round_of_killing(const char *where, int round, bool *done)
{
	int ends[2], status;
	int64_t number;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		write_until_killed(where, round, ends[1]);
	}
	close(ends[1]);
	for (int n = 0; read(ends[0], &number, sizeof(number)) == sizeof(number); n++) {
		done[number] = true;
		if (n == BEFORE_THE_KILL)
			assert_int_equal(kill(pid, SIGKILL), 0);
	}
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void what_was_called_done_survives_a_kill(void **state)
{
	struct db *db;
	bool *done = calloc(MOST_NUMBERS, 1), *there = calloc(MOST_NUMBERS, 1);
	int n = 0;
	(void)state;
	db_for_test(db_test_migrations, db_test_migrations_n, &db);
	char *where = strdup(db_for_test_where(db));
	db_close(&db);
	for (int round = 0; round < ROUNDS; round++)
		round_of_killing(where, round, done);
	assert_int_equal(db_open(where, 1, &db), RES_OK);
	assert_int_equal(db_read(db, tick_off, there), RES_OK);
	for (int i = 0; i < MOST_NUMBERS; i++) {
		assert_true(!done[i] || there[i]);
		n += done[i];
	}
	assert_true(n >= ROUNDS * BEFORE_THE_KILL);
	db_close(&db);
	free(where);
	free(done);
	free(there);
}

/* A file that may not grow is what a full disk looks like from here. */
static void let_files_grow(bool may)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = may ? limit.rlim_max : 64 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void on_a_full_disk_writes_are_broken_until_there_is_room_again(void **state)
{
	struct db *db;
	bool *there = calloc(MOST_NUMBERS, 1);
	int64_t number = 0, done = 0;
	enum result res = RES_OK;
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	db_for_test(db_test_migrations, db_test_migrations_n, &db);
	let_files_grow(false);
	for (; number < 10000 && res == RES_OK; number++) {
		res = db_write(db, add_number, &number);
		done += res == RES_OK;
	}
	int64_t failed = number - 1;
	enum result again = db_write(db, add_number, &failed);
	let_files_grow(true);
	assert_int_equal(res, RES_BROKEN);
	assert_int_equal(again, RES_BROKEN);
	assert_int_equal(db_read(db, tick_off, there), RES_OK);
	for (int64_t i = 0; i < number; i++)
		assert_int_equal(there[i], i < done);
	assert_int_equal(db_write(db, add_number, &failed), RES_OK);
	db_for_test_end(&db);
	free(there);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_called_done_survives_a_kill),
		cmocka_unit_test(on_a_full_disk_writes_are_broken_until_there_is_room_again),
	};
	if (db_test_is_pg()) /* whose files are the server's */
		return _cmocka_run_group_tests("crash", tests, 1, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
