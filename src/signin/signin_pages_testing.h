/* signin_pages_testing.h: the pages from outside, for this room's tests: real sockets, raw requests, the clock by hand. */
#ifndef SIGNIN_PAGES_TESTING_H
#define SIGNIN_PAGES_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signin/signin_testing.h"
#include "web/asking_testing.h"
#include "web/reply.h"

#define EMAIL "k.obrien@x.example"

#define FORM                                                                                                 \
	"Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\nOrigin: null\r\n"

static struct web *web;
static const char *base = "";

/* ---- a room beside it ---- */

static inline struct answer who_page(struct req *req, const struct actor *who, void *ctx)
{
	(void)ctx;
	struct html h = html_for(req);
	html_text_str(&h, who->name);
	return reply_html(req, 200, &h);
}

static const struct route others[] = {
    {METHOD_GET, "/incidents", MAY_SIGNED_IN, NULL, who_page, 0, 0},
    {METHOD_POST, "/incidents", MAY_SIGNED_IN, NULL, who_page, 0, 0},
    {METHOD_GET, "/leaders", ROLE_LEADER, NULL, who_page, 0, 0},
    {METHOD_GET, "/admins", ROLE_ADMIN, NULL, who_page, 0, 0},
};

static inline void serve(const char *public_url)
{
	static const char *const hosts[] = {"x.example", NULL};
	struct signin_setup s = room_setup();
	s.base = base;
	s.public_url = public_url;
	signin_free(&room);
	assert_int_equal(signin_new(&s, &room), RES_OK);
	struct web_setup w = {.listen = "127.0.0.1:0",
			      .hosts = hosts,
			      .clock = by_hand,
			      .rnd = random_system(),
			      .workers = 4,
			      .who = signin_who,
			      .who_ctx = room,
			      .sign_in = "/sign-in",
			      .default_lang = LANG_EN,
			      .public_url = public_url,
			      .peer_header = "X-Real-IP"};
	assert_int_equal(web_new(&w, &web), RES_OK);
	signin_routes(room, web);
	web_routes(web, others, ARRAY_LEN(others), NULL);
	assert_int_equal(web_start(web), RES_OK);
}

static inline void stop(void)
{
	web_drain(web, 5);
	web_free(&web);
}

static inline int set_up(void **state)
{
	(void)state;
	base = "";
	open_room();
	serve("https://duty.example");
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	stop();
	close_room();
	return 0;
}

/* ---- a client ---- */

static inline char *ask(const char *request)
{
	return asking(web_port(web), request, strlen(request), NULL);
}

static inline char *get(const char *path, const char *headers)
{
	struct buf b = BUF_LIMIT(8192);
	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n%s\r\n", path, headers);
	char *a = ask(b.p);
	buf_free(&b);
	return a;
}

static inline char *post(const char *path, const char *headers, const char *body)
{
	struct buf b = BUF_LIMIT(65536);
	buf_printf(&b,
		   "POST %s HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n" FORM
		   "%sContent-Length: %zu\r\n\r\n%s",
		   path, headers, strlen(body), body);
	char *a = ask(b.p);
	buf_free(&b);
	return a;
}

static inline void is(char *a, int status, const char *holding)
{
	if (asking_status(a) != status || (holding && !strstr(a, holding)))
		fail_msg("should be %d holding %s:\n%s", status, holding ? holding : "", a);
	free(a);
}

/* "Cookie: makker-duty=…\r\n" of an answer that set one. */
struct jar {
	char line[200];
};

static inline struct jar jar_of(const char *answer)
{
	struct jar j = {""};
	const char *at = strstr(answer, "\r\nSet-Cookie: ");
	if (!at)
		fail_msg("no cookie in:\n%s", answer);
	else
		snprintf(j.line, sizeof(j.line), "Cookie: %.*s\r\n", (int)strcspn(at + 14, ";"), at + 14);
	return j;
}

static inline struct jar signs_in(const char *email, const char *words)
{
	char body[3000];
	snprintf(body, sizeof(body), "email=%s&passphrase=%s", email, words);
	char *a = post("/sign-in", "", body);
	if (asking_status(a) != 303)
		fail_msg("%s does not get in:\n%s", email, a);
	struct jar j = jar_of(a);
	free(a);
	return j;
}

/* The token that forms of this session carry, as the account's page has it. */
static inline const char *csrf_of(const struct jar *j)
{
	static char csrf[64];
	char *a = get("/account", j->line);
	const char *at = strstr(a, "name=\"csrf\" value=\"");
	if (!at)
		fail_msg("no token in:\n%s", a);
	else
		snprintf(csrf, sizeof(csrf), "csrf=%.22s", at + 19);
	free(a);
	return csrf;
}

/* An account whose owner has chosen `words`, as a browser sends them. */
static inline struct adding chosen_as(const char *email, const char *name, enum role role, const char *words)
{
	struct adding a = {.email = email, .name = name, .role = role, .lang = LANG_EN};
	char body[7000];
	assert_int_equal(add_account(&a), RES_OK);
	snprintf(body, sizeof(body), "passphrase=%s&again=%s", words, words);
	is(post(strstr(a.url, "/welcome"), "", body), 303, "\r\nLocation: /incidents\r\n");
	return a;
}

static inline struct adding chosen(void)
{
	return chosen_as(EMAIL, "Kari O'Brien", ROLE_LEADER, "four+lamps+lit");
}

/* One of many at the same instant. */
struct rush {
	const char *path;
	int n, status;
};

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
