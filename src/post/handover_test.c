/* A mail server of a few lines in a thread, which closes its connections when the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "post/handover.h"

/* What the server does when a connection brings its second mail, and what when it is opened. */
enum mood {
	TAKES,            /* every mail */
	SAYS_421,         /* to the second mail's first command, and closes */
	HANGS_UP,         /* at the second mail's first command, without a word */
	CLOSES_IDLE,      /* 421 after the first mail, unasked, and closes */
	NOT_NOW,          /* 451 to the second mail's first command */
	HANGS_UP_ON_MAIL, /* when it has all of the second mail, before it says so */
	CLOSES_ON_MAIL,   /* the same with a 421 */
};

static struct {
	int fd;
	char url[64];
	pthread_t thread;
	enum mood mood;
	bool full;            /* greets whoever comes after the first with 421 */
	int connections;      /* read by the test after the thread has ended */
	int had, accepted;    /* whole messages, and those answered 250 */
} server;

static void say(int fd, const char *line)
{
	size_t n = strlen(line);
	ssize_t put = send(fd, line, n, MSG_NOSIGNAL);
	(void)put; /* whoever has gone hears nothing */
}

/* A line without its end; false when the other side has gone. */
static bool hear(FILE *f, char *line, int room)
{
	if (!fgets(line, room, f))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

/* The message has come, the `nth` of its connection. False: the connection ends. */
static bool message_is_here(int fd, int nth)
{
	server.had++;
	if (nth == 2 && server.mood == HANGS_UP_ON_MAIL)
		return false;
	if (nth == 2 && server.mood == CLOSES_ON_MAIL) {
		say(fd, "421 closing\r\n");
		return false;
	}
	server.accepted++;
	say(fd, "250 taken\r\n");
	if (server.mood == CLOSES_IDLE)
		say(fd, "421 you have been quiet too long\r\n");
	return server.mood != CLOSES_IDLE;
}

static bool second_mail_begins(int fd)
{
	if (server.mood == SAYS_421)
		say(fd, "421 enough for one connection\r\n");
	if (server.mood == NOT_NOW)
		say(fd, "451 later\r\n");
	return server.mood != SAYS_421 && server.mood != HANGS_UP;
}

static void converse(int fd, FILE *f)
{
	char line[1000];
	bool in_message = false;
	int mails = 0;
	say(fd, server.full && server.connections > 1 ? "421 too many\r\n" : "220 test\r\n");
	while (hear(f, line, sizeof(line))) {
		if (in_message && strcmp(line, ".") == 0) {
			in_message = false;
			if (!message_is_here(fd, mails))
				return;
		} else if (in_message) {
			continue;
		} else if (strncasecmp(line, "MAIL", 4) == 0 && ++mails == 2 && server.mood != TAKES &&
			   server.mood < HANGS_UP_ON_MAIL) {
			if (!second_mail_begins(fd))
				return;
		} else if (strcasecmp(line, "DATA") == 0) {
			in_message = true;
			say(fd, "354 go on\r\n");
		} else if (strcasecmp(line, "QUIT") == 0) {
			return;
		} else {
			say(fd, "250 yes\r\n");
		}
	}
}

static void *serve(void *arg)
{
	(void)arg;
	for (int fd; (fd = accept(server.fd, NULL, NULL)) >= 0;) {
		FILE *f = fdopen(fd, "r");
		server.connections++;
		converse(fd, f);
		fclose(f);
	}
	return NULL;
}

static CURL *curl;

static void begin(enum mood mood)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	memset(&server, 0, sizeof(server));
	server.mood = mood;
	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server.fd >= 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(server.fd, 5), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&at, &size), 0);
	snprintf(server.url, sizeof(server.url), "smtp://127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
	curl = curl_easy_init();
	assert_non_null(curl);
}

static enum result mail(void)
{
	const struct post_setup setup = {
		.server = server.url, .from = "makker@fjordvik.example", .from_name = "Fjordvik",
		.bounce_domain = "bounce.fjordvik.example", .message_domain = "fjordvik.example",
	};
	const struct id id = { { 1 } };
	const struct handing m = { &id, "0123", "ase@fjordvik.example", SLICE("Hei"), SLICE("En linje\n") };
	return handover(curl, &setup, &m, (struct instant){ 1795000000 });
}

static void end(int connections, int had, int accepted)
{
	curl_easy_cleanup(curl);
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
	assert_int_equal(server.connections, connections);
	assert_int_equal(server.had, had);
	assert_int_equal(server.accepted, accepted);
}

static void one_connection_carries_many_mails(void **state)
{
	(void)state;
	begin(TAKES);
	for (int i = 0; i < 3; i++)
		assert_int_equal(mail(), RES_OK);
	end(1, 3, 3);
}

static void a_kept_connection_that_was_closed_costs_the_next_mail_no_delay(void **state)
{
	(void)state;
	static const enum mood moods[] = { SAYS_421, HANGS_UP, CLOSES_IDLE };
	for (size_t i = 0; i < ARRAY_LEN(moods); i++) {
		begin(moods[i]);
		for (int k = 0; k < 3; k++)
			assert_int_equal(mail(), RES_OK);
		end(3, 3, 3);
	}
}

/* Whether the server kept it, nobody knows: another one at once would be a repeat. */
static void a_connection_that_breaks_after_the_message_is_not_tried_at_once(void **state)
{
	(void)state;
	static const enum mood moods[] = { HANGS_UP_ON_MAIL, CLOSES_ON_MAIL };
	for (size_t i = 0; i < ARRAY_LEN(moods); i++) {
		begin(moods[i]);
		assert_int_equal(mail(), RES_OK);
		assert_int_equal(mail(), RES_AGAIN);
		end(1, 2, 1);
	}
}

static void a_server_that_says_not_now_is_left_alone(void **state)
{
	(void)state;
	begin(NOT_NOW);
	assert_int_equal(mail(), RES_OK);
	assert_int_equal(mail(), RES_AGAIN);
	end(1, 1, 1);
}

static void a_fresh_connection_is_tried_once(void **state)
{
	(void)state;
	begin(SAYS_421);
	server.full = true;
	assert_int_equal(mail(), RES_OK);
	assert_int_equal(mail(), RES_AGAIN); /* the kept one, and one fresh */
	assert_int_equal(mail(), RES_AGAIN); /* a fresh one that is refused is no closed one */
	end(3, 1, 1);
}

/* Nothing that is said of it later makes it shorter. */
static void a_message_that_is_too_long_is_refused_for_good(void **state)
{
	(void)state;
	static char body[70000];
	begin(TAKES);
	memset(body, 'x', sizeof(body));
	const struct post_setup setup = { .server = server.url, .from = "a@b.example", .from_name = "A",
					  .bounce_domain = "b.example", .message_domain = "b.example" };
	const struct id id = { { 1 } };
	const struct handing m = { &id, "0123", "ase@fjordvik.example", SLICE("Hei"), slice_bytes(body, sizeof(body)) };
	assert_int_equal(handover(curl, &setup, &m, (struct instant){ 1795000000 }), RES_REFUSED);
	end(0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_connection_carries_many_mails),
		cmocka_unit_test(a_kept_connection_that_was_closed_costs_the_next_mail_no_delay),
		cmocka_unit_test(a_connection_that_breaks_after_the_message_is_not_tried_at_once),
		cmocka_unit_test(a_server_that_says_not_now_is_left_alone),
		cmocka_unit_test(a_fresh_connection_is_tried_once),
		cmocka_unit_test(a_message_that_is_too_long_is_refused_for_good),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	alarm(120);
	if (clock_zone("Europe/Oslo") != RES_OK || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	curl_global_cleanup();
	return failed;
}
