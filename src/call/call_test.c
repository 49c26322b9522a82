#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "call/call.h"

#define OK_TWO "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define PIECE 2000

/* ---- the head ---- */

static enum result head_of(const char *text, struct call_head *h)
{
	*h = (struct call_head){ 0 };
	return call_read_head(slice_of(text), h);
}

static void a_head_says_status_and_length(void **state)
{
	struct call_head h;
	(void)state;
	assert_int_equal(head_of("HTTP/1.1 503 Service Unavailable\r\nconnection: Close\r\nCONTENT-LENGTH: 12 \r\n\r\nabc", &h), RES_OK);
	assert_int_equal(h.status, 503);
	assert_int_equal(h.length, 12);
	assert_true(h.closes);
	assert_int_equal(head_of("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", &h), RES_OK);
	assert_int_equal(h.length, 0);
	assert_false(h.closes);
}

static void a_head_that_has_not_come_whole_is_waited_for(void **state)
{
	struct call_head h;
	(void)state;
	for (size_t n = 0; n < sizeof(OK_TWO) - 3; n++)
		assert_int_equal(call_read_head((struct slice){ OK_TWO, n }, &h), RES_AGAIN);
}

static void what_our_server_does_not_say_is_no_head(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n",
		"HTTP/1.1 2000\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 -12 OK\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
		"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\n", "SSH-2.0-x\r\n\r\n", "\r\n\r\n",
	};
	struct call_head h;
	char much[CALL_HEAD_MOST + 1];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (head_of(bad[i], &h) != RES_BAD)
			fail_msg("taken: %s", bad[i]);
	memset(much, 'x', sizeof(much));
	assert_int_equal(call_read_head((struct slice){ much, CALL_HEAD_MOST - 1 }, &h), RES_AGAIN);
	assert_int_equal(call_read_head((struct slice){ much, CALL_HEAD_MOST }, &h), RES_BAD);
}

/* ---- a server that says what it is told to ---- */

struct answer {
	const char *says; /* after one question; NULL: closes without a word */
	bool hangs_up;    /* and then closes */
	int pause_ms;     /* before it says so */
};

struct server {
	char where[120], path[108];
	int fd, taken; /* taken: connections */
	const struct answer *answers;
	size_t n, asked;
	char heard[8192];
	pthread_t thread;
};

/* `heard` stays what it was until another question has come whole. */
static bool hear_question(struct server *s, int fd)
{
	char heard[sizeof(s->heard)] = "";
	for (size_t had = 0; had < sizeof(heard) - 1;) {
		ssize_t n = read(fd, heard + had, sizeof(heard) - 1 - had);
		if (n <= 0)
			return false;
		had += (size_t)n;
		const char *end = strstr(heard, "\r\n\r\n"), *length = strstr(heard, "Content-Length: ");
		if (end && (!length || had >= (size_t)(end + 4 - heard) + (size_t)strtoul(length + 16, NULL, 10))) {
			memcpy(s->heard, heard, sizeof(heard));
			return true;
		}
	}
	return false;
}

/* In pieces, as a network has it. */
static void say(int fd, const char *text)
{
	for (size_t at = 0, n = strlen(text); at < n; at += PIECE)
		if (send(fd, text + at, n - at < PIECE ? n - at : PIECE, MSG_NOSIGNAL) < 0)
			return;
}

static void *serve(void *arg)
{
	struct server *s = arg;
	while (s->asked < s->n) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		s->taken++;
		while (s->asked < s->n && hear_question(s, fd)) {
			const struct answer *a = &s->answers[s->asked++];
			usleep((useconds_t)a->pause_ms * 1000);
			if (a->says)
				say(fd, a->says);
			if (a->hangs_up || !a->says)
				break;
		}
		close(fd);
	}
	return NULL;
}

static void server_start(struct server *s, const struct answer *answers, size_t n)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/makker-call-XXXXXX";
	assert_non_null(mkdtemp(folder));
	*s = (struct server){ .answers = answers, .n = n };
	snprintf(s->path, sizeof(s->path), "%s/socket", folder);
	snprintf(s->where, sizeof(s->where), "unix:%s", s->path);
	memcpy(at.sun_path, s->path, strlen(s->path) + 1);
	s->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->fd, 5), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_end(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	unlink(s->path);
	*strrchr(s->path, '/') = '\0';
	rmdir(s->path);
}

static enum result ask(struct call_line *line, const struct server *s, int *status, struct buf *out)
{
	const struct call_question q = { .where = s->where, .path = "/door/1/people?after=0", .seconds = 10 };
	buf_reset(out);
	return call_ask(line, &q, status, out);
}

/* ---- asking ---- */

static void an_answer_comes_with_its_status_and_the_connection_is_kept(void **state)
{
	static const struct answer answers[] = { { .says = OK_TWO }, { .says = "HTTP/1.1 204 No Content\r\n\r\n" },
						 { .says = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nnot" } };
	struct server s;
	struct call_line *line = call_line_new();
	struct buf out = BUF_LIMIT(100);
	int status = 0;
	(void)state;
	server_start(&s, answers, ARRAY_LEN(answers));
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	assert_int_equal(status, 200);
	assert_string_equal(out.p, "{}");
	assert_string_equal(s.heard, "GET /door/1/people?after=0 HTTP/1.1\r\nHost: door\r\n\r\n");
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	assert_int_equal(status, 204);
	assert_int_equal(out.n, 0);
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	assert_int_equal(status, 404);
	server_end(&s);
	assert_int_equal(s.taken, 1);
	call_line_free(&line);
	buf_free(&out);
}

static void a_body_is_sent_and_a_large_one_comes_whole(void **state)
{
	enum { LARGE = 300000 };
	char *text = malloc(LARGE + 200);
	int head = sprintf(text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE);
	memset(text + head, 'x', LARGE);
	text[head + LARGE] = '\0';
	const struct answer answers[] = { { .says = text } };
	struct server s;
	struct call_line *line = call_line_new();
	struct buf out = BUF_LIMIT(LARGE), json = BUF_LIMIT(100);
	int status = 0;
	(void)state;
	server_start(&s, answers, 1);
	buf_str(&json, "{\"facts\":[]}");
	const struct call_question q = { .where = s.where, .path = "/door/1/facts", .json = &json, .seconds = 10 };
	assert_int_equal(call_ask(line, &q, &status, &out), RES_OK);
	assert_int_equal(out.n, LARGE);
	assert_non_null(strstr(s.heard, "POST /door/1/facts HTTP/1.1\r\n"));
	assert_non_null(strstr(s.heard, "\r\n\r\n{\"facts\":[]}"));
	server_end(&s);
	call_line_free(&line);
	buf_free(&out);
	buf_free(&json);
	free(text);
}

static void a_connection_that_was_closed_meanwhile_is_made_anew(void **state)
{
	static const struct answer answers[] = { { .says = OK_TWO, .hangs_up = true }, { .says = OK_TWO }, { .says = NULL }, { .says = OK_TWO } };
	struct server s;
	struct call_line *line = call_line_new();
	struct buf out = BUF_LIMIT(100);
	int status = 0;
	(void)state;
	server_start(&s, answers, ARRAY_LEN(answers));
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	/* It hears the third and closes: that one is asked once more. */
	assert_int_equal(ask(line, &s, &status, &out), RES_OK);
	assert_string_equal(out.p, "{}");
	server_end(&s);
	assert_int_equal(s.taken, 3);
	call_line_free(&line);
	buf_free(&out);
}

static void no_answer_of_ours_is_broken_and_too_long_a_one_is_bad(void **state)
{
	static const struct answer answers[] = {
		{ .says = NULL }, { .says = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .hangs_up = true },
		{ .says = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nmore" }, { .says = "HTTP/1.1 200 OK\r\n\r\n" },
		{ .says = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
			  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" },
	};
	struct server s;
	struct call_line *line = call_line_new();
	struct buf out = BUF_LIMIT(100);
	int status = -1;
	(void)state;
	server_start(&s, answers, ARRAY_LEN(answers));
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(line, &s, &status, &out), RES_BROKEN);
	assert_int_equal(ask(line, &s, &status, &out), RES_BAD);
	assert_int_equal(status, -1);
	server_end(&s);
	buf_free(&out);
	out = BUF_LIMIT(100);
	assert_int_equal(ask(line, &s, &status, &out), RES_BROKEN); /* nobody is there any more */
	call_line_free(&line);
	buf_free(&out);
}

static bool not_wanted(void *ctx)
{
	return ++*(int *)ctx > 1;
}

static void a_question_ends_when_it_is_not_wanted_or_takes_too_long(void **state)
{
	static const struct answer answers[] = { { .says = OK_TWO, .pause_ms = 1500, .hangs_up = true },
						 { .says = OK_TWO, .pause_ms = 1500, .hangs_up = true } };
	struct server s;
	struct call_line *line = call_line_new();
	struct buf out = BUF_LIMIT(100);
	int status = -1, looks = 0;
	(void)state;
	server_start(&s, answers, ARRAY_LEN(answers));
	struct call_question q = { .where = s.where, .path = "/", .seconds = 60, .unwanted = not_wanted, .ctx = &looks };
	assert_int_equal(call_ask(line, &q, &status, &out), RES_BROKEN);
	assert_int_equal(looks, 2);
	q = (struct call_question){ .where = s.where, .path = "/", .seconds = 1 };
	assert_int_equal(call_ask(line, &q, &status, &out), RES_BROKEN);
	assert_int_equal(status, -1);
	server_end(&s);
	call_line_free(&line);
	buf_free(&out);
}

static void what_is_no_place_is_not_called(void **state)
{
	static const char *const places[] = { "unix:/nowhere/at/all", "127.0.0.1", "127.0.0.1:http", "[::1]:1", "127.0.0.1:1", "" };
	struct buf out = BUF_LIMIT(100);
	int status = -1;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct call_line *line = call_line_new();
		const struct call_question q = { .where = places[i], .path = "/", .seconds = 5 };
		assert_int_equal(call_ask(line, &q, &status, &out), RES_BROKEN);
		call_line_free(&line);
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_says_status_and_length),
		cmocka_unit_test(a_head_that_has_not_come_whole_is_waited_for),
		cmocka_unit_test(what_our_server_does_not_say_is_no_head),
		cmocka_unit_test(an_answer_comes_with_its_status_and_the_connection_is_kept),
		cmocka_unit_test(a_body_is_sent_and_a_large_one_comes_whole),
		cmocka_unit_test(a_connection_that_was_closed_meanwhile_is_made_anew),
		cmocka_unit_test(no_answer_of_ours_is_broken_and_too_long_a_one_is_bad),
		cmocka_unit_test(a_question_ends_when_it_is_not_wanted_or_takes_too_long),
		cmocka_unit_test(what_is_no_place_is_not_called),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
