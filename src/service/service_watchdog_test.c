/* The heartbeat, heard as a service manager hears it. Nothing here depends on how fast the machine is: what must come is waited for, and of
   what must not come at most the one that was under way is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "db/db_testing.h"
#include "service/service_watchdog.h"

extern const struct migration service_migrations[];
extern const size_t service_migrations_n;

#define BEAT_MS 500
#define WATCHED "1000000" /* microseconds: twice that */
#define PATIENCE_MS 120000
#define LONGEST 2 /* seconds */

struct house {
	char folder[40];
	int manager;
	struct clock *clock;
	struct service s;
	struct service_watchdog *w;
	sem_t go;
	bool began; /* under `lock` */
	pthread_mutex_t lock;
	pthread_t hand;
	enum result res;
};

static int set_up_with(void **state, int64_t longest)
{
	struct house *h = must_alloc(1, sizeof(*h));
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	snprintf(h->folder, sizeof(h->folder), "/tmp/makker-watchdog.XXXXXX");
	if (!mkdtemp(h->folder))
		return -1;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify", h->folder);
	h->manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(h->manager, (struct sockaddr *)&at, sizeof(at)) != 0 || setenv("NOTIFY_SOCKET", at.sun_path, 1) != 0 ||
	    setenv("WATCHDOG_USEC", WATCHED, 1) != 0)
		return -1;
	unsetenv("WATCHDOG_PID");
	h->clock = clock_by_hand((struct instant){ 1794999600 });
	h->s.clock = h->clock;
	db_for_test(service_migrations, service_migrations_n, &h->s.db);
	struct web_setup web = { .listen = "127.0.0.1:0", .clock = h->clock, .rnd = random_system(), .workers = 1 };
	if (web_new(&web, &h->s.web) != RES_OK || web_start(h->s.web) != RES_OK || sem_init(&h->go, 0, 0) != 0)
		return -1;
	pthread_mutex_init(&h->lock, NULL);
	*state = h;
	return service_watchdog_start(&h->s, longest, &h->w) == RES_OK && h->w ? 0 : -1;
}

static int set_up(void **state)
{
	return set_up_with(state, LONGEST);
}

static int patient(void **state)
{
	return set_up_with(state, PATIENCE_MS);
}

static int tear_down(void **state)
{
	struct house *h = *state;
	char at[60];
	service_watchdog_drain(h->w);
	web_free(&h->s.web);
	service_watchdog_stop(&h->w);
	db_for_test_end(&h->s.db);
	clock_free(&h->clock);
	close(h->manager);
	sem_destroy(&h->go);
	pthread_mutex_destroy(&h->lock);
	snprintf(at, sizeof(at), "%s/notify", h->folder);
	unlink(at);
	rmdir(h->folder);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	free(h);
	return 0;
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

/* How many have come that nobody has taken yet. */
static int beats(const struct house *h)
{
	char text[100];
	int n = 0;
	for (ssize_t got; (got = recv(h->manager, text, sizeof(text) - 1, 0)) > 0; n++) {
		text[got] = '\0';
		assert_string_equal(text, "WATCHDOG=1");
	}
	return n;
}

static void hear(const struct house *h, int n)
{
	struct pollfd at = { .fd = h->manager, .events = POLLIN };
	for (int heard = 0; heard < n; heard += beats(h))
		assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
}

static enum result hang_work(struct tx *tx, void *ctx)
{
	struct house *h = ctx;
	(void)tx;
	pthread_mutex_lock(&h->lock);
	h->began = true;
	pthread_mutex_unlock(&h->lock);
	while (sem_wait(&h->go) != 0)
		;
	return RES_OK;
}

static void *hang(void *arg)
{
	struct house *h = arg;
	h->res = db_write(h->s.db, hang_work, h);
	return NULL;
}

/* A commit that does not end, until sem_post(&h->go). */
static void begin_to_hang(struct house *h)
{
	bool began = false;
	assert_int_equal(pthread_create(&h->hand, NULL, hang, h), 0);
	while (!began) {
		pause_ms(10);
		pthread_mutex_lock(&h->lock);
		began = h->began;
		pthread_mutex_unlock(&h->lock);
	}
}

static void end_to_hang(struct house *h)
{
	sem_post(&h->go);
	pthread_join(h->hand, NULL);
	assert_int_equal(h->res, RES_OK);
}

/* At most the one whose look was under way. */
static void hear_no_more(const struct house *h)
{
	(void)beats(h);
	pause_ms(8 * BEAT_MS);
	assert_true(beats(h) <= 1);
}

static void a_commit_that_does_not_end_stops_the_heart_until_it_ends_and_one_of_the_servers_does_not(void **state)
{
	struct house *h = *state;
	hear(h, 2);
	assert_int_equal(db_stuck(h->s.db), 0);
	begin_to_hang(h);
	if (db_test_is_pg()) { /* it is the server that is waited for */
		pause_ms((LONGEST + 1) * 1000);
		assert_int_equal(db_stuck(h->s.db), 0);
		(void)beats(h);
	} else {
		while (db_stuck(h->s.db) < LONGEST)
			pause_ms(50);
		hear_no_more(h);
		end_to_hang(h);
	}
	hear(h, 3);
	if (db_test_is_pg())
		end_to_hang(h);
}

static void what_is_ended_counts_as_living_without_the_loop(void **state)
{
	struct house *h = *state;
	hear(h, 1);
	service_watchdog_drain(h->w);
	web_drain(h->s.web, 0);
	(void)beats(h);
	hear(h, 3);
}

static void but_not_for_ever(void **state)
{
	struct house *h = *state;
	struct timespec began, now;
	service_watchdog_drain(h->w);
	web_drain(h->s.web, 0);
	clock_gettime(CLOCK_MONOTONIC, &began);
	do {
		pause_ms(50);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - began.tv_sec < LONGEST + 1);
	hear_no_more(h);
}

static void a_commit_that_does_not_end_stops_it_while_all_else_is_ended_too(void **state)
{
	struct house *h = *state;
	if (db_test_is_pg())
		return; /* there the bound of the drain itself is all */
	begin_to_hang(h);
	while (db_stuck(h->s.db) < LONGEST)
		pause_ms(50);
	service_watchdog_drain(h->w);
	hear_no_more(h);
	end_to_hang(h);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_commit_that_does_not_end_stops_the_heart_until_it_ends_and_one_of_the_servers_does_not),
		cmocka_unit_test_setup_teardown(what_is_ended_counts_as_living_without_the_loop, patient, tear_down),
		TEST(but_not_for_ever),
		TEST(a_commit_that_does_not_end_stops_it_while_all_else_is_ended_too),
	};
	if (clock_zone("Europe/Oslo") != RES_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
