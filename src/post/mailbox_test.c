/* Returned mail in a mailbox: whose it is, and what is done with it; here with a Maildir of files (tests/commands has real servers). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "post/mailbox.h"
#include "post/mailbox_inside.h"

#define OURS "00112233445566778899aabbccddeeff"
#define OTHERS "ffeeddccbbaa99887766554433221100"
#define DOMAIN "bounce.example"

static void token_is(const char *message, const char *token)
{
	struct slice found;
	enum result res = mailbox_token(slice_of(message), DOMAIN, &found);
	assert_int_equal(res, token ? RES_OK : RES_NONE);
	if (token)
		assert_true(slice_is(found, token));
}

static void the_address_it_came_back_to_stands_in_its_head(void **state)
{
	(void)state;
	token_is("To: b-" OURS "@" DOMAIN "\r\n\r\nx", OURS);
	token_is("Received: by x\nDelivered-To: <b-" OURS "@BOUNCE.example>\n\n", OURS);
	token_is("to: Makker\n <b-" OURS "@" DOMAIN ">\n\n", OURS);
	token_is("X-Original-To: B-00112233445566778899AABBCCDDEEFF@" DOMAIN "\n\n", "00112233445566778899AABBCCDDEEFF");
	token_is("Subject: b-" OURS "@" DOMAIN "\n\n", NULL);
	token_is("From: x\n\nTo: b-" OURS "@" DOMAIN "\n", NULL);
	token_is("To: b-" OURS "@elsewhere.example\n\n", NULL);
	token_is("To: b-001122@" DOMAIN "\n\n", NULL);
	token_is("To: b-0011223344556677889-aabbccddeeff@" DOMAIN "\n\n", NULL);
	token_is("To: b-" OURS "@bounce.exampl", NULL);
	token_is("", NULL);
}

static void a_mailbox_is_named_by_its_way(void **state)
{
	static const char *const good[] = { "imaps://mail.example", "imaps://mail.example:1993/Returned", "pop3s://mail.example", "/var/mail/r",
					    "imap://127.0.0.1:143/INBOX", "pop3://localhost:110" };
	static const char *const bad[] = { "", "mail", "imap://mail.example", "pop3://mail.example", "https://x", "imaps://", "imaps:///x",
					   "imaps://a@b/x", "imaps://h/x;UID=1", "mail/dir", "/var/../etc", "imap://127.0.0.1.evil.example/" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!post_mailbox_ok(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (post_mailbox_ok(bad[i]))
			fail_msg("%s", bad[i]);
}

/* ---- a Maildir ---- */

static struct {
	char folder[60];
	struct mailbox *m;
	int asked;
	bool broken; /* the database does not take it down */
} town;

static int set_up(void **state)
{
	char path[100];
	(void)state;
	memset(&town, 0, sizeof(town));
	snprintf(town.folder, sizeof(town.folder), "/tmp/makker-maildir.XXXXXX");
	if (!mkdtemp(town.folder))
		return -1;
	static const char *const folders[] = { "new", "cur", "tmp" };
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", town.folder, folders[i]);
		if (mkdir(path, 0700) != 0)
			return -1;
	}
	struct post_mailbox setup = { .where = town.folder };
	town.m = mailbox_new(&setup, DOMAIN);
	return 0;
}

static bool there(const char *name)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", town.folder, name);
	return access(path, F_OK) == 0;
}

static void put(const char *name, const char *text, size_t more)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", town.folder, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	for (size_t i = 0; i < more; i++)
		fputc('x', f);
	fclose(f);
}

static int tear_down(void **state)
{
	char command[100];
	static const char *const names[] = { "new/1", "new/2", "new/3", "cur/4", "new/5", "new/6", "new", "cur", "tmp", "" };
	(void)state;
	mailbox_free(&town.m);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(command, sizeof(command), "%s/%s", town.folder, names[i]);
		(void)remove(command);
	}
	return 0;
}

static enum result take(void *ctx, struct slice token, struct slice message, bool *ours_r)
{
	(void)ctx;
	assert_true(message.n <= MAILBOX_MESSAGE_MOST);
	town.asked++;
	if (town.broken)
		return RES_BROKEN;
	*ours_r = slice_is(token, OURS);
	return *ours_r ? RES_OK : RES_NONE;
}

static int round_of(enum result want)
{
	bool stop = false;
	int n = -1;
	town.asked = 0;
	assert_int_equal(mailbox_round(town.m, &stop, take, NULL, &n), want);
	return n;
}

static void ours_goes_and_all_else_is_left_and_read_once(void **state)
{
	(void)state;
	put("new/1", "To: b-" OURS "@" DOMAIN "\n\nfailed", 0);
	put("new/2", "To: b-" OTHERS "@" DOMAIN "\n\nthe other program's", 0);
	put("new/3", "To: anna@fjordvik.example\n\nlunch?", 0);
	put("cur/4", "Delivered-To: b-" OURS "@" DOMAIN "\n\nfailed", 0);
	assert_int_equal(round_of(RES_OK), 2);
	assert_false(there("new/1") || there("cur/4"));
	assert_true(there("new/2") && there("new/3"));
	assert_int_equal(round_of(RES_OK), 0);
	assert_int_equal(town.asked, 0);
}

static void what_could_not_be_written_stays_and_is_read_again(void **state)
{
	(void)state;
	put("new/1", "To: b-" OURS "@" DOMAIN "\n\nfailed", 0);
	town.broken = true;
	assert_int_equal(round_of(RES_AGAIN), 0);
	assert_true(there("new/1"));
	town.broken = false;
	assert_int_equal(round_of(RES_OK), 1);
	assert_false(there("new/1"));
}

static void a_huge_one_is_read_so_far_and_a_link_not_at_all(void **state)
{
	char path[200];
	(void)state;
	put("new/5", "To: b-" OURS "@" DOMAIN "\n\n", MAILBOX_MESSAGE_MOST * 4);
	snprintf(path, sizeof(path), "%s/new/6", town.folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(round_of(RES_OK), 1);
	assert_int_equal(town.asked, 1);
	assert_true(access("/etc/passwd", F_OK) == 0);
}

static void one_that_cannot_be_read_stops_no_other_and_is_said_once(void **state)
{
	char log[1000], name[] = "/tmp/makker-mailbox.XXXXXX", path[200];
	(void)state;
	/* Root reads everything: what cannot be read is a folder, whose bytes nobody gets. */
	snprintf(path, sizeof(path), "%s/new/6", town.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/new/5", town.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put("new/1", "To: b-" OURS "@" DOMAIN "\n\nfailed", 0);
	for (int i = 0; i < 2; i++) {
		int fd = mkstemp(name), back = dup(2);
		assert_true(fd >= 0 && dup2(fd, 2) == 2);
		int n = round_of(RES_OK);
		assert_int_equal(dup2(back, 2), 2);
		close(back);
		ssize_t got = pread(fd, log, sizeof(log) - 1, 0);
		log[got < 0 ? 0 : got] = '\0';
		close(fd);
		unlink(name);
		memcpy(strrchr(name, '.'), ".XXXXXX", 8);
		assert_int_equal(n, i == 0);
		assert_string_equal(log, "<3>post: a message in the mailbox of returned mail could not be read; the others are read all the same\n");
	}
}

/* ---- a server, by its kind alone ---- */

static struct {
	int n;             /* messages 1..n */
	int ours, asked_to_go;
	int breaks[3];     /* over which the session breaks off each time */
	int fetched, sessions;
	bool broken;
} server;

static enum result serve(struct mailbox *m)
{
	(void)m;
	server.sessions++;
	server.broken = false;
	return RES_OK;
}

static enum result serve_list(struct mailbox *m, struct buf *names)
{
	(void)m;
	for (int i = 1; i <= server.n; i++)
		buf_printf(names, "%d\n", i);
	return RES_OK;
}

static enum result serve_one(struct mailbox *m, const char *name, struct buf *message)
{
	(void)m;
	assert_false(server.broken);
	server.fetched++;
	for (size_t i = 0; i < ARRAY_LEN(server.breaks); i++)
		if (atoi(name) == server.breaks[i]) {
			server.broken = true;
			return RES_AGAIN;
		}
	buf_printf(message, "To: %s\n\n", atoi(name) == server.ours ? "b-" OURS "@" DOMAIN : "anna@fjordvik.example");
	return RES_OK;
}

static enum result serve_drop(struct mailbox *m, const char *name)
{
	(void)m;
	assert_int_equal(atoi(name), server.ours);
	server.n--;
	server.ours = 0;
	return RES_OK;
}

static enum result serve_end(struct mailbox *m)
{
	(void)m;
	return RES_OK;
}

static const struct mailbox_kind served = { serve, serve_list, serve_one, serve_drop, serve_end };

static void of_very_many_the_newest_are_read_first(void **state)
{
	(void)state;
	town.m->kind = &served;
	server.n = MAILBOX_SEEN_MOST + 2 * MAILBOX_ROUND_MOST;
	memset(server.breaks, 0, sizeof(server.breaks));
	for (int i = 0; i < MAILBOX_SEEN_MOST / MAILBOX_ROUND_MOST + 4; i++) {
		server.ours = server.n + 1; /* another comes back */
		server.n++;
		assert_int_equal(round_of(RES_OK), 1);
	}
}

static void a_message_over_which_the_session_breaks_is_passed_over_until_the_others_are_read(void **state)
{
	(void)state;
	town.m->kind = &served;
	server.n = server.ours = 7;
	server.breaks[0] = 7, server.breaks[1] = 6, server.breaks[2] = 5;
	for (int i = 0; i < 3; i++)
		assert_int_equal(round_of(RES_AGAIN), 0);
	server.fetched = 0;
	assert_int_equal(round_of(RES_OK), 0);
	assert_int_equal(server.fetched, 4);
	server.breaks[0] = 0; /* it can be read now, and is no more passed over */
	assert_int_equal(round_of(RES_AGAIN), 1);
}

/* As POP3: what was deleted is there again when the session breaks off. */
static enum result serve_drop_at_the_end(struct mailbox *m, const char *name)
{
	(void)m;
	assert_int_equal(atoi(name), server.ours);
	server.asked_to_go++;
	return RES_OK;
}

static void what_was_told_is_deleted_though_the_session_broke_off_after_it(void **state)
{
	struct mailbox_kind late = served;
	(void)state;
	late.drop = serve_drop_at_the_end;
	town.m->kind = &late;
	server.n = server.ours = 7;
	server.breaks[0] = 6, server.breaks[1] = server.breaks[2] = 0;
	assert_int_equal(round_of(RES_AGAIN), 1);
	assert_int_equal(town.asked, 1);
	assert_int_equal(round_of(RES_OK), 0);
	assert_int_equal(town.asked, 0); /* told once */
	assert_int_equal(server.asked_to_go, 2);
}

static void a_mailbox_that_is_not_there_is_no_end(void **state)
{
	struct post_mailbox setup = { .where = "/nonexistent/maildir" };
	struct mailbox *m = mailbox_new(&setup, DOMAIN);
	bool stop = false;
	int n;
	(void)state;
	assert_int_equal(mailbox_round(m, &stop, take, NULL, &n), RES_AGAIN);
	mailbox_free(&m);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_it_came_back_to_stands_in_its_head),
		cmocka_unit_test(a_mailbox_is_named_by_its_way),
		TEST(ours_goes_and_all_else_is_left_and_read_once),
		TEST(what_could_not_be_written_stays_and_is_read_again),
		TEST(a_huge_one_is_read_so_far_and_a_link_not_at_all),
		TEST(one_that_cannot_be_read_stops_no_other_and_is_said_once),
		TEST(of_very_many_the_newest_are_read_first),
		TEST(a_message_over_which_the_session_breaks_is_passed_over_until_the_others_are_read),
		TEST(what_was_told_is_deleted_though_the_session_broke_off_after_it),
		cmocka_unit_test(a_mailbox_that_is_not_there_is_no_end),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
