/* The load: many clients, each with a connection of its own, each asking again as soon as it was answered.

     bench_load ring PORT HOST CODE CLIENTS FIRST POSTS   posts ring answers, each from another address, FIRST and then POSTS
                                                    of them: posts a second without the first
     bench_load mail PORT MAILS BYTES               hands bare mails to a mail server on one connection: mails a second
     bench_load start CORE PORT HOST PROGRAM WORD…  becomes PROGRAM, on CORE alone: milliseconds until its front page came

   CODE is the door code in hex. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>

#define BODY 2090 /* docs/protocol.md § 3.3 */
#define HEAD 42   /* before the four envelopes */
#define POINTS 256 /* of the curve, with which envelopes begin */

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_load: %s\n", what);
	exit(1);
}

/* -1: nobody is there. */
static int try_call(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	if (s < 0)
		fail("no socket");
	if (connect(s, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(s);
		return -1;
	}
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return s;
}

static int call(int port)
{
	int s = try_call(port);
	if (s < 0)
		fail("cannot connect");
	return s;
}

static void put(int s, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(s, p, n);
		if (k <= 0)
			fail("the connection broke");
		p += k;
		n -= (size_t)k;
	}
}

/* ---- answers ---- */

static struct {
	int port, clients;
	const char *host;
	unsigned char code[16];
	unsigned char points[POINTS][crypto_scalarmult_BYTES];
	long first, posts, next, done;
	double from; /* when the first were answered */
} ring;

static unsigned long long scatter(unsigned long long h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

static void *poster(void *seed)
{
	int s = call(ring.port);
	char request[512 + BODY], reply[2048];
	unsigned long long h = (unsigned long long)(size_t)seed ^ (unsigned long long)time(NULL) << 20;
	for (;;) {
		long mine = __atomic_add_fetch(&ring.next, 1, __ATOMIC_RELAXED);
		if (mine > ring.first + ring.posts)
			break;
		int n = snprintf(request, 512,
				 "POST /h/ring HTTP/1.1\r\nHost: %s\r\nX-Real-IP: 10.%ld.%ld.%ld\r\n"
				 "Sec-Fetch-Site: same-origin\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n",
				 ring.host, mine >> 16 & 255, mine >> 8 & 255, mine & 255, BODY);
		unsigned char *body = (unsigned char *)request + n;
		for (int i = 0; i < BODY; i += 8) {
			unsigned long long v = scatter(h += 0x9e3779b97f4a7c15u);
			memcpy(body + i, &v, (size_t)(BODY - i < 8 ? BODY - i : 8));
		}
		body[0] = 1;
		body[1] = 0;
		memcpy(body + 2, ring.code, sizeof(ring.code));
		for (size_t e = 0; e < 4; e++)
			memcpy(body + HEAD + 512 * e, ring.points[(h >> 8 * e) % POINTS], sizeof(ring.points[0]));
		put(s, request, (size_t)n + BODY);
		size_t got = 0;
		do {
			ssize_t k = read(s, reply + got, sizeof(reply) - 1 - got);
			if (k <= 0)
				fail("no reply");
			got += (size_t)k;
			reply[got] = 0;
		} while (!strstr(reply, "\r\n\r\n"));
		if (strncmp(reply, "HTTP/1.1 204", 12) != 0) {
			fprintf(stderr, "%.40s\n", reply);
			fail("a post was not taken");
		}
		if (__atomic_add_fetch(&ring.done, 1, __ATOMIC_RELAXED) == ring.first)
			ring.from = now();
	}
	close(s);
	return NULL;
}

static void make_points(void)
{
	unsigned char scalar[crypto_scalarmult_SCALARBYTES] = { 1 };
	for (int i = 0; i < POINTS; i++) {
		scalar[1] = (unsigned char)i;
		crypto_scalarmult_base(ring.points[i], scalar);
	}
}

static void post_all(void)
{
	pthread_t *thread = calloc((size_t)ring.clients, sizeof(*thread));
	make_points();
	for (int i = 0; thread && i < ring.clients; i++)
		if (pthread_create(&thread[i], NULL, poster, (void *)(size_t)(i + 1)) != 0)
			fail("a thread");
	for (int i = 0; thread && i < ring.clients; i++)
		pthread_join(thread[i], NULL);
	printf("%.1f\n", (double)ring.posts / (now() - ring.from));
	free(thread);
}

/* ---- mail ---- */

static void expect(int s, char digit)
{
	char line[1024];
	size_t n = 0;
	for (;;) {
		ssize_t k = read(s, line + n, sizeof(line) - 1 - n);
		if (k <= 0)
			fail("the mail server went away");
		n += (size_t)k;
		line[n] = 0;
		/* The last line of a reply has a space behind its number. */
		char *last = line;
		for (char *p; (p = strstr(last, "\r\n")) && p[2];)
			last = p + 2;
		if (n > 5 && last[3] == ' ' && strstr(last, "\r\n")) {
			if (last[0] != digit)
				fail(line);
			return;
		}
		if (n == sizeof(line) - 1)
			fail("a long reply");
	}
}

static void ask(int s, const char *text, char digit)
{
	put(s, text, strlen(text));
	expect(s, digit);
}

static void mail_all(int port, long mails, size_t bytes)
{
	int s = call(port);
	char *body = malloc(bytes + 512);
	expect(s, '2');
	ask(s, "EHLO bench.example\r\n", '2');
	double from = now();
	for (long i = 0; i < mails; i++) {
		char line[256];
		snprintf(line, sizeof(line), "MAIL FROM:<b-%ld@bench.example>\r\n", i);
		ask(s, line, '2');
		snprintf(line, sizeof(line), "RCPT TO:<p%ld@bench.example>\r\n", i);
		ask(s, line, '2');
		ask(s, "DATA\r\n", '3');
		size_t n = (size_t)snprintf(body, 256, "From: a@bench.example\r\nTo: p%ld@bench.example\r\nSubject: x\r\n\r\n", i);
		while (n < bytes) {
			memset(body + n, 'a', 70);
			memcpy(body + n + 70, "\r\n", 2);
			n += 72;
		}
		memcpy(body + n, ".\r\n", 3);
		put(s, body, n + 3);
		expect(s, '2');
	}
	printf("%.1f\n", (double)mails / (now() - from));
	ask(s, "QUIT\r\n", '2');
	close(s);
	free(body);
}

/* ---- a start ---- */

static bool front_page(int port, const char *host)
{
	static const char good[] = "HTTP/1.1 200";
	char text[400], answer[1000];
	int s = try_call(port);
	if (s < 0)
		return false;
	int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n", host);
	bool came = write(s, text, (size_t)n) == n && read(s, answer, sizeof(answer)) >= (ssize_t)sizeof(good) && !memcmp(answer, good, sizeof(good) - 1);
	while (came && read(s, answer, sizeof(answer)) > 0)
		;
	close(s);
	return came;
}

/* Whoever asks is nobody's child by then, and stays on the core it was on. */
static void ask_from(int begin, int port, const char *host)
{
	char byte;
	if (read(begin, &byte, 1) != 1)
		fail("nothing was started");
	double from = now();
	while (!front_page(port, host))
		if (now() - from > 30)
			fail("no front page in 30 s");
	printf("%.2f\n", (now() - from) * 1000);
}

static void become(int core, int port, const char *host, char **words)
{
	int begin[2];
	cpu_set_t only;
	if (pipe2(begin, O_CLOEXEC) != 0)
		fail("no pipe");
	pid_t between = fork();
	if (between == 0) {
		if (fork() == 0)
			ask_from(begin[0], port, host);
		exit(0);
	}
	CPU_ZERO(&only);
	CPU_SET(core, &only);
	if (between < 0 || waitpid(between, NULL, 0) != between || sched_setaffinity(0, sizeof(only), &only) != 0 || write(begin[1], "", 1) != 1)
		fail("it cannot be started");
	execv(words[0], words);
	fail("there is no such program");
}

int main(int argc, char **argv)
{
	if (argc == 8 && !strcmp(argv[1], "ring") && strlen(argv[4]) == 32) {
		ring.port = atoi(argv[2]);
		ring.host = argv[3];
		for (int i = 0; i < 16; i++)
			sscanf(argv[4] + 2 * i, "%2hhx", &ring.code[i]);
		ring.clients = atoi(argv[5]);
		ring.first = atol(argv[6]);
		ring.posts = atol(argv[7]);
		post_all();
	} else if (argc == 5 && !strcmp(argv[1], "mail")) {
		mail_all(atoi(argv[2]), atol(argv[3]), (size_t)atol(argv[4]));
	} else if (argc >= 6 && !strcmp(argv[1], "start")) {
		become(atoi(argv[2]), atoi(argv[3]), argv[4], argv + 5);
	} else {
		return 64;
	}
	return 0;
}
