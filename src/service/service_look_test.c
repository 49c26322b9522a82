/* How things stand is told in time, whatever the database does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "db/db_testing.h"
#include "service/service_look.h"

extern const struct migration service_migrations[];
extern const size_t service_migrations_n;

#define START 1795000000
#define READERS 4 /* of db_for_test */

static struct service s;
static struct service_look *l;
static const char *says;

static const char *trouble(void *ctx)
{
	(void)ctx;
	return says;
}

static int set_up(void **state)
{
	static const struct service_kind kind = { .name = "makker-test" };
	(void)state;
	s = (struct service){ .kind = &kind, .rnd = random_system(), .clock = clock_by_hand((struct instant){ START }), .trouble = trouble };
	says = NULL;
	db_for_test(service_migrations, service_migrations_n, &s.db);
	assert_int_equal(service_look_new(&s, &l), RES_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	service_look_free(&l);
	db_for_test_end(&s.db);
	clock_free(&s.clock);
	return 0;
}

static enum result fill(struct tx *tx, void *ctx)
{
	static const struct id one = { { 1 } }, two = { { 2 } };
	const struct mail mail = { "test", one, SLICE("ase@x.example"), SLICE("Hei"), SLICE("En linje.\n") };
	struct day *made = ctx;
	enum result res = post_put(tx, s.rnd, *made, &mail);
	if (res == RES_OK)
		res = clockwork_put(tx, "test", &one, (struct instant){ START - 301 });
	return res == RES_OK ? clockwork_put(tx, "test", &two, (struct instant){ START - 901 }) : res;
}

static void what_waits_and_what_is_late_is_counted(void **state)
{
	struct service_looked looked;
	struct day made = day_add(instant_day((struct instant){ START }), -2);
	(void)state;
	service_look_now(l, 10000, &looked);
	assert_int_equal(looked.health.database, HEALTH_ANSWERS);
	assert_int_equal(looked.mails_waiting, 0);
	assert_int_equal(looked.health.mail_days, 0);
	assert_int_equal(looked.jobs_late, 0);
	assert_null(looked.health.trouble);
	assert_int_equal(db_write(s.db, fill, &made), RES_OK);
	says = "the door sticks";
	service_look_now(l, 10000, &looked);
	assert_int_equal(looked.mails_waiting, 1);
	assert_int_equal(looked.health.mail_days, 2);
	assert_int_equal(looked.jobs_late, 2);
	assert_int_equal(looked.health.jobs_late, 1);
	assert_ptr_equal(looked.health.trouble, says);
	assert_true(looked.database_bytes > 0);
	assert_true(looked.health.free_mb > 0);
}

/* ---- a database that lets nobody in ---- */

static pthread_barrier_t held;
static pthread_rwlock_t door = PTHREAD_RWLOCK_INITIALIZER;

static enum result hold(struct tx *tx, void *ctx)
{
	(void)tx;
	(void)ctx;
	pthread_barrier_wait(&held);
	pthread_rwlock_rdlock(&door);
	pthread_rwlock_unlock(&door);
	return RES_OK;
}

static void *reader(void *ctx)
{
	return db_read(s.db, hold, ctx) == RES_OK ? ctx : NULL;
}

static int64_t milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_database_that_does_not_answer_keeps_nobody_waiting(void **state)
{
	pthread_t readers[READERS];
	struct service_looked looked;
	void *done;
	(void)state;
	assert_int_equal(pthread_barrier_init(&held, NULL, READERS + 1), 0);
	assert_int_equal(pthread_rwlock_wrlock(&door), 0);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, reader, &s), 0);
	pthread_barrier_wait(&held);
	int64_t from = milliseconds();
	service_look_now(l, 200, &looked);
	assert_int_equal(looked.health.database, HEALTH_SILENT);
	service_look_now(l, 200, &looked); /* the same question still runs */
	assert_int_equal(looked.health.database, HEALTH_SILENT);
	assert_in_range(milliseconds() - from, 400, 30000);
	pthread_rwlock_unlock(&door);
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(readers[i], &done), 0);
		assert_ptr_equal(done, &s);
	}
	service_look_now(l, 10000, &looked);
	assert_int_equal(looked.health.database, HEALTH_ANSWERS);
	pthread_barrier_destroy(&held);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_waits_and_what_is_late_is_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_database_that_does_not_answer_keeps_nobody_waiting, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
