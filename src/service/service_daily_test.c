/* What goes by itself each night, on both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "crypt/crypt.h"
#include "db/db_testing.h"
#include "service/service_daily.h"

extern const struct migration service_migrations[];
extern const size_t service_migrations_n;

#define START 1795000000 /* 18 November 2026, 12:06 in Oslo */
#define A_DAY 86400

static struct service s;
static int tidied;
static struct day tidied_on;
static enum result says;

static enum result tidy(struct tx *tx, struct day today)
{
	(void)tx;
	tidied++;
	tidied_on = today;
	return says;
}

static const struct service_kind kind = { .name = "makker-test", .tidy = tidy };

static int set_up(void **state)
{
	(void)state;
	s = (struct service){ .kind = &kind, .rnd = random_system(), .clock = clock_by_hand((struct instant){ START }) };
	tidied = 0;
	says = RES_OK;
	db_for_test(service_migrations, service_migrations_n, &s.db);
	s.clockwork = clockwork_new(s.db, s.clock);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	clockwork_free(&s.clockwork);
	db_for_test_end(&s.db);
	clock_free(&s.clock);
	return 0;
}

static enum result put_work(struct tx *tx, void *ctx)
{
	(void)ctx;
	struct mail mail = { "test", { { 1 } }, SLICE("ase@x.example"), SLICE("Hei"), SLICE("En linje.\n"), POST_MAIL };
	return post_put(tx, s.rnd, instant_day(clock_now(s.clock)), &mail);
}

static void a_mail_goes_out(void)
{
	assert_int_equal(db_write(s.db, put_work, NULL), RES_OK);
}

static int returns_known(void)
{
	struct buf dump = BUF_LIMIT(1 << 20);
	struct slice rest, line;
	int n = 0;
	assert_int_equal(db_dump(s.db, &dump), RES_OK);
	rest = buf_get(&dump);
	while (slice_cut(&rest, '\n', &line))
		n += slice_starts(line, "mail_return|");
	buf_free(&dump);
	return n;
}

static struct instant due(void)
{
	struct instant at = { 0 };
	assert_int_equal(clockwork_next(s.clockwork, &at), RES_OK);
	return at;
}

/* Moves the clock to the job that is due first, and runs it. */
static int next_night(void)
{
	int done = -1;
	clock_set(s.clock, due());
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	return done;
}

static void every_night_what_has_had_its_time_goes_and_nothing_earlier(void **state)
{
	(void)state;
	a_mail_goes_out();
	assert_int_equal(service_daily(&s), RES_OK);
	for (int night = 1; night <= POST_BOUNCE_DAYS; night++) {
		assert_int_equal(instant_wall(due()).hour, 3);
		assert_int_equal(next_night(), 1);
		assert_int_equal(instant_day(clock_now(s.clock)).n, instant_day((struct instant){ START }).n + night);
		assert_int_equal(returns_known(), 1);
	}
	assert_int_equal(next_night(), 1);
	assert_int_equal(returns_known(), 0);
	assert_int_equal(tidied, POST_BOUNCE_DAYS + 2);
	assert_int_equal(tidied_on.n, instant_day(clock_now(s.clock)).n);
}

static void after_a_night_off_it_is_done_at_the_start_and_the_next_night_again(void **state)
{
	(void)state;
	a_mail_goes_out();
	assert_int_equal(service_daily(&s), RES_OK);
	clock_set(s.clock, instant_add(clock_now(s.clock), (POST_BOUNCE_DAYS + 1) * A_DAY));
	clockwork_free(&s.clockwork);
	s.clockwork = clockwork_new(s.db, s.clock);
	assert_int_equal(service_daily(&s), RES_OK);
	assert_int_equal(returns_known(), 0);
	assert_true(due().s > clock_now(s.clock).s);
	assert_int_equal(next_night(), 1);
}

static void a_second_start_on_the_same_day_has_nothing_to_do_and_one_on_the_next_before_three_has(void **state)
{
	(void)state;
	assert_int_equal(service_daily(&s), RES_OK);
	assert_int_equal(tidied, 1);
	clock_set(s.clock, instant_add(clock_now(s.clock), 3600));
	clockwork_free(&s.clockwork);
	s.clockwork = clockwork_new(s.db, s.clock);
	assert_int_equal(service_daily(&s), RES_OK);
	assert_int_equal(tidied, 1);
	clock_set(s.clock, day_at(day_add(instant_day((struct instant){ START }), 1), 1, 0));
	clockwork_free(&s.clockwork);
	s.clockwork = clockwork_new(s.db, s.clock);
	assert_int_equal(service_daily(&s), RES_OK);
	assert_int_equal(tidied, 2);
	assert_int_equal(due().s, day_at(day_add(instant_day((struct instant){ START }), 2), 3, 0).s);
	assert_int_equal(next_night(), 1);
}

static void a_start_by_the_right_clock_after_one_that_ran_ahead_does_it(void **state)
{
	(void)state;
	assert_int_equal(service_daily(&s), RES_OK);
	struct clock *right = clock_by_hand((struct instant){ START - 3 * A_DAY });
	clockwork_free(&s.clockwork);
	clock_free(&s.clock);
	s.clock = right;
	s.clockwork = clockwork_new(s.db, s.clock);
	assert_int_equal(service_daily(&s), RES_OK);
	assert_int_equal(tidied, 2);
	assert_int_equal(due().s, day_at(day_add(instant_day((struct instant){ START }), -2), 3, 0).s);
}

static void a_night_that_fails_is_tried_again_and_takes_nothing(void **state)
{
	int done;
	(void)state;
	a_mail_goes_out();
	assert_int_equal(service_daily(&s), RES_OK);
	clock_set(s.clock, instant_add(clock_now(s.clock), (POST_BOUNCE_DAYS + 1) * A_DAY));
	says = RES_BROKEN;
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	assert_int_equal(returns_known(), 1);
	says = RES_OK;
	clock_set(s.clock, instant_add(clock_now(s.clock), 120));
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	assert_int_equal(done, 1);
	assert_int_equal(returns_known(), 0);
}

static int64_t machine;

static int64_t the_machine(void)
{
	return machine;
}

static void after_a_clock_that_ran_ahead_the_next_night_is_tonight(void **state)
{
	int done;
	(void)state;
	clockwork_free(&s.clockwork);
	clock_free(&s.clock);
	machine = START;
	s.clock = clock_machine(the_machine);
	s.clockwork = clockwork_new(s.db, s.clock);
	assert_int_equal(service_daily(&s), RES_OK);
	machine = START + 400 * INT64_C(86400);
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	assert_true(due().s > machine);
	machine = START + 60;
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	assert_int_equal(due().s, day_at(day_add(instant_day((struct instant){ START }), 1), 3, 0).s);
	int before = tidied;
	machine = due().s;
	assert_int_equal(clockwork_settle(s.clockwork, &done), RES_OK);
	assert_int_equal(tidied, before + 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_night_what_has_had_its_time_goes_and_nothing_earlier),
		TEST(after_a_night_off_it_is_done_at_the_start_and_the_next_night_again),
		TEST(a_second_start_on_the_same_day_has_nothing_to_do_and_one_on_the_next_before_three_has),
		TEST(a_start_by_the_right_clock_after_one_that_ran_ahead_does_it),
		TEST(a_night_that_fails_is_tried_again_and_takes_nothing),
		TEST(after_a_clock_that_ran_ahead_the_next_night_is_tonight),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (crypt_init() != RES_OK || clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
