/* The ring when things go wrong at once: writes that fail beside slots that are put, posts in the instant an hour turns, a
   clock that went astray. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/db_testing.h"
#include "haven/answers/answers_inside.h"
#include "haven/offers/offers.h"
#include "haven/offers/offers_rules.h"

extern const struct migration haven_migrations[];
extern const size_t haven_migrations_n;

#define START 1795000000 /* 2026-11-18, 13 minutes into an hour */
#define HOUR 3600
#define NOW_HOUR (START / HOUR)

static struct db *db;
static struct clock *now;
static struct clockwork *cw;
static struct answers *ring;
static struct arena *a;

static int64_t machine; /* what its clock says */

static int64_t the_machine(void)
{
	return machine;
}

/* How many messages went out in the hour of START; and a stop, where a test sets one, inside the nth asking. */
static int64_t mailed_now;
static _Atomic int asked, stop_at;
static sem_t stopped, go_on;

static enum result mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	if (++asked == stop_at) {
		sem_post(&stopped);
		sem_wait(&go_on);
	}
	*mailed_r = hour > NOW_HOUR && hour <= NOW_HOUR + 24 ? mailed_now : 0;
	return RES_OK;
}

static void open_room(void)
{
	struct answers_setup setup = { db, now, random_system(), mailed, offers_ring_slots };
	ring = answers_new(&setup);
	cw = clockwork_new(db, now);
	answers_jobs(ring, cw);
	assert_int_equal(answers_open_hour(ring), RES_OK);
}

static void close_room(void)
{
	clockwork_free(&cw);
	answers_free(&ring);
}

static int set_up(void **state)
{
	(void)state;
	if (crypt_init() != RES_OK)
		return -1;
	machine = START;
	mailed_now = asked = stop_at = 0;
	sem_init(&stopped, 0, 0);
	sem_init(&go_on, 0, 0);
	db_for_test(haven_migrations, haven_migrations_n, &db);
	now = clock_machine(the_machine);
	a = arena_new();
	open_room();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close_room();
	arena_free(&a);
	clock_free(&now);
	db_for_test_end(&db);
	sem_destroy(&stopped);
	sem_destroy(&go_on);
	return 0;
}

struct poster {
	pthread_t thread;
	struct id post;
	const struct sealed *slot;
	enum result res;
};

static void *post_it(void *arg)
{
	struct poster *p = arg;
	p->res = answers_post(ring, &p->post, p->slot);
	return NULL;
}

static void start_posts(struct poster *list, int n)
{
	for (int i = 0; i < n; i++) {
		list[i].post = id_new(random_system(), "test");
		list[i].slot = ring_dummy_slot(random_system(), a);
		assert_int_equal(pthread_create(&list[i].thread, NULL, post_it, &list[i]), 0);
	}
}

static void end_posts(struct poster *list, int n, enum result want)
{
	for (int i = 0; i < n; i++) {
		pthread_join(list[i].thread, NULL);
		assert_int_equal(list[i].res, want);
	}
}

static void a_moment(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
}

static size_t unused(void)
{
	pthread_mutex_lock(&ring->lock);
	size_t n = ring->unused_n;
	pthread_mutex_unlock(&ring->lock);
	return n;
}

SQL(test_rows, "i", "n:i", "SELECT COUNT(*) AS n FROM ring WHERE hour = $1");
SQL(test_away, "i", "", "UPDATE ring SET slot = slot + 1000000 WHERE hour = $1");

static enum result count_work(struct tx *tx, void *ctx)
{
	int64_t *n = ctx;
	struct rows *rows;
	enum result res = db_one(tx, &test_rows, &rows, v_int(*n));
	if (res == RES_OK)
		*n = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

static int64_t rows_of(int64_t hour)
{
	int64_t n = hour;
	assert_int_equal(db_read(db, count_work, &n), RES_OK);
	return n;
}

static enum result away_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_away, NULL, v_int(*(int64_t *)ctx));
}

static enum result hold_work(struct tx *tx, void *ctx)
{
	(void)tx;
	sem_wait(ctx);
	return RES_OK;
}

static void *hold(void *ctx)
{
	return (void *)(intptr_t)db_write(db, hold_work, ctx);
}

static void *widen(void *ctx)
{
	(void)ctx;
	return (void *)(intptr_t)answers_widen(ring);
}

/* ---- writes that fail ---- */

static void slots_that_were_drawn_and_not_written_come_back_beside_new_ones(void **state)
{
	struct poster list[4];
	pthread_t widening, holding;
	int64_t hour = NOW_HOUR;
	void *res;
	sem_t held;
	(void)state;
	sem_init(&held, 0, 0);
	size_t before = unused();
	/* What is drawn now is not there when it is to be written. */
	assert_int_equal(db_write(db, away_work, &hour), RES_OK);
	mailed_now = 12;
	asked = 0;
	stop_at = 2; /* in the transaction that puts more */
	assert_int_equal(pthread_create(&widening, NULL, widen, NULL), 0);
	sem_wait(&stopped);
	assert_int_equal(pthread_create(&holding, NULL, hold, &held), 0);
	start_posts(list, 4);
	while (!db_test_is_pg() && unused() > before - 4)
		a_moment();
	a_moment();
	sem_post(&go_on);
	pthread_join(widening, &res);
	assert_int_equal((intptr_t)res, RES_OK);
	/* SQLite writes one after the other: only now do the four fail. */
	sem_post(&held);
	pthread_join(holding, &res);
	assert_int_equal((intptr_t)res, RES_OK);
	end_posts(list, 4, RES_BROKEN);
	assert_int_equal(unused(), offers_ring_slots(12));
	assert_int_equal(rows_of(hour), offers_ring_slots(12));
	sem_destroy(&held);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(slots_that_were_drawn_and_not_written_come_back_beside_new_ones, set_up, tear_down),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
