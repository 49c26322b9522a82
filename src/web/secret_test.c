/* PROTOCOL.md § 6: after a secret request nothing of it is left in the memory of the
   process. A child sends it, so that the process searched has never held the words
   except as a server; and they are looked for without ever being written down here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "web/reply.h"
#include "web/server.h"

/* The words, each byte turned by MASK. */
#define MASK 0x15
#define WORDS 32
/* Before the words, since an allocator writes over the first bytes of what is given back. */
#define PADDING "padding=0123456789abcdef&"
static unsigned char turned[WORDS];
static struct web *web;
static int found_in_handler;

static bool words_at(const unsigned char *p)
{
	for (int i = 0; i < WORDS; i++)
		if ((p[i] ^ MASK) != turned[i])
			return false;
	return true;
}

/* In how many places of this process's writable memory the words stand. */
static int places(void)
{
	static unsigned char piece[1 << 16];
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), n = 0;
	assert_non_null(maps);
	assert_true(mem >= 0);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char rights[5];
		if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[0] != 'r' || rights[1] != 'w')
			continue;
		/* The sanitizer's own shadow is terabytes and holds none of our bytes. */
		if (to - from > 1ul << 32)
			continue;
		for (unsigned long at = from; at < to; at += sizeof(piece) - WORDS) {
			size_t want = to - at < sizeof(piece) ? to - at : sizeof(piece);
			if (at < (unsigned long)piece + sizeof(piece) && at + want > (unsigned long)piece)
				continue;
			ssize_t got = pread(mem, piece, want, (off_t)at);
			for (ssize_t i = 0; i + WORDS <= got; i++)
				n += words_at(piece + i);
		}
	}
	explicit_bzero(piece, sizeof(piece));
	fclose(maps);
	close(mem);
	return n;
}

static struct answer keep_quiet(struct req *req, const struct actor *who, void *room)
{
	struct slice s = { 0 };
	(void)who;
	(void)room;
	found_in_handler = req_text(req, "words", &s) == RES_OK && s.n >= WORDS ? places() : -1;
	/* The page says them back, in a buffer that grows several times. */
	struct html h = html_for(req);
	for (int i = 0; i < 40; i++) {
		html_text_str(&h, "a line before the words; ");
		html_text(&h, s);
	}
	return reply_html(req, 200, &h);
}

static const struct field fields[] = { { .name = "words", .kind = FIELD_LINES, .most = 8000 }, { 0 } };
static const struct route routes[] = {
	{ METHOD_POST, "/h/{code}", MAY_ANYBODY, fields, keep_quiet, FLAG_SECRET | FLAG_NO_CSRF, 65536, "whoever holds the code" },
};

/* What follows the words, in a field that nobody declares: the body moves as it grows. */
static size_t more;

static void send_more(int fd)
{
	static char rest[50000] = "&more=";
	memset(rest + 6, 'x', sizeof(rest) - 6);
	for (size_t sent = 0; sent < more; sent += more / 10) {
		usleep(10000);
		if (write(fd, rest + sent, more / 10) != (ssize_t)(more / 10))
			_exit(5);
	}
}

static void child(bool chunked, bool keep)
{
	char words[WORDS + 1] = { 0 }, request[4096], length[40], answer[8192];
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(web)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (int i = 0; i < WORDS; i++)
		words[i] = (char)(turned[i] ^ MASK);
	int fd = socket(AF_INET, SOCK_STREAM, 0), n;
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		_exit(2);
	snprintf(length, sizeof(length), "Content-Length: %zu", 100 + more);
	/* In the path, in a header, and in the form, first as it is and then beside a letter that needs NFC. */
	n = snprintf(request, sizeof(request),
		     "POST /h/%s HTTP/1.1\r\nHost: x\r\nX-Words: %s\r\n"
		     "Content-Type: application/x-www-form-urlencoded\r\n%s%s\r\n\r\n",
		     words, words, keep ? "" : "Connection: close\r\n",
		     chunked ? "Transfer-Encoding: chunked" : length);
	if (chunked)
		n += snprintf(request + n, sizeof(request) - (size_t)n, "3f\r\n" PADDING "words=%s\r\n25\r\nA%%CC%%8A%.30s\r\n0\r\n\r\n",
			      words, words);
	else
		n += snprintf(request + n, sizeof(request) - (size_t)n, PADDING "words=%sA%%CC%%8A%.30s", words, words);
	if (write(fd, request, (size_t)n) != n)
		_exit(3);
	if (more)
		send_more(fd);
	ssize_t got = recv(fd, answer, sizeof(answer), 0);
	if (got < 12 || memcmp(answer + 9, "200", 3))
		_exit(4);
	/* With a kept connection: wait until the parent has searched, and not for ever. */
	if (keep)
		sleep(30);
	_exit(0);
}

static void sent_and_forgotten(bool chunked, bool keep)
{
	found_in_handler = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child(chunked, keep);
	int status = 0, left = -1;
	if (!keep)
		assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < 100 && !found_in_handler; i++)
		usleep(10000);
	/* The last piece of the answer goes out just after it was written: give it a moment. */
	for (int i = 0; i < 20 && left; i++) {
		usleep(50000);
		left = places();
	}
	if (keep) {
		assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		kill(pid, SIGTERM);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	} else {
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	/* That the search can find them is shown while the handler holds them. */
	assert_true(found_in_handler > 0);
	assert_int_equal(left, 0);
}

static int set_up(void **state)
{
	(void)state;
	struct web_setup s = { .listen = "127.0.0.1:0", .clock = clock_system(), .rnd = random_system(), .workers = 2 };
	*state = (void *)(uintptr_t)s.clock;
	for (int i = 0; i < WORDS; i++)
		turned[i] = (unsigned char)(('a' + (int)random_below(s.rnd, "web/test", 26)) ^ MASK);
	if (web_new(&s, &web) != RES_OK)
		return 1;
	web_routes(web, routes, 1, NULL);
	return web_start(web) != RES_OK;
}

static int tear_down(void **state)
{
	struct clock *c = *state;
	web_free(&web);
	clock_free(&c);
	return 0;
}

static void a_secret_form_leaves_nothing_behind(void **state)
{
	(void)state;
	sent_and_forgotten(false, false);
}

static void a_secret_form_in_chunks_leaves_nothing_behind(void **state)
{
	(void)state;
	sent_and_forgotten(true, false);
}

static void a_secret_form_that_outgrows_its_place_leaves_nothing_behind(void **state)
{
	(void)state;
	more = 50000;
	sent_and_forgotten(false, false);
	more = 0;
}

static void a_secret_form_on_a_kept_connection_leaves_nothing_behind(void **state)
{
	(void)state;
	sent_and_forgotten(false, true);
}

static void a_hardened_process_dumps_no_core_and_makes_private_files(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct rlimit core;
		if (web_harden_process() != RES_OK || prctl(PR_GET_DUMPABLE) != 0 || getrlimit(RLIMIT_CORE, &core) != 0)
			_exit(1);
		_exit(core.rlim_cur || core.rlim_max || umask(0) != 077 ? 2 : 0);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_secret_form_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_secret_form_in_chunks_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_secret_form_that_outgrows_its_place_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_secret_form_on_a_kept_connection_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test(a_hardened_process_dumps_no_core_and_makes_private_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
