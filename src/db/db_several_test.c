/* Several programs on one database: what one holds, claims, is the first for, and tells. On SQLite there is one program, and all
   is granted. */
#include "db/db_test_thing.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

SQL_CLAIM(thing_claim, "b", "id:b", "SELECT id FROM thing WHERE id = $1");

static struct db *open_beside(const struct db *db)
{
	struct db *other;
	assert_int_equal(db_open(db_for_test_where(db), 2, &other), RES_OK);
	return other;
}

static enum result no_work(struct tx *tx, void *ctx)
{
	(void)tx;
	++*(int *)ctx;
	return RES_OK;
}

static void rest(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void what_one_program_holds_no_other_gets(void **state)
{
	struct db *other = open_beside(*state);
	struct id one = id_of(1), two = id_of(2);
	enum result taken = db_test_is_pg() ? RES_AGAIN : RES_OK;
	assert_int_equal(db_hold(*state, "test/thing", &one), RES_OK);
	assert_int_equal(db_hold(*state, "test/thing", &one), RES_OK);
	assert_int_equal(db_hold(other, "test/thing", &one), taken);
	assert_int_equal(db_hold(other, "test/thing", &two), RES_OK);
	assert_int_equal(db_hold(other, "test/other", &one), RES_OK);
	db_let_go(*state, "test/thing", &one);
	assert_int_equal(db_hold(other, "test/thing", &one), RES_OK);
	assert_int_equal(db_hold(*state, "test/thing", &one), taken);
	db_close(&other);
}

static void what_a_program_held_that_ended_is_free(void **state)
{
	struct db *other = open_beside(*state);
	struct id one = id_of(1);
	assert_int_equal(db_hold(other, "test/thing", &one), RES_OK);
	db_close(&other);
	enum result res = RES_AGAIN; /* the server hears of the end a moment later */
	for (int i = 0; i < 100 && res == RES_AGAIN; i++, rest(20))
		res = db_hold(*state, "test/thing", &one);
	assert_int_equal(res, RES_OK);
}

static void after_a_restart_each_gets_back_what_it_held_and_nothing_of_the_others(void **state)
{
	struct db *other = open_beside(*state);
	struct id one = id_of(1), two = id_of(2), nobodys = id_of(3);
	enum result taken = db_test_is_pg() ? RES_AGAIN : RES_OK;
	assert_int_equal(db_hold(*state, "test/thing", &one), RES_OK);
	assert_int_equal(db_hold(other, "test/thing", &two), RES_OK);
	db_test_cut(*state);
	/* The other comes first, and still finds it kept for a while. */
	assert_int_equal(db_hold(other, "test/thing", &one), taken);
	assert_int_equal(db_hold(*state, "test/thing", &two), taken);
	assert_int_equal(db_hold(*state, "test/thing", &nobodys), taken);
	assert_int_equal(db_hold(other, "test/thing", &two), RES_OK);
	assert_int_equal(db_hold(*state, "test/thing", &one), RES_OK);
	db_close(&other);
}

static void only_the_first_of_those_that_are_up_is_the_first(void **state)
{
	struct db *other = open_beside(*state), *third;
	int n = 0;
	assert_int_equal(db_first(*state, "test/life", no_work, &n), RES_OK);
	assert_int_equal(n, 1);
	assert_int_equal(db_first(other, "test/life", no_work, &n), RES_OK);
	assert_int_equal(n, db_test_is_pg() ? 1 : 2);
	db_close(&other);
	third = open_beside(*state);
	n = 0;
	assert_int_equal(db_first(third, "test/life", no_work, &n), RES_OK);
	assert_int_equal(n, db_test_is_pg() ? 0 : 1);
	db_close(&third);
}

/* ---- claims ---- */

struct claiming {
	struct db *db;
	struct id id;
	bool got;
	int runs;
	int in, out; /* pipes: says that it has the row; waits until it may go on */
};

static enum result claim(struct tx *tx, void *ctx)
{
	struct claiming *c = ctx;
	struct rows *rows;
	char byte = 'x';
	enum result res = db_one(tx, &thing_claim, &rows, v_id(&c->id));
	c->runs++;
	c->got = res == RES_OK;
	if (res == RES_OK)
		assert_true(row_id(rows, 0).b[1] == c->id.b[1]);
	rows_end(&rows);
	if (res == RES_OK && c->in >= 0) {
		assert_int_equal(write(c->out, &byte, 1), 1);
		assert_int_equal(read(c->in, &byte, 1), 1);
	}
	if (res == RES_OK)
		res = db_do(tx, &thing_gone, NULL, v_id(&c->id));
	return res == RES_NONE ? RES_OK : res;
}

static void *claim_thread(void *ctx)
{
	struct claiming *c = ctx;
	assert_int_equal(db_write(c->db, claim, c), RES_OK);
	return NULL;
}

static void add_two(struct db *db)
{
	for (unsigned i = 1; i <= 2; i++) {
		struct thing t = { id_of(i), v_null(), v_null(), v_null() };
		assert_int_equal(db_write(db, add, &t), RES_OK);
	}
}

static void what_one_has_claimed_another_passes_over(void **state)
{
	int to[2], from[2];
	char byte;
	pthread_t thread;
	add_two(*state);
	if (!db_test_is_pg()) { /* one writes: the row is there, or it is gone */
		struct claiming c = { *state, id_of(1), false, 0, -1, -1 };
		assert_int_equal(db_write(*state, claim, &c), RES_OK);
		assert_true(c.got);
		assert_int_equal(db_write(*state, claim, &c), RES_OK);
		assert_false(c.got);
		return;
	}
	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	struct db *other = open_beside(*state);
	struct claiming slow = { other, id_of(1), false, 0, to[0], from[1] };
	struct claiming mine = { *state, id_of(1), true, 0, -1, -1 };
	assert_int_equal(pthread_create(&thread, NULL, claim_thread, &slow), 0);
	assert_int_equal(read(from[0], &byte, 1), 1);
	assert_int_equal(db_write(*state, claim, &mine), RES_OK);
	assert_false(mine.got);
	mine.id = id_of(2);
	assert_int_equal(db_write(*state, claim, &mine), RES_OK);
	assert_true(mine.got);
	assert_int_equal(write(to[1], &byte, 1), 1);
	pthread_join(thread, NULL);
	assert_true(slow.got && slow.runs == 1);
	mine.id = id_of(1);
	assert_int_equal(db_write(*state, claim, &mine), RES_OK);
	assert_false(mine.got);
	db_close(&other);
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
}

/* ---- telling ---- */

struct ear {
	pthread_mutex_t lock;
	char words[200];
	int n, missed;
};

static void hear(struct slice words, void *ctx)
{
	struct ear *e = ctx;
	pthread_mutex_lock(&e->lock);
	if (words.p)
		snprintf(e->words, sizeof(e->words), "%.*s", (int)words.n, words.p);
	e->n += words.p != NULL;
	e->missed += words.p == NULL;
	pthread_mutex_unlock(&e->lock);
}

/* At most five seconds. */
static bool comes_to(struct ear *e, int n, int missed)
{
	for (int i = 0; i < 250; i++, rest(20)) {
		pthread_mutex_lock(&e->lock);
		bool there = e->n >= n && e->missed >= missed;
		pthread_mutex_unlock(&e->lock);
		if (there)
			return true;
	}
	return false;
}

static void what_is_told_all_hear_who_listen_for_it(void **state)
{
	struct ear mine = { .lock = PTHREAD_MUTEX_INITIALIZER }, theirs = mine, deaf = mine;
	struct db *other = open_beside(*state);
	db_hear(*state, "test/word", hear, &mine);
	db_hear(other, "test/word", hear, &theirs);
	db_hear(other, "test/else", hear, &deaf);
	rest(200); /* the threads listen by then */
	db_tell(*state, "test/word", SLICE("it's \"so\" æøå"));
	assert_true(comes_to(&mine, 1, 0));
	assert_string_equal(mine.words, "it's \"so\" æøå");
	if (db_test_is_pg()) {
		assert_true(comes_to(&theirs, 1, 0));
		assert_string_equal(theirs.words, mine.words);
	}
	assert_int_equal(deaf.n, 0);
	db_test_cut(*state);
	if (db_test_is_pg())
		assert_true(comes_to(&theirs, 1, 1));
	db_tell(*state, "test/word", SLICE("again"));
	assert_true(comes_to(&mine, 2, 0));
	assert_string_equal(mine.words, "again");
	db_hear_no_more(*state);
	db_tell(*state, "test/word", SLICE("to nobody here"));
	rest(200);
	assert_string_equal(mine.words, "again");
	db_close(&other);
}

/* ---- writing ---- */

static enum result increment(struct tx *tx, void *ctx)
{
	struct rows *rows;
	(void)ctx;
	enum result res = db_one(tx, &counter_get, &rows, v_str("c"));
	if (res != RES_OK)
		return res;
	int64_t n = row_int(rows, 0);
	rows_end(&rows);
	return db_do(tx, &counter_set, NULL, v_str("c"), v_int(n + 1));
}

static enum result counter_now(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one(tx, &counter_get, &rows, v_str("c"));
	if (res == RES_OK)
		*(int64_t *)ctx = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

static enum result counter_start(struct tx *tx, void *ctx)
{
	(void)ctx;
	return db_do(tx, &counter_add, NULL, v_str("c"), v_int(0));
}

static void *increments(void *db)
{
	for (int i = 0; i < 25; i++)
		if (db_write(db, increment, NULL) != RES_OK)
			return db;
	return NULL;
}

/* Two programs with eight threads each, at one row. */
static int program(const char *where)
{
	struct db *db;
	pthread_t thread[8];
	int failed = db_open(where, 2, &db) != RES_OK;
	for (size_t i = 0; !failed && i < ARRAY_LEN(thread); i++)
		failed = pthread_create(&thread[i], NULL, increments, db);
	for (size_t i = 0; i < ARRAY_LEN(thread); i++) {
		void *res = NULL;
		if (!failed)
			pthread_join(thread[i], &res);
		failed |= res != NULL;
	}
	if (!failed)
		db_close(&db);
	return failed;
}

static int in_programs(const char *where, int (*fn)(const char *where))
{
	pid_t pid[2];
	int how, failed = 0;
	for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(fn(where));
	}
	for (size_t i = 0; i < ARRAY_LEN(pid); i++)
		failed |= waitpid(pid[i], &how, 0) != pid[i] || how != 0;
	return failed;
}

static void nothing_is_lost_where_two_programs_write_the_same_row(void **state)
{
	struct db *db = *state;
	char where[512];
	int64_t n = 0;
	assert_int_equal(db_write(db, counter_start, NULL), RES_OK);
	snprintf(where, sizeof(where), "%s", db_for_test_where(db));
	db_close(&db);
	assert_int_equal(in_programs(where, program), 0);
	assert_int_equal(db_open(where, 1, &db), RES_OK);
	assert_int_equal(db_read(db, counter_now, &n), RES_OK);
	assert_int_equal(n, 400);
	db_close(&db);
	*state = NULL;
}

static int migrating(const char *where)
{
	struct db *db;
	if (db_open(where, 1, &db) != RES_OK)
		return 1;
	enum result res = db_migrate(db, db_test_migrations, db_test_migrations_n, NULL);
	db_close(&db);
	return res != RES_OK;
}

static void two_programs_may_make_the_tables_at_the_same_moment(void **state)
{
	struct db *db;
	char where[512];
	int at = 0;
	(void)state;
	for (int i = 0; i < 5; i++) {
		db_for_test(NULL, 0, &db);
		snprintf(where, sizeof(where), "%s", db_for_test_where(db));
		db_close(&db);
		assert_int_equal(in_programs(where, migrating), 0);
		assert_int_equal(db_open(where, 1, &db), RES_OK);
		assert_int_equal(db_stands_at(db, &at), RES_OK);
		assert_int_equal(at, db_test_migrations_n);
		db_close(&db);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		fresh(what_one_program_holds_no_other_gets),
		fresh(what_a_program_held_that_ended_is_free),
		fresh(after_a_restart_each_gets_back_what_it_held_and_nothing_of_the_others),
		fresh(only_the_first_of_those_that_are_up_is_the_first),
		fresh(what_one_has_claimed_another_passes_over),
		fresh(what_is_told_all_hear_who_listen_for_it),
		fresh(nothing_is_lost_where_two_programs_write_the_same_row),
		cmocka_unit_test(two_programs_may_make_the_tables_at_the_same_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
