/* A machine that has no thread for another worker: who is there does the work, and the operator hears of it once. */
#include "web/web_testing.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SHORT "no thread for another worker"

/* How many threads can be made still; -1: as many as anybody wants. The HTTP library's own are not counted. */
static atomic_int spare = -1;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	if (spare == 0)
		return EAGAIN;
	if (spare > 0)
		spare--;
	return __real_pthread_create(thread, attr, run, arg);
}

/* ---- what is logged ---- */

static FILE *logged;
static int own_stderr;

static int listen_in(void **state)
{
	spare = -1;
	logged = tmpfile();
	own_stderr = dup(STDERR_FILENO);
	if (!logged || own_stderr < 0 || dup2(fileno(logged), STDERR_FILENO) < 0)
		return -1;
	return set_up(state);
}

static int listen_no_more(void **state)
{
	spare = -1;
	int failed = tear_down(state);
	if (dup2(own_stderr, STDERR_FILENO) < 0)
		return -1;
	close(own_stderr);
	fclose(logged);
	return failed;
}

/* How many lines of the log say this. */
static int says(const char *words)
{
	char line[500];
	int n = 0;
	rewind(logged);
	while (fgets(line, sizeof(line), logged))
		n += strstr(line, words) != NULL;
	(void)fseek(logged, 0, SEEK_END);
	return n;
}

static void until_said(int n)
{
	for (int i = 0; i < 2000 && says(SHORT) < n; i++)
		usleep(5000);
	assert_int_equal(says(SHORT), n);
}

/* ---- requests that keep a worker ---- */

#define MOST 8

static int fds[MOST];

static void come(int n)
{
	static const char request[] = "GET /block HTTP/1.1\r\n" END;
	blocking = 0;
	hold = true;
	for (int i = 0; i < n; i++) {
		fds[i] = dial();
		put(fds[i], request, strlen(request));
	}
}

static void all_are_answered(int n)
{
	hold = false;
	for (int i = 0; i < n; i++) {
		char *a = hear(fds[i], NULL);
		assert_int_equal(status_of(a), 200);
		free(a);
	}
}

static void who_is_there_does_the_work_and_it_is_said_once(void **state)
{
	(void)state;
	spare = 0;
	come(MOST);
	until_it_is(&blocking, 1); /* the one that the lane began with */
	until_said(1);
	for (int i = 0; i < 20; i++)
		gives("GET /open HTTP/1.1\r\n" END, 200, NULL); /* the other lane has its own */
	assert_int_equal(blocking, 1);
	all_are_answered(MOST);
	assert_int_equal(says(SHORT), 1);
}

static void when_there_are_threads_again_they_are_made_and_the_next_want_is_said_anew(void **state)
{
	(void)state;
	spare = 0;
	come(3);
	until_said(1);
	until_it_is(&blocking, 1);
	all_are_answered(3);
	spare = 1;
	come(4);
	until_said(2);
	until_it_is(&blocking, 2);
	all_are_answered(4);
	spare = -1;
	come(4);
	until_it_is(&blocking, 3);
	all_are_answered(4);
	assert_int_equal(says(SHORT), 2);
}

static void without_a_thread_for_each_lane_it_does_not_start(void **state)
{
	(void)state;
	for (int n = 0; n < 3; n++) { /* one for each lane, and one that ends what waits too long */
		web_free(&web);
		make(setup());
		spare = n;
		assert_int_equal(web_start(web), RES_BROKEN);
		spare = -1;
	}
	assert_int_equal(says("no thread for those who serve requests"), 2);
	assert_int_equal(says("no thread to end what waits too long"), 1);
	/* The threads that serve were there already: they serve nobody. */
	char c;
	const struct timeval soon = { .tv_usec = 300000 };
	int fd = dial();
	put(fd, "GET /open HTTP/1.1\r\n" END, strlen("GET /open HTTP/1.1\r\n" END));
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)), 0);
	assert_true(read(fd, &c, 1) < 1);
	close(fd);
}

#define HEARD(f) cmocka_unit_test_setup_teardown(f, listen_in, listen_no_more)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HEARD(who_is_there_does_the_work_and_it_is_said_once),
		HEARD(when_there_are_threads_again_they_are_made_and_the_next_want_is_said_anew),
		HEARD(without_a_thread_for_each_lane_it_does_not_start),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
