/* Slow ones, many at once, long polls, and stopping in the midst of it. */
#include "web/web_testing.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long the server bears with one who sends `first`, and then `drop` ten times a second. Without a limit it
   would be for ever: a drop is never the last. */
static int64_t cut_after(const char *first, const char *drop)
{
	int fd = dial();
	struct timeval tick = { .tv_usec = 100000 };
	int64_t begin = ms();
	bool cut = false;
	char c;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
	put(fd, first, strlen(first));
	while (!cut && ms() - begin < 30000) {
		put(fd, drop, strlen(drop));
		ssize_t n = recv(fd, &c, 1, 0);
		cut = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
	}
	close(fd);
	assert_true(cut);
	return ms() - begin;
}

static void slow_heads_and_slow_bodies_are_cut(void **state)
{
	(void)state;
	int64_t idle = cut_after("", ""), head = cut_after("GET /open HTTP/1.1\r\n" H "X: ", "a");
	int64_t body = cut_after("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 9999\r\n\r\n", "a");
	/* Not before their time; and cut at all: cut_after() fails otherwise. */
	assert_true(idle >= 900);
	assert_true(head >= 900);
	assert_true(body >= 900);
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
	until_it_is(&blocking, 3); /* as many as the lane has workers; the others wait for one */
	for (int i = 0; i < 50; i++)
		gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	assert_int_equal(blocking, 3); /* all the while */
	hold = false;
	for (int i = 0; i < 8; i++) {
		void *status;
		pthread_join(t[i], &status);
		assert_int_equal((intptr_t)status, 200);
	}
}

static int threads(void)
{
	int n = 0;
	DIR *dir = opendir("/proc/self/task");
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void a_worker_is_made_when_all_others_are_busy_and_kept(void **state)
{
	(void)state;
	static const char request[] = "GET /block HTTP/1.1\r\n" END;
	int fd[8], begun;
	web_free(&web);
	start(setup());
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	/* Those of the server before may stand there a little longer than somebody waits for them. */
	begun = threads();
	for (int same = 0; same < 10; usleep(20000)) {
		int now = threads();
		same = now == begun ? same + 1 : 0;
		begun = now;
	}
	for (int round = 0; round < 2; round++) {
		blocking = 0;
		hold = true;
		for (int i = 0; i < 8; i++) {
			fd[i] = dial();
			put(fd[i], request, strlen(request));
		}
		until_it_is(&blocking, 3);
		assert_int_equal(threads(), begun + 2); /* the lane had one */
		hold = false;
		for (int i = 0; i < 8; i++) {
			char *a = hear(fd[i], NULL);
			assert_int_equal(status_of(a), 200);
			free(a);
		}
		assert_int_equal(threads(), begun + 2);
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
	static const char request[] = "GET /block HTTP/1.1\r\n" END;
	struct pollfd line[4];
	char *answer[4] = { NULL };
	hold = true;
	for (int i = 0; i < 4; i++) {
		line[i] = (struct pollfd){ .fd = dial(), .events = POLLIN };
		put(line[i].fd, request, strlen(request));
		if (i == 0)
			until_it_is(&blocking, 1);
	}
	/* One is at work and two may wait: of the three that came after it, one is told at once. */
	assert_int_equal(poll(line, 4, 10000), 1);
	for (int i = 0; i < 4; i++)
		if (line[i].revents) {
			answer[i] = hear(line[i].fd, NULL);
			line[i].fd = -1;
			assert_int_not_equal(i, 0);
			assert_int_equal(status_of(answer[i]), 503);
			assert_non_null(strstr(answer[i], "\r\nRetry-After: 5\r\n"));
			has_fence(answer[i]);
		}
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	assert_int_equal(poll(line, 4, 0), 0);
	assert_int_equal(blocking, 1);
	hold = false;
	for (int i = 0; i < 4; i++) {
		if (!answer[i]) {
			answer[i] = hear(line[i].fd, NULL);
			assert_int_equal(status_of(answer[i]), 200);
		}
		free(answer[i]);
	}
}

static int dial_from(const char *address)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(web)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* How many of ten idle connections from one address the server keeps, of ten seats. */
static int seats_kept(int fd[10])
{
	struct pollfd line[10];
	int kept = 10;
	for (int i = 0; i < 10; i++)
		line[i] = (struct pollfd){ .fd = fd[i] = dial_from("127.0.0.2"), .events = POLLIN };
	for (int64_t end = ms() + 500; ms() < end; usleep(10000)) {
		kept = 10;
		assert_true(poll(line, 10, 0) >= 0);
		for (int i = 0; i < 10; i++)
			kept -= line[i].revents != 0;
	}
	return kept;
}

static void nobody_alone_takes_every_seat(void **state)
{
	(void)state;
	struct web_setup s = setup();
	int fd[10];
	s.most_open = 10;
	s.header_seconds = 20;
	s.peer_header = NULL;
	web_free(&web);
	start(s);
	assert_int_equal(seats_kept(fd), 5);
	assert_true(web_turns(web, 60000));
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	for (int i = 0; i < 10; i++)
		close(fd[i]);
	/* What comes from the proxy is everybody's. */
	s.peer_header = "X-Real-IP";
	web_free(&web);
	start(s);
	assert_int_equal(seats_kept(fd), 10);
	assert_true(web_turns(web, 400)); /* who keeps all places busy with silence shows no standstill */
	for (int i = 0; i < 10; i++)
		close(fd[i]);
}

/* ---- long polls ---- */

static void a_long_poll_waits_wakes_and_ends(void **state)
{
	(void)state;
	int64_t begin = ms();
	gives("GET /wait HTTP/1.1\r\n" END, 200, "nothing new");
	assert_true(ms() - begin >= 900);
	/* Ten times as many as there are workers wait; none of them holds one. */
	int fd[30];
	static const char poll_long[] = "GET /wait-long HTTP/1.1\r\n" END;
	for (int i = 0; i < 30; i++)
		put(fd[i] = dial(), poll_long, strlen(poll_long));
	until_it_is(&polling, 1 + 30);
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	looked = 0;
	web_wake(web); /* nothing happened: they look and wait on */
	until_it_is(&looked, 30);
	news = 1;
	web_wake(web);
	for (int i = 0; i < 30; i++) {
		char *a = hear(fd[i], NULL); /* gives up after eight seconds: none waits out its thirty */
		assert_non_null(strstr(a, "\r\n\r\nnews"));
		has_fence(a);
		free(a);
	}
}

static void a_reader_who_left_is_noticed(void **state)
{
	(void)state;
	int fd = dial();
	put(fd, "GET /wait-long HTTP/1.1\r\n" END, strlen("GET /wait-long HTTP/1.1\r\n" END));
	until_it_is(&polling, 1);
	usleep(100000);
	assert_int_equal(looked, 0);
	close(fd);
	until_it_is(&looked, 1);
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
	until_it_is(&polling, 1);
	until_it_is(&blocking, 1);
	hold = false;
	int64_t begin = ms();
	web_drain(web, 25);
	assert_true(ms() - begin < 25000); /* neither the poll's thirty seconds nor the whole limit */
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

static atomic_bool stopped;

static void *stop_at_once(void *arg)
{
	(void)arg;
	web_free(&web);
	stopped = true;
	return NULL;
}

static void stopping_with_an_impatient_limit_still_waits_for_the_handler(void **state)
{
	(void)state;
	static const char poll_long[] = "GET /wait-long HTTP/1.1\r\n" END;
	static const char request[] = "GET /block HTTP/1.1\r\n" END;
	pthread_t stopper;
	int poll = dial(), fd[5];
	put(poll, poll_long, strlen(poll_long));
	until_it_is(&polling, 1);
	hold = true;
	for (int i = 0; i < 5; i++) {
		put(fd[i] = dial(), request, strlen(request));
		until_it_is(&blocking, i < 3 ? i + 1 : 3); /* three at work, the others in the queue */
	}
	/* One thread reads them all: those before this are in. */
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	stopped = false;
	assert_int_equal(pthread_create(&stopper, NULL, stop_at_once, NULL), 0);
	char *a = hear(poll, NULL); /* asked a last time: the stopping has begun */
	assert_non_null(strstr(a, "nothing new"));
	free(a);
	usleep(300000); /* long enough to be done with the stopping, if it did not wait */
	assert_false(stopped);
	hold = false;
	pthread_join(stopper, NULL);
	start(setup());
	for (int i = 0; i < 5; i++) {
		a = hear(fd[i], NULL);
		int status = status_of(a);
		free(a);
		if (i < 3)
			assert_int_equal(status, 200);
		else /* from the queue, or too late for it */
			assert_true(status == 503 || status == 0);
	}
	assert_int_equal(blocking, 3);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		T(slow_heads_and_slow_bodies_are_cut),
		T(sixty_four_from_one_address_at_the_same_instant_are_all_served),
		T(what_blocks_in_the_slow_lane_delays_nobody_else),
		T(a_worker_is_made_when_all_others_are_busy_and_kept),
		T(a_full_queue_says_so_with_a_page),
		T(nobody_alone_takes_every_seat),
		T(a_long_poll_waits_wakes_and_ends),
		T(a_reader_who_left_is_noticed),
		T(stopping_ends_long_polls_and_waits_for_work),
		T(stopping_with_an_impatient_limit_still_waits_for_the_handler),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
