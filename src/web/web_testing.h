/* web_testing.h: the server from outside, for this room's tests: real sockets, raw requests. */
#ifndef WEB_TESTING_H
#define WEB_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/reply.h"
#include "web/server.h"

#define ROLE_CHIEF 1u
#define H "Host: duty.localhost\r\n"
#define END H "Connection: close\r\n\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define ALICE "Cookie: s=alice\r\n"
#define SLOW "Cookie: s=slow\r\n"
#define BOB "Cookie: x=1; s=bob\r\n"
#define POST_MINE(more, n, body) \
	"POST /mine HTTP/1.1\r\n" ALICE FORM more "Content-Length: " n "\r\n" END body

/* The server under test, its clock, and what its room has done: handlers called, long polls taken in and looked
 * at, requests that came to /block. While `hold`, /block does not answer, nor does the gate know who SLOW is; with `news`, /wait and /wait-long do. */
extern struct web *web;
extern struct clock *by_hand;
extern atomic_int handled, news, looked, polling, blocking;
extern atomic_bool hold;

/* How many routes the room has. */
extern const size_t room_routes;

/* A handler that says who is there. */
struct answer hello(struct req *req, const struct actor *who, void *room);

struct web_setup setup(void);
void start(struct web_setup s);
/* The same without starting: a server with all that is asked of it here. */
void make(struct web_setup s);
int set_up(void **state);
int tear_down(void **state);

/* A clock for what takes its real time. */
int64_t ms(void);

/* Waits until it has come to n; fails after some seconds, or if it goes past. */
void until_it_is(const atomic_int *what, int n);

int dial(void);
void put(int fd, const char *bytes, size_t n);

/* All that comes until the other end closes; the caller frees. n_r may be NULL. */
char *hear(int fd, size_t *n_r);

/* One request on a connection of its own, and all of its answer; the caller frees. */
char *ask_n(const char *request, size_t n);
char *ask(const char *request);

int status_of(const char *answer);

/* What every answer must carry, whatever it says. */
void has_fence(const char *answer);

/* The request is answered so: the status, the words if not NULL, and the fence. */
void gives(const char *request, int status, const char *holding);

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
