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
	mailed_now = 0;
	asked = 0;
	stop_at = 0;
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

/* ---- the turn of an hour ---- */

static void *settle(void *ctx)
{
	int done;
	(void)ctx;
	return (void *)(intptr_t)clockwork_settle(cw, &done);
}

static void to(int64_t seconds)
{
	machine = seconds;
	assert_int_equal((intptr_t)settle(NULL), RES_OK);
}

static void a_post_in_the_instant_an_hour_turns_adds_no_slots(void **state)
{
	struct poster list[3];
	pthread_t turning;
	void *res;
	(void)state;
	asked = 0;
	stop_at = 1; /* in the hourly job */
	machine = (NOW_HOUR + 1) * HOUR;
	assert_int_equal(pthread_create(&turning, NULL, settle, NULL), 0);
	sem_wait(&stopped);
	start_posts(list, 3);
	a_moment();
	sem_post(&go_on);
	pthread_join(turning, &res);
	assert_int_equal((intptr_t)res, RES_OK);
	end_posts(list, 3, RES_OK);
	to(machine + 120); /* on PostgreSQL the job may have lost against a post */
	assert_int_equal(rows_of(NOW_HOUR + 1), offers_ring_slots(0));
	assert_int_equal(unused(), offers_ring_slots(0) - 3);
}

/* ---- a clock that went astray ---- */

struct reading {
	int64_t hour;
	struct slice slots;
};

static enum result read_work(struct tx *tx, void *ctx)
{
	struct reading *r = ctx;
	return answers_hour(tx, ring, a, r->hour, &r->slots);
}

static bool stands_in(int64_t hour, const struct poster *p)
{
	struct reading r = { .hour = hour };
	struct slice one = sealed_bytes(p->slot);
	enum result res = db_read(db, read_work, &r);
	assert_true(res == RES_OK || res == RES_NONE);
	for (size_t i = 0; res == RES_OK && i + RING_SLOT <= r.slots.n; i += RING_SLOT)
		if (memcmp(r.slots.p + i, one.p, RING_SLOT) == 0)
			return true;
	return false;
}

static int64_t newest(void)
{
	int64_t oldest, hour;
	answers_range(ring, &oldest, &hour);
	return hour;
}

static void post_one(struct poster *p)
{
	start_posts(p, 1);
	end_posts(p, 1, RES_OK);
}

static void what_is_answered_after_a_clock_went_astray_is_read_within_the_hour(void **state)
{
	struct poster before, astray, after, later;
	const int64_t ahead = NOW_HOUR + 30;
	(void)state;
	mailed_now = 12; /* in the hour of START: sizes the next 24 by the clock */
	post_one(&before);
	to(ahead * HOUR + 5);
	assert_int_equal(newest(), ahead - 1);
	assert_true(stands_in(NOW_HOUR, &before));
	post_one(&astray);
	to(START + 60); /* set back */
	post_one(&after);
	assert_int_equal(newest(), ahead - 1);
	to((NOW_HOUR + 1) * HOUR - 1);
	assert_int_equal(newest(), ahead - 1);
	to((NOW_HOUR + 1) * HOUR);
	assert_int_equal(newest(), ahead);
	assert_true(stands_in(ahead, &astray) && stands_in(ahead, &after));
	assert_int_equal(rows_of(NOW_HOUR + 1), 0);
	assert_int_equal(rows_of(ahead + 1), offers_ring_slots(12));
	post_one(&later);
	to((NOW_HOUR + 2) * HOUR);
	assert_int_equal(newest(), ahead + 1);
	assert_true(stands_in(ahead + 1, &later));
	to((ahead + 4) * HOUR); /* and by the clock where that is further */
	assert_int_equal(newest(), ahead + 3);
}

static enum result leave_out_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	return answers_leave_out_open(tx);
}

static void an_hour_that_was_closed_is_not_opened_again_by_a_start_with_an_earlier_clock(void **state)
{
	struct poster before, after;
	(void)state;
	to((NOW_HOUR + 3) * HOUR + 5);
	assert_int_equal(newest(), NOW_HOUR + 2);
	post_one(&before);
	close_room();
	machine = START + 60;
	open_room();
	assert_int_equal(newest(), NOW_HOUR + 2);
	post_one(&after);
	to((NOW_HOUR + 1) * HOUR);
	assert_int_equal(newest(), NOW_HOUR + 3);
	assert_true(stands_in(NOW_HOUR + 3, &before) && stands_in(NOW_HOUR + 3, &after));
	assert_true(rows_of(NOW_HOUR + 4) > 0);
	/* A backup holds what was closed, whatever the clock says. */
	assert_int_equal(db_write(db, leave_out_work, NULL), RES_OK);
	assert_true(stands_in(NOW_HOUR + 3, &after));
	assert_int_equal(rows_of(NOW_HOUR + 4), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(slots_that_were_drawn_and_not_written_come_back_beside_new_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_post_in_the_instant_an_hour_turns_adds_no_slots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_answered_after_a_clock_went_astray_is_read_within_the_hour, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_hour_that_was_closed_is_not_opened_again_by_a_start_with_an_earlier_clock, set_up,
						tear_down),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
