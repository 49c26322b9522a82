/* Bodies take memory as they come, and no more together than they may, since nobody knows yet who sends them. */
#include "web/web_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGE "100000"
#define HEAD "POST /binary HTTP/1.1\r\n" ALICE "Makker-Csrf: token-of-alice\r\nContent-Length: " LARGE "\r\n" END
#define STRANGER "POST /binary HTTP/1.1\r\nContent-Length: " LARGE "\r\n" END

static char bytes[100000];

static int set_up_narrow(void **state)
{
	struct web_setup s;
	(void)state;
	handled = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)('a' + i % 23);
	by_hand = clock_by_hand((struct instant){ 1800000000 });
	s = setup();
	s.bodies_most = 150000;
	start(s);
	return 0;
}

/* Somebody who has sent so much of a large body, and waits. */
static int begins(const char *head, size_t n)
{
	int fd = dial();
	put(fd, head, strlen(head));
	put(fd, bytes, n);
	return fd;
}

static void ends(int fd, size_t sent, int status)
{
	size_t n;
	put(fd, bytes + sent, sizeof(bytes) - sent);
	char *a = hear(fd, &n);
	if (status_of(a) != status)
		fail_msg("%d, not %d: %.300s", status_of(a), status, a);
	if (status == 200)
		assert_memory_equal(a + n - sizeof(bytes), bytes, sizeof(bytes));
	has_fence(a);
	free(a);
}

static void a_moment(void)
{
	usleep(200000);
}

static void a_large_body_comes_whole_whatever_its_pieces(void **state)
{
	static const size_t cuts[] = { 0, 1, 16383, 16384, 16385, 32769, 99999 };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		int fd = begins(HEAD, cuts[i]);
		usleep(20000);
		ends(fd, cuts[i], 200);
	}
	/* Nothing is left counted. */
	for (int i = 0; i < 5; i++)
		ends(begins(HEAD, 0), 0, 200);
}

static void what_is_announced_and_not_sent_takes_nothing(void **state)
{
	int strangers[50];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		strangers[i] = begins(STRANGER, 10);
	a_moment();
	ends(begins(HEAD, 0), 0, 200);
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		close(strangers[i]);
}

static void large_bodies_past_the_bound_are_told_to_come_again_and_small_ones_are_served(void **state)
{
	(void)state;
	int stranger = begins(STRANGER, 90000);
	a_moment();
	ends(begins(HEAD, 0), 0, 503);
	gives(POST_MINE("", "32", "csrf=token-of-alice&note=noted+!"), 200, "noted !");
	/* Once the stranger is gone there is room again. */
	close(stranger);
	a_moment();
	ends(begins(HEAD, 0), 0, 200);
	/* And who is let in late is still asked who it is. */
	ends(begins(STRANGER, 0), 0, 403);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_large_body_comes_whole_whatever_its_pieces, set_up_narrow, tear_down),
		cmocka_unit_test_setup_teardown(what_is_announced_and_not_sent_takes_nothing, set_up_narrow, tear_down),
		cmocka_unit_test_setup_teardown(large_bodies_past_the_bound_are_told_to_come_again_and_small_ones_are_served,
						set_up_narrow, tear_down),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
