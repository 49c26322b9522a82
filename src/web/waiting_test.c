/* Slow ones, many at once, long polls, and stopping in the midst of it. */
#include "web/web_testing.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int64_t cut_after(const char *first, const char *drop)
{
	int fd = dial();
	struct timeval tick = { .tv_usec = 100000 };
	int64_t begin = ms();
	char c;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
	put(fd, first, strlen(first));
	while (ms() - begin < 6000) {
		put(fd, drop, strlen(drop));
		if (recv(fd, &c, 1, 0) == 0)
			break;
	}
	close(fd);
	return ms() - begin;
}

static void slow_heads_and_slow_bodies_are_cut(void **state)
{
	(void)state;
	int64_t idle = cut_after("", ""), head = cut_after("GET /open HTTP/1.1\r\n" H "X: ", "a");
	int64_t body = cut_after("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 9999\r\n\r\n", "a");
	assert_in_range(idle, 900, 2500);
	assert_in_range(head, 900, 2500);
	assert_in_range(body, 900, 3500);
}

struct crowd {
	pthread_barrier_t gate;
	const char *request;
	atomic_int ok, other;
};

static void *one_of_many(void *arg)
{
	struct crowd *c = arg;
	pthread_barrier_wait(&c->gate);
	char *a = ask(c->request);
	if (status_of(a) == 200)
		c->ok++;
	else
		c->other++;
	free(a);
	return NULL;
}

static void all_at_once(struct crowd *c, const char *request, int n)
{
	pthread_t t[64];
	c->request = request;
	c->ok = c->other = 0;
	pthread_barrier_init(&c->gate, NULL, (unsigned)n);
	for (int i = 0; i < n; i++)
		assert_int_equal(pthread_create(&t[i], NULL, one_of_many, c), 0);
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	pthread_barrier_destroy(&c->gate);
}

static void sixty_four_from_one_address_at_the_same_instant_are_all_served(void **state)
{
	(void)state;
	struct crowd c;
	for (int round = 0; round < 3; round++) {
		all_at_once(&c, "GET /open HTTP/1.1\r\n" END, 64);
		assert_int_equal(c.ok, 64);
		all_at_once(&c, POST_MINE("", "28", "note=hei&csrf=token-of-alice"), 64);
		assert_int_equal(c.ok, 64);
	}
}

static void *blocked(void *arg)
{
	(void)arg;
	char *a = ask("GET /block HTTP/1.1\r\n" END);
	int status = status_of(a);
	free(a);
	return (void *)(intptr_t)status;
}

static void what_blocks_in_the_slow_lane_delays_nobody_else(void **state)
{
	(void)state;
	pthread_t t[8];
	hold = true;
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, blocked, NULL), 0);
	usleep(100000);
	int64_t begin = ms();
	for (int i = 0; i < 50; i++)
		gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	assert_true(ms() - begin < 3000);
	hold = false;
	for (int i = 0; i < 8; i++) {
		void *status;
		pthread_join(t[i], &status);
		assert_int_equal((intptr_t)status, 200);
	}
}

static void a_full_queue_says_so_with_a_page(void **state)
{
	(void)state;
	struct web_setup s = setup();
	s.queue_most = 2;
	s.workers = 1;
	web_free(&web);
	start(s);
	pthread_t t[3];
	hold = true;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&t[i], NULL, blocked, NULL), 0);
		usleep(100000);
	}
	gives("GET /block HTTP/1.1\r\n" END, 503, "\r\nRetry-After: 5\r\n");
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	hold = false;
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

/* ---- long polls ---- */

static void a_long_poll_waits_wakes_and_ends(void **state)
{
	(void)state;
	int64_t begin = ms();
	gives("GET /wait HTTP/1.1\r\n" END, 200, "nothing new");
	assert_in_range(ms() - begin, 900, 2500);
	/* Ten times as many as there are workers wait; none of them holds one. */
	int fd[30];
	static const char poll_long[] = "GET /wait-long HTTP/1.1\r\n" END;
	for (int i = 0; i < 30; i++)
		put(fd[i] = dial(), poll_long, strlen(poll_long));
	usleep(200000);
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	looked = 0;
	web_wake(web); /* nothing happened: they look and wait on */
	usleep(200000);
	assert_int_equal(looked, 30);
	news = 1;
	begin = ms();
	web_wake(web);
	for (int i = 0; i < 30; i++) {
		char *a = hear(fd[i], NULL);
		assert_non_null(strstr(a, "\r\n\r\nnews"));
		has_fence(a);
		free(a);
	}
	assert_true(ms() - begin < 2000);
}

static void a_reader_who_left_is_noticed(void **state)
{
	(void)state;
	int fd = dial();
	put(fd, "GET /wait-long HTTP/1.1\r\n" END, strlen("GET /wait-long HTTP/1.1\r\n" END));
	usleep(100000);
	assert_int_equal(looked, 0);
	close(fd);
	for (int i = 0; i < 100 && !looked; i++)
		usleep(20000);
	assert_int_equal(looked, 1);
}

static void stopping_ends_long_polls_and_waits_for_work(void **state)
{
	(void)state;
	int poll = dial(), idle = dial(), half = dial();
	pthread_t t;
	void *status;
	put(poll, "GET /wait-long HTTP/1.1\r\n" END, strlen("GET /wait-long HTTP/1.1\r\n" END));
	put(half, "GET /open HT", 12);
	hold = true;
	assert_int_equal(pthread_create(&t, NULL, blocked, NULL), 0);
	usleep(200000);
	hold = false;
	int64_t begin = ms();
	web_drain(web, 5);
	assert_true(ms() - begin < 3000);
	char *a = hear(poll, NULL);
	assert_non_null(strstr(a, "nothing new"));
	free(a);
	pthread_join(t, &status);
	assert_int_equal((intptr_t)status, 200);
	char c;
	assert_true(recv(idle, &c, 1, 0) <= 0);
	close(idle);
	close(half);
	web_free(&web);
	start(setup());
}

static void *stop_at_once(void *arg)
{
	(void)arg;
	web_free(&web);
	return NULL;
}

static void stopping_with_an_impatient_limit_still_waits_for_the_handler(void **state)
{
	(void)state;
	pthread_t t[5];
	hold = true;
	for (int i = 0; i < 5; i++) /* three at work, two in the queue */
		assert_int_equal(pthread_create(&t[i], NULL, blocked, NULL), 0);
	usleep(200000);
	pthread_t stopper;
	assert_int_equal(pthread_create(&stopper, NULL, stop_at_once, NULL), 0);
	usleep(300000);
	hold = false;
	pthread_join(stopper, NULL);
	int served = 0;
	for (int i = 0; i < 5; i++) {
		void *status;
		pthread_join(t[i], &status);
		served += (intptr_t)status == 200 || (intptr_t)status == 503 || (intptr_t)status == 0;
	}
	assert_int_equal(served, 5);
	start(setup());
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		T(slow_heads_and_slow_bodies_are_cut),
		T(sixty_four_from_one_address_at_the_same_instant_are_all_served),
		T(what_blocks_in_the_slow_lane_delays_nobody_else),
		T(a_full_queue_says_so_with_a_page),
		T(a_long_poll_waits_wakes_and_ends),
		T(a_reader_who_left_is_noticed),
		T(stopping_ends_long_polls_and_waits_for_work),
		T(stopping_with_an_impatient_limit_still_waits_for_the_handler),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
