#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_testing.h"

extern const struct migration db_test_migrations[];
extern const size_t db_test_migrations_n;

SQL(thing_add, "bi?t?b?", "", "INSERT INTO thing (id, number, words, content) VALUES ($1, $2, $3, $4)");
/* The parameters appear in another order than their numbers. */
SQL(thing_set, "bi?t?", "", "UPDATE thing SET words = $3, number = $2 WHERE id = $1");
SQL(thing_get, "b", "id:b number:i? words:t? content:b?", "SELECT id, number, words, content FROM thing WHERE id = $1");
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
SQL(any_exists, "", "some:i total:i", "SELECT EXISTS (SELECT 1 FROM thing) AS some, COUNT(*) AS total FROM thing");

static int start(void **state)
{
	struct db *db;
	db_for_test(db_test_migrations, db_test_migrations_n, &db);
	*state = db;
	return 0;
}

static int finish(void **state)
{
	struct db *db = *state;
	db_for_test_end(&db);
	return 0;
}

static struct id id_of(unsigned n)
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

static enum result add(struct tx *tx, void *ctx)
{
	const struct thing *t = ctx;
	return db_do(tx, &thing_add, NULL, v_id(&t->id), t->number, t->words, t->content);
}

static enum result is_as_given(struct tx *tx, void *ctx)
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

static void every_kind_of_value_comes_back_as_it_went_in(void **state)
{
	struct db *db = *state;
	const struct thing all[] = {
		{ id_of(1), v_int(0), v_str("Åse's “ord” $1 -- ;"), v_bytes("\0\xff'\\", 4) },
		{ id_of(2), v_int(INT64_MIN), v_str(""), v_bytes("", 0) },
		{ id_of(3), v_int(INT64_MAX), v_str("𐍈\n\t\\"), v_bytes(NULL, 0) },
		{ id_of(4), v_int(-1), v_text((struct slice){ 0 }), v_bytes("\0", 1) },
		{ id_of(5), v_null(), v_str(NULL), v_null() },
	};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(db_write(db, add, (void *)&all[i]), RES_OK);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		assert_int_equal(db_read(db, is_as_given, (void *)&all[i]), RES_OK);
		assert_int_equal(db_write(db, is_as_given, (void *)&all[i]), RES_OK);
	}
	struct thing none = { id_of(6), v_null(), v_null(), v_null() };
	assert_int_equal(db_read(db, is_as_given, &none), RES_NONE);
}

static enum result set_by_number(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct id id = id_of(1);
	int64_t changed = -1;
	assert_int_equal(db_do(tx, &thing_set, &changed, v_id(&id), v_int(7), v_str("seven")), RES_OK);
	assert_true(changed == 1);
	id = id_of(2);
	assert_int_equal(db_do(tx, &thing_set, &changed, v_id(&id), v_int(7), v_str("seven")), RES_OK);
	assert_true(changed == 0);
	return RES_OK;
}

static void parameters_go_by_their_number_not_by_their_place(void **state)
{
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_write(*state, set_by_number, NULL), RES_OK);
	t.number = v_int(7);
	t.words = v_str("seven");
	assert_int_equal(db_read(*state, is_as_given, &t), RES_OK);
}

static void text_that_is_no_text_is_bad_input(void **state)
{
	static const struct slice bad[] = { { "a\0b", 3 }, { "\xC3", 1 }, { "\xED\xA0\x80", 3 }, { "\xC0\xAF", 2 },
					    { "\xF4\x90\x80\x80", 4 }, { "\xFF", 1 } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct thing t = { id_of(1), v_null(), v_text(bad[i]), v_null() };
		assert_int_equal(db_write(*state, add, &t), RES_BAD);
		assert_int_equal(db_read(*state, is_as_given, &t), RES_NONE);
	}
}

static enum result add_and_refuse(struct tx *tx, void *ctx)
{
	enum result res = add(tx, ctx);
	return res == RES_OK ? RES_REFUSED : res;
}

static void a_work_that_is_not_ok_leaves_nothing(void **state)
{
	struct thing t = { id_of(1), v_int(1), v_null(), v_null() };
	assert_int_equal(db_write(*state, add_and_refuse, &t), RES_REFUSED);
	assert_int_equal(db_read(*state, is_as_given, &t), RES_NONE);
}

static enum result add_counter(struct tx *tx, void *ctx)
{
	return db_do(tx, &counter_add, NULL, v_str("c"), v_int(*(int64_t *)ctx));
}

static enum result add_child(struct tx *tx, void *ctx)
{
	struct id id = id_of(1);
	return db_do(tx, &child_add, NULL, v_id(&id), v_id(ctx));
}

static enum result add_late(struct tx *tx, void *ctx)
{
	return db_do(tx, &late_add, NULL, v_int(1), v_id(ctx));
}

static void what_the_schema_refuses_is_again(void **state)
{
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	int64_t less = -1, more = 1;
	struct id other = id_of(2);
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_write(*state, add, &t), RES_AGAIN);
	assert_int_equal(db_write(*state, add_counter, &less), RES_AGAIN);
	assert_int_equal(db_write(*state, add_counter, &more), RES_OK);
	assert_int_equal(db_write(*state, add_child, &other), RES_AGAIN);
	assert_int_equal(db_write(*state, add_child, &t.id), RES_OK);
	/* checked at the end of the transaction */
	assert_int_equal(db_write(*state, add_late, &other), RES_AGAIN);
	assert_int_equal(db_write(*state, add_late, &t.id), RES_OK);
}

static enum result go_on_after_again(struct tx *tx, void *ctx)
{
	enum result res = add(tx, ctx);
	assert_int_equal(res, RES_AGAIN);
	struct thing other = { id_of(9), v_null(), v_null(), v_null() };
	assert_int_equal(add(tx, &other), RES_AGAIN);
	return res;
}

static void after_again_the_transaction_can_only_end(void **state)
{
	struct thing t = { id_of(1), v_null(), v_null(), v_null() }, other = { id_of(9), v_null(), v_null(), v_null() };
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_write(*state, go_on_after_again, &t), RES_AGAIN);
	assert_int_equal(db_read(*state, is_as_given, &other), RES_NONE);
}

static enum result add_unless_there(struct tx *tx, void *ctx)
{
	struct id id = id_of(1);
	return db_do(tx, &thing_unless, ctx, v_id(&id));
}

static void insert_unless_there_says_what_it_did(void **state)
{
	int64_t changed = -1;
	assert_int_equal(db_write(*state, add_unless_there, &changed), RES_OK);
	assert_true(changed == 1);
	assert_int_equal(db_write(*state, add_unless_there, &changed), RES_OK);
	assert_true(changed == 0);
}

static enum result delete_each(struct tx *tx, void *ctx)
{
	struct rows *rows, *inner;
	int *n = ctx;
	*n = 0;
	enum result res = db_ask_n(tx, &thing_all, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	while (res == RES_OK && rows_next(rows) == RES_OK) {
		struct id id = row_id(rows, 0);
		res = db_do(tx, &thing_gone, NULL, v_id(&id));
		if (res != RES_OK)
			break;
		assert_int_equal(db_ask(tx, &thing_all, &inner), RES_OK);
		while (rows_next(inner) == RES_OK) {
			struct id left = row_id(inner, 0);
			assert_true(id_cmp(&left, &id) > 0);
		}
		rows_end(&inner);
		++*n;
	}
	rows_end(&rows);
	return res;
}

static enum result add_returning(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one(tx, &thing_new, &rows, v_id(ctx));
	if (res != RES_OK)
		return res;
	struct id id = row_id(rows, 0);
	assert_true(id_eq(&id, ctx));
	rows_end(&rows);
	return RES_OK;
}

static void a_work_may_write_while_it_goes_through_rows(void **state)
{
	int n;
	for (unsigned i = 0; i < 40; i++) {
		struct id id = id_of(i);
		assert_int_equal(db_write(*state, add_returning, &id), RES_OK);
	}
	assert_int_equal(db_write(*state, delete_each, &n), RES_OK);
	assert_int_equal(n, 40);
	assert_int_equal(db_write(*state, delete_each, &n), RES_OK);
	assert_int_equal(n, 0);
}

static enum result exists(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_one_n(tx, &any_exists, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	*(int *)ctx = (int)(row_int(rows, 0) * 10 + row_int(rows, 1));
	rows_end(&rows);
	return RES_OK;
}

static enum result finds_ase(struct tx *tx, void *ctx)
{
	struct rows *rows;
	enum result res = db_ask(tx, &thing_like, &rows, v_str(ctx));
	if (res != RES_OK)
		return res;
	res = rows_next(rows);
	if (res == RES_OK)
		row_id(rows, 0);
	rows_end(&rows);
	return res;
}

static void the_databases_mean_the_same_by_exists_and_like(void **state)
{
	int n = -1;
	struct thing t = { id_of(1), v_null(), v_str("Anna"), v_null() };
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(n, 0);
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(n, 11);
	assert_int_equal(db_read(*state, finds_ase, (void *)"An%"), RES_OK);
	assert_int_equal(db_read(*state, finds_ase, (void *)"an%"), RES_NONE);
}

/* ---- many at once ---- */

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
	if (res != RES_OK)
		return res;
	*(int64_t *)ctx = row_int(rows, 0);
	rows_end(&rows);
	return RES_OK;
}

struct racer {
	struct db *db;
	unsigned number;
	enum result res;
};

static void *race_increment(void *arg)
{
	struct racer *r = arg;
	r->res = db_write(r->db, increment, NULL);
	return NULL;
}

/* Every third is refused by the schema after it had written, every third one changes its mind. */
static enum result mixed(struct tx *tx, void *ctx)
{
	const struct racer *r = ctx;
	struct thing mine = { id_of(1000 + r->number), v_null(), v_null(), v_null() };
	struct thing taken = { id_of(1), v_null(), v_null(), v_null() };
	enum result res = add(tx, &mine);
	if (res == RES_OK && r->number % 3 == 1)
		res = add(tx, &taken);
	if (res == RES_OK && r->number % 3 == 2)
		res = RES_REFUSED;
	return res;
}

static void *race_mixed(void *arg)
{
	struct racer *r = arg;
	r->res = db_write(r->db, mixed, r);
	return NULL;
}

static void race(struct db *db, void *(*run)(void *), struct racer *r, unsigned n)
{
	pthread_t thread[64];
	for (unsigned i = 0; i < n; i++) {
		r[i] = (struct racer){ db, i, RES_BROKEN };
		assert_int_equal(pthread_create(&thread[i], NULL, run, &r[i]), 0);
	}
	for (unsigned i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
}

static void sixty_four_increments_make_sixty_four(void **state)
{
	int64_t n = 0;
	struct racer r[64];
	assert_int_equal(db_write(*state, add_counter, &n), RES_OK);
	race(*state, race_increment, r, 64);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(r[i].res, RES_OK);
	assert_int_equal(db_read(*state, counter_now, &n), RES_OK);
	assert_true(n == 64);
}

static void a_failing_work_does_not_undo_its_neighbours(void **state)
{
	static const enum result want[] = { RES_OK, RES_AGAIN, RES_REFUSED };
	struct racer r[60];
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	race(*state, race_mixed, r, 60);
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(r[i].res, want[i % 3]);
		t.id = id_of(1000 + i);
		assert_int_equal(db_read(*state, is_as_given, &t), i % 3 ? RES_NONE : RES_OK);
	}
}

struct meeting {
	struct db *db;
	pthread_barrier_t written, looked;
};

static enum result write_and_wait(struct tx *tx, void *ctx)
{
	struct meeting *m = ctx;
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	enum result res = add(tx, &t);
	pthread_barrier_wait(&m->written);
	pthread_barrier_wait(&m->looked);
	return res;
}

static void *write_slowly(void *arg)
{
	struct meeting *m = arg;
	return (void *)(intptr_t)db_write(m->db, write_and_wait, m);
}

static void a_reader_sees_only_what_is_committed(void **state)
{
	struct meeting m = { .db = *state };
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	pthread_t writer;
	void *res;
	pthread_barrier_init(&m.written, NULL, 2);
	pthread_barrier_init(&m.looked, NULL, 2);
	pthread_create(&writer, NULL, write_slowly, &m);
	pthread_barrier_wait(&m.written);
	enum result seen = db_read(*state, is_as_given, &t);
	pthread_barrier_wait(&m.looked);
	pthread_join(writer, &res);
	assert_int_equal(seen, RES_NONE);
	assert_int_equal((intptr_t)res, RES_OK);
	assert_int_equal(db_read(*state, is_as_given, &t), RES_OK);
	pthread_barrier_destroy(&m.written);
	pthread_barrier_destroy(&m.looked);
}

struct looker {
	struct db *db;
	int64_t before, after;
};

static void *race_one_increment(void *arg)
{
	return (void *)(intptr_t)db_write(arg, increment, NULL);
}

static enum result look_twice(struct tx *tx, void *ctx)
{
	struct looker *l = ctx;
	pthread_t other;
	void *res;
	if (counter_now(tx, &l->before) != RES_OK)
		return RES_BROKEN;
	pthread_create(&other, NULL, race_one_increment, l->db);
	pthread_join(other, &res);
	assert_int_equal((intptr_t)res, RES_OK);
	return counter_now(tx, &l->after);
}

static void a_reader_sees_one_moment(void **state)
{
	struct looker l = { .db = *state };
	int64_t n = 5;
	assert_int_equal(db_write(*state, add_counter, &n), RES_OK);
	assert_int_equal(db_read(*state, look_twice, &l), RES_OK);
	assert_true(l.before == 5 && l.after == 5);
	assert_int_equal(db_read(*state, counter_now, &n), RES_OK);
	assert_true(n == 6);
}

static void *look_around(void *arg)
{
	struct racer *r = arg;
	int n;
	r->res = RES_OK;
	for (int i = 0; i < 20 && r->res == RES_OK; i++)
		r->res = db_read(r->db, exists, &n);
	return NULL;
}

static void more_readers_than_connections_all_get_their_turn(void **state)
{
	struct racer r[32];
	race(*state, look_around, r, 32);
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(r[i].res, RES_OK);
}

static void a_server_that_was_restarted_is_found_again(void **state)
{
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	int n;
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	db_test_cut(*state);
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(n, 11);
	t.id = id_of(2);
	assert_int_equal(db_write(*state, add, &t), RES_OK);
	db_test_cut(*state);
	assert_int_equal(db_scrub(*state, "thing"), RES_OK);
}

static enum result cut_in_the_middle(struct tx *tx, void *ctx)
{
	struct racer *r = ctx;
	struct thing t = { id_of(1), v_null(), v_null(), v_null() };
	enum result res = add(tx, &t);
	if (res == RES_OK && r->number++ == 0)
		db_test_cut(r->db);
	t.id = id_of(2);
	return res == RES_OK ? add(tx, &t) : res;
}

static void a_work_that_was_cut_off_is_run_again(void **state)
{
	struct racer r = { .db = *state };
	int n;
	assert_int_equal(db_write(*state, cut_in_the_middle, &r), RES_OK);
	assert_int_equal(r.number, db_test_is_pg() ? 2 : 1);
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(n, 12);
}

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
	assert_int_equal(db_test_prepare_all(*state), 17);
}

/* ---- migrations, dumps, copies ---- */

static void a_migration_twice_is_harmless_and_a_newer_database_is_refused(void **state)
{
	int ran = -1;
	struct buf before = BUF_LIMIT(100000), after = BUF_LIMIT(100000);
	assert_int_equal(db_migrate(*state, db_test_migrations, 2, &ran), RES_OK);
	assert_int_equal(ran, 0);
	assert_int_equal(db_dump(*state, &before), RES_OK);
	assert_int_equal(db_migrate(*state, db_test_migrations, 1, &ran), RES_REFUSED);
	assert_int_equal(db_dump(*state, &after), RES_OK);
	assert_string_equal(before.p, after.p);
	buf_free(&before);
	buf_free(&after);
}

static void a_migration_that_fails_leaves_nothing(void **state)
{
	(void)state;
	struct migration all[3] = { db_test_migrations[0], db_test_migrations[1],
				    { 3, "half", "CREATE TABLE half (n BIGINT);\nCREATE TABLE half (n BIGINT);\n" } };
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

static enum result remove_one(struct tx *tx, void *ctx)
{
	return db_do(tx, &thing_gone, NULL, v_id(ctx));
}

static void what_was_deleted_is_gone_from_the_files_after_a_scrub(void **state)
{
	struct db *db = *state;
	char content[20000];
	struct thing t = { id_of(1), v_int(1), v_str("marker-in-the-words"), v_bytes(content, sizeof(content)) };
	memset(content, 'x', sizeof(content));
	memcpy(content + 15000, "marker-in-the-overflow", 22);
	for (unsigned i = 1; i < 50; i++) {
		t.id = id_of(i);
		assert_int_equal(db_write(db, add, &t), RES_OK);
	}
	if (!db_test_is_pg())
		assert_true(folder_holds(db, "marker-in-the-words") && folder_holds(db, "marker-in-the-overflow"));
	for (unsigned i = 1; i < 50; i++) {
		struct id id = id_of(i);
		assert_int_equal(db_write(db, remove_one, &id), RES_OK);
	}
	if (!db_test_is_pg())
		assert_true(folder_holds(db, "marker-in-the-words"));
	assert_int_equal(db_scrub(db, "thing"), RES_OK);
	if (!db_test_is_pg())
		assert_false(folder_holds(db, "marker-in-the-words") || folder_holds(db, "marker-in-the-overflow"));
	int n = -1;
	assert_int_equal(db_read(db, exists, &n), RES_OK);
	assert_int_equal(n, 0);
}

static void a_backup_opens_and_replaces_nothing(void **state)
{
	struct db *db = *state, *copy;
	char path[64], where[128];
	struct stat st;
	struct thing t = { id_of(1), v_int(8), v_str("in the copy"), v_null() };
	struct buf of_db = BUF_LIMIT(100000), of_copy = BUF_LIMIT(100000);
	assert_int_equal(db_write(db, add, &t), RES_OK);
	snprintf(path, sizeof(path), "/tmp/makker-backup-%d", (int)getpid());
	unlink(path);
	assert_int_equal(db_backup(db, path), RES_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(db_backup(db, path), RES_BROKEN);
	assert_true(stat(path, &st) == 0 && st.st_size > 0);
	assert_int_equal(db_backup(db, "/nowhere/at/all"), RES_BROKEN);
	if (db_test_is_pg()) {
		assert_true(file_holds(path, "PGDMP", 5));
		char command[256];
		db_for_test(NULL, 0, &copy);
		const char *name = strstr(db_for_test_where(copy), "makker_test_");
		snprintf(command, sizeof(command), "pg_restore -d \"$MAKKER_TEST_PG dbname=%s\" %s", name, path);
		assert_int_equal(system(command), 0); // NOLINT: the words are ours
	} else {
		snprintf(where, sizeof(where), "sqlite:%s", path);
		assert_int_equal(db_open(where, 1, &copy), RES_OK);
	}
	assert_int_equal(db_dump(db, &of_db), RES_OK);
	assert_int_equal(db_dump(copy, &of_copy), RES_OK);
	assert_non_null(strstr(of_db.p, "in the copy"));
	assert_string_equal(of_db.p, of_copy.p);
	db_close(&copy);
	unlink(path);
	buf_free(&of_db);
	buf_free(&of_copy);
}

static void a_database_that_cannot_be_opened_is_broken(void **state)
{
	(void)state;
	struct db *db = NULL;
	assert_int_equal(db_open("sqlite:/nowhere/at/all.db", 1, &db), RES_BROKEN);
	assert_int_equal(db_open("host=/nowhere/at/all", 1, &db), RES_BROKEN);
	assert_null(db);
}

#define fresh(f) cmocka_unit_test_setup_teardown(f, start, finish)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		fresh(every_kind_of_value_comes_back_as_it_went_in),
		fresh(parameters_go_by_their_number_not_by_their_place),
		fresh(text_that_is_no_text_is_bad_input),
		fresh(a_work_that_is_not_ok_leaves_nothing),
		fresh(what_the_schema_refuses_is_again),
		fresh(after_again_the_transaction_can_only_end),
		fresh(insert_unless_there_says_what_it_did),
		fresh(a_work_may_write_while_it_goes_through_rows),
		fresh(the_databases_mean_the_same_by_exists_and_like),
		fresh(sixty_four_increments_make_sixty_four),
		fresh(a_failing_work_does_not_undo_its_neighbours),
		fresh(a_reader_sees_only_what_is_committed),
		fresh(a_reader_sees_one_moment),
		fresh(more_readers_than_connections_all_get_their_turn),
		fresh(a_server_that_was_restarted_is_found_again),
		fresh(a_work_that_was_cut_off_is_run_again),
		cmocka_unit_test(our_own_bugs_abort),
		cmocka_unit_test(sentences_that_are_not_as_declared_abort),
		fresh(every_sentence_is_listed_and_prepares),
		fresh(a_migration_twice_is_harmless_and_a_newer_database_is_refused),
		cmocka_unit_test(a_migration_that_fails_leaves_nothing),
		fresh(a_dump_is_the_same_text_on_both_databases),
		fresh(what_was_deleted_is_gone_from_the_files_after_a_scrub),
		fresh(a_backup_opens_and_replaces_nothing),
		cmocka_unit_test(a_database_that_cannot_be_opened_is_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
