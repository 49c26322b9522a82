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
#include "haven/answers/answers_testing.h"
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
static struct ticker ticker;
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

/* On PostgreSQL ticks ask too, all the time; SQLite asks in a thread of its own. */
static _Thread_local bool stops_here;

static enum result mailed(struct tx *tx, int64_t hour, int64_t *mailed_r)
{
	(void)tx;
	if ((!db_test_is_pg() || stops_here) && ++asked == stop_at) {
		sem_post(&stopped);
		sem_wait(&go_on);
	}
	*mailed_r = hour > NOW_HOUR && hour <= NOW_HOUR + 24 ? mailed_now : 0;
	return RES_OK;
}

static void open_room(void)
{
	struct answers_setup setup = { db, now, random_system(), mailed, offers_ring_slots, NULL, NULL };
	ring = answers_new(&setup);
	cw = clockwork_new(db, now);
	answers_jobs(ring, cw);
	assert_int_equal(answers_open_hour(ring), RES_OK);
	ticker_start(&ticker, ring);
}

static void close_room(void)
{
	ticker_stop(&ticker);
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
	p->res = post_through(ring, &p->post, p->slot);
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

SQL(test_rows, "i", "n:i",
    "SELECT (SELECT COUNT(*) FROM ring WHERE hour = $1) + (SELECT COUNT(*) FROM ring_open WHERE hour = $1) AS n");
SQL(test_in_backups, "i", "n:i", "SELECT COUNT(*) AS n FROM ring WHERE hour = $1");
SQL(test_back, "i", "", "UPDATE ring_open SET slot = slot - 1000000 WHERE hour = $1");
SQL(test_away, "i", "", "UPDATE ring_open SET slot = slot + 1000000 WHERE hour = $1");

struct counting {
	const struct sql *how;
	int64_t hour, n;
};

static enum result count_work(struct tx *tx, void *ctx)
{
	struct counting *c = ctx;
	struct rows *rows;
	enum result res = db_one(tx, c->how, &rows, v_int(c->hour));
	if (res == RES_OK)
		c->n = row_int(rows, 0);
	rows_end(&rows);
	return res;
}

static int64_t count(const struct sql *how, int64_t hour)
{
	struct counting c = { how, hour, 0 };
	assert_int_equal(db_read(db, count_work, &c), RES_OK);
	return c.n;
}

static int64_t rows_of(int64_t hour)
{
	return count(&test_rows, hour);
}

static enum result away_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_away, NULL, v_int(*(int64_t *)ctx));
}

static enum result back_work(struct tx *tx, void *ctx)
{
	return db_do(tx, &test_back, NULL, v_int(*(int64_t *)ctx));
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

static void what_could_not_be_written_is_refused_and_takes_no_slot(void **state)
{
	struct poster list[4];
	int64_t hour = NOW_HOUR;
	(void)state;
	size_t before = unused();
	assert_int_equal(db_write(db, away_work, &hour), RES_OK);
	start_posts(list, 4);
	end_posts(list, 4, RES_BROKEN);
	assert_int_equal(unused(), before);
	assert_int_equal(db_write(db, back_work, &hour), RES_OK);
	while (ring->pace_ms && answers_tick(ring) != RES_OK)
		;
	for (int i = 0; i < 4; i++) /* sent again */
		assert_int_equal(post_through(ring, &list[i].post, list[i].slot), RES_OK);
	assert_int_equal(unused(), before - 4);
	assert_int_equal(rows_of(hour), offers_ring_slots(0));
}

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
	while (unused() > before - 4)
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
	stops_here = ctx != NULL;
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
	static bool turning_stops;
	pthread_t turning;
	void *res;
	(void)state;
	asked = 0;
	stop_at = 1; /* in the hourly job */
	machine = (NOW_HOUR + 1) * HOUR;
	ticker_stop(&ticker); /* a tick would open the hour too, where the job lost against it */
	assert_int_equal(pthread_create(&turning, NULL, settle, &turning_stops), 0);
	sem_wait(&stopped);
	ticker_start(&ticker, ring);
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

/* A tick beside the job may have opened the hour, and takes it over a moment after its commit. */
static void newest_comes_to(int64_t hour)
{
	for (int i = 0; i < 500 && newest() != hour; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	assert_int_equal(newest(), hour);
}

static void post_one(struct poster *p)
{
	start_posts(p, 1);
	end_posts(p, 1, RES_OK);
}

/* ---- very large hours ---- */

SQL(test_filler, "iib", "", "INSERT INTO ring_open (hour, slot, bytes) VALUES ($1, $2, $3)");
SQL(test_wide, "iib", "", "INSERT INTO ring (hour, slot, bytes) VALUES ($1, $2, $3)");

struct filler {
	const struct sql *how;
	int64_t hour, from, n;
	size_t bytes;
};

static enum result fill_work(struct tx *tx, void *ctx)
{
	const struct filler *f = ctx;
	static char zeros[2 << 20];
	enum result res = RES_OK;
	for (int64_t i = 0; res == RES_OK && i < f->n; i++)
		res = db_do(tx, f->how, NULL, v_int(f->hour), v_int(f->from + i), v_bytes(zeros, f->bytes));
	return res;
}

/* As after a day in which every employee of the largest workplace was written to. */
static void however_much_mail_went_out_an_hour_opens_and_so_does_a_start_in_it(void **state)
{
	const int64_t hour = NOW_HOUR + 1;
	int64_t rows = ANSWERS_HOUR_MOST / 2;
	struct poster one;
	(void)state;
	mailed_now = 100000;
	to(hour * HOUR);
	newest_comes_to(NOW_HOUR);
	assert_int_equal(rows_of(hour), rows);
	close_room();
	struct filler others = { &test_filler, hour, rows, ANSWERS_HOUR_MOST / 2 - 1000, 0 };
	assert_int_equal(db_write(db, fill_work, &others), RES_OK);
	for (int starts = 0; starts < 5; starts++) {
		open_room(); /* a second process, or a restart */
		post_one(&one);
		close_room();
		assert_true(rows_of(hour) <= ANSWERS_HOUR_MOST);
	}
	assert_true(rows_of(hour) > rows + others.n);
	/* Not one more would fit: it opens, and whoever answers is asked to try again. */
	struct filler rest = { &test_filler, hour, rows_of(hour), ANSWERS_HOUR_MOST - rows_of(hour), 0 };
	assert_int_equal(db_write(db, fill_work, &rest), RES_OK);
	open_room();
	start_posts(&one, 1);
	end_posts(&one, 1, RES_BROKEN);
	assert_int_equal(rows_of(hour), ANSWERS_HOUR_MOST);
}

static enum result read_hour_work(struct tx *tx, void *ctx)
{
	struct slice slots;
	return answers_hour(tx, ring, a, *(int64_t *)ctx, &slots);
}

static void an_hour_with_more_slots_than_it_may_is_refused_and_ends_nothing(void **state)
{
	int64_t hour = NOW_HOUR - 1;
	struct filler wide = { &test_wide, hour, 0, 25, 2 << 20 };
	(void)state;
	assert_int_equal(db_write(db, fill_work, &wide), RES_OK);
	assert_int_equal(db_read(db, read_hour_work, &hour), RES_BROKEN);
}

/* The job put its slots, and its commit was lost; meanwhile another process put its own, in the same places. */
static void after_a_lost_commit_nobody_takes_anothers_slots(void **state)
{
	struct answers_setup setup = { db, now, random_system(), mailed, offers_ring_slots, NULL, NULL };
	struct answers *other = answers_new(&setup);
	struct poster one;
	const int64_t hour = NOW_HOUR + 1;
	(void)state;
	machine = hour * HOUR;
	pthread_mutex_lock(&ring->lock);
	ring->ended = NOW_HOUR;
	ring->hour = 0;
	ring->put_hour = ring->put_at = hour;
	ring->put_first = 0;
	ring->put_n = offers_ring_slots(0);
	memset(ring->put_sign, 7, sizeof(ring->put_sign));
	clock_gettime(CLOCK_MONOTONIC, &ring->closing); /* ticks leave it to the job for now */
	pthread_mutex_unlock(&ring->lock);
	assert_int_equal(answers_open_hour(other), RES_OK);
	assert_int_equal(rows_of(hour), offers_ring_slots(0));
	assert_int_equal(answers_open_hour(ring), RES_OK);
	assert_int_equal(rows_of(hour), 2 * offers_ring_slots(0));
	post_one(&one);
	answers_free(&other);
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
	newest_comes_to(ahead);
	assert_true(stands_in(ahead, &astray) && stands_in(ahead, &after));
	assert_int_equal(rows_of(NOW_HOUR + 1), 0);
	assert_int_equal(rows_of(ahead + 1), offers_ring_slots(12));
	post_one(&later);
	to((NOW_HOUR + 2) * HOUR);
	newest_comes_to(ahead + 1);
	assert_true(stands_in(ahead + 1, &later));
	to((ahead + 4) * HOUR); /* and by the clock where that is further */
	newest_comes_to(ahead + 3);
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
	newest_comes_to(NOW_HOUR + 3);
	assert_true(stands_in(NOW_HOUR + 3, &before) && stands_in(NOW_HOUR + 3, &after));
	assert_true(rows_of(NOW_HOUR + 4) > 0);
	/* A backup holds what was closed, whatever the clock says. */
	assert_true(count(&test_in_backups, NOW_HOUR + 3) > 0);
	assert_int_equal(count(&test_in_backups, NOW_HOUR + 4), 0);
}

/* ---- several processes on one server ---- */

static bool follows(struct answers *r, int64_t hour)
{
	pthread_mutex_lock(&r->lock);
	bool there = r->hour == hour;
	pthread_mutex_unlock(&r->lock);
	return there;
}

/* Each has its own room; the clockwork's job is done by one of them. */
static void two_processes_share_an_hour_and_write_over_no_answer_of_the_other(void **state)
{
	struct answers_setup setup = { db, now, random_system(), mailed, offers_ring_slots, NULL, NULL };
	struct answers *mine = ring, *other = answers_new(&setup);
	struct ticker more;
	struct poster a_few[2][2][8];
	(void)state;
	assert_int_equal(answers_open_hour(other), RES_OK);
	ticker_start(&more, other);
	for (int hour = 0; hour < 2; hour++) {
		assert_int_equal(rows_of(NOW_HOUR + hour), 2 * offers_ring_slots(0));
		for (int who = 0; who < 2; who++) {
			ring = who ? other : mine;
			start_posts(a_few[hour][who], 8);
			end_posts(a_few[hour][who], 8, RES_OK);
		}
		ring = mine;
		to((NOW_HOUR + hour + 1) * HOUR);
		to(machine + 120); /* the job may have lost against a tick */
		while (!follows(mine, NOW_HOUR + hour + 1) || !follows(other, NOW_HOUR + hour + 1))
			a_moment();
	}
	for (int hour = 0; hour < 2; hour++)
		for (int i = 0; i < 16; i++)
			assert_true(stands_in(NOW_HOUR + hour, &a_few[hour][i / 8][i % 8]));
	assert_int_equal(rows_of(NOW_HOUR + 2), 2 * offers_ring_slots(0));
	ticker_stop(&more);
	answers_free(&other);
}

/* Its slots are full, an answer waits, and the hour is closed by another before a tick could put more. */
static void an_hour_closed_by_another_process_is_left_though_every_slot_is_full(void **state)
{
	struct answers_setup setup = { db, now, random_system(), mailed, offers_ring_slots, NULL, NULL };
	struct answers *full = answers_new(&setup);
	const int slots = offers_ring_slots(0);
	struct poster late = { 0 };
	(void)state;
	assert_int_equal(answers_open_hour(full), RES_OK);
	for (int i = 0; i < slots; i++) {
		struct id post = id_new(random_system(), "test");
		assert_int_equal(answers_post(full, &post, ring_dummy_slot(random_system(), a)), RES_NONE);
	}
	for (int i = 0; full->unused_n && i < 100; i++)
		assert_true(answers_tick(full) != RES_BROKEN);
	assert_int_equal(full->unused_n, 0);
	late.post = id_new(random_system(), "test");
	late.slot = ring_dummy_slot(random_system(), a);
	assert_int_equal(answers_post(full, &late.post, late.slot), RES_NONE);
	to((NOW_HOUR + 1) * HOUR);
	newest_comes_to(NOW_HOUR);
	for (int i = 0; answers_posted(full, &late.post) != RES_OK && i < 100; i++)
		assert_true(answers_tick(full) != RES_BROKEN);
	assert_int_equal(answers_posted(full, &late.post), RES_OK);
	assert_true(follows(full, NOW_HOUR + 1));
	to((NOW_HOUR + 2) * HOUR);
	newest_comes_to(NOW_HOUR + 1);
	assert_true(stands_in(NOW_HOUR + 1, &late));
	answers_free(&full);
}

/* ---- ticks ---- */

SQL(test_tuples, "", "slot:i writer:t", "SELECT slot, CAST(xmin AS TEXT) AS writer FROM ring_open ORDER BY ctid");

static enum result tuples_work(struct tx *tx, void *ctx)
{
	struct buf *out = ctx;
	struct rows *rows;
	buf_reset(out);
	enum result res = db_ask_n(tx, &test_tuples, &rows, DB_NO_VALUES);
	if (res != RES_OK)
		return res;
	for (int i = 0; (res = rows_next(rows)) == RES_OK; i++) {
		struct slice writer = row_text(rows, 1);
		buf_printf(out, "%lld %.*s\n", (long long)row_int(rows, 0), (int)writer.n, writer.p);
	}
	rows_end(&rows);
	return res == RES_NONE ? RES_OK : res;
}

static int lines_of(const struct buf *b)
{
	int n = 0;
	for (const char *p = b->p; *p; p++)
		n += *p == '\n';
	return n;
}

/* Which writer wrote how many rows, without their numbers, which other tests' databases share. */
static void ticks_write_as_much_whether_or_not_somebody_answers(void **state)
{
	struct buf rows = BUF_LIMIT(10000);
	int64_t silent[8], answered[8];
	(void)state;
	ticker_stop(&ticker);
	for (int round = 0; round < 2; round++) {
		int64_t *writers = round ? answered : silent;
		for (int i = 0; i < 8; i++) {
			struct id post = id_new(random_system(), "test");
			if (round && i % 2)
				assert_int_equal(answers_post(ring, &post, ring_dummy_slot(random_system(), a)), RES_NONE);
			assert_int_equal(answers_tick(ring), RES_OK);
			assert_int_equal(round && i % 2 ? answers_posted(ring, &post) : RES_OK, RES_OK);
			writers[i] = 0;
		}
		assert_int_equal(db_read(db, tuples_work, &rows), RES_OK);
		assert_int_equal(lines_of(&rows), offers_ring_slots(0));
		/* Each of eight ticks wrote another slot: all rows are of these eight, each of one of its own. */
		const char *line = rows.p;
		for (int i = 0; i < 8; i++) {
			writers[i] = strtoll(strchr(line, ' '), NULL, 10);
			for (int k = 0; k < i; k++)
				assert_true(writers[k] != writers[i]);
			line = strchr(line, '\n') + 1;
		}
	}
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
			assert_true(silent[i] != answered[k]);
	buf_free(&rows);
	ticker_start(&ticker, ring);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define TESTS                                                                                       \
	TEST(what_could_not_be_written_is_refused_and_takes_no_slot),                               \
	TEST(a_post_in_the_instant_an_hour_turns_adds_no_slots),                                    \
	TEST(after_a_lost_commit_nobody_takes_anothers_slots),                                      \
	TEST(what_is_answered_after_a_clock_went_astray_is_read_within_the_hour),                   \
	TEST(an_hour_that_was_closed_is_not_opened_again_by_a_start_with_an_earlier_clock)

int main(void)
{
	static const struct CMUnitTest at_once[] = {
		TESTS,
		TEST(however_much_mail_went_out_an_hour_opens_and_so_does_a_start_in_it),
		TEST(an_hour_with_more_slots_than_it_may_is_refused_and_ends_nothing),
		TEST(slots_that_were_drawn_and_not_written_come_back_beside_new_ones),
	};
	static const struct CMUnitTest by_ticks[] = {
		TESTS,
		TEST(two_processes_share_an_hour_and_write_over_no_answer_of_the_other),
		TEST(an_hour_closed_by_another_process_is_left_though_every_slot_is_full),
		TEST(ticks_write_as_much_whether_or_not_somebody_answers),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return db_test_is_pg() ? cmocka_run_group_tests(by_ticks, NULL, NULL) : cmocka_run_group_tests(at_once, NULL, NULL);
}
