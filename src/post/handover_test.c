/* A mail server of a few lines in a thread, which closes its connections when the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <strings.h>

#include "post/handover.h"
#include "post/smtp_testing.h"

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

static struct smtp_server server;

static struct {
	enum mood mood;
	bool full;         /* greets whoever comes after the first with 421 */
	int had, accepted; /* whole messages, and those answered 250 */
} box;

/* The message has come, the `nth` of its connection. False: the connection ends. */
static bool message_is_here(int fd, int nth)
{
	box.had++;
	if (nth == 2 && box.mood == HANGS_UP_ON_MAIL)
		return false;
	if (nth == 2 && box.mood == CLOSES_ON_MAIL) {
		smtp_say(fd, "421 closing\r\n");
		return false;
	}
	box.accepted++;
	smtp_say(fd, "250 taken\r\n");
	if (box.mood == CLOSES_IDLE)
		smtp_say(fd, "421 you have been quiet too long\r\n");
	return box.mood != CLOSES_IDLE;
}

static bool second_mail_begins(int fd)
{
	if (box.mood == SAYS_421)
		smtp_say(fd, "421 enough for one connection\r\n");
	if (box.mood == NOT_NOW)
		smtp_say(fd, "451 later\r\n");
	return box.mood != SAYS_421 && box.mood != HANGS_UP;
}

static void converse(int fd, FILE *f)
{
	char line[1000];
	bool in_message = false;
	int mails = 0;
	smtp_say(fd, box.full && server.connections > 1 ? "421 too many\r\n" : "220 test\r\n");
	while (smtp_hear(f, line, sizeof(line))) {
		if (in_message && strcmp(line, ".") == 0) {
			in_message = false;
			if (!message_is_here(fd, mails))
				return;
		} else if (in_message) {
			continue;
		} else if (strncasecmp(line, "MAIL", 4) == 0 && ++mails == 2 && box.mood != TAKES &&
			   box.mood < HANGS_UP_ON_MAIL) {
			if (!second_mail_begins(fd))
				return;
		} else if (strcasecmp(line, "DATA") == 0) {
			in_message = true;
			smtp_say(fd, "354 go on\r\n");
		} else if (strcasecmp(line, "QUIT") == 0) {
			return;
		} else {
			smtp_say(fd, "250 yes\r\n");
		}
	}
}

static CURL *curl;

static void begin(enum mood mood)
{
	memset(&box, 0, sizeof(box));
	box.mood = mood;
	assert_true(smtp_begin(&server, converse));
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
	smtp_end(&server);
	assert_int_equal(server.connections, connections);
	assert_int_equal(box.had, had);
	assert_int_equal(box.accepted, accepted);
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
	box.full = true;
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
