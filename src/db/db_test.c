#include "db/db_test_thing.h"

#include <limits.h>
#include <sqlite3.h>

#include "db/db_sqlite.h"

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
	static const struct slice bad[] = { { "a\0b", 3 },
					    { "\xC3", 1 },
					    { "\xED\xA0\x80", 3 },
					    { "\xC0\xAF", 2 },
					    { "\xF4\x90\x80\x80", 4 },
					    { "\xFF", 1 } };
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
	struct thing t = { id_of(1), v_null(), v_null(), v_null() },
		     other = { id_of(9), v_null(), v_null(), v_null() };
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

/* A rule over rows that no constraint of the schema knows. */
static enum result add_if_none(struct tx *tx, void *ctx)
{
	const struct racer *r = ctx;
	struct thing mine = { id_of(r->number), v_null(), v_null(), v_null() };
	int n = 0;
	enum result res = exists(tx, &n);
	if (res != RES_OK)
		return res;
	return n ? RES_REFUSED : add(tx, &mine);
}

static void *race_if_none(void *arg)
{
	struct racer *r = arg;
	r->res = db_write(r->db, add_if_none, r);
	return NULL;
}

static void what_a_work_has_read_still_holds_when_it_commits(void **state)
{
	struct racer r[64];
	int n = 0, first = 0;
	race(*state, race_if_none, r, 64);
	for (unsigned i = 0; i < 64; i++) {
		assert_true(r[i].res == RES_OK || r[i].res == RES_REFUSED);
		first += r[i].res == RES_OK;
	}
	assert_int_equal(first, 1);
	assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(n, 11);
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

/* Each writes first and fails after it, in its own way. */
static enum result write_and_fail(struct tx *tx, void *ctx)
{
	const struct racer *r = ctx;
	struct thing t = { id_of(1000 + r->number), v_null(), v_null(), v_null() };
	struct id nobody = id_of(2);
	enum result res = add(tx, &t);
	if (res != RES_OK || r->number % 4 == 0)
		return res;
	if (r->number % 4 == 1)
		return add(tx, &t);
	return r->number % 4 == 2 ? add_late(tx, &nobody) : RES_REFUSED;
}

static void *race_write_and_fail(void *arg)
{
	struct racer *r = arg;
	r->res = db_write(r->db, write_and_fail, r);
	return NULL;
}

static void check_write_and_fail(struct db *db, const struct racer *r, unsigned n)
{
	static const enum result want[] = { RES_OK, RES_AGAIN, RES_AGAIN, RES_REFUSED };
	for (unsigned i = 0; i < n; i++) {
		struct thing t = { id_of(1000 + i), v_null(), v_null(), v_null() };
		assert_int_equal(r[i].res, want[i % 4]);
		assert_int_equal(db_read(db, is_as_given, &t), i % 4 ? RES_NONE : RES_OK);
	}
}

static void of_a_work_that_fails_alone_nothing_is_left_and_the_next_one_is_kept(void **state)
{
	struct racer r[8];
	for (unsigned i = 0; i < ARRAY_LEN(r); i++) {
		r[i] = (struct racer){ *state, i, RES_BROKEN };
		race_write_and_fail(&r[i]);
	}
	check_write_and_fail(*state, r, ARRAY_LEN(r));
}

static void of_works_that_fail_among_others_nothing_is_left_and_the_others_are_kept(void **state)
{
	struct racer r[64];
	race(*state, race_write_and_fail, r, ARRAY_LEN(r));
	check_write_and_fail(*state, r, ARRAY_LEN(r));
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

/* How many of this program's files are this database's. */
static int files_open(const struct db *db)
{
	const char *path = db_for_test_where(db) + strlen("sqlite:");
	char link[64], target[4096];
	int n = 0;
	for (int fd = 0; fd < 256; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		ssize_t len = readlink(link, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		n += strcmp(target, path) == 0;
	}
	return n;
}

static void a_reader_that_nobody_needs_is_not_opened(void **state)
{
	int n;
	if (db_test_is_pg()) {
		assert_int_equal(db_read(*state, exists, &n), RES_OK);
		return;
	}
	assert_int_equal(files_open(*state), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(db_read(*state, exists, &n), RES_OK);
	assert_int_equal(files_open(*state), 2);
}

#define MUCH 2000 /* of 4 KB each */

struct much {
	unsigned from; /* the first of its ids */
	int kept;      /* bytes of pages that the writer holds */
};

static enum result look_kept(struct tx *tx, void *ctx)
{
	const struct conn *c = tx->conn;
	struct much *m = ctx;
	int most;
	assert_int_equal(sqlite3_db_status(c->sq, SQLITE_DBSTATUS_CACHE_USED, &m->kept, &most, 0), SQLITE_OK);
	return RES_OK;
}

static enum result write_much(struct tx *tx, void *ctx)
{
	static const char filling[4000];
	const struct much *m = ctx;
	enum result res = RES_OK;
	for (unsigned i = 0; res == RES_OK && i < MUCH; i++) {
		struct thing t = { id_of(m->from + i), v_null(), v_null(), v_bytes(filling, sizeof(filling)) };
		res = add(tx, &t);
	}
	return res == RES_OK ? look_kept(tx, ctx) : res;
}

static void a_large_work_stays_in_memory_for_the_next_and_goes_when_none_has_come(void **state)
{
	struct much m = { 0 };
	if (db_test_is_pg())
		return; /* its server has its own memory */
	/* Again, should this machine have been so busy that a second went by between the two. */
	for (int tries = 0; tries < 5 && m.kept <= MUCH * 4000; tries++) {
		m.from = (unsigned)tries * MUCH;
		assert_int_equal(db_write(*state, write_much, &m), RES_OK);
		assert_true(m.kept > MUCH * 4000);
		assert_int_equal(db_write(*state, look_kept, &m), RES_OK);
	}
	assert_true(m.kept > MUCH * 4000);
	for (int tries = 0; tries < 10 && m.kept >= MUCH * 4000 / 4; tries++) {
		usleep(1500000); /* it waits a second */
		assert_int_equal(db_write(*state, look_kept, &m), RES_OK);
	}
	assert_true(m.kept < MUCH * 4000 / 4);
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
	assert_int_equal(db_scrub(*state, things), RES_OK);
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
		fresh(what_a_work_has_read_still_holds_when_it_commits),
		fresh(a_failing_work_does_not_undo_its_neighbours),
		fresh(of_a_work_that_fails_alone_nothing_is_left_and_the_next_one_is_kept),
		fresh(of_works_that_fail_among_others_nothing_is_left_and_the_others_are_kept),
		fresh(a_reader_sees_only_what_is_committed),
		fresh(a_reader_sees_one_moment),
		fresh(more_readers_than_connections_all_get_their_turn),
		fresh(a_reader_that_nobody_needs_is_not_opened),
		fresh(a_large_work_stays_in_memory_for_the_next_and_goes_when_none_has_come),
		fresh(a_server_that_was_restarted_is_found_again),
		fresh(a_work_that_was_cut_off_is_run_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
