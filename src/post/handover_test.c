/* A mail server of a few lines in a thread, which closes its connections when the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

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

/* A part of the talk at which it says something of its own. */
enum part { NOWHERE, GREETING, HELLO, MAIL, RCPT, DATA, DOT };

static struct smtp_server server;

static struct {
	enum mood mood;
	enum part part;
	const char *says; /* with its line end; NULL: nothing */
	int after;        /* seconds before it says so */
	bool deaf_to_quit;
	bool full;         /* greets whoever comes after the first with 421 */
	int had, accepted; /* whole messages, and those answered 250 */
} box;

static void say_at(int fd, enum part part, const char *usual)
{
	if (box.part != part) {
		smtp_say(fd, usual);
		return;
	}
	if (box.after)
		sleep((unsigned)box.after);
	if (box.says)
		smtp_say(fd, box.says);
}

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
	box.accepted += box.part != DOT || (box.says && box.says[0] == '2');
	say_at(fd, DOT, "250 taken\r\n");
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

static enum part part_of(const char *line)
{
	return strncasecmp(line, "MAIL", 4) == 0 ? MAIL : strncasecmp(line, "RCPT", 4) == 0 ? RCPT : HELLO;
}

static void converse(int fd, FILE *f)
{
	char line[1000];
	bool in_message = false;
	int mails = 0;
	say_at(fd, GREETING, box.full && server.connections > 1 ? "421 too many\r\n" : "220 test\r\n");
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
			in_message = box.part != DATA;
			say_at(fd, DATA, "354 go on\r\n");
		} else if (strcasecmp(line, "QUIT") == 0) {
			if (!box.deaf_to_quit)
				return;
		} else {
			say_at(fd, part_of(line), "250 yes\r\n");
		}
	}
}

static CURL *curl;
static bool stop;
static struct handed handed;

static time_t seconds(void)
{
	struct timespec t;
	return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}
static struct post_patience patience;

static void begin(enum mood mood)
{
	memset(&box, 0, sizeof(box));
	stop = false;
	patience = (struct post_patience){ 5, 10, 20 };
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
		.patience = patience,
	};
	const struct id id = { { 1 } };
	const struct handing m = { &id, "0123", "ase@fjordvik.example", SLICE("Hei"), SLICE("En linje\n") };
	return handover(curl, &setup, &m, (struct instant){ 1795000000 }, &stop, &handed);
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
	assert_int_equal(handover(curl, &setup, &m, (struct instant){ 1795000000 }, &stop, &handed), RES_REFUSED);
	assert_true(handed.too_long);
	assert_false(handed.away);
	end(0, 0, 0);
}

/* ---- what is refused, and where ---- */

struct word {
	enum part part;
	const char *says;
	enum result res;
	bool away;
	const char *log;
};

static void hears(const struct word *w)
{
	char log[120];
	begin(TAKES);
	box.part = w->part;
	box.says = w->says;
	enum result res = mail();
	handover_say(&handed, log);
	if (res != w->res || handed.away != w->away || handed.unsure || strcmp(log, w->log) != 0)
		fail_msg("%d %s: %s, %s, %s", w->part, w->says, result_word(res), handed.away ? "away" : "there", log);
	/* It is over with this connection, and the next mail fares as it does. */
	box.part = NOWHERE;
	assert_int_equal(mail(), RES_OK);
	curl_easy_cleanup(curl);
	smtp_end(&server);
}

static void what_a_server_says_to_everybody_is_never_for_good(void **state)
{
	(void)state;
	static const struct word words[] = {
		{ GREETING, "421 too busy\r\n", RES_AGAIN, true, "before MAIL FROM: 421" },
		{ GREETING, "554 5.7.1 your address is on a list\r\n", RES_AGAIN, true, "before MAIL FROM: 554 5.7.1" },
		{ HELLO, "451 later\r\n", RES_AGAIN, true, "before MAIL FROM: 451" },
		{ HELLO, "550 not you\r\n", RES_AGAIN, true, "before MAIL FROM: 550" },
		{ MAIL, "452 4.3.1 disk full\r\n", RES_AGAIN, true, "MAIL FROM: 452 4.3.1" },
		{ MAIL, "550 5.1.8 sender unknown\r\n", RES_AGAIN, true, "MAIL FROM: 550 5.1.8" },
		{ MAIL, "553 not owned by you\r\n", RES_AGAIN, true, "MAIL FROM: 553" },
		{ MAIL, "554 no\r\n", RES_AGAIN, true, "MAIL FROM: 554" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		hears(&words[i]);
}

static void a_mail_is_refused_for_good_when_the_server_says_it_is_the_recipient(void **state)
{
	(void)state;
	static const struct word words[] = {
		{ RCPT, "550 nobody here\r\n", RES_REFUSED, false, "RCPT TO: 550" },
		{ RCPT, "550-5.1.1 nobody\r\n550 5.1.1 here\r\n", RES_REFUSED, false, "RCPT TO: 550 5.1.1" },
		{ RCPT, "554 5.1.1 nobody here\r\n", RES_REFUSED, false, "RCPT TO: 554 5.1.1" },
		{ RCPT, "552 5.2.2 full\r\n", RES_REFUSED, false, "RCPT TO: 552 5.2.2" },
		{ RCPT, "550 5.4.1 Recipient address rejected\r\n", RES_REFUSED, false, "RCPT TO: 550 5.4.1" },
		{ RCPT, "556 5.1.10 takes no mail\r\n", RES_REFUSED, false, "RCPT TO: 556 5.1.10" },
		{ DATA, "554 5.1.1 no such recipient\r\n", RES_REFUSED, false, "DATA: 554 5.1.1" },
		{ DOT, "550 5.2.1 closed\r\n", RES_REFUSED, false, "after the message: 550 5.2.1" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		hears(&words[i]);
}

static void all_else_that_is_said_to_one_mail_is_not_now(void **state)
{
	(void)state;
	static const struct word words[] = {
		{ RCPT, "451 4.7.1 greylisted\r\n", RES_AGAIN, false, "RCPT TO: 451 4.7.1" },
		{ RCPT, "450 4.2.0 busy\r\n", RES_AGAIN, false, "RCPT TO: 450 4.2.0" },
		/* Postfix says these at RCPT to whoever asks: a list, a sender, a client it does not relay for. */
		{ RCPT, "554 5.7.1 Service unavailable; Client host blocked\r\n", RES_AGAIN, false, "RCPT TO: 554 5.7.1" },
		{ RCPT, "550 5.1.0 Sender address rejected\r\n", RES_AGAIN, false, "RCPT TO: 550 5.1.0" },
		{ RCPT, "550 5.1.8 Sender address rejected\r\n", RES_AGAIN, false, "RCPT TO: 550 5.1.8" },
		{ RCPT, "554 Relay access denied\r\n", RES_AGAIN, false, "RCPT TO: 554" },
		{ RCPT, "550 relay not permitted\r\n", RES_AGAIN, false, "RCPT TO: 550" },
		{ RCPT, "530 5.7.0 sign in first\r\n", RES_AGAIN, false, "RCPT TO: 530 5.7.0" },
		{ DATA, "451 later\r\n", RES_AGAIN, false, "DATA: 451" },
		{ DATA, "554 no\r\n", RES_AGAIN, false, "DATA: 554" },
		{ DOT, "451 4.3.0 filter away\r\n", RES_AGAIN, false, "after the message: 451 4.3.0" },
		{ DOT, "552 5.3.4 too big\r\n", RES_AGAIN, false, "after the message: 552 5.3.4" },
		{ DOT, "554 5.7.1 spam\r\n", RES_AGAIN, false, "after the message: 554 5.7.1" },
		{ DOT, "550 I do not like it\r\n", RES_AGAIN, false, "after the message: 550" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		hears(&words[i]);
}

static void nobody_there_is_a_server_that_is_away(void **state)
{
	(void)state;
	char log[120];
	begin(TAKES);
	smtp_end(&server);
	assert_int_equal(mail(), RES_AGAIN);
	assert_true(handed.away);
	handover_say(&handed, log);
	assert_string_equal(log, "before MAIL FROM: Couldn't connect to server");
	curl_easy_cleanup(curl);
}

/* ---- how long it is waited for ---- */

static void a_server_may_ponder_over_a_message_longer_than_over_a_command(void **state)
{
	(void)state;
	begin(TAKES);
	patience = (struct post_patience){ 1, 1, 20 };
	box.part = DOT;
	box.says = "250 taken after all\r\n";
	box.after = 3;
	assert_int_equal(mail(), RES_OK);
	end(1, 1, 1);
}

/* Only then does nobody know whether it was taken. */
static void silence_ends_each_part_in_its_time_and_after_the_message_it_is_unsure(void **state)
{
	(void)state;
	static const enum part parts[] = { GREETING, HELLO, MAIL, RCPT, DATA, DOT };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		begin(TAKES);
		patience = parts[i] == DOT ? (struct post_patience){ 9, 9, 1 } : (struct post_patience){ 1, 1, 9 };
		box.part = parts[i];
		time_t from = seconds();
		assert_int_equal(mail(), RES_AGAIN);
		assert_true(seconds() - from < 5);
		assert_int_equal(handed.unsure, parts[i] == DOT);
		assert_int_equal(handed.away, parts[i] <= MAIL);
		assert_int_equal(handed.reply, 0);
		curl_easy_cleanup(curl);
		smtp_end(&server);
	}
}

static void a_refusal_does_not_wait_for_a_server_that_says_no_farewell(void **state)
{
	(void)state;
	begin(TAKES);
	box.part = RCPT;
	box.says = "550 nobody here\r\n";
	box.deaf_to_quit = true;
	time_t from = seconds();
	assert_int_equal(mail(), RES_REFUSED);
	assert_true(seconds() - from < 6);
	end(1, 0, 0);
}

static void *ask_to_stop(void *unused)
{
	(void)unused;
	usleep(300000);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	return NULL;
}

static void whoever_is_to_stop_waits_for_no_silent_server(void **state)
{
	(void)state;
	pthread_t asking;
	begin(TAKES);
	box.part = MAIL;
	time_t from = seconds();
	assert_int_equal(pthread_create(&asking, NULL, ask_to_stop, NULL), 0);
	assert_int_equal(mail(), RES_AGAIN);
	assert_true(seconds() - from < 5);
	assert_int_equal(pthread_join(asking, NULL), 0);
	end(1, 0, 0);
}

static void a_message_on_its_way_is_heard_out_when_we_stop(void **state)
{
	(void)state;
	pthread_t asking;
	begin(TAKES);
	box.part = DOT;
	box.says = "250 taken\r\n";
	box.after = 2;
	assert_int_equal(pthread_create(&asking, NULL, ask_to_stop, NULL), 0);
	assert_int_equal(mail(), RES_OK);
	assert_int_equal(pthread_join(asking, NULL), 0);
	end(1, 1, 1);
}

/* ---- the library without memory ---- */

static int until_none; /* its allocation that fails; 0: none does */

static bool none(void)
{
	return until_none && __atomic_sub_fetch(&until_none, 1, __ATOMIC_ACQ_REL) == 0;
}

static void *fewer(size_t n)
{
	return none() ? NULL : malloc(n);
}

static void *fewer_zeroed(size_t n, size_t size)
{
	return none() ? NULL : calloc(n, size);
}

static void *fewer_more(void *p, size_t n)
{
	return none() ? NULL : realloc(p, n);
}

static char *fewer_copies(const char *s)
{
	return none() ? NULL : strdup(s);
}

/* Before anybody else starts it: then it keeps to these. */
static bool give_allocator(void)
{
	__typeof__(curl_global_init_mem) *init;
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL), *found = library ? dlsym(library, "curl_global_init_mem") : NULL;
	memcpy(&init, &found, sizeof(found));
	return found && init(CURL_GLOBAL_DEFAULT, fewer, free, fewer_more, fewer_copies, fewer_zeroed) == CURLE_OK;
}

static void a_mail_that_is_said_to_be_accepted_was_whichever_allocation_fails(void **state)
{
	int failed = 0;
	bool all = false;
	(void)state;
	for (int n = 1; !all; n++) {
		begin(TAKES);
		until_none = n;
		enum result res = mail();
		all = until_none > 0;
		until_none = 0;
		curl_easy_cleanup(curl);
		smtp_end(&server);
		assert_int_not_equal(res, RES_REFUSED);
		if (res == RES_OK && box.accepted != 1)
			fail_msg("without allocation %d a mail is accepted that nobody got", n);
		failed += res != RES_OK;
	}
	assert_true(failed > 10);
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
		cmocka_unit_test(what_a_server_says_to_everybody_is_never_for_good),
		cmocka_unit_test(a_mail_is_refused_for_good_when_the_server_says_it_is_the_recipient),
		cmocka_unit_test(all_else_that_is_said_to_one_mail_is_not_now),
		cmocka_unit_test(nobody_there_is_a_server_that_is_away),
		cmocka_unit_test(a_server_may_ponder_over_a_message_longer_than_over_a_command),
		cmocka_unit_test(silence_ends_each_part_in_its_time_and_after_the_message_it_is_unsure),
		cmocka_unit_test(a_refusal_does_not_wait_for_a_server_that_says_no_farewell),
		cmocka_unit_test(whoever_is_to_stop_waits_for_no_silent_server),
		cmocka_unit_test(a_message_on_its_way_is_heard_out_when_we_stop),
		cmocka_unit_test(a_mail_that_is_said_to_be_accepted_was_whichever_allocation_fails),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	alarm(120);
	if (clock_zone("Europe/Oslo") != RES_OK || !give_allocator())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
