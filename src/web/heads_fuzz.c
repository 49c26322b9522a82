/* Heads against a server of its own: whatever comes over a connection, a handler sees only what is sound, each answer has the fence,
   and the server goes on. The head's end and the connection's are put behind every input, or most would wait for more. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"
#include "web/html.h"
#include "web/inside.h"
#include "web/reply.h"
#include "web/server.h"
#include "web/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hosts[] = { "duty.localhost", NULL };
static const struct field fields[] = { { .name = "note", .kind = FIELD_TEXT, .most = 40 }, { 0 } };
static struct web *web;

static void must(bool kept)
{
	if (!kept)
		abort();
}

static void no_control(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		must(((unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] != 0x7f) || s.p[i] == '\t');
}

/* Whoever asks is looked at by her cookie, as the gate does it. */
static enum result who(struct req *req, void *ctx, struct actor **who_r)
{
	struct slice s = req_cookie(req, "s");
	(void)ctx;
	(void)who_r;
	no_control(s);
	must(!s.n || (!memchr(s.p, ';', s.n) && !memchr(s.p, ' ', s.n) && !memchr(s.p, '"', s.n)));
	return RES_NONE;
}

static struct answer hello(struct req *req, const struct actor *actor, void *room)
{
	struct html h = html_for(req);
	(void)actor;
	(void)room;
	no_control(req_header(req, "Accept-Language"));
	must(req_lang(req) >= 0);
	html_text_str(&h, "here");
	return reply_html(req, 200, &h);
}

static struct answer note(struct req *req, const struct actor *actor, void *room)
{
	struct slice s;
	if (req_text(req, "note", &s) == RES_OK)
		must(s.n <= 40 && text_is_utf8(s));
	return hello(req, actor, room);
}

static struct answer part(struct req *req, const struct actor *actor, void *room)
{
	struct slice s = req_path(req, 0);
	must(s.n && !memchr(s.p, '/', s.n) && !slice_is(s, "..") && text_is_utf8(s));
	return hello(req, actor, room);
}

static const struct route routes[] = {
	{ METHOD_GET, "/open", MAY_ANYBODY | MAY_SIGNED_IN, NULL, hello, 0, 0 },
	{ METHOD_POST, "/open", MAY_ANYBODY, fields, note, FLAG_NO_CSRF, 0 },
	{ METHOD_GET, "/p/{a}", MAY_ANYBODY, NULL, part, 0, 0, "anybody's" },
};

static void begin(void)
{
	struct web_setup setup = { .listen = "127.0.0.1:0", .hosts = hosts, .clock = clock_by_hand((struct instant){ 1800000000 }),
				   .rnd = random_system(), .workers = 1, .header_seconds = 2, .who = who, .sign_in = "/sign-in",
				   .public_url = "http://duty.localhost", .peer_header = "X-Real-IP" };
	must(web_new(&setup, &web) == RES_OK);
	web_routes(web, routes, ARRAY_LEN(routes), NULL);
	must(web_start(web) == RES_OK);
}

static int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)web_port(web)) };
	const struct timeval a_moment = { .tv_usec = 20000 }; /* whoever waits for more says nothing, and need not be waited for */
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &a_moment, sizeof(a_moment)) == 0);
	must(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

static void put(int fd, const void *bytes, size_t n)
{
	ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
	(void)done; /* it may hang up in the midst of it */
}

/* A request that has not ended is held by the library alone, where no search for lost memory looks. */
static void until_all_have_ended(void)
{
	for (int i = 0; __atomic_load_n(&web->ended, __ATOMIC_ACQUIRE) != __atomic_load_n(&web->heard, __ATOMIC_RELAXED); i++) {
		must(i < 100000);
		usleep(50);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char answer[1 << 16];
	size_t n = 0;
	ssize_t got;
	if (!web)
		begin();
	int fd = dial();
	put(fd, data, size);
	put(fd, "\r\n\r\n", 4);
	shutdown(fd, SHUT_WR);
	while (n < sizeof(answer) - 1 && (got = recv(fd, answer + n, sizeof(answer) - 1 - n, 0)) > 0)
		n += (size_t)got;
	close(fd);
	until_all_have_ended();
	answer[n] = '\0';
	if (n) {
		must(!strncmp(answer, "HTTP/1.1 ", 9) || !strncmp(answer, "HTTP/1.0 ", 9));
		/* What the library refuses before us has no fence, and no content of ours. */
		must(strncmp(answer + 9, "200", 3) != 0 || strcasestr(answer, "content-security-policy:"));
	}
	return 0;
}
