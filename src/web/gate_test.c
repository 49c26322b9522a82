/* Who may enter which route, from which pages, and which routes do not even start. */
#include "web/web_testing.h"

#include <stdio.h>

static void only_those_may_enter_whom_the_route_names(void **state)
{
	(void)state;
	gives("GET /chief HTTP/1.1\r\n" ALICE END, 200, "alice");
	gives("GET /chief HTTP/1.1\r\n" BOB END, 403, NULL);
	gives("GET /mine HTTP/1.1\r\n" BOB END, 200, "bob");
	gives("GET /both HTTP/1.1\r\n" BOB END, 200, "bob");
	gives("GET /both HTTP/1.1\r\n" END, 200, "nobody");
	gives("GET /open HTTP/1.1\r\n" BOB END, 200, "nobody");
	gives("GET /chief?a=b HTTP/1.1\r\n" END, 303, "\r\nLocation: /sign-in?to=%2Fchief\r\n");
	gives("GET /token HTTP/1.1\r\n" END, 303, "\r\nLocation: /sign-in\r\n");
	gives("POST /mine HTTP/1.1\r\n" H "Content-Length: 0\r\nConnection: close\r\n\r\n", 403, NULL);
	/* Two cookies of one name, and one that holds what no cookie may. */
	gives("GET /mine HTTP/1.1\r\nCookie: s=alice; s=bob\r\n" END, 303, NULL);
	gives("GET /mine HTTP/1.1\r\nCookie: s=\"alice\"\r\n" END, 303, NULL);
	gives("GET /mine HTTP/1.1\r\nCookie: S=alice\r\n" END, 303, NULL);
}

static void a_page_that_asks_by_itself_is_told_that_nobody_is_signed_in(void **state)
{
	(void)state;
	gives("GET /chief/poll HTTP/1.1\r\n" END, 200, "\r\n\r\n{\"signedOut\":true}");
	gives("GET /chief/poll HTTP/1.1\r\n" BOB END, 403, NULL);
	gives("GET /chief/poll HTTP/1.1\r\n" ALICE END, 200, "alice");
}

static void a_change_needs_the_token_of_its_own_session(void **state)
{
	(void)state;
	gives(POST_MINE("", "26", "note=hei&csrf=token-of-alice"), 403, NULL); /* cut: the last two are missing */
	gives(POST_MINE("", "28", "note=hei&csrf=token-of-alice"), 200, "hei");
	gives(POST_MINE("", "26", "note=hei&csrf=token-of-bob"), 403, NULL);
	gives(POST_MINE("", "8", "note=hei"), 403, NULL);
	gives(POST_MINE("", "14", "note=hei&csrf="), 403, NULL);
	gives(POST_MINE("", "48", "csrf=token-of-alice&csrf=token-of-alice&note=hei"), 403, NULL);
	gives("POST /mine?csrf=token-of-alice HTTP/1.1\r\n" ALICE FORM "Content-Length: 8\r\n" END "note=hei", 403, NULL);
	gives("POST /binary HTTP/1.1\r\n" ALICE "Makker-Csrf: token-of-alice\r\nContent-Length: 3\r\n" END "a&b", 200, "a&b");
	gives("POST /binary HTTP/1.1\r\n" ALICE "Content-Length: 3\r\n" END "a&b", 403, NULL);
	gives("DELETE /mine HTTP/1.1\r\n" ALICE "Makker-Csrf: token-of-alice\r\n" END, 200, NULL);
	gives("DELETE /mine HTTP/1.1\r\n" ALICE END, 403, NULL);
	/* A bearer token is sent by no browser on its own. */
	gives("POST /binary HTTP/1.1\r\nAuthorization: Bearer machine\r\nContent-Length: 1\r\n" END "a", 200, NULL);
}

static void a_change_must_come_from_our_own_pages(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		int status;
	} cases[] = {
		{ "", 200 },
		{ "Sec-Fetch-Site: same-origin\r\n", 200 },
		{ "Sec-Fetch-Site: none\r\n", 200 },
		{ "Sec-Fetch-Site: cross-site\r\n", 403 },
		{ "Sec-Fetch-Site: same-site\r\n", 403 },
		{ "Sec-Fetch-Site: \r\n", 403 },
		{ "Origin: https://duty.localhost\r\n", 200 },
		{ "Origin: https://evil.example\r\n", 403 },
		{ "Origin: http://duty.localhost\r\n", 403 },
		{ "Origin: https://duty.localhost.evil.example\r\n", 403 },
		{ "Origin: null\r\n", 200 }, /* a form of ours in a browser that knows no Sec-Fetch-Site */
		{ "Origin: null\r\nSec-Fetch-Site: same-origin\r\n", 200 }, /* and in one that does */
		{ "Origin: null\r\nSec-Fetch-Site: cross-site\r\n", 403 },
		{ "Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n", 403 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char request[1000];
		snprintf(request, sizeof(request), "POST /open HTTP/1.1\r\n" FORM "%sContent-Length: 6\r\n" END "note=a",
			 cases[i].head);
		gives(request, cases[i].status, NULL);
		snprintf(request, sizeof(request), POST_MINE("%s", "28", "note=hei&csrf=token-of-alice"), cases[i].head);
		gives(request, cases[i].status, NULL);
	}
	gives("GET /open HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\n" END, 200, NULL); /* a link from the intranet */
}

static void refused_to_start(const struct route *r, size_t n, bool gate)
{
	struct web *w;
	struct web_setup s = setup();
	if (!gate)
		s.who = NULL;
	assert_int_equal(web_new(&s, &w), RES_OK);
	web_routes(w, r, n, NULL);
	assert_int_equal(web_start(w), RES_BROKEN);
	web_free(&w);
}

static void it_does_not_start_with_a_route_that_is_wrong(void **state)
{
	(void)state;
	static const struct field unbounded[] = { { .name = "a", .kind = FIELD_TEXT }, { 0 } };
	static const struct field an_id[] = { { .name = "a", .kind = FIELD_ID }, { 0 } };
	static const struct field hers[] = { { .name = "a", .kind = FIELD_ID, .whose = "hers" }, { 0 } };
	static const struct route bad[][2] = {
		{ { METHOD_GET, "/a", 0, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "a", MAY_ANYBODY, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "/a/", MAY_ANYBODY, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "/{a", MAY_ANYBODY, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "/x{a}", MAY_ANYBODY, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "/../a", MAY_ANYBODY, NULL, hello, 0, 0 } },
		{ { METHOD_GET, "/a", MAY_ANYBODY, unbounded, hello, 0, 0 } },
		{ { METHOD_GET, "/a", MAY_ANYBODY, NULL, NULL, 0, 0 } },
		{ { METHOD_POST, "/a", MAY_ANYBODY, NULL, hello, FLAG_SECRET | FLAG_GZIP | FLAG_NO_CSRF, 0 } },
		{ { METHOD_GET, "/a", MAY_ANYBODY, NULL, hello, FLAG_BINARY, 0 } },
		{ { METHOD_POST, "/a", MAY_SIGNED_IN, NULL, hello, FLAG_NO_CSRF, 0 } },
		{ { METHOD_POST, "/a", MAY_ANYBODY, NULL, hello, 0, (size_t)5 << 20 } },
		{ { METHOD_GET, "/a/{b}", MAY_ANYBODY, NULL, hello, 0, 0 } },          /* whose is it? */
		{ { METHOD_GET, "/a/{b}", MAY_ANYBODY, NULL, hello, 0, 0, "" } },
		{ { METHOD_POST, "/a", MAY_ANYBODY, an_id, hello, 0, 0 } },
		{ { METHOD_GET, "/a", MAY_ANYBODY, NULL, hello, 0, 0, "hers" } },      /* whose is what? */
		{ { METHOD_POST, "/a", MAY_ANYBODY, an_id, hello, 0, 0, "hers" } },    /* the field itself says it */
		{ { METHOD_POST, "/a", MAY_SIGNED_IN, hers, hello, 0, 0, "hers" } },
		{ { METHOD_POST, "/a", MAY_SIGNED_IN, NULL, hello, FLAG_BINARY, 0, NULL, "tasks" } },
		{ { METHOD_POST, "/a", MAY_SIGNED_IN, NULL, hello, 0, 0, "hers", "tasks" } }, /* a form has no JSON */
	};
	static const struct route twice[] = { { METHOD_GET, "/a/{b}", MAY_ANYBODY, NULL, hello, 0, 0, "hers" },
					      { METHOD_GET, "/b", MAY_ANYBODY, NULL, hello, 0, 0 },
					      { METHOD_GET, "/a/{c}", MAY_SIGNED_IN, NULL, hello, 0, 0, "hers" } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused_to_start(bad[i], 1, true);
	refused_to_start(twice, 3, true);
	static const struct route gated[] = { { METHOD_GET, "/a", MAY_SIGNED_IN, NULL, hello, 0, 0 } };
	refused_to_start(gated, 1, false);
	char at[40];
	snprintf(at, sizeof(at), "127.0.0.1:%d", web_port(web));
	const char *const places[] = { at, "127.0.0.1", "localhost:0", "unix:/nowhere/x.sock", "127.0.0.1:99999" };
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct web *w;
		struct web_setup s = setup();
		s.listen = places[i];
		assert_int_equal(web_new(&s, &w), RES_OK);
		assert_int_equal(web_start(w), RES_BROKEN);
		web_free(&w);
	}
}

static void count(const struct route *r, void *ctx)
{
	assert_true(r->may != 0);
	++*(size_t *)ctx;
}

static void every_route_can_be_listed(void **state)
{
	(void)state;
	size_t n = 0;
	web_each_route(web, count, &n);
	assert_int_equal(n, room_routes);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		T(only_those_may_enter_whom_the_route_names),
		T(a_page_that_asks_by_itself_is_told_that_nobody_is_signed_in),
		T(a_change_needs_the_token_of_its_own_session),
		T(a_change_must_come_from_our_own_pages),
		T(it_does_not_start_with_a_route_that_is_wrong),
		T(every_route_can_be_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
