/* The server from outside: real sockets, raw requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "lang/lang.h"
#include "test_assets.h"
#include "web/reply.h"
#include "web/server.h"

#define ROLE_CHIEF 1u
#define ROLE_CLERK 2u
#define H "Host: duty.localhost\r\n"
#define END H "Connection: close\r\n\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct web *web;
static struct clock *by_hand;
static atomic_int handled, news, looked;
static atomic_bool hold;
static char dir[] = "/tmp/web-test-XXXXXX";

/* ---- a room ---- */

static struct answer say(struct req *req, const char *words)
{
	struct html h = html_for(req);
	html_text_str(&h, words);
	return reply_html(req, 200, &h);
}

static struct answer hello(struct req *req, const struct actor *who, void *room)
{
	(void)room;
	handled++;
	return say(req, who ? who->name : "nobody");
}

static struct answer note(struct req *req, const struct actor *who, void *room)
{
	struct slice s = { 0 };
	(void)who;
	(void)room;
	handled++;
	enum result res = req_text(req, "note", &s);
	return say(req, res == RES_OK ? arena_str(req_arena(req), s) : result_word(res));
}

static struct answer part(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	return say(req, arena_str(req_arena(req), req_path(req, 0)));
}

static struct answer literal(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	return say(req, "literal");
}

static struct answer binary(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	struct buf b = BUF_LIMIT(1 << 20);
	buf_slice(&b, req_body(req));
	return reply_bytes(req, 200, "application/octet-stream", &b);
}

static struct answer block(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	while (hold)
		usleep(1000);
	return say(req, "at last");
}

static struct answer look(struct req *req, void *room, bool last)
{
	(void)room;
	looked++;
	if (!news && !last)
		return (struct answer){ NULL };
	return say(req, news ? "news" : "nothing new");
}

static struct answer wait_a_second(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	return reply_later(req, 1, look);
}

static struct answer wait_long(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	return reply_later(req, 30, look);
}

static struct answer fails(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	return reply_result(req, *(enum result *)room);
}

static struct answer moves_on(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	return reply_see_other(req, "/open?done=1");
}

static struct answer big(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	struct html h = html_for(req);
	for (int i = 0; i < 500; i++)
		html_text_str(&h, "the same words again ");
	return reply_html(req, 200, &h);
}

static struct answer peer(struct req *req, const struct actor *who, void *room)
{
	unsigned uid = 0;
	(void)who;
	(void)room;
	enum result res = req_peer_uid(req, &uid);
	return say(req, arena_printf(req_arena(req), "%llx %s %u %d", (unsigned long long)req_peer(req), result_word(res),
				     uid, req_lang(req)));
}

static enum result res_broken = RES_BROKEN;
static const struct field note_fields[] = { { .name = "note", .kind = FIELD_TEXT, .most = 40 }, { 0 } };
static const struct route routes[] = {
	{ METHOD_GET, "/open", MAY_ANYBODY, NULL, hello, 0, 0 },
	{ METHOD_POST, "/open", MAY_ANYBODY, note_fields, note, FLAG_NO_CSRF, 0 },
	{ METHOD_GET, "/both", MAY_ANYBODY | MAY_SIGNED_IN, NULL, hello, 0, 0 },
	{ METHOD_GET, "/mine", MAY_SIGNED_IN, NULL, hello, 0, 0 },
	{ METHOD_POST, "/mine", MAY_SIGNED_IN, note_fields, note, 0, 0 },
	{ METHOD_DELETE, "/mine", MAY_SIGNED_IN, NULL, hello, 0, 0 },
	{ METHOD_GET, "/chief", ROLE_CHIEF, NULL, hello, 0, 0 },
	{ METHOD_GET, "/chief/poll", ROLE_CHIEF, NULL, hello, FLAG_POLL, 0 },
	{ METHOD_GET, "/token", MAY_SIGNED_IN, NULL, hello, FLAG_SECRET, 0 },
	{ METHOD_POST, "/binary", MAY_SIGNED_IN, NULL, binary, FLAG_BINARY, 100000 },
	{ METHOD_GET, "/p/{a}", MAY_ANYBODY, NULL, part, 0, 0 },
	{ METHOD_GET, "/p/new", MAY_ANYBODY, NULL, literal, 0, 0 },
	{ METHOD_GET, "/block", MAY_ANYBODY, NULL, block, FLAG_SLOW, 0 },
	{ METHOD_GET, "/wait", MAY_ANYBODY, NULL, wait_a_second, FLAG_SLOW, 0 },
	{ METHOD_GET, "/wait-long", MAY_ANYBODY, NULL, wait_long, 0, 0 },
	{ METHOD_GET, "/move", MAY_ANYBODY, NULL, moves_on, 0, 0 },
	{ METHOD_GET, "/big", MAY_ANYBODY, NULL, big, FLAG_GZIP, 0 },
	{ METHOD_GET, "/plain", MAY_ANYBODY, NULL, big, 0, 0 },
	{ METHOD_GET, "/peer", MAY_ANYBODY, NULL, peer, 0, 0 },
};
static const struct route broken_route[] = { { METHOD_GET, "/broken", MAY_ANYBODY, NULL, fails, 0, 0 } };

static enum result who(struct req *req, void *ctx, struct actor **who_r)
{
	(void)ctx;
	struct slice s = req_cookie(req, "s");
	bool api = slice_is(req_header(req, "Authorization"), "Bearer machine");
	if (!api && !slice_is(s, "alice") && !slice_is(s, "bob"))
		return RES_NONE;
	struct actor *a = arena_new_of(req_arena(req), struct actor);
	a->roles = slice_is(s, "alice") ? ROLE_CHIEF : ROLE_CLERK;
	a->name = api ? "machine" : slice_is(s, "alice") ? "alice" : "bob";
	a->csrf = api ? NULL : slice_is(s, "alice") ? "token-of-alice" : "token-of-bob";
	a->lang = LANG_DA;
	*who_r = a;
	return RES_OK;
}

static const char *const hosts[] = { "duty.localhost", NULL };

static struct web_setup setup(void)
{
	return (struct web_setup){ .listen = "127.0.0.1:0", .hosts = hosts, .clock = by_hand, .rnd = random_system(),
				   .workers = 3, .header_seconds = 1, .who = who, .sign_in = "/sign-in",
				   .default_lang = LANG_EN,
				   .public_url = "https://duty.localhost/", .peer_header = "X-Real-IP" };
}

static void start(struct web_setup s)
{
	assert_int_equal(web_new(&s, &web), RES_OK);
	web_routes(web, routes, ARRAY_LEN(routes), NULL);
	web_routes(web, broken_route, 1, &res_broken);
	web_assets(web, test_assets, TEST_ASSETS);
	assert_int_equal(web_start(web), RES_OK);
}

static int set_up(void **state)
{
	(void)state;
	handled = news = looked = 0;
	hold = false;
	by_hand = clock_by_hand((struct instant){ 1800000000 });
	start(setup());
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hold = false;
	web_drain(web, 5);
	web_free(&web);
	clock_free(&by_hand);
	return 0;
}

/* ---- a client ---- */

static int64_t ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(web)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 8 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		bug("no connection to the server under test");
	return fd;
}

static void put(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

/* All that comes until the other end closes; the caller frees. */
static char *hear(int fd, size_t *n_r)
{
	struct buf b = BUF_LIMIT(8 << 20);
	char piece[16384];
	ssize_t n;
	buf_str(&b, "");
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&b, piece, (size_t)n);
	close(fd);
	if (n_r)
		*n_r = b.n;
	return b.p;
}

static char *ask_n(const char *request, size_t n)
{
	int fd = dial();
	put(fd, request, n);
	return hear(fd, NULL);
}

static char *ask(const char *request)
{
	return ask_n(request, strlen(request));
}

static int status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) ? 0 : atoi(answer + 9);
}

/* What every answer must carry, whatever it says. */
static void has_fence(const char *answer)
{
	static const char *const lines[] = {
		"\r\nContent-Security-Policy: default-src 'none'; script-src 'self';",
		"frame-ancestors 'none'; require-trusted-types-for 'script'",
		"\r\nX-Content-Type-Options: nosniff\r\n",	  "\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nCross-Origin-Opener-Policy: same-origin\r\n", "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
		"\r\nPermissions-Policy: ",			  "\r\nCache-Control: ",
		"\r\nStrict-Transport-Security: ",		  "\r\nDate: ",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (!strstr(answer, lines[i]))
			fail_msg("%s is missing in: %s", lines[i], answer);
	assert_null(strstr(answer, "\r\nServer:"));
}

static void gives(const char *request, int status, const char *holding)
{
	char *a = ask(request);
	if (status_of(a) != status || (holding && !strstr(a, holding)))
		fail_msg("%s\nshould give %d holding %s, and gives:\n%s", request, status, holding ? holding : "", a);
	has_fence(a);
	free(a);
}

/* ---- smuggling and other heads ---- */

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

/* ---- the gate ---- */

#define ALICE "Cookie: s=alice\r\n"
#define BOB "Cookie: x=1; s=bob\r\n"

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

#define POST_MINE(more, n, body) \
	"POST /mine HTTP/1.1\r\n" ALICE FORM more "Content-Length: " n "\r\n" END body

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
	};
	static const struct route twice[] = { { METHOD_GET, "/a/{b}", MAY_ANYBODY, NULL, hello, 0, 0 },
					      { METHOD_GET, "/b", MAY_ANYBODY, NULL, hello, 0, 0 },
					      { METHOD_GET, "/a/{c}", MAY_SIGNED_IN, NULL, hello, 0, 0 } };
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

/* ---- slow ones and many ---- */

static int64_t cut_after(const char *first, const char *drop)
{
	int fd = dial();
	struct timeval tick = { .tv_usec = 100000 };
	int64_t begin = ms();
	char c;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
	put(fd, first, strlen(first));
	while (ms() - begin < 6000) {
		put(fd, drop, strlen(drop));
		if (recv(fd, &c, 1, 0) == 0)
			break;
	}
	close(fd);
	return ms() - begin;
}

static void slow_heads_and_slow_bodies_are_cut(void **state)
{
	(void)state;
	int64_t idle = cut_after("", ""), head = cut_after("GET /open HTTP/1.1\r\n" H "X: ", "a");
	int64_t body = cut_after("POST /open HTTP/1.1\r\n" H FORM "Content-Length: 9999\r\n\r\n", "a");
	assert_in_range(idle, 900, 2500);
	assert_in_range(head, 900, 2500);
	assert_in_range(body, 900, 3500);
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
	usleep(100000);
	int64_t begin = ms();
	for (int i = 0; i < 50; i++)
		gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	assert_true(ms() - begin < 3000);
	hold = false;
	for (int i = 0; i < 8; i++) {
		void *status;
		pthread_join(t[i], &status);
		assert_int_equal((intptr_t)status, 200);
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
	pthread_t t[3];
	hold = true;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&t[i], NULL, blocked, NULL), 0);
		usleep(100000);
	}
	gives("GET /block HTTP/1.1\r\n" END, 503, "\r\nRetry-After: 5\r\n");
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	hold = false;
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

/* ---- long polls ---- */

static void a_long_poll_waits_wakes_and_ends(void **state)
{
	(void)state;
	int64_t begin = ms();
	gives("GET /wait HTTP/1.1\r\n" END, 200, "nothing new");
	assert_in_range(ms() - begin, 900, 2500);
	/* Ten times as many as there are workers wait; none of them holds one. */
	int fd[30];
	static const char poll_long[] = "GET /wait-long HTTP/1.1\r\n" END;
	for (int i = 0; i < 30; i++)
		put(fd[i] = dial(), poll_long, strlen(poll_long));
	usleep(200000);
	gives("GET /open HTTP/1.1\r\n" END, 200, NULL);
	looked = 0;
	web_wake(web); /* nothing happened: they look and wait on */
	usleep(200000);
	assert_int_equal(looked, 30);
	news = 1;
	begin = ms();
	web_wake(web);
	for (int i = 0; i < 30; i++) {
		char *a = hear(fd[i], NULL);
		assert_non_null(strstr(a, "\r\n\r\nnews"));
		has_fence(a);
		free(a);
	}
	assert_true(ms() - begin < 2000);
}

static void a_reader_who_left_is_noticed(void **state)
{
	(void)state;
	int fd = dial();
	put(fd, "GET /wait-long HTTP/1.1\r\n" END, strlen("GET /wait-long HTTP/1.1\r\n" END));
	usleep(100000);
	assert_int_equal(looked, 0);
	close(fd);
	for (int i = 0; i < 100 && !looked; i++)
		usleep(20000);
	assert_int_equal(looked, 1);
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
	usleep(200000);
	hold = false;
	int64_t begin = ms();
	web_drain(web, 5);
	assert_true(ms() - begin < 3000);
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

static void *stop_at_once(void *arg)
{
	(void)arg;
	web_free(&web);
	return NULL;
}

static void stopping_with_an_impatient_limit_still_waits_for_the_handler(void **state)
{
	(void)state;
	pthread_t t[5];
	hold = true;
	for (int i = 0; i < 5; i++) /* three at work, two in the queue */
		assert_int_equal(pthread_create(&t[i], NULL, blocked, NULL), 0);
	usleep(200000);
	pthread_t stopper;
	assert_int_equal(pthread_create(&stopper, NULL, stop_at_once, NULL), 0);
	usleep(300000);
	hold = false;
	pthread_join(stopper, NULL);
	int served = 0;
	for (int i = 0; i < 5; i++) {
		void *status;
		pthread_join(t[i], &status);
		served += (intptr_t)status == 200 || (intptr_t)status == 503 || (intptr_t)status == 0;
	}
	assert_int_equal(served, 5);
	start(setup());
}

/* ---- what comes back ---- */

static void pages_and_files_are_compressed_where_they_may_be(void **state)
{
	(void)state;
	gives("GET /big HTTP/1.1\r\nAccept-Encoding: br, gzip;q=0.5\r\n" END, 200, "\r\nContent-Encoding: gzip\r\n");
	static const char *const without[] = {
		"GET /big HTTP/1.1\r\n" END,
		"GET /big HTTP/1.1\r\nAccept-Encoding: br\r\n" END,
		"GET /big HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n" END,
		"GET /plain HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END,
	};
	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		char *a = ask(without[i]);
		assert_int_equal(status_of(a), 200);
		assert_null(strstr(a, "Content-Encoding"));
		free(a);
	}
}

static void a_file_of_the_program_is_whole_and_kept_for_a_year(void **state)
{
	(void)state;
	const char *url = asset_url(test_assets, TEST_ASSETS, "route.h.txt");
	char request[300], file[20000];
	FILE *f = fopen(TEST_ASSET_FILE, "rb");
	assert_non_null(f);
	size_t n = fread(file, 1, sizeof(file), f), got;
	fclose(f);
	assert_int_equal(strncmp(url, "/a/", 3), 0);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" END, url);
	gives(request, 200, "\r\nCache-Control: public, max-age=31536000, immutable\r\n");
	int fd = dial();
	put(fd, request, strlen(request));
	char *a = hear(fd, &got), *body = strstr(a, "\r\n\r\n") + 4;
	assert_int_equal(got - (size_t)(body - a), n);
	assert_memory_equal(body, file, n);
	free(a);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END, url);
	fd = dial();
	put(fd, request, strlen(request));
	a = hear(fd, &got);
	has_fence(a);
	body = strstr(a, "\r\n\r\n") + 4;
	static unsigned char out[20000];
	z_stream z = { .next_in = (unsigned char *)body, .avail_in = (unsigned)(got - (size_t)(body - a)),
		       .next_out = out, .avail_out = sizeof(out) };
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, n);
	assert_memory_equal(out, file, n);
	inflateEnd(&z);
	free(a);
	snprintf(request, sizeof(request), "POST %s HTTP/1.1\r\nContent-Length: 0\r\n" END, url);
	gives(request, 405, "\r\nAllow: GET, HEAD\r\n");
	gives("GET /a/0000000000000000/route.h.txt HTTP/1.1\r\n" END, 404, NULL);
}

static void languages_are_chosen_in_order(void **state)
{
	(void)state;
	char want[] = " none 0 3"; /* LANG_EN, the workplace's */
	gives("GET /peer HTTP/1.1\r\n" END, 200, want);
	want[8] = '0' + LANG_SV;
	gives("GET /peer?lang=sv HTTP/1.1\r\n" END, 200, want);
	gives("GET /peer HTTP/1.1\r\nCookie: lang=sv\r\n" END, 200, want);
	want[8] = '0' + LANG_EN;
	gives("GET /peer?lang=xx HTTP/1.1\r\n" END, 200, want);
	want[8] = '0' + LANG_DA;
	gives("GET /peer HTTP/1.1\r\nAccept-Language: da-DK, sv;q=0.5\r\n" END, 200, want);
	want[8] = '0' + LANG_SV;
	gives("GET /peer?lang=sv HTTP/1.1\r\nCookie: lang=da\r\nAccept-Language: da\r\n" END, 200, want);
}

static void peer_of(const char *head, char out[17])
{
	char request[300];
	snprintf(request, sizeof(request), "GET /peer HTTP/1.1\r\n%s" END, head);
	char *a = ask(request), *body = strstr(a, "\r\n\r\n");
	assert_int_equal(status_of(a), 200);
	snprintf(out, 17, "%.*s", (int)strcspn(body + 4, " "), body + 4);
	free(a);
}

static void a_peer_is_a_number_that_changes_each_hour(void **state)
{
	(void)state;
	char direct[17], proxied[17], near[17], again[17];
	peer_of("", direct);
	peer_of("X-Real-IP: 2001:db8::1\r\n", proxied);
	peer_of("X-Real-IP: 2001:db8::2\r\n", near); /* the same household */
	assert_string_not_equal(direct, proxied);
	assert_string_equal(proxied, near);
	peer_of("", again);
	assert_string_equal(direct, again);
	clock_set(by_hand, (struct instant){ 1800003600 });
	peer_of("", again);
	assert_string_not_equal(direct, again);
}

static void a_local_socket_says_who_is_there(void **state)
{
	(void)state;
	char path[100], want[40];
	struct web_setup s = setup();
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	snprintf(path, sizeof(path), "unix:%s/door.sock", dir);
	strcpy(at.sun_path, path + 5);
	s.listen = path;
	s.hosts = NULL;
	s.public_url = NULL;
	web_free(&web);
	/* One that was left behind by a crash is taken over. */
	int left = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(left, (struct sockaddr *)&at, sizeof(at)), 0);
	close(left);
	start(s);
	assert_int_equal(stat(at.sun_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	put(fd, "GET /peer HTTP/1.1\r\n" END, strlen("GET /peer HTTP/1.1\r\n" END));
	char *a = hear(fd, NULL);
	snprintf(want, sizeof(want), " ok %u ", (unsigned)getuid());
	assert_non_null(strstr(a, want));
	free(a);
	web_free(&web);
	assert_int_equal(stat(at.sun_path, &st), -1);
	start(setup());
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
	assert_int_equal(n, ARRAY_LEN(routes) + 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!mkdtemp(dir))
		return 1;
	const struct CMUnitTest tests[] = {
		T(heads_that_can_be_read_in_two_ways_are_refused),
		T(other_names_and_absurd_addresses_are_refused),
		T(methods_and_paths),
		T(bodies_have_a_limit),
		T(what_the_library_refuses_by_itself_echoes_nothing),
		T(forms_come_as_forms),
		T(a_connection_carries_many_requests),
		T(only_those_may_enter_whom_the_route_names),
		T(a_page_that_asks_by_itself_is_told_that_nobody_is_signed_in),
		T(a_change_needs_the_token_of_its_own_session),
		T(a_change_must_come_from_our_own_pages),
		T(it_does_not_start_with_a_route_that_is_wrong),
		T(slow_heads_and_slow_bodies_are_cut),
		T(sixty_four_from_one_address_at_the_same_instant_are_all_served),
		T(what_blocks_in_the_slow_lane_delays_nobody_else),
		T(a_full_queue_says_so_with_a_page),
		T(a_long_poll_waits_wakes_and_ends),
		T(a_reader_who_left_is_noticed),
		T(stopping_ends_long_polls_and_waits_for_work),
		T(stopping_with_an_impatient_limit_still_waits_for_the_handler),
		T(pages_and_files_are_compressed_where_they_may_be),
		T(a_file_of_the_program_is_whole_and_kept_for_a_year),
		T(languages_are_chosen_in_order),
		T(a_peer_is_a_number_that_changes_each_hour),
		T(a_local_socket_says_who_is_there),
		T(every_route_can_be_listed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
