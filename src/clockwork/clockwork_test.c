#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "clockwork/clockwork.h"
#include "db/db_testing.h"

extern const struct migration clockwork_migrations[];
extern const size_t clockwork_migrations_n;

struct world {
	struct db *db;
	struct clock *clock;
	struct clockwork *cw;
	struct buf log; /* what ran, in order */
	int after, fail;
};

static struct id numbered(int n)
{
	struct id id = { { 0 } };
	id.b[15] = (unsigned char)n;
	return id;
}

static enum result note(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct world *w = room;
	(void)tx;
	(void)now;
	buf_printf(&w->log, "%d ", about->b[15]);
	return RES_OK;
}

/* Puts the next one, ten seconds on, three times. */
static enum result again(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct world *w = room;
	buf_printf(&w->log, "a%lld ", (long long)now.s);
	return now.s < 30 ? clockwork_put(tx, "again", about, instant_add(now, 10)) : RES_OK;
}

static enum result fails(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	struct world *w = room;
	(void)tx;
	(void)about;
	(void)now;
	w->fail++;
	return w->fail < 3 ? RES_BROKEN : RES_OK;
}

static void after(void *room)
{
	((struct world *)room)->after++;
}

static int setup(void **state)
{
	struct world *w = must_alloc(1, sizeof(*w));
	w->log = BUF_LIMIT(4096);
	w->clock = clock_by_hand((struct instant){ 0 });
	db_for_test(clockwork_migrations, clockwork_migrations_n, &w->db);
	assert_true(db_test_prepare_all(w->db) >= 5);
	w->cw = clockwork_new(w->db, w->clock);
	clockwork_kind(w->cw, "note", note, after, w);
	clockwork_kind(w->cw, "again", again, NULL, w);
	clockwork_kind(w->cw, "fails", fails, NULL, w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	clockwork_free(&w->cw);
	db_for_test_end(&w->db);
	clock_free(&w->clock);
	buf_free(&w->log);
	free(w);
	return 0;
}

struct put {
	const char *kind;
	int about;
	int64_t due;
};

static enum result put_work(struct tx *tx, void *ctx)
{
	const struct put *p = ctx;
	struct id about = numbered(p->about);
	return p->due < 0 ? clockwork_drop(tx, p->kind, &about)
			  : clockwork_put(tx, p->kind, &about, (struct instant){ p->due });
}

static enum result put_by_work(struct tx *tx, void *ctx)
{
	const struct put *p = ctx;
	struct id about = numbered(p->about);
	return clockwork_put_by(tx, p->kind, &about, (struct instant){ p->due });
}

static void put(struct world *w, const char *kind, int about, int64_t due)
{
	struct put p = { kind, about, due };
	assert_int_equal(db_write(w->db, put_work, &p), RES_OK);
}

static int settle(struct world *w, int64_t now)
{
	int done = 0;
	if (clock_is_by_hand(w->clock))
		clock_set(w->clock, (struct instant){ now });
	assert_int_equal(clockwork_settle(w->cw, &done), RES_OK);
	return done;
}

static void jobs_run_in_the_order_in_which_they_fall_due_and_once(void **state)
{
	struct world *w = *state;
	put(w, "note", 3, 30);
	put(w, "note", 1, 10);
	put(w, "note", 2, 10);
	assert_int_equal(settle(w, 9), 0);
	assert_int_equal(settle(w, 30), 3);
	assert_int_equal(settle(w, 100), 0);
	assert_string_equal(w->log.p, "1 2 3 ");
	assert_int_equal(w->after, 3);
}

static void a_job_that_is_put_again_moves(void **state)
{
	struct world *w = *state;
	struct instant due;
	put(w, "note", 1, 10);
	put(w, "note", 1, 50);
	assert_int_equal(settle(w, 49), 0);
	assert_int_equal(clockwork_next(w->cw, &due), RES_OK);
	assert_true(due.s == 50);
	put(w, "note", 1, -1);
	assert_int_equal(settle(w, 60), 0);
	assert_int_equal(clockwork_next(w->cw, &due), RES_NONE);
}

static void a_job_that_is_put_by_a_time_moves_forward_only(void **state)
{
	struct world *w = *state;
	static const int64_t by[] = { 50, 70, 20 }, then[] = { 50, 50, 20 };
	for (size_t i = 0; i < ARRAY_LEN(by); i++) {
		struct put p = { "note", 1, by[i] };
		struct instant due;
		assert_int_equal(db_write(w->db, put_by_work, &p), RES_OK);
		assert_int_equal(clockwork_next(w->cw, &due), RES_OK);
		assert_true(due.s == then[i]);
	}
}

static void a_job_may_put_the_next(void **state)
{
	struct world *w = *state;
	put(w, "again", 1, 10);
	assert_int_equal(settle(w, 10), 1);
	assert_int_equal(settle(w, 20), 1);
	assert_int_equal(settle(w, 30), 1);
	assert_string_equal(w->log.p, "a10 a20 a30 ");
}

static void a_job_that_fails_stays_and_the_others_do_not_wait(void **state)
{
	struct world *w = *state;
	put(w, "fails", 1, 10);
	put(w, "note", 2, 11);
	assert_int_equal(settle(w, 20), 1);
	assert_string_equal(w->log.p, "2 ");
	assert_int_equal(w->fail, 1);
	assert_int_equal(settle(w, 79), 0); /* a minute's rest */
	assert_int_equal(w->fail, 1);
	assert_int_equal(settle(w, 80), 0);
	assert_int_equal(w->fail, 2);
	assert_int_equal(settle(w, 199), 0); /* then two */
	assert_int_equal(settle(w, 200), 1);
	assert_int_equal(w->fail, 3);
}

struct many {
	const char *kind;
	int n;
};

static enum result put_many_work(struct tx *tx, void *ctx)
{
	const struct many *m = ctx;
	enum result res = RES_OK;
	for (int i = 0; res == RES_OK && i < m->n; i++) {
		struct id about = numbered(i % 250);
		about.b[0] = (unsigned char)(1 + i / 250);
		res = clockwork_put(tx, m->kind, &about, (struct instant){ 10 });
	}
	return res;
}

static void put_many(struct world *w, const char *kind, int n)
{
	struct many m = { kind, n };
	assert_int_equal(db_write(w->db, put_many_work, &m), RES_OK);
}

static enum result always_fails(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	(void)tx;
	(void)about;
	(void)now;
	((struct world *)room)->fail++;
	return RES_BROKEN;
}

static void hundreds_that_fail_or_are_unknown_hold_up_nobody(void **state)
{
	struct world *w = *state;
	clockwork_kind(w->cw, "broken", always_fails, NULL, w);
	put_many(w, "broken", 450);
	put_many(w, "from a newer program", 450);
	put(w, "note", 1, 9);
	put(w, "note", 2, 11);
	assert_int_equal(settle(w, 12), 2);
	assert_string_equal(w->log.p, "1 2 ");
	assert_int_equal(w->fail, 450);
	put(w, "note", 3, 12); /* all of them rest now */
	assert_int_equal(settle(w, 13), 1);
	assert_string_equal(w->log.p, "1 2 3 ");
	assert_int_equal(w->fail, 450);
	assert_int_equal(settle(w, 80), 0);
	assert_int_equal(w->fail, 900);
}

static int64_t machine;

static int64_t the_machine(void)
{
	return machine;
}

static int told, told_fails;

static enum result tell(void *room)
{
	struct world *w = room;
	struct put p = { "note", 9, machine + 5 };
	told++;
	return told_fails-- > 0 ? RES_BROKEN : db_write(w->db, put_work, &p);
}

static int settle_at(struct world *w, int64_t at)
{
	machine = at;
	return settle(w, 0);
}

static void a_clock_that_went_astray_and_comes_back_is_followed(void **state)
{
	struct world *w = *state;
	clockwork_free(&w->cw);
	clock_free(&w->clock);
	machine = 1000;
	told = 0;
	told_fails = 1;
	w->clock = clock_machine(the_machine);
	w->cw = clockwork_new(w->db, w->clock);
	clockwork_kind(w->cw, "note", note, NULL, w);
	clockwork_kind(w->cw, "fails", fails, NULL, w);
	clockwork_set_back(w->cw, tell, w);
	put(w, "fails", 1, 1000);
	put(w, "note", 2, 90000);
	put(w, "note", 3, 2100);
	assert_int_equal(settle_at(w, 100000), 2); /* both came early, and what fails rests */
	assert_int_equal(w->fail, 1);
	assert_int_equal(settle_at(w, 99990), 0); /* held, not back */
	assert_int_equal(told, 0);
	assert_int_equal(settle_at(w, 2000), 0); /* what rested is tried at once */
	assert_int_equal(w->fail, 2);
	assert_int_equal(told, 1);
	put(w, "note", 4, 2050);
	assert_int_equal(settle_at(w, 2050), 2); /* jobs go on by the true clock */
	assert_int_equal(told, 2);		 /* it had failed */
	assert_int_equal(settle_at(w, 2054), 0);
	assert_int_equal(settle_at(w, 2055), 1);
	assert_int_equal(told, 2);
	assert_string_equal(w->log.p, "3 2 4 9 ");
}

static void *turn(void *ctx)
{
	int done = 0;
	struct world *w = ctx;
	if (clockwork_settle(w->cw, &done) != RES_OK)
		return (void *)-1;
	return (void *)(intptr_t)done;
}

static void many_who_turn_at_once_do_each_job_once(void **state)
{
	struct world *w = *state;
	pthread_t threads[8];
	intptr_t sum = 0;
	for (int i = 1; i <= 40; i++)
		put(w, "note", i, 10);
	clock_set(w->clock, (struct instant){ 10 });
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, turn, w), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *done;
		pthread_join(threads[i], &done);
		sum += (intptr_t)done;
	}
	assert_int_equal(sum, 40);
	assert_int_equal(w->after, 40);
}

SQL(mark_put, "tb", "", "INSERT INTO setting (name, value) VALUES ($1, $2)");

/* Twice for one would be refused. */
static enum result mark(struct tx *tx, const struct id *about, struct instant now, void *room)
{
	char name[16];
	(void)now;
	(void)room;
	snprintf(name, sizeof(name), "mark %d", about->b[15]);
	return db_do(tx, &mark_put, NULL, v_str(name), v_id(about));
}

static void two_programs_share_the_jobs_and_do_each_once(void **state)
{
	struct world *w = *state;
	struct world other = { .clock = w->clock };
	pthread_t threads[2];
	intptr_t done[2];
	assert_int_equal(db_open(db_for_test_where(w->db), 2, &other.db), RES_OK);
	other.cw = clockwork_new(other.db, w->clock);
	clockwork_kind(w->cw, "mark", mark, NULL, w);
	clockwork_kind(other.cw, "mark", mark, NULL, &other);
	for (int i = 1; i <= 100; i++)
		put(w, "mark", i, 10);
	clock_set(w->clock, (struct instant){ 10 });
	assert_int_equal(pthread_create(&threads[0], NULL, turn, w), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, turn, &other), 0);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], (void **)&done[i]);
	assert_int_equal(done[0] + done[1], 100);
	assert_int_equal(settle(w, 10), 0);
	clockwork_free(&other.cw);
	db_close(&other.db);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(jobs_run_in_the_order_in_which_they_fall_due_and_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_that_is_put_again_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_that_is_put_by_a_time_moves_forward_only, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_may_put_the_next, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_that_fails_stays_and_the_others_do_not_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(hundreds_that_fail_or_are_unknown_hold_up_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(a_clock_that_went_astray_and_comes_back_is_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(many_who_turn_at_once_do_each_job_once, setup, teardown),
		cmocka_unit_test_setup_teardown(two_programs_share_the_jobs_and_do_each_once, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
