/* What a request may look like: heads, paths, methods, bodies, and what is refused before any handler. */
#include "web/web_testing.h"

#include <stdlib.h>
#include <string.h>

static void heads_that_can_be_read_in_two_ways_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"POST /open HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /open HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"POST /open HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		"POST /open HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\nabc",
		"POST /open HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\nabc",
		"POST /open HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\nabc",
		"POST /open HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"POST /open HTTP/1.1\r\n" H "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"POST /open HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET /open HTTP/1.1\r\n" H "Foo : bar\r\n\r\n",
		"GET /open HTTP/1.1\r\n" H "Content-Length : 5\r\n\r\nGET /",
		"GET /open HTTP/1.1\r\nHost : duty.localhost\r\n\r\n",
		"GET /open HTTP/1.1\r\n\r\n",
		"GET /open HTTP/1.0\r\n\r\n",
		"GET /open HTTP/1.1\r\n" H H "\r\n",
		"GET /open HTTP/1.1\r\nHost: \r\n\r\n",
		"GET /open HTTP/1.1\r\nHost: duty.localhost:x\r\n\r\n",
		"GET http://duty.localhost/open HTTP/1.1\r\n" END,
		"GET open HTTP/1.1\r\n" END,
		"GET /a\x01 HTTP/1.1\r\n" END,
		"GET /\xc3\xa5 HTTP/1.1\r\n" END,
		"GET /p/%00 HTTP/1.1\r\n" END,
		"GET /p/../open HTTP/1.1\r\n" END,
		"GET /p/%2e%2e HTTP/1.1\r\n" END,
		"GET /p/a%2fb HTTP/1.1\r\n" END,
		"GET /p/%c0%af HTTP/1.1\r\n" END,
		"GET /open HTTP/1.1\r\n" H "Origin: a\r\nOrigin: b\r\n\r\n",
		"GET /open HTTP/1.1\r\n" H "X: a\x01" "b\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char *a = ask(bad[i]);
		int status = status_of(a);
		if (status != 400)
			fail_msg("%s\ngives:\n%s", bad[i], a);
		/* One answer and the end: what follows the head is never read as a second request. */
		assert_null(strstr(a + 1, "HTTP/1.1 2"));
		free(a);
	}
	assert_int_equal(handled, 0);
}

static void other_names_and_absurd_addresses_are_refused(void **state)
{
	(void)state;
	gives("GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421, NULL);
	gives("GET /open HTTP/1.1\r\nHost: DUTY.localhost:8080\r\nConnection: close\r\n\r\n", 200, "nobody");
	struct buf b = BUF_LIMIT(100000);
	buf_str(&b, "GET /open?");
	for (int i = 0; i < 500; i++)
		buf_str(&b, "0123456789");
	buf_str(&b, " HTTP/1.1\r\n" END);
	gives(b.p, 414, NULL);
	buf_reset(&b);
	buf_str(&b, "GET /open HTTP/1.1\r\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "X-%d: a\r\n", i);
	buf_str(&b, END);
	gives(b.p, 431, NULL);
	buf_free(&b);
}

static void methods_and_paths(void **state)
{
	(void)state;
	gives("GET /nowhere HTTP/1.1\r\n" END, 404, NULL);
	gives("GET /p/ HTTP/1.1\r\n" END, 404, NULL);
	gives("PUT /open HTTP/1.1\r\n" END, 405, "\r\nAllow: GET, HEAD, POST\r\n");
	gives("OPTIONS /open HTTP/1.1\r\n" END, 405, "\r\nAllow: GET, HEAD, POST\r\n");
	gives("BREW /chief HTTP/1.1\r\n" END, 405, "\r\nAllow: GET, HEAD\r\n");
	gives("TRACE /nowhere HTTP/1.1\r\n" END, 404, NULL);
	gives("GET /p/new HTTP/1.1\r\n" END, 200, "literal");
	gives("GET /p/%C3%85se%20%3C HTTP/1.1\r\n" END, 200, "Åse &lt;");
	gives("GET /p/%2541 HTTP/1.1\r\n" END, 200, "%41");
	gives("GET /move HTTP/1.1\r\n" END, 303, "\r\nLocation: /open?done=1\r\n");
	gives("GET /broken HTTP/1.1\r\n" END, 503, NULL);
	char *a = ask("HEAD /open HTTP/1.1\r\n" END);
	assert_int_equal(status_of(a), 200);
	has_fence(a);
	assert_non_null(strstr(a, "\r\nContent-Length: 6\r\n"));
	assert_string_equal(a + strlen(a) - 4, "\r\n\r\n");
	free(a);
}

static void bodies_have_a_limit(void **state)
{
	(void)state;
	/* Said at once: nothing of the body was sent yet. */
	gives("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 2000000\r\n\r\n", 413, NULL);
	gives("GET /open HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 413, NULL);
	/* Counted. */
	struct buf huge = BUF_LIMIT(3000000);
	buf_str(&huge, "POST /open HTTP/1.1\r\n" FORM "Transfer-Encoding: chunked\r\n" END "1e8480\r\n");
	for (int i = 0; i < 200000; i++)
		buf_str(&huge, "aaaaaaaaaa");
	buf_str(&huge, "\r\n0\r\n\r\n");
	char *a = ask_n(huge.p, huge.n);
	assert_int_equal(status_of(a), 413);
	has_fence(a);
	free(a);
	assert_int_equal(handled, 0);
	/* And the twin that fits, chunk by chunk. */
	gives("POST /open HTTP/1.1\r\n" H FORM "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
	      "3\r\nnot\r\n4\r\ne=ab\r\n0\r\n\r\n", 200, "\r\n\r\nab");
	buf_free(&huge);
}

/* What the library refuses by itself, before it calls us, has no fence; but nothing of the request is in it either. */
static void what_the_library_refuses_by_itself_echoes_nothing(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"POST /open HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\nX: echo\r\n\r\n",
		"GET /open HTTP/1.1\r\nHost duty.localhost echo\r\n\r\n",
		"GET /open HTTP/1.1\r\nX: echo\r\n\r\n",
		"echo\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char *a = ask(bad[i]);
		assert_true(status_of(a) == 400 || status_of(a) == 413 || !*a);
		assert_null(strstr(a, "echo"));
		free(a);
	}
	assert_int_equal(handled, 0);
}

static void forms_come_as_forms(void **state)
{
	(void)state;
	gives("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 15\r\nConnection: close\r\n\r\nnote=O%27Brien+", 200,
	      "O&#39;Brien");
	gives("POST /open HTTP/1.1\r\n" H "Content-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nnote=a",
	      415, NULL);
	gives("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 8\r\nConnection: close\r\n\r\nnote=%00", 200, "bad");
	/* The query of a POST is not its form. */
	gives("POST /open?note=a HTTP/1.1\r\n" H "Content-Length: 0\r\nConnection: close\r\n\r\n", 200, "\r\n\r\nn");
}

static void a_connection_carries_many_requests(void **state)
{
	(void)state;
	char *a = ask("GET /open HTTP/1.1\r\n" H "\r\nPOST /open HTTP/1.1\r\n" H FORM
		      "Content-Length: 6\r\n\r\nnote=bGET /p/c HTTP/1.1\r\n" END);
	int answers = 0;
	for (const char *p = a; (p = strstr(p, "HTTP/1.1 200")); p++)
		answers++;
	assert_int_equal(answers, 3);
	free(a);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		T(heads_that_can_be_read_in_two_ways_are_refused),
		T(other_names_and_absurd_addresses_are_refused),
		T(methods_and_paths),
		T(bodies_have_a_limit),
		T(what_the_library_refuses_by_itself_echoes_nothing),
		T(forms_come_as_forms),
		T(a_connection_carries_many_requests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
