/* web_testing.c: a server under test with a room of its own, and a client that sends raw requests. */
#include "web/web_testing.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lang/lang.h"
#include "test_assets.h"

#define ROLE_CLERK 2u

struct web *web;
struct clock *by_hand;
atomic_int handled, news, looked, polling, blocking;
atomic_bool hold;

/* ---- a room ---- */

static struct answer say(struct req *req, const char *words)
{
	struct html h = html_for(req);
	html_text_str(&h, words);
	return reply_html(req, 200, &h);
}

struct answer hello(struct req *req, const struct actor *who, void *room)
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

/* "NOTE SIZE HASH-OF-SORTS" of what came. */
static struct answer upload(struct req *req, const struct actor *who, void *room)
{
	struct slice s = { 0 };
	int64_t size = 0;
	uint64_t sum = 0;
	unsigned char piece[4096];
	ssize_t n;
	(void)who;
	(void)room;
	handled++;
	enum result res = req_text(req, "note", &s);
	int fd = req_upload(req, &size);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + piece[i];
	if (fd >= 0)
		close(fd);
	return say(req, arena_printf(req_arena(req), "%s %lld %llx", res == RES_OK ? arena_str(req_arena(req), s) : result_word(res),
				     fd < 0 ? -1ll : (long long)size, (unsigned long long)sum));
}

static struct answer block(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	blocking++;
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
	polling++;
	return reply_later(req, 1, look);
}

static struct answer wait_long(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	(void)room;
	polling++;
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
	{ METHOD_POST, "/upload", ROLE_CHIEF, note_fields, upload, FLAG_UPLOAD, 0 },
	{ METHOD_GET, "/p/{a}", MAY_ANYBODY, NULL, part, 0, 0, "anybody's" },
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
const size_t room_routes = ARRAY_LEN(routes) + ARRAY_LEN(broken_route);

static enum result who(struct req *req, void *ctx, struct actor **who_r)
{
	(void)ctx;
	struct slice s = req_cookie(req, "s");
	/* A stranger whose look-up takes its time. */
	if (slice_is(s, "slow")) {
		blocking++;
		while (hold)
			usleep(1000);
	}
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

struct web_setup setup(void)
{
	return (struct web_setup){ .listen = "127.0.0.1:0", .hosts = hosts, .clock = by_hand, .rnd = random_system(),
				   .workers = 3, .header_seconds = 1, .who = who, .sign_in = "/sign-in",
				   .default_lang = LANG_EN, .upload_dir = "/tmp", .upload_most = 300000,
				   .public_url = "https://duty.localhost/", .peer_header = "X-Real-IP" };
}

void make(struct web_setup s)
{
	assert_int_equal(web_new(&s, &web), RES_OK);
	web_routes(web, routes, ARRAY_LEN(routes), NULL);
	web_routes(web, broken_route, ARRAY_LEN(broken_route), &res_broken);
	web_assets(web, test_assets, TEST_ASSETS);
}

void start(struct web_setup s)
{
	make(s);
	assert_int_equal(web_start(web), RES_OK);
}

int set_up(void **state)
{
	(void)state;
	handled = news = looked = polling = blocking = 0;
	hold = false;
	by_hand = clock_by_hand((struct instant){ 1800000000 });
	start(setup());
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	hold = false;
	web_drain(web, 5);
	web_free(&web);
	clock_free(&by_hand);
	return 0;
}

/* ---- a client ---- */

int64_t ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void until_it_is(const atomic_int *what, int n)
{
	for (int i = 0; i < 2000 && *what < n; i++)
		usleep(5000);
	assert_int_equal(*what, n);
}

int dial(void)
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

void put(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

char *hear(int fd, size_t *n_r)
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

char *ask_n(const char *request, size_t n)
{
	int fd = dial();
	put(fd, request, n);
	return hear(fd, NULL);
}

char *ask(const char *request)
{
	return ask_n(request, strlen(request));
}

int status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) ? 0 : atoi(answer + 9);
}

void has_fence(const char *answer)
{
	static const char *const lines[] = {
		"\r\nContent-Security-Policy: default-src 'none'; script-src 'self';",
		"frame-ancestors 'none'; require-trusted-types-for 'script'",
		"\r\nX-Content-Type-Options: nosniff\r\n",	  "\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nCross-Origin-Opener-Policy: same-origin\r\n", "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
		"\r\nPermissions-Policy: ",			  "\r\nCache-Control: ",
		", publickey-credentials-create=(), publickey-credentials-get=()\r\n",
		"\r\nStrict-Transport-Security: ",		  "\r\nDate: ",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (!strstr(answer, lines[i]))
			fail_msg("%s is missing in: %s", lines[i], answer);
	assert_null(strstr(answer, "\r\nServer:"));
}

void gives(const char *request, int status, const char *holding)
{
	char *a = ask(request);
	if (status_of(a) != status || (holding && !strstr(a, holding)))
		fail_msg("%s\nshould give %d holding %s, and gives:\n%s", request, status, holding ? holding : "", a);
	has_fence(a);
	free(a);
}
